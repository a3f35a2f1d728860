//! Generations: everything that a policy rests on, as of one moment, in one folder (`trust.md`, rule 10).
//!
//! ```text
//! generations/000012/
//!   policy.json policy.jsonl policy.tsv        derived, for scripts
//!   status.json                                what the sync that made it ended in
//!   directives/BOD-17-01.json                  the payload of the newest revision
//!   repositories/<name>/index.json             what follows, and why it was admitted when
//!     pinned.root.json <N>.root.json           the chain of roots
//!     timestamp.json snapshot.json targets.json
//!     delegated/a%2Fb.json                     the delegated roles, where there are any
//!     issuers.<version>.json                   the lists of issuers that envelopes were believed under
//!     envelopes/BOD-17-01.1.json
//!     envelopes/BOD-X.1.entity-list.json       lists of identifiers, where there are any
//!     envelopes/BOD-W.1.waiver.json            waivers that are documents of their own
//!     attachments/<sha256>                     their files of entries
//!   SHA256SUMS                                 of all files above, for sha256sum -c
//! ```
//!
//! [`read_active`] verifies all of it again, from the pin in the store and not from the copy here. [`write()`] builds a new folder
//! beside the others and switches `current` to it with one rename.

mod attachment;
mod error;
mod in_force;
mod index;
mod part;
mod read;
mod set;
mod waivers;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use interdict_schema::believe::{Believed, Document};
use interdict_schema::directive::resolve::Situation;
use interdict_schema::directive::scope::Profile;
use interdict_schema::directive::{Directive, DirectiveId};
use interdict_schema::dsse::Envelope;
use interdict_schema::entity::resolve::HeldRevisions;
use interdict_schema::entity::{EntityList, Lists};
use interdict_schema::in_force::InForce;
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::policy::{self, Derivation, Mark, Source};
use interdict_schema::tuf::{Accepted, RoleName, RoleType};
use interdict_schema::waiver::{self, WaiverDocument};
use interdict_schema::{DateTime, Sha256, Verified};

pub use attachment::{FileError, HeldFile, Incoming};
pub(crate) use attachment::{digest, needed};
pub use error::GenerationError;
pub use in_force::Settled;
pub use index::{Alarm, AlarmKind, Index};
pub(crate) use part::earliest_expiry;
pub use part::read_repository;
pub use read::{active_number, built_from, held_numbers, is_whole, read_active, repository_names};
pub use write::{Draft, KEPT, file_name, write};

use super::memory::Memory;
use crate::as_of::AsOf;
use crate::config::RepositoryName;

/// A generation that was read and verified.
#[derive(Debug, Clone)]
pub struct Generation {
    /// Its number, from 1.
    pub number: u64,
    /// Its repositories, by name.
    pub repositories: Vec<HeldRepository>,
}

/// What is held of one repository, verified as of its admission.
#[derive(Debug, Clone)]
pub struct HeldRepository {
    /// The operator's name for it.
    pub name: RepositoryName,
    /// When its metadata was verified.
    pub admitted_at: DateTime,
    /// When its timestamp expires.
    pub fresh_until: DateTime,
    /// The roots that were verified: the pinned one first, the newest last.
    pub roots: Vec<Arc<[u8]>>,
    /// The timestamp, snapshot, targets and delegated roles that were verified.
    pub metadata: Vec<Accepted>,
    /// The delegated roles that were refused: what they list is not known, and what was held of it stays.
    pub refused_roles: Vec<RoleName>,
    /// The lists of issuers under which the directives below are believed, by version.
    pub issuers: Vec<HeldIssuers>,
    /// Every directive that was ever believed and not repudiated.
    pub directives: Vec<HeldDirective>,
    /// Every list of identifiers that was ever believed and not repudiated.
    pub lists: Vec<HeldList>,
    /// Every waiver that is a document of its own and was ever believed and not repudiated.
    pub waivers: Vec<HeldWaiver>,
    /// On what each of them acts, once the generation was settled for a moment.
    pub judged_waivers: Vec<waiver::Judged>,
    /// The files of entries of those lists, by digest.
    pub attachments: BTreeMap<Sha256, HeldFile>,
    /// What is wrong, and will be said until it is not.
    pub alarms: Vec<Alarm>,
    /// The agency for which waivers are judged in the policy.
    pub profile: Profile,
    /// The first moment after the admission at which another text takes effect.
    pub next_change: Option<DateTime>,
}

/// A list of issuers, as its envelope.
#[derive(Debug, Clone)]
pub struct HeldIssuers {
    /// Its version.
    pub version: u32,
    /// The envelope's bytes.
    pub envelope: Arc<[u8]>,
}

/// A document: all its revisions, from the first.
#[derive(Debug, Clone)]
pub struct Held<D> {
    /// Never empty; rising by one from 1.
    pub revisions: Vec<HeldRevision<D>>,
    /// What the operator must know of it.
    pub marks: Vec<Mark>,
    /// Which text is in force, once the generation was settled for a moment.
    pub settled: Option<Box<Settled>>,
}

/// A directive: all its revisions, from the first.
pub type HeldDirective = Held<Directive>;

