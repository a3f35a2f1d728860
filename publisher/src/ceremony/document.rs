//! What a document of a ceremony is, and the bytes that a signature is over.

use std::fmt;

use interdict_schema::Sha256;
use interdict_schema::ceremony::{Document, SIGNED_AS_ROOT, SIGNED_AS_TARGETS};
use interdict_schema::directive::Directive;
use interdict_schema::dsse::{Envelope, Signature, pae};
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::{Issuers, TARGET_PATH};
use interdict_schema::limits::{METADATA_LENGTH, ROOT_LENGTH};
use interdict_schema::payload_type;
use interdict_schema::tuf::{Metadata, Role, Root, Targets};
use interdict_schema::waiver::WaiverDocument;

use super::{CeremonyRefusal, ROOT_NAME, TARGETS_NAME};

/// A document, read from the bytes that are signed.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The next root, or the first.
    Root(Box<Root>),
    /// The next targets, or the first.
    Targets(Box<Targets>),
    /// The next list of issuers, or the same for another root.
    Issuers(Box<Issuers>),
    /// A revision of a directive.
    Directive(Box<Directive>),
    /// A revision of a list of identifiers.
    List(Box<EntityList>),
    /// A revision of a waiver.
    Waiver(Box<WaiverDocument>),
}

impl What {
    /// Reads a document and checks its name and its digest.
    pub(super) fn read(document: &Document) -> Result<Self, CeremonyRefusal> {
        let (name, bytes) = (&document.name, document.text.as_bytes());
        let found = Sha256::of(bytes);
        if found != document.sha256 {
            return Err(CeremonyRefusal::Digest { name: name.clone(), found, wanted: document.sha256 });
        }
        let unreadable =
            |source| CeremonyRefusal::NotADirective { name: name.clone(), source: Box::new(source) };
        let what = match document.signed_as.as_str() {
            SIGNED_AS_ROOT => Self::Root(Box::new(metadata(name, bytes, ROOT_LENGTH)?)),
            SIGNED_AS_TARGETS => Self::Targets(Box::new(metadata(name, bytes, METADATA_LENGTH)?)),
            payload_type::ISSUERS => Self::Issuers(Box::new(Issuers::parse(bytes)?)),
            payload_type::DIRECTIVE => {
                Self::Directive(Box::new(Directive::parse(bytes).map_err(unreadable)?.value))
            }
            payload_type::ENTITY_LIST => {
                Self::List(Box::new(EntityList::parse(bytes).map_err(unreadable)?.value))
            }
            payload_type::WAIVER => {
                Self::Waiver(Box::new(WaiverDocument::parse(bytes).map_err(unreadable)?.value))
            }
            _ => return Err(CeremonyRefusal::Kind { name: name.clone() }),
        };
        let wanted = what.name();
        if *name == wanted { Ok(what) } else { Err(CeremonyRefusal::Name { found: name.clone(), wanted }) }
    }

    /// The name under which it is published.
    pub fn name(&self) -> String {
        match self {
            Self::Root(_) => ROOT_NAME.to_owned(),
            Self::Targets(_) => TARGETS_NAME.to_owned(),
            Self::Issuers(_) => TARGET_PATH.to_owned(),
            Self::Directive(directive) => directive.target_path(),
            Self::List(list) => list.target_path(),
            Self::Waiver(waiver) => waiver.target_path(),
        }
    }

    /// Whether it is published in an envelope, and not metadata itself.
    pub const fn is_in_an_envelope(&self) -> bool {
        !matches!(self, Self::Root(_) | Self::Targets(_))
    }
}

/// What it is, for people.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(root) => write!(f, "root, version {}", root.version),
            Self::Targets(targets) => write!(f, "targets, version {}", targets.version),
            Self::Issuers(issuers) => write!(f, "list of issuers, version {}", issuers.version),
            Self::Directive(directive) => {
                write!(f, "directive {}, revision {}", directive.id, directive.revision)
            }
            Self::List(list) => write!(f, "list {}, revision {}", list.id, list.revision),
            Self::Waiver(waiver) => write!(f, "waiver {}, revision {}", waiver.id, waiver.revision),
        }
    }
}

/// Metadata whose `signed` is this text, which has to be the canonical one.
fn metadata<T: Role + Clone>(name: &str, signed: &[u8], max_bytes: u64) -> Result<T, CeremonyRefusal> {
    let whole = [br#"{"signatures":[],"signed":"#, signed, b"}"].concat();
    let metadata = Metadata::<T>::parse(&whole, &T::TYPE.into(), max_bytes)
        .map_err(|source| CeremonyRefusal::Metadata { name: name.to_owned(), source: Box::new(source) })?;
    if metadata.canonical() == signed {
        Ok(metadata.signed().clone())
    } else {
        Err(CeremonyRefusal::NotCanonical { name: name.to_owned() })
    }
}

/// The bytes that a signature is over.
pub(super) fn message(document: &Document) -> Vec<u8> {
    match document.signed_as.as_str() {
        SIGNED_AS_ROOT | SIGNED_AS_TARGETS => document.text.clone().into_bytes(),
        payload_type => pae(payload_type, document.text.as_bytes()),
    }
}

/// The envelope with the signatures that were made, each key's once.
pub(super) fn envelope(document: &Document) -> Envelope {
    let mut signatures: Vec<_> = document.signatures.iter().collect();
    signatures.sort_unstable();
    signatures.dedup_by(|one, other| one.keyid == other.keyid);
    let signature = |signature: &interdict_schema::ceremony::Signature| Signature {
        keyid: Some(signature.keyid.clone()),
        sig: bytes_of(&signature.sig),
    };
    Envelope {
        payload_type: document.signed_as.clone(),
        payload: document.text.clone().into_bytes(),
        signatures: signatures.into_iter().map(signature).collect(),
    }
}

/// The bytes of lower-case hexadecimal; none where it is something else, which is no signature.
pub(crate) fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = hexadecimal.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match pair {
        [high, low] if !high.is_ascii_uppercase() && !low.is_ascii_uppercase() => {
            Some(digit(*high)? << 4 | digit(*low)?)
        }
        _ => None,
    };
    pairs.map(byte).collect::<Option<Vec<u8>>>().unwrap_or_default()
}
