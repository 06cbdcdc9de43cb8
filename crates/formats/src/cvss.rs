//! CVSS: what score a vector stands for.
//!
//! A score is the vendor's figure and never our severity. It is computed where somebody asks for it, and
//! where a paper gives a score that its own vector does not have; it is never added to a paper that gave
//! none, and scores of two sources are never merged.
//!
//! Vectors are read, and versions 3 and 4 computed, by cvss-rs. What is ours: vectors are taken as the
//! standards write them and not otherwise, and version 2 is computed in whole numbers, because its rule
//! rounds a half upwards and 9.0 × 0.95 is no half for a processor. What was measured:
//! `docs/decisions/0014-names-versions-scores.md`.

use cvss_rs::v2_0::CvssV2;
use cvss_rs::v3::CvssV3;
use cvss_rs::v4_0::CvssV4;
use cvss_rs::{Defined, ParseError};
use serde::Serialize;

/// The scores of one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Scores {
    /// `2.0`, `3.0`, `3.1` or `4.0`.
    pub version: &'static str,
    /// Of version 4, which has one score only, that one.
    pub base: Points,
    /// Version 2: only when the vector says something about it. Version 3: always, since what is not
    /// defined counts as one. Version 4: never.
    pub temporal: Option<Points>,
    /// As `temporal`.
    pub environmental: Option<Points>,
    /// Of the base score.
    #[serde(rename = "severity")]
    pub rating: Rating,
}

/// A score from 0.0 to 10.0, in tenths, so that two are equal when they look equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(u8);

/// The word that the standards give to a score; version 2 got its words from NVD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// A score of nothing. Version 2 calls it low.
    None,
    Low,
    Medium,
    High,
    Critical,
}

/// Why a text is no vector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("a vector has {limit} characters at most, this has {found}")]
    TooLong { found: usize, limit: usize },
    #[error("{0:?} is no CVSS vector: it has parts as AV:N between slashes")]
    NoVector(String),
    #[error("{0:?} is no version of CVSS that we know: 2.0, 3.0, 3.1, 4.0")]
    Version(String),
    #[error("{0:?} is no part of a vector of this version")]
    Part(String),
    #[error("{0} stands in the vector twice")]
    Twice(String),
    #[error("a metric of the base group is missing or not defined")]
    Incomplete,
}

/// All that can be said about a vector, in every metric there is, is shorter.
const CHARS_MAX: usize = 400;

/// The scores of `vector`. A vector of version 2 may stand without its prefix, as it does everywhere.
///
/// # Errors
/// When the standard does not allow it: an unknown, repeated, empty or lower-case part, another version,
/// a base metric that is not there.
pub fn scores(vector: &str) -> Result<Scores, Refused> {
    if vector.len() > CHARS_MAX {
        return Err(Refused::TooLong { found: vector.len(), limit: CHARS_MAX });
    }
    let no_vector = || Refused::NoVector(vector.to_owned());
    let (first, rest) = vector.split_once('/').ok_or_else(no_vector)?;
    let (version, parts) = match first.strip_prefix("CVSS:") {
        Some(version) => (version, rest),
        None => ("2.0", vector),
    };
    if let Some(part) = parts.split('/').find(|part| !is_well_formed(part)) {
        return Err(if part.is_empty() { no_vector() } else { Refused::Part(part.to_owned()) });
    }
    match version {
        "2.0" => version_2(&vector.parse::<CvssV2>().map_err(refused)?),
        "3.0" => version_3("3.0", &vector.parse::<CvssV3>().map_err(refused)?),
        "3.1" => version_3("3.1", &vector.parse::<CvssV3>().map_err(refused)?),
        "4.0" => version_4(&vector.parse::<CvssV4>().map_err(refused)?),
        other => Err(Refused::Version(other.to_owned())),
    }
}

