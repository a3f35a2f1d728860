//! Chromium and what is made from it: policies in files of their own (`/etc/chromium/policies/managed`,
//! <https://chromeenterprise.google/policies/>).
//!
//! The browser takes all files of the folder together, and the traps lie there (tried with Chromium 156):
//! - One policy in two files does not add up: that of the last name counts. So our lists are named in
//!   `PolicyListMultipleSourceMergeList` and our dictionary in `PolicyDictionaryMultipleSourceMergeList`, together with what
//!   the administrator names there, because those two do not add up either.
//! - Of two entries of one merged dictionary that of the *first* file counts. So `ExtensionSettings` stands in two files, the
//!   first and the last.
//! - `ExtensionSettings` overrides `ExtensionInstallBlocklist`, so that only the former is written.
//! - An administrator's `URLAllowlist` of the same name or a narrower one overrides ours.
//!
//! Not here: whether the browser took it up. It is seen on `chrome://policy`, by the person at the screen; `apply` starts no
//! browser as root.

use std::path::{Path, PathBuf};

use interdict_schema::directive::IdentifierKind;
use serde_json::{Map, Value};

use super::super::{
    Bans, Fidelity, File, Marker, Options, RenderError, Rendered, Setting, Target, Verdicts, Warning,
};
use super::extensions::{Form, Refused, message, refused};
use super::pages::{Pages, Room, Wins, pages};
use super::pattern::Pattern;
use super::{HEEDED, path};

/// The name of the file that comes first.
pub const FIRST: &str = "00-interdict.json";
/// The name of the file that comes last.
pub const LAST: &str = "zz-interdict.json";

const EXTENSIONS: &str = "ExtensionSettings";
const BLOCKED: &str = "URLBlocklist";
const LET_THROUGH: &str = "URLAllowlist";
const MERGED_LISTS: &str = "PolicyListMultipleSourceMergeList";
const MERGED_DICTIONARIES: &str = "PolicyDictionaryMultipleSourceMergeList";

/// A browser of the family.
#[derive(Debug, Clone, Copy)]
pub struct Chromium {
    name: &'static str,
    about: &'static str,
    settings: &'static [Setting],
    /// Its program's names, each as a need of its own.
    programs: &'static [&'static [&'static str]],
}

const FOLDER: &str = "where the browser looks for its policies";
const PROGRAM: &str = "the browser's program, without which it is absent; none where that is not looked for";

/// The target `chromium`.
pub const CHROMIUM: Chromium = Chromium {
    name: "chromium",
    about: "refuses banned extensions and pages of banned domains in Chromium",
    settings: &[
        Setting { key: "folder", about: FOLDER, default: "/etc/chromium/policies/managed" },
        Setting { key: "program", about: PROGRAM, default: "chromium" },
    ],
    programs: &[&["chromium"], &["chromium-browser"]],
};

/// The target `chrome`.
pub const CHROME: Chromium = Chromium {
    name: "chrome",
    about: "refuses banned extensions and pages of banned domains in Google Chrome",
    settings: &[
        Setting { key: "folder", about: FOLDER, default: "/etc/opt/chrome/policies/managed" },
        Setting { key: "program", about: PROGRAM, default: "google-chrome" },
    ],
    programs: &[&["google-chrome"], &["google-chrome-stable"]],
};

/// The target `edge`.
pub const EDGE: Chromium = Chromium {
    name: "edge",
    about: "refuses banned extensions and pages of banned domains in Microsoft Edge",
    settings: &[
        Setting { key: "folder", about: FOLDER, default: "/etc/opt/edge/policies/managed" },
        Setting { key: "program", about: PROGRAM, default: "microsoft-edge" },
    ],
    programs: &[&["microsoft-edge"], &["microsoft-edge-stable"]],
};

impl Chromium {
    fn needs(&self, options: &Options<'_>) -> Result<&'static [&'static str], RenderError> {
        let found = options.setting("program");
        if found == "none" {
            return Ok(&[]);
        }
        let program = self.programs.iter().find(|names| names.contains(&found)).copied();
        program.ok_or_else(|| RenderError::Setting {
            key: "program",
            found: found.to_owned(),
            wanted: "a name under which the browser is packaged, or none",
        })
    }
}

impl Target for Chromium {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn settings(&self) -> &'static [Setting] {
        self.settings
    }

