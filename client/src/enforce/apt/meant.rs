//! Which bans mean a Debian package, what of them can be enforced, and whether one means a package.
//!
//! A package is compared as `check` compares it: the same identifiers, the same order of versions. Nothing here is written
//! anywhere; names are those that a Debian package can have and nothing else.

use std::collections::{BTreeMap, HashSet};

use interdict_schema::directive::IdentifierKind;
use interdict_schema::product::version::Scheme;
use interdict_schema::product::{Answer, Identifier, Purl, Reason, Versions};

use super::super::{Ban, Bans, Entry, Fidelity, Part, Stage, Verdicts};

/// A package of a machine or a repository, or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its name, without an architecture.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture, where it is told.
    pub architecture: Option<String>,
}

impl Package {
    /// The package URL of it in a distribution.
    fn purl(&self, distribution: Option<&str>) -> Option<Purl> {
        let qualifiers: BTreeMap<String, String> =
            self.architecture.iter().map(|found| ("arch".to_owned(), found.clone())).collect();
        Purl::build("deb", distribution, &self.name, Some(&self.version), qualifiers, None).ok()
    }
}

/// Whether an identifier means a package of a distribution.
pub fn answer(identifier: &Identifier, package: &Package, distribution: Option<&str>) -> Answer {
    let purl = || package.purl(distribution);
    match identifier {
        Identifier::Package(name, versions) => name
            .matches(Some("deb"), &package.name)
            .and(versions.contain_for(Some(&package.version), Some(Scheme::Deb))),
        Identifier::Purl(wanted, versions) => match purl() {
            Some(found) => wanted.matches(versions, &found),
            None => {
                Answer::when(wanted.name() == package.name).and(Answer::Unknown(Reason::VersionUnreadable))
            }
        },
        Identifier::PurlNamespace(space) => Answer::when(purl().is_some_and(|found| space.matches(&found))),
        _ => Answer::NoMatch,
    }
}

/// A ban that is to be enforced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule<'b> {
    /// The name that it means.
    pub name: String,
    /// Its part among [`Meant::parts`].
    pub part: usize,
    /// The part's directive.
    pub directive: &'b str,
    /// How far it goes.
    pub stage: Stage,
    /// The kind of identifier.
    pub kind: IdentifierKind,
    /// Its canonical text.
    pub value: String,
    /// The versions, as written; all where absent.
    pub versions: Option<&'b str>,
    /// What it is, typed.
    pub identifier: Identifier,
    /// Whether every version and architecture is meant, and nothing of that is left out.
    pub whole: bool,
}

/// A part of which something is enforced.
#[derive(Debug, Clone)]
pub struct Source<'b> {
    /// The part.
    pub part: &'b Part,
    /// What it leaves out of what apt installs.
    pub excluded: Vec<&'b Entry>,
}

/// All that apt is to be told.
#[derive(Debug)]
pub struct Meant<'b> {
    /// By name, part, value and versions; the strictest first.
    pub rules: Vec<Rule<'b>>,
    /// By repository, directive and subject.
    pub parts: Vec<Source<'b>>,
    /// What becomes of every ban.
    pub verdicts: Verdicts,
}

const UNREADABLE: Fidelity = Fidelity::NotExpressible("not an identifier of its kind");
const NO_NAME: Fidelity = Fidelity::NotExpressible("no Debian package can have this name");
const EVERYTHING: Fidelity = Fidelity::NotExpressible(
    "every package of a distribution: a machine without packages cannot be repaired",
);
const QUALIFIED: Fidelity =
    Fidelity::NotExpressible("qualifiers other than the architecture are not told to the hook");
const WHICH_DISTRIBUTION: Fidelity =
    Fidelity::NotExpressible("of one distribution, and os-release does not say which one this is");
const UNKNOWN_SCHEME: Fidelity = Fidelity::NotExpressible("versions of a scheme that is not known");
const LEAVES_OUT: Fidelity =
    Fidelity::NotExpressible("what the order leaves out cannot be read, and may be this");

impl<'b> Meant<'b> {
    /// Of all bans, those that mean a Debian package.
    pub fn of(bans: &'b Bans, distribution: Option<&str>) -> Self {
        let mut order: Vec<(usize, &Part)> = Vec::with_capacity(bans.parts.len());
        let mut first = 0_usize;
        for part in &bans.parts {
            order.push((first, part));
            first = first.saturating_add(part.entries.len());
        }
        order
            .sort_by_key(|(_, part)| (&part.origin.repository, &part.origin.directive, &part.origin.subject));
        let mut verdicts = Verdicts::new(bans.count());
        let mut rules = Vec::new();
        let mut parts = Vec::new();
        for (first, part) in order {
            let left_out = LeftOut::of(part);
            let before = rules.len();
            for (number, entry) in part.entries.iter().enumerate() {
                let ban = Ban { number: first.saturating_add(number), part, entry };
                let judged = rule(&ban, &left_out, parts.len(), distribution);
                verdicts
                    .set(ban.number, judged.as_ref().map_or_else(|fidelity| *fidelity, |_| Fidelity::Exact));
                rules.extend(judged);
            }
            if rules.len() > before {
                let mut excluded = left_out.entries;
                excluded.sort_by_key(|entry| (entry.kind.as_str(), &entry.value, &entry.versions));
                parts.push(Source { part, excluded });
            }
        }
        rules.sort_unstable_by(|one, other| key(one).cmp(&key(other)));
        rules.dedup_by(|later, first| {
            let of = |rule: &Rule<'b>| (rule.part, rule.kind.clone(), rule.versions.map(ToOwned::to_owned));
            later.name == first.name && later.value == first.value && of(later) == of(first)
        });
        Self { rules, parts, verdicts }
    }
}

