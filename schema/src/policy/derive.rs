//! From verified directives to a policy.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use jiff::tz::TimeZone;

use super::{
    DirectiveState, FORMAT, ListState, Mark, Policy, PolicyDeadline, Repository, Rule, RuleEntries,
    RuleIdentifier, RuleList, RuleWaiver, WaiverState,
};
use crate::believe::Believed;
use crate::directive::deadline::{self, Deadline, Events, deadline};
use crate::directive::resolve::{DocumentRef, Ending, Standing, Waived, standing, waived};
use crate::directive::scope::Profile;
use crate::directive::unsupported::unsupported;
use crate::directive::{
    Action, ActionKind, Directive, DirectiveId, Disposition, Edge, Identifier, Modality, Subject,
};
use crate::entity::{self, Lists, Resolved};
use crate::{DateTime, Verified};

/// The newest verified revision of one directive, and where it comes from.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The name of the repository; one of those given to [`derive()`].
    pub repository: &'a str,
    /// The directive.
    pub directive: &'a Verified<Believed>,
    /// What the operator must know of it.
    pub marks: Vec<Mark>,
    /// The lists that are held of that repository.
    pub lists: Arc<Lists<'a>>,
    /// How it ended and by which document, where another document ended it.
    pub ended: Option<&'a Ending>,
    /// The agency for which waivers are judged, and the moment at which they are.
    pub waivers: Option<(&'a Profile, DateTime)>,
    /// The documents that granted waivers of this text besides the directive's own.
    pub granted: &'a [DocumentRef],
}

impl<'a> Source<'a> {
    /// Whether an action is ordered of the agency; where nobody has said who that is, it is.
    fn orders(&self, action: &Action) -> bool {
        let id = &self.directive.document.value.id;
        self.waivers.is_none_or(|(profile, _)| action.binds(id, profile).is_ok())
    }

    /// The waiver that frees the agency of a part for the longest time.
    pub fn waived(&self, part: &str) -> Option<Waived<'a>> {
        let (profile, at) = self.waivers?;
        waived(&self.directive.document.value, Some(part), profile, at)
    }

    /// The document of its own that granted a waiver of this text, where one did.
    pub fn granted_by(&self, waiver: &str) -> Option<&'a DocumentRef> {
        self.granted.iter().find(|document| document.id.as_str() == waiver)
    }

    fn rule_waiver(&self, waived: &Waived<'_>) -> RuleWaiver {
        let document = self.granted_by(&waived.waiver.id);
        RuleWaiver {
            waiver: waived.waiver.id.clone(),
            revision: document.map(|document| document.revision),
            digest: document.map(|document| document.digest),
        }
    }
}

/// What a policy follows from, in its order: rules are derived from it one directive at a time, so that a policy of any length
/// takes the memory of one directive.
#[derive(Debug, Clone)]
pub struct Derivation<'a> {
    pub(super) generation: u64,
    pub(super) verified_at: DateTime,
    pub(super) fresh_until: DateTime,
    pub(super) repositories: Vec<Repository>,
    lists: BTreeMap<&'a str, Arc<Lists<'a>>>,
    waivers: Vec<WaiverState>,
    sources: Vec<Source<'a>>,
}

/// Derives the policy of a generation. The order of `sources` does not matter.
///
/// A closed or revoked directive gives no rules; everything else does, stale or marked as it may be: only a signed
/// document lifts a ban. With no repository at all the policy is stale from the beginning.
///
/// `lists` are the lists of identifiers of each repository, by its name: also those that no directive names.
pub fn derive<'a>(
    generation: u64,
    mut repositories: Vec<Repository>,
    lists: BTreeMap<&'a str, Arc<Lists<'a>>>,
    mut sources: Vec<Source<'a>>,
) -> Derivation<'a> {
    repositories.sort_by(|a, b| a.name.cmp(&b.name));
    let name = |source: &Source<'a>| (source.repository, &source.directive.document.value.id);
    sources.sort_by(|a, b| name(a).cmp(&name(b)));
    let earliest = |moment: fn(&Repository) -> DateTime| {
        repositories.iter().map(moment).min().unwrap_or(DateTime::EPOCH)
    };
    Derivation {
        lists,
        waivers: Vec::new(),
        generation,
        verified_at: earliest(|repository| repository.verified_at),
        fresh_until: earliest(|repository| repository.fresh_until),
        repositories,
        sources,
    }
}

