//! The inventories that the command line names: files, folders, `-`, and files that are looked at themselves; with progress, on all cores.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use interdict_host::exit::Exit;
use interdict_host::terminal::{Progress, Unit};
use interdict_host::world::World;

use super::Failure;
use crate::inventory::files::{self, Digests, Under};
use crate::inventory::given::{self, Given, unread};
use crate::inventory::{DetectError, Format, Inventory, Limits, Recognises, detect};

/// The label of what comes from standard input.
pub(super) const STANDARD_INPUT: &str = "standard input";

/// An inventory that is no inventory.
#[derive(Debug, thiserror::Error)]
#[error("{} is no inventory", path.display())]
struct NoInventory {
    path: PathBuf,
    #[source]
    source: DetectError,
}

/// Reads all of `paths`, in their order, and of tables only what something recognises.
///
/// # Errors
/// There is one path, it is a file or standard input, and that is no inventory. Among several, one that is none hides nothing
/// of the others and is in the coverage as not read.
pub(super) fn read(
    paths: &[PathBuf],
    format: Option<Format>,
    world: &mut World,
    limits: &Limits,
    recognises: Recognises<'_>,
) -> Result<Inventory, Failure> {
    let mut inventory = Inventory::default();
    for path in paths {
        let found = if path == Path::new("-") {
            standard_input(world, format, limits, recognises)
        } else {
            below(path, world, format, limits, recognises)
        };
        inventory.append(match found {
            Ok(found) => found,
            Err(error) if paths.len() > 1 => {
                unread(&error.path.display().to_string(), format, error.source.into())
            }
            Err(error) => {
                let hint = "name the format with --type if it is one of these";
                return Err(Failure::new(&error, Exit::Usage).hint(hint));
            }
        });
    }
    Ok(inventory)
}

fn standard_input(
    world: &mut World,
    format: Option<Format>,
    limits: &Limits,
    recognises: Recognises<'_>,
) -> Result<Inventory, NoInventory> {
    let label = STANDARD_INPUT;
    detect::read_stream(&mut world.stdin, label, format, limits, recognises)
        .map_err(|source| NoInventory { path: label.into(), source })
}

/// The files under a path, with progress, on all cores.
pub(super) fn files(
    under: &Under,
    digests: Digests,
    world: &World,
    limits: &Limits,
    recognises: Recognises<'_>,
) -> Inventory {
    let progress = Progress::start(world, "reading files", Unit::Items, None);
    files::read(under, digests, cores(), limits, recognises, &|more| progress.advance(more))
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// A file, or everything below a folder.
fn below(
    path: &Path,
    world: &World,
    format: Option<Format>,
    limits: &Limits,
    recognises: Recognises<'_>,
) -> Result<Inventory, NoInventory> {
    let resolved = world.resolve(path);
    let files = given::below(path, &resolved);
    if let ([file], false) = (files.as_slice(), resolved.is_dir()) {
        return given::read(file, format, limits, recognises)
            .map_err(|source| NoInventory { path: path.into(), source });
    }
    let progress =
        Progress::start(world, "reading inventories", Unit::Items, u64::try_from(files.len()).ok());
    let read = |given: &Given| {
        given::read(given, format, limits, recognises)
            .unwrap_or_else(|error| unread(&given.label, format, error.into()))
    };
    Ok(given::all(&files, cores(), &read, || progress.advance(1)))
}
