//! What a file, a directive, a list of identifiers or a waiver, is worth against what is held: is it authentic, is it listed, is it in force (`trust.md`, "Exit codes").
//!
//! The three are answered apart, with the roots, the newest list of issuers and the metadata of the active generation, and
//! without a network. Whether these are fresh is judged elsewhere ([`crate::freshness`]).

use interdict_schema::believe::{self, Attested, Believed, believe, is_document};
use interdict_schema::directive::deadline;
use interdict_schema::directive::unsupported::{Unsupported, unsupported};
use interdict_schema::directive::{Directive, DirectiveId, NotADirective, Revision, Status};
use interdict_schema::dsse::{Envelope, NotAnEnvelope};
use interdict_schema::entity::{self, EntityList};
use interdict_schema::issuers::{self, Issuers};
use interdict_schema::key::Verifier;
use interdict_schema::limits::{ENVELOPE_LENGTH, ISSUERS_LENGTH, ROOT_LENGTH};
use interdict_schema::tuf::{self, Lookup, Metadata, RoleName, RoleType, Root, TargetPath, TrustedSet};
use interdict_schema::waiver::{self, WaiverDocument};
use interdict_schema::{DateTime, Verified, payload_type};
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::config::RepositoryName;
use crate::store::generation::{HeldRepository, HeldWaiver};

/// What a file is worth against one repository.
#[derive(Debug, Clone)]
pub struct Authenticity {
    /// The repository.
    pub repository: RepositoryName,
    /// The target path under which it was judged.
    pub target_path: String,
    /// The document, or why its issuer's threshold does not vouch for it.
    pub authentic: Result<Authentic, NotAuthentic>,
    /// Whether the repository publishes it.
    pub listed: Listed,
    /// Whether it is what binds now.
    pub in_force: InForce,
}

/// A document that its issuer signed.
#[derive(Debug, Clone)]
pub enum Authentic {
    /// A directive.
    Directive(Box<Verified<Believed>>),
    /// A list of identifiers.
    List(Box<Verified<Believed<EntityList>>>),
    /// A waiver.
    Waiver(Box<Verified<Believed<WaiverDocument>>>),
}

impl Authentic {
    /// Its id.
    pub fn id(&self) -> &DirectiveId {
        match self {
            Self::Directive(believed) => &believed.document.value.id,
            Self::List(believed) => &believed.document.value.id,
            Self::Waiver(believed) => &believed.document.value.id,
        }
    }

    /// Its revision.
    pub fn revision(&self) -> Revision {
        match self {
            Self::Directive(believed) => believed.document.value.revision,
            Self::List(believed) => believed.document.value.revision,
            Self::Waiver(believed) => believed.document.value.revision,
        }
    }

    /// Its title.
    pub fn title(&self) -> &str {
        match self {
            Self::Directive(believed) => &believed.document.value.title,
            Self::List(believed) => &believed.document.value.title,
            Self::Waiver(believed) => &believed.document.value.title,
        }
    }

    /// Its payload's digest, and who signed it.
    pub fn payload(&self) -> &Attested {
        match self {
            Self::Directive(believed) => &believed.payload,
            Self::List(believed) => &believed.payload,
            Self::Waiver(believed) => &believed.payload,
        }
    }

    /// What of it this version does not understand.
    pub fn unsupported(&self) -> Vec<Unsupported> {
        match self {
            Self::Directive(believed) => unsupported(&believed.document),
            Self::List(believed) => entity::unsupported::unsupported(&believed.document),
            Self::Waiver(believed) => waiver::unsupported::unsupported(&believed.document),
        }
    }
}

