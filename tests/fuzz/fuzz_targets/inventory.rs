//! Inventories: every reader with every input.
#![no_main]

use interdict_client::inventory::{Format, Limits, dpkg, unpack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits =
        Limits { file_bytes: 1 << 20, unpacked_bytes: 1 << 20, row_bytes: 4_096, components: 1_000, findings: 1_000, notes: 10 };
    let _ = Format::of(bytes);
    let _ = unpack::bounded(bytes, "fuzz", &limits);
    let read = |format: &Format| (format.reader().read)(bytes, "fuzz", &limits);
    let known = dpkg::read(bytes, "fuzz", Some("debian-12"), &limits);
    for inventory in Format::ALL.iter().map(read).chain([known]) {
        assert!(inventory.components.len() <= limits.components);
        let _ = inventory.coverage.iter().all(interdict_client::inventory::Coverage::is_complete);
        let _ = format!("{:?}", inventory.coverage);
    }
});
