//! Native ranges of the schemes here, with where each comes from.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use alloc::format;
use alloc::string::{String, ToString as _};

use super::*;

/// The conditions as VERS writes them, in the order of the native range.
fn written(scheme: Scheme, native: &str) -> Result<String, NativeError> {
    Ok(match read(scheme, native)? {
        Native::Any => "*".into(),
        Native::AnyOf(alternatives) => {
            let conditions = alternatives.iter().flatten();
            let texts: Vec<_> = conditions.map(|c| format!("{}{}", c.comparator, c.version)).collect();
            texts.join("|")
        }
    })
}

fn reads(scheme: Scheme, ranges: &[(&str, &str)]) {
    for (native, conditions) in ranges {
        assert_eq!(written(scheme, native).as_deref(), Ok(*conditions), "{native}");
    }
}

fn refuses(scheme: Scheme, ranges: &[(&str, usize, NativeRule)]) {
    for (native, at, rule) in ranges {
        assert_eq!(read(scheme, native), Err(NativeError { at: *at, rule: *rule }), "{native}");
    }
}

#[test]
fn counts_up_numbers_of_any_length() {
    for (digits, next) in [("", "1"), ("0", "1"), ("8", "9"), ("9", "10"), ("0199", "200"), ("1999", "2000")]
    {
        assert_eq!(successor(digits), next, "{digits}");
    }
    assert_eq!(successor("18446744073709551615"), "18446744073709551616");
}

#[test]
fn reads_ranges_of_conan() {
    // Conan 2, "Version ranges", and the bounds that its tilde and caret stand for.
    reads(
        Scheme::Conan,
        &[
            (">=1.0 <2", ">=1.0|<2"),
            ("[>=1.0 <2.0, include_prerelease]", ">=1.0|<2.0"),
            ("~2.5.7", ">=2.5.7|<2.6-"),
            ("~3", ">=3|<4-"),
            ("^1.9.3", ">=1.9.3|<2-"),
            ("^0.0.9", ">=0.0.9|<0.0.10-"),
            ("^0.0", ">=0.0|<0.1-"),
            ("^1.2.3-beta", ">=1.2.3-beta|<2-"),
            ("1.2 || ^3.1- || =5", "1.2|>=3.1|<4-|5"),
            ("*", ">=0.0.0"),
            ("", ""),
        ],
    );
    refuses(
        Scheme::Conan,
        &[
            (">=1.0 <2 3 >", 12, NativeRule::Version(VersionRule::Empty)),
            ("[>1", 0, NativeRule::Bracket),
            (">1, loose", 4, NativeRule::Option),
            ("~1.a", 1, NativeRule::NotCountable),
            (">1 <$", 4, NativeRule::Version(VersionRule::Empty)),
        ],
    );
}

#[test]
fn reads_requirements_of_ruby() {
    // RubyGems guides, "Patterns": what the pessimistic operator means.
    reads(
        Scheme::Gem,
        &[
            ("~> 2.2", ">=2.2|<3"),
            ("~> 2.2.0", ">=2.2.0|<2.3"),
            ("~> 4", ">=4|<5"),
            ("~>1.9.a", ">=1.9.a|<2"),
            ("~>1.9-rc", ">=1.9-rc|<2"),
            (">= 1.0, < 2, != 1.5", ">=1.0|<2|!=1.5"),
            (">=2.0.0 <=4.0.4", ">=2.0.0|<=4.0.4"),
            ("2.1.4", "2.1.4"),
            ("= 2.1.4", "2.1.4"),
            ("", "*"),
        ],
    );
    refuses(
        Scheme::Gem,
        &[
            (">=", 2, NativeRule::Version(VersionRule::Empty)),
            (">= 1,", 5, NativeRule::Version(VersionRule::Empty)),
            (">= 1.x_y", 6, NativeRule::Version(VersionRule::Character)),
            ("=> 1", 1, NativeRule::Version(VersionRule::Empty)),
        ],
    );
}

