//! Where to, as it stands on the command line.

use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// Where a repository is pushed to.
///
/// Text forms: `s3://BUCKET/PREFIX`; `rsync://HOST/MODULE/PATH`, `HOST:PATH` and `USER@HOST:PATH`, as rsync has them;
/// anything else is a folder. A folder with a colon in its first component is written with `./` in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder.
    Directory(PathBuf),
    /// A bucket, and what stands before each name in it: nothing, or components with `/` between.
    Bucket {
        /// The bucket.
        bucket: String,
        /// The prefix, without a slash at either end.
        prefix: String,
    },
    /// What rsync understands.
    Rsync(String),
}

/// A text that says no [`Place`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAPlace {
    /// A scheme that nothing here speaks.
    #[error("found the scheme {scheme:?}, wanted s3, rsync, HOST:PATH or a folder")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// `s3://` without a name behind it that could be a bucket's.
    #[error("found {bucket:?} as the name of a bucket, wanted letters, digits, dots and hyphens")]
    Bucket {
        /// What stands there.
        bucket: String,
    },
    /// A prefix with components that some client would not ask for.
    #[error(
        "found the prefix {prefix:?}, wanted components of letters, digits and -._~ with one slash between"
    )]
    Prefix {
        /// What stands there.
        prefix: String,
    },
    /// What rsync would take for an option.
    #[error("found {text:?}, which begins with a hyphen")]
    Option {
        /// What stands there.
        text: String,
    },
}

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        if text.starts_with('-') {
            return Err(NotAPlace::Option { text: text.to_owned() });
        }
        match text.split_once("://") {
            Some(("s3", rest)) => return bucket(rest),
            Some(("rsync", _)) => return Ok(Self::Rsync(text.to_owned())),
            Some((scheme, _)) if !scheme.contains('/') => {
                return Err(NotAPlace::Scheme { scheme: scheme.to_owned() });
            }
            _ => {}
        }
        let first = text.split('/').next().unwrap_or_default();
        Ok(if first.contains(':') { Self::Rsync(text.to_owned()) } else { Self::Directory(text.into()) })
    }
}

fn bucket(rest: &str) -> Result<Place, NotAPlace> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if bucket.is_empty() || !bucket.bytes().all(is_name) {
        return Err(NotAPlace::Bucket { bucket: bucket.to_owned() });
    }
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let is_component = |text: &str| !matches!(text, "" | "." | "..") && text.bytes().all(is_plain);
    if !prefix.is_empty() && !prefix.split('/').all(is_component) {
        return Err(NotAPlace::Prefix { prefix: prefix.to_owned() });
    }
    Ok(Place::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_kind_of_place_a_text_means() {
        let bucket =
            |bucket: &str, prefix: &str| Place::Bucket { bucket: bucket.into(), prefix: prefix.into() };
        let rsync = |text: &str| Place::Rsync(text.into());
        for (text, place) in [
            ("s3://directives", bucket("directives", "")),
            ("s3://directives/", bucket("directives", "")),
            ("s3://a.b-c/v1/gov/", bucket("a.b-c", "v1/gov")),
            ("rsync://mirror.example.gov/directives", rsync("rsync://mirror.example.gov/directives")),
            ("web@mirror.example.gov:/srv/www", rsync("web@mirror.example.gov:/srv/www")),
            ("mirror:directives", rsync("mirror:directives")),
            ("/srv/www", Place::Directory("/srv/www".into())),
            ("./a:b", Place::Directory("./a:b".into())),
            ("a/b:c", Place::Directory("a/b:c".into())),
        ] {
            assert_eq!(text.parse(), Ok(place), "{text}");
        }
    }

    #[test]
    fn refuses_other_schemes_options_and_names_that_no_client_asks_for() {
        let scheme = |scheme: &str| NotAPlace::Scheme { scheme: scheme.into() };
        for (text, refusal) in [
            ("https://example.gov/", scheme("https")),
            ("gs://bucket", scheme("gs")),
            ("s3://", NotAPlace::Bucket { bucket: String::new() }),
            ("s3://a b/c", NotAPlace::Bucket { bucket: "a b".into() }),
            ("s3://a/b//c", NotAPlace::Prefix { prefix: "b//c".into() }),
            ("s3://a/../b", NotAPlace::Prefix { prefix: "../b".into() }),
            ("s3://a/b%20", NotAPlace::Prefix { prefix: "b%20".into() }),
            ("-e:x", NotAPlace::Option { text: "-e:x".into() }),
        ] {
            assert_eq!(text.parse::<Place>(), Err(refusal), "{text}");
        }
    }
}
