//! What `rpm -qa` prints: `name-version-release.architecture`, a package a line; or, with [`QUERY`] as its query format,
//! fields between tabs, with the epoch and the vendor that the short form leaves out.
//!
//! Not here: `dnf list`, `yum list`, whose columns are cut to the terminal.

use super::super::coverage::{Place, Problem};
use super::super::format::{Format, Reader};
use super::super::head::Head;
use super::super::rows::{Rows, lines};
use super::{Package, add};

/// The query format that says all that is matched. It begins with a word that no other table begins with.
pub const QUERY: &str =
    r"rpm\t%{NAME}\t%{EPOCH}\t%{VERSION}\t%{RELEASE}\t%{ARCH}\t%{VENDOR}\t%{PACKAGER}\t%{SOURCERPM}\n";

/// How a line of it begins.
const MARK: &[u8] = b"rpm\t";

/// What rpm prints of a tag that a package does not have.
const NONE: &str = "(none)";

const WANTED: &str = "name-version-release.architecture, or the fields of the documented query format";

/// Architectures by which a line is known.
const ARCHITECTURES: [&[u8]; 22] = [
    b"noarch",
    b"x86_64",
    b"x86_64_v2",
    b"aarch64",
    b"i386",
    b"i486",
    b"i586",
    b"i686",
    b"athlon",
    b"ppc",
    b"ppc64",
    b"ppc64le",
    b"s390",
    b"s390x",
    b"armv5tel",
    b"armv6hl",
    b"armv7hl",
    b"riscv64",
    b"loongarch64",
    b"ia64",
    b"src",
    b"(none)",
];

/// The list.
pub const READER: Reader = Reader {
    name: "rpm-qa",
    title: "what rpm -qa prints",
    recognises: is_list,
    read: |bytes, source, limits| {
        let mut rows = Rows::new(source, Format::RpmQa, limits);
        read(bytes, None, &mut rows);
        rows.finish()
    },
};

/// Lines of the query format, or only lines of the short form: one with a known architecture first, keys apart.
fn is_list(head: &Head<'_>) -> bool {
    if head.bytes().starts_with(MARK) {
        return true;
    }
    let mut looked = head.lines().filter(|line| !line.is_empty()).take(8).peekable();
    let known = |line: &[u8]| {
        line.starts_with(b"gpg-pubkey-")
            || line.rsplit(|byte| *byte == b'.').next().is_some_and(|arch| ARCHITECTURES.contains(&arch))
    };
    looked.peek().is_some_and(|line| known(line)) && {
        // The window may cut off the last.
        let lines: Vec<_> = looked.collect();
        lines.iter().take(lines.len().max(2) - 1).all(|line| short(line).is_some() && known(line))
    }
}

/// Reads the list. A line that is no row ends the reading.
pub(in super::super) fn read(bytes: &[u8], distribution: Option<&str>, rows: &mut Rows<'_>) {
    for (at, line) in lines(super::super::text::without_mark(bytes)) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let place = rows.next_row(at);
        let limit = rows.limits().row_bytes;
        if line.len() > limit {
            return rows.stop(place, Problem::RowTooLong { limit });
        }
        let Some(package) = row(line, place, rows) else {
            return rows.stop(place, Problem::Row { wanted: WANTED });
        };
        add(&package, distribution, place, rows);
        if rows.is_full() {
            return;
        }
    }
}

fn row(line: &[u8], place: Place, rows: &mut Rows<'_>) -> Option<Package> {
    let text = rows.text(line, place)?;
    if let Some(fields) = line.strip_prefix(MARK).and_then(|_| text.strip_prefix("rpm\t")) {
        let mut fields = fields
            .split('\t')
            .map(|field| Some(field.trim()).filter(|text| !text.is_empty() && *text != NONE));
        let mut next = || fields.next().map(|field| field.map(str::to_owned));
        let package = Package {
            name: next()??,
            epoch: next()?.map(|epoch| epoch.parse()).transpose().ok()?,
            version: next()??,
            release: next()??,
            arch: next()?,
            vendor: next()?,
            packager: next()?,
            source_rpm: next()?,
            // `rows` has told of it.
            replaced: false,
        };
        return fields.next().is_none().then_some(package);
    }
    let (name, epoch, version, release, arch) = short(text.as_bytes())?;
    Some(Package {
        name: name.to_owned(),
        epoch: epoch.map(str::parse).transpose().ok()?,
        version: version.to_owned(),
        release: release.to_owned(),
        arch: arch.map(str::to_owned),
        ..Package::default()
    })
}

type Parts<'a> = (&'a str, Option<&'a str>, &'a str, &'a str, Option<&'a str>);

