//! What holds of every question, tried on some hundreds of random ones each.

#![expect(clippy::unwrap_used, reason = "a question that cannot be written fails its test")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use disclosure::{
    Caveat, Circumstance, Circumstances, Class, Form, Gate, Kind, Purpose, Question, Request, Rules, Unfit,
    Verdict, When, WhyNot, shipped_register,
};
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Asked by all tests together, so that it remembers everything.
static GATE: LazyLock<Gate> = LazyLock::new(Gate::shipped);

const LABELS: [Tlp; 5] = [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];

/// Each change of law, the day before and the day after, and a day long before all.
const DAYS: [&str; 14] = [
    "2001-01-01",
    "2017-12-31",
    "2018-01-01",
    "2018-11-08",
    "2018-11-09",
    "2020-01-12",
    "2020-01-31",
    "2022-11-30",
    "2022-12-01",
    "2022-12-02",
    "2026-08-14",
    "2026-08-15",
    "2026-08-16",
    "2030-01-01",
];

/// These narrow by law, so that having them can mean less. `linked`: where a link organisation can tell it, the national
/// team may not tell it itself (Wbni art. 3(2)(e)). `national`: the agreements with the national team are other ones
/// than those with the teams of other sectors, and know nothing of a shared incident.
const NARROWING: [Circumstance; 2] = [Circumstance::Linked, Circumstance::National];

#[derive(Debug, Clone)]
struct Asked {
    sender: &'static str,
    kind: Kind,
    class: Class,
    tlp: Tlp,
    caveat: Caveat,
    owner: &'static str,
    purpose: Purpose,
    through: Channel,
    given: Circumstances,
    count: Option<u64>,
    when: When,
}

impl Asked {
    fn question(&self) -> Question<'_> {
        Question {
            sender: self.sender,
            kind: &self.kind,
            class: self.class,
            tlp: self.tlp,
            pap: None,
            caveat: self.caveat,
            owner: self.owner,
            purpose: self.purpose,
            through: self.through,
            given: self.given,
            count: self.count,
            when: self.when,
        }
    }

    fn of(&self, gate: &Gate) -> Verdict {
        gate.decide(&self.question())
    }
}

