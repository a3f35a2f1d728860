//! Drafts of waivers in documents of their own: the first text, and the revision that revokes it.
//!
//! Pure. Whether such a draft is good is for lint to say.

use interdict_schema::Sha256;
use interdict_schema::directive::draft::BLANK;
use interdict_schema::directive::{DayOrTime, DirectiveId, Revision, Status, Target, Waiver};
use interdict_schema::json::ReadError;
use interdict_schema::waiver::{FORMAT, WaiverDocument};

use super::relation::Published;
use super::template::WAIVER_SCHEMA_FILE;
use super::text::Text;

/// The first text of a waiver from a published directive, by id, digest and part.
pub fn document(
    id: &DirectiveId,
    title: Option<&str>,
    issued: DayOrTime,
    waiver: &Waiver,
    target: Published<'_>,
) -> Text {
    let other = target.directive;
    let mut text = Text::new().with_schema(WAIVER_SCHEMA_FILE);
    text.header(format!("{id} waives words of {} revision {}.", other.id, other.revision));
    text.header(
        "Days are those of its zone. Read it, fill what is blank, then: interdict-publisher draft lint",
    );
    text.set("format", &FORMAT, None);
    text.set("id", id, None);
    text.set("revision", &Revision::FIRST, None);
    text.set("status", &Status::InForce, None);
    let blank = format!("{BLANK}a title");
    text.set("title", &title.unwrap_or(&blank), None);
    text.set("issuer", &other.issuer, None);
    text.set("issued", &issued, None);
    let on = Target {
        id: other.id.clone(),
        revision: None,
        digest: Some(target.digest),
        part: waiver.part.clone(),
    };
    text.set("target", &on, Some("The words that are waived: what a later text says in others is not."));
    if !waiver.beneficiaries.is_empty() {
        text.set("beneficiaries", &waiver.beneficiaries, None);
    }
    if let Some(eligibility) = &waiver.eligibility {
        text.set("eligibility", eligibility, None);
    }
    if !waiver.conditions.is_empty() {
        text.set("conditions", &waiver.conditions, None);
    }
    text.set("from", &waiver.from, None);
    if let Some(until) = &waiver.until {
        text.set("until", until, None);
    }
    text.set("granted_by", &waiver.granted_by, None);
    text
}

/// The next revision of a waiver, which revokes it; everything else is as it was.
///
/// # Errors
///
/// [`ReadError`] where the payload is no JSON.
pub fn revoked(
    before: &WaiverDocument,
    (payload, digest): (&[u8], Sha256),
    issued: DayOrTime,
    reason: Option<&str>,
) -> Result<Text, ReadError> {
    let mut text = Text::of(payload)?.with_schema(WAIVER_SCHEMA_FILE);
    let next = before.revision.next();
    text.header(format!(
        "Revision {next} of {}. What is not spoken of here is as in revision {},",
        before.id, before.revision
    ));
    text.header(format!("whose payload has the sha256 {digest}."));
    text.set("revision", &next, None);
    text.set_after("previous", &digest, "revision");
    text.set(
        "status",
        &Status::Revoked,
        Some("The waiver ends with this revision, on the day on which it is issued."),
    );
    text.set("issued", &issued, None);
    if let Some(reason) = reason {
        let old = before.summary.as_ref().map_or_else(String::new, |text| format!(" {text}"));
        text.set("summary", &format!("Revoked: {reason}.{old}"), Some("The reason stands in front."));
    }
    Ok(text)
}
