//! Whether what an exception names is in force: a directive, its part, and the part's identifier.

use interdict_schema::directive::Subject;
use interdict_schema::policy::Source;
use thiserror::Error;

use super::exception::Exception;

/// Why an exception can except nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Nothing {
    /// No such directive is held.
    #[error("no such directive is held")]
    NotHeld,
    /// Several repositories have one of this id.
    #[error("{count} repositories have this directive: name one as `repository`")]
    Several {
        /// How many.
        count: usize,
    },
    /// The directive has ended.
    #[error("the directive has ended")]
    Ended,
    /// The text in force has no such subject.
    #[error("the directive has no such part")]
    NoPart,
    /// The subject is not recognised by this.
    #[error("the part has no such identifier")]
    NoIdentifier,
}

/// Whether what an exception names is there.
///
/// # Errors
/// [`Nothing`]: what is not.
pub(super) fn aim(exception: &Exception, sources: &[Source<'_>]) -> Result<(), Nothing> {
    let is_meant = |source: &&Source<'_>| {
        let of = exception.repository.as_ref().is_none_or(|name| name.as_str() == source.repository);
        of && source.directive.document.value.id == exception.directive
    };
    let meant: Vec<&Source<'_>> = sources.iter().filter(is_meant).collect();
    let source = match meant.as_slice() {
        [] => return Err(Nothing::NotHeld),
        [one] => *one,
        several => return Err(Nothing::Several { count: several.len() }),
    };
    let directive = &source.directive.document.value;
    if directive.is_ended() {
        return Err(Nothing::Ended);
    }
    let part = directive.subjects.iter().find(|subject| subject.id == exception.part);
    let part = part.ok_or(Nothing::NoPart)?;
    if is_recognised(exception, source, part) { Ok(()) } else { Err(Nothing::NoIdentifier) }
}

fn is_recognised(exception: &Exception, source: &Source<'_>, part: &Subject) -> bool {
    let named = &exception.identifier;
    if part.identifiers.iter().any(|identifier| named.is(identifier)) {
        return true;
    }
    let lists = source.lists.of_subject(&source.directive.document.value.issuer, part);
    lists.filter_map(|found| found.list).any(|list| {
        let list = &list.document.value;
        // What stands in a file of entries is not read for this: a file of the same kind may hold it.
        let may_hold = list.attachments.iter().any(|file| file.kind.as_str() == named.kind);
        may_hold || list.identifiers.iter().any(|identifier| named.is(identifier))
    })
}
