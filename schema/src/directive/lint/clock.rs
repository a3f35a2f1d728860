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

/// The same in full, the longer of two that contain each other first.
const NAMES: &[(&str, &str)] = &[
    ("australian eastern standard time", "AEST"),
    ("australian eastern daylight time", "AEDT"),
    ("central european summer time", "CEST"),
    ("eastern european summer time", "EEST"),
    ("western european summer time", "WEST"),
    ("central european time", "CET"),
    ("eastern european time", "EET"),
    ("western european time", "WET"),
    ("coordinated universal time", "UTC"),
    ("greenwich mean time", "GMT"),
    ("british summer time", "BST"),
    ("eastern standard time", "EST"),
    ("eastern daylight time", "EDT"),
    ("central standard time", "CST"),
    ("central daylight time", "CDT"),
    ("mountain standard time", "MST"),
    ("mountain daylight time", "MDT"),
    ("pacific standard time", "PST"),
    ("pacific daylight time", "PDT"),
    ("alaska standard time", "AKST"),
    ("alaska daylight time", "AKDT"),
    ("hawaii standard time", "HST"),
    ("japan standard time", "JST"),
];

/// The first name of an offset in some words that is not the wanted one: as an abbreviation, or else in full.
fn contradicting<'w>(words: &'w str, wanted: &str) -> Option<&'w str> {
    let mut tokens = words.split(|character: char| !character.is_alphanumeric());
    if let Some(found) = tokens.find(|token| ABBREVIATIONS.contains(token) && *token != wanted) {
        return Some(found);
    }
    // ASCII alone is folded, so that each byte keeps its place.
    let lower = words.to_ascii_lowercase();
    let (at, name, meant) =
        NAMES.iter().find_map(|(name, meant)| lower.find(name).map(|at| (at, name, meant)))?;
    words.get(at..at.checked_add(name.len())?).filter(|_| *meant != wanted)
}

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
    if let Some(found) = contradicting(words, wanted) {
        problems.add(
            at.join("words"),
            Fact::Abbreviation { found: found.into(), wanted: wanted.to_string(), zone: name.into() },
        );
    }
}
