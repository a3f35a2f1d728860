//! Waivers: those of a text with the document that grants each, and the page and row of one that is a document of its own.

use interdict_host::terminal::{Paint, Table};
use interdict_schema::directive::resolve::{DocumentRef, Standing, standing};
use interdict_schema::directive::scope::Profile;
use interdict_schema::directive::{DayOrTime, Directive, DirectiveId, Revision, Status, Waiver};
use interdict_schema::policy::{Mark, WaivedPart};
use interdict_schema::waiver::unsupported::unsupported;
use interdict_schema::waiver::{Judged, NoEffect, WaiverDocument};
use interdict_schema::{DateTime, Sha256};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Page, in_zone};
use crate::as_of::AsOf;
use crate::store::generation::{
    Generation, Held, HeldRepository, HeldRevision, HeldWaiver, meaning_of_waiver,
};

/// The waivers of a text; `granted` are the documents of their own that granted some of them.
pub(super) fn of_text(page: &mut Page, directive: &Directive, granted: &[DocumentRef]) {
    if directive.waivers.is_empty() {
        return;
    }
    page.heading("Waivers");
    for waiver in &directive.waivers {
        page.line(format!("  {}: {}", waiver.id, in_words(waiver)));
        if let Some(document) = granted.iter().find(|document| document.id.as_str() == waiver.id) {
            page.line(format!("    says {document}, sha256:{}", document.digest));
        }
    }
}

/// The waivers from a directive that free nobody, and why. One that has ended or begins later is among them.
pub(super) fn without_effect(page: &mut Page, repository: &HeldRepository, directive: &DirectiveId) {
    let idle = repository.judged_waivers.iter().filter(|judged| judged.target == *directive);
    let idle: Vec<(&Judged, &NoEffect)> =
        idle.filter_map(|judged| Some((judged, judged.effect.as_ref().err()?))).collect();
    if idle.is_empty() {
        return;
    }
    page.heading("Waivers that free nobody");
    for (judged, why) in idle {
        let paint = if is_doubt(why) { Paint::Warning } else { Paint::Faint };
        page.painted(paint, format!("  {}: {why}", judged.document));
    }
}

/// Whether something is wrong with a waiver, rather than over or still to come.
pub(super) fn is_doubt(why: &NoEffect) -> bool {
    !matches!(why, NoEffect::NotYet { .. } | NoEffect::Ended { .. } | NoEffect::TargetEnded { .. })
}

fn in_words(waiver: &Waiver) -> String {
    let who = waiver.beneficiaries.iter().chain(&waiver.eligibility).cloned().collect::<Vec<_>>().join(", ");
    let who = if who.is_empty() { "everyone" } else { &who };
    let part = waiver.part.as_deref().unwrap_or("all of it");
    let until = waiver.until.map_or_else(|| "open-ended".into(), |until| format!("until {until}"));
    let conditions = if waiver.conditions.is_empty() {
        String::new()
    } else {
        format!("; conditions: {}", waiver.conditions.join("; "))
    };
    format!("{who} from {part}, from {}, {until}, granted by {}{conditions}", waiver.from, waiver.granted_by)
}

/// The page of one revision of a waiver.
pub fn waiver_page(
    repository: &HeldRepository,
    held: &HeldWaiver,
    revision: &HeldRevision<WaiverDocument>,
    (as_of, profile): (AsOf, &Profile),
    local: &TimeZone,
) -> Page {
    let mut page = Page::default();
    let waiver = &revision.believed.document.value;
    page.painted(Paint::Strong, format!("{}, revision {}: {}", waiver.id, waiver.revision, waiver.title));
    let judged = repository.judged_waivers.iter().find(|judged| judged.document.id == waiver.id);
    if let Some(judged) = judged.filter(|judged| judged.document.revision == waiver.revision) {
        let (paint, words) = standing_of(repository, judged, waiver, (as_of, profile), local);
        page.painted(paint, format!("waiver from {}: {words}", waiver.target.id));
    } else {
        let other = judged.map_or(held.text().revision, |judged| judged.document.revision);
        page.painted(Paint::Warning, format!("revision {other} counts"));
    }
    for mark in &held.marks {
        page.painted(Paint::Alarm, format!("{}: {}", mark.as_str(), meaning_of_waiver(*mark)));
    }
    page.line("");
    page.line(format!("issuer      {}", waiver.issuer));
    page.line(format!("issued      {}", waiver.issued));
    if let Some(marking) = &waiver.marking {
        page.line(format!("marking     {marking}"));
    }
    page.line(format!("repository  {}", repository.name));
    page.line(format!("digest      sha256:{}", revision.believed.payload.digest));
    let signed = &revision.believed.payload.signed_by;
    page.line(format!(
        "signed by   {} of the issuer's keys, {} required",
        signed.keys.len(),
        signed.required
    ));
    if let Some(text) = &waiver.text {
        page.line(format!("text        {} sha256:{}", text.media_type, text.digest));
    }
    let target = &waiver.target;
    let digest = target.digest.map_or_else(|| "no digest".to_owned(), |digest| format!("sha256:{digest}"));
    page.line(format!("waives      {} of {} ({digest})", target.part.as_deref().unwrap_or("all"), target.id));
    if let Some(summary) = &waiver.summary {
        page.line("");
        page.line(summary);
    }
    page.heading("Whom it frees");
    page.line(format!("  {}", in_words(&waiver.waiver())));
    let unsupported = unsupported(&revision.believed.document);
    if !unsupported.is_empty() {
        page.heading("Not understood by this version");
        for place in unsupported {
            page.painted(Paint::Warning, format!("  {}: {}", place.pointer, place.what));
        }
    }
    page
}

