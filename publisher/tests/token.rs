//! Keys in a token: against `SoftHSM2`, each test with tokens of its own, and the program as a process of its own, because the
//! module reads the environment of the process that it is loaded into.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, say that it was skipped, and touch files and run programs as a person would"
)]

use std::fmt::Write as _;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use interdict_publisher::testing::{Authority, draft};

const PIN: &str = "123456";

/// Tokens, and an authority's folder beside them.
struct Desk {
    authority: Authority,
    module: PathBuf,
}

impl Desk {
    /// A desk with the token `root token`; `None` where there is no `SoftHSM`.
    fn new() -> Option<Self> {
        let module = ["/usr/lib/softhsm", "/usr/lib64/softhsm", "/usr/lib64/pkcs11"]
            .map(|folder| Path::new(folder).join("libsofthsm2.so"))
            .into_iter()
            .find(|path| path.exists());
        let tools = ["softhsm2-util", "pkcs11-tool"].map(|tool| Command::new(tool).arg("--help").output());
        let (Some(module), true) = (module, tools.iter().all(Result::is_ok)) else {
            eprintln!("skipped: no softhsm2-util, libsofthsm2.so or pkcs11-tool");
            return None;
        };
        let authority = Authority::new();
        let desk = Self { authority, module };
        std::fs::create_dir(desk.path("tokens")).unwrap();
        let tokens = desk.path("tokens");
        desk.authority.write("softhsm2.conf", format!("directories.tokendir = {}\n", tokens.display()));
        desk.authority.write("pin", format!("{PIN}\n"));
        desk.token("root token");
        Some(desk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.authority.folder().join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.authority.folder()).env("SOFTHSM2_CONF", self.path("softhsm2.conf"));
        command
    }

    #[track_caller]
    fn tool(&self, program: &str, arguments: &[&str]) -> String {
        let ran = self.command(program).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(
            ran.status.success(),
            "{program} {arguments:?}: {}{said}",
            String::from_utf8_lossy(&ran.stdout)
        );
        String::from_utf8(ran.stdout).unwrap()
    }

    fn token(&self, label: &str) {
        self.tool(
            "softhsm2-util",
            &["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "87654321"],
        );
    }

    /// What pkcs11-tool does, logged in to the token.
    fn pkcs11_tool(&self, arguments: &[&str]) -> String {
        let module = self.module.display().to_string();
        let login = ["--module", &module, "--token-label", "root token", "--login", "--pin", PIN];
        self.tool("pkcs11-tool", &[&login[..], arguments].concat())
    }

    fn pair(&self, kind: &str, label: &str, id: &str) {
        self.pkcs11_tool(&["--keypairgen", "--key-type", kind, "--label", label, "--id", id]);
    }

    fn uri(&self, path: &str) -> String {
        format!("pkcs11:{path}?module-path={}", self.module.display())
    }

    /// The program, with nobody at a terminal.
    fn run(&self, arguments: &[&str]) -> Ran {
        let program = env!("CARGO_BIN_EXE_interdict-publisher");
        let mut command = self.command("setsid");
        command.arg("-w").arg(program).args(arguments).arg("--allow-example-keys");
        Ran(command.output().unwrap())
    }
}

struct Ran(Output);

impl Ran {
    fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    #[track_caller]
    fn done(self) -> Self {
        assert_eq!(self.0.status.code(), Some(0), "{}{}", self.stdout(), self.stderr());
        self
    }

    /// Insists on an exit code, and on all that is said.
    #[track_caller]
    fn refused(self, code: i32, wanted: &str) -> Self {
        assert_eq!(self.0.status.code(), Some(code), "{}{}", self.stdout(), self.stderr());
        assert!(self.stderr().contains(wanted), "wanted {wanted:?} in {}", self.stderr());
        self
    }
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.stdout()).unwrap()
}

