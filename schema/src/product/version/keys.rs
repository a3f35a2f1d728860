//! Keys that were made, for versions that many rules ask about.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Key, Scheme, VersionError};

/// The keys of a component's versions, each made once, however many ranges it is compared with.
///
/// A component has one version, or two where its package URL or CPE name has another; so this is searched from the front and
/// is for one component.
#[derive(Debug, Default)]
pub struct Keys(Vec<(Scheme, String, Result<Key, VersionError>)>);

impl Keys {
    /// The key of a version in a scheme.
    ///
    /// # Errors
    /// As [`Scheme::key`].
    pub fn of(&mut self, scheme: Scheme, version: &str) -> Result<&Key, VersionError> {
        let known = self.0.iter().position(|(of, text, _)| *of == scheme && text == version);
        let at = known.unwrap_or_else(|| {
            self.0.push((scheme, version.to_owned(), scheme.key(version)));
            self.0.len() - 1
        });
        let (_, _, key) = self.0.get(at).expect("it was found or has been put there");
        key.as_ref().map_err(|error| *error)
    }

    /// How many were made.
    pub fn made(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_each_version_and_scheme_also_where_there_is_none() {
        let mut keys = Keys::default();
        for _ in 0..3 {
            for (scheme, version) in [(Scheme::Deb, "1.0"), (Scheme::Rpm, "1.0"), (Scheme::Deb, "1.1")] {
                assert_eq!(keys.of(scheme, version).cloned(), scheme.key(version));
            }
            assert_eq!(keys.of(Scheme::Deb, "1_0").cloned(), Scheme::Deb.key("1_0"));
        }
        assert_eq!(keys.made(), 4);
    }
}
