//! What is wrong with a key, what that means for the exit code, and what to do next.

use interdict_host::exit::Exit;
use interdict_host::key_file::KeyFileError;
use interdict_host::passphrase::PassphraseError;
use interdict_host::signer::{AgentError, OpenError, SignError, TokenError};

use super::{Failure, of_reading};
use crate::keyring::KeyError;

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        let (exit, hint) = of_file(&error);
        Self::new(error, exit).perhaps(hint)
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let (exit, hint) = of_opening(&error);
        Self::new(error, exit).perhaps(hint)
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        let (exit, hint) = of_token(&error);
        Self::new(error, exit).perhaps(hint)
    }
}

impl From<AgentError> for Failure {
    fn from(error: AgentError) -> Self {
        let (exit, hint) = of_agent(&error);
        Self::new(error, exit).perhaps(hint)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let (exit, hint) = match &error {
            KeyError::Open { source, .. } => of_opening(source),
            KeyError::OnlineOnly(_) => (
                Exit::Usage,
                Some(
                    "the environment and descriptors are for the snapshot and timestamp keys of a machine that runs by itself",
                ),
            ),
        };
        Self::new(error, exit).perhaps(hint)
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        let (exit, hint) = match &error {
            SignError::Faulty => (Exit::NoAnswer, None),
            SignError::Agent(error) => of_agent(error),
            SignError::Token(error) => of_token(error),
        };
        Self::new(error, exit).perhaps(hint)
    }
}

type Meaning = (Exit, Option<&'static str>);

fn of_opening(error: &OpenError) -> Meaning {
    match error {
        OpenError::File(error) => of_file(error),
        OpenError::Agent(error) => of_agent(error),
        OpenError::Token(error) => of_token(error),
        OpenError::Example(_) => (Exit::Usage, Some(EXAMPLE)),
        OpenError::Encrypted { .. } => {
            (Exit::Usage, Some("nobody is there to give its passphrase: keep an encrypted key in a file"))
        }
        OpenError::NoVariable => (
            Exit::Usage,
            Some("it holds the text of a key file, or of a PKCS #8 PEM file, neither encrypted"),
        ),
        OpenError::Public(_) | OpenError::NotBuilt { .. } => (Exit::Usage, None),
    }
}

const EXAMPLE: &str =
    "everyone has this key's secret; for a demonstration or a test add --allow-example-keys";

fn of_file(error: &KeyFileError) -> Meaning {
    let exit = match error {
        KeyFileError::Read(read) => of_reading(read),
        KeyFileError::Randomness(_) | KeyFileError::Memory { .. } => Exit::NoAnswer,
        _ => Exit::Usage,
    };
    let hint = match error {
        KeyFileError::ExampleKey(_) => Some(EXAMPLE),
        KeyFileError::Passphrase(PassphraseError::NoTerminal) => Some("give --passphrase-file FILE"),
        KeyFileError::Permissions { .. } => Some("run chmod 600 on it"),
        KeyFileError::Json(_) => Some("a key file is made by `interdict-publisher key new`"),
        KeyFileError::PemKind { .. } | KeyFileError::Algorithm { .. } => {
            Some("openssl genpkey -algorithm ed25519 -out FILE makes one")
        }
        _ => None,
    };
    (exit, hint)
}

fn of_agent(error: &AgentError) -> Meaning {
    match error {
        AgentError::NoSocket => {
            (Exit::Usage, Some("start one with `ssh-agent`, and give it the key with `ssh-add`"))
        }
        AgentError::Gone { .. } | AgentError::Broken(_) => {
            (Exit::NoAnswer, Some("start it again with `ssh-agent`, and give it the key with `ssh-add`"))
        }
        AgentError::Refused => (
            Exit::NoAnswer,
            Some("it no longer has the key, is locked (`ssh-add -X` unlocks it), or somebody said no"),
        ),
        AgentError::Rubbish { .. } => (Exit::Refused, Some("whatever listens at $SSH_AUTH_SOCK is no agent")),
        AgentError::NoKey { keys: 0, .. } => (
            Exit::Usage,
            Some(
                "an agent without any key may be locked: `ssh-add -X` unlocks it, `ssh-add FILE` gives it one",
            ),
        ),
        AgentError::NoKey { .. } => {
            (Exit::Usage, Some("`interdict-publisher key list ssh-agent:` shows the keys that it has"))
        }
        AgentError::Kind { .. } => (Exit::Usage, Some("`ssh-keygen -t ed25519` makes one that can be used")),
        AgentError::TooLong { .. } => (Exit::Usage, Some("let a key in a file or a token sign it")),
    }
}

fn of_token(error: &TokenError) -> Meaning {
    let hint = match error {
        TokenError::NoModule { .. } | TokenError::ModuleMissing { .. } | TokenError::Load { .. } => {
            "name the library that came with the token: pkcs11:...?module-path=FILE"
        }
        TokenError::NoToken { .. } | TokenError::NoKey { .. } => {
            "put the right token in; `interdict-publisher key list pkcs11:?module-path=FILE` shows what is there"
        }
        TokenError::TwoTokens { .. } => "add serial=SERIAL of the one that is meant to the URI",
        TokenError::TwoKeys { .. } => "add id=ID of the one that is meant to the URI",
        TokenError::Unfit(_) | TokenError::CannotSign | TokenError::AlwaysAuthenticates => {
            "`interdict-publisher key new --uri pkcs11:token=TOKEN;object=LABEL` makes one that can be used"
        }
        TokenError::NoPrivateHalf | TokenError::TwoPrivateHalves { .. } => {
            "the private half has the same id as the public one; the token's own tool shows both"
        }
        TokenError::NoPin { source: PassphraseError::NoTerminal, .. } => "give --pin-file FILE or --pin-fd N",
        TokenError::WrongPin { .. } => {
            "it was tried once and not again: tokens count wrong tries and then lock themselves, so make sure of the PIN first"
        }
        TokenError::PinLocked { .. } | TokenError::NoUserPin { .. } => {
            "the token's own tool sets a PIN, with that of its security officer"
        }
        TokenError::Taken { .. } => "choose another label; nothing was made",
        TokenError::Unnamed | TokenError::NoPin { .. } | TokenError::Module(_) => {
            return (of_token_exit(error), None);
        }
    };
    (of_token_exit(error), Some(hint))
}

fn of_token_exit(error: &TokenError) -> Exit {
    match error {
        TokenError::Module(_) | TokenError::Load { .. } => Exit::NoAnswer,
        _ => Exit::Usage,
    }
}
