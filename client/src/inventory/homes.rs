//! The homes of all users of a machine, or of a mounted image: those that its accounts name, and those that lie where homes lie.
//!
//! The one list from which everything that belongs to a user is looked for: browsers, Python, Node, flatpak. A folder of
//! homes that belongs to the superuser and is no account's (`/home/EXAMPLE.ORG` where a directory service has the accounts) holds
//! homes itself. A home that cannot be passed through is [`closed`](Homes::closed): what it holds is unknown, and is said
//! once. Not here: what is looked for in a home; the volume of a home that is encrypted and not open, of which nothing can be seen.

use std::collections::BTreeSet;

use super::component::Inventory;
use super::coverage::{Coverage, Problem};
use super::limits::Limits;
use super::rooted::{Folder, Found, is_absent, is_nothing, joined};

/// Where homes lie: Linux, ostree, macOS and Windows.
const PATTERNS: [&str; 5] = ["root", "home/*", "var/home/*", "Users/*", "var/root"];

/// Where a folder may be one of a domain's homes.
const OF_DOMAINS: [&str; 2] = ["home/", "var/home/"];

/// What accounts of the system name as their home and is none: folders of programs, and those in which the kernel shows itself.
const NO_HOMES: [&str; 7] = ["bin", "sbin", "usr/bin", "usr/sbin", "dev", "proc", "sys"];

/// A user's home.
#[derive(Debug)]
pub(super) struct Home {
    /// Its path below the root.
    pub(super) below: String,
    /// The home itself, which can be passed through.
    pub(super) folder: Folder,
}

/// The homes of a machine.
#[derive(Debug, Default)]
pub(super) struct Homes {
    /// Those that can be looked into, each once.
    pub(super) open: Vec<Home>,
    /// What there is and cannot be looked into, by its path, and why.
    pub(super) closed: Vec<(String, Problem)>,
}

impl Homes {
    /// The homes below a root.
    pub(super) fn of(root: &Folder, limits: &Limits) -> Self {
        let mut homes = Self::default();
        let accounts = homes.accounts(root, limits);
        for pattern in PATTERNS {
            for (below, folder) in homes.matching(root, pattern) {
                let of_domain = OF_DOMAINS.iter().any(|place| below.starts_with(place))
                    && !accounts.contains(&below)
                    && folder.is_of_superuser();
                if of_domain {
                    for (inside, folder) in homes.matching(&folder, "*") {
                        homes.keep(joined(&below, inside.as_ref()), folder);
                    }
                }
                homes.keep(below, folder);
            }
        }
        for below in accounts {
            match root.find(&below) {
                Ok(Found::Folder(folder)) => homes.keep(below, folder),
                Ok(Found::File(_) | Found::Other) => {}
                Err(error) if is_absent(&error) => {}
                Err(error) => homes.close(&root.label(&below), root.disk(&below, &error)),
            }
        }
        homes
    }

    /// The closed ones as sources that were not read.
    pub(super) fn unread(&self) -> Inventory {
        let unread = |(label, problem): &(String, Problem)| Coverage::unread(label, None, problem.clone());
        Inventory { coverage: self.closed.iter().map(unread).collect(), ..Inventory::default() }
    }

    fn accounts(&mut self, root: &Folder, limits: &Limits) -> BTreeSet<String> {
        match root.read("etc/passwd", limits) {
            Ok(accounts) => homes_of(&String::from_utf8_lossy(&accounts)),
            // macOS and Windows keep accounts elsewhere.
            Err(problem) if is_nothing(&problem) => BTreeSet::new(),
            Err(problem) => {
                self.close(&root.label("etc/passwd"), problem);
                BTreeSet::new()
            }
        }
    }

    fn matching(&mut self, folder: &Folder, pattern: &str) -> Vec<(String, Folder)> {
        folder.matching(pattern, &mut |below, problem| self.close(&folder.label(below), problem))
    }

    fn keep(&mut self, below: String, folder: Folder) {
        if self.open.iter().any(|known| known.folder.place() == folder.place()) {
            return;
        }
        match folder.pass() {
            Ok(()) => self.open.push(Home { below, folder }),
            Err(error) => self.close(&folder.label(""), folder.disk("", &error)),
        }
    }

