//! What each step takes away, and that nothing but this step does: the case without its rule would be more.

#![expect(clippy::unwrap_used, reason = "a question that cannot be written fails its test")]

use std::collections::BTreeMap;

use disclosure::{
    Asking, Class, Classified, Cut, Decision, Form, Gate, Invariant, Marks, Mask, Purpose, Recipient, Redact,
    Request, Rules, Step, Verdict, When, WhyNot, article_in_dutch, clear, shipped_register,
};
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::civil::date;
use serde_json::{Value, json};

fn ask(request: Value, day: &str) -> Verdict {
    let day = day.parse().unwrap();
    let request: Request = serde_json::from_value(request).unwrap();
    request.ask(&Gate::shipped(), &shipped_register(), When::on(day))
}

/// The step that took something away, and the rule that did.
fn narrowed(verdict: &Verdict) -> Option<(Step, &str)> {
    match &verdict.why_not_more {
        Some(WhyNot::Narrowed { step, rule }) => Some((*step, rule.id.as_str())),
        _ => None,
    }
}

/// A designated team asks for the list of its group, on a day on which it may have it.
fn list_for_the_team(purpose: &str) -> Value {
    json!({
        "sender": "ncsc", "recipient": {"kind": "CCT", "id": "z-cert"}, "class": "D6",
        "owner": {"kind": "NV", "sector": "care"}, "tlp": "AMBER", "purpose": purpose, "count": 104
    })
}

#[test]
fn a_list_that_may_go_to_warn_may_not_go_for_statistics() {
    let to_warn = ask(list_for_the_team("warn"), "2020-02-03");
    assert_eq!(to_warn.form, Some(Form::Full));
    let for_figures = ask(list_for_the_team("statistics"), "2020-02-03");
    assert_eq!(for_figures.form, Some(Form::Aggregate));
    assert_eq!(narrowed(&for_figures).map(|(step, _)| step), Some(Step::Purpose));
}

#[test]
fn an_originator_who_keeps_control_keeps_it_from_whoever_the_law_would_allow() {
    let from_a_partner = |given: Value| {
        let mut list = list_for_the_team("warn");
        (list["originator"], list["caveat"], list["given"]) = (json!("a partner"), json!("orcon"), given);
        ask(list, "2020-02-03")
    };
    let verdict = from_a_partner(json!(["addressed"]));
    assert_eq!(verdict.form, None);
    assert_eq!(narrowed(&verdict).map(|(step, _)| step), Some(Step::Originator));
    assert_eq!(from_a_partner(json!(["addressed", "originator_agrees"])).form, Some(Form::Full));
}

#[test]
fn nobody_gets_the_file_of_somebody_else_whatever_the_law_allows() {
    let gate = everything_to_everybody(&["purpose", "tlp", "originator"]);
    let file = |given: Value| {
        let request = json!({
            "sender": "z-cert", "recipient": {"kind": "NV", "id": "noordzorg"}, "class": "D10", "tlp": "AMBER",
            "owner": {"kind": "NV", "id": "zuidzorg"}, "purpose": "warn", "given": given
        });
        let request: Request = serde_json::from_value(request).unwrap();
        request.ask(&gate, &shipped_register(), When::on(date(2020, 2, 3)))
    };
    let verdict = file(json!(["member"]));
    assert_eq!(verdict.form, None);
    assert_eq!(narrowed(&verdict).map(|(step, _)| step), Some(Step::Need));
    assert_eq!(file(json!(["member", "mandated"])).form, Some(Form::Full));
}

/// The shipped files without these steps, and with one rule of the law that permits everything to everybody.
fn everything_to_everybody(without: &[&str]) -> Gate {
    let mut texts: BTreeMap<String, String> =
        Rules::shipped_files().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let all = r#"
@id("everything") @article("none") @verified_by("a test") @verified_on("2026-11-23")
permit (principal, action == Action::"full", resource);
"#;
    texts.get_mut("sectoral.cedar").unwrap().push_str(all);
    for step in without {
        *texts.get_mut(&format!("{step}.cedar")).unwrap() = String::new();
    }
    Gate::new(Rules::read(&texts).unwrap())
}

