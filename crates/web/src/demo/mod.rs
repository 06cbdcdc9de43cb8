//! Pages of `dijkwacht demo` only: the clock of the story, and the mail that would have gone out.
pub mod clock;
pub mod mail;
mod stage;

pub use stage::{Event, Role, Stage};
