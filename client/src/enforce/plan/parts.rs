//! What each subject comes to: how far it is enforced and why, and by which targets.

use std::collections::BTreeMap;

use interdict_schema::Sha256;
use interdict_schema::digest::RunningSha256;
use interdict_schema::plan::{Identifiers, Listed, PartPlan};

use super::Output;
use crate::enforce::ban::{Entry, Part};
use crate::enforce::bans::Bans;

/// The most identifiers of a subject that are listed one by one.
pub const MAX_LISTED: usize = 100;

/// Every part, in the order of the bans.
pub(super) fn parts(bans: &Bans, outputs: &[Output]) -> Vec<PartPlan> {
    let mut number: usize = 0;
    let mut told = Vec::with_capacity(bans.parts.len());
    for part in &bans.parts {
        let numbers = number..number.saturating_add(part.entries.len());
        number = numbers.end;
        told.push(of_part(part, numbers, outputs));
    }
    told
}

fn of_part(part: &Part, numbers: std::ops::Range<usize>, outputs: &[Output]) -> PartPlan {
    let acts = |output: &Output, number: usize| output.rendered.verdicts.of(number).acts();
    let by = |output: &Output| {
        let count = numbers.clone().filter(|number| acts(output, *number)).count();
        (output.target.name().to_owned(), wide(count))
    };
    let mut held = BTreeMap::new();
    for back in part.entries.iter().filter_map(|entry| entry.held.as_ref()) {
        let count: &mut u64 = held.entry(back.to_string()).or_default();
        *count = count.saturating_add(1);
    }
    let nobody = |number: &usize| !outputs.iter().any(|output| acts(output, *number));
    let freed = part.stage == crate::enforce::Stage::Freed;
    let not_enforced = if freed { 0 } else { numbers.clone().filter(nobody).count() };
    let origin = &part.origin;
    PartPlan {
        repository: origin.repository.clone(),
        directive: origin.directive.clone(),
        revision: origin.revision,
        payload: origin.digest,
        subject: origin.subject.clone(),
        subject_name: origin.name.clone(),
        actions: origin.actions.clone(),
        stage: part.stage.as_str().into(),
        because: part.because.to_string(),
        identifiers: identifiers(&part.entries),
        excluded: identifiers(&part.excluded),
        held,
        enforced_by: outputs.iter().map(by).filter(|(_, count)| *count > 0).collect(),
        not_enforced: wide(not_enforced),
        gaps: part.gaps.clone(),
    }
}

fn identifiers(entries: &[Entry]) -> Identifiers {
    let mut digest = RunningSha256::default();
    let mut add = |text: &str| {
        digest.update(&wide(text.len()).to_be_bytes());
        digest.update(text.as_bytes());
    };
    for entry in entries {
        add(entry.kind.as_str());
        add(&entry.value);
        add(entry.versions.as_deref().unwrap_or_default());
        add(&entry.held.as_ref().map(ToString::to_string).unwrap_or_default());
    }
    let sha256: Sha256 = digest.finish();
    let listed = |entry: &Entry| Listed {
        kind: entry.kind.to_string(),
        value: entry.value.to_string(),
        versions: entry.versions.as_deref().map(Into::into),
        held: entry.held.as_ref().map(ToString::to_string),
    };
    let short = entries.len() <= MAX_LISTED;
    let listed = if short { entries.iter().map(listed).collect() } else { Vec::new() };
    Identifiers { count: wide(entries.len()), sha256, listed }
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

    use super::*;
    use crate::enforce::plan::testing::{entry, output, part};
    use crate::enforce::plan::unenforced::not_enforced;
    use crate::enforce::{Fidelity, Held, Stage};

    fn numbered(count: usize) -> Vec<Entry> {
        (0..count).map(|number| entry("domain", &format!("a{number}.example"))).collect()
    }

    #[test]
    fn identifiers_are_listed_up_to_100_and_above_that_a_digest_stands_for_them() {
        for (count, listed) in [(MAX_LISTED, MAX_LISTED), (MAX_LISTED + 1, 0)] {
            let told = identifiers(&numbered(count));
            assert_eq!((told.count, told.listed.len()), (wide(count), listed));
        }
        let digest = |entries: &[Entry]| identifiers(entries).sha256;
        let two = digest(&[entry("domain", "ab"), entry("domain", "c")]);
        assert_ne!(
            two,
            digest(&[entry("domain", "a"), entry("domain", "bc")]),
            "where one ends is part of it"
        );
        let mut held = numbered(2);
        held[1].held = Some(Held::Confidence);
        assert_ne!(digest(&held), digest(&numbered(2)), "what is held back is part of it");
    }

    #[test]
    fn what_no_target_acts_on_is_counted_once_by_kind_and_reason_and_nothing_of_what_is_freed_is() {
        let mut entries = numbered(7);
        entries.push(entry("asn", "AS64496"));
        entries[0].held = Some(Held::Confidence);
        let freed = part("X-2", Stage::Freed, numbered(3));
        let bans = Bans { generation: 1, parts: vec![part("X-1", Stage::Enforce, entries), freed] };
        let mut one = vec![Fidelity::NotExpressible("for a reason"); 7];
        one[0] = Fidelity::Exact;
        one.push(Fidelity::OtherKind);
        one.extend([Fidelity::Freed; 3]);
        let mut other = one.clone();
        other[1] = Fidelity::UnderBlocks("a part of it");
        other[2] = Fidelity::NoAudit;
        let outputs = [output(&one), output(&other)];
        let told = parts(&bans, &outputs);
        assert_eq!((told[0].not_enforced, told[1].not_enforced), (6, 0));
        assert_eq!(told[0].held["the issuer relies on it little"], 1);
        let rows = not_enforced(&bans, &outputs);
        let rows: Vec<(&str, u64, &str, usize)> = rows
            .iter()
            .map(|row| (row.kind.as_str(), row.identifiers, row.reason.as_str(), row.examples.len()))
            .collect();
        assert_eq!(
            rows,
            [
                ("asn", 1, "no chosen target takes this kind", 1),
                ("domain", 4, "dns-rpz: for a reason; dns-rpz: for a reason", 4),
                ("domain", 1, "dns-rpz: for a reason; dns-rpz: cannot log without blocking", 1),
            ]
        );
    }
}
