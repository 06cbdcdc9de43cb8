//! `GET /desk/disclosures/{id}`: why did they (not) get this? One decision of the gate, as a page that a lawyer can
//! read and print: a sentence first, then step by step which rule spoke and what it cites, why it is not more, what
//! was decided before and after, and what the gate would say today.

use std::sync::Arc;

use disclosure::{Rule, Rules, Step, Verdict};
use domain::disclosure::{Form as Shape, Item, Record, State};
use domain::ids::{AdvisoryId, DisclosureId, ParticipantId, WarningId};
use domain::tlp::Tlp;
use flow::disclose::{self, ask_again};
use flow::house::House;
use maud::{Markup, html};
use store::disclosures::{self, Disclosure};
use store::{organisations, participants};
use uuid::Uuid;

use super::disclosures::{Line, heading, lines};
use super::organisations::kind_name;
use super::what_if::shape;
use crate::WebError;
use crate::may::{May, WatchDesk};
use crate::page::Frame;
use crate::tables::address;

#[derive(Debug, Clone)]
pub struct View {
    pub line: Line,
    /// The kind of the recipient, in the reader's language.
    pub kind: String,
    pub steps: Vec<StepView>,
    /// The rules of this node are those by which it was decided.
    pub same_rules: bool,
    pub links: Links,
    /// Those of ours whom a list named, by name.
    pub listed: Vec<(Uuid, String)>,
    /// Every other decision about the same item and recipient, the newest first.
    pub others: Vec<Line>,
    /// What the gate would say today; `None` where it is not asked any more.
    pub now: Option<Now>,
}

/// Where more is to be read about what it is about.
#[derive(Debug, Clone, Default)]
pub struct Links {
    pub warning: Option<WarningId>,
    pub advisory: Option<AdvisoryId>,
    pub participant: Option<Uuid>,
    /// The recipient, when it is of the register.
    pub organisation: Option<String>,
}

/// One step of the way, in the order of `domain.md` 7.3.
#[derive(Debug, Clone)]
pub struct StepView {
    /// The last part of the key of its name.
    pub word: &'static str,
    /// A sentence: what it did.
    pub outcome: Outcome,
    pub rules: Vec<RuleView>,
}

/// What a step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Says(&'static str),
    /// The reason of the decision itself is the outcome.
    Why,
    /// A person did it: the key, and who.
    By(&'static str, String),
}

/// A rule that spoke.
#[derive(Debug, Clone)]
pub struct RuleView {
    pub id: String,
    /// `None` when no rule of this name counts here any more.
    pub known: Option<Arc<Rule>>,
}

#[derive(Debug, Clone)]
pub struct Now {
    pub form: Option<Shape>,
    pub needs_person: bool,
    pub ground: String,
    pub why: Option<String>,
    /// It is more, less, or the same as this decision.
    pub against: std::cmp::Ordering,
}

/// The obligations that have words of ours; others stand as the operator's rules write them.
const OBLIGATIONS: [&str; 13] = [
    "finders-terms",
    "inform-the-user",
    "keep-a-copy",
    "keep-the-label",
    "keep-the-order",
    "keep-to-pap",
    "own-members-only",
    "personal-data",
    "quote-with-source",
    "say-how-seen",
    "supervision-only",
    "tell-those-concerned",
    "third-country-personal-data",
];

/// What the recipient must keep to, in words.
pub(crate) fn obligation(frame: &Frame, word: &str) -> String {
    match OBLIGATIONS.contains(&word) {
        true => frame.say(&format!("obligation-{word}")),
        false => word.to_owned(),
    }
}

/// What was taken out, in words.
pub(crate) fn mask(frame: &Frame, word: &str) -> String {
    match disclosure::Mask::of_word(word) {
        Some(mask) => frame.say(&format!("mask-{}", mask.word())),
        None => word.to_owned(),
    }
}

/// What it was: a letter about somebody, a list of a group.
fn what(frame: &Frame, line: &Line) -> String {
    let item = frame.say(&format!("item-{}", line.disclosure.record.item.word()));
    match &line.about {
        Some(about) => frame.say_with("decision-about", &[("item", &item), ("about", &frame.group(about))]),
        None => item,
    }
}

