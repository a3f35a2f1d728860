//! What changed since the last digest, and what falls due: for a daily mail that is empty on most days.

use std::collections::BTreeSet;

use interdict_host::exit::Outcome;
use interdict_host::terminal::Paint;
use interdict_schema::DateTime;
use interdict_schema::directive::difference::{Difference, Of, differences};
use interdict_schema::directive::resolve::Standing;
use interdict_schema::directive::{Directive, DirectiveId, Identifier, Revision};
use jiff::tz::TimeZone;

use super::deadlines::{Asked, Obligations};
use super::due::{Columns, table};
use super::{Page, Status, count, in_zone};
use crate::length_of_time::LengthOfTime;
use crate::store::digest::{Known, Remembered};
use crate::store::generation::{Generation, HeldDirective, HeldList, HeldWaiver};

/// Differences of one kind that are told before the rest is counted.
const NAMED: usize = 12;

/// What a mail says, and what the next one takes as known.
#[derive(Debug, Clone)]
pub struct Digest {
    /// Empty where there is nothing to say.
    pub page: Page,
    /// What is known from here on.
    pub remember: Remembered,
    /// What is stale, absent or wrong.
    pub outcome: Outcome,
}

/// Makes a digest of a generation that was settled, for the agency that asks. What is stale or wrong is said each time,
/// until it no longer is.
pub fn digest(
    generation: &Generation,
    asked: &Asked<'_>,
    before: Option<&Remembered>,
    status: &Status,
    within: LengthOfTime,
    local: &TimeZone,
) -> Digest {
    let now = status.now;
    let mut page = Page::default();
    status.troubles(&mut page, local);
    for (repository, held) in generation.directives() {
        let known = before.and_then(|before| before.directive(repository.name.as_str(), held.id()));
        match known {
            None => new(&mut page, held),
            Some(known) if known.digest != held.newest().believed.payload.digest => {
                let old = held.revisions.iter().find(|old| old.believed.payload.digest == known.digest);
                revised(&mut page, held, known.revision, old.map(|old| &old.believed.document.value), now);
            }
            Some(_) => {}
        }
    }
    for repository in &generation.repositories {
        for held in &repository.lists {
            let known = before.and_then(|before| before.list(repository.name.as_str(), held.id()));
            list(&mut page, held, known);
        }
        for held in &repository.waivers {
            let known = before.and_then(|before| before.waiver(repository.name.as_str(), held.id()));
            waiver(&mut page, held, known);
        }
    }
    let is_held = |repository: &str, id: &DirectiveId| {
        generation
            .directives()
            .any(|(held, directive)| held.name.as_str() == repository && directive.id() == id)
    };
    for (repository, id) in before.iter().flat_map(|before| before.all()) {
        if !is_held(repository, id) {
            page.painted(Paint::Alarm, format!("no longer held: {id} (repository {repository})"));
        }
    }
    due(&mut page, generation, asked, before, within, now, local);
    Digest { page, remember: Remembered::of(generation, now), outcome: status.trouble() }
}

fn new(page: &mut Page, held: &HeldDirective) {
    let directive = held.text();
    page.painted(
        Paint::Strong,
        format!("new: {}, revision {}: {}", directive.id, directive.revision, directive.title),
    );
    let subjects = count(directive.subjects.len(), "subject");
    let actions = count(directive.actions.len(), "action");
    page.line(format!("  {}, {subjects}, {actions}", directive.status));
}

/// A list of identifiers that is new or revised: what bans recognise now.
fn list(page: &mut Page, held: &HeldList, known: Option<&Known>) {
    let (text, digest) = (held.text(), held.newest().believed.payload.digest);
    if known.is_some_and(|known| known.digest == digest) {
        return;
    }
    let label = match known {
        None => format!("new list: {}, revision {}", text.id, text.revision),
        Some(known) => format!("revised list: {}, revision {} to {}", text.id, known.revision, text.revision),
    };
    page.painted(Paint::Strong, format!("{label}: {}", text.title));
    let old = held
        .revisions
        .iter()
        .find(|old| known.is_some_and(|known| known.digest == old.believed.payload.digest));
    let rows = count(text.identifiers.len(), "identifier");
    let Some(old) = old.map(|old| &old.believed.document.value) else {
        page.line(format!("  {rows}, {}", count(text.attachments.len(), "attachment")));
        return;
    };
    let row = |row: &Identifier| serde_json::to_string(row).unwrap_or_default();
    let (before, now): (BTreeSet<String>, BTreeSet<String>) =
        (old.identifiers.iter().map(row).collect(), text.identifiers.iter().map(row).collect());
    let (added, gone) = (now.difference(&before).count(), before.difference(&now).count());
    page.line(format!("  {rows}: {added} added or changed, {gone} removed or changed"));
    if old.attachments != text.attachments {
        page.line(format!("  {} by other files than before", count(text.attachments.len(), "attachment")));
    }
}

