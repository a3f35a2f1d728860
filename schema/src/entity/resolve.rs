//! Which revision of which list a subject means. Pure.
//!
//! A reference follows the newest verified revision of its issuer's list, unless it pins one by its digest. What it asks
//! for and does not find is a [`Gap`]: the subject's other identifiers hold, and the gap is told, because a subject that is
//! recognised by less than its order says must not be taken for absent.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::EntityList;
use crate::believe::Believed;
use crate::directive::{DirectiveId, ListReference, Revision, Subject};
use crate::policy::Mark;
use crate::{Sha256, Verified};

/// A list that is held: its revisions from the first, and what the operator must know of it.
#[derive(Debug, Clone)]
pub struct HeldRevisions<'a> {
    /// Rising by one from 1.
    pub revisions: Vec<&'a Verified<Believed<EntityList>>>,
    /// What is wrong with it.
    pub marks: Vec<Mark>,
}

/// The lists of one repository, and which of their files are at hand.
#[derive(Debug, Clone, Default)]
pub struct Lists<'a> {
    by_id: BTreeMap<&'a DirectiveId, HeldRevisions<'a>>,
    files: BTreeMap<Sha256, String>,
}

/// A list that a subject means but cannot be recognised by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// No revision of it is held.
    #[error("list {list} is not held")]
    NotHeld {
        /// The list.
        list: DirectiveId,
    },
    /// It is another issuer's.
    #[error("list {list} is of the issuer {found:?}, wanted {wanted:?}")]
    OtherIssuer {
        /// The list.
        list: DirectiveId,
        /// Whose it is.
        found: String,
        /// Whose directive this is.
        wanted: String,
    },
    /// The revision that is pinned is not held.
    #[error("no revision of list {list} has the payload {wanted}")]
    Digest {
        /// The list.
        list: DirectiveId,
        /// The digest that is pinned.
        wanted: Sha256,
    },
    /// The newest one is too old: what it has holds, and more is meant.
    #[error("the newest revision of list {list} is {found}, wanted at least {wanted}")]
    TooOld {
        /// The list.
        list: DirectiveId,
        /// The newest that is held.
        found: Revision,
        /// The oldest that is enough.
        wanted: Revision,
    },
    /// A file of it is not at hand.
    #[error("the entries {path} of list {list} are not held")]
    Entries {
        /// The list.
        list: DirectiveId,
        /// The file's target path.
        path: String,
    },
}

/// What a reference leads to.
#[derive(Debug, Clone)]
pub struct Resolved<'a> {
    /// The reference.
    pub reference: &'a ListReference,
    /// The revision by whose rows the subject is recognised; also one that is too old.
    pub list: Option<&'a Verified<Believed<EntityList>>>,
    /// What is missing.
    pub gaps: Vec<Gap>,
}

impl<'a> Lists<'a> {
    /// The lists that are held, and the files of entries that are, by digest, each with the name under which it lies.
    pub fn new(
        held: impl IntoIterator<Item = HeldRevisions<'a>>,
        files: impl IntoIterator<Item = (Sha256, String)>,
    ) -> Self {
        let named = |held: HeldRevisions<'a>| Some((&held.revisions.last()?.document.value.id, held));
        Self { by_id: held.into_iter().filter_map(named).collect(), files: files.into_iter().collect() }
    }

    /// The newest revision of every list, by id.
    pub fn newest(&self) -> impl Iterator<Item = (&'a Verified<Believed<EntityList>>, &[Mark])> {
        self.by_id.values().filter_map(|held| Some((*held.revisions.last()?, held.marks.as_slice())))
    }

    /// The name under which a file of entries lies, where it is at hand.
    pub fn file(&self, digest: &Sha256) -> Option<&str> {
        self.files.get(digest).map(String::as_str)
    }

    /// What the references of a subject lead to, in their order; `issuer` is that of its directive.
    pub fn of_subject<'s>(
        &'s self,
        issuer: &'s str,
        subject: &'a Subject,
    ) -> impl Iterator<Item = Resolved<'a>> + use<'s, 'a> {
        subject.identifiers_from.iter().map(move |reference| self.resolve(issuer, reference))
    }

    fn resolve(&self, issuer: &str, reference: &'a ListReference) -> Resolved<'a> {
        let mut gaps = Vec::new();
        let list = match self.find(issuer, reference) {
            Ok(list) => Some(list),
            Err(gap) => {
                gaps.push(gap);
                None
            }
        };
        if let Some(list) = list.map(|list| &list.document.value) {
            if let Some(wanted) = reference.min_revision.filter(|wanted| list.revision < *wanted) {
                gaps.push(Gap::TooOld { list: list.id.clone(), found: list.revision, wanted });
            }
            let missing = list.attachments.iter().filter(|file| self.file(&file.digest).is_none());
            gaps.extend(missing.map(|file| Gap::Entries { list: list.id.clone(), path: file.path.clone() }));
        }
        Resolved { reference, list, gaps }
    }

    fn find(
        &self,
        issuer: &str,
        reference: &ListReference,
    ) -> Result<&'a Verified<Believed<EntityList>>, Gap> {
        let id = || reference.list.clone();
        let held = self.by_id.get(&reference.list).ok_or_else(|| Gap::NotHeld { list: id() })?;
        let found = match reference.digest {
            None => held.revisions.last().ok_or_else(|| Gap::NotHeld { list: id() })?,
            Some(wanted) => held
                .revisions
                .iter()
                .find(|revision| revision.payload.digest == wanted)
                .ok_or_else(|| Gap::Digest { list: id(), wanted })?,
        };
        let of = &found.document.value.issuer;
        if of == issuer {
            Ok(found)
        } else {
            Err(Gap::OtherIssuer { list: id(), found: of.clone(), wanted: issuer.into() })
        }
    }
}

