//! Ceremonies: officers in folders of their own sign copies of a file that travels, and what they signed goes live whole or not
//! at all.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

mod crash;
mod founding;
mod refusals;
mod rotation;
mod travelling;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interdict_publisher::repository::client_view;
use interdict_publisher::repository::files::Folder;
use interdict_publisher::testing::{Authority, Ran};
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::{Key, TrustedSet};

use interdict_keys_example::{Name, key};

/// The keyid of an example key.
fn keyid(name: Name) -> String {
    Key::of(&PublicKey::ed25519(key(name).verifying_key().as_bytes()).unwrap()).keyid()
}

/// `KEYID=KEY`: one example key in the place of another.
fn instead(old: Name, new: Name) -> String {
    format!("{}=keys/{new}.key", keyid(old))
}

/// Has the holders of these keys sign a file in the authority's folder, one after the other.
fn sign(authority: &Authority, file: &str, names: &[Name]) {
    for name in names {
        let key = format!("keys/{name}.key");
        authority.run(&["ceremony", "sign", file, "--key", &key, "--yes"]).done();
    }
}

/// Finishes what is in these files, with keys of the repository besides those of the settings.
fn finish(authority: &Authority, files: &[&str], keys: &[Name]) -> Ran {
    let keys: Vec<String> = keys.iter().map(|name| format!("keys/{name}.key")).collect();
    let mut arguments = vec!["ceremony", "finish", "--repo", "repo"];
    arguments.extend(files);
    arguments.extend(keys.iter().flat_map(|key| ["--key", key]));
    authority.run(&arguments)
}

/// A key file that is carried away, so that only its holder has it.
fn carry_away(authority: &Authority, names: &[Name]) {
    std::fs::create_dir_all(authority.folder().join("away")).unwrap();
    for name in names {
        let file = format!("{name}.key");
        std::fs::rename(
            authority.folder().join("keys").join(&file),
            authority.folder().join("away").join(&file),
        )
        .unwrap();
    }
}

/// The repository as a client reads it, with all that it lists.
fn read(authority: &Authority) -> TrustedSet<'static> {
    let files = Folder::new(authority.public());
    let set = client_view::trusted_set(&files, authority.now()).unwrap();
    let (_, issuers) = client_view::issuers(&set, &files).unwrap();
    for (path, file) in &set.targets().unwrap().signed().targets {
        if path != "issuers.json" {
            client_view::document::<interdict_schema::directive::Directive>(
                &set, &files, path, file, &issuers,
            )
            .unwrap();
        }
    }
    set
}

/// Root, targets, snapshot and timestamp version.
fn versions(authority: &Authority) -> [u64; 4] {
    let set = read(authority);
    [
        set.root().signed().version,
        set.targets().unwrap().signed().version,
        set.snapshot().unwrap().signed().version,
        set.timestamp().unwrap().signed().version,
    ]
}

/// Every file of a repository but its journal, its lock and what may be deleted, byte for byte.
fn state(authority: &Authority) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(&authority.public(), &mut files);
    let settings = authority.repository().join("publisher.toml");
    files.extend(std::fs::read(&settings).ok().map(|bytes| (settings, bytes)));
    files
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), files);
        } else {
            files.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        }
    }
}

fn text(authority: &Authority, file: &str) -> String {
    std::fs::read_to_string(authority.folder().join(file)).unwrap()
}

fn settings(authority: &Authority) -> String {
    text(authority, "repo/publisher.toml")
}

/// Starts a ceremony in `c.json`.
fn start(authority: &Authority, arguments: &[&str]) -> Ran {
    let all = [&["ceremony", "start"], arguments, &["--output", "c.json"]].concat();
    authority.run(&all)
}

/// Starts a ceremony about the founded repository in `c.json`.
fn start_on(authority: &Authority, arguments: &[&str]) -> Ran {
    start(authority, &[arguments, &["--repo", "repo"]].concat())
}
