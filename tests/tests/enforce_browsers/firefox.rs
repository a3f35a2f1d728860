//! Firefox, spoken to by Marionette (<https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html>).

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use interdict_client::enforce::browsers::Firefox;
use serde_json::{Value, json};

use crate::machine::{Machine, Running, web};

const FILE: &str = "/etc/firefox/policies/policies.json";

struct Browser {
    stream: BufReader<TcpStream>,
    said: u64,
    _running: Running,
}

impl Browser {
    fn start(machine: &Machine, port: u16) -> Self {
        let settings = format!(
            "user_pref('marionette.port', 0);\nuser_pref('network.proxy.type', 1);\n\
             user_pref('network.proxy.http', '127.0.0.1');\nuser_pref('network.proxy.http_port', {port});\n\
             user_pref('network.captive-portal-service.enabled', false);\n\
             user_pref('network.connectivity-service.enabled', false);\n\
             user_pref('dom.security.https_first', false);\n"
        );
        let profile = machine.profile(&settings);
        let words = format!(
            "firefox-esr --headless --marionette --remote-allow-system-access --no-remote --profile {profile} 2>&1"
        );
        let mut child = machine.program(&words).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let running = Running(child);
        let mut line = String::new();
        let port: u16 = loop {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "firefox ended");
            if let Some((_, port)) = line.split_once("Listening on port ") {
                break port.trim().parse().unwrap();
            }
        };
        // It must not stop because nobody reads what it says.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let connect = || TcpStream::connect(("127.0.0.1", port)).unwrap();
        let stream = BufReader::new(machine.of_its_own.in_network(connect));
        let mut browser = Self { stream, said: 0, _running: running };
        let _ = browser.message();
        browser.call("WebDriver:NewSession", &json!({})).unwrap();
        browser
    }

    fn message(&mut self) -> Value {
        let mut length = Vec::new();
        self.stream.read_until(b':', &mut length).unwrap();
        let length: usize = std::str::from_utf8(&length).unwrap().trim_end_matches(':').parse().unwrap();
        let mut message = vec![0; length];
        self.stream.read_exact(&mut message).unwrap();
        serde_json::from_slice(&message).unwrap()
    }

    fn call(&mut self, command: &str, parameters: &Value) -> Result<Value, String> {
        self.said += 1;
        let message = json!([0, self.said, command, parameters]).to_string();
        self.stream.get_mut().write_all(format!("{}:{message}", message.len()).as_bytes()).unwrap();
        let answer = self.message();
        match answer[2]["message"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer[3].clone()),
        }
    }

    /// What a script of the browser's own says.
    fn ask(&mut self, script: &str, argument: &str) -> Value {
        self.call("Marionette:SetContext", &json!({ "value": "chrome" })).unwrap();
        let script = json!({ "script": script, "args": [argument] });
        let answer = self.call("WebDriver:ExecuteScript", &script).unwrap();
        self.call("Marionette:SetContext", &json!({ "value": "content" })).unwrap();
        answer["value"].clone()
    }

    /// Which pages a policy is in the way of.
    fn refusals(&mut self, names: &[&str]) -> Vec<bool> {
        let mut refused = |name: &&str| {
            let opened = self.call("WebDriver:Navigate", &json!({ "url": format!("http://{name}/") }));
            match opened {
                Ok(_) => false,
                Err(error) if error.contains("blockedByPolicy") => true,
                Err(error) => panic!("{name}: {error}"),
            }
        };
        names.iter().map(&mut refused).collect()
    }

    fn may_install(&mut self, id: &str) -> bool {
        let script = "return Services.policies.mayInstallAddon({ id: arguments[0], type: 'extension' })";
        self.ask(script, id).as_bool().unwrap()
    }

    fn policies(&mut self) -> Value {
        self.ask("return Services.policies.getActivePolicies()", "")
    }
}

const PAGES: &[&str] =
    &["banned.example", "www.banned.example", "cert.banned.example", "notbanned.example", "own.example"];
const ADDON: &str = "addon@banned.example";
const GUID: &str = "{D10D0BF8-F5B5-C8B4-A8B2-2B9879E08C5D}";

