//! The access log: one line a request, in the common log format
//! (`host - - [day/month/year:time zone] "request" status bytes`) or as a JSON object (RFC 8259).
//!
//! Invariant: a line is one line. Everything a client chose is escaped: control characters, quotes,
//! backslashes and bytes beyond ASCII appear as `\xHH`, in JSON as `\u00HH`. Lines are held back for a moment and
//! written many at once. Not here: diagnostics (`tracing`).

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use interdict_host::clock::Clock;
use jiff::Timestamp;

use super::limits::{LOG_BUFFER_BYTES, MAX_LOGGED_BYTES};

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// The common log format.
    Common,
    /// One JSON object a line: `time` (RFC 3339), `peer`, `method`, `target`, `protocol`, `status`, `bytes`, `tls`. What
    /// could not be read is `null`.
    Json,
}

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
    form: LogForm,
    /// Bytes of lines that may be held back.
    hold: usize,
    /// Whole lines that are not yet written.
    lines: Vec<u8>,
    /// The second that `time` spells out.
    second: Option<i64>,
    time: String,
    broken: bool,
}

/// One request and what became of it.
pub(super) struct Record<'a> {
    /// An address, or `unix`.
    pub(super) peer: &'a str,
    /// Method, target and version; nothing for a request that could not be read.
    pub(super) request: Option<(&'a str, &'a str, &'static str)>,
    pub(super) status: u16,
    /// Bytes of content handed to the connection.
    pub(super) bytes: u64,
    pub(super) tls: bool,
}

impl AccessLog {
    /// A log on a writer, in the common log format: each line is one `write_all`. Where the clock cannot be read, the time
    /// of a line is `-`.
    pub fn new(writer: impl Write + Send + 'static, clock: Arc<dyn Clock>) -> Self {
        Self::on(Box::new(writer), clock, LogForm::Common, 0)
    }

    /// A log of which many lines are one write, a fraction of a second later at most; all are written when the server
    /// stops. Where the clock cannot be read, the time of a line is `-`, in JSON `null`.
    pub fn held_back(writer: impl Write + Send + 'static, clock: Arc<dyn Clock>, form: LogForm) -> Self {
        Self::on(Box::new(writer), clock, form, LOG_BUFFER_BYTES)
    }

    fn on(writer: Box<dyn Write + Send>, clock: Arc<dyn Clock>, form: LogForm, hold: usize) -> Self {
        let (lines, time) = (Vec::new(), String::new());
        let sink = Sink { writer, form, hold, lines, second: None, time, broken: false };
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
            sink.lock().unwrap_or_else(PoisonError::into_inner).write_out();
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
            let form = match self.form {
                LogForm::Common => "%d/%b/%Y:%H:%M:%S +0000",
                LogForm::Json => "%Y-%m-%dT%H:%M:%SZ",
            };
            self.time = now.strftime(form).to_string();
            self.second = Some(now.as_second());
        }
        let time = now.map(|_| self.time.as_str());
        match self.form {
            LogForm::Common => common(&mut self.lines, time, record),
            LogForm::Json => json(&mut self.lines, time, record),
        }
        if self.lines.len() >= self.hold {
            self.write_out();
        }
    }

    /// A log that cannot be written stops no service, and is said once.
    fn write_out(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let written = self.writer.write_all(&self.lines).and_then(|()| self.writer.flush());
        self.lines.clear();
        if let Err(error) = written
            && !std::mem::replace(&mut self.broken, true)
        {
            tracing::warn!(%error, "the access log cannot be written");
        }
    }
}

fn common(line: &mut Vec<u8>, time: Option<&str>, record: &Record<'_>) {
    line.extend_from_slice(record.peer.as_bytes());
    line.extend_from_slice(b" - - [");
    line.extend_from_slice(time.unwrap_or("-").as_bytes());
    line.extend_from_slice(b"] \"");
    match record.request {
        Some((method, target, version)) => {
            escape(line, method, Escape::Hexadecimal);
            line.push(b' ');
            escape(line, target, Escape::Hexadecimal);
            line.push(b' ');
            line.extend_from_slice(version.as_bytes());
        }
        None => line.push(b'-'),
    }
    line.extend_from_slice(b"\" ");
    number(line, record.status.into());
    line.push(b' ');
    number(line, record.bytes);
    line.push(b'\n');
}

fn json(line: &mut Vec<u8>, time: Option<&str>, record: &Record<'_>) {
    let mut field = |name: &str, value: Option<&str>| {
        line.extend_from_slice(name.as_bytes());
        match value {
            Some(value) => {
                line.push(b'"');
                escape(line, value, Escape::Json);
                line.push(b'"');
            }
            None => line.extend_from_slice(b"null"),
        }
    };
    field("{\"time\":", time);
    field(",\"peer\":", Some(record.peer));
    field(",\"method\":", record.request.map(|(method, ..)| method));
    field(",\"target\":", record.request.map(|(_, target, _)| target));
    field(",\"protocol\":", record.request.map(|(.., version)| version));
    line.extend_from_slice(b",\"status\":");
    number(line, record.status.into());
    line.extend_from_slice(b",\"bytes\":");
    number(line, record.bytes);
    line.extend_from_slice(if record.tls { b",\"tls\":true}\n" } else { b",\"tls\":false}\n" });
}

