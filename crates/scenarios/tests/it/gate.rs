//! What the law held back, with its reason, counted; and what went when the law allowed it.

use disclosure::Cell;
use domain::designation::{Designation, Organisation};
use domain::disclosure::{Form, Item, Kind, State};
use domain::participant::{self, Standing};
use domain::time::Period;
use domain::warning::Stage;
use flow::disclose::dry_run::{self, Outcome};
use flow::disclose::recall::{self, Why};
use flow::disclose::{ask_again, figures_told, offers};
use flow::house::{House, Officer};
use jiff::civil::{Date, date};
use scenarios::country::{Country, Hospital};
use store::organisations::Reachable;
use store::testing::on_both;
use store::{designations, disclosures, participants};

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

async fn is_in_law(country: &Country, hospital: &Hospital, kind: participant::Kind) {
    let mut known = participants::of_id(&country.house.db, hospital.id).await.unwrap().unwrap();
    let period = Period::since(known.joined_at);
    known.kinds.insert(Standing { kind, period });
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
        assert_eq!(list.list.item().listed.len(), named.len());
        assert_eq!(list.list.released_by(), Some(by.name.as_str()));
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
        is_in_law(&country, &hospital, participant::Kind::NonVital).await;
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

#[tokio::test]
async fn before_a_designation_is_written_down_the_officer_sees_what_it_would_set_free() {
    on_both(async |db| {
        let mut country = Country::national(db, "2020-01-12").await;
        hospitals(&country, 6).await;
        let by = officer(&country).await;
        ask_again::enrol(&country.house, &team_for_care(), &by).await.unwrap();
        country.publishes_an_advisory_with_a_workaround().await;
        let advisory = country.advisory.unwrap();
        offers::make(&country.house, advisory, "zorgteam", "care", &by).await.unwrap();
        country.hours(48).await;

        let team = team_for_care().organisation;
        let signed = ask_again::foresee(&country.house, &team, &designation(None)).await.unwrap();
        assert_eq!((signed.different.len(), signed.same), (0, 1), "signed is not in force");
        let in_force = designation(Some(date(2020, 1, 31)));
        let foreseen = ask_again::foresee(&country.house, &team, &in_force).await.unwrap();
        assert_eq!((foreseen.different.len(), foreseen.same), (1, 0));
        assert_eq!((foreseen.different[0].would_be, foreseen.different[0].needs_person), (Form::Full, true));
        let then = ask_again::what_if(&country.house, &team, &in_force).await.unwrap();
        assert_eq!((then.different.len(), then.same), (0, 1), "it could not have helped on the 12th");

        // What was foreseen is what happens: it waits for a person from the day on.
        ask_again::designate_by(&country.house, &in_force, &by).await.unwrap();
        country.works().await;
        assert_eq!(disclosures::count_in_state(&country.house.db, State::Waiting).await.unwrap(), 0);
        country.until("2020-01-31T08:00:00Z".parse().unwrap()).await;
        let waiting = disclosures::in_state(&country.house.db, State::Waiting, None, 10).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].record.form, Some(foreseen.different[0].would_be));
        let words = designations::words_of(&country.house.db, "zorgteam", &House::zone()).await.unwrap();
        assert_eq!(words.len(), 1);
        assert_eq!(words[0].said_by, by.name);
    })
    .await;
}

