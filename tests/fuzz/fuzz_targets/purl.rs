//! Package URLs: what is read is written so that it reads the same, is built of its own parts, and recognises itself; of two
//! that are equal each recognises what the other does.
#![no_main]

use interdict_schema::product::purl::canonical_name;
use interdict_schema::product::{Answer, Purl, PurlNamespace, Versions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let texts = [lines.next().unwrap_or(""), lines.next().unwrap_or(""), lines.next().unwrap_or("")];
    let mut read = Vec::new();
    for text in texts {
        for (parsed, strict) in [(Purl::parse(text), true), (Purl::parse_lenient(text), false)] {
            match parsed {
                Ok(purl) => {
                    written(&purl, strict);
                    read.push(purl);
                }
                Err(error) => assert!(error.at <= text.len(), "{text}: {error}"),
            }
        }
        if let (Ok(strict), Ok(lenient)) = (Purl::parse(text), Purl::parse_lenient(text)) {
            assert_eq!(strict, lenient, "what every reader takes means the same to all: {text}");
        }
    }
    for text in texts {
        match PurlNamespace::parse(text) {
            Ok(namespace) => in_namespace(&namespace, &read),
            Err(error) => assert!(error.at <= text.len(), "{text}: {error}"),
        }
    }
    for one in &read {
        for other in &read {
            let answer = one.matches(&Versions::Any, other);
            if one == other {
                assert_ne!(answer, Answer::NoMatch, "{one} is itself");
            }
            if answer == Answer::Match {
                assert_eq!((one.package_type(), one.name()), (other.package_type(), other.name()));
                // What recognises a component recognises whatever that one, as a rule, would be sure of.
                for third in read.iter().filter(|third| other.matches(&Versions::Any, third) == Answer::Match) {
                    assert_ne!(one.matches(&Versions::Any, third), Answer::NoMatch, "{one} {other} {third}");
                }
            }
        }
    }
});

fn written(purl: &Purl, strict: bool) {
    let text = purl.to_string();
    let again = if strict { Purl::parse(&text) } else { Purl::parse_lenient(&text) };
    assert_eq!(again.as_ref(), Ok(purl), "{text}");
    assert_eq!(again.map(|again| again.to_string()).as_ref(), Ok(&text));
    if strict {
        let built = Purl::build(
            purl.package_type(),
            purl.namespace(),
            purl.name(),
            purl.version(),
            purl.qualifiers().clone(),
            purl.subpath(),
        );
        assert_eq!(built.as_ref(), Ok(purl), "{text}");
    }
    let name = canonical_name(purl.package_type(), purl.name());
    assert_eq!(canonical_name(purl.package_type(), &name), name, "{text}");
}

/// A table by the namespaces above a package leaves out nothing that a namespace means.
fn in_namespace(namespace: &PurlNamespace, read: &[Purl]) {
    assert_eq!(PurlNamespace::parse(&namespace.to_string()).as_ref(), Ok(namespace));
    for purl in read.iter().filter(|purl| purl.package_type() == namespace.package_type()) {
        let owner = purl.owner().unwrap_or_default();
        let led = PurlNamespace::and_above(purl.package_type(), &owner).any(|above| above == namespace.path());
        assert_eq!(namespace.matches(purl), led, "{namespace} {purl}");
    }
}