fn number(line: &mut Vec<u8>, value: u64) {
    let mut digits = [0_u8; 20];
    let mut place = digits.len();
    let mut rest = value;
    loop {
        place = place.saturating_sub(1);
        if let (Some(digit), Ok(value)) = (digits.get_mut(place), u8::try_from(rest % 10)) {
            *digit = b'0' + value;
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    line.extend_from_slice(digits.get(place..).unwrap_or_default());
}

#[derive(Clone, Copy)]
enum Escape {
    Hexadecimal,
    Json,
}

/// Appends text with everything escaped that could forge a line or a field, cut off at a length.
fn escape(line: &mut Vec<u8>, text: &str, escape: Escape) {
    let shown = text.as_bytes().get(..MAX_LOGGED_BYTES).unwrap_or(text.as_bytes());
    let plain = |byte: &u8| matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b'\\');
    if shown.iter().all(plain) {
        line.extend_from_slice(shown);
    } else {
        for byte in shown {
            // Writing to memory does not fail.
            let _ = match (plain(byte), escape) {
                (true, _) => line.write_all(&[*byte]),
                (false, Escape::Hexadecimal) => write!(line, "\\x{byte:02x}"),
                (false, Escape::Json) => write!(line, "\\u00{byte:02x}"),
            };
        }
    }
    if shown.len() < text.len() {
        line.extend_from_slice(b"...");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use interdict_host::clock::ClockError;
    use interdict_host::testing::TestWorld;

    use super::*;

    fn record<'a>(request: Option<(&'a str, &'a str, &'static str)>) -> Record<'a> {
        Record { peer: "192.0.2.7", request, status: 200, bytes: 612, tls: true }
    }

    fn line(request: Option<(&str, &str, &'static str)>) -> String {
        let mut line = Vec::new();
        common(&mut line, Some("13/Sep/2017:00:00:00 +0000"), &record(request));
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn writes_json_objects_that_nobody_can_forge() {
        let mut lines = Vec::new();
        json(
            &mut lines,
            Some("2017-09-13T00:00:00Z"),
            &record(Some(("GET", "/a\",\"status\":1\n\\é", "HTTP/2.0"))),
        );
        json(&mut lines, None, &record(None));
        let text = String::from_utf8(lines).unwrap();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let wanted = [
            serde_json::json!({"time": "2017-09-13T00:00:00Z", "peer": "192.0.2.7", "method": "GET",
                "target": "/a\",\"status\":1\n\\\u{c3}\u{a9}", "protocol": "HTTP/2.0", "status": 200, "bytes": 612,
                "tls": true}),
            serde_json::json!({"time": null, "peer": "192.0.2.7", "method": null, "target": null,
                "protocol": null, "status": 200, "bytes": 612, "tls": true}),
        ];
        assert_eq!(lines, wanted);
    }

    #[test]
    fn spells_numbers() {
        for value in [0, 7, 10, 612, u64::MAX] {
            let mut line = Vec::new();
            number(&mut line, value);
            assert_eq!(String::from_utf8(line).unwrap(), value.to_string());
        }
    }

    #[test]
    fn writes_the_common_log_format() {
        assert_eq!(
            line(Some(("GET", "/metadata/timestamp.json", "HTTP/1.1"))),
            "192.0.2.7 - - [13/Sep/2017:00:00:00 +0000] \"GET /metadata/timestamp.json HTTP/1.1\" 200 612\n"
        );
        assert_eq!(line(None), "192.0.2.7 - - [13/Sep/2017:00:00:00 +0000] \"-\" 200 612\n");
    }

    #[test]
    fn escapes_whatever_could_forge_a_line() {
        assert!(
            line(Some(("GET", "/a\" 200 1\n\u{1b}[2J\\é", "HTTP/1.1")))
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
        let log = AccessLog::held_back(world.stderr.clone(), world.clock.clone(), LogForm::Common);
        let record_at = |moment: &str| {
            clock.set(moment.parse().unwrap());
            log.write(&Record { peer: "::1", request: None, status: 400, bytes: 0, tls: false });
        };
        record_at("2017-09-12T23:59:59Z");
        record_at("2017-09-13T00:00:00Z");
        clock.fail(ClockError::Unreadable);
        log.write(&Record { peer: "::1", request: None, status: 431, bytes: 0, tls: false });
        assert_eq!(stderr.text(), "", "held back");
        log.flush();
        assert_eq!(
            stderr.text(),
            "::1 - - [12/Sep/2017:23:59:59 +0000] \"-\" 400 0\n\
             ::1 - - [13/Sep/2017:00:00:00 +0000] \"-\" 400 0\n\
             ::1 - - [-] \"-\" 431 0\n"
        );
    }
}
