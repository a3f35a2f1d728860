//! Suites and cases as XML.

use std::io::{self, Write};

use interdict_host::terminal::escape_control;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

/// A suite.
pub(super) struct Suite {
    name: String,
    package: String,
    pub cases: Vec<Case>,
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

impl Suite {
    pub const fn new(name: String, package: String) -> Self {
        Self { name, package, cases: Vec::new() }
    }

    fn count(&self, holds: impl Fn(&Ending) -> bool) -> usize {
        self.cases.iter().filter(|case| holds(&case.ending)).count()
    }

    fn failures(&self) -> usize {
        self.count(|ending| matches!(ending, Ending::Failed(_)))
    }

    fn errors(&self) -> usize {
        self.count(|ending| matches!(ending, Ending::Broken(_)))
    }
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

pub(super) fn write(suites: &[Suite], out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let sum = |of: fn(&Suite) -> usize| suites.iter().map(of).sum::<usize>().to_string();
    xml.create_element("testsuites")
        .with_attribute(("name", "interdict check"))
        .with_attribute(("tests", sum(|suite| suite.cases.len()).as_str()))
        .with_attribute(("failures", sum(Suite::failures).as_str()))
        .with_attribute(("errors", sum(Suite::errors).as_str()))
        .write_inner_content(|xml| suites.iter().try_for_each(|one| suite(xml, one)))?;
    xml.get_mut().write_all(b"\n")
}

fn suite(xml: &mut Xml<'_>, suite: &Suite) -> io::Result<()> {
    let skipped = suite.count(|ending| matches!(ending, Ending::Skipped { .. }));
    let mut element = xml
        .create_element("testsuite")
        .with_attribute(("name", text(&suite.name).as_str()))
        .with_attribute(("tests", suite.cases.len().to_string().as_str()))
        .with_attribute(("failures", suite.failures().to_string().as_str()))
        .with_attribute(("errors", suite.errors().to_string().as_str()))
        .with_attribute(("skipped", skipped.to_string().as_str()));
    if !suite.package.is_empty() {
        element = element.with_attribute(("package", text(&suite.package).as_str()));
    }
    element.write_inner_content(|xml| suite.cases.iter().try_for_each(|one| case(xml, one)))?;
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
        let mut suite = Suite::new(hostile.to_owned(), hostile.to_owned());
        let lines = vec![hostile.to_owned()];
        suite.cases.push(Case::failed(
            hostile.to_owned(),
            hostile.to_owned(),
            "match",
            hostile.to_owned(),
            lines,
        ));
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
