//! The plan for people: what changes, what does not, what is not enforced, what would be hit, and what comes next.

use interdict_host::terminal::Paint;
use interdict_schema::plan::{FileChange, Plan, TargetPlan};

use super::super::boundary;
use crate::presentation::Page;

/// The lines that are shown of one diff.
const MAX_DIFF_LINES: usize = 60;

/// The findings and identifiers that are shown of each list.
const MAX_ROWS: usize = 10;

/// The page of a plan. `file` is where it was written.
pub fn page(plan: &Plan, file: Option<&str>) -> Page {
    let mut page = Page::wrapping();
    let planned = &plan.planned;
    let mode = match planned.mode.as_str() {
        "enforce" => "enforce: what the orders let be blocked now is blocked, the rest is logged",
        _ => "audit: everything is logged, nothing is blocked",
    };
    page.painted(Paint::Strong, mode);
    page.line(format!("beneath {}, from generation {}", planned.root, plan.generation));
    protected(&mut page, plan);
    not_enforced(&mut page, plan);
    for target in &planned.targets {
        of_target(&mut page, target);
    }
    parts(&mut page, plan);
    impact(&mut page, plan);
    conditions(&mut page, plan);
    page.heading("plan");
    page.line(format!("digest {}", plan.digest));
    match file {
        Some(file) => {
            page.line(format!("written to {file}; to carry it out: interdict apply {file}"));
        }
        None => page.line("to have it approved: interdict plan --out PLAN, then interdict apply PLAN"),
    }
    page
}

fn protected(page: &mut Page, plan: &Plan) {
    let hits = &plan.planned.protected;
    if hits.is_empty() {
        return;
    }
    page.heading("refused: protected on this machine");
    for hit in hits.iter().take(MAX_ROWS) {
        let text = format!(
            "{} {}: {} {} would hit {}",
            hit.directive, hit.subject, hit.kind, hit.value, hit.protects
        );
        page.painted(Paint::Alarm, text);
    }
    more(page, hits.len(), "identifiers");
}

fn not_enforced(page: &mut Page, plan: &Plan) {
    let all = &plan.planned.not_enforced;
    if all.is_empty() {
        return;
    }
    let count: u64 = all.iter().map(|row| row.identifiers).sum();
    page.heading(&format!("NOT enforced by any of these targets: {count} of {}", identifiers(plan)));
    for row in all {
        let examples = row.examples.join(", ");
        let dots = if wide(row.examples.len()) < row.identifiers { ", …" } else { "" };
        page.painted(
            Paint::Warning,
            format!("{} {}: {} ({examples}{dots})", row.identifiers, row.kind, row.reason),
        );
    }
}

fn of_target(page: &mut Page, target: &TargetPlan) {
    page.heading(&format!("{}: {}", target.name, target.about));
    match target.state.as_str() {
        "absent" => page.painted(
            Paint::Alarm,
            format!("not on this machine: {}; nothing is written", target.missing.join(", ")),
        ),
        "failed" => page.painted(
            Paint::Alarm,
            format!("not rendered: {}; nothing is written", target.error.as_deref().unwrap_or_default()),
        ),
        _ => {}
    }
    for warning in &target.warnings {
        page.painted(Paint::Warning, format!("warning: {warning}"));
    }
    for count in &target.fidelity {
        let reason = count.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let line = format!("{} {}{reason}", count.identifiers, count.fidelity);
        match count.fidelity.as_str() {
            "exact" | "freed" => page.line(line),
            _ => page.painted(Paint::Warning, line),
        }
    }
    target.files.iter().for_each(|file| of_file(page, file));
}

fn of_file(page: &mut Page, file: &FileChange) {
    let because = file.because.as_ref().map(|because| format!(", {because}")).unwrap_or_default();
    let size = |content: &Option<interdict_schema::plan::Content>| match content {
        Some(content) => format!("{} bytes", content.bytes),
        None => "nothing".to_owned(),
    };
    let line =
        format!("{} {} ({} to {}){because}", file.change, file.path, size(&file.before), size(&file.after));
    match file.change.as_str() {
        "refused" => page.painted(Paint::Alarm, line),
        "unchanged" => page.painted(Paint::Faint, line),
        _ => page.painted(Paint::Strong, line),
    }
    let Some(diff) = &file.diff else { return };
    let lines = diff.lines().count();
    for line in diff.lines().take(MAX_DIFF_LINES) {
        // A tab is layout here: shown as its escape it would make a table of rules unreadable.
        let text = format!("    {}", line.replace('\t', "    "));
        match line.chars().next() {
            Some('+') => page.painted(Paint::Good, text),
            Some('-') => page.painted(Paint::Alarm, text),
            Some('@') => page.painted(Paint::Faint, text),
            _ => page.line(text),
        }
    }
    if lines > MAX_DIFF_LINES {
        page.line(format!("    … {} lines more; the whole stands in the plan", lines - MAX_DIFF_LINES));
    }
}

