//! Package names as package managers print them, with more behind the name.

/// Architectures of dpkg, behind a colon: `kesl:amd64`.
const DEB: [&str; 18] = [
    "all",
    "amd64",
    "any",
    "arm64",
    "armel",
    "armhf",
    "hurd-i386",
    "i386",
    "loong64",
    "mips64el",
    "mipsel",
    "native",
    "powerpc",
    "ppc64",
    "ppc64el",
    "riscv64",
    "s390x",
    "x32",
];

/// Architectures of rpm, behind a dot: `kesl.x86_64`.
const RPM: [&str; 14] = [
    "aarch64",
    "armv7hl",
    "i386",
    "i486",
    "i586",
    "i686",
    "loongarch64",
    "noarch",
    "ppc64",
    "ppc64le",
    "riscv64",
    "s390x",
    "src",
    "x86_64",
];

/// The name alone, where more stands behind it: the architecture as `dpkg -l` and `yum list` print it, or version, release
/// and architecture as `rpm -qa` does (`kesl-11.4.0-1135.x86_64`). `None` where nothing does.
pub(super) fn alone<'n>(name: &'n str, ecosystem: Option<&str>) -> Option<&'n str> {
    // Nearly no name has either.
    if !name.bytes().any(|byte| matches!(byte, b':' | b'.')) {
        return None;
    }
    let of = |kind| ecosystem.is_none_or(|found| found == kind);
    if let Some((name, architecture)) = name.rsplit_once(':') {
        return (of("deb") && DEB.contains(&architecture)).then_some(name);
    }
    let (rest, architecture) = name.rsplit_once('.')?;
    if !of("rpm") || !RPM.contains(&architecture) {
        return None;
    }
    let versioned = rest.rsplit_once('-').and_then(|(rest, _release)| rest.rsplit_once('-'));
    match versioned {
        Some((name, version)) if version.starts_with(|first: char| first.is_ascii_digit()) => Some(name),
        _ => Some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_package_manager_adds_is_taken_off() {
        for (name, ecosystem, wanted) in [
            ("kesl:amd64", None, Some("kesl")),
            ("kesl:amd64", Some("deb"), Some("kesl")),
            ("kesl:amd64", Some("rpm"), None),
            ("org.example:kesl", None, None),
            ("kesl.x86_64", None, Some("kesl")),
            ("kesl.x86_64", Some("rpm"), Some("kesl")),
            ("kesl.x86_64", Some("deb"), None),
            ("kesl-gui-11.4.0-1135.x86_64", Some("rpm"), Some("kesl-gui")),
            ("lib-kesl-doc.noarch", None, Some("lib-kesl-doc")),
            ("kaspersky.txt", None, None),
            ("kesl", None, None),
        ] {
            assert_eq!(alone(name, ecosystem), wanted, "{name} {ecosystem:?}");
        }
    }
}
