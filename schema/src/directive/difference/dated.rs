//! Which revision of one directive was its text on a day, of those at hand, as its own dates say.
//!
//! What other documents do to it is not asked here.

use jiff::tz::TimeZone;

use crate::directive::{DayOrTime, Directive, Revision, deadline};

/// The newest revision that had taken effect by the end of a day, in the issuer's zone; a moment is itself.
///
/// A zone that this version does not know is taken as UTC.
pub fn text_on<'d>(revisions: impl IntoIterator<Item = &'d Directive>, on: DayOrTime) -> Option<Revision> {
    let begun = revisions.into_iter().filter(|directive| {
        let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
        begins(directive).begin(&zone) <= on.end(&zone)
    });
    begun.map(|directive| directive.revision).max()
}

/// When a revision takes the place of the one before it.
fn begins(directive: &Directive) -> DayOrTime {
    directive.revised.unwrap_or(*directive.effective())
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec::Vec;

    use super::*;

    fn text(revision: u32, revised: &str) -> Directive {
        let text = format!(
            r#"{{"format":"interdict-directive/1","id":"T-1","revision":{revision},"status":"in-force","title":"t",
            "issuer":"i","zone":"America/New_York","issued":"2017-09-13","revised":"{revised}"}}"#
        );
        Directive::parse(text.as_bytes()).unwrap().value
    }

    #[test]
    fn a_revision_is_the_text_from_the_first_moment_of_its_day_in_the_issuers_zone() {
        let revisions: Vec<Directive> = [text(1, "2017-09-13"), text(2, "2017-11-01")].into();
        let on = |moment: &str| text_on(&revisions, moment.parse().unwrap()).map(Revision::number);
        assert_eq!(on("2017-09-12"), None);
        assert_eq!(on("2017-09-13"), Some(1));
        assert_eq!(on("2017-11-01T03:59:59Z"), Some(1));
        assert_eq!(on("2017-11-01T04:00:00Z"), Some(2));
        assert_eq!(on("2017-11-01"), Some(2));
    }
}
