//! `replacement-present`: what must be there before something is blocked or removed. The banned product may be what protects the
//! machine, and taking it away before another runs breaks another control.

use std::fmt;
use std::path::PathBuf;

use interdict_schema::directive::DirectiveId;
use serde::{Deserialize, Deserializer, Serialize, de};

/// Something that must be there before something is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replacement {
    /// The directive.
    pub directive: DirectiveId,
    /// The subject's id; every subject of the directive where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// What must be there.
    #[serde(flatten)]
    pub required: Required,
}

/// What must be there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Required {
    /// An installed package of the system, by its name.
    Package(String),
    /// A unit of systemd that is enabled: `clamav-daemon.service`.
    Service(String),
    /// A file or folder.
    Path(PathBuf),
}

impl fmt::Display for Required {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(name) => write!(f, "package {name}"),
            Self::Service(name) => write!(f, "service {name}"),
            Self::Path(path) => write!(f, "path {}", path.display()),
        }
    }
}

impl Replacement {
    /// Whether a subject of a directive waits for it.
    pub fn concerns(&self, directive: &DirectiveId, part: &str) -> bool {
        self.directive == *directive && self.part.as_deref().is_none_or(|named| named == part)
    }
}

impl<'de> Deserialize<'de> for Replacement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            directive: DirectiveId,
            part: Option<String>,
            package: Option<String>,
            service: Option<String>,
            path: Option<PathBuf>,
        }
        let Written { directive, part, package, service, path } = Written::deserialize(deserializer)?;
        let required = match (package, service, path) {
            (Some(package), None, None) if is_name(&package) => Required::Package(package),
            (None, Some(service), None) if is_name(&service) => Required::Service(service),
            (None, None, Some(path)) if path.is_absolute() => Required::Path(path),
            _ => {
                return Err(de::Error::custom(
                    "wanted exactly one of `package`, `service` (names) and `path` (absolute)",
                ));
            }
        };
        Ok(Self { directive, part, required })
    }
}

/// Whether a text can be the name of a package or unit; it becomes part of a path.
fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+:@-".contains(&byte);
    (1..=255).contains(&text.len())
        && text.bytes().all(plain)
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
}
