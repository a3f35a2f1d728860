//! The real directives that the project ships as examples: they are the test of the format.
//!
//! | room | what is held there |
//! |---|---|
//! | `fixtures` | the drafts of `docs/examples/directives`, read |
//! | `lint` | what lint says of each, all of it expected |
//! | `digests` | relations and revisions name the payloads that are there |
//! | `answer` | what was in force and due on a day, as lines |
//! | `on_…` | that answer on the days that were checked by hand against the texts |
//! | `text` | the text in force, part by part, with the documents that made it so |
//! | `table` | the table of BOD 26-04 |
//! | `chapter` | the examples of the chapter for authors |
//! | `explained` | every date of every example is explained |
//! | `golden` | what the client shows of every example on those days |
//! | `difference` | the lines in which two pages differ |
//! | `published` | every example goes the whole way to the client |
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and reads the examples"
)]

mod answer;
mod chapter;
mod difference;
mod digests;
mod explained;
mod fixtures;
mod golden;
mod lint;
mod on_2017_11_12;
mod on_2018_01_01;
mod on_2021_01_08;
mod on_2021_02_01;
mod on_2026_01_09;
mod on_2026_11_24;
mod published;
mod table;
mod text;
