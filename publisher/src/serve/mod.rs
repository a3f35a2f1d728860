//! A static-file server for a published repository: HTTP/1.1 and HTTP/2 on hyper, TLS by rustls, one thread a core.
//!
//! It serves the regular files below one folder and nothing else: no listing, no dot file, no symbolic link,
//! no path out of the folder, and it never writes there. It knows the names of a TUF repository only to tell
//! clients how long to keep what. Trust does not rest on it; any static host does as well. Not here: publishing, and
//! HTTP/2 without TLS.
//!
//! Standards: RFC 9110 (semantics), RFC 9111 and RFC 8246 (caching), RFC 9112 (HTTP/1.1), RFC 9113 (HTTP/2), RFC 8446
//! (TLS 1.3), Fetch (scripts of other sites).
//!
//! | file | what it decides |
//! |---|---|
//! | `limits` | every bound |
//! | `server`, `shared`, `options`, `error` | how it is started and stopped |
//! | `listener`, `certificate`, `sandbox` | what it takes from the machine, and what it gives up |
//! | `worker`, `visit`, `watched`, `peers`, `moment` | connections: how many, how long, how often they ask |
//! | `connection` | the protocols |
//! | `answer`, `facts`, `admin`, `metrics` | status, fields and content of an answer |
//! | `path`, `tree`, `load`, `held` | from a name to bytes |
//! | `conditional`, `range`, `encoding`, `media_type` | one standard's section each |
//! | `forms` | compressed forms of a file, as they lie beside it |
//! | `body`, `access_log` | what is sent, what is recorded |

mod access_log;
mod admin;
mod answer;
mod body;
mod certificate;
mod conditional;
mod connection;
mod encoding;
mod error;
mod facts;
mod forms;
mod held;
pub mod limits;
mod listener;
mod load;
mod media_type;
mod metrics;
mod moment;
mod options;
mod path;
mod peers;
mod range;
mod sandbox;
mod server;
mod shared;
mod tree;
mod visit;
mod watched;
mod worker;

pub use access_log::{AccessLog, LogForm};
pub use certificate::CertificateError;
pub use error::ServeError;
pub use forms::{Form, forms};
pub use listener::Inherited;
pub(crate) use media_type::{Lifetime, media_type};
pub use options::{CertificateFiles, Endpoint, EndpointError, Sandbox, Scheme, ServeOptions};
pub use server::{BoundServer, RunningServer, bind, bind_with, serve, spawn};
