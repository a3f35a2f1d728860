//! Renders many bans of one kind for one target and says what that cost beside writing the same bytes. For `benches/enforce.sh`.
//!
//! `rendered-bans TARGET KIND COUNT FOLDER` writes the files beneath the folder and prints, separated by blanks: the bytes of
//! all files, the seconds of rendering, the seconds of writing, and the resident memory in bytes before rendering and at
//! its peak.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring tool: it fails by panicking and measures what is"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use interdict_client::enforce::{Bans, Because, Entry, Mode, Options, Origin, Part, Seen, Stage, target};
use interdict_schema::directive::{IdentifierKind, Revision};
use interdict_schema::{DateTime, Sha256};

/// The value of a kind with a number: no two are the same, and none is beside another.
fn value(kind: &str, number: u32) -> String {
    match kind {
        "domain" => format!("name-{number}.registered-{}.example", number % 10_000),
        "cidr" => {
            let [_, a, b, c] = (number << 1).to_be_bytes();
            format!("{}.{a}.{b}.{c}/32", 20 + (number >> 23))
        }
        "sha256" => Sha256::of(&number.to_be_bytes()).to_string(),
        "deb" | "rpm" => format!("{kind}:package-{number}"),
        "path" => format!("/opt/banned-{number}"),
        other => panic!("no values of kind {other}"),
    }
}

fn made(kind: &str, count: u32) -> Bans {
    let now: DateTime = "2018-01-15T12:00:00Z".parse().unwrap();
    let wire = if matches!(kind, "deb" | "rpm") { "package" } else { kind };
    let entry = |number| Entry {
        kind: IdentifierKind::from(wire),
        value: value(kind, number).into(),
        versions: None,
        held: None,
    };
    let origin = Origin {
        repository: "r".into(),
        directive: "BOD-01-01".parse().unwrap(),
        revision: Revision::FIRST,
        digest: Sha256::of(b""),
        subject: "s".into(),
        name: "S".into(),
        actions: Vec::new(),
    };
    let part = Part {
        origin,
        stage: Stage::Enforce,
        because: Because::Ordered { from: now },
        entries: (0..count).map(entry).collect(),
        excluded: Vec::new(),
        gaps: Vec::new(),
    };
    Bans { generation: 1, parts: vec![part] }
}

/// A line of this process's status, in bytes.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|text| text.strip_prefix(line)).unwrap_or_default();
    found.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, kind, count, folder] = arguments.as_slice() else {
        panic!("wanted TARGET KIND COUNT FOLDER");
    };
    let target = target::named(name).unwrap();
    let bans = made(kind, count.parse().unwrap());
    let (settings, seen) = (BTreeMap::new(), Seen::default());
    let options = Options {
        now: "2018-01-15T12:00:00Z".parse().unwrap(),
        mode: Mode::Enforce,
        settings: &settings,
        known: target.settings(),
        seen: &seen,
    };
    let before = memory("VmRSS");
    let began = Instant::now();
    let rendered = target.render(&bans, &options).unwrap();
    let rendering = began.elapsed().as_secs_f64();
    let peak = memory("VmHWM");
    let mut bytes = 0;
    let began = Instant::now();
    for file in &rendered.files {
        let path = Path::new(folder).join(file.path.strip_prefix("/").unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.bytes).unwrap();
        bytes += file.bytes.len();
    }
    let writing = began.elapsed().as_secs_f64();
    println!("{bytes} {rendering:.3} {writing:.3} {before} {peak}");
}