#[test]
fn a_key_made_in_a_token_is_seen_without_the_pin_and_signs_with_it() {
    let Some(desk) = Desk::new() else { return };
    let uri = desk.uri("token=root%20token;object=officer%201");
    let made = json(&desk.run(&["key", "new", "--uri", &uri, "--pin-file", "pin", "--json"]).done());
    assert_eq!(made["label"], "officer 1");
    let shown = json(&desk.run(&["key", "show", &uri, "--json"]).done());
    assert_eq!((&shown["keyid"], &shown["public"]), (&made["keyid"], &made["public"]));
    let shown = desk.run(&["key", "show", &uri]).done().stdout();
    assert!(shown.contains(&format!("kept in    PKCS #11 token: {uri}\n")), "{shown}");
    let listed = json(&desk.run(&["key", "list", &desk.uri(""), "--json"]).done());
    assert_eq!(listed["keys"].as_array().unwrap().len(), 1);
    let whole = listed["keys"][0]["uri"].as_str().unwrap();
    assert_eq!(whole, made["uri"].as_str().unwrap());
    assert_eq!(json(&desk.run(&["key", "show", whole, "--json"]).done())["keyid"], made["keyid"]);
    let private = desk.pkcs11_tool(&["--list-objects", "--type", "privkey"]);
    assert!(private.contains("sensitive") && private.contains("never extractable"), "{private}");

    desk.run(&["key", "public", &uri, "-o", "officer.pub.json"]).done();
    let public = std::fs::read_to_string(desk.path("officer.pub.json")).unwrap();
    assert!(!public.contains("pkcs11") && public.contains(made["public"].as_str().unwrap()), "{public}");
    desk.authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    let sign = ["sign", "d.jsonc", "--key", &uri, "--yes", "--json"];
    let signed = json(&desk.run(&[&sign[..], &["--pin-file", "pin"]].concat()).done());
    assert_eq!((&signed["added"], &signed["signatures"]), (&true.into(), &1.into()));

    desk.run(&["key", "new", "--uri", &uri, "--pin-file", "pin"]).refused(
        2,
        "error: the token has a key \"officer 1\" or one with its id already\nhint: choose another label",
    );
    desk.run(&["key", "export", &uri, "a.pem"])
        .refused(2, "error: the key is in a PKCS #11 token and does not leave it, wanted a key file\n");
}

#[test]
fn root_and_targets_keys_in_a_token_found_and_publish_a_repository() {
    let Some(desk) = Desk::new() else { return };
    // By a tool that is not ours.
    for (label, id) in [("root-1", "01"), ("targets-1", "02"), ("officer", "03")] {
        desk.pair("EC:edwards25519", label, id);
    }
    let [root, targets, officer] = ["root-1", "targets-1", "officer"]
        .map(|label| desk.uri(&format!("token=root%20token;object={label}")));
    let (root, targets, officer) = (root.as_str(), targets.as_str(), officer.as_str());
    let others = ["--snapshot-key", "keys/snapshot.key", "--timestamp-key", "keys/timestamp.key"];
    let issuer = ["--issuer", "dhs", "--prefix", "BOD", "--officer", officer];
    let init = ["init", "repo", "--root-key", root, "--targets-key", targets];
    let all = [&init[..], &others, &issuer].concat();
    desk.run(&all).refused(
        2,
        "caused by: no terminal to ask for a passphrase on\nhint: give --pin-file FILE or --pin-fd N\n",
    );
    assert!(!desk.path("repo").exists());
    desk.run(&[&all[..], &["--pin-file", "pin"]].concat()).done();
    let settings = std::fs::read_to_string(desk.path("repo/publisher.toml")).unwrap();
    assert!(settings.contains(&format!("root = [\"{root}\"]")), "{settings}");

    desk.authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    desk.run(&["sign", "d.jsonc", "--key", officer, "--yes", "--repo", "repo", "--pin-file", "pin"]).done();
    let publish = ["publish", "BOD-17-01.1.envelope.json", "--repo", "repo"];
    // The PIN through a descriptor, and the keys where publisher.toml says.
    let pin = std::fs::File::open(desk.path("pin")).unwrap();
    let pin = rustix::io::fcntl_dupfd_cloexec(&pin, 100).unwrap();
    rustix::io::fcntl_setfd(&pin, rustix::io::FdFlags::empty()).unwrap();
    let number = pin.as_raw_fd().to_string();
    desk.run(&[&publish[..], &["--pin-fd", &number]].concat()).done();
    desk.run(&["verify", "repo"]).done();
    // The online keys are at hand: nothing asks for the token.
    std::fs::remove_dir_all(desk.path("tokens")).unwrap();
    std::fs::create_dir(desk.path("tokens")).unwrap();
    desk.run(&["refresh", "--repo", "repo"]).done();
    desk.run(&["refresh", "--targets", "--repo", "repo"])
        .refused(2, &format!("under keys.targets in publisher.toml; not there: {targets}\n"));
    desk.run(&["verify", "repo"]).done();
}

