//! What lint can find: one variant, one code and one severity a fact.

use alloc::boxed::Box;
use alloc::string::String;

use jiff::civil::Date;

use crate::directive::draft::UnterminatedComment;
use crate::directive::resolve::Conflict;
use crate::directive::{DayOrTime, FORMAT, Revision};
use crate::entity::FORMAT as LIST_FORMAT;
use crate::json::{Pointer, ReadError};
use crate::product::IdentifierError;
use crate::waiver::FORMAT as WAIVER_FORMAT;
use crate::{DateTime, Sha256};

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The draft must not be signed like this.
    Error,
    /// It may be meant; a person has to look.
    Warning,
}

impl core::fmt::Display for Severity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// The words that could stand in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known(pub &'static [&'static str]);

impl core::fmt::Display for Known {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().enumerate().try_for_each(|(number, word)| {
            f.write_str(if number == 0 { "" } else { ", " })?;
            f.write_str(word)
        })
    }
}

/// Defines the facts, each with its code, its severity and its text.
macro_rules! facts {
    ($(
        $(#[$outer:meta])*
        $variant:ident $({ $($(#[$inner:meta])* $field:ident: $of:ty),+ $(,)? })? = $code:literal, $severity:ident, $text:literal;
    )+) => {
        /// What is wrong with a draft: what was found, then what was wanted.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        pub enum Fact {
            $($(#[$outer])* #[error($text)] $variant $({ $($(#[$inner])* $field: $of),+ })?,)+
        }

        impl Fact {
            /// Every code that lint can report.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The fact's short name, the same in every version: `falls-on-a-weekend`.
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code,)+ }
            }

            /// How much it matters.
            pub fn severity(&self) -> Severity {
                match self { $(Self::$variant { .. } => Severity::$severity,)+ }
            }
        }
    };
}

facts! {
    /// Not strict JSON.
    Read {
        /// The place and what is wrong there.
        error: ReadError,
    } = "not-json", Error, "{error}";
    /// A comment does not end.
    Comment {
        /// The place.
        error: UnterminatedComment,
    } = "unterminated-comment", Error, "{error}";
    /// A value of the wrong shape.
    Shape {
        /// Found and wanted, in serde's words.
        message: String,
    } = "shape", Error, "{message}";
    /// A member that every directive has.
    Missing = "missing", Error, "missing, and every directive has it";
    /// A blank of the template.
    Blank {
        /// What it asks for.
        text: String,
    } = "blank", Error, "found the template's blank {text:?}, wanted it filled or deleted";
    /// A character that nobody sees and that changes what is seen.
    Invisible {
        /// Its code point.
        code: u32,
    } = "invisible-character", Warning, "found the character U+{code:04X}, which cannot be seen and may change how the text looks";
    /// More errors of shape than are reported at once.
    MoreShapes {
        /// How many are reported.
        limit: usize,
    } = "more-errors", Error, "found more than {limit} values of a wrong shape; the rest are not listed";
    /// A member that no field reads.
    UnknownMember = "unknown-member", Warning, "found a member that this version does not know";
    /// A word outside a list of known ones.
    UnknownWord {
        /// What the word is: `identifier kind`.
        of: &'static str,
        /// The word.
        word: String,
        /// The words that are known.
        known: Known,
    } = "unknown-word", Warning, "found the {of} {word:?}, wanted one of {known}";
    /// Another format.
    Format {
        /// The format found.
        found: String,
    } = "format", Error, "found the format {found:?}, wanted {FORMAT:?}";
    /// Another format in a draft of a list.
    ListFormat {
        /// The format found.
        found: String,
    } = "list-format", Error, "found the format {found:?}, wanted {LIST_FORMAT:?}";
    /// Another format in a draft of a waiver.
    WaiverFormat {
        /// The format found.
        found: String,
    } = "waiver-format", Error, "found the format {found:?}, wanted {WAIVER_FORMAT:?}";
    /// A status that no client understands.
    Status {
        /// The status found.
        found: String,
    } = "status", Error, "found the status {found:?}, wanted in-force, closed or revoked";
    /// A text without a letter.
    Empty {
        /// What is empty: `title`.
        of: &'static str,
    } = "empty", Error, "found an empty {of}";
    /// A text beyond its limit.
    TooLong {
        /// Bytes found.
        found: usize,
        /// The most allowed.
        limit: usize,
    } = "too-long", Error, "found {found} bytes, wanted at most {limit}";
    /// A list beyond its limit.
    TooMany {
        /// Elements found.
        found: usize,
        /// The most allowed.
        limit: usize,
    } = "too-many", Error, "found {found} elements, wanted at most {limit}";
    /// An id that references could not spell.
    IdShape {
        /// The id.
        id: String,
    } = "id-shape", Error, "found the id {id:?}, wanted letters, digits, hyphens, dots and underscores";
    /// An id that occurs twice where it must be unique.
    DuplicateId {
        /// The id.
        id: String,
        /// Where it stands first.
        first: Pointer,
    } = "duplicate-id", Error, "found the id {id:?} again, first at {first}";
    /// A zone that the IANA database does not have.
    UnknownZone {
        /// The name found.
        zone: String,
    } = "unknown-zone", Error, "found the zone {zone:?}, wanted a name of the IANA database, America/New_York for instance";
    /// In force before it is issued.
    EffectiveBeforeIssued {
        /// When it takes effect.
        effective: DayOrTime,
        /// When it is issued.
        issued: DayOrTime,
    } = "effective-before-issued", Warning, "takes effect on {effective}, before it is issued on {issued}";
    /// Public before it is issued.
    PublicBeforeIssued {
        /// When it becomes public.
        public_from: DayOrTime,
        /// When it is issued.
        issued: DayOrTime,
    } = "public-before-issued", Warning, "becomes public on {public_from}, before it is issued on {issued}";
    /// Binds before anybody outside can read it.
    EffectiveBeforePublic {
        /// When it takes effect.
        effective: DayOrTime,
        /// When it becomes public.
        public_from: DayOrTime,
    } = "effective-before-public", Warning, "takes effect on {effective}, before it becomes public on {public_from}";
    /// Public and yet marked as restricted.
    MarkedAndPublic {
        /// The marking.
        marking: String,
    } = "marked-and-public", Warning, "found a date of publication and the marking {marking}, wanted TLP:CLEAR or no date";
    /// In force without ordering anything.
    OrdersNothing = "orders-nothing", Warning, "found no action in a directive that is in force";
    /// Ended in its first revision.
    EndedAtFirst {
        /// The status.
        status: String,
    } = "ended-at-first", Warning, "found the status {status} in revision 1, wanted in-force";

    /// A later revision without its predecessor.
    PreviousMissing {
        /// This revision.
        revision: Revision,
    } = "previous-missing", Error, "found revision {revision} without previous, wanted the payload digest of the revision before";
    /// A first revision with a predecessor.
    PreviousAtFirst = "previous-at-first", Error, "found previous in revision 1, wanted none";
    /// Another predecessor than the one at hand.
    PreviousDigest {
        /// The digest in the draft.
        found: Sha256,
        /// The digest of the revision at hand.
        wanted: Sha256,
    } = "previous-digest", Error, "found previous {found}, wanted {wanted}";
    /// Not the revision that follows.
    RevisionStep {
        /// The revision in the draft.
        found: Revision,
        /// The one that follows.
        wanted: Revision,
    } = "revision-step", Error, "found revision {found}, wanted {wanted}";
    /// A member that no revision may change has changed.
    Renamed {
        /// What has changed: `id` or `issuer`.
        of: &'static str,
        /// What stands in the draft.
        found: String,
        /// What stood in the revision before.
        wanted: String,
    } = "renamed", Error, "found the {of} {found:?}, wanted {wanted:?} as in the revision before";
    /// A revision that changes nothing.
    SameContent = "same-content", Error, "differs from the revision before in nothing but its number";
    /// A directive that had ended is in force again.
    Revived {
        /// The status before.
        before: String,
    } = "revived", Warning, "in force again after it was {before}";
    /// A revision that takes effect before the one that it follows.
    RevisedEarlier {
        /// From when it is the text.
        from: DayOrTime,
        /// From when the one before is.
        before: DayOrTime,
    } = "revised-earlier", Warning, "is the text from {from}, earlier than the revision before, which is from {before} and so never was";
    /// An end as though there had been no beginning.
    EndedFromTheBeginning {
        /// The first day.
        from: DayOrTime,
    } = "ended-from-the-beginning", Warning, "ends on {from} or before, so that it never bound anybody; say in revised from when it is at an end";

    /// A reference that leads nowhere.
    Dangling {
        /// What is looked for: `action`.
        of: &'static str,
        /// Its id.
        id: String,
    } = "dangling", Error, "refers to the {of} {id:?}, which this directive does not have";
    /// Something refers to itself.
    SelfReference {
        /// Its id.
        id: String,
    } = "self-reference", Error, "{id:?} refers to itself";
    /// References that lead back to where they began.
    Circle {
        /// The ids passed, joined by arrows.
        path: String,
    } = "circle", Error, "found a circle of references: {path}";
    /// An order that the deadlines contradict.
    AfterLater {
        /// The action that comes first.
        after: String,
        /// When that is due.
        later: DayOrTime,
        /// When this is due.
        own: DayOrTime,
    } = "after-later", Warning, "must come after {after:?}, which is due on {later}, later than this on {own}";
    /// A directive that acts on itself.
    RelationToItself {
        /// What it does.
        kind: String,
    } = "relation-to-itself", Warning, "{kind} itself, which the chain of revisions says already";
    /// A relation that does not name its document exactly.
    RelationWithoutDigest {
        /// The document.
        id: String,
    } = "relation-without-digest", Warning, "names {id} without the digest of the document that is meant";

    /// A directive that nobody could find.
    TargetAbsent {
        /// Its id.
        id: String,
    } = "target-absent", Warning, "names {id}, which is not in the repository";
    /// A revision that is not there.
    TargetRevision {
        /// The directive.
        id: String,
        /// The revision in the draft.
        found: Revision,
    } = "target-revision", Error, "names revision {found} of {id}, which is not in the repository";
    /// A revision that is no longer the text.
    TargetOutdated {
        /// The directive.
        id: String,
        /// The revision in the draft.
        found: Revision,
        /// The newest.
        newest: Revision,
    } = "target-outdated", Warning, "names revision {found} of {id}, and once revision {newest} is the text the relation does not act";
    /// A revision after which a relation of another document acts no longer.
    SilencesRelation {
        /// The document whose relation it is.
        by: String,
        /// What it does.
        kind: String,
        /// The part that it is about, with a blank and the word before it; empty for the whole.
        part: String,
        /// The revision that it names.
        found: Revision,
    } = "silences-relation", Warning, "{by} {kind} revision {found}{part}, and no other: with this revision that acts no longer, and what it changed or ended is again as it stands here, until a revision of {by} names this one";
    /// A document that is not the one that is meant.
    TargetDigest {
        /// The directive.
        id: String,
        /// The digest in the draft.
        found: Sha256,
    } = "target-digest", Error, "found the digest {found}, which that text of {id} does not have";
    /// A part that the target has not.
    TargetPart {
        /// The directive.
        id: String,
        /// The part in the draft.
        part: String,
    } = "target-part", Error, "names the action or subject {part:?}, which {id} does not have";
    /// Something is added to what has ended.
    TargetEnded {
        /// What it does.
        kind: String,
        /// The directive.
        id: String,
        /// How it ended.
        how: &'static str,
        /// Since when.
        since: crate::DateTime,
    } = "target-ended", Warning, "{kind} {id}, which is {how} since {since}";
    /// Clients would quarantine it.
    Contradiction {
        /// How, with the documents in it.
        conflict: Box<Conflict>,
    } = "contradiction", Error, "{conflict}, so that publish refuses it";
    /// A revision takes back an end.
    RelationDropped {
        /// What the revision before does.
        kind: String,
        /// To which directive.
        id: String,
    } = "relation-dropped", Warning, "the revision before {kind} {id}, and this does not: what it ended stays ended, and only a newer revision of {id} brings it back";

    /// A prohibition that nobody is told to carry out.
    NothingRemovesIt = "nothing-removes-it", Warning, "prohibited, and no action of kind block, disconnect, begin-removal or remove is about it";
    /// A subject that no action is about.
    NoAction = "no-action", Warning, "no action is about it";
    /// A subject that nothing can recognise.
    NoIdentifiers = "no-identifiers", Warning, "found no identifiers, so nothing can recognise it";
    /// A file of entries of a kind that wants versions, or another identifier beside it.
    EntriesKind {
        /// The kind.
        kind: String,
    } = "entries-kind", Error, "found a file of entries of kind {kind:?}, wanted one of a kind that needs no versions and nothing beside it, not cpe, vendor, product or signer";
    /// A file of entries that is longer than clients read.
    EntriesLength {
        /// Bytes stated.
        found: u64,
        /// The most that is read.
        limit: u64,
    } = "entries-length", Error, "found a file of {found} bytes, wanted at most {limit}: split it";
    /// A product's name without the maker's.
    ProductWithoutVendor = "product-without-vendor", Warning, "found an identifier of kind product and none of kind vendor, so it recognises nothing";
    /// The same identifier twice.
    DuplicateIdentifier {
        /// Where it stands first.
        first: Pointer,
    } = "duplicate-identifier", Warning, "found the same identifier again, first at {first}";
    /// A scope of npm as the name of a package, which it never is.
    ScopeAsName {
        /// The scope.
        scope: String,
    } = "scope-as-name", Error, "found the npm package {scope:?}, which no package is called, wanted the kind purl-namespace if all packages of that scope are meant";
    /// An identifier that does not parse.
    IdentifierInvalid {
        /// Its value, or its versions where these are wrong.
        value: String,
        /// The rule that it breaks, and at which byte.
        error: IdentifierError,
    } = "identifier-invalid", Error, "{value:?}: {error}";
    /// A pattern without a limit.
    MatchesEverything {
        /// Its kind.
        kind: String,
        /// Its value.
        value: String,
    } = "matches-everything", Error, "found the {kind} {value:?}, which fits nearly everything";
    /// A legal form where a name belongs.
    LegalForm {
        /// Its kind.
        kind: String,
        /// Its value.
        value: String,
    } = "legal-form-alone", Error, "found the {kind} {value:?}, a legal form and no name";
    /// A star in a name, where it stands for nothing.
    StarInName {
        /// Its kind.
        kind: String,
        /// Its value.
        value: String,
        /// The words with which names are compared.
        name: String,
    } = "star-in-name", Warning, "found a * in the {kind} {value:?}: it stands for nothing there, only the whole name {name:?} is meant";
    /// Versions of which there is none.
    NoVersions {
        /// The versions.
        versions: String,
    } = "no-versions", Warning, "found the versions {versions:?}, which no version is among, so it recognises nothing";
    /// The digest of no bytes.
    EmptyFile {
        /// Its kind.
        kind: String,
    } = "empty-file", Error, "found the {kind} of the empty file, which is on nearly every machine";
    /// An exclusion that takes back one identifier.
    ExcludesIdentifier {
        /// The exclusion.
        exclude: String,
        /// The identifier that it covers.
        value: String,
    } = "excludes-identifier", Warning, "the exclusion {exclude:?} covers the identifier {value:?}, which then recognises nothing";
    /// An exclusion that takes back the whole subject.
    SwallowsSubject {
        /// The exclusion.
        exclude: String,
        /// The subject.
        subject: String,
    } = "swallows-subject", Error, "the exclusion {exclude:?} covers every identifier of {subject:?}";
    /// An exclusion that leaves out nothing.
    ExcludesNothing {
        /// The exclusion.
        exclude: String,
        /// The subject.
        subject: String,
    } = "excludes-nothing", Warning, "the exclusion {exclude:?} fits nothing by which {subject:?} is recognised";
    /// Two exclusions for the same thing.
    ExcludesOverlap {
        /// The exclusion.
        exclude: String,
        /// The one before it.
        other: String,
        /// What both cover.
        value: String,
    } = "excludes-overlap", Warning, "the exclusions {exclude:?} and {other:?} both cover {value:?}: a verdict can cite one alone";
    /// A time that ends before it begins.
    EndsBeforeItBegins {
        /// The end.
        until: DayOrTime,
        /// The beginning.
        from: DayOrTime,
    } = "ends-before-it-begins", Error, "ends on {until}, before it begins on {from}";
    /// A date that had passed when the entry was listed.
    DueBeforeListed {
        /// The entry's date.
        due: DayOrTime,
        /// When it was listed.
        listed: DayOrTime,
    } = "due-before-listed", Warning, "due on {due}, before it was listed on {listed}";

    /// A deadline on a Saturday or Sunday, and no rule for it.
    Weekend {
        /// The day of the week, in English.
        weekday: &'static str,
        /// The day.
        date: Date,
    } = "falls-on-a-weekend", Warning, "falls on {weekday}, {date}, and no roll says whether that stands";
    /// A deadline on a holiday, and no rule for it.
    Holiday {
        /// The holiday.
        name: String,
        /// The day.
        date: Date,
    } = "falls-on-a-holiday", Warning, "falls on {name}, {date}, and no roll says whether that stands";
    /// Business days without a calendar.
    CalendarMissing = "calendar-missing", Warning, "found business days and no calendar, so that every day but Saturday and Sunday counts, holidays too";
    /// Hours that roll, which are read in two ways.
    HoursRoll = "hours-roll", Warning, "found hours with a roll: on a day that is no business day they end with the first second of the next that is";
    /// A due that states no date or several.
    DueForms {
        /// How many of the forms are there.
        found: usize,
    } = "due-forms", Error, "found {found} of at, offset, every, table, by_subject and ongoing, wanted exactly one";
    /// A recurrence without a period.
    EveryZero = "every-zero", Error, "found a period of 0, wanted at least 1";
    /// A deadline that had passed from the beginning.
    BeforeIssued {
        /// The deadline.
        due: DayOrTime,
        /// When the directive is issued.
        issued: DayOrTime,
    } = "due-before-issued", Error, "due on {due}, before the directive is issued on {issued}";
    /// A deadline before the obligation exists.
    BeforeEffective {
        /// The deadline.
        due: DayOrTime,
        /// When the directive takes effect.
        effective: DayOrTime,
    } = "due-before-effective", Warning, "due on {due}, before the directive takes effect on {effective}";
    /// A deadline that this version cannot compute.
    NotComputed {
        /// Why not.
        reason: crate::directive::deadline::Unsupported,
    } = "not-computed", Warning, "{reason}";
    /// Hours counted from a day.
    HoursFromDay {
        /// The day.
        day: Date,
    } = "hours-from-a-day", Warning, "counts hours from {day}, a day without a time: they run from its first moment";
    /// An abbreviation that the clocks contradict.
    Abbreviation {
        /// The abbreviation in the words.
        found: String,
        /// What the zone goes by at that moment.
        wanted: String,
        /// The zone.
        zone: String,
    } = "zone-abbreviation", Warning, "found {found} in the words, wanted {wanted}: that is what {zone} goes by at that moment";
    /// Subjects without the date that a due expects of them.
    SubjectsWithoutDue {
        /// How many have none.
        found: usize,
        /// The first of them.
        first: String,
    } = "subjects-without-due", Error, "found {found} subjects without a due of their own, the first {first:?}";
    /// Subjects without the day of listing from which a due counts.
    SubjectsWithoutListed {
        /// How many have none.
        found: usize,
        /// The first of them.
        first: String,
    } = "subjects-without-listed", Error, "counts from the listing, and found {found} subjects that do not say in listed when that was, the first {first:?}";
    /// A removal of which nobody knows whether it must begin or end by then.
    RemoveWithoutEdge = "remove-without-edge", Error, "found a remove with a date and no edge, wanted begin or complete";
    /// A beginning that must be complete.
    BeginComplete = "begin-and-complete", Error, "found begin-removal with the edge complete, wanted begin, or an action of kind remove";
    /// A report without a rule for those who found nothing.
    NegativeReport = "negative-report-missing", Error, "found no negative_report, wanted required or not-required: must an agency that found nothing say so";

    /// A calendar of the name of a built-in one.
    CalendarBuiltIn {
        /// The name.
        id: String,
    } = "calendar-built-in", Error, "found the calendar {id:?}, a name of one that every directive has";
    /// A calendar without a business day.
    NoBusinessDays = "no-business-days", Error, "found every day of the week in the weekend, so that no day is a business day";
    /// A holiday that is listed twice.
    DuplicateHoliday {
        /// The day.
        day: crate::directive::Day,
    } = "duplicate-holiday", Warning, "found {day} again among the holidays";

    /// A waiver that frees everybody.
    WaivesEveryone = "waives-everyone", Warning, "found neither beneficiaries nor eligibility, so it frees everyone";
    /// A waiver that goes on after what it frees from has ended.
    WaiverOutlasts {
        /// The action or subject.
        part: String,
        /// When that ends.
        ends: DateTime,
    } = "waiver-outlasts", Warning, "found a waiver that goes on after {part:?} has ended, {ends}";
    /// A waiver that puts a deadline off without a word of what happens then.
    WaiverWithoutConditions {
        /// The action or subject.
        part: String,
        /// When it is due; for a subject, the last of what is about it.
        due: DateTime,
    } = "waiver-without-conditions", Warning, "found a waiver beyond the deadline of {part:?}, {due}, and no conditions: nothing says what must be done instead";
    /// A waiver without an end from what is due on a day, without a word of what happens then.
    WaiverWithoutEnd {
        /// The action or subject.
        part: String,
        /// When the last of it is due.
        due: DateTime,
    } = "waiver-without-end", Warning, "found a waiver of {part:?}, due {due}, with neither an end nor conditions: whom it frees need never do it";
    /// A waiver from nobody knows which words.
    WaiverWithoutDigest = "waiver-without-digest", Error, "found no digest, wanted that of the text that is waived: a waiver is from words, and frees nobody where it names none";
    /// A waiver from another issuer's directive.
    WaiverOfAnother {
        /// Who issues the waiver.
        issuer: String,
        /// Who issued the directive.
        of: String,
    } = "waiver-of-another", Warning, "found the issuer {issuer:?} and a directive of {of:?}: it acts only where issuers.json lets it";
    /// A waiver from other words than those that are published.
    WaiverOtherWords {
        /// The part; the whole where it is empty.
        part: String,
        /// The revision that says something else.
        newest: Revision,
    } = "waiver-other-words", Warning, "found a text of which revision {newest} says something else in {part:?}: the waiver frees nobody from that";
    /// A beneficiary whom the directive does not bind.
    WaiverNotAddressed {
        /// The beneficiary.
        name: String,
        /// The directive.
        id: String,
    } = "waiver-not-addressed", Warning, "frees {name:?}, to whom {id} is not addressed";
    /// A list of addressees with nobody in it.
    AddresseesEmpty = "addressees-empty", Warning, "found a list of addressees with nobody in it, which binds everyone: name them, or leave the list out";
    /// An addressee that is nobody, or two.
    Addressee = "addressee", Error, "wanted exactly one of class and agency";
    /// An addressee that is left out again.
    ExceptsAddressee {
        /// Its class or name.
        addressee: String,
    } = "excepts-addressee", Error, "leaves out {addressee:?}, to whom the directive is addressed";
    /// A file name that a repository would not have.
    AttachmentPath {
        /// The path found.
        path: String,
    } = "attachment-path", Error, "found the path {path:?}, wanted a name of letters, digits, hyphens, dots and underscores";
    /// A state that contradicts a date.
    ResponseState {
        /// The state.
        state: String,
    } = "response-state", Warning, "found the state {state} and no date on which the response was received";
    /// A row or default with a value that its input cannot take.
    TableValue {
        /// The input.
        input: String,
        /// The value.
        value: String,
    } = "table-value", Error, "found the value {value:?}, which the input {input:?} cannot take";
    /// An input that may be unknown.
    InputWithoutDefault = "input-without-default", Warning, "found no default, so that nothing is decided where the input is not known";
    /// A row that never decides.
    RowUnreachable = "row-unreachable", Warning, "never decides: for all values that it fits, a row before it fits too";
    /// A table with a gap.
    TableIncomplete = "table-incomplete", Error, "found values of the inputs that no row fits";
    /// A table that is too large to be looked through.
    TableTooLarge = "table-too-large", Warning, "found more combinations of values than can be looked through, so that unreachable rows and gaps are not found";
}
