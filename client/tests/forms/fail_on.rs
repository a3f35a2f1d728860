//! `--fail-on`
