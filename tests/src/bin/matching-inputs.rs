//! Writes what matching is measured with, the same bytes at every run:
//! `matching-inputs FOLDER RULES ROWS DIFFERENT [EACH]`, all but the repository's dates, which are those of the machine's clock.
//!
//! - `repository/`: directives that together have so many rules, each a package and a range of its versions, two for each
//!   package, and so many of EACH subject (1); the root to pin is `repository/metadata/1.root.json`;
//! - `rules.tsv`: the same rules as name, first version and first version beyond, for other programs;
//! - `fleet.csv`: so many rows, of which so many differ in more than the machine. One package in ten is named by a rule, one
//!   version in ten of those is in its range;
//! - `status`: 900 packages as dpkg keeps them, every tenth one named by a rule;
//! - `oval.xml`: the first 1,000 rules as OVAL 5.11 definitions.

#![allow(clippy::disallowed_methods, reason = "inputs of a measurement that are made anew each time")]

use std::fmt::Write as _;
use std::fs::{File, create_dir_all, write};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use interdict_host::world::World;
use interdict_tests::simulator::Simulator;

/// Rules in one directive.
const PER_DIRECTIVE: usize = 1_000;
/// Rules for one package.
const PER_PACKAGE: usize = 2;
/// Of so many packages one is named by rules.
const NAMED: usize = 10;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<usize>().ok());
    let (Some(folder), Some(rules), Some(rows), Some(different), Ok(now)) =
        (arguments.first().map(PathBuf::from), number(1), number(2), number(3), World::real().now())
    else {
        return ExitCode::from(2);
    };
    let written = create_dir_all(&folder)
        .and_then(|()| table(&folder.join("fleet.csv"), rules, rows, different))
        .and_then(|()| write(folder.join("rules.tsv"), tsv(rules)))
        .and_then(|()| write(folder.join("status"), status()))
        .and_then(|()| write(folder.join("oval.xml"), oval(rules.min(1_000))));
    if written.is_err() {
        return ExitCode::FAILURE;
    }
    let mut authority = Simulator::at(now);
    for first in (0..rules).step_by(PER_DIRECTIVE) {
        authority.directive(&directive(first, rules.min(first + PER_DIRECTIVE), number(4).unwrap_or(1)));
    }
    authority.publish();
    authority.serve_from(&folder.join("repository"));
    ExitCode::SUCCESS
}

/// The package that a rule names, and the minor versions from and below which it means it.
fn rule(number: usize) -> (usize, usize, usize) {
    let first = 1 + number % PER_PACKAGE * 10;
    (number / PER_PACKAGE * NAMED, first, first + 1)
}

/// A package and its version: a different one for each number.
fn package(number: usize, rules: usize) -> (usize, String) {
    let packages = rules / PER_PACKAGE * NAMED;
    let (package, minor) = (number % packages, number / packages);
    (package, format!("2.{}-{}", minor % 20, minor / 20 + 1))
}

fn table(path: &Path, rules: usize, rows: usize, different: usize) -> io::Result<()> {
    let mut table = BufWriter::new(File::create(path)?);
    writeln!(table, "name,version,ecosystem,host")?;
    for row in 0..rows {
        // Spread over the packages, so that few different rows still have several versions of one.
        let (package, version) = package(row % different * 7, rules);
        writeln!(table, "package-{package},{version},deb,h{}", row / different)?;
    }
    table.flush()
}

fn tsv(rules: usize) -> String {
    (0..rules).map(rule).fold(String::new(), |mut text, (package, from, below)| {
        let _ = writeln!(text, "package-{package}\t2.{from}\t2.{below}");
        text
    })
}

fn status() -> String {
    (0..900).fold(String::new(), |mut text, number| {
        let (package, version) = (number, format!("2.{}-1", number / NAMED % 20));
        let _ = write!(
            text,
            "Package: package-{package}\nStatus: install ok installed\nMaintainer: Somebody <s@example.org>\nArchitecture: amd64\nVersion: {version}\n\n"
        );
        text
    })
}

fn directive(first: usize, last: usize, each: usize) -> Vec<u8> {
    let mut subjects = String::new();
    for subject in (first..last).step_by(each.max(1)) {
        let comma = if subject > first { "," } else { "" };
        let _ = write!(
            subjects,
            r#"{comma}{{"id":"r{subject}","name":"Rule {subject}","disposition":"prohibited","identifiers":["#
        );
        for number in subject..last.min(subject + each.max(1)) {
            let (package, from, below) = rule(number);
            let comma = if number > subject { "," } else { "" };
            let _ = write!(
                subjects,
                r#"{comma}{{"kind":"package","value":"deb:package-{package}","versions":"vers:deb/>=2.{from}|<2.{below}"}}"#
            );
        }
        subjects.push_str("]}");
    }
    format!(
        r#"{{"format":"interdict-directive/1","id":"BOD-{}","revision":1,"status":"in-force","title":"Ranges","issuer":"dhs","zone":"America/New_York","issued":"2017-09-13","subjects":[{subjects}],"actions":[{{"id":"remove","modality":"must","kind":"remove","due":{{"edge":"complete","offset":{{"n":30,"unit":"day","anchor":"issued"}}}}}}]}}"#,
        first / PER_DIRECTIVE + 1
    )
    .into_bytes()
}

/// Definitions that are true where a package is there in a version of its rule.
fn oval(rules: usize) -> String {
    let (mut definitions, mut tests, mut objects, mut states) = Default::default();
    let put = |text: &mut String, line: String| text.push_str(&line);
    for number in 0..rules {
        let (package, from, below) = rule(number);
        // OVAL numbers from 1.
        let number = number + 1;
        put(
            &mut definitions,
            format!(
                r#"<definition id="oval:example:def:{number}" version="1" class="vulnerability"><metadata><title>Rule {number}</title><description>A range</description></metadata><criteria><criterion test_ref="oval:example:tst:{number}"/></criteria></definition>"#
            ),
        );
        put(
            &mut tests,
            format!(
                r#"<linux:dpkginfo_test id="oval:example:tst:{number}" version="1" check="all" check_existence="at_least_one_exists" comment="-"><linux:object object_ref="oval:example:obj:{number}"/><linux:state state_ref="oval:example:ste:{number}"/><linux:state state_ref="oval:example:ste:{}"/></linux:dpkginfo_test>"#,
                number + rules
            ),
        );
        put(
            &mut objects,
            format!(
                r#"<linux:dpkginfo_object id="oval:example:obj:{number}" version="1"><linux:name>package-{package}</linux:name></linux:dpkginfo_object>"#
            ),
        );
        for (id, operation, version) in
            [(number, "greater than or equal", from), (number + rules, "less than", below)]
        {
            put(
                &mut states,
                format!(
                    r#"<linux:dpkginfo_state id="oval:example:ste:{id}" version="1"><linux:evr datatype="debian_evr_string" operation="{operation}">0:2.{version}</linux:evr></linux:dpkginfo_state>"#
                ),
            );
        }
    }
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5" xmlns:oval="http://oval.mitre.org/XMLSchema/oval-common-5" xmlns:linux="http://oval.mitre.org/XMLSchema/oval-definitions-5#linux"><generator><oval:schema_version>5.11.1</oval:schema_version><oval:timestamp>2017-09-13T00:00:00</oval:timestamp></generator><definitions>{definitions}</definitions><tests>{tests}</tests><objects>{objects}</objects><states>{states}</states></oval_definitions>"#
    )
}
