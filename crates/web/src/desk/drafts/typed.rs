//! What the editor sends, as a draft. Whatever the form does not show stays as it was saved.

use std::collections::{BTreeMap, BTreeSet};

use domain::advisory::{AffectedProduct, Content, Exemption, Justification, Paragraph, Status};
use domain::draft::{Draft, Judging};
use domain::ids::MeasureId;
use domain::measure::{CareImpact, Kind, Measure, Reliability};
use domain::observation::Method;
use domain::product::Name;
use domain::severity::{Level, Scheme};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::version::Range;
use flow::house::House;
use formats::vers;
use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::WebError;
use crate::form::{Fields, Form};

/// More rows of a kind than these no form of ours has.
const ROWS_MAX: usize = 400;

/// The form as it was sent.
pub struct Typed {
    /// On top of which version it was typed.
    pub version: u64,
    /// Which button was pressed.
    pub then: Then,
    title: Text,
    summary: Text,
    consequence: Text,
    abuse: Text,
    restricted: Option<Paragraph>,
    tlp: Option<Tlp>,
    vulnerabilities: BTreeSet<String>,
    products: Vec<Product>,
    measures: Vec<Typing>,
    no_measure_known: bool,
    exploited: bool,
    within: Option<SignedDuration>,
    presumption: Option<DateTime>,
    references: Vec<String>,
    reason: Option<String>,
    answers: BTreeMap<String, String>,
    levels: BTreeMap<String, Level>,
    deviation: String,
    /// As it was sent, so that nothing of it is lost when it cannot be saved.
    pub sent: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    GoOn,
    HandIn,
}

struct Product {
    name: Name,
    ranges: Vec<Range>,
    status: Status,
    /// Why it has not the hole, where that was said.
    exempt: Option<(Justification, Text)>,
}

/// A measure, and the one that it was before.
struct Typing {
    was: Option<MeasureId>,
    measure: Measure,
}

impl Form for Typed {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let tlp = |name: &str| fields.text(name).map(|word| Tlp::of_word(&word));
        let restricted = text(fields, "restricted");
        let restricted = match tlp("restricted_tlp") {
            Some(tlp) => Some(Paragraph { tlp, text: restricted }),
            // Words without a label are kept, under the label that lets them go nowhere.
            None if !restricted.is_empty() => Some(Paragraph { tlp: Tlp::Red, text: restricted }),
            None => None,
        };
        let whole = |name: &str| match fields.text(name) {
            None => Ok(None),
            Some(digits) => digits.parse::<u32>().map(Some).map_err(|_| WebError::Refused("refused-number")),
        };
        let products = rows(fields, "product").into_iter().map(|row| product(fields, &row));
        let measures = rows(fields, "measure").into_iter().map(|row| measure(fields, &row));
        let level = |word: &str| match word {
            "low" => Some(Level::Low),
            "medium" => Some(Level::Medium),
            "high" => Some(Level::High),
            _ => None,
        };
        Ok(Self {
            version: fields.word("version", |word| word.parse().ok())?,
            then: if fields.raw("then") == Some("hand-in") { Then::HandIn } else { Then::GoOn },
            title: text(fields, "title"),
            summary: text(fields, "summary"),
            consequence: text(fields, "consequence"),
            abuse: text(fields, "abuse"),
            restricted,
            tlp: tlp("tlp"),
            vulnerabilities: words(fields, "vulnerabilities").collect(),
            products: products.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect(),
            measures: measures.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect(),
            no_measure_known: fields.tick("no_measure_known"),
            exploited: fields.tick("exploited"),
            within: whole("within")?.map(|hours| SignedDuration::from_hours(hours.into())),
            presumption: fields.local("presumption")?,
            references: lines(fields, "references"),
            reason: fields.line("reason")?,
            answers: fields
                .beginning_with("answer-")
                .map(|(key, it)| (key.to_owned(), it.to_owned()))
                .collect(),
            levels: fields
                .beginning_with("level-")
                .filter_map(|(axis, word)| Some((axis.to_owned(), level(word)?)))
                .collect(),
            deviation: fields.line("deviation")?.unwrap_or_default(),
            sent: fields.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        })
    }
}

