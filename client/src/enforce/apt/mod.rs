//! apt: banned packages are no candidates for installation, and what comes some other way is vetoed before dpkg unpacks it.
//!
//! | room | what is decided there |
//! |---|---|
//! | [`meant`] | which bans mean a Debian package, what of them can be enforced, and whether one means a package |
//! | [`pins`] | the preferences: every version of a package has priority -1 (`apt_preferences(5)`, apt 2.6) |
//! | [`listed`] | the list of bans that the hook compares with |
//! | [`protocol`] | what apt tells the hook (apt.conf(5), `DPkg::Pre-Install-Pkgs`, versions 2 and 3) |
//! | [`hook`] | which of the packages that are about to be unpacked are banned |
//! | [`installed`] | which banned packages are there already |
//! | [`settings`] | what can be set |
//!
//! Pins only keep apt from choosing a package: they know no ranges, and a file that is given by name passes them. The hook sees
//! exact versions however they come, and compares by the same code as `check`. Only pins are not enough, and only the hook
//! would let apt choose what it then refuses, so a ban of every version is in both.
//!
//! Not used: `src:` pins, which drag in every package that is built from the same source. Names that are only provided by other
//! packages are no packages: what provides one is banned by its own name. What calls dpkg without apt is seen by nobody here.

pub mod hook;
pub mod installed;
pub mod listed;
pub mod meant;
pub mod pins;
pub mod protocol;
pub mod settings;

use std::path::{Path, PathBuf};

use self::meant::Meant;
use self::settings::Settings;
use super::{
    Argument, Bans, Command, Expects, File, Marker, Options, Question, RenderError, Rendered, Setting,
    Target, Warning,
};

/// From how many pins on every run of apt takes half a second longer: see docs/performance.md.
pub const MANY: usize = 500_000;

/// How many pinned packages apt is asked about once the pins lie there.
const ASKED: usize = 16;

/// The target `apt`.
#[derive(Debug, Clone, Copy)]
pub struct Apt;

impl Target for Apt {
    fn name(&self) -> &'static str {
        "apt"
    }

    fn about(&self) -> &'static str {
        "keeps apt from installing banned packages, from repositories and from files"
    }

    fn settings(&self) -> &'static [Setting] {
        settings::SETTINGS
    }

    fn reads(&self, _: &Options<'_>) -> Vec<PathBuf> {
        [installed::STATUS].iter().chain(&installed::OS_RELEASE).map(PathBuf::from).collect()
    }

    fn render(&self, bans: &Bans, options: &Options<'_>) -> Result<Rendered, RenderError> {
        let settings = Settings::read(options)?;
        let distribution = installed::distribution(options.seen);
        let Meant { rules, parts, verdicts } = Meant::of(bans, distribution.as_deref());
        let pinned = pins::names(&rules);
        let files = vec![
            drop_in(&settings.preferences, pins::write(&pinned)),
            drop_in(&settings.configuration, configuration(&settings)),
            drop_in(&settings.bans, listed::write(&rules, &parts, distribution.as_deref())),
        ];
        let mut warnings = Vec::new();
        if pinned.len() >= MANY {
            warnings.push(Warning(format!(
                "{} packages are pinned: every run of apt takes half a second or more longer, and 100 MB or more",
                pinned.len()
            )));
        }
        warnings.extend(installed::warning(&rules, distribution.as_deref(), options.seen));
        Ok(Rendered {
            files,
            needs: &["apt-get", "apt-cache", "apt-config"],
            validate: vec![
                Command::new(
                    "apt-cache",
                    vec![Argument::TextAndFile("-oDir::Etc::Preferences=", 0), Argument::Text("policy")],
                ),
                Command::new(
                    "apt-config",
                    vec![Argument::TextAndFile("--config-file=", 1), Argument::Text("dump")],
                ),
            ],
            // apt reads everything anew whenever it runs.
            activate: Vec::new(),
            questions: questions(&settings, &pinned),
            verdicts,
            warnings,
        })
    }
}

fn drop_in(path: &Path, bytes: Vec<u8>) -> File {
    File::drop_in(path.into(), bytes, Marker::First("#"))
}

/// How apt calls the hook. Only its own veto, status 1, ends a run: a program that is gone or broken says so and blocks nothing.
fn call(settings: &Settings) -> String {
    format!("{} apt-hook {} || test $? -ne 1", settings.program.display(), settings.bans.display())
}

fn configuration(settings: &Settings) -> Vec<u8> {
    let (call, program) = (call(settings), settings.program.display());
    format!(
        "# What is about to be unpacked is compared with the bans in {}; 1 is a veto.\n\
         DPkg::Pre-Install-Pkgs:: \"{call}\";\n\
         DPkg::Tools::Options::{program}::Version \"3\";\n",
        settings.bans.display()
    )
    .into_bytes()
}

fn questions(settings: &Settings, pinned: &[pins::Pin<'_>]) -> Vec<Question> {
    let program = settings.program.display().to_string();
    let mut questions = vec![
        Question {
            about: "apt calls the hook".into(),
            command: Command::of_texts("apt-config", &["dump"]),
            expects: Expects::Contains(call(settings)),
        },
        Question {
            about: format!("{program} is there to be called"),
            command: Command::new("test", vec![Argument::Text("-x"), Argument::Setting(program)]),
            expects: Expects::Success,
        },
    ];
    questions.extend(pinned.iter().take(ASKED).filter_map(|pin| {
        let name = Argument::value(pin.name)?;
        Some(Question {
            about: format!("apt has no candidate of {}", pin.name),
            command: Command::new("apt-cache", vec![Argument::Text("policy"), name]),
            // apt says nothing of a package that no repository has.
            expects: Expects::ContainsOrNothing("Candidate: (none)".into()),
        })
    }));
    questions
}
