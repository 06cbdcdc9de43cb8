//! What the law held back, with its reason, counted; and what went when the law allowed it.

use domain::designation::{Designation, Organisation};
use domain::disclosure::{Form, Item, Kind, State};
use domain::participant::{self, Standing};
use domain::time::Period;
use domain::warning::Stage;
use flow::disclose::{ask_again, offers};
use flow::house::Officer;
use jiff::civil::{Date, date};
use scenarios::country::{Country, Hospital};
use store::organisations::Reachable;
use store::testing::on_both;
use store::{disclosures, participants};

pub fn team_for_care() -> Reachable {
    Reachable {
        organisation: Organisation {
            id: "zorgteam".into(),
            name: "Zorgteam".into(),
            kind: Kind::new("CCT"),
            sends_as: Some("sectoral".into()),
            groups: vec!["care".into()],
            is_community: true,
            country: "NL".into(),
            from: None,
            to: None,
        },
        mail: Some("wacht@zorgteam.example".into()),
        telephone: None,
    }
}

pub fn designation(in_force_from: Option<Date>) -> Designation {
    Designation {
        organisation: "zorgteam".into(),
        group: "care".into(),
        document: "stcrt-2020-4410".into(),
        articles: "Wbni art. 3(2)(c), 16(3)(b), 20(2)(b)".into(),
        signed_on: date(2020, 1, 13),
        published_on: None,
        in_force_from,
        in_force_to: None,
        known_from: None,
    }
}

async fn officer(country: &Country) -> Officer {
    country.officers().0.clone()
}

async fn hospitals(country: &Country, number: usize) -> Vec<Hospital> {
    let mut hospitals = Vec::new();
    for place in 0..number {
        hospitals.push(country.hospital(&format!("ziekenhuis {place}")).await);
    }
    hospitals
}

async fn is_other_provider(country: &Country, hospital: &Hospital) {
    let mut known = participants::of_id(&country.house.db, hospital.id).await.unwrap().unwrap();
    let period = Period::since(known.joined_at);
    known.kinds.insert(Standing { kind: participant::Kind::NonVital, period });
    let kinds = &known.kinds;
    let said = async |tx: &mut store::Tx| participants::say_kinds(tx, hospital.id, kinds).await;
    assert!(country.house.write("say what it is in law", said).await.unwrap());
}

#[tokio::test]
async fn the_list_for_care_waits_with_its_reason_until_the_designation_is_in_force_and_a_person_releases_it()
{
    on_both(async |db| {
        let mut country = Country::national(db, "2020-01-11").await;
        let named = hospitals(&country, 6).await;
        let by = officer(&country).await;
        ask_again::enrol(&country.house, &team_for_care(), &by).await.unwrap();
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(24).await;
        let advisory = country.advisory.unwrap();

        // 12 January: the one who has the list may not pass it on.
        let (offer, verdict) = offers::make(&country.house, advisory, "zorgteam", "care", &by).await.unwrap();
        assert_eq!(verdict.form, Some(Form::Aggregate), "a number, and no name");
        assert!(offers::released(&country.house, offer).await.unwrap().is_none());
        let held = disclosures::in_state(&country.house.db, State::Withheld, None, 100).await.unwrap();
        let list = held.iter().find(|it| it.record.item == Item::Offer { offer }).unwrap();
        let why = list.record.why_not_more.clone().unwrap();
        assert_eq!((why.key.as_str(), why.values["given"].as_str()), ("why-missing", "designated_for"));
        country.works().await;
        let told: Vec<String> = country.mail_to("wacht@zorgteam.example");
        assert_eq!(told.len(), 1);
        assert!(told[0].contains(": 6."), "{}", told[0]);
        assert!(named.iter().all(|one| !told[0].contains(&one.name)), "{}", told[0]);

        // 13 January: signed, and nothing changes.
        ask_again::designate(&country.house, &designation(None)).await.unwrap();
        country.hours(24).await;
        assert_eq!(disclosures::count_in_state(&country.house.db, State::Waiting).await.unwrap(), 0);

        // 31 January: in force since midnight, and nobody had to think of it.
        ask_again::designate(&country.house, &designation(Some(date(2020, 1, 31)))).await.unwrap();
        country.until("2020-01-31T08:00:00Z".parse().unwrap()).await;
        let waiting = disclosures::in_state(&country.house.db, State::Waiting, None, 100).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].record.ground, "Wbni art. 3(2)(c), 20(2)(b)");
        assert!(offers::released(&country.house, offer).await.unwrap().is_none(), "a person must");

        let freed = ask_again::release(&country.house, &[waiting[0].id], &by).await.unwrap();
        assert_eq!((freed.released, freed.not), (1, 0));
        let list = offers::released(&country.house, offer).await.unwrap().unwrap();
        assert_eq!(list.item().listed.len(), named.len());
        assert_eq!(list.released_by(), Some(by.name.as_str()));
        let again = ask_again::release(&country.house, &[waiting[0].id], &by).await.unwrap();
        assert_eq!((again.released, again.not), (0, 1), "once is enough");

        // The old decision is what it was.
        let item = Item::Offer { offer };
        let all = disclosures::of_item(&country.house.db, &item).await.unwrap();
        assert_eq!(all.last().unwrap().record.form, Some(Form::Aggregate));
        assert_eq!(all.last().unwrap().record.world, date(2020, 1, 12));
    })
    .await;
}

