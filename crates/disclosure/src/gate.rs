//! Decides: the law as of the day, then what may only narrow it, and why not more.
//!
//! The order is that of `domain.md` 7.3. What the steps of Cedar answer is remembered by what they look at, so
//! that the ten thousandth participant costs a look into a table; a test holds it against asking each time.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, OnceLock, RwLock};

use domain::disclosure::{Caveat, Circumstance, Circumstances, Class, Form, Kind, Purpose};
use domain::tlp::{Pap, Tlp};
use domain::warning::Channel;
use jiff::civil::Date;

use crate::holes;
use crate::invariants::{self, Invariant, K_MIN, K_PUBLIC_MIN};
use crate::rules::{Asked, File, Rule, Rules, Said, Step};

/// As of which days a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct When {
    /// Of the world: what was in force.
    pub world: Date,
    /// Of our knowledge: what we could know of it.
    pub known: Date,
}

impl When {
    /// Of the world and of our knowledge alike.
    pub fn on(day: Date) -> Self {
        Self { world: day, known: day }
    }
}

/// What the gate is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question<'a> {
    /// Whose rules the sender goes by: `national`, `sectoral`.
    pub sender: &'a str,
    pub kind: &'a Kind,
    pub class: Class,
    pub tlp: Tlp,
    pub pap: Option<Pap>,
    pub caveat: Caveat,
    /// The kind of the organisation that it is about; blank when it is about none.
    pub owner: &'a str,
    pub purpose: Purpose,
    pub through: Channel,
    pub given: Circumstances,
    /// How many organisations it counts or lists, where that is known.
    pub count: Option<u64>,
    pub when: When,
}

/// The words of a question that a decision is remembered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub sender: String,
    pub kind: Kind,
    pub class: Class,
    pub tlp: Tlp,
    pub pap: Option<Pap>,
    pub purpose: Purpose,
    pub through: Channel,
}

impl Case {
    fn of(question: &Question<'_>) -> Self {
        Self {
            sender: question.sender.to_owned(),
            kind: question.kind.clone(),
            class: question.class,
            tlp: question.tlp,
            pap: question.pap,
            purpose: question.purpose,
            through: question.through,
        }
    }
}

/// What the gate says, and everything that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What was asked; `None` when its words meant nothing.
    pub case: Option<Case>,
    /// The largest form that every step allows; `None` is NONE.
    pub form: Option<Form>,
    /// Nobody read the text that its ground cites: a person must release it.
    pub needs_person: bool,
    /// What may go without a person. Never more than `form`.
    pub at_once: Option<Form>,
    /// The rule of law that allows it.
    pub ground: Option<Arc<Rule>>,
    /// How far each step went, in their order; up to the one that left nothing.
    pub steps: Vec<Taken>,
    pub why_not_more: Option<WhyNot>,
    /// Where nothing of it may go but a number would: that it can be asked for.
    pub offers_aggregate: bool,
    /// How many there must be in a cell, where it is an aggregate.
    pub k: Option<u64>,
    pub when: When,
    /// Which set of rules decided.
    pub version: String,
}

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub step: Step,
    /// What it left.
    pub left: Option<Form>,
    /// The rules that gave it, for the law; those that took something away, for the others.
    pub rules: Vec<Arc<Rule>>,
}

/// Why it is not more. Every answer below FULL has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// A hard rule of the house, which no policy lifts.
    Never(Invariant),
    /// The question has a word that nobody knows: which field, and what stood there.
    Unknown { field: &'static str, word: String },
    /// No file of rules counts for this sender on this day.
    NoRulesOnThisDay,
    /// No rule gives a ground, whatever else were so.
    NoGround,
    /// With these it would be that.
    Missing { given: Vec<Circumstance>, would_be: Form },
    /// A step after the law took it away.
    Narrowed { step: Step, rule: Arc<Rule> },
    /// It would name somebody: so few are in it.
    FewerThan(u64),
}

impl Verdict {
    /// The names of all rules that decided, in the order of the steps.
    pub fn rules(&self) -> Vec<&str> {
        self.steps.iter().flat_map(|taken| taken.rules.iter().map(|rule| rule.id.as_str())).collect()
    }

    /// What is taken out, by the rule that allowed less than all.
    pub fn masks(&self) -> BTreeSet<&str> {
        let rule = self.ground.as_ref().filter(|_| self.form == Some(Form::Redacted));
        rule.map(|rule| rule.masks.iter().map(String::as_str).collect()).unwrap_or_default()
    }

