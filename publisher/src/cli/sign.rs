//! `sign`: one officer's signature, after showing what is signed.

mod standing;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::Outcome;
use interdict_host::lock::Lock;
use interdict_host::read::{ReadError, read_bounded};
use interdict_host::signer::{KeyUri, PublicPart};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_host::write::{DiskErrorKind, Mode};
use interdict_schema::directive::Directive;
use interdict_schema::directive::difference::differences;
use interdict_schema::directive::draft::{is_entity_list, is_waiver};
use interdict_schema::directive::lint::{self, Context, Previous, Report};
use interdict_schema::directive::resolve::Rights;
use interdict_schema::dsse::Envelope;
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::Issuers;
use interdict_schema::limits::{ENVELOPE_LENGTH, ENVELOPE_SIGNATURES};
use interdict_schema::tuf::RoleType;
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::{DateTime, payload_type};
use serde::Serialize;
use tracing::info;

use standing::{SignRefusal, Wanted, check_officer, check_root};

use super::journaled::noted;
use super::shared::{
    SecretArgs, check_example_keys, confirm, current, is_stdin, read_input, show_json, show_lines, shown,
};
use super::{Failure, Verdict};
use crate::journal::{Deed, DocumentEntry, Verb};
use crate::keyring::{self, KeyError, Purpose};
use crate::officer::{self, Added, Input};
use crate::repository::Repository;
use crate::repository::current::{Current, documents};
use crate::repository::files::Folder;
use crate::repository::relations::Relations;

/// Adds one officer's signature to a draft or to an envelope, after showing what is being signed
#[derive(Debug, Args)]
#[command(
    after_help = "Example: the first officer signs a draft, the second the envelope that came of it\n  \
    interdict-publisher sign BOD-17-01.jsonc --key officer-1.key --repo repo\n  \
    interdict-publisher sign BOD-17-01.1.envelope.json --key officer-2.key --repo repo"
)]
pub struct SignArgs {
    /// A draft, or an envelope that others signed before; - for standard input
    file: PathBuf,

    /// The officer's key: a key file, or another key URI (pkcs11:, ssh-agent:)
    #[arg(long, value_name = "KEY", value_hint = ValueHint::FilePath)]
    key: KeyUri,

    /// Where the envelope is written; beside a draft as ID.REVISION.envelope.json, in place of an envelope, unless given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The repository, to compare with what is published and to know whose keys count
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,

    /// What a draft is of [default: what its format says, a directive where it says nothing]; an envelope says it itself
    #[arg(long, value_enum, value_name = "KIND")]
    payload_type: Option<Kind>,

    /// Sign without asking
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// What a draft is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A directive, signed by its issuer's officers
    Directive,
    /// A list of identifiers, signed by its issuer's officers
    EntityList,
    /// A waiver in a document of its own, signed by its issuer's officers
    Waiver,
    /// The list of issuers, signed by the root keys
    Issuers,
}

#[derive(Serialize)]
struct Signed {
    output: String,
    digest: String,
    payload_type: String,
    added: bool,
    /// Those that count where a repository was given, otherwise all.
    signatures: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<u32>,
}

/// The repository that a signature is for.
struct Published {
    folder: Folder,
    current: Current,
    relations: Relations,
}

