//! What a draft is told before anyone signs it.