/// A list of identifiers: all its revisions, from the first.
pub type HeldList = Held<EntityList>;

/// A waiver that is a document of its own: all its revisions, from the first.
pub type HeldWaiver = Held<WaiverDocument>;

/// One revision, as its envelope.
#[derive(Debug, Clone)]
pub struct HeldRevision<D = Directive> {
    /// The envelope's bytes.
    pub envelope: Arc<[u8]>,
    /// The version of the list of issuers under which it is believed.
    pub issuers: u32,
    /// The document.
    pub believed: Verified<Believed<D>>,
}

impl<D> HeldRevision<D> {
    /// The payload's bytes, taken out of the envelope.
    pub fn payload(&self) -> Vec<u8> {
        Envelope::parse(&self.envelope, ENVELOPE_LENGTH)
            .expect("an envelope that was believed can be read again")
            .payload
    }
}

impl<D> Held<D> {
    /// The newest revision.
    pub fn newest(&self) -> &HeldRevision<D> {
        self.revisions.last().expect("a held document has at least one revision")
    }

    /// The text of the newest revision.
    pub fn text(&self) -> &D {
        &self.newest().believed.document.value
    }
}

impl<D: Document> Held<D> {
    /// The document's id.
    pub fn id(&self) -> &DirectiveId {
        self.text().id()
    }
}

impl HeldDirective {
    /// The text in force, where the generation was settled for a moment; else that of the newest revision.
    pub fn directive(&self) -> &Directive {
        &self.current().document.value
    }
}

impl HeldRepository {
    /// The version of the newest root, and of the timestamp; 0 for what is not there.
    pub fn versions(&self) -> (u64, u64) {
        let version = |name: &str| {
            let found = self.metadata.iter().find(|file| file.role().as_str() == name);
            found.map_or(0, Accepted::version)
        };
        (version("root"), version("timestamp"))
    }

    /// The lists of identifiers, for subjects that name them.
    pub fn resolved_lists(&self) -> Lists<'_> {
        let held = self.lists.iter().map(|held| HeldRevisions {
            revisions: held.revisions.iter().map(|revision| &revision.believed).collect(),
            marks: held.marks.clone(),
        });
        let name = |digest: &Sha256| format!("repositories/{}/{}/{digest}", self.name, attachment::FOLDER);
        Lists::new(held, self.attachments.keys().map(|digest| (*digest, name(digest))))
    }

    /// A document that was believed by the time of this very timestamp, and is neither held nor the subject of an alarm:
    /// somebody took it out. A memory that is ahead says nothing of that, because a sync writes it first.
    pub fn left_out<'m>(&self, memory: &'m Memory) -> Option<&'m DirectiveId> {
        let timestamp = memory.versions.get(RoleType::Timestamp.as_str()).copied().unwrap_or_default();
        if timestamp != self.versions().1 {
            return None;
        }
        let told = |id: &DirectiveId| self.alarms.iter().any(|alarm| alarm.directive.as_ref() == Some(id));
        let held: BTreeSet<&DirectiveId> = self.directives.iter().map(Held::id).collect();
        let lists: BTreeSet<&DirectiveId> = self.lists.iter().map(Held::id).collect();
        let mut directives = memory.directives.keys().filter(|id| !held.contains(id) && !told(id));
        let mut missing = memory.lists.keys().filter(|id| !lists.contains(id) && !told(id));
        let waivers: BTreeSet<&DirectiveId> = self.waivers.iter().map(Held::id).collect();
        let mut ungranted = memory.waivers.keys().filter(|id| !waivers.contains(id) && !told(id));
        directives.next().or_else(|| missing.next()).or_else(|| ungranted.next())
    }

    /// Everything that is wrong: the alarms, and each mark of a directive of which no alarm tells. The list of alarms is
    /// not signed, so that what was taken out of it must not be taken for mended.
    pub fn raised(&self) -> Vec<Alarm> {
        let mut raised = self.alarms.clone();
        let told = raised.iter().any(|alarm| alarm.kind == AlarmKind::RefusedRole);
        if let Some(role) = self.refused_roles.first().filter(|_| !told) {
            let reason = format!("{role} was refused; what was held of it stays");
            raised.push(Alarm { kind: AlarmKind::RefusedRole, directive: None, reason });
        }
        let (binding, freeing): (Meaning, Meaning) = (meaning, meaning_of_waiver);
        let directives = self.directives.iter().map(|held| (held.id(), &held.marks, binding));
        let lists = self.lists.iter().map(|held| (held.id(), &held.marks, binding));
        let waivers = self.waivers.iter().map(|held| (held.id(), &held.marks, freeing));
        for (id, marks, meaning) in directives.chain(lists).chain(waivers) {
            for mark in marks {
                let kind = AlarmKind::from(*mark);
                let told = |alarm: &Alarm| alarm.kind == kind && alarm.directive.as_ref() == Some(id);
                if !raised.iter().any(told) {
                    let reason = meaning(*mark).to_owned();
                    raised.push(Alarm { kind, directive: Some(id.clone()), reason });
                }
            }
        }
        raised
    }
}

/// What marks say of a kind of document.
type Meaning = fn(Mark) -> &'static str;

