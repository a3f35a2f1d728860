//! Inventories: the reader that the first line names with what follows it; without a name there, the one that the content
//! asks for. Every reader of [`Format::ALL`] is reached so, and the names stay valid whatever format is added.
//!
//! What must hold of every input stands in `check`: bounded output, places within the input, and nothing unreadable in a
//! source that calls itself complete.
#![no_main]

use interdict_client::inventory::detect::{read, read_recognised, read_stream};
use interdict_client::inventory::{Description, Everything, Format, Inventory, Limits, unpack};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits =
    Limits { file_bytes: 1 << 20, unpacked_bytes: 1 << 20, row_bytes: 4_096, components: 1_000, findings: 1_000, notes: 10 };

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (name, rest) = bytes.split_at(end);
    let format = std::str::from_utf8(name).ok().and_then(|name| name.parse::<Format>().ok());
    let bytes = if format.is_some() || end == 0 { rest.get(1..).unwrap_or_default() } else { bytes };

    let streamed = read_stream(bytes, "fuzz", format, &LIMITS, &Everything);
    let Ok(unpacked) = unpack::bounded(bytes, "fuzz", &LIMITS) else {
        assert!(streamed.is_ok_and(|inventory| !inventory.is_complete()));
        return;
    };
    assert!(unpacked.len() <= 1 << 20);
    let whole = read(&unpacked, "fuzz", format, &LIMITS);
    assert_eq!(streamed, whole);
    let Ok(whole) = whole else { return };
    let format = format.unwrap_or_else(|| Format::of(&unpacked).unwrap());
    check(&whole, &unpacked, format);

    // What is kept of few is what is found among all, and as much is known of what was read.
    let wanted = |found: &Description| found.name.len() == 4;
    let few = read_recognised(&unpacked, "fuzz", Some(format), &LIMITS, &wanted).unwrap();
    let names = |inventory: &Inventory| {
        let all = inventory.components.iter().filter(|component| wanted(component.description()));
        all.map(|component| component.name.clone()).collect::<Vec<_>>()
    };
    if whole.components.len() < LIMITS.components {
        assert_eq!(names(&few), names(&whole));
    }
});

fn check(inventory: &Inventory, bytes: &[u8], format: Format) {
    let [coverage] = inventory.coverage.as_slice() else { panic!("one source, one coverage") };
    let complete = coverage.is_complete();
    assert!(coverage.notes.len() <= LIMITS.notes);
    assert!(inventory.components.len() <= LIMITS.components);
    assert!(inventory.findings.len() <= LIMITS.findings);
    assert_eq!(coverage.components, u64::try_from(inventory.components.len()).unwrap());

    // Of UTF-16 places are of the text as UTF-8, three bytes for two at the most.
    let length = u64::try_from(bytes.len() * 3 / 2 + 3).unwrap();
    let notes = coverage.notes.iter().map(|note| note.place);
    let stopped = match &coverage.read {
        interdict_client::inventory::Reading::Partial { place, .. } => Some(*place),
        _ => None,
    };
    for place in notes.chain(stopped) {
        assert!(place.row <= length && place.byte <= length, "{place:?} of {length} bytes");
    }
    for note in &coverage.notes {
        assert!(note.problem.to_string().len() < 1_000 + 8 * bytes.len());
    }
    for component in &inventory.components {
        assert_eq!(component.source.source, 0);
        assert!(component.source.row <= length && component.source.byte.unwrap_or(0) <= length);
        let texts = texts(component.description());
        assert!(texts.iter().map(|text| text.len()).sum::<usize>() <= 16 * bytes.len() + 64);
        // A name that could not be read is compared with nothing.
        if complete && !holds_replacement(bytes) {
            assert!(!texts.iter().any(|text| text.contains('\u{fffd}')), "{component:?}");
        }
    }
    if complete && is_json(format, bytes) {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let json = serde_json::from_slice::<serde::de::IgnoredAny>(text);
        assert!(json.is_ok(), "{format} is complete and no JSON: {json:?}");
    }
}

/// The texts by which a component is recognised.
fn texts(component: &Description) -> Vec<&str> {
    let one = [Some(&component.name), component.product.as_ref(), component.group.as_ref(), component.source_package.as_ref()];
    let many = component.vendors.iter().chain(&component.vendor_hints);
    one.into_iter().flatten().chain(many).map(String::as_str).collect()
}

/// Whether the source itself has the character that stands for what cannot be read, in any of the ways it can be written.
fn holds_replacement(bytes: &[u8]) -> bool {
    let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let text = bytes.to_ascii_lowercase();
    let has = |part: &[u8]| text.windows(part.len()).any(|found| found == part);
    is_utf16 || has("\u{fffd}".as_bytes()) || has(b"fffd") || has(b"%ef%bf%bd") || has(b"fd,ff")
}

/// Whether a document of this format is one JSON document.
fn is_json(format: Format, bytes: &[u8]) -> bool {
    use Format::{CycloneDx, Grype, MacOs, Npm, Osv, Sarif, Snap, Spdx, Trivy, WindowsAppx, WindowsPrograms};
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    match format {
        CycloneDx | Spdx | MacOs | Sarif | Grype | Trivy | Osv | WindowsPrograms | WindowsAppx | Npm => !utf16,
        Snap => !utf16 && bytes.first() == Some(&b'{'),
        _ => false,
    }
}
