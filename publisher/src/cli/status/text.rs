//! The status for people: tables that fit the terminal.

use std::io::Write;

use interdict_host::terminal::{Paint, Table, escape_control};
use interdict_host::world::World;
use interdict_schema::issuers::KeyState;
use interdict_schema::tuf::RoleType;

use super::Status;
use crate::cli::Failure;
use crate::standing::{Expiry, HeldKey, Holding, Of, Pending, Short, Urgency, Waiting};

/// How many digits of a keyid tell it apart.
const KEYID_DIGITS: usize = 12;

/// Shows it on standard output.
pub fn show(world: &mut World, status: &Status) -> Result<(), Failure> {
    let tables =
        [published(status), metadata(status), keys(status)].map(|table| table.render(&world.terminal));
    let out = &mut world.stdout;
    writeln!(out, "repository  {}", escape_control(&status.repository))?;
    writeln!(out, "issuers     version {}", status.issuers_version)?;
    let entries = status.journal.head.map_or_else(String::new, |head| format!("{} entries, ", head.number));
    writeln!(out, "journal     {entries}{}", journal(status.journal.state))?;
    for table in tables {
        writeln!(out)?;
        out.write_all(table.as_bytes())?;
    }
    for holding in &status.keys {
        for key in &holding.not_at_hand {
            writeln!(out, "{}: {} {}", name(holding), escape_control(&key.uri), escape_control(&key.why))?;
        }
        if holding.is_locked_out() {
            let (name, usable) = (name(holding), holding.usable());
            writeln!(
                out,
                "{}: {usable} keys may sign, {} must: nothing new can be signed",
                escape_control(&name),
                holding.threshold
            )?;
        }
    }
    again(world, "published, and below the threshold; to be signed again:", &status.signed_again)?;
    if !status.pending.is_empty() {
        writeln!(world.stdout, "\npending")?;
    }
    for one in &status.pending {
        writeln!(world.stdout, "{}", escape_control(&pending(one)))?;
        again(world, "under this list to be signed again, and published with it:", &one.signed_again)?;
    }
    Ok(())
}

fn journal(state: &str) -> &str {
    match state {
        "whole" => "whole",
        "open" => "the last deed without its end: it is being done now, or was interrupted",
        "absent" => "none: what is published was published without one",
        "differs" => "NOT of what is published: see `journal verify`",
        _ => "NOT whole: see `journal verify`",
    }
}

fn published(status: &Status) -> Table {
    let table = Table::new(&["issuer", "directives", "revisions", "lists", "waivers", "newest"]);
    let mut table = [1, 2, 3, 4].into_iter().fold(table, Table::right_aligned);
    for of in &status.issuers {
        let newest = of.newest.as_ref();
        table.row([
            of.issuer.clone(),
            of.directives.to_string(),
            of.revisions.to_string(),
            of.lists.to_string(),
            of.waivers.to_string(),
            newest
                .map_or_else(String::new, |it| format!("{}, revision {}, {}", it.id, it.revision, it.issued)),
        ]);
    }
    table
}

fn metadata(status: &Status) -> Table {
    let mut table =
        Table::new(&["role", "version", "expires", "days", "to do"]).right_aligned(1).right_aligned(3);
    for expiry in &status.metadata {
        let cells = [
            expiry.role.to_string(),
            expiry.version.to_string(),
            expiry.expires.to_string(),
            expiry.days_left.to_string(),
            words(expiry).unwrap_or_default(),
        ];
        match expiry.urgency {
            Urgency::Fine => table.row(cells),
            Urgency::Within30Days | Urgency::Within14Days => table.painted_row(Paint::Warning, cells),
            Urgency::Last | Urgency::Expired => table.painted_row(Paint::Alarm, cells),
        }
    }
    table
}

/// What an expiry asks for; nothing where there is time.
pub fn words(expiry: &Expiry) -> Option<String> {
    let todo = match expiry.role {
        RoleType::Root => "sign the next root: `interdict-publisher rotate root`",
        RoleType::Targets => "sign them anew: `interdict-publisher refresh --targets`",
        RoleType::Snapshot | RoleType::Timestamp => "sign it anew: `interdict-publisher refresh`",
    };
    match expiry.urgency {
        Urgency::Fine => None,
        Urgency::Within30Days | Urgency::Within14Days | Urgency::Last => Some(todo.to_owned()),
        Urgency::Expired => Some(format!("EXPIRED; {todo}")),
    }
}

fn name(holding: &Holding) -> String {
    match &holding.of {
        Of::Role(role) => role.clone(),
        Of::Issuer(issuer) => format!("issuer {issuer}"),
    }
}

fn keys(status: &Status) -> Table {
    let mut table = Table::new(&["keys of", "must sign", "key", "who", "where"]);
    for holding in &status.keys {
        let must = format!("{} of {}", holding.threshold, holding.usable());
        for (number, key) in holding.keys.iter().enumerate() {
            let first = |text: &str| if number == 0 { text.to_owned() } else { String::new() };
            let cells = [
                first(&name(holding)),
                first(&must),
                key.keyid.chars().take(KEYID_DIGITS).collect(),
                key.label.clone().unwrap_or_default(),
                place(key),
            ];
            if holding.is_locked_out() { table.painted_row(Paint::Alarm, cells) } else { table.row(cells) }
        }
    }
    table
}

fn place(key: &HeldKey) -> String {
    match (key.state, &key.uri) {
        (Some(KeyState::Retired), _) => "retired".to_owned(),
        (Some(KeyState::Compromised), _) => "compromised".to_owned(),
        (_, Some(uri)) => uri.clone(),
        (Some(KeyState::Active), None) => "its officer's".to_owned(),
        (None, None) => "not here".to_owned(),
    }
}

fn again(world: &mut World, what: &str, short: &[Short]) -> Result<(), Failure> {
    if !short.is_empty() {
        writeln!(world.stdout, "  {what}")?;
    }
    for one in short {
        let Short { path, signatures, threshold, .. } = one;
        let line = format!(
            "  {path}  {signatures} of {threshold} signatures; may sign: {}",
            one.may_sign.join(", ")
        );
        writeln!(world.stdout, "{}", escape_control(&line))?;
    }
    Ok(())
}

fn pending(one: &Pending) -> String {
    let Pending { file, path, .. } = one;
    let by = |signed: &[String]| {
        if signed.is_empty() {
            "nobody has signed".to_owned()
        } else {
            format!("signed by {}", signed.join(", "))
        }
    };
    match &one.waiting {
        Waiting::Signatures { signed, threshold, may_sign } => format!(
            "{path} ({file}): {} of {threshold} signatures, {}; may sign: {}",
            signed.len(),
            by(signed),
            may_sign.join(", ")
        ),
        Waiting::Publication { signed } => format!("{path} ({file}): to be published, {}", by(signed)),
        Waiting::Nothing => format!("{path} ({file}): published"),
        Waiting::Outdated => {
            format!("{path} ({file}): outdated, something else was published since it was begun")
        }
        Waiting::Issuer => format!("{path} ({file}): nobody may issue it"),
    }
}
