//! Packages of rpm: of its SQLite database (rpm 4.16 and later), and of what `rpm -qa` prints.
//!
//! A package's URL has the epoch as a qualifier, its version has it in front, as rpm prints it. Databases of other kinds
//! (Berkeley DB, ndb) only rpm itself reads, and is asked. Not here: where a machine keeps its database.

use std::collections::BTreeMap;

use interdict_schema::product::Purl;

use super::coverage::{Place, Problem};
use super::format::{Format, Reader};
use super::head::Head;
use super::rows::Rows;
use super::sqlite::{Database, MAGIC, SqliteError, Value};
use super::text::before_address;

pub(super) mod command;
mod header;
pub mod list;

pub use command::CommandError;
pub use header::HeaderError;

/// The SQLite database alone. Whoever has its log and knows the distribution calls `read`.
pub const READER: Reader = Reader {
    name: "rpm-sqlite",
    title: "an rpm database, rpmdb.sqlite",
    recognises: |head: &Head<'_>| head.bytes().starts_with(MAGIC),
    read: |bytes, source, limits| {
        let mut rows = Rows::new(source, Format::RpmSqlite, limits);
        read(bytes, None, None, &mut rows);
        rows.finish()
    },
};

/// What rpm says of a package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Package {
    name: String,
    epoch: Option<u32>,
    version: String,
    release: String,
    arch: Option<String>,
    vendor: Option<String>,
    packager: Option<String>,
    source_rpm: Option<String>,
    /// Whether bytes that are not UTF-8 were replaced in one of them.
    replaced: bool,
}

/// Reads the database. `log` is what stands in the `-wal` file beside it, `None` where nobody looked; `distribution` the `ID`
/// of os-release.
pub(super) fn read(bytes: &[u8], log: Option<&[u8]>, distribution: Option<&str>, rows: &mut Rows<'_>) {
    let first = Place { row: 1, byte: 0 };
    let database = match Database::open(bytes, log.unwrap_or_default()) {
        Ok(database) => database,
        Err(error) => return rows.stop(first, Problem::Sqlite(error)),
    };
    if log.is_none() && database.has_log() {
        rows.note(first, Problem::Sqlite(SqliteError::LogUnseen));
    }
    let read = database.rows("Packages", &mut |row, record| {
        let place = rows.next_row(0);
        match record.get(1) {
            Some(Value::Blob(blob)) => match header::read(blob) {
                Ok(package) => add(&package, distribution, place, rows),
                Err(error) => rows.skip(place, Problem::RpmHeader(error)),
            },
            _ => rows.skip(place, Problem::Sqlite(SqliteError::Column { row, column: "blob" })),
        }
        !rows.is_full()
    });
    if let Err(error) = read {
        let place = rows.next_row(0);
        rows.stop(place, Problem::Sqlite(error));
    }
}

/// Adds a package as a component.
fn add(package: &Package, distribution: Option<&str>, place: Place, rows: &mut Rows<'_>) {
    if package.replaced {
        rows.note(place, Problem::Utf8);
    }
    let mut component = rows.component(&package.name, place);
    component.ecosystem = Some("rpm".to_owned());
    let version = if package.release.is_empty() {
        package.version.clone()
    } else {
        format!("{}-{}", package.version, package.release)
    };
    let epoch = package.epoch.filter(|epoch| *epoch > 0);
    component.version = Some(match epoch {
        Some(epoch) => format!("{epoch}:{version}"),
        None => version.clone(),
    });
    component.add_vendor(package.vendor.as_deref().unwrap_or_default());
    component.vendor_hints = package.packager.as_deref().and_then(before_address).into_iter().collect();
    component.source_package =
        package.source_rpm.as_deref().and_then(list::name_of_source).map(str::to_owned);
    let epoch = epoch.map(|epoch| ("epoch".to_owned(), epoch.to_string()));
    let arch = package.arch.clone().map(|arch| ("arch".to_owned(), arch));
    let qualifiers: BTreeMap<String, String> = epoch.into_iter().chain(arch).collect();
    let namespace = distribution.map(namespace);
    match Purl::build("rpm", namespace, &package.name, Some(&version), qualifiers, None) {
        Ok(purl) => component.purl = Some(purl),
        Err(error) => rows.note(place, Problem::Purl(error)),
    }
    rows.add(component, place);
}

