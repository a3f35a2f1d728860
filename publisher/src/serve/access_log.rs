//! The access log: one line a request, in the common log format
//! (`host - - [day/month/year:time zone] "request" status bytes`).
//!
//! Invariant: a line is one line. Everything a client chose is escaped: control characters, quotes,
//! backslashes and bytes beyond ASCII appear as `\xHH`. Not here: diagnostics (`tracing`).

use std::fmt;
use std::io::Write;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use interdict_host::clock::Clock;
use jiff::Timestamp;

use super::limits::MAX_LOGGED_BYTES;

/// A log that many connections write to. Clones write to the same log.
#[derive(Clone)]
pub struct AccessLog(Option<Open>);

#[derive(Clone)]
struct Open {
    clock: Arc<dyn Clock>,
    sink: Arc<Mutex<Sink>>,
}

struct Sink {
    writer: Box<dyn Write + Send>,
    line: Vec<u8>,
    /// The second that `time` spells out.
    second: Option<i64>,
    time: String,
    broken: bool,
}

/// One request and what became of it.
pub(super) struct Record<'a> {
    pub(super) peer: IpAddr,
    /// Method, target and version; nothing for a request that could not be read.
    pub(super) request: Option<(&'a str, &'a dyn fmt::Display, &'static str)>,
    pub(super) status: u16,
    /// Bytes of content handed to the connection.
    pub(super) bytes: u64,
}

impl AccessLog {
    /// A log on a writer: each line is one `write_all`, so a writer that wants fewer system calls buffers.
    /// It is flushed when the server stops. Where the clock cannot be read, the time of a line is `-`.
    pub fn new(writer: impl Write + Send + 'static, clock: Arc<dyn Clock>) -> Self {
        let sink = Sink {
            writer: Box::new(writer),
            line: Vec::new(),
            second: None,
            time: String::new(),
            broken: false,
        };
        Self(Some(Open { clock, sink: Arc::new(Mutex::new(sink)) }))
    }

    /// No log.
    pub fn none() -> Self {
        Self(None)
    }

    pub(super) fn write(&self, record: &Record<'_>) {
        if let Some(Open { clock, sink }) = &self.0 {
            let now = clock.now().ok();
            sink.lock().unwrap_or_else(PoisonError::into_inner).write(now, record);
        }
    }

    pub(super) fn flush(&self) {
        if let Some(Open { sink, .. }) = &self.0 {
            let mut sink = sink.lock().unwrap_or_else(PoisonError::into_inner);
            let flushed = sink.writer.flush();
            sink.note(flushed);
        }
    }
}

impl fmt::Debug for AccessLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AccessLog").finish_non_exhaustive()
    }
}

impl Sink {
    fn write(&mut self, now: Option<Timestamp>, record: &Record<'_>) {
        if let Some(now) = now
            && self.second != Some(now.as_second())
        {
            self.time = now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string();
            self.second = Some(now.as_second());
        }
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        // Writing to memory does not fail; the result is that of `Write` in general.
        let composed = compose(&mut line, now.map_or("-", |_| &self.time), record);
        let written = composed.and_then(|()| self.writer.write_all(&line));
        self.line = line;
        self.note(written);
    }

    /// A log that cannot be written stops no service, and is said once.
    fn note(&mut self, result: std::io::Result<()>) {
        if let Err(error) = result
            && !std::mem::replace(&mut self.broken, true)
        {
            tracing::warn!(%error, "the access log cannot be written");
        }
    }
}

fn compose(line: &mut Vec<u8>, time: &str, record: &Record<'_>) -> std::io::Result<()> {
    write!(line, "{} - - [{time}] \"", record.peer)?;
    match record.request {
        Some((method, target, version)) => {
            escape(line, format_args!("{method}"));
            line.push(b' ');
            escape(line, format_args!("{target}"));
            write!(line, " {version}")?;
        }
        None => line.push(b'-'),
    }
    writeln!(line, "\" {} {}", record.status, record.bytes)
}

/// Appends text with everything escaped that could forge a line or a field, cut off at a length.
fn escape(line: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    struct Escaped<'a> {
        line: &'a mut Vec<u8>,
        left: usize,
    }
    impl fmt::Write for Escaped<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for byte in text.bytes() {
                let Some(left) = self.left.checked_sub(1) else {
                    self.line.extend_from_slice(b"...");
                    return Err(fmt::Error);
                };
                self.left = left;
                if matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b'\\') {
                    self.line.push(byte);
                } else {
                    write!(self.line, "\\x{byte:02x}").map_err(|_| fmt::Error)?;
                }
            }
            Ok(())
        }
    }
    // The only error is our own, where the text is cut off.
    let _ = fmt::write(&mut Escaped { line, left: MAX_LOGGED_BYTES }, text);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use interdict_host::clock::ClockError;
    use interdict_host::testing::TestWorld;

    use super::*;

    fn line(request: Option<(&str, &dyn fmt::Display, &'static str)>) -> String {
        let peer = "192.0.2.7".parse().unwrap();
        let mut line = Vec::new();
        compose(&mut line, "13/Sep/2017:00:00:00 +0000", &Record { peer, request, status: 200, bytes: 612 })
            .unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn writes_the_common_log_format() {
        assert_eq!(
            line(Some(("GET", &"/metadata/timestamp.json", "HTTP/1.1"))),
            "192.0.2.7 - - [13/Sep/2017:00:00:00 +0000] \"GET /metadata/timestamp.json HTTP/1.1\" 200 612\n"
        );
        assert_eq!(line(None), "192.0.2.7 - - [13/Sep/2017:00:00:00 +0000] \"-\" 200 612\n");
    }

    #[test]
    fn escapes_whatever_could_forge_a_line() {
        assert!(
            line(Some(("GET", &"/a\" 200 1\n\u{1b}[2J\\é", "HTTP/1.1")))
                .contains("\"GET /a\\x22\\x20200\\x201\\x0a\\x1b[2J\\x5c\\xc3\\xa9 HTTP/1.1\" 200")
        );
    }

    #[test]
    fn cuts_off_what_is_too_long() {
        let longest = "a".repeat(MAX_LOGGED_BYTES);
        assert!(line(Some(("GET", &longest, "HTTP/1.1"))).contains(&format!(" {longest} HTTP")));
        assert!(
            line(Some(("GET", &format!("{longest}b"), "HTTP/1.1"))).contains(&format!(" {longest}... HTTP"))
        );
    }

    #[test]
    fn spells_the_time_of_each_record() {
        let TestWorld { world, clock, stderr, .. } = TestWorld::new();
        let log = AccessLog::new(world.stderr.clone(), world.clock.clone());
        let record_at = |moment: &str| {
            clock.set(moment.parse().unwrap());
            log.write(&Record { peer: "::1".parse().unwrap(), request: None, status: 400, bytes: 0 });
        };
        record_at("2017-09-12T23:59:59Z");
        record_at("2017-09-13T00:00:00Z");
        clock.fail(ClockError::Unreadable);
        log.write(&Record { peer: "::1".parse().unwrap(), request: None, status: 431, bytes: 0 });
        assert_eq!(
            stderr.text(),
            "::1 - - [12/Sep/2017:23:59:59 +0000] \"-\" 400 0\n\
             ::1 - - [13/Sep/2017:00:00:00 +0000] \"-\" 400 0\n\
             ::1 - - [-] \"-\" 431 0\n"
        );
    }
}
