//! How a person names one revision of a directive.

use core::fmt;
use core::str::FromStr;

use crate::directive::{DirectiveId, NotADirectiveId, Revision};

/// A revision, as a person names it: `BOD-17-01@2`; the newest, where no number is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The directive.
    pub id: DirectiveId,
    /// The revision; the newest where absent.
    pub revision: Option<Revision>,
}

/// A text that names no revision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotNamed {
    /// What stands in front is no directive's id.
    #[error(transparent)]
    Id(#[from] NotADirectiveId),
    /// What stands behind `@` is no revision.
    #[error("wanted a whole number from 1 behind @")]
    Revision,
}

impl FromStr for Named {
    type Err = NotNamed;

    fn from_str(text: &str) -> Result<Self, NotNamed> {
        let Some((id, number)) = text.rsplit_once('@') else {
            return Ok(Self { id: text.parse()?, revision: None });
        };
        let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let revision = number.parse().ok().filter(|_| plain).and_then(Revision::new);
        Ok(Self { id: id.parse()?, revision: Some(revision.ok_or(NotNamed::Revision)?) })
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revision {
            Some(revision) => write!(f, "{}@{revision}", self.id),
            None => write!(f, "{}", self.id),
        }
    }
}
