//! Packages of Node: `package.json` of one that is installed, and `package-lock.json` of a project (npm, lock file versions 1
//! to 3).
//!
//! A lock file lists what is installed with it, and is no proof that it is. Not here: where packages are installed; what
//! `package.json` wishes for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use interdict_schema::product::Purl;
use serde::Deserialize;

use super::coverage::{Place, Problem};
use super::format::{Format, Reader};
use super::head::Head;
use super::json;
use super::rows::Rows;

/// Either file.
pub const READER: Reader = Reader {
    name: "npm",
    title: "package.json or package-lock.json",
    recognises: |head: &Head<'_>| {
        let package = ["scripts", "main", "exports", "engines", "dependencies", "devDependencies"];
        let locked = head.has("lockfileVersion");
        head.is_object()
            && (locked || head.has_all(&["name", "version"]) && package.iter().any(|key| head.has(key)))
    },
    read: |bytes, source, limits| {
        let mut rows = Rows::new(source, Format::Npm, limits);
        if Head::of(bytes, bytes.len()).has("lockfileVersion") {
            read_lock(bytes, &mut rows);
        } else {
            read_package(bytes, &mut rows);
        }
        rows.finish()
    },
};

type Text<'a> = Cow<'a, str>;

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    version: Option<Text<'a>>,
    #[serde(borrow)]
    author: Option<Author<'a>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Author<'a> {
    Text(#[serde(borrow)] Text<'a>),
    Person {
        #[serde(borrow)]
        name: Option<Text<'a>>,
    },
    Other(serde::de::IgnoredAny),
}

/// Reads what one package says of itself. One without a name is none: files of that name also say how code is loaded.
pub(super) fn read_package(bytes: &[u8], rows: &mut Rows<'_>) {
    let place = rows.next_row(0);
    let package: Package<'_> = match json::document(bytes) {
        Ok(package) => package,
        Err(problem) => return rows.stop(place, problem),
    };
    let Some(name) = package.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) else { return };
    let author = match &package.author {
        Some(Author::Text(text) | Author::Person { name: Some(text) }) => text,
        _ => "",
    };
    let author = author.split(['<', '(']).next().unwrap_or_default().trim();
    add(name, package.version.as_deref(), Some(author).filter(|name| !name.is_empty()), place, rows);
}

#[derive(Deserialize)]
struct Lock<'a> {
    /// Versions 2 and 3: by the path of the package's folder; the project itself under the empty one.
    #[serde(borrow)]
    packages: Option<BTreeMap<Text<'a>, Locked<'a>>>,
    /// Version 1: by name, nested.
    #[serde(borrow)]
    dependencies: Option<BTreeMap<Text<'a>, Locked<'a>>>,
}

#[derive(Deserialize)]
struct Locked<'a> {
    /// Where it differs from the folder's.
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    version: Option<Text<'a>>,
    /// A link to another folder of the list.
    link: Option<bool>,
    #[serde(borrow)]
    dependencies: Option<Inner<'a>>,
}

/// Nested packages in version 1; names and ranges since.
#[derive(Deserialize)]
#[serde(untagged)]
enum Inner<'a> {
    Packages(#[serde(borrow)] BTreeMap<Text<'a>, Locked<'a>>),
    Other(serde::de::IgnoredAny),
}

fn read_lock(bytes: &[u8], rows: &mut Rows<'_>) {
    let lock: Lock<'_> = match json::document(bytes) {
        Ok(lock) => lock,
        Err(problem) => {
            let place = rows.next_row(0);
            return rows.stop(place, problem);
        }
    };
    let Some(packages) = &lock.packages else {
        return lock.dependencies.iter().for_each(|dependencies| nested(dependencies, rows));
    };
    for (folder, package) in
        packages.iter().filter(|(folder, package)| !folder.is_empty() && package.link != Some(true))
    {
        let place = rows.next_row(0);
        let named = folder.rsplit_once("node_modules/").map_or(folder.as_ref(), |(_, name)| name);
        add(package.name.as_deref().unwrap_or(named), package.version.as_deref(), None, place, rows);
        if rows.is_full() {
            return;
        }
    }
}

