//! Signed orders, as their authors would write them.

use interdict_schema::Sha256;

/// A directive that has prohibited these since the day on which it was issued: `[("domain", "a.example")]`.
pub fn prohibits(id: &str, identifiers: &[(&str, &str)]) -> Vec<u8> {
    order(id, identifiers, 0)
}

/// A directive by which the same becomes an order in a hundred years: until then it is audited.
pub fn will_prohibit(id: &str, identifiers: &[(&str, &str)]) -> Vec<u8> {
    order(id, identifiers, 36_500)
}

/// The second revision of a directive, which revokes it.
pub fn revoked(payload: &[u8]) -> Vec<u8> {
    let mut directive: serde_json::Value = serde_json::from_slice(payload).unwrap();
    directive["revision"] = 2.into();
    directive["previous"] = Sha256::of(payload).to_string().into();
    directive["status"] = "revoked".into();
    serde_json::to_vec(&directive).unwrap()
}

fn order(id: &str, identifiers: &[(&str, &str)], days: u32) -> Vec<u8> {
    let one = |(kind, value): &(&str, &str)| serde_json::json!({ "kind": kind, "value": value });
    let identifiers: Vec<serde_json::Value> = identifiers.iter().map(one).collect();
    let due = serde_json::json!({
        "edge": "begin", "offset": { "n": days, "unit": "day", "anchor": "issued" },
    });
    let directive = serde_json::json!({
        "format": "interdict-directive/1", "id": id, "revision": 1, "status": "in-force", "title": "Block it",
        "issuer": "dhs", "zone": "America/New_York", "issued": "2017-09-13",
        "subjects": [{ "id": "it", "name": "It", "disposition": "prohibited", "identifiers": identifiers }],
        "actions": [{ "id": "block", "modality": "must", "kind": "block", "due": due }],
    });
    serde_json::to_vec(&directive).unwrap()
}
