//! Whose signatures count for a document. It follows from roots and the list of issuers, never from what the file says.

use std::collections::BTreeMap;

use interdict_schema::believe::Document as _;
use interdict_schema::ceremony::Quorum;
use interdict_schema::directive::DirectiveId;
use interdict_schema::issuers::{IssuerKey, KeyState};
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::{Key, RoleType, Root};

use super::{CeremonyRefusal, OpenBase, What};

/// So many of these keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuorum {
    /// Whose keys: `root`, `root before`, `targets`, `issuer dhs`.
    pub of: String,
    /// How many must sign.
    pub threshold: u32,
    /// The keys that can be used, by keyid.
    pub keys: BTreeMap<String, PublicKey>,
}

impl OpenQuorum {
    fn of_role(name: &str, root: &Root, role: RoleType) -> Self {
        let keys = root.role(role);
        let usable = |keyid: &String| Some((keyid.clone(), root.keys.get(keyid)?.public()?.clone()));
        Self {
            of: name.to_owned(),
            threshold: keys.threshold,
            keys: keys.keyids.iter().filter_map(usable).collect(),
        }
    }

    /// As the file has it.
    pub fn to_file(&self) -> Quorum {
        Quorum { of: self.of.clone(), threshold: self.threshold, keyids: self.keys.keys().cloned().collect() }
    }
}

/// Whose signatures a document needs, all of them: of a root, and of a list of issuers for it, the root role's before and
/// after, so that whoever has either root believes it.
pub(super) fn quorums(
    what: &What,
    base: Option<&OpenBase>,
    new_root: Option<&Root>,
) -> Result<Vec<OpenQuorum>, CeremonyRefusal> {
    let before = base.map(|base| base.root.signed());
    let (Some(root), before) = (new_root.or(before), before.filter(|_| new_root.is_some())) else {
        return Err(CeremonyRefusal::NoBase);
    };
    let of_issuer = |id: &DirectiveId, issuer: &str| {
        let nobody = || CeremonyRefusal::NoIssuer { name: what.name() };
        let issuers = &base.ok_or(CeremonyRefusal::NoBase)?.issuers;
        let issuer = issuers.issuer_of(id).filter(|found| found.id == issuer).ok_or_else(nobody)?;
        let active = issuer.keys.iter().filter(|key| key.state == KeyState::Active);
        let keys = active.filter_map(IssuerKey::public_key).map(|key| (Key::of(&key).keyid(), key));
        Ok(vec![OpenQuorum {
            of: format!("issuer {}", issuer.id),
            threshold: issuer.threshold,
            keys: keys.collect(),
        }])
    };
    match what {
        What::Root(_) | What::Issuers(_) => {
            let after = OpenQuorum::of_role("root", root, RoleType::Root);
            let before = before.map(|before| OpenQuorum::of_role("root before", before, RoleType::Root));
            let before =
                before.filter(|before| (before.threshold, &before.keys) != (after.threshold, &after.keys));
            Ok(before.into_iter().chain([after]).collect())
        }
        What::Targets(_) => Ok(vec![OpenQuorum::of_role("targets", root, RoleType::Targets)]),
        What::Directive(directive) => of_issuer(directive.id(), directive.issuer()),
        What::List(list) => of_issuer(list.id(), list.issuer()),
        What::Waiver(waiver) => of_issuer(waiver.id(), waiver.issuer()),
    }
}
