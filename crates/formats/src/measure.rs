//! Measures from the prose of papers, which have a text where we have a title, steps and proof.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use domain::ids::MeasureId;
use domain::measure::{CareImpact, Kind, Measure, Reliability};
use domain::observation::Method;
use domain::text::{Language, Text};

use crate::words;

/// More than this is no title.
const TITLE_CHARS_MAX: usize = 120;

/// What a paper says about one measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wording<'a> {
    pub language: Language,
    pub details: &'a str,
    pub url: Option<&'a str>,
}

impl Wording<'_> {
    pub(crate) fn measure(&self, id: MeasureId, kind: Kind) -> Measure {
        let text = |text: String| Text::only(self.language, text);
        Measure {
            id,
            kind,
            title: text(self.title()),
            steps: self.steps().into_iter().map(text).collect(),
            applies_to: vec![],
            fails_for: vec![],
            minutes: None,
            side_effects: Text::default(),
            care_impact: CareImpact::None,
            condition: Text::default(),
            provable_by: provable_by(kind),
            check: Text::default(),
            reliability: Reliability::Recommended,
        }
    }

    /// One line that says what to do.
    fn title(&self) -> String {
        let first = words::first_sentence(self.details);
        match self.url {
            Some(url) if first.is_empty() => url.to_owned(),
            _ => words::clipped(&words::line(first), TITLE_CHARS_MAX),
        }
    }

    /// The paragraphs, when the title does not say all, and where to read more.
    fn steps(&self) -> Vec<String> {
        let is_all = words::first_sentence(self.details).len() == self.details.trim().len()
            && words::line(self.details).chars().count() <= TITLE_CHARS_MAX;
        let mut steps: Vec<String> = match is_all {
            true => vec![],
            false => self.details.lines().map(words::line).filter(|line| !line.is_empty()).collect(),
        };
        steps.extend(self.url.filter(|url| !self.details.contains(url)).map(str::to_owned));
        steps
    }
}

/// What can show that a measure of this kind is in place. A paper does not say; trying the hole
/// always can, and a version number can for a patch.
fn provable_by(kind: Kind) -> BTreeSet<Method> {
    match kind {
        Kind::Patch => BTreeSet::from([Method::Version, Method::SafeCheck]),
        _ => BTreeSet::from([Method::SafeCheck]),
    }
}

/// The number of a measure, always the same for the same paper: from the publisher, the paper's
/// number, the category, its address and which of those it is. Its text does not count, so that a
/// better wording is a measure changed and not one revoked.
pub(crate) fn number(of: [&str; 3], url: Option<&str>, nth: u32) -> MeasureId {
    let mut hash = Sha256::new();
    hash.update(b"dijkwacht.measure/1");
    for part in of.into_iter().chain([url.unwrap_or_default(), &nth.to_string()]) {
        // Length first, so that no two lists of parts look the same.
        hash.update(part.len().to_string());
        hash.update(b":");
        hash.update(part);
    }
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(hash.finalize()) {
        *byte = from;
    }
    MeasureId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(details: &str, url: Option<&str>) -> String {
        let wording = Wording { language: Language::En, details, url };
        let measure = wording.measure(number(["p", "1", "workaround"], url, 0), Kind::Workaround);
        let steps: Vec<&str> = measure.steps.iter().map(|step| step.for_reader(Language::En)).collect();
        format!("{}\n{}", measure.title.for_reader(Language::En), steps.join("\n"))
    }

    #[test]
    fn a_short_text_is_a_title_and_a_long_one_has_steps() {
        assert_eq!(told("Update to 12.1-55.18.", None), "Update to 12.1-55.18.\n");
        let page = told("Switch it off. Wait.\n\nSwitch it on.", Some("https://vendor.example/1"));
        assert_eq!(page, "Switch it off.\nSwitch it off. Wait.\nSwitch it on.\nhttps://vendor.example/1");
        assert_eq!(
            told("", Some("https://vendor.example/1")),
            "https://vendor.example/1\nhttps://vendor.example/1"
        );
    }

    #[test]
    fn a_number_says_nothing_about_chance_or_time() {
        let id = number(["Poldercert", "2019-0007", "workaround"], None, 0);
        assert_eq!(id, number(["Poldercert", "2019-0007", "workaround"], None, 0));
        assert_ne!(id, number(["Poldercert", "2019-0007", "workaround"], None, 1));
        assert_ne!(id, number(["Poldercert2", "019-0007", "workaround"], None, 0));
        assert_eq!(id.0.get_version_num(), 8);
    }
}