/// The digests that subjects pin: these revisions are needed besides the newest.
pub fn pinned<'s>(subjects: impl IntoIterator<Item = &'s Subject>) -> BTreeSet<Sha256> {
    subjects
        .into_iter()
        .flat_map(|subject| &subject.identifiers_from)
        .filter_map(|from| from.digest)
        .collect()
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use super::*;
    use crate::believe::Attested;
    use crate::threshold::Count;

    fn list(revision: u32, issuer: &str, attachments: &str) -> Verified<Believed<EntityList>> {
        let text = alloc::format!(
            r#"{{"format":"interdict-entity-list/1","id":"BOD-X","revision":{revision},"title":"t","issuer":"{issuer}",
            "issued":"2017-09-13","attachments":[{attachments}]}}"#
        );
        let document = EntityList::parse(text.as_bytes()).unwrap();
        let signed_by = Count { keys: Vec::new(), required: 1 };
        let digest = Sha256::of(text.as_bytes());
        Verified::attest(Believed { document, payload: Attested { digest, signed_by } })
    }

    fn subject(reference: &str) -> Subject {
        let text = alloc::format!(
            r#"{{"id":"s","name":"S","disposition":"prohibited","identifiers_from":[{reference}]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn resolved(held: &[Verified<Believed<EntityList>>], reference: &str) -> (Option<u32>, Vec<String>) {
        let held = HeldRevisions { revisions: held.iter().collect(), marks: vec![] };
        let lists = Lists::new([held], []);
        let subject = subject(reference);
        let found: Vec<Resolved<'_>> = lists.of_subject("dhs", &subject).collect();
        let [found] = &found[..] else { panic!("one reference") };
        let revision = found.list.map(|list| list.document.value.revision.number());
        (revision, found.gaps.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_newest_revision_counts_unless_one_is_pinned() {
        let held = [list(1, "dhs", ""), list(2, "dhs", "")];
        assert_eq!(resolved(&held, r#"{"list":"BOD-X"}"#), (Some(2), vec![]));
        let first = held.first().map(|list| list.payload.digest).unwrap();
        let pinned = alloc::format!(r#"{{"list":"BOD-X","digest":"{first}"}}"#);
        assert_eq!(resolved(&held, &pinned), (Some(1), vec![]));
        let other = alloc::format!(r#"{{"list":"BOD-X","digest":"{}"}}"#, Sha256::of(b""));
        let (found, gaps) = resolved(&held, &other);
        assert_eq!(found, None);
        assert_eq!(gaps, [alloc::format!("no revision of list BOD-X has the payload {}", Sha256::of(b""))]);
    }

    #[test]
    fn what_is_missing_is_a_gap_and_what_is_there_holds() {
        let held = [list(1, "dhs", "")];
        let too_old = "the newest revision of list BOD-X is 1, wanted at least 2";
        assert_eq!(resolved(&held, r#"{"list":"BOD-X","min_revision":2}"#), (Some(1), vec![too_old.into()]));
        assert_eq!(resolved(&held, r#"{"list":"BOD-X","min_revision":1}"#), (Some(1), vec![]));
        assert_eq!(resolved(&held, r#"{"list":"BOD-Y"}"#), (None, vec!["list BOD-Y is not held".into()]));
        let digest = Sha256::of(b"");
        let file = alloc::format!(
            r#"{{"kind":"sha256","path":"h.txt","digest":"{digest}","length":0,"entries":0}}"#
        );
        assert_eq!(
            resolved(&[list(1, "dhs", &file)], r#"{"list":"BOD-X"}"#),
            (Some(1), vec!["the entries h.txt of list BOD-X are not held".into()])
        );
    }

    #[test]
    fn another_issuers_list_recognises_nothing() {
        let gap = "list BOD-X is of the issuer \"other\", wanted \"dhs\"";
        assert_eq!(resolved(&[list(1, "other", "")], r#"{"list":"BOD-X"}"#), (None, vec![gap.into()]));
    }
}
