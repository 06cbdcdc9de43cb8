//! The CSIRT's side.
pub mod advisories;
pub mod board;
pub mod calls;
pub mod catalogue;
pub mod curve;
pub mod figures;
pub mod inventories;
pub mod ledger_words;
pub mod networks;
pub mod papers;
pub mod participants;
pub mod records;
pub mod shelf;
pub mod signals;
pub mod sources;
pub mod vulnerabilities;
pub mod warnings;
