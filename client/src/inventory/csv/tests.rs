#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use super::super::coverage::{Locally, Note, Place, Reading};
use super::*;

fn read(text: &str) -> Inventory {
    super::read(text.as_bytes(), "list.csv", &Limits::STANDARD)
}

#[test]
fn columns_come_in_any_order_case_and_delimiter() {
    for text in [
        "Name,Version,Vendor\nEndpoint Security,11,\"Kaspersky Lab, Inc.\"\n",
        "\u{feff}VENDOR;version;Name\r\nKaspersky Lab, Inc.;11;Endpoint Security\r\n",
        "name\tVersion\tPublisher\nEndpoint Security\t11\tKaspersky Lab, Inc.",
    ] {
        let inventory = read(text);
        assert!(inventory.is_complete(), "{inventory:?}");
        let [found] = &inventory.components[..] else { panic!("{inventory:?}") };
        assert_eq!(found.name, "Endpoint Security");
        assert_eq!(found.version.as_deref(), Some("11"));
        assert_eq!(found.vendors, ["Kaspersky Lab, Inc."]);
        assert_eq!(found.source.row, 2);
    }
}

#[test]
fn blanks_and_quotes_round_a_value_do_not_hide_it() {
    let inventory =
        read("Package Name,Vendor Name\n \"kesl\" ,\u{a0}Kaspersky Lab\u{a0}\n\"\"\"kesl\"\"\",x\n");
    assert!(inventory.is_complete(), "{inventory:?}");
    let names: Vec<_> = inventory.components.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(names, ["kesl", "kesl"]);
    assert_eq!(inventory.components[0].vendors, ["Kaspersky Lab"]);
}

#[test]
fn lists_of_contracts_and_of_vendors_are_read() {
    let inventory = read(
        "Contract Number,Supplier,Manufacturer,Product Name,Quantity\nHS-17-1,Example Resale,AO Kaspersky Lab,Endpoint Security,40\n",
    );
    assert!(inventory.is_complete(), "{inventory:?}");
    assert_eq!(inventory.components[0].name, "Endpoint Security");
    assert_eq!(inventory.components[0].vendors, ["Example Resale", "AO Kaspersky Lab"]);
    let inventory = read("Approved Vendor;Country\nKaspersky Lab, Inc.;US\n;GB\n");
    assert_eq!(inventory.components[0].name, "Kaspersky Lab, Inc.");
    assert_eq!(inventory.components[0].vendors, ["Kaspersky Lab, Inc."]);
    let reason = Problem::NothingNamed;
    let place = Place { row: 3, byte: 47 };
    assert_eq!(inventory.coverage[0].read, Reading::Partial { reason, place, skipped: 1 });
}

#[test]
fn what_a_component_is_for_is_no_ecosystem() {
    let inventory = read("name,type\nkesl,Library\nkesl,DEB\n");
    let found: Vec<_> = inventory.components.iter().map(|found| found.ecosystem.as_deref()).collect();
    assert_eq!(found, [None, Some("deb")]);
}

