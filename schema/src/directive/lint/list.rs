//! Drafts of lists of identifiers: the same rules as for a directive's, over another document.
//!
//! Not here: the lines of files of entries, which are not in the draft ([`crate::entity::EntryReader`]).

use alloc::collections::BTreeMap;
use alloc::string::ToString;

use super::{Fact, Known, Problems, Report, identifier, linted, revision, size};
use crate::Sha256;
use crate::directive::{Confidence, IdentifierKind, Marking};
use crate::entity::{EntityList, EntryFile, FORMAT};
use crate::json::Pointer;
use crate::limits::{DIRECTIVE_LIST, ENTRY_FILE_LENGTH, LIST_FILES, LIST_IDENTIFIERS};
use crate::tuf::TargetPath;

/// The members that every list has.
const REQUIRED: [&str; 6] = ["format", "id", "revision", "title", "issuer", "issued"];

/// Every problem of a draft of a list: JSON with or without comments and `$schema`. `before` is the revision before it and
/// the digest of its payload, where they are at hand.
pub fn lint(draft: &[u8], before: Option<(&EntityList, Sha256)>) -> Report<EntityList> {
    linted(draft, &REQUIRED, |list: &EntityList, problems| check(list, before, problems))
}

fn check(list: &EntityList, before: Option<(&EntityList, Sha256)>, problems: &mut Problems) {
    let root = Pointer::root;
    if list.format != FORMAT {
        problems.add(root().join("format"), Fact::ListFormat { found: list.format.clone() });
    }
    for (of, text) in [("title", &list.title), ("issuer", &list.issuer)] {
        problems.text(|| root().join(of), of, text);
        size::line(problems, || root().join(of), text);
    }
    size::long(problems, || root().join("summary"), list.summary.as_deref().unwrap_or_default());
    if let Some(marking) = list.marking.as_ref().filter(|marking| !marking.is_known()) {
        problems.word(&root().join("marking"), "marking", marking.as_str(), Marking::KNOWN);
    }
    for (number, entity) in list.entities.iter().enumerate() {
        problems.text(|| root().join("entities").join(number).join("name"), "name", &entity.name);
    }
    for (of, found, limit) in [
        ("entities", list.entities.len(), DIRECTIVE_LIST),
        ("references", list.references.len(), DIRECTIVE_LIST),
        ("attachments", list.attachments.len(), LIST_FILES),
    ] {
        problems.list(|| root().join(of), found, limit);
    }
    size::identifiers(problems, root, &list.identifiers, LIST_IDENTIFIERS);
    identifier::list(&list.identifiers, root, problems);
    let has = |kind: &IdentifierKind| list.identifiers.iter().any(|identifier| identifier.kind == *kind);
    if list.identifiers.is_empty() && list.attachments.is_empty() {
        problems.add(root(), Fact::NoIdentifiers);
    } else if has(&IdentifierKind::Product) && !has(&IdentifierKind::Vendor) {
        problems.add(root().join("identifiers"), Fact::ProductWithoutVendor);
    }
    files(&list.attachments, problems);
    revision::chain(list, before, problems);
    if let Some((before, _)) = before {
        let renumbered = EntityList { revision: before.revision, previous: before.previous, ..list.clone() };
        if renumbered == *before {
            problems.add(root(), Fact::SameContent);
        }
    }
}

