//! The valid documents of the `CycloneDX` specification, 1.4 to 1.7.

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

fn documents() -> Vec<PathBuf> {
    let Some(folder) = official::folder("cyclonedx") else { return Vec::new() };
    let versions =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files =
        versions.flat_map(|version| fs::read_dir(version).unwrap()).map(|entry| entry.unwrap().path());
    let valid = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("valid-") && path.extension().is_some_and(|extension| extension == "json")
    };
    let mut documents: Vec<_> = files.filter(valid).collect();
    documents.sort();
    documents
}

#[test]
fn reads_every_valid_document_and_every_component_in_it() {
    let documents = documents();
    let mut components = 0;
    for path in &documents {
        let bytes = fs::read(path).unwrap();
        let label = path.display().to_string();
        assert_eq!(Format::of(&bytes), Ok(Format::CycloneDx), "{label}");
        let inventory = detect::read(&bytes, &label, None, &Limits::STANDARD).unwrap();
        assert_eq!(inventory.coverage[0].read, Reading::Complete, "{label}");
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        let subject = document["metadata"].get("component").map_or(0, |one| 1 + count(one, "components"));
        let listed = count(&document, "components") + count(&document, "services");
        assert_eq!(inventory.components.len(), subject + listed, "{label}");
        components += inventory.components.len();
    }
    println!("CycloneDX: {} documents, {components} components", documents.len());
    assert!(documents.is_empty() || documents.len() > 150, "{} documents", documents.len());
}

#[test]
fn a_document_cut_anywhere_is_unread_and_not_clean() {
    let Some(path) = documents().into_iter().find(|path| path.ends_with("1.6/valid-vulnerability-1.6.json"))
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
