//! What is published, document by document: each believed as a client believes it.

use interdict_schema::Verified;
use interdict_schema::believe::{Believed, believe};
use interdict_schema::directive::{Directive, DirectiveId, Revision, named_by};
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::waiver::WaiverDocument;

use super::client_view::{self, VERIFIER, ViewError};
use super::current::Current;
use super::files::Files;

/// A revision that is published, with the bytes of its payload.
#[derive(Debug, Clone)]
pub struct Document {
    /// The directive.
    pub believed: Verified<Believed>,
    /// Its payload, byte for byte.
    pub payload: Vec<u8>,
}

/// A waiver and the bytes of its payload.
pub type WaiverWithPayload = (Verified<Believed<WaiverDocument>>, Vec<u8>);

impl Current {
    /// A revision of a directive; the newest where none is named. `None` where it is not published.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: it is missing, or not believed.
    pub fn document(
        &self,
        files: &dyn Files,
        id: &DirectiveId,
        revision: Option<Revision>,
    ) -> Result<Option<Document>, ViewError> {
        let mut listed = self.revisions::<Directive>(id);
        if let Some(wanted) = revision {
            listed.retain(|(path, _)| named_by(path).is_some_and(|(_, number)| number == wanted));
        }
        let Some((path, file)) = listed.pop() else { return Ok(None) };
        let envelope = client_view::envelope(self.set(), files, path, file, ENVELOPE_LENGTH)?;
        let believed = believe(&envelope, path, self.issuers(), &VERIFIER)
            .map_err(|source| ViewError::Directive { path: path.to_owned(), source: Box::new(source) })?;
        Ok(Some(Document { believed, payload: envelope.payload }))
    }

    /// The newest revision of a waiver, with the bytes of its payload. `None` where it is not published.
    ///
    /// # Errors
    ///
    /// As [`document`](Self::document).
    pub fn waiver(
        &self,
        files: &dyn Files,
        id: &DirectiveId,
    ) -> Result<Option<WaiverWithPayload>, ViewError> {
        let Some((path, file)) = self.revisions::<WaiverDocument>(id).pop() else { return Ok(None) };
        let envelope = client_view::envelope(self.set(), files, path, file, ENVELOPE_LENGTH)?;
        let believed = believe(&envelope, path, self.issuers(), &VERIFIER)
            .map_err(|source| ViewError::Directive { path: path.to_owned(), source: Box::new(source) })?;
        Ok(Some((believed, envelope.payload)))
    }

    /// Every revision of a directive, ascending.
    ///
    /// # Errors
    ///
    /// As [`document`](Self::document).
    pub fn history(&self, files: &dyn Files, id: &DirectiveId) -> Result<Vec<Document>, ViewError> {
        let numbers = self.revisions::<Directive>(id).into_iter().filter_map(|(path, _)| named_by(path));
        let documents = numbers.map(|(id, number)| self.document(files, &id, Some(number)));
        documents.filter_map(Result::transpose).collect()
    }
}
