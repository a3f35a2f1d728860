//! Thousands of broken repositories for our trusted set and for `sigstore-tuf`: wherever the two disagree, the smallest set
//! of changes over which they do is looked up in `disagreements.md`. What is not explained there fails the run.
//!
//! `differential [CASES [SEED]]`

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;

use interdict_interop::chance::Chance;
use interdict_interop::mutation::{Mutation, draw};
use interdict_interop::repository::{Repository, Served};
use interdict_interop::{QUESTION, Verdict, ours, theirs};
use sigstore_tuf::{MemoryStore, MetadataStore};

/// Both clients after a first, unspoilt day.
struct Yesterday {
    pin: Vec<u8>,
    ours: ours::Store,
    theirs: Vec<(&'static str, Vec<u8>)>,
}

impl Yesterday {
    fn new() -> Self {
        let repository = Repository::new(1);
        let pin = repository.roots[0].file();
        let served = repository.serve(&[]);
        let (mut ours, theirs) = (ours::Store::default(), Arc::new(MemoryStore::new()));
        let verdicts =
            (ours::run(&pin, &served, &mut ours, QUESTION), theirs::run(&pin, &served, &theirs, QUESTION));
        assert_eq!(verdicts.0, verdicts.1, "the two agree on what nobody has spoilt");
        assert_eq!(verdicts.0.refresh, Ok([1; 4]), "and accept it");
        let theirs =
            ["root.json", "root_history/1.root.json", "timestamp.json", "snapshot.json", "targets.json"]
                .into_iter()
                .map(|name| (name, theirs.load(name).unwrap().expect("it stores what it verified")))
                .collect();
        Self { pin, ours, theirs }
    }

    fn judge(&self, served: &Served, cold: bool) -> (Verdict, Verdict) {
        let (mut ours, theirs) = (ours::Store::default(), Arc::new(MemoryStore::new()));
        if !cold {
            ours = self.ours.clone();
            for (name, bytes) in &self.theirs {
                theirs.store(name, bytes).unwrap();
            }
        }
        (ours::run(&self.pin, served, &mut ours, QUESTION), theirs::run(&self.pin, served, &theirs, QUESTION))
    }
}

/// A row of `disagreements.md`.
struct Row {
    change: String,
    difference: String,
    used: u32,
}

fn rows() -> Vec<Row> {
    let text = include_str!("../../disagreements.md");
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().replace('`', "")).collect::<Vec<_>>();
    text.lines()
        .filter(|line| line.starts_with("| `"))
        .map(cells)
        .map(|cells| Row { change: cells[1].clone(), difference: cells[2].clone(), used: 0 })
        .collect()
}

/// Whether a text is meant by a pattern in which `*` stands for anything.
fn means(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|after| {
            (0..=after.len()).filter(|at| after.is_char_boundary(*at)).any(|at| means(rest, &after[at..]))
        }),
    }
}

struct Kind {
    count: u32,
    example: String,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse().expect("a number"));
    let cases: u64 = arguments.next().unwrap_or(5_000);
    let seed: u64 = arguments.next().unwrap_or(1);
    theirs::install();
    let yesterday = Yesterday::new();
    let mut rows = rows();
    let (mut accepted, mut refused, mut panics) = (0, 0, 0);
    let mut kinds: BTreeMap<(String, String), Kind> = BTreeMap::new();
    for case in 0..cases {
        let mut chance = Chance::new(seed.wrapping_mul(1_000_003).wrapping_add(case));
        let mutations = draw(&mut chance);
        let cold = chance.below(3) == 0;
        // A change that its predecessor has made impossible is no case.
        let make =
            |chosen: &[Mutation]| catch_unwind(AssertUnwindSafe(|| Repository::new(2).serve(chosen))).ok();
        let Some(served) = make(&mutations) else {
            panics += 1;
            continue;
        };
        let (one, other) = yesterday.judge(&served, cold);
        if one.refresh.is_ok() {
            accepted += 1
        } else {
            refused += 1
        }
        if one.difference(&other).is_none() {
            continue;
        }
        // The smallest set of changes over which they disagree.
        let all = 0..1_usize << mutations.len();
        let mut subsets: Vec<usize> = all.collect();
        subsets.sort_by_key(|subset| subset.count_ones());
        for subset in subsets {
            let chosen: Vec<Mutation> = mutations
                .iter()
                .enumerate()
                .filter(|(place, _)| subset >> place & 1 == 1)
                .map(|(_, m)| m.clone())
                .collect();
            let Some(served) = make(&chosen) else { continue };
            let (one, other) = yesterday.judge(&served, cold);
            let Some(difference) = one.difference(&other) else { continue };
            let change = chosen.iter().map(|mutation| mutation.name.as_str()).collect::<Vec<_>>().join(" + ");
            let example = format!(
                "case {case}{}\n    ours:   {one:?}\n    theirs: {other:?}",
                if cold { ", cold" } else { "" }
            );
            kinds.entry((change, difference)).or_insert(Kind { count: 0, example }).count += 1;
            break;
        }
    }
    let mut unexplained = 0;
    let mut disagreements = 0;
    for ((change, difference), kind) in &kinds {
        disagreements += kind.count;
        match rows.iter_mut().find(|row| means(&row.change, change) && row.difference == *difference) {
            Some(row) => row.used += kind.count,
            None => {
                unexplained += 1;
                println!(
                    "not explained: | `{change}` | {difference} | {} times, {}",
                    kind.count, kind.example
                );
            }
        }
    }
    for row in rows.iter().filter(|row| row.used == 0 && cases >= 5_000) {
        println!("explained, but not seen: `{}`: {}", row.change, row.difference);
    }
    println!(
        "{} cases from seed {seed} ({accepted} accepted, {refused} refused by ours; {panics} that cannot be made): \
         {disagreements} disagreements of {} kinds, {unexplained} of them not explained",
        cases,
        kinds.len(),
    );
    if unexplained == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