impl Derivation<'_> {
    /// Adds the waivers that are documents of their own.
    #[must_use]
    pub fn with_waivers(mut self, mut waivers: Vec<WaiverState>) -> Self {
        waivers.sort_by(|one, other| (&one.repository, &one.id).cmp(&(&other.repository, &other.id)));
        self.waivers = waivers;
        self
    }

    /// Every waiver that is a document of its own, by repository and id.
    pub fn waivers(&self) -> &[WaiverState] {
        &self.waivers
    }

    /// When the oldest of the repositories was verified.
    pub const fn verified_at(&self) -> DateTime {
        self.verified_at
    }

    /// From here on the policy is stale.
    pub const fn fresh_until(&self) -> DateTime {
        self.fresh_until
    }

    /// Every directive and its state, by repository and id.
    pub fn directives(&self) -> impl Iterator<Item = DirectiveState> {
        self.sources.iter().map(state)
    }

    /// Every list of identifiers that is held, by repository and id.
    pub fn lists(&self) -> impl Iterator<Item = ListState> {
        self.lists.iter().flat_map(|(repository, lists)| list_states(repository, lists))
    }

    /// The rules, in the order of the directives.
    pub fn rules(&self) -> impl Iterator<Item = Rule> {
        self.sources.iter().flat_map(rules)
    }

    /// The waivers within directives that will free the agency and do not yet: from when, and of which directive.
    pub fn later_waivers(&self) -> impl Iterator<Item = (DateTime, &DirectiveId)> {
        self.sources.iter().flat_map(|source| {
            let directive = &source.directive.document.value;
            let of = source.waivers.filter(|_| !directive.is_ended());
            let waivers = of.into_iter().flat_map(move |(profile, at)| {
                directive.waivers.iter().map(move |waiver| standing(directive, waiver, profile, at))
            });
            waivers.filter_map(move |standing| match standing {
                Standing::NotYet { from } => Some((from, &directive.id)),
                _ => None,
            })
        })
    }

    /// The whole policy in memory.
    pub fn policy(&self) -> Policy {
        Policy {
            format: FORMAT.into(),
            generation: self.generation,
            verified_at: self.verified_at,
            fresh_until: self.fresh_until,
            repositories: self.repositories.clone(),
            directives: self.directives().collect(),
            lists: self.lists().collect(),
            waivers: self.waivers.clone(),
            rules: self.rules().collect(),
        }
    }
}

fn list_states(repository: &str, lists: &Lists<'_>) -> Vec<ListState> {
    let state = |(list, marks): (&Verified<Believed<entity::EntityList>>, &[Mark])| ListState {
        repository: repository.into(),
        id: list.document.value.id.clone(),
        revision: list.document.value.revision,
        digest: list.payload.digest,
        title: list.document.value.title.clone(),
        marks: marks.to_vec(),
        unsupported: entity::unsupported::unsupported(&list.document).len(),
    };
    lists.newest().map(state).collect()
}

