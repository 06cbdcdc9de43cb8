//! The CSIRT's side.
pub mod advisories;
pub mod board;
pub mod curve;
pub mod ledger_words;
pub mod participants;
pub mod shelf;
pub mod warnings;
