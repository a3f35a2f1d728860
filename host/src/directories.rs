//! Where configuration and state lie when nobody says otherwise.
//!
//! For root the folders of the system (Filesystem Hierarchy Standard 3.0), for a user those of the XDG Base Directory
//! Specification 0.8. A service manager that names a folder (`STATE_DIRECTORY`, systemd.exec) is obeyed first.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::world::World;

/// There is no folder to use by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DirectoryError {
    /// Neither the XDG variable nor `HOME` holds an absolute path.
    #[error("neither {variable} nor HOME holds an absolute path")]
    NoHome {
        /// The XDG variable.
        variable: &'static str,
    },
}

/// The folder of configuration: `/etc/interdict` for root, `$XDG_CONFIG_HOME/interdict` for a user.
///
/// # Errors
///
/// [`DirectoryError::NoHome`] for a user without a home.
pub fn config_dir(world: &World) -> Result<PathBuf, DirectoryError> {
    choose(world, "CONFIGURATION_DIRECTORY", SYSTEM_CONFIG_DIR, "XDG_CONFIG_HOME", ".config")
}

/// The folder of state: `/var/lib/interdict` for root, `$XDG_STATE_HOME/interdict` for a user.
///
/// # Errors
///
/// [`DirectoryError::NoHome`] for a user without a home.
pub fn state_dir(world: &World) -> Result<PathBuf, DirectoryError> {
    choose(world, "STATE_DIRECTORY", SYSTEM_STATE_DIR, "XDG_STATE_HOME", ".local/state")
}

/// The configuration of the service.
pub const SYSTEM_CONFIG_DIR: &str = "/etc/interdict";

/// The state of the service, which verbs that only read fall back to.
pub const SYSTEM_STATE_DIR: &str = "/var/lib/interdict";

fn choose(
    world: &World,
    service: &str,
    system: &str,
    variable: &'static str,
    below_home: &str,
) -> Result<PathBuf, DirectoryError> {
    // The service manager separates several folders by colons; the first is ours.
    if let Some(named) = world.variable(service).and_then(|paths| absolute(paths.split(':').next()?)) {
        return Ok(named);
    }
    if world.is_root {
        return Ok(PathBuf::from(system));
    }
    // XDG 0.8: a relative path in the variable is to be ignored.
    let base = world
        .variable(variable)
        .and_then(absolute)
        .or_else(|| world.variable("HOME").and_then(absolute).map(|home| home.join(below_home)))
        .ok_or(DirectoryError::NoHome { variable })?;
    Ok(base.join("interdict"))
}

fn absolute(path: &str) -> Option<PathBuf> {
    Some(Path::new(path)).filter(|path| path.is_absolute()).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestWorld;

    #[test]
    fn a_user_has_the_xdg_folders() {
        let home = TestWorld::new().variable("HOME", "/home/ann");
        assert_eq!(config_dir(&home.world), Ok("/home/ann/.config/interdict".into()));
        assert_eq!(state_dir(&home.world), Ok("/home/ann/.local/state/interdict".into()));
        let named = home.variable("XDG_STATE_HOME", "/srv/ann").variable("XDG_CONFIG_HOME", "relative");
        assert_eq!(state_dir(&named.world), Ok("/srv/ann/interdict".into()));
        assert_eq!(config_dir(&named.world), Ok("/home/ann/.config/interdict".into()));
    }

    #[test]
    fn root_has_the_systems_folders() {
        let mut test = TestWorld::new().variable("HOME", "/root");
        test.world.is_root = true;
        assert_eq!(config_dir(&test.world), Ok("/etc/interdict".into()));
        assert_eq!(state_dir(&test.world), Ok("/var/lib/interdict".into()));
    }

    #[test]
    fn the_service_manager_is_obeyed_first() {
        let test = TestWorld::new().variable("STATE_DIRECTORY", "/var/lib/private/interdict:/other");
        assert_eq!(state_dir(&test.world), Ok("/var/lib/private/interdict".into()));
    }

    #[test]
    fn without_a_home_there_is_an_error() {
        let test = TestWorld::new().variable("HOME", "not/absolute");
        assert_eq!(state_dir(&test.world), Err(DirectoryError::NoHome { variable: "XDG_STATE_HOME" }));
    }
}
