//! What a log leaves: rows that were added and not removed, of each host and query apart.

use std::collections::BTreeMap;

use super::super::coverage::{Place, Problem};
use super::super::gathering::Gathering;
use super::LogFault;
use super::table::{self, Columns};

/// Where in a log an entry stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'a> {
    pub(super) host: Option<&'a str>,
    /// The name of the query.
    pub(super) query: &'a str,
    /// Another one means that the log begins anew.
    pub(super) epoch: Option<&'a str>,
    /// How often the query had run before in this epoch.
    pub(super) counter: Option<&'a str>,
    /// Seconds since 1970.
    pub(super) time: Option<i64>,
}

/// A row: its columns sorted by name.
type Row = Vec<(String, String)>;

/// What is left of one query on one host.
#[derive(Default)]
struct Query {
    begun: bool,
    epoch: Option<String>,
    /// Counter and time of the entry before: rows of one run have both in common.
    run: (Option<String>, Option<i64>),
    /// How many times each row is there, and where it was added first.
    rows: BTreeMap<Row, (u64, Place)>,
}

/// All queries on all hosts.
#[derive(Default)]
pub(super) struct Folded {
    queries: BTreeMap<(Option<String>, String), Query>,
    /// Rows that are there, of all of them.
    rows: usize,
}

impl Folded {
    fn of(&mut self, change: &Change<'_>) -> &mut Query {
        self.queries.entry((change.host.map(str::to_owned), change.query.to_owned())).or_default()
    }

    /// Notes an entry that is older than the one before it.
    pub(super) fn in_order(&mut self, change: &Change<'_>, place: Place, gathering: &mut Gathering<'_>) {
        let query = self.of(change);
        if let (Some(before), Some(now)) = (query.run.1, change.time)
            && now < before
        {
            fault(gathering, place, change, LogFault::Order);
        }
    }

    /// Forgets what was there: this is the whole of it.
    pub(super) fn begin(&mut self, change: &Change<'_>) {
        let query = self.of(change);
        let gone = query.rows.len();
        *query = Query {
            begun: true,
            epoch: change.epoch.map(str::to_owned),
            run: (change.counter.map(str::to_owned), change.time),
            rows: BTreeMap::new(),
        };
        self.rows -= gone;
    }

    /// An entry of a differential log: whether it begins anew, and whether it begins at the beginning.
    pub(super) fn change(&mut self, change: &Change<'_>, place: Place, gathering: &mut Gathering<'_>) {
        self.in_order(change, place, gathering);
        let query = self.of(change);
        let run = (change.counter.map(str::to_owned), change.time);
        let first = change.counter == Some("0");
        if !query.begun || query.epoch.as_deref() != change.epoch || (first && query.run != run) {
            if !first {
                fault(gathering, place, change, LogFault::Beginning);
            }
            self.begin(change);
        } else {
            query.run = run;
        }
    }

    /// A snapshot that is logged row by row: another run begins anew.
    pub(super) fn snapshot_row(&mut self, change: &Change<'_>, place: Place, gathering: &mut Gathering<'_>) {
        self.in_order(change, place, gathering);
        let query = self.of(change);
        let run = (change.counter.map(str::to_owned), change.time);
        if !query.begun || query.epoch.as_deref() != change.epoch || query.run != run {
            self.begin(change);
        }
    }

    pub(super) fn add(
        &mut self,
        change: &Change<'_>,
        columns: &Columns<'_>,
        place: Place,
        gathering: &mut Gathering<'_>,
    ) {
        if self.rows >= gathering.limits.components {
            // Says that there are too many, and ends the reading.
            return gathering.stop_full(place);
        }
        let row = row(columns);
        let limit = gathering.limits.row_bytes;
        if row.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > limit {
            return gathering.skip(place, Problem::RowTooLong { limit });
        }
        let entry = self.of(change).rows.entry(row).or_insert((0, place));
        entry.0 += 1;
        let new = entry.0 == 1;
        self.rows += usize::from(new);
    }

    pub(super) fn remove(
        &mut self,
        change: &Change<'_>,
        columns: &Columns<'_>,
        place: Place,
        gathering: &mut Gathering<'_>,
    ) {
        let row = row(columns);
        let query = self.of(change);
        match query.rows.get_mut(&row) {
            Some((count, _)) if *count > 1 => *count -= 1,
            Some(_) => {
                query.rows.remove(&row);
                self.rows -= 1;
            }
            None => fault(gathering, place, change, LogFault::Removal),
        }
    }

    /// What is left, as components in the order of the log.
    pub(super) fn into_components(self, gathering: &mut Gathering<'_>) {
        let mut rows = Vec::with_capacity(self.rows);
        let queries: Vec<_> = self.queries.into_iter().collect();
        for (number, (_, query)) in queries.iter().enumerate() {
            rows.extend(query.rows.iter().map(|(row, (_, place))| (place.row, place.byte, number, row)));
        }
        rows.sort();
        let mut unused = None;
        let mut hosts: Vec<Option<std::sync::Arc<str>>> = Vec::new();
        hosts.extend(queries.iter().map(|((host, _), _)| host.as_deref().map(std::sync::Arc::from)));
        for (line, byte, number, row) in rows {
            let place = Place { row: line, byte };
            let Some(((_, query), _)) = queries.get(number) else { continue };
            let host = hosts.get(number).cloned().flatten();
            if !table::component(row, query, host, place, gathering) && unused != Some(number) {
                // Said once of many rows.
                unused = Some(number);
                let query = query.clone();
                gathering.note(place, Problem::Osquery { query, fault: LogFault::Unused });
            }
        }
    }
}

fn fault(gathering: &mut Gathering<'_>, place: Place, change: &Change<'_>, fault: LogFault) {
    gathering.note(place, Problem::Osquery { query: change.query.to_owned(), fault });
}

fn row(columns: &Columns<'_>) -> Row {
    let named =
        columns.iter().filter_map(|(name, value)| Some((name.owned()?, value.owned().unwrap_or_default())));
    let mut row: Row = named.collect();
    row.sort();
    row
}