#[test]
fn reads_intervals_of_nuget() {
    // NuGet, "Package versioning", the table of version ranges.
    reads(
        Scheme::Nuget,
        &[
            ("1.0", ">=1.0"),
            ("(1.0,)", ">1.0"),
            ("[1.0]", "1.0"),
            ("(,1.0]", "<=1.0"),
            ("(,1.0)", "<1.0"),
            ("[1.0,2.0]", ">=1.0|<=2.0"),
            ("(1.0, 2.0)", ">1.0|<2.0"),
            ("[1.0 , 2.0)", ">=1.0|<2.0"),
            ("[1.0,1.0.0]", ">=1.0|<=1.0.0"),
            ("(,)", "*"),
        ],
    );
    refuses(
        Scheme::Nuget,
        &[
            ("(1.0)", 0, NativeRule::Point),
            ("[1.0,2.0", 0, NativeRule::Bracket),
            ("[1.0],[2.0]", 5, NativeRule::Bracket),
            ("[2.0,1.0]", 0, NativeRule::Backwards),
            ("[1.0,1.0)", 0, NativeRule::Backwards),
            ("1.*", 2, NativeRule::Version(VersionRule::Number)),
            ("[1.0, x]", 6, NativeRule::Version(VersionRule::Number)),
            ("", 0, NativeRule::Version(VersionRule::Empty)),
        ],
    );
}

#[test]
fn reads_intervals_of_maven() {
    // Maven, "POM Reference", Dependency Version Requirement Specification.
    reads(
        Scheme::Maven,
        &[
            ("1.0", "1.0"),
            ("[1.0]", "1.0"),
            ("(,1.0]", "<=1.0"),
            ("[1.2,1.3]", ">=1.2|<=1.3"),
            ("[1.0,2.0)", ">=1.0|<2.0"),
            ("[1.5,)", ">=1.5"),
            ("(,1.0],[1.2,)", "<=1.0|>=1.2"),
            ("(,1.1), (1.1,)", "<1.1|>1.1"),
            ("[1.0],[1.1,1.2)", "1.0|>=1.1|<1.2"),
        ],
    );
    refuses(
        Scheme::Maven,
        &[
            ("(,1.2],[1.1,)", 7, NativeRule::Overlap),
            ("(,1.2],[1.2,)", 7, NativeRule::Overlap),
            ("[1.2,),[1.3,)", 7, NativeRule::Overlap),
            ("[1.0]1", 5, NativeRule::Bracket),
            ("[1.0],", 6, NativeRule::Bracket),
            ("[2,1]", 0, NativeRule::Backwards),
            ("[1 0]", 2, NativeRule::Version(VersionRule::Character)),
        ],
    );
}

#[test]
fn reads_versions_of_nginx_and_openssl_as_their_advisories_name_them() {
    // nginx security advisories of 2009 to 2024.
    reads(
        Scheme::Nginx,
        &[
            ("1.5.0+, 1.4.1+", ">=1.5.0|>=1.4.1|<1.5.0"),
            ("1.27.1+, 1.26.2+", ">=1.27.1|>=1.26.2|<1.27.0"),
            ("0.8.15+, 0.7.62+", ">=0.8.15|<0.9.0|>=0.7.62|<0.8.0"),
            ("0.9.2+", ">=0.9.2"),
            ("1.3.9-1.4.0", ">=1.3.9|<=1.4.0"),
            ("1.5.10", "1.5.10"),
            ("all", "*"),
        ],
    );
    refuses(
        Scheme::Nginx,
        &[
            ("none", 0, NativeRule::Version(VersionRule::Number)),
            ("1+", 0, NativeRule::NotCountable),
            ("1.5.0+x", 6, NativeRule::Version(VersionRule::Character)),
            ("1.5.0-", 6, NativeRule::Version(VersionRule::Empty)),
            ("1.5.0,", 6, NativeRule::Version(VersionRule::Empty)),
        ],
    );
    reads(Scheme::Openssl, &[("1.0.1f", "1.0.1f"), ("3.0.6, 1.1.1r", "3.0.6|1.1.1r")]);
    refuses(Scheme::Openssl, &[("3.0.6,, 1.1.1r", 6, NativeRule::Version(VersionRule::Empty))]);
}