impl Typed {
    /// The draft that was typed on top of `before`.
    pub fn onto(self, house: &House, scheme: &Scheme, before: &Draft) -> Draft {
        let marks = |name: &Name| {
            before.content.products.iter().find(|line| line.name == *name).map(|line| line.marks.clone())
        };
        // A product stands there once for each stretch of versions; its reason is one.
        let mut exemptions: Vec<Exemption> = Vec::new();
        for it in self.products.iter().filter(|it| it.status == Status::NotAffected) {
            let Some((why, words)) = it.exempt.clone() else { continue };
            if !exemptions.iter().any(|known| known.name == it.name) {
                exemptions.push(Exemption { name: it.name.clone(), why, words });
            }
        }
        let products = self.products.into_iter().map(|it| AffectedProduct {
            marks: marks(&it.name).unwrap_or_default(),
            name: it.name,
            ranges: it.ranges,
            status: it.status,
        });
        let measures = self.measures.into_iter().map(|it| Measure {
            id: it.was.filter(|id| before.content.measure(*id).is_some()).unwrap_or_else(|| house.id()),
            ..it.measure
        });
        let content = Content {
            title: self.title,
            summary: self.summary,
            consequence: self.consequence,
            abuse: self.abuse,
            // The form shows the first part; whatever a paper brought beside it stays.
            restricted: self
                .restricted
                .into_iter()
                .chain(before.content.restricted.iter().skip(1).cloned())
                .collect(),
            tlp: self.tlp,
            vulnerabilities: self.vulnerabilities,
            products: products.collect(),
            measures: measures.collect(),
            no_measure_known: self.no_measure_known,
            exploited: self.exploited,
            within: self.within,
            presumption: self.presumption.and_then(|local| house.instant(local)),
            references: self.references,
            reason: self.reason,
            exemptions,
            severity: before.content.severity.clone(),
        };
        let computed = Judging { answers: self.answers.clone(), ..Judging::default() }.judged(scheme).ok();
        let computed = |place: usize| computed.as_ref().and_then(|it| it.levels.get(place).copied());
        // An axis that is left to the scheme keeps what the scheme says.
        let wanted = |(place, axis): (usize, &domain::severity::Axis)| {
            self.levels.get(&axis.key).copied().or_else(|| computed(place))
        };
        let levels: Option<Vec<Level>> = scheme.axes().iter().enumerate().map(wanted).collect();
        let levels = levels.filter(|_| !self.levels.is_empty());
        Draft { content, judging: Judging { answers: self.answers, levels, reason: self.deviation } }
    }
}

/// The rows of one kind that were sent, in their order: `product-0-name` is of row `product-0-`.
fn rows(fields: &Fields, kind: &str) -> Vec<String> {
    let count = fields.raw(&format!("{kind}s")).and_then(|it| it.parse::<usize>().ok()).unwrap_or(0);
    (0..count.min(ROWS_MAX)).map(|row| format!("{kind}-{row}-")).collect()
}

fn product(fields: &Fields, row: &str) -> Result<Option<Product>, WebError> {
    let (vendor, name) = (fields.line(&format!("{row}vendor"))?, fields.line(&format!("{row}name"))?);
    let Some(name) = name else { return Ok(None) };
    let status = |word: &str| match word {
        "affected" => Some(Status::Affected),
        "not_affected" => Some(Status::NotAffected),
        "fixed" => Some(Status::Fixed),
        "under_investigation" => Some(Status::UnderInvestigation),
        _ => None,
    };
    let why = match fields.text(&format!("{row}why")) {
        None => None,
        Some(word) => Some(Justification::of_word(&word).ok_or(WebError::Refused("refused-form"))?),
    };
    Ok(Some(Product {
        exempt: why.map(|why| (why, text(fields, &format!("{row}why_words")))),
        name: Name::new(&vendor.unwrap_or_default(), &name),
        ranges: ranges(fields, &format!("{row}ranges")),
        status: fields.word(&format!("{row}status"), status)?,
    }))
}

fn measure(fields: &Fields, row: &str) -> Result<Option<Typing>, WebError> {
    let of = |name: &str| format!("{row}{name}");
    let title = text(fields, &of("title"));
    let steps = steps(fields, &of("steps"));
    if title.is_empty() && steps.is_empty() {
        return Ok(None);
    }
    let minutes = match fields.text(&of("minutes")) {
        None => None,
        Some(digits) => Some(digits.parse().map_err(|_| WebError::Refused("refused-number"))?),
    };
    let proof = |method: &Method| fields.tick(&of(&format!("proof-{}", method.word())));
    let measure = Measure {
        id: MeasureId(uuid::Uuid::nil()),
        kind: fields.word(&of("kind"), kind_of)?,
        title,
        steps,
        applies_to: ranges(fields, &of("applies_to")),
        fails_for: ranges(fields, &of("fails_for")),
        minutes,
        side_effects: text(fields, &of("side_effects")),
        care_impact: fields.word(&of("care"), care_of)?,
        condition: text(fields, &of("condition")),
        provable_by: Method::ALL.into_iter().filter(proof).collect(),
        check: text(fields, &of("check")),
        reliability: fields.word(&of("reliability"), reliability_of)?,
    };
    Ok(Some(Typing { was: fields.id(&of("id"))?, measure }))
}

