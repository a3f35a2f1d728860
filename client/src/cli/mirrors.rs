//! Asks the sources of a repository in their order (`trust.md`, rule 13).
//!
//! The next is asked where one gives no answer, and where what it gives is not believed. What a mirror served that is merely
//! old costs nothing where another one serves ours or newer; whatever else was refused is an alarm all the same.

use std::io::Write;

use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::escape_control;
use interdict_schema::DateTime;
use interdict_schema::tuf::{Refusal, RoleName, RoleType};

use super::sync_failure::{SyncError, failure, is_expired};
use super::sync_round::{CoolDown, Origin, from};
use super::{Context, Failure};
use crate::config::{Location, RepositoryConfig};
use crate::fetch::{Directory, Fetch, FetchError, Http, NetworkOptions, UntilTold};
use crate::places::Places;
use crate::store::history::{BEHIND_POLLS, History, LONGEST_COOL_DOWN};
use crate::sync::{ExpiredRoles, Salvage, Synced};
use crate::update::{Distrust, UpdateError};

/// A source that brought nothing, and why.
struct Failed {
    source: String,
    error: UpdateError,
}

/// Syncs a repository from the first of its sources that gives something to believe. With it comes what else must be said.
pub(super) fn configured(
    context: &mut Context<'_>,
    places: &Places,
    repository: &RepositoryConfig,
    cool_down: CoolDown,
    now: DateTime,
) -> Result<(Synced, Outcome), Failure> {
    let name = &repository.name;
    let at = places.repository(name);
    let sources: Vec<String> = repository.sources().map(ToString::to_string).collect();
    let before = History::read(&at);
    let mut history = before.clone();
    history.keep(&sources);
    let salvage = Salvage::default();
    let (mut failed, mut cooling, mut synced, mut unusable) = (Vec::new(), Vec::new(), None, None);
    for location in repository.sources() {
        let source = location.to_string();
        if let Some(until) = history.cooling(&source, now).filter(|_| cool_down == CoolDown::Kept) {
            cooling.push((source, until));
            continue;
        }
        let fetch = match connect(context, repository, location) {
            Ok(fetch) => fetch,
            Err(failure) => {
                unusable = Some(failure);
                continue;
            }
        };
        let fetch = UntilTold { fetch: &*fetch, told: context.world.wait.told() };
        let expired_roles = ExpiredRoles::SetAside;
        let origin = Origin { fetch: &fetch, now, as_of: now, expired_roles, salvage: &salvage };
        match from(context, places, name, origin)? {
            Ok(found) => {
                history.answered(&source);
                synced = Some(found);
                break;
            }
            Err(error) => {
                history.know(&sources);
                note(&mut history, &source, &error, now);
                let last = !another_may_help(&error);
                failed.push(Failed { source, error });
                if last {
                    break;
                }
            }
        }
    }
    if synced.is_some() {
        history.failures = 0;
    } else if !failed.is_empty() && !failed.iter().any(|failed| is_ended(&failed.error)) {
        history.asked_at = Some(now);
        history.failures = history.failures.saturating_add(1);
    }
    // Where all is well there is nothing to write, and manners never keep anybody from what was verified.
    if history != before
        && let Err(error) = history.write(&context.world.disk, &at)
    {
        tracing::warn!(%error, "when to ask next could not be kept");
    }
    match synced {
        Some(synced) => Ok((synced, told(context, repository, failed, &history)?)),
        None => Err(nothing(context, repository, failed, unusable, cooling)),
    }
}

/// What a failure says of when to ask again, and of how far behind a source is.
fn note(history: &mut History, source: &str, error: &UpdateError, now: DateTime) {
    match error {
        UpdateError::Fetch(FetchError::Status { retry_after: Some(after), .. }) => {
            history.cool_down(source, after.moment(now, LONGEST_COOL_DOWN));
        }
        _ if is_behind(error) => {
            history.behind(source);
        }
        _ => {}
    }
}

/// Whether a source serves what was right once: an older timestamp than ours, or one that has expired.
fn is_behind(error: &UpdateError) -> bool {
    let UpdateError::Refused { source, .. } = error else { return false };
    let older = match &**source {
        Distrust::Metadata(Refusal::Rollback { role, .. }) => *role == RoleName::from(RoleType::Timestamp),
        _ => false,
    };
    older || is_expired(error)
}

