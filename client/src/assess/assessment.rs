//! What an assessment says.

use std::borrow::Cow;
use std::sync::Arc;

use interdict_schema::DateTime;
use interdict_schema::directive::scope::NotBound;
use interdict_schema::directive::unsupported::Unsupported;
use interdict_schema::directive::{
    Confidence, DirectiveId, Disposition, Exclude, Identifier, Subject, Waiver,
};
use interdict_schema::entity::{EntityList, Gap, NotEntries};
use interdict_schema::product::identifier::Certainty;
use interdict_schema::product::{IdentifierError, Reason};

use super::due::Due;
use super::index::Bound;
use crate::as_of::AsOf;
use crate::inventory::{Component, Inventory, LooseFinding, SourceRow};
use crate::store::detections::Detections;

/// What a component is to a subject. Ordered: the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is what the directive means.
    Match,
    /// It may be.
    Possible,
    /// It is or may be, and a waiver frees the agency of it for now.
    Waived,
    /// It is, and the order leaves it out.
    Excluded,
}

impl Verdict {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Possible => "possible",
            Self::Waived => "waived",
            Self::Excluded => "excluded",
        }
    }
}

/// The result of comparing an inventory with directives.
#[derive(Debug)]
#[must_use = "an assessment that is dropped is a finding that nobody hears of"]
pub struct Assessment<'a> {
    /// The moment it holds for.
    pub as_of: AsOf,
    /// What was compared, with its coverage.
    pub inventory: &'a Inventory,
    /// How many different components had anything in common with a rule, and were compared; the others have nothing.
    pub compared: usize,
    /// Every subject that binds at that moment.
    pub bound: Vec<Bound<'a>>,
    /// Every verdict, by directive, worst first.
    pub judgements: Vec<Judgement<'a>>,
    /// Identifiers that nothing was compared with, by kind.
    pub not_looked_for: Vec<NotLookedFor>,
    /// Places of binding directives that this version does not understand.
    pub unsupported: Vec<(&'a DirectiveId, Unsupported)>,
    /// Lists that binding subjects mean, and what of them is missing.
    pub missing: Vec<Missing<'a>>,
    /// Files of entries whose lines are not of their form: list, target path and why.
    pub unreadable_files: Vec<(&'a DirectiveId, &'a str, NotEntries)>,
    /// Identifiers of binding directives that are not of their kind.
    pub unreadable: Vec<Unreadable<'a>>,
    /// Subjects that do not bind at that moment, and why.
    pub not_binding: Vec<NotBinding<'a>>,
    /// When subjects were first found, as far as that is remembered. It moves dates and no verdict.
    pub detections: Detections,
}

/// One verdict on one kind of component, wherever it stands in the inventory.
#[derive(Debug, Clone)]
pub struct Judgement<'a> {
    /// Index into [`Assessment::bound`].
    pub bound: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// What it rests on, the strongest first. Never empty.
    pub evidence: Vec<Evidence<'a>>,
    /// What leaves it out, where the verdict is excluded.
    pub exclusion: Option<Exclusion<'a>>,
    /// Why it is no more than possible, where the verdict is that.
    pub doubts: Vec<Doubt<'a>>,
    /// Where it stands.
    pub found: Found,
}

/// Where a judgement's components stand.
#[derive(Debug, Clone)]
pub enum Found {
    /// Indices into the inventory's components; never empty.
    Components(Arc<[usize]>),
    /// Index into the inventory's loose findings.
    Loose(usize),
}

/// What was found where, for one comparison that did not fail.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// The identifier of the directive, or of one of its lists.
    pub identifier: &'a Identifier,
    /// The list whose row it is; none where it is the directive's own.
    pub list: Option<&'a EntityList>,
    /// How sure a recognition by its kind is.
    pub certainty: Certainty,
    /// The field of the component.
    pub field: Field,
    /// What stands in the field.
    pub found: Cow<'a, str>,
    /// Why this comparison alone is no match; none where it is.
    pub doubts: Vec<Doubt<'a>>,
}

/// A field of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The package URL.
    Purl,
    /// Its name.
    Name,
    /// A CPE name.
    Cpe,
    /// A digest.
    Sha256,
    /// A vulnerability.
    Cve,
    /// The vendor.
    Vendor,
    /// Vendor and product together, as `vendor / product`.
    VendorProduct,
    /// A maintainer.
    VendorHint,
    /// The source package.
    SourcePackage,
    /// The Authenticode digest.
    Authenticode,
    /// The code directory's hash.
    CdHash,
    /// A path.
    Path,
    /// A process.
    Process,
    /// The signer.
    Signer,
    /// The Apple team.
    TeamId,
    /// The Apple bundle.
    BundleId,
    /// A telephone's application.
    AppId,
    /// A browser's extension.
    ExtensionId,
    /// A registry key.
    RegistryKey,
    /// A domain.
    Domain,
    /// An address.
    Address,
    /// An autonomous system.
    Asn,
    /// A container image.
    Image,
}

