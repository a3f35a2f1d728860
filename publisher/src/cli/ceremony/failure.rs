//! What a refusal of a ceremony means for the exit code, and what to do next.

use interdict_host::exit::Exit;

use crate::ceremony::{CeremonyRefusal, NotAKeyId, RotationRefusal};
use crate::cli::Failure;

/// The exit code that a refusal means, and the next step.
pub fn advice(refusal: &CeremonyRefusal) -> (Exit, Option<&'static str>) {
    use CeremonyRefusal as R;
    let exit = match refusal {
        R::Read(_)
        | R::Shape(_)
        | R::Format { .. }
        | R::Documents { .. }
        | R::DuplicateName { .. }
        | R::Kind { .. }
        | R::NoBase
        | R::Name { .. }
        | R::NotAnEnvelope { .. }
        | R::NotADirective { .. }
        | R::KnownRoot { .. } => Exit::Usage,
        _ => Exit::Refused,
    };
    let hint = match refusal {
        R::Read(_) | R::Shape(_) => {
            "a ceremony file is made by `interdict-publisher ceremony start`; was it cut off on its way?"
        }
        R::Format { .. } => "it was made by another version of this program",
        R::Digest { .. } | R::NotCanonical { .. } | R::Quorum { .. } | R::BadSignature { .. } => {
            "the file was changed on its way: ask for it again, and compare its digest by another way"
        }
        R::NotInRole { .. } => "ask for the copy from before that signature was added",
        R::NotASigner { .. } => {
            "`interdict-publisher ceremony show FILE` lists whose signatures are missing; nothing was signed"
        }
        R::Expired { .. } => "start the ceremony again",
        R::OtherCeremony { .. } => "`interdict-publisher ceremony show FILE` shows what each is about",
        R::OtherRepository { .. } => {
            "it was started for another repository, or somebody wants you to believe so; nothing was changed"
        }
        R::Moved { .. } => {
            "something else was published since: start the ceremony again; nothing was changed"
        }
        R::OtherRoot { .. } => "one of the two is forged; nothing was changed",
        R::KnownRoot { .. } => "give the repository's first root, or the newest one",
        R::Incomplete { .. } => {
            "let those who are named above sign it: interdict-publisher ceremony sign FILE --key KEY; nothing was changed"
        }
        R::VersionTaken { .. } => {
            "move that file away if it is no longer needed, or start the ceremony again"
        }
        R::Closed { .. } => "go on with one of the copies that the targets' keys are to sign",
        R::Issuers(_) => "the list of issuers has to go with the keys of the repository",
        _ => return (exit, None),
    };
    (exit, Some(hint))
}

impl From<CeremonyRefusal> for Failure {
    fn from(refusal: CeremonyRefusal) -> Self {
        let (exit, hint) = advice(&refusal);
        let failure = Self::new(refusal, exit);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<RotationRefusal> for Failure {
    fn from(refusal: RotationRefusal) -> Self {
        let hint = match &refusal {
            RotationRefusal::NotAKey { .. } | RotationRefusal::Ambiguous { .. } => {
                "the keyids of a role stand in the newest root; `interdict-publisher key show KEY` shows that of a key"
            }
            RotationRefusal::Lockout { .. } | RotationRefusal::NoThreshold { .. } => {
                "add keys, or lower the threshold with --threshold; nothing was changed"
            }
            RotationRefusal::SharedKey { .. } => {
                "make another: interdict-publisher key new; nothing was changed"
            }
            RotationRefusal::Expiry { .. } => {
                "give a longer --lifetime, or a shorter --valid-for; nothing was changed"
            }
        };
        Self::usage(refusal).hint(hint)
    }
}

impl From<NotAKeyId> for Failure {
    fn from(error: NotAKeyId) -> Self {
        Self::usage(error)
    }
}