    /// The answer to a question that is not written as a question is.
    pub fn not_understood(gate: &Gate, when: When, why: &str) -> Self {
        let why = WhyNot::Unknown { field: "request", word: why.to_owned() };
        Self::unknown(gate.rules().version(), when, why)
    }

    /// The answer to a question that has a word which nobody knows.
    pub(crate) fn unknown(version: &str, when: When, why: WhyNot) -> Self {
        Self {
            case: None,
            form: None,
            needs_person: false,
            at_once: None,
            ground: None,
            steps: Vec::new(),
            why_not_more: Some(why),
            offers_aggregate: false,
            k: None,
            when,
            version: version.to_owned(),
        }
    }

    /// What the recipient must keep to: what the rule of its ground asks for, and the labels that go along.
    pub fn obligations(&self) -> BTreeSet<&str> {
        let Some(case) = self.case.as_ref().filter(|_| self.form.is_some()) else { return BTreeSet::new() };
        let rule = self.ground.iter().flat_map(|rule| rule.obligations.iter().map(String::as_str));
        let label = (case.tlp != Tlp::Clear).then_some("keep-the-label");
        let actions = case.pap.is_some_and(|pap| pap != Pap::Clear).then_some("keep-to-pap");
        rule.chain(label).chain(actions).collect()
    }

    fn none(question: &Question<'_>, version: &str, why: WhyNot) -> Self {
        Self { case: Some(Case::of(question)), ..Self::unknown(version, question.when, why) }
    }
}

/// Everything that makes a difference to a file: equal keys, equal answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    file: u16,
    kind: u8,
    class: Class,
    tlp: Option<Tlp>,
    caveat: Option<Caveat>,
    owner: u64,
    purpose: Option<Purpose>,
    given: u32,
}

/// Mixes the few small numbers of a [`Key`]. They are codes of ours, of which nobody outside can choose many, so the
/// table needs no hash that withstands an attacker. The multiplier is that of the Firefox hash.
#[derive(Default)]
struct Mixer(u64);

