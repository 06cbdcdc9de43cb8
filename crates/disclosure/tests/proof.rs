//! What holds of the shipped rules for **all** requests, counted out: every kind, class, label, purpose and caveat, and
//! of the circumstances each one on which an answer hangs, both ways.
//!
//! The rules are read here by a small evaluator of its own, which knows of Cedar only how a policy is written down. So
//! these tests share no code with the gate, with Cedar's engine, or with the solver to which `cargo xtask prove` puts the
//! same claims; the last of them holds the gate against it. Every test says how many cases it saw.

#![expect(clippy::unwrap_used, reason = "a rule that cannot be read fails its test")]

use std::collections::BTreeMap;

use cedar_policy::{Effect, PolicySet};
use disclosure::{
    Caveat, Circumstance, Circumstances, Class, Form, Gate, Kind, Purpose, Question, Rules, When,
};
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::civil::Date;
use serde_json::Value;

const CHANGES: &str = include_str!("../policies/changes.toml");
const LABELS: [Tlp; 5] = [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];

/// What can be a ground in law or agreement. Whether somebody needs it, or was addressed, is none.
const GROUNDS: [Circumstance; 20] = [
    Circumstance::Subject,
    Circumstance::Member,
    Circumstance::OwnGroup,
    Circumstance::Designated,
    Circumstance::DesignatedFor,
    Circumstance::Consented,
    Circumstance::Mandated,
    Circumstance::OwnerSends,
    Circumstance::Mandatory,
    Circumstance::OwnChoice,
    Circumstance::OwnStatement,
    Circumstance::Requested,
    Circumstance::SharedIncident,
    Circumstance::National,
    Circumstance::OwnSpace,
    Circumstance::OwnCountry,
    Circumstance::CrossBorder,
    Circumstance::CrossSector,
    Circumstance::Proven,
    Circumstance::Ordered,
];

/// A request of which some circumstances are decided and others are not yet.
#[derive(Debug, Clone)]
struct Case<'a> {
    kind: &'a str,
    class: Class,
    tlp: Tlp,
    purpose: Purpose,
    caveat: Caveat,
    given: Circumstances,
    decided: Circumstances,
}

impl<'a> Case<'a> {
    fn new(kind: &'a str, class: Class) -> Self {
        Self {
            kind,
            class,
            tlp: Tlp::Clear,
            purpose: Purpose::Warn,
            caveat: Caveat::None,
            given: Circumstances::NONE,
            decided: Circumstances::NONE,
        }
    }
}

/// What a rule of ours can ask. Whatever else Cedar knows is not counted out, and stops the test.
enum Asks {
    Always(bool),
    Is(Circumstance),
    /// Whether the word that stands in a question at this place is one of these.
    OneOf(Place, Vec<String>),
    Not(Box<Asks>),
    Both(Box<Asks>, Box<Asks>),
    Either(Box<Asks>, Box<Asks>),
}

#[derive(Clone, Copy)]
enum Place {
    Kind,
    Class,
    Label,
    Caveat,
    Purpose,
}

impl Asks {
    /// From the policy as Cedar writes it in JSON.
    fn read(expression: &Value) -> Self {
        let (operator, body) = expression.as_object().unwrap().iter().next().unwrap();
        let side = |name: &str| Box::new(Self::read(&body[name]));
        let words = |set: &Value| set.as_array().unwrap().iter().map(word).collect();
        match operator.as_str() {
            "Value" => Self::Always(body.as_bool().unwrap()),
            "." => {
                assert_eq!(body["left"]["Var"], "context");
                Self::Is(Circumstance::of_word(body["attr"].as_str().unwrap()).unwrap())
            }
            "==" => Self::OneOf(place(&body["left"]), vec![word(&body["right"])]),
            "contains" => Self::OneOf(place(&body["right"]), words(&body["left"]["Set"])),
            "!" => Self::Not(side("arg")),
            "&&" => Self::Both(side("left"), side("right")),
            "||" => Self::Either(side("left"), side("right")),
            other => panic!("{other} is not counted out"),
        }
    }

