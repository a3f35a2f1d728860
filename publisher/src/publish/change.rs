//! What is to be added to a repository.

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::directive::{Directive, DirectiveId, NotADirective};
use interdict_schema::dsse::Envelope;
use interdict_schema::payload_type;
use thiserror::Error;

/// What is to be added, each part read and none of it believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Envelopes of directives, by the target path that their payload claims.
    pub directives: BTreeMap<String, Envelope>,
    /// Other files, by target path.
    pub attachments: BTreeMap<String, Vec<u8>>,
    /// A new list of issuers.
    pub issuers: Option<Envelope>,
    /// The directives that are touched.
    pub ids: BTreeSet<DirectiveId>,
}

/// Something that cannot be part of a change.
#[derive(Debug, Error)]
pub enum ChangeError {
    /// The payload claims to be something else.
    #[error("payload type {found:?}, wanted {}", payload_type::DIRECTIVE)]
    PayloadType {
        /// What it claims.
        found: String,
    },
    /// The payload is not a directive.
    #[error("not a directive")]
    NotADirective(#[from] NotADirective),
    /// Two files for one target path, of other content.
    #[error("{path} was given twice, with other content")]
    Twice {
        /// The target path.
        path: String,
    },
}

impl Change {
    /// Adds the envelope of a directive.
    ///
    /// # Errors
    ///
    /// [`ChangeError`].
    pub fn add_directive(&mut self, envelope: Envelope) -> Result<(), ChangeError> {
        if envelope.payload_type != payload_type::DIRECTIVE {
            return Err(ChangeError::PayloadType { found: envelope.payload_type });
        }
        let directive = Directive::parse(&envelope.payload)?.value;
        let path = directive.target_path();
        match self.directives.get(&path) {
            Some(there) if *there != envelope => Err(ChangeError::Twice { path }),
            _ => {
                self.directives.insert(path, envelope);
                self.ids.insert(directive.id);
                Ok(())
            }
        }
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
