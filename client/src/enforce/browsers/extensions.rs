//! Which extensions a browser refuses, and who banned them.
//!
//! Chromium's ids are 32 letters `a` to `p`, in all stores of browsers that are made from it; Firefox's are `{GUID}` or
//! `name@domain` (`extensionBasics`, toolkit/mozapps/extensions). Neither browser has an extension of the other's form, so that
//! such an id is for the other one to refuse; dotted ids (Safari, editors) are for neither.

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::directive::{DirectiveId, IdentifierKind};
use interdict_schema::product::{ExtensionId, Identifier};

use super::super::{Bans, Entry, Fidelity, Part, Stage, Verdicts};

/// Whose form an id has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 32 letters `a` to `p`.
    Chromium,
    /// `{GUID}`.
    Guid,
    /// `name@domain`.
    Address,
}

/// Refused extensions as they are written, with the directives that ban them.
pub type Refused = BTreeMap<String, BTreeSet<DirectiveId>>;

const UNREADABLE: Fidelity = Fidelity::NotExpressible("not an id of an extension");
const LETTERS: Fidelity = Fidelity::UnderBlocks(
    "Firefox tells letters of either case apart: written in lower case, in upper case and as the order has it",
);

/// Whose form an id has; `None` for one of another platform.
pub fn form(id: &ExtensionId) -> Option<Form> {
    let text = id.as_str();
    if text.starts_with('{') {
        Some(Form::Guid)
    } else if text.contains('@') {
        Some(Form::Address)
    } else {
        (text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'a'..=b'p'))).then_some(Form::Chromium)
    }
}

/// The extensions that are refused now, of the forms that a browser has.
pub fn refused(bans: &Bans, forms: &[Form], verdicts: &mut Verdicts) -> Refused {
    let mut refused = Refused::new();
    let mut number = 0_usize;
    for part in &bans.parts {
        let left_out = left_out(part);
        for entry in &part.entries {
            if entry.kind == IdentifierKind::ExtensionId {
                let stage = if entry.held.is_some() { part.stage.min(Stage::Audit) } else { part.stage };
                verdicts.set(number, verdict(part, entry, stage, forms, &left_out, &mut refused));
            }
            number = number.saturating_add(1);
        }
    }
    refused
}

fn verdict(
    part: &Part,
    entry: &Entry,
    stage: Stage,
    forms: &[Form],
    left_out: &LeftOut,
    refused: &mut Refused,
) -> Fidelity {
    if stage == Stage::Freed {
        return Fidelity::Freed;
    }
    let Some(id) = id(entry) else { return UNREADABLE };
    let Some(form) = form(&id).filter(|form| forms.contains(form)) else { return Fidelity::OtherKind };
    if stage == Stage::Audit {
        return Fidelity::NoAudit;
    }
    if left_out.unreadable {
        return Fidelity::NotExpressible("what the order leaves out is not an id of an extension");
    }
    if left_out.ids.contains(&id) {
        // Nothing is left of the ban.
        return Fidelity::Exact;
    }
    let lower = id.as_str().to_ascii_lowercase();
    let upper = id.as_str().to_ascii_uppercase();
    let cased = form == Form::Guid && lower != upper;
    let spellings =
        if cased { vec![lower, upper, entry.value.to_string()] } else { vec![id.as_str().to_owned()] };
    for spelling in spellings {
        refused.entry(spelling).or_default().insert(part.origin.directive.clone());
    }
    if cased { LETTERS } else { Fidelity::Exact }
}

fn id(entry: &Entry) -> Option<ExtensionId> {
    match entry.read() {
        Ok(Identifier::ExtensionId(id)) if entry.versions.is_none() => Some(id),
        _ => None,
    }
}

/// The extensions that a part leaves out.
#[derive(Debug, Default)]
struct LeftOut {
    ids: BTreeSet<ExtensionId>,
    unreadable: bool,
}

fn left_out(part: &Part) -> LeftOut {
    let mut all = LeftOut::default();
    for entry in part.excluded.iter().filter(|entry| entry.kind == IdentifierKind::ExtensionId) {
        match id(entry) {
            Some(id) => {
                all.ids.insert(id);
            }
            None => all.unreadable = true,
        }
    }
    all
}

/// How many directives the person who is refused is told of.
const TOLD: usize = 3;

/// How the words begin that the person sees who is refused.
pub const BANNED: &str = "Banned by ";

/// The words that the person sees who is refused.
pub fn message(directives: &BTreeSet<DirectiveId>) -> String {
    let mut names: Vec<String> = directives.iter().take(TOLD).map(ToString::to_string).collect();
    if directives.len() > TOLD {
        names.push("others".into());
    }
    format!("{BANNED}{}.", names.join(", "))
}