/// What was decided, as one sentence.
fn sentence(frame: &Frame, view: &View) -> String {
    let (line, record) = (&view.line, &view.line.disclosure.record);
    let key = match (line.disclosure.state, record.form) {
        (State::Released, _) => "decision-says-released",
        (State::Waiting, _) => "decision-says-waiting",
        (State::Withheld, None) => "decision-says-withheld",
        (State::Withheld, Some(_)) => "decision-says-withheld-less",
        (State::Refused, _) => "decision-says-refused",
        (State::Superseded, None) => "decision-says-superseded-none",
        (State::Superseded, Some(_)) => "decision-says-superseded",
        (State::Recalled, _) => "decision-says-recalled",
    };
    let to = format!("{} ({})", line.recipient, view.kind);
    frame.say_with(
        key,
        &[
            ("what", &what(frame, line)),
            ("to", &to),
            ("form", &shape(frame, record.form)),
            ("ground", &frame.article(&record.ground)),
            ("day", &frame.date_words(line.disclosure.decided_at.to_zoned(House::zone()).date())),
        ],
    )
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let record = &view.line.disclosure.record;
    frame.document(
        &frame.say("decision-title"),
        html! {
            h1 { (frame.say("decision-title")) }
            p .lead { strong { (sentence(frame, view)) } }
            (links(frame, view))
            @if let Some(why) = &record.why_not_more {
                section aria-labelledby="why-head" {
                    h2 #why-head { (frame.say("decision-why")) }
                    p { (disclose::sentence(&frame.words, why)) }
                }
            }
            section aria-labelledby="steps-head" {
                h2 #steps-head { (frame.say("decision-steps")) }
                p .soft {
                    (frame.say_with("decision-as-of", &[
                        ("world", &frame.date_words(record.world)), ("known", &frame.date_words(record.known)),
                        ("version", &record.version),
                    ]))
                }
                @if !view.same_rules { p .notice.heed { (frame.say("decision-other-rules")) } }
                ol .cards.plain { @for (place, step) in view.steps.iter().enumerate() { (step_card(frame, view, place + 1, step)) } }
            }
            (conditions(frame, record))
            @if !view.listed.is_empty() {
                section #listed aria-labelledby="listed-head" {
                    h2 #listed-head { (frame.say("decision-listed")) }
                    ul { @for (id, name) in &view.listed { li { a href={ "/desk/participants/" (id) } { (name) } } } }
                }
            }
            section aria-labelledby="asked-head" {
                h2 #asked-head { (frame.say("decision-asked")) }
                (pairs(frame, view))
            }
            section #now aria-labelledby="now-head" {
                h2 #now-head { (frame.say("decision-now")) }
                (now(frame, view))
            }
            section #others aria-labelledby="others-head" {
                h2 #others-head { (frame.say("decision-others")) }
                @if view.others.is_empty() { p .notice { (frame.say("decision-no-others")) } }
                ol .cards.plain {
                    @for other in &view.others {
                        li .card {
                            p { (heading(frame, other)) }
                            p .no-print { a href={ "/desk/disclosures/" (other.disclosure.id) } { (frame.say("disclosures-to-one")) } }
                        }
                    }
                }
            }
        },
    )
}

fn links(frame: &Frame, view: &View) -> Markup {
    let record = &view.line.disclosure.record;
    html! {
        ul .plain.no-print {
            @if let Some(warning) = view.links.warning {
                li { a href={ "/desk/warnings/" (warning) } { (frame.say("decision-to-warning")) } }
            }
            @if let Some(advisory) = view.links.advisory {
                li { a href={ "/desk/advisories/" (advisory) } { (frame.say("decision-to-advisory")) } }
            }
            @if let Some(participant) = view.links.participant {
                li { a href={ "/desk/participants/" (participant) } { (frame.say("decision-to-participant")) } }
            }
            @if let Some(word) = &view.links.organisation {
                li { a href={ "/desk/organisations/" (word) } { (view.line.recipient) } }
            }
            li {
                a href=(address("/desk/disclosures", &[("to", &record.recipient)])) {
                    (frame.say_with("decision-all-to", &[("to", &view.line.recipient)]))
                }
            }
        }
    }
}

