//! What an operator may set of the zones, checked: a zone's name, where it lies, and who loads it.

use std::net::IpAddr;
use std::path::PathBuf;

use interdict_schema::product::Domain;

use super::super::{Options, RenderError, Setting};

/// What can be set.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "server",
        about: "who loads the zones: unbound, bind, or none where they are only transferred elsewhere",
        default: "unbound",
    },
    Setting {
        key: "zone",
        about: "the zone of what is blocked; that of what is logged has -audit behind the first label",
        default: "rpz.interdict.invalid",
    },
    Setting {
        key: "folder",
        about: "where the zones lie; the server must be able to read there; where it is empty, /etc/unbound/interdict, for BIND /etc/bind/interdict",
        default: "",
    },
    Setting {
        key: "configuration",
        about: "the drop-in by which unbound loads the zones",
        default: "/etc/unbound/unbound.conf.d/interdict.conf",
    },
    Setting {
        key: "modules",
        about: "unbound's module-config; policies need respip; empty where the administrator sets it",
        default: "respip validator iterator",
    },
    Setting { key: "resolver", about: "the address at which the server is asked", default: "127.0.0.1" },
    Setting { key: "port", about: "the port at which the server is asked", default: "53" },
];

/// Who loads the zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// unbound 1.10 or later.
    Unbound,
    /// BIND 9.16 or later.
    Bind,
    /// Nobody here.
    None,
}

/// What is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who loads the zones.
    pub server: Server,
    /// The zone of what is blocked.
    pub zone: String,
    /// The zone of what is logged.
    pub audit: String,
    /// Where they lie.
    pub folder: PathBuf,
    /// unbound's drop-in.
    pub configuration: PathBuf,
    /// unbound's modules.
    pub modules: String,
    /// Where the server is asked.
    pub resolver: IpAddr,
    /// At which port.
    pub port: u16,
}

impl Settings {
    /// Reads what is set.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn read(options: &Options<'_>) -> Result<Self, RenderError> {
        let wrong =
            |key, wanted| RenderError::Setting { key, found: options.setting(key).to_owned(), wanted };
        let server = match options.setting("server") {
            "unbound" => Server::Unbound,
            "bind" => Server::Bind,
            "none" => Server::None,
            _ => return Err(wrong("server", "unbound, bind or none")),
        };
        let zones = zones(options.setting("zone"));
        let (zone, audit) =
            zones.ok_or_else(|| wrong("zone", "a domain name, its first label of at most 57 bytes"))?;
        let path = |key| path(options.setting(key)).ok_or_else(|| wrong(key, PATH));
        let folder = match (options.setting("folder"), server) {
            ("", Server::Bind) => PathBuf::from("/etc/bind/interdict"),
            ("", Server::Unbound | Server::None) => PathBuf::from("/etc/unbound/interdict"),
            _ => path("folder")?,
        };
        let modules = options.setting("modules");
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' ';
        if !modules.bytes().all(word) {
            return Err(wrong("modules", "names of unbound's modules, with blanks between them"));
        }
        Ok(Self {
            server,
            zone,
            audit,
            folder,
            configuration: path("configuration")?,
            modules: modules.to_owned(),
            resolver: options.setting("resolver").parse().map_err(|_| wrong("resolver", "an address"))?,
            port: options.setting("port").parse().map_err(|_| wrong("port", "a number from 0 to 65535"))?,
        })
    }

    /// Where a zone lies.
    pub fn file(&self, zone: &str) -> PathBuf {
        self.folder.join(format!("{zone}.zone"))
    }
}

const PATH: &str = "an absolute path of letters, digits and . _ - without ..";

/// A path that means nothing to a configuration file: it stands in quotes in two of them.
fn path(text: &str) -> Option<PathBuf> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let absolute = text.len() > 1 && text.starts_with('/') && !text.split('/').any(|part| part == "..");
    (absolute && text.bytes().all(plain)).then(|| PathBuf::from(text))
}

/// Both zones' names.
fn zones(text: &str) -> Option<(String, String)> {
    let zone = Domain::parse(text).ok()?;
    let (first, rest) = zone.as_str().split_once('.')?;
    let audit = Domain::parse(&format!("{first}-audit.{rest}")).ok()?;
    Some((zone.as_str().to_owned(), audit.as_str().to_owned()))
}
