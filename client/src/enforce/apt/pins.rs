//! The preferences: a priority below zero keeps a version from ever being installed (`apt_preferences(5)`, apt 2.6).
//!
//! Every stanza names one package of whatever architecture, by a name in which no character means anything to apt, and every
//! version of it. Written for what is blocked alone: a pin cannot log.

use std::collections::BTreeSet;

use super::super::Stage;
use super::meant::Rule;

/// A package of which every version is blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin<'r> {
    /// Its name.
    pub name: &'r str,
    /// Who bans it.
    directives: BTreeSet<&'r str>,
}

/// The packages of which every version is blocked, by name.
pub fn names<'r>(rules: &'r [Rule<'_>]) -> Vec<Pin<'r>> {
    let mut pins: Vec<Pin<'r>> = Vec::new();
    for rule in rules.iter().filter(|rule| rule.whole && rule.stage == Stage::Enforce) {
        match pins.last_mut() {
            Some(pin) if pin.name == rule.name => {
                pin.directives.insert(rule.directive);
            }
            _ => pins.push(Pin { name: &rule.name, directives: BTreeSet::from([rule.directive]) }),
        }
    }
    pins
}

/// The file.
pub fn write(pins: &[Pin<'_>]) -> Vec<u8> {
    let mut text = String::with_capacity(pins.len().saturating_mul(100));
    text.push_str("# Packages that verified directives ban: none of their versions is a candidate.\n");
    for pin in pins {
        text.push_str("\nExplanation: banned by");
        for directive in &pin.directives {
            text.push(' ');
            text.push_str(directive);
        }
        text.push_str("\nPackage: ");
        text.push_str(pin.name);
        text.push_str(":any\nPin: version *\nPin-Priority: -1\n");
    }
    text.into_bytes()
}
