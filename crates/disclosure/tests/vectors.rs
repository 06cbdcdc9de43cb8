//! The twenty-six questions of `domain.md` 7.6, by their names, as an operator would write them.

#![expect(clippy::unwrap_used, reason = "a question that cannot be written fails its test")]

use std::collections::BTreeSet;

use disclosure::{Asking, Class, Detail, Purpose, Table, clear};
use disclosure::{
    Classified, Cut, Decision, Form, Gate, Marks, Mask, Recipient, Redact, Request, Verdict, When, WhyNot,
    shipped_register,
};
use domain::tlp::{Pap, Tlp};
use domain::warning::Channel;
use jiff::civil::Date;
use serde_json::{Value, json};

fn ask_as_of(request: Value, world: &str, known: &str) -> Verdict {
    let request: Request = serde_json::from_value(request).unwrap();
    let when = When { world: world.parse().unwrap(), known: known.parse().unwrap() };
    request.ask(&Gate::shipped(), &shipped_register(), when)
}

fn ask(request: Value, day: &str) -> Verdict {
    ask_as_of(request, day, day)
}

fn form(request: Value, day: &str) -> Option<Form> {
    ask(request, day).form
}

fn list_for_care() -> Value {
    json!({"sender": "ncsc", "recipient": {"kind": "CCT", "id": "z-cert"}, "class": "D6",
           "owner": {"kind": "NV", "sector": "care"}, "tlp": "AMBER", "purpose": "warn"})
}

fn with(mut request: Value, path: &str, value: Value) -> Value {
    match path.split_once('.') {
        Some((one, two)) => request[one][two] = value,
        None => request[path] = value,
    }
    request
}

fn hospital(sender: &str) -> Value {
    json!({"sender": sender, "recipient": {"kind": "S", "id": "mcl"}, "class": "D4",
           "owner": {"kind": "NV", "sector": "care", "id": "mcl"}, "tlp": "AMBER", "purpose": "warn"})
}

#[test]
fn v01_the_list_for_care_may_not_go_before_the_designation_and_a_number_may() {
    let verdict = ask(list_for_care(), "2020-01-12");
    assert_eq!(verdict.form, Some(Form::Aggregate));
    let missing = matches!(verdict.why_not_more, Some(WhyNot::Missing { ref given, would_be: Form::Full })
        if given == &[disclosure::Circumstance::DesignatedFor]);
    assert!(missing, "{:?}", verdict.why_not_more);
    assert_eq!(form(list_for_care(), "2020-01-13"), Some(Form::Aggregate), "signed is not in force");
    assert_eq!(form(list_for_care(), "2020-01-30"), Some(Form::Aggregate), "nor is published");
}

#[test]
fn v02_the_list_for_care_may_go_on_the_day_the_designation_is_in_force() {
    let verdict = ask(list_for_care(), "2020-01-31");
    assert_eq!(verdict.form, Some(Form::Full));
    let ground = verdict.ground.unwrap();
    assert_eq!(ground.article, "Wbni art. 3(2)(c), 20(2)(b)");
    assert!(verdict.needs_person, "nobody of ours read article 20");
    assert_eq!(verdict.at_once, Some(Form::Aggregate));
}

#[test]
fn v03_a_finding_about_a_municipality_goes_to_its_own_team_only() {
    let town = with(
        with(list_for_care(), "class", json!("D5")),
        "owner",
        json!({"kind": "GOV", "sector": "municipalities"}),
    );
    assert_eq!(form(town.clone(), "2020-03-01"), None);
    assert_eq!(form(with(town, "recipient.id", json!("ibd")), "2020-03-01"), Some(Form::Full));
}

#[test]
fn v04_in_2020_the_national_team_may_not_tell_a_hospital_itself() {
    let verdict = ask(hospital("ncsc"), "2020-01-12");
    assert_eq!((verdict.form, verdict.why_not_more), (None, Some(WhyNot::NoGround)));
}

#[test]
fn v05_in_2023_not_either_because_its_team_can() {
    assert_eq!(form(hospital("ncsc"), "2023-01-01"), None);
    let in_danger = with(hospital("ncsc"), "given", json!(["continuity"]));
    assert_eq!(form(in_danger, "2023-01-01"), None, "a link organisation exists");
    assert_eq!(form(hospital("z-cert"), "2023-01-01"), Some(Form::Full));
}

