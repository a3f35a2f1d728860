//! Rows of osquery's tables (schema 5.x) as components: by the name of the query, or by the columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use interdict_schema::product::Purl;

use super::super::component::Component;
use super::super::coverage::{Place, Problem};
use super::super::csv::Column;
use super::super::dpkg;
use super::super::gathering::Gathering;
use super::super::json::Word;

/// The columns of a row, by name.
pub(super) type Columns<'a> = BTreeMap<Word<'a>, Word<'a>>;

/// The tables that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Programs,
    Deb,
    Rpm,
    Apps,
    Chrome,
    Firefox,
    Processes,
    Python,
    Npm,
    Hash,
    /// Another one whose rows have a name.
    Other,
}

/// Their names, as queries are commonly called by.
const NAMES: [(&str, Table); 10] = [
    ("programs", Table::Programs),
    ("deb_packages", Table::Deb),
    ("rpm_packages", Table::Rpm),
    ("apps", Table::Apps),
    ("chrome_extensions", Table::Chrome),
    ("firefox_addons", Table::Firefox),
    ("processes", Table::Processes),
    ("python_packages", Table::Python),
    ("npm_packages", Table::Npm),
    ("hash", Table::Hash),
];

/// The columns of a row, in the order of their names.
struct Row<'a>(&'a [(String, String)]);

impl<'a> Row<'a> {
    fn is(&self, column: &str) -> bool {
        self.0.iter().any(|(name, _)| name == column)
    }

    fn any(&self, columns: &[&str]) -> bool {
        columns.iter().any(|column| self.is(column))
    }

    /// The value of the first of these columns that has one.
    fn of(&self, columns: &[&str]) -> Option<&'a str> {
        let value = |wanted: &&str| self.0.iter().find(|(name, value)| name == wanted && !value.is_empty());
        columns.iter().find_map(value).map(|(_, value)| value.as_str())
    }

    fn table(&self, query: &str) -> Option<Table> {
        let called = |name: &str| {
            query
                .strip_suffix(name)
                .is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric()))
        };
        if let Some((_, table)) = NAMES.iter().find(|(name, _)| called(name)) {
            // A query may be called so and give other columns.
            let product = if *table == Table::Hash {
                self.is("sha256")
            } else {
                self.any(&["name", "identifier", "path"])
            };
            return product.then_some(*table);
        }
        let below = |folder: &str| self.of(&["path", "directory"]).is_some_and(|path| path.contains(folder));
        let known = [
            (self.is("pid") && self.any(&["cmdline", "path", "name"]), Table::Processes),
            (self.is("bundle_identifier"), Table::Apps),
            (self.is("identifier") && self.is("creator"), Table::Firefox),
            (
                self.is("identifier")
                    && self.any(&[
                        "browser_type",
                        "update_url",
                        "profile",
                        "profile_path",
                        "referenced_identifier",
                    ]),
                Table::Chrome,
            ),
            (self.is("sha256") && self.is("path") && !self.is("name"), Table::Hash),
            (self.is("name") && self.is("release"), Table::Rpm),
            (self.is("name") && self.any(&["maintainer", "revision"]), Table::Deb),
            (
                self.is("name") && self.any(&["install_location", "identifying_number", "uninstall_string"]),
                Table::Programs,
            ),
            (self.is("name") && (below("site-packages") || below("dist-packages")), Table::Python),
            (self.is("name") && below("node_modules"), Table::Npm),
            (self.is("name") && self.any(&["version", "path", "sha256"]), Table::Other),
        ];
        known.into_iter().find(|(is, _)| *is).map(|(_, table)| table)
    }
}

