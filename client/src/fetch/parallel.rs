//! Several files at once, over a bounded number of connections. What becomes of them does not depend on which comes first.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::{Fetch, FetchError, Folder};

/// Connections that are open at once.
pub const CONNECTIONS: usize = 8;

/// A file that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Percent-encoded, relative to the folder.
    pub path: String,
    /// The most bytes that are read of it.
    pub max_bytes: u64,
}

/// Fetches files of one folder and gives each, by its number, to `take` on this thread, in any order. At most
/// [`CONNECTIONS`] files more than were taken are in memory. After the first failure no further file is begun.
///
/// # Errors
/// Of the failures to fetch or to take, that of the file with the lowest number: the one that a fetch one after another
/// would have met, because files are begun in order.
pub fn fetch_all<E: From<FetchError>>(
    fetch: &dyn Fetch,
    folder: Folder,
    wanted: &[Wanted],
    take: &mut dyn FnMut(usize, Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let one = |wanted: &Wanted| fetch.fetch(folder, &wanted.path, wanted.max_bytes);
    // Threads cost more than they save.
    if wanted.len() < 3 {
        return wanted.iter().enumerate().try_for_each(|(number, wanted)| take(number, one(wanted)?));
    }
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::sync_channel(1);
    let mut first: Option<(usize, E)> = None;
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS.min(wanted.len()) {
            let sender = sender.clone();
            let (next, failed) = (&next, &failed);
            scope.spawn(move || {
                while !failed.load(Ordering::Acquire) {
                    let number = next.fetch_add(1, Ordering::AcqRel);
                    let Some(wanted) = wanted.get(number) else { break };
                    let result = one(wanted);
                    if result.is_err() {
                        failed.store(true, Ordering::Release);
                    }
                    if sender.send((number, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (number, result) in receiver {
            if let Err(error) = result.map_err(E::from).and_then(|bytes| take(number, bytes)) {
                failed.store(true, Ordering::Release);
                if first.as_ref().is_none_or(|(earlier, _)| number < *earlier) {
                    first = Some((number, error));
                }
            }
        }
    });
    first.map_or(Ok(()), |(_, error)| Err(error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use std::sync::Mutex;

    use super::*;

    /// Gives each file its own name, but for some that are not there; counts how many are asked for at once.
    #[derive(Default)]
    struct Source {
        absent: Vec<usize>,
        now: AtomicUsize,
        most: AtomicUsize,
        asked: Mutex<Vec<usize>>,
    }

    impl Fetch for Source {
        fn fetch(&self, _: Folder, path: &str, _: u64) -> Result<Vec<u8>, FetchError> {
            let number: usize = path.parse().unwrap();
            self.asked.lock().unwrap().push(number);
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            for _ in 0..number % 5 {
                thread::yield_now();
            }
            self.now.fetch_sub(1, Ordering::SeqCst);
            if self.absent.contains(&number) {
                return Err(FetchError::NotFound { place: path.into() });
            }
            Ok(path.as_bytes().to_vec())
        }

        fn source(&self) -> String {
            "here".into()
        }
    }

    fn wanted(count: usize) -> Vec<Wanted> {
        (0..count).map(|number| Wanted { path: number.to_string(), max_bytes: 9 }).collect()
    }

    #[test]
    fn every_file_is_taken_once_over_a_bounded_number_of_connections() {
        for count in [0, 1, 2, 3, 7, 1_000] {
            let source = Source::default();
            let mut taken: Vec<usize> = Vec::new();
            let result: Result<(), FetchError> =
                fetch_all(&source, Folder::Targets, &wanted(count), &mut |number, bytes| {
                    assert_eq!(bytes, number.to_string().as_bytes());
                    taken.push(number);
                    Ok(())
                });
            result.unwrap();
            taken.sort_unstable();
            assert!(taken.iter().copied().eq(0..count));
            assert!(source.most.load(Ordering::SeqCst) <= CONNECTIONS);
        }
    }

    #[test]
    fn the_failure_that_is_told_is_the_first_by_number_and_nothing_is_begun_after_it() {
        for round in 0..200 {
            let source = Source { absent: vec![40 + round % 3, 41, 44, 900], ..Source::default() };
            let first = source.absent.iter().min().unwrap().to_string();
            let result: Result<(), FetchError> =
                fetch_all(&source, Folder::Targets, &wanted(1_000), &mut |_, _| Ok(()));
            assert!(matches!(result, Err(FetchError::NotFound { place }) if place == first));
            assert!(source.asked.lock().unwrap().len() < 200);
        }
    }

    #[test]
    fn what_is_not_taken_is_a_failure_like_any_other() {
        let source = Source::default();
        let result = fetch_all(&source, Folder::Targets, &wanted(100), &mut |number, _| {
            if number >= 10 { Err(FetchError::NotFound { place: number.to_string() }) } else { Ok(()) }
        });
        assert!(matches!(result, Err(FetchError::NotFound { place }) if place == "10"));
    }
}
