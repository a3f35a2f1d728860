//! One revision of a directive as a page for a person: who is bound, what is banned, what by when.

use interdict_host::terminal::Paint;
use interdict_schema::directive::deadline;
use interdict_schema::directive::unsupported::unsupported;
use interdict_schema::directive::{Addressee, Directive, SystemPredicate};
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::{Issuer, Issuers};
use interdict_schema::key::PublicKey;
use interdict_schema::limits::ISSUERS_LENGTH;
use jiff::tz::TimeZone;

use super::deadlines::{Asked, Row, Text, of_directive};
use super::due::{Columns, table};
use super::moment::day_or_time;
use super::obligations::Of;
use super::responses::responses;
use super::sources::{self, Sources};
use super::subjects::subjects;
use super::{Page, count, waivers};
use crate::store::generation::{HeldDirective, HeldRepository, HeldRevision, meaning};

/// Deadlines that are shown before those that have passed, and those far ahead, are counted.
const DATES: usize = 24;

/// What is shown of a directive.
pub enum Shown<'a> {
    /// The words of one revision.
    Revision(&'a HeldRevision),
    /// The text in force, and of which of its parts the source is named.
    InForce(Sources),
}

/// The page of one directive.
pub fn page(
    repository: &HeldRepository,
    held: &HeldDirective,
    shown: &Shown<'_>,
    (asked, of): (&Asked<'_>, Of<'_>),
    local: &TimeZone,
) -> Page {
    let mut page = Page::default();
    let (revision, believed) = match shown {
        Shown::Revision(revision) => (*revision, &revision.believed),
        Shown::InForce(_) => {
            let digest = held.current().payload.digest;
            let base = held.revisions.iter().find(|revision| revision.believed.payload.digest == digest);
            (base.unwrap_or_else(|| held.newest()), held.current())
        }
    };
    let directive = &believed.document.value;
    let newest = held.newest().believed.document.value.revision;
    let settled = held.settled.as_deref().filter(|_| matches!(shown, Shown::InForce(_)));
    page.painted(
        Paint::Strong,
        format!("{}, revision {}: {}", directive.id, directive.revision, directive.title),
    );
    if matches!(shown, Shown::InForce(Sources::All)) {
        page.line(format!("as of {}", asked.as_of));
    }
    if let Some(settled) = settled {
        sources::state(&mut page, directive, &settled.current.situation, of);
    } else if directive.revision < newest {
        page.painted(Paint::Warning, format!("replaced by revision {newest}"));
    } else {
        let paint = if directive.is_ended() { Paint::Warning } else { Paint::Good };
        page.painted(paint, directive.status.as_str());
    }
    for mark in &held.marks {
        page.painted(Paint::Alarm, format!("{}: {}", mark.as_str(), meaning(*mark)));
    }
    page.line("");
    identity(&mut page, repository, revision, directive, local);
    scope(&mut page, directive);
    subjects(&mut page, directive, &repository.resolved_lists());
    let situation = settled.map(|settled| &settled.current.situation);
    actions(&mut page, directive, (asked, of));
    dates(&mut page, Text { repository: repository.name.as_str(), directive, situation }, asked, local);
    let granted = settled.map(|settled| settled.current.granted.as_slice()).unwrap_or_default();
    waivers::of_text(&mut page, directive, granted);
    if settled.is_some() {
        waivers::without_effect(&mut page, repository, &directive.id);
    }
    responses(&mut page, directive, repository);
    if let (Some(settled), Shown::InForce(which)) = (settled, shown) {
        sources::sources(&mut page, directive, settled, *which);
    }
    let unsupported = unsupported(&believed.document);
    if !unsupported.is_empty() {
        page.heading("Not understood by this version");
        for place in unsupported {
            page.painted(Paint::Warning, format!("  {}: {}", place.pointer, place.what));
        }
    }
    page
}

fn identity(
    page: &mut Page,
    repository: &HeldRepository,
    revision: &HeldRevision,
    directive: &Directive,
    local: &TimeZone,
) {
    let payload = &revision.believed.payload;
    let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
    let on = |day| day_or_time(day, &zone, &directive.zone, local);
    let issuer = issuer(repository, revision);
    let issuer_name = issuer.as_ref().map_or(directive.issuer.as_str(), |issuer| issuer.name.as_str());
    page.line(format!("issuer      {issuer_name} ({})", directive.issuer));
    for signatory in &directive.signatories {
        page.line(format!("signatory   {}, {}", signatory.name, signatory.office));
    }
    for basis in &directive.legal_basis {
        page.line(format!("legal basis {basis}"));
    }
    page.line(format!("issued      {}", on(directive.issued)));
    page.line(format!("effective   {}", on(*directive.effective())));
    if let Some(public) = directive.public_from {
        page.line(format!("public      {}", on(public)));
    }
    if let Some(marking) = &directive.marking {
        page.line(format!("marking     {marking}"));
    }
    page.line(format!("repository  {}", repository.name));
    page.line(format!("digest      sha256:{}", payload.digest));
    let signed = &payload.signed_by;
    page.line(format!(
        "signed by   {} of the issuer's keys, {} required",
        signed.keys.len(),
        signed.required
    ));
    for key in &signed.keys {
        let holder = issuer.as_ref().and_then(|issuer| holder(issuer, key));
        page.line(format!(
            "            {key:?}{}",
            holder.map_or_else(String::new, |name| format!(" ({name})"))
        ));
    }
    if let Some(text) = &directive.text {
        page.line(format!("text        {} sha256:{}", text.media_type, text.digest));
    }
    for relation in &directive.relations {
        let part = relation.target.part.as_ref().map_or_else(String::new, |part| format!(", {part}"));
        page.line(format!("{:<11} {}{part}", relation.kind, relation.target.id));
    }
    if let Some(summary) = &directive.summary {
        page.line("");
        page.line(summary);
    }
}