fn step_card(frame: &Frame, view: &View, number: usize, step: &StepView) -> Markup {
    let record = &view.line.disclosure.record;
    html! {
        li .card {
            h3 { (number) ". " (frame.say(&format!("step-{}", step.word))) }
            p {
                @match &step.outcome {
                    Outcome::Says(key) => { (frame.say(key)) }
                    Outcome::Why => { @if let Some(why) = &record.why_not_more { (disclose::sentence(&frame.words, why)) } }
                    Outcome::By(key, by) => { (frame.say_with(key, &[("by", by)])) }
                }
            }
            @for rule in &step.rules { (rule_card(frame, rule)) }
        }
    }
}

fn rule_card(frame: &Frame, rule: &RuleView) -> Markup {
    html! {
        dl .pairs.small {
            dt { (frame.say("decision-rule")) }
            dd { code { (rule.id) } }
            @match &rule.known {
                None => { dt { (frame.say("decision-text")) } dd { (frame.say("decision-rule-gone")) } }
                Some(known) => {
                    dt { (frame.say("law-article")) }
                    dd { (frame.article(&known.article)) }
                    dt { (frame.say("decision-document")) }
                    dd { (frame.article(&known.document)) }
                    dt { (frame.say("decision-in-force")) }
                    dd {
                        (frame.date(known.from))
                        @if let Some(to) = known.to { " – " (frame.date(to)) }
                    }
                    dt { (frame.say("decision-verified")) }
                    dd {
                        @match known.verified_on {
                            Some(on) => { (frame.article(&known.verified_by)) ", " (frame.date(on)) }
                            None => { (frame.say("decision-not-verified")) }
                        }
                    }
                    dt { (frame.say("decision-text")) }
                    dd { pre { (known.text) } }
                }
            }
        }
    }
}

/// What was taken out and what the recipient must keep to.
fn conditions(frame: &Frame, record: &Record) -> Markup {
    html! {
        @if !record.masks.is_empty() {
            section aria-labelledby="masks-head" {
                h2 #masks-head { (frame.say("disclosures-masks")) }
                ul { @for word in &record.masks { li { (mask(frame, word)) } } }
            }
        }
        @if !record.obligations.is_empty() {
            section aria-labelledby="obligations-head" {
                h2 #obligations-head { (frame.say("decision-obligations")) }
                ul { @for word in &record.obligations { li { (obligation(frame, word)) } } }
            }
        }
    }
}

fn pairs(frame: &Frame, view: &View) -> Markup {
    let (line, record) = (&view.line, &view.line.disclosure.record);
    html! {
        dl .pairs {
            dt { (frame.say("decision-when")) }
            dd { (frame.time(line.disclosure.decided_at)) }
            dt { (frame.say("disclosures-class")) }
            dd { (record.class.code()) ": " (frame.say(&format!("class-{}", record.class.code()))) ", TLP:" (record.tlp.word()) }
            dt { (frame.say("decision-recipient")) }
            dd { (line.recipient) ", " (view.kind) " (" (record.kind) ")" }
            dt { (frame.say("disclosures-purpose")) }
            dd { (frame.say(&format!("purpose-{}", record.purpose.word()))) }
            dt { (frame.say("decision-channel")) }
            dd { (frame.term(record.channel)) }
            dt { (frame.say("decision-sender")) }
            dd { (sender(frame, &record.sender)) }
            @if let Some((at, by)) = &line.disclosure.settled {
                dt { (frame.say("decision-settled")) }
                dd {
                    (frame.say(&format!("decision-{}", line.disclosure.state.word()))) ", " (frame.time(*at))
                    @if !by.is_empty() { ", " (by) }
                }
            }
            dt { (frame.say("decision-number")) }
            dd { code { (line.disclosure.id) } }
        }
    }
}

fn sender(frame: &Frame, word: &str) -> String {
    match word {
        "national" | "sectoral" => frame.say(&format!("sender-rules-{word}")),
        other => other.to_owned(),
    }
}

