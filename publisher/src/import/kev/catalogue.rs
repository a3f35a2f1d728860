//! The catalogue's file: CISA's JSON of known exploited vulnerabilities, in the shape that it has had since 2021.
//!
//! Read strictly, and either as a whole or not at all: one published version was cut off in the middle of a key. What is
//! wrong is listed with entry and member; what is merely odd is noted ([`KevNote`]).

use std::collections::BTreeMap;

use interdict_schema::DateTime;
use interdict_schema::directive::DayOrTime;
use interdict_schema::json::{self, Pointer};
use interdict_schema::limits::{KEV_ENTRIES, KEV_LENGTH, LINT_SHAPE_ERRORS};
use interdict_schema::product::cve::CveId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::problem::{KevError, KevNote, KevProblem, KevReason, KevRemark};

/// A catalogue, whole and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// Its version, as it spells it: `2025.08.25`.
    pub version: String,
    /// When it was released.
    pub released: DateTime,
    /// Its entries, in its order; no CVE occurs twice.
    pub entries: Vec<Entry>,
    /// What was odd.
    pub notes: Vec<KevNote>,
}

/// One vulnerability. No text has blanks at its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The CVE id, upper case.
    pub cve: String,
    /// The vendor or project, free text.
    pub vendor: String,
    /// The product, free text.
    pub product: String,
    /// The vulnerability's name.
    pub name: String,
    /// When it was listed.
    pub added: Date,
    /// By when it must be remedied.
    pub due: Date,
    /// What it is.
    pub description: String,
    /// What must be done.
    pub required_action: String,
    /// Whether ransomware is known to use it: `Known`, `Unknown`, or empty.
    pub ransomware: String,
    /// Remarks and links; may be empty.
    pub notes: String,
    /// Weaknesses: `CWE-59`.
    pub cwes: Vec<String>,
}

impl Entry {
    /// Whether the product is one: "Multiple Products", "Multiple Routers" and the like are none.
    pub fn names_a_product(&self) -> bool {
        self.product.split_whitespace().next().is_some_and(|word| !word.eq_ignore_ascii_case("multiple"))
    }
}

/// The file as it is spelled.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "title", default)]
    _title: String,
    #[serde(rename = "catalogVersion")]
    version: String,
    #[serde(rename = "dateReleased")]
    released: String,
    count: u64,
    vulnerabilities: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(rename = "cveID")]
    cve: String,
    vendor_project: String,
    product: String,
    vulnerability_name: String,
    date_added: String,
    short_description: String,
    required_action: String,
    due_date: String,
    #[serde(default)]
    known_ransomware_campaign_use: String,
    #[serde(default)]
    notes: String,
    #[serde(default)]
    cwes: Vec<String>,
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// [`KevError`], with the byte where reading stopped, or with every entry that is wrong.
    pub fn read(bytes: &[u8]) -> Result<Self, KevError> {
        let value = json::parse_within(bytes, KEV_LENGTH)?;
        let (decoded, shapes) = json::decode_all::<File>(&value, LINT_SHAPE_ERRORS);
        let Some(decoded) = decoded else {
            return Err(KevError::Problems {
                problems: shapes.into_iter().map(|error| misshapen(&value, error)).collect(),
            });
        };
        let mut reading = Reading { problems: Vec::new(), notes: Vec::new() };
        for pointer in decoded.unknown {
            reading.notes.push(KevNote { cve: None, remark: KevRemark::Unknown { pointer } });
        }
        reading.file(decoded.value)
    }
}

/// An error of shape, with the CVE of the entry that has it.
fn misshapen(value: &json::Value<'_>, error: json::DecodeError) -> KevProblem {
    let entry = error.pointer.tokens().nth(1).and_then(|number| number.parse::<usize>().ok());
    let cve = entry
        .and_then(|number| value.get("vulnerabilities")?.as_array()?.get(number)?.get("cveID")?.as_str())
        .map(Into::into);
    KevProblem { pointer: error.pointer, cve, reason: KevReason::Shape { message: error.message } }
}

/// What has been found so far.
struct Reading {
    problems: Vec<KevProblem>,
    notes: Vec<KevNote>,
}

impl Reading {
    fn file(mut self, file: File) -> Result<Catalogue, KevError> {
        let root = Pointer::root();
        let released =
            file.released.parse::<Timestamp>().ok().and_then(|at| DateTime::from_timestamp(at).ok());
        if released.is_none() {
            self.wrong(root.join("dateReleased"), None, KevReason::Moment { found: file.released.clone() });
        }
        let found = file.vulnerabilities.len();
        if usize::try_from(file.count) != Ok(found) {
            self.wrong(root.join("count"), None, KevReason::Count { found, stated: file.count });
        }
        if found == 0 || found > KEV_ENTRIES {
            self.wrong(root.join("vulnerabilities"), None, KevReason::Entries { found, limit: KEV_ENTRIES });
        }
        let mut seen = BTreeMap::new();
        let mut entries = Vec::with_capacity(found);
        for (number, row) in file.vulnerabilities.into_iter().enumerate() {
            let at = || Pointer::root().join("vulnerabilities").join(number);
            let spelled = row.cve.clone();
            let entry = self.entry(&at, &row);
            let key = spelled.trim().to_ascii_uppercase();
            match seen.get(&key) {
                Some(first) => {
                    let first = Pointer::root().join("vulnerabilities").join(first).join("cveID");
                    self.wrong(at().join("cveID"), Some(&spelled), KevReason::Duplicate { first });
                }
                None => drop(seen.insert(key, number)),
            }
            entries.extend(entry);
        }
        match released {
            Some(released) if self.problems.is_empty() => {
                let version = file.version.trim().to_owned();
                Ok(Catalogue { version, released, entries, notes: self.notes })
            }
            _ => Err(KevError::Problems { problems: self.problems }),
        }
    }

