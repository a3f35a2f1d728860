//! What a scanner looks for: one thing on the machine, and the elements of OVAL 5.11.2 that say so.
//!
//! A check is an object (what is collected) and states (which of it counts); both have a text of their own by which they are
//! numbered, so that an object of several checks is written once.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::versions::Span;

/// Whose database a package is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// dpkg.
    Dpkg,
    /// rpm.
    Rpm,
}

/// Text that is compared with names on a machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Text {
    /// Exactly this.
    Is(String),
    /// This, whatever its letter case.
    Folded(String),
    /// A regular expression for all of it, with its anchors.
    Matches(String),
}

/// Something that is there or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// The machine is of this family: `unix` or `windows`.
    Family(&'static str),
    /// `ID` of os-release is this.
    Distribution(String),
    /// A package.
    Package {
        /// Of whom.
        tool: Tool,
        /// Its name.
        name: String,
        /// Its architecture, where one is meant.
        architecture: Option<String>,
        /// Its versions.
        span: Span,
    },
    /// A file, or anything else that has a name in a folder.
    File(Text),
    /// A folder.
    Folder(Text),
    /// Something in a folder, or below one in it, that is not among these (regular expressions for its path).
    Below(String, Vec<String>),
    /// A file of Windows.
    WindowsFile(Text),
    /// A folder of Windows.
    WindowsFolder(Text),
    /// A registry key.
    Key {
        /// The hive.
        hive: &'static str,
        /// The key in it.
        key: Text,
        /// Whose view: `32_bit` or `64_bit`.
        view: &'static str,
    },
}

/// An element, without its id and version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Element {
    /// Prefix of its namespace: `linux`.
    pub space: &'static str,
    /// What its name begins with: `dpkginfo` of `dpkginfo_test`.
    pub stem: &'static str,
    /// What is in it.
    pub inner: String,
}

const NOTHING: &str = r#"xsi:nil="true""#;

impl Check {
    /// Prefix and stem of its elements' names.
    pub const fn stem(&self) -> (&'static str, &'static str) {
        match self {
            Self::Family(_) => ("ind", "family"),
            Self::Distribution(_) => ("ind", "textfilecontent54"),
            Self::Package { tool: Tool::Dpkg, .. } => ("linux", "dpkginfo"),
            Self::Package { tool: Tool::Rpm, .. } => ("linux", "rpminfo"),
            Self::File(_) | Self::Folder(_) | Self::Below(..) => ("unix", "file"),
            Self::WindowsFile(_) | Self::WindowsFolder(_) => ("win", "file"),
            Self::Key { .. } => ("win", "registry"),
        }
    }

    /// What is looked for, in words: a test's comment. Not escaped.
    pub fn words(&self) -> String {
        match self {
            Self::Family(family) => format!("the machine is of the family {family}"),
            Self::Distribution(id) => format!("the distribution is {id}"),
            Self::Package { tool, name, .. } => {
                let tool = if *tool == Tool::Dpkg { "dpkg" } else { "rpm" };
                format!("{tool} has a banned version of {name}")
            }
            Self::File(text) | Self::WindowsFile(text) => format!("there is a file {}", text.as_str()),
            Self::Folder(text) | Self::WindowsFolder(text) => format!("there is a folder {}", text.as_str()),
            Self::Below(path, _) => format!("something banned is below {path}"),
            Self::Key { hive, key, view } => format!("there is a key {hive}\\{} ({view})", key.as_str()),
        }
    }