#[tokio::test]
async fn what_a_change_of_law_allows_waits_for_a_person_and_goes_in_the_form_that_the_law_allows() {
    on_both(async |db| {
        let mut country = Country::national(db, "2022-11-28").await;
        let hospital = country.hospital("noordzorg").await;
        is_other_provider(&country, &hospital).await;
        ask_again::begin(&country.house).await.unwrap();
        country.publishes_an_advisory_with_a_workaround().await;
        assert_eq!(country.stage(&hospital).await, Stage::BlockedByLaw);
        assert_eq!(country.mails_to(&hospital).len(), 0);
        let held = disclosures::of_participant(&country.house.db, hospital.id, 10).await.unwrap();
        assert!(!held.is_empty() && held.iter().all(|it| it.record.form.is_none()), "{held:?}");

        country.until("2022-12-01T09:00:00Z".parse().unwrap()).await;
        let waiting = disclosures::in_state(&country.house.db, State::Waiting, None, 100).await.unwrap();
        assert_eq!(country.mails_to(&hospital).len(), 0, "nothing leaves at night by itself");
        assert!(waiting.iter().any(|it| it.record.form == Some(Form::Redacted)), "{waiting:?}");
        let by = officer(&country).await;
        let ids: Vec<_> = waiting.iter().map(|it| it.id).collect();
        ask_again::release(&country.house, &ids, &by).await.unwrap();
        country.works().await;
        let mails = country.mails_to(&hospital);
        assert!(!mails.is_empty());
        let told = scenarios::country::text(&mails[0].bytes);
        assert!(!told.contains("NetScaler") && !told.contains("Citrix"), "{told}");
        assert_ne!(country.stage(&hospital).await, Stage::BlockedByLaw);
    })
    .await;
}

#[tokio::test]
async fn a_person_may_say_that_it_does_not_go() {
    on_both(async |db| {
        let mut country = Country::national(db, "2020-02-03").await;
        hospitals(&country, 6).await;
        let by = officer(&country).await;
        ask_again::enrol(&country.house, &team_for_care(), &by).await.unwrap();
        ask_again::designate(&country.house, &designation(Some(date(2020, 1, 31)))).await.unwrap();
        country.publishes_an_advisory_with_a_workaround().await;
        let advisory = country.advisory.unwrap();
        let (offer, verdict) = offers::make(&country.house, advisory, "zorgteam", "care", &by).await.unwrap();
        assert_eq!((verdict.form, verdict.needs_person), (Some(Form::Full), true));
        let waiting = disclosures::in_state(&country.house.db, State::Waiting, None, 10).await.unwrap();
        assert!(ask_again::refuse(&country.house, waiting[0].id, &by).await.unwrap());
        assert!(!ask_again::refuse(&country.house, waiting[0].id, &by).await.unwrap());
        country.hours(48).await;
        assert!(offers::released(&country.house, offer).await.unwrap().is_none());
        let wrong_group = offers::make(&country.house, advisory, "zorgteam", "water", &by).await;
        assert!(matches!(wrong_group, Err(offers::NotOffered::NotItsGroup)));
    })
    .await;
}

#[tokio::test]
async fn the_gate_is_asked_what_would_have_gone_had_somebody_been_designated_earlier() {
    on_both(async |db| {
        let mut country = Country::national(db, "2020-01-12").await;
        hospitals(&country, 6).await;
        let by = officer(&country).await;
        ask_again::enrol(&country.house, &team_for_care(), &by).await.unwrap();
        country.publishes_an_advisory_with_a_workaround().await;
        let advisory = country.advisory.unwrap();
        offers::make(&country.house, advisory, "zorgteam", "care", &by).await.unwrap();
        country.hours(24).await;
        let earlier = Designation {
            signed_on: date(2019, 12, 1),
            in_force_from: Some(date(2019, 12, 15)),
            known_from: Some(date(2019, 12, 1)),
            ..designation(None)
        };
        let team = team_for_care().organisation;
        let found = ask_again::simulate(&country.house, &team, &earlier).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].would_be, found[0].needs_person), (Form::Full, true));
        let later = Designation { in_force_from: Some(date(2020, 1, 31)), ..earlier };
        assert_eq!(ask_again::simulate(&country.house, &team, &later).await.unwrap(), []);
        assert_eq!(
            disclosures::count_in_state(&country.house.db, State::Waiting).await.unwrap(),
            0,
            "only asked"
        );
    })
    .await;
}
