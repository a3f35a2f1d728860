//! What a package URL says besides the package: a container image, or a browser's or editor's extension.
//!
//! Only what the type's definition makes of it, so that `image` and `extension-id` rules meet components that have nothing
//! but a package URL. Not here: guesses from names.

use interdict_schema::product::{ExtensionId, Image, Purl};

use super::trace::Trace;

/// What a package URL implies.
pub(super) fn by_purl(purl: &Purl) -> Option<Trace> {
    match purl.package_type() {
        "docker" => docker(purl),
        "oci" => oci(purl),
        "chrome-extension" => ExtensionId::parse(purl.name()).ok().map(Trace::ExtensionId),
        // `publisher.name` is the extension's id.
        "vscode-extension" => {
            let id = format!("{}.{}", purl.namespace()?, purl.name());
            ExtensionId::parse(&id).ok().map(Trace::ExtensionId)
        }
        _ => None,
    }
}

/// Namespace and name are the repository, in the registry of `repository_url`; the version is a tag or digest.
fn docker(purl: &Purl) -> Option<Trace> {
    let name = [purl.namespace(), Some(purl.name())].into_iter().flatten().collect::<Vec<_>>().join("/");
    let name = match purl.qualifiers().get("repository_url") {
        Some(registry) => format!("{}/{name}", without_scheme(registry)),
        None => name,
    };
    image(&name, purl.version())
}

/// `repository_url` is registry and repository; the version is the digest, the tag a qualifier. Without a repository the
/// name alone says not where it is from, and is no image's name.
fn oci(purl: &Purl) -> Option<Trace> {
    let mut name = without_scheme(purl.qualifiers().get("repository_url")?).to_owned();
    if let Some(tag) = purl.qualifiers().get("tag") {
        name = format!("{name}:{tag}");
    }
    image(&name, purl.version())
}

/// An image by its name and what stands behind it: a digest or a tag.
pub(super) fn image(name: &str, version: Option<&str>) -> Option<Trace> {
    let whole = match version.map(str::trim).filter(|version| !version.is_empty()) {
        Some(digest) if digest.contains(':') => format!("{name}@{digest}"),
        Some(tag) => format!("{name}:{tag}"),
        None => name.to_owned(),
    };
    Image::parse(&whole).ok().map(Trace::Image)
}

fn without_scheme(url: &str) -> &str {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    url.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_package_url_of_an_image_or_extension_says_which() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for (purl, wanted) in [
            ("pkg:docker/alpine@3.19".to_owned(), Some("docker.io/library/alpine:3.19".to_owned())),
            (
                format!("pkg:docker/customer/kesl@{}?repository_url=gcr.io", digest.replace(':', "%3A")),
                Some(format!("gcr.io/customer/kesl@{digest}")),
            ),
            (
                format!(
                    "pkg:oci/kesl@{}?repository_url=registry.example/x/kesl&tag=1.0",
                    digest.replace(':', "%3A")
                ),
                Some(format!("registry.example/x/kesl:1.0@{digest}")),
            ),
            ("pkg:oci/kesl?tag=1.0".to_owned(), None),
            (
                "pkg:chrome-extension/ahkjpbeeocnddjkakilopmfdlnjdpcdm@1".to_owned(),
                Some("ahkjpbeeocnddjkakilopmfdlnjdpcdm".to_owned()),
            ),
            ("pkg:vscode-extension/example/scanner@1".to_owned(), Some("example.scanner".to_owned())),
            ("pkg:deb/debian/kesl@1".to_owned(), None),
        ] {
            let found = by_purl(&Purl::parse(&purl).unwrap()).map(|trace| trace.to_string());
            assert_eq!(found, wanted, "{purl}");
        }
    }
}
