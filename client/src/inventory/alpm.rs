//! pacman's descriptions of installed packages (alpm of pacman 6 and 7, `var/lib/pacman/local/*/desc`): sections of a name
//! between percent signs, lines, and a blank line. One file holds one package; several behind one another are read too.
//!
//! Not here: the folder with them ([`super::machine`]); the files that packages own.

use std::collections::BTreeMap;

use interdict_schema::product::Purl;

use super::coverage::{Place, Problem};
use super::format::{Format, Reader};
use super::head::Head;
use super::rows::{Rows, lines};
use super::text::{before_address, without_mark};

const FIELDS: [&str; 5] = ["%NAME%", "%VERSION%", "%ARCH%", "%BASE%", "%PACKAGER%"];

/// A description. Whoever knows the distribution calls [`read`].
pub const READER: Reader = Reader {
    name: "alpm",
    title: "pacman's desc files",
    recognises: |head: &Head<'_>| {
        let has = |section: &[u8]| head.lines().any(|line| line == section);
        head.first_line() == b"%NAME%" && has(b"%VERSION%")
    },
    read: |bytes, source, limits| {
        let mut rows = Rows::new(source, Format::Alpm, limits);
        read(bytes, None, &mut rows);
        rows.finish()
    },
};

/// Reads a description. `distribution` is the `ID` of os-release.
pub(super) fn read(bytes: &[u8], distribution: Option<&str>, rows: &mut Rows<'_>) {
    let mut package = Vec::new();
    let mut begun = None;
    for (at, line) in lines(without_mark(bytes)) {
        if line == b"%NAME%" {
            if let Some(place) = begun
                && !add(&package, distribution, place, rows)
            {
                return;
            }
            package.clear();
            begun = Some(rows.next_row(at));
        } else if begun.is_none() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let place = rows.next_row(at);
            return rows
                .stop(place, Problem::Row { wanted: "%NAME%, and the package's name in the next line" });
        }
        package.push(line);
    }
    if let Some(place) = begun {
        add(&package, distribution, place, rows);
    } else {
        let place = rows.next_row(0);
        rows.stop(place, Problem::FieldMissing { field: "%NAME%" });
    }
}

/// Adds a package; whether more may follow.
fn add(package: &[&[u8]], distribution: Option<&str>, place: Place, rows: &mut Rows<'_>) -> bool {
    let limit = rows.limits().row_bytes;
    if package.iter().map(|line| line.len() + 1).sum::<usize>() > limit {
        rows.stop(place, Problem::RowTooLong { limit });
        return false;
    }
    if package.iter().any(|line| line.contains(&0)) {
        rows.stop(place, Problem::Nul);
        return false;
    }
    // The line behind a section's name; an empty one ends the section.
    let mut value = |name: &str| {
        let at = package.iter().position(|line| *line == name.as_bytes())?;
        rows.text(package.get(at + 1)?, place)
    };
    let [name, version, arch, base, packager] = FIELDS.map(&mut value);
    let (Some(name), Some(version)) = (&name, version) else {
        let field = if name.is_none() { "%NAME%" } else { "%VERSION%" };
        rows.stop(place, Problem::FieldMissing { field });
        return false;
    };
    let mut component = rows.component(name, place);
    component.ecosystem = Some("alpm".to_owned());
    component.source_package = base;
    component.vendor_hints = packager.as_deref().and_then(before_address).into_iter().collect();
    let qualifiers: BTreeMap<String, String> =
        arch.into_iter().map(|arch| ("arch".to_owned(), arch)).collect();
    match Purl::build("alpm", distribution, name, Some(&version), qualifiers, None) {
        Ok(purl) => component.purl = Some(purl),
        Err(error) => rows.note(place, Problem::Purl(error)),
    }
    component.version = Some(version);
    rows.add(component, place);
    !rows.is_full()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::super::component::Inventory;
    use super::super::coverage::Reading;
    use super::super::limits::Limits;
    use super::*;

    const KESL: &str = "%NAME%\nkesl\n\n%VERSION%\n1:11.4.0-2\n\n%BASE%\nkesl-src\n\n%DESC%\nprotection\n\n%ARCH%\nx86_64\n\n\
                        %PACKAGER%\nAO Kaspersky Lab <x@example.org>\n\n%DEPENDS%\nglibc\nbash\n\n";

    fn read(text: &str, limits: &Limits) -> Inventory {
        let mut rows = Rows::new("desc", Format::Alpm, limits);
        super::read(text.as_bytes(), Some("arch"), &mut rows);
        rows.finish()
    }

    #[test]
    fn descriptions_become_components_with_their_package_urls() {
        assert_eq!(Format::of(KESL.as_bytes()), Ok(Format::Alpm));
        let inventory = read(&format!("{KESL}{}", KESL.replace("kesl", "other")), &Limits::STANDARD);
        assert!(inventory.is_complete());
        let kesl = &inventory.components[0];
        assert_eq!(kesl.purl.as_ref().unwrap().to_string(), "pkg:alpm/arch/kesl@1:11.4.0-2?arch=x86_64");
        assert_eq!(kesl.source_package.as_deref(), Some("kesl-src"));
        assert_eq!(kesl.vendor_hints, ["AO Kaspersky Lab"]);
        assert_eq!((inventory.components[1].name.as_str(), inventory.components[1].source.row), ("other", 2));
    }

    #[test]
    fn a_description_that_is_broken_ends_the_reading() {
        let wanted = "%NAME%, and the package's name in the next line";
        for (text, row, problem) in [
            ("", 1, Problem::FieldMissing { field: "%NAME%" }),
            ("hello\n", 1, Problem::Row { wanted }),
            ("%NAME%\n\n%VERSION%\n1\n", 1, Problem::FieldMissing { field: "%NAME%" }),
            ("%NAME%\na\n\n%VERSION%\n", 1, Problem::FieldMissing { field: "%VERSION%" }),
            ("%NAME%\na\n\n%VERSION%\n1\n\n%NAME%\nb\n", 2, Problem::FieldMissing { field: "%VERSION%" }),
            ("%NAME%\na\0\n", 1, Problem::Nul),
        ] {
            let inventory = read(text, &Limits::STANDARD);
            let Reading::Partial { reason, place, .. } = &inventory.coverage[0].read else {
                unreachable!("{text}")
            };
            assert_eq!((reason, place.row), (&problem, row), "{text:?}");
        }
    }

    #[test]
    fn limits_hold_at_their_value_and_one_beyond() {
        for (row_bytes, components, complete) in
            [(KESL.len(), 1, true), (KESL.len() - 1, 1, false), (KESL.len(), 0, false)]
        {
            let limits = Limits { row_bytes, components, ..Limits::STANDARD };
            assert_eq!(read(KESL, &limits).is_complete(), complete);
        }
    }
}
