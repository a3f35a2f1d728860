//! Packages of Debian that are made there, and a repository of them that the apt of the machine knows beside all others.

use super::{Machine, Ran};

/// Where they lie.
const FOLDER: &str = "/srv/packages";

/// The one list of sources that is asked: there is no network for the others.
const LIST: &str = "/etc/apt/sources.list.d/made.list";

impl Machine {
    /// Makes packages, each of a name, a version and what else its control file says, and has apt read of them.
    pub fn packages(&self, packages: &[(&str, &str, &str)]) {
        for (name, version, more) in packages {
            let made = format!("/srv/made/{name}_{version}");
            self.write(&format!("{made}/opt/{name}/version"), version);
            let control = format!(
                "Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Somebody <somebody@example.org>\n\
                 {more}Description: made for a test\n"
            );
            self.write(&format!("{made}/DEBIAN/control"), control);
            let file = Self::package(name, version);
            self.shell(&format!("mkdir -p {FOLDER} && dpkg-deb --root-owner-group --build {made} {file}"));
        }
        self.shell(&format!("cd {FOLDER} && apt-ftparchive packages . >Packages"));
        self.write(LIST, format!("deb [trusted=yes] file:{FOLDER} ./\n"));
        let list = format!("Dir::Etc::sourcelist={LIST}");
        let alone = ["-o", &list, "-o", "Dir::Etc::sourceparts=-", "-o", "APT::Get::List-Cleanup=0"];
        self.run("apt-get", &[&["update"], &alone[..]].concat()).ended(0);
    }

    /// Where the file of a package lies there.
    pub fn package(name: &str, version: &str) -> String {
        format!("{FOLDER}/{name}_{version}_all.deb")
    }

    /// Has apt install something.
    pub fn apt_install(&self, what: &str) -> Ran {
        self.apt(&["install", "-y", "--no-install-recommends", "--allow-downgrades", what])
    }

    /// Has apt remove packages, with their configuration, whatever is ordered.
    pub fn purge(&self, names: &[&str]) {
        self.apt(&[&["purge", "-y"], names].concat()).ended(0);
    }

    fn apt(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments).stdin(std::process::Stdio::null());
        command.output().unwrap().into()
    }

    /// The version of a package that is installed, as dpkg has it.
    pub fn installed(&self, name: &str) -> Option<String> {
        let ran = self.run("dpkg-query", &["-W", "-f", "${db:Status-Status} ${Version}", name]);
        Some(ran.stdout.strip_prefix("installed ")?.to_owned())
    }
}

impl Ran {
    /// All that was said.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Insists that it did not succeed, and that something was said.
    #[track_caller]
    pub fn refused(&self, wanted: &str) {
        let said = self.said();
        assert_ne!(self.status, Some(0), "{said}");
        assert!(said.contains(wanted), "found {said}, wanted {wanted}");
    }
}
