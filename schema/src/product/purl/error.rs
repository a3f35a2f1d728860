//! What is wrong with a text that is no package URL.

/// A text that is not a package URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {rule}")]
pub struct PurlError {
    /// Byte where the rule is broken. When a URL is built from parts: within the part.
    pub at: usize,
    /// The rule that is broken.
    pub rule: PurlRule,
}

/// A rule of package URLs (ECMA-427, section 5), or of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PurlRule {
    /// Longer than the limit.
    #[error("found more than {limit} bytes, wanted a package URL")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// No `pkg:`.
    #[error("found no scheme, wanted `pkg:`")]
    Scheme,
    /// No type.
    #[error("found no type, wanted `pkg:<type>/<name>`")]
    TypeMissing,
    /// A type with other characters.
    #[error("found another character in the type, wanted letters, digits, `.` and `-`, a letter first")]
    TypeCharacter,
    /// No name.
    #[error("found no name, wanted one")]
    NameMissing,
    /// A name that the type does not allow.
    #[error("found a name that this type does not allow")]
    Name,
    /// A version that the type does not allow.
    #[error("found a version that this type does not allow")]
    Version,
    /// A namespace that must be there.
    #[error("found no namespace, wanted one for this type")]
    NamespaceMissing,
    /// A namespace that must not be there.
    #[error("found a namespace, wanted none for this type")]
    NamespaceProhibited,
    /// More than a type and a namespace, where these are wanted alone.
    #[error(
        "found more than a namespace, wanted `pkg:<type>/<namespace>` without a version, qualifiers and a subpath"
    )]
    NamespaceAlone,
    /// A namespace of several segments.
    #[error(
        "found more than one segment in the namespace, wanted one for this type, without a package's name"
    )]
    NamespaceSegments,
    /// A scope of npm without its `@`.
    #[error("found a scope without `@`, wanted `%40` before it")]
    NamespaceScope,
    /// A namespace in which nobody in particular has packages.
    #[error("found a namespace in which everybody's packages are, wanted one that somebody owns")]
    NamespaceOfEverybody,
    /// A slash inside a segment.
    #[error("found an encoded `/` inside a segment, wanted separate segments")]
    SlashInSegment,
    /// A qualifier without `=`.
    #[error("found a qualifier without `=`, wanted `key=value`")]
    QualifierValue,
    /// A qualifier's key.
    #[error(
        "found another character in a qualifier's key, wanted lower-case letters, digits, `.`, `-` and `_`, a letter first"
    )]
    QualifierKey,
    /// The same key twice.
    #[error("found a qualifier a second time, wanted each once")]
    QualifierTwice,
    /// A qualifier that the type requires.
    #[error("found no qualifier `{key}`, wanted it for this type")]
    QualifierMissing {
        /// The key.
        key: &'static str,
    },
    /// A `%` without two hexadecimal digits.
    #[error("found `%` without two hexadecimal digits")]
    Percent,
    /// Decoded bytes that are no text.
    #[error("found encoded bytes that are not UTF-8")]
    Utf8,
    /// A control character.
    #[error("found a control character, wanted none")]
    Control,
}
