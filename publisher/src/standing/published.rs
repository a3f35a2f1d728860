//! What is published, issuer by issuer, as the targets list it. Nothing is downloaded: `custom` is a convenience, which
//! `verify` compares with the envelopes.

use interdict_schema::directive::{DirectiveId, Revision, named_by};
use interdict_schema::issuers::Issuer;
use interdict_schema::{entity, waiver};
use serde::Serialize;

use crate::repository::current::Current;

/// What is published of one issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfIssuer {
    /// Its id.
    pub issuer: String,
    /// Its name for people.
    pub name: String,
    /// Its directives.
    pub directives: usize,
    /// Their revisions, all of them.
    pub revisions: usize,
    /// Its lists of identifiers.
    pub lists: usize,
    /// Its waivers in documents of their own.
    pub waivers: usize,
    /// The directive that was issued last.
    pub newest: Option<Newest>,
}

/// A directive's newest revision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Newest {
    /// The day on which it was issued, as in the document.
    pub issued: String,
    /// The directive.
    pub id: DirectiveId,
    /// The revision.
    pub revision: u32,
    /// Its title.
    pub title: String,
}

/// What is published, for each issuer of the list in its order.
pub fn of_issuers(current: &Current) -> Vec<OfIssuer> {
    current.issuers().issuers.iter().map(|issuer| of_issuer(current, issuer)).collect()
}

fn of_issuer(current: &Current, issuer: &Issuer) -> OfIssuer {
    type NamedBy = fn(&str) -> Option<(DirectiveId, Revision)>;
    let listed = &current.targets().signed().targets;
    let ids = |named_by: NamedBy| -> Vec<DirectiveId> {
        let ids = listed.keys().filter_map(|path| named_by(path)).map(|(id, _)| id);
        ids.filter(|id| issuer.may_issue(id)).collect()
    };
    let distinct = |mut ids: Vec<DirectiveId>| {
        ids.sort();
        ids.dedup();
        ids.len()
    };
    let newest = listed.iter().filter_map(|(path, file)| {
        let (id, revision) = named_by(path)?;
        let text = |name: &str| Some(file.custom.as_ref()?.get(name)?.as_str()?.to_owned());
        issuer.may_issue(&id).then(|| Newest {
            issued: text("issued").unwrap_or_default(),
            id,
            revision: revision.number(),
            title: text("title").unwrap_or_default(),
        })
    });
    let directives = ids(named_by);
    OfIssuer {
        issuer: issuer.id.clone(),
        name: issuer.name.clone(),
        revisions: directives.len(),
        directives: distinct(directives),
        lists: distinct(ids(entity::named_by)),
        waivers: distinct(ids(waiver::named_by)),
        newest: newest.max(),
    }
}
