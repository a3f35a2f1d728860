//! Drafts of waivers in documents of their own: what holds for every document, and what the published text says of them.

use alloc::string::{String, ToString};

use super::{Fact, Problems, Report, annex, linted, revision, size};
use crate::Sha256;
use crate::directive::resolve::{Document, Rights, State, resolve};
use crate::directive::{Directive, Marking, Revision, Status, deadline};
use crate::json::Pointer;
use crate::limits::DIRECTIVE_LIST;
use crate::waiver::{FORMAT, WaiverDocument};

/// The members that every waiver has.
const REQUIRED: [&str; 10] =
    ["format", "id", "revision", "status", "title", "issuer", "issued", "target", "from", "granted_by"];

/// What is known besides the draft.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The revision before it and the digest of its payload, where they are at hand.
    pub before: Option<(&'a WaiverDocument, Sha256)>,
    /// Every published revision of every directive, where a repository is at hand.
    pub published: Option<&'a [Document<'a>]>,
}

/// Every problem of a draft of a waiver: JSON with or without comments and `$schema`.
pub fn lint(draft: &[u8], context: &Context<'_>) -> Report<WaiverDocument> {
    linted(draft, &REQUIRED, |waiver: &WaiverDocument, problems| check(waiver, context, problems))
}

fn check(waiver: &WaiverDocument, context: &Context<'_>, problems: &mut Problems) {
    let root = Pointer::root;
    if waiver.format != FORMAT {
        problems.add(root().join("format"), Fact::WaiverFormat { found: waiver.format.clone() });
    }
    for (of, text) in
        [("title", &waiver.title), ("issuer", &waiver.issuer), ("granted_by", &waiver.granted_by)]
    {
        problems.text(|| root().join(of), of, text);
        size::line(problems, || root().join(of), text);
    }
    for (of, text) in [("summary", &waiver.summary), ("eligibility", &waiver.eligibility)] {
        size::long(problems, || root().join(of), text.as_deref().unwrap_or_default());
    }
    for (of, found) in [
        ("beneficiaries", waiver.beneficiaries.len()),
        ("conditions", waiver.conditions.len()),
        ("references", waiver.references.len()),
    ] {
        problems.list(|| root().join(of), found, DIRECTIVE_LIST);
    }
    if let Some(marking) = waiver.marking.as_ref().filter(|marking| !marking.is_known()) {
        problems.word(&root().join("marking"), "marking", marking.as_str(), Marking::KNOWN);
    }
    match &waiver.status {
        Status::Other(found) => {
            problems.add(root().join("status"), Fact::Status { found: found.clone() });
        }
        Status::InForce => {}
        ended if waiver.revision == Revision::FIRST => {
            problems.add(root().join("status"), Fact::EndedAtFirst { status: ended.to_string() });
        }
        _ => {}
    }
    annex::attachment(|| root().join("text"), waiver.text.as_ref(), problems);
    if waiver.beneficiaries.is_empty() && waiver.eligibility.is_none() {
        problems.add(root(), Fact::WaivesEveryone);
    }
    if waiver.target.digest.is_none() {
        problems.add(root().join("target").join("digest"), Fact::WaiverWithoutDigest);
    }
    revision::chain(waiver, context.before, problems);
    if let Some((before, _)) = context.before {
        if waiver.target.id != before.target.id {
            let (found, wanted) = (waiver.target.id.to_string(), before.target.id.to_string());
            problems.add(root().join("target").join("id"), Fact::Renamed { of: "target", found, wanted });
        }
        if waiver.status == Status::InForce && before.status != Status::InForce {
            problems.add(root().join("status"), Fact::Revived { before: before.status.to_string() });
        }
        let renumbered =
            WaiverDocument { revision: before.revision, previous: before.previous, ..waiver.clone() };
        if renumbered == *before {
            problems.add(root(), Fact::SameContent);
        }
    }
    // What a revoked one was from need not be there any more.
    if waiver.status == Status::InForce {
        target(waiver, context.published, problems);
    }
}