fn questions() -> impl Strategy<Value = Asked> {
    let kinds: Vec<String> = GATE.rules().kinds().iter().map(|kind| kind.code.clone()).collect();
    let days: Vec<Date> = DAYS.iter().map(|day| day.parse().unwrap()).collect();
    let what = (select(Class::ALL.to_vec()), select(LABELS.to_vec()), select(Caveat::ALL.to_vec()));
    let who = (
        select(vec!["national", "national", "sectoral", "sectoral", "participant", "finder"]),
        select(kinds),
        select(vec!["", "CI", "GOV", "NV"]),
        select(Purpose::ALL.to_vec()),
        prop_oneof![4 => Just(Channel::Platform), 1 => Just(Channel::Mail)],
    );
    let so = prop::collection::vec(select(Circumstance::ALL.to_vec()), 0..8);
    let counts = prop::option::of(select(vec![0_u64, 1, 4, 5, 9, 10, 100]));
    let when = (select(days.clone()), select(days), any::<bool>());
    (what, who, so, counts, when).prop_map(
        |(
            (class, tlp, caveat),
            (sender, kind, owner, purpose, through),
            so,
            count,
            (world, known, is_past),
        )| {
            Asked {
                sender,
                kind: Kind::new(&kind),
                class,
                tlp,
                caveat,
                owner,
                purpose,
                through,
                given: so.into_iter().collect(),
                count,
                when: When { world, known: if is_past { known } else { world } },
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn what_b_is_never_changes_what_a_gets(a in questions(), others in prop::collection::vec(questions(), 1..6)) {
        let before = a.of(&GATE);
        others.iter().for_each(|b| drop(b.of(&GATE)));
        prop_assert_eq!(a.of(&GATE), before);
    }

    #[test]
    fn whoever_may_have_more_loses_nothing(a in questions(), more in select(Circumstance::ALL.to_vec())) {
        prop_assume!(!NARROWING.contains(&more));
        let (without, with) = (a.of(&GATE), Asked { given: a.given.with(more), ..a.clone() }.of(&GATE));
        prop_assert!(with.form >= without.form, "{} takes {:?} to {:?}", more.word(), without.form, with.form);
        prop_assert!(with.at_once >= without.at_once, "{}: at once", more.word());
    }

    #[test]
    fn a_narrower_label_never_adds(a in questions()) {
        let forms = LABELS.map(|tlp| Asked { tlp, ..a.clone() }.of(&GATE).form);
        prop_assert!(forms.windows(2).all(|pair| pair[1] <= pair[0]), "{forms:?}");
    }

    #[test]
    fn no_step_after_the_law_adds(a in questions()) {
        let verdict = a.of(&GATE);
        let left: Vec<Option<Form>> = verdict.steps.iter().map(|taken| taken.left).collect();
        prop_assert!(left.windows(2).all(|pair| pair[1] <= pair[0]), "{left:?}");
        prop_assert!(verdict.form <= left.last().copied().flatten());
        prop_assert!(verdict.at_once <= verdict.form);
    }

    #[test]
    fn every_answer_below_full_has_a_reason_and_full_has_none(a in questions()) {
        let verdict = a.of(&GATE);
        prop_assert_eq!(verdict.why_not_more.is_none(), verdict.form == Some(Form::Full));
        prop_assert_eq!(verdict.ground.is_some(), verdict.form.is_some());
        if let Some(WhyNot::Missing { given, would_be }) = &verdict.why_not_more {
            prop_assert!(Some(*would_be) > verdict.form && !given.is_empty());
            prop_assert!(given.iter().all(|one| one.can_come() && !a.given.has(*one)));
        }
    }

    #[test]
    fn what_rests_on_a_text_that_nobody_read_needs_a_person(a in questions()) {
        let verdict = a.of(&GATE);
        if let Some(ground) = &verdict.ground {
            prop_assert_eq!(verdict.needs_person, ground.verified_by.is_empty());
            prop_assert_eq!(verdict.at_once == verdict.form, !verdict.needs_person || verdict.form.is_none());
        }
    }

    #[test]
    fn no_cell_stands_for_fewer_than_the_house_allows(a in questions()) {
        let verdict = a.of(&GATE);
        let least = if a.kind.code() == "PUB" { 10 } else { 5 };
        for form in [verdict.form, verdict.at_once] {
            if form == Some(Form::Aggregate) || form.is_some() && a.class == Class::D2 {
                prop_assert!(a.count.is_none_or(|count| count >= least), "{verdict:?}");
                prop_assert!(a.count.is_some() || !a.class.is_of_one(), "{verdict:?}");
            }
        }
        if verdict.form == Some(Form::Aggregate) {
            prop_assert!(verdict.k.is_some_and(|k| k >= least));
        }
    }

    #[test]
    fn no_rule_counts_outside_its_days(a in questions()) {
        let verdict = a.of(&GATE);
        let grounds = verdict.ground.iter();
        for rule in verdict.steps.iter().flat_map(|taken| &taken.rules).chain(grounds) {
            prop_assert!(rule.from <= a.when.world && rule.to.is_none_or(|to| a.when.world < to), "{}", rule.id);
        }
    }

    #[test]
    fn names_never_go_to_everybody_and_nothing_classified_to_anybody(a in questions()) {
        let form = a.of(&GATE).form;
        prop_assert!(a.class != Class::D9 || form.is_none());
        prop_assert!(a.kind.code() != "PUB" || !a.class.names_somebody() || form.is_none());
        prop_assert!(a.tlp != Tlp::Red || a.through == Channel::Platform || form.is_none());
    }

    #[test]
    fn a_word_that_nobody_knows_is_none_and_says_which(word in "[?!#][^\\x00]{0,12}", which in 0..FIELDS.len()) {
        let (path, field) = FIELDS[which];
        let verdict = ask(path, json!(word));
        prop_assert_eq!(verdict.form, None);
        prop_assert_eq!(verdict.why_not_more, Some(WhyNot::Unknown { field, word }));
    }
}

proptest! {
    // A gate that remembers nothing reads its rules anew, which takes a while.
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_remembered_is_what_cedar_says_each_time(a in questions(), b in questions()) {
        let remembering = [a.of(&GATE), b.of(&GATE)];
        let fresh = Gate::shipped();
        prop_assert_eq!([a.of(&fresh), b.of(&fresh)], remembering);
    }
}

/// Where a word stands in a request, and what an answer calls the place.
const FIELDS: [(&str, &str); 10] = [
    ("/sender", "sender"),
    ("/recipient/kind", "recipient.kind"),
    ("/class", "class"),
    ("/owner/kind", "owner.kind"),
    ("/tlp", "tlp"),
    ("/pap", "pap"),
    ("/purpose", "purpose"),
    ("/caveat", "caveat"),
    ("/channel", "channel"),
    ("/given/0", "given"),
];

fn ask(path: &str, word: Value) -> Verdict {
    let mut request = json!({
        "sender": "ncsc", "recipient": {"kind": "CCT", "id": "z-cert"}, "class": "D6",
        "owner": {"kind": "NV", "sector": "care"}, "tlp": "AMBER", "pap": "GREEN", "purpose": "warn",
        "caveat": "none", "channel": "platform", "given": ["matched"],
    });
    *request.pointer_mut(path).unwrap() = word;
    let request: Request = serde_json::from_value(request).unwrap();
    request.ask(&GATE, &shipped_register(), When::on("2020-01-31".parse().unwrap()))
}

#[test]
fn without_a_label_nothing_goes() {
    let verdict = ask("/tlp", Value::Null);
    assert!(matches!(verdict.why_not_more, Some(WhyNot::Unknown { field: "tlp", .. })), "{verdict:?}");
}

/// The shipped set with one text changed.
fn set(file: &str, change: impl Fn(&str) -> String) -> BTreeMap<String, String> {
    let shipped = Rules::shipped_files().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let mut texts: BTreeMap<String, String> = shipped.collect();
    let before = texts[file].clone();
    texts.insert(file.to_owned(), change(&before));
    assert_ne!(texts[file], before, "{file} was changed");
    texts
}

/// Why the shipped set is refused when `before` in `file` becomes `after`: once, at its first place.
fn refused(file: &str, before: &str, after: &str) -> String {
    let Unfit { file: named, why } =
        Rules::read(&set(file, |text| text.replacen(before, after, 1))).err().unwrap();
    assert_eq!(named, file, "{why}");
    why
}

#[test]
fn a_set_that_does_not_fit_is_refused_with_its_file_and_its_rule() {
    let law = "national-2018.cedar";
    for (file, before, after, told) in [
        (law, "context.designated_for", "context.designatd_for", "designated-team-own-group"),
        (law, "resource.class == \"D0\"", "resource.klass == \"D0\"", "public"),
        (law, "Action::\"full\"", "Action::\"whole\"", "public"),
        (
            law,
            "principal.kind == \"NV\"",
            "principal.kind == \"NW\"",
            "rule other-provider-aggregates speaks of \"NW\"",
        ),
        (law, "[\"D5\", \"D6\"]", "[\"D5\", \"D66\"]", "rule entity-about-others speaks of \"D66\""),
        (law, "@article(\"nothing in it can be traced to anybody\")\n", "", "rule public has no @article"),
        (law, "@article(\"Wbni art. 3(1)\")", "@article(\" \")", "rule entity-generic has no @article"),
        (law, "@id(\"public\")\n", "", "a rule has no @id"),
        (law, "@id(\"entity-generic\")", "@id(\"public\")", "public"),
        (law, "@verified_on(\"2026-11-22\")\n", "", "rule public says who verified it and not when"),
        (law, "@verified_on(\"2026-11-22\")", "@verified_on(\"yesterday\")", "yesterday"),
        (law, "@k(\"5\")", "@k(\"3\")", "rule authority-aggregates wants cells smaller than 5"),
        (law, "@k(\"5\")", "@k(\"five\")", "rule authority-aggregates has a @k that is no number"),
        (law, "@k(\"10\")", "@k(\"9\")", "rule public-counts wants cells smaller than 10"),
        (law, "@masks(\"others", "@masks(\"other", "rule entity-about-others masks \"other\""),
        (law, "@masks(\"others", "@mask(\"others", "rule entity-about-others has a note @mask"),
        (law, "permit (principal", "permit principal", ""),
        (
            "tlp.cedar",
            "resource.tlp == \"RED\"",
            "resource.tlp == \"RAD\"",
            "rule red-named-persons speaks of \"RAD\"",
        ),
        ("tlp.cedar", "forbid (", "permit (", "rule red-named-persons permits something"),
        ("need.cedar", "forbid (", "permit (", "rule advisories-to-whom-they-concern permits something"),
        ("originator.cedar", "\"orcon\"", "\"orkon\"", "rule originator-control speaks of \"orkon\""),
        (
            "purpose.cedar",
            "\"supervise\"",
            "\"supervize\"",
            "rule supervision-is-not-advice speaks of \"supervize\"",
        ),
        ("manifest.toml", "code = \"CI\"", "code = \"S\"", "the kind S stands in it twice"),
        (
            "manifest.toml",
            "en = \"CSIRT\"",
            "en = \"CSIRT\"\nlike = \"CSIRTS\"",
            "CS is like a kind that is not there",
        ),
        ("manifest.toml", "step = \"need\"", "step = \"label\"", "no file for the step need"),
        ("manifest.toml", "step = \"need\"", "step = \"needs\"", "needs"),
        ("manifest.toml", "sender = ", "sendr = ", "sendr"),
    ] {
        let why = refused(file, before, after);
        assert!(why.contains(told), "{file}, {before:?} to {after:?}: {why}");
    }
    assert!(refused_days("from = \"2018-11-09\"", "from = \"2023-01-01\"").contains("ends before it begins"));
    let gone = Rules::read(&set("manifest.toml", |text| text.replacen("tlp.cedar", "label.cedar", 1)))
        .err()
        .unwrap();
    assert_eq!((gone.file.as_str(), gone.why.as_str()), ("label.cedar", "is not there"));
}

/// What a file is called that the manifest gives impossible days.
fn refused_days(before: &str, after: &str) -> String {
    let unfit = Rules::read(&set("manifest.toml", |text| text.replacen(before, after, 1))).err().unwrap();
    assert_eq!(unfit.file, "national-2018.cedar");
    unfit.why
}

#[test]
fn a_rule_for_everybody_with_cells_of_five_gives_the_public_cells_of_ten() {
    let rule = "\n@id(\"open-counts\")\n@article(\"an operator's own\")\n@k(\"5\")\n\
                permit (principal, action == Action::\"aggregate\", resource) when { resource.class == \"D2\" };\n";
    let texts =
        set("sectoral.cedar", |text| text[..text.find("@id(\"public-counts\")").unwrap()].to_owned() + rule);
    let gate = Gate::new(Rules::read(&texts).unwrap());
    let counted = |kind: &str, count| {
        let kind = Kind::new(kind);
        let question = Question {
            sender: "sectoral",
            kind: &kind,
            class: Class::D2,
            tlp: Tlp::Clear,
            pap: None,
            caveat: Caveat::None,
            owner: "",
            purpose: Purpose::Statistics,
            through: Channel::Platform,
            given: Circumstances::NONE,
            count: Some(count),
            when: When::on("2026-09-01".parse().unwrap()),
        };
        gate.decide(&question).form
    };
    assert_eq!(counted("PUB", 9), None);
    assert_eq!((counted("PUB", 10), counted("POL", 5)), (Some(Form::Aggregate), Some(Form::Aggregate)));
}

#[test]
fn a_kind_of_the_operators_own_is_treated_as_the_one_that_it_is_like() {
    let own = "\n[[kind]]\ncode = \"HUB\"\nnl = \"regionale hub\"\nen = \"regional hub\"\nlike = \"OK\"\n";
    let gate = Gate::new(Rules::read(&set("manifest.toml", |text| text.to_owned() + own)).unwrap());
    let form = |kind: &str| {
        let kind = Kind::new(kind);
        let question = Question {
            sender: "national",
            kind: &kind,
            class: Class::D6,
            tlp: Tlp::Clear,
            pap: None,
            caveat: Caveat::None,
            owner: "",
            purpose: Purpose::Warn,
            through: Channel::Platform,
            given: Circumstances::NONE.with(Circumstance::DesignatedFor),
            count: Some(20),
            when: When::on("2023-01-01".parse().unwrap()),
        };
        gate.decide(&question).form
    };
    assert_eq!((form("HUB"), form("OK"), form("HAB")), (Some(Form::Full), Some(Form::Full), None));
}
