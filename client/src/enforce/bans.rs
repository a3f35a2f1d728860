//! Everything that is to be enforced at a moment, derived from a verified generation.
//!
//! Rules that do not count at the moment are left out. A waived part stays, freed, because a target may have to let its
//! identifiers through where a wider ban would hit them.

use interdict_schema::DateTime;
use interdict_schema::directive::{Confidence, Identifier, IdentifierKind};
use interdict_schema::entity::EntryFile;
use interdict_schema::policy::Rule;

use super::ban::{Ban, Entry, Held, Origin, Part};
use super::stage::{Because, Mode, Stage, of_rule};
use crate::exceptions::Exception;
use crate::store::generation::{FileError, Generation};

/// What is to be enforced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bans {
    /// The generation that it follows from.
    pub generation: u64,
    /// By repository, directive and subject.
    pub parts: Vec<Part>,
}

impl Bans {
    /// What a generation bans at a moment.
    ///
    /// `now` is the later of the clock and the last accepted refresh (`trust.md`, rule 9). The texts and waivers are those of `now`
    /// and not those of the generation's admission: what takes effect between two syncs is enforced from that moment on, and what
    /// is waived from then on is freed. `exceptions` are those that count, and
    /// `machine` is the asset that they must name: this one.
    ///
    /// # Errors
    /// A file of entries is not the one that was signed: nothing is enforced by half.
    pub fn of(
        generation: &Generation,
        now: DateTime,
        mode: Mode,
        exceptions: &[&Exception],
        machine: &str,
    ) -> Result<Self, FileError> {
        let texts = generation.texts_at(now);
        let policy = generation.policy_at(&texts, now);
        let mut parts = Vec::new();
        for rule in policy.rules() {
            let (stage, because) = of_rule(&rule, now, mode);
            if because == Because::OutOfTime {
                continue;
            }
            let origin = origin(&rule);
            let mut entries: Vec<Entry> =
                rule.identifiers.iter().map(|found| entry(&found.identifier)).collect();
            attached(generation, &rule, &mut entries)?;
            for exception in exceptions.iter().filter(|exception| concerns(exception, &rule, machine)) {
                except(&mut entries, exception);
            }
            let excluded = rule.excludes.iter().flat_map(|exclude| &exclude.identifiers).map(entry).collect();
            let gaps = rule.lists.into_iter().flat_map(|list| list.gaps).collect();
            parts.push(Part { origin, stage, because, entries, excluded, gaps });
        }
        Ok(Self { generation: generation.number, parts })
    }

    /// How many bans there are: the length of every [`Verdicts`](super::Verdicts).
    pub fn count(&self) -> usize {
        self.parts.iter().map(|part| part.entries.len()).sum()
    }

    /// Every ban, those of freed parts too, numbered from 0.
    pub fn iter(&self) -> impl Iterator<Item = Ban<'_>> {
        let all = self.parts.iter().flat_map(|part| part.entries.iter().map(move |entry| (part, entry)));
        all.enumerate().map(|(number, (part, entry))| Ban { number, part, entry })
    }

    /// The bans whose identifier is of one of these kinds.
    pub fn of_kinds<'b>(&'b self, kinds: &'b [IdentifierKind]) -> impl Iterator<Item = Ban<'b>> {
        self.iter().filter(|ban| kinds.contains(&ban.entry.kind))
    }
}

fn origin(rule: &Rule) -> Origin {
    use interdict_schema::directive::ActionKind::{BeginRemoval, Block, Disconnect, Remove};
    let takes_out = |kind: &_| matches!(kind, Block | Disconnect | BeginRemoval | Remove);
    let ordered =
        rule.deadlines.iter().filter(|deadline| deadline.runs_from.as_deref() != Some("not-ordered"));
    Origin {
        repository: rule.repository.clone(),
        directive: rule.directive.clone(),
        revision: rule.revision,
        digest: rule.digest,
        subject: rule.subject.clone(),
        name: rule.name.clone(),
        actions: ordered
            .filter(|deadline| takes_out(&deadline.kind))
            .map(|deadline| deadline.action.clone())
            .collect(),
    }
}

fn entry(written: &Identifier) -> Entry {
    Entry {
        kind: written.kind.clone(),
        value: written.value.as_str().into(),
        versions: written.versions.as_deref().map(Into::into),
        held: relied_on_little(written.confidence.as_ref()),
    }
}

fn relied_on_little(confidence: Option<&Confidence>) -> Option<Held> {
    // A word that this version does not know may say anything.
    let enough = matches!(confidence, None | Some(Confidence::High | Confidence::Medium));
    (!enough).then_some(Held::Confidence)
}

/// The rows of the files of entries.
fn attached(generation: &Generation, rule: &Rule, entries: &mut Vec<Entry>) -> Result<(), FileError> {
    let Some(held) = generation.repositories.iter().find(|held| held.name.as_str() == rule.repository) else {
        return Ok(());
    };
    for named in rule.lists.iter().flat_map(|list| &list.attachments) {
        let Some((file, held)) = file_of(held, &named.digest) else { continue };
        let back = relied_on_little(named.confidence.as_ref());
        held.read(file, &mut |value| {
            entries.push(Entry {
                kind: named.kind.clone(),
                value: value.into(),
                versions: None,
                held: back.clone(),
            });
        })?;
    }
    Ok(())
}

fn file_of<'g>(
    held: &'g crate::store::generation::HeldRepository,
    digest: &interdict_schema::Sha256,
) -> Option<(&'g EntryFile, &'g crate::store::generation::HeldFile)> {
    let revisions = held.lists.iter().flat_map(|list| &list.revisions);
    let mut files = revisions.flat_map(|revision| &revision.believed.document.value.attachments);
    Some((files.find(|file| file.digest == *digest)?, held.attachments.get(digest)?))
}

fn concerns(exception: &Exception, rule: &Rule, machine: &str) -> bool {
    exception.directive == rule.directive
        && exception.part == rule.subject
        && exception.asset == machine
        && exception.repository.as_ref().is_none_or(|name| name.as_str() == rule.repository)
}

fn except(entries: &mut [Entry], exception: &Exception) {
    for entry in entries.iter_mut().filter(|entry| entry.kind.as_str() == exception.identifier.kind) {
        if entry.read().is_ok_and(|read| read == exception.identifier.parsed) {
            entry.held = Some(Held::Excepted { exception: exception.id.clone() });
        }
    }
}

impl Part {
    /// Whether anything of it is blocked.
    pub fn blocks(&self) -> bool {
        self.stage == Stage::Enforce && self.entries.iter().any(|entry| entry.held.is_none())
    }
}
