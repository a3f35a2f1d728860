//! Snaps: what snapd's state lists (`state.json`, snapd 2), and what a package says of itself (`meta/snap.yaml`).
//!
//! The state has revisions and no versions; whoever can ask the mounted package. A snap that is turned off stays on the disk
//! and is listed. Of YAML only the plain `key: value` lines at the margin are read, which snapd writes in every package.
//! Not here: where they are mounted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

use super::coverage::Problem;
use super::format::{Format, Reader};
use super::head::Head;
use super::json;
use super::rows::{Rows, lines};
use super::text::without_mark;

/// Either file.
pub const READER: Reader = Reader {
    name: "snap",
    title: "snapd's state.json, or a snap's snap.yaml",
    recognises: |head: &Head<'_>| {
        let line = |key: &[u8]| head.lines().any(|line| line.starts_with(key));
        let yaml = line(b"name: ")
            && line(b"version: ")
            && (line(b"apps:") || line(b"confinement:") || line(b"summary:"));
        head.is_object() && head.has_all(&["data", "changes", "tasks"]) || yaml
    },
    read: |bytes, source, limits| {
        let mut rows = Rows::new(source, Format::Snap, limits);
        if without_mark(bytes).trim_ascii_start().starts_with(b"{") {
            read_state(bytes, &mut rows, &mut |_, _| None);
        } else {
            read_yaml(bytes, &mut rows);
        }
        rows.finish()
    },
};

#[derive(Deserialize)]
struct State<'a> {
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    // Without a default: a list in place of the object would be taken for an object without members.
    #[serde(borrow)]
    snaps: Option<BTreeMap<Cow<'a, str>, Snap<'a>>>,
}

#[derive(Deserialize)]
struct Snap<'a> {
    /// The revision that is in use, or was last.
    #[serde(borrow)]
    current: Option<Cow<'a, str>>,
}

/// Reads the state; `version` says the version of a name's revision, where it is known.
pub(super) fn read_state(
    bytes: &[u8],
    rows: &mut Rows<'_>,
    version: &mut dyn FnMut(&str, &str) -> Option<String>,
) {
    let state: State<'_> = match json::document(bytes) {
        Ok(state) => state,
        Err(problem) => {
            let place = rows.next_row(0);
            return rows.stop(place, problem);
        }
    };
    for (name, snap) in state.data.snaps.iter().flatten() {
        let place = rows.next_row(0);
        let mut component = rows.component(name.trim(), place);
        component.ecosystem = Some("snap".to_owned());
        component.version = snap.current.as_ref().and_then(|revision| version(name, revision));
        rows.add(component, place);
        if rows.is_full() {
            return;
        }
    }
}

/// Reads what one package says of itself.
pub(super) fn read_yaml(bytes: &[u8], rows: &mut Rows<'_>) {
    let place = rows.next_row(0);
    let limit = rows.limits().row_bytes;
    if bytes.len() > limit {
        return rows.stop(place, Problem::RowTooLong { limit });
    }
    let Some(name) = yaml_value(bytes, b"name:") else {
        return rows.stop(place, Problem::FieldMissing { field: "name" });
    };
    let mut component = rows.component(&name, place);
    component.ecosystem = Some("snap".to_owned());
    component.version = yaml_value(bytes, b"version:");
    let replaced = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
    if replaced(&name) || component.version.as_deref().is_some_and(replaced) {
        rows.note(place, Problem::Utf8);
    }
    rows.add(component, place);
}

/// The plain or quoted value of a key at the margin.
pub(super) fn yaml_value(yaml: &[u8], key: &[u8]) -> Option<String> {
    let (_, line) = lines(without_mark(yaml)).find(|(_, line)| line.starts_with(key))?;
    let text = String::from_utf8_lossy(line.get(key.len()..)?);
    let text = text.trim();
    let quoted = text.strip_prefix(['"', '\'']);
    let plain = match quoted {
        Some(rest) => rest.split(['"', '\'']).next().unwrap_or_default(),
        None => text.split(" #").next().unwrap_or_default().trim_end(),
    };
    (!plain.is_empty()).then(|| plain.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::super::coverage::Reading;
    use super::super::limits::Limits;
    use super::*;

    const STATE: &str = r#"{"data":{"auth":{},"snaps":{"kesl":{"type":"app","sequence":[{"name":"kesl","revision":"12"}],"active":false,"current":"12"},"core22":{}}},"changes":{},"tasks":{}}"#;
    const YAML: &str = "name: kesl\nversion: '11.4.0' # of today\nsummary: protection\napps:\n  name: no\n";

    #[test]
    fn the_state_lists_what_is_there_turned_off_or_not() {
        assert_eq!(Format::of(STATE.as_bytes()), Ok(Format::Snap));
        let mut rows = Rows::new("state.json", Format::Snap, &Limits::STANDARD);
        read_state(STATE.as_bytes(), &mut rows, &mut |name, revision| Some(format!("{name}-{revision}")));
        let inventory = rows.finish();
        assert!(inventory.is_complete());
        let found: Vec<_> = inventory
            .components
            .iter()
            .map(|found| (found.name.as_str(), found.version.as_deref()))
            .collect();
        assert_eq!(found, [("core22", None), ("kesl", Some("kesl-12"))]);
    }

    #[test]
    fn a_package_says_its_name_and_version() {
        assert_eq!(Format::of(YAML.as_bytes()), Ok(Format::Snap));
        for (yaml, version) in [
            (YAML.to_owned(), Some("11.4.0")),
            (YAML.replace("'11.4.0' # of today", "11.4.0 # of today"), Some("11.4.0")),
            (YAML.replace("'11.4.0' # of today", "\"1.0\""), Some("1.0")),
            (YAML.replace("version:", "base:"), None),
        ] {
            let inventory = (READER.read)(yaml.as_bytes(), "snap.yaml", &Limits::STANDARD);
            assert_eq!(inventory.components[0].name, "kesl");
            assert_eq!(inventory.components[0].version.as_deref(), version, "{yaml}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (text, json) in [
            ("{\"data\":[]}", true),
            ("{\"data\":{\"snaps\":[]}}", true),
            ("{\"data\":{\"snaps\":{\"a\":[]}}}", true),
            ("version: 1\n", false),
        ] {
            let inventory = (READER.read)(text.as_bytes(), "x", &Limits::STANDARD);
            let Reading::Partial { reason, .. } = &inventory.coverage[0].read else { unreachable!("{text}") };
            assert_eq!(matches!(reason, Problem::Json { .. }), json);
        }
    }
}