impl SignArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let bytes = read_input(world, &self.file, ENVELOPE_LENGTH)?;
        let input = officer::read(&bytes)?;
        let uri = self.key.beneath(&world.current_dir);
        let found = keyring::find(&uri, &mut self.secrets.credentials(global.example_keys(), world))?;
        let key = found.part().clone();
        let published = self.published(world)?;
        let (mut envelope, is_draft) = match input {
            Input::Draft(payload) => {
                let payload_type = self.kind(&payload).into();
                (Envelope { payload_type, payload, signatures: vec![] }, true)
            }
            Input::Envelope(envelope) => (envelope, false),
        };
        Self::purpose(&envelope).check(&uri).map_err(KeyError::from)?;
        let (name, wanted) = match envelope.payload_type.as_str() {
            payload_type::DIRECTIVE => Self::directive(world, &envelope, &key, published.as_ref(), now)?,
            payload_type::ENTITY_LIST => Self::list(world, &envelope, &key, published.as_ref())?,
            payload_type::WAIVER => Self::waiver(world, &envelope, &key, published.as_ref())?,
            payload_type::ISSUERS => Self::issuers(global, world, &envelope, &key, published.as_ref())?,
            other => return Err(Failure::usage(SignRefusal::PayloadType { found: other.to_owned() })),
        };
        let output = self.output(&name, is_draft);
        // Several officers at one desk: the second signature goes to the first.
        join_existing(world, &output, &mut envelope)?;
        if officer::has_signed(&envelope, &key.key) {
            writeln!(
                world.stderr,
                "{} has signed this already; nothing was changed",
                escape_control(&key.label)
            )?;
            return self.show(world, &output, &envelope, Added::Nothing, wanted.as_ref());
        }
        check_room(&envelope)?;
        confirm(world, self.yes, &format!("Sign this as {}?", escape_control(&key.label)))?;
        let signer = keyring::open(found, &mut self.secrets.credentials(global.example_keys(), world))?;
        // Another officer may have signed while this one read and typed. Where there are no locks, that is all but kept out.
        let lock = Lock::wait_for_folder(folder_of(&world.resolve(&output))).ok();
        join_existing(world, &output, &mut envelope)?;
        check_room(&envelope)?;
        let added = officer::add_signature(&mut envelope, &*signer)?;
        info!(digest = %envelope.digest(), keyid = key.keyid, "signed");
        world.disk.replace(&world.resolve(&output), &envelope.to_bytes(), Mode::Public)?;
        // The journal locks its own folder, which may be this one.
        drop(lock);
        let mut outcome = self.show(world, &output, &envelope, added, wanted.as_ref())?;
        if let Some(dir) = &self.repo {
            let repository = Repository::new(world.resolve(dir));
            let path = name.replace(".envelope.json", ".json");
            let document =
                DocumentEntry { path, digest: envelope.digest(), signed_by: vec![key.keyid.clone()] };
            let deed = Deed::new(Verb::Sign).document(document).called(&key.keyid, &key.label);
            outcome.merge(&noted(world, &repository, &deed)?);
        }
        Ok(outcome)
    }

    fn kind(&self, payload: &[u8]) -> &'static str {
        match self.payload_type {
            None if is_entity_list(payload) => payload_type::ENTITY_LIST,
            None if is_waiver(payload) => payload_type::WAIVER,
            None | Some(Kind::Directive) => payload_type::DIRECTIVE,
            Some(Kind::EntityList) => payload_type::ENTITY_LIST,
            Some(Kind::Waiver) => payload_type::WAIVER,
            Some(Kind::Issuers) => payload_type::ISSUERS,
        }
    }

    /// What the key is for: the list of issuers is the root role's to sign.
    fn purpose(envelope: &Envelope) -> Purpose {
        match envelope.payload_type.as_str() {
            payload_type::ISSUERS => Purpose::Role(RoleType::Root),
            _ => Purpose::Officer,
        }
    }

    fn published(&self, world: &World) -> Result<Option<Published>, Failure> {
        let Some(dir) = &self.repo else { return Ok(None) };
        let repository = Repository::new(world.resolve(dir));
        let (folder, current) = current(&repository)?;
        let relations = Relations::of(&repository, &current, &folder)?;
        Ok(Some(Published { folder, current, relations }))
    }

    /// Shows a directive and refuses what must not be signed. Gives the name of its envelope, and whose signatures it needs.
    fn directive(
        world: &mut World,
        envelope: &Envelope,
        key: &PublicPart,
        published: Option<&Published>,
        now: DateTime,
    ) -> Result<(String, Option<Wanted>), Failure> {
        let decoded = Directive::parse(&envelope.payload);
        let newest = match (&decoded, published) {
            (Ok(decoded), Some(there)) => there.current.newest(&there.folder, &decoded.value.id)?,
            _ => None,
        };
        let before = newest.as_ref().map(|newest| (&newest.document.value, newest.payload.digest));
        // A signature may be added to the revision that is published; it is then compared with nothing.
        let again = before.is_some_and(|(_, digest)| digest == envelope.digest());
        let before = before.filter(|_| !again);
        let previous = before.map(|(directive, digest)| Previous { directive, digest });
        let texts = match (&decoded, published) {
            (Ok(decoded), Some(there)) => {
                Some(there.current.related(&there.folder, &decoded.value, &there.relations)?)
            }
            _ => None,
        };
        let documents = texts.as_deref().map(documents);
        let rights = published.map(|there| Rights::of(there.current.issuers()));
        let context = Context {
            previous,
            published: documents.as_deref(),
            rights: rights.as_ref(),
            now: published.map(|_| now),
        };
        refuse_errors(world, &lint::lint(&envelope.payload, &context))?;
        let directive = decoded.map_err(|error| Failure::usage(SignRefusal::NotADirective(error)))?.value;
        let wanted = match published {
            Some(there) => Some(check_officer(&there.current, &directive, envelope, key)?),
            None => None,
        };
        writeln!(world.stderr, "to be signed:")?;
        show_lines(world, &officer::of_directive(envelope, &directive, now))?;
        if let Some((before, _)) = before {
            let wanted = before.revision.next();
            if directive.revision != wanted {
                return Err(Failure::usage(SignRefusal::Revision {
                    id: directive.id.to_string(),
                    found: directive.revision,
                    wanted,
                }));
            }
            writeln!(world.stderr, "against revision {}, which is published:", before.revision)?;
            let found = differences(before, &directive, now);
            if found.is_empty() {
                writeln!(world.stderr, "  nothing but the revision is another")?;
            }
            for difference in found {
                writeln!(world.stderr, "  {}", escape_control(&difference.to_string()))?;
            }
        }
        Ok((format!("{}.{}.envelope.json", directive.id, directive.revision), wanted))
    }

    /// As [`directive`](Self::directive), of a list of identifiers.
    fn list(
        world: &mut World,
        envelope: &Envelope,
        key: &PublicPart,
        published: Option<&Published>,
    ) -> Result<(String, Option<Wanted>), Failure> {
        let decoded = EntityList::parse(&envelope.payload);
        let newest = match (&decoded, published) {
            (Ok(decoded), Some(there)) => {
                there.current.newest::<EntityList>(&there.folder, &decoded.value.id)?
            }
            _ => None,
        };
        let before = newest.as_ref().map(|newest| (&newest.document.value, newest.payload.digest));
        let before = before.filter(|(_, digest)| *digest != envelope.digest());
        refuse_errors(world, &lint::list::lint(&envelope.payload, before))?;
        let list = decoded.map_err(|error| Failure::usage(SignRefusal::NotADirective(error)))?.value;
        let wanted = match published {
            Some(there) => Some(check_officer(&there.current, &list, envelope, key)?),
            None => None,
        };
        writeln!(world.stderr, "to be signed:")?;
        show_lines(world, &officer::of_list(envelope, &list))?;
        if let Some((before, _)) = before {
            writeln!(world.stderr, "against revision {}, which is published:", before.revision)?;
            for difference in officer::list_differences(before, &list) {
                writeln!(world.stderr, "  {}", escape_control(&difference))?;
            }
        }
        Ok((format!("{}.{}.entity-list.envelope.json", list.id, list.revision), wanted))
    }

    /// As [`directive`](Self::directive), of a waiver.
    fn waiver(
        world: &mut World,
        envelope: &Envelope,
        key: &PublicPart,
        published: Option<&Published>,
    ) -> Result<(String, Option<Wanted>), Failure> {
        let decoded = WaiverDocument::parse(&envelope.payload);
        let newest = match (&decoded, published) {
            (Ok(decoded), Some(there)) => {
                there.current.newest::<WaiverDocument>(&there.folder, &decoded.value.id)?
            }
            _ => None,
        };
        let before = newest.as_ref().map(|newest| (&newest.document.value, newest.payload.digest));
        let before = before.filter(|(_, digest)| *digest != envelope.digest());
        let texts = published.map(|there| there.current.everything(&there.folder)).transpose()?;
        let documents = texts.as_deref().map(documents);
        let context = lint::waiver::Context { before, published: documents.as_deref() };
        refuse_errors(world, &lint::waiver::lint(&envelope.payload, &context))?;
        let waiver = decoded.map_err(|error| Failure::usage(SignRefusal::NotADirective(error)))?.value;
        let wanted = match published {
            Some(there) => Some(check_officer(&there.current, &waiver, envelope, key)?),
            None => None,
        };
        writeln!(world.stderr, "to be signed:")?;
        show_lines(world, &officer::of_waiver(envelope, &waiver))?;
        if let Some((before, _)) = before {
            writeln!(world.stderr, "against revision {}, which is published:", before.revision)?;
            for difference in officer::waiver_differences(before, &waiver) {
                writeln!(world.stderr, "  {}", escape_control(&difference))?;
            }
        }
        Ok((format!("{}.{}.waiver.envelope.json", waiver.id, waiver.revision), wanted))
    }

    /// As [`directive`](Self::directive), of a list of issuers.
    fn issuers(
        global: &GlobalArgs,
        world: &mut World,
        envelope: &Envelope,
        key: &PublicPart,
        published: Option<&Published>,
    ) -> Result<(String, Option<Wanted>), Failure> {
        let unusable = |error| Failure::usage(SignRefusal::Issuers(error));
        let issuers = Issuers::parse(&envelope.payload).map_err(unusable)?;
        check_example_keys(&issuers, global.example_keys())?;
        let wanted = if let Some(there) = published {
            Some(check_root(&there.current, &issuers, envelope, key)?)
        } else {
            issuers.check(&[]).map_err(unusable)?;
            None
        };
        writeln!(world.stderr, "to be signed:")?;
        show_lines(world, &officer::of_issuers(envelope, &issuers))?;
        Ok((format!("issuers.{}.envelope.json", issuers.version), wanted))
    }

    fn output(&self, name: &str, is_draft: bool) -> PathBuf {
        match &self.output {
            Some(output) => output.clone(),
            None if is_draft || is_stdin(&self.file) => self.file.with_file_name(name),
            None => self.file.clone(),
        }
    }

    fn show(
        &self,
        world: &mut World,
        output: &Path,
        envelope: &Envelope,
        added: Added,
        wanted: Option<&Wanted>,
    ) -> Verdict {
        let signed = Signed {
            output: output.display().to_string(),
            digest: format!("sha256:{}", envelope.digest()),
            payload_type: envelope.payload_type.clone(),
            added: added == Added::Signature,
            signatures: wanted.map_or_else(
                || u32::try_from(envelope.signatures.len()).unwrap_or(u32::MAX),
                |wanted| wanted.signed(envelope),
            ),
            threshold: wanted.map(|wanted| wanted.threshold),
        };
        if self.json {
            show_json(world, &signed)?;
            return Ok(Outcome::done());
        }
        writeln!(world.stdout, "{}", shown(output))?;
        let wanted = signed.threshold.map_or_else(String::new, |threshold| format!(", wanted {threshold}"));
        writeln!(world.stderr, "signatures: {}{wanted}", signed.signatures)?;
        Ok(Outcome::done())
    }
}

