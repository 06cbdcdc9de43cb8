//! Coming in: asking for a link, and using it; and going out.
pub mod ask;
pub mod confirm;
pub mod end;