#[test]
fn firefox_refuses_what_is_banned_and_nothing_else() {
    let own =
        r#"{"policies": {"DisableTelemetry": true, "WebsiteFilter": {"Block": ["*://own.example/*"]}}}"#;
    let Some(mut machine) = Machine::new(&Firefox, "firefox-esr", &[(FILE, own)]) else { return };
    let port = web(&machine);
    machine.ban(&[ADDON, GUID]);
    let tree = machine.picture();
    let works_as_before = |machine: &Machine| {
        let mut browser = Browser::start(machine, port);
        assert_eq!(browser.refusals(PAGES), [false, false, false, false, true]);
        assert!(browser.may_install(ADDON) && browser.may_install(GUID));
    };
    works_as_before(&machine);

    let planned = machine.apply("--audit");
    assert!(planned.contains("cannot log without blocking"), "{planned}");
    assert_eq!(machine.picture(), tree);
    works_as_before(&machine);

    machine.apply("--enforce");
    let mut browser = Browser::start(&machine, port);
    assert_eq!(browser.refusals(PAGES), [true, true, false, false, true]);
    assert!(!browser.may_install(ADDON) && !browser.may_install(GUID));
    assert!(!browser.may_install(&GUID.to_ascii_lowercase()) && browser.may_install("other@banned.example"));
    let file = machine.path(FILE);
    let read = || -> Value { serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap() };
    let merged = read();
    assert_eq!(browser.policies(), merged["policies"], "what is active is what was written");
    assert_eq!(merged["policies"]["DisableTelemetry"], true);
    drop(browser);

    machine.undo();
    assert_eq!(machine.picture(), tree);
    works_as_before(&machine);
}

#[test]
fn what_the_administrator_edits_stays_when_it_is_applied_again_and_when_it_is_undone() {
    let own = r#"{"policies": {"DisableTelemetry": true}}"#;
    let Some(mut machine) = Machine::new(&Firefox, "firefox-esr", &[(FILE, own)]) else { return };
    machine.ban(&[ADDON]);
    machine.apply("--enforce");
    let file = machine.path(FILE);
    let read = || -> Value { serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap() };
    let mut edited = read();
    edited["policies"]["DisablePocket"] = json!(true);
    std::fs::write(&file, edited.to_string()).unwrap();
    machine.apply("--enforce");
    assert_eq!(read(), edited);
    machine.undo();
    assert_eq!(read(), json!({ "policies": { "DisableTelemetry": true, "DisablePocket": true } }));
}

/// trust.md rule 19
#[test]
fn what_the_administrator_edits_is_kept_over_a_suspension_and_enforcement_is_back_at_its_end() {
    let own = r#"{"policies": {"DisableTelemetry": true}}"#;
    let Some(mut machine) = Machine::new(&Firefox, "firefox-esr", &[(FILE, own)]) else { return };
    let port = web(&machine);
    machine.ban(&[ADDON]);
    machine.apply("--enforce");
    let file = machine.path(FILE);
    let read = || -> Value { serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap() };
    // Before it is suspended, and while it is.
    let mut edited = read();
    edited["policies"]["DisablePocket"] = json!(true);
    std::fs::write(&file, edited.to_string()).unwrap();
    machine.interdict(&["suspend", "--reason", "incident 7", "--until", "1h"]).ended(0);
    assert!(Browser::start(&machine, port).may_install(ADDON));
    let mut theirs = read();
    assert_eq!(theirs, json!({ "policies": { "DisableTelemetry": true, "DisablePocket": true } }));
    theirs["policies"]["WebsiteFilter"] = json!({ "Block": ["*://own.example/*"] });
    std::fs::write(&file, theirs.to_string()).unwrap();
    let resumed = machine.interdict(&["apply", "--resume", "--now"]).ended(0);
    assert!(resumed.stderr.contains("is over: enforcement is in place again"), "{}", resumed.stderr);
    let mut browser = Browser::start(&machine, port);
    assert_eq!(browser.refusals(PAGES), [true, true, false, false, true]);
    assert!(!browser.may_install(ADDON));
    drop(browser);
    for policy in ["DisableTelemetry", "DisablePocket"] {
        assert_eq!(read()["policies"][policy], true);
    }
    // A plan has nothing to add to it, and an undo leaves what is theirs.
    machine.apply("--enforce");
    machine.undo();
    assert_eq!(read(), theirs);

    // What can no longer be understood stays, and enforcement is said not to be back.
    std::fs::write(&file, "{ \"half\": ").unwrap();
    let resumed = machine.interdict(&["apply", "--resume", "--now"]).ended(4);
    let said = format!("enforcement is NOT in place again in {FILE}");
    assert!(resumed.stderr.contains(&said), "{}", resumed.stderr);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{ \"half\": ");
    let journal = machine.of_its_own.read("/var/lib/interdict-apply/journal/journal.jsonl");
    let last: Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    let ended = (&last["what"]["verb"], &last["what"]["ended"]["ended"]);
    assert_eq!(ended, (&json!("restore"), &json!("in-part")));
}

#[test]
fn firefox_takes_up_everything_that_is_written_of_hostile_identifiers() {
    let Some(machine) = Machine::new(&Firefox, "firefox-esr", &[]) else { return };
    let rendered = machine.obey_made_up();
    let mut browser = Browser::start(&machine, web(&machine));
    let written: Value = serde_json::from_slice(&rendered.files[0].bytes).unwrap();
    assert_eq!(browser.policies(), written["policies"]);
    for id in written["policies"]["ExtensionSettings"].as_object().unwrap().keys() {
        assert!(!browser.may_install(id), "{id}");
    }
}
