//! nftables 0.9.3 or later: packets to and from banned networks go nowhere.
//!
//! | room | what is decided there |
//! |---|---|
//! | [`intervals`] | which addresses are left when what an order leaves out is cut out |
//! | [`ruleset`] | the table, and how it is asked for |
//!
//! A table of its own, `inet interdict`, that goes as it came. What an order leaves out is cut out of what its own part bans,
//! to the address; another ban of the same addresses keeps them. Loopback, the link's own addresses and multicast
//! are never in a set: blocking those takes a machine's neighbours away. Without a network in any set there is no file, and no table.
//! Not here: domains ([`rpz`](super::rpz)), autonomous systems (nothing on a machine says which networks they have), and
//! which networks a machine cannot do without (the protected list).

pub mod intervals;
pub mod ruleset;

use std::path::PathBuf;

use interdict_schema::directive::IdentifierKind;
use interdict_schema::product::{Cidr, Identifier};

use self::intervals::{Family, Interval, Intervals};
use self::ruleset::{Refusal, Set};
use super::{
    Argument, Ban, Bans, Command, Entry, Fidelity, File, Marker, Options, Part, RenderError, Rendered,
    Setting, Stage, Target, Verdicts, Warning,
};

/// From how many intervals on loading takes seconds: see docs/performance.md.
pub const MANY: usize = 100_000;

/// The target `nftables`.
#[derive(Debug, Clone, Copy)]
pub struct Nftables;

const SETTINGS: &[Setting] = &[
    Setting {
        key: "file",
        about: "where the table is written; /etc/nftables.conf must include it, so that it is there after a start",
        default: "/etc/nftables.d/interdict.nft",
    },
    Setting {
        key: "refusal",
        about: "what becomes of packets that go out: reject, or drop without a word",
        default: "reject",
    },
];

impl Target for Nftables {
    fn name(&self) -> &'static str {
        "nftables"
    }

    fn about(&self) -> &'static str {
        "lets no packet to or from banned networks through"
    }

    fn settings(&self) -> &'static [Setting] {
        SETTINGS
    }

    fn release(&self) -> Vec<Command> {
        ruleset::delete()
    }

    fn render(&self, bans: &Bans, options: &Options<'_>) -> Result<Rendered, RenderError> {
        let (file, refusal) = (path(options)?, refusal(options)?);
        let mut verdicts = Verdicts::new(bans.count());
        let sets = sets(bans, &mut verdicts);
        if sets.iter().all(|set| set.addresses.as_slice().is_empty()) {
            return Ok(nothing(verdicts));
        }
        let text = ruleset::table(&sets, refusal);
        let load = |options: &[&'static str]| {
            let options = options.iter().copied().map(Argument::Text);
            Command::new("nft", options.chain([Argument::File(0)]).collect()).within(300)
        };
        Ok(Rendered {
            files: vec![File::drop_in(file, text.into_bytes(), Marker::First("#"))],
            needs: &["nft"],
            validate: vec![load(&["-c", "-f"])],
            activate: vec![load(&["-f"])],
            questions: ruleset::questions(&sets),
            verdicts,
            warnings: warnings(&sets),
        })
    }
}

/// What there is where no network is banned: no table, as [`Target::release`] leaves it.
fn nothing(verdicts: Verdicts) -> Rendered {
    Rendered {
        files: Vec::new(),
        needs: &["nft"],
        validate: Vec::new(),
        activate: Vec::new(),
        questions: vec![ruleset::is_gone()],
        verdicts,
        warnings: Vec::new(),
    }
}

fn path(options: &Options<'_>) -> Result<PathBuf, RenderError> {
    let path = options.path("file");
    if path.is_absolute() {
        return Ok(path);
    }
    let found = options.setting("file").to_owned();
    Err(RenderError::Setting { key: "file", found, wanted: "an absolute path" })
}

fn refusal(options: &Options<'_>) -> Result<Refusal, RenderError> {
    match options.setting("refusal") {
        "reject" => Ok(Refusal::Reject),
        "drop" => Ok(Refusal::Drop),
        other => {
            Err(RenderError::Setting { key: "refusal", found: other.to_owned(), wanted: "reject or drop" })
        }
    }
}

fn warnings(sets: &[Set]) -> Vec<Warning> {
    let intervals: usize = sets.iter().map(|set| set.addresses.as_slice().len()).sum();
    if intervals < MANY {
        return Vec::new();
    }
    vec![Warning(format!(
        "{intervals} intervals of addresses: nft takes seconds to load them, on this machine's every start"
    ))]
}

const UNREADABLE: Fidelity = Fidelity::NotExpressible("not a network that may be banned");
const LEAVES_OUT: Fidelity =
    Fidelity::NotExpressible("what the order leaves out of the network cannot be let through");
const LOGS_MORE: Fidelity =
    Fidelity::OverBlocks("what the order leaves out cannot be read, and is logged all the same");
