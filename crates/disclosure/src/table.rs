//! The law as a table, for whoever reads law and not programs. `tests/who_gets_what.txt` is made of it.

use std::sync::Arc;

use domain::disclosure::{Caveat, Circumstance, Circumstances, Class, Form, Kind, Purpose};
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::civil::Date;

use crate::rules::Asked;
use crate::{Gate, Question, Rule, Step, Verdict, When};

/// Rules ask for three things at once at most; what asks for more is found by its parts.
const TOGETHER_MAX: usize = 3;

/// One cell: what a recipient gets of a class on a day, when as much is so as the row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub kind: Kind,
    pub class: Class,
    /// The circumstances that make the difference, none of which could be left out; the first row of a class
    /// and kind has none.
    pub given: Circumstances,
    /// Each of these takes it away again.
    pub unless: Circumstances,
    pub verdict: Verdict,
}

/// Who gets what from `sender` on `day`: for each kind of recipient and each class what goes when nothing else is
/// so, and what the circumstances that the rules ask for add to it, in the order of the manifest, the classes and the
/// given. Asked of a hundred organisations where it can be of several, under TLP:CLEAR and to warn, where only the law
/// narrows.
pub fn who_gets_what(gate: &Gate, sender: &str, day: Date) -> Vec<Row> {
    let mut rows = Vec::new();
    for row in gate.rules().kinds() {
        let kind = Kind::new(&row.code);
        for class in Class::ALL {
            let ask = |given: Circumstances| {
                gate.decide(&Question {
                    sender,
                    kind: &kind,
                    class,
                    tlp: Tlp::Clear,
                    pap: None,
                    caveat: Caveat::None,
                    owner: "",
                    purpose: Purpose::Warn,
                    through: Channel::Platform,
                    given,
                    count: (!class.is_of_one()).then_some(100),
                    when: When::on(day),
                })
            };
            let looked_at = gate.rules().looked_at(sender, day, &row.code, class);
            let found = least_that_matters(looked_at, ask, |verdict| verdict.form);
            rows.extend(found.into_iter().map(|(given, unless, verdict)| Row {
                kind: kind.clone(),
                class,
                given,
                unless,
                verdict,
            }));
        }
    }
    rows
}

/// What a label leaves of something that may go whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelRow {
    pub tlp: Tlp,
    pub kind: Kind,
    pub class: Class,
    pub given: Circumstances,
    pub unless: Circumstances,
    pub left: Option<Form>,
    /// The rules that took the rest away.
    pub rules: Vec<Arc<Rule>>,
}

/// What each label leaves of each of `classes` for each of `kinds` on `day`, whatever the law says: the label alone,
/// from the widest to the narrowest. What is never public stays out of it here too.
pub fn under_labels(gate: &Gate, kinds: &[&str], classes: &[Class], day: Date) -> Vec<LabelRow> {
    let rules = gate.rules();
    let files: Vec<_> = rules.in_force(Step::Label, "", day, day).map(|(_, file)| file).collect();
    let looked_at = files.iter().flat_map(|file| file.looks_at.given.iter()).collect();
    let mut rows = Vec::new();
    for tlp in [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red] {
        for (kind, class) in kinds.iter().flat_map(|kind| classes.iter().map(move |class| (*kind, *class))) {
            let ask = |given: Circumstances| {
                let asked = Asked {
                    kind,
                    class: class.code(),
                    tlp: tlp.word(),
                    caveat: Caveat::None.word(),
                    owner: "",
                    purpose: Purpose::Warn,
                    given,
                };
                let (mut left, mut taking) = (Some(Form::Full), Vec::new());
                if crate::invariants::broken(class, tlp, kind, Channel::Platform).is_some() {
                    left = None;
                }
                for file in &files {
                    let forms = Form::ALL.into_iter().zip(rules.ask(file, &asked));
                    let mut allowed = None;
                    for (form, said) in forms {
                        if said.is_allowed {
                            allowed = allowed.max(Some(form));
                        } else {
                            taking.extend(said.rules);
                        }
                    }
                    left = left.min(allowed);
                }
                taking.sort_by(|one, other| one.id.cmp(&other.id));
                taking.dedup();
                (left, taking)
            };
            let found = least_that_matters(looked_at, ask, |(left, _)| *left);
            rows.extend(found.into_iter().map(|(given, unless, (left, rules))| LabelRow {
                tlp,
                kind: Kind::new(kind),
                class,
                given,
                unless,
                left,
                rules,
            }));
        }
    }
    rows
}

/// The answer when nothing is so, then each least set of circumstances that gives more than its parts give, with
/// what takes it away again. The smallest sets first.
fn least_that_matters<T>(
    looked_at: Circumstances,
    ask: impl Fn(Circumstances) -> T,
    form: impl Fn(&T) -> Option<Form>,
) -> Vec<(Circumstances, Circumstances, T)> {
    let mut sets = vec![Circumstances::NONE];
    let mut last = sets.clone();
    for _ in 0..TOGETHER_MAX {
        let bigger = |set: &Circumstances| {
            let set = *set;
            // Only what comes later in the order, so that each set is made once.
            looked_at.iter().filter(move |one| set.bits() >> *one as u32 == 0).map(move |one| set.with(one))
        };
        last = last.iter().flat_map(bigger).collect();
        sets.extend(&last);
    }
    let mut found: Vec<(Circumstances, Circumstances, T)> = Vec::new();
    for given in sets {
        let of_parts = found.iter().filter(|it| it.0.within(given) == it.0).map(|it| form(&it.2)).max();
        if of_parts == Some(Some(Form::Full)) {
            continue;
        }
        let answer = ask(given);
        if of_parts.is_none_or(|parts| form(&answer) > parts) {
            let takes_away =
                |one: &Circumstance| !given.has(*one) && form(&ask(given.with(*one))) < form(&answer);
            found.push((given, looked_at.iter().filter(takes_away).collect(), answer));
        }
    }
    found
}
