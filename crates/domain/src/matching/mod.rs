//! Whom an advisory concerns, and how sure that is.
//!
//! By product for now: the words of the paper against the words of the inventory. Networks and
//! names of hosts come with observations.

pub mod index;
pub mod products;
