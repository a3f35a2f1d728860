//! The least that a program with `sigstore-tuf` does: one refresh over http, and, where it is asked for, one target. Built
//! without TLS; its signatures and digests are done by `ring`.
//!
//! `refresh-sigstore-tuf FOLDER ROOT METADATA_URL TARGETS_URL [TARGET]`

use interdict_interop::one_refresh::Asked;
use interdict_interop::{sigstore_refresh, theirs};

fn main() {
    theirs::install();
    sigstore_refresh::run(&Asked::from_arguments());
}