fn now(frame: &Frame, view: &View) -> Markup {
    use std::cmp::Ordering::{Equal, Greater, Less};
    html! {
        @match &view.now {
            None => p .notice { (frame.say("decision-now-nothing")) },
            Some(now) => {
                p {
                    (frame.say_with("decision-now-says", &[("form", &shape(frame, now.form))]))
                    @if now.needs_person { " " (frame.say("decision-now-person")) }
                    " "
                    strong {
                        (frame.say(match now.against {
                            Greater => "decision-now-more",
                            Less => "decision-now-less",
                            Equal => "decision-now-same",
                        }))
                    }
                }
                @if !now.ground.is_empty() { p { (frame.say("disclosures-ground")) ": " (frame.article(&now.ground)) } }
                @if let Some(why) = &now.why { p { (why) } }
                p .soft { (frame.say("decision-now-what")) }
            }
        }
    }
}

/// The way that a decision went, from what was written down of it.
fn steps(rules: &Rules, one: &Disclosure) -> Vec<StepView> {
    let record = &one.record;
    let why = record.why_not_more.as_ref().map(|why| why.key.as_str()).unwrap_or_default();
    let spoke = |wanted: Step| -> Vec<RuleView> {
        let all = record.rules.iter().map(|id| (id, rules.all().find(|(_, _, rule)| rule.id == *id)));
        let own = all.filter(|(id, known)| known.map_or_else(|| step_of(id), |(step, _, _)| step) == wanted);
        own.map(|(id, known)| RuleView { id: id.clone(), known: known.map(|(_, _, rule)| Arc::clone(rule)) })
            .collect()
    };
    let never = why.starts_with("why-never-") || why == "why-unknown" || why == "why-no-rules";
    let mut steps = Vec::new();
    let mut step = |word, outcome, rules| steps.push(StepView { word, outcome, rules });
    step("house", if never { Outcome::Why } else { Outcome::Says("step-house-nothing") }, vec![]);
    let law = spoke(Step::Law);
    // Where nothing is left, the steps behind it are not asked.
    let mut is_over = never || law.is_empty();
    let outcome = match (never, law.is_empty(), why.is_empty()) {
        (true, _, _) => Outcome::Says("step-not-asked"),
        (_, true, false) => Outcome::Why,
        (_, true, true) => Outcome::Says("step-law-nothing"),
        (_, false, _) => Outcome::Says("step-law-allows"),
    };
    step("law", outcome, law);
    for (word, which) in [
        ("purpose", Step::Purpose),
        ("label", Step::Label),
        ("originator", Step::Originator),
        ("need", Step::Need),
    ] {
        let taking = spoke(which);
        let outcome = match (is_over, taking.is_empty()) {
            (true, _) => Outcome::Says("step-not-asked"),
            (_, true) => Outcome::Says("step-took-nothing"),
            (_, false) => Outcome::Says("step-took"),
        };
        let is_last = why == format!("why-narrowed-{word}") && record.form.is_none();
        is_over = is_over || is_last;
        step(word, outcome, taking);
    }
    let cells = match (is_over, why, record.form) {
        (true, ..) => Outcome::Says("step-not-asked"),
        (_, "why-few", _) => Outcome::Why,
        (.., Some(Shape::Aggregate)) => Outcome::Says("step-cells-enough"),
        _ => Outcome::Says("step-cells-none"),
    };
    step("cells", cells, vec![]);
    let by = one.settled.as_ref().map(|(_, by)| by.clone()).filter(|by| !by.is_empty());
    let person = match (record.form, record.needs_person, one.state, by) {
        (None, ..) => Outcome::Says("step-not-asked"),
        (_, true, State::Released | State::Recalled, Some(by)) => Outcome::By("step-person-released", by),
        (_, true, State::Refused, Some(by)) => Outcome::By("step-person-refused", by),
        (_, true, ..) => Outcome::Says("step-person-must"),
        (_, false, ..) => Outcome::Says("step-person-not"),
    };
    step("person", person, vec![]);
    steps
}

