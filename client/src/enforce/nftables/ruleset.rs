//! The text of the table (nft(8)).
//!
//! Created where absent, deleted and made anew in one transaction: packets meet the whole old table or the whole new one,
//! and loading it twice is loading it once. No other table is touched. What stays on the machine is accepted first;
//! accepting ends this table's chain alone, so that an administrator's firewall still decides.

use std::fmt::Write as _;

use super::super::{Argument, Command, Expects, Question};
use super::intervals::{Family, Intervals};

/// What happens to a packet that goes out, or through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its sender is told at once (RFC 1812, 5.2.7.1: administratively prohibited).
    Reject,
    /// Its sender waits.
    Drop,
}

/// One set of the table.
#[derive(Debug)]
pub struct Set {
    /// Its name.
    pub name: &'static str,
    /// Which addresses.
    pub family: Family,
    /// Its elements.
    pub addresses: Intervals,
}

/// The whole file.
pub fn table(sets: &[Set], refusal: Refusal) -> String {
    let mut text =
        String::from("table inet interdict\ndelete table inet interdict\ntable inet interdict {\n");
    text.push_str("\tcounter logged {\n\t}\n\tcounter blocked {\n\t}\n");
    for set in sets {
        write_set(&mut text, set);
    }
    let refuse = match refusal {
        Refusal::Reject => "reject with icmpx admin-prohibited",
        Refusal::Drop => "drop",
    };
    chain(&mut text, "audit", &["counter name logged", LOG_AUDIT]);
    chain(&mut text, "refuse", &["counter name blocked", LOG_BLOCK, refuse]);
    // Who asks from outside is told nothing.
    chain(&mut text, "silence", &["counter name blocked", LOG_BLOCK, "drop"]);
    hook(&mut text, "output", "oif \"lo\" accept\n", &["daddr"], "refuse");
    hook(&mut text, "input", "iif \"lo\" accept\n", &["saddr"], "silence");
    hook(&mut text, "forward", "", &["daddr", "saddr"], "refuse");
    text.push_str("}\n");
    text
}

/// A log that nobody can fill by sending packets.
const LOG_AUDIT: &str = "limit rate 10/second burst 20 packets log prefix \"interdict audit: \"";
const LOG_BLOCK: &str = "limit rate 10/second burst 20 packets log prefix \"interdict block: \"";

fn write_set(text: &mut String, set: &Set) {
    let kind = match set.family {
        Family::V4 => "ipv4_addr",
        Family::V6 => "ipv6_addr",
    };
    // Writing into a string cannot fail.
    let _ = writeln!(text, "\tset {} {{\n\t\ttype {kind}\n\t\tflags interval", set.name);
    if !set.addresses.as_slice().is_empty() {
        text.push_str("\t\telements = {\n");
        for interval in set.addresses.as_slice() {
            let _ = writeln!(text, "\t\t\t{},", interval.text(set.family));
        }
        text.push_str("\t\t}\n");
    }
    text.push_str("\t}\n");
}

fn chain(text: &mut String, name: &str, rules: &[&str]) {
    let _ = writeln!(text, "\tchain {name} {{\n\t\t{}\n\t}}", rules.join("\n\t\t"));
}

fn hook(text: &mut String, name: &str, first: &str, ends: &[&str], blocked: &str) {
    let _ = writeln!(text, "\tchain {name} {{\n\t\ttype filter hook {name} priority -5; policy accept;");
    if !first.is_empty() {
        let _ = write!(text, "\t\t{first}");
    }
    for (set, chain) in [("logged", "audit"), ("blocked", blocked)] {
        for end in ends {
            let _ = writeln!(text, "\t\tip {end} @{set}4 jump {chain}\n\t\tip6 {end} @{set}6 jump {chain}");
        }
    }
    text.push_str("\t}\n");
}

/// How the table is taken away. Deleting what is not there is an error; adding what is there is none.
pub fn delete() -> Vec<Command> {
    vec![
        Command::of_texts("nft", &["add", "table", "inet", "interdict"]),
        Command::of_texts("nft", &["delete", "table", "inet", "interdict"]),
    ]
}

/// Whether the kernel has no such table.
pub fn is_gone() -> Question {
    Question {
        about: "there is no table inet interdict".into(),
        command: Command::of_texts("nft", &["list", "tables"]),
        expects: Expects::Lacks("table inet interdict\n".into()),
    }
}

/// Whether the kernel has the table with its chains, and in every set that is not empty one of its addresses.
pub fn questions(sets: &[Set]) -> Vec<Question> {
    let listed = Question {
        about: "the table is loaded and sees what goes out".into(),
        command: Command::of_texts("nft", &["-t", "list", "table", "inet", "interdict"]),
        expects: Expects::Contains("hook output".into()),
    };
    let has = sets.iter().filter_map(|set| {
        let mut first = set.addresses.as_slice().iter().map(|interval| interval.first(set.family));
        let (address, value) =
            first.find_map(|address| Some((address, Argument::value(&address.to_string())?)))?;
        let mut arguments =
            ["get", "element", "inet", "interdict", set.name, "{"].map(Argument::Text).to_vec();
        arguments.extend([value, Argument::Text("}")]);
        Some(Question {
            about: format!("{address} is in the set {}", set.name),
            command: Command::new("nft", arguments),
            expects: Expects::Success,
        })
    });
    std::iter::once(listed).chain(has).collect()
}