    /// Whether it is so, or the circumstance on which that hangs.
    fn is_so(&self, case: &Case<'_>) -> Result<bool, Circumstance> {
        match self {
            Self::Always(is_so) => Ok(*is_so),
            Self::Is(one) => {
                if case.decided.has(*one) {
                    Ok(case.given.has(*one))
                } else {
                    Err(*one)
                }
            }
            Self::OneOf(place, words) => {
                let word = match place {
                    Place::Kind => case.kind,
                    Place::Class => case.class.code(),
                    Place::Label => case.tlp.word(),
                    Place::Caveat => case.caveat.word(),
                    Place::Purpose => case.purpose.word(),
                };
                Ok(words.iter().any(|one| one == word))
            }
            Self::Not(asks) => Ok(!asks.is_so(case)?),
            // In any order: what is decided already must not hang on what is not.
            Self::Both(one, other) => match (one.is_so(case), other.is_so(case)) {
                (Ok(false), _) | (_, Ok(false)) => Ok(false),
                (one, other) => Ok(one? && other?),
            },
            Self::Either(one, other) => match (one.is_so(case), other.is_so(case)) {
                (Ok(true), _) | (_, Ok(true)) => Ok(true),
                (one, other) => Ok(one? || other?),
            },
        }
    }
}

fn word(value: &Value) -> String {
    value["Value"].as_str().unwrap().to_owned()
}

fn place(access: &Value) -> Place {
    match (access["."]["left"]["Var"].as_str().unwrap(), access["."]["attr"].as_str().unwrap()) {
        ("principal", "kind") => Place::Kind,
        ("resource", "class") => Place::Class,
        ("resource", "tlp") => Place::Label,
        ("resource", "caveat") => Place::Caveat,
        ("context", "purpose") => Place::Purpose,
        other => panic!("{other:?} is not counted out"),
    }
}

struct Rule {
    name: String,
    is_permit: bool,
    is_verified: bool,
    hides_names: bool,
    forms: Vec<Form>,
    conditions: Vec<Asks>,
}