fn nested(packages: &BTreeMap<Text<'_>, Locked<'_>>, rows: &mut Rows<'_>) {
    for (name, package) in packages {
        if rows.is_full() {
            return;
        }
        let place = rows.next_row(0);
        add(name, package.version.as_deref(), None, place, rows);
        if let Some(Inner::Packages(inside)) = &package.dependencies {
            nested(inside, rows);
        }
    }
}

fn add(name: &str, version: Option<&str>, author: Option<&str>, place: Place, rows: &mut Rows<'_>) {
    let version = version.map(str::trim).filter(|version| !version.is_empty());
    let (scope, bare) = match name.split_once('/') {
        Some((scope, bare)) if scope.starts_with('@') => (Some(scope), bare),
        _ => (None, name),
    };
    let mut component = rows.component(name, place);
    component.ecosystem = Some("npm".to_owned());
    component.version = version.map(str::to_owned);
    component.vendor_hints = author.into_iter().map(str::to_owned).collect();
    match Purl::build("npm", scope, bare, version, BTreeMap::new(), None) {
        Ok(purl) => component.purl = Some(purl),
        Err(error) => rows.note(place, Problem::Purl(error)),
    }
    rows.add(component, place);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::super::component::Inventory;
    use super::super::coverage::Reading;
    use super::super::limits::Limits;
    use super::*;

    fn read(text: &str) -> Inventory {
        (READER.read)(text.as_bytes(), "x", &Limits::STANDARD)
    }

    fn purls(inventory: &Inventory) -> Vec<String> {
        inventory.components.iter().map(|found| found.purl.as_ref().unwrap().to_string()).collect()
    }

    #[test]
    fn a_package_says_its_name_version_and_author() {
        for (author, hint) in [
            (r#""Kaspersky (https://example.org)""#, Some("Kaspersky")),
            (r#"{"name":"Kaspersky","email":"x"}"#, Some("Kaspersky")),
            ("{}", None),
            ("[1]", None),
        ] {
            let text = format!(r#"{{"name":"@kas/kesl","version":"1.0.0","main":"a.js","author":{author}}}"#);
            assert_eq!(Format::of(text.as_bytes()), Ok(Format::Npm));
            let inventory = read(&text);
            assert!(inventory.is_complete());
            assert_eq!(purls(&inventory), ["pkg:npm/%40kas/kesl@1.0.0"]);
            assert_eq!(inventory.components[0].vendor_hints.first().map(String::as_str), hint, "{author}");
        }
        assert!(read(r#"{"type":"module"}"#).components.is_empty());
    }

    #[test]
    fn lock_files_of_every_version_list_what_they_install() {
        let new = r#"{"name":"p","lockfileVersion":3,"packages":{"":{"name":"p","version":"1"},"node_modules/a":{"version":"2.0.0","dependencies":{"b":"^1"}},
            "node_modules/a/node_modules/@s/b":{"version":"1.0.0"},"node_modules/l":{"link":true},"node_modules/alias":{"name":"real","version":"3.0.0"}}}"#;
        let old = r#"{"name":"p","lockfileVersion":1,"dependencies":{"a":{"version":"2.0.0","requires":{"x":"1"},"dependencies":{"@s/b":{"version":"1.0.0"}}},"real":{"version":"3.0.0"}}}"#;
        for text in [new, old] {
            assert_eq!(Format::of(text.as_bytes()), Ok(Format::Npm));
            let inventory = read(text);
            assert!(inventory.is_complete());
            let mut found = purls(&inventory);
            found.sort_unstable();
            assert_eq!(found, ["pkg:npm/%40s/b@1.0.0", "pkg:npm/a@2.0.0", "pkg:npm/real@3.0.0"]);
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for text in
            [r#"{"name":1}"#, r#"{"name":"a","name":"b"}"#, r#"{"lockfileVersion":3,"packages":[]}"#, "{"]
        {
            let inventory = read(text);
            let Reading::Partial { reason, .. } = &inventory.coverage[0].read else { unreachable!("{text}") };
            assert!(matches!(reason, Problem::Json { .. }), "{text}");
        }
    }
}
