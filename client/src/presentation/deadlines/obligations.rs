//! Everything that an agency is bound to at a moment: dates, waivers, and what does not bind it.

use interdict_schema::DateTime;
use interdict_schema::directive::resolve::{DocumentRef, Situation, Standing, State, standing};
use interdict_schema::directive::scope::NotBound;
use interdict_schema::directive::{DirectiveId, Waiver};
use jiff::tz::TimeZone;

use super::of_directive::{Text, of_directive, sort};
use super::{Asked, Row};
use crate::store::generation::Generation;

/// What binds one agency.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Obligations {
    /// The deadlines, in order.
    pub rows: Vec<Row>,
    /// Waivers that free it, did, will, or would if it claimed to meet their test.
    pub waivers: Vec<WaiverRow>,
    /// Directives and actions that do not bind it, or not yet.
    pub not_binding: Vec<NotBinding>,
    /// How many directives were issued later than the moment that is asked about.
    pub issued_later: usize,
}

/// A waiver that concerns the agency.
#[derive(Debug, Clone, PartialEq)]
pub struct WaiverRow {
    /// The repository.
    pub repository: String,
    /// The directive.
    pub directive: DirectiveId,
    /// The waiver.
    pub waiver: Waiver,
    /// The document that grants it.
    pub document: DocumentRef,
    /// Where it stands; never [`Standing::Others`].
    pub standing: Standing,
    /// The issuer's zone.
    pub zone: TimeZone,
    /// The moment at which it is judged.
    pub at: DateTime,
}

/// A directive, or an action of it, that does not bind.
#[derive(Debug, Clone, PartialEq)]
pub struct NotBinding {
    /// The repository.
    pub repository: String,
    /// The directive.
    pub directive: DirectiveId,
    /// The action; none where it is all of it.
    pub action: Option<String>,
    /// Why.
    pub because: Because,
}

/// Why something does not bind.
#[derive(Debug, Clone, PartialEq)]
pub enum Because {
    /// By what the agency is.
    NotBound(NotBound),
    /// It was issued, and takes effect later. Its dates are among the rows: they are to be planned for.
    NotYet {
        /// From when it binds.
        from: DateTime,
        /// The issuer's zone.
        zone: TimeZone,
    },
}

impl Obligations {
    /// What binds the agency that asks. What has ended binds nobody and is left out.
    pub fn of(generation: &Generation, asked: &Asked<'_>) -> Self {
        let mut found = Self::default();
        for (repository, held) in generation.directives() {
            let text = Text {
                repository: repository.name.as_str(),
                directive: held.directive(),
                situation: held.situation(),
            };
            if !text.directive.is_ended() {
                found.directive(text, asked);
            }
        }
        sort(&mut found.rows);
        found
    }

    fn directive(&mut self, text: Text<'_>, asked: &Asked<'_>) {
        let Text { repository, directive, situation } = text;
        let not = |action: Option<&str>, because| NotBinding {
            repository: repository.to_owned(),
            directive: directive.id.clone(),
            action: action.map(ToOwned::to_owned),
            because,
        };
        let zone = text.zone();
        let moment = asked.as_of.moment(&zone);
        let not_yet = match situation.map(|situation| &situation.state) {
            Some(State::NotYet { .. }) if directive.issued.begin(&zone) > moment => {
                self.issued_later = self.issued_later.saturating_add(1);
                return;
            }
            Some(State::NotYet { from }) => Some(*from),
            _ => None,
        };
        if let Err(why) = directive.scope.binds(asked.profile) {
            self.not_binding.push(not(None, Because::NotBound(why)));
            return;
        }
        if let Some(from) = not_yet {
            self.not_binding.push(not(None, Because::NotYet { from, zone: zone.clone() }));
        }
        for action in &directive.actions {
            if let Err(why) = action.binds(&directive.id, asked.profile) {
                self.not_binding.push(not(Some(&action.id), Because::NotBound(why)));
            }
        }
        self.rows.extend(of_directive(text, asked));
        let at = asked.lapses_at(repository, moment);
        for waiver in &directive.waivers {
            let standing = standing(directive, waiver, asked.profile, at);
            let Some(document) = situation.map(|situation| granted_in(situation, waiver)) else { continue };
            if standing != Standing::Others {
                self.waivers.push(WaiverRow {
                    repository: repository.to_owned(),
                    directive: directive.id.clone(),
                    waiver: waiver.clone(),
                    document: document.clone(),
                    standing,
                    zone: zone.clone(),
                    at,
                });
            }
        }
    }
}

/// The document that grants a waiver: that of the words that stand in its part's place now.
fn granted_in<'s>(situation: &'s Situation, waiver: &Waiver) -> &'s DocumentRef {
    let origins = waiver.part.as_ref().and_then(|part| situation.origins.get(part));
    origins.and_then(|origins| origins.last()).map_or(&situation.document, |origin| &origin.document)
}
