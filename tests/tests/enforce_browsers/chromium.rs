//! Chromium, spoken to by its own protocol over a pipe (<https://chromedevtools.github.io/devtools-protocol/>).

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout};

use interdict_client::enforce::browsers::chromium::CHROMIUM;
use serde_json::{Value, json};

use crate::machine::{Machine, Running, web};

const OWN: &str = "/etc/chromium/policies/managed/own.json";

struct Chromium {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    said: u64,
    _running: Running,
}

impl Chromium {
    fn start(machine: &Machine, port: u16) -> Self {
        let profile = machine.profile("");
        let words = format!(
            "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync \
             --disable-background-networking --disable-component-update --remote-debugging-pipe \
             --enable-unsafe-extension-debugging --user-data-dir={profile} '--host-resolver-rules=MAP * 127.0.0.1:{port}' \
             about:blank 3<&0 4>&1 1>&2"
        );
        let mut child = machine.program(&words).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { input, output, said: 0, _running: Running(child) }
    }

    fn call(&mut self, session: Option<&str>, method: &str, parameters: &Value) -> Value {
        self.said += 1;
        let mut message = json!({ "id": self.said, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        self.input.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut answer = Vec::new();
            let length = self.output.read_until(0, &mut answer).unwrap();
            assert!(length > 0, "chromium ended at {method}");
            let answer: Value = serde_json::from_slice(answer.strip_suffix(b"\0").unwrap()).unwrap();
            if answer["id"] == self.said {
                return answer;
            }
        }
    }

    /// Opens a page, and says what came in the way of it, or nothing.
    fn open(&mut self, address: &str) -> (String, String) {
        let made = self.call(None, "Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": made["result"]["targetId"], "flatten": true });
        let attached = self.call(None, "Target.attachToTarget", &attach);
        let session = attached["result"]["sessionId"].as_str().unwrap().to_owned();
        let opened = self.call(Some(&session), "Page.navigate", &json!({ "url": address }));
        (session, opened["result"]["errorText"].as_str().unwrap_or_default().to_owned())
    }

    /// What came in the way of each page.
    fn refusals(&mut self, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| self.open(&format!("http://{name}/")).1).collect()
    }

    /// Loads an extension, and says its id, or why not.
    fn load(&mut self, extension: &str) -> Result<String, String> {
        let answer = self.call(None, "Extensions.loadUnpacked", &json!({ "path": extension }));
        match answer["result"]["id"].as_str() {
            Some(id) => Ok(id.to_owned()),
            None => Err(answer["error"]["message"].as_str().unwrap().to_owned()),
        }
    }

    /// The policies as `chrome://policy` is told them.
    fn policies(&mut self) -> Value {
        const ASK: &str = "(async () => {
            const {addWebUiListener} = await import('chrome://resources/js/cr.js');
            return await new Promise(resolve => {
                addWebUiListener('policies-updated', (names, values) => resolve(values));
                chrome.send('listenPoliciesUpdates');
            });
        })()";
        let (session, _) = self.open("chrome://policy");
        let ask = json!({ "expression": ASK, "awaitPromise": true, "returnByValue": true });
        // Until the page is there, the expression meets the page before it.
        for _ in 0..1000 {
            let mut answer = self.call(Some(&session), "Runtime.evaluate", &ask);
            let values = answer["result"]["result"]["value"]["policyGroups"]["chrome"]["policies"].take();
            if values.is_object() {
                return values;
            }
        }
        panic!("chrome://policy shows nothing");
    }
}

const PAGES: &[&str] =
    &["banned.example", "www.banned.example", "cert.banned.example", "notbanned.example", "own.example"];
const REFUSED: &str = "net::ERR_BLOCKED_BY_ADMINISTRATOR";

#[test]
fn chromium_refuses_what_is_banned_and_nothing_else() {
    // The administrator blocks a page, and allows the extension that is banned.
    let files = [(OWN, r#"{"URLBlocklist": ["own.example"]}"#)];
    let Some(mut machine) = Machine::new(&CHROMIUM, "chromium", &files) else { return };
    let port = web(&machine);
    let [extension, other] = ["banned", "other"].map(|name| format!("/srv/extensions/{name}"));
    let manifest = r#"{"manifest_version": 3, "name": "banned", "version": "1"}"#;
    for folder in [&extension, &other] {
        machine.of_its_own.write(&format!("{folder}/manifest.json"), manifest);
    }
    let before = Chromium::start(&machine, port).load(&extension).unwrap();
    let own = format!(
        r#"{{"URLBlocklist": ["own.example"], "ExtensionSettings": {{"{before}": {{"installation_mode": "allowed"}}}}}}"#
    );
    machine.of_its_own.write(OWN, own);
    let works_as_before = |machine: &Machine| {
        let mut chromium = Chromium::start(machine, port);
        assert_eq!(chromium.refusals(PAGES), ["", "", "", "", REFUSED]);
        assert_eq!(chromium.load(&extension), Ok(before.clone()));
    };
    works_as_before(&machine);

    machine.ban(&[&before]);
    let tree = machine.picture();
    let planned = machine.apply("--audit");
    assert!(planned.contains("cannot log without blocking"), "{planned}");
    assert_eq!(machine.picture(), tree);
    works_as_before(&machine);

    machine.apply("--enforce");
    let mut chromium = Chromium::start(&machine, port);
    assert_eq!(chromium.refusals(PAGES), [REFUSED, REFUSED, "", "", REFUSED]);
    let refused = chromium.load(&extension).unwrap_err();
    assert!(refused.contains(&before) && refused.contains("Banned by BOD-17-01."), "{refused}");
    assert!(chromium.load(&other).is_ok());
    let policies = chromium.policies();
    for (policy, said) in policies.as_object().unwrap() {
        assert_eq!(said.get("error"), None, "{policy}: {said}");
    }
    assert_eq!(policies["URLBlocklist"]["value"], json!(["banned.example", "own.example"]));
    assert_eq!(policies["URLAllowlist"]["value"], json!(["cert.banned.example"]));
    assert_eq!(policies["ExtensionSettings"]["value"][&before]["installation_mode"], "blocked");
    drop(chromium);

    machine.undo();
    assert_eq!(machine.picture(), tree);
    works_as_before(&machine);
}

#[test]
fn chromium_understands_everything_that_is_written_of_hostile_identifiers() {
    let Some(machine) = Machine::new(&CHROMIUM, "chromium", &[]) else { return };
    let rendered = machine.obey_made_up();
    let policies = Chromium::start(&machine, web(&machine)).policies();
    let policies = policies.as_object().unwrap();
    for (policy, said) in policies {
        assert_eq!((said.get("error"), said.get("warning")), (None, None), "{policy}: {said}");
    }
    let last = rendered.files.last().unwrap();
    let wanted: Value = serde_json::from_slice(&last.bytes).unwrap();
    let wanted = wanted.as_object().unwrap();
    assert_eq!(policies.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
    for (policy, value) in wanted {
        assert_eq!(policies[policy]["value"], *value, "{policy}");
    }
}
