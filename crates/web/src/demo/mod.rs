//! Pages of `dijkwacht demo` only: the clock of the story, a way in for every role, and the mail that
//! would have gone out.

pub mod clock;
pub mod mail;
pub mod sign_in;
mod stage;

pub use stage::{Beside, Event, Role, Stage};
