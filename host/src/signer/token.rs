//! Keys in a token, by PKCS #11 (OASIS, version 3.0): the secret never leaves the token, and is never asked for.
//!
//! | room | what is in it |
//! |---|---|
//! | `module` | the shared library that speaks to the token: where it lies, and loading it |
//! | `slot` | which token, and logging in to it |
//! | `key` | which key in it, and its public half |
//! | `error` | everything that can be wrong |
//!
//! A key is an Ed25519 pair (`CKK_EC_EDWARDS`) whose public half is there as an object of its own, which is seen without the PIN;
//! the private half is the one with the same `CKA_ID`. Signatures are by `CKM_EDDSA` without parameters, and count once the public
//! half verifies them. A wrong PIN is never tried twice: the token counts.
//!
//! A module is somebody else's program in this process: whoever may change it, or the configuration that names it, has the process.

mod error;
mod key;
mod module;
mod slot;

use std::fmt;

use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

pub use error::{TokenError, Tries};
pub use key::Unfit;

use super::{Backend, Credentials, KeyUri, OpenError, PublicPart, SignError, Signer, TokenUri, verified};
use slot::Token;

/// A key that a token has; the token is not logged in to.
pub(super) struct TokenKey {
    token: Token,
    session: Session,
    public: [u8; 32],
    label: String,
    /// What the private half is found by: the id, or the label where there is no id.
    partner: Attribute,
}

/// One key of a token, for a list.
#[derive(Debug)]
pub struct Listed {
    /// Where it is, with everything that tells it from others.
    pub uri: KeyUri,
    /// What people call it.
    pub label: String,
    /// Its public half, or why it is not used.
    pub part: Result<PublicPart, Unfit>,
}

/// Finds a key. Nobody is asked for a PIN.
pub(super) fn find(
    uri: &TokenUri,
    credentials: &Credentials<'_>,
) -> Result<(PublicPart, TokenKey), OpenError> {
    let token = slot::find(uri)?;
    let session = token.session()?;
    let mut keys = key::public_keys(&session, uri)?;
    let key = match (keys.pop(), keys.is_empty()) {
        (None, _) => return Err(TokenError::NoKey { token: token.label().to_owned() }.into()),
        (Some(key), true) => key,
        (Some(last), false) => {
            let ids = keys.iter().chain([&last]).map(key::PublicObject::name).collect();
            return Err(TokenError::TwoKeys { ids }.into());
        }
    };
    let public = key.public.clone().map_err(TokenError::Unfit)?;
    let label = if key.label.is_empty() { token.label().to_owned() } else { key.label.clone() };
    let part = PublicPart::new(public, label.clone())?;
    credentials.examples.check(&public).map_err(OpenError::Example)?;
    let partner =
        if key.id.is_empty() { Attribute::Label(key.label.into_bytes()) } else { Attribute::Id(key.id) };
    Ok((part, TokenKey { token, session, public, label, partner }))
}

/// Every public key in every token that fits.
///
/// # Errors
///
/// [`TokenError`] where the module or a token does not answer.
pub fn token_keys(uri: &TokenUri) -> Result<Vec<Listed>, TokenError> {
    let mut listed = Vec::new();
    for token in slot::all(uri)? {
        let session = token.session()?;
        for key in key::public_keys(&session, uri)? {
            let part = key
                .public
                .clone()
                .and_then(|public| PublicPart::new(public, key.label.clone()).map_err(|_| Unfit::Weak));
            let named = TokenUri {
                object: Some(key.label.clone()).filter(|label| !label.is_empty()),
                id: Some(key.id.clone()).filter(|id| !id.is_empty()),
                ..token.uri(uri)
            };
            listed.push(Listed { uri: KeyUri::Token(Box::new(named)), label: key.label, part });
        }
    }
    Ok(listed)
}

/// Makes a new key pair in a token, under the label that the URI names and this id, and gives where it is.
///
/// # Errors
///
/// [`TokenError::Unnamed`] without a label, [`TokenError::Taken`] where one is there already.
pub fn generate(uri: &TokenUri, id: &[u8], credentials: &mut Credentials<'_>) -> Result<KeyUri, TokenError> {
    let label = uri.object.clone().ok_or(TokenError::Unnamed)?;
    let token = slot::find(uri)?;
    let session = token.session_to_write()?;
    token.login(&session, uri, credentials)?;
    let id = uri.id.clone().unwrap_or_else(|| id.to_vec());
    for taken in [Attribute::Label(label.clone().into_bytes()), Attribute::Id(id.clone())] {
        for class in [ObjectClass::PUBLIC_KEY, ObjectClass::PRIVATE_KEY] {
            if !session.find_objects(&[Attribute::Class(class), taken.clone()])?.is_empty() {
                return Err(TokenError::Taken { label });
            }
        }
    }
    let name = [Attribute::Token(true), Attribute::Label(label.into_bytes()), Attribute::Id(id.clone())];
    let public = [
        &name[..],
        &[
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(key::ED25519_PARAMETERS.to_vec()),
        ],
    ]
    .concat();
    let private = [
        &name[..],
        &[
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
        ],
    ]
    .concat();
    session.generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public, &private)?;
    let made = TokenUri { object: uri.object.clone(), id: Some(id), ..token.uri(uri) };
    Ok(KeyUri::Token(Box::new(made)))
}

impl TokenKey {
    /// Logs in, and finds the private half.
    pub(super) fn open(
        self,
        uri: &TokenUri,
        credentials: &mut Credentials<'_>,
    ) -> Result<TokenSigner, TokenError> {
        let Self { token, session, public, label, partner } = self;
        token.login(&session, uri, credentials)?;
        let mut keys = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY), partner])?;
        let handle = match (keys.pop(), keys.len()) {
            (None, _) => return Err(TokenError::NoPrivateHalf),
            (Some(handle), 0) => handle,
            (Some(_), others) => return Err(TokenError::TwoPrivateHalves { found: others + 1 }),
        };
        let asked = [AttributeType::Sign, AttributeType::AlwaysAuthenticate];
        key::check_private(&session.get_attributes(handle, &asked)?)?;
        Ok(TokenSigner { session, handle, public, label })
    }
}

/// A key in a token that has been logged in to.
pub(super) struct TokenSigner {
    session: Session,
    handle: ObjectHandle,
    public: [u8; 32],
    label: String,
}

impl Signer for TokenSigner {
    fn public(&self) -> &[u8; 32] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let mechanism = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
        let signature = self.session.sign(&mechanism, self.handle, message).map_err(TokenError::from)?;
        let signature: [u8; 64] = signature.try_into().map_err(|_| SignError::Faulty)?;
        verified(&self.public, message, signature)
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn backend(&self) -> Backend {
        Backend::Token
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokenSigner").field("label", &self.label).finish_non_exhaustive()
    }
}