impl Rule {
    fn matches(&self, case: &Case<'_>) -> Result<bool, Circumstance> {
        for condition in &self.conditions {
            if !condition.is_so(case)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn greatest(&self) -> Form {
        self.forms.iter().copied().max().unwrap()
    }
}

struct File {
    name: String,
    step: String,
    sender: Option<String>,
    from: Date,
    rules: Vec<Rule>,
}

impl File {
    /// The greatest form that some wanted rule of law permits.
    fn permits(&self, case: &Case<'_>, wanted: impl Fn(&Rule) -> bool) -> Result<Option<Form>, Circumstance> {
        let mut most = None;
        for rule in self.rules.iter().filter(|rule| wanted(rule)) {
            if Some(rule.greatest()) > most && rule.matches(case)? {
                most = Some(rule.greatest());
            }
        }
        Ok(most)
    }

    /// Whether no rule of a later step forbids this form.
    fn leaves(&self, form: Form, case: &Case<'_>) -> Result<bool, Circumstance> {
        for rule in self.rules.iter().filter(|rule| rule.forms.contains(&form)) {
            if rule.matches(case)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The greatest form that it leaves.
    fn most_left(&self, case: &Case<'_>) -> Result<Option<Form>, Circumstance> {
        for form in Form::ALL {
            if self.leaves(form, case)? {
                return Ok(Some(form));
            }
        }
        Ok(None)
    }
}

fn files() -> Vec<File> {
    let texts: BTreeMap<&str, &str> = Rules::shipped_files().collect();
    let manifest: toml::Table = texts["manifest.toml"].parse().unwrap();
    let rows = manifest["file"].as_array().unwrap().iter();
    rows.map(|row| {
        let name = row["name"].as_str().unwrap().to_owned();
        let parsed: PolicySet = texts[name.as_str()].parse().unwrap();
        let rules = parsed.policies().map(|policy| {
            let note = |key: &str| policy.annotation(key).unwrap_or_default();
            let json = policy.to_json().unwrap();
            let action = json["action"].to_string();
            let named = |form: &Form| action.contains(&format!("{:?}", form.word().to_lowercase()));
            let all = json["action"]["op"] == "All";
            assert_eq!((&json["principal"]["op"], &json["resource"]["op"]), (&"All".into(), &"All".into()));
            let conditions = json["conditions"].as_array().unwrap().iter().map(|condition| {
                assert_eq!(condition["kind"], "when");
                Asks::read(&condition["body"])
            });
            Rule {
                name: note("id").to_owned(),
                is_permit: policy.effect() == Effect::Permit,
                is_verified: !note("verified_by").is_empty(),
                hides_names: ["others", "victims", "outside-own"].iter().any(|it| note("masks").contains(it)),
                forms: Form::ALL.into_iter().filter(|form| all || named(form)).collect(),
                conditions: conditions.collect(),
            }
        });
        File {
            step: row["step"].as_str().unwrap().to_owned(),
            sender: row.get("sender").map(|it| it.as_str().unwrap().to_owned()),
            from: row["from"].as_str().unwrap().parse().unwrap(),
            rules: rules.collect(),
            name,
        }
    })
    .collect()
}

/// Asks `check`, and where it hangs on a circumstance, twice: without and with it. Gives how many cases were decided.
fn both_ways(case: &Case<'_>, check: &impl Fn(&Case<'_>) -> Result<(), Circumstance>) -> u64 {
    match check(case) {
        Ok(()) => 1,
        Err(one) => {
            let decided = case.decided.with(one);
            let without = both_ways(&Case { decided, ..case.clone() }, check);
            without + both_ways(&Case { decided, given: case.given.with(one), ..case.clone() }, check)
        }
    }
}

fn kinds() -> Vec<String> {
    Rules::shipped().kinds().iter().map(|kind| kind.code.clone()).collect()
}

/// Every kind and class, with everything else as at first.
fn cells(check: impl Fn(&Case<'_>) -> Result<(), Circumstance>) -> u64 {
    let kinds = kinds();
    let cells = kinds.iter().flat_map(|kind| Class::ALL.map(|class| Case::new(kind, class)));
    cells.map(|case| both_ways(&case, &check)).sum()
}

#[test]
fn no_law_lets_names_through_without_a_ground() {
    for file in files().iter().filter(|file| file.step == "law") {
        let cases = cells(|case| {
            for rule in file.rules.iter().filter(|rule| rule.is_permit && rule.greatest() > Form::Aggregate) {
                if case.class.names_somebody()
                    && rule.matches(case)?
                    && !GROUNDS.iter().any(|it| case.given.has(*it))
                {
                    let is_masked = rule.hides_names && rule.greatest() == Form::Redacted;
                    assert!(!rule.is_verified || is_masked, "{}/{}: {case:?}", file.name, rule.name);
                }
            }
            Ok(())
        });
        eprintln!("{}: {cases} cases; names need a ground, a person, or are taken out", file.name);
    }
}

#[test]
fn a_step_after_the_law_only_forbids_and_never_the_lesser_form_alone() {
    for file in files().iter().filter(|file| file.step != "law") {
        assert!(file.rules.iter().all(|rule| !rule.is_permit), "{}", file.name);
        let kinds = kinds();
        let mut cases = 0;
        for (tlp, purpose, caveat) in ways() {
            for case in kinds.iter().flat_map(|kind| Class::ALL.map(|class| Case::new(kind, class))) {
                cases += both_ways(&Case { tlp, purpose, caveat, ..case }, &|case| {
                    let left =
                        [Form::Full, Form::Redacted, Form::Aggregate].map(|form| file.leaves(form, case));
                    let [full, redacted, aggregate] = left;
                    assert!(full? <= redacted? && redacted? <= aggregate?, "{}: {case:?}", file.name);
                    Ok(())
                });
            }
        }
        eprintln!("{}: {cases} cases; what is forbidden as less is forbidden as more", file.name);
    }
}

/// Every label with every purpose and with every caveat; no rule looks at a purpose and a caveat at once.
fn ways() -> Vec<(Tlp, Purpose, Caveat)> {
    let purposes = Purpose::ALL.map(|purpose| (purpose, Caveat::None));
    let caveats = [Caveat::Orcon, Caveat::Finder].map(|caveat| (Purpose::Warn, caveat));
    let both = purposes.into_iter().chain(caveats).collect::<Vec<_>>();
    LABELS.iter().flat_map(|tlp| both.iter().map(|(purpose, caveat)| (*tlp, *purpose, *caveat))).collect()
}

#[test]
fn a_label_lets_nothing_through_that_a_wider_one_holds_back() {
    let files = files();
    let label = files.iter().find(|file| file.step == "label").unwrap();
    let cases = cells(|case| {
        let mut left = Vec::new();
        for tlp in LABELS {
            left.push(label.most_left(&Case { tlp, ..case.clone() })?);
        }
        assert!(left.windows(2).all(|pair| pair[1] <= pair[0]), "{case:?}: {left:?}");
        let [_, green, amber, strict, red] = left.as_slice() else { panic!("{left:?}") };
        assert!(red.is_none() || case.given.has(Circumstance::NamedPerson), "{case:?}");
        assert!(strict.is_none() || case.kind != "NV" || is_for_it(case), "{case:?}");
        let is_generic = matches!(case.class, Class::D0 | Class::D1 | Class::D2 | Class::D3);
        assert!(
            case.kind != "PUB" || !is_generic || [green, amber, strict, red].iter().all(|it| it.is_none())
        );
        Ok(())
    });
    eprintln!(
        "{cases} cases of all five labels; under RED nobody but a person by name, and no public channel at all"
    );
}

fn is_for_it(case: &Case<'_>) -> bool {
    case.given.has(Circumstance::Subject) || case.given.has(Circumstance::Addressed)
}

#[test]
fn a_later_law_adds_only_what_its_change_note_lists() {
    let changes: toml::Table = CHANGES.parse().unwrap();
    let files = files();
    let law = |file: &&File| file.step == "law";
    for after in files.iter().filter(law) {
        let before = files.iter().filter(law).rfind(|it| it.sender == after.sender && it.from < after.from);
        let Some(before) = before else { continue };
        let of_file = changes["change"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["file"].as_str() == Some(&after.name));
        let noted: Vec<&str> = of_file
            .flat_map(|change| change["rules"].as_array().unwrap())
            .map(|it| it.as_str().unwrap())
            .collect();
        assert!(noted.iter().all(|name| after.rules.iter().any(|rule| rule.name == *name)), "{noted:?}");
        let adds: std::cell::RefCell<Vec<&str>> = std::cell::RefCell::default();
        let cases = cells(|case| {
            let earlier = before.permits(case, |_| true)?;
            let later = after.permits(case, |rule| !noted.contains(&rule.name.as_str()))?;
            assert!(
                later <= earlier,
                "{} lets through {later:?} where it was {earlier:?}: {case:?}",
                after.name
            );
            for rule in after.rules.iter().filter(|rule| noted.contains(&rule.name.as_str())) {
                if Some(rule.greatest()) > earlier
                    && rule.matches(case)?
                    && !adds.borrow().contains(&rule.name.as_str())
                {
                    adds.borrow_mut().push(&rule.name);
                }
            }
            Ok(())
        });
        let idle: Vec<_> = noted.iter().filter(|name| !adds.borrow().contains(name)).collect();
        assert!(idle.is_empty(), "changes.toml lists {idle:?} of {}, which add nothing", after.name);
        eprintln!("{} after {}: {cases} cases; adds {}", after.name, before.name, noted.join(", "));
    }
}

/// What no formula of one file can say: that the gate puts the files together as it should.
#[test]
fn the_gate_gives_the_least_that_all_files_leave_of_the_law_and_no_number_of_one() {
    let (gate, files, kinds) = (Gate::shipped(), files(), kinds());
    let mut all = 0;
    for law in files.iter().filter(|file| file.step == "law") {
        let later: Vec<&File> = files.iter().filter(|file| file.step != "law").collect();
        let when = When::on(law.from);
        let mut cases = 0;
        for (tlp, purpose, caveat) in ways() {
            for case in kinds.iter().flat_map(|kind| Class::ALL.map(|class| Case::new(kind, class))) {
                cases += both_ways(&Case { tlp, purpose, caveat, ..case }, &|case| {
                    let mut form = law.permits(case, |_| true)?;
                    for file in &later {
                        if form.is_some() {
                            form = form.min(file.most_left(case)?);
                        }
                    }
                    let is_forbidden =
                        case.class == Class::D9 || case.kind == "PUB" && case.class.names_somebody();
                    let is_one = case.class.is_of_one() && form == Some(Form::Aggregate);
                    let kind = Kind::new(case.kind);
                    let verdict = gate.decide(&Question {
                        sender: law.sender.as_deref().unwrap(),
                        kind: &kind,
                        class: case.class,
                        tlp: case.tlp,
                        pap: None,
                        caveat: case.caveat,
                        owner: "",
                        purpose: case.purpose,
                        through: Channel::Platform,
                        given: case.given,
                        count: (!case.class.is_of_one()).then_some(1_000),
                        when,
                    });
                    let expected = form.filter(|_| !is_forbidden && !is_one);
                    assert_eq!(verdict.form, expected, "{}: {case:?}", law.name);
                    assert!(!verdict.needs_person || verdict.at_once < verdict.form, "{case:?}");
                    Ok(())
                });
            }
        }
        eprintln!("{}, with all that narrows it: {cases} cases", law.name);
        all += cases;
    }
    assert!(all > 100_000, "only {all}");
}
