//! Changes to names and directories, and the waiting for them to be durable.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use super::{Disk, DiskError, Mode, Operation, TEMPORARY_PREFIX, directory_of, temporary_name_beside};

impl Disk {
    /// Makes a directory and those above it that are missing, each durable before the next. One that exists is left
    /// as it is, mode included.
    ///
    /// # Errors
    ///
    /// What the disk gave, for the first directory that could not be made; those above it then exist.
    pub fn create_dir_all_synced(&self, path: &Path, mode: Mode) -> Result<(), DiskError> {
        let mut missing: Vec<&Path> = Vec::new();
        for ancestor in path.ancestors() {
            if ancestor == Path::new("") || ancestor.is_dir() {
                break;
            }
            missing.push(ancestor);
        }
        for directory in missing.into_iter().rev() {
            self.step(Operation::MakeDirectory, directory)?;
            match DirBuilder::new().mode(mode.directory()).create(directory) {
                Ok(()) => self.sync_dir(directory_of(directory))?,
                // Another process was faster, which is as good.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && directory.is_dir() => {}
                Err(error) => return Err(DiskError::new(Operation::MakeDirectory, directory, error)),
            }
        }
        Ok(())
    }

    /// Makes a directory that must not exist yet, without a sync.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](super::DiskErrorKind::AlreadyExists) when something has that name; otherwise what the disk gave.
    pub fn create_new_dir(&self, path: &Path, mode: Mode) -> Result<(), DiskError> {
        self.step(Operation::MakeDirectory, path)?;
        DirBuilder::new()
            .mode(mode.directory())
            .create(path)
            .map_err(|error| DiskError::new(Operation::MakeDirectory, path, error))
    }

    /// Renames a file or directory, replacing what may be replaced, and syncs both directories.
    ///
    /// # Errors
    ///
    /// What the disk gave; nothing is renamed then, unless only a sync failed.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        self.step(Operation::Rename, to)?;
        #[expect(clippy::disallowed_methods, reason = "the one place that renames")]
        fs::rename(from, to).map_err(|error| DiskError::new(Operation::Rename, to, error))?;
        self.sync_dir(directory_of(to))?;
        if directory_of(from) == directory_of(to) { Ok(()) } else { self.sync_dir(directory_of(from)) }
    }

    /// Removes a file or link, without a sync: a file that comes back after a crash is one to sweep again.
    ///
    /// # Errors
    ///
    /// What the disk gave, [`NotFound`](super::DiskErrorKind::NotFound) included.
    pub fn remove_file(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Operation::Remove, path)?;
        fs::remove_file(path).map_err(|error| DiskError::new(Operation::Remove, path, error))
    }

    /// Removes a directory and all in it, following no links, without a sync.
    ///
    /// # Errors
    ///
    /// What the disk gave; a part may be gone by then.
    pub fn remove_dir_all(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Operation::Remove, path)?;
        fs::remove_dir_all(path).map_err(|error| DiskError::new(Operation::Remove, path, error))
    }

    /// Removes the temporary files, links and directories that a crash left in a directory. Only for the holder of
    /// the lock over it: a temporary file of a running process looks the same. Returns how many there were.
    ///
    /// # Errors
    ///
    /// What the disk gave for the first that could not be removed.
    pub fn sweep_temporary(&self, directory: &Path) -> Result<usize, DiskError> {
        let failed = |error| DiskError::new(Operation::Read, directory, error);
        let mut swept = 0;
        for entry in fs::read_dir(directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if !entry.file_name().as_encoded_bytes().starts_with(TEMPORARY_PREFIX.as_bytes()) {
                continue;
            }
            if entry.file_type().map_err(failed)?.is_dir() {
                self.remove_dir_all(&entry.path())?;
            } else {
                self.remove_file(&entry.path())?;
            }
            swept += 1;
        }
        Ok(swept)
    }

    /// Removes the temporary files that a crash left in a directory where others keep files too: only plain files, and only of
    /// names exactly as ours are. For whoever holds the directory alone ([`Lock::share_folder`](crate::lock::Lock::share_folder)).
    /// Returns how many there were.
    ///
    /// # Errors
    ///
    /// What the disk gave for the first that could not be removed.
    pub fn sweep_temporary_files(&self, directory: &Path) -> Result<usize, DiskError> {
        let failed = |error| DiskError::new(Operation::Read, directory, error);
        let mut swept = 0;
        for entry in fs::read_dir(directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if is_temporary(entry.file_name().as_encoded_bytes())
                && entry.file_type().map_err(failed)?.is_file()
            {
                self.remove_file(&entry.path())?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    /// Gives an existing file a second name, or copies it where the file system cannot. Without a sync.
    ///
    /// Only for files that are never changed in place, as all that [`Disk`] writes are.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](super::DiskErrorKind::AlreadyExists) when something has the new name; otherwise what the disk gave.
    pub fn link_or_copy(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        let failed = |error| DiskError::new(Operation::Link, to, error);
        self.step(Operation::Link, to)?;
        match fs::hard_link(from, to) {
            Ok(()) => Ok(()),
            Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => {
                Err(failed(error))
            }
            // Another file system, too many links, or a kernel that protects other people's files: copy.
            Err(_) => {
                let mut source = File::open(from).map_err(failed)?;
                let mut copy = File::create_new(to).map_err(failed)?;
                io::copy(&mut source, &mut copy).map_err(failed)?;
                let permissions = source.metadata().map_err(failed)?.permissions();
                copy.set_permissions(permissions).map_err(failed)
            }
        }
    }

    /// Points the symbolic link `link` at `target` by one rename: a reader sees the old target or the new. `target`
    /// is stored as given, so a relative one starts from the link's directory.
    ///
    /// # Errors
    ///
    /// What the disk gave; the link then still shows the old target, unless only the sync of its directory failed.
    pub fn switch_symlink(&self, link: &Path, target: &Path) -> Result<(), DiskError> {
        self.step(Operation::Symlink, link)?;
        let temporary = temporary_name_beside(link)?;
        std::os::unix::fs::symlink(target, &temporary)
            .map_err(|error| DiskError::new(Operation::Symlink, link, error))?;
        self.rename(&temporary, link)
    }

    /// Waits until a directory's names are durable.
    ///
    /// # Errors
    ///
    /// What the disk gave.
    pub fn sync_dir(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Operation::Sync, path)?;
        File::open(path)
            .and_then(|directory| directory.sync_all())
            .map_err(|error| DiskError::new(Operation::Sync, path, error))
    }

    /// Waits until everything written to the file system that holds `path` is durable (`syncfs(2)`).
    ///
    /// # Errors
    ///
    /// What the disk gave.
    pub fn sync_filesystem(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Operation::Sync, path)?;
        let directory = File::open(path).map_err(|error| DiskError::new(Operation::Open, path, error))?;
        rustix::fs::syncfs(&directory).map_err(|error| DiskError::new(Operation::Sync, path, error.into()))
    }
}

/// How many characters come after the prefix: what tempfile appends.
const RANDOM_CHARACTERS: usize = 6;

fn is_temporary(name: &[u8]) -> bool {
    name.strip_prefix(TEMPORARY_PREFIX.as_bytes())
        .is_some_and(|rest| rest.len() == RANDOM_CHARACTERS && rest.iter().all(u8::is_ascii_alphanumeric))
}