fn factory() -> Value {
    json!({"sender": "ncsc", "recipient": {"kind": "NV", "id": "factory"}, "class": "D4",
           "owner": {"kind": "NV", "sector": "manufacturing", "id": "factory"}, "tlp": "AMBER", "purpose": "warn"})
}

#[test]
fn v06_a_factory_that_nobody_links_may_be_told_when_its_continuity_is_at_stake() {
    let verdict = ask(with(factory(), "given", json!(["continuity"])), "2023-01-01");
    assert_eq!(verdict.form, Some(Form::Full));
    assert_eq!(verdict.ground.unwrap().article, "Wbni art. 3(2)(e)");
}

#[test]
fn v07_and_not_when_it_is_not() {
    let verdict = ask(factory(), "2023-01-01");
    assert_eq!(verdict.form, None);
    let why = WhyNot::Missing { given: vec![disclosure::Circumstance::Continuity], would_be: Form::Full };
    assert_eq!(verdict.why_not_more, Some(why));
}

#[test]
fn v08_and_not_at_all_in_2019() {
    assert_eq!(form(with(factory(), "given", json!(["continuity"])), "2019-12-20"), None);
}

#[test]
fn v09_central_government_may_be_told_about_itself() {
    let agency = json!({"sender": "ncsc", "recipient": {"kind": "GOV", "id": "cbg"}, "class": "D4",
        "owner": {"kind": "GOV", "sector": "government", "id": "cbg"}, "tlp": "AMBER", "purpose": "warn"});
    let verdict = ask(agency, "2020-01-10");
    assert_eq!((verdict.form, verdict.needs_person), (Some(Form::Full), false));
    assert_eq!(verdict.ground.unwrap().article, "Wbni art. 3(1)");
}

fn list_for_a_link_organisation(designated: bool) -> Value {
    let designation = json!({"organisation": "havenring", "group": "ports", "document": "stcrt-2022-1",
        "signed_on": "2022-11-01", "published_on": "2022-11-15", "in_force_from": "2022-12-01"});
    json!({"sender": "ncsc", "class": "D6", "tlp": "AMBER", "purpose": "warn",
        "recipient": {"kind": "OK", "id": "havenring", "groups": ["ports"],
                      "designations": if designated { vec![designation] } else { vec![] }},
        "owner": {"kind": "NV", "sector": "ports"}})
}

#[test]
fn v10_a_link_organisation_gets_numbers_before_the_amendment() {
    assert_eq!(form(list_for_a_link_organisation(true), "2021-10-01"), Some(Form::Aggregate));
}

#[test]
fn v11_and_its_list_from_the_day_of_the_amendment_when_it_is_designated() {
    assert_eq!(form(list_for_a_link_organisation(true), "2022-12-01"), Some(Form::Full));
    assert_eq!(form(list_for_a_link_organisation(true), "2022-11-30"), Some(Form::Aggregate));
}

#[test]
fn v12_and_still_numbers_when_it_is_not() {
    assert_eq!(form(list_for_a_link_organisation(false), "2022-12-02"), Some(Form::Aggregate));
}

#[test]
fn v13_a_member_hears_about_itself() {
    let verdict = ask(hospital("z-cert"), "2020-01-12");
    assert_eq!((verdict.form, verdict.needs_person, verdict.why_not_more), (Some(Form::Full), false, None));
}

fn advisory_to_a_member(tlp: &str, given: Value) -> Value {
    json!({"sender": "z-cert", "recipient": {"kind": "S", "id": "mcl"}, "class": "D1", "tlp": tlp,
           "originator": "ncsc", "purpose": "warn", "given": given})
}

#[test]
fn v14_what_is_for_the_team_alone_goes_to_no_member() {
    let verdict = ask(advisory_to_a_member("AMBER+STRICT", json!(["matched"])), "2020-01-12");
    assert_eq!(verdict.form, None);
    assert_eq!(verdict.rules().last().copied(), Some("tlp/strict-own-organisation"));
}

#[test]
fn v15_what_is_amber_goes_to_members_whom_it_concerns() {
    assert_eq!(form(advisory_to_a_member("AMBER", json!(["matched"])), "2020-01-12"), Some(Form::Full));
    assert_eq!(form(advisory_to_a_member("AMBER", json!([])), "2020-01-12"), None);
}

