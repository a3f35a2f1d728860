//! Every bound on outside input, in one place. Lengths are in bytes unless the name says otherwise.

/// Nesting of arrays and objects in a signed document. Real directives use seven levels.
pub const JSON_DEPTH: usize = 32;

/// Characters of outside text, or of words about it, that an error carries.
pub const ERROR_TEXT: usize = 480;

/// Signatures in one envelope (`trust.md`, "Signatures").
pub const ENVELOPE_SIGNATURES: usize = 32;

/// Signatures in one metadata file.
pub const METADATA_SIGNATURES: usize = 1_024;

/// Root metadata.
pub const ROOT_LENGTH: u64 = 512_000;

/// Timestamp metadata.
pub const TIMESTAMP_LENGTH: u64 = 16_384;

/// Snapshot metadata, where the timestamp does not say how long it is.
pub const SNAPSHOT_LENGTH: u64 = 2_000_000;

/// Targets metadata, where the snapshot does not say how long it is.
pub const TARGETS_LENGTH: u64 = 5_000_000;

/// Any metadata, whatever length other metadata states for it.
pub const METADATA_LENGTH: u64 = 64_000_000;

/// Delegated roles that one search for a target visits (TUF 1.0.34, 5.6.7.1).
pub const ROLES_VISITED: usize = 32;

/// The most delegated roles that are asked which files they list, when all files of a repository are wanted.
pub const ROLES_ENUMERATED: usize = 1_024;

/// A target path.
pub const TARGET_PATH_LENGTH: usize = 1_024;

/// Root versions that one refresh walks (TUF 1.0.34, 5.3.3).
pub const ROOT_ROTATIONS: u64 = 256;

/// `issuers.json`.
pub const ISSUERS_LENGTH: u64 = 1_000_000;

/// The envelope of one directive. A catalogue of 1,400 entries takes about 2 MB.
pub const ENVELOPE_LENGTH: u64 = 64_000_000;

/// Directives and revisions listed by one repository.
pub const LISTED_DIRECTIVES: usize = 100_000;

/// A package URL. The longest in public inventories take about 600.
pub const PURL_LENGTH: usize = 4_096;

/// A version that is compared. The longest of packages in use take about 100.
pub const VERSION_LENGTH: usize = 1_024;

/// A CPE name. The NVD dictionary's longest takes about 300.
pub const CPE_LENGTH: usize = 4_096;

/// Any other identifier by which a product is recognised.
pub const IDENTIFIER_LENGTH: usize = 4_096;

/// A draft, and the file of a catalogue that is imported.
pub const DRAFT_LENGTH: u64 = 48_000_000;

/// Errors of shape that lint reports of one draft, each of which costs another reading of it.
pub const LINT_SHAPE_ERRORS: usize = 100;

/// Subjects of one directive.
pub const DIRECTIVE_SUBJECTS: usize = 100_000;

/// Actions of one directive.
pub const DIRECTIVE_ACTIONS: usize = 1_000;

/// Elements of every other list of a directive: references, definitions, identifiers of one subject, …
pub const DIRECTIVE_LIST: usize = 10_000;

/// Identifiers in one list of identifiers. More of them stand in files of entries.
pub const LIST_IDENTIFIERS: usize = 100_000;

/// Files of entries of one list.
pub const LIST_FILES: usize = 64;

/// One file of entries: four million digests take 260 MB, so that is a file for three.
pub const ENTRY_FILE_LENGTH: u64 = 256_000_000;

/// Ids within a directive.
pub const PART_ID_LENGTH: usize = 64;

/// One line of a directive: titles, names, identifiers.
pub const DIRECTIVE_LINE_LENGTH: usize = 2_000;

/// One text of a directive: summary, meaning, description, reason, note.
pub const DIRECTIVE_TEXT_LENGTH: usize = 20_000;

/// The file of a catalogue of known exploited vulnerabilities. The real one has 1,404 entries in 1.3 MB.
pub const KEV_LENGTH: u64 = 40_000_000;

/// Entries of such a catalogue.
pub const KEV_ENTRIES: usize = 100_000;

/// Files in one bundle: every directive that one repository may list, its metadata and its chain of roots.
pub const BUNDLE_FILES: usize = LISTED_DIRECTIVES + 1_000;

/// The name of a file in a bundle, its folder included. With a digest in front, the longest directive's takes 152.
pub const BUNDLE_NAME_LENGTH: usize = 512;

/// One file in a bundle.
pub const BUNDLE_FILE_LENGTH: u64 = ENTRY_FILE_LENGTH;