#[test]
fn no_policy_lifts_a_hard_rule_of_the_house() {
    let gate = everything_to_everybody(&["purpose", "tlp", "originator", "need"]);
    let never = |kind: &str, class: &str, tlp: &str, channel: &str| {
        let request = json!({
            "sender": "z-cert", "recipient": {"kind": kind, "id": "x"}, "class": class, "tlp": tlp,
            "purpose": "warn", "channel": channel, "owner": {"kind": "NV"}
        });
        let request: Request = serde_json::from_value(request).unwrap();
        match request.ask(&gate, &shipped_register(), When::on(date(2020, 2, 3))) {
            Verdict { form: None, why_not_more: Some(WhyNot::Never(invariant)), .. } => Some(invariant),
            verdict => verdict.form.is_none().then(|| panic!("{verdict:?}")),
        }
    };
    assert_eq!(never("PEER", "D5", "GREEN", "platform"), None, "the set permits everything");
    assert_eq!(never("PUB", "D5", "CLEAR", "platform"), Some(Invariant::NoNamesInPublic));
    assert_eq!(never("CS", "D9", "GREEN", "platform"), Some(Invariant::ClassifiedNeverEntered));
    assert_eq!(never("CS", "D5", "RED", "mail"), Some(Invariant::RedStaysOnTheScreen));
    assert_eq!(never("CS", "D5", "RED", "platform"), None);
}

/// A finding about one other organisation, with all that can be masked in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding(Vec<Mask>);

impl Redact for Finding {
    fn cut(mut self, cut: &Cut) -> Self {
        self.0.retain(|mask| !cut.hides(*mask));
        self
    }
}

impl Classified for Finding {
    fn marks_for(&self, _: &Recipient) -> Marks {
        Marks::new(Class::D5, Tlp::Amber).about("noordzorg", "NV", "care")
    }
}

#[test]
fn what_a_rule_allows_in_part_leaves_without_what_the_rule_takes_out() {
    let rule = r#"
@id("in-part") @article("none") @verified_by("a test") @verified_on("2026-11-23") @masks("others hosts")
permit (principal, action == Action::"redacted", resource) when { resource.class == "D5" };
@id("in-part-all") @article("none") @verified_by("a test") @verified_on("2026-11-23")
permit (principal, action == Action::"redacted", resource) when { resource.class == "D8" };
"#;
    let mut texts: BTreeMap<String, String> =
        Rules::shipped_files().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    *texts.get_mut("sectoral.cedar").unwrap() = rule.to_owned();
    *texts.get_mut("tlp.cedar").unwrap() = String::new();
    let gate = Gate::new(Rules::read(&texts).unwrap());
    let to = Recipient::new("surfcert", "CCT", Channel::Platform);
    let asking = Asking { sender: "sectoral", purpose: Purpose::Warn, when: When::on(date(2020, 2, 3)) };
    let Decision::Release(cleared) = clear(&gate, asking, Finding(Mask::ALL.into()), &to) else {
        panic!("the rule allows it")
    };
    assert_eq!(cleared.form(), Form::Redacted);
    let left = Finding(vec![
        Mask::Victims,
        Mask::Persons,
        Mask::Addresses,
        Mask::OutsideOwnSpace,
        Mask::OutsideOwnCountry,
    ]);
    assert_eq!(cleared.item(), &left);
}

#[test]
fn a_law_counts_for_nobody_before_it_was_known() {
    let request = || -> Request {
        serde_json::from_value(json!({
            "sender": "ncsc", "recipient": {"kind": "GOV", "id": "geneesraad"}, "class": "D4",
            "owner": {"kind": "GOV", "id": "geneesraad"}, "tlp": "AMBER", "purpose": "warn"
        }))
        .unwrap()
    };
    let world = date(2018, 11, 9);
    let as_known_on = |known| {
        let when = When { world, known };
        request().ask(&Gate::shipped(), &shipped_register(), when).why_not_more
    };
    assert_eq!(as_known_on(date(2018, 10, 16)), Some(WhyNot::NoRulesOnThisDay), "not yet published");
    assert_ne!(as_known_on(date(2018, 10, 17)), Some(WhyNot::NoRulesOnThisDay));
}

#[test]
fn every_article_of_the_shipped_rules_is_said_in_dutch_too() {
    let mut english = Vec::new();
    for (name, text) in Rules::shipped_files() {
        for article in text.split("@article(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let has_words = ["GDPR", "of", "not", "the", "own", "with", "between", "no"]
                .iter()
                .any(|word| article.split([' ', ',', ':', ';']).any(|it| it == *word));
            if has_words && article_in_dutch(article) == article {
                english.push(format!("{name}: {article}"));
            }
        }
    }
    assert_eq!(english, [] as [String; 0]);
    assert_eq!(article_in_dutch("Wbni art. 3(1)"), "Wbni art. 3 lid 1");
    assert_eq!(article_in_dutch("an operator's own"), "an operator's own");
}