    fn reads_folders(&self, options: &Options<'_>) -> Vec<PathBuf> {
        // A setting that cannot be used is refused by `render`.
        path(options, "folder").into_iter().collect()
    }

    fn render(&self, bans: &Bans, options: &Options<'_>) -> Result<Rendered, RenderError> {
        let folder = path(options, "folder")?;
        let needs = self.needs(options)?;
        let others = Others::of(options, &folder);
        let mut verdicts = Verdicts::new(bans.count());
        let mut warnings = others.warnings();
        let mut refused = refused(bans, &[Form::Chromium], &mut verdicts);
        let mut pages = pages(bans, &others.room(), &mut verdicts);
        if !others.stands(MERGED_DICTIONARIES, &[EXTENSIONS]) {
            give_up(bans, &IdentifierKind::ExtensionId, UNMERGED, &mut verdicts);
            refused.clear();
        }
        if !others.stands(MERGED_LISTS, &[BLOCKED, LET_THROUGH]) {
            give_up(bans, &IdentifierKind::Domain, UNMERGED, &mut verdicts);
            pages = Pages::default();
        }
        for ban in bans.of_kinds(&[IdentifierKind::ExtensionId]) {
            if verdicts.of(ban.number) == Fidelity::Exact && others.allow(&ban.entry.value) {
                verdicts.set(ban.number, ALLOWED);
            }
        }
        warnings.extend(pages_warnings(&pages));
        let files = files(&folder, &refused, &pages, &others);
        Ok(Rendered {
            files,
            needs,
            validate: Vec::new(),
            activate: Vec::new(),
            questions: Vec::new(),
            verdicts,
            warnings,
        })
    }
}

const UNMERGED: Fidelity =
    Fidelity::NotExpressible("a file of the administrator's that comes later says which policies are merged");
const ALLOWED: Fidelity =
    Fidelity::NotExpressible("the administrator's own ExtensionSettings in an outer file says otherwise");

/// What no file can say is not enforced.
fn give_up(bans: &Bans, kind: &IdentifierKind, verdict: Fidelity, verdicts: &mut Verdicts) {
    for ban in bans.of_kinds(std::slice::from_ref(kind)) {
        if verdicts.of(ban.number).acts() {
            verdicts.set(ban.number, verdict);
        }
    }
}

/// What must be said of lists of pages.
pub(super) fn pages_warnings(pages: &Pages) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if pages.beyond > 0 {
        warnings.push(Warning(format!(
            "{} domains are not blocked: the browser heeds {HEEDED} entries of a list, the administrator's among them",
            pages.beyond
        )));
    }
    if pages.opened > 0 {
        warnings.push(Warning(format!(
            "{} domains that an order leaves out are let through, although the administrator's own policy blocks some of their pages",
            pages.opened
        )));
    }
    warnings
}

fn files(folder: &Path, refused: &Refused, pages: &Pages, others: &Others<'_>) -> Vec<File> {
    let mut extensions = Map::new();
    for (id, directives) in refused {
        extensions.insert(id.clone(), refusal(&message(directives)));
    }
    let mut first = Map::new();
    let mut last = Map::new();
    if !extensions.is_empty() {
        last.insert(MERGED_DICTIONARIES.into(), others.merged(MERGED_DICTIONARIES, &[EXTENSIONS]));
        first.insert(EXTENSIONS.into(), Value::Object(extensions.clone()));
        last.insert(EXTENSIONS.into(), Value::Object(extensions));
    }
    if !pages.blocked.is_empty() {
        last.insert(MERGED_LISTS.into(), others.merged(MERGED_LISTS, &[LET_THROUGH, BLOCKED]));
        last.insert(BLOCKED.into(), pages.blocked.iter().map(String::as_str).collect());
    }
    if !pages.let_through.is_empty() {
        last.insert(LET_THROUGH.into(), pages.let_through.iter().map(String::as_str).collect());
    }
    let file = |(name, policies): (&str, Map<String, Value>)| {
        let bytes = text(&Value::Object(policies));
        File::drop_in(folder.join(name), bytes, Marker::None)
    };
    let written = [(FIRST, first), (LAST, last)].into_iter().filter(|(_, policies)| !policies.is_empty());
    written.map(file).collect()
}