/// Whether the text that is waived is published, still says what it said, and binds those who are freed.
fn target(waiver: &WaiverDocument, published: Option<&[Document<'_>]>, problems: &mut Problems) {
    let at = || Pointer::root().join("target");
    let own = waiver.waiver();
    let ends_first =
        |zone: &jiff::tz::TimeZone| waiver.until.filter(|until| until.end(zone) < waiver.from.begin(zone));
    let Some(published) = published else {
        // Any zone will do for two days, and for two moments.
        if let Some(until) = ends_first(&jiff::tz::TimeZone::UTC) {
            problems
                .add(Pointer::root().join("until"), Fact::EndsBeforeItBegins { until, from: waiver.from });
        }
        return;
    };
    let wanted = &waiver.target;
    let id = || wanted.id.to_string();
    let revisions = || published.iter().filter(|document| document.directive.id == wanted.id);
    let Some(newest) = revisions().max_by_key(|document| document.directive.revision) else {
        return problems.add(at().join("id"), Fact::TargetAbsent { id: id() });
    };
    if let Some(found) =
        wanted.revision.filter(|found| !revisions().any(|it| it.directive.revision == *found))
    {
        return problems.add(at().join("revision"), Fact::TargetRevision { id: id(), found });
    }
    let is_meant = |document: &&Document<'_>| {
        Some(document.digest) == wanted.digest
            && wanted.revision.is_none_or(|revision| revision == document.directive.revision)
    };
    let Some(named) = revisions().find(is_meant) else {
        if let Some(found) = wanted.digest {
            problems.add(at().join("digest"), Fact::TargetDigest { id: id(), found });
        }
        return;
    };
    let (named, newest) = (named.directive, newest.directive);
    if waiver.issuer != named.issuer {
        let (issuer, of) = (waiver.issuer.clone(), named.issuer.clone());
        problems.add(Pointer::root().join("issuer"), Fact::WaiverOfAnother { issuer, of });
    }
    if let Some(part) = &wanted.part {
        let is_part = |text: &Directive| {
            text.action(part).is_some() || text.subjects.iter().any(|subject| subject.id == *part)
        };
        if !is_part(named) {
            return problems.add(at().join("part"), Fact::TargetPart { id: id(), part: part.clone() });
        }
    }
    words(waiver, named, newest, problems);
    beneficiaries(waiver, newest, problems);
    let Ok(zone) = deadline::zone(&newest.zone) else { return };
    if let Some(until) = ends_first(&zone) {
        problems.add(Pointer::root().join("until"), Fact::EndsBeforeItBegins { until, from: waiver.from });
    }
    annex::outlasts(&Pointer::root(), newest, &own, &zone, problems);
    let start = waiver.from.begin(&zone);
    let in_force = resolve(published.iter().copied(), &Rights::none(), start);
    let Some(target) = in_force.get(&wanted.id) else { return };
    let ended = wanted.part.as_ref().and_then(|part| target.ended_parts.get(part));
    let ending = match &target.state {
        State::Ended(ending) => Some(ending),
        _ => ended,
    };
    if let Some(ending) = ending {
        let (kind, how, since) = ("waives".to_string(), ending.how.as_str(), ending.since);
        problems.add(at().join("id"), Fact::TargetEnded { kind, id: id(), how, since });
    }
}

/// A part that a later revision words in another way is not waived any more.
fn words(waiver: &WaiverDocument, named: &Directive, newest: &Directive, problems: &mut Problems) {
    let same = |part: &str| {
        let subject = |text: &Directive| text.subjects.iter().find(|subject| subject.id == part).cloned();
        named.action(part) == newest.action(part) && subject(named) == subject(newest)
    };
    let at = Pointer::root().join("target").join("digest");
    match &waiver.target.part {
        Some(part) if !same(part) => {
            let (part, newest) = (part.clone(), newest.revision);
            problems.add(at, Fact::WaiverOtherWords { part, newest });
        }
        None if named.actions != newest.actions || named.subjects != newest.subjects => {
            let (part, newest) = (String::new(), newest.revision);
            problems.add(at, Fact::WaiverOtherWords { part, newest });
        }
        _ => {}
    }
}

