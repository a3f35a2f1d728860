//! What matching costs, beside parsing the same inventory: the floor.
//!
//! A directive of the size of KEV (1,404 subjects, each a vendor, a product and a CVE) against CSV inventories of 1,000 and
//! 1,000,000 components. Two shapes of the large one: a *fleet*, in which each of 10,000 different components stands on a
//! hundred machines, as real fleets repeat; and *distinct*, in which nothing repeats, the worst case. One component in a
//! thousand names a product of the directive.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark that cannot go on stops")]

#[path = "../tests/signed/mod.rs"]
mod signed;

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use interdict_client::as_of::AsOf;
use interdict_client::assess::{Attached, Index, assess};
use interdict_client::inventory::{Inventory, Limits, csv};
use interdict_schema::entity::Lists;
use interdict_schema::policy::Source;
use serde_json::json;

const SUBJECTS: usize = 1_404;

/// A directive of the size of KEV: 200 vendors, seven products each, a CVE an entry.
fn catalogue() -> Vec<u8> {
    let subject = |number: usize| {
        let (vendor, cve) = (number % 200, format!("CVE-2021-{}", 10_000 + number));
        json!({"id": cve, "name": cve, "disposition": "remediate", "listed": "2021-11-03", "due": "2021-11-17",
        "identifiers": [
            {"kind": "cve", "value": cve},
            {"kind": "vendor", "value": format!("Vendor {vendor}")},
            {"kind": "product", "value": format!("Product {number}")},
        ]})
    };
    let directive = json!({
        "format": "interdict-directive/1", "id": "KEV-1", "revision": 1, "status": "in-force", "title": "Catalogue",
        "issuer": "dhs", "zone": "America/New_York", "issued": "2021-11-03",
        "subjects": (0..SUBJECTS).map(subject).collect::<Vec<_>>(),
        "actions": [{"id": "fix", "modality": "must", "kind": "update",
            "due": {"edge": "complete", "by_subject": true}}],
    });
    serde_json::to_vec(&directive).unwrap()
}

/// A table of so many rows, of which so many differ.
fn table(rows: usize, distinct: usize) -> String {
    let mut table = "name,version,vendor,purl,host\n".to_owned();
    for row in 0..rows {
        let number = row % distinct;
        let host = row / distinct;
        let (vendor, name) = if number.is_multiple_of(1_000) {
            (format!("Vendor {}", number / 1_000 % 200), format!("Product {}", number / 1_000 % SUBJECTS))
        } else {
            (format!("Supplier {}", number % 997), format!("package-{number}"))
        };
        let purl = name.to_lowercase().replace(' ', "-");
        let (major, minor) = (number % 17, number % 31);
        writeln!(
            table,
            "{name},{major}.{minor}-1,{vendor},pkg:deb/debian/{purl}@{major}.{minor}-1?arch=amd64,h{host}"
        )
        .unwrap();
    }
    table
}

fn read(table: &str) -> Inventory {
    csv::read(table.as_bytes(), "bench.csv", &Limits::STANDARD)
}

fn check(criterion: &mut Criterion) {
    let believed = signed::believed(&catalogue());
    let (lists, attached) = (Arc::new(Lists::default()), Attached::default());
    let sources = [Source {
        repository: "main",
        directive: &believed,
        marks: Vec::new(),
        lists,
        ended: None,
        waivers: None,
        granted: &[],
    }];
    let as_of: AsOf = "2021-11-10".parse().unwrap();
    criterion.bench_function("index of 1,404 subjects", |bencher| {
        bencher.iter(|| black_box(Index::new(&sources, &attached, as_of)));
    });
    for (name, rows, distinct) in [
        ("1,000", 1_000, 1_000),
        ("1,000,000 fleet", 1_000_000, 10_000),
        ("1,000,000 distinct", 1_000_000, 1_000_000),
    ] {
        let table = table(rows, distinct);
        let inventory = read(&table);
        let assessment = assess(&sources, &attached, &inventory, as_of);
        assert!(!assessment.judgements.is_empty());
        let mut group = criterion.benchmark_group("check");
        group.throughput(Throughput::Elements(u64::try_from(rows).unwrap()));
        if rows > 100_000 {
            group.sample_size(10).measurement_time(Duration::from_secs(15));
        }
        group.bench_function(BenchmarkId::new("parse", name), |bencher| {
            bencher.iter_batched(|| (), |()| read(&table), BatchSize::PerIteration);
        });
        group.bench_function(BenchmarkId::new("assess", name), |bencher| {
            bencher.iter(|| black_box(assess(&sources, &attached, &inventory, as_of)).judgements.len());
        });
    }
}

criterion_group!(benches, check);
criterion_main!(benches);