/// How an extension is refused, in both families of browsers.
pub(super) fn refusal(message: &str) -> Value {
    let mut refusal = Map::new();
    refusal.insert("blocked_install_message".into(), message.into());
    refusal.insert("installation_mode".into(), "blocked".into());
    Value::Object(refusal)
}

/// JSON for people: indented, with a newline at the end.
pub(super) fn text(value: &Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("a value of JSON is always JSON");
    bytes.push(b'\n');
    bytes
}

/// The administrator's own files of the folder, by name.
#[derive(Debug)]
struct Others<'s> {
    files: Vec<(&'s str, Map<String, Value>)>,
    not_understood: Vec<&'s Path>,
}

impl<'s> Others<'s> {
    fn of(options: &Options<'s>, folder: &'s Path) -> Self {
        let mut others = Self { files: Vec::new(), not_understood: Vec::new() };
        for (path, now) in options.seen.below(folder) {
            let name = path.file_name().and_then(|name| name.to_str());
            match (name, serde_json::from_slice(&now.bytes)) {
                (Some(FIRST | LAST), _) => {}
                (Some(name), Ok(Value::Object(policies))) => others.files.push((name, policies)),
                _ => others.not_understood.push(path),
            }
        }
        others
    }

    fn warnings(&self) -> Vec<Warning> {
        let told = |path: &&Path| {
            let path = path.display().to_string();
            Warning(format!("{path:?} is not understood: whether it overrides something is not known"))
        };
        self.not_understood.iter().map(told).collect()
    }

    /// What there is of a policy in all files.
    fn all<'o>(&'o self, policy: &'o str) -> impl Iterator<Item = &'o Value> {
        self.files.iter().filter_map(move |(_, policies)| policies.get(policy))
    }

    fn texts<'o>(&'o self, policy: &'o str) -> impl Iterator<Item = &'o str> {
        self.all(policy).filter_map(Value::as_array).flatten().filter_map(Value::as_str)
    }

    fn room(&self) -> Room {
        let patterns = |policy| self.texts(policy).map(Pattern::filter).collect::<Vec<_>>();
        let (blocked, let_through) = (patterns(BLOCKED), patterns(LET_THROUGH));
        Room {
            blocks: HEEDED.saturating_sub(blocked.len()),
            lets_through: HEEDED.saturating_sub(let_through.len()),
            wins: Wins::Specific,
            blocked,
            let_through,
        }
    }

    /// Whether ours stand beside what the administrator has of the same policies: nothing, or it is merged.
    fn stands(&self, merges: &str, policies: &[&str]) -> bool {
        let has = |policy: &&str| self.all(policy).next().is_some();
        let later = self.files.iter().filter(|(name, _)| *name > LAST);
        let said = later.filter_map(|(_, policies)| policies.get(merges)).next_back();
        let names = |policy: &&str| {
            let names = said.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            names.into_iter().any(|name| name == "*" || name == *policy)
        };
        said.is_none() || policies.iter().all(|policy| names(policy) || !has(policy))
    }

    /// Which policies are merged: ours, and what the administrator names.
    fn merged(&self, merges: &str, policies: &[&str]) -> Value {
        let mut names: Vec<&str> = self.texts(merges).chain(policies.iter().copied()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().collect()
    }

    /// Whether a file that comes before ours, or after, allows an extension by its id.
    fn allow(&self, id: &str) -> bool {
        let outer = self.files.iter().filter(|(name, _)| *name < FIRST || *name > LAST);
        let settings = outer.filter_map(|(_, policies)| policies.get(EXTENSIONS)?.as_object()).flatten();
        settings.filter(|(ids, _)| ids.split(',').any(|other| other.trim() == id)).any(|(_, setting)| {
            !matches!(setting.get("installation_mode").and_then(Value::as_str), Some("blocked" | "removed"))
        })
    }
}
