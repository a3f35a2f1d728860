//! The hits so far, and what each is worth.

use std::borrow::Cow;

use interdict_schema::directive::{Confidence, Disposition};
use interdict_schema::product::cpe::Attribute;
use interdict_schema::product::identifier::Certainty;
use interdict_schema::product::version::Keys;
use interdict_schema::product::{Answer, Identifier, Versions};

use super::{Breadth, Hit};
use crate::assess::assessment::{Doubt, Evidence, Field, Verdict};
use crate::assess::index::{Index, Rule};

/// The hits so far.
pub(super) struct Hits<'i, 'a> {
    pub index: &'i Index<'a>,
    pub list: Vec<Hit<'a>>,
    /// The component's versions, each keyed once for all rules.
    pub keys: Keys,
}

impl<'i, 'a> Hits<'i, 'a> {
    pub(super) fn parsed(&self, rule: usize) -> Option<&'i Identifier> {
        self.index.rules.get(rule).map(|rule| &rule.parsed)
    }

    /// Adds what an answer says; of two hits of one rule the one that comes to the worse verdict stays, or has fewer doubts.
    pub(super) fn add(
        &mut self,
        number: usize,
        field: Field,
        found: impl FnOnce() -> Cow<'a, str>,
        answer: Answer,
        mut doubts: Vec<Doubt<'a>>,
    ) {
        let Some(rule) = self.index.rules.get(number) else { return };
        match answer {
            Answer::Match => {}
            Answer::NoMatch => return,
            Answer::Unknown(reason) => doubts.push(Doubt::Unknown(reason)),
        }
        if let Some(confidence) = &rule.written.confidence
            && !matches!(confidence, Confidence::High | Confidence::Medium)
        {
            doubts.push(Doubt::Confidence(confidence));
        }
        if self.wants_versions(rule) {
            doubts.push(Doubt::NoVersions);
        }
        let before = self.list.iter().position(|hit| hit.rule == number);
        if before
            .and_then(|at| self.list.get(at))
            .is_some_and(|hit| weight(&hit.evidence.doubts) <= weight(&doubts))
        {
            return;
        }
        let certainty = rule.parsed.certainty().unwrap_or(Certainty::Probable);
        let (identifier, list) = (rule.written, rule.list);
        let evidence = Evidence { identifier, list, certainty, field, found: found(), doubts };
        let hit = Hit { rule: number, breadth: breadth(&rule.parsed), evidence, dismissed: None };
        match before.and_then(|at| self.list.get_mut(at)) {
            Some(known) => *known = hit,
            None => self.list.push(hit),
        }
    }

    /// Whether a rule recognises a product and not the versions of it that are to be repaired.
    fn wants_versions(&self, rule: &Rule<'a>) -> bool {
        let subject = self.index.bound.get(rule.bound).map(|bound| bound.subject);
        if rule.exclude.is_some()
            || subject.is_none_or(|subject| subject.disposition != Disposition::Remediate)
        {
            return false;
        }
        match &rule.parsed {
            Identifier::Purl(purl, versions) => purl.version().is_none() && *versions == Versions::Any,
            Identifier::Cpe(cpe, versions) => *cpe.version() == Attribute::Any && *versions == Versions::Any,
            Identifier::Package(_, versions) => *versions == Versions::Any,
            Identifier::Image(image) => image.tag().is_none() && image.digest().is_none(),
            Identifier::Sha256(_)
            | Identifier::Authenticode(_)
            | Identifier::CdHash(_)
            | Identifier::Cve(_)
            | Identifier::Unsupported { .. } => false,
            // The same in every version.
            _ => true,
        }
    }
}

/// The verdict that a hit comes to alone, and by how many doubts.
fn weight(doubts: &[Doubt<'_>]) -> (Verdict, usize) {
    (Verdict::of(doubts), doubts.len())
}

/// How much a rule means.
pub(in crate::assess) fn breadth(identifier: &Identifier) -> Breadth {
    match identifier {
        Identifier::Vendor(_)
        | Identifier::PurlNamespace(_)
        | Identifier::Signer(_)
        | Identifier::TeamId(_)
        | Identifier::Asn(_) => Breadth::Vendor,
        Identifier::Cpe(cpe, _) if cpe.product().literal().is_none() => Breadth::Vendor,
        Identifier::Cpe(..) | Identifier::Product(_) => Breadth::Product,
        _ => Breadth::Exact,
    }
}