#[test]
fn the_module_the_token_and_the_key_are_looked_for_in_that_order() {
    let Some(desk) = Desk::new() else { return };
    let hint = "hint: name the library that came with the token: pkcs11:...?module-path=FILE\n";
    desk.run(&["key", "show", "pkcs11:object=a?module-path=absent.so"]).refused(
        2,
        &format!("caused by: there is no PKCS #11 module {}\n{hint}", desk.path("absent.so").display()),
    );
    desk.run(&["key", "show", "pkcs11:object=a?module-name=absent"])
        .refused(2, &format!("caused by: no PKCS #11 module \"absent\" where such modules lie\n{hint}"));
    desk.authority.write("text.so", "no library");
    desk.run(&["key", "show", "pkcs11:object=a?module-path=text.so"])
        .refused(3, &format!("{} cannot be used as a PKCS #11 module\n", desk.path("text.so").display()));
    desk.run(&["key", "show", &desk.uri("token=other;object=a")])
        .refused(2, "caused by: no token that fits; there are: \"root token\"\nhint: put the right token in");
    desk.run(&["key", "show", &desk.uri("token=root%20token;object=a")]).refused(
        2,
        "caused by: the token \"root token\" has no such key whose public half can be seen\nhint: put the right token in",
    );
    desk.token("root token");
    desk.run(&["key", "show", &desk.uri("token=root%20token;object=a")])
        .refused(2, "caused by: found 2 tokens that fit, wanted one: \"root token\" serial ")
        .refused(2, "hint: add serial=SERIAL of the one that is meant to the URI\n");
}

#[test]
fn two_keys_of_one_label_are_told_apart_by_their_ids() {
    let Some(desk) = Desk::new() else { return };
    desk.pair("EC:edwards25519", "same", "01");
    desk.pair("EC:edwards25519", "same", "a2");
    let path = "token=root%20token;object=same";
    let ran = desk.run(&["key", "show", &desk.uri(path)]);
    let ran = ran.refused(2, "hint: add id=ID of the one that is meant to the URI\n");
    assert!(
        ["%01, %A2", "%A2, %01"].iter().any(|ids| ran
            .stderr()
            .contains(&format!("caused by: found 2 keys that fit, wanted one; their ids: {ids}\n"))),
        "{}",
        ran.stderr()
    );
    let one = json(&desk.run(&["key", "show", &desk.uri(&format!("{path};id=%01")), "--json"]).done());
    let other = json(&desk.run(&["key", "show", &desk.uri(&format!("{path};id=%a2")), "--json"]).done());
    assert_ne!(one["public"], other["public"]);
}

