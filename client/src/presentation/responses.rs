//! Vendors' responses on the page of a directive: what was said, and that it changes nothing by itself.

use interdict_host::terminal::Paint;
use interdict_host::verifier::Provider;
use interdict_schema::directive::{Attachment, Directive};
use interdict_schema::tuf::{Lookup, TargetPath, TrustedSet};

use super::Page;
use crate::store::generation::HeldRepository;

/// Adds the responses, where there are any.
pub(super) fn responses(page: &mut Page, directive: &Directive, repository: &HeldRepository) {
    if directive.responses.is_empty() {
        return;
    }
    page.heading("Vendors' responses");
    page.line("  They change nothing about what is in force: only a revision that says so does.");
    let mut set = repository.trusted_set(&Provider).ok();
    for response in &directive.responses {
        let due = response.due.map_or_else(String::new, |due| format!(", may be sent until {due}"));
        let received = response.received.map_or_else(String::new, |on| format!(", received {on}"));
        page.line(format!("  {}: {}, {}{due}{received}", response.id, response.vendor, response.state));
        for (what, file) in [("document", &response.document), ("decision", &response.decision)] {
            if let Some(file) = file {
                attachment(page, what, file, (repository, set.as_mut()));
            }
        }
    }
}

fn attachment(
    page: &mut Page,
    what: &str,
    file: &Attachment,
    (repository, set): (&HeldRepository, Option<&mut TrustedSet<'_>>),
) {
    let Attachment { path, digest, media_type } = file;
    let named = path.as_ref().map_or_else(String::new, |path| format!("{path}, "));
    page.line(format!("    {what}: {named}{media_type}, sha256:{digest}"));
    let (Some(path), Some(set)) = (path, set) else { return };
    match published(path, repository, set) {
        Some(found) if found == *digest => {
            page.line("      the repository publishes the file with this digest");
        }
        Some(found) => page.painted(
            Paint::Alarm,
            format!("      the repository publishes another file under this name: sha256:{found}"),
        ),
        _ => page.painted(Paint::Warning, "      the repository publishes no such file"),
    }
}

/// The digest of the file that the verified metadata lists under a name, where it lists it with one.
fn published(
    path: &str,
    repository: &HeldRepository,
    set: &mut TrustedSet<'_>,
) -> Option<interdict_schema::Sha256> {
    let path: TargetPath = path.parse().ok()?;
    repository.supply(set, &path).ok()?;
    match set.find(&path).ok()? {
        Lookup::Found { file, .. } => file.hashes.sha256,
        _ => None,
    }
}