/// Name, epoch, version, release and architecture of `name-[epoch:]version-release[.architecture]`. Keys have no architecture.
fn short(line: &[u8]) -> Option<Parts<'_>> {
    let text = std::str::from_utf8(line).ok()?;
    let blank = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '/' | '"');
    if text.contains(blank) {
        return None;
    }
    let (rest, arch) = match text.rsplit_once('.') {
        Some((rest, arch)) if !text.starts_with("gpg-pubkey-") => {
            (rest, Some(arch).filter(|arch| *arch != NONE))
        }
        _ if text.starts_with("gpg-pubkey-") => (text.strip_suffix(".(none)").unwrap_or(text), None),
        _ => return None,
    };
    let (rest, release) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let (epoch, version) =
        version.split_once(':').map_or((None, version), |(epoch, version)| (Some(epoch), version));
    let whole = ![name, version, release].contains(&"") && arch != Some("");
    whole.then_some((name, epoch, version, release, arch))
}

/// The name of a source package's file: `kesl` of `kesl-11.4.0-1135.src.rpm`.
pub(super) fn name_of_source(file: &str) -> Option<&str> {
    let rest = file.strip_suffix(".rpm")?;
    let rest = rest.strip_suffix(".src").or_else(|| rest.strip_suffix(".nosrc"))?;
    let (name, _version) = rest.rsplit_once('-')?.0.rsplit_once('-')?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::super::super::component::Inventory;
    use super::super::super::coverage::Reading;
    use super::super::super::limits::Limits;
    use super::*;

    const SHORT: &str =
        "kesl-11.4.0-1135.x86_64\ngpg-pubkey-fd431d51-4ae0493b\npython3-libs-3.9.18-3.el9.x86_64\n";
    const LONG: &str = "rpm\tkesl\t2\t11.4.0\t1135\tx86_64\tAO Kaspersky Lab\tX <x@y>\tkesl-src-11.4.0-1135.src.rpm\n\
                        rpm\tbash\t(none)\t5.1.8\t6.el9\tx86_64\tRed Hat, Inc.\t(none)\tbash-5.1.8-6.el9.src.rpm\n";

    fn read(text: &str, limits: &Limits) -> Inventory {
        (READER.read)(text.as_bytes(), "x", limits)
    }

    fn purls(inventory: &Inventory) -> Vec<String> {
        inventory.components.iter().map(|found| found.purl.as_ref().unwrap().to_string()).collect()
    }

    #[test]
    fn both_forms_are_known_and_read() {
        for text in [SHORT, LONG, "gpg-pubkey-a-b\nkesl-1-1.noarch\n"] {
            assert_eq!(Format::of(text.as_bytes()), Ok(Format::RpmQa), "{text}");
        }
        let short = read(SHORT, &Limits::STANDARD);
        assert!(short.is_complete());
        assert_eq!(
            purls(&short),
            [
                "pkg:rpm/kesl@11.4.0-1135?arch=x86_64",
                "pkg:rpm/gpg-pubkey@fd431d51-4ae0493b",
                "pkg:rpm/python3-libs@3.9.18-3.el9?arch=x86_64",
            ]
        );
        let long = read(LONG, &Limits::STANDARD);
        assert!(long.is_complete());
        assert_eq!(long.components[0].version.as_deref(), Some("2:11.4.0-1135"));
        assert_eq!(long.components[0].vendors, ["AO Kaspersky Lab"]);
        assert_eq!(long.components[1].vendors, ["Red Hat, Inc."]);
        assert_eq!(long.components[1].version.as_deref(), Some("5.1.8-6.el9"));
        assert_eq!(long.components[0].source_package.as_deref(), Some("kesl-src"));
    }

    #[test]
    fn a_line_that_is_no_row_ends_the_reading_at_its_byte() {
        for broken in [
            "warning: rpmdb is old",
            "kesl",
            "kesl-1.x86_64",
            "rpm\tkesl\t1\t2",
            "rpm\ta\tx\t1\t1\t\t\t\t",
            "-1-1.noarch",
        ] {
            let text = format!("kesl-1-1.noarch\n{broken}\nkesl-2-1.noarch\n");
            let inventory = read(&text, &Limits::STANDARD);
            assert_eq!(inventory.components.len(), 1, "{broken}");
            assert_eq!(
                inventory.coverage[0].read,
                Reading::Partial {
                    reason: Problem::Row { wanted: WANTED },
                    place: Place { row: 2, byte: 16 },
                    skipped: 0,
                }
            );
        }
    }

    #[test]
    fn limits_hold_at_their_value_and_one_beyond() {
        for (row_bytes, components, complete) in [(15, 2, true), (14, 2, false), (15, 1, false)] {
            let limits = Limits { row_bytes, components, ..Limits::STANDARD };
            assert_eq!(read("kesl-1-1.noarch\nkesl-2-1.noarch\n", &limits).is_complete(), complete);
        }
    }

    #[test]
    fn other_lists_are_not_taken_for_it() {
        for text in [
            "name,version\na-1-1.noarch,1\n",
            "file-1-2.txt\n",
            "kesl-1-1.noarch\nsomething else\nand more\n",
            "notes.src\n",
        ] {
            assert_ne!(Format::of(text.as_bytes()), Ok(Format::RpmQa), "{text}");
        }
    }
}
