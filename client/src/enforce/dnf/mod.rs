//! dnf: banned packages are not among those that it knows, so that it neither installs nor upgrades to them.
//!
//! | room | what is decided there |
//! |---|---|
//! | [`pattern`] | what is written for a package |
//! | [`configuration`] | where it stands in the administrator's `dnf.conf` |
//!
//! dnf 4 has no folder of drop-ins: `/etc/dnf/dnf.conf` is its one file, so that it is merged into. Its excludes take exact
//! versions too, so that the versionlock plugin, which has one file of its own and is often absent, is not needed. They hold
//! for a package file that is given by its path as well. They do not hold for `rpm`, nor with `--disableexcludes`.
//!
//! Not here: what is installed already (nothing of it is removed, and it is not upgraded any more), and containers or images
//! that bring a configuration of their own.

pub mod configuration;
pub mod pattern;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use interdict_schema::directive::IdentifierKind;

use self::pattern::{LeftOut, Patterns};
use super::{
    Argument, Bans, Command, Expects, Fidelity, File, Marker, Options, Ownership, Question, RenderError,
    Rendered, Setting, Stage, Target, Verdicts, Warning,
};
use crate::inventory::machine::os_release_id;

/// From how many patterns on dnf suffers: see docs/performance.md.
pub const MANY: usize = 5_000;

/// How many of them dnf is asked for.
const ASKED: usize = 5;

/// Where a system says which distribution it is; `/etc/os-release` is a link to it.
const OS_RELEASE: &str = "/usr/lib/os-release";

/// Reads a configuration as dnf itself does, and fails where dnf would.
const READ: &str = "import dnf, sys; dnf.conf.Conf().read(sys.argv[1])";

/// Prints what a configuration excludes, as dnf itself reads it, a line each and an empty one before and after.
const EXCLUDED: &str = "import dnf, sys; c = dnf.conf.Conf(); c.read(sys.argv[1]); \
                        print('', *c.excludepkgs, '', sep='\\n')";

/// The target `dnf`.
#[derive(Debug, Clone, Copy)]
pub struct Dnf;

impl Target for Dnf {
    fn name(&self) -> &'static str {
        "dnf"
    }

    fn about(&self) -> &'static str {
        "leaves banned packages out of what dnf knows"
    }

    fn settings(&self) -> &'static [Setting] {
        &[
            Setting {
                key: "configuration",
                about: "dnf's configuration, which is merged into",
                default: "/etc/dnf/dnf.conf",
            },
            Setting {
                key: "distribution",
                about: "the namespace of this machine's packages in package URLs; from os-release where it is empty",
                default: "",
            },
        ]
    }

    fn reads(&self, options: &Options<'_>) -> Vec<PathBuf> {
        vec![options.path("configuration"), PathBuf::from(OS_RELEASE)]
    }

    fn render(&self, bans: &Bans, options: &Options<'_>) -> Result<Rendered, RenderError> {
        let path = options.path("configuration");
        if !path.is_absolute() {
            let found = options.setting("configuration").to_owned();
            return Err(RenderError::Setting { key: "configuration", found, wanted: "an absolute path" });
        }
        let (patterns, verdicts) = patterns(bans, distribution(options).as_deref());
        let present = options.seen.file(&path).map(|now| now.bytes.as_slice()).unwrap_or_default();
        let merged = configuration::merge(present, &patterns)
            .map_err(|wanted| RenderError::Merge { path: path.clone(), wanted })?;
        let files = merged
            .map(|bytes| File { ownership: Ownership::Merged, ..File::drop_in(path, bytes, Marker::None) });
        let warnings = warnings(patterns.len());
        let there = files.is_some();
        Ok(Rendered {
            files: files.into_iter().collect(),
            needs: &["dnf", "python3"],
            validate: if there { vec![validate()] } else { Vec::new() },
            // dnf reads its configuration whenever it runs.
            activate: Vec::new(),
            questions: patterns.iter().take(ASKED).map(|pattern| question(pattern)).collect(),
            verdicts,
            warnings,
        })
    }
}

fn warnings(patterns: usize) -> Vec<Warning> {
    if patterns < MANY {
        return Vec::new();
    }
    vec![Warning(format!(
        "{patterns} excludes: dnf compares each of them with every package whenever it runs, which takes seconds from 10000 and minutes from 100000"
    ))]
}

/// dnf's own library reads the configuration, and nothing else. Not dnf itself: it opens the database of installed packages, and where
/// that belongs to the user, as on Debian, it would make one.
fn validate() -> Command {
    let texts = ["-I", "-c", READ].map(Argument::Text);
    Command::new("python3", texts.into_iter().chain([Argument::File(0)]).collect())
}

fn question(pattern: &str) -> Question {
    Question {
        about: format!("dnf excludes {pattern}"),
        command: Command::new(
            "python3",
            vec![Argument::Text("-I"), Argument::Text("-c"), Argument::Text(EXCLUDED), Argument::File(0)],
        ),
        expects: Expects::Contains(format!("\n{pattern}\n")),
    }
}

/// The namespace of this machine's packages.
fn distribution(options: &Options<'_>) -> Option<String> {
    let set = options.setting("distribution");
    if !set.is_empty() {
        return Some(set.to_ascii_lowercase());
    }
    let now = options.seen.file(Path::new(OS_RELEASE))?;
    let id = os_release_id(&String::from_utf8_lossy(&now.bytes))?;
    // Its packages have another name in package URLs than the system has.
    Some(if id == "rhel" { "redhat".to_owned() } else { id })
}

/// Every pattern that is to be excluded, and what becomes of every ban.
fn patterns(bans: &Bans, distribution: Option<&str>) -> (BTreeSet<String>, Verdicts) {
    const KINDS: [IdentifierKind; 2] = [IdentifierKind::Package, IdentifierKind::Purl];
    let mut verdicts = Verdicts::new(bans.count());
    let mut all = BTreeSet::new();
    let mut first = 0_usize;
    for part in &bans.parts {
        let left_out = LeftOut::of(part);
        for (offset, entry) in part.entries.iter().enumerate() {
            if !KINDS.contains(&entry.kind) || pattern::is_of_others(entry) {
                continue;
            }
            let ban = super::Ban { number: first.saturating_add(offset), part, entry };
            let verdict = match (ban.stage(), Patterns::of(entry, distribution, &left_out)) {
                (Stage::Freed, _) => Fidelity::Freed,
                (_, Err(why)) => Fidelity::NotExpressible(why),
                (_, Ok(Patterns::None)) => Fidelity::OtherKind,
                (Stage::Audit, Ok(_)) => Fidelity::NoAudit,
                (Stage::Enforce, Ok(Patterns::Some(patterns))) => {
                    all.extend(patterns);
                    Fidelity::Exact
                }
            };
            verdicts.set(ban.number, verdict);
        }
        first = first.saturating_add(part.entries.len());
    }
    (all, verdicts)
}