/// How package URLs call a distribution that calls itself otherwise (purl-types, rpm: a vendor).
fn namespace(distribution: &str) -> &str {
    match distribution {
        "rhel" => "redhat",
        name if name.starts_with("opensuse-") => "opensuse",
        name => name,
    }
}

/// A database of two packages.
#[cfg(test)]
pub(super) fn sample() -> Vec<u8> {
    super::sqlite::sample::database("Packages", &[header::sample(Some(2)), header::sample(None)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::super::component::Inventory;
    use super::super::coverage::Reading;
    use super::super::limits::Limits;
    use super::super::sqlite::sample::database;
    use super::*;

    const LIMITS: &Limits = &Limits::STANDARD;

    fn inventory(bytes: &[u8], log: Option<&[u8]>, limits: &Limits) -> Inventory {
        let mut rows = Rows::new("rpmdb.sqlite", Format::RpmSqlite, limits);
        read(bytes, log, Some("rhel"), &mut rows);
        rows.finish()
    }

    #[test]
    fn a_package_of_the_database_becomes_a_component_with_epoch_and_vendor() {
        let inventory = inventory(&sample(), Some(&[]), LIMITS);
        assert!(inventory.is_complete(), "{:?}", inventory.coverage);
        let kesl = &inventory.components[0];
        assert_eq!((kesl.name.as_str(), kesl.version.as_deref()), ("kesl", Some("2:11.4.0-1135")));
        let purl = "pkg:rpm/redhat/kesl@11.4.0-1135?arch=x86_64&epoch=2";
        assert_eq!(kesl.purl.as_ref().unwrap().to_string(), purl);
        assert_eq!(kesl.vendors, ["AO Kaspersky Lab"]);
        assert_eq!(kesl.vendor_hints, ["Build Service"]);
        assert_eq!(kesl.source_package.as_deref(), Some("kesl-src"));
        assert_eq!((kesl.source.row, kesl.source.byte), (1, Some(0)));
        assert_eq!(inventory.components[1].version.as_deref(), Some("11.4.0-1135"));
    }

    #[test]
    fn a_header_that_is_broken_is_left_out_and_named_and_the_others_are_read() {
        let broken = database("Packages", &[vec![0; 8], header::sample(None), vec![1]]);
        let inventory = inventory(&broken, Some(&[]), LIMITS);
        assert_eq!(inventory.components.len(), 1);
        assert_eq!(
            inventory.coverage[0].read,
            Reading::Partial {
                reason: Problem::RpmHeader(HeaderError::Missing { tag: "NAME" }),
                place: Place { row: 1, byte: 0 },
                skipped: 2,
            }
        );
    }

    #[test]
    fn a_database_that_breaks_off_is_read_in_part() {
        let whole = database("Packages", &[header::sample(None), vec![1; 2_000]]);
        let inventory = inventory(&whole[..whole.len() - 512], Some(&[]), LIMITS);
        assert!(!inventory.is_complete());
        assert!(matches!(
            inventory.coverage[0].read,
            Reading::Partial { reason: Problem::Sqlite(SqliteError::NoPage { .. }), .. }
        ));
    }

    #[test]
    fn a_database_with_a_log_that_nobody_saw_is_not_complete() {
        let mut bytes = sample();
        assert!(inventory(&bytes, None, LIMITS).is_complete());
        bytes[18..20].copy_from_slice(&[2, 2]);
        assert!(!inventory(&bytes, None, LIMITS).is_complete());
        assert!(inventory(&bytes, Some(&[]), LIMITS).is_complete());
    }

    #[test]
    fn components_end_at_the_limit_and_not_one_before() {
        for (limit, complete) in [(2, true), (1, false)] {
            let limits = Limits { components: limit, ..Limits::STANDARD };
            let inventory = inventory(&sample(), Some(&[]), &limits);
            assert_eq!((inventory.components.len(), inventory.is_complete()), (limit, complete));
        }
    }
}
