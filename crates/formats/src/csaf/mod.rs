//! CSAF 2.0 and 2.1: what advisories are written in.
//!
//! Reading and validating are two things. [`read`](read_within) takes what it can from any document,
//! valid or not; [`validate()`] says which of the numbered tests of the standard it breaks. The types
//! of csaf-rs hold valid documents only, so reading walks the tree itself, and validating leaves the
//! tests to csaf-rs, but for those that it does not have.

pub mod advice;
pub mod distribute;
mod glance;
mod own_tests;
mod products;
mod read;
mod remediations;
mod statuses;
pub mod validate;
pub mod write;

pub use own_tests::Outside;
pub use products::{Identifier, Named};
pub use read::{Paper, Threat, read_within};
pub(crate) use read::{from_tree, is_web};
pub use remediations::Remedy;
pub use validate::{Document, Finding, Severity, validate, validate_with, validate_within};
