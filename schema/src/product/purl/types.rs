//! What each package type says about its parts: letter case, namespaces, required qualifiers.
//!
//! One row a type, after the type definitions of the package-URL specification (ECMA-427, purl-types). A type that
//! is not listed has no rules of its own.

use alloc::collections::BTreeMap;
use alloc::string::String;

/// Whether a type has namespaces.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    Optional,
    Required,
    Prohibited,
    /// The namespace names a distribution. Differs: the definitions require it, yet a vendor's own package (`kesl`)
    /// belongs to no distribution, so here it may be absent, and a rule without it means every distribution.
    Distribution,
}

/// The parts whose letter case does not count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fold {
    Nothing,
    Name,
    Namespace,
    Both,
    /// Name and version.
    Version,
    /// The version alone.
    VersionOnly,
    /// All three.
    All,
}

/// The rules of one type.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub(super) namespace: Namespace,
    fold: Fold,
    /// A qualifier that must be there.
    pub(super) qualifier: Option<&'static str>,
}

const fn rules(namespace: Namespace, fold: Fold) -> Type {
    Type { namespace, fold, qualifier: None }
}

pub(super) fn rules_of(package_type: &str) -> Type {
    use Fold::{All, Both, Name, Namespace as Owner, Nothing, Version, VersionOnly};
    use Namespace::{Distribution, Optional, Prohibited, Required};
    match package_type {
        "alpm" | "apk" | "deb" => rules(Distribution, Both),
        "rpm" | "qpkg" => rules(Distribution, Owner),
        "bitbucket" | "github" | "composer" => rules(Required, Both),
        "brew" | "hex" | "luarocks" => rules(Optional, Both),
        "git" | "golang" | "maven" | "swift" => rules(Required, Nothing),
        "huggingface" => rules(Required, VersionOnly),
        "vscode-extension" => rules(Required, All),
        "yocto" => rules(Optional, Owner),
        "bazel" | "cargo" | "cocoapods" | "conda" | "cran" | "gem" | "hackage" | "mlflow" | "nuget"
        | "opam" | "vcpkg" => rules(Prohibited, Nothing),
        "bitnami" | "chrome-extension" | "otp" | "pub" => rules(Prohibited, Name),
        "oci" | "pypi" => rules(Prohibited, Version),
        "julia" => Type { qualifier: Some("uuid"), ..rules(Prohibited, Nothing) },
        "swid" => Type { qualifier: Some("tag_id"), ..rules(Optional, Nothing) },
        _ => rules(Optional, Nothing),
    }
}

impl Type {
    pub(super) fn namespace(self, namespace: String) -> String {
        match self.fold {
            Fold::Namespace | Fold::Both | Fold::All => namespace.to_lowercase(),
            _ => namespace,
        }
    }

    pub(super) fn version(self, version: String) -> String {
        match self.fold {
            Fold::Version | Fold::VersionOnly | Fold::All => version.to_lowercase(),
            _ => version,
        }
    }

    /// The name as it is compared.
    pub(super) fn name(
        self,
        name: String,
        package_type: &str,
        namespace: Option<&str>,
        qualifiers: &BTreeMap<String, String>,
    ) -> String {
        let name = match self.fold {
            Fold::Name | Fold::Both | Fold::Version | Fold::All => name.to_lowercase(),
            _ => name,
        };
        let at = |host: &str| qualifiers.get("repository_url").is_some_and(|url| url.contains(host));
        match package_type {
            "pypi" => name.replace('_', "-"),
            "pub" => name.replace(|c: char| !(c.is_ascii_alphanumeric() || c == '_'), "_"),
            // Models at Databricks have no letter case, models at Azure have; repositories at GitHub have none.
            "mlflow" if at("databricks") => name.to_lowercase(),
            "git" if matches!(namespace, Some("github" | "github.com")) => name.to_lowercase(),
            _ => name,
        }
    }
}

/// A package's name as its ecosystem compares names: `Django_Rest` of `pypi` is `django-rest`.
pub fn canonical_name(package_type: &str, name: &str) -> String {
    rules_of(package_type).name(name.into(), package_type, None, &BTreeMap::new())
}

/// Whether namespaces of a type have one segment, an owner's name.
pub(super) fn has_one_segment(package_type: &str) -> bool {
    matches!(
        package_type,
        "bitbucket" | "composer" | "cpan" | "github" | "hex" | "huggingface" | "npm" | "vscode-extension"
    )
}

/// Whether a name is one that the type allows.
pub(super) fn allows_name(package_type: &str, name: &str) -> bool {
    match package_type {
        "chrome-extension" => name.len() == 32 && name.bytes().all(|b| matches!(b, b'a'..=b'p')),
        // A distribution is meant (`URI-PackageURL`), not a module (`URI::PackageURL`).
        "cpan" => !name.contains("::"),
        _ => true,
    }
}

/// Whether a version is one that the type allows.
pub(super) fn allows_version(package_type: &str, version: &str) -> bool {
    package_type != "chrome-extension"
        || (version.split('.').count() <= 4
            && version.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())))
}
