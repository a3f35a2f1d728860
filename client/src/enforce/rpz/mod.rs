//! DNS response policy zones: a resolver says of banned domains, and of all below them, that there are none.
//!
//! | room | what is decided there |
//! |---|---|
//! | [`tree`] | which names a zone must have |
//! | [`zone`] | the lines and the serial |
//! | [`server`] | how unbound or BIND loads it and is asked |
//! | [`settings`] | what can be set |
//!
//! A waived domain is in no zone: the waiver lifts an order, and other operators' policies are not its business. What an
//! order leaves out below a banned domain is let through by `rpz-passthru.`, unless another ban means it.
//! Networks are not written as `rpz-ip`: that would block every name that has one address of many in them, and nobody
//! who uses the address itself; [`nftables`](super::nftables) has them.

pub mod server;
pub mod settings;
pub mod tree;
pub mod zone;

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::PathBuf;

use interdict_schema::directive::IdentifierKind;
use interdict_schema::product::{Domain, Identifier};

use self::settings::{Server, Settings};
use self::tree::{Point, Says};
use self::zone::{Zone, longest};
use super::{
    Ban, Bans, Entry, Fidelity, File, Marker, Options, Part, RenderError, Rendered, Setting, Stage, Target,
    Verdicts, Warning,
};

/// From how many names on unbound suffers: see docs/performance.md.
pub const MANY: usize = 100_000;

/// The target `dns-rpz`.
#[derive(Debug, Clone, Copy)]
pub struct DnsRpz;

impl Target for DnsRpz {
    fn name(&self) -> &'static str {
        "dns-rpz"
    }

    fn about(&self) -> &'static str {
        "answers NXDOMAIN for banned domains and all below them"
    }

    fn settings(&self) -> &'static [Setting] {
        settings::SETTINGS
    }

    fn reads(&self, options: &Options<'_>) -> Vec<PathBuf> {
        // What cannot be read is refused by `render`, which needs no file for that.
        Settings::read(options)
            .map(|settings| vec![settings.file(&settings.zone), settings.file(&settings.audit)])
            .unwrap_or_default()
    }

    fn approved<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        zone::without_serial(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned)
    }

    fn render(&self, bans: &Bans, options: &Options<'_>) -> Result<Rendered, RenderError> {
        let settings = Settings::read(options)?;
        let (points, verdicts) = points(bans, &settings);
        let mut blocked = Zone::new(&settings.zone);
        let mut logged = Zone::new(&settings.audit);
        tree::write(&points, bans.parts.len(), &mut blocked, &mut logged);
        let asked = std::mem::take(&mut blocked.asked);
        let names = blocked.names.saturating_add(logged.names);
        let mut files = Vec::new();
        // The lowest 32 bits: serials are compared going round.
        let least = u32::try_from(bans.generation & u64::from(u32::MAX)).unwrap_or(1);
        let mut finish = |zone: Zone, name: &str| {
            let path = settings.file(name);
            let present = options.seen.file(&path).map(|now| now.bytes.as_slice());
            let (serial, bytes) = zone.finish(present, least);
            files.push(File::drop_in(path, bytes, Marker::First(";")));
            serial
        };
        let serials = [
            (settings.zone.as_str(), finish(blocked, &settings.zone)),
            (settings.audit.as_str(), finish(logged, &settings.audit)),
        ];
        files.extend(server::configuration(&settings));
        Ok(Rendered {
            files,
            needs: server::needs(settings.server),
            validate: server::validate(&settings),
            activate: server::activate(settings.server),
            questions: server::questions(&settings, serials, &asked),
            verdicts,
            warnings: warnings(names, settings.server),
        })
    }
}

fn warnings(names: usize, server: Server) -> Vec<Warning> {
    if names < MANY || server == Server::None {
        return Vec::new();
    }
    vec![Warning(format!(
        "{names} domains: unbound needs about 1.3 KB of memory for each, and answers nobody for the seconds to minutes in which it loads them"
    ))]
}

const UNREADABLE: Fidelity = Fidelity::NotExpressible("not a domain that may be banned");
const TRIGGER: Fidelity =
    Fidelity::NotExpressible("the last label means something else in a zone of policies");
const TOO_LONG: Fidelity = Fidelity::NotExpressible("too long a name with the zone's behind it");
const LEAVES_OUT: Fidelity =
    Fidelity::NotExpressible("what the order leaves out below the domain cannot be let through");
