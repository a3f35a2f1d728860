//! What is known of a key that is gone, and the plan that follows from it. Nothing is changed here.

use std::collections::BTreeMap;

use interdict_host::cli::GlobalArgs;
use interdict_host::signer::{Credentials, KeyUri, SecretSources};
use interdict_host::world::World;
use interdict_schema::issuers::{IssuerKey, KeyState};
use interdict_schema::tuf::{Key, RoleType};

use super::{GoneArgs, GoneError};
use crate::cli::Failure;
use crate::cli::shared::{current, holders};
use crate::gone::{
    Event, OfficerPlan, Owned, Plan, RolePlan, draft_name, next_list, next_state, officer_plan, role_plan,
    vouched,
};
use crate::journal::standing;
use crate::keyring;
use crate::repository::current::Current;
use crate::repository::files::Folder;
use crate::repository::{Repository, Settings};
use crate::standing::{Of, Short, holdings, shortfalls};

/// A plan with what it needs to be carried out.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) of: Of,
    pub(super) again: Vec<Short>,
    /// The draft of the next list of issuers.
    pub(super) draft: Option<(String, String)>,
}

/// What is published, and what people call the keys.
pub(super) struct Known {
    pub(super) repository: Repository,
    pub(super) settings: Settings,
    pub(super) folder: Folder,
    pub(super) current: Current,
    pub(super) labels: BTreeMap<String, String>,
}

impl Known {
    pub(super) fn name(&self, keyid: &str) -> String {
        self.labels.get(keyid).cloned().unwrap_or_else(|| keyid.to_owned())
    }

    pub(super) fn officer(&self, key: &IssuerKey) -> String {
        let keyid = key.public_key().map(|public| Key::of(&public).keyid());
        let known = key.holder.clone().or_else(|| self.labels.get(keyid.as_ref()?).cloned());
        known.or(keyid).unwrap_or_else(|| key.public.clone())
    }

    pub(super) fn root(&self, without: Option<&str>) -> Vec<String> {
        let keyids = &self.current.root().signed().role(RoleType::Root).keyids;
        keyids.iter().filter(|keyid| Some(keyid.as_str()) != without).map(|keyid| self.name(keyid)).collect()
    }
}

impl GoneArgs {
    pub(super) fn known(&self, world: &World) -> Result<Known, Failure> {
        let (repository, settings) = self.repo.open(world)?;
        let (folder, current) = current(&repository)?;
        let mut labels = standing(&repository)?.labels;
        labels.extend(settings.holders.clone());
        labels.extend(holders(current.issuers()).map(|(keyid, holder)| (keyid, holder.to_owned())));
        Ok(Known { repository, settings, folder, current, labels })
    }

    fn repo_text(&self) -> String {
        self.repo.repo.display().to_string()
    }

    pub(super) fn pending_text(&self) -> String {
        let beside = || self.repo.repo.join("pending");
        self.pending.clone().unwrap_or_else(beside).display().to_string()
    }

