//! Firefox: `policies.json` (<https://mozilla.github.io/policy-templates/>), one file and no folder, so that it is merged into.
//!
//! Tried with Firefox 153 ESR:
//! - As soon as `/etc/firefox/policies/policies.json` is there, the one in the installation's `distribution/` is not read.
//!   So where an administrator has that one alone, its policies are taken over, and followed when they change.
//! - A value that is not of its form is dropped without a word, sometimes with the whole policy. What is written here is of its
//!   form; what is there and is not is refused.
//! - `Exceptions` win always, however narrow the block.
//! - `ExtensionSettings` tells letter case of ids apart.
//!
//! Not here: whether the browser took it up. It is seen on `about:policies` after its next start.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::super::{
    Bans, File, Marker, Options, Ownership, RenderError, Rendered, Setting, Target, Verdicts, Warning,
};
use super::chromium::{pages_warnings, text};
use super::extensions::{Form, message, refused};
use super::merge::{Listed, Ours, is_merged, ours_of, patterns, put_in, taken_from, taken_out};
use super::pages::{Room, Wins, pages};
use super::pattern::Pattern;
use super::{HEEDED, path};

/// The target `firefox`.
#[derive(Debug, Clone, Copy)]
pub struct Firefox;

/// Where installations have a file of policies of their own.
const DISTRIBUTIONS: &[&str] = &[
    "/usr/lib/firefox-esr/distribution/policies.json",
    "/usr/lib/firefox/distribution/policies.json",
    "/usr/lib64/firefox/distribution/policies.json",
    "/opt/firefox/distribution/policies.json",
];

const SETTINGS: &[Setting] = &[
    Setting {
        key: "file",
        about: "the file of policies that Firefox reads",
        default: "/etc/firefox/policies/policies.json",
    },
    Setting {
        key: "program",
        about: "firefox-esr or firefox, without which it is absent; none where that is not looked for",
        default: "firefox-esr",
    },
];

impl Target for Firefox {
    fn name(&self) -> &'static str {
        "firefox"
    }

    fn about(&self) -> &'static str {
        "refuses banned add-ons and pages of banned domains in Firefox"
    }

    fn settings(&self) -> &'static [Setting] {
        SETTINGS
    }

    fn reads(&self, options: &Options<'_>) -> Vec<PathBuf> {
        let own = path(options, "file").ok();
        own.into_iter().chain(DISTRIBUTIONS.iter().map(PathBuf::from)).collect()
    }

    fn without(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let found = document(bytes)?;
        if !is_merged(&found) {
            return None;
        }
        let document = taken_out(found);
        Some(if document.is_empty() { Vec::new() } else { text(&Value::Object(document)) })
    }

    fn put_again(&self, earlier: &[u8], now: Option<&[u8]>) -> Option<Vec<u8>> {
        let ours = ours_of(&document(earlier)?)?;
        let theirs = match now {
            Some(now) => taken_out(document(now)?),
            None => Map::new(),
        };
        put_in(theirs, &ours).ok().map(|merged| text(&Value::Object(merged)))
    }

    fn render(&self, bans: &Bans, options: &Options<'_>) -> Result<Rendered, RenderError> {
        let file = path(options, "file")?;
        let found = options.setting("program");
        let needs: &[&str] = match found {
            "firefox-esr" => &["firefox-esr"],
            "firefox" => &["firefox"],
            "none" => &[],
            _ => {
                let wanted = "firefox-esr, firefox or none";
                return Err(RenderError::Setting { key: "program", found: found.to_owned(), wanted });
            }
        };
        let (theirs, from) = theirs(options, &file)?;
        let mut verdicts = Verdicts::new(bans.count());
        let refused = refused(bans, &[Form::Guid, Form::Address], &mut verdicts);
        let pages = pages(bans, &room(&theirs), &mut verdicts);
        let mut warnings = pages_warnings(&pages);
        let pattern = |name: &String| format!("*://*.{name}/*");
        let ours = Ours {
            refused: refused.iter().map(|(id, directives)| (id.clone(), message(directives))).collect(),
            blocked: pages.blocked.iter().map(pattern).collect(),
            let_through: pages.let_through.iter().map(pattern).collect(),
            taken_from: from.clone(),
        };
        let mut files = Vec::new();
        if !ours.refused.is_empty() || !ours.blocked.is_empty() {
            let place = from.map_or(file.clone(), PathBuf::from);
            let merged = put_in(theirs, &ours).map_err(|_| not_mergeable(place))?;
            files.push(File {
                path: file,
                bytes: text(&Value::Object(merged)),
                permissions: 0o644,
                marker: Marker::None,
                ownership: Ownership::Shared,
            });
            warnings.push(Warning("Firefox takes its policies up when it is started the next time".into()));
        }
        Ok(Rendered {
            files,
            needs,
            validate: Vec::new(),
            activate: Vec::new(),
            questions: Vec::new(),
            verdicts,
            warnings,
        })
    }
}

fn document(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(document)) => Some(document),
        _ => None,
    }
}

fn not_mergeable(path: PathBuf) -> RenderError {
    RenderError::Merge { path, wanted: "an object whose policies are of Firefox's form" }
}

/// What the administrator has, without ours; and the file of the installation from which it is, where the one that Firefox
/// prefers is not the administrator's.
fn theirs(
    options: &Options<'_>,
    file: &std::path::Path,
) -> Result<(Map<String, Value>, Option<String>), RenderError> {
    if let Some(now) = options.seen.file(file) {
        let found = document(&now.bytes).ok_or_else(|| not_mergeable(file.into()))?;
        // Once somebody has edited a copy it is theirs.
        if !now.ours || taken_from(&found).is_none() {
            let made_here = now.ours && now.base.is_none();
            let theirs = taken_out(found);
            if !made_here || !theirs.is_empty() {
                return Ok((theirs, None));
            }
        }
    }
    for place in DISTRIBUTIONS {
        if let Some(now) = options.seen.file(place.as_ref()) {
            let found = document(&now.bytes).ok_or_else(|| not_mergeable(place.into()))?;
            return Ok((found, Some((*place).to_owned())));
        }
    }
    Ok((Map::new(), None))
}

fn room(theirs: &Map<String, Value>) -> Room {
    let of = |list| patterns(theirs, list).map(Pattern::matching).collect::<Vec<_>>();
    let (blocked, let_through) = (of(Listed::Blocked), of(Listed::LetThrough));
    Room {
        blocks: HEEDED.saturating_sub(blocked.len()),
        lets_through: HEEDED.saturating_sub(let_through.len()),
        wins: Wins::LetThrough,
        blocked,
        let_through,
    }
}
