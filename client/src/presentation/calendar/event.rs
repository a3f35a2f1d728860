//! One event: a deadline, or the end of a waiver.

use interdict_schema::{DateTime, Sha256};
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;

use super::content::Content;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// What makes it this event and no other.
    pub uid: Uid,
    /// When what it says was admitted.
    pub stamp: DateTime,
    /// How often what it rests on has been revised.
    pub sequence: usize,
    /// When.
    pub on: On,
    /// In one line.
    pub summary: String,
    /// In several.
    pub description: Vec<String>,
    /// The directive.
    pub category: String,
    /// Whether it holds.
    pub status: Status,
    /// Whether the document is not for everyone.
    pub confidential: bool,
}

/// A day, or a moment within one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum On {
    /// All of a day: what ends with the day's last second in the issuer's zone.
    Day(Date),
    /// A moment.
    At(DateTime),
}

impl On {
    /// What a last second means in the issuer's zone.
    pub fn end(end: DateTime, zone: &TimeZone) -> Self {
        let there = zone.to_datetime(end.timestamp());
        if there.time() == time(23, 59, 59, 0) { Self::Day(there.date()) } else { Self::At(end) }
    }
}

/// Whether an event holds (RFC 5545, 3.8.1.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// It does.
    Confirmed,
    /// A waiver frees of it.
    Tentative,
    /// It was ordered, and what ordered it has ended before.
    Cancelled,
}

/// A name that stays the same when the date moves: of the repository, the directive, the part and which of its dates it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Uid(String);

impl Uid {
    /// A digest of these names (RFC 7986, 5.3: nothing is given away, and every character is one that calendars take).
    pub fn of(names: &[&str]) -> Self {
        // As a JSON list, so that no two lists of names are written alike.
        let digest = Sha256::of(serde_json::json!(names).to_string().as_bytes()).to_string();
        let short: String = digest.chars().take(32).collect();
        Self(format!("{short}@interdict"))
    }
}

impl Event {
    pub fn write(&self, content: &mut Content) {
        content.line("BEGIN", "VEVENT");
        content.line("UID", &self.uid.0);
        content.line("DTSTAMP", &utc(self.stamp));
        content.line("SEQUENCE", &self.sequence.to_string());
        match self.on {
            On::Day(day) => content.line("DTSTART;VALUE=DATE", &day.strftime("%Y%m%d").to_string()),
            On::At(moment) => content.line("DTSTART", &utc(moment)),
        }
        content.text("SUMMARY", &self.summary);
        content.lines("DESCRIPTION", &self.description);
        content.text("CATEGORIES", &self.category);
        if self.confidential {
            content.line("CLASS", "CONFIDENTIAL");
        }
        content.line(
            "STATUS",
            match self.status {
                Status::Confirmed => "CONFIRMED",
                Status::Tentative => "TENTATIVE",
                Status::Cancelled => "CANCELLED",
            },
        );
        content.line("TRANSP", "TRANSPARENT");
        content.line("END", "VEVENT");
    }
}

/// A moment in UTC (RFC 5545, 3.3.5, form 2).
pub(super) fn utc(moment: DateTime) -> String {
    TimeZone::UTC.to_datetime(moment.timestamp()).strftime("%Y%m%dT%H%M%SZ").to_string()
}