    pub(super) fn of_role(
        &self,
        known: &Known,
        owned: &Owned,
        role: RoleType,
        event: Event,
        global: &GlobalArgs,
        world: &mut World,
    ) -> Prepared {
        let root = known.current.root().signed();
        let mut credentials = Credentials::of(world, global.example_keys(), SecretSources::default());
        let holdings = holdings(&known.current, &known.settings.keys, &known.labels, &mut credentials);
        let of_root = holdings.iter().find(|holding| holding.of == Of::Role(RoleType::Root.to_string()));
        let here = of_root.into_iter().flat_map(|holding| &holding.keys);
        // What somebody else has as well still signs, once more, for whom it was taken from.
        let signs = |keyid: &str| event == Event::Compromised || keyid != owned.keyid;
        let (own, others): (Vec<_>, Vec<_>) =
            here.filter(|key| signs(&key.keyid)).partition(|key| key.keyid == owned.keyid);
        let root_here: Vec<String> =
            others.into_iter().chain(own).filter_map(|key| key.uri.clone()).collect();
        drop(credentials);
        let with_is_here =
            self.with.as_deref().and_then(|with| KeyUri::parse(with.as_ref()).ok()).is_some_and(|uri| {
                let uri = uri.beneath(&world.current_dir);
                keyring::find(&uri, &mut self.secrets.credentials(global.example_keys(), world)).is_ok()
            });
        let keys = root.role(role);
        let left = keys.keyids.iter().filter(|keyid| **keyid != owned.keyid);
        let plan = role_plan(&RolePlan {
            keyid: &owned.keyid,
            name: &known.name(&owned.keyid),
            role,
            event,
            threshold: keys.threshold,
            left: &left.map(|keyid| known.name(keyid)).collect::<Vec<_>>(),
            root_threshold: root.role(RoleType::Root).threshold,
            root_left: &known.root(Some(&owned.keyid)),
            with: self.with.as_deref(),
            with_is_here,
            root_here: &root_here,
            repo: &self.repo_text(),
            next_root: root.version.saturating_add(1),
            timestamp_expires: known.current.timestamp().signed().expires,
            pending: &self.pending_text(),
        });
        Prepared { plan, of: Of::Role(role.to_string()), again: Vec::new(), draft: None }
    }

    pub(super) fn of_officer(
        &self,
        known: &Known,
        owned: &Owned,
        (issuer, public, state): (&String, &str, KeyState),
        event: Event,
        with: Option<&IssuerKey>,
    ) -> Result<Prepared, Failure> {
        let next = next_state(event);
        if state == next || state == KeyState::Compromised {
            let state = if state == KeyState::Retired { "retired" } else { "compromised" };
            let error = GoneError::Already { keyid: owned.keyid.clone(), state };
            return Err(Failure::usage(error).hint("it counts for nothing new; there is nothing to do"));
        }
        let listed = known.current.issuers().issuers.iter().flat_map(|issuer| &issuer.keys);
        let key = listed.clone().find(|key| key.public == public).and_then(IssuerKey::public_key);
        let vouches = match (event, &key) {
            (Event::Lost, Some(key)) => vouched(&known.current, &known.folder, issuer, key)?,
            _ => Vec::new(),
        };
        let with = with.map(|key| (key.public.as_str(), key.holder.as_deref()));
        let (list, draft) = next_list(&known.current, public, next, &vouches, with)?;
        let again = shortfalls(&known.current, &known.folder, &list)?;
        let of_issuer = list.issuers.iter().find(|of| of.id == *issuer);
        let active: Vec<&IssuerKey> = of_issuer
            .into_iter()
            .flat_map(|of| &of.keys)
            .filter(|key| key.state == KeyState::Active)
            .collect();
        // Who is new in the list cannot sign before the list is there.
        let new = with.and_then(|(public, _)| active.iter().find(|key| key.public == public));
        let new = new.map(|key| known.officer(key));
        let old = |short: &Short| short.may_sign.iter().filter(|name| Some(*name) != new.as_ref()).count();
        let mut again = again;
        let together = again.iter().any(|short| {
            let missing = short.threshold.saturating_sub(short.signatures);
            u32::try_from(old(short)).unwrap_or(u32::MAX) < missing
        });
        if !together {
            for short in &mut again {
                short.may_sign.retain(|name| Some(name) != new.as_ref());
            }
        }
        let root = known.current.root().signed();
        let plan = officer_plan(&OfficerPlan {
            issuer,
            event,
            threshold: of_issuer.map_or(0, |of| of.threshold),
            active: &active.iter().map(|key| known.officer(key)).collect::<Vec<_>>(),
            root_threshold: root.role(RoleType::Root).threshold,
            root: &known.root(None),
            vouches: vouches.len(),
            again: &again,
            together,
            has_another: with.is_some(),
            version: list.version,
            repo: &self.repo_text(),
            pending: &self.pending_text(),
        });
        let draft = Some((draft_name(list.version), draft));
        Ok(Prepared { plan, of: Of::Issuer(issuer.clone()), again, draft })
    }
}