impl Field {
    /// The word in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purl => "purl",
            Self::Name => "name",
            Self::Cpe => "cpe",
            Self::Sha256 => "sha256",
            Self::Cve => "cve",
            Self::Vendor => "vendor",
            Self::VendorProduct => "vendor-product",
            Self::VendorHint => "vendor-hint",
            Self::SourcePackage => "source-package",
            Self::Authenticode => "authenticode",
            Self::CdHash => "cdhash",
            Self::Path => "path",
            Self::Process => "process",
            Self::Signer => "signer",
            Self::TeamId => "team-id",
            Self::BundleId => "bundle-id",
            Self::AppId => "app-id",
            Self::ExtensionId => "extension-id",
            Self::RegistryKey => "registry-key",
            Self::Domain => "domain",
            Self::Address => "ip",
            Self::Asn => "asn",
            Self::Image => "image",
        }
    }
}

/// Why something is no more than possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Doubt<'a> {
    /// The identifier is not to be relied on.
    #[error("the directive gives this identifier confidence {0}")]
    Confidence(&'a Confidence),
    /// The comparison could not be made.
    #[error(transparent)]
    Unknown(Reason),
    /// The vendor stands in a field that only hints at it.
    #[error("a maintainer only hints at the vendor")]
    VendorHint,
    /// The source package is named, not this one.
    #[error("only the source package has this name")]
    SourcePackage,
    /// A CPE rule met words.
    #[error("the component has no CPE name, only its vendor and product as text")]
    NoCpe,
    /// A vendor's or product's name met the words of a CPE name.
    #[error("the words of a CPE name are not the vendor's own")]
    CpeWords,
    /// The directive wants repair and names no versions.
    #[error("the directive names no versions")]
    NoVersions,
    /// An identifier that hits more narrowly is marked for review.
    #[error("the directive marks {0} for review")]
    Reviewed(&'a str),
    /// The package was removed.
    #[error("the package was removed, its configuration is left")]
    Residual,
    /// It is part of something else.
    #[error("it is part of another maker's product")]
    Nested,
    /// An exclusion may hold.
    #[error("exclusion {0} may hold")]
    PerhapsExcluded(&'a str),
}

/// What leaves a hit out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion<'a> {
    /// An exclusion of the subject.
    Listed(&'a Exclude),
    /// The subject says `embedded: out`.
    Embedded,
    /// The inventory explains the vulnerability away, in this state.
    Dismissed(&'a str),
    /// A waiver frees the agency.
    Waived {
        /// The waiver.
        waiver: &'a Waiver,
        /// Its last second; none where it has no end.
        until: Option<DateTime>,
    },
}

impl Exclusion<'_> {
    /// Its name: an exclusion's id, `embedded-out`, or the state that the inventory gives.
    pub fn id(&self) -> &str {
        match self {
            Self::Listed(exclude) => &exclude.id,
            Self::Embedded => "embedded-out",
            Self::Dismissed(state) => state,
            Self::Waived { waiver, .. } => &waiver.id,
        }
    }

    /// The reason, in words: for a waiver who granted it, until when and under what conditions.
    pub fn reason(&self) -> Cow<'_, str> {
        match self {
            Self::Listed(exclude) => exclude.reason.as_str().into(),
            Self::Embedded => "the order leaves out code inside other makers' products".into(),
            Self::Dismissed(_) => "the inventory explains the vulnerability away".into(),
            Self::Waived { waiver, until } => {
                let until = until.map_or_else(|| "without end".to_owned(), |until| format!("until {until}"));
                let conditions = waiver.conditions.join("; ");
                let conditions =
                    if conditions.is_empty() { conditions } else { format!("; conditions: {conditions}") };
                format!("waived {until}, granted by {}{conditions}", waiver.granted_by).into()
            }
        }
    }
}

/// Identifiers of one kind that nothing was compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotLookedFor {
    /// The kind as spelled on the wire.
    pub kind: String,
    /// How many identifiers of binding subjects.
    pub identifiers: usize,
    /// Why.
    pub why: Why,
}

/// Why identifiers were not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Why {
    /// No component has anything to compare them with.
    #[error("no source says anything to compare them with")]
    NothingToCompare,
    /// A product without a vendor is no identifier by itself.
    #[error("the subject names no vendor beside them")]
    NoVendor,
}

/// An identifier that is not of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable<'a> {
    /// The directive.
    pub directive: &'a DirectiveId,
    /// The subject.
    pub subject: &'a str,
    /// The identifier.
    pub identifier: &'a Identifier,
    /// What is wrong.
    pub error: IdentifierError,
}

