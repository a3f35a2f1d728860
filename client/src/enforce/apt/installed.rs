//! Which banned packages are there already, by dpkg's status file.
//!
//! A pin, and the veto of the hook, also stop the updates of what is installed, those that mend security holes too. That is said;
//! the answer is to remove it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use interdict_schema::product::Answer;

use super::super::{Seen, Stage, Warning};
use super::meant::{Package, Rule, answer};
use crate::inventory::dpkg;
use crate::inventory::machine::os_release_id;
use crate::inventory::{Limits, Presence};

/// dpkg's status file.
pub const STATUS: &str = "/var/lib/dpkg/status";

/// Where a machine says what it is (os-release(5)): the first that is a file counts.
pub const OS_RELEASE: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];

/// How many packages a warning names.
const NAMED: usize = 10;

/// The `ID` of the machine's os-release.
pub fn distribution(seen: &Seen) -> Option<String> {
    let bytes = OS_RELEASE.iter().find_map(|path| seen.file(Path::new(path)))?;
    os_release_id(&String::from_utf8_lossy(&bytes.bytes))
}

/// What must be said of banned packages that are installed.
pub fn warning(rules: &[Rule<'_>], distribution: Option<&str>, seen: &Seen) -> Option<Warning> {
    let status = seen.file(Path::new(STATUS))?;
    let inventory = dpkg::read(&status.bytes, "status", distribution, &Limits::STANDARD);
    let there = inventory.components.iter().filter(|found| found.presence != Presence::Residual);
    let mut packages: BTreeMap<&str, Vec<Package>> = BTreeMap::new();
    for found in there {
        let architecture = found.purl.as_ref().and_then(|purl| purl.qualifiers().get("arch").cloned());
        let version = found.version.clone().unwrap_or_default();
        let package = Package { name: found.name.clone(), version, architecture };
        packages.entry(found.name.as_str()).or_default().push(package);
    }
    // Rules stand by name, so these names do as well.
    let mut names: Vec<&str> = Vec::new();
    for rule in rules.iter().filter(|rule| rule.stage == Stage::Enforce) {
        let installed = packages.get(rule.name.as_str()).into_iter().flatten();
        let banned = installed
            .into_iter()
            .any(|package| rule.whole || answer(&rule.identifier, package, distribution) == Answer::Match);
        if banned && names.last() != Some(&rule.name.as_str()) {
            names.push(&rule.name);
        }
    }
    let first = names.len().min(NAMED);
    let mut text = names.iter().take(first).copied().collect::<Vec<_>>().join(", ");
    if names.len() > first {
        let _ = write!(text, " and {} more", names.len().saturating_sub(first));
    }
    (!names.is_empty()).then(|| {
        Warning(format!(
            "installed, and without any further update, security updates too, until removed: {text}; `interdict uninstall-banned` \
             removes what is ordered out of use"
        ))
    })
}
