//! Versions with commas between, as advisories of OpenSSL name them.

use super::{Comparator, Native, NativeError, Piece, Scheme};

pub(super) fn read(native: Piece) -> Result<Native, NativeError> {
    let versions =
        native.split(",").map(|version| Ok([version.condition(Scheme::Openssl, Comparator::Equal)?].into()));
    versions.collect::<Result<_, _>>().map(Native::AnyOf)
}
