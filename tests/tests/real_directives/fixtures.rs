//! The drafts as they lie in the examples. Whatever lies there is read: a fixture that nobody lists cannot be forgotten.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use interdict_schema::Sha256;
use interdict_schema::directive::Directive;
use interdict_schema::directive::draft::payload_of;

/// One draft.
pub struct Fixture {
    /// Its file name without the ending: `ed-21-01.1`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// The file.
    pub draft: String,
    /// The bytes that would be signed.
    pub payload: Vec<u8>,
    /// What they say.
    pub directive: Directive,
    /// SHA-256 of the payload.
    pub digest: Sha256,
}

/// Every draft, by directive and revision.
pub static ALL: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
    let all = read_all(&folder());
    assert!(all.len() >= 29, "{} examples", all.len());
    all
});

/// The invented drafts from which the chapter for authors quotes what no real directive has.
pub static INVENTED: LazyLock<Vec<Fixture>> = LazyLock::new(|| read_all(&folder().join("../chapter")));

fn read_all(folder: &Path) -> Vec<Fixture> {
    let mut all: Vec<Fixture> =
        std::fs::read_dir(folder).unwrap().map(|file| read(&file.unwrap().path())).collect();
    all.sort_by_key(key);
    all
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/directives")
}

fn key(fixture: &Fixture) -> (String, u32) {
    (fixture.directive.id.to_string(), fixture.directive.revision.number())
}

fn read(path: &Path) -> Fixture {
    let name = path.file_name().unwrap().to_str().unwrap();
    let name = name.strip_suffix(".draft.jsonc").unwrap_or_else(|| panic!("{name} is no draft")).to_owned();
    let draft = std::fs::read_to_string(path).unwrap();
    let payload = payload_of(draft.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let decoded = Directive::parse(&payload).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(decoded.unknown.is_empty(), "{name}: {:?}", decoded.unknown);
    let digest = Sha256::of(&payload);
    Fixture { name, path: path.to_owned(), draft, payload, directive: decoded.value, digest }
}

/// The draft of this file name.
pub fn fixture(name: &str) -> &'static Fixture {
    ALL.iter().find(|fixture| fixture.name == name).unwrap_or_else(|| panic!("no example {name}"))
}

/// The revision of a directive.
pub fn revision(id: &str, revision: u32) -> Option<&'static Fixture> {
    ALL.iter().chain(INVENTED.iter()).find(|fixture| key(fixture) == (id.to_owned(), revision))
}
