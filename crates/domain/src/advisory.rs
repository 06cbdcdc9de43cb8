//! An advisory, its revisions, and what each kind of revision sets off.
//!
//! ```text
//! Draft ─submit─► Review ─approve, by another─► Approved ─publish─► Published ─close─► Closed
//!   ▲               │                                     revise ↻     │  ▲              │
//!   └────reject─────┘                                                  │  └──new facet───┘
//!                                                           withdraw ─►Withdrawn
//! ```
//!
//! A revision is the whole advisory as it was released, so that "what did 1.00 say?" needs no
//! replay. Its kinds are computed from the difference to the revision before it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{AdvisoryId, MeasureId, OfficerId};
use crate::measure::{Measure, Reliability};
use crate::product::{Mark, Name};
use crate::severity::{Judgement, Severity};
use crate::text::Text;
use crate::tlp::Tlp;
use crate::version::{Contains, Range, Version, any_contains};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    pub id: AdvisoryId,
    /// Who wrote it: this node, or the source from which it came.
    pub publisher: String,
    /// The publisher's own number, such as `2019-0979` or `CTX267027`.
    pub number: String,
    pub state: State,
    /// Released revisions, oldest first.
    pub revisions: Vec<Revision>,
}

impl Advisory {
    /// The revision that counts. `None` as long as nothing was released.
    pub fn current(&self) -> Option<&Revision> {
        self.revisions.last()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Draft,
    Review,
    Approved,
    Published,
    Withdrawn,
    Closed,
}

/// What somebody wants to do with an advisory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Submit,
    Reject,
    Approve { author: OfficerId, by: OfficerId },
    Publish,
    Revise,
    Withdraw,
    Close { open_warnings: u64 },
    Reopen,
}

/// Why a step was not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("an advisory that is {0:?} cannot do that")]
    NotNow(State),
    #[error("the author never approves the own advisory")]
    OwnWork,
    #[error("{0} warnings are still open")]
    StillOpen(u64),
}

impl State {
    /// Where `step` leads.
    ///
    /// # Errors
    /// See [`Refused`]; the advisory then stays where it is.
    pub fn after(self, step: Step) -> Result<Self, Refused> {
        match (self, step) {
            (Self::Review, Step::Approve { author, by }) if author == by => Err(Refused::OwnWork),
            (Self::Published, Step::Close { open_warnings }) if open_warnings > 0 => {
                Err(Refused::StillOpen(open_warnings))
            }
            (Self::Draft, Step::Submit) => Ok(Self::Review),
            (Self::Review, Step::Reject) => Ok(Self::Draft),
            (Self::Review, Step::Approve { .. }) => Ok(Self::Approved),
            (Self::Approved, Step::Publish) => Ok(Self::Published),
            (Self::Published, Step::Revise) => Ok(Self::Published),
            (Self::Published, Step::Withdraw) => Ok(Self::Withdrawn),
            (Self::Published, Step::Close { .. }) => Ok(Self::Closed),
            (Self::Closed, Step::Reopen) => Ok(Self::Published),
            (state, _) => Err(Refused::NotNow(state)),
        }
    }
}

/// `1.00`, `1.01` and so on, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevisionNumber(pub u32);

impl RevisionNumber {
    pub const FIRST: Self = Self(100);

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl std::fmt::Display for RevisionNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    pub number: RevisionNumber,
    /// Why it was made. Empty for the first.
    pub kinds: BTreeSet<RevisionKind>,
    pub released_at: Timestamp,
    pub content: Content,
}

/// Why a revision was made. Source: `domain.md` 5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevisionKind {
    Editorial,
    Content,
    LevelUp,
    LevelDown,
    MeasureAdded,
    MeasureChanged,
    MeasureDoubtful,
    MeasureRevoked,
    ProductsAdded,
    ProductsRemoved,
    PresumptionSet,
}

/// What a revision does to those who were warned, the quietest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// To be read on the platform; nobody is disturbed.
    PlatformOnly,
    /// A message in the running thread.
    Message,
    /// "You may stand down", to those who are no longer concerned.
    StandDown,
    /// A new run: what was acknowledged before does not count any more.
    NewRun,
}

impl RevisionKind {
    pub const ALL: [Self; 11] = [
        Self::Editorial,
        Self::Content,
        Self::LevelUp,
        Self::LevelDown,
        Self::MeasureAdded,
        Self::MeasureChanged,
        Self::MeasureDoubtful,
        Self::MeasureRevoked,
        Self::ProductsAdded,
        Self::ProductsRemoved,
        Self::PresumptionSet,
    ];