fn parts(page: &mut Page, plan: &Plan) {
    let parts = &plan.planned.parts;
    if parts.is_empty() {
        page.heading("nothing is in force that bans anything");
        return;
    }
    page.heading("where it comes from");
    for part in parts.iter().take(MAX_ROWS) {
        let by: Vec<String> =
            part.enforced_by.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let by = if by.is_empty() { "no target".to_owned() } else { by.join(", ") };
        let actions =
            if part.actions.is_empty() { String::new() } else { format!(" ({})", part.actions.join(", ")) };
        let text = format!(
            "{} revision {} {}{actions}: {}, {}; {} identifiers, by {by}",
            part.directive, part.revision, part.subject, part.stage, part.because, part.identifiers.count,
        );
        page.line(text);
        for (held, count) in &part.held {
            page.painted(Paint::Warning, format!("    {count} held back: {held}"));
        }
        for gap in &part.gaps {
            page.painted(Paint::Warning, format!("    {gap}"));
        }
    }
    more(page, parts.len(), "subjects");
}

fn impact(page: &mut Page, plan: &Plan) {
    let impact = &plan.impact;
    page.heading("what it would hit on this machine now");
    if !impact.complete {
        page.painted(Paint::Warning, "not all of this machine could be read: more may be hit");
    }
    if impact.hits.is_empty() {
        page.painted(Paint::Good, "nothing that was found");
        return;
    }
    page.line(format!(
        "{} findings are blocked, {} logged, {} touched by none of these targets",
        impact.blocked, impact.audited, impact.untouched
    ));
    for hit in impact.hits.iter().take(MAX_ROWS) {
        let version = hit.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let targets = hit.targets.join(", ");
        let (paint, what) = match (hit.targets.is_empty(), hit.stage.as_str()) {
            (true, _) => (Paint::Warning, "not touched".to_owned()),
            (false, "enforce") => (Paint::Alarm, format!("blocked by {targets}")),
            (false, _) => (Paint::Warning, format!("logged by {targets}")),
        };
        let text = format!(
            "{what}: {}{version}, {} of {} {} ({})",
            hit.component, hit.verdict, hit.directive, hit.subject, hit.source
        );
        page.painted(paint, text);
    }
    more(page, impact.hits.len(), "findings");
}

fn conditions(page: &mut Page, plan: &Plan) {
    let planned = &plan.planned;
    let mut lines = Vec::new();
    for gate in &planned.gates {
        let subject = gate.subject.as_ref().map(|subject| format!(" {subject}")).unwrap_or_default();
        let text = format!("{}{subject} waits for {}", gate.directive, gate.required);
        lines.push(if gate.present {
            (Paint::Good, format!("{text}: it is there"))
        } else {
            (Paint::Alarm, format!("{text}: it is not there, so that nothing of it is blocked"))
        });
    }
    if let Some(most) = planned.max_impact {
        let over = plan.impact.blocked > most;
        let text = format!("at most {most} findings may be hit: {} would be", plan.impact.blocked);
        lines.push((if over { Paint::Alarm } else { Paint::Good }, text));
    }
    if let Some(window) = &planned.window {
        lines.push(match plan.window_opens {
            _ if plan.window_open => (Paint::Good, format!("maintenance window: {window}, open now")),
            Some(opens) => (Paint::Warning, format!("maintenance window: {window}, opens at {opens}")),
            None => (Paint::Alarm, format!("maintenance window: {window}, closed")),
        });
    }
    if let Some(boundary) = &plan.next_boundary {
        let text = format!("next change by itself: {}, {}", boundary.at, boundary::in_words(boundary));
        lines.push((Paint::Faint, text));
    }
    for name in &planned.left_alone {
        let text = format!("{name} was applied before and is not part of this plan: it stays as it is");
        lines.push((Paint::Warning, text));
    }
    if !lines.is_empty() {
        page.heading("conditions");
        for (paint, line) in lines {
            page.painted(paint, line);
        }
    }
}

fn identifiers(plan: &Plan) -> u64 {
    plan.planned.parts.iter().filter(|part| part.stage != "freed").map(|part| part.identifiers.count).sum()
}

fn more(page: &mut Page, all: usize, what: &str) {
    if all > MAX_ROWS {
        page.line(format!("… {} {what} more; the whole stands in the plan", all - MAX_ROWS));
    }
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
