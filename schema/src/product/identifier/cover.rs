//! How two identifiers stand to one another: whether one recognises all that the other does, or nothing of it. For lint.
//!
//! Both are compared as they were read, never as they were spelled. Each answer is given only where the two alone show it:
//! what depends on the component is neither.

use super::super::{Answer, Image, PurlNamespace, Versions};
use super::Identifier;
use crate::product::version::Scheme;

impl Identifier {
    /// Whether everything that `narrow` recognises is recognised by this one too.
    pub fn covers(&self, narrow: &Self) -> bool {
        match (self, narrow) {
            (Self::Purl(wide, among), Self::Purl(narrow, versions)) => {
                let scheme = Scheme::of_package_type(wide.package_type());
                // The version inside the narrow one decides where it is one of those that the wide one means.
                let one = among.contain_for(narrow.ordered_version().as_deref(), scheme) == Answer::Match;
                (one || among.cover(versions)) && wide.matches(&Versions::Any, narrow) == Answer::Match
            }
            (Self::PurlNamespace(wide), Self::Purl(narrow, _)) => wide.matches(narrow),
            (Self::PurlNamespace(wide), Self::PurlNamespace(narrow)) => is_above(wide, narrow),
            (Self::Package(wide, among), Self::Package(narrow, versions)) => {
                among.cover(versions) && wide.matches(narrow.ecosystem(), narrow.name()) == Answer::Match
            }
            (Self::Cpe(wide, among), Self::Cpe(narrow, versions)) => {
                among.cover(versions) && wide.matches(narrow) == Answer::Match
            }
            (Self::Path(wide), Self::Path(narrow)) => wide.covers(narrow),
            (Self::RegistryKey(wide), Self::RegistryKey(narrow)) => wide.covers(narrow),
            (Self::Process(wide), Self::Process(narrow)) => {
                wide == narrow || (!narrow.is_glob() && wide.matches(narrow))
            }
            (Self::Domain(wide), Self::Domain(narrow)) => wide.matches(narrow),
            (Self::Cidr(wide), Self::Cidr(narrow)) => {
                wide.prefix() <= narrow.prefix() && wide.contains(narrow.address())
            }
            (Self::Image(wide), Self::Image(narrow)) => {
                wide.repository() == narrow.repository()
                    && (wide.tag().is_none() || wide.tag() == narrow.tag())
                    && (wide.digest().is_none() || wide.digest() == narrow.digest())
            }
            (Self::Unsupported { .. }, _) => false,
            (wide, narrow) => wide == narrow,
        }
    }

    /// Whether one thing cannot be recognised by both: they are of one kind, or of kinds that are compared with the same
    /// field, and mean different values of it.
    pub fn is_apart_from(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Purl(one, among), Self::Purl(other, versions)) => {
                let scheme = Scheme::of_package_type(one.package_type());
                one.matches(&Versions::Any, other) == Answer::NoMatch
                    && other.matches(&Versions::Any, one) == Answer::NoMatch
                    || among.is_apart_from(versions, scheme)
            }
            (Self::PurlNamespace(space), Self::Purl(purl, _))
            | (Self::Purl(purl, _), Self::PurlNamespace(space)) => !space.matches(purl),
            // A package also goes by the name of its source package.
            (Self::Package(one, among), Self::Package(other, versions)) => {
                let scheme = one.ecosystem().or(other.ecosystem()).and_then(Scheme::of_package_type);
                one.name() == other.name() && among.is_apart_from(versions, scheme)
            }
            (Self::Cpe(one, among), Self::Cpe(other, versions)) => {
                one.is_disjoint_from(other) || among.is_apart_from(versions, None)
            }
            (Self::Image(one), Self::Image(other)) => are_apart(one, other),
            // Wildcards may meet; a maker has many names, a program many findings.
            (
                Self::Path(_)
                | Self::RegistryKey(_)
                | Self::Process(_)
                | Self::Vendor(_)
                | Self::Product(_)
                | Self::Signer(_)
                | Self::Cve(_),
                _,
            ) => false,
            (one, other) => {
                core::mem::discriminant(one) == core::mem::discriminant(other)
                    && !one.covers(other)
                    && !other.covers(one)
            }
        }
    }
}

