//! The authority's tool.
//!
//! | room | what happens there |
//! |---|---|
//! | [`draft`] | the text with which a new draft begins |
//! | [`import`] | other catalogues become directives |
//! | [`serve`] | a published repository as static files |

pub mod draft;
pub mod import;
pub mod serve;
