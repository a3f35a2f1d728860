//! The document: definitions, and the tests, objects and states that they name (OVAL 5.11.2).
//!
//! A number is taken from the digest of what it names, so that the same rule has the same id in every generation and on every
//! machine, and a scanner's results can be compared over time. Where two texts would have one number, the later in order takes the
//! next that is free. The lowest numbers are those of [`Reading`].
//!
//! Differs: the time of the generator stands still, because equal bans give equal bytes.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use interdict_host::terminal::escape_control;
use interdict_schema::Sha256;
use quick_xml::escape::escape;

use super::check::{Check, Element, Tool};
use super::settings::Settings;

/// Numbers below are not taken from digests.
const FIRST: u64 = 1_000;
/// So many numbers there are: 15 digits, which every reader holds exactly.
const NUMBERS: u64 = 999_999_999_999_000;

/// What is recognised by a definition.
#[derive(Debug, Default)]
pub struct Definition {
    /// What the number is taken from.
    pub about: String,
    /// For people; outside text.
    pub title: String,
    /// For people; outside text.
    pub description: String,
    /// Where the directive is from, and which it is.
    pub reference: (String, String),
    /// The revision.
    pub version: u64,
    /// By family and distribution: one check is enough.
    pub checks: BTreeMap<(&'static str, Option<String>), BTreeSet<Check>>,
}

/// A definition that says whether a package database can be read: where it is false, nothing that is said of its packages
/// counts.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Its number.
    pub number: u64,
    tool: Tool,
}

/// Those of dpkg and rpm: each has itself in its database.
pub const READINGS: [Reading; 2] =
    [Reading { number: 1, tool: Tool::Dpkg }, Reading { number: 2, tool: Tool::Rpm }];

impl Reading {
    const fn name(self) -> &'static str {
        match self.tool {
            Tool::Dpkg => "dpkg",
            Tool::Rpm => "rpm",
        }
    }

    fn check(self) -> Check {
        let (tool, name) = (self.tool, self.name().to_owned());
        Check::Package { tool, name, architecture: None, span: super::versions::Span::All }
    }
}

/// The numbers of texts.
#[derive(Debug)]
struct Numbers<T>(BTreeMap<T, u64>);

impl<T: Ord> Numbers<T> {
    fn of(all: BTreeSet<T>, text: impl Fn(&T) -> String) -> Self {
        let mut taken = HashSet::with_capacity(all.len());
        let numbered = all.into_iter().map(|one| {
            let digest = Sha256::of(text(&one).as_bytes());
            let first = digest.as_bytes().iter().take(8).fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
            let mut number = first.checked_rem(NUMBERS).unwrap_or_default();
            while !taken.insert(number) {
                number = number.saturating_add(1).checked_rem(NUMBERS).unwrap_or_default();
            }
            (one, number.saturating_add(FIRST))
        });
        Self(numbered.collect())
    }

    fn number(&self, one: &T) -> u64 {
        self.0.get(one).copied().unwrap_or_default()
    }
}

/// Everything that is written, numbered.
struct Document<'d> {
    namespace: &'d str,
    tests: Numbers<Check>,
    objects: Numbers<Element>,
    states: Numbers<Element>,
    out: String,
}

/// The document of some definitions, in the order of their ids' texts.
pub fn write(definitions: &[Definition], settings: &Settings) -> Vec<u8> {
    let mut checks: BTreeSet<Check> = READINGS.map(Reading::check).into();
    for ((family, distribution), found) in definitions.iter().flat_map(|one| &one.checks) {
        checks.insert(Check::Family(family));
        checks.extend(distribution.iter().cloned().map(Check::Distribution));
        checks.extend(found.iter().cloned());
    }
    let states = checks.iter().flat_map(|check| [check.states(), check.filters()].concat()).collect();
    let mut document = Document {
        namespace: &settings.namespace,
        tests: Numbers(BTreeMap::new()),
        objects: Numbers(BTreeMap::new()),
        states: Numbers::of(states, text),
        out: String::with_capacity(checks.len().saturating_mul(700)),
    };
    let objects = checks.iter().map(|check| document.object(check)).collect();
    document.objects = Numbers::of(objects, text);
    document.tests = Numbers::of(checks, |check| format!("{}{:?}", text(&check.object(&[])), check.states()));
    document.write(definitions, settings.class);
    document.out.into_bytes()
}

fn text(element: &Element) -> String {
    format!("{}:{} {}", element.space, element.stem, element.inner)
}