const NOT_BELOW: Fidelity =
    Fidelity::UnderBlocks("too long for what is below the domain, with the zone's name behind it");
const LOGS_MORE: Fidelity = Fidelity::OverBlocks(
    "what the order leaves out below the domain is let through, and logged all the same",
);

/// What all parts say, in canonical order, and what becomes of every ban.
fn points(bans: &Bans, settings: &Settings) -> (Vec<Point>, Verdicts) {
    let mut verdicts = Verdicts::new(bans.count());
    let mut points = Vec::new();
    let mut first = 0_usize;
    for (number, part) in bans.parts.iter().enumerate() {
        let left_out = LeftOut::of(part, settings);
        let before = points.len();
        for (ban, entry) in part.entries.iter().enumerate() {
            if entry.kind == IdentifierKind::Domain {
                let ban = Ban { number: first.saturating_add(ban), part, entry };
                verdicts.set(ban.number, point(&ban, number, &left_out, settings, &mut points));
            }
        }
        first = first.saturating_add(part.entries.len());
        if points.len() > before {
            points.extend(left_out.names.into_iter().map(|name| Point {
                name,
                part: number,
                says: Says::LeftOut,
            }));
        }
    }
    tree::sort(&mut points);
    (points, verdicts)
}

fn point(
    ban: &Ban<'_>,
    part: usize,
    left_out: &LeftOut,
    settings: &Settings,
    points: &mut Vec<Point>,
) -> Fidelity {
    let stage = ban.stage();
    let Some(says) = Says::of(stage) else { return Fidelity::Freed };
    let Some(name) = domain(ban.entry) else { return UNREADABLE };
    if means_something_else(&name) {
        return TRIGGER;
    }
    let longest = longest(if stage == Stage::Enforce { &settings.zone } else { &settings.audit });
    let length = name.as_str().len();
    if length > longest {
        return TOO_LONG;
    }
    if left_out.forbid(&name) && stage == Stage::Enforce {
        return LEAVES_OUT;
    }
    let fidelity = if stage == Stage::Audit && left_out.is_below(&name) {
        LOGS_MORE
    } else if length.saturating_add(2) > longest {
        NOT_BELOW
    } else {
        Fidelity::Exact
    };
    points.push(Point { name, part, says });
    fidelity
}

fn domain(entry: &Entry) -> Option<Domain> {
    match entry.read() {
        Ok(Identifier::Domain(name)) => Some(name),
        _ => None,
    }
}

/// Whether a name is one of the triggers that are no names (draft-vixie-dnsop-dns-rpz-00, 4): `32.1.2.0.192.rpz-ip` would
/// block an address, and `….rpz-client-ip` a person.
fn means_something_else(name: &Domain) -> bool {
    name.as_str().rsplit('.').next().is_some_and(|last| last.starts_with("rpz-"))
}

/// The domains that a part leaves out.
#[derive(Debug, Default)]
struct LeftOut {
    names: Vec<Domain>,
    /// All names above them, and they themselves.
    above: HashSet<String>,
    /// All names above those that a zone cannot let through.
    forbidden: HashSet<String>,
    /// One of them cannot be read, so that it may be anywhere.
    unreadable: bool,
}

impl LeftOut {
    fn of(part: &Part, settings: &Settings) -> Self {
        let mut all = Self::default();
        for entry in part.excluded.iter().filter(|entry| entry.kind == IdentifierKind::Domain) {
            let Some(name) = domain(entry) else {
                all.unreadable = true;
                continue;
            };
            all.above.extend(name.and_above().map(str::to_owned));
            if means_something_else(&name) || name.as_str().len() > longest(&settings.zone) {
                all.forbidden.extend(name.and_above().map(str::to_owned));
            } else {
                all.names.push(name);
            }
        }
        all
    }

    fn forbid(&self, name: &Domain) -> bool {
        self.unreadable || self.forbidden.contains(name.as_str())
    }

    fn is_below(&self, name: &Domain) -> bool {
        self.unreadable || self.above.contains(name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warns_from_the_stated_number_of_domains_on_where_a_server_loads_them() {
        assert_eq!(warnings(MANY - 1, Server::Unbound), []);
        assert_eq!(warnings(MANY, Server::Unbound).len(), 1);
        assert_eq!(warnings(MANY, Server::None), []);
    }
}
