//! How far a thing may travel (TLP 2.0), and what may be done with it (PAP).
//!
//! Sources: FIRST, Traffic Light Protocol 2.0, August 2022; MISP's Permissible Actions Protocol.
//! Widening a label is the one conversion error that cannot be made good, so reading an unknown
//! word gives the narrowest label and never the widest.

use serde::{Deserialize, Serialize};

/// A label of TLP 2.0, the widest first, so that `max` of two labels is the one that binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Tlp {
    Clear,
    Green,
    Amber,
    #[serde(rename = "AMBER+STRICT")]
    AmberStrict,
    Red,
}

impl Tlp {
    /// As it is written after `TLP:`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::AmberStrict => "AMBER+STRICT",
            Self::Red => "RED",
        }
    }

    /// Reads a label in any case, with or without `TLP:`; `WHITE` of TLP 1.0 is `CLEAR`. A word that
    /// is none of them is `RED`: what we do not understand goes nowhere.
    pub fn of_word(word: &str) -> Self {
        let word = word.trim().to_ascii_uppercase();
        match word.strip_prefix("TLP:").unwrap_or(&word) {
            "CLEAR" | "WHITE" => Self::Clear,
            "GREEN" => Self::Green,
            "AMBER" => Self::Amber,
            "AMBER+STRICT" => Self::AmberStrict,
            _ => Self::Red,
        }
    }
}

/// What a recipient may do with it, the freest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Pap {
    Clear,
    Green,
    /// Passive look-ups only: nothing that the other side could see.
    Amber,
    /// Nothing that leaves the own systems.
    Red,
}

impl Pap {
    pub const ALL: [Self; 4] = [Self::Clear, Self::Green, Self::Amber, Self::Red];

    /// As it is written after `PAP:`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::Red => "RED",
        }
    }

    /// Whether somebody may go and look at the asset from outside, which its owner's attacker sees too.
    pub fn allows_looking(self) -> bool {
        self <= Self::Green
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_of_two_labels_binds() {
        assert_eq!(Tlp::Amber.max(Tlp::AmberStrict), Tlp::AmberStrict);
        assert_eq!(Tlp::Green.max(Tlp::Clear), Tlp::Green);
    }

    #[test]
    fn a_word_that_is_no_label_goes_nowhere() {
        let read = ["tlp:white", "GREEN", "TLP:AMBER+STRICT", "amber", "purple", ""].map(Tlp::of_word);
        assert_eq!(read, [Tlp::Clear, Tlp::Green, Tlp::AmberStrict, Tlp::Amber, Tlp::Red, Tlp::Red]);
    }

    #[test]
    fn every_label_is_read_back_as_it_was_written() {
        for label in [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red] {
            assert_eq!(Tlp::of_word(label.word()), label);
            assert_eq!(serde_json::to_string(&label).unwrap(), format!("{:?}", label.word()));
        }
    }

    #[test]
    fn looking_is_refused_from_amber_on() {
        assert!(Pap::Green.allows_looking() && !Pap::Amber.allows_looking());
    }
}