/// Kinds of measures, by the word in the form.
pub const KINDS: [(&str, Kind); 9] = [
    ("workaround", Kind::Workaround),
    ("config", Kind::Config),
    ("switch_off", Kind::SwitchOff),
    ("isolate", Kind::Isolate),
    ("patch", Kind::Patch),
    ("replace", Kind::Replace),
    ("monitor", Kind::Monitor),
    ("rotate_secrets", Kind::RotateSecrets),
    ("investigate", Kind::Investigate),
];

fn kind_of(word: &str) -> Option<Kind> {
    KINDS.into_iter().find(|(own, _)| *own == word).map(|(_, kind)| kind)
}

pub const CARE: [(&str, CareImpact); 3] =
    [("none", CareImpact::None), ("hindered", CareImpact::Hindered), ("endangered", CareImpact::Endangered)];

fn care_of(word: &str) -> Option<CareImpact> {
    CARE.into_iter().find(|(own, _)| *own == word).map(|(_, it)| it)
}

pub const RELIABILITIES: [(&str, Reliability); 5] = [
    ("recommended", Reliability::Recommended),
    ("proposed", Reliability::Proposed),
    ("doubtful", Reliability::Doubtful),
    ("revoked", Reliability::Revoked),
    ("superseded", Reliability::Superseded),
];

fn reliability_of(word: &str) -> Option<Reliability> {
    RELIABILITIES.into_iter().find(|(own, _)| *own == word).map(|(_, it)| it)
}

fn text(fields: &Fields, name: &str) -> Text {
    let of = |tag: &str| fields.text(&format!("{name}_{tag}"));
    match (of("nl"), of("en")) {
        (Some(dutch), Some(english)) => Text::both(dutch, english),
        (Some(dutch), None) => Text::only(Language::Nl, dutch),
        (None, Some(english)) => Text::only(Language::En, english),
        (None, None) => Text::default(),
    }
}

/// One step on each line, the Dutch beside the English one of the same number.
fn steps(fields: &Fields, name: &str) -> Vec<Text> {
    let [dutch, english] = ["nl", "en"].map(|tag| lines(fields, &format!("{name}_{tag}")));
    let step = |place: usize| match (dutch.get(place), english.get(place)) {
        (Some(dutch), Some(english)) => Text::both(dutch, english),
        (Some(dutch), None) => Text::only(Language::Nl, dutch),
        (None, Some(english)) => Text::only(Language::En, english),
        (None, None) => Text::default(),
    };
    (0..dutch.len().max(english.len())).map(step).collect()
}

fn lines(fields: &Fields, name: &str) -> Vec<String> {
    let all = fields.text(name).unwrap_or_default();
    all.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn words<'f>(fields: &'f Fields, name: &str) -> impl Iterator<Item = String> + 'f {
    let all = fields.raw(name).unwrap_or_default();
    all.split(|it: char| it.is_whitespace() || it == ',').filter(|it| !it.is_empty()).map(str::to_uppercase)
}

/// One range on each line, or between semicolons, in whatever way the formats of the house understand.
fn ranges(fields: &Fields, name: &str) -> Vec<Range> {
    let all = fields.text(name).unwrap_or_default();
    let parts = all.split(['\n', ';']).map(str::trim).filter(|part| !part.is_empty());
    let mut found: Vec<Range> = parts.flat_map(|part| vers::ranges(part).ranges).collect();
    found.dedup();
    found
}

/// As [`ranges`] reads it back.
pub fn written(ranges: &[Range]) -> String {
    ranges.iter().map(Range::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use domain::version::Version;

    use super::*;

    #[test]
    fn ranges_are_read_back_as_they_are_written() {
        let all = [
            Range::Any,
            Range::Unknown,
            Range::Exactly(Version::new("12.1-50.28")),
            Range::Train(Version::new("12.1")),
            Range::until("12.1", "12.1-55.18"),
        ];
        for range in all {
            let text = written(std::slice::from_ref(&range));
            assert_eq!(vers::ranges(&text).ranges, [range], "{text}");
        }
    }
}