/// Whether a part is written as in the standard: `AV:N`, `Au:S`, `U:Clear`. cvss-rs reads capitals for
/// small letters and steps over empty parts.
fn is_well_formed(part: &str) -> bool {
    /// The only two values, and the only name, with small letters in them.
    const MIXED: &[&str] = &["Au", "Clear", "Green", "Amber", "Red"];
    let is_word = |word: &str| {
        !word.is_empty() && (word.bytes().all(|it| it.is_ascii_uppercase()) || MIXED.contains(&word))
    };
    part.split_once(':').is_some_and(|(metric, value)| is_word(metric) && is_word(value))
}

fn refused(error: ParseError) -> Refused {
    match error {
        ParseError::DuplicateMetric { metric } => Refused::Twice(metric),
        ParseError::UnknownMetric { metric } => Refused::Part(metric),
        ParseError::InvalidMetricValue { metric, value } => Refused::Part(format!("{metric}:{value}")),
        ParseError::InvalidComponent { component } => Refused::Part(component),
        ParseError::MissingRequiredMetric { .. } | ParseError::MalformedVectorString => Refused::Incomplete,
        ParseError::InvalidPrefixLabel { found: text }
        | ParseError::MalformedPrefixVersion { version: text }
        | ParseError::InvalidPrefixVersion { version: text } => Refused::Version(text),
    }
}

fn version_2(vector: &CvssV2) -> Result<Scores, Refused> {
    let weights = version_2::Weights::of(vector).ok_or(Refused::Incomplete)?;
    let base = weights.base();
    Ok(Scores {
        version: "2.0",
        base,
        temporal: weights.is_temporal.then(|| weights.temporal()),
        environmental: weights.is_environmental.then(|| weights.environmental()),
        // FIRST left the words to others; these are those of NVD.
        rating: match base.0 {
            0..=39 => Rating::Low,
            40..=69 => Rating::Medium,
            _ => Rating::High,
        },
    })
}

fn version_3(version: &'static str, vector: &CvssV3) -> Result<Scores, Refused> {
    let is_whole = is_defined(&vector.attack_vector)
        && is_defined(&vector.attack_complexity)
        && is_defined(&vector.privileges_required)
        && is_defined(&vector.user_interaction)
        && is_defined(&vector.scope)
        && is_defined(&vector.confidentiality_impact)
        && is_defined(&vector.integrity_impact)
        && is_defined(&vector.availability_impact);
    if !is_whole {
        return Err(Refused::Incomplete);
    }
    let points = |score: Option<f64>| score.map(Points::near);
    let base = points(vector.calculated_base_score()).ok_or(Refused::Incomplete)?;
    let temporal = points(vector.calculated_temporal_score());
    let environmental = points(vector.calculated_environmental_score());
    Ok(Scores { version, base, temporal, environmental, rating: base.rating() })
}

/// cvss-rs has one type for a metric and for its modified form, so that it takes `AV:X` for a value.
fn is_defined<M: Defined>(metric: &Option<M>) -> bool {
    metric.as_ref().is_some_and(Defined::is_defined)
}

fn version_4(vector: &CvssV4) -> Result<Scores, Refused> {
    let base = vector.calculated_full_score().map(Points::near).ok_or(Refused::Incomplete)?;
    Ok(Scores { version: "4.0", base, temporal: None, environmental: None, rating: base.rating() })
}

impl Points {
    /// A score of 0.0.
    pub const NOTHING: Self = Self(0);

    /// The score that is nearest to `score`, which is one already and only carries the noise of a
    /// processor.
    #[expect(clippy::cast_possible_truncation, reason = "from 0 to 100, made so in the same line")]
    #[expect(clippy::cast_sign_loss, reason = "from 0 to 100, made so in the same line")]
    fn near(score: f64) -> Self {
        Self((score * 10.0).round().clamp(0.0, 100.0) as u8)
    }

    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// The words of versions 3 and 4.
    fn rating(self) -> Rating {
        match self.0 {
            0 => Rating::None,
            1..=39 => Rating::Low,
            40..=69 => Rating::Medium,
            70..=89 => Rating::High,
            _ => Rating::Critical,
        }
    }
}

impl std::fmt::Display for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1}", self.as_f64())
    }
}