/// Everything by which a subject is recognised: its own identifiers first, then the rows of its lists, in their order. A
/// script that takes a ban list as it is must not come to block a country's domains.
fn identifiers(subject: &Subject, lists: &[Resolved<'_>]) -> Vec<RuleIdentifier> {
    let own = subject
        .identifiers
        .iter()
        .filter(|own| !is_everything(own))
        .map(|own| RuleIdentifier { identifier: own.clone(), list: None });
    let rows = lists.iter().filter_map(|found| found.list).flat_map(|list| {
        let list = &list.document.value;
        let row = |row: &Identifier| RuleIdentifier { identifier: row.clone(), list: Some(list.id.clone()) };
        list.identifiers.iter().filter(|row| !is_everything(row)).map(row)
    });
    own.chain(rows).collect()
}

fn rule_list(found: &Resolved<'_>, lists: &Lists<'_>) -> RuleList {
    let list = found.list.map(|list| &list.document.value);
    let files = list.into_iter().flat_map(|list| &list.attachments);
    let attachments = files.filter_map(|file| {
        Some(RuleEntries {
            kind: file.kind.clone(),
            entries: file.entries,
            digest: file.digest,
            file: lists.file(&file.digest)?.into(),
            confidence: file.confidence.clone(),
        })
    });
    RuleList {
        list: found.reference.list.clone(),
        revision: list.map(|list| list.revision),
        digest: found.list.map(|list| list.payload.digest),
        attachments: attachments.collect(),
        gaps: found.gaps.iter().map(ToString::to_string).collect(),
    }
}

impl Source<'_> {
    /// When the removal of a subject begins: of the actions that order it gone from where it is, and not only blocked. `None`
    /// where none does, or its clock has not started.
    pub fn removal_from(&self, subject: &Subject) -> Option<DateTime> {
        let directive = &self.directive.document.value;
        let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
        let removes = |kind: &ActionKind| matches!(kind, ActionKind::BeginRemoval | ActionKind::Remove);
        first_of(self, subject, directive.effective().begin(&zone), removes)
    }
}

fn state(source: &Source<'_>) -> DirectiveState {
    let directive = &source.directive.document.value;
    DirectiveState {
        repository: source.repository.into(),
        id: directive.id.clone(),
        revision: directive.revision,
        digest: source.directive.payload.digest,
        status: directive.status.clone(),
        title: directive.title.clone(),
        marks: source.marks.clone(),
        unsupported: unsupported(&source.directive.document).len(),
    }
}

fn rules(source: &Source<'_>) -> Vec<Rule> {
    let directive = &source.directive.document.value;
    if directive.is_ended() {
        return Vec::new();
    }
    // A zone that this version does not know is reported as unsupported; UTC keeps the rule.
    let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
    let effective = directive.effective().begin(&zone);
    let rule = |subject: &Subject| {
        let lists: Vec<Resolved<'_>> = source.lists.of_subject(&directive.issuer, subject).collect();
        let waived = source.waived(&subject.id);
        Rule {
            repository: source.repository.into(),
            directive: directive.id.clone(),
            revision: directive.revision,
            digest: source.directive.payload.digest,
            subject: subject.id.clone(),
            name: subject.name.clone(),
            disposition: subject.disposition.clone(),
            audit_from: subject.valid_from.map_or(effective, |from| from.begin(&zone).max(effective)),
            block_from: block_from(source, subject, effective),
            until: subject.valid_until.map(|until| until.end(&zone)),
            waived_until: waived.as_ref().map(|waived| waived.until.unwrap_or(DateTime::MAX)),
            waived_by: waived.as_ref().map(|waived| source.rule_waiver(waived)),
            identifiers: identifiers(subject, &lists),
            excludes: subject.excludes.clone(),
            lists: lists.iter().map(|found| rule_list(found, &source.lists)).collect(),
            deadlines: deadlines(source, subject),
        }
    };
    directive.subjects.iter().map(rule).collect()
}

/// Whether an identifier would match everything. It stays in the directive and is counted as unsupported.
fn is_everything(written: &Identifier) -> bool {
    written.read().is_err_and(|error| error.is_everything())
}

/// The begin instant of the earliest action that takes a prohibited subject out of use (`formats.md`, "Policy file").
///
/// An action that must *begin* by a day begins with that day; one that must be *complete* by a day leaves the agency
/// its time, so it counts from the end of that day; one that is ongoing, or has no date, from the effective instant. An
/// action without a date that must follow others begins no earlier than the last of them: BOD 17-01 orders removal
/// without a date, after a beginning that has one.
fn block_from(source: &Source<'_>, subject: &Subject, effective: DateTime) -> Option<DateTime> {
    let takes_out = |kind: &ActionKind| {
        matches!(
            kind,
            ActionKind::Block | ActionKind::Disconnect | ActionKind::BeginRemoval | ActionKind::Remove
        )
    };
    first_of(source, subject, effective, takes_out)
}

