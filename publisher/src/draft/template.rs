//! The text of a new draft, of a directive, a list of identifiers or a waiver, and the schema that stands beside it.
//!
//! The template lints without errors once its blanks are filled: every blank is a text in the form `FILL: …` (`interdict_schema::directive::draft::BLANK`).

use interdict_schema::directive::{DayOrTime, DirectiveId};

/// The name of the schema's file, which a draft's `$schema` refers to relative to itself.
pub const SCHEMA_FILE: &str = "directive.schema.json";

/// The JSON Schema (2020-12) of directives, for editors; generated from the types of `interdict_schema`.
pub const SCHEMA: &str = include_str!("../../../schema/directive.schema.json");

/// The name of the file in which a draft of this directive is kept: `BOD-17-01.draft.jsonc`.
pub fn file_name(id: &DirectiveId) -> String {
    format!("{id}.draft.jsonc")
}

/// A commented draft of the first revision of a directive.
///
/// `issuer` is the issuer's id in `issuers.json`, `zone` a name of the IANA database, `day` when it is issued. They are
/// written as they are given, escaped; whether they are right is for lint to say.
pub fn template(id: &DirectiveId, issuer: &str, zone: &str, day: DayOrTime) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    TEXT.replace("@ID@", &quoted(id.as_str()))
        .replace("@ISSUER@", &quoted(issuer))
        .replace("@ZONE@", &quoted(zone))
        .replace("@ISSUED@", &quoted(&day.to_string()))
}

/// The name of the schema's file of drafts of lists.
pub const LIST_SCHEMA_FILE: &str = "entity-list.schema.json";

/// The JSON Schema (2020-12) of lists of identifiers.
pub const LIST_SCHEMA: &str = include_str!("../../../schema/entity-list.schema.json");

/// A commented draft of the first revision of a list of identifiers; as [`template`].
pub fn list_template(id: &DirectiveId, issuer: &str, day: DayOrTime) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    LIST_TEXT
        .replace("@ID@", &quoted(id.as_str()))
        .replace("@ISSUER@", &quoted(issuer))
        .replace("@ISSUED@", &quoted(&day.to_string()))
}

/// The name of the schema's file of drafts of waivers.
pub const WAIVER_SCHEMA_FILE: &str = "waiver.schema.json";

/// The JSON Schema (2020-12) of waivers.
pub const WAIVER_SCHEMA: &str = include_str!("../../../schema/waiver.schema.json");

/// A commented draft of the first revision of a waiver; as [`template`].
pub fn waiver_template(id: &DirectiveId, issuer: &str, day: DayOrTime) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    WAIVER_TEXT
        .replace("@ID@", &quoted(id.as_str()))
        .replace("@ISSUER@", &quoted(issuer))
        .replace("@ISSUED@", &quoted(&day.to_string()))
}

const WAIVER_TEXT: &str = include_str!("waiver.jsonc");

const TEXT: &str = include_str!("template.jsonc");

const LIST_TEXT: &str = include_str!("entity-list.jsonc");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use interdict_schema::directive::draft::{BLANK, payload_of};
    use interdict_schema::directive::lint::{Context, lint};

    use super::*;

    fn text() -> String {
        template(&"BOD-30-01".parse().unwrap(), "dhs", "America/New_York", "2030-01-15".parse().unwrap())
    }

    fn filled(text: &str) -> String {
        text.replace("FILL: deb package", "examplesoft-agent").replace(BLANK, "Example ")
    }

    #[test]
    fn lints_without_any_problem_once_its_blanks_are_filled() {
        let report = lint(filled(&text()).as_bytes(), &Context::default());
        let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, Vec::<String>::new());
        assert!(report.may_be_signed());
    }

    #[test]
    fn a_list_lints_without_any_problem_once_its_blanks_are_filled_and_not_before() {
        let text = list_template(&"BOD-X".parse().unwrap(), "dhs", "2030-01-15".parse().unwrap());
        let filled = text.replace("FILL: package", "examplesoft-agent").replace(BLANK, "Example ");
        let problems = interdict_schema::directive::lint::list::lint(filled.as_bytes(), None).problems;
        assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
        let report = interdict_schema::directive::lint::list::lint(text.as_bytes(), None);
        assert!(report.errors().any(|problem| problem.fact.code() == "blank"));
        let schema: serde_json::Value = serde_json::from_str(LIST_SCHEMA).unwrap();
        for member in schema.get("properties").and_then(|members| members.as_object()).unwrap().keys() {
            assert!(text.contains(&format!("\"{member}\"")), "{member}");
        }
    }

    #[test]
    fn a_waiver_lints_without_any_problem_once_its_blanks_are_filled_and_not_before() {
        use interdict_schema::directive::lint::waiver::{self, Context};
        let text = waiver_template(&"BOD-X".parse().unwrap(), "dhs", "2030-01-15".parse().unwrap());
        let digest = interdict_schema::Sha256::of(b"").to_string();
        let filled = text
            .replace("FILL: directive", "BOD-1")
            .replace("FILL: sha256 of its payload", &digest)
            .replace("FILL: a day", "2031-01-15")
            .replace(BLANK, "Example ");
        let problems = waiver::lint(filled.as_bytes(), &Context::default()).problems;
        assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
        let report = waiver::lint(text.as_bytes(), &Context::default());
        assert!(!report.may_be_signed());
        let schema: serde_json::Value = serde_json::from_str(WAIVER_SCHEMA).unwrap();
        for member in schema.get("properties").and_then(|members| members.as_object()).unwrap().keys() {
            assert!(text.contains(&format!("\"{member}\"")), "{member}");
        }
    }

    #[test]
    fn with_its_blanks_it_cannot_be_signed() {
        let report = lint(text().as_bytes(), &Context::default());
        let codes: Vec<&str> = report.errors().map(|problem| problem.fact.code()).collect();
        assert!(codes.contains(&"blank"), "{codes:?}");
    }

    #[test]
    fn explains_every_section_that_a_directive_can_have() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let text = text();
        for member in schema.get("properties").and_then(|members| members.as_object()).unwrap().keys() {
            assert!(text.contains(&format!("\"{member}\"")), "{member}");
        }
    }

    #[test]
    fn names_the_schema_that_stands_beside_it_and_does_not_sign_the_name() {
        assert!(text().contains(&format!("\"$schema\": \"{SCHEMA_FILE}\"")));
        assert!(!String::from_utf8(payload_of(text().as_bytes()).unwrap()).unwrap().contains("$schema"));
    }

    #[test]
    fn what_it_is_given_is_escaped() {
        let text = template(&"A".parse().unwrap(), "a\"b", "UTC", "2030-01-15".parse().unwrap());
        assert!(text.contains(r#""issuer": "a\"b""#));
    }
}