/// A list that a subject means, and by which it is not, or not wholly, recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing<'a> {
    /// The directive.
    pub directive: &'a DirectiveId,
    /// The subject.
    pub subject: &'a str,
    /// What is missing.
    pub gap: Gap,
}

/// A subject that does not bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotBinding<'a> {
    /// The directive.
    pub directive: &'a DirectiveId,
    /// The subject; `None` where it is the whole directive.
    pub subject: Option<&'a str>,
    /// Why.
    pub because: Because,
}

/// Why a subject does not bind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Because {
    /// The directive was closed.
    #[error("closed")]
    Closed,
    /// The directive was revoked.
    #[error("revoked")]
    Revoked,
    /// It counts from later on.
    #[error("counts from {0}")]
    NotYet(DateTime),
    /// It counted until then.
    #[error("counted until {0}")]
    Ended(DateTime),
    /// It binds others, by what the configuration says of the agency.
    #[error("{0}, by [agency] in the configuration")]
    OutOfScope(NotBound),
}

/// One row of the result: a judgement at one place.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'r, 'a> {
    /// The judgement.
    pub judgement: &'r Judgement<'a>,
    /// What it is about.
    pub bound: &'r Bound<'a>,
    /// The component; `None` for a vulnerability that the inventory ties to no component.
    pub component: Option<&'a Component>,
    /// That vulnerability.
    pub loose: Option<&'a LooseFinding>,
    /// When it was first found there, where that is remembered.
    pub detected: Option<DateTime>,
}

impl<'r, 'a> Finding<'r, 'a> {
    /// Its dated obligations, the earliest first.
    pub fn dues(&self) -> Cow<'r, [Due<'a>]> {
        self.bound.dues_since(self.detected)
    }

    /// The first deadline that has not passed.
    pub fn next(&self) -> Option<Due<'a>> {
        self.dues().iter().find(|due| !due.has_passed(self.bound.moment)).cloned()
    }

    /// The first deadline that was missed.
    pub fn overdue(&self) -> Option<Due<'a>> {
        self.dues().iter().find(|due| due.is_overdue(self.bound.moment)).cloned()
    }

    /// Where it stands.
    pub fn row(&self) -> Option<&'a SourceRow> {
        self.component.map(|component| &component.source).or(self.loose.map(|loose| &loose.source))
    }
}

impl Judgement<'_> {
    /// How many places of the inventory it is about.
    pub fn places(&self) -> usize {
        match &self.found {
            Found::Components(components) => components.len(),
            Found::Loose(_) => 1,
        }
    }
}

impl<'a> Assessment<'a> {
    /// What a judgement is about.
    pub fn bound_of(&self, judgement: &Judgement<'a>) -> &Bound<'a> {
        self.bound.get(judgement.bound).expect("judgements are made from bound subjects")
    }

    /// The rows of a judgement.
    pub fn findings_of<'r>(&'r self, judgement: &'r Judgement<'a>) -> impl Iterator<Item = Finding<'r, 'a>> {
        let bound = self.bound_of(judgement);
        let found = |component, loose| {
            let finding = Finding { judgement, bound, component, loose, detected: None };
            Finding { detected: self.detected(&finding), ..finding }
        };
        let (components, loose) = match &judgement.found {
            Found::Components(components) => (&**components, None),
            Found::Loose(index) => (&[][..], self.inventory.findings.get(*index)),
        };
        components
            .iter()
            .filter_map(|index| self.inventory.components.get(*index))
            .map(move |component| found(Some(component), None))
            .chain(loose.map(|loose| found(None, Some(loose))))
    }

    /// Every row, in the order of the judgements.
    pub fn findings(&self) -> impl Iterator<Item = Finding<'_, 'a>> {
        self.judgements.iter().flat_map(|judgement| self.findings_of(judgement))
    }

    /// Whether a judgement belongs into the one summary line: a possible of a subject that wants repair. Such a subject
    /// names products without versions, and would be found on every machine.
    pub fn is_summarised(&self, judgement: &Judgement<'a>) -> bool {
        judgement.verdict == Verdict::Possible
            && self.subject_of(judgement).disposition == Disposition::Remediate
    }

    /// Whether a judgement is a finding that the exit code tells of: a match, or a possible of something prohibited.
    pub fn is_outstanding(&self, judgement: &Judgement<'a>) -> bool {
        match judgement.verdict {
            Verdict::Match => true,
            Verdict::Possible => self.subject_of(judgement).disposition == Disposition::Prohibited,
            Verdict::Waived | Verdict::Excluded => false,
        }
    }

    fn subject_of(&self, judgement: &Judgement<'a>) -> &'a Subject {
        self.bound_of(judgement).subject
    }
}
