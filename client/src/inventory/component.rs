//! What an inventory holds: components, loose findings, and its coverage.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use interdict_schema::Sha256;
use interdict_schema::product::{Cpe, CveId, FilePath, Purl};

use super::coverage::Coverage;
use super::recognise::Recognises;
use super::said::Said;
use super::text::trimmed;
use super::trace::Trace;

/// One product that an inventory lists, and where it stands. It reads as its [`Description`], which components that differ in
/// nothing else may share: a fleet has the same package on a thousand machines, and it is read, kept and judged once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    description: Arc<Description>,
    /// The machine it is on, where the source lists several.
    pub host: Option<Arc<str>>,
    /// Where it stands.
    pub source: SourceRow,
}

/// What an inventory says of a product. Names and versions stand as the source wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Description {
    /// The kind of package, a package-URL type: `deb`, `npm`. `None` where the source does not say.
    pub ecosystem: Option<String>,
    /// The name: a package's, or a product's.
    pub name: String,
    /// The product's name, where the source gives one besides `name`.
    pub product: Option<String>,
    /// The group or namespace, where the source gives one (`CycloneDX` `group`).
    pub group: Option<String>,
    /// The version.
    pub version: Option<String>,
    /// Who supplies, makes or publishes it, each name once.
    pub vendors: Vec<String>,
    /// Names that only hint at a vendor (the maintainer of a Debian package).
    pub vendor_hints: Vec<String>,
    /// The source package that it was built from (dpkg).
    pub source_package: Option<String>,
    /// The package URL.
    pub purl: Option<Purl>,
    /// CPE names.
    pub cpe: Vec<Cpe>,
    /// SHA-256 digests of its file.
    pub sha256: Vec<Sha256>,
    /// Files, signatures, keys and addresses of it, each once.
    pub traces: Vec<Trace>,
    /// Vulnerabilities that the inventory says it has, sorted, each once.
    pub cves: Vec<CveId>,
    /// Vulnerabilities that the inventory says do not touch it, or no longer.
    pub dismissed: Vec<DismissedCve>,
    /// Whether it is really there.
    pub presence: Presence,
    /// Whether it is a part of another component (bundled, embedded).
    pub nested: bool,
    /// Whether the name is only its own and no product's, as a file's or a process's is: no rule means it by its name.
    pub unnamed: bool,
}

/// Whether a component is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Installed, or listed by a source that lists what is there.
    Installed,
    /// Unpacked or half installed: its files are there, wholly or in part.
    Incomplete,
    /// Removed, with configuration left behind.
    Residual,
    /// Installed once, as a history says; whether it still is, it does not say.
    Recorded,
}

/// A vulnerability that an inventory explains away (VEX).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DismissedCve {
    /// The id.
    pub cve: CveId,
    /// The state as the source spells it: `not_affected`, `false_positive`, `resolved`.
    pub state: String,
}

/// A vulnerability that an inventory lists without saying of which component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseFinding {
    /// The id.
    pub cve: CveId,
    /// What it is said to affect, as written, where that is no component of this inventory.
    pub affects: Option<String>,
    /// Where it stands.
    pub source: SourceRow,
}

/// Where a component stands in its source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceRow {
    /// Index into the inventory's coverage.
    pub source: usize,
    /// The stanza or component from 1; in a CSV file the line.
    pub row: u64,
    /// The byte where the row starts, where the format has rows.
    pub byte: Option<u64>,
    /// The source's own name for it (`CycloneDX` `bom-ref`).
    pub reference: Option<String>,
}

/// Components with the coverage of the sources they come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// What was found, in the order of the sources; of what was read for certain rules
    /// ([`csv::read_recognised`](super::csv::read_recognised)) little more than what they may recognise.
    pub components: Vec<Component>,
    /// Vulnerabilities that belong to no component.
    pub findings: Vec<LooseFinding>,
    /// What was read and what was not. Never empty for an inventory that was read.
    pub coverage: Vec<Coverage>,
}

impl Component {
    /// A component of which nothing but its name and place is known.
    pub fn named(name: impl Into<String>, source: SourceRow) -> Self {
        Self::described(Arc::new(Description::named(name)), source)
    }

    /// A component of which this is known, on no particular machine.
    pub const fn described(description: Arc<Description>, source: SourceRow) -> Self {
        Self { description, host: None, source }
    }

