//! Which token, and logging in to it.

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;

use super::{TokenError, Tries, module};
use crate::passphrase::Secret;
use crate::signer::{Credentials, TokenUri};

/// A token that is in its slot.
pub(super) struct Token {
    module: Pkcs11,
    slot: Slot,
    info: TokenInfo,
}

/// Every token that fits.
pub(super) fn all(uri: &TokenUri) -> Result<Vec<Token>, TokenError> {
    Ok(read(uri)?.into_iter().filter(|token| token.fits(uri)).collect())
}

/// The one token that fits.
pub(super) fn find(uri: &TokenUri) -> Result<Token, TokenError> {
    let (mut fitting, others): (Vec<Token>, Vec<Token>) =
        read(uri)?.into_iter().partition(|token| token.fits(uri));
    match (fitting.pop(), fitting.is_empty()) {
        (None, _) => Err(TokenError::NoToken {
            found: others.iter().map(|token| format!("{:?}", token.label())).collect(),
        }),
        (Some(token), true) => Ok(token),
        (Some(last), false) => {
            let name = |token: &Token| format!("{:?} serial {}", token.label(), token.info.serial_number());
            Err(TokenError::TwoTokens { found: fitting.iter().chain([&last]).map(name).collect() })
        }
    }
}

fn read(uri: &TokenUri) -> Result<Vec<Token>, TokenError> {
    let module = module::load(uri)?;
    let mut tokens = Vec::new();
    for slot in module.get_slots_with_token()? {
        let info = match module.get_token_info(slot) {
            Ok(info) => info,
            // Taken out while somebody looked.
            Err(Error::Pkcs11(RvError::TokenNotPresent | RvError::DeviceRemoved, _)) => continue,
            Err(error) => return Err(error.into()),
        };
        if info.token_initialized() {
            tokens.push(Token { module: module.clone(), slot, info });
        }
    }
    Ok(tokens)
}

impl Token {
    fn fits(&self, uri: &TokenUri) -> bool {
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        is(&uri.token, self.info.label())
            && is(&uri.manufacturer, self.info.manufacturer_id())
            && is(&uri.model, self.info.model())
            && is(&uri.serial, self.info.serial_number())
            && uri.slot_id.is_none_or(|wanted| wanted == self.slot.id())
    }

    pub fn label(&self) -> &str {
        self.info.label()
    }

    /// Where it is, by label and serial number, through the module that was named.
    pub fn uri(&self, through: &TokenUri) -> TokenUri {
        TokenUri {
            token: Some(self.label().to_owned()).filter(|label| !label.is_empty()),
            serial: Some(self.info.serial_number().to_owned()).filter(|serial| !serial.is_empty()),
            module_path: through.module_path.clone(),
            module_name: through.module_name.clone(),
            pin_source: through.pin_source.clone(),
            ..TokenUri::default()
        }
    }

    pub fn session(&self) -> Result<Session, TokenError> {
        Ok(self.module.open_ro_session(self.slot)?)
    }

    pub fn session_to_write(&self) -> Result<Session, TokenError> {
        Ok(self.module.open_rw_session(self.slot)?)
    }

    /// Logs in, once: a token that counts wrong tries is never tried again by itself.
    pub fn login(
        &self,
        session: &Session,
        uri: &TokenUri,
        credentials: &mut Credentials<'_>,
    ) -> Result<(), TokenError> {
        // The flags change with every try, by other programs too.
        let info = self.module.get_token_info(self.slot)?;
        let token = self.label();
        if !info.login_required() {
            return Ok(());
        }
        if info.user_pin_locked() {
            return Err(TokenError::PinLocked { token: token.to_owned() });
        }
        if info.user_pin_final_try() {
            credentials.say("warning: one more wrong PIN locks the token");
        }
        let pin = if uri.pin_source.is_none() && info.protected_authentication_path() {
            credentials.say("give the PIN on the token's own keypad");
            None
        } else {
            let pin = match &uri.pin_source {
                Some(path) => Secret::read(path),
                None => credentials.pin(token),
            };
            let pin = pin.map_err(|source| TokenError::NoPin { token: token.to_owned(), source })?;
            Some(AuthPin::from(pin.expose().to_owned()))
        };
        match session.login(UserType::User, pin.as_ref()) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(error) => Err(TokenError::of_login(error, token, self.tries())),
        }
    }

    fn tries(&self) -> Tries {
        match self.module.get_token_info(self.slot) {
            Ok(info) if info.user_pin_final_try() => Tries::Last,
            Ok(info) if info.user_pin_count_low() => Tries::Fewer,
            _ => Tries::Some,
        }
    }
}
