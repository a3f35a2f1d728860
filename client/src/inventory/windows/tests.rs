#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use super::super::component::Inventory;
use super::super::coverage::{Place, Problem, Reading};
use super::super::detect;
use super::super::format::Format;
use super::super::limits::Limits;

fn read(bytes: &[u8]) -> Inventory {
    detect::read(bytes, "export", None, &Limits::STANDARD).unwrap()
}

/// As `reg export` writes it.
fn utf16(text: &str) -> Vec<u8> {
    let text = text.replace('\n', "\r\n");
    [0xfeff_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// The parts that are said not to be there.
fn missing(inventory: &Inventory) -> Vec<&'static str> {
    let part = |problem: &Problem| match problem {
        Problem::NotExported { part } => Some(*part),
        _ => None,
    };
    inventory.coverage[0].notes.iter().filter_map(|note| part(&note.problem)).collect()
}

/// Names, versions, vendors and what was seen.
fn found(inventory: &Inventory) -> Vec<String> {
    let text = |it: &super::super::component::Component| {
        let mut all = vec![it.name.clone(), it.version.clone().unwrap_or_default(), it.vendors.join("|")];
        all.extend(it.traces.iter().map(ToString::to_string));
        all.join(" ; ")
    };
    inventory.components.iter().map(text).collect()
}

const EXPORT: &str = r#"Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall]

[HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\{1}]
"DisplayName"="Kaspersky \"Endpoint\" Security"
"DisplayVersion"="11.1.0"
"Publisher"="AO Kaspersky Lab"
"InstallLocation"=hex(2):25,00,50,00,72,00,6f,00,67,00,72,00,61,00,6d,00,46,00,\
  69,00,6c,00,65,00,73,00,25,00,5c,00,4b,00,00,00
"Comments"="one
two"
"EstimatedSize"=dword:000003e8
@="default"

[HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\{1}\sub]
"DisplayName"="not this"

[HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\Agent]
"DisplayIcon"="\"C:\\Program Files\\Agent\\agent.exe\",0"
"InstallLocation"=""

[HKEY_LOCAL_MACHINE\SOFTWARE\Other]
"DisplayName"="nor this"

[-HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\gone]
"#;

#[test]
fn an_export_of_the_registry_is_read_as_windows_writes_it() {
    for bytes in [utf16(EXPORT), EXPORT.as_bytes().to_vec()] {
        assert_eq!(Format::of(&bytes), Ok(Format::WindowsReg));
        let inventory = read(&bytes);
        assert!(inventory.is_complete(), "{:?}", inventory.coverage);
        let key = r"hkcu\software\microsoft\windows\currentversion\uninstall\{1}".replace("hkcu", "hklm");
        let agent = key.replace("{1}", "agent");
        assert_eq!(
            found(&inventory).iter().map(|it| it.to_lowercase()).collect::<Vec<_>>(),
            [
                format!(
                    "kaspersky \"endpoint\" security ; 11.1.0 ; ao kaspersky lab ; {key} ; %programfiles%\\k"
                ),
                format!("agent ;  ;  ; {agent} ; c:\\program files\\agent\\agent.exe"),
            ]
        );
        assert_eq!(inventory.components[0].source.row, 5);
        assert!(inventory.coverage[0].notes.iter().any(|note| note.problem == Problem::OtherKeys));
    }
}

#[test]
fn it_is_said_what_was_not_exported() {
    let export = |hives: &[&str]| {
        let keys =
            hives.iter().map(|hive| format!("[{hive}\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\x]\n"));
        missing(&read(format!("REGEDIT4\n{}", keys.collect::<String>()).as_bytes()))
    };
    let (machine, machine32) = (r"HKEY_LOCAL_MACHINE\SOFTWARE", r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node");
    let (user, users) = (r"HKEY_CURRENT_USER\Software", r"HKEY_USERS\S-1-5-21-1-2-3-1001\Software");
    let native = r"64-bit programs of the machine (HKLM\SOFTWARE)";
    let narrow = r"32-bit programs of the machine (HKLM\SOFTWARE\WOW6432Node)";
    let of_users = "programs of users (HKCU, or HKU of every user)";
    let others = "programs of other users (HKU of every user)";
    let logged_off = "programs of users who were not logged on (HKU has those who are)";
    let packages = "AppX packages (Get-AppxPackage -AllUsers)";
    assert_eq!(export(&[machine]), [narrow, of_users, packages]);
    assert_eq!(export(&[machine32]), [native, of_users, packages]);
    assert_eq!(export(&[machine, machine32, user]), [others, packages]);
    assert_eq!(export(&[machine, machine32, user, users]), [logged_off, packages]);
    assert_eq!(export(&[]), [native, narrow, of_users, packages]);
}

#[test]
fn a_line_that_is_none_is_named_and_the_rest_is_read() {
    let key = r"[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\";
    for (broken, problem) in [
        ("what is this", Problem::RegistryLine),
        ("\"DisplayName\"", Problem::RegistryLine),
        ("\"DisplayName\"=\"a\"b", Problem::RegistryLine),
        ("\"DisplayName\"=hex(2):25", Problem::RegistryLine),
        ("\"DisplayName\"=hex(2):2g,00", Problem::RegistryLine),
        ("[HKEY_LOCAL", Problem::RegistryLine),
        ("\"DisplayName\"=\"a\0\"", Problem::Nul),
    ] {
        let text = format!("REGEDIT4\n{key}a]\n{broken}\n{key}b]\n\"DisplayName\"=\"B\"\n");
        let wide = text.replace("REGEDIT4", "Windows Registry Editor Version 5.00");
        let inventory = read(wide.as_bytes());
        let names: Vec<_> = inventory.components.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a", "B"], "{broken}");
        let Reading::Partial { reason, place, skipped: 1 } = &inventory.coverage[0].read else {
            panic!("{broken}: {:?}", inventory.coverage)
        };
        assert_eq!((reason, place.row), (&problem, 3), "{broken}");
    }
    let open = format!("REGEDIT4\n{key}a]\n\"Comments\"=\"open\n{key}b]\n");
    let inventory = read(open.as_bytes());
    let place = Place { row: 3, byte: 9 + 1 + u64::try_from(key.len()).unwrap() + 2 };
    assert_eq!(inventory.coverage[0].read, Reading::Partial { reason: Problem::OpenText, place, skipped: 0 });
    let before = read(b"REGEDIT4\n\"DisplayName\"=\"a\"\n");
    assert!(!before.is_complete());
}

#[test]
fn text_of_eight_bits_that_is_no_utf_8_is_replaced_and_noted() {
    let mut text = EXPORT.replace("Windows Registry Editor Version 5.00", "REGEDIT4").into_bytes();
    let at = text.windows(6).position(|part| part == b"AO Kas").unwrap();
    text[at] = 0xc4;
    let inventory = read(&text);
    assert_eq!(inventory.components[0].vendors, ["\u{fffd}O Kaspersky Lab"]);
    assert!(inventory.coverage[0].notes.iter().any(|note| note.problem == Problem::Utf8));
}

#[test]
fn utf_16_that_breaks_off_leaves_the_source_incomplete() {
    let mut bytes = utf16(EXPORT);
    bytes.pop();
    let inventory = read(&bytes);
    assert!(!inventory.is_complete());
    let at = u64::try_from(bytes.len()).unwrap() - 1;
    assert!(inventory.coverage[0].notes.iter().any(|note| note.problem == Problem::Utf16 { at }));
}

#[test]
fn limits_hold_at_their_value_and_one_beyond() {
    let key = r"[HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\";
    let text = format!("REGEDIT4\n{key}a]\n\"DisplayName\"=\"A\"\n{key}b]\n");
    let longest = key.len() + 2;
    let read = |components, row_bytes| {
        let limits = Limits { row_bytes, components, ..Limits::STANDARD };
        detect::read(text.as_bytes(), "x", None, &limits).unwrap()
    };
    assert!(read(2, longest).is_complete(), "{:?}", read(2, longest).coverage);
    let stopped = |inventory: &Inventory| match &inventory.coverage[0].read {
        Reading::Partial { reason, .. } => reason.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(stopped(&read(1, longest)), Problem::TooManyComponents { limit: 1 });
    assert_eq!(stopped(&read(2, longest - 1)), Problem::RowTooLong { limit: longest - 1 });
}

const JSON: &str = r#"[{"DisplayName":"Kaspersky Endpoint Security","DisplayVersion":"11.1.0","Publisher":"AO Kaspersky Lab",
  "InstallLocation":"C:\\Program Files (x86)\\Kaspersky Lab\\","EstimatedSize":7,"NoModify":null,
  "PSPath":"Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{1}",
  "PSChildName":"{1}","PSProvider":{"Name":"Registry"},"PSComputerName":"ws-17"},
 {"PSPath":"Microsoft.PowerShell.Core\\Registry::HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Agent","PSChildName":"Agent"},
 {"DisplayName":null,"DisplayVersion":null}]"#;

const CSV: &str = r#"#TYPE System.Management.Automation.PSCustomObject
"DisplayName","DisplayVersion","Publisher","InstallLocation","EstimatedSize","PSPath","PSChildName","PSComputerName"
"Kaspersky Endpoint Security","11.1.0","AO Kaspersky Lab","C:\Program Files (x86)\Kaspersky Lab\","7","Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\{1}","{1}","ws-17"
,,,,,"Microsoft.PowerShell.Core\Registry::HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Uninstall\Agent","Agent",
,,,,,,,
"#;

#[test]
fn what_powershell_writes_is_read_in_either_form() {
    let bare = CSV.split_once('\n').unwrap().1;
    for (bytes, format) in [
        (JSON.as_bytes().to_vec(), Format::WindowsPrograms),
        (utf16(JSON), Format::WindowsPrograms),
        (CSV.as_bytes().to_vec(), Format::WindowsProgramsCsv),
        (utf16(CSV), Format::WindowsProgramsCsv),
        (bare.as_bytes().to_vec(), Format::WindowsProgramsCsv),
        (bare.replace(',', ";").into_bytes(), Format::WindowsProgramsCsv),
    ] {
        assert_eq!(Format::of(&bytes), Ok(format));
        let inventory = read(&bytes);
        assert!(inventory.is_complete(), "{:?}", inventory.coverage);
        let key = r"hklm\software\microsoft\windows\currentversion\uninstall\{1}";
        let agent = r"hkcu\software\microsoft\windows\currentversion\uninstall\agent";
        assert_eq!(
            found(&inventory).iter().map(|it| it.to_lowercase()).collect::<Vec<_>>(),
            [
                format!(
                    "kaspersky endpoint security ; 11.1.0 ; ao kaspersky lab ; {key} ; c:\\program files (x86)\\kaspersky lab\\"
                ),
                format!("agent ;  ;  ; {agent}"),
            ]
        );
        assert_eq!(inventory.components[0].host.as_deref(), Some("ws-17"));
        assert_eq!(missing(&inventory)[0], "from which keys it was exported: rows have no PSPath");
    }
}

#[test]
fn one_program_alone_is_an_object_and_odd_rows_are_named() {
    let inventory = read(br#"{"DisplayName":"A","DisplayVersion":"1","UninstallString":"x"}"#);
    assert_eq!(found(&inventory), ["A ; 1 ; "]);
    let inventory = read(
        br#"[{"NoRepair":1,"PSPath":"Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\AddressBook"},{"DisplayName":"B"}]"#,
    );
    assert_eq!(inventory.components.len(), 2);
    let inventory = read(br#"[{"DisplayName":"A","DisplayVersion":"1"},7,{"DisplayVersion":"2"}]"#);
    let place = Place { row: 2, byte: 0 };
    assert_eq!(inventory.coverage[0].read, Reading::Partial { reason: Problem::RowShape, place, skipped: 2 });
    let inventory = read(b"#TYPE x\nDisplayName,PSPath\na,b,c\n,\nd,HKCU\\x\n");
    assert_eq!(inventory.components.len(), 1);
    let Reading::Partial { reason, place, skipped: 1 } = &inventory.coverage[0].read else { panic!() };
    assert_eq!((reason, place.row), (&Problem::RowWidth { found: 3, wanted: 2 }, 3));
}

#[test]
fn appx_packages_say_who_signed_them() {
    let inventory = read(
        br#"[{"Name":"KasperskyLab.Safe","Publisher":"CN=AO Kaspersky Lab, O=\"Kaspersky Lab, AO\", C=RU","Architecture":9,"Version":"1.2.3.4",
            "PackageFullName":"KasperskyLab.Safe_1.2.3.4_x64__abc","PackageFamilyName":"KasperskyLab.Safe_abc",
            "InstallLocation":"C:\\Program Files\\WindowsApps\\KasperskyLab.Safe","PackageUserInformation":[]},{"Version":"1"}]"#,
    );
    let [package] = &inventory.components[..] else { panic!("{inventory:?}") };
    assert_eq!((package.name.as_str(), package.version.as_deref()), ("KasperskyLab.Safe", Some("1.2.3.4")));
    assert_eq!(package.vendors, ["AO Kaspersky Lab", "Kaspersky Lab, AO"]);
    assert_eq!(package.traces.len(), 2);
    assert_eq!(package.source.reference.as_deref(), Some("KasperskyLab.Safe_abc"));
    let place = Place { row: 2, byte: 0 };
    let reason = Problem::NothingNamed;
    assert_eq!(inventory.coverage[0].read, Reading::Partial { reason, place, skipped: 1 });
    assert_eq!(
        missing(&inventory),
        [
            "packages of other users (Get-AppxPackage -AllUsers)",
            "programs other than AppX packages (uninstall keys)"
        ]
    );
    let all =
        read(br#"[{"Name":"a","PackageFamilyName":"a_b","PackageUserInformation":[{"InstallState":1}]}]"#);
    assert_eq!(missing(&all), ["programs other than AppX packages (uninstall keys)"]);
}