/// Whether another source may do better: not where the trouble is on this side.
fn another_may_help(error: &UpdateError) -> bool {
    matches!(error, UpdateError::Refused { .. } | UpdateError::Fetch(_)) && !is_ended(error)
}

/// Whether the program was told to end, for which no source can do anything.
fn is_ended(error: &UpdateError) -> bool {
    matches!(error, UpdateError::Fetch(FetchError::Ended))
}

fn connect(
    context: &Context<'_>,
    repository: &RepositoryConfig,
    location: &Location,
) -> Result<Box<dyn Fetch>, Failure> {
    Ok(match location {
        Location::Directory(path) => Box::new(Directory::new(path.clone())),
        Location::Http(url) => {
            let mut options = NetworkOptions::of(context.world);
            options.certificate_file = repository.ca_file.clone().or(options.certificate_file);
            options.timeouts = repository.timeouts;
            Box::new(Http::new(url, &options).map_err(|source| {
                Failure::new(&SyncError::Connection { name: repository.name.clone(), source }, Exit::NoAnswer)
            })?)
        }
    })
}

/// What must be said of the sources that failed before one did not.
fn told(
    context: &mut Context<'_>,
    repository: &RepositoryConfig,
    failed: Vec<Failed>,
    history: &History,
) -> Result<Outcome, Failure> {
    let (name, mut outcome) = (&repository.name, Outcome::done());
    for Failed { source, error } in failed {
        let shown = escape_control(&source).into_owned();
        let behind = history.sources.get(&source).map_or(0, |source| source.behind);
        match &error {
            UpdateError::Refused { .. } if is_behind(&error) && behind < BEHIND_POLLS => writeln!(
                context.world.stderr,
                "warning: {name}: {shown} is behind; another mirror is not, and what was refused is kept as evidence"
            )?,
            UpdateError::Refused { .. } if is_behind(&error) => {
                outcome.add(Exit::Refused);
                writeln!(
                    context.world.stderr,
                    "alarm: {name}: {shown} has been behind at {behind} polls in a row"
                )?;
            }
            UpdateError::Refused { .. } | UpdateError::Fetch(FetchError::TooLong { .. }) => {
                writeln!(
                    context.world.stderr,
                    "alarm: {name}: {shown} was not believed; another mirror was"
                )?;
                outcome.merge(&failure(name, error).show(context.world));
            }
            _ => writeln!(
                context.world.stderr,
                "warning: {name}: {}; another mirror answered",
                escape_control(&error.to_string())
            )?,
        }
    }
    Ok(outcome)
}

/// The end of a sync that no source brought anything to. All failures but the weightiest are shown here.
fn nothing(
    context: &mut Context<'_>,
    repository: &RepositoryConfig,
    failed: Vec<Failed>,
    unusable: Option<Failure>,
    cooling: Vec<(String, DateTime)>,
) -> Failure {
    let name = &repository.name;
    let mut failures: Vec<Failure> = failed.into_iter().map(|failed| failure(name, failed.error)).collect();
    failures.extend(unusable);
    if failures.is_empty()
        && let Some(until) = cooling.iter().map(|(_, until)| *until).min()
    {
        let sources = cooling.into_iter().map(|(source, _)| source).collect();
        let error = SyncError::CoolingDown { name: name.clone(), sources, until };
        return Failure::new(&error, Exit::NoAnswer)
            .hint("what was held stays in force; wait, or ask all the same with `interdict sync --now`");
    }
    // Of equals the first: `min_by_key` would do, but the others must be shown.
    let mut worst: Option<Failure> = None;
    for failure in failures {
        match worst.take() {
            Some(earlier) if earlier.exit() <= failure.exit() => {
                let _ = failure.show(context.world);
                worst = Some(earlier);
            }
            Some(earlier) => {
                let _ = earlier.show(context.world);
                worst = Some(failure);
            }
            None => worst = Some(failure),
        }
    }
    worst.unwrap_or_else(|| Failure::new(&SyncError::NotTrusted { name: name.clone() }, Exit::Usage))
}
