//! What is to be added to a repository.

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::believe::Document;
use interdict_schema::directive::{Directive, DirectiveId, NotADirective};
use interdict_schema::dsse::Envelope;
use interdict_schema::entity::EntityList;
use interdict_schema::payload_type;
use interdict_schema::waiver::WaiverDocument;
use thiserror::Error;

use crate::repository::relations::{ActsOn, acted_on};

/// What is to be added, each part read and none of it believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Envelopes of directives, by the target path that their payload claims.
    pub directives: BTreeMap<String, Envelope>,
    /// Envelopes of lists of identifiers, by the target path that their payload claims.
    pub lists: BTreeMap<String, Envelope>,
    /// Envelopes of waivers, by the target path that their payload claims.
    pub waivers: BTreeMap<String, Envelope>,
    /// Other files, by target path.
    pub attachments: BTreeMap<String, Vec<u8>>,
    /// A new list of issuers.
    pub issuers: Option<Envelope>,
    directive_ids: BTreeSet<DirectiveId>,
    list_ids: BTreeSet<DirectiveId>,
    waiver_ids: BTreeSet<DirectiveId>,
    acts_on: ActsOn,
}

/// Something that cannot be part of a change.
#[derive(Debug, Error)]
pub enum ChangeError {
    /// The payload claims to be something else.
    #[error(
        "payload type {found:?}, wanted {}, {} or {}",
        payload_type::DIRECTIVE,
        payload_type::ENTITY_LIST,
        payload_type::WAIVER
    )]
    PayloadType {
        /// What it claims.
        found: String,
    },
    /// The payload is not what its type says.
    #[error("the payload cannot be read")]
    NotADirective(#[from] NotADirective),
    /// Two files for one target path, of other content.
    #[error("{path} was given twice, with other content")]
    Twice {
        /// The target path.
        path: String,
    },
}

impl Change {
    /// Adds the envelope of a directive, of a list of identifiers or of a waiver.
    ///
    /// # Errors
    ///
    /// [`ChangeError`].
    pub fn add_document(&mut self, envelope: Envelope) -> Result<(), ChangeError> {
        match envelope.payload_type.as_str() {
            payload_type::DIRECTIVE => {
                let directive = Directive::parse(&envelope.payload)?.value;
                let from = directive.subjects.iter().flat_map(|subject| &subject.identifiers_from);
                self.list_ids.extend(from.map(|from| from.list.clone()));
                let targets = acted_on(&directive.relations);
                self.acts_on.entry(directive.id.clone()).or_default().extend(targets);
                self.directive_ids.insert(directive.id.clone());
                put(&mut self.directives, &directive, envelope)
            }
            payload_type::ENTITY_LIST => {
                let list = EntityList::parse(&envelope.payload)?.value;
                self.list_ids.insert(list.id.clone());
                put(&mut self.lists, &list, envelope)
            }
            payload_type::WAIVER => {
                let waiver = WaiverDocument::parse(&envelope.payload)?.value;
                self.waiver_ids.insert(waiver.id.clone());
                // The words that it is from have to be there.
                self.directive_ids.insert(waiver.target.id.clone());
                put(&mut self.waivers, &waiver, envelope)
            }
            _ => Err(ChangeError::PayloadType { found: envelope.payload_type }),
        }
    }

    /// The directives that are touched, or waived.
    pub fn directive_ids(&self) -> BTreeSet<DirectiveId> {
        self.directive_ids.clone()
    }

    /// The lists that are touched, or named by a directive of the change.
    pub fn list_ids(&self) -> BTreeSet<DirectiveId> {
        self.list_ids.clone()
    }

    /// The waivers that are touched.
    pub fn waiver_ids(&self) -> BTreeSet<DirectiveId> {
        self.waiver_ids.clone()
    }

    /// The directives that those of the change end or change.
    pub fn acts_on(&self) -> &ActsOn {
        &self.acts_on
    }

    /// Adds a file that is published beside the directives.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Twice`].
    pub fn add_attachment(&mut self, path: String, bytes: Vec<u8>) -> Result<(), ChangeError> {
        match self.attachments.get(&path) {
            Some(there) if *there != bytes => Err(ChangeError::Twice { path }),
            _ => {
                self.attachments.insert(path, bytes);
                Ok(())
            }
        }
    }
}

fn put<D: Document>(
    envelopes: &mut BTreeMap<String, Envelope>,
    document: &D,
    envelope: Envelope,
) -> Result<(), ChangeError> {
    let path = document.target_path();
    match envelopes.get(&path) {
        Some(there) if *there != envelope => Err(ChangeError::Twice { path }),
        _ => {
            envelopes.insert(path, envelope);
            Ok(())
        }
    }
}
