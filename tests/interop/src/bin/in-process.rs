//! A cold refresh from memory by our trusted set and by `sigstore-tuf`, alternating in one process: medians, without start,
//! network and disk. Of both nothing is kept from one round to the next.
//!
//! `in-process FOLDER [ROUNDS]`, with a folder that `simulated-repository` has written.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs};

use interdict_interop::repository::Served;
use interdict_interop::{Question, ours, theirs};
use sigstore_tuf::MemoryStore;

fn main() {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().expect("FOLDER [ROUNDS]");
    let rounds: usize = arguments.next().map_or(41, |rounds| rounds.parse().expect("a number"));
    theirs::install();
    let served: Served = fs::read_dir(format!("{folder}/metadata"))
        .unwrap()
        .flatten()
        .map(|entry| {
            (format!("metadata/{}", entry.file_name().to_str().unwrap()), fs::read(entry.path()).unwrap())
        })
        .collect();
    let pin = served["metadata/1.root.json"].clone();
    let question = Question { now: jiff::Timestamp::now().as_second(), paths: &[] };
    let (mut of_ours, mut of_theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let began = Instant::now();
        let ours = ours::run(&pin, &served, &mut ours::Store::default(), question);
        of_ours.push(began.elapsed());
        let began = Instant::now();
        let theirs = theirs::run(&pin, &served, &Arc::new(MemoryStore::new()), question);
        of_theirs.push(began.elapsed());
        assert!(ours.refresh.is_ok() && ours == theirs, "{ours:?}, {theirs:?}");
    }
    let median = |mut all: Vec<Duration>| {
        all.sort_unstable();
        all[all.len() / 2].as_secs_f64() * 1e3
    };
    let (ours, theirs) = (median(of_ours), median(of_theirs));
    println!("| {folder} | {ours:.3} ms | {theirs:.3} ms | {:.2} |", theirs / ours);
}
