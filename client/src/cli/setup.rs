//! `interdict setup URL`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};

use super::{Context, Failure};
use crate::config::{Agency, Config, Location, RepositoryConfig, RepositoryName};

/// Follow a repository: writes the configuration
#[derive(Debug, Args)]
#[command(
    after_help = "Example: interdict setup https://directives.example.gov/ --name dhs --agency \"Example Agency\""
)]
pub(super) struct Setup {
    /// The repository: http://, https://, or a folder
    url: String,

    /// Your name for it, where several are followed
    #[arg(long, default_value = "main")]
    name: RepositoryName,

    /// Where else it is, in the order to ask; may be given several times
    #[arg(long = "mirror", value_name = "URL")]
    mirrors: Vec<String>,

    /// A file of certificate authorities for it instead of the system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// The agency that this machine works for, as directives address it
    #[arg(long)]
    agency: Option<String>,
}

impl Setup {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let places = context.places()?;
        let location = |text: &String| {
            Location::parse(text, &context.world.current_dir)
                .map_err(|error| Failure::new(&error, Exit::Usage))
        };
        let url = location(&self.url)?;
        let mirrors: Vec<Location> = self.mirrors.iter().map(location).collect::<Result<_, _>>()?;
        let ca_file = self.ca_file.map(|file| context.world.resolve(file));
        let mut config = Config::read(&places.config)?;
        let Self { name, agency, .. } = self;
        let repository = RepositoryConfig { mirrors, ca_file, ..RepositoryConfig::new(name.clone(), url) };
        match config.repositories.iter_mut().find(|repository| repository.name == name) {
            // What only the file can say stays as it was written there.
            Some(found) => *found = RepositoryConfig { timeouts: found.timeouts, ..repository },
            None => config.repositories.push(repository),
        }
        config.agency = match (agency, config.agency) {
            (Some(name), Some(known)) => Some(Agency { name, ..known }),
            (name, known) => name.map(Agency::named).or(known),
        };
        config.write(&context.world.disk, &places.config)?;
        let trusted = places.repository(&name).pin().exists();
        let next = if trusted {
            format!("interdict sync {name}")
        } else {
            format!("interdict trust ROOT.json --name {name}")
        };
        writeln!(context.world.stdout, "wrote {}\nnext: {next}", places.config.display())?;
        Ok(Outcome::done())
    }
}
