//! Every bound on an inventory, in one place. They are parameters, so that tests try them at n and n + 1.

/// Bounds on one source of an inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file. The SBOM of a large product takes about 200 MB.
    pub file_bytes: u64,
    /// Bytes that come out of one packed file. Little is packed smaller than a thousandth: without this bound 2 MB would fill
    /// the memory.
    pub unpacked_bytes: u64,
    /// Bytes of one stanza or row. The longest stanza of a Debian system takes about 40 KB.
    pub row_bytes: usize,
    /// Components of one source.
    pub components: usize,
    /// Vulnerabilities of one source, counted at every component that they touch.
    pub findings: usize,
    /// Notes kept of one source; more are counted.
    pub notes: usize,
}

impl Limits {
    /// The bounds that the program uses.
    pub const STANDARD: Self = Self {
        file_bytes: 2 << 30,
        unpacked_bytes: 1 << 30,
        row_bytes: 1 << 20,
        components: 20_000_000,
        findings: 20_000_000,
        notes: 100,
    };
}

impl Limits {
    /// Bytes of one file of a browser's profile. Users write them, and a tree of JSON takes twenty times its text; the largest
    /// that were seen take about 10 MB.
    pub const PROFILE_BYTES: u64 = 64 << 20;

    /// The bounds on the files of a browser's profile, which are held as trees.
    #[must_use]
    pub fn of_a_profile(&self) -> Self {
        Self {
            file_bytes: self.file_bytes.min(Self::PROFILE_BYTES),
            unpacked_bytes: self.unpacked_bytes.min(Self::PROFILE_BYTES),
            ..*self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::STANDARD
    }
}
