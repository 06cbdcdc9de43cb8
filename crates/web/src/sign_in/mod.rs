//! Coming in: asking for a link, and using it.
pub mod ask;
pub mod confirm;
