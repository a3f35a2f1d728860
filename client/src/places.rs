//! Where everything lies at the client (`architecture.md`, "On disk at the client"). Names only: nothing is opened here.

use std::path::{Path, PathBuf};

use interdict_host::directories::{self, DirectoryError, SYSTEM_CONFIG_DIR, SYSTEM_STATE_DIR};
use interdict_host::world::World;

use crate::config::RepositoryName;

/// What root keeps of enforcement, out of reach of the user that syncs.
pub const SYSTEM_ENFORCEMENT_DIR: &str = "/var/lib/interdict-apply";

/// The configuration file and the state folder of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// `config.toml`.
    pub config: PathBuf,
    /// `STATE`.
    pub state: PathBuf,
}

impl Places {
    /// The places that the options name, or else `INTERDICT_CONFIG` and `INTERDICT_STATE`, or else the usual ones.
    ///
    /// # Errors
    /// [`DirectoryError`] for a user without a home, where something is not named.
    pub fn new(world: &World, config: Option<&Path>, state: Option<&Path>) -> Result<Self, DirectoryError> {
        let named = |option: Option<&Path>, variable: &str| {
            option
                .map(Path::to_path_buf)
                .or_else(|| world.variable(variable).map(PathBuf::from))
                .map(|path| world.resolve(path))
        };
        let config = match named(config, "INTERDICT_CONFIG") {
            Some(path) => path,
            None => directories::config_dir(world)?.join("config.toml"),
        };
        let state = match named(state, "INTERDICT_STATE") {
            Some(path) => path,
            None => directories::state_dir(world)?,
        };
        Ok(Self { config, state })
    }

    /// These places, or for a verb that only reads those of the service, where the user has no state of their own.
    #[must_use]
    pub fn for_reading(self) -> Self {
        self.or_of_the_service(Path::new(SYSTEM_STATE_DIR), Path::new(SYSTEM_CONFIG_DIR))
    }

    fn or_of_the_service(self, state: &Path, config: &Path) -> Self {
        if self.current().exists() || !state.join("current").exists() {
            return self;
        }
        // A configuration of the user's own may be there for other repositories, but says nothing of this state.
        Self { state: state.into(), config: config.join("config.toml") }
    }

    /// `exceptions.toml`: the agency's own exceptions, beside the configuration.
    pub fn exceptions(&self) -> PathBuf {
        self.config.with_file_name("exceptions.toml")
    }

    /// `STATE/lock`: held by whoever changes the state.
    pub fn lock(&self) -> PathBuf {
        self.state.join("lock")
    }

    /// `STATE/digest.json`: what the last digest told.
    pub fn digest(&self) -> PathBuf {
        self.state.join("digest.json")
    }

    /// `STATE/detections.json`: when each subject was first found on an asset.
    pub fn detections(&self) -> PathBuf {
        self.state.join("detections.json")
    }

    /// `STATE/detections.lock`: whoever writes those times.
    pub fn detections_lock(&self) -> PathBuf {
        self.state.join("detections.lock")
    }

    /// What was written into the configuration of tools, and what was there before: `STATE/enforcement`; for the state of the
    /// service, which belongs to the user that syncs, `/var/lib/interdict-apply` instead (`trust.md`, rule 17).
    pub fn enforcement(&self) -> PathBuf {
        if self.state == Path::new(SYSTEM_STATE_DIR) {
            return SYSTEM_ENFORCEMENT_DIR.into();
        }
        self.state.join("enforcement")
    }

    /// The policy that was applied last, for scripts of root: a link.
    pub fn active_policy(&self) -> PathBuf {
        self.enforcement().join("current")
    }

    /// The root of a repository that enforcement begins from, beside the configuration: `trust/<name>.root.json`.
    pub fn root_pin(&self, name: &RepositoryName) -> PathBuf {
        self.config.with_file_name("trust").join(format!("{name}.root.json"))
    }