    fn entry(&mut self, at: &dyn Fn() -> Pointer, row: &Row) -> Option<Entry> {
        let spelled = row.cve.trim().to_owned();
        let cve = spelled.parse::<CveId>();
        if let Err(error) = &cve {
            self.wrong(at().join("cveID"), Some(&spelled), KevReason::Cve { error: *error });
        }
        let added = self.date(at, "dateAdded", &spelled, &row.date_added);
        let due = self.date(at, "dueDate", &spelled, &row.due_date);
        let entry = Entry {
            vendor: self.text(at, "vendorProject", &spelled, &row.vendor_project, true),
            product: self.text(at, "product", &spelled, &row.product, true),
            name: self.text(at, "vulnerabilityName", &spelled, &row.vulnerability_name, false),
            description: self.text(at, "shortDescription", &spelled, &row.short_description, false),
            required_action: self.text(at, "requiredAction", &spelled, &row.required_action, false),
            ransomware: self.text(
                at,
                "knownRansomwareCampaignUse",
                &spelled,
                &row.known_ransomware_campaign_use,
                false,
            ),
            notes: self.text(at, "notes", &spelled, &row.notes, false),
            cwes: row.cwes.iter().map(|cwe| cwe.trim().to_owned()).filter(|cwe| !cwe.is_empty()).collect(),
            added: added?,
            due: due?,
            cve: cve.ok()?.to_string(),
        };
        if entry.due < entry.added {
            let remark = KevRemark::DueBeforeAdded { due: entry.due, added: entry.added };
            self.notes.push(KevNote { cve: Some(entry.cve.clone()), remark });
        }
        Some(entry)
    }

    fn date(&mut self, at: &dyn Fn() -> Pointer, member: &str, cve: &str, text: &str) -> Option<Date> {
        if let Ok(DayOrTime::Day(day)) = text.trim().parse() {
            return Some(day);
        }
        self.wrong(at().join(member), Some(cve), KevReason::Date { found: text.into() });
        None
    }

    fn text(
        &mut self,
        at: &dyn Fn() -> Pointer,
        member: &'static str,
        cve: &str,
        text: &str,
        wanted: bool,
    ) -> String {
        let trimmed = text.trim();
        // The wanted texts are names, and become identifiers.
        let control = trimmed.chars().find(|character| wanted && character.is_control());
        if trimmed.is_empty() && wanted {
            self.wrong(at().join(member), Some(cve), KevReason::Empty);
        } else if let Some(found) = control {
            self.wrong(at().join(member), Some(cve), KevReason::ControlCharacter { found });
        } else if trimmed.len() != text.len() {
            self.notes.push(KevNote { cve: Some(cve.into()), remark: KevRemark::Trimmed { member } });
        }
        trimmed.to_owned()
    }

    fn wrong(&mut self, pointer: Pointer, cve: Option<&str>, reason: KevReason) {
        self.problems.push(KevProblem { pointer, cve: cve.map(Into::into), reason });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::*;

    fn of(count: usize) -> Result<Catalogue, KevError> {
        of_product(count, "p")
    }

    fn of_product(count: usize, product: &str) -> Result<Catalogue, KevError> {
        let row = |number: usize| Row {
            cve: format!("CVE-2025-{}", number + 10_000),
            vendor_project: "v".into(),
            product: product.into(),
            vulnerability_name: String::new(),
            date_added: "2025-01-01".into(),
            short_description: String::new(),
            required_action: String::new(),
            due_date: "2025-01-01".into(),
            known_ransomware_campaign_use: String::new(),
            notes: String::new(),
            cwes: Vec::new(),
        };
        let file = File {
            _title: String::new(),
            version: "1".into(),
            released: "2025-01-01T00:00:00Z".into(),
            count: count.try_into().unwrap_or(u64::MAX),
            vulnerabilities: (0..count).map(row).collect(),
        };
        Reading { problems: Vec::new(), notes: Vec::new() }.file(file)
    }

    #[test]
    fn takes_as_many_entries_as_the_limit_and_not_one_more() {
        assert!(of(KEV_ENTRIES).is_ok_and(|catalogue| catalogue.entries.len() == KEV_ENTRIES));
        let found = KEV_ENTRIES + 1;
        let Err(KevError::Problems { problems }) = of(found) else { panic!("taken") };
        let reasons: Vec<KevReason> = problems.into_iter().map(|problem| problem.reason).collect();
        assert_eq!(reasons, [KevReason::Entries { found, limit: KEV_ENTRIES }]);
    }

    #[test]
    fn refuses_a_control_character_within_a_name() {
        let Err(KevError::Problems { problems }) = of_product(1, "Bour\ne-Again Shell") else {
            panic!("taken")
        };
        let [KevProblem { pointer, reason, .. }] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(pointer.as_str(), "/vulnerabilities/0/product");
        assert_eq!(*reason, KevReason::ControlCharacter { found: '\n' });
        assert!(of_product(1, "p\n").is_ok_and(|catalogue| catalogue.entries[0].product == "p"));
    }
}