/// What a mark says, for a person.
pub fn meaning(mark: Mark) -> &'static str {
    match mark {
        Mark::Vanished => "the repository no longer lists it; it stays in force",
        Mark::SignatureWithdrawn => "the keys that signed it no longer count; it stays in force",
        Mark::Quarantined => "a newer text was refused; this is the last one that was consistent",
    }
}

/// What a mark says of a waiver: while anything is wrong with it, it frees nobody.
pub fn meaning_of_waiver(mark: Mark) -> &'static str {
    match mark {
        Mark::Vanished => "the repository no longer lists it; it waives nothing",
        Mark::SignatureWithdrawn => "the keys that signed it no longer count; it waives nothing",
        Mark::Quarantined => "a newer text was refused; it waives nothing until that is resolved",
    }
}

impl Generation {
    /// The texts that its policy follows from: those in force as of its admission, so that equal generations give equal
    /// bytes. Another generation is made when the next text takes effect.
    pub fn texts(&self) -> Vec<InForce> {
        self.repositories.iter().map(|held| held.in_force(AsOf::now(held.admitted_at))).collect()
    }

    /// The texts that are in force at a moment; never those from before its admission.
    pub fn texts_at(&self, moment: DateTime) -> Vec<InForce> {
        let at = |held: &HeldRepository| AsOf::now(held.admitted_at.max(moment));
        self.repositories.iter().map(|held| held.in_force(at(held))).collect()
    }

    /// What its policy follows from; `texts` are [its own](Self::texts).
    pub fn policy<'a>(&'a self, texts: &'a [InForce]) -> Derivation<'a> {
        self.derivation(texts, DateTime::EPOCH)
    }

    /// What its policy would follow from at a moment, which its texts and waivers have come to by themselves; `texts` are
    /// [those of it](Self::texts_at).
    pub fn policy_at<'a>(&'a self, texts: &'a [InForce], moment: DateTime) -> Derivation<'a> {
        self.derivation(texts, moment)
    }

    fn derivation<'a>(&'a self, texts: &'a [InForce], moment: DateTime) -> Derivation<'a> {
        let repository = |held: &HeldRepository| {
            let (root, timestamp) = held.versions();
            policy::Repository {
                name: held.name.to_string(),
                verified_at: held.admitted_at,
                fresh_until: held.fresh_until,
                timestamp,
                root,
            }
        };
        let lists = self.lists();
        let mut sources = Vec::new();
        for (repository, texts) in self.repositories.iter().zip(texts) {
            let currents: BTreeMap<_, _> =
                texts.directives.iter().map(|current| (&current.situation.document.id, current)).collect();
            let name = repository.name.as_str();
            for held in &repository.directives {
                let current = currents.get(held.id()).copied();
                let mut marks = held.marks.clone();
                let quarantined = current.is_some_and(|current| current.situation.quarantined);
                if quarantined && !marks.contains(&Mark::Quarantined) {
                    marks.push(Mark::Quarantined);
                }
                let newest = &held.newest().believed;
                sources.push(Source {
                    repository: name,
                    directive: current.map_or(newest, |current| in_force::text_of(held, current)),
                    marks,
                    lists: lists.get(name).map(Arc::clone).unwrap_or_default(),
                    ended: current.and_then(|current| current.situation.ended_by_another()),
                    waivers: Some((&repository.profile, repository.admitted_at.max(moment))),
                    granted: current.map(|current| current.granted.as_slice()).unwrap_or_default(),
                });
            }
        }
        let repositories = self.repositories.iter().map(repository).collect();
        let waivers = self.repositories.iter().zip(texts).flat_map(|(held, texts)| held.waiver_states(texts));
        policy::derive(self.number, repositories, lists, sources).with_waivers(waivers.collect())
    }

    /// The lists of identifiers of each repository, by its name.
    pub fn lists(&self) -> BTreeMap<&str, Arc<Lists<'_>>> {
        let mut lists = BTreeMap::new();
        for held in &self.repositories {
            lists.insert(held.name.as_str(), Arc::new(held.resolved_lists()));
        }
        lists
    }

    /// The text in force of every directive, with the lists of its repository, in the order of [`directives`](Self::directives).
    pub fn sources(&self) -> Vec<Source<'_>> {
        let lists = self.lists();
        let mut sources = Vec::new();
        for (repository, held) in self.directives() {
            let repository = repository.name.as_str();
            let lists = lists.get(repository).map(Arc::clone).unwrap_or_default();
            let (directive, marks) = (held.current(), held.marks.clone());
            let granted = held.settled.as_ref().map(|settled| settled.current.granted.as_slice());
            let granted = granted.unwrap_or_default();
            let ended = held.situation().and_then(Situation::ended_by_another);
            sources.push(Source { repository, directive, marks, lists, ended, waivers: None, granted });
        }
        sources
    }

    /// Every directive, with the repository that it comes from.
    pub fn directives(&self) -> impl Iterator<Item = (&HeldRepository, &HeldDirective)> {
        self.repositories
            .iter()
            .flat_map(|held| held.directives.iter().map(move |directive| (held, directive)))
    }
}