#[tokio::test]
async fn before_a_release_everybody_is_gone_through_and_nothing_is_written() {
    on_both(async |db| {
        let mut country = Country::national(db, "2020-01-13").await;
        let (told, held) = (country.hospital("noordzorg").await, country.hospital("zuidzorg").await);
        is_in_law(&country, &told, participant::Kind::Vital).await;
        is_in_law(&country, &held, participant::Kind::NonVital).await;
        country.hospital_with("westzorg", &["13.0-47.22"]).await;
        let (analyst, duty_officer) = (officer(&country).await, country.officers().1.clone());
        let content = country.advice(&[]);
        let advisory = flow::publish::propose(&country.house, &analyst, "2020-0042", &content).await.unwrap();
        country.works().await;
        let before = store::testing::digest_of_all(&country.house.db).await;
        let run = dry_run::before_release(&country.house, advisory).await.unwrap().unwrap();
        assert_eq!(store::testing::digest_of_all(&country.house.db).await, before);

        let outcome = |name: &str| run.lines.iter().find(|line| line.name == name).map(|line| &line.outcome);
        let Some(Outcome::Letter { form: Form::Full, persons: 1, .. }) = outcome(&told.name) else {
            panic!("{:?}", outcome(&told.name))
        };
        let Some(Outcome::Nothing(Some(why))) = outcome(&held.name) else {
            panic!("{:?}", outcome("zuidzorg"))
        };
        assert!(!why.key.is_empty());

        // And the release does what was foreseen.
        flow::publish::release(&country.house, &duty_officer, advisory).await.unwrap();
        country.advisory = Some(advisory);
        country.works().await;
        assert_eq!(country.mails_to(&told).len(), 1);
        assert_eq!(country.mails_to(&held).len(), 0);
        let warned = store::warnings::under(&country.house.db, advisory).await.unwrap();
        assert_eq!(warned.len(), run.lines.len());
        assert_eq!(run.not_concerned, 3 - u64::try_from(run.lines.len()).unwrap());
        assert!(dry_run::before_release(&country.house, advisory).await.unwrap().is_none(), "nothing waits");
    })
    .await;
}

#[tokio::test]
async fn what_went_and_should_not_have_is_taken_back_on_the_way_on_which_it_came() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        let (noordzorg, zuidzorg) = (country.hospital("noordzorg").await, country.hospital("zuidzorg").await);
        country.publishes_an_advisory_with_a_workaround().await;
        let by = officer(&country).await;
        let advisory = country.advisory.unwrap();
        let got = recall::got(&country.house, advisory).await.unwrap();
        assert_eq!(got.len(), 2, "{got:?}");
        let of_noordzorg = got.iter().find(|it| it.disclosure.record.about == Some(noordzorg.id)).unwrap();
        let id = of_noordzorg.disclosure.id;
        let done = recall::take_back(&country.house, &[id], Why::WrongContent, &by).await.unwrap();
        assert_eq!((done.told, done.to_call, done.not), (1, 0, 0));
        let again = recall::take_back(&country.house, &[id], Why::WrongContent, &by).await.unwrap();
        assert_eq!((again.told, again.not), (0, 1), "once is enough");
        country.works().await;

        let mails = country.mails_to(&noordzorg);
        let (first, notice) = (&mails[0], &mails[1]);
        let header = |mail: &[u8], name: &str| {
            let text = String::from_utf8_lossy(mail).replace("\r\n ", " ");
            text.lines().find_map(|line| line.strip_prefix(name).map(|it| it.trim().to_owned())).unwrap()
        };
        assert_eq!(
            header(&notice.bytes, "In-Reply-To:"),
            header(&first.bytes, "Message-ID:"),
            "in its thread"
        );
        let text = scenarios::country::text(&notice.bytes);
        assert!(text.contains("Vernietig"), "{text}");
        assert!(!text.contains("NetScaler") && !text.contains("2019-0979"), "it repeats nothing: {text}");
        assert_eq!(country.mails_to(&zuidzorg).len(), 1, "nobody else hears of it");
        let got = recall::got(&country.house, advisory).await.unwrap();
        let recalled = got.iter().find(|it| it.disclosure.id == id).unwrap();
        assert_eq!(recalled.disclosure.state, State::Recalled);
        assert!(!recalled.must_be_called());
    })
    .await;
}