impl Document<'_> {
    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.out.write_fmt(arguments).expect("a string takes all text");
    }

    fn id(&self, what: &str, number: u64) -> String {
        format!("oval:{}:{what}:{number}", self.namespace)
    }

    fn object(&self, check: &Check) -> Element {
        let ids =
            check.filters().iter().map(|state| self.id("ste", self.states.number(state))).collect::<Vec<_>>();
        check.object(&ids)
    }

    fn write(&mut self, definitions: &[Definition], class: &str) {
        const SPACE: &str = "http://oval.mitre.org/XMLSchema/oval-definitions-5";
        self.put(format_args!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oval_definitions xmlns=\"{SPACE}\"\n    \
             xmlns:oval=\"http://oval.mitre.org/XMLSchema/oval-common-5\"\n    \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
        ));
        for (prefix, name) in
            [("ind", "independent"), ("linux", "linux"), ("unix", "unix"), ("win", "windows")]
        {
            self.put(format_args!("\n    xmlns:{prefix}=\"{SPACE}#{name}\""));
        }
        self.put(format_args!(
            ">\n<generator>\n<oval:product_name>Interdict</oval:product_name>\n\
             <oval:schema_version>5.11.2</oval:schema_version>\n\
             <oval:timestamp>1970-01-01T00:00:00Z</oval:timestamp>\n</generator>\n<definitions>\n"
        ));
        for reading in READINGS {
            self.reading(reading);
        }
        let mut taken = HashSet::new();
        for definition in definitions {
            let mut number =
                Numbers::of([&definition.about].into(), |about| (*about).clone()).number(&&definition.about);
            while !taken.insert(number) {
                number = number.saturating_add(1);
            }
            self.definition(definition, number, class);
        }
        self.put(format_args!("</definitions>\n<tests>\n"));
        let tests: Vec<(Check, u64)> =
            self.tests.0.iter().map(|(check, number)| (check.clone(), *number)).collect();
        for (check, number) in tests {
            self.test(&check, number);
        }
        self.put(format_args!("</tests>\n<objects>\n"));
        let objects = std::mem::replace(&mut self.objects, Numbers(BTreeMap::new()));
        self.elements("object", "obj", &objects);
        self.put(format_args!("</objects>\n"));
        let states = std::mem::replace(&mut self.states, Numbers(BTreeMap::new()));
        if !states.0.is_empty() {
            self.put(format_args!("<states>\n"));
            self.elements("state", "ste", &states);
            self.put(format_args!("</states>\n"));
        }
        self.put(format_args!("</oval_definitions>\n"));
    }

    fn reading(&mut self, reading: Reading) {
        let (id, name) = (self.id("def", reading.number), reading.name());
        self.put(format_args!(
            "<definition class=\"miscellaneous\" id=\"{id}\" version=\"1\">\n<metadata>\n<title>{name} has a \
             database that can be read</title>\n<affected family=\"unix\"/>\n<description>Where this is false, a scanner \
             has seen no packages of {name}, and what the other definitions say of them does not \
             count.</description>\n</metadata>\n<criteria>\n"
        ));
        self.criterion(&reading.check());
        self.put(format_args!("</criteria>\n</definition>\n"));
    }

    fn definition(&mut self, definition: &Definition, number: u64, class: &str) {
        let id = self.id("def", number);
        let (source, directive) = &definition.reference;
        self.put(format_args!(
            "<definition class=\"{class}\" id=\"{id}\" version=\"{}\">\n<metadata>\n<title>{}</title>\n",
            definition.version,
            outside(&definition.title)
        ));
        let families: BTreeSet<&str> = definition.checks.keys().map(|(family, _)| *family).collect();
        for family in &families {
            self.put(format_args!("<affected family=\"{family}\"/>\n"));
        }
        self.put(format_args!(
            "<reference source=\"{}\" ref_id=\"{}\"/>\n<description>{}</description>\n</metadata>\n<criteria \
             operator=\"OR\">\n",
            outside(source),
            outside(directive),
            outside(&definition.description)
        ));
        for family in families {
            self.put(format_args!("<criteria operator=\"AND\">\n"));
            self.criterion(&Check::Family(family));
            self.put(format_args!("<criteria operator=\"OR\">\n"));
            let of_family = definition.checks.iter().filter(|((of, _), _)| *of == family);
            for ((_, distribution), checks) in of_family {
                if let Some(distribution) = distribution {
                    self.put(format_args!("<criteria operator=\"AND\">\n"));
                    self.criterion(&Check::Distribution(distribution.clone()));
                    self.put(format_args!("<criteria operator=\"OR\">\n"));
                }
                for check in checks {
                    self.criterion(check);
                }
                if distribution.is_some() {
                    self.put(format_args!("</criteria>\n</criteria>\n"));
                }
            }
            self.put(format_args!("</criteria>\n</criteria>\n"));
        }
        self.put(format_args!("</criteria>\n</definition>\n"));
    }

    fn criterion(&mut self, check: &Check) {
        let id = self.id("tst", self.tests.number(check));
        self.put(format_args!("<criterion test_ref=\"{id}\"/>\n"));
    }

    fn test(&mut self, check: &Check, number: u64) {
        let (space, stem) = check.stem();
        let id = self.id("tst", number);
        let object = self.id("obj", self.objects.number(&self.object(check)));
        self.put(format_args!(
            "<{space}:{stem}_test id=\"{id}\" version=\"1\" check_existence=\"at_least_one_exists\" check=\"at least \
             one\" comment=\"{}\">\n<{space}:object object_ref=\"{object}\"/>\n",
            outside(&check.words())
        ));
        for state in check.states() {
            let state = self.id("ste", self.states.number(&state));
            self.put(format_args!("<{space}:state state_ref=\"{state}\"/>\n"));
        }
        self.put(format_args!("</{space}:{stem}_test>\n"));
    }

    fn elements(&mut self, what: &str, short: &str, numbers: &Numbers<Element>) {
        for (Element { space, stem, inner }, number) in &numbers.0 {
            let id = self.id(short, *number);
            self.put(format_args!("<{space}:{stem}_{what} id=\"{id}\" version=\"1\""));
            if inner.is_empty() {
                self.put(format_args!("/>\n"));
            } else {
                self.put(format_args!(">{inner}</{space}:{stem}_{what}>\n"));
            }
        }
    }
}

/// Outside text as that of an element or attribute: what XML 1.0 cannot carry, and what cannot be seen, is spelled out.
fn outside(text: &str) -> String {
    let shown = escape_control(text).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}");
    escape(shown).into_owned()
}
