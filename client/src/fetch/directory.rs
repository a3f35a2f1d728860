//! A repository in a folder: removable media, or a mirror that something else keeps.

use std::path::PathBuf;

use interdict_host::read::{ReadError, read_bounded_nofollow, read_start_nofollow};
use interdict_host::write::DiskErrorKind;
use percent_encoding::percent_decode_str;

use super::{BEGINNING, Fetch, FetchError, Folder};

/// A folder with `metadata/` and `targets/` in it. Links among its files are not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The repository in this folder.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }
}

impl Fetch for Directory {
    fn fetch(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        let place = || self.root.join(folder.as_str()).join(path).display().to_string();
        let base = self.root.join(folder.as_str());
        // The absence of the whole folder (nothing mounted) is no answer; the absence of a file in it is one.
        let mut file = base.clone();
        for segment in path.split('/') {
            let segment = percent_decode_str(segment).decode_utf8_lossy();
            // A decoded name that leads elsewhere is a name that no folder has.
            if segment.contains(['/', '\0']) || matches!(segment.as_ref(), "" | "." | "..") {
                return Err(FetchError::NotFound { place: place() });
            }
            file.push(segment.as_ref());
        }
        match read_bounded_nofollow(&file, max_bytes) {
            Ok(bytes) => Ok(bytes),
            Err(ReadError::TooLong { max_bytes, .. }) => {
                let beginning = read_start_nofollow(&file, BEGINNING).unwrap_or_default();
                Err(FetchError::TooLong { place: place(), limit: max_bytes, beginning })
            }
            Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound && base.is_dir() => {
                Err(FetchError::NotFound { place: place() })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn source(&self) -> String {
        self.root.display().to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;

    #[test]
    fn an_absent_file_is_an_answer_and_an_absent_folder_is_none() {
        let root = tempfile::tempdir().unwrap();
        let fetch = Directory::new(root.path().into());
        assert!(matches!(fetch.fetch(Folder::Metadata, "2.root.json", 9), Err(FetchError::Folder(_))));
        std::fs::create_dir(root.path().join("metadata")).unwrap();
        assert!(matches!(fetch.fetch(Folder::Metadata, "2.root.json", 9), Err(FetchError::NotFound { .. })));
    }

    #[test]
    fn never_leaves_its_folder_and_never_reads_past_the_limit() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("metadata")).unwrap();
        std::fs::write(root.path().join("secret"), "secret").unwrap();
        std::fs::write(root.path().join("metadata/a?b"), "12345").unwrap();
        std::os::unix::fs::symlink(root.path().join("secret"), root.path().join("metadata/link")).unwrap();
        let fetch = Directory::new(root.path().into());
        for path in ["../secret", "%2e%2e/secret", "..%2Fsecret", "a/../../secret", "", "/secret"] {
            assert!(
                matches!(fetch.fetch(Folder::Metadata, path, 100), Err(FetchError::NotFound { .. })),
                "{path}"
            );
        }
        assert!(matches!(fetch.fetch(Folder::Metadata, "link", 100), Err(FetchError::Folder(_))));
        assert_eq!(fetch.fetch(Folder::Metadata, "a%3Fb", 5).unwrap(), b"12345");
        assert!(matches!(
            fetch.fetch(Folder::Metadata, "a%3Fb", 4),
            Err(FetchError::TooLong { limit: 4, beginning, .. }) if beginning == b"12345"
        ));
    }
}