impl Serialize for Points {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.as_f64())
    }
}

impl Rating {
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The equations of "A Complete Guide to the Common Vulnerability Scoring System Version 2.0", 3.2, with
/// the weights as whole thousandths.
mod version_2 {
    #![expect(clippy::arithmetic_side_effects, reason = "the weights are bounded: nothing reaches 10^26")]

    use cvss_rs::v2_0::CvssV2;

    use super::{Points, is_defined};

    pub struct Weights {
        access: [i128; 3],
        impacts: [i128; 3],
        requirements: [i128; 3],
        temporal: [i128; 3],
        collateral_damage: i128,
        target_distribution: i128,
        pub is_temporal: bool,
        pub is_environmental: bool,
    }

    impl Weights {
        /// `None` when a metric of the base group is missing.
        pub fn of(vector: &CvssV2) -> Option<Self> {
            Some(Self {
                access: [
                    thousandths(vector.access_vector.as_ref()?.score()),
                    thousandths(vector.access_complexity.as_ref()?.score()),
                    thousandths(vector.authentication.as_ref()?.score()),
                ],
                impacts: [
                    thousandths(vector.confidentiality_impact.as_ref()?.score()),
                    thousandths(vector.integrity_impact.as_ref()?.score()),
                    thousandths(vector.availability_impact.as_ref()?.score()),
                ],
                requirements: [
                    thousandths(vector.confidentiality_requirement.as_ref().map_or(1.0, |it| it.score())),
                    thousandths(vector.integrity_requirement.as_ref().map_or(1.0, |it| it.score())),
                    thousandths(vector.availability_requirement.as_ref().map_or(1.0, |it| it.score())),
                ],
                temporal: [
                    thousandths(vector.exploitability.as_ref().map_or(1.0, |it| it.score())),
                    thousandths(vector.remediation_level.as_ref().map_or(1.0, |it| it.score())),
                    thousandths(vector.report_confidence.as_ref().map_or(1.0, |it| it.score())),
                ],
                collateral_damage: thousandths(
                    vector.collateral_damage_potential.as_ref().map_or(0.0, |it| it.score()),
                ),
                target_distribution: thousandths(
                    vector.target_distribution.as_ref().map_or(1.0, |it| it.score()),
                ),
                is_temporal: is_defined(&vector.exploitability)
                    || is_defined(&vector.remediation_level)
                    || is_defined(&vector.report_confidence),
                is_environmental: is_defined(&vector.collateral_damage_potential)
                    || is_defined(&vector.target_distribution)
                    || is_defined(&vector.confidentiality_requirement)
                    || is_defined(&vector.integrity_requirement)
                    || is_defined(&vector.availability_requirement),
            })
        }

        pub fn base(&self) -> Points {
            points(self.base_tenths(None))
        }

        pub fn temporal(&self) -> Points {
            points(self.temporal_tenths(None))
        }

        pub fn environmental(&self) -> Points {
            let adjusted = self.temporal_tenths(Some(self.requirements));
            // In hundred millionths of a tenth: adjusted + (10 - adjusted) × damage, × distribution.
            let damaged = adjusted * 1_000 + (100 - adjusted) * self.collateral_damage;
            points(rounded(damaged * self.target_distribution, 1_000_000))
        }

        fn temporal_tenths(&self, requirements: Option<[i128; 3]>) -> i128 {
            let [exploitability, remediation, confidence] = self.temporal;
            let product = self.base_tenths(requirements) * exploitability * remediation * confidence;
            rounded(product, 1_000_000_000)
        }

