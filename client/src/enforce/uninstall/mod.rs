//! What is installed and is ordered gone, removed by the package manager that put it there.
//!
//! | room | what is decided there |
//! |---|---|
//! | this one | which installed packages may be removed, and whether what goes with them may go too |
//! | [`tool`] | how each package manager is asked what it would do, and told to do it |
//!
//! Only what matches without a doubt, by an identifier that nothing holds back (exceptions, gates, the protected list, little
//! confidence), of a subject whose removal has begun and that no waiver frees. Blocking alone is no order to remove.
//! Not here: running anything, and asking a person.

pub mod tool;

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::DateTime;
use interdict_schema::directive::DirectiveId;
use interdict_schema::product::Identifier;

pub use self::tool::Tool;
use super::bans::Bans;
use super::protected::Protected;
use super::stage::Stage;
use crate::assess::{Assessment, Finding, Verdict};
use crate::inventory::Presence;

/// An installed package that is to go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Banned {
    /// Its name.
    pub name: String,
    /// Its architecture, where more than one can be installed.
    pub architecture: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// What is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Packages of the system, with the directives that order each gone.
    pub packages: BTreeMap<Tool, BTreeMap<Banned, BTreeSet<DirectiveId>>>,
    /// What is ordered gone and is no package of the system, or cannot be named to its manager: each by name.
    pub others: BTreeSet<String>,
    /// How many findings of these directives stay: they perhaps are what is meant, or something holds them back.
    pub left: u64,
}

/// What of an assessment these directives order gone now.
pub fn wanted(
    assessment: &Assessment<'_>,
    bans: &Bans,
    directives: &BTreeSet<DirectiveId>,
    now: DateTime,
) -> Wanted {
    let mut wanted = Wanted::default();
    for judgement in assessment.judgements.iter().filter(|judgement| assessment.is_outstanding(judgement)) {
        for finding in assessment.findings_of(judgement) {
            let directive = &finding.bound.directive().id;
            if !directives.contains(directive) {
                continue;
            }
            let Some(component) = finding.component.filter(|_| may_go(&finding, bans, now)) else {
                wanted.left = wanted.left.saturating_add(1);
                continue;
            };
            let tool = component.ecosystem.as_deref().and_then(Tool::of);
            let purl = component.purl.as_ref();
            let banned = Banned {
                name: component.name.clone(),
                architecture: purl.and_then(|purl| purl.qualifiers().get("arch").cloned()),
                version: component.version.clone(),
            };
            match tool.filter(|tool| !component.nested && tool.argument(&banned).is_some()) {
                Some(tool) => {
                    let of_tool = wanted.packages.entry(tool).or_default();
                    of_tool.entry(banned).or_default().insert(directive.clone());
                }
                None => {
                    wanted.others.insert(banned.name);
                }
            }
        }
    }
    wanted
}

/// Whether a finding is ordered gone now, and nothing holds that back.
fn may_go(finding: &Finding<'_, '_>, bans: &Bans, now: DateTime) -> bool {
    let (source, subject) = (finding.bound.source, finding.bound.subject);
    let begun = source.removal_from(subject).is_some_and(|from| from <= now);
    let there = finding.component.is_some_and(|component| component.presence != Presence::Residual);
    if finding.judgement.verdict != Verdict::Match || !begun || !there {
        return false;
    }
    let part = bans.parts.iter().find(|part| {
        part.origin.repository == source.repository
            && part.origin.directive == finding.bound.directive().id
            && part.origin.subject == subject.id
    });
    let Some(part) = part.filter(|part| part.stage == Stage::Enforce) else { return false };
    let sure = finding.judgement.evidence.iter().filter(|evidence| evidence.doubts.is_empty());
    // One identifier that is held back holds the package, whatever else means it.
    let mut sure = sure.peekable();
    sure.peek().is_some()
        && sure.all(|evidence| {
            let written = evidence.identifier;
            let mut entries = part.entries.iter().filter(|entry| {
                entry.kind == written.kind
                    && *entry.value == *written.value
                    && entry.versions.as_deref() == written.versions.as_deref()
            });
            entries.all(|entry| entry.held.is_none())
        })
}

/// What would go besides what is banned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collateral {
    /// The names.
    pub others: BTreeSet<String>,
    /// Those among them, and among what is banned, that this machine needs, and what each is.
    pub protected: BTreeMap<String, String>,
}

/// What a package manager would remove, beside what was asked for.
pub fn collateral<'n>(
    tool: Tool,
    removed: impl IntoIterator<Item = &'n str>,
    banned: &BTreeSet<&str>,
    protected: &Protected<'_>,
) -> Collateral {
    let mut collateral = Collateral::default();
    for name in removed {
        if !banned.contains(name) {
            collateral.others.insert(name.to_owned());
        }
        let identifier = Identifier::parse("package", &format!("{}:{name}", tool.ecosystem()), None);
        if let Some(what) = identifier.ok().and_then(|identifier| protected.protects(&identifier)) {
            collateral.protected.insert(name.to_owned(), what);
        }
    }
    collateral
}
