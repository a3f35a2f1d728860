//! What a new list of issuers has to keep (`trust.md`, 1 and 3).

use interdict_schema::Verified;
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::Issuers;
use interdict_schema::tuf::Root;

use super::StageRefusal;
use crate::repository::client_view::open_issuers;
use crate::repository::current::Current;

/// The list that will count, and its envelope where it is another than the published one.
pub(super) struct NextIssuers<'a> {
    pub issuers: Verified<Issuers>,
    pub envelope: Option<&'a Envelope>,
}

/// Opens the list that will count with the keys of this root, and compares it with the published one.
pub(super) fn next<'a>(
    current: &Current,
    root: &Root,
    new: Option<&'a Envelope>,
) -> Result<NextIssuers<'a>, StageRefusal> {
    let Some(envelope) = new.filter(|envelope| *envelope != current.issuers_envelope()) else {
        if root == current.root().signed() {
            return Ok(NextIssuers { issuers: current.issuers().clone(), envelope: None });
        }
        return Ok(NextIssuers { issuers: open_issuers(current.issuers_envelope(), root)?, envelope: None });
    };
    let issuers = open_issuers(envelope, root)?;
    let (found, published) = (issuers.version, current.issuers().version);
    // Another envelope round the same list, after a rotation of the root, keeps its version.
    let same_list = envelope.payload == current.issuers_envelope().payload;
    if found <= published && !same_list {
        return Err(StageRefusal::IssuersVersion { found, published });
    }
    Ok(NextIssuers { issuers, envelope: Some(envelope) })
}