/// Takes a row. False where it names nothing that is compared.
pub(super) fn component(
    columns: &[(String, String)],
    query: &str,
    host: Option<Arc<str>>,
    place: Place,
    gathering: &mut Gathering<'_>,
) -> bool {
    let row = Row(columns);
    let Some(table) = row.table(query) else { return false };
    let file = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
    let name = row
        .of(&["name", "bundle_name", "identifier"])
        .map(str::to_owned)
        .or_else(|| row.of(&["path"]).map(file));
    let Some(name) = name else {
        gathering.skip(place, Problem::NothingNamed);
        return true;
    };
    let name = if table == Table::Apps { name.strip_suffix(".app").unwrap_or(&name) } else { &name };
    let Some(mut component) = gathering.component(name, place, None) else { return true };
    component.host = host;
    component.version = row.of(&["version", "bundle_short_version", "bundle_version"]).map(str::to_owned);
    for vendor in ["vendor", "publisher", "creator"] {
        component.add_vendor(row.of(&[vendor]).unwrap_or_default());
    }
    match table {
        Table::Deb => {
            // As dpkg has it; a row without a status is of a query that did not ask for it.
            match row.of(&["status"]).map(dpkg::presence).transpose() {
                Ok(Some(None)) => return true,
                Ok(Some(Some(presence))) => component.presence = presence,
                Ok(None) => {}
                Err(problem) => {
                    gathering.skip(place, problem);
                    return true;
                }
            }
            component.source_package = row.of(&["source"]).map(str::to_owned);
            let maintainer = row.of(&["maintainer"]).and_then(|text| text.split('<').next()).map(str::trim);
            component.vendor_hints =
                maintainer.filter(|name| !name.is_empty()).map(str::to_owned).into_iter().collect();
            package(&mut component, "deb", &row, place, gathering);
        }
        Table::Rpm => {
            if let (Some(version), Some(release)) = (row.of(&["version"]), row.of(&["release"])) {
                let epoch = row.of(&["epoch"]).filter(|epoch| *epoch != "0");
                let epoch = epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
                component.version = Some(format!("{epoch}{version}-{release}"));
            }
            package(&mut component, "rpm", &row, place, gathering);
        }
        Table::Python => package(&mut component, "pypi", &row, place, gathering),
        Table::Npm => package(&mut component, "npm", &row, place, gathering),
        _ => {}
    }
    if matches!(table, Table::Chrome | Table::Python | Table::Npm) {
        component.vendor_hints.extend(row.of(&["author"]).map(str::to_owned));
    }
    seen(&mut component, table, &row, place, gathering);
    gathering.keep(component);
    true
}

/// What was seen of it.
fn seen(component: &mut Component, table: Table, row: &Row<'_>, place: Place, gathering: &mut Gathering<'_>) {
    let mut identifiers = gathering.identifiers(place);
    let mut trace = |column, of: &[&str]| {
        if let Some(value) = row.of(of) {
            identifiers.trace(component, column, value);
        }
    };
    match table {
        Table::Processes => trace(Column::Process, &["path", "name"]),
        Table::Apps => trace(Column::BundleId, &["bundle_identifier"]),
        Table::Chrome | Table::Firefox => {
            trace(Column::ExtensionId, &["identifier", "referenced_identifier"]);
        }
        _ => {}
    }
    trace(Column::Path, &["install_location", "path"]);
    trace(Column::TeamId, &["team_identifier"]);
    trace(Column::Signer, &["authority", "subject_name"]);
    trace(Column::CdHash, &["cdhash"]);
    if let Some(digest) = row.of(&["sha256"]) {
        identifiers.sha256(component, digest);
    }
}

/// A package of that kind, with its package URL.
fn package(
    component: &mut Component,
    ecosystem: &str,
    row: &Row<'_>,
    place: Place,
    gathering: &mut Gathering<'_>,
) {
    component.ecosystem = Some(ecosystem.to_owned());
    let (scope, name) = match component.name.split_once('/') {
        Some((scope, name)) if ecosystem == "npm" && scope.starts_with('@') => (Some(scope), name),
        _ => (None, component.name.as_str()),
    };
    let architecture = row.of(&["arch"]).filter(|_| matches!(ecosystem, "deb" | "rpm"));
    let mut qualifiers: BTreeMap<_, _> =
        architecture.map(|arch| ("arch".to_owned(), arch.to_owned())).into_iter().collect();
    // A package URL has the epoch of an rpm as a qualifier.
    let version = component.version.as_deref();
    let version = match version.and_then(|version| version.split_once(':')) {
        Some((epoch, version)) if ecosystem == "rpm" => {
            qualifiers.insert("epoch".to_owned(), epoch.to_owned());
            Some(version)
        }
        _ => version,
    };
    match Purl::build(ecosystem, scope, name, version, qualifiers, None) {
        Ok(purl) => component.purl = Some(purl),
        Err(error) => gathering.note(place, Problem::Purl(error)),
    }
}