    /// What is known of it, to be shared.
    pub const fn description(&self) -> &Arc<Description> {
        &self.description
    }
}

impl Deref for Component {
    type Target = Description;

    fn deref(&self) -> &Description {
        &self.description
    }
}

impl DerefMut for Component {
    /// What is changed is no longer shared.
    fn deref_mut(&mut self) -> &mut Description {
        Arc::make_mut(&mut self.description)
    }
}

impl Default for Description {
    /// Of something without a name.
    fn default() -> Self {
        Self::named("")
    }
}

impl Description {
    /// Adds what was seen of it, unless it is there.
    pub fn add_trace(&mut self, trace: Trace) {
        if !self.traces.contains(&trace) {
            self.traces.push(trace);
        }
    }

    /// Nothing but a name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            ecosystem: None,
            name: name.into(),
            product: None,
            group: None,
            version: None,
            vendors: Vec::new(),
            vendor_hints: Vec::new(),
            source_package: None,
            purl: None,
            cpe: Vec::new(),
            sha256: Vec::new(),
            traces: Vec::new(),
            cves: Vec::new(),
            dismissed: Vec::new(),
            presence: Presence::Installed,
            nested: false,
            unnamed: false,
        }
    }

    /// Something that is called so and says by that of no product.
    pub fn unnamed(label: impl Into<String>) -> Self {
        Self { unnamed: true, ..Self::named(label) }
    }

    /// Forgets everything, the name as well, and keeps the memory for what comes next.
    pub(super) fn clear(&mut self) {
        let mut name = std::mem::take(&mut self.name);
        name.clear();
        *self = Self::named(name);
    }

    /// Adds a file or folder, where the text is an absolute path.
    pub(super) fn add_path(&mut self, text: &str) {
        if let Ok(path) = FilePath::parse(text) {
            self.add_trace(Trace::Path(path));
        }
    }

    /// Adds a vendor's name, unless it is blank or there.
    pub fn add_vendor(&mut self, name: &str) {
        let name = trimmed(name);
        if !name.is_empty() && !self.vendors.iter().any(|known| known == name) {
            self.vendors.push(name.to_owned());
        }
    }
}

impl Inventory {
    /// Adds another inventory behind this one.
    pub fn append(&mut self, mut other: Self) {
        if self.coverage.is_empty() && self.components.is_empty() && self.findings.is_empty() {
            *self = other;
            return;
        }
        let before = self.coverage.len();
        for component in &mut other.components {
            component.source.source += before;
        }
        for finding in &mut other.findings {
            finding.source.source += before;
        }
        self.components.append(&mut other.components);
        self.findings.append(&mut other.findings);
        self.coverage.append(&mut other.coverage);
    }

    /// Lets go of the components that nothing recognises, but for the first to say something of each kind, and those that
    /// stand round one that is kept. The coverage has counted them all.
    pub fn keep_recognised(&mut self, recognises: Recognises<'_>) {
        let mut said = Said::default();
        let mut kept: Vec<bool> =
            self.components.iter().map(|found| said.adds(found) | recognises.may_recognise(found)).collect();
        // A component comes before those that are nested in it.
        let mut encloses = false;
        for (component, keep) in self.components.iter().zip(&mut kept).rev() {
            if component.nested {
                encloses |= *keep;
            } else {
                *keep |= encloses;
                encloses = false;
            }
        }
        let mut kept = kept.into_iter();
        self.components.retain(|_| kept.next().unwrap_or(true));
        self.components.shrink_to_fit();
    }

    /// Whether there is a source, and every one was read to its end.
    pub fn is_complete(&self) -> bool {
        !self.coverage.is_empty() && self.coverage.iter().all(Coverage::is_complete)
    }

    /// How many components were read, those that were not kept among them.
    pub fn components_read(&self) -> u64 {
        self.coverage.iter().map(|coverage| coverage.components).fold(0, u64::saturating_add)
    }

    /// Where a row stands, for a person: `status, row 12`, or with the source's own name for it.
    pub fn place_of(&self, row: &SourceRow) -> String {
        let source = self.coverage.get(row.source).map_or("", |coverage| coverage.source.as_str());
        match &row.reference {
            Some(reference) => format!("{source}, {reference}"),
            None => format!("{source}, row {}", row.row),
        }
    }
}
