//! Identifiers that are well formed and mean nothing, or something else than they look like.

use alloc::format;

use super::*;

#[test]
fn a_legal_form_alone_names_no_vendor_and_no_signer() {
    let place = "legal-form-alone /subjects/0/identifiers/0/value";
    for value in ["Inc.", "GmbH", "LLC", "Ltd", "L.L.C.", "GmbH & Co. KG", " co., LTD "] {
        for kind in ["vendor", "signer"] {
            let found = identifiers(&format!(r#"{{"kind":"{kind}","value":"{value}"}}"#));
            assert_eq!(found, [place], "{kind} {value}");
        }
        let alias = subject(&format!(r#","entities":[{{"name":"n","aliases":["{value}"]}}]"#));
        assert_eq!(alias, ["legal-form-alone /subjects/0/entities/0/aliases/0"], "{value}");
    }
    assert_eq!(identifiers(r#"{"kind":"signer","value":"CN=Inc., C=US"}"#), [place]);
    for value in ["Acme Inc.", "Inco", "SA", "Limited Run Games"] {
        assert_eq!(identifiers(&format!(r#"{{"kind":"vendor","value":"{value}"}}"#)), NOTHING, "{value}");
    }
}

#[test]
fn a_star_in_a_name_stands_for_nothing_and_is_told_of() {
    let place = "star-in-name /subjects/0/identifiers/0/value";
    for kind in ["vendor", "signer"] {
        assert_eq!(identifiers(&format!(r#"{{"kind":"{kind}","value":"Acme*"}}"#)), [place], "{kind}");
        assert_eq!(identifiers(&format!(r#"{{"kind":"{kind}","value":"Acme"}}"#)), NOTHING, "{kind}");
    }
    let one = r#""subjects":[{"id":"s","name":"s","disposition":"prohibited","identifiers":[{"kind":"vendor","value":"Acme *"}]}],"#;
    assert_eq!(
        message(&draft(one, "", "")),
        "warning at /subjects/0/identifiers/0/value: found a * in the vendor \"Acme *\": it stands for nothing there, only the \
         whole name \"acme\" is meant [star-in-name]"
    );
}

#[test]
fn versions_that_are_none_ban_nothing() {
    let package = |versions: &str| {
        identifiers(&format!(r#"{{"kind":"package","value":"deb:p","versions":"{versions}"}}"#))
    };
    assert_eq!(package("vers:none/*"), ["no-versions /subjects/0/identifiers/0/versions"]);
    assert_eq!(package("vers:all/*"), NOTHING);
    assert_eq!(package("vers:deb/<1"), NOTHING);
}

#[test]
fn the_digest_of_the_empty_file_is_no_identifier() {
    let empty = crate::Sha256::of(b"");
    for kind in ["sha256", "authenticode"] {
        let of = |digest: &crate::Sha256| identifiers(&format!(r#"{{"kind":"{kind}","value":"{digest}"}}"#));
        assert_eq!(of(&empty), ["empty-file /subjects/0/identifiers/0/value"], "{kind}");
        assert_eq!(of(&crate::Sha256::of(b"x")), NOTHING, "{kind}");
    }
}
