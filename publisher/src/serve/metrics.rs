//! What a server counts, in the exposition format of Prometheus 0.0.4.
//!
//! Each thread counts for itself; whoever asks gets the sums. Invariant: counters never go down while a server runs.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The statuses that are sent, and 0 for any other.
const STATUSES: [u16; 17] =
    [200, 206, 304, 204, 400, 403, 404, 405, 408, 412, 414, 416, 429, 431, 500, 503, 0];

/// What ends a connection before its client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nothing was asked for too long.
    Idle,
    /// A header, or a handshake, took too long.
    Header,
    /// The reader took nothing for too long.
    Reader,
    /// It gave way to a new connection.
    Displaced,
    /// Its address had as many as it may have.
    Crowded,
    /// The handshake failed.
    Handshake,
}

const ENDS: [(Ended, &str); 6] = [
    (Ended::Idle, "idle"),
    (Ended::Header, "header"),
    (Ended::Reader, "reader"),
    (Ended::Displaced, "displaced"),
    (Ended::Crowded, "per-address-limit"),
    (Ended::Handshake, "handshake"),
];

/// The counters of one thread.
#[derive(Debug, Default)]
pub(super) struct Counters {
    responses: [AtomicU64; STATUSES.len()],
    bytes: AtomicU64,
    accepted: AtomicU64,
    ended: [AtomicU64; ENDS.len()],
    open: AtomicU64,
    certificates_renewed: AtomicU64,
    certificates_refused: AtomicU64,
}

fn add(counter: Option<&AtomicU64>, more: u64) {
    if let Some(counter) = counter {
        counter.fetch_add(more, Ordering::Relaxed);
    }
}

impl Counters {
    /// An answer has been handed over, or broken off.
    pub(super) fn answered(&self, status: u16, bytes: u64) {
        let place = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len() - 1);
        add(self.responses.get(place), 1);
        add(Some(&self.bytes), bytes);
    }

    pub(super) fn accepted(&self) {
        add(Some(&self.accepted), 1);
    }

    pub(super) fn open(&self, connections: usize) {
        self.open.store(u64::try_from(connections).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn ended(&self, why: Ended) {
        add(ENDS.iter().position(|(end, _)| *end == why).and_then(|place| self.ended.get(place)), 1);
    }

    pub(super) fn certificate_renewed(&self) {
        add(Some(&self.certificates_renewed), 1);
    }

    pub(super) fn certificate_refused(&self) {
        add(Some(&self.certificates_refused), 1);
    }
}

/// What is so at this moment.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Gauges {
    pub(super) cache_bytes: u64,
    pub(super) cache_files: u64,
    pub(super) cache_hits: u64,
    pub(super) cache_misses: u64,
    pub(super) addresses: u64,
    /// Seconds since 1970, where there is a publication.
    pub(super) published: Option<u64>,
}

/// The page.
pub(super) fn page(counters: &[Arc<Counters>], gauges: Gauges) -> String {
    let sum = |of: &dyn Fn(&Counters) -> Option<&AtomicU64>| -> u64 {
        counters.iter().filter_map(|each| of(each)).map(|value| value.load(Ordering::Relaxed)).sum()
    };
    let mut page = String::with_capacity(4096);
    let mut family = |name: &str, kind: &str, help: &str, lines: &[(String, u64)]| {
        // Writing into a string does not fail.
        let _ = writeln!(page, "# HELP interdict_serve_{name} {help}\n# TYPE interdict_serve_{name} {kind}");
        for (labels, value) in lines {
            let _ = writeln!(page, "interdict_serve_{name}{labels} {value}");
        }
    };
    let responses: Vec<_> = STATUSES
        .iter()
        .enumerate()
        .map(|(place, status)| {
            let code = if *status == 0 { "other".to_owned() } else { status.to_string() };
            (format!("{{code=\"{code}\"}}"), sum(&|each| each.responses.get(place)))
        })
        .collect();
    family("responses_total", "counter", "Answers by status.", &responses);
    let plain = |value| vec![(String::new(), value)];
    family(
        "response_bytes_total",
        "counter",
        "Bytes of content sent.",
        &plain(sum(&|each| Some(&each.bytes))),
    );
    family(
        "connections_total",
        "counter",
        "Connections accepted.",
        &plain(sum(&|each| Some(&each.accepted))),
    );
    family("connections", "gauge", "Connections open.", &plain(sum(&|each| Some(&each.open))));
    let ends: Vec<_> = ENDS
        .iter()
        .enumerate()
        .map(|(place, (_, reason))| (format!("{{reason=\"{reason}\"}}"), sum(&|each| each.ended.get(place))))
        .collect();
    family("connections_ended_total", "counter", "Connections that the server ended, by reason.", &ends);
    family(
        "certificate_loads_total",
        "counter",
        "Certificates taken over while serving, and files that did not load.",
        &[
            ("{result=\"renewed\"}".to_owned(), sum(&|each| Some(&each.certificates_renewed))),
            ("{result=\"refused\"}".to_owned(), sum(&|each| Some(&each.certificates_refused))),
        ],
    );
    family("cache_bytes", "gauge", "Bytes of files in memory.", &plain(gauges.cache_bytes));
    family("cache_files", "gauge", "Files in memory.", &plain(gauges.cache_files));
    family("cache_hits_total", "counter", "Answers from memory.", &plain(gauges.cache_hits));
    family("cache_misses_total", "counter", "Answers that read the disk.", &plain(gauges.cache_misses));
    family(
        "addresses",
        "gauge",
        "Addresses whose connections or requests are counted.",
        &plain(gauges.addresses),
    );
    if let Some(published) = gauges.published {
        family(
            "publication_timestamp_seconds",
            "gauge",
            "When metadata/timestamp.json was last replaced.",
            &plain(published),
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_summed_and_every_family_is_described_once() {
        let counters = [Arc::new(Counters::default()), Arc::new(Counters::default())];
        for each in &counters {
            each.answered(200, 600);
            each.answered(418, 0);
            each.ended(Ended::Displaced);
            each.open(3);
        }
        let page = page(&counters, Gauges { published: Some(1_505_260_800), ..Gauges::default() });
        for line in [
            "interdict_serve_responses_total{code=\"200\"} 2",
            "interdict_serve_responses_total{code=\"other\"} 2",
            "interdict_serve_response_bytes_total 1200",
            "interdict_serve_connections 6",
            "interdict_serve_connections_ended_total{reason=\"displaced\"} 2",
            "interdict_serve_publication_timestamp_seconds 1505260800",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
        let helps: Vec<_> = page.lines().filter(|line| line.starts_with("# HELP")).collect();
        let types = page.lines().filter(|line| line.starts_with("# TYPE")).count();
        assert_eq!((helps.len(), types), (12, 12), "{helps:?}");
    }
}
