//! Browsers: extensions that are refused, and pages that are not opened.
//!
//! | room | what is decided there |
//! |---|---|
//! | [`chromium`] | Chromium, Google Chrome and Microsoft Edge: files of their own in a folder of policies |
//! | [`firefox`] | Firefox: its one file of policies |
//! | [`merge`] | what is put into that one file, and taken out of it again |
//! | [`pages`] | which names are blocked and let through, of as many as a browser heeds |
//! | [`pattern`] | what the administrator's own entries mean |
//! | [`extensions`] | which extensions are refused |
//!
//! Tried with Chromium 156 and Firefox 153 ESR. Neither can log without blocking, so that nothing is written for what is only
//! audited. Both block pages and frames alone: a picture or a script that another page loads from a banned domain still
//! loads, so that no domain is enforced exactly; [`rpz`](super::rpz) does that.
//!
//! Not here: networks, which browsers do not know.

pub mod chromium;
pub mod extensions;
pub mod firefox;
pub mod merge;
pub mod pages;
pub mod pattern;

pub use chromium::Chromium;
pub use firefox::Firefox;

use std::path::PathBuf;

use super::{Options, RenderError};

/// How many entries of one list of pages a browser heeds (Chromium: `URLBlocklist`, `URLAllowlist`; Firefox:
/// `WebsiteFilter`); it ignores the rest without a word.
pub const HEEDED: usize = 1000;

const PATH: &str = "an absolute path of letters, digits and . _ - without ..";

/// A setting that is a path.
fn path(options: &Options<'_>, key: &'static str) -> Result<PathBuf, RenderError> {
    let text = options.setting(key);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let absolute = text.len() > 1 && text.starts_with('/') && !text.split('/').any(|part| part == "..");
    if absolute && text.bytes().all(plain) {
        return Ok(PathBuf::from(text));
    }
    Err(RenderError::Setting { key, found: text.to_owned(), wanted: PATH })
}