#[test]
fn identifiers_are_read_and_several_may_share_a_cell() {
    let inventory = read(
        "purl,cpe,cves,type,asset\npkg:deb/debian/kesl@11,cpe:2.3:a:k:a|cpe:2.3:a:k:b,\"CVE-2017-0144; cve-2021-44228\",,ws-17\n",
    );
    assert!(inventory.is_complete(), "{inventory:?}");
    let found = &inventory.components[0];
    assert_eq!((found.name.as_str(), found.version.as_deref()), ("kesl", Some("11")));
    assert_eq!(found.ecosystem.as_deref(), Some("deb"));
    assert_eq!((found.cpe.len(), found.cves.len()), (2, 2));
    assert_eq!(found.host.as_deref(), Some("ws-17"));
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_the_rest_is_read() {
    let inventory = read("name,version\na,1\nb\n\"c\nc\",2\n,3\nd,4\n,\n");
    let names: Vec<_> = inventory.components.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(names, ["a", "c\nc", "d"]);
    assert_eq!(inventory.components[2].source.row, 7);
    let reason = Problem::RowWidth { found: 1, wanted: 2 };
    let place = Place { row: 3, byte: 17 };
    assert_eq!(inventory.coverage[0].read, Reading::Partial { reason, place, skipped: 2 });
}

#[test]
fn a_header_is_required_and_unknown_columns_are_listed() {
    for text in ["", "\n\n", "1,2,3\n4,5,6\n", "version,host\n1,2\n"] {
        assert_eq!(read(text).coverage[0].read, Reading::Unread { reason: Problem::Header }, "{text:?}");
    }
    let twice = Problem::ColumnTwice { column: "path" };
    assert_eq!(read("name,path,install_location\n").coverage[0].read, Reading::Unread { reason: twice });
    let inventory = read("name,colour\na,red\n");
    assert!(inventory.is_complete());
    let unknown = Problem::UnknownColumn { column: "colour".into() };
    assert_eq!(inventory.coverage[0].notes[0].problem, unknown);
}

#[test]
fn an_identifier_that_does_not_parse_leaves_the_source_incomplete() {
    let inventory = read("name,cve,sha256\na,CVE-17-1,abc\n");
    assert!(!inventory.is_complete());
    assert_eq!(inventory.coverage[0].notes.len(), 2);
    assert_eq!(inventory.coverage[0].notes[0].place, Place { row: 2, byte: 16 });
}

#[test]
fn notes_that_hide_nothing_never_crowd_out_one_that_does() {
    for (broken, complete) in [("CVE-2017-0144", true), ("none", false)] {
        let table = format!("name,cve,a,b,c\nx,{broken},,,\n");
        let limits = Limits { notes: 2, ..Limits::STANDARD };
        let inventory = super::read(table.as_bytes(), "list.csv", &limits);
        assert_eq!(inventory.is_complete(), complete, "{broken}");
        assert_eq!(inventory.coverage[0].notes.len(), 2);
    }
}

#[test]
fn what_means_something_only_where_it_was_seen_is_noted_and_hides_nothing() {
    let inventory = read(
        "name,install_location,domain\na,bin\\kesl,CORP\\user\nb,CORP\\user,CORP\nc,Kaspersky Lab|/opt/kesl,corp-1\\svc$\n",
    );
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    let (path, account) = (
        Problem::Local { column: "path", found: Locally::Path },
        Problem::Local { column: "domain", found: Locally::Account },
    );
    let notes: Vec<_> =
        inventory.coverage[0].notes.iter().map(|n| (n.place.row, n.problem.clone())).collect();
    assert_eq!(notes, [(2, path.clone()), (2, account.clone()), (3, path.clone()), (4, path), (4, account)]);
    let seen: Vec<Vec<String>> = inventory
        .components
        .iter()
        .map(|found| found.traces.iter().map(ToString::to_string).collect())
        .collect();
    assert_eq!(seen, [vec![], vec!["corp".to_owned()], vec!["/opt/kesl".to_owned()]]);
}

#[test]
fn what_is_a_place_or_a_name_and_cannot_be_read_leaves_the_source_incomplete() {
    for (column, value) in [
        ("path", "$HOME/kesl"),
        ("path", "%ProgramFiles\\kesl"),
        ("path", "/opt/../kesl"),
        ("domain", "corp.example.org\\user"),
        ("domain", "user@example.org"),
        ("domain", "a-name-too-long-for-it\\user"),
        ("domain", "CORP\\"),
        ("registry_key", "CORP\\user"),
    ] {
        let inventory = read(&format!("name,{column}\na,{value}\n"));
        assert!(!inventory.is_complete(), "{column} {value}");
        assert!(
            matches!(&inventory.coverage[0].notes[..], [Note { problem: Problem::Text { .. }, .. }]),
            "{column} {value}: {:?}",
            inventory.coverage[0].notes
        );
    }
}

#[test]
fn bytes_that_are_no_text_and_nul_are_met() {
    let inventory = super::read(b"name,version\nk\xff,1\nx\0,1\n", "list", &Limits::STANDARD);
    assert_eq!(inventory.components[0].name, "k\u{fffd}");
    assert_eq!(inventory.coverage[0].notes[0].problem, Problem::Utf8);
    let place = Place { row: 3, byte: 18 };
    let read = &inventory.coverage[0].read;
    assert_eq!(*read, Reading::Partial { reason: Problem::Nul, place, skipped: 1 });
}

#[test]
fn limits_hold_at_their_value_and_one_beyond() {
    let limits = Limits { row_bytes: 4, components: 2, ..Limits::STANDARD };
    let read = |text: &str| super::read(text.as_bytes(), "list", &limits);
    assert!(read("name,version\nabc,1\nb,2\n").is_complete());
    let reason = Problem::RowTooLong { limit: 4 };
    let place = Place { row: 2, byte: 13 };
    let long = read("name,version\nabcd,1\n");
    assert_eq!(long.coverage[0].read, Reading::Partial { reason, place, skipped: 1 });
    let reason = Problem::TooManyComponents { limit: 2 };
    let place = Place { row: 4, byte: 21 };
    let many = read("name,version\na,1\nb,2\nc,3\n");
    assert_eq!(many.components.len(), 2);
    assert_eq!(many.coverage[0].read, Reading::Partial { reason, place, skipped: 0 });
}
