//! How a server loads the zones, takes them up, and is asked whether it did.
//!
//! | | unbound | BIND |
//! |---|---|---|
//! | configuration | a drop-in, complete | two files for the administrator to include: zones, and inside `options` the policies |
//! | audit | `rpz-action-override: disabled`, `rpz-log: yes` | `policy disabled`, `log yes` |
//! | signed names | blocked as others are | only with `break-dnssec yes`, which is written |
//!
//! The zone of what is logged comes first, so that what is logged there is logged even where the other one blocks it, and
//! has nothing but passthru in it: a server that forgets the override lets through rather than blocks.

use super::super::{Argument, Command, Expects, File, Marker, Question};
use super::settings::{Server, Settings};

/// Loading a million names takes unbound seconds; a slow machine gets ten minutes.
const SECONDS: u64 = 600;

/// The program's names without which nothing can be done.
pub const fn needs(server: Server) -> &'static [&'static str] {
    match server {
        Server::Unbound => &["named-checkzone", "unbound-checkconf", "unbound-control", "systemctl", "dig"],
        Server::Bind => &["named-checkzone", "named-checkconf", "rndc", "dig"],
        Server::None => &["named-checkzone"],
    }
}

/// The files by which the server loads the zones.
pub fn configuration(settings: &Settings) -> Vec<File> {
    let whole = |path, text: String| File::drop_in(path, text.into_bytes(), Marker::First("#"));
    match settings.server {
        Server::Unbound => vec![whole(settings.configuration.clone(), unbound(settings))],
        Server::Bind => {
            let (zones, policy) = bind(settings);
            vec![
                whole(settings.folder.join("zones.conf"), zones),
                whole(settings.folder.join("response-policy.conf"), policy),
            ]
        }
        Server::None => Vec::new(),
    }
}

fn unbound(settings: &Settings) -> String {
    let rpz = |zone: &str, lines: &str, log: &str| {
        let file = settings.file(zone);
        format!(
            "rpz:\n    name: \"{zone}\"\n    zonefile: \"{}\"\n{lines}    rpz-log: yes\n    rpz-log-name: \"{log}\"\n",
            file.display()
        )
    };
    let modules = match settings.modules.as_str() {
        "" => String::new(),
        modules => format!("server:\n    module-config: \"{modules}\"\n"),
    };
    let audit = rpz(&settings.audit, "    rpz-action-override: disabled\n", "interdict-audit");
    format!("{modules}{audit}{}", rpz(&settings.zone, "", "interdict"))
}

fn bind(settings: &Settings) -> (String, String) {
    let zone = |zone: &str| {
        let file = settings.file(zone);
        format!(
            "zone \"{zone}\" {{\n    type primary;\n    file \"{}\";\n    allow-query {{ none; }};\n    \
             allow-transfer {{ none; }};\n}};\n",
            file.display()
        )
    };
    let policy = format!(
        "response-policy {{\n    zone \"{}\" policy disabled log yes;\n    zone \"{}\" policy given log yes;\n}} \
         break-dnssec yes qname-wait-recurse no min-update-interval 0;\n",
        settings.audit, settings.zone
    );
    (format!("{}{}", zone(&settings.audit), zone(&settings.zone)), policy)
}

/// How the zones are judged: the files with the numbers 0 (blocked) and 1 (logged).
pub fn validate(settings: &Settings) -> Vec<Command> {
    let zone = |name: &str, file| {
        let texts = ["-q", "-i", "local"].map(Argument::Text);
        let arguments =
            texts.into_iter().chain([Argument::Setting(name.to_owned()), Argument::File(file)]).collect();
        Command::new("named-checkzone", arguments).within(SECONDS)
    };
    let mut commands = vec![zone(&settings.zone, 0), zone(&settings.audit, 1)];
    if settings.server == Server::Bind {
        commands.push(Command::new("named-checkconf", vec![Argument::File(2)]));
    }
    commands
}

/// How the server takes them up: asked first whether it can use its whole configuration, which is possible only now, because
/// it wants to see the zones where they belong.
///
/// unbound is started anew rather than told to reload: it ends without a word where a reload takes its last policies and
/// the module for them away (1.17.1: "RPZ requires the respip module"), as an undo does, and its own check does not see it.
/// A start that fails is an answer, and everything is taken back.
pub fn activate(server: Server) -> Vec<Command> {
    let commands = match server {
        Server::Unbound => vec![
            Command::of_texts("unbound-checkconf", &[]),
            Command::of_texts("systemctl", &["restart", "unbound.service"]),
        ],
        Server::Bind => {
            vec![Command::of_texts("named-checkconf", &[]), Command::of_texts("rndc", &["reload"])]
        }
        Server::None => Vec::new(),
    };
    commands.into_iter().map(|command| command.within(SECONDS)).collect()
}

/// Whether the server has both zones, with these serials, and whether it blocks these names.
pub fn questions(settings: &Settings, serials: [(&str, u32); 2], blocked: &[String]) -> Vec<Question> {
    let mut questions: Vec<Question> =
        serials.into_iter().filter_map(|(zone, serial)| loaded(settings.server, zone, serial)).collect();
    if settings.server != Server::None {
        questions.extend(blocked.iter().filter_map(|name| refused(settings, name)));
    }
    questions
}

fn loaded(server: Server, zone: &str, serial: u32) -> Option<Question> {
    let (command, answer) = match server {
        Server::Unbound => (
            Command::of_texts("unbound-control", &["list_auth_zones"]),
            format!("{zone}.\tserial {serial}\n"),
        ),
        Server::Bind => (
            Command::new("rndc", vec![Argument::Text("zonestatus"), Argument::Setting(zone.to_owned())]),
            format!("serial: {serial}\n"),
        ),
        Server::None => return None,
    };
    let expects = patient(server, Expects::Contains(answer));
    let about = format!("the server has {zone} with serial {serial}");
    Some(Question { about, command, expects })
}

fn refused(settings: &Settings, name: &str) -> Option<Question> {
    let mut arguments = vec![
        Argument::Setting(format!("@{}", settings.resolver)),
        Argument::Text("-p"),
        Argument::Setting(settings.port.to_string()),
        Argument::value(name)?,
    ];
    arguments.extend(["A", "+tries=2", "+time=3", "+noall", "+comments"].map(Argument::Text));
    Some(Question {
        about: format!("the resolver says that there is no {name}"),
        command: Command::new("dig", arguments),
        expects: patient(settings.server, Expects::Contains("status: NXDOMAIN".into())),
    })
}

/// BIND loads zones, and takes policies out of them, after it has said that it was told.
fn patient(server: Server, expects: Expects) -> Expects {
    if server == Server::Bind { expects.within(SECONDS) } else { expects }
}