const OWN: Fidelity = Fidelity::NotExpressible("loopback, the link's own addresses and multicast stay open");
const PARTLY_OWN: Fidelity =
    Fidelity::UnderBlocks("loopback, the link's own addresses and multicast stay open");
const SYSTEM: Fidelity =
    Fidelity::NotExpressible("nothing on a machine says which networks an autonomous system has");

/// What stays open: the unspecified addresses and loopback, the link's own, multicast, broadcast (RFC 6890).
const OPEN: [&str; 8] = [
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/4",
    "255.255.255.255/32",
    "::/127",
    "fe80::/10",
    "ff00::/8",
];

/// The addresses of both families, as [`Family`] numbers them.
#[derive(Debug, Default)]
struct Both {
    four: Vec<Interval>,
    six: Vec<Interval>,
}

impl Both {
    fn add(&mut self, network: &Cidr) {
        let family = match Family::of(network) {
            Family::V4 => &mut self.four,
            Family::V6 => &mut self.six,
        };
        family.push(Interval::of(network));
    }

    fn extend(&mut self, four: &Intervals, six: &Intervals) {
        self.four.extend_from_slice(four.as_slice());
        self.six.extend_from_slice(six.as_slice());
    }

    fn joined(self) -> (Intervals, Intervals) {
        (Intervals::of(self.four), Intervals::of(self.six))
    }
}

/// The four sets, and what becomes of every ban.
fn sets(bans: &Bans, verdicts: &mut Verdicts) -> Vec<Set> {
    let open = open();
    let (mut blocked, mut logged) = (Both::default(), Both::default());
    let mut first = 0_usize;
    for part in &bans.parts {
        add(part, first, &open, verdicts, &mut blocked, &mut logged);
        first = first.saturating_add(part.entries.len());
    }
    let (blocked4, blocked6) = blocked.joined();
    let (logged4, logged6) = logged.joined();
    let set = |name, family, addresses: &Intervals, but: &Intervals| Set {
        name,
        family,
        addresses: addresses.without(but),
    };
    vec![
        set("logged4", Family::V4, &logged4.without(&open.0), &blocked4),
        set("logged6", Family::V6, &logged6.without(&open.1), &blocked6),
        set("blocked4", Family::V4, &blocked4, &open.0),
        set("blocked6", Family::V6, &blocked6, &open.1),
    ]
}

fn open() -> (Intervals, Intervals) {
    let mut open = Both::default();
    for text in OPEN {
        // Those are too wide for a directive.
        let (address, prefix) = text.split_once('/').unwrap_or((text, ""));
        let network = address.parse().ok().zip(prefix.parse().ok());
        if let Some(network) = network.and_then(|(address, prefix)| Cidr::around(address, prefix)) {
            open.add(&network);
        }
    }
    open.joined()
}

/// What a part adds to both.
fn add(
    part: &Part,
    first: usize,
    open: &(Intervals, Intervals),
    verdicts: &mut Verdicts,
    blocked: &mut Both,
    logged: &mut Both,
) {
    let mut left_out = Both::default();
    let mut unreadable = false;
    for entry in part.excluded.iter().filter(|entry| entry.kind == IdentifierKind::Cidr) {
        match network(entry) {
            Some(network) => left_out.add(&network),
            None => unreadable = true,
        }
    }
    let (mut blocks, mut logs) = (Both::default(), Both::default());
    for (number, entry) in part.entries.iter().enumerate() {
        let ban = Ban { number: first.saturating_add(number), part, entry };
        let stage = ban.stage();
        let fidelity = match (&entry.kind, stage) {
            (IdentifierKind::Cidr | IdentifierKind::Asn, Stage::Freed) => Fidelity::Freed,
            (IdentifierKind::Asn, _) => SYSTEM,
            (IdentifierKind::Cidr, Stage::Enforce) if unreadable => LEAVES_OUT,
            (IdentifierKind::Cidr, _) => match network(entry) {
                None => UNREADABLE,
                Some(network) => {
                    let into = if stage == Stage::Enforce { &mut blocks } else { &mut logs };
                    into.add(&network);
                    fidelity(&network, open, unreadable)
                }
            },
            _ => continue,
        };
        verdicts.set(ban.number, fidelity);
    }
    let (left4, left6) = left_out.joined();
    for (of, into) in [(blocks, blocked), (logs, logged)] {
        let (four, six) = of.joined();
        into.extend(&four.without(&left4), &six.without(&left6));
    }
}

fn network(entry: &Entry) -> Option<Cidr> {
    match entry.read() {
        Ok(Identifier::Cidr(network)) => Some(network),
        _ => None,
    }
}

fn fidelity(network: &Cidr, open: &(Intervals, Intervals), unreadable: bool) -> Fidelity {
    let all = Intervals::of(vec![Interval::of(network)]);
    let rest = all.without(if network.is_ipv4() { &open.0 } else { &open.1 });
    if rest.as_slice().is_empty() {
        OWN
    } else if rest != all {
        PARTLY_OWN
    } else if unreadable {
        LOGS_MORE
    } else {
        Fidelity::Exact
    }
}
