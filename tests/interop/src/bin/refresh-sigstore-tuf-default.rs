//! What `refresh-sigstore-tuf` does, by the crate with the features that it has by default: TLS, and the cryptography of
//! `aws-lc-rs`.
//!
//! `refresh-sigstore-tuf-default FOLDER ROOT METADATA_URL TARGETS_URL [TARGET]`

use interdict_interop::one_refresh::Asked;
use interdict_interop::sigstore_refresh;

fn main() {
    sigstore_refresh::run(&Asked::from_arguments());
}