impl Mixer {
    fn add(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        // The table chooses by the low bits, and a product has its best ones above.
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.add((*byte).into()));
    }

    fn write_u16(&mut self, number: u16) {
        self.add(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.add(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.add(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }
}

/// What a file says to each form, the greatest first.
struct Answer {
    forms: [Said; 3],
    /// With which circumstances the law would allow more. Found when somebody asks.
    missing: OnceLock<Option<(Vec<Circumstance>, Form)>>,
}

impl Answer {
    fn greatest(&self) -> Option<Form> {
        Form::ALL.into_iter().zip(&self.forms).find(|(_, said)| said.is_allowed).map(|(form, _)| form)
    }

    fn of(&self, form: Form) -> &Said {
        match form {
            Form::Full => &self.forms[0],
            Form::Redacted => &self.forms[1],
            Form::Aggregate => &self.forms[2],
        }
    }
}

/// More answers are not remembered: a node meets a few thousand different ones in a year.
const REMEMBERED_MAX: usize = 200_000;

/// The rules, and what they answered.
pub struct Gate {
    rules: Rules,
    answers: RwLock<HashMap<Key, Arc<Answer>, BuildHasherDefault<Mixer>>>,
}

impl Gate {
    pub fn new(rules: Rules) -> Self {
        Self { rules, answers: RwLock::default() }
    }

    /// With the rules that come with the house.
    pub fn shipped() -> Self {
        Self::new(Rules::shipped())
    }

    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Decides. Microseconds where a like question was asked before; some ten of them for each step where not.
    pub fn decide(&self, question: &Question<'_>) -> Verdict {
        let version = self.rules.version();
        let Some((kind, code)) = self.rules.kind(question.kind.code()) else {
            let word = question.kind.code().to_owned();
            return Verdict::none(question, version, WhyNot::Unknown { field: "recipient.kind", word });
        };
        if let Some(broken) = invariants::broken(question.class, question.tlp, code, question.through) {
            return Verdict::none(question, version, WhyNot::Never(broken));
        }
        let asked = Asked {
            kind: code,
            class: question.class.code(),
            tlp: question.tlp.word(),
            caveat: question.caveat.word(),
            owner: question.owner,
            purpose: question.purpose,
            given: question.given,
        };
        let mut verdict = Verdict::none(question, version, WhyNot::NoGround);
        let law: Vec<Arc<Answer>> = self.answers(Step::Law, kind, question, &asked).collect();
        if law.is_empty() {
            verdict.why_not_more = Some(WhyNot::NoRulesOnThisDay);
            return verdict;
        }
        let by_law = law.iter().filter_map(|answer| answer.greatest()).max();
        let mut left = by_law;
        verdict.steps.push(Taken { step: Step::Law, left, rules: Vec::new() });
        let mut narrowed = None;
        for step in Step::ALL.into_iter().skip(1) {
            let Some(before) = left else { break };
            let mut rules = Vec::new();
            for answer in self.answers(step, kind, question, &asked) {
                let allowed = answer.greatest();
                if allowed < Some(before) {
                    // Those that forbid the least that is lost, and with it everything above.
                    let lost = above(allowed).unwrap_or(before);
                    rules.extend(answer.of(lost).rules.iter().cloned());
                }
                left = left.min(allowed);
            }
            if left < Some(before)
                && let Some(rule) = rules.first()
            {
                narrowed = Some(WhyNot::Narrowed { step, rule: Arc::clone(rule) });
            }
            verdict.steps.push(Taken { step, left, rules });
        }
        // A number is a number only where there are enough: one that stands for less names somebody.
        let few = |k: u64| match (question.count, question.class) {
            _ if holes::is_open("few-is-enough") => false,
            (Some(count), _) => count < k,
            (None, class) => class.is_of_one(),
        };
        let mut is_small = None;
        if left == Some(Form::Aggregate) || question.class == Class::D2 {
            let k = least(left.and_then(|form| ground_of(&law, form)), code);
            verdict.k = left.map(|_| k);
            if left.is_some() && few(k) {
                left = None;
                verdict.k = None;
                is_small = Some(WhyNot::FewerThan(k));
            }
        }
        verdict.form = left;
        verdict.ground = left.and_then(|form| ground_of(&law, form));
        verdict.needs_person = verdict.ground.as_ref().is_some_and(|rule| !rule.is_verified())
            && !holes::is_open("nobody-must-release");
        verdict.at_once = match (left, verdict.needs_person) {
            // One that stands for few is not told as a number either while a person thinks about the whole.
            (Some(form), true) => read_ground(&law, form)
                .filter(|at_once| *at_once > Form::Aggregate || !few(least(ground_of(&law, *at_once), code))),
            (form, _) => form,
        };
        if let Some(taken) = verdict.steps.first_mut() {
            taken.rules = by_law.and_then(|form| ground_of(&law, form)).into_iter().collect();
        }
        verdict.why_not_more = match left {
            Some(Form::Full) => None,
            _ => is_small.or(narrowed).or_else(|| Some(self.why_by_law(&law, question, &asked))),
        };
        verdict.offers_aggregate = left.is_none()
            && question.class.names_somebody()
            && self.counts_are_allowed(kind, question, &asked);
        verdict
    }

    /// What the law would need to allow more: the circumstances of the rule that would gain most, the fewest of them.
    fn why_by_law(&self, law: &[Arc<Answer>], question: &Question<'_>, asked: &Asked<'_>) -> WhyNot {
        let Some(first) = law.first() else { return WhyNot::NoRulesOnThisDay };
        let find = || {
            let When { world, known } = question.when;
            let files: Vec<&File> =
                self.rules.in_force(Step::Law, question.sender, world, known).map(|(_, file)| file).collect();
            let would_be = |given: Circumstances| {
                let with = Asked { given, ..*asked };
                files.iter().filter_map(|file| greatest(&self.rules.ask(file, &with))).max()
            };
            let has = law.iter().filter_map(|answer| answer.greatest()).max();
            let mut best: Option<(Vec<Circumstance>, Form)> = None;
            for wanted in files.iter().flat_map(|file| file.could_be(asked.kind, question.class)) {
                let new: Vec<Circumstance> = wanted.iter().filter(|one| !question.given.has(*one)).collect();
                if new.is_empty() || !new.iter().all(|one| one.can_come()) {
                    continue;
                }
                let form = would_be(new.iter().fold(question.given, |set, one| set.with(*one)));
                let is_shorter = |(given, _): &(Vec<Circumstance>, Form)| new.len() < given.len();
                let most = best.as_ref().map(|(_, form)| *form);
                if form > has && (form > most || form == most && best.as_ref().is_some_and(is_shorter)) {
                    best = form.map(|form| (new, form));
                }
            }
            best
        };
        // What is remembered beside an answer must follow from that answer alone.
        let missing = if law.len() == 1 { first.missing.get_or_init(find).clone() } else { find() };
        match missing {
            Some((given, would_be)) => WhyNot::Missing { given, would_be },
            None => WhyNot::NoGround,
        }
    }

    /// Whether the recipient may have numbers, as a thing of their own.
    fn counts_are_allowed(&self, kind: u8, question: &Question<'_>, asked: &Asked<'_>) -> bool {
        let question = Question { class: Class::D2, ..question.clone() };
        let asked = Asked { class: Class::D2.code(), ..*asked };
        Step::ALL.into_iter().all(|step| {
            let mut answers = self
                .answers(step, kind, &question, &asked)
                .map(|it| it.of(Form::Aggregate).is_allowed || it.greatest().is_some());
            if step == Step::Law { answers.any(|it| it) } else { answers.all(|it| it) }
        })
    }

    fn answers<'a>(
        &'a self,
        step: Step,
        kind: u8,
        question: &'a Question<'_>,
        asked: &'a Asked<'_>,
    ) -> impl Iterator<Item = Arc<Answer>> + 'a {
        let When { world, known } = question.when;
        self.rules
            .in_force(step, question.sender, world, known)
            .map(move |(place, file)| self.answer(place, file, kind, question, asked))
    }

    fn answer(
        &self,
        place: usize,
        file: &File,
        kind: u8,
        question: &Question<'_>,
        asked: &Asked<'_>,
    ) -> Arc<Answer> {
        let sees = file.looks_at;
        let key = Key {
            file: u16::try_from(place).unwrap_or(u16::MAX),
            kind,
            class: question.class,
            tlp: (sees.tlp && !holes::is_open("memory-mixes-labels")).then_some(question.tlp),
            caveat: sees.caveat.then_some(question.caveat),
            owner: if sees.owner { packed(question.owner) } else { 0 },
            purpose: sees.purpose.then_some(question.purpose),
            given: question.given.within(sees.given).bits(),
        };
        let remembered = self.answers.read().ok().and_then(|answers| answers.get(&key).cloned());
        // Two owners that pack alike are asked each time: a kind has at most eight letters, or is not remembered.
        if let Some(answer) = remembered.filter(|_| question.owner.len() <= 8) {
            return answer;
        }
        let answer = Arc::new(Answer { forms: self.rules.ask(file, asked), missing: OnceLock::new() });
        if question.owner.len() <= 8
            && let Ok(mut answers) = self.answers.write()
            && answers.len() < REMEMBERED_MAX
        {
            answers.insert(key, Arc::clone(&answer));
        }
        answer
    }
}