    /// Source: "Delivery policy by kind", `domain.md` 5.1.
    pub fn consequence(self) -> Consequence {
        match self {
            Self::Editorial => Consequence::PlatformOnly,
            Self::Content | Self::LevelDown => Consequence::Message,
            Self::ProductsRemoved => Consequence::StandDown,
            Self::LevelUp
            | Self::MeasureAdded
            | Self::MeasureChanged
            | Self::MeasureDoubtful
            | Self::MeasureRevoked
            | Self::ProductsAdded
            | Self::PresumptionSet => Consequence::NewRun,
        }
    }
}

/// The loudest consequence of `kinds`.
pub fn consequence(kinds: &BTreeSet<RevisionKind>) -> Consequence {
    kinds.iter().map(|kind| kind.consequence()).max().unwrap_or(Consequence::PlatformOnly)
}

/// What an advisory says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub title: Text,
    /// Two sentences: what it is and why it matters.
    pub summary: Text,
    /// What can happen, in one sentence.
    pub consequence: Text,
    pub tlp: Option<Tlp>,
    /// Names of vulnerabilities, such as `CVE-2019-19781`.
    pub vulnerabilities: BTreeSet<String>,
    pub products: Vec<AffectedProduct>,
    pub measures: Vec<Measure>,
    /// The paper says in so many words that nothing can be done yet.
    #[serde(default)]
    pub no_measure_known: bool,
    /// Our own level, with answers and reason. `None` in a paper of somebody else.
    pub severity: Option<Judgement>,
    /// Until when a first measure must be in place, counted from the release.
    pub within: Option<SignedDuration>,
    /// Who was not safe by then must look for intruders before a warning can close.
    pub presumption: Option<Timestamp>,
    /// Somebody is already using the hole.
    #[serde(default)]
    pub exploited: bool,
    /// How to find out whether somebody was in already. Whoever writes that a hole is used must say it.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub abuse: Text,
    pub references: Vec<String>,
    /// What not everybody may read who may read the rest, each part with a label of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restricted: Vec<Paragraph>,
    /// Why products that are named here have not the hole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exemptions: Vec<Exemption>,
    /// Why this differs from the revision before it, in the words of who wrote it. Says nothing about
    /// the world, so it makes no revision by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A part of an advisory that is for fewer readers than the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    pub tlp: Tlp,
    pub text: Text,
}

/// Why a product has not the hole: in a word that programs understand, and for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    pub name: Name,
    pub why: Justification,
    /// Empty where a paper gives the word alone.
    pub words: Text,
}

/// The words of VEX for why a product is not affected. Source: CSAF 2.0, 3.2.3.5 (flags).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Justification {
    ComponentNotPresent,
    VulnerableCodeNotPresent,
    VulnerableCodeNotInExecutePath,
    VulnerableCodeCannotBeControlledByAdversary,
    InlineMitigationsAlreadyExist,
}

impl Justification {
    pub const ALL: [Self; 5] = [
        Self::ComponentNotPresent,
        Self::VulnerableCodeNotPresent,
        Self::VulnerableCodeNotInExecutePath,
        Self::VulnerableCodeCannotBeControlledByAdversary,
        Self::InlineMitigationsAlreadyExist,
    ];

    /// As documents write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::ComponentNotPresent => "component_not_present",
            Self::VulnerableCodeNotPresent => "vulnerable_code_not_present",
            Self::VulnerableCodeNotInExecutePath => "vulnerable_code_not_in_execute_path",
            Self::VulnerableCodeCannotBeControlledByAdversary => {
                "vulnerable_code_cannot_be_controlled_by_adversary"
            }
            Self::InlineMitigationsAlreadyExist => "inline_mitigations_already_exist",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// What the paper says about one product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AffectedProduct {
    pub name: Name,
    /// What else identifies it: CPE names, packages, order numbers.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub marks: BTreeSet<Mark>,
    /// None named: we do not know which, so each is possible.
    pub ranges: Vec<Range>,
    pub status: Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Affected,
    NotAffected,
    Fixed,
    UnderInvestigation,
}

impl Status {
    /// What a line of this status says of a system whose version its ranges contain or not.
    pub fn concerns(self, contains: Contains) -> Contains {
        match self {
            Self::Affected => contains,
            Self::UnderInvestigation => contains.min(Contains::Unsure),
            Self::NotAffected | Self::Fixed => Contains::No,
        }
    }

