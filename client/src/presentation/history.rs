//! A directive's revisions, and what other documents that are held do to it.

use interdict_host::terminal::Table;
use interdict_schema::directive::difference::counted;
use interdict_schema::directive::{DayOrTime, DirectiveId, RelationKind, Revision, Status};
use interdict_schema::{DateTime, Sha256};
use serde::Serialize;

use super::Page;
use super::compared::changed;
use super::directive::signers;
use crate::store::generation::{Generation, HeldDirective, HeldRepository, HeldRevision};

/// A directive's history.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    id: DirectiveId,
    repository: String,
    revisions: Vec<Entry>,
    relations: Vec<Touch>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Entry {
    revision: Revision,
    status: Status,
    issued: DayOrTime,
    effective: DayOrTime,
    /// Holders of keys, or the keys where nobody is named.
    signed_by: Vec<String>,
    digest: Sha256,
    /// In one line.
    changed: String,
}

/// A relation of another document to this directive.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Touch {
    kind: RelationKind,
    by: DirectiveId,
    by_revision: Revision,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<Revision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// From when: the relation's own date, or the other document's.
    effective: DayOrTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl History {
    /// The revisions of a directive, oldest first, and the relations of the newest texts of all others to it.
    pub fn of(
        generation: &Generation,
        repository: &HeldRepository,
        held: &HeldDirective,
        now: DateTime,
    ) -> Self {
        let mut before: Option<&HeldRevision> = None;
        let mut revisions = Vec::new();
        for revision in &held.revisions {
            let directive = &revision.believed.document.value;
            revisions.push(Entry {
                revision: directive.revision,
                status: directive.status.clone(),
                issued: directive.issued,
                effective: *directive.effective(),
                signed_by: signers(repository, revision),
                digest: revision.believed.payload.digest,
                changed: before.map_or_else(
                    || "the first text".to_owned(),
                    |before| in_one_line(&changed(before.into(), revision.into(), now)),
                ),
            });
            before = Some(revision);
        }
        let mut relations = Vec::new();
        for (_, other) in generation.directives().filter(|(_, other)| other.id() != held.id()) {
            let directive = other.directive();
            let about = directive.relations.iter().filter(|relation| relation.target.id == *held.id());
            relations.extend(about.map(|relation| Touch {
                kind: relation.kind.clone(),
                by: directive.id.clone(),
                by_revision: directive.revision,
                revision: relation.target.revision,
                part: relation.target.part.clone(),
                effective: relation.effective.unwrap_or(*directive.effective()),
                reason: relation.reason.clone(),
            }));
        }
        Self { id: held.id().clone(), repository: repository.name.to_string(), revisions, relations }
    }

    /// For people.
    pub fn page(&self) -> Page {
        let mut page = Page::default();
        let header = ["revision", "issued", "status", "signed by", "digest", "changed"];
        let mut table = Table::new(&header).right_aligned(0);
        for entry in &self.revisions {
            table.row([
                entry.revision.to_string(),
                entry.issued.to_string(),
                entry.status.to_string(),
                entry.signed_by.join(", "),
                entry.digest.to_string(),
                entry.changed.clone(),
            ]);
        }
        page.table(table);
        if !self.relations.is_empty() {
            page.heading("What other documents do to it");
            let mut table = Table::new(&["by", "does", "to", "from", "reason"]);
            for touch in &self.relations {
                let revision = touch.revision.map_or_else(String::new, |revision| format!("@{revision}"));
                let part = touch.part.as_ref().map_or_else(String::new, |part| format!(", {part}"));
                table.row([
                    format!("{}@{}", touch.by, touch.by_revision),
                    touch.kind.to_string(),
                    format!("{}{revision}{part}", self.id),
                    touch.effective.to_string(),
                    touch.reason.clone().unwrap_or_default(),
                ]);
            }
            page.table(table);
        }
        page
    }

    /// For programs.
    pub fn json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            id: &'a DirectiveId,
            repository: &'a str,
            revisions: &'a [Entry],
            relations: &'a [Touch],
        }
        super::json(&Document {
            format: "interdict-history/1",
            id: &self.id,
            repository: &self.repository,
            revisions: &self.revisions,
            relations: &self.relations,
        })
    }
}

/// A single difference as it is, several by their number.
fn in_one_line(differences: &[interdict_schema::directive::difference::Difference]) -> String {
    match differences {
        [one] => one.to_string(),
        _ => counted(differences),
    }
}