    /// What is collected. `filters` are the ids of [`filters`](Self::filters).
    pub fn object(&self, filters: &[String]) -> Element {
        let (space, stem) = self.stem();
        let inner = match self {
            Self::Family(_) => String::new(),
            Self::Distribution(id) => format!(
                "<ind:filepath>/etc/os-release</ind:filepath><ind:pattern operation=\"pattern match\">\
                 ^ID=[\"']?{}[\"']?$</ind:pattern><ind:instance datatype=\"int\" operation=\"greater than or \
                 equal\">1</ind:instance>",
                escape(escaped(id))
            ),
            Self::Package { name, .. } => entity("linux:name", &Text::Is(name.clone())),
            Self::File(text) => entity("unix:filepath", text),
            Self::Folder(text) => format!("{}<unix:filename {NOTHING}/>", entity("unix:path", text)),
            Self::Below(path, _) => {
                let mut inner = String::from(
                    "<unix:behaviors recurse=\"directories\" recurse_direction=\"down\" max_depth=\"-1\"/>",
                );
                inner.push_str(&entity("unix:path", &Text::Is(path.clone())));
                inner.push_str(&entity("unix:filename", &Text::Matches(".+".into())));
                for id in filters {
                    push(&mut inner, format_args!("<filter action=\"exclude\">{id}</filter>"));
                }
                inner
            }
            Self::WindowsFile(text) => entity("win:filepath", text),
            Self::WindowsFolder(text) => format!("{}<win:filename {NOTHING}/>", entity("win:path", text)),
            Self::Key { hive, key, view } => format!(
                "<win:behaviors windows_view=\"{view}\"/><win:hive>{hive}</win:hive>{}<win:name {NOTHING}/>",
                entity("win:key", key)
            ),
        };
        Element { space, stem, inner }
    }

    /// States of what does not count among what is collected.
    pub fn filters(&self) -> Vec<Element> {
        let Self::Below(_, without) = self else { return Vec::new() };
        let (space, stem) = self.stem();
        let filter = |pattern: &String| entity("unix:filepath", &Text::Matches(pattern.clone()));
        without.iter().map(|pattern| Element { space, stem, inner: filter(pattern) }).collect()
    }

    /// What must hold of something that was collected, all of it.
    pub fn states(&self) -> Vec<Element> {
        let (space, stem) = self.stem();
        let element = |inner| Element { space, stem, inner };
        match self {
            Self::Family(family) => vec![element(format!("<ind:family>{family}</ind:family>"))],
            Self::Package { tool, architecture, span, .. } => {
                let arch = |arch: &String| element(entity("linux:arch", &Text::Is(arch.clone())));
                let mut states: Vec<Element> = architecture.iter().map(arch).collect();
                states.extend(
                    bounds(span)
                        .into_iter()
                        .map(|(operation, version)| element(evr(*tool, operation, version))),
                );
                states
            }
            _ => Vec::new(),
        }
    }
}

fn evr(tool: Tool, operation: &str, version: &str) -> String {
    let datatype = if tool == Tool::Dpkg { "debian_evr_string" } else { "evr_string" };
    let version = escape(version);
    format!("<linux:evr datatype=\"{datatype}\" operation=\"{operation}\">{version}</linux:evr>")
}

fn bounds(span: &Span) -> Vec<(&'static str, &str)> {
    let lower = |included| if included { "greater than or equal" } else { "greater than" };
    let upper = |included| if included { "less than or equal" } else { "less than" };
    match span {
        Span::All => Vec::new(),
        Span::One(version) => vec![("equals", version)],
        Span::From(version, included) => vec![(lower(*included), version)],
        Span::To(version, included) => vec![(upper(*included), version)],
        Span::Between((from, begins), (to, ends)) => {
            vec![(lower(*begins), from), (upper(*ends), to)]
        }
    }
}

fn entity(name: &str, text: &Text) -> String {
    let operation = match text {
        Text::Is(_) => "",
        Text::Folded(_) => " operation=\"case insensitive equals\"",
        Text::Matches(_) => " operation=\"pattern match\"",
    };
    format!("<{name}{operation}>{}</{name}>", escape(text.as_str()))
}

fn push(to: &mut String, arguments: std::fmt::Arguments<'_>) {
    to.write_fmt(arguments).expect("a string takes all text");
}

impl Text {
    /// What is compared.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Is(text) | Self::Folded(text) | Self::Matches(text) => text,
        }
    }
}

/// A text as a regular expression for it (OVAL 5.11.2, the common subset of Perl 5).
pub fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\^$.|?*+()[]{}".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