    /// Whether a line of this status says of such a system, in so many words, that it is safe.
    pub fn clears(self, contains: Contains) -> bool {
        matches!(self, Self::NotAffected | Self::Fixed) && contains == Contains::Yes
    }
}

impl AffectedProduct {
    /// A line without marks.
    pub fn new(name: Name, ranges: Vec<Range>, status: Status) -> Self {
        Self { name, marks: BTreeSet::new(), ranges, status }
    }

    /// Whether this line concerns a system of `version`. [`Contains::No`] also when the line says
    /// that the product is not affected.
    pub fn concerns(&self, version: Option<&Version>) -> Contains {
        self.status.concerns(any_contains(&self.ranges, version))
    }

    /// Whether this line says of `version`, in so many words, that it is safe.
    pub fn clears(&self, version: Option<&Version>) -> bool {
        self.status.clears(any_contains(&self.ranges, version))
    }
}

impl Content {
    /// The severity that counts; an advisory that nobody has judged is treated as high, because a
    /// paper without a level is no reason to be quiet.
    pub fn severity(&self) -> Severity {
        self.severity.as_ref().map_or(Severity::High, |judged| judged.severity)
    }

    /// How long a participant has for a first measure. Starting values; the author may say another.
    pub fn within(&self) -> SignedDuration {
        self.within.unwrap_or(match self.severity() {
            Severity::Critical => SignedDuration::from_hours(48),
            Severity::High => SignedDuration::from_hours(72),
            Severity::Medium | Severity::Low => SignedDuration::from_hours(14 * 24),
        })
    }

    pub fn measure(&self, id: MeasureId) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == id)
    }

    /// Why `name` has not the hole, where that is said.
    pub fn exemption(&self, name: &Name) -> Option<&Exemption> {
        self.exemptions.iter().find(|it| it.name == *name)
    }

    /// Whether it says of products that they have not the hole, each with its reason, and of none that it has.
    pub fn only_exempts(&self) -> bool {
        let mut clear = self.products.iter().filter(|line| line.status == Status::NotAffected).peekable();
        let concerns =
            |line: &AffectedProduct| matches!(line.status, Status::Affected | Status::UnderInvestigation);
        !self.products.iter().any(concerns)
            && clear.peek().is_some()
            && clear.all(|line| self.exemption(&line.name).is_some())
    }

    /// Why a revision with this content differs from `before`. Empty only when nothing differs.
    pub fn kinds_since(&self, before: &Self) -> BTreeSet<RevisionKind> {
        let mut kinds = BTreeSet::new();
        match self.severity().cmp(&before.severity()) {
            std::cmp::Ordering::Greater => drop(kinds.insert(RevisionKind::LevelUp)),
            std::cmp::Ordering::Less => drop(kinds.insert(RevisionKind::LevelDown)),
            std::cmp::Ordering::Equal => {}
        }
        for measure in &self.measures {
            match before.measure(measure.id) {
                None => drop(kinds.insert(RevisionKind::MeasureAdded)),
                Some(earlier) => kinds.extend(measure.kind_since(earlier)),
            }
        }
        if before.measures.iter().any(|measure| self.measure(measure.id).is_none()) {
            kinds.insert(RevisionKind::MeasureRevoked);
        }
        let named = |content: &Self| content.products.iter().cloned().collect::<BTreeSet<_>>();
        let (now, then) = (named(self), named(before));
        let concerning = |lines: &BTreeSet<AffectedProduct>, others: &BTreeSet<AffectedProduct>| {
            lines
                .difference(others)
                .any(|line| matches!(line.status, Status::Affected | Status::UnderInvestigation))
        };
        if concerning(&now, &then) {
            kinds.insert(RevisionKind::ProductsAdded);
        }
        if concerning(&then, &now) {
            kinds.insert(RevisionKind::ProductsRemoved);
        }
        if self.presumption.is_some() && self.presumption != before.presumption {
            kinds.insert(RevisionKind::PresumptionSet);
        }
        let said = |content: &Self| {
            let words = (content.consequence.clone(), content.abuse.clone(), content.restricted.clone());
            (
                words,
                content.vulnerabilities.clone(),
                content.within,
                content.exploited,
                content.exemptions.clone(),
            )
        };
        if said(self) != said(before) || now != then && kinds.is_empty() {
            kinds.insert(RevisionKind::Content);
        }
        let worded = Self { reason: before.reason.clone(), ..self.clone() };
        if kinds.is_empty() && worded != *before {
            kinds.insert(RevisionKind::Editorial);
        }
        kinds
    }
}

