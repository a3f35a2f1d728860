//! What a reader that keeps few components asks whether to keep one. Not here: who answers.

use super::component::Description;

/// Tells a reader what need not be kept. Asked by several threads at once.
pub trait Recognise: Sync {
    /// Whether something may recognise a component that says nothing of itself but these texts, a version and a place. May
    /// say yes where [`may_recognise`](Self::may_recognise) says no, and never no where that says yes.
    fn may_name(&self, words: Words<'_>) -> bool;

    /// Whether something may recognise a component of which this is known.
    fn may_recognise(&self, description: &Description) -> bool;
}

/// Something that recognises.
pub type Recognises<'r> = &'r dyn Recognise;

/// The texts by which something without an identifier is recognised, as [`Description`] would have them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words<'c> {
    /// Its name.
    pub name: &'c str,
    /// Its product's name, if the source gives one.
    pub product: &'c str,
    /// Its vendor, if the source gives one.
    pub vendor: &'c str,
}

/// Asked of the whole description, for who has no quicker answer.
impl<F: Fn(&Description) -> bool + Sync> Recognise for F {
    fn may_name(&self, _: Words<'_>) -> bool {
        true
    }

    fn may_recognise(&self, description: &Description) -> bool {
        self(description)
    }
}

/// Recognises everything, so that all is kept.
#[derive(Debug, Clone, Copy)]
pub struct Everything;

impl Recognise for Everything {
    fn may_name(&self, _: Words<'_>) -> bool {
        true
    }

    fn may_recognise(&self, _: &Description) -> bool {
        true
    }
}
