//! The shared library that speaks to a token.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};

use super::TokenError;
use crate::signer::TokenUri;

/// The module that knows every other one on machines with p11-kit.
const DEFAULT: &str = "p11-kit-proxy";

/// Modules that are loaded. PKCS #11 initialises a module once in a process (2.40, 5.4), whatever a program's modules think, and
/// unloading one while it has threads of its own is fatal: so each stays until the process ends.
static LOADED: Mutex<Vec<(PathBuf, Pkcs11)>> = Mutex::new(Vec::new());

/// Loads the module that a URI names.
pub(super) fn load(uri: &TokenUri) -> Result<Pkcs11, TokenError> {
    let path = match (&uri.module_path, &uri.module_name) {
        (Some(path), _) if path.exists() => path.clone(),
        (Some(path), _) => return Err(TokenError::ModuleMissing { path: path.clone() }),
        (None, name) => named(name.as_deref().unwrap_or(DEFAULT), Path::exists)?,
    };
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, module)) = loaded.iter().find(|(there, _)| *there == path) {
        return Ok(module.clone());
    }
    let unusable = |source| TokenError::Load { path: path.clone(), source };
    let module = Pkcs11::new(&path).map_err(unusable)?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(source) => return Err(unusable(source)),
    }
    loaded.push((path, module.clone()));
    Ok(module)
}

/// Where a module with this name lies.
fn named(name: &str, is_there: impl Fn(&Path) -> bool) -> Result<PathBuf, TokenError> {
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let roots = [&*multiarch, "/usr/lib64", "/usr/lib", "/usr/local/lib"];
    for root in roots {
        for folder in ["pkcs11", "softhsm", ""] {
            for file in [format!("lib{name}.so"), format!("{name}.so")] {
                let path = Path::new(root).join(folder).join(file);
                if is_there(&path) {
                    return Ok(path);
                }
            }
        }
    }
    Err(TokenError::NoModule { name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_module_is_looked_for_by_name_where_such_modules_lie() {
        let softhsm = Path::new("/usr/lib/softhsm/libsofthsm2.so");
        assert_eq!(named("softhsm2", |path| path == softhsm).unwrap(), softhsm);
        let proxy = Path::new("/usr/lib64/p11-kit-proxy.so");
        assert_eq!(named(DEFAULT, |path| path == proxy).unwrap(), proxy);
        let absent = named("absent", |_| false).unwrap_err();
        assert_eq!(absent.to_string(), "no PKCS #11 module \"absent\" where such modules lie");
    }

    #[test]
    fn a_file_that_is_no_module_is_not_used() {
        let path = PathBuf::from("/nowhere/module.so");
        let uri = TokenUri { module_path: Some(path), ..TokenUri::default() };
        assert!(matches!(load(&uri), Err(TokenError::ModuleMissing { .. })));
        let text = tempfile::NamedTempFile::new().unwrap();
        let uri = TokenUri { module_path: Some(text.path().to_path_buf()), ..TokenUri::default() };
        assert!(matches!(load(&uri), Err(TokenError::Load { .. })));
    }
}
