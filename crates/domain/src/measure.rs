//! What can be done, what proves it, and whether it is still to be trusted.
//!
//! ```text
//! Proposed ─► Recommended ─► Doubtful ─► Revoked
//!                  │  ▲          │
//!                  │  └──────────┘ confirmed again
//!                  └► Superseded, by a patch
//! ```
//!
//! In January 2020 the workaround of December became doubtful for all and was revoked for one
//! build, while the scan that everybody relied on could see nothing but that workaround. So a
//! measure says by which methods it can be proved, and a doubtful one is proved by nothing that
//! only sees the measure (`domain.md`, finding 3).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::MeasureId;
use crate::observation::Method;
use crate::text::Text;
use crate::version::{Contains, Range, Version, any_contains};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    pub id: MeasureId,
    pub kind: Kind,
    pub title: Text,
    /// In the order in which they are carried out.
    pub steps: Vec<Text>,
    /// Versions for which it is meant; none means all that are affected.
    #[serde(default)]
    pub applies_to: Vec<Range>,
    /// Versions for which it does not work, whatever its reliability for the others.
    #[serde(default)]
    pub fails_for: Vec<Range>,
    /// How long it takes, in minutes.
    #[serde(default)]
    pub minutes: Option<u32>,
    #[serde(default)]
    pub side_effects: Text,
    #[serde(default)]
    pub care_impact: CareImpact,
    /// What must hold before it is carried out, such as "unless patient safety suffers".
    #[serde(default)]
    pub condition: Text,
    /// Methods of observation that can show that it is in place. None: it has to be attested.
    #[serde(default)]
    pub provable_by: BTreeSet<Method>,
    /// How whoever carried it out sees for themselves that it is in place, such as a command to type.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub check: Text,
    pub reliability: Reliability,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Workaround,
    Config,
    SwitchOff,
    Isolate,
    Patch,
    Replace,
    Monitor,
    RotateSecrets,
    Investigate,
}

/// What carrying it out does to the care of patients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CareImpact {
    #[default]
    None,
    /// Care goes on with a detour.
    Hindered,
    /// A person must weigh it against patient safety first.
    Endangered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reliability {
    Proposed,
    Recommended,
    Doubtful,
    Revoked,
    /// A better one has come; it still holds for who has it.
    Superseded,
}

impl Reliability {
    /// Whether a new claim may lean on it.
    pub fn may_be_claimed(self) -> bool {
        self != Self::Revoked
    }

    /// Whether what was closed on it still stands.
    pub fn holds(self) -> bool {
        matches!(self, Self::Proposed | Self::Recommended | Self::Superseded)
    }
}

impl Measure {
    /// How much it can be trusted on a system of `version`.
    pub fn reliability_for(&self, version: Option<&Version>) -> Reliability {
        let fails = !self.fails_for.is_empty() && any_contains(&self.fails_for, version) == Contains::Yes;
        if fails { Reliability::Revoked } else { self.reliability }
    }

    /// Whether it may be meant for a system of `version`. Doubt counts as yes.
    pub fn is_for(&self, version: Option<&Version>) -> bool {
        self.applies_to.is_empty() || any_contains(&self.applies_to, version) != Contains::No
    }

    /// Whether an observation by `method` that sees no hole shows that the system is safe by it.
    pub fn is_proved_by(&self, method: Method) -> bool {
        proves(method, self.reliability, &self.provable_by)
    }
}

/// Whether a clean observation by `method` proves a measure of this reliability.
///
/// A method that sees only the measure ([`Method::sees_only_the_measure`]) proves nothing once the
/// measure itself is in doubt.
pub fn proves(method: Method, reliability: Reliability, provable_by: &BTreeSet<Method>) -> bool {
    provable_by.contains(&method) && (reliability.holds() || !method.sees_only_the_measure())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn workaround(reliability: Reliability) -> Measure {
        Measure {
            id: MeasureId(Uuid::nil()),
            kind: Kind::Workaround,
            title: Text::both("Zet de responder-regel aan", "Switch on the responder policy"),
            steps: vec![],
            applies_to: vec![],
            fails_for: vec![Range::Exactly(Version::new("12.1-50.28"))],
            minutes: Some(15),
            side_effects: Text::default(),
            care_impact: CareImpact::None,
            condition: Text::default(),
            provable_by: BTreeSet::from([Method::MitigationAbsent, Method::SafeCheck]),
            check: Text::default(),
            reliability,
        }
    }

    #[test]
    fn a_scan_that_sees_only_the_measure_proves_nothing_once_the_measure_is_in_doubt() {
        assert!(workaround(Reliability::Recommended).is_proved_by(Method::MitigationAbsent));
        assert!(!workaround(Reliability::Doubtful).is_proved_by(Method::MitigationAbsent));
        assert!(
            workaround(Reliability::Doubtful).is_proved_by(Method::SafeCheck),
            "it tries the hole itself"
        );
        assert!(!workaround(Reliability::Recommended).is_proved_by(Method::Banner));
    }

    #[test]
    fn a_measure_can_fail_for_one_build_and_hold_for_the_rest() {
        let measure = workaround(Reliability::Recommended);
        let on = |version: &str| measure.reliability_for(Some(&Version::new(version)));
        assert_eq!(on("12.1-50.28"), Reliability::Revoked);
        assert_eq!(on("12.1-55.18"), Reliability::Recommended);
        assert_eq!(measure.reliability_for(None), Reliability::Recommended);
    }
}
