//! `pkcs11:` URIs (RFC 7512): which token, which key in it, and which module speaks to it.
//!
//! Known are, of the path, `token`, `manufacturer`, `model`, `serial`, `slot-id`, `object`, `id` and `type`; of the query,
//! `module-path`, `module-name` and `pin-source`. Differs: every other attribute is refused (RFC 7512, 2.3 leaves a reader free to
//! ignore some of them), because one that is ignored may select another key than was meant; and `pin-source` is a file.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use super::KeyUriError;

/// Which key in which token. What is not said matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenUri {
    /// The token's label (`CK_TOKEN_INFO.label`, without the blanks at its end).
    pub token: Option<String>,
    /// Who made the token.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// The number of its slot. It may be another after the next start of the machine.
    pub slot_id: Option<u64>,
    /// The key's label (`CKA_LABEL`).
    pub object: Option<String>,
    /// The key's id (`CKA_ID`).
    pub id: Option<Vec<u8>>,
    /// The shared library that speaks to the token.
    pub module_path: Option<PathBuf>,
    /// The name of that library without `lib`, folder and ending, looked for where such libraries lie.
    pub module_name: Option<String>,
    /// The file whose first line is the PIN.
    pub pin_source: Option<PathBuf>,
}

impl TokenUri {
    /// Reads what follows `pkcs11:`.
    pub(super) fn parse(text: &str) -> Result<Self, KeyUriError> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        // First of all, so that no other error is told of a URI with a PIN in it.
        if query.split('&').any(|attribute| attribute.split('=').next() == Some("pin-value")) {
            return Err(KeyUriError::PinValue);
        }
        let mut uri = Self::default();
        let mut has_type = None;
        for (name, value) in attributes(path, ';') {
            match name {
                "token" => set(&mut uri.token, "token", text_of("token", value)?)?,
                "manufacturer" => {
                    set(&mut uri.manufacturer, "manufacturer", text_of("manufacturer", value)?)?;
                }
                "model" => set(&mut uri.model, "model", text_of("model", value)?)?,
                "serial" => set(&mut uri.serial, "serial", text_of("serial", value)?)?,
                "object" => set(&mut uri.object, "object", text_of("object", value)?)?,
                "slot-id" => set(&mut uri.slot_id, "slot-id", slot(value)?)?,
                "id" => set(&mut uri.id, "id", id(value)?)?,
                "type" => set(&mut has_type, "type", key_type(value)?)?,
                other => return Err(KeyUriError::Attribute { name: other.to_owned() }),
            }
        }
        for (name, value) in attributes(query, '&') {
            match name {
                "module-path" => {
                    set(&mut uri.module_path, "module-path", text_of("module-path", value)?.into())?;
                }
                "module-name" => set(&mut uri.module_name, "module-name", module_name(value)?)?,
                "pin-source" => set(&mut uri.pin_source, "pin-source", pin_source(value)?)?,
                other => return Err(KeyUriError::Attribute { name: other.to_owned() }),
            }
        }
        Ok(uri)
    }

    pub(super) fn beneath(&self, dir: &Path) -> Self {
        let beneath = |path: &Option<PathBuf>| path.as_ref().map(|path| dir.join(path));
        Self {
            module_path: beneath(&self.module_path),
            pin_source: beneath(&self.pin_source),
            ..self.clone()
        }
    }
}

impl fmt::Display for TokenUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("pkcs11:")?;
        let slot = self.slot_id.map(|slot| slot.to_string());
        let texts = [
            ("token", &self.token),
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("serial", &self.serial),
            ("slot-id", &slot),
            ("object", &self.object),
        ];
        let mut between = "";
        for (name, value) in texts {
            if let Some(value) = value {
                write!(formatter, "{between}{name}={}", encoded(value.as_bytes(), b""))?;
                between = ";";
            }
        }
        if let Some(id) = &self.id {
            write!(formatter, "{between}id=")?;
            id.iter().try_for_each(|byte| write!(formatter, "%{byte:02X}"))?;
        }
        between = "?";
        let module_path = self.module_path.as_deref().map(|path| encoded(path_bytes(path), b"/"));
        let module_name = self.module_name.as_ref().map(|name| encoded(name.as_bytes(), b""));
        let pin_source = self.pin_source.as_deref().map(|path| encoded(path_bytes(path), b"/"));
        let pin_source = pin_source.map(|path| format!("file:{path}"));
        for (name, value) in
            [("module-path", module_path), ("module-name", module_name), ("pin-source", pin_source)]
        {
            if let Some(value) = value {
                write!(formatter, "{between}{name}={value}")?;
                between = "&";
            }
        }
        Ok(())
    }
}

fn path_bytes(path: &Path) -> &[u8] {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str())
}

/// The attributes, name and value; a part without `=` is a name without a value.
fn attributes(text: &str, between: char) -> impl Iterator<Item = (&str, &str)> {
    let parts = text.split(between).filter(move |_| !text.is_empty());
    parts.map(|part| part.split_once('=').unwrap_or((part, "")))
}

fn set<T>(place: &mut Option<T>, name: &'static str, value: T) -> Result<(), KeyUriError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(KeyUriError::Twice { name }),
    }
}

fn text_of(name: &'static str, value: &str) -> Result<String, KeyUriError> {
    let bytes = decoded(value).filter(|bytes| !bytes.is_empty());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| !text.contains('\0'));
    text.ok_or(KeyUriError::Value { name, wanted: "percent-encoded UTF-8" })
}

fn id(value: &str) -> Result<Vec<u8>, KeyUriError> {
    decoded(value)
        .filter(|bytes| !bytes.is_empty())
        .ok_or(KeyUriError::Value { name: "id", wanted: "percent-encoded bytes" })
}

fn slot(value: &str) -> Result<u64, KeyUriError> {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| plain);
    number.ok_or(KeyUriError::Value { name: "slot-id", wanted: "a number" })
}

/// A URI may say that it names a private or a public key; both are looked up.
fn key_type(value: &str) -> Result<(), KeyUriError> {
    if matches!(value, "private" | "public") {
        return Ok(());
    }
    Err(KeyUriError::Value { name: "type", wanted: "private or public" })
}

/// A name, not a path: it is looked for in folders that this program knows.
fn module_name(value: &str) -> Result<String, KeyUriError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+');
    let name = text_of("module-name", value)?;
    if name.bytes().all(allowed) && !name.starts_with('.') {
        return Ok(name);
    }
    Err(KeyUriError::Value { name: "module-name", wanted: "a name without folder and ending" })
}

fn pin_source(value: &str) -> Result<PathBuf, KeyUriError> {
    let wanted = KeyUriError::Value { name: "pin-source", wanted: "file:PATH" };
    let text = text_of("pin-source", value).map_err(|_| wanted.clone())?;
    // "|program", which RFC 7512 shows as well, would run whatever a configuration names.
    let path = text.strip_prefix("file:").ok_or_else(|| wanted.clone())?;
    match path.strip_prefix("//") {
        Some(absolute) if absolute.starts_with('/') => Ok(absolute.into()),
        None if !path.is_empty() => Ok(path.into()),
        _ => Err(wanted),
    }
}

/// Percent-decoded bytes (RFC 3986, 2.1); `None` where a percent sign is not followed by two hexadecimal digits.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => digit(bytes.next())? << 4 | digit(bytes.next())?,
            plain => plain,
        });
    }
    Some(decoded)
}

fn encoded(bytes: &[u8], also: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(byte) || also.contains(byte);
        if plain {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
