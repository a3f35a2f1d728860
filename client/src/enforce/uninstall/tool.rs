//! Package managers: how each is asked what a removal would do, and told to do it.
//!
//! | packages | asked by | told by |
//! |---|---|---|
//! | deb | `apt-get -s remove` | `apt-get -y remove` |
//! | rpm | `rpm -e --test`, which refuses where others need it | `rpm -e` |
//! | apk | `apk del -s` | `apk del` |
//! | alpm | `pacman -R --print`, which refuses where others need it | `pacman -R --noconfirm` |
//!
//! Configuration stays, as the manager leaves it, and so do packages that were only installed for what goes. Beneath
//! another root each is told by its own option.

use std::path::Path;

use super::Banned;
use crate::enforce::command::Argument;
use crate::enforce::record::Call;

/// How long a removal may take, in seconds.
const SECONDS: u64 = 1800;

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// apt and dpkg.
    Apt,
    /// rpm.
    Rpm,
    /// apk.
    Apk,
    /// pacman.
    Pacman,
}

/// Whether the manager only says what it would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It does.
    Simulated,
    /// It does it.
    Real,
}

impl Tool {
    /// The manager of packages of this kind.
    pub fn of(ecosystem: &str) -> Option<Self> {
        Some(match ecosystem {
            "deb" => Self::Apt,
            "rpm" => Self::Rpm,
            "apk" => Self::Apk,
            "alpm" => Self::Pacman,
            _ => return None,
        })
    }

    /// The kind of its packages.
    pub const fn ecosystem(self) -> &'static str {
        match self {
            Self::Apt => "deb",
            Self::Rpm => "rpm",
            Self::Apk => "apk",
            Self::Pacman => "alpm",
        }
    }

    /// Its program.
    pub const fn program(self) -> &'static str {
        match self {
            Self::Apt => "apt-get",
            Self::Rpm => "rpm",
            Self::Apk => "apk",
            Self::Pacman => "pacman",
        }
    }

    /// A package as its manager is told of it, where its name means nothing else to it.
    pub fn argument(self, banned: &Banned) -> Option<String> {
        let name = banned.name.as_str();
        let text = match (self, banned.architecture.as_deref(), banned.version.as_deref()) {
            (Self::Apt, Some(architecture), _) if architecture != "all" => format!("{name}:{architecture}"),
            // An epoch is no part of what `rpm -e` takes; several versions of one name may be installed.
            (Self::Rpm, Some(architecture), Some(version)) => {
                let version = version.split_once(':').map_or(version, |(_, rest)| rest);
                format!("{name}-{version}.{architecture}")
            }
            _ => name.to_owned(),
        };
        let Argument::Value(text) = Argument::value(&text)? else { return None };
        Some(text)
    }

    /// The command that removes these, or says what removing them would do.
    pub fn call(self, arguments: &[String], root: &Path, run: Run) -> Call {
        let elsewhere = (root != Path::new("/")).then(|| root.display().to_string());
        let mut words: Vec<String> = Vec::new();
        let mut add = |texts: &[&str]| words.extend(texts.iter().map(|text| (*text).to_owned()));
        match (self, run) {
            (Self::Apt, run) => {
                add(&["-q", "--no-auto-remove"]);
                add(if run == Run::Simulated { &["-s"] } else { &["-y", "--allow-change-held-packages"] });
                if let Some(root) = &elsewhere {
                    let status = format!("-oDir::State::status={root}/var/lib/dpkg/status");
                    add(&[&format!("-oDir={root}"), &status, &format!("-oDPkg::Options::=--root={root}")]);
                    // Configuration and tools are those of this machine, also the place of apt's own methods.
                    add(&["-oDir::Bin::dpkg=/usr/bin/dpkg", "-oDir::Bin::methods=/usr/lib/apt/methods"]);
                }
                add(&["remove"]);
            }
            (Self::Rpm, run) => {
                add(&["-e"]);
                add(if run == Run::Simulated { &["--test"] } else { &[] });
                add_root(&mut add, "--root", elsewhere.as_deref());
            }
            (Self::Apk, run) => {
                add_root(&mut add, "--root", elsewhere.as_deref());
                add(&["del"]);
                add(if run == Run::Simulated { &["--simulate"] } else { &[] });
            }
            (Self::Pacman, run) => {
                add(&["-R"]);
                add(if run == Run::Simulated {
                    &["--print", "--print-format", "%n"]
                } else {
                    &["--noconfirm"]
                });
                add_root(&mut add, "--root", elsewhere.as_deref());
            }
        }
        words.push("--".into());
        words.extend(arguments.iter().cloned());
        let mut program = self.program();
        if self == Self::Apt {
            // The scripts of packages ask nobody.
            words.splice(0..0, ["DEBIAN_FRONTEND=noninteractive".into(), program.into()]);
            program = "env";
        }
        Call { program: program.into(), arguments: words, seconds: SECONDS }
    }

    /// The names of what it says it would remove; `None` where it would install or change something besides.
    ///
    /// rpm says nothing: it removes what it is told, or refuses.
    pub fn removed<'t>(self, said: &'t str, banned: &[&'t str]) -> Option<Vec<&'t str>> {
        let bare = |name: &'t str| name.split(':').next().unwrap_or(name);
        let mut removed = Vec::new();
        match self {
            Self::Rpm => removed.extend(banned),
            Self::Apt => {
                for line in said.lines() {
                    let mut words = line.split_ascii_whitespace();
                    match words.next() {
                        Some("Remv" | "Purg") => removed.push(bare(words.next()?)),
                        Some("Inst") => return None,
                        _ => {}
                    }
                }
            }
            // `(1/2) Purging kesl (11.4.0-r0)`
            Self::Apk => {
                for line in said.lines().filter(|line| line.starts_with('(')) {
                    let mut words = line.split_ascii_whitespace().skip(1);
                    match words.next() {
                        Some("Purging" | "Removing") => removed.push(words.next()?),
                        Some("Executing") => {}
                        _ => return None,
                    }
                }
            }
            Self::Pacman => removed.extend(said.lines().map(str::trim).filter(|line| !line.is_empty())),
        }
        Some(removed)
    }
}

