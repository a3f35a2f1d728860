//! What goes out: the files of a publication as it stands, each with how it is to be served.

use std::path::Path;

use interdict_host::read::{ReadError, read_bounded_nofollow};
use interdict_schema::limits::ROOT_LENGTH;
use interdict_schema::tuf::{Metadata, RoleName, RoleType, Root, TargetPath, TrustedSet, Version};
use interdict_schema::{DateTime, Sha256};
use thiserror::Error;

use crate::repository::client_view::{self, ViewError};
use crate::repository::examine::{Problem, Severity, examine};
use crate::repository::files::{Files, Folder};
use crate::serve::{Lifetime, media_type};

/// The name of the first root, which says which repository this is.
pub(super) const FIRST_ROOT: &str = "metadata/1.root.json";

/// The name of the one file that changes under its name.
pub(super) const TIMESTAMP: &str = "metadata/timestamp.json";

/// What a file is; in the order in which they go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A target, with its digest in its name.
    Target,
    /// Metadata with its version in its name: targets, delegated roles, snapshot.
    Metadata,
    /// A root: clients ask for the next one by its number, without anything leading to it.
    Root,
    /// `timestamp.json`.
    Timestamp,
}

/// A file that goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    name: String,
    length: u64,
    digest: Sha256,
    kind: Kind,
}

impl Object {
    fn of(name: String, bytes: &[u8], kind: Kind) -> Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { name, length, digest: Sha256::of(bytes), kind }
    }

    /// Its name below the folder that is served, with `/`: `metadata/timestamp.json`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long it is, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// SHA-256 of its bytes.
    pub fn digest(&self) -> Sha256 {
        self.digest
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The value of `Content-Type` with which it is to be served: the one that `serve` gives.
    pub fn media_type(&self) -> &'static str {
        media_type(&self.name).name
    }

    /// The value of `Cache-Control` with which it is to be served: the one that `serve` gives.
    pub fn cache_control(&self) -> &'static str {
        Lifetime::of(&self.name).cache_control()
    }
}

/// A publication that clients would not take, or a file of it that cannot be read.
#[derive(Debug, Error)]
pub enum Unpublishable {
    /// What a client stops at.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The disk gave no answer.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What a client would refuse, as `verify` says it.
    #[error("a client would refuse this repository: {} such problems, the first", .more.saturating_add(1))]
    Refused {
        /// The first of them.
        #[source]
        first: Box<Problem>,
        /// How many more there are.
        more: usize,
    },
    /// A file was another one when it was read again.
    #[error("{name} has changed since it was checked")]
    Changed {
        /// Its name.
        name: String,
    },
}

/// A publication that a client would take, as it stood when it was read.
pub struct Published {
    folder: Folder,
    set: TrustedSet<'static>,
    roots: Vec<Metadata<Root>>,
    objects: Vec<Object>,
}

impl Published {
    /// Reads a repository's public folder as a client does, and everything that it lists.
    ///
    /// # Errors
    ///
    /// [`Unpublishable`]: something that a client would refuse, expired metadata among it.
    pub fn read(folder: Folder, now: DateTime) -> Result<Self, Unpublishable> {
        let found = examine(&folder, now)?;
        let mut refused =
            found.problems.into_iter().filter(|problem| problem.severity() == Severity::Refusal);
        if let Some(first) = refused.next() {
            return Err(Unpublishable::Refused { first: Box::new(first), more: refused.count() });
        }
        let set = client_view::trusted_set(&folder, now)?;
        let mut objects = targets(&set, &folder)?;
        let is_versioned =
            |role: &RoleName| !matches!(role, RoleName::Top(RoleType::Root | RoleType::Timestamp));
        for accepted in set.accepted().iter().filter(|accepted| is_versioned(accepted.role())) {
            let name = accepted.role().versioned_file_name(accepted.version());
            objects.push(Object::of(format!("metadata/{name}"), accepted.bytes(), Kind::Metadata));
        }
        let mut roots = Vec::new();
        for version in 1..=set.root().signed().version {
            let bytes = root(&folder, version)?;
            let file = RoleName::from(RoleType::Root).versioned_file_name(version);
            objects.push(Object::of(format!("metadata/{file}"), &bytes, Kind::Root));
            let role = RoleType::Root.into();
            roots.push(Metadata::parse(&bytes, &role, ROOT_LENGTH).map_err(ViewError::from)?);
        }
        let timestamp = set.timestamp().map(|timestamp| timestamp.bytes()).unwrap_or_default();
        objects.push(Object::of(TIMESTAMP.to_owned(), timestamp, Kind::Timestamp));
        Ok(Self { folder, set, roots, objects })
    }

    /// The files, in the order in which they go out; `timestamp.json` is the last.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The folder that they are read from.
    pub fn folder(&self) -> &Path {
        self.folder.public()
    }

    /// The trusted metadata.
    pub fn set(&self) -> &TrustedSet<'static> {
        &self.set
    }

    /// Every root, the first one first.
    pub fn roots(&self) -> &[Metadata<Root>] {
        &self.roots
    }

    /// The bytes of `timestamp.json`, as they were checked: the file may have been replaced since.
    pub fn timestamp(&self) -> &[u8] {
        self.set.timestamp().map(|timestamp| timestamp.bytes()).unwrap_or_default()
    }

    /// Reads a file that goes out.
    ///
    /// # Errors
    ///
    /// [`Unpublishable::Changed`] where it is no longer what was checked; [`Unpublishable::Read`].
    pub fn bytes(&self, object: &Object) -> Result<Vec<u8>, Unpublishable> {
        if object.kind == Kind::Timestamp {
            return Ok(self.timestamp().to_vec());
        }
        let changed = || Unpublishable::Changed { name: object.name.clone() };
        match read_bounded_nofollow(&self.folder.public().join(&object.name), object.length) {
            Ok(bytes) if Sha256::of(&bytes) == object.digest => Ok(bytes),
            Ok(_) | Err(ReadError::TooLong { .. }) => Err(changed()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Every target that is listed.
fn targets(set: &TrustedSet<'_>, folder: &Folder) -> Result<Vec<Object>, Unpublishable> {
    let mut objects = Vec::new();
    for (path, listed) in set.targets().into_iter().flat_map(|targets| &targets.signed().targets) {
        let bytes = client_view::target(set, folder, path, listed)?;
        let parsed: TargetPath =
            path.parse().map_err(|source| ViewError::TargetPath { path: path.clone(), source })?;
        let name = format!("targets/{}", set.target_request(&parsed, listed).path);
        objects.push(Object::of(name, &bytes, Kind::Target));
    }
    Ok(objects)
}

fn root(folder: &Folder, version: Version) -> Result<Vec<u8>, Unpublishable> {
    let name = RoleName::from(RoleType::Root).versioned_file_name(version);
    let missing = || ViewError::Missing { file: format!("metadata/{name}") };
    Ok(folder.metadata(&name, ROOT_LENGTH)?.ok_or_else(missing)?)
}
