//! The documents of the `CycloneDX` specification, 1.4 to 1.7: the valid ones, and those with one defect each.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it counted"
)]

use std::fs;
use std::path::PathBuf;

use interdict_client::inventory::{Format, Limits, Reading, cyclonedx, detect};
use interdict_tests::official;
use serde_json::Value;

/// Components, or services, with those that are nested in them, counted in the plainest way.
fn count(within: &Value, kind: &str) -> usize {
    within[kind].as_array().map_or(0, |children| children.iter().map(|child| 1 + count(child, kind)).sum())
}

/// All that a document lists.
fn listed(bytes: &[u8]) -> usize {
    let document: Value = serde_json::from_slice(bytes).unwrap();
    let subject = document["metadata"].get("component").map_or(0, |one| 1 + count(one, "components"));
    subject + count(&document, "components") + count(&document, "services")
}

/// Documents that begin so.
fn documents(kind: &str) -> Vec<PathBuf> {
    let Some(folder) = official::folder("cyclonedx") else { return Vec::new() };
    let versions =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files =
        versions.flat_map(|version| fs::read_dir(version).unwrap()).map(|entry| entry.unwrap().path());
    let wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(kind) && path.extension().is_some_and(|extension| extension == "json")
    };
    let mut documents: Vec<_> = files.filter(wanted).collect();
    documents.sort();
    documents
}

#[test]
fn reads_every_valid_document_and_every_component_in_it() {
    let documents = documents("valid-");
    let mut components = 0;
    for path in &documents {
        let bytes = fs::read(path).unwrap();
        let label = path.display().to_string();
        assert_eq!(Format::of(&bytes), Ok(Format::CycloneDx), "{label}");
        let inventory = detect::read(&bytes, &label, None, &Limits::STANDARD).unwrap();
        assert_eq!(inventory.coverage[0].read, Reading::Complete, "{label}");
        assert_eq!(inventory.components.len(), listed(&bytes), "{label}");
        components += inventory.components.len();
    }
    println!("CycloneDX: {} documents, {components} components", documents.len());
    assert!(documents.is_empty() || documents.len() > 150, "{} documents", documents.len());
}

/// What is wrong concerns what is read of these: nothing of them, or not all of it, counts as read.
const REFUSED: [&str; 3] = ["invalid-bomformat", "invalid-empty-component", "invalid-hash-sha256"];

#[test]
fn a_document_with_a_defect_in_what_is_read_is_not_clean_and_others_are_read() {
    let documents = documents("invalid-");
    let mut refused = 0;
    for path in &documents {
        let bytes = fs::read(path).unwrap();
        let label = path.display().to_string();
        let name = path.file_name().unwrap().to_string_lossy();
        let inventory = cyclonedx::read(&bytes, &label, &Limits::STANDARD);
        if REFUSED.iter().any(|start| name.starts_with(start)) {
            assert!(!inventory.is_complete(), "{label}");
            refused += 1;
        } else {
            assert!(inventory.is_complete(), "{label}: {:?}", inventory.coverage);
            assert_eq!(inventory.components.len(), listed(&bytes), "{label}");
        }
    }
    println!("CycloneDX: {} documents with a defect, {refused} of them refused", documents.len());
    assert!(documents.is_empty() || (documents.len() > 80 && refused == 12), "{} documents", documents.len());
}

#[test]
fn a_document_cut_anywhere_is_unread_and_not_clean() {
    let Some(path) =
        documents("valid-").into_iter().find(|path| path.ends_with("1.6/valid-vulnerability-1.6.json"))
    else {
        return;
    };
    let bytes = fs::read(path).unwrap();
    let whole = bytes.trim_ascii_end().len();
    for end in (0..whole).step_by(7) {
        let inventory = cyclonedx::read(&bytes[..end], "cut", &Limits::STANDARD);
        assert!(!inventory.is_complete() && inventory.components.is_empty(), "cut at {end}");
    }
}
