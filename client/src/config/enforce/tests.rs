#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use super::*;
use crate::config::Config;

const WHOLE: &str = r#"[enforce]
mode = "enforce"
max-impact = 5
health-check = ["/usr/local/sbin/healthy", "--quick"]
protected = [{ kind = "package", value = "clamav" }, { kind = "cidr", value = "192.0.2.0/24" }]

[enforce.window]
days = ["sat", "sun"]
from = "22:00"
to = "04:00"
zone = "America/New_York"

[[enforce.replacement-present]]
directive = "BOD-17-01"
part = "products"
package = "clamav-daemon"

[[enforce.replacement-present]]
directive = "BOD-17-01"
path = "/usr/sbin/clamd"
"#;

fn read(text: &str) -> Enforce {
    toml::from_str::<Config>(text).unwrap().enforce.unwrap()
}

fn mistake(text: &str) -> (usize, String) {
    let error = toml::from_str::<Config>(text).unwrap_err();
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    (before.matches('\n').count() + 1, error.message().to_owned())
}

#[test]
fn every_key_is_read_and_written_again() {
    let enforce = read(WHOLE);
    assert_eq!((enforce.mode, enforce.max_impact), (Mode::Enforce, Some(5)));
    assert_eq!(enforce.protected.len(), 2);
    let required: Vec<String> =
        enforce.replacement_present.iter().map(|gate| gate.required.to_string()).collect();
    assert_eq!(required, ["package clamav-daemon", "path /usr/sbin/clamd"]);
    let config = Config { enforce: Some(enforce.clone()), ..Config::default() };
    assert_eq!(read(&toml::to_string_pretty(&config).unwrap()), enforce);
    assert_eq!(read("[enforce]").mode, Mode::Audit, "the default blocks nothing");
}

#[test]
fn a_mistake_is_told_with_its_line() {
    for (line, wanted, text) in [
        (2, "unknown field `modus`", "[enforce]\nmodus = \"audit\""),
        (2, "unknown variant `block`", "[enforce]\nmode = \"block\""),
        (3, "found the target \"iptables\"", "[enforce]\nmode = \"audit\"\ntargets = [\"iptables\"]"),
        (2, "found no absolute path first", "[enforce]\nhealth-check = [\"sh\"]"),
        (2, "found no absolute path first", "[enforce]\nhealth-check = []"),
        (2, "found the kind \"colour\"", "[enforce]\nprotected = [{ kind = \"colour\", value = \"red\" }]"),
        (2, "found", "[enforce]\nprotected = [{ kind = \"sha256\", value = \"red\" }]"),
        (
            2,
            "unknown field `versions`",
            "[enforce]\nprotected = [{ kind = \"package\", value = \"x\", versions = \"1\" }]",
        ),
        (2, "invalid", "[enforce]\nmax-impact = -1"),
        (2, "unknown variant `saturday`", "[enforce.window]\ndays = [\"saturday\"]\nfrom = \"1:00\""),
        (2, "found \"24:00\", wanted a time of day", "[enforce.window]\nfrom = \"24:00\""),
        (
            1,
            "found a window from 01:00 to 01:00",
            "[enforce.window]\nfrom = \"01:00\"\nto = \"01:00\"\nzone = \"UTC\"",
        ),
        (1, "found the zone \"Mars\"", "[enforce.window]\nfrom = \"01:00\"\nto = \"02:00\"\nzone = \"Mars\""),
        (1, "wanted exactly one of", "[[enforce.replacement-present]]\ndirective = \"BOD-17-01\""),
        (
            1,
            "wanted exactly one of",
            "[[enforce.replacement-present]]\ndirective = \"BOD-17-01\"\npath = \"x\"",
        ),
        (
            1,
            "wanted exactly one of",
            "[[enforce.replacement-present]]\ndirective = \"BOD-17-01\"\nservice = \"../x\"",
        ),
    ] {
        let (found, message) = mistake(text);
        assert!(message.contains(wanted), "{text}: {message}");
        assert_eq!(found, line, "{text}: {message}");
    }
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
    let window = read(WHOLE).window.unwrap();
    let at = |text: &str| text.parse().unwrap();
    // In winter New York is five hours behind; 6 January 2018 is a Saturday.
    for (moment, open) in [
        ("2018-01-07T02:59:59Z", false),
        ("2018-01-07T03:00:00Z", true),
        ("2018-01-07T08:59:59Z", true),
        ("2018-01-07T09:00:00Z", false),
        ("2018-01-08T08:59:59Z", true),
        ("2018-01-09T04:00:00Z", false),
    ] {
        assert_eq!(window.is_open(at(moment)), open, "{moment}");
    }
    assert_eq!(window.opens(at("2018-01-08T09:00:00Z")), Some(at("2018-01-14T03:00:00Z")));
    assert_eq!(window.to_string(), "Sat, Sun from 22:00 to 04:00 America/New_York");
    let mut daily = window;
    daily.days.clear();
    assert!(daily.is_open(at("2018-01-09T04:00:00Z")));
}
