//! Vendors' responses on the page of a directive: what was said, and that it changes nothing by itself.

use interdict_schema::directive::{Attachment, Directive};

use super::Page;

/// Adds the responses, where there are any.
pub(super) fn responses(page: &mut Page, directive: &Directive) {
    if directive.responses.is_empty() {
        return;
    }
    page.heading("Vendors' responses");
    page.line("  They change nothing about what is in force: only a revision that says so does.");
    for response in &directive.responses {
        let due = response.due.map_or_else(String::new, |due| format!(", may be sent until {due}"));
        let received = response.received.map_or_else(String::new, |on| format!(", received {on}"));
        page.line(format!("  {}: {}, {}{due}{received}", response.id, response.vendor, response.state));
        attachment(page, "document", response.document.as_ref());
        attachment(page, "decision", response.decision.as_ref());
    }
}

fn attachment(page: &mut Page, what: &str, attachment: Option<&Attachment>) {
    if let Some(Attachment { path, digest, media_type }) = attachment {
        let path = path.as_ref().map_or_else(String::new, |path| format!("{path}, "));
        page.line(format!("    {what}: {path}{media_type}, sha256:{digest}"));
    }
}