/// The constraints as they are written, sorted.
fn sorted(scheme: Scheme, native: &str) -> Result<String, NativeError> {
    let text = Constraints::from_native(scheme, native)?.to_string();
    Ok(text.split_once('/').unwrap().1.into())
}

#[test]
fn reads_ranges_of_npm() {
    // node-semver, "Advanced Range Syntax".
    for (native, constraints) in [
        ("1.2.3 - 2.3.4", ">=1.2.3|<=2.3.4"),
        ("1.2.x", ">=1.2.0|<1.3.0"),
        ("1.x", ">=1.0.0|<2.0.0"),
        ("*", "*"),
        ("", "*"),
        ("~1.2.3", ">=1.2.3|<1.3.0"),
        ("~1.2", ">=1.2.0|<1.3.0"),
        ("~> 1", ">=1.0.0|<2.0.0"),
        ("^1.2.3", ">=1.2.3|<2.0.0"),
        ("^0.2.3", ">=0.2.3|<0.3.0"),
        ("^0.0.3", ">=0.0.3|<0.0.4"),
        ("^0.0", ">=0.0.0|<0.1.0"),
        ("^0.x", ">=0.0.0|<1.0.0"),
        (">1.x", ">=2.0.0"),
        ("<=1.2.*", "<1.3.0"),
        ("= v1.2.3+build", "1.2.3"),
        (">=1.2.7 <1.3.0 || 2.0.0", ">=1.2.7|<1.3.0|2.0.0"),
        (">=1.0.0 <=1.0.0", "1.0.0"),
        ("~1.2.3-beta.2", ">=1.2.3-beta.2|<1.3.0"),
    ] {
        assert_eq!(sorted(Scheme::Npm, native).as_deref(), Ok(constraints), "{native}");
    }
    refuses(
        Scheme::Npm,
        &[
            ("1.2.3.4", 6, NativeRule::Version(VersionRule::Numbers)),
            (">=1.02", 4, NativeRule::Version(VersionRule::LeadingZero)),
            ("1.a", 2, NativeRule::Version(VersionRule::Character)),
            ("1.2.3 || >=", 11, NativeRule::Version(VersionRule::Number)),
            ("1.2.3-", 5, NativeRule::Version(VersionRule::Empty)),
            ("<*", 0, NativeRule::Impossible),
        ],
    );
}

#[test]
fn takes_the_pre_releases_that_npm_takes() {
    // node-semver, "Prerelease Tags", "Caret Ranges", "Tilde Ranges".
    for (range, taken, not) in [
        (">1.2.3-alpha.3", &["1.2.3-alpha.7", "3.4.5"][..], &["1.2.3-alpha.3", "3.4.5-alpha.9"][..]),
        ("^1.2.3-beta.2", &["1.2.3-beta.4", "1.9.0"], &["1.2.4-beta.2", "2.0.0-0", "2.0.0"]),
        ("~1.2.3-beta.2", &["1.2.3-beta.4", "1.2.4"], &["1.2.4-beta.2", "1.3.0"]),
        ("1.2", &["1.2.0", "1.2.9"], &["1.3.0", "1.3.0-0"]),
        ("1.2 - 2.3", &["1.2.0", "2.3.9"], &["2.4.0", "2.4.0-0"]),
        (">1", &["2.0.0"], &["1.9.9", "2.0.0-0"]),
        ("<1", &["0.9.9"], &["1.0.0-0", "1.0.0"]),
        ("*", &["0.0.0", "9.9.9"], &["1.0.0-a"]),
        ("<*", &[], &["0.0.0"]),
        ("1.0.0 || 2.0.0-a", &["1.0.0", "2.0.0-a"], &["1.0.0-a", "2.0.0-b"]),
    ] {
        let range_of = NpmRange::parse(range).unwrap();
        for version in taken {
            assert_eq!(range_of.is_satisfied_by(version), Ok(true), "{range} {version}");
        }
        for version in not {
            assert_eq!(range_of.is_satisfied_by(version), Ok(false), "{range} {version}");
        }
        assert!(range_of.is_satisfied_by("1.0").is_err());
    }
    assert!(NpmRange::parse("1.2.3.4").is_err());
}

