//! A key URI as an argument of a command line: the type alone makes it one.

use std::ffi::OsStr;

use clap::builder::{TypedValueParser, ValueParserFactory};
use clap::error::ErrorKind;
use clap::{Arg, Command};

use super::KeyUri;

/// Reads a key URI.
#[derive(Debug, Clone, Copy)]
pub struct KeyUriParser;

impl TypedValueParser for KeyUriParser {
    type Value = KeyUri;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<KeyUri, clap::Error> {
        KeyUri::parse(value).map_err(|error| {
            // The value is not repeated, as clap's own text would: there may be a PIN in it.
            let name = argument.map_or_else(|| "a key".to_owned(), ToString::to_string);
            clap::Error::raw(ErrorKind::ValueValidation, format!("invalid value for '{name}': {error}\n"))
                .with_cmd(command)
        })
    }
}

impl ValueParserFactory for KeyUri {
    type Parser = KeyUriParser;

    fn value_parser() -> KeyUriParser {
        KeyUriParser
    }
}