fn files(files: &[EntryFile], problems: &mut Problems) {
    let mut seen = BTreeMap::new();
    for (number, file) in files.iter().enumerate() {
        let list = || Pointer::root().join("attachments");
        let at = || list().join(number);
        if let Some(confidence) = file.confidence.as_ref().filter(|confidence| !confidence.is_known()) {
            problems.word(&at().join("confidence"), "confidence", confidence.as_str(), Confidence::KNOWN);
        }
        if !file.kind.is_known() {
            let known = Known(IdentifierKind::KNOWN);
            let word = file.kind.to_string();
            problems.add(at().join("kind"), Fact::UnknownWord { of: "identifier kind", word, known });
        } else if !EntryFile::may_hold(&file.kind) {
            problems.add(at().join("kind"), Fact::EntriesKind { kind: file.kind.to_string() });
        }
        if !file.path.parse::<TargetPath>().is_ok_and(|path| path.is_flat()) {
            problems.add(at().join("path"), Fact::AttachmentPath { path: file.path.clone() });
        }
        if file.length > ENTRY_FILE_LENGTH {
            let (found, limit) = (file.length, ENTRY_FILE_LENGTH);
            problems.add(at().join("length"), Fact::EntriesLength { found, limit });
        }
        if let Some(first) = seen.insert(&file.path, number) {
            let (id, first) = (file.path.clone(), list().join(first));
            problems.add(at(), Fact::DuplicateId { id, first });
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    fn draft(more: &str) -> String {
        alloc::format!(
            r#"{{"$schema":"entity-list.schema.json", // for the editor
            "format":"interdict-entity-list/1","id":"BOD-X","title":"t","issuer":"dhs","issued":"2017-09-13",{more}}}"#
        )
    }

    fn codes(draft: &str) -> Vec<String> {
        let report = lint(draft.as_bytes(), None);
        report
            .problems
            .iter()
            .map(|found| alloc::format!("{} {}", found.pointer, found.fact.code()))
            .collect()
    }

    const ROW: &str = r#""revision":1,"identifiers":[{"kind":"package","value":"kesl"}]"#;

    fn file(kind: &str, path: &str, length: u64) -> String {
        let digest = Sha256::of(b"");
        alloc::format!(
            r#"{{"kind":"{kind}","path":"{path}","digest":"{digest}","length":{length},"entries":1}}"#
        )
    }

    #[test]
    fn a_good_draft_has_no_problems_and_a_template_is_told_of_its_blanks() {
        assert_eq!(codes(&draft(ROW)), Vec::<String>::new());
        assert_eq!(
            codes(&draft(&ROW.replace("kesl", "FILL: a package"))),
            ["/identifiers/0/value blank", "/identifiers/0/value identifier-invalid"]
        );
        assert_eq!(
            codes("{}"),
            [
                "/format missing",
                "/id missing",
                "/revision missing",
                "/title missing",
                "/issuer missing",
                "/issued missing"
            ]
        );
    }

    #[test]
    fn identifiers_are_held_to_the_rules_of_a_directives() {
        let rows = r#""revision":1,"identifiers":[{"kind":"purl","value":"no purl"},{"kind":"domain","value":"com"},
            {"kind":"package","value":"*"},{"kind":"sha256","value":"00"},{"kind":"smell","value":"x"},
            {"kind":"product","value":"P"},{"kind":"product","value":"P"}],"more":1"#;
        assert_eq!(
            codes(&draft(rows)),
            [
                "/identifiers product-without-vendor",
                "/identifiers/0/value identifier-invalid",
                "/identifiers/1/value matches-everything",
                "/identifiers/2/value matches-everything",
                "/identifiers/3/value identifier-invalid",
                "/identifiers/4/kind unknown-word",
                "/identifiers/6 duplicate-identifier",
                "/more unknown-member",
            ]
        );
        assert_eq!(codes(&draft(r#""revision":1"#)), ["/ no-identifiers"]);
    }

    #[test]
    fn files_of_entries_have_a_kind_a_name_and_a_limit() {
        let files =
            |files: &[String]| draft(&alloc::format!(r#""revision":1,"attachments":[{}]"#, files.join(",")));
        assert_eq!(codes(&files(&[file("sha256", "h.txt", ENTRY_FILE_LENGTH)])), Vec::<String>::new());
        let longer = file("sha256", "h.txt", ENTRY_FILE_LENGTH + 1);
        assert_eq!(codes(&files(&[longer])), ["/attachments/0/length entries-length"]);
        let odd = [file("cpe", "c.txt", 1), file("smell", "a/b", 1), file("sha256", "c.txt", 1)];
        assert_eq!(
            codes(&files(&odd)),
            [
                "/attachments/0/kind entries-kind",
                "/attachments/1/kind unknown-word",
                "/attachments/1/path attachment-path",
                "/attachments/2 duplicate-id",
            ]
        );
        let many = |count: usize| {
            let all: Vec<String> =
                (0..count).map(|number| file("sha256", &alloc::format!("h.{number}.txt"), 1)).collect();
            codes(&files(&all))
        };
        assert_eq!(many(LIST_FILES), Vec::<String>::new());
        assert_eq!(many(LIST_FILES + 1), ["/attachments too-many"]);
    }

    #[test]
    fn a_list_has_a_limit_of_rows() {
        let rows = |count: usize| {
            let rows: Vec<String> = (0..count)
                .map(|number| alloc::format!(r#"{{"kind":"package","value":"p{number}"}}"#))
                .collect();
            codes(&draft(&alloc::format!(r#""revision":1,"identifiers":[{}]"#, rows.join(","))))
        };
        assert_eq!(rows(LIST_IDENTIFIERS), Vec::<String>::new());
        assert_eq!(rows(LIST_IDENTIFIERS + 1), ["/identifiers too-many"]);
    }

    #[test]
    fn revisions_rise_by_one_and_name_the_one_before() {
        let first = EntityList::parse(
            br#"{"format":"interdict-entity-list/1","id":"BOD-X","revision":1,"title":"t","issuer":"dhs","issued":"2017-09-13",
            "identifiers":[{"kind":"package","value":"kesl"}]}"#,
        )
        .unwrap()
        .value;
        let digest = Sha256::of(b"first");
        let codes = |more: &str| {
            let report = lint(draft(more).as_bytes(), Some((&first, digest)));
            report.problems.iter().map(|found| found.fact.code()).collect::<Vec<_>>()
        };
        let next = |revision: u32, previous: Sha256, value: &str| {
            alloc::format!(
                r#""revision":{revision},"previous":"{previous}","identifiers":[{{"kind":"package","value":"{value}"}}]"#
            )
        };
        assert_eq!(codes(&next(2, digest, "kav4fs")), Vec::<&str>::new());
        assert_eq!(codes(&next(2, digest, "kesl")), ["same-content"]);
        assert_eq!(codes(&next(3, digest, "kav4fs")), ["revision-step"]);
        assert_eq!(codes(&next(2, Sha256::of(b"other"), "kav4fs")), ["previous-digest"]);
        assert_eq!(codes(ROW), ["same-content", "revision-step"]);
    }
}
