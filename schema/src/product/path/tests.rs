use super::*;

fn means(rule: &str, seen: &str) -> bool {
    let rule = PathPattern::parse(rule).unwrap();
    let seen = FilePath::parse(seen).unwrap();
    let means = rule.matches(&seen);
    // A table never leaves out what the rule means.
    let beginnings: Vec<String> = seen.beginnings().collect();
    assert!(!means || rule.beginnings().any(|beginning| beginnings.contains(&beginning)), "{rule} {seen}");
    means
}

#[test]
fn a_path_means_itself_and_what_is_below_it() {
    for seen in
        ["/opt/kaspersky/klnagent", "/opt/kaspersky/klnagent/", "/opt//kaspersky/./klnagent/sbin/klnagent"]
    {
        assert!(means("/opt/kaspersky/klnagent", seen), "{seen}");
    }
    for seen in [
        "/opt/kaspersky/klnagent64",
        "/opt/kaspersky",
        "/x/opt/kaspersky/klnagent",
        "/opt/Kaspersky/klnagent",
    ] {
        assert!(!means("/opt/kaspersky/klnagent", seen), "{seen}");
    }
}

// The forms of Windows paths are those of "Naming Files, Paths, and Namespaces" (Microsoft Learn).
#[test]
fn windows_folds_case_and_separators_and_macos_case() {
    for seen in [
        r"c:\programdata\KASPERSKY LAB",
        r"C:/ProgramData/Kaspersky Lab/AVP21",
        r"\\?\C:\ProgramData\Kaspersky Lab\x",
        r"C:\ProgramData.\Kaspersky Lab. \x",
        r"%ProgramData%\Kaspersky Lab",
        r"%allusersprofile%\kaspersky lab",
    ] {
        assert!(means(r"C:\ProgramData\Kaspersky Lab", seen), "{seen}");
    }
    for seen in [
        r"D:\ProgramData\Kaspersky Lab",
        r"C:\ProgramData\Kaspersky Labs",
        r"\\host\ProgramData\Kaspersky Lab",
    ] {
        assert!(!means(r"C:\ProgramData\Kaspersky Lab", seen), "{seen}");
    }
    assert!(means(r"\\server\share\kav", r"\\?\UNC\SERVER\share\kav\x"));
    assert!(means(
        "/Library/Application Support/Kaspersky Lab",
        "/library/application support/kaspersky lab/KAV"
    ));
}

#[test]
fn a_variable_means_its_folder_on_every_drive_and_for_every_user() {
    for seen in [
        r"C:\Program Files\Kaspersky Lab\avp.exe",
        r"E:\Program Files (x86)\Kaspersky Lab",
        r"%ProgramFiles%\Kaspersky Lab",
    ] {
        assert!(means(r"%ProgramFiles%\Kaspersky Lab", seen), "{seen}");
    }
    assert!(!means(r"%ProgramFiles(x86)%\Kaspersky Lab", r"C:\Program Files\Kaspersky Lab"));
    assert!(means(r"%TMP%\kl", r"C:\Users\anna\AppData\Local\Temp\KL\1"));
    assert!(means(r"%KAV_HOME%\bin", r"%kav_home%\bin\x"));
    for seen in ["/home/anna/.kaspersky", "/root/.kaspersky", "/Users/anna/.kaspersky/x"] {
        assert!(means("~/.kaspersky", seen), "{seen}");
    }
}

#[test]
fn wildcards_stand_for_parts_and_double_stars_for_folders() {
    for (rule, seen, wanted) in [
        ("/opt/kav*/bin", "/opt/kav4fs/bin/x", true),
        ("/opt/kav*/bin", "/opt/kav/fs/bin", false),
        ("/opt/**/klnagent", "/opt/klnagent", true),
        ("/opt/**/klnagent", "/opt/a/b/klnagent/c", true),
        ("/opt/**/klnagent", "/srv/a/klnagent", false),
        ("/**/kav/**/x", "/a/kav/b/kav/c/x", true),
        (r"C:\*\Kaspersky Lab", r"c:\Tools\kaspersky lab\x", true),
        ("/opt/k?s", "/opt/kes", true),
        ("/opt/k?s", "/opt/ks", false),
    ] {
        assert_eq!(means(rule, seen), wanted, "{rule} {seen}");
    }
}

#[test]
fn refuses_what_is_everybodys() {
    for text in [
        "/",
        "/*/*",
        "/**",
        "/opt",
        "/opt/*",
        "/usr/bin/",
        "/home/*",
        "/home/anna/..",
        "/Users/?*",
        "~/*",
        r"C:\",
        r"C:\*",
        r"c:\windows\System32",
        r"%SystemRoot%\*",
        r"%ProgramFiles%\",
        r"%Unknown%\*",
        r"\\server\",
        r"\\server",
        r"\\?\C:\Windows",
    ] {
        let rule = PathPattern::parse(text).unwrap_err().rule;
        assert!(matches!(rule, TextRule::Everything | TextRule::PathStep), "{text} {rule}");
    }
}

#[test]
fn says_at_which_byte_it_is_none() {
    for (text, at, rule) in [
        ("opt/kaspersky", 0, TextRule::RelativePath),
        (r"\opt", 0, TextRule::RelativePath),
        ("C:opt", 0, TextRule::RelativePath),
        (r"\\?\GLOBALROOT\x", 0, TextRule::RelativePath),
        ("/opt/../etc/x", 5, TextRule::PathStep),
        (r"C:\a\..\b", 5, TextRule::PathStep),
        ("/opt/a**/x", 5, TextRule::DoubleStar),
        ("%", 0, TextRule::Variable),
        ("%%\\x", 0, TextRule::Variable),
        ("%ProgramFiles%x", 14, TextRule::Variable),
    ] {
        assert_eq!(PathPattern::parse(text), wrong(at, rule), "{text}");
    }
}

#[test]
fn a_path_has_the_name_of_its_file() {
    for (path, name) in [
        (r"C:\x\AVP.exe", Some("AVP.exe")),
        ("/usr/bin/kesl", Some("kesl")),
        ("/opt/", None),
        ("/a\\b", Some("b")),
    ] {
        assert_eq!(FilePath::parse(path).unwrap().name(), name, "{path}");
    }
}
