//! A static-file server for a published repository: HTTP/1.1 on hyper, one thread.
//!
//! It serves the regular files below one folder and nothing else: no listing, no dot file, no symbolic link,
//! no path out of the folder, and it never writes there. It knows the names of a TUF repository only to tell
//! clients how long to keep what. Trust does not rest on it; any static host does as well. Not here: TLS, which
//! belongs to a proxy in front, and publishing.
//!
//! Standards: RFC 9110 (semantics), RFC 9111 and RFC 8246 (caching), RFC 9112 (HTTP/1.1).
//!
//! | file | what it decides |
//! |---|---|
//! | `limits` | every bound |
//! | `server`, `options`, `error` | how it is started and stopped |
//! | `worker`, `watched` | connections: how many, how long |
//! | `answer` | status, fields and content of an answer |
//! | `path`, `tree`, `load`, `held` | from a name to bytes |
//! | `conditional`, `range`, `encoding`, `media_type` | one standard's section each |
//! | `body`, `access_log` | what is sent, what is recorded |

mod access_log;
mod answer;
mod body;
mod conditional;
mod encoding;
mod error;
mod held;
pub mod limits;
mod load;
mod media_type;
mod options;
mod path;
mod range;
mod server;
mod tree;
mod watched;
mod worker;

pub use access_log::AccessLog;
pub use error::ServeError;
pub(crate) use media_type::{Lifetime, media_type};
pub use options::ServeOptions;
pub use server::{BoundServer, RunningServer, bind, serve, spawn};
