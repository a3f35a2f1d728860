//! How a document begins.
//!
//! What a draft is told before it is signed is `interdict_schema::directive::lint`; how it becomes the payload that is
//! signed is `interdict_schema::directive::draft`. Nothing here writes a file.

pub mod relation;
pub mod template;
pub mod text;
pub mod waiver;