impl Measure {
    /// Why this measure differs from how it was `before`.
    fn kind_since(&self, before: &Self) -> Option<RevisionKind> {
        let worse = self.reliability != before.reliability || self.fails_for != before.fails_for;
        match self.reliability {
            Reliability::Revoked if worse => Some(RevisionKind::MeasureRevoked),
            Reliability::Doubtful if worse => Some(RevisionKind::MeasureDoubtful),
            _ if self.fails_for != before.fails_for => Some(RevisionKind::MeasureRevoked),
            // That it is better to patch takes nothing away from who has the workaround.
            Reliability::Superseded if worse => None,
            _ if self != before => Some(RevisionKind::MeasureChanged),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::measure::{CareImpact, Kind};
    use crate::severity::{Answers, Assessment};

    fn measure(number: u128) -> Measure {
        Measure {
            id: MeasureId(Uuid::from_u128(number)),
            kind: Kind::Workaround,
            title: Text::from("responder policy"),
            steps: vec![],
            applies_to: vec![],
            fails_for: vec![],
            minutes: None,
            side_effects: Text::default(),
            care_impact: CareImpact::None,
            condition: Text::default(),
            provable_by: BTreeSet::new(),
            check: Text::default(),
            reliability: Reliability::Recommended,
        }
    }

    fn judged(severity: Severity) -> Option<Judgement> {
        let computed = Assessment { scheme: "test".into(), severity, axes: vec![] };
        Some(Judgement { answers: Answers::new(), computed, levels: vec![], severity, reason: None })
    }

    fn affected(product: &str) -> AffectedProduct {
        AffectedProduct::new(Name::new("Citrix", product), vec![Range::Any], Status::Affected)
    }

    fn content() -> Content {
        Content {
            title: "a hole".into(),
            severity: judged(Severity::High),
            products: vec![affected("ADC")],
            measures: vec![measure(1)],
            ..Content::default()
        }
    }

    /// The kinds of a revision that changes the content in this way.
    fn kinds(change: impl FnOnce(&mut Content)) -> Vec<RevisionKind> {
        let mut changed = content();
        change(&mut changed);
        changed.kinds_since(&content()).into_iter().collect()
    }

    #[test]
    fn it_only_exempts_when_each_product_that_is_clear_has_its_reason_and_no_other_is_named() {
        let line = |name: &str, status| AffectedProduct { status, ..affected(name) };
        let exempt = |name: &str| Exemption {
            name: affected(name).name,
            why: Justification::ComponentNotPresent,
            words: Text::default(),
        };
        let only = |products: Vec<AffectedProduct>, exemptions: Vec<Exemption>| {
            Content { products, exemptions, ..content() }.only_exempts()
        };
        use Status::*;
        assert!(only(vec![line("ADC", NotAffected)], vec![exempt("ADC")]));
        assert!(only(vec![line("ADC", NotAffected), line("ADC", Fixed)], vec![exempt("ADC")]));
        assert!(!only(vec![line("ADC", NotAffected)], vec![]), "without a reason nothing is told");
        assert!(!only(vec![line("ADC", NotAffected), line("SDX", NotAffected)], vec![exempt("ADC")]));
        for status in [Affected, UnderInvestigation] {
            assert!(!only(vec![line("ADC", NotAffected), line("SDX", status)], vec![exempt("ADC")]));
        }
        assert!(!only(vec![line("ADC", Fixed)], vec![]) && !only(vec![], vec![]));
        assert_eq!(
            kinds(|it| it.exemptions.push(exempt("ADC"))),
            [RevisionKind::Content],
            "and no mail by itself"
        );
        for it in Justification::ALL {
            assert_eq!(Justification::of_word(it.word()), Some(it));
        }
    }

    #[test]
    fn each_of_the_eleven_kinds_is_seen_from_the_difference() {
        use RevisionKind::*;
        let found = [
            kinds(|it| it.title = "a big hole".into()),
            kinds(|it| it.exploited = true),
            kinds(|it| it.severity = judged(Severity::Critical)),
            kinds(|it| it.severity = judged(Severity::Low)),
            kinds(|it| it.measures.push(measure(2))),
            kinds(|it| it.measures[0].minutes = Some(20)),
            kinds(|it| it.measures[0].reliability = Reliability::Doubtful),
            kinds(|it| it.measures[0].reliability = Reliability::Revoked),
            kinds(|it| it.products.push(affected("Gateway"))),
            kinds(|it| it.products.clear()),
            kinds(|it| it.presumption = Some(Timestamp::UNIX_EPOCH)),
        ];
        let all = [
            Editorial,
            Content,
            LevelUp,
            LevelDown,
            MeasureAdded,
            MeasureChanged,
            MeasureDoubtful,
            MeasureRevoked,
            ProductsAdded,
            ProductsRemoved,
            PresumptionSet,
        ];
        assert_eq!(found, all.map(|kind| vec![kind]));
        assert_eq!(all, RevisionKind::ALL);
        assert_eq!(kinds(|_| {}), []);
    }

    #[test]
    fn a_measure_that_fails_for_one_build_or_is_left_out_counts_as_revoked() {
        assert_eq!(
            kinds(|it| it.measures[0].fails_for = vec![Range::Exactly(Version::new("12.1-50.28"))]),
            [RevisionKind::MeasureRevoked]
        );
        assert_eq!(kinds(|it| it.measures.clear()), [RevisionKind::MeasureRevoked]);
        let better = kinds(|it| {
            it.measures[0].reliability = Reliability::Superseded;
            it.measures.push(measure(2));
        });
        assert_eq!(better, [RevisionKind::MeasureAdded], "a patch does not take the workaround away");
    }

    #[test]
    fn what_each_kind_sets_off() {
        let table: String = RevisionKind::ALL
            .map(|kind| format!("{:<16} {:?}\n", format!("{kind:?}"), kind.consequence()))
            .concat();
        insta::assert_snapshot!(table, @r"
        Editorial        PlatformOnly
        Content          Message
        LevelUp          NewRun
        LevelDown        Message
        MeasureAdded     NewRun
        MeasureChanged   NewRun
        MeasureDoubtful  NewRun
        MeasureRevoked   NewRun
        ProductsAdded    NewRun
        ProductsRemoved  StandDown
        PresumptionSet   NewRun
        ");
    }

    #[test]
    fn every_step_from_every_state() {
        let [author, other] = [1, 2].map(|number| OfficerId(Uuid::from_u128(number)));
        let steps = [
            Step::Submit,
            Step::Reject,
            Step::Approve { author, by: other },
            Step::Publish,
            Step::Revise,
            Step::Withdraw,
            Step::Close { open_warnings: 0 },
            Step::Reopen,
        ];
        let states =
            [State::Draft, State::Review, State::Approved, State::Published, State::Withdrawn, State::Closed];
        let mut table = String::new();
        for state in states {
            let row = steps.map(|step| state.after(step).map_or("-".to_owned(), |next| format!("{next:?}")));
            table += &format!("{:<10} {}\n", format!("{state:?}"), row.join(" "));
        }
        insta::assert_snapshot!(table, @r"
        Draft      Review - - - - - - -
        Review     - Draft Approved - - - - -
        Approved   - - - Published - - - -
        Published  - - - - Published Withdrawn Closed -
        Withdrawn  - - - - - - - -
        Closed     - - - - - - - Published
        ");
        assert_eq!(State::Review.after(Step::Approve { author, by: author }), Err(Refused::OwnWork));
        assert_eq!(State::Published.after(Step::Close { open_warnings: 3 }), Err(Refused::StillOpen(3)));
    }

    #[test]
    fn a_line_that_says_not_affected_concerns_nobody_and_doubt_stays_doubt() {
        let version = Version::new("12.1-55.18");
        let line = |status, range| AffectedProduct::new(Name::new("", "ADC"), vec![range], status);
        let train = Range::Train(Version::new("12.1"));
        assert_eq!(line(Status::Affected, train.clone()).concerns(Some(&version)), Contains::Yes);
        assert_eq!(
            line(Status::UnderInvestigation, train.clone()).concerns(Some(&version)),
            Contains::Unsure
        );
        assert_eq!(line(Status::Fixed, train.clone()).concerns(Some(&version)), Contains::No);
        assert!(line(Status::Fixed, train).clears(Some(&version)));
        assert!(!line(Status::Fixed, Range::Unknown).clears(Some(&version)), "doubt clears nobody");
    }

    #[test]
    fn a_paper_without_a_level_is_no_reason_to_be_quiet() {
        assert_eq!(Content::default().severity(), Severity::High);
        assert_eq!(Content::default().within(), SignedDuration::from_hours(72));
        assert_eq!(RevisionNumber::FIRST.next().to_string(), "1.01");
    }
}
