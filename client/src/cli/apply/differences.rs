//! What of a plan is not the same any more.

use interdict_schema::plan::Planned;

/// What is not the same any more, in words of the plan.
pub(super) fn differences(approved: &Planned, now: &Planned) -> Vec<String> {
    let mut what = Vec::new();
    let mut note = |differs: bool, name: &str| {
        if differs {
            what.push(name.to_owned());
        }
    };
    for target in &approved.targets {
        let other = now.targets.iter().find(|other| other.name == target.name);
        let Some(other) = other else {
            note(true, &target.name);
            continue;
        };
        note(target.files != other.files, &format!("the files of {}", target.name));
        note(target.settings != other.settings, &format!("the settings of {}", target.name));
        note(
            (&target.state, &target.missing, &target.error) != (&other.state, &other.missing, &other.error),
            &format!("whether {} is there", target.name),
        );
        note(
            (&target.validate, &target.activate) != (&other.validate, &other.activate),
            &format!("the commands of {}", target.name),
        );
    }
    note(approved.parts != now.parts, "what is banned, and how far");
    note(approved.not_enforced != now.not_enforced, "what is not enforced");
    note(approved.protected != now.protected, "what is protected");
    note(approved.gates != now.gates, "what must be there first");
    note(approved.window != now.window, "the window");
    note(approved.max_impact != now.max_impact, "max-impact");
    note(approved.health_check != now.health_check, "the health check");
    note(approved.left_alone != now.left_alone, "which other targets are applied");
    if what.is_empty() {
        what.push("something of a target".to_owned());
    }
    what
}