fn is_above(wide: &PurlNamespace, narrow: &PurlNamespace) -> bool {
    wide.package_type() == narrow.package_type()
        && PurlNamespace::and_above(narrow.package_type(), narrow.path()).any(|above| above == wide.path())
}

fn are_apart(one: &Image, other: &Image) -> bool {
    let differ = |one: Option<&str>, other: Option<&str>| one.is_some() && other.is_some() && one != other;
    one.repository() != other.repository()
        || differ(one.tag(), other.tag())
        || (one.digest().is_some() && other.digest().is_some() && one.digest() != other.digest())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read((kind, value, versions): (&str, &str, &str)) -> Identifier {
        Identifier::parse(kind, value, Some(versions)).unwrap()
    }

    #[test]
    fn what_is_spelled_differently_is_covered_all_the_same() {
        for (wide, narrow) in [
            (("purl", "pkg:pypi/Django_Rest", "*"), ("purl", "pkg:PyPI/django-rest@1.0", "*")),
            (("purl", "pkg:deb/kesl", "*"), ("purl", "pkg:deb/debian/kesl?arch=amd64", "<2")),
            (("purl", "pkg:deb/kesl", "<10"), ("purl", "pkg:deb/kesl", ">=1|<5")),
            (("purl", "pkg:deb/kesl", "<10"), ("purl", "pkg:deb/kesl@9.0-1", "*")),
            (("purl-namespace", "pkg:npm/%40k", "*"), ("purl", "pkg:npm/@k/sdk@1.0", "*")),
            (("purl-namespace", "pkg:maven/com.k", "*"), ("purl-namespace", "pkg:maven/com.k.sdk", "*")),
            (("package", "kesl", "*"), ("package", "deb:kesl", "<2")),
            (("package", "deb:kesl", "<2"), ("package", "deb:kesl", "1.0")),
            (("cpe", "cpe:/a:kaspersky", "*"), ("cpe", "cpe:2.3:a:Kaspersky:anti-virus", "*")),
            (("path", r"C:\Kaspersky", "*"), ("path", "c:/kaspersky/avp.exe", "*")),
            (("path", "/opt/k*", "*"), ("path", "/opt/kaspersky/x", "*")),
            (("path", "/opt/k*", "*"), ("path", "/opt/k*/x?", "*")),
            (
                ("registry-key", r"HKLM\SOFTWARE\K", "*"),
                ("registry-key", r"HKEY_LOCAL_MACHINE\Software\Wow6432Node\k\x", "*"),
            ),
            (("process", "kl*.exe", "*"), ("process", "KLnagent.exe", "*")),
            (("vendor", "Kaspersky Lab, Inc.", "*"), ("vendor", "kaspersky lab inc", "*")),
            (("signer", "CN=Kaspersky Lab", "*"), ("signer", "kaspersky lab", "*")),
            (("domain", "Kaspersky.com", "*"), ("domain", "a.kaspersky.COM", "*")),
            (("cidr", "192.0.2.0/24", "*"), ("cidr", "192.0.2.128/25", "*")),
            (("image", "kaspersky/kesl", "*"), ("image", "docker.io/kaspersky/kesl:11", "*")),
            (("asn", "AS64496", "*"), ("asn", "as64496", "*")),
        ] {
            assert!(read(wide).covers(&read(narrow)), "{wide:?} {narrow:?}");
            assert!(!read(wide).is_apart_from(&read(narrow)), "{wide:?} {narrow:?}");
            assert!(!read(narrow).is_apart_from(&read(wide)), "{wide:?} {narrow:?}");
        }
    }

    #[test]
    fn what_means_less_or_depends_on_the_component_is_not_covered() {
        for (wide, narrow) in [
            (("purl", "pkg:deb/debian/kesl", "*"), ("purl", "pkg:deb/kesl", "*")),
            (("purl", "pkg:deb/kesl", "<5"), ("purl", "pkg:deb/kesl", "<10")),
            (("purl", "pkg:deb/kesl", "<5"), ("purl", "pkg:deb/kesl", "*")),
            (("purl", "pkg:deb/kesl?arch=i386", "*"), ("purl", "pkg:deb/kesl", "*")),
            (("package", "deb:kesl", "*"), ("package", "kesl", "*")),
            (("cpe", "cpe:2.3:a:k:p:1.0", "*"), ("cpe", "cpe:2.3:a:k:p", "*")),
            (("path", "/opt/k?", "*"), ("path", "/opt/k*", "*")),
            (("registry-key", r"HKLM\SOFTWARE\K?", "*"), ("registry-key", r"HKLM\SOFTWARE\K*", "*")),
            (("process", "kl?.exe", "*"), ("process", "kl*.exe", "*")),
            (("domain", "a.kaspersky.com", "*"), ("domain", "kaspersky.com", "*")),
            (("cidr", "192.0.2.128/25", "*"), ("cidr", "192.0.2.0/24", "*")),
            (("image", "kaspersky/kesl:11", "*"), ("image", "kaspersky/kesl", "*")),
            (("vendor", "kaspersky", "*"), ("product", "kaspersky", "*")),
        ] {
            assert!(!read(wide).covers(&read(narrow)), "{wide:?} {narrow:?}");
            assert!(!read(wide).is_apart_from(&read(narrow)), "{wide:?} {narrow:?}");
        }
    }

    #[test]
    fn two_of_one_kind_can_have_nothing_in_common() {
        for (one, other) in [
            (("purl", "pkg:npm/a", "*"), ("purl", "pkg:npm/b", "*")),
            (("purl", "pkg:deb/kesl", "<5"), ("purl", "pkg:deb/kesl", ">=5")),
            (("purl", "pkg:deb/kesl", "<5"), ("purl", "pkg:deb/kesl", "5")),
            (("purl", "pkg:pypi/a", "1.0"), ("purl", "pkg:pypi/a", "1.1")),
            (("purl-namespace", "pkg:npm/%40k", "*"), ("purl", "pkg:npm/k", "*")),
            (("purl-namespace", "pkg:npm/%40k", "*"), ("purl-namespace", "pkg:npm/%40m", "*")),
            (("package", "deb:kesl", "<5"), ("package", "kesl", "vers:deb/>5")),
            (("cpe", "cpe:2.3:a:k:p", "*"), ("cpe", "cpe:2.3:a:k:q", "*")),
            (("domain", "k.example.org", "*"), ("domain", "l.example.org", "*")),
            (("cidr", "192.0.2.0/25", "*"), ("cidr", "192.0.2.128/25", "*")),
            (("image", "a/b:1", "*"), ("image", "a/b:2", "*")),
            (("team-id", "2Y8XE5CQ94", "*"), ("team-id", "2Y8XE5CQ95", "*")),
        ] {
            assert!(read(one).is_apart_from(&read(other)), "{one:?} {other:?}");
            assert!(read(other).is_apart_from(&read(one)), "{one:?} {other:?}");
            assert!(!read(one).covers(&read(other)) && !read(other).covers(&read(one)), "{one:?} {other:?}");
        }
        for (one, other) in [
            (("purl", "pkg:pypi/a", "1.0"), ("purl", "pkg:pypi/a", "1.0.0")),
            (("package", "kesl", "*"), ("package", "kesl-src", "*")),
            (("vendor", "kaspersky", "*"), ("vendor", "ao kaspersky lab", "*")),
            (("cpe", "cpe:2.3:a:k:p", "*"), ("purl", "pkg:npm/a", "*")),
        ] {
            assert!(!read(one).is_apart_from(&read(other)), "{one:?} {other:?}");
        }
    }
}
