//! Ceremonies: officers who never meet sign, one after the other or each a copy, a small file that travels.
//!
//! Pure: bytes in, values out. [`Opened::read`] believes nothing that a file says of itself: documents are read from the bytes
//! that are signed, who must sign follows from the roots and the list of issuers in it, every signature is checked. Always true
//! of an [`Opened`]: each signature in it is a good one, by a key that counts for its document.
//!
//! | file | what is in it |
//! |---|---|
//! | `opened` | a file that was read and checked, and what it lacks |
//! | `document` | what a document is, and the bytes that a signature is over |
//! | `quorum` | whose signatures count for it |
//! | `begin` | new files |
//! | `merge` | copies that were signed apart |
//! | `rotation` | the next root: other keys, thresholds, a later expiry |
//! | `standing` | whether what is published is still what it builds on |
//! | `words` | what is being signed, in words |
//! | `refusal` | why not |
//!
//! Not here: the shape of the file ([`interdict_schema::ceremony`]), and carrying out what was signed ([`crate::publish`]).

mod begin;
mod document;
mod merge;
mod opened;
mod quorum;
mod refusal;
mod rotation;
mod standing;
mod words;

pub use begin::{Beginning, MAX_DURATION, document, root_document, targets_document};
pub use document::What;
pub(crate) use document::bytes_of;
pub use merge::merge;
pub use opened::{
    MAX_CEREMONY_BYTES, MAX_DOCUMENTS, Missing, OpenBase, OpenDocument, Opened, ROOT_NAME, TARGETS_NAME,
};
pub use quorum::OpenQuorum;
pub use refusal::CeremonyRefusal;
pub use rotation::{KeyId, NotAKeyId, Rotation, RotationRefusal};
pub use standing::{Standing, standing};
pub use words::{holder, of_document, of_root};
