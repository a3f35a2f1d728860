//! Every number that bounds the server, in one place.
//!
//! Those an operator may change are the defaults of [`ServeOptions`](super::ServeOptions); the others
//! are fixed. Sizes are bytes, and each bound is inclusive: the value itself is still served.

use std::time::Duration;

/// From the moment a connection is ready for a request until that request's header is whole.
/// A slow header (slowloris) is cut off here.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(20);

/// From the end of one answer until the first byte of the next request. An idle connection costs about
/// 17 KB, so this is short, and shorter than [`HEADER_TIMEOUT`], which bounds it.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a reader may take nothing at all while we have bytes for it.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long running answers may go on after the signal to stop.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest of the timeouts above that can be set; beyond, arithmetic with moments would overflow.
pub const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);

/// Connections served at once. At the limit the one that has waited longest without a request gives way; where all are
/// being answered, new ones wait in the kernel's queue.
pub const MAX_CONNECTIONS: usize = 4_096;

/// Connections of one address (an IPv6 network of 64 bits counts as one) at once; further ones are closed. 0 is no limit.
pub const MAX_CONNECTIONS_PER_ADDRESS: u32 = 512;

/// Connections of the listener for operators at once.
pub const MAX_ADMIN_CONNECTIONS: usize = 32;

/// Open files that a server needs besides one for each connection.
pub const SPARE_FILES: u64 = 128;

/// How often waits are looked at, the access log is written out, and addresses are forgotten.
pub const PATROL: Duration = Duration::from_millis(200);

/// How often the files of the certificate are looked at.
pub const CERTIFICATE_PATROL: Duration = Duration::from_secs(1);

/// The longest file of a certificate or its key.
pub const MAX_CERTIFICATE_BYTES: u64 = 1024 * 1024;

/// Addresses in the table before those are looked for that can be forgotten.
pub const SWEPT_PEERS: usize = 65_536;

/// A reader that has taken nothing for so long may have to give way to others.
pub const STALLED_LONG: Duration = Duration::from_secs(1);

/// Threads that answer.
pub const MAX_THREADS: usize = 64;

/// Connections that the kernel queues for each listening socket.
pub const BACKLOG: i32 = 4_096;

/// Requests of one HTTP/2 connection at once.
pub const MAX_STREAMS: u32 = 64;

/// Bytes of the access log that are held back at most, for [`PATROL`] at most.
pub const LOG_BUFFER_BYTES: usize = 16 * 1024;

/// The pause before accepting again when the machine has no file descriptor left.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A request's line and header fields together; more is 431.
pub const MAX_HEADER_BYTES: usize = 32 * 1024;

/// A request target; more is 414 (RFC 9112 section 3 asks for 8,000 at least).
pub const MAX_TARGET_BYTES: usize = 8_000;

/// Path components; each costs a system call. Deeper paths do not exist for us.
pub const MAX_PATH_COMPONENTS: usize = 8;

/// How long a folder below the root stays open after it was found.
pub const FOLDER_LIFETIME: Duration = Duration::from_secs(1);

/// Folders open at once; a repository has two.
pub const MAX_OPEN_FOLDERS: usize = 32;

/// The longest file that is read whole and kept in memory: above the largest targets metadata that every
/// client accepts. Longer files are sent from disk.
pub const MAX_HELD_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// All files in memory together, their compressed forms included, unless an operator decides otherwise.
pub const MAX_HELD_BYTES: u64 = 64 * 1024 * 1024;

/// Files in memory, however small.
pub const MAX_HELD_FILES: usize = 4096;

/// Up to here a file is read on the thread that answers; beyond, on another one, so
/// that the other connections do not wait.
pub const INLINE_BYTES: u64 = 64 * 1024;

/// A file longer than [`MAX_HELD_FILE_BYTES`] goes out in pieces of this size.
pub const CHUNK_BYTES: u64 = 256 * 1024;

/// Below this, a compressed form saves nothing worth a second representation.
pub const MIN_FORM_BYTES: u64 = 256;

/// Threads of each worker for reading what is too long to read inline.
pub const BLOCKING_THREADS: usize = 4;

/// How much of a request's method or target an access log line shows.
pub const MAX_LOGGED_BYTES: usize = 2_048;

/// The `max-age` of a file whose content never changes under its name, in seconds (RFC 8246).
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// What may change under its name: kept, but asked about each time (RFC 9111 section 5.2.2.4).
pub const REVALIDATE: &str = "no-cache";

/// Refusals: the 404 of the next root becomes a 200 the moment it is published.
pub const UNSTORED: &str = "no-store";