/// The issuer, from the list under which the revision is believed. The list was verified when the generation was read.
fn issuer(repository: &HeldRepository, revision: &HeldRevision) -> Option<Issuer> {
    let list = repository.issuers.iter().find(|list| list.version == revision.issuers)?;
    let envelope = Envelope::parse(&list.envelope, ISSUERS_LENGTH).ok()?;
    let issuers = Issuers::parse(&envelope.payload).ok()?;
    issuers.issuer_of(&revision.believed.document.value.id).cloned()
}

fn holder<'a>(issuer: &'a Issuer, key: &PublicKey) -> Option<&'a str> {
    issuer.keys.iter().find(|held| held.public_key().as_ref() == Some(key))?.holder.as_deref()
}

/// Who signed a revision: the holder of each key, or the key where nobody is named.
pub(super) fn signers(repository: &HeldRepository, revision: &HeldRevision) -> Vec<String> {
    let issuer = issuer(repository, revision);
    let name = |key: &PublicKey| {
        let holder = issuer.as_ref().and_then(|issuer| holder(issuer, key));
        holder.map_or_else(|| format!("{key:?}"), ToOwned::to_owned)
    };
    revision.believed.payload.signed_by.keys.iter().map(name).collect()
}

fn scope(page: &mut Page, directive: &Directive) {
    let scope = &directive.scope;
    page.heading("Who is bound");
    if scope.addressees.is_empty() {
        page.line("  everyone who reads it");
    }
    for addressee in &scope.addressees {
        page.line(format!("  {}", self::addressee(addressee)));
    }
    for addressee in &scope.except {
        page.line(format!("  not {}", self::addressee(addressee)));
    }
    for system in &scope.systems {
        page.line(format!("  systems: {}", predicate(system)));
    }
    for system in &scope.except_systems {
        page.line(format!("  not systems: {}", predicate(system)));
    }
}

fn addressee(addressee: &Addressee) -> String {
    let names = addressee.agency.iter().chain(&addressee.class).cloned().collect::<Vec<_>>().join(", ");
    with_reason(if names.is_empty() { "(nobody is named)" } else { &names }, addressee.reason.as_deref())
}

fn predicate(system: &SystemPredicate) -> String {
    let values =
        if system.values.is_empty() { String::new() } else { format!(" {}", system.values.join(", ")) };
    with_reason(&format!("{}{values}", system.predicate), system.reason.as_deref())
}

fn with_reason(text: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| text.to_owned(), |reason| format!("{text}: {reason}"))
}

fn actions(page: &mut Page, directive: &Directive, (asked, of): (&Asked<'_>, Of<'_>)) {
    if !directive.actions.is_empty() {
        page.heading("What must be done");
    }
    for action in &directive.actions {
        let paragraph =
            action.paragraph.as_ref().map_or_else(String::new, |paragraph| format!(" ({paragraph})"));
        let words = action.description.as_ref().map_or_else(String::new, |words| format!(": {words}"));
        page.line(format!("  {}: {} {}{paragraph}{words}", action.id, action.modality, action.kind));
        for condition in &action.when {
            page.line(format!("    when: {}", predicate(condition)));
        }
        if let Err(why) = action.binds(&directive.id, asked.profile) {
            page.painted(Paint::Warning, format!("    does not bind this agency: {}", of.because(&why)));
        }
        if !action.after.is_empty() {
            page.line(format!("    after: {}", action.after.join(", ")));
        }
        if !action.alternatives.is_empty() {
            page.line(format!("    or instead: {}", action.alternatives.join(", ")));
        }
        for field in &action.requires {
            page.line(format!("    answer: {} ({})", field.label, field.field_type));
        }
        if let Some(negative) = &action.negative_report {
            page.line(format!("    a report that nothing was found: {negative}"));
        }
        if let Some(signatory) = &action.signatory {
            page.line(format!("    signed by: {signatory}"));
        }
        for waiver in directive.waivers.iter().filter(|it| it.part.as_ref().is_none_or(|of| *of == action.id))
        {
            page.line(format!("    waived for some: {}", waiver.id));
        }
        let due = action.due.as_ref();
        if let Some(words) = due.and_then(|due| due.at.as_ref()).and_then(|at| at.words.as_ref()) {
            page.line(format!("    in the order's words: {words}"));
        }
        if due.is_some_and(|due| due.unless_directed_otherwise) {
            page.line("    unless the issuer directs otherwise");
        }
    }
}

fn dates(page: &mut Page, text: Text<'_>, asked: &Asked<'_>, local: &TimeZone) {
    if text.directive.is_ended() {
        return;
    }
    let rows = of_directive(text, asked);
    if !rows.is_empty() {
        page.heading("By when");
        by_when(page, rows, local);
    }
}

/// A catalogue has hundreds of dates: then those that have passed are counted, and the first to come shown.
fn by_when(page: &mut Page, mut rows: Vec<Row>, local: &TimeZone) {
    let all = rows.len();
    if all <= DATES {
        page.table(table(&rows, local, Columns::OfOneDirective));
        return;
    }
    rows.retain(|row| !row.is_overdue());
    let passed = all.saturating_sub(rows.len());
    let more = rows.len().saturating_sub(DATES);
    rows.truncate(DATES);
    if passed > 0 {
        page.painted(Paint::Alarm, format!("{} passed: `interdict due` has all", count(passed, "deadline")));
    }
    page.table(table(&rows, local, Columns::OfOneDirective));
    if more > 0 {
        page.line(format!("and {}: `interdict due` has all", count(more, "more deadline")));
    }
}
