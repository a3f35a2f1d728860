//! fapolicyd: banned programs are not run, by the digest of their bytes or by where they lie.
//!
//! | room | what is decided there |
//! |---|---|
//! | [`rules`] | the lines |
//! | [`place`] | which paths can be written, and what an order leaves out of them |
//! | [`compiled`] | what the daemon is given of all files, and what would be lost of it |
//!
//! The first rule that matches decides, so that ours is the first file, and none of its rules allows anything: an allowing rule
//! would switch off whatever the administrator denies further down. That is why nothing can be logged without being denied,
//! and why what an order leaves out below a banned folder cannot be let through.
//!
//! Not here: trust databases (a trusted program is denied all the same), and names of processes, which anybody may choose.

pub mod compiled;
pub mod place;
pub mod rules;

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use interdict_schema::Sha256;
use interdict_schema::directive::IdentifierKind;
use interdict_schema::product::Identifier;

use self::place::LeftOut;
use self::rules::{Permission, Rules};
use super::{
    Ban, Bans, Command, Expects, Fidelity, File, Marker, Options, Part, Question, RenderError, Rendered,
    Setting, Stage, Target, Verdicts, Warning,
};

/// From how many digests on fapolicyd needs noticeably more memory and time to start: see docs/performance.md.
pub const MANY: usize = 500_000;

/// From how many paths on every program's start is noticeably slower: they are compared one after the other.
pub const MANY_PATHS: usize = 10_000;

const UNREADABLE: Fidelity = Fidelity::NotExpressible("not a digest or path that may be banned");
const LEAVES_OUT: Fidelity = Fidelity::NotExpressible(
    "what the order leaves out of it cannot be let through: the rule for that would allow it to everybody",
);
const OPENED: Fidelity = Fidelity::UnderBlocks(
    "programs are not run; a library that is loaded and a script that is given to its interpreter are opened, which permission = any denies",
);

/// The target `fapolicyd`.
#[derive(Debug, Clone, Copy)]
pub struct Fapolicyd;

impl Target for Fapolicyd {
    fn name(&self) -> &'static str {
        "fapolicyd"
    }

    fn about(&self) -> &'static str {
        "denies running banned programs, by digest and by path"
    }

    fn settings(&self) -> &'static [Setting] {
        &[
            Setting {
                key: "rules",
                about: "the file of rules; it must come before every file that allows anything",
                default: "/etc/fapolicyd/rules.d/05-interdict.rules",
            },
            Setting {
                key: "permission",
                about: "execute, or any: that denies opening them too, to scanners, copies and evidence as well",
                default: "execute",
            },
        ]
    }

    fn reads(&self, _: &Options<'_>) -> Vec<PathBuf> {
        vec![compiled::FILE.into()]
    }

    fn reads_folders(&self, _: &Options<'_>) -> Vec<PathBuf> {
        vec![compiled::FOLDER.into()]
    }

    fn release(&self) -> Vec<Command> {
        compiled::rebuild().into_iter().chain(activate()).collect()
    }

    fn render(&self, bans: &Bans, options: &Options<'_>) -> Result<Rendered, RenderError> {
        let wrong =
            |key, wanted| RenderError::Setting { key, found: options.setting(key).to_owned(), wanted };
        let permission = match options.setting("permission") {
            "execute" => Permission::Execute,
            "any" => Permission::Any,
            _ => return Err(wrong("permission", "execute or any")),
        };
        let path = options.path("rules");
        let is_read = path.extension().is_some_and(|extension| extension == "rules");
        if !path.is_absolute() || !is_read {
            return Err(wrong("rules", "an absolute path that ends with .rules"));
        }
        let (rules, verdicts) = all(bans, permission);
        compiled::survives(&rules, &path, options.seen)?;
        let warnings = warnings(&rules);
        // Without a rule there is no file: the daemon would stand still for nothing.
        let files: Vec<File> = rules.text().map(|text| file(path, text)).into_iter().collect();
        Ok(Rendered {
            files,
            needs: &["fapolicyd", "fagenrules", "fapolicyd-cli", "systemctl"],
            // fapolicyd 1.1 cannot judge rules before it loads them, and fagenrules never does.
            validate: Vec::new(),
            activate: activate(),
            questions: questions(&rules),
            verdicts,
            warnings,
        })
    }
}

