//! Which text of each directive, of each list of identifiers and of each waiver, is held after a sync (`trust.md`, rules 3 to 5, 8 and
//! 12). Pure. The rules are the same for all kinds of document; [`Judged`] says in what they differ.
//!
//! A conflict touches only the document in it: its last consistent text stays, everything else advances. Silence lifts
//! nothing: what was ever believed is held until a signed revision ends it, or a root-signed list repudiates it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use interdict_schema::Verified;
use interdict_schema::believe::{self, Believed, BrokenChain, Document, Speakers, check_chain};
use interdict_schema::directive::{Directive, DirectiveId, Revision};
use interdict_schema::dsse;
use interdict_schema::dsse::{Envelope, NotAnEnvelope};
use interdict_schema::entity::{EntityList, EntryFile};
use interdict_schema::issuers::Issuers;
use interdict_schema::key::Verifier;
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::policy::Mark;
use interdict_schema::tuf::RoleName;
use interdict_schema::waiver::WaiverDocument;
use thiserror::Error;

use super::stale::{Loosens, list_only_tightens, only_tightens, waiver_only_tightens};
use crate::store::generation::{Alarm, AlarmKind, Held, HeldRepository, HeldRevision};
use crate::store::memory::{Memory, Remembered};

/// The envelope of a revision, as the metadata lists it and the server gave it.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    /// What its target path names.
    pub revision: Revision,
    /// Its target path.
    pub path: String,
    /// Its bytes, which are those that the metadata names.
    pub envelope: Arc<[u8]>,
}

impl Listed {
    /// One that was refused when what was carried here was made, and is not in it.
    pub fn left_out(revision: Revision, path: String) -> Self {
        Self { revision, path, envelope: Arc::new([]) }
    }
}

/// What is held from now on.
#[must_use]
pub(crate) struct Judgement<D> {
    /// Every document, by id.
    pub documents: Vec<Held<D>>,
    /// What is wrong.
    pub alarms: Vec<Alarm>,
    /// Envelopes that were refused, for evidence.
    pub refused: Vec<RefusedEnvelope>,
}

/// An envelope that was refused.
pub(crate) struct RefusedEnvelope {
    /// A word for counting.
    pub kind: AlarmKind,
    /// Its target path.
    pub path: String,
    /// Why.
    pub reason: String,
    /// Its bytes.
    pub envelope: Arc<[u8]>,
}

