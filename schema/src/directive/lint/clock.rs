//! Times of day: the zone of an `at`, and whether the order's own words contradict it.

use alloc::string::ToString;

use jiff::tz::TimeZone;

use super::{Fact, Problems};
use crate::directive::{Due, deadline};
use crate::json::Pointer;

/// Abbreviations that mean one offset: `EST` is not a place, and in July it is an hour off.
const ABBREVIATIONS: &[&str] = &[
    "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "AKST", "AKDT", "HST", "GMT", "UTC", "BST",
    "CET", "CEST", "EET", "EEST", "WET", "WEST", "AEST", "AEDT", "JST",
];

pub(super) fn words(at: &Pointer, due: &Due, zone: Option<&TimeZone>, name: &str, problems: &mut Problems) {
    let Some(fixed) = &due.at else { return };
    let at = at.join("at");
    let (zone, name) = match &fixed.zone {
        None => (zone.cloned(), name),
        Some(own) => match deadline::zone(own) {
            Ok(zone) => (Some(zone), own.as_str()),
            Err(_) => return problems.add(at.join("zone"), Fact::UnknownZone { zone: own.clone() }),
        },
    };
    let (Some(zone), Some(words)) = (zone, &fixed.words) else { return };
    let offset = zone.to_offset_info(fixed.time.end(&zone).timestamp());
    let wanted = offset.abbreviation();
    let mut tokens = words.split(|character: char| !character.is_alphanumeric());
    if let Some(found) = tokens.find(|token| ABBREVIATIONS.contains(token) && *token != wanted) {
        problems.add(
            at.join("words"),
            Fact::Abbreviation { found: found.into(), wanted: wanted.to_string(), zone: name.into() },
        );
    }
}
