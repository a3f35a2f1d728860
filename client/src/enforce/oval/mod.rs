//! OVAL definitions: every scanner that reads OVAL 5.11 finds what is banned. It blocks nothing.
//!
//! | room | what is decided there |
//! |---|---|
//! | [`packages`] | what an identifier means in the databases of dpkg and rpm |
//! | [`versions`] | versions as spans, without what an order leaves out |
//! | [`names`] | paths and registry keys |
//! | [`check`] | what is looked for, as elements |
//! | [`document`] | definitions, ids, the whole file |
//! | [`settings`] | what can be set |
//!
//! One definition a subject of a directive; it is true where the product is there. Audit and enforcement give the same
//! bytes: a definition only tells. A freed subject has none. The document is made of our own words and of the standard's names of
//! elements; nothing of its schemas is in it.

pub mod check;
pub mod document;
pub mod names;
pub mod packages;
pub mod settings;
pub mod versions;

use std::collections::{BTreeSet, HashMap};

use interdict_schema::directive::IdentifierKind;
use interdict_schema::product::{Identifier, PathPattern, RegistryKey};

use self::check::{Check, Tool};
use self::document::{Definition, READINGS};
use self::packages::{Pick, Picks, picks};
use self::settings::Settings;
use super::{
    Argument, Ban, Bans, Command, Expects, Fidelity, File, Marker, Options, Part, Question, RenderError,
    Rendered, Setting, Stage, Target, Verdicts, Warning,
};

/// From how many tests on a scanner needs seconds and hundreds of megabytes: see docs/performance.md.
pub const MANY: usize = 50_000;

/// To how many tests the document is held against the schemas: libxml2's time for that grows with the square of them. A larger
/// one is only read whole by the scanner.
pub const JUDGED: usize = 2_000;

/// A large document takes a scanner minutes to judge.
const SECONDS: u64 = 600;

/// The target `oval`.
#[derive(Debug, Clone, Copy)]
pub struct Oval;

const BLOCKS_NOTHING: Fidelity = Fidelity::FindsOnly("a scanner finds it, and blocks nothing");
const UNREADABLE: &str = "not an identifier of its kind";
const DIGEST: &str = "a scanner looks for a digest only where it is told the path";
const PLACES: &str = "a place that scanners cannot look at without walking the whole machine, or not at all";
const ANY_TOOL: &str = "packages of dpkg and rpm alone are looked for";
const SOME_PLACES: &str = "some of the places that are meant are not looked at";
const FINDS_MORE: &str = "some of what the order leaves out is found all the same";

impl Target for Oval {
    fn name(&self) -> &'static str {
        "oval"
    }

    fn about(&self) -> &'static str {
        "lets every OVAL scanner find banned packages, files and registry keys"
    }

    fn settings(&self) -> &'static [Setting] {
        settings::SETTINGS
    }

    fn render(&self, bans: &Bans, options: &Options<'_>) -> Result<Rendered, RenderError> {
        let settings = Settings::read(options)?;
        let mut verdicts = Verdicts::new(bans.count());
        let mut definitions = Vec::new();
        let mut first = 0_usize;
        for part in &bans.parts {
            let definition = definition(part, first, &mut verdicts);
            definitions.extend(definition.filter(|definition| !definition.checks.is_empty()));
            first = first.saturating_add(part.entries.len());
        }
        definitions.sort_by(|one, other| {
            let key = |of: &Definition| (of.about.clone(), of.title.clone());
            key(one).cmp(&key(other)).then_with(|| one.checks.cmp(&other.checks))
        });
        let tests = definitions.iter().flat_map(|one| one.checks.values()).map(BTreeSet::len).sum();
        let bytes = document::write(&definitions, &settings);
        Ok(Rendered {
            files: vec![File::drop_in(settings.file.clone(), bytes, Marker::Last("<!--", "-->"))],
            needs: &["oscap"],
            validate: vec![judged(tests, &settings)],
            activate: Vec::new(),
            questions: questions(&settings),
            verdicts,
            warnings: warnings(tests),
        })
    }
}