/// Which step a rule is of that this node does not know any more: its file says so.
fn step_of(id: &str) -> Step {
    match id.split('/').next().unwrap_or_default() {
        "purpose" => Step::Purpose,
        "tlp" => Step::Label,
        "originator" => Step::Originator,
        "need" => Step::Need,
        _ => Step::Law,
    }
}

fn asked_now(frame: &Frame, verdict: &Verdict, before: Option<Shape>) -> Now {
    Now {
        form: verdict.form,
        needs_person: verdict.needs_person,
        ground: verdict.ground.as_ref().map(|rule| rule.article.clone()).unwrap_or_default(),
        why: verdict
            .why_not_more
            .as_ref()
            .map(|why| disclose::sentence(&frame.words, &disclose::reason(why))),
        against: verdict.form.cmp(&before),
    }
}

pub async fn show(house: House, may: May<WatchDesk>, id: DisclosureId, (): ()) -> Result<Markup, WebError> {
    let frame = may.frame_for(&house, Tlp::Amber);
    let one = disclosures::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let record = &one.record;
    let now = ask_again::verdict_now(&house, &one).await?;
    let now = now.map(|verdict| asked_now(&frame, &verdict, record.form));
    let mut links = Links { participant: record.about.map(|it| it.0), ..Links::default() };
    match &record.item {
        Item::Letter { warning, .. } => links.warning = Some(*warning),
        Item::Offer { offer } => {
            links.advisory = disclosures::offer_of_id(&house.db, *offer).await?.map(|it| it.advisory);
        }
        Item::Rescan { .. }
        | Item::Receipt { .. }
        | Item::Progress { .. }
        | Item::Seen { .. }
        | Item::Finder { .. }
        | Item::Website { .. } => {}
    }
    let known = organisations::of_id(&house.db, &record.recipient).await?;
    links.organisation = known.map(|it| it.organisation.id);
    let others = disclosures::of_item(&house.db, &record.item).await?;
    let others =
        others.into_iter().filter(|it| it.id != id && it.record.recipient == record.recipient).collect();
    let gate = house.law.gate();
    let rules = gate.rules();
    let named: Vec<ParticipantId> = record.listed.iter().copied().collect();
    let mut listed: Vec<(Uuid, String)> =
        participants::of_ids(&house.db, &named).await?.into_iter().map(|it| (it.id.0, it.name)).collect();
    listed.sort_by(|one, other| one.1.cmp(&other.1));
    let view = View {
        listed,
        kind: kind_name(&house, &frame, record.kind.code()),
        steps: steps(rules, &one),
        same_rules: record.version == rules.version(),
        links,
        others: lines(&house, others).await?,
        now,
        line: lines(&house, vec![one]).await?.pop().ok_or(WebError::NotFound)?,
    };
    Ok(page(&frame, &view))
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use disclosure::Mask;
    use domain::disclosure::Reason;

    use super::super::disclosures::tests::line;
    use super::*;
    use crate::page::testing::{check, frame, languages};

    fn view(line: Line) -> View {
        let rules = Rules::shipped();
        View {
            kind: "ploeg".into(),
            steps: steps(&rules, &line.disclosure),
            same_rules: true,
            links: Links::default(),
            listed: vec![(Uuid::nil(), "Noordzorg".into())],
            others: vec![],
            now: None,
            line,
        }
    }

    fn why(line: &mut Line, key: &str) {
        let values = [("article", "TLP 2.0"), ("k", "5")].map(|(name, it)| (name.to_owned(), it.to_owned()));
        line.disclosure.record.why_not_more = Some(Reason { key: key.into(), values: values.into() });
    }

    #[test]
    fn a_decision_is_a_sentence_and_then_every_step_whatever_became_of_it() {
        for (state, number) in State::ALL.into_iter().zip(1..) {
            for form in [Some(Shape::Full), Some(Shape::Aggregate), None] {
                let mut one = line(number, form, state);
                one.disclosure.settled = Some((one.disclosure.decided_at, "A. Duin".into()));
                one.disclosure.record.masks = Mask::ALL.iter().map(|it| it.word().to_owned()).collect();
                one.disclosure.record.obligations =
                    OBLIGATIONS.iter().map(|it| (*it).to_owned()).chain(["of-the-operator".into()]).collect();
                one.disclosure.record.rules.push("mine/gone".into());
                let view = View {
                    same_rules: false,
                    links: Links {
                        warning: Some(WarningId(Uuid::nil())),
                        advisory: Some(AdvisoryId(Uuid::nil())),
                        participant: Some(Uuid::nil()),
                        organisation: Some("zorgteam".into()),
                    },
                    others: vec![line(99, None, State::Superseded)],
                    now: Some(Now {
                        form: Some(Shape::Full),
                        needs_person: true,
                        ground: "art. 3".into(),
                        why: None,
                        against: Some(Shape::Full).cmp(&form),
                    }),
                    ..view(one)
                };
                check("decision", "/desk/disclosures/1", |frame| page(frame, &view));
            }
        }
        let now = Now {
            form: None,
            needs_person: false,
            ground: String::new(),
            why: None,
            against: Ordering::Less,
        };
        let less = View { now: Some(now), ..view(line(1, Some(Shape::Full), State::Released)) };
        check("decision-less", "/desk/disclosures/1", |frame| page(frame, &less));
    }

    #[test]
    fn the_step_that_left_nothing_is_the_last_that_was_asked() {
        let outcomes = |line: &Line| {
            let steps = steps(&Rules::shipped(), &line.disclosure);
            let said = |outcome: &Outcome| match outcome {
                Outcome::Says(key) => key.trim_start_matches("step-").to_owned(),
                Outcome::Why => "why".to_owned(),
                Outcome::By(key, by) => format!("{key} {by}"),
            };
            steps
                .iter()
                .map(|step| format!("{}: {}", step.word, said(&step.outcome)))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let mut narrowed = line(1, None, State::Withheld);
        narrowed.disclosure.record.rules =
            vec!["national-2018/public".into(), "tlp/strict-nobody-else".into()];
        why(&mut narrowed, "why-narrowed-label");
        insta::assert_snapshot!(outcomes(&narrowed), @r"
        house: house-nothing
        law: law-allows
        purpose: took-nothing
        label: took
        originator: not-asked
        need: not-asked
        cells: not-asked
        person: not-asked
        ");
        let mut never = line(1, None, State::Withheld);
        never.disclosure.record.rules.clear();
        why(&mut never, "why-never-no-names-in-public");
        insta::assert_snapshot!(outcomes(&never), @r"
        house: why
        law: not-asked
        purpose: not-asked
        label: not-asked
        originator: not-asked
        need: not-asked
        cells: not-asked
        person: not-asked
        ");
        let mut few = line(1, None, State::Withheld);
        why(&mut few, "why-few");
        insta::assert_snapshot!(outcomes(&few), @r"
        house: house-nothing
        law: law-allows
        purpose: took-nothing
        label: took-nothing
        originator: took-nothing
        need: took-nothing
        cells: why
        person: not-asked
        ");
        let mut released = line(1, Some(Shape::Full), State::Released);
        released.disclosure.settled = Some((released.disclosure.decided_at, "A. Duin".into()));
        insta::assert_snapshot!(outcomes(&released), @r"
        house: house-nothing
        law: law-allows
        purpose: took-nothing
        label: took-nothing
        originator: took-nothing
        need: took-nothing
        cells: cells-none
        person: step-person-released A. Duin
        ");
    }

    #[test]
    fn what_the_shipped_rules_oblige_to_has_words_in_both_languages() {
        let rules = Rules::shipped();
        for words in languages() {
            let frame = frame(words, "/desk/disclosures/1");
            for word in rules.all().flat_map(|(_, _, rule)| &rule.obligations) {
                assert_ne!(&obligation(&frame, word), word, "{}", frame.words.tag());
            }
            let view = view(line(1, Some(Shape::Aggregate), State::Withheld));
            let said = sentence(&frame, &view);
            let ground = frame.article("numbers that name nobody");
            assert!(said.contains("zorgteam") && said.contains(&ground), "{said}");
        }
    }
}