/// The bytes of a short word, as a number.
fn packed(word: &str) -> u64 {
    word.bytes().fold(0, |sum, byte| sum << 8 | u64::from(byte))
}

fn greatest(forms: &[Said; 3]) -> Option<Form> {
    Form::ALL.into_iter().zip(forms).find(|(_, said)| said.is_allowed).map(|(form, _)| form)
}

/// The next greater form; of nothing, the least.
fn above(form: Option<Form>) -> Option<Form> {
    match form {
        None => Some(Form::Aggregate),
        Some(Form::Aggregate) => Some(Form::Redacted),
        Some(Form::Redacted) => Some(Form::Full),
        Some(Form::Full) => None,
    }
}

/// The rule on which `form` goes: one that allows so much or more, a verified one before others, and of those
/// the one that allows least beyond.
fn ground_of(law: &[Arc<Answer>], form: Form) -> Option<Arc<Rule>> {
    let enough = || {
        Form::ALL.into_iter().rev().filter(move |it| *it >= form).flat_map(|it| {
            law.iter().flat_map(move |answer| {
                let said = answer.of(it);
                said.rules.iter().filter(|_| said.is_allowed)
            })
        })
    };
    enough().find(|rule| rule.is_verified()).or_else(|| enough().next()).cloned()
}

/// The greatest form up to `most` for which somebody read the law.
fn read_ground(law: &[Arc<Answer>], most: Form) -> Option<Form> {
    Form::ALL
        .into_iter()
        .filter(|form| *form <= most)
        .find(|form| ground_of(law, *form).is_some_and(|rule| rule.is_verified()))
}

/// How many there must be in a cell: what the rule says, and never fewer than the house does.
fn least(ground: Option<Arc<Rule>>, kind: &str) -> u64 {
    let by_rule = ground.and_then(|rule| rule.k).unwrap_or_default();
    by_rule.max(if kind == "PUB" { K_PUBLIC_MIN } else { K_MIN })
}