/// Beneficiaries whom the directive leaves out, or does not name where it names agencies alone.
fn beneficiaries(waiver: &WaiverDocument, directive: &Directive, problems: &mut Problems) {
    let scope = &directive.scope;
    let is = |of: &Option<String>, name: &str| of.as_ref().is_some_and(|of| of.eq_ignore_ascii_case(name));
    for (number, name) in waiver.beneficiaries.iter().enumerate() {
        let named = |list: &[crate::directive::Addressee]| {
            list.iter().any(|addressee| is(&addressee.agency, name) || is(&addressee.class, name))
        };
        // Which agencies are of a class is nothing that a directive says.
        let all_named = !scope.addressees.is_empty()
            && scope.addressees.iter().all(|addressee| addressee.class.is_none());
        if named(&scope.except) || (all_named && !named(&scope.addressees)) {
            let (name, id) = (name.clone(), directive.id.to_string());
            let at = Pointer::root().join("beneficiaries").join(number);
            problems.add(at, Fact::WaiverNotAddressed { name, id });
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::directive::resolve::Acts;

    const DIRECTIVE: &str = r#"{"format":"interdict-directive/1","id":"BOD-1","revision":1,"status":"in-force","title":"t","issuer":"dhs",
        "zone":"UTC","issued":"2018-01-01","scope":{"addressees":[{"agency":"One"},{"agency":"Two"}],"except":[{"agency":"Three"}]},
        "subjects":[{"id":"s","name":"S","disposition":"prohibited","valid_until":"2019-12-31"}],
        "actions":[{"id":"a","modality":"must","kind":"remove","due":{"edge":"complete","at":{"time":"2018-06-30"}}}]}"#;

    fn digest() -> Sha256 {
        Sha256::of(DIRECTIVE.as_bytes())
    }

    fn draft(target: &str, more: &str) -> String {
        alloc::format!(
            r#"{{"$schema":"waiver.schema.json","format":"interdict-waiver/1", // for the editor
            "id":"BOD-1-W","revision":1,"status":"in-force","title":"t","issuer":"dhs","issued":"2018-02-01",
            "target":{{"id":"BOD-1"{target}}},"from":"2018-02-01","granted_by":"g"{more}}}"#
        )
    }

    fn named(more: &str) -> String {
        alloc::format!(r#","digest":"{}"{more}"#, digest())
    }

    fn codes(draft: &str) -> Vec<String> {
        let directive = Directive::parse(DIRECTIVE.as_bytes()).unwrap().value;
        let published = [Document { directive: &directive, digest: digest(), acts: Acts::Fully }];
        let context = Context { before: None, published: Some(&published) };
        let problems = lint(draft.as_bytes(), &context).problems;
        problems.iter().map(|found| alloc::format!("{} {}", found.fact.code(), found.pointer)).collect()
    }

    const FOR_ONE: &str = r#","beneficiaries":["one"],"until":"2018-05-01""#;

    #[test]
    fn a_waiver_of_what_is_published_for_whom_it_binds_has_no_problem() {
        assert_eq!(codes(&draft(&named(r#","part":"a""#), FOR_ONE)), Vec::<String>::new());
        assert_eq!(codes(&draft(&named(""), r#","beneficiaries":["Two"]"#)), Vec::<String>::new());
    }

    #[test]
    fn what_it_is_from_has_to_be_there_as_it_names_it() {
        let other = alloc::format!(r#","digest":"{}""#, Sha256::of(b"other"));
        for (target, wanted) in [
            (String::new(), "waiver-without-digest /target/digest"),
            (other, "target-digest /target/digest"),
            (named(r#","revision":2"#), "target-revision /target/revision"),
            (named(r#","part":"b""#), "target-part /target/part"),
        ] {
            assert_eq!(codes(&draft(&target, FOR_ONE)), [wanted], "{target}");
        }
        let absent =
            draft(&named(""), FOR_ONE).replace(r#""target":{"id":"BOD-1""#, r#""target":{"id":"BOD-2""#);
        assert_eq!(codes(&absent), ["target-absent /target/id"]);
        let theirs = draft(&named(""), FOR_ONE).replace(r#""issuer":"dhs""#, r#""issuer":"other""#);
        assert_eq!(codes(&theirs), ["waiver-of-another /issuer"]);
    }

    #[test]
    fn whom_and_until_when_it_frees_is_compared_with_the_directive() {
        let part = |part: &str| named(&alloc::format!(r#","part":"{part}""#));
        for (part, more, wanted) in [
            (
                part("a"),
                r#","beneficiaries":["Four"],"until":"2018-05-01""#,
                "waiver-not-addressed /beneficiaries/0",
            ),
            (
                part("a"),
                r#","beneficiaries":["three"],"until":"2018-05-01""#,
                "waiver-not-addressed /beneficiaries/0",
            ),
            (part("a"), "", "waives-everyone /"),
            (part("a"), r#","beneficiaries":["One"],"until":"2018-01-31""#, "ends-before-it-begins /until"),
            (
                part("a"),
                r#","beneficiaries":["One"],"until":"2018-07-01""#,
                "waiver-without-conditions /until",
            ),
            (part("s"), r#","beneficiaries":["One"],"until":"2020-01-01""#, "waiver-outlasts /until"),
            (part("s"), r#","beneficiaries":["One"]"#, "waiver-outlasts /"),
        ] {
            assert_eq!(codes(&draft(&part, more)), [wanted], "{more}");
        }
        assert_eq!(
            codes(&draft(&part("s"), r#","beneficiaries":["One"],"until":"2019-12-31""#)),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_revision_names_the_one_before_it_and_keeps_its_directive() {
        let before = WaiverDocument::parse(
            &crate::directive::draft::payload_of(draft(&named(""), FOR_ONE).as_bytes()).unwrap(),
        )
        .unwrap()
        .value;
        let wanted = Sha256::of(b"before");
        let second = |previous: Sha256, more: &str| {
            let text = draft(&named(""), &alloc::format!(r#","previous":"{previous}"{FOR_ONE}{more}"#))
                .replace(r#""revision":1"#, r#""revision":2"#);
            let context = Context { before: Some((&before, wanted)), published: None };
            let problems = lint(text.as_bytes(), &context).problems;
            problems
                .iter()
                .map(|found| alloc::format!("{} {}", found.fact.code(), found.pointer))
                .collect::<Vec<_>>()
        };
        assert_eq!(second(wanted, ""), ["same-content /"]);
        assert_eq!(second(Sha256::of(b"x"), r#","summary":"longer""#), ["previous-digest /previous"]);
        assert_eq!(second(wanted, r#","summary":"longer""#), Vec::<String>::new());
        assert_eq!(codes("{}").len(), REQUIRED.len());
        let revoked = draft(&named(""), FOR_ONE).replace("in-force", "revoked");
        assert_eq!(codes(&revoked), ["ended-at-first /status"]);
    }
}
