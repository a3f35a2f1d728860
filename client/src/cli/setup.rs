//! `interdict setup URL`

use std::io::Write;

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

    /// The agency that this machine works for, as directives address it
    #[arg(long)]
    agency: Option<String>,
}

impl Setup {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let places = context.places()?;
        let url = Location::parse(&self.url, &context.world.current_dir)
            .map_err(|error| Failure::new(&error, Exit::Usage))?;
        let mut config = Config::read(&places.config)?;
        let Self { name, agency, .. } = self;
        match config.repositories.iter_mut().find(|repository| repository.name == name) {
            Some(repository) => repository.url = url,
            None => config.repositories.push(RepositoryConfig { name: name.clone(), url }),
        }
        config.agency = agency.map(|name| Agency { name }).or(config.agency);
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