        /// With `requirements` the impact is the adjusted one, which is ten at most.
        fn base_tenths(&self, requirements: Option<[i128; 3]>) -> i128 {
            /// One, of a product of three millionths.
            const ONE: i128 = 1_000_000_000_000_000_000;
            let [confidentiality, integrity, availability] = self.impacts;
            let [first, second, third] = requirements.unwrap_or([1_000; 3]);
            let left = (1_000_000 - confidentiality * first)
                * (1_000_000 - integrity * second)
                * (1_000_000 - availability * third);
            // 10.41 × what is lost, in 10^20.
            let impact = match (1_041 * (ONE - left), requirements) {
                (0, _) => return 0,
                (impact, None) => impact,
                (impact, Some(_)) => impact.min(1_000 * ONE),
            };
            let [vector, complexity, authentication] = self.access;
            // 0.6 × impact + 0.4 × 20 × access - 1.5, in 10^21; then × 1.176, in 10^24.
            let sum = 6 * impact + 8 * vector * complexity * authentication * 1_000_000_000_000 - 1_500 * ONE;
            rounded(sum * 1_176, 100_000 * ONE)
        }
    }

    /// `value` in units of `unit`, a half upwards.
    fn rounded(value: i128, unit: i128) -> i128 {
        (2 * value + unit).div_euclid(2 * unit)
    }

    /// With low requirements the equations can fall below nothing.
    fn points(tenths: i128) -> Points {
        Points(u8::try_from(tenths.clamp(0, 100)).unwrap_or(100))
    }

    /// A weight of cvss-rs, which the guide gives with three decimals at most.
    #[expect(clippy::cast_possible_truncation, reason = "the weights lie between 0 and 2")]
    fn thousandths(weight: f64) -> i128 {
        (weight * 1_000.0).round() as i128
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `base temporal environmental severity`, with `-` for what the vector does not say.
    fn check(vector: &str, expected: &str) {
        let said = match scores(vector) {
            Ok(it) => {
                let said =
                    |points: Option<Points>| points.map_or_else(|| "-".to_owned(), |it| it.to_string());
                let (temporal, environmental) = (said(it.temporal), said(it.environmental));
                format!("{} {temporal} {environmental} {}", it.base, it.rating.key())
            }
            Err(why) => why.to_string(),
        };
        assert_eq!(said, expected, "{vector}");
    }

    #[test]
    fn the_vectors_of_december_2019_have_the_scores_that_their_sources_gave() {
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "9.8 9.8 9.8 critical");
        check("AV:N/AC:L/Au:N/C:P/I:P/A:P", "7.5 - - high");
        check("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:H/RL:W/RC:C", "10.0 9.5 - high");
    }

    #[test]
    fn a_half_is_rounded_upwards_in_version_2() {
        check("AV:N/AC:L/Au:S/C:C/I:C/A:C/E:F/RL:U/RC:C", "9.0 8.6 - high");
        check(
            "CVSS:2.0/AV:L/AC:M/Au:S/C:N/I:P/A:C/E:U/RL:OF/RC:UR/CDP:N/TD:L/CR:H/IR:H/AR:H",
            "5.0 3.5 1.2 medium",
        );
        check("AV:L/AC:H/Au:M/C:P/I:N/A:N/CR:L", "0.8 - 0.0 low");
        check("AV:L/AC:H/Au:M/C:N/I:N/A:N", "0.0 - - low");
    }

    #[test]
    fn version_4_has_one_score() {
        check(
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A/U:Clear",
            "10.0 - - critical",
        );
        check("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", "0.0 - - none");
    }

    #[test]
    fn a_vector_that_the_standard_does_not_allow_is_refused() {
        check("", "\"\" is no CVSS vector: it has parts as AV:N between slashes");
        check("AV:N/AC:L", "a metric of the base group is missing or not defined");
        check(
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "a metric of the base group is missing or not defined",
        );
        check(
            "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "a metric of the base group is missing or not defined",
        );
        check("CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV stands in the vector twice");
        check(
            "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "\"3.2\" is no version of CVSS that we know: 2.0, 3.0, 3.1, 4.0",
        );
        check(
            "CVSS:3.1/av:n/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "\"av:n\" is no part of a vector of this version",
        );
        check(
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/Q:N",
            "\"Q\" is no part of a vector of this version",
        );
        assert!(matches!(scores("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/"), Err(Refused::NoVector(_))));
        assert!(matches!(scores(&"AV:N/".repeat(200_000)), Err(Refused::TooLong { .. })));
    }
}