fn file(path: PathBuf, text: String) -> File {
    File::drop_in(path, text.into_bytes(), Marker::First("#"))
}

/// Restarted, which makes it compile and load the rules; it does not start with rules that it cannot read. `fagenrules --load`
/// reports success of fapolicyd 1.1 too, which then reads its trust database again and keeps the old rules.
fn activate() -> Vec<Command> {
    vec![Command::of_texts("systemctl", &["restart", "fapolicyd.service"]).within(180)]
}

/// Whether it is there, and has been given the rules. What it has loaded it tells nobody.
fn questions(rules: &Rules) -> Vec<Question> {
    let mut questions = vec![Question {
        about: "fapolicyd runs".into(),
        command: Command::of_texts("systemctl", &["is-active", "fapolicyd.service"]),
        expects: Expects::Success,
    }];
    questions.extend(rules.first().map(|line| Question {
        about: "fapolicyd was given the rules".into(),
        command: Command::of_texts("fapolicyd-cli", &["--list"]),
        expects: Expects::Contains(line),
    }));
    questions
}

fn warnings(rules: &Rules) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if rules.digests.len() >= MANY {
        warnings.push(Warning(format!(
            "{} digests: fapolicyd needs about 130 bytes of memory for each, and a second more to start",
            rules.digests.len()
        )));
    }
    if rules.paths.len() >= MANY_PATHS {
        warnings.push(Warning(format!(
            "{} paths: fapolicyd compares every program that is started with all of them, one after the other",
            rules.paths.len()
        )));
    }
    warnings
}

/// Every rule, and what becomes of every ban.
fn all(bans: &Bans, permission: Permission) -> (Rules, Verdicts) {
    let mut verdicts = Verdicts::new(bans.count());
    let (mut digests, mut paths) = (BTreeSet::new(), BTreeSet::new());
    let mut first = 0_usize;
    for part in &bans.parts {
        let left_out = LeftOut::of(&part.excluded);
        let not_these = digests_left_out(part);
        for (offset, entry) in part.entries.iter().enumerate() {
            let ban = Ban { number: first.saturating_add(offset), part, entry };
            let written = match &entry.kind {
                IdentifierKind::Sha256 => digest(&ban, &not_these).map(Written::Digest),
                IdentifierKind::Path if place::is_of_others(&entry.value) => continue,
                IdentifierKind::Path => path(&ban, &left_out).map(Written::Path),
                _ => continue,
            };
            let verdict = match (ban.stage(), written) {
                (Stage::Freed, _) => Fidelity::Freed,
                (_, Err(verdict)) => verdict,
                (Stage::Audit, Ok(_)) => Fidelity::NoAudit,
                (Stage::Enforce, Ok(written)) => {
                    match written {
                        Written::Digest(digest) => {
                            digests.insert(digest);
                        }
                        Written::Path(path) => {
                            paths.insert(path);
                        }
                    }
                    if permission == Permission::Any { Fidelity::Exact } else { OPENED }
                }
            };
            verdicts.set(ban.number, verdict);
        }
        first = first.saturating_add(part.entries.len());
    }
    (Rules { permission, digests, paths }, verdicts)
}

enum Written {
    Digest(Sha256),
    Path(String),
}

fn digest(ban: &Ban<'_>, not_these: &HashSet<Sha256>) -> Result<Sha256, Fidelity> {
    let Ok(Identifier::Sha256(digest)) = ban.read() else { return Err(UNREADABLE) };
    if not_these.contains(&digest) { Err(LEAVES_OUT) } else { Ok(digest) }
}

fn path(ban: &Ban<'_>, left_out: &LeftOut) -> Result<String, Fidelity> {
    if !matches!(ban.read(), Ok(Identifier::Path(_))) {
        return Err(UNREADABLE);
    }
    let path = place::plain(&ban.entry.value).map_err(Fidelity::NotExpressible)?;
    if left_out.concerns(&path) { Err(LEAVES_OUT) } else { Ok(path) }
}

/// What is left out by digest; one that cannot be read is none of a file that is banned by its own.
fn digests_left_out(part: &Part) -> HashSet<Sha256> {
    let of_digests = part.excluded.iter().filter(|entry| entry.kind == IdentifierKind::Sha256);
    let read = of_digests.filter_map(|entry| match entry.read() {
        Ok(Identifier::Sha256(digest)) => Some(digest),
        _ => None,
    });
    read.collect()
}
