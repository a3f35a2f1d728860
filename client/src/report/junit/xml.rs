//! Suites and cases as XML.

use std::io::{self, Write};

use interdict_host::terminal::escape_control;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

/// A suite. Its cases are made while they are written, so that there are never many of them.
pub(super) struct Suite<'s> {
    pub name: String,
    pub package: String,
    pub counts: Counts,
    pub cases: Box<dyn Fn() -> Cases<'s> + 's>,
}

/// The cases of a suite, one after the other.
pub(super) type Cases<'s> = Box<dyn Iterator<Item = Case> + 's>;

/// How many cases end how, which XML says before the first of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub passed: usize,
    pub skipped: usize,
    pub failed: usize,
    pub broken: usize,
}

impl Counts {
    const fn all(self) -> usize {
        self.passed.saturating_add(self.skipped).saturating_add(self.failed).saturating_add(self.broken)
    }
}

/// A case.
pub(super) struct Case {
    class: String,
    name: String,
    ending: Ending,
    output: Vec<String>,
}

enum Ending {
    Passed,
    Skipped { kind: &'static str, message: String },
    Failed(Wrong),
    Broken(Wrong),
}

struct Wrong {
    kind: &'static str,
    message: String,
    lines: Vec<String>,
}

impl Case {
    const fn new(class: String, name: String, ending: Ending) -> Self {
        Self { class, name, ending, output: Vec::new() }
    }

    pub const fn passed(class: String, name: String) -> Self {
        Self::new(class, name, Ending::Passed)
    }

    pub const fn skipped(class: String, name: String, kind: &'static str, message: String) -> Self {
        Self::new(class, name, Ending::Skipped { kind, message })
    }

    pub const fn failed(
        class: String,
        name: String,
        kind: &'static str,
        message: String,
        lines: Vec<String>,
    ) -> Self {
        Self::new(class, name, Ending::Failed(Wrong { kind, message, lines }))
    }

    pub const fn broken(
        class: String,
        name: String,
        kind: &'static str,
        message: String,
        lines: Vec<String>,
    ) -> Self {
        Self::new(class, name, Ending::Broken(Wrong { kind, message, lines }))
    }

    pub fn saying(mut self, lines: Vec<String>) -> Self {
        self.output = lines;
        self
    }
}

type Xml<'o> = Writer<&'o mut dyn Write>;

pub(super) fn write(suites: &[Suite<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let sum =
        |of: fn(Counts) -> usize| suites.iter().map(|suite| of(suite.counts)).sum::<usize>().to_string();
    xml.create_element("testsuites")
        .with_attribute(("name", "interdict check"))
        .with_attribute(("tests", sum(Counts::all).as_str()))
        .with_attribute(("failures", sum(|counts| counts.failed).as_str()))
        .with_attribute(("errors", sum(|counts| counts.broken).as_str()))
        .write_inner_content(|xml| suites.iter().try_for_each(|one| suite(xml, one)))?;
    xml.get_mut().write_all(b"\n")
}

fn suite(xml: &mut Xml<'_>, suite: &Suite<'_>) -> io::Result<()> {
    let mut element = xml
        .create_element("testsuite")
        .with_attribute(("name", text(&suite.name).as_str()))
        .with_attribute(("tests", suite.counts.all().to_string().as_str()))
        .with_attribute(("failures", suite.counts.failed.to_string().as_str()))
        .with_attribute(("errors", suite.counts.broken.to_string().as_str()))
        .with_attribute(("skipped", suite.counts.skipped.to_string().as_str()));
    if !suite.package.is_empty() {
        element = element.with_attribute(("package", text(&suite.package).as_str()));
    }
    element.write_inner_content(|xml| (suite.cases)().try_for_each(|one| case(xml, &one)))?;
    Ok(())
}

fn case(xml: &mut Xml<'_>, case: &Case) -> io::Result<()> {
    let element = xml
        .create_element("testcase")
        .with_attribute(("classname", text(&case.class).as_str()))
        .with_attribute(("name", text(&case.name).as_str()));
    if matches!(case.ending, Ending::Passed) && case.output.is_empty() {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|xml| {
        match &case.ending {
            Ending::Passed => {}
            Ending::Skipped { kind, message } => {
                let skipped = xml.create_element("skipped").with_attribute(("type", *kind));
                skipped.with_attribute(("message", text(message).as_str())).write_empty()?;
            }
            Ending::Failed(wrong) => self::wrong(xml, "failure", wrong)?,
            Ending::Broken(wrong) => self::wrong(xml, "error", wrong)?,
        }
        if !case.output.is_empty() {
            let output = lines(&case.output);
            xml.create_element("system-out").write_text_content(BytesText::new(&output))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn wrong(xml: &mut Xml<'_>, name: &'static str, wrong: &Wrong) -> io::Result<()> {
    let element = xml.create_element(name).with_attribute(("type", wrong.kind));
    let element = element.with_attribute(("message", text(&wrong.message).as_str()));
    element.write_text_content(BytesText::new(&lines(&wrong.lines)))?;
    Ok(())
}

fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| text(line)).collect::<Vec<_>>().join("\n")
}

/// Visible text of characters that XML has (XML 1.0, 2.2).
fn text(words: &str) -> String {
    escape_control(words).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn hostile_words_are_text_and_characters_that_xml_lacks_are_spelled_out() {
        let hostile = "]]><failure/>\"'&\u{0}\u{1b}[2J\u{fffe}\u{ffff}\n";
        let case = || {
            let words = || hostile.to_owned();
            Case::failed(words(), words(), "match", words(), vec![words()])
        };
        let suite = Suite {
            name: hostile.to_owned(),
            package: hostile.to_owned(),
            counts: Counts { failed: 1, ..Counts::default() },
            cases: Box::new(|| Box::new(std::iter::once(case()))),
        };
        let mut out = Vec::new();
        write(&[suite], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.chars().all(|c| c == '\n' || (' '..'\u{fffe}').contains(&c)));
        assert_eq!(text.matches("<failure").count(), 1);
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut names = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(start) => names.push(start.name().as_ref().to_owned()),
                _ => {}
            }
        }
        assert_eq!(names, ["testsuites", "testsuite", "testcase", "failure"]);
    }
}
