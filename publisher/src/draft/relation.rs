//! Drafts about a directive that is published: its next revision, or a document of its own that acts on it.
//!
//! Pure. The relation is filled in; what the author has to say is a blank, which lint asks for.

use interdict_schema::Sha256;
use interdict_schema::directive::draft::BLANK;
use interdict_schema::directive::{
    Action, DayOrTime, Directive, DirectiveId, FORMAT, Relation, RelationKind, Revision, Status, Subject,
    Target,
};
use interdict_schema::json::ReadError;

use super::text::Text;

/// A revision that is published.
#[derive(Debug, Clone, Copy)]
pub struct Published<'a> {
    /// Its text.
    pub directive: &'a Directive,
    /// Its payload, byte for byte.
    pub payload: &'a [u8],
    /// SHA-256 of that.
    pub digest: Sha256,
}

/// What a document does to another.
#[derive(Debug, Clone)]
pub struct Acts {
    /// What it does.
    pub kind: RelationKind,
    /// The action or subject that is meant; the whole where absent.
    pub part: Option<String>,
    /// The one revision that is meant; every later one too where absent. Where it is named, the relation acts no more once
    /// the target is revised.
    pub revision: Option<Revision>,
    /// From when; from the effective date of the document where absent.
    pub effective: Option<DayOrTime>,
    /// Why.
    pub reason: Option<String>,
}

impl Acts {
    /// The relation to what is published, by id, part, and the digest of the text that its author has before them.
    pub fn on(&self, target: Published<'_>) -> Relation {
        // Written as JSON and read again, so that members which later versions give to a relation need no change here.
        let on = Target {
            id: target.directive.id.clone(),
            revision: self.revision,
            digest: Some(target.digest),
            part: self.part.clone(),
        };
        let relation = serde_json::json!({
            "kind": self.kind, "target": on, "effective": self.effective, "reason": self.reason,
        });
        serde_json::from_value(relation).expect("a relation has these members")
    }
}

/// A part that a directive does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{id} revision {revision} has neither an action nor a subject {part:?}")]
pub struct NoSuchPart {
    /// The directive.
    pub id: DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// The part.
    pub part: String,
}

/// Whether a directive has this action or subject.
///
/// # Errors
///
/// [`NoSuchPart`].
pub fn check_part(directive: &Directive, part: Option<&str>) -> Result<(), NoSuchPart> {
    let Some(part) = part else { return Ok(()) };
    if directive.action(part).is_some() || subject(directive, part).is_some() {
        return Ok(());
    }
    Err(NoSuchPart { id: directive.id.clone(), revision: directive.revision, part: part.to_owned() })
}

/// The next revision of a directive, in which nothing but the number and the digest before it is another yet.
///
/// # Errors
///
/// [`ReadError`] where the payload is no JSON.
pub fn next_revision(before: Published<'_>) -> Result<Text, ReadError> {
    let Published { directive, payload, digest } = before;
    let mut text = Text::of(payload)?;
    let next = directive.revision.next();
    text.header(format!(
        "Revision {next} of {}. What is not spoken of here is as in revision {},",
        directive.id, directive.revision
    ));
    text.header(format!("whose payload has the sha256 {digest}."));
    text.set("revision", &next, None);
    text.set_after("previous", &digest, "revision");
    Ok(text)
}

/// The next revision of a directive, which ends it.
///
/// # Errors
///
/// As [`next_revision`].
pub fn ended(before: Published<'_>, status: &Status) -> Result<Text, ReadError> {
    let mut text = next_revision(before)?;
    text.set("status", status, Some("The directive ends with this revision."));
    Ok(text)
}

/// A document of its own that acts on a published one: issuer, zone and scope are that one's.
///
/// Where a part is amended or supplemented, it is copied as it stands, with the subjects that it names, to be changed.
pub fn document(id: &DirectiveId, issued: DayOrTime, acts: &Acts, target: Published<'_>) -> Text {
    let other = target.directive;
    let blank = |what: &str| format!("{BLANK}{what}");
    let mut text = Text::new();
    text.header(format!("{id} {} {} revision {}.", acts.kind, other.id, other.revision));
    text.header("Fill every blank, then: interdict-publisher draft lint".to_owned());
    text.set("format", &FORMAT, None);
    text.set("id", id, None);
    text.set("revision", &Revision::FIRST, None);
    text.set("status", &Status::InForce, None);
    text.set("title", &blank("a title"), None);
    text.set("issuer", &other.issuer, None);
    text.set("zone", &other.zone, None);
    text.set("issued", &issued, None);
    text.set("summary", &blank("what it orders, in a few sentences"), None);
    text.set("scope", &other.scope, Some("Who is bound: as in the other directive."));
    let (subjects, actions) = parts(acts, other);
    text.set("subjects", &subjects, Some("The ban list of this document alone."));
    text.set("actions", &actions, Some(actions_comment(acts)));
    text.set("relations", &[acts.on(target)], Some("What it does to the other: by id, revision and digest."));
    text
}

fn actions_comment(acts: &Acts) -> &'static str {
    let changes = matches!(acts.kind, RelationKind::Amends | RelationKind::Supplements);
    match (changes, &acts.part) {
        (true, Some(_)) => "The part as it stands in the other directive: say what it shall be.",
        (true, None) => {
            "What it orders: an action with the id of one of the other directive takes its place."
        }
        _ => "What it orders by itself, if anything.",
    }
}

/// The part that is amended or supplemented, and the subjects that it is about.
fn parts<'a>(acts: &Acts, other: &'a Directive) -> (Vec<&'a Subject>, Vec<&'a Action>) {
    let changes = matches!(acts.kind, RelationKind::Amends | RelationKind::Supplements);
    let Some(part) = acts.part.as_deref().filter(|_| changes) else { return (Vec::new(), Vec::new()) };
    match other.action(part) {
        Some(action) => {
            let named = action.subjects.iter().filter_map(|id| subject(other, id)).collect();
            (named, vec![action])
        }
        None => (subject(other, part).into_iter().collect(), Vec::new()),
    }
}

fn subject<'a>(directive: &'a Directive, id: &str) -> Option<&'a Subject> {
    directive.subjects.iter().find(|subject| subject.id == id)
}