/// A waiver that is new or revised: what it is from, and until when.
fn waiver(page: &mut Page, held: &HeldWaiver, known: Option<&Known>) {
    let (text, digest) = (held.text(), held.newest().believed.payload.digest);
    if known.is_some_and(|known| known.digest == digest) {
        return;
    }
    let label = match known {
        None => format!("new waiver: {}, revision {}", text.id, text.revision),
        Some(known) => {
            format!("revised waiver: {}, revision {} to {}", text.id, known.revision, text.revision)
        }
    };
    page.painted(Paint::Strong, format!("{label}: {}", text.title));
    let part = text.target.part.as_ref().map_or_else(String::new, |part| format!(" {part}"));
    let until = text.until.map_or_else(|| "open-ended".to_owned(), |until| format!("until {until}"));
    page.line(format!("  {}, from {}{part}, {until}", text.status, text.target.id));
}

fn revised(page: &mut Page, held: &HeldDirective, from: Revision, old: Option<&Directive>, now: DateTime) {
    let directive = held.text();
    let (id, to) = (&directive.id, directive.revision);
    page.painted(Paint::Strong, format!("revised: {id}, revision {from} to {to}: {}", directive.title));
    let Some(old) = old else {
        page.line(format!("  the text of revision {from} that was known is no longer held"));
        return;
    };
    let found = differences(old, directive, now);
    for alike in found.chunk_by(|one, other| of(one) == of(other)) {
        for difference in alike.iter().take(NAMED) {
            let line = format!("  {difference}");
            match difference.member.as_deref() {
                Some("status") => page.painted(Paint::Warning, line),
                _ => page.line(line),
            }
        }
        if let Some(more) = alike.len().checked_sub(NAMED).filter(|more| *more > 0) {
            page.line(format!("  and {more} more: `interdict diff {id}@{from} {id}@{to}` has all"));
        }
    }
}

/// What a difference is counted with: how a subject is recognised belongs to the subject.
fn of(difference: &Difference) -> Of {
    match difference.of {
        Of::Identifier | Of::Exclude => Of::Subject,
        of => of,
    }
}

/// What falls due from here on, and what has passed since the last digest.
fn due(
    page: &mut Page,
    generation: &Generation,
    asked: &Asked<'_>,
    before: Option<&Remembered>,
    within: LengthOfTime,
    now: DateTime,
    local: &TimeZone,
) {
    let from = before.map_or(now, |before| before.made_at.min(now));
    let until = within.after(now);
    let Obligations { mut rows, waivers, .. } = Obligations::of(generation, asked);
    let soon = |moment: DateTime| moment >= from && moment <= until;
    rows.retain(|row| row.end().is_some_and(soon));
    let lapses: Vec<String> = waivers
        .iter()
        .filter_map(|row| match row.standing {
            Standing::Frees { until: Some(end), .. } | Standing::Expired { until: end } if soon(end) => {
                let part = row.waiver.part.as_deref().unwrap_or("all of it");
                let word = if end < now { "lapsed" } else { "lapses" };
                Some(format!(
                    "waiver {} of {}, {part}: {word} {}",
                    row.waiver.id,
                    row.directive,
                    in_zone(end, &row.zone)
                ))
            }
            _ => None,
        })
        .collect();
    if rows.is_empty() && lapses.is_empty() {
        return;
    }
    if !page.is_empty() {
        page.line("");
    }
    page.painted(Paint::Strong, format!("due until {}", in_zone(until, local)));
    if !rows.is_empty() {
        page.table(table(&rows, local, Columns::WithDirective));
    }
    for line in lapses {
        page.painted(Paint::Warning, line);
    }
}
