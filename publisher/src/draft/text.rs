//! The text of a draft: members in an order, comments above them.
//!
//! Members of a payload that nothing changes keep their order, their names and their values: what
//! `interdict_schema::directive::draft::payload_of` makes of the text has the same bytes there.

use interdict_schema::json::{self, ReadError, Value};
use serde::Serialize;

use super::template::SCHEMA_FILE;

/// A draft that is being put together.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// Said above everything.
    header: Vec<String>,
    /// The name of the schema's file; that of directives where none is named.
    schema: Option<&'static str>,
    members: Vec<Member>,
}

#[derive(Debug, Clone)]
struct Member {
    name: String,
    /// JSON with line breaks.
    value: String,
    comment: Option<String>,
}

impl Text {
    /// An empty draft.
    pub fn new() -> Self {
        Self::default()
    }

    /// The draft of a payload that was signed.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where it is no strict JSON; what is no object has no members.
    pub fn of(payload: &[u8]) -> Result<Self, ReadError> {
        let value = json::parse(payload)?;
        let members = value.as_object().map(|object| {
            let member = |(name, value): (&str, &Value<'_>)| Member {
                name: name.to_owned(),
                value: pretty(value),
                comment: None,
            };
            object.iter().map(member).collect()
        });
        Ok(Self { header: Vec::new(), schema: None, members: members.unwrap_or_default() })
    }

    /// Names another schema than that of directives.
    #[must_use]
    pub fn with_schema(mut self, name: &'static str) -> Self {
        self.schema = Some(name);
        self
    }

    /// Says something above everything. The text is the program's own: a line break would end the comment.
    pub fn header(&mut self, line: impl Into<String>) {
        self.header.push(line.into());
    }

    /// Gives a member a value, where it stands or after the last.
    pub fn set(&mut self, name: &str, value: &impl Serialize, comment: Option<&str>) {
        self.put(name, pretty(value), comment, None);
    }

    /// As [`set`](Self::set); a new member comes after the one of that name.
    pub fn set_after(&mut self, name: &str, value: &impl Serialize, after: &str) {
        self.put(name, pretty(value), None, Some(after));
    }

    /// Adds an element to a list, which is made where it is not there.
    pub fn push(&mut self, name: &str, element: &impl Serialize, comment: Option<&str>) {
        let element = indented(&pretty(element));
        let there = self.members.iter().find(|member| member.name == name);
        let before = there.and_then(|member| member.value.strip_suffix("\n]"));
        let value = match before {
            Some(before) => format!("{before},\n  {element}\n]"),
            None => format!("[\n  {element}\n]"),
        };
        self.put(name, value, comment, None);
    }

    fn put(&mut self, name: &str, value: String, comment: Option<&str>, after: Option<&str>) {
        let comment = comment.map(str::to_owned);
        if let Some(there) = self.members.iter_mut().find(|member| member.name == name) {
            (there.value, there.comment) = (value, comment);
            return;
        }
        let behind = after.and_then(|after| self.members.iter().position(|member| member.name == after));
        let at = behind.map_or(self.members.len(), |place| place.saturating_add(1));
        self.members.insert(at, Member { name: name.to_owned(), value, comment });
    }
}

impl std::fmt::Display for Text {
    /// The draft, with `$schema` for editors and a line break at the end.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in &self.header {
            writeln!(f, "// {line}")?;
        }
        write!(f, "{{\n  \"$schema\": \"{}\"", self.schema.unwrap_or(SCHEMA_FILE))?;
        for Member { name, value, comment } in &self.members {
            f.write_str(",\n")?;
            if let Some(comment) = comment {
                write!(f, "\n  // {comment}\n")?;
            }
            write!(f, "  {}: {}", serde_json::Value::from(name.as_str()), indented(value))?;
        }
        f.write_str("\n}\n")
    }
}

fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("texts, numbers and lists are JSON")
}

/// Two blanks deeper; strings have no line breaks of their own in JSON.
fn indented(value: &str) -> String {
    value.replace('\n', "\n  ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use interdict_schema::directive::draft::payload_of;

    use super::*;

    #[test]
    fn what_nothing_changes_keeps_its_bytes() {
        let payload = br#"{"z":{"b":[1,-2,{}],"a":"\u0001\" \n"},"empty":[],"a":true}"#;
        let text = Text::of(payload).unwrap().to_string();
        let again = payload_of(text.as_bytes()).unwrap();
        assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(payload));
    }

    #[test]
    fn members_are_set_in_place_and_elements_added_at_the_end() {
        let mut text = Text::of(br#"{"revision":1,"title":"t","list":["a"]}"#).unwrap();
        text.header("made for a test");
        text.set("revision", &2, None);
        text.set_after("previous", &"p", "revision");
        text.push("list", &"b", Some("one more"));
        text.push("other", &"c", None);
        let text = text.to_string();
        assert!(
            text.starts_with("// made for a test\n{\n  \"$schema\": \"directive.schema.json\",\n"),
            "{text}"
        );
        assert!(text.contains("\n  // one more\n  \"list\": [\n"), "{text}");
        let payload = payload_of(text.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(payload).unwrap(),
            r#"{"revision":2,"previous":"p","title":"t","list":["a","b"],"other":["c"]}"#
        );
    }

    #[test]
    fn an_element_is_added_to_an_empty_list() {
        let mut text = Text::of(br#"{"list":[]}"#).unwrap();
        text.push("list", &1, None);
        assert_eq!(payload_of(text.to_string().as_bytes()).unwrap(), br#"{"list":[1]}"#);
    }
}