    /// `hooks.d`: what is run once a policy is applied, beside the configuration.
    pub fn hooks(&self) -> PathBuf {
        self.config.with_file_name("hooks.d")
    }

    /// The journal of what was done to enforce the policy here.
    pub fn journal(&self) -> PathBuf {
        self.enforcement().join("journal").join("journal.jsonl")
    }

    /// `STATE/generations`.
    pub fn generations(&self) -> PathBuf {
        self.state.join("generations")
    }

    /// `STATE/generations/<number>`.
    pub fn generation(&self, number: u64) -> PathBuf {
        self.generations().join(format!("{number:06}"))
    }

    /// `STATE/current`: a link to the active generation.
    pub fn current(&self) -> PathBuf {
        self.state.join("current")
    }

    /// `STATE/repositories/<name>`.
    pub fn repository(&self, name: &RepositoryName) -> RepositoryPlaces {
        RepositoryPlaces { folder: self.state.join("repositories").join(name.as_str()) }
    }
}

/// What is kept of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryPlaces {
    folder: PathBuf,
}

impl RepositoryPlaces {
    /// The folder of all that follows.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of the pin and of the roots that followed it.
    pub fn trust(&self) -> PathBuf {
        self.folder.join("trust")
    }

    /// The root that the operator pinned.
    pub fn pin(&self) -> PathBuf {
        self.trust().join("pinned.root.json")
    }

    /// A root that followed the pin.
    pub fn root(&self, version: u64) -> PathBuf {
        self.trust().join(format!("{version}.root.json"))
    }

    /// The folder of the last trusted metadata, under unversioned names.
    pub fn metadata(&self) -> PathBuf {
        self.folder.join("metadata")
    }

    /// What must never go down.
    pub fn memory(&self) -> PathBuf {
        self.folder.join("memory").join("memory.json")
    }

    /// The folder of files of entries that are being fetched, and are in no generation yet.
    pub fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    /// When the last accepted refresh began, where that is later than memory says.
    pub fn moment(&self) -> PathBuf {
        self.folder.join("memory").join("refreshed_at")
    }

    /// What was whole when it was last looked at.
    pub fn inspection(&self) -> PathBuf {
        self.folder.join("inspection.json")
    }

    /// What became of earlier requests.
    pub fn schedule(&self) -> PathBuf {
        self.folder.join("schedule.json")
    }

    /// The folder of what was refused.
    pub fn evidence(&self) -> PathBuf {
        self.folder.join("evidence")
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;

    #[test]
    fn what_root_keeps_never_lies_in_the_state_of_the_service() {
        let places =
            |state: &str| Places { config: "/etc/interdict/config.toml".into(), state: state.into() };
        assert_eq!(places("/var/lib/interdict").enforcement(), Path::new("/var/lib/interdict-apply"));
        assert_eq!(places("/var/lib/interdict/").enforcement(), Path::new("/var/lib/interdict-apply"));
        assert_eq!(places("/srv/state").enforcement(), Path::new("/srv/state/enforcement"));
    }

    #[test]
    fn the_services_state_is_read_with_its_configuration_where_the_user_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let (service, config) = (folder.path().join("service"), folder.path().join("etc"));
        let own = Places { config: folder.path().join("own.toml"), state: folder.path().join("own") };
        let chosen = || own.clone().or_of_the_service(&service, &config);
        std::fs::create_dir_all(own.state.join("repositories")).unwrap();
        assert_eq!(chosen(), own, "the service has nothing either");
        std::fs::create_dir_all(service.join("current")).unwrap();
        assert_eq!(chosen(), Places { config: config.join("config.toml"), state: service.clone() });
        assert_eq!(chosen().exceptions(), config.join("exceptions.toml"), "with it go its exceptions");
        std::fs::create_dir_all(own.current()).unwrap();
        assert_eq!(chosen(), own);
    }
}