/// When the earliest of these actions begins that the subject is prohibited by.
fn first_of(
    source: &Source<'_>,
    subject: &Subject,
    effective: DateTime,
    meant: impl Fn(&ActionKind) -> bool,
) -> Option<DateTime> {
    let directive = &source.directive.document.value;
    if subject.disposition != Disposition::Prohibited {
        return None;
    }
    let ordered = |action: &&Action| {
        action.modality == Modality::Must
            && action.concerns(&subject.id)
            && source.orders(action)
            && meant(&action.kind)
    };
    let begin = |action: &Action| begin(directive, action, subject, effective);
    directive.actions.iter().filter(ordered).filter_map(begin).min()
}

/// When an action begins: with its own date, or else with the last date of what it must follow.
///
/// Each action that comes before is looked at once, so that neither a circle nor a dense web of them costs anything.
fn begin(directive: &Directive, action: &Action, subject: &Subject, effective: DateTime) -> Option<DateTime> {
    let mut latest = None;
    let mut seen = BTreeSet::new();
    let mut waiting = alloc::vec![action];
    while let Some(action) = waiting.pop() {
        if !seen.insert(action.id.as_str()) {
            continue;
        }
        let edge = action.due.as_ref().and_then(|due| due.edge.as_ref());
        let begun = match deadline(directive, action, Some(subject), &Events::default(), DateTime::EPOCH) {
            None => {
                let unseen = action.after.iter().filter(|id| !seen.contains(id.as_str()));
                waiting.extend(unseen.filter_map(|id| directive.action(id)));
                continue;
            }
            Some(Deadline::Ongoing { from }) => from,
            Some(Deadline::Once { begin, .. }) if edge == Some(&Edge::Begin) => begin,
            Some(Deadline::Once { end, .. }) => end,
            Some(Deadline::Recurring { first, .. }) => first,
            // A clock that has not started, has stopped, or cannot be read does not start a block.
            Some(
                Deadline::RunsFrom(_)
                | Deadline::DependsOn { .. }
                | Deadline::Undated { .. }
                | Deadline::Over { .. }
                | Deadline::BySubject
                | Deadline::Unsupported(_),
            ) => return None,
        };
        latest = latest.max(Some(begun));
    }
    Some(latest.unwrap_or(effective))
}

fn deadlines(source: &Source<'_>, subject: &Subject) -> Vec<PolicyDeadline> {
    let directive = &source.directive.document.value;
    let concerning = directive.actions.iter().filter(|action| action.concerns(&subject.id));
    let mut deadlines: Vec<PolicyDeadline> = concerning
        .filter_map(|action| {
            let found = deadline(directive, action, Some(subject), &Events::default(), DateTime::EPOCH)?;
            let every = action
                .due
                .as_ref()
                .and_then(|due| due.every.as_ref())
                .map(|every| alloc::format!("{} {}", every.n, every.unit));
            let (at, runs_from): (Option<DateTime>, Option<String>) = match found {
                _ if !source.orders(action) => (None, Some("not-ordered".into())),
                Deadline::Once { end, .. } => (Some(end), None),
                Deadline::Recurring { first, .. } => (Some(first), None),
                Deadline::Ongoing { .. } => (None, Some("ongoing".into())),
                Deadline::RunsFrom(anchor) => (None, Some(anchor.to_string())),
                Deadline::DependsOn { inputs, .. } => {
                    (None, Some(alloc::format!("depends-on:{}", inputs.join(","))))
                }
                Deadline::Undated { .. } => (None, Some("undated".into())),
                Deadline::Over { .. } => return None,
                Deadline::BySubject | Deadline::Unsupported(_) => (None, Some("unsupported".into())),
            };
            let edge = action.due.as_ref().and_then(|due| due.edge.clone());
            Some(PolicyDeadline {
                action: action.id.clone(),
                kind: action.kind.clone(),
                edge,
                at,
                every,
                runs_from,
            })
        })
        .collect();
    deadlines.sort_by_key(|deadline| (deadline.at.is_none(), deadline.at));
    deadlines
}

#[cfg(test)]
mod tests;