/// Adds the signatures in the output file, where that is an envelope round the same document; any other file is in the way.
fn join_existing(world: &World, output: &Path, envelope: &mut Envelope) -> Result<(), Failure> {
    let bytes = match read_bounded(&world.resolve(output), ENVELOPE_LENGTH) {
        Ok(bytes) => bytes,
        Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    match Envelope::parse(&bytes, ENVELOPE_LENGTH) {
        Ok(mut there) if there.payload == envelope.payload && there.payload_type == envelope.payload_type => {
            for signature in &envelope.signatures {
                if !there.signatures.contains(signature) {
                    there.signatures.push(signature.clone());
                }
            }
            *envelope = there;
            Ok(())
        }
        _ => Err(Failure::usage(SignRefusal::OutputTaken { path: output.to_path_buf() })
            .hint("nothing is overwritten: name another file with --output, or move that one away")),
    }
}

/// Refuses an envelope to which no signature can be added.
fn check_room(envelope: &Envelope) -> Result<(), Failure> {
    if envelope.signatures.len() < ENVELOPE_SIGNATURES {
        return Ok(());
    }
    Err(Failure::usage(SignRefusal::TooManySignatures { limit: ENVELOPE_SIGNATURES }))
}

/// The folder in which a file lies.
fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// Shows what lint has to say, on standard error, and refuses what must not be signed.
pub(in crate::cli) fn refuse_errors<D>(world: &mut World, report: &Report<D>) -> Result<(), Failure> {
    for problem in &report.problems {
        writeln!(world.stderr, "{}", escape_control(&problem.to_string()))?;
    }
    if report.may_be_signed() {
        return Ok(());
    }
    let errors = report.errors().count();
    Err(Failure::usage(SignRefusal::Lint { errors }).hint("they are shown above, with their places"))
}