/// Why a listed text is not held.
#[derive(Debug, Error)]
enum Problem {
    #[error(transparent)]
    Envelope(#[from] NotAnEnvelope),
    #[error(transparent)]
    Refused(#[from] believe::Refusal),
    #[error(transparent)]
    Chain(#[from] BrokenChain),
    #[error("revision {revision} was believed with another payload before")]
    Equivocation { revision: Revision },
    #[error("the keys that signed revision {revision} no longer count: {source}")]
    Withdrawn { revision: Revision, source: believe::Refusal },
    #[error("revision {revision} is listed, and was left out of what was carried here")]
    LeftOut { revision: Revision },
    #[error("revision {revision} names the entries {path}, which are not listed as it names them")]
    Entries { revision: Revision, path: String },
    #[error("revision {revision} {loosens}, and the metadata that lists it has expired")]
    Loosens { revision: Revision, loosens: Loosens },
}

impl Problem {
    fn kind(&self) -> (AlarmKind, Mark) {
        match self {
            Self::Envelope(_)
            | Self::Refused(_)
            | Self::Chain(_)
            | Self::LeftOut { .. }
            | Self::Entries { .. }
            | Self::Loosens { .. } => (AlarmKind::Quarantined, Mark::Quarantined),
            Self::Equivocation { .. } => (AlarmKind::Equivocation, Mark::Quarantined),
            Self::Withdrawn { .. } => (AlarmKind::SignatureWithdrawn, Mark::SignatureWithdrawn),
        }
    }
}

/// What judging rests on.
pub(crate) struct Judge<'a> {
    /// The list of issuers that is trusted now.
    pub issuers: &'a Verified<Issuers>,
    /// What was seen before, without what the list repudiates.
    pub memory: &'a Memory,
    /// What was held before.
    pub previous: Option<&'a HeldRepository>,
    /// Checks signatures of other algorithms.
    pub verifier: &'a dyn Verifier,
    /// The documents of which it is not known whether they are listed, each with the role that may list it and was refused.
    pub undecided: &'a BTreeMap<DirectiveId, RoleName>,
    /// Whether the metadata has expired, so that only text that adds or tightens counts (`trust.md`, rule 14).
    pub stale: bool,
    /// Whether the metadata lists this very file of entries, or it is held.
    pub obtainable: &'a dyn Fn(&EntryFile) -> bool,
}

/// A kind of document that is judged.
pub(crate) trait Judged: Document + Clone {
    /// What was seen of the kind before.
    fn remembered(memory: &Memory) -> &Remembered;
    /// What was held of it before.
    fn held(previous: &HeldRepository) -> &[Held<Self>];
    /// Whether a text only adds to the one before it, or to nothing.
    fn only_tightens(before: Option<&Self>, after: &Self) -> Result<(), Loosens>;
    /// The files without which a text is not what was signed.
    fn entries(&self) -> &[EntryFile];
    /// What follows from something being wrong with one, for people; nothing where it stays as it is.
    const MEANWHILE: &'static str = "";
}

impl Judged for Directive {
    fn remembered(memory: &Memory) -> &Remembered {
        &memory.directives
    }

    fn held(previous: &HeldRepository) -> &[Held<Self>] {
        &previous.directives
    }

    fn only_tightens(before: Option<&Self>, after: &Self) -> Result<(), Loosens> {
        only_tightens(before, after)
    }

    fn entries(&self) -> &[EntryFile] {
        &[]
    }
}

impl Judged for EntityList {
    fn remembered(memory: &Memory) -> &Remembered {
        &memory.lists
    }

    fn held(previous: &HeldRepository) -> &[Held<Self>] {
        &previous.lists
    }

    fn only_tightens(before: Option<&Self>, after: &Self) -> Result<(), Loosens> {
        list_only_tightens(before, after)
    }

    fn entries(&self) -> &[EntryFile] {
        &self.attachments
    }
}

impl Judged for WaiverDocument {
    fn remembered(memory: &Memory) -> &Remembered {
        &memory.waivers
    }

    fn held(previous: &HeldRepository) -> &[Held<Self>] {
        &previous.waivers
    }

    fn only_tightens(before: Option<&Self>, after: &Self) -> Result<(), Loosens> {
        waiver_only_tightens(before, after)
    }

    fn entries(&self) -> &[EntryFile] {
        &[]
    }

    const MEANWHILE: &'static str = "; it waives nothing";
}

impl Judge<'_> {
    /// Judges every document of a kind that is listed, remembered or held.
    pub fn judge<D: Judged>(&self, listed: &BTreeMap<DirectiveId, Vec<Listed>>) -> Judgement<D> {
        let mut judgement = Judgement { documents: Vec::new(), alarms: Vec::new(), refused: Vec::new() };
        let before: BTreeMap<&DirectiveId, &Held<D>> =
            self.previous.into_iter().flat_map(D::held).map(|held| (held.id(), held)).collect();
        let remembered = D::remembered(self.memory);
        let speakers = Speakers::new(self.issuers, self.verifier);
        let ids: BTreeSet<&DirectiveId> =
            listed.keys().chain(remembered.keys()).chain(before.keys().copied()).collect();
        for id in ids {
            let listed = listed.get(id).map(Vec::as_slice).unwrap_or_default();
            let held = before.get(id).map(|held| self.standing(held)).unwrap_or_default();
            self.document(id, listed, held, &speakers, &mut judgement);
        }
        judgement
    }

    fn document<D: Judged>(
        &self,
        id: &DirectiveId,
        listed: &[Listed],
        held: &[HeldRevision<D>],
        speakers: &Speakers<'_>,
        judgement: &mut Judgement<D>,
    ) {
        let (good, problem) = self.consistent(id, listed, held, speakers);
        let remembered =
            D::remembered(self.memory).get(id).and_then(|revisions| revisions.keys().next_back().copied());
        let newest = good.last().map(|revision| revision.believed.document.value.revision());
        if problem.is_none() && !good.is_empty() && newest >= remembered {
            judgement.documents.push(Held { revisions: good, marks: Vec::new(), settled: None });
            return;
        }
        let (kind, mark, reason) = match &problem {
            Some((_, problem)) => {
                let (kind, mark) = problem.kind();
                (kind, mark, problem.to_string())
            }
            None if remembered.is_none() && held.is_empty() => return,
            None => match self.undecided.get(id) {
                Some(role) => {
                    let reason = format!("{role}, which may list it, was refused");
                    (AlarmKind::Quarantined, Mark::Quarantined, reason)
                }
                None => (AlarmKind::Vanished, Mark::Vanished, vanished(newest, remembered)),
            },
        };
        let reason = reason + D::MEANWHILE;
        if let Some((refused, _)) = &problem {
            let (path, envelope) = (refused.path.clone(), Arc::clone(&refused.envelope));
            judgement.refused.push(RefusedEnvelope { kind, path, reason: reason.clone(), envelope });
        }
        judgement.alarms.push(Alarm { kind, directive: Some(id.clone()), reason });
        // The last consistent text: whichever goes further.
        let revisions = if good.len() > held.len() { good } else { held.to_vec() };
        if !revisions.is_empty() {
            judgement.documents.push(Held { revisions, marks: vec![mark], settled: None });
        }
    }

    /// What was held of a document, without what is repudiated now and what came after it.
    fn standing<'h, D>(&self, held: &'h Held<D>) -> &'h [HeldRevision<D>] {
        let forged = |held: &HeldRevision<D>| self.issuers.repudiates(&held.believed.payload.digest);
        let standing = held.revisions.iter().position(forged).unwrap_or(held.revisions.len());
        held.revisions.get(..standing).unwrap_or_default()
    }

    /// The revisions from the first on that are consistent with each other, the issuers and the memory; and the first that
    /// is not.
    fn consistent<'l, D: Judged>(
        &self,
        id: &DirectiveId,
        listed: &'l [Listed],
        held: &[HeldRevision<D>],
        speakers: &Speakers<'_>,
    ) -> (Vec<HeldRevision<D>>, Option<(&'l Listed, Problem)>) {
        let mut sorted: Vec<&Listed> = listed.iter().collect();
        sorted.sort_by_key(|listed| listed.revision);
        // Room for these and no more: most directives have one revision, a revision is large, and 10,000 are held.
        let mut good: Vec<HeldRevision<D>> = Vec::with_capacity(sorted.len());
        let mut problem = None;
        for listed in &sorted {
            let judged = self.revision(id, listed, held, speakers).and_then(|revision| {
                let chain = good.iter().chain([&revision]).map(|revision| &*revision.believed);
                check_chain(chain)?;
                self.admits(good.last(), &revision)?;
                Ok(revision)
            });
            match judged {
                Ok(revision) => good.push(revision),
                Err(found) => {
                    problem = Some((*listed, found));
                    break;
                }
            }
        }
        // Only the newest text has to have its files: older ones are history, and are not fetched.
        while let Some((revision, path)) = good.last().and_then(|newest| self.lacks(newest)) {
            good.pop();
            let listed = sorted.get(good.len());
            problem = listed.map(|listed| (*listed, Problem::Entries { revision, path }));
        }
        (good, problem)
    }

    /// A file of a text that can neither be fetched nor is held.
    fn lacks<D: Judged>(&self, revision: &HeldRevision<D>) -> Option<(Revision, String)> {
        let text = &revision.believed.document.value;
        let lacking = text.entries().iter().find(|file| !(self.obtainable)(file))?;
        Some((text.revision(), lacking.path.clone()))
    }

    fn revision<D: Judged>(
        &self,
        id: &DirectiveId,
        listed: &Listed,
        held: &[HeldRevision<D>],
        speakers: &Speakers<'_>,
    ) -> Result<HeldRevision<D>, Problem> {
        let version = self.issuers.version;
        // Verified a moment ago, when the previous generation was read, and under the same list.
        let same = |held: &&HeldRevision<D>| held.issuers == version && held.envelope == listed.envelope;
        if let Some(same) = held.iter().find(same) {
            return Ok(same.clone());
        }
        // No envelope is empty: it has a payload and a signature.
        if listed.envelope.is_empty() {
            return Err(Problem::LeftOut { revision: listed.revision });
        }
        let envelope = Envelope::parse(&listed.envelope, ENVELOPE_LENGTH)?;
        let remembered =
            D::remembered(self.memory).get(id).and_then(|revisions| revisions.get(&listed.revision));
        if remembered.is_some_and(|remembered| *remembered != envelope.digest()) {
            return Err(Problem::Equivocation { revision: listed.revision });
        }
        let believed: Verified<Believed<D>> = match speakers.believe(&envelope, &listed.path) {
            Ok(believed) => believed,
            // It was believed with these very words: what changed is whose keys count.
            Err(source @ believe::Refusal::Envelope(dsse::Refusal::Threshold(_))) if remembered.is_some() => {
                return Err(Problem::Withdrawn { revision: listed.revision, source });
            }
            Err(refusal) => return Err(refusal.into()),
        };
        Ok(HeldRevision { envelope: Arc::clone(&listed.envelope), issuers: version, believed })
    }
}

impl Judge<'_> {
    /// Whether a revision may come from metadata of this age. What was believed before has come already.
    fn admits<D: Judged>(
        &self,
        before: Option<&HeldRevision<D>>,
        revision: &HeldRevision<D>,
    ) -> Result<(), Problem> {
        let text = &revision.believed.document.value;
        let remembered = D::remembered(self.memory).get(text.id());
        if !self.stale || remembered.is_some_and(|revisions| revisions.contains_key(&text.revision())) {
            return Ok(());
        }
        D::only_tightens(before.map(|before| &before.believed.document.value), text)
            .map_err(|loosens| Problem::Loosens { revision: text.revision(), loosens })
    }
}

fn vanished(newest: Option<Revision>, remembered: Option<Revision>) -> String {
    match (newest, remembered) {
        (Some(newest), Some(remembered)) => {
            format!("revision {newest} is the newest one listed, wanted at least {remembered}")
        }
        _ => "no longer listed".into(),
    }
}
