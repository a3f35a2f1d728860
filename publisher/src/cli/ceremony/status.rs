//! How far a ceremony has come: for people, and as JSON.

use std::io::Write;
use std::path::Path;

use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::ceremony::Kind;
use interdict_schema::{DateTime, Sha256};
use serde::Serialize;

use crate::ceremony::{Missing, Opened, holder};
use crate::cli::Failure;
use crate::cli::shared::{show_json, show_lines, shown};
use crate::officer::Line;

/// How far a ceremony has come.
#[derive(Debug, Serialize)]
pub struct Status {
    file: String,
    kind: Kind,
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<String>,
    expires: DateTime,
    complete: bool,
    documents: Vec<DocumentStatus>,
    /// The documents to which a signature was added.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signed: Vec<String>,
}

#[derive(Debug, Serialize)]
struct DocumentStatus {
    name: String,
    document: String,
    sha256: Sha256,
    signed_by: Vec<Holder>,
    missing: Vec<MissingStatus>,
}

#[derive(Debug, Serialize)]
struct MissingStatus {
    of: String,
    found: u32,
    threshold: u32,
    /// Who may sign and has not.
    from: Vec<Holder>,
}

#[derive(Debug, Serialize)]
struct Holder {
    keyid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
}

impl Status {
    /// Of a ceremony in a file; `signed` are the documents that were signed just now.
    pub fn of(path: &Path, opened: &Opened, signed: Vec<String>) -> Self {
        let missing = opened.missing();
        let file = opened.file();
        let holder =
            |keyid: &String| Holder { keyid: keyid.clone(), holder: file.holders.get(keyid).cloned() };
        let documents =
            file.documents.iter().zip(opened.documents()).map(|(document, open)| DocumentStatus {
                name: document.name.clone(),
                document: open.what.to_string(),
                sha256: document.sha256,
                signed_by: document.signatures.iter().map(|signature| holder(&signature.keyid)).collect(),
                missing: missing
                    .iter()
                    .filter(|missing| missing.name == document.name)
                    .map(|missing| MissingStatus {
                        of: missing.of.clone(),
                        found: missing.found,
                        threshold: missing.threshold,
                        from: missing.keyids.iter().map(holder).collect(),
                    })
                    .collect(),
            });
        Self {
            file: path.display().to_string(),
            kind: file.kind,
            digest: format!("sha256:{}", opened.digest()),
            repository: file.base.as_ref().map(|base| format!("sha256:{}", base.repository)),
            expires: file.expires,
            complete: missing.is_empty(),
            documents: documents.collect(),
            signed,
        }
    }

    /// Shows it: the path on standard output, who is missing on standard error; or all as JSON.
    pub fn show(&self, world: &mut World, opened: &Opened, json: bool) -> Result<(), Failure> {
        if json {
            return show_json(world, self);
        }
        writeln!(world.stdout, "{}", shown(Path::new(&self.file)))?;
        show_missing(world, opened)
    }
}

/// What the ceremony is about, in words.
pub fn headline(opened: &Opened) -> Vec<Line> {
    let line = |label: &str, text: String| Line { label: label.to_owned(), text };
    let file = opened.file();
    let kind = match file.kind {
        Kind::Founding => "a new repository",
        Kind::Root => "a new root",
        Kind::Targets => "the targets anew",
        Kind::Issuers => "a new list of issuers",
        Kind::Documents => "directives",
    };
    let mut lines =
        vec![line("ceremony", kind.to_owned()), line("digest", format!("sha256:{}", opened.digest()))];
    if let (Some(base), Some(open)) = (&file.base, opened.base()) {
        lines.push(line("repository", format!("sha256:{}", base.repository)));
        lines.push(line("builds on", format!("root {}, sha256:{}", base.root, open.root.fingerprint())));
    }
    lines.extend(file.journal.map(|head| line("journal", format!("head {head}"))));
    lines.push(line("expires", file.expires.to_string()));
    lines
}

/// Whose signatures are missing, by name.
pub fn show_missing(world: &mut World, opened: &Opened) -> Result<(), Failure> {
    let missing = opened.missing();
    if missing.is_empty() {
        let next = "next: interdict-publisher ceremony finish FILE --repo DIR";
        writeln!(world.stderr, "all signatures are there\n{next}")?;
        return Ok(());
    }
    for one in &missing {
        writeln!(world.stderr, "{}", escape_control(&in_words(one)))?;
        let holders = &opened.file().holders;
        let from: Vec<Line> = one
            .keyids
            .iter()
            .map(|keyid| Line { label: "not yet".to_owned(), text: holder(keyid, holders) })
            .collect();
        show_lines(world, &from)?;
    }
    Ok(())
}

fn in_words(missing: &Missing) -> String {
    let Missing { name, of, found, threshold, .. } = missing;
    format!("{name}: signatures of {of}: {found}, wanted {threshold}")
}