#[tokio::test]
async fn a_list_names_those_who_were_on_it_when_it_was_released_and_each_of_them_can_see_that() {
    on_both(async |db| {
        let mut country = Country::national(db, "2020-02-03").await;
        let named = hospitals(&country, 6).await;
        let by = officer(&country).await;
        ask_again::enrol(&country.house, &team_for_care(), &by).await.unwrap();
        ask_again::designate(&country.house, &designation(Some(date(2020, 1, 31)))).await.unwrap();
        country.publishes_an_advisory_with_a_workaround().await;
        let advisory = country.advisory.unwrap();
        let (offer, _) = offers::make(&country.house, advisory, "zorgteam", "care", &by).await.unwrap();
        let waiting = disclosures::in_state(&country.house.db, State::Waiting, None, 10).await.unwrap();
        let (one, other) = country.officers();
        let (first, second) = (
            ask_again::release(&country.house, &[waiting[0].id], one).await.unwrap(),
            ask_again::release(&country.house, &[waiting[0].id], other).await.unwrap(),
        );
        assert_eq!((first.released, second.released), (1, 0), "two press, and one releases");

        let mut late = country.hospital_that_registered_nothing("laatzorg").await;
        country.registers(&mut late, "Citrix", "NetScaler", "12.1-55.18").await;
        let released = offers::released(&country.house, offer).await.unwrap().unwrap();
        assert_eq!((released.list.item().listed.len(), released.since), (6, 1));
        let of = async |id| disclosures::of_participant(&country.house.db, id, 50).await.unwrap();
        let item = Item::Offer { offer };
        assert!(of(named[0].id).await.iter().any(|it| it.record.item == item));
        assert!(of(late.id).await.iter().all(|it| it.record.item != item));

        // Taken back, it is not handed over any more, and the team is told.
        let got = recall::got(&country.house, advisory).await.unwrap();
        let list = got.iter().find(|it| it.disclosure.record.item == item).unwrap().disclosure.id;
        recall::take_back(&country.house, &[list], Why::WrongRecipient, &by).await.unwrap();
        country.works().await;
        assert!(offers::released(&country.house, offer).await.unwrap().is_none());
        let told = country.mail_to("wacht@zorgteam.example");
        assert!(told.iter().any(|mail| mail.contains("niet voor u bestemd")), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_can_subtract_what_a_supervisor_was_told_from_what_he_was_told_before() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        hospitals(&country, 12).await;
        country.publishes_an_advisory_with_a_workaround().await;
        figures_told::begin(&country.house).await.unwrap();
        country.works().await;
        let (counts, _) = figures_told::last(&country.house).await.unwrap();
        assert_eq!((counts["warned"], counts["late"]), (Cell::Of(12), Cell::Of(0)));

        let mut late = country.hospital_that_registered_nothing("laatzorg").await;
        country.registers(&mut late, "Citrix", "NetScaler", "12.1-55.18").await;
        country.hours(2).await;
        assert_eq!(country.figures().await.warned, 13);
        let (counts, stages) = figures_told::last(&country.house).await.unwrap();
        assert_eq!(counts["warned"], Cell::Of(12), "one more would be one hospital");
        assert!(stages.values().all(|count| count.count().is_none_or(|it| it == 0 || it >= 5)), "{stages:?}");

        for place in 0..4 {
            country.hospital(&format!("later {place}")).await;
        }
        country.revises(|content| content.exploited = true).await;
        country.hours(2).await;
        let (counts, _) = figures_told::last(&country.house).await.unwrap();
        assert_eq!(counts["warned"], Cell::Of(17), "five more are a number");
    })
    .await;
}

#[tokio::test]
async fn a_letter_on_a_text_that_nobody_read_waits_for_a_person_from_the_first() {
    on_both(async |db| {
        let mut country = Country::national(db, "2026-09-01").await;
        let hospital = country.hospital("noordzorg").await;
        is_in_law(&country, &hospital, participant::Kind::NonVital).await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        let before = country.mails_to(&hospital).len();
        country.claims(&hospital, scenarios::country::WORKAROUND).await.unwrap();
        country.hours(1).await;
        // What was measured is about this one organisation, and the article for that was not read yet.
        country.a_scan_sees(&hospital, domain::observation::Seen::Vulnerable).await;
        country.hours(30).await;
        let waiting = disclosures::in_state(&country.house.db, State::Waiting, None, 10).await.unwrap();
        assert!(!waiting.is_empty(), "{}", country.story_of(&hospital).await);
        assert!(waiting.iter().all(|it| it.record.needs_person && it.record.form.is_some()), "{waiting:?}");
        assert!(waiting.iter().all(|it| it.delivery.is_none()));
        assert_eq!(country.mails_to(&hospital).len(), before, "nobody released it");
    })
    .await;
}