#[test]
fn v16_the_supervisor_gets_numbers_of_five_or_more_and_never_how_one_hospital_did() {
    let follow_up = json!({"sender": "z-cert", "recipient": {"kind": "AUT", "id": "igj"}, "class": "D11",
        "owner": {"kind": "NV", "sector": "care", "id": "mcl"}, "tlp": "AMBER", "purpose": "supervise"});
    let verdict = ask(follow_up.clone(), "2020-02-01");
    assert_eq!((verdict.form, verdict.why_not_more), (None, Some(WhyNot::FewerThan(5))));
    let sector = with(follow_up, "owner", json!({"kind": "NV", "sector": "care"}));
    assert_eq!(form(with(sector.clone(), "count", json!(5)), "2020-02-01"), Some(Form::Aggregate));
    assert_eq!(form(with(sector, "count", json!(4)), "2020-02-01"), None);
}

#[test]
fn v17_a_minister_hears_what_the_hospital_said_itself_and_nothing_else() {
    let late = json!({"sender": "z-cert", "recipient": {"kind": "MIN", "id": "vws"}, "class": "D11",
        "owner": {"kind": "NV", "sector": "care", "id": "mcl"}, "tlp": "AMBER", "purpose": "accountability"});
    assert_eq!(form(late.clone(), "2020-02-10"), None);
    let verdict = ask(with(late, "given", json!(["own_statement"])), "2020-02-10");
    assert_eq!(verdict.form, Some(Form::Full));
    assert_eq!(verdict.ground.unwrap().obligations, ["quote-with-source"]);
}