#[test]
fn reads_specifiers_of_python() {
    // PEP 440, "Version specifiers".
    for (native, constraints) in [
        ("~= 0.9, >= 1.0, != 1.3.4.post2, < 2.0", "impossible"),
        (">= 1.0, != 1.3.4, < 2.0", ">=1.0|!=1.3.4|<2.0"),
        ("~= 2.2", ">=2.2|<3.dev0"),
        ("~=1.4.5a4", ">=1.4.5a4|<1.5.dev0"),
        ("~=2.2.0", ">=2.2.0|<2.3.dev0"),
        ("~=1!2.2", ">=1!2.2|<1!3.dev0"),
        ("== 1.1.*", ">=1.1.dev0|<1.2.dev0"),
        ("==1.1", "1.1"),
        (">=1,>=2,<4,<3", ">=2|<3"),
        ("<=1.0,>=1", "1"),
        ("", "*"),
    ] {
        match sorted(Scheme::Pypi, native) {
            Ok(found) => assert_eq!(found.replace("%21", "!"), constraints, "{native}"),
            Err(error) => {
                assert_eq!((constraints, error.rule), ("impossible", NativeRule::Impossible), "{native}");
            }
        }
    }
    refuses(
        Scheme::Pypi,
        &[
            ("1.0", 0, NativeRule::Operator),
            ("===1.0", 0, NativeRule::Operator),
            (">1, !=1.*", 4, NativeRule::Operator),
            ("~=1", 2, NativeRule::NotCountable),
            ("==1.a.*", 2, NativeRule::NotCountable),
            (">=1.0 x", 5, NativeRule::Version(VersionRule::Character)),
        ],
    );
}

#[test]
fn conditions_are_one_interval_and_alternatives_do_not_overlap() {
    assert_eq!(sorted(Scheme::Nuget, "[1.0,1.0.0]").as_deref(), Ok("1.0"));
    assert_eq!(sorted(Scheme::Gem, "= 1, >= 0.5").as_deref(), Ok("1"));
    assert_eq!(sorted(Scheme::Conan, "<1.5 || >2").as_deref(), Ok("<1.5|>2"));
    // An exclusion at a bound opens it, and one outside or said before says nothing.
    assert_eq!(sorted(Scheme::Gem, ">= 1.0, != 1.0, < 2, != 2").as_deref(), Ok(">1.0|<2"));
    assert_eq!(sorted(Scheme::Gem, ">= 1.0, <= 2, != 2, != 2.0, != 0.9").as_deref(), Ok(">=1.0|<2"));
    assert_eq!(sorted(Scheme::Gem, ">= 1.0, != 1.5, != 1.5.0").as_deref(), Ok(">=1.0|!=1.5"));
    for (scheme, native, rule) in [
        (Scheme::Gem, "> 2, < 2", NativeRule::Impossible),
        (Scheme::Gem, "= 1, = 2", NativeRule::Impossible),
        (Scheme::Gem, ">= 1, <= 1, != 1", NativeRule::Impossible),
        (Scheme::Conan, "<1.5 || >=1.0", NativeRule::Alternatives),
        (Scheme::Npm, "<1.5.0 || >=1.0.0", NativeRule::Alternatives),
    ] {
        assert_eq!(sorted(scheme, native), Err(NativeError { at: 0, rule }), "{native}");
    }
}

#[test]
fn refuses_a_version_that_no_constraint_can_spell() {
    let character = NativeRule::Version(VersionRule::Character);
    refuses(Scheme::Maven, &[("[1.0-\u{179},)", 5, character)]);
    assert_eq!(sorted(Scheme::Maven, "[1.0-\u{179},)"), Err(NativeError { at: 5, rule: character }));
}

#[test]
fn says_of_other_schemes_that_their_ranges_are_not_read() {
    refuses(Scheme::Datetime, &[(">1", 0, NativeRule::Scheme)]);
}
