//! Resolving beside its floor, in one run: which text of 1,000 to 30,000 directives with three relations each is in force, and
//! every deadline of what is, beside the bare parse of their payloads.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use interdict_schema::directive::deadline::{Events, deadline};
use interdict_schema::directive::resolve::{Acts, Document, Rights, resolve};
use interdict_schema::directive::{Action, Directive};
use interdict_schema::{DateTime, Sha256};

/// A directive that amends one before it, supplements another, and ends or implements a third: of eight, one has ended and
/// seven have a changed text.
fn text(number: usize) -> String {
    let relation = |kind: &str, back: usize, part: &str| {
        number
            .checked_sub(back)
            .map(|target| format!(r#"{{"kind":"{kind}","target":{{"id":"BOD-{target}"{part}}}}}"#))
    };
    let ends = if number.is_multiple_of(8) { "supersedes" } else { "implements" };
    let relations: Vec<String> =
        [relation("amends", 1, r#","part":"remove""#), relation("supplements", 2, ""), relation(ends, 3, "")]
            .into_iter()
            .flatten()
            .collect();
    let day =
        jiff::civil::date(2000, 1, 1).checked_add(jiff::Span::new().days(i64::try_from(number).unwrap() / 2));
    format!(
        r#"{{"format":"interdict-directive/1","id":"BOD-{number}","revision":1,"status":"in-force",
        "title":"Remove product {number}","issuer":"dhs","zone":"America/New_York","issued":"{}",
        "subjects":[{{"id":"s","name":"Product {number}","disposition":"prohibited",
            "identifiers":[{{"kind":"package","value":"product-{number}"}}]}}],
        "actions":[{{"id":"report","modality":"must","kind":"report","due":{{"edge":"report","offset":{{"n":30,"unit":"day","anchor":"issued"}}}}}},
            {{"id":"remove","modality":"must","kind":"remove","due":{{"edge":"complete","offset":{{"n":90,"unit":"day","anchor":"issued"}}}}}}],
        "relations":[{}]}}"#,
        day.unwrap(),
        relations.join(",")
    )
}

fn directives(criterion: &mut Criterion) {
    let as_of: DateTime = "2026-01-01T00:00:00Z".parse().unwrap();
    for count in [1_000, 3_000, 10_000, 30_000] {
        let texts: Vec<String> = (0..count).map(text).collect();
        let directives: Vec<(Directive, Sha256)> = texts
            .iter()
            .map(|text| (Directive::parse(text.as_bytes()).unwrap().value, Sha256::of(text.as_bytes())))
            .collect();
        let mut group = criterion.benchmark_group(format!("{count} directives of 3 relations"));
        group.sample_size(10);
        group.bench_function("floor: parse", |bencher| {
            bencher.iter(|| {
                texts
                    .iter()
                    .map(|text| Directive::parse(black_box(text.as_bytes())).unwrap())
                    .collect::<Vec<_>>()
            });
        });
        group.bench_function("resolve", |bencher| {
            bencher.iter(|| {
                let documents = directives.iter().map(|(directive, digest)| Document {
                    directive,
                    digest: *digest,
                    acts: Acts::Fully,
                });
                let in_force = resolve(black_box(documents), &Rights::none(), as_of);
                assert_eq!((in_force.directives.len(), in_force.conflicts.len()), (count, 0));
                in_force
            });
        });
        let documents = directives.iter().map(|(directive, digest)| Document {
            directive,
            digest: *digest,
            acts: Acts::Fully,
        });
        let in_force = resolve(documents, &Rights::none(), as_of);
        group.bench_function("due", |bencher| {
            bencher.iter(|| {
                let bind = black_box(&in_force).directives.iter().filter(|resolved| !resolved.is_ended());
                let dates = bind.flat_map(|resolved| {
                    let of = move |action: &Action| {
                        deadline(&resolved.text, action, None, &Events::default(), as_of)
                    };
                    resolved.text.actions.iter().filter_map(of)
                });
                dates.count()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, directives);
criterion_main!(benches);
