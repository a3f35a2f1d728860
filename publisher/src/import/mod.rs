//! Other catalogues as directives. All or nothing: a file with one broken entry gives no directive at all.

pub mod kev;
