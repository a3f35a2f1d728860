#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;

use interdict_host::testing::TestWorld;
use interdict_schema::Sha256;
use serde_json::json;

use super::*;
use crate::repository::files::NewFiles;

fn repository() -> (tempfile::TempDir, Repository) {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::new(folder.path());
    (folder, repository)
}

#[test]
fn an_intention_is_one_object_with_the_digest_version_and_signers_of_everything() {
    let (_folder, repository) = repository();
    let envelope =
        br#"{"payloadType":"t","payload":"e30=","signatures":[{"keyid":"aa","sig":"AA=="},{"sig":"AA=="}]}"#;
    let prefix = Sha256::of(envelope);
    let timestamp = br#"{"signatures":[{"keyid":"bb","sig":""}],"signed":{"version":7}}"#;
    let new = NewFiles {
        targets: BTreeMap::from([
            (format!("{prefix}.BOD-17-01.1.json"), envelope.to_vec()),
            (format!("{prefix}.note.pdf"), b"pdf".to_vec()),
        ]),
        metadata: vec![
            ("timestamp.json".into(), timestamp.to_vec()),
            ("2.targets.json".into(), b"no".to_vec()),
        ],
    };
    let deed = Deed::new(Verb::Publish)
        .installing(&new)
        .delisting(&["ED-1.1.json".into()])
        .called("aa", "First officer")
        .called("cc", "somebody who has nothing to do with it");
    let _ = intend(&TestWorld::new().world, &repository, &deed).unwrap();
    let mut entries = Vec::new();
    let _ = journal(&repository).read(&mut |entry| entries.push(entry.what)).unwrap();
    let sha = |bytes: &[u8]| Sha256::of(bytes).to_string();
    let wanted = json!({
        "verb": "publish", "step": "intended",
        "documents": [
            { "path": "BOD-17-01.1.json", "digest": sha(b"{}"), "signed_by": ["aa"] },
            { "path": "note.pdf", "digest": sha(b"pdf") },
        ],
        "delisted": ["ED-1.1.json"],
        "files": [
            { "name": "timestamp.json", "version": 7, "digest": sha(timestamp), "signed_by": ["bb"] },
            { "name": "2.targets.json", "version": 0, "digest": sha(b"no"), "signed_by": [] },
        ],
        "labels": { "aa": "First officer" },
    });
    assert_eq!(entries, [wanted]);
}

#[test]
fn an_entry_names_a_thousand_documents_and_counts_the_next_one() {
    let document = |number: usize| DocumentEntry {
        path: format!("{number:0200}.json"),
        digest: Sha256::of(b""),
        signed_by: vec!["a".repeat(64); 3],
    };
    for (documents, more) in [(MOST_DOCUMENTS, 0), (MOST_DOCUMENTS + 1, 1)] {
        let deed =
            (0..documents).fold(Deed::new(Verb::Publish), |deed, number| deed.document(document(number)));
        let record = deed.at(Step::Intended);
        assert_eq!((record.documents.len(), record.more_documents), (MOST_DOCUMENTS, more));
        let (_folder, repository) = repository();
        let _ = intend(&TestWorld::new().world, &repository, &deed).unwrap();
    }
}

#[test]
fn a_text_of_any_length_fits_into_an_entry() {
    let deed = Deed::new(Verb::KeyLost).about(&"x".repeat(5_000)).called("x".repeat(64), &"y".repeat(5_000));
    let record = deed.at(Step::Noted);
    assert_eq!((record.about.unwrap().len(), record.labels.values().next().unwrap().len()), (1_000, 1_000));
}

#[test]
fn what_a_later_version_writes_is_passed_over_and_the_chain_is_followed() {
    let (_folder, repository) = repository();
    let world = TestWorld::new().world;
    let _ = journal(&repository).append(&world, &json!({ "verb": "transmogrify", "step": "begun" })).unwrap();
    let found = standing(&repository).unwrap();
    assert_eq!((found.open, found.timestamp), (None, None));
    assert!(found.chain.is_whole());
    assert_eq!(found.chain.head.unwrap().number, 1);
}
