//! What a new list of issuers has to keep (`trust.md`, 1 and 3).

use interdict_schema::Verified;
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::Issuers;

use super::StageRefusal;
use crate::repository::client_view::open_issuers;
use crate::repository::current::Current;

/// The list that will count, and its envelope where it is another than the published one.
pub(super) struct NextIssuers<'a> {
    pub issuers: Verified<Issuers>,
    pub envelope: Option<&'a Envelope>,
}

/// Opens the new list with the newest root's keys and compares it with the published one.
pub(super) fn next<'a>(
    current: &Current,
    new: Option<&'a Envelope>,
) -> Result<NextIssuers<'a>, StageRefusal> {
    let Some(envelope) = new.filter(|envelope| *envelope != current.issuers_envelope()) else {
        return Ok(NextIssuers { issuers: current.issuers().clone(), envelope: None });
    };
    let issuers = open_issuers(envelope, current.root().signed())?;
    let (found, published) = (issuers.version, current.issuers().version);
    // Another envelope round the same list, after a rotation of the root, keeps its version.
    let same_list = envelope.payload == current.issuers_envelope().payload;
    if found <= published && !same_list {
        return Err(StageRefusal::IssuersVersion { found, published });
    }
    Ok(NextIssuers { issuers, envelope: Some(envelope) })
}
