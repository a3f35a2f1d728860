//! Whose process this is, as far as the kernel knows, and who says to have sent them.

use serde::{Deserialize, Serialize};

use crate::world::World;

/// A process's user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The effective user id: whose files are this process's own.
    pub uid: u32,
    /// That user's name, where the system knows one.
    pub user: Option<String>,
    /// The user id with which the session began (`/proc/self/loginuid`), which `sudo` and `su` do not change. `None` for services, and
    /// where the kernel keeps none.
    pub login_uid: Option<u32>,
}

impl Identity {
    /// Asks the kernel and the system's list of users.
    pub fn of_this_process() -> Self {
        let uid = rustix::process::geteuid();
        let found = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid.as_raw()));
        Self {
            uid: uid.as_raw(),
            user: found.ok().flatten().map(|user| user.name),
            login_uid: login_uid(std::fs::read_to_string("/proc/self/loginuid").ok().as_deref()),
        }
    }

    /// The identity of a test: its files are its own, and it has no name.
    pub(crate) fn of_a_test() -> Self {
        Self { uid: rustix::process::geteuid().as_raw(), user: Some("tester".into()), login_uid: None }
    }
}

/// The highest number stands for nobody.
fn login_uid(text: Option<&str>) -> Option<u32> {
    text?.trim().parse().ok().filter(|uid| *uid != u32::MAX)
}

/// Who did something, as a journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The effective user id.
    pub uid: u32,
    /// The name of that user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The user id with which the session began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_uid: Option<u32>,
    /// Who called `sudo`, as the environment has it: a claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sudo_user: Option<String>,
}

impl Who {
    /// Whoever runs this.
    pub fn of(world: &World) -> Self {
        let Identity { uid, user, login_uid } = &*world.identity;
        Self {
            uid: *uid,
            user: user.clone(),
            login_uid: *login_uid,
            sudo_user: world.variable("SUDO_USER").map(|name| name.chars().take(LONGEST_NAME).collect()),
        }
    }
}

/// The longest name that is taken from the environment, in characters: a user's name on Linux has at most 32.
const LONGEST_NAME: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestWorld;

    #[test]
    fn the_kernel_knows_whose_process_it_is() {
        let identity = Identity::of_this_process();
        assert_eq!(identity.uid, rustix::process::geteuid().as_raw());
        assert!(identity.uid != 0 || identity.user.as_deref() == Some("root"));
    }

    #[test]
    fn nobody_logged_in_where_the_kernel_has_the_highest_number_or_none() {
        assert_eq!(login_uid(Some("4294967295")), None);
        assert_eq!(login_uid(Some("1000\n")), Some(1000));
        assert_eq!(login_uid(Some("")), None);
        assert_eq!(login_uid(None), None);
    }

    #[test]
    fn who_called_sudo_is_a_claim_of_bounded_length() {
        let who = |name: &str| Who::of(&TestWorld::new().variable("SUDO_USER", name).world).sudo_user;
        assert_eq!(who("ann"), Some("ann".into()));
        assert_eq!(who(""), None);
        assert_eq!(who(&"a".repeat(33)), Some("a".repeat(32)));
    }
}