/// What a waiver means for the agency that asks.
fn standing_of(
    repository: &HeldRepository,
    judged: &Judged,
    waiver: &WaiverDocument,
    (as_of, profile): (AsOf, &Profile),
    local: &TimeZone,
) -> (Paint, String) {
    let effect = match &judged.effect {
        Ok(effect) => effect,
        Err(why) => {
            let paint = if is_doubt(why) { Paint::Warning } else { Paint::Faint };
            return (paint, format!("frees nobody: {why}"));
        }
    };
    let text = effect.parts.first().and_then(|(id, _)| repository.directives.iter().find(|it| it.id() == id));
    let Some(text) = text.map(Held::directive) else {
        return (Paint::Warning, "frees nobody".into());
    };
    let at = as_of.not_before(repository.admitted_at).moment(&repository.zone_of(&text.id));
    let granted = text.waivers.iter().find(|own| own.id == waiver.id.as_str());
    let Some(granted) = granted else { return (Paint::Warning, "frees nobody".into()) };
    match standing(text, granted, profile, at) {
        Standing::Frees { until: Some(until), .. } => {
            (Paint::Warning, format!("frees this agency until {}", in_zone(until, local)))
        }
        Standing::Frees { until: None, .. } => (Paint::Warning, "frees this agency without an end".into()),
        Standing::NotYet { from } => (Paint::Faint, format!("begins {}", in_zone(from, local))),
        Standing::Expired { until } => (Paint::Faint, format!("expired {}", in_zone(until, local))),
        Standing::Others => (Paint::Faint, "frees others".into()),
        Standing::NotClaimed { eligibility } => (
            Paint::Faint,
            format!("frees whoever meets a test that [agency] eligible does not claim: {eligibility}"),
        ),
    }
}

/// A waiver among those that are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct WaiverEntry {
    repository: String,
    id: DirectiveId,
    revision: Revision,
    status: Status,
    title: String,
    issuer: String,
    digest: Sha256,
    /// The directive that it is from, and the part where it names one.
    waives: WaivedPart,
    from: DayOrTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<DayOrTime>,
    /// What it means for this agency, in words.
    standing: String,
    in_effect: bool,
    marks: Vec<Mark>,
    unsupported: usize,
}

/// Every waiver of a generation that was settled.
pub(super) fn waiver_entries(
    generation: &Generation,
    profile: &Profile,
    as_of: AsOf,
    local: &TimeZone,
) -> Vec<WaiverEntry> {
    let entry = |repository: &HeldRepository, judged: &Judged| {
        let held = repository.waiver(&judged.document.id)?;
        let revision = held.revision(judged)?;
        let waiver = &revision.believed.document.value;
        let (_, standing) = standing_of(repository, judged, waiver, (as_of, profile), local);
        Some(WaiverEntry {
            repository: repository.name.to_string(),
            id: waiver.id.clone(),
            revision: waiver.revision,
            status: waiver.status.clone(),
            title: waiver.title.clone(),
            issuer: waiver.issuer.clone(),
            digest: judged.document.digest,
            waives: WaivedPart { directive: judged.target.clone(), part: waiver.target.part.clone() },
            from: waiver.from,
            until: waiver.until,
            standing,
            in_effect: judged.effect.is_ok(),
            marks: held.marks.clone(),
            unsupported: unsupported(&revision.believed.document).len(),
        })
    };
    let repositories = generation.repositories.iter();
    let all = repositories.flat_map(|held| held.judged_waivers.iter().map(move |judged| (held, judged)));
    all.filter_map(|(held, judged)| entry(held, judged)).collect()
}

/// The waivers, a row each.
pub(super) fn waiver_table(entries: &[WaiverEntry]) -> Table {
    let header =
        ["waiver", "revision", "title", "repository", "waives", "from", "until", "standing", "marks"];
    let mut table = Table::new(&header).right_aligned(1);
    for entry in entries {
        let mut marks: Vec<&str> = entry.marks.iter().map(|mark| mark.as_str()).collect();
        marks.extend((entry.unsupported > 0).then_some("unsupported"));
        let part = entry.waives.part.as_ref().map_or_else(String::new, |part| format!(" {part}"));
        let cells = [
            entry.id.to_string(),
            entry.revision.to_string(),
            entry.title.clone(),
            entry.repository.clone(),
            format!("{}{part}", entry.waives.directive),
            entry.from.to_string(),
            entry.until.map_or_else(String::new, |until| until.to_string()),
            entry.standing.clone(),
            marks.join(", "),
        ];
        if entry.marks.is_empty() {
            table.row(cells);
        } else {
            table.painted_row(Paint::Alarm, cells);
        }
    }
    table
}

/// What of the waivers of a generation is in doubt: why each frees nobody.
pub(super) fn doubts(generation: &Generation) -> Vec<(DirectiveId, String)> {
    let judged = generation.repositories.iter().flat_map(|held| &held.judged_waivers);
    let doubts = judged.filter_map(|judged| {
        let why = judged.effect.as_ref().err().filter(|why| is_doubt(why))?;
        Some((judged.document.id.clone(), why.to_string()))
    });
    doubts.collect()
}

/// Whether its newest revision has ended it, so that nobody needs to understand it.
pub fn is_over(held: &HeldWaiver) -> bool {
    matches!(held.text().status, Status::Closed | Status::Revoked)
}

/// How many waivers act on a text and have not expired.
pub(super) fn acting(generation: &Generation, now: DateTime) -> usize {
    let judged = generation.repositories.iter().flat_map(|held| {
        held.judged_waivers
            .iter()
            .filter(|judged| judged.effect.is_ok())
            .filter_map(|judged| held.until(judged))
    });
    judged.filter(|until| until.is_none_or(|until| until >= now)).count()
}