    fn close(&mut self, label: &str, problem: Problem) {
        let label = label.trim_end_matches('/');
        if !self.closed.iter().any(|(known, _)| known == label) {
            self.closed.push((label.to_owned(), problem));
        }
    }
}

/// The sixth field of each account (passwd(5)), below the root. The root itself is no home: accounts of services have it, and so
/// they have [`NO_HOMES`].
fn homes_of(accounts: &str) -> BTreeSet<String> {
    let home = |line: &str| {
        let home = line.split(':').nth(5)?.trim().strip_prefix('/')?.trim_end_matches('/').to_owned();
        (!home.is_empty() && !NO_HOMES.contains(&home.as_str())).then_some(home)
    };
    accounts.lines().filter_map(home).collect()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test that cannot go on fails, and writes files"
    )]

    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use tempfile::TempDir;

    use super::*;

    fn homes(root: &TempDir) -> Homes {
        Homes::of(&Folder::root(root.path()).unwrap(), &Limits::STANDARD)
    }

    fn open(homes: &Homes) -> Vec<&str> {
        homes.open.iter().map(|home| home.below.as_str()).collect()
    }

    #[test]
    fn the_homes_of_accounts_are_the_sixth_field() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\na:x:1000:1000::/srv/homes/a/:/bin/sh\n\
                        nobody:x:65534:65534:::/bin/false\ndaemon:x:1:1::/:/x\nsys:x:3:3::/dev:/x\nbroken\nb:x:1:1::/root:\nr:x:1:1::here:\n";
        assert_eq!(homes_of(accounts), BTreeSet::from(["root".to_owned(), "srv/homes/a".to_owned()]));
    }

    #[test]
    fn homes_are_those_of_accounts_and_those_that_lie_where_homes_lie_each_once() {
        let root = tempfile::tempdir().unwrap();
        for home in ["root", "home/a", "var/home/b", "Users/c", "srv/homes/d"] {
            fs::create_dir_all(root.path().join(home)).unwrap();
        }
        symlink("../var/home/b", root.path().join("home/b")).unwrap();
        fs::create_dir(root.path().join("etc")).unwrap();
        let accounts =
            "a:x:1:1::/home/a:\nb:x:1:1::/home/b:\nd:x:1:1::/srv/homes/d:\nx:x:1:1::/nonexistent:\n";
        fs::write(root.path().join("etc/passwd"), accounts).unwrap();
        let homes = homes(&root);
        assert_eq!(open(&homes), ["root", "home/a", "home/b", "Users/c", "srv/homes/d"]);
        assert!(homes.closed.is_empty());
    }

    #[test]
    fn a_folder_of_homes_that_is_no_accounts_and_the_superusers_holds_homes() {
        let root = tempfile::tempdir().unwrap();
        for home in ["home/EXAMPLE.ORG/e", "home/a/inside"] {
            fs::create_dir_all(root.path().join(home)).unwrap();
        }
        fs::create_dir(root.path().join("etc")).unwrap();
        fs::write(root.path().join("etc/passwd"), "a:x:1:1::/home/a:\n").unwrap();
        let superuser = fs::metadata(root.path()).unwrap().uid() == 0;
        let wanted = if superuser {
            &["home/EXAMPLE.ORG/e", "home/EXAMPLE.ORG", "home/a"][..]
        } else {
            &["home/EXAMPLE.ORG", "home/a"]
        };
        assert_eq!(open(&homes(&root)), wanted);
    }

    #[test]
    fn a_home_that_cannot_be_passed_through_is_closed_and_accounts_that_cannot_be_read_are_said() {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home/a");
        fs::create_dir_all(&home).unwrap();
        fs::create_dir_all(root.path().join("etc/passwd")).unwrap();
        fs::set_permissions(&home, fs::Permissions::from_mode(0o000)).unwrap();
        let passes = fs::metadata(home.join(".")).is_ok();
        let found = homes(&root);
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
        let label = |below: &str| root.path().join(below).display().to_string();
        let mut wanted = vec![(label("etc/passwd"), Problem::NoFile)];
        // The superuser is let in everywhere.
        if !passes {
            let problem = Problem::Disk { path: label("home/a"), kind: std::io::ErrorKind::PermissionDenied };
            wanted.push((label("home/a"), problem));
        }
        assert_eq!(found.closed, wanted);
        assert!(found.unread().coverage.iter().all(|coverage| !coverage.is_complete()));
    }
}
