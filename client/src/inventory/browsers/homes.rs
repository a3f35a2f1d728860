//! The homes of a machine's users: those that its accounts name, and those that lie where homes lie.

use super::Problem;
use crate::inventory::limits::Limits;
use crate::inventory::rooted::{Folder, Found, is_absent, is_nothing};

/// Where homes lie: Linux, ostree, macOS and Windows.
const PATTERNS: [&str; 5] = ["root", "home/*", "var/home/*", "Users/*", "var/root"];

/// The homes below a root, each once. What there is and cannot be looked into is given to `unseen`.
pub(super) fn homes(root: &Folder, limits: &Limits, unseen: &mut dyn FnMut(String, Problem)) -> Vec<Folder> {
    let mut homes: Vec<Folder> = Vec::new();
    let mut keep = |home: Folder| {
        if !homes.iter().any(|known| known.place() == home.place()) {
            homes.push(home);
        }
    };
    for pattern in PATTERNS {
        let mut closed = |below: String, problem| unseen(root.label(below), problem);
        root.matching(pattern, &mut closed).into_iter().for_each(|(_, home)| keep(home));
    }
    match root.read("etc/passwd", limits) {
        Ok(accounts) => {
            for path in homes_of(&String::from_utf8_lossy(&accounts)) {
                match root.find(&path) {
                    Ok(Found::Folder(home)) => keep(home),
                    Ok(Found::File(_) | Found::Other) => {}
                    Err(error) if is_absent(&error) => {}
                    Err(error) => unseen(root.label(&path), root.disk(&path, &error)),
                }
            }
        }
        // macOS and Windows keep accounts elsewhere.
        Err(problem) if is_nothing(&problem) => {}
        Err(problem) => unseen(root.label("etc/passwd"), problem),
    }
    homes
}

/// The sixth field of each account (passwd(5)), below the root. The root itself is no home: accounts of services have it.
fn homes_of(accounts: &str) -> Vec<String> {
    let home = |line: &str| {
        let home = line.split(':').nth(5)?.trim().strip_prefix('/')?.trim_end_matches('/').to_owned();
        (!home.is_empty()).then_some(home)
    };
    let mut homes: Vec<String> = accounts.lines().filter_map(home).collect();
    homes.sort_unstable();
    homes.dedup();
    homes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_homes_of_accounts_are_the_sixth_field() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\na:x:1000:1000::/srv/homes/a/:/bin/sh\n\
                        nobody:x:65534:65534:::/bin/false\ndaemon:x:1:1::/:/x\nbroken\nb:x:1:1::/root:\nr:x:1:1::here:\n";
        assert_eq!(homes_of(accounts), ["root", "srv/homes/a"]);
    }
}