#[test]
fn keys_that_cannot_be_used_say_why() {
    let Some(desk) = Desk::new() else { return };
    desk.pair("rsa:2048", "rsa", "01");
    desk.pair("EC:prime256v1", "p256", "02");
    desk.pair("EC:edwards25519", "half", "03");
    desk.pkcs11_tool(&["--delete-object", "--type", "privkey", "--id", "03"]);
    let show =
        |label: &str| desk.run(&["key", "show", &desk.uri(&format!("token=root%20token;object={label}"))]);
    let hint = "hint: `interdict-publisher key new --uri pkcs11:token=TOKEN;object=LABEL` makes one that can be used\n";
    for (label, kind) in [("rsa", "CKK_RSA"), ("p256", "CKK_EC")] {
        show(label).refused(
            2,
            &format!("caused by: the key in the token cannot be used: a key of the kind {kind}, wanted Ed25519\n{hint}"),
        );
    }
    desk.authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    let half = desk.uri("token=root%20token;object=half");
    desk.run(&["sign", "d.jsonc", "--key", &half, "--yes", "--pin-file", "pin"]).refused(
        2,
        "caused by: the token has the public half of the key alone\nhint: the private half has the same id",
    );
    let flag = "--always-auth";
    desk.pkcs11_tool(&[
        "--keypairgen",
        "--key-type",
        "EC:edwards25519",
        "--label",
        "each",
        "--id",
        "05",
        flag,
    ]);
    let each = desk.uri("token=root%20token;object=each");
    desk.run(&["sign", "d.jsonc", "--key", &each, "--yes", "--pin-file", "pin"]).refused(
        2,
        "caused by: the token wants the PIN anew for each signature by this key, which is not done here\n",
    );
    // A key of openssl's that was brought into the token.
    let folder = desk.path("fine.pem");
    desk.tool("openssl", &["genpkey", "-algorithm", "ed25519", "-out", folder.to_str().unwrap()]);
    desk.tool(
        "softhsm2-util",
        &[
            "--import",
            folder.to_str().unwrap(),
            "--token",
            "root token",
            "--label",
            "fine",
            "--id",
            "04",
            "--pin",
            PIN,
        ],
    );
    let fine = desk.uri("token=root%20token;object=fine");
    desk.run(&["sign", "d.jsonc", "--key", &fine, "--yes", "--pin-file", "pin"]).done();
    let listed = desk.run(&["key", "list", &desk.uri("token=root%20token")]).done().stdout();
    assert!(listed.contains("cannot be used: a key of the kind CKK_RSA, wanted Ed25519"), "{listed}");
}

#[test]
fn a_wrong_pin_is_tried_once_and_nothing_is_signed() {
    let Some(desk) = Desk::new() else { return };
    desk.pair("EC:edwards25519", "officer", "01");
    desk.authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    desk.authority.write("wrong", "654321\n");
    let uri = desk.uri("token=root%20token;object=officer");
    let sign = ["sign", "d.jsonc", "--key", &uri, "--yes"];
    desk.run(&[&sign[..], &["--pin-file", "wrong"]].concat()).refused(
        2,
        "caused by: the PIN is not that of the token \"root token\", which counts wrong tries\n\
         hint: it was tried once and not again: tokens count wrong tries and then lock themselves, so make sure of the PIN first\n",
    );
    assert!(!desk.path("BOD-17-01.1.envelope.json").exists());
    // A file that the URI names goes before what the command line says.
    let named = format!("{uri}&pin-source=file:pin");
    desk.run(&["sign", "d.jsonc", "--key", &named, "--yes", "--pin-file", "wrong"]).done();
    for flag in [&["--pin-file", "absent"][..], &["--pin-fd", "77"]] {
        desk.run(&[&["sign", "d.jsonc", "--key", &uri, "--yes", "-o", "x.json"][..], flag].concat())
            .refused(2, "caused by: no PIN for the token \"root token\"\n");
    }
}

#[test]
fn a_pin_in_the_uri_is_refused_and_not_repeated() {
    let Some(desk) = Desk::new() else { return };
    let uri = format!("{}&pin-value={PIN}", desk.uri("object=a"));
    let ran = desk.run(&["key", "show", &uri]);
    let ran = ran.refused(2, "pin-value would show the PIN to everyone who lists processes");
    assert!(!ran.stderr().contains(PIN), "{}", ran.stderr());
    let mut settings = String::new();
    write!(settings, "[keys]\ntargets = [\"{uri}\"]\n").unwrap();
    std::fs::create_dir(desk.path("repo")).unwrap();
    desk.authority.write("repo/publisher.toml", settings);
    let ran = desk.run(&["refresh", "--repo", "repo"]);
    let ran = ran.refused(2, "error: key 1 under keys.targets in ");
    assert!(!ran.stderr().contains(PIN), "{}", ran.stderr());
}