fn oscap(texts: &[&'static str], id: Option<String>) -> Command {
    let mut arguments: Vec<Argument> = texts.iter().copied().map(Argument::Text).collect();
    if let Some(id) = id {
        arguments.extend([Argument::Text("--id"), Argument::Setting(id)]);
    }
    arguments.push(Argument::File(0));
    Command::new("oscap", arguments).within(SECONDS)
}

/// How the scanner judges the document.
fn judged(tests: usize, settings: &Settings) -> Command {
    if tests <= JUDGED { oscap(&["oval", "validate"], None) } else { evaluated(settings) }
}

/// Reads all of the document and evaluates its smallest definition.
fn evaluated(settings: &Settings) -> Command {
    let [dpkg, _] = READINGS;
    oscap(&["oval", "eval"], Some(format!("oval:{}:def:{}", settings.namespace, dpkg.number)))
}

fn questions(settings: &Settings) -> Vec<Question> {
    vec![Question {
        about: "a scanner evaluates the definitions".into(),
        command: evaluated(settings),
        expects: Expects::Contains("Evaluation done.".into()),
    }]
}

fn warnings(tests: usize) -> Vec<Warning> {
    if tests <= JUDGED {
        return Vec::new();
    }
    if tests < MANY {
        return vec![Warning(format!(
            "{tests} tests: too many to hold the document against the schemas of OVAL"
        ))];
    }
    vec![Warning(format!(
        "{tests} tests: a scanner needs about ten kilobytes of memory for each, many seconds for all of them, and is not asked to hold them against the schemas of OVAL"
    ))]
}

/// What becomes of an identifier: the words of [`Fidelity`], before it is asked whether it is to be blocked.
enum Told {
    Exactly,
    Less(&'static str),
    More(&'static str),
    Not(&'static str),
}

/// What a part leaves out.
#[derive(Default)]
struct LeftOut {
    packages: HashMap<(Tool, String), Vec<Pick>>,
    paths: Vec<PathPattern>,
    keys: Vec<RegistryKey>,
    /// Something of which a scanner cannot tell what it is.
    unclear: bool,
}

impl LeftOut {
    fn of(part: &Part) -> Self {
        let mut all = Self::default();
        for entry in &part.excluded {
            let Ok(identifier) = entry.read() else {
                all.unclear |= is_ours(&entry.kind);
                continue;
            };
            match picks(&identifier) {
                Picks::Some(picks, _) => {
                    for pick in picks {
                        all.packages.entry((pick.tool, pick.name.clone())).or_default().push(pick);
                    }
                }
                Picks::NotTold(_) => all.unclear = true,
                Picks::None => {}
            }
            match identifier {
                Identifier::Path(path) => all.paths.push(path),
                Identifier::RegistryKey(key) => all.keys.push(key),
                // A product's name may be that of anything.
                Identifier::Cpe(..) | Identifier::Vendor(_) | Identifier::Product(_) => all.unclear = true,
                _ => {}
            }
        }
        all
    }
}

fn is_ours(kind: &IdentifierKind) -> bool {
    use IdentifierKind::{Package, Path, Purl, RegistryKey, Sha256};
    matches!(kind, Package | Purl | Path | RegistryKey | Sha256)
}

/// The definition of a part; its verdicts go to the numbers from `first` on. `None` where it is freed.
fn definition(part: &Part, first: usize, verdicts: &mut Verdicts) -> Option<Definition> {
    let left_out = LeftOut::of(part);
    let mut definition = described(part);
    for (place, entry) in part.entries.iter().enumerate() {
        let ban = Ban { number: first.saturating_add(place), part, entry };
        if ban.stage() == Stage::Freed {
            if is_ours(&entry.kind) {
                verdicts.set(ban.number, Fidelity::Freed);
            }
        } else if let Some(told) = look_for(&ban, &left_out, &mut definition) {
            verdicts.set(ban.number, verdict(&told, ban.stage()));
        }
    }
    (part.stage != Stage::Freed).then_some(definition)
}

fn described(part: &Part) -> Definition {
    let origin = &part.origin;
    let (repository, directive, subject) = (&origin.repository, &origin.directive, &origin.subject);
    Definition {
        about: format!("{repository} {directive} {subject}"),
        title: format!("Banned: {}", origin.name),
        description: format!(
            "True where something is there that directive {directive} of {repository} takes out of use (its subject \
             {subject}). False says nothing where a package database could not be read."
        ),
        reference: (repository.clone(), directive.to_string()),
        version: u64::from(origin.revision.number()),
        ..Definition::default()
    }
}

fn verdict(told: &Told, stage: Stage) -> Fidelity {
    match (told, stage) {
        (Told::Not(reason), _) => Fidelity::NotExpressible(reason),
        (_, Stage::Enforce) => BLOCKS_NOTHING,
        (Told::Exactly, _) => Fidelity::Exact,
        (Told::Less(reason), _) => Fidelity::UnderBlocks(reason),
        (Told::More(reason), _) => Fidelity::OverBlocks(reason),
    }
}

/// Adds the checks of a ban. `None` where it is not for scanners of this kind.
fn look_for(ban: &Ban<'_>, left_out: &LeftOut, definition: &mut Definition) -> Option<Told> {
    let Ok(identifier) = ban.read() else { return is_ours(&ban.entry.kind).then_some(Told::Not(UNREADABLE)) };
    let mut add = |family, distribution: Option<&String>, checks: Vec<Check>| {
        if !checks.is_empty() {
            definition.checks.entry((family, distribution.cloned())).or_default().extend(checks);
        }
    };
    let mut told = match &identifier {
        Identifier::Sha256(_) => return Some(Told::Not(DIGEST)),
        Identifier::Path(path) => {
            if left_out.paths.iter().any(|without| without.covers(path)) {
                return Some(Told::Exactly);
            }
            let named = names::path(path, &left_out.paths);
            let lets_through = names::lets_through(path, &left_out.paths);
            let told = match (named.checks.is_empty(), named.less, lets_through) {
                (true, ..) => Told::Not(PLACES),
                (_, _, false) => Told::More(FINDS_MORE),
                (_, true, _) => Told::Less(SOME_PLACES),
                _ => Told::Exactly,
            };
            add(if path.is_of_windows() { "windows" } else { "unix" }, None, named.checks);
            told
        }
        Identifier::RegistryKey(key) => {
            if left_out.keys.iter().any(|without| without.covers(key)) {
                return Some(Told::Exactly);
            }
            let named = names::key(key);
            let told = match (named.checks.is_empty(), named.less, left_out.keys.is_empty()) {
                (true, ..) => Told::Not(PLACES),
                (_, _, false) => Told::More(FINDS_MORE),
                (_, true, _) => Told::Less(SOME_PLACES),
                _ => Told::Exactly,
            };
            add("windows", None, named.checks);
            told
        }
        other => match picks(other) {
            Picks::None => return None,
            Picks::NotTold(reason) => return Some(Told::Not(reason)),
            Picks::Some(picks, whole) => {
                let mut told = if whole { Told::Exactly } else { Told::Less(ANY_TOOL) };
                for pick in picks {
                    let without = left_out.packages.get(&(pick.tool, pick.name.clone()));
                    let without: Vec<&Pick> = without.into_iter().flatten().collect();
                    let Some(packaged) = pick.checks(&without) else { return Some(Told::Not(UNREADABLE)) };
                    if packaged.more {
                        told = Told::More(FINDS_MORE);
                    }
                    add("unix", pick.distribution.as_ref(), packaged.checks);
                }
                told
            }
        },
    };
    if left_out.unclear && matches!(told, Told::Exactly) {
        told = Told::More(FINDS_MORE);
    }
    Some(told)
}

#[cfg(test)]
mod tests;