type Key<'k> = (&'k str, usize, &'k str, &'k str, Option<&'k str>, std::cmp::Reverse<Stage>);

fn key<'k>(rule: &'k Rule<'_>) -> Key<'k> {
    let stage = std::cmp::Reverse(rule.stage);
    (&rule.name, rule.part, rule.kind.as_str(), &rule.value, rule.versions, stage)
}

/// The rule that a ban makes, or why it makes none.
fn rule<'b>(
    ban: &Ban<'b>,
    left_out: &LeftOut<'b>,
    part: usize,
    distribution: Option<&str>,
) -> Result<Rule<'b>, Fidelity> {
    let kinds = [IdentifierKind::Package, IdentifierKind::Purl, IdentifierKind::PurlNamespace];
    if !kinds.contains(&ban.entry.kind) {
        return Err(Fidelity::OtherKind);
    }
    let Ok(identifier) = ban.read() else {
        return Err(if of_another_kind(&ban.entry.value) { Fidelity::OtherKind } else { UNREADABLE });
    };
    let (name, value, versions, every) = match &identifier {
        Identifier::Package(package, versions) => {
            if package.ecosystem().is_some_and(|ecosystem| ecosystem != "deb") {
                return Err(Fidelity::OtherKind);
            }
            (package.name(), package.to_string(), versions, true)
        }
        Identifier::Purl(purl, versions) => {
            if purl.package_type() != "deb" {
                return Err(Fidelity::OtherKind);
            }
            match (purl.namespace(), distribution) {
                (Some(_), None) => return Err(WHICH_DISTRIBUTION),
                (Some(wanted), Some(found)) if wanted != found => return Err(Fidelity::OtherKind),
                (_, _) => {}
            }
            if purl.subpath().is_some() || purl.qualifiers().keys().any(|key| key != "arch") {
                return Err(QUALIFIED);
            }
            let every = purl.version().is_none() && purl.qualifiers().is_empty();
            (purl.name(), purl.to_string(), versions, every)
        }
        Identifier::PurlNamespace(space) if space.package_type() == "deb" => return Err(EVERYTHING),
        _ => return Err(Fidelity::OtherKind),
    };
    let any = match versions {
        Versions::Any => true,
        Versions::Range(range) if range.scheme().is_some_and(|scheme| !scheme.orders(Scheme::Deb)) => {
            return Err(Fidelity::OtherKind);
        }
        Versions::Exactly(_) | Versions::Range(_) => false,
        Versions::Unsupported { .. } => return Err(UNKNOWN_SCHEME),
    };
    if ban.stage() == Stage::Freed {
        return Err(Fidelity::Freed);
    }
    if !is_name(name) {
        return Err(NO_NAME);
    }
    if left_out.unreadable {
        return Err(LEAVES_OUT);
    }
    Ok(Rule {
        name: name.to_owned(),
        part,
        directive: ban.part.origin.directive.as_str(),
        stage: ban.stage(),
        kind: ban.entry.kind.clone(),
        value,
        versions: ban.entry.versions.as_deref(),
        whole: any && every && !left_out.touches(name),
        identifier,
    })
}

/// Whether a value that cannot be read says that it is no Debian package's.
fn of_another_kind(value: &str) -> bool {
    let kind = match value.strip_prefix("pkg:") {
        Some(purl) => purl.trim_start_matches('/').split('/').next(),
        None => value.split_once(':').map(|(ecosystem, _)| ecosystem),
    };
    kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("deb"))
}

/// Whether a Debian package can have this name (deb-control(5), `Package`, dpkg 1.21): lower-case letters, digits and `+ - .`, a
/// letter or digit first; at most 255 bytes here. None of these characters means anything in apt's preferences.
pub fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=255).contains(&name.len())
        && name.bytes().next().is_some_and(letter)
        && name.bytes().all(|byte| letter(byte) || b"+-.".contains(&byte))
}

/// What a part leaves out of what apt installs.
#[derive(Debug, Default)]
struct LeftOut<'b> {
    entries: Vec<&'b Entry>,
    names: HashSet<String>,
    /// It leaves out a whole namespace.
    everything: bool,
    /// Something of it cannot be read, so that it may be anything.
    unreadable: bool,
}

impl<'b> LeftOut<'b> {
    fn of(part: &'b Part) -> Self {
        let mut all = Self::default();
        for entry in &part.excluded {
            match entry.read() {
                Ok(Identifier::Package(name, _)) if name.ecosystem().is_none_or(|found| found == "deb") => {
                    all.names.insert(name.name().to_owned());
                }
                Ok(Identifier::Purl(purl, _)) if purl.package_type() == "deb" => {
                    all.names.insert(purl.name().to_owned());
                }
                Ok(Identifier::PurlNamespace(space)) if space.package_type() == "deb" => {
                    all.everything = true;
                }
                Ok(_) => continue,
                Err(_) => {
                    let kinds =
                        [IdentifierKind::Package, IdentifierKind::Purl, IdentifierKind::PurlNamespace];
                    all.unreadable |= kinds.contains(&entry.kind) && !of_another_kind(&entry.value);
                    continue;
                }
            }
            all.entries.push(entry);
        }
        all
    }

    fn touches(&self, name: &str) -> bool {
        self.everything || self.names.contains(name)
    }
}