#[derive(Debug, Clone, PartialEq)]
struct Post {
    paragraphs: Vec<(Tlp, &'static str)>,
}

impl Redact for Post {
    fn cut(self, _: &Cut) -> Self {
        self
    }
}

impl Classified for Post {
    fn marks_for(&self, _: &Recipient) -> Marks {
        let widest = self.paragraphs.iter().map(|(tlp, _)| *tlp).max().unwrap_or(Tlp::Red);
        Marks::new(Class::D0, widest)
    }
}

#[test]
fn v18_of_a_text_for_everybody_the_paragraph_that_is_green_stays_here() {
    let paragraphs =
        vec![(Tlp::Clear, "Everybody may read this."), (Tlp::Green, "The community may read this.")];
    let gate = Gate::shipped();
    let website = Recipient::new("website", "PUB", Channel::Platform);
    let asking =
        Asking { sender: "sectoral", purpose: Purpose::Warn, when: When::on("2020-01-12".parse().unwrap()) };
    let whole = clear(&gate, asking, Post { paragraphs: paragraphs.clone() }, &website);
    assert!(matches!(whole, Decision::Withhold(_)), "the label of the whole is that of its narrowest part");
    let (kept, verdicts) =
        disclosure::parts(&gate, asking, &website, paragraphs, |(tlp, _)| Marks::new(Class::D0, *tlp));
    assert_eq!(kept.iter().map(|it| it.item().1).collect::<Vec<_>>(), ["Everybody may read this."]);
    assert_eq!(verdicts.len(), 1, "and the decision about the other is there to be written down");
    assert_eq!(verdicts[0].rules(), ["sectoral/public", "tlp/green-never-public"]);
}

#[test]
fn v19_a_foreign_team_gets_what_lies_in_its_country() {
    let list = json!({"sender": "ncsc", "recipient": {"kind": "FC", "id": "cert-bund"}, "class": "D6",
        "tlp": "AMBER", "purpose": "warn", "count": 586, "given": ["own_country"]});
    let verdict = ask(list.clone(), "2020-01-12");
    assert_eq!(verdict.form, Some(Form::Redacted));
    assert!(verdict.masks().contains(Mask::OutsideOwnCountry.word()));
    assert_eq!(form(with(list, "given", json!([])), "2020-01-12"), None);
}

#[test]
fn v20_a_finder_never_hears_whose_an_address_is() {
    let who = json!({"sender": "z-cert", "recipient": {"kind": "FI", "id": "dijkleger"}, "class": "D5",
        "owner": {"kind": "NV", "sector": "care"}, "tlp": "AMBER", "purpose": "assist", "given": ["own_set"]});
    let verdict = ask(who.clone(), "2020-01-12");
    assert_eq!(verdict.form, None);
    assert!(verdict.offers_aggregate, "counts only");
    assert_eq!(
        form(with(with(who, "class", json!("D2")), "count", json!(8)), "2020-01-12"),
        Some(Form::Aggregate)
    );
}

#[test]
fn v21_a_vendor_gets_numbers_and_names_only_where_each_agreed() {
    let customers = json!({"sender": "z-cert", "recipient": {"kind": "VE", "id": "citrix"}, "class": "D6",
        "owner": {"sector": "care"}, "tlp": "AMBER", "purpose": "assist"});
    assert_eq!(form(customers.clone(), "2020-01-12"), Some(Form::Aggregate));
    assert_eq!(form(with(customers, "given", json!(["consented"])), "2020-01-12"), Some(Form::Full));
}

fn report(recipient: Value, given: Value) -> Value {
    json!({"sender": "participant", "recipient": recipient, "class": "D8", "tlp": "AMBER", "purpose": "supervise",
           "owner": {"kind": "CI", "sector": "care", "id": "participant"}, "given": given})
}

#[test]
fn v22_a_mandatory_report_goes_to_the_team_and_to_the_authority() {
    for (kind, id) in [("CCT", "z-cert"), ("AUT", "igj")] {
        let verdict = ask(report(json!({"kind": kind, "id": id}), json!(["mandatory"])), "2026-09-01");
        assert_eq!(verdict.form, Some(Form::Full), "{kind}");
    }
    let for_privacy = ask(report(json!({"kind": "AP", "id": "ap"}), json!([])), "2026-09-01");
    assert_eq!(for_privacy.form, None, "its own draft, and its own decision");
}

#[test]
fn v23_a_voluntary_report_does_not_reach_the_authority() {
    let request = report(json!({"kind": "AUT", "id": "igj"}), json!([]));
    assert_eq!(form(request.clone(), "2026-09-01"), None);
    let by_the_team = with(request, "sender", json!("z-cert"));
    assert_eq!(form(by_the_team, "2026-09-01"), None);
}

#[test]
fn v24_what_is_pap_red_is_not_looked_at_again() {
    assert!(!Pap::Red.allows_looking() && !Pap::Amber.allows_looking());
}

#[test]
fn v25_beside_a_cell_of_three_another_stays_here() {
    let table = Table::of(&[vec![3, 9, 14]], 5);
    assert_eq!(table.cells[0].iter().map(|cell| cell.count()).collect::<Vec<_>>(), [None, None, Some(14)]);
}

#[test]
fn v26_a_new_rule_makes_new_decisions_and_leaves_the_old_ones_as_they_were() {
    let then = ask(list_for_a_link_organisation(true), "2022-11-30");
    let again = ask_as_of(list_for_a_link_organisation(true), "2022-11-30", "2026-11-22");
    assert_eq!((then.form, again.form), (Some(Form::Aggregate), Some(Form::Aggregate)));
    let unknowing = ask_as_of(list_for_a_link_organisation(true), "2022-12-05", "2022-10-01");
    assert_ne!(
        unknowing.form,
        Some(Form::Full),
        "in October nobody could know of a law and a signature of November"
    );
}

#[test]
fn a_word_that_nobody_knows_is_answered_with_none_and_the_word() {
    let unknown = |path: &str, word: &str| {
        let verdict = ask(with(list_for_care(), path, json!(word)), "2020-01-31");
        assert_eq!(verdict.form, None);
        match verdict.why_not_more {
            Some(WhyNot::Unknown { field, word }) => format!("{field}: {word}"),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(unknown("class", "D12"), "class: D12");
    assert_eq!(unknown("tlp", "PURPLE"), "tlp: PURPLE");
    assert_eq!(unknown("purpose", "curiosity"), "purpose: curiosity");
    assert_eq!(unknown("sender", "nobody"), "sender: nobody");
    assert_eq!(unknown("recipient.kind", "KGB"), "recipient.kind: KGB");
    assert_eq!(unknown("owner.kind", "ZZ"), "owner.kind: ZZ");
}

#[test]
fn before_the_first_law_there_is_no_ground() {
    let verdict = ask(list_for_care(), "2001-01-01");
    assert_eq!((verdict.form, verdict.why_not_more), (None, Some(WhyNot::NoRulesOnThisDay)));
}

#[test]
fn every_answer_below_full_has_a_reason_and_detail_follows_the_way() {
    let day: Date = "2020-01-31".parse().unwrap();
    let gate = Gate::shipped();
    for row in disclosure::who_gets_what(&gate, "national", day) {
        assert_eq!(row.verdict.why_not_more.is_none(), row.verdict.form == Some(Form::Full), "{row:?}");
    }
    let masks: BTreeSet<_> = Mask::ALL.into_iter().map(Mask::word).collect();
    for (_, _, rule) in gate.rules().all() {
        assert!(rule.masks.iter().all(|mask| masks.contains(mask.as_str())), "{rule:?}");
    }
    assert!(Detail::Blind < Detail::Full);
}
