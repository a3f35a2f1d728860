//! The answer of `due`: deadlines, then waivers, then what does not bind and by which line of the configuration. The same for
//! programs is in `json`.

mod json;

use interdict_host::terminal::{Paint, Terminal};
use interdict_schema::DateTime;
use interdict_schema::directive::resolve::{Ground, Standing};
use interdict_schema::directive::scope::NotBound;
use jiff::tz::TimeZone;

use super::deadlines::{Because, NotBinding, Obligations, WaiverRow, left_of};
use super::due::{Columns, table};
use super::moment::in_zone;
use super::validity::Validity;
use super::{Exceptions, Page, count};
use crate::as_of::AsOf;
use crate::config::{Basis, Lines, Party, Place};

/// What binds an agency, to be shown.
#[derive(Debug, Clone)]
pub struct Deadlines<'a> {
    /// What was found.
    pub found: Obligations,
    /// What was asked about.
    pub as_of: AsOf,
    /// How long what it rests on is fresh.
    pub validity: Validity,
    /// The agency's exceptions. They move no deadline.
    pub exceptions: Exceptions,
    /// Of whom was asked.
    pub of: Of<'a>,
    /// Whether that agency was named.
    pub named: bool,
}

/// An agency, and where the configuration says what it is.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The agency.
    pub party: &'a Party,
    /// The lines of the configuration.
    pub lines: &'a Lines,
}

impl Of<'_> {
    /// The reason and the lines of the configuration that it rests on.
    pub fn because(&self, why: &NotBound) -> String {
        let places = self.party.cited(why, self.lines);
        if places.is_empty() {
            return format!("{why}, by its name");
        }
        let places: Vec<String> = places.iter().map(Place::to_string).collect();
        format!("{why}, by {}", places.join(", "))
    }

    fn basis(&self) -> String {
        let line = |key: &str| self.lines.place(key).map(|place| place.to_string());
        match self.party.basis {
            Basis::Own => line("agency.name").map_or_else(
                || "this client's own, of which the configuration says nothing".to_owned(),
                |place| format!("this client's own, by {place}"),
            ),
            Basis::Component(number) => {
                let place = line(&format!("component.{number}.name")).unwrap_or_default();
                let above =
                    self.party.profile.parents.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
                let above = if above.is_empty() { above } else { format!(", a component of {above}") };
                format!("by {place}{above}")
            }
            Basis::Parent => {
                let place = line("agency.parents").unwrap_or_default();
                format!(
                    "one that this client's agency is a component of, by {place}; nothing else is known of it"
                )
            }
            Basis::Listed => {
                "of the list of civilian agencies in this program, which knows its names alone".to_owned()
            }
        }
    }
}

impl Deadlines<'_> {
    /// For people: nothing where there is nothing to say.
    pub fn render(&self, local: &TimeZone, terminal: &Terminal) -> String {
        let mut page = Page::default();
        if !self.found.rows.is_empty() {
            page.table(table(&self.found.rows, local, Columns::WithDirective));
        }
        self.waivers(&mut page);
        self.not_binding(&mut page);
        if self.named {
            self.rests_on(&mut page);
        }
        page.render(terminal)
    }

    fn waivers(&self, page: &mut Page) {
        if !self.found.waivers.is_empty() {
            page.heading("Waivers");
        }
        for row in &self.found.waivers {
            let paint = match row.standing {
                Standing::Expired { .. } => Paint::Alarm,
                Standing::Frees { .. } => Paint::Warning,
                _ => Paint::Faint,
            };
            page.painted(paint, format!("  {} {}", row.directive, row.in_words()));
        }
    }

    fn not_binding(&self, page: &mut Page) {
        if !self.found.not_binding.is_empty() {
            page.heading("Does not bind");
        }
        for not in &self.found.not_binding {
            page.line(format!("  {}: {}", not.part(), self.because(not)));
        }
        let later = self.found.issued_later;
        if later > 0 {
            page.line("");
            page.line(format!("issued later than that: {}", count(later, "directive")));
        }
    }

    fn because(&self, not: &NotBinding) -> String {
        match &not.because {
            Because::NotBound(why) => self.of.because(why),
            Because::NotYet { from, zone } => {
                format!("takes effect {}; its dates are above", in_zone(*from, zone))
            }
        }
    }

    fn rests_on(&self, page: &mut Page) {
        page.heading("For whom");
        page.line(format!("  {}: {}", self.of.party.profile.names.join(", "), self.of.basis()));
        let open = self.of.party.not_said();
        if !open.is_empty() {
            page.line(format!("  not said of it, and taken to bind: {}", open.join(", ")));
        }
    }
}

impl NotBinding {
    fn part(&self) -> String {
        self.action
            .as_ref()
            .map_or_else(|| self.directive.to_string(), |part| format!("{} {part}", self.directive))
    }
}

impl WaiverRow {
    /// Which waiver of what, where it stands, who grants it in which document, and under what conditions.
    fn in_words(&self) -> String {
        let waiver = &self.waiver;
        let part = waiver.part.as_deref().unwrap_or("all of it");
        let on = |moment: DateTime| in_zone(moment, &self.zone);
        let stands = match &self.standing {
            Standing::Frees { until: Some(until), .. } => {
                format!("waived until {}, {}", on(*until), left_of(self.at, *until, &self.zone))
            }
            Standing::Frees { until: None, .. } => {
                "waived without an end: it lasts until a later document ends it".to_owned()
            }
            Standing::NotYet { from } => format!("will be waived from {}", on(*from)),
            Standing::Expired { until } => format!("LAPSED {}: it binds again", on(*until)),
            Standing::NotClaimed { .. } => {
                let claim = format!("{}/{}", self.directive, waiver.id);
                format!("not waived: [agency] does not claim to be eligible for {claim:?}")
            }
            Standing::Others => "waived for others".to_owned(),
        };
        let to_whom = match (&self.standing, &waiver.eligibility) {
            (Standing::Frees { ground: Ground::Beneficiary { name }, .. }, _) => {
                format!("; granted to {name}")
            }
            (_, Some(test)) => format!("; granted to {test}"),
            (_, None) if waiver.beneficiaries.is_empty() => String::new(),
            (_, None) => format!("; granted to {}", waiver.beneficiaries.join(", ")),
        };
        let conditions = if waiver.conditions.is_empty() {
            String::new()
        } else {
            format!("; conditions: {}", waiver.conditions.join("; "))
        };
        format!(
            "{part}: {stands}; waiver {} of {}, by {}{to_whom}{conditions}",
            waiver.id, self.document, waiver.granted_by
        )
    }
}