/// Why a file is not authentic.
#[derive(Debug, Error, Clone)]
pub enum NotAuthentic {
    /// The bytes are not an envelope.
    #[error(transparent)]
    Envelope(#[from] NotAnEnvelope),
    /// The repository holds no list of issuers.
    #[error("no list of issuers is held")]
    NoIssuers,
    /// The list of issuers does not verify.
    #[error("the list of issuers does not verify")]
    Issuers(#[source] issuers::Refusal),
    /// The metadata that is held does not verify.
    #[error("the metadata that is held does not verify")]
    Metadata(#[from] Box<tuf::Refusal>),
    /// The document was not believed.
    #[error(transparent)]
    Directive(#[from] Box<believe::Refusal>),
}

/// Whether a repository publishes a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// These bytes, under this path.
    Yes,
    /// This payload, under this path, in an envelope with other signatures.
    OtherEnvelope,
    /// Another payload under this path.
    OtherPayload,
    /// Nothing under this path.
    No,
}

/// Whether a file is what binds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InForce {
    /// It is.
    Yes,
    /// It will be.
    NotYet {
        /// From when on.
        from: DateTime,
    },
    /// A later revision took its place.
    Replaced {
        /// That revision.
        by: Revision,
    },
    /// A signed revision, this one, has ended it.
    Ended {
        /// How.
        status: Status,
    },
    /// Nothing with this payload is held.
    NotHeld,
}

impl Listed {
    /// Whether the repository publishes this document, in whatever envelope.
    pub fn holds(self) -> bool {
        matches!(self, Self::Yes | Self::OtherEnvelope)
    }
}

impl Authenticity {
    /// How many of the three hold.
    pub fn holding(&self) -> usize {
        [self.authentic.is_ok(), self.listed.holds(), self.in_force == InForce::Yes]
            .into_iter()
            .filter(|holds| *holds)
            .count()
    }
}

/// The target path to judge a file under: its name, where that names a document and a revision, with or without the digest
/// in front that a server's copy has; otherwise what the payload says of itself.
///
/// Nothing is believed here: the path only proposes what [`judge`] checks.
///
/// # Errors
/// [`NoTargetPath`] where neither says anything, with why the payload does not.
pub fn target_path(file_name: Option<&str>, bytes: &[u8]) -> Result<String, NoTargetPath> {
    let without_digest = |name: &str| match name.split_once('.') {
        Some((digest, rest)) if digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            rest.to_owned()
        }
        _ => name.to_owned(),
    };
    if let Some(named) = file_name.map(without_digest).filter(|name| is_document(name)) {
        return Ok(named);
    }
    let envelope = Envelope::parse(bytes, ENVELOPE_LENGTH)?;
    if envelope.payload_type == payload_type::ENTITY_LIST {
        return Ok(EntityList::parse(&envelope.payload)?.value.target_path());
    }
    if envelope.payload_type == payload_type::WAIVER {
        return Ok(WaiverDocument::parse(&envelope.payload)?.value.target_path());
    }
    Ok(Directive::parse(&envelope.payload)?.value.target_path())
}

/// Why nothing says under which target path a file belongs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoTargetPath {
    /// It is not an envelope that is read.
    #[error(transparent)]
    Envelope(#[from] NotAnEnvelope),
    /// Its payload is not a directive, or not the list or waiver that its type says.
    #[error(transparent)]
    Payload(#[from] NotADirective),
}

/// Judges a file against one repository.
pub fn judge(
    held: &HeldRepository,
    bytes: &[u8],
    target_path: &str,
    now: DateTime,
    verifier: &dyn Verifier,
) -> Authenticity {
    let envelope = Envelope::parse(bytes, ENVELOPE_LENGTH);
    let authentic = match &envelope {
        Err(error) => Err(error.clone().into()),
        Ok(envelope) => newest_issuers(held, verifier).and_then(|issuers| {
            let believed = if entity::named_by(target_path).is_some() {
                let believed = believe(envelope, target_path, &issuers, verifier);
                believed.map(|believed| Authentic::List(Box::new(believed)))
            } else if waiver::named_by(target_path).is_some() {
                let believed = believe(envelope, target_path, &issuers, verifier);
                believed.map(|believed| Authentic::Waiver(Box::new(believed)))
            } else {
                let believed = believe(envelope, target_path, &issuers, verifier);
                believed.map(|believed| Authentic::Directive(Box::new(believed)))
            };
            believed.map_err(|refusal| Box::new(refusal).into())
        }),
    };
    let envelope = envelope.as_ref().ok();
    let set = held.trusted_set(verifier);
    let (authentic, listed) = match set.and_then(|set| listed(held, set, target_path, bytes, envelope)) {
        Ok(listed) => (authentic, listed),
        // It was verified a moment ago, when the generation was read.
        Err(refusal) => (Err(NotAuthentic::Metadata(Box::new(refusal))), Listed::No),
    };
    let in_force = envelope.map_or(InForce::NotHeld, |envelope| in_force(held, envelope, now));
    Authenticity {
        repository: held.name.clone(),
        target_path: target_path.into(),
        authentic,
        listed,
        in_force,
    }
}

fn newest_issuers(held: &HeldRepository, verifier: &dyn Verifier) -> Result<Verified<Issuers>, NotAuthentic> {
    let list = held.issuers.iter().max_by_key(|list| list.version).ok_or(NotAuthentic::NoIssuers)?;
    let envelope = Envelope::parse(&list.envelope, ISSUERS_LENGTH)?;
    let mut refusal = None;
    for bytes in held.roots.iter().rev() {
        let root = Metadata::<Root>::parse(bytes, &RoleName::from(RoleType::Root), ROOT_LENGTH);
        let root = root.map_err(Box::new)?;
        let root = root.signed();
        let all: Vec<_> = root.keys.values().filter_map(|key| key.public().cloned()).collect();
        let opened = Issuers::open(
            &envelope,
            &root.public_keys(RoleType::Root),
            root.roles.root.threshold,
            &all,
            verifier,
        );
        match opened {
            Ok(issuers) => return Ok(issuers),
            // The newest root's refusal is the one to tell.
            Err(found) => refusal = refusal.or(Some(found)),
        }
    }
    Err(refusal.map_or(NotAuthentic::NoIssuers, NotAuthentic::Issuers))
}

fn listed(
    held: &HeldRepository,
    mut set: TrustedSet<'_>,
    target_path: &str,
    bytes: &[u8],
    envelope: Option<&Envelope>,
) -> Result<Listed, tuf::Refusal> {
    let Ok(path) = target_path.parse::<TargetPath>() else { return Ok(Listed::No) };
    held.supply(&mut set, &path)?;
    Ok(match set.find(&path)? {
        Lookup::Found { file, .. } if file.verify(bytes).is_ok() => Listed::Yes,
        Lookup::Found { file, .. } => {
            // The bytes that the metadata names are held, so their payload can be compared.
            let directives = held.directives.iter().flat_map(|directive| &directive.revisions);
            let directives = directives.map(|it| (&it.envelope, it.believed.payload.digest));
            let lists = held.lists.iter().flat_map(|list| &list.revisions);
            let lists = lists.map(|it| (&it.envelope, it.believed.payload.digest));
            let waivers = held.waivers.iter().flat_map(|waiver| &waiver.revisions);
            let waivers = waivers.map(|it| (&it.envelope, it.believed.payload.digest));
            let mut named =
                directives.chain(lists).chain(waivers).filter(|(envelope, _)| file.verify(envelope).is_ok());
            let digest = envelope.map(Envelope::digest);
            if named.any(|(_, held)| Some(held) == digest) {
                Listed::OtherEnvelope
            } else {
                Listed::OtherPayload
            }
        }
        _ => Listed::No,
    })
}

fn in_force(held: &HeldRepository, envelope: &Envelope, now: DateTime) -> InForce {
    let digest = envelope.digest();
    let list = held.lists.iter().find_map(|list| {
        let revision = list.revisions.iter().find(|it| it.believed.payload.digest == digest)?;
        Some((list.text().revision, revision.believed.document.value.revision))
    });
    // A list takes effect with its revision: that directives name it is theirs to say.
    match list {
        Some((newest, this)) if newest == this => return InForce::Yes,
        Some((by, _)) => return InForce::Replaced { by },
        None => {}
    }
    let waiver = held.waivers.iter().find_map(|waiver| {
        let revision = waiver.revisions.iter().find(|it| it.believed.payload.digest == digest)?;
        Some((waiver, &revision.believed.document.value))
    });
    if let Some((waiver, this)) = waiver {
        return waiver_in_force(held, waiver, this, now);
    }
    let found = held.directives.iter().find_map(|directive| {
        let revision =
            directive.revisions.iter().find(|revision| revision.believed.payload.digest == digest)?;
        Some((directive.directive(), &revision.believed.document.value))
    });
    let Some((newest, this)) = found else { return InForce::NotHeld };
    if this.revision != newest.revision {
        return InForce::Replaced { by: newest.revision };
    }
    if this.is_ended() {
        return InForce::Ended { status: this.status.clone() };
    }
    // A zone that this version does not know is reported as unsupported; UTC keeps the directive in force.
    let zone = deadline::zone(&this.zone).unwrap_or(TimeZone::UTC);
    let from = this.effective().begin(&zone);
    if now < from { InForce::NotYet { from } } else { InForce::Yes }
}

/// A waiver takes effect when it is issued, until a later revision is; whom it frees is another question.
fn waiver_in_force(
    held: &HeldRepository,
    waiver: &HeldWaiver,
    this: &WaiverDocument,
    now: DateTime,
) -> InForce {
    let zone = held.zone_of(&waiver.text().target.id);
    let begins = |text: &WaiverDocument| text.issued.begin(&zone);
    let later = waiver.revisions.iter().map(|it| &it.believed.document.value);
    let later = later.filter(|text| text.revision > this.revision && begins(text) <= now);
    match later.max_by_key(|text| text.revision) {
        Some(later) => InForce::Replaced { by: later.revision },
        None if this.status != Status::InForce => InForce::Ended { status: this.status.clone() },
        None if now < begins(this) => InForce::NotYet { from: begins(this) },
        None => InForce::Yes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_name_proposes_the_target_path_and_otherwise_the_payload_does() {
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let served = format!("{digest}.BOD-17-01.1.json");
        for name in ["BOD-17-01.1.json", served.as_str()] {
            assert_eq!(target_path(Some(name), b""), Ok("BOD-17-01.1.json".into()), "{name}");
        }
        let payload = br#"{"format":"interdict-directive/1","id":"T-1","revision":2,"status":"in-force","title":"t","issuer":"i","zone":"UTC","issued":"2017-09-13"}"#;
        let envelope =
            Envelope { payload_type: "x".into(), payload: payload.to_vec(), signatures: Vec::new() };
        for name in [None, Some("mail.json"), Some("BOD-17-01.json")] {
            assert_eq!(target_path(name, &envelope.to_bytes()), Ok("T-1.2.json".into()), "{name:?}");
            assert!(matches!(target_path(name, b"{}"), Err(NoTargetPath::Envelope(NotAnEnvelope::Shape(_)))));
        }
    }
}