fn add_root(add: &mut impl FnMut(&[&str]), option: &str, root: Option<&str>) {
    if let Some(root) = root {
        add(&[option, root]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banned(name: &str, architecture: Option<&str>, version: &str) -> Banned {
        Banned {
            name: name.into(),
            architecture: architecture.map(Into::into),
            version: Some(version.into()),
        }
    }

    #[test]
    fn a_package_is_named_so_that_it_is_nothing_else_to_its_manager() {
        let amd64 = banned("kesl", Some("amd64"), "1:11.4.0-1135");
        assert_eq!(Tool::Apt.argument(&amd64).as_deref(), Some("kesl:amd64"));
        assert_eq!(Tool::Rpm.argument(&amd64).as_deref(), Some("kesl-11.4.0-1135.amd64"));
        assert_eq!(Tool::Apk.argument(&amd64).as_deref(), Some("kesl"));
        assert_eq!(Tool::Apt.argument(&banned("kesl", Some("all"), "1")).as_deref(), Some("kesl"));
        for name in ["-y", "kesl*", "kesl; true", "^kesl$", ""] {
            assert_eq!(Tool::Apk.argument(&banned(name, None, "1")), None, "{name:?}");
        }
    }

    #[test]
    fn what_would_go_is_read_and_what_would_come_is_refused() {
        let apt =
            "Reading package lists...\nRemv needs-banned [1.0]\nRemv banned:i386 [1.0] [other:amd64 ]\n";
        assert_eq!(Tool::Apt.removed(apt, &[]), Some(vec!["needs-banned", "banned"]));
        assert_eq!(Tool::Apt.removed(&format!("{apt}Inst other (2.0 x [all])\n"), &[]), None);
        let apk = "(1/2) Purging banned (1.0-r0)\n(2/2) Purging lib (2-r1)\nOK: 5 MiB in 14 packages\n";
        assert_eq!(Tool::Apk.removed(apk, &[]), Some(vec!["banned", "lib"]));
        assert_eq!(Tool::Apk.removed("(1/1) Installing other (2-r0)\n", &[]), None);
        assert_eq!(Tool::Pacman.removed("banned\n", &[]), Some(vec!["banned"]));
        assert_eq!(Tool::Rpm.removed("", &["banned"]), Some(vec!["banned"]));
    }
}
