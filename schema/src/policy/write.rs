//! The policy as JSON, JSON Lines and tab-separated values.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Policy, PolicyDeadline, Rule};
use crate::DateTime;

/// The columns of [`Policy::to_tsv`].
const COLUMNS: [&str; 14] = [
    "repository",
    "directive",
    "revision",
    "subject",
    "name",
    "disposition",
    "kind",
    "value",
    "audit_from",
    "block_from",
    "until",
    "waived_until",
    "next_action",
    "next_deadline",
];

/// In front of the kind in a row whose value is the name of a file, one value a line.
const ENTRIES: &str = "entries:";

impl Policy {
    /// The whole policy as indented JSON with a line end.
    pub fn to_json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a policy has only string keys");
        bytes.push(b'\n');
        bytes
    }

    /// One rule a line, each with `verified_at` and `fresh_until`, so that a line can be judged alone.
    pub fn to_json_lines(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Line<'a> {
            verified_at: DateTime,
            fresh_until: DateTime,
            #[serde(flatten)]
            rule: &'a Rule,
        }
        let mut bytes = Vec::new();
        for rule in &self.rules {
            let line = Line { verified_at: self.verified_at, fresh_until: self.fresh_until, rule };
            bytes.extend(serde_json::to_vec(&line).expect("a rule has only string keys"));
            bytes.push(b'\n');
        }
        bytes
    }

    /// One identifier a line, under a line of column names; the first line is a comment with `verified_at` and `fresh_until`.
    ///
    /// Tabs, line ends and other control characters of a value are written as blanks. An absent instant is `-`.
    pub fn to_tsv(&self) -> Vec<u8> {
        let mut text = alloc::format!(
            "# verified_at={} fresh_until={}\n{}\n",
            self.verified_at,
            self.fresh_until,
            COLUMNS.join("\t")
        );
        for rule in &self.rules {
            let rows = rule.identifiers.iter().map(|row| {
                let identifier = &row.identifier;
                (identifier.kind.to_string(), identifier.value.clone())
            });
            // A million lines stay where they are: the row names the file.
            let files = rule.lists.iter().flat_map(|list| &list.attachments);
            let files = files.map(|file| (alloc::format!("{ENTRIES}{}", file.kind), file.file.clone()));
            for (kind, value) in rows.chain(files) {
                let next = rule.deadlines.first();
                let instant = |at: Option<DateTime>| at.map_or_else(|| "-".into(), |at| at.to_string());
                let cells = [
                    rule.repository.clone(),
                    rule.directive.to_string(),
                    rule.revision.to_string(),
                    rule.subject.clone(),
                    rule.name.clone(),
                    rule.disposition.to_string(),
                    kind,
                    value,
                    rule.audit_from.to_string(),
                    instant(rule.block_from),
                    instant(rule.until),
                    instant(rule.waived_until),
                    next.map_or_else(|| "-".into(), |next| next.action.clone()),
                    instant(next.and_then(|next: &PolicyDeadline| next.at)),
                ];
                text.push_str(&cells.map(cell).join("\t"));
                text.push('\n');
            }
        }
        text.into_bytes()
    }
}

fn cell(text: String) -> String {
    if text.contains(char::is_control) {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    } else {
        text
    }
}
