//! An advisory changes after it went out, and warnings hear what concerns them.

use domain::advisory::RevisionNumber;
use domain::measure::{Kind, Measure, Reliability};
use domain::observation::{Method, Seen};
use domain::product::Name;
use domain::text::Text;
use domain::version::{Range, Version};
use domain::warning::Stage;
use flow::publish;
use jiff::ToSpan;
use scenarios::country::{Country, Hospital, PATCH, SWITCH_OFF, WORKAROUND};
use store::testing::on_both;
use store::{advisories, warnings};

/// Four hospitals, an hour after the advisory: closed on the workaround, says it is done, closed on
/// another measure, and silent.
async fn four_hospitals(country: &mut Country) -> [Hospital; 4] {
    let mut four = Vec::new();
    for name in ["noordzorg", "oostzorg", "zuidzorg", "westzorg"] {
        four.push(country.hospital(name).await);
    }
    country.publishes_an_advisory_with_a_workaround().await;
    country.hours(1).await;
    for (hospital, measure) in four.iter().zip([WORKAROUND, WORKAROUND, SWITCH_OFF]) {
        country.claims(hospital, measure).await.unwrap();
    }
    country.hours(1).await;
    country.a_look(&four[0], Seen::NotVulnerable, Method::SafeCheck).await;
    country.a_look(&four[2], Seen::NotVulnerable, Method::SafeCheck).await;
    four.try_into().unwrap()
}

async fn stages(country: &Country, hospitals: &[Hospital]) -> Vec<Stage> {
    let mut stages = Vec::new();
    for hospital in hospitals {
        stages.push(country.stage(hospital).await);
    }
    stages
}

#[tokio::test]
async fn a_revoked_measure_reopens_what_it_closed() {
    let (reopened, subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let four = four_hospitals(&mut country).await;
        assert_eq!(
            stages(&country, &four).await,
            [Stage::Closed, Stage::Claimed, Stage::Closed, Stage::Notified]
        );
        country.days(29).await;
        country.revises(|advice| advice.measures[0].reliability = Reliability::Revoked).await;
        assert_eq!(
            stages(&country, &four).await,
            [Stage::Notified, Stage::Notified, Stage::Closed, Stage::Notified]
        );
        country.hours(5).await;
        let figures = country.figures().await;
        (figures.reopened, country.subjects_to(&four[0]), country.story_of(&four[0]).await)
    })
    .await;
    insta::assert_snapshot!(format!("{reopened:?}"), @r#"{"measure_revoked": 2}"#);
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KLAAR] Wij zien het lek niet meer – waarschuwing 2019-0979
    [KRITIEK] Uw maatregel is niet meer genoeg – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(story, @"
      0 h  warned
      0 h  speaks of 1.00
      0 h  exposed: likely
      0 h  mail: sent
      0 h  mail: delivered
      1 h  said: done
      2 h  seen: gone
      2 h  mail: sent
      2 h  closed: safe
      2 h  mail: delivered
    698 h  speaks of 1.01
    698 h  reopened: measure_revoked
    698 h  mail: sent
    698 h  mail: delivered
    700 h  climbed to rung 1
    700 h  a call is ordered for rung 1
    702 h  climbed to rung 2
    702 h  a call is ordered for rung 2
    ");
}

#[tokio::test]
async fn months_after_closing_a_revoked_measure_still_reopens() {
    let (mail, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        country.claims(&noordzorg, WORKAROUND).await.unwrap();
        country.hours(1).await;
        country.a_scan_sees(&noordzorg, Seen::NotVulnerable).await;
        country.days(196).await; // July: a laboratory finds back doors behind workarounds
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed);
        country.revises(|advice| advice.measures[0].reliability = Reliability::Revoked).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        country.hours(2).await;
        (country.mails_to(&noordzorg).pop().unwrap(), country.story_of(&noordzorg).await)
    })
    .await;
    insta::assert_snapshot!(scenarios::country::text(&mail.bytes), @"
    noordzorg - waarschuwing 2019-0979 - KRITIEK - TLP:AMBER - herinnering: nee

    GAAT DIT OVER U?   Ja: u heeft Citrix NetScaler aangemeld.
    WAT IS ER NIEUW?   Deze maatregel is niet meer betrouwbaar: Zet de
                       tijdelijke maatregel CTX267679 aan. Wat u eerder
                       meldde, telt daarom niet meer.
    HOE ERG?           Iemand van buiten kan uw systeem overnemen, zonder
                       wachtwoord.
    WAT NU?            1. Zet het systeem uit
    WANNEER?           Vóór vr 3 jul 16:00 (Nederlandse tijd).
    ANTWOORD           Typ zelf z-cert.example en zoek op 2019-0979.
                       Antwoorden kost een minuut.
                       Zonder inloggen: typ zelf z-cert.example/answer,
                       nummer 2019-0979, code M9ND-FH5Q.
    ECHT?              Controleer op z-cert.example of nummer 2019-0979 van
                       ons is, of bel 085-0000 100.
    ");
    insta::assert_snapshot!(story, @"
      0 h  warned
      0 h  speaks of 1.00
      0 h  exposed: likely
      0 h  mail: sent
      0 h  mail: delivered
      1 h  said: done
      2 h  seen: gone
      2 h  mail: sent
      2 h  closed: safe
      2 h  mail: delivered
    4706 h  speaks of 1.01
    4706 h  reopened: measure_revoked
    4706 h  mail: sent
    4706 h  mail: delivered
    4708 h  climbed to rung 1
    4708 h  a call is ordered for rung 1
    ");
}

#[tokio::test]
async fn a_build_on_which_the_measure_fails_reopens_only_that_system() {
    let story = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital_with("noordzorg", &["12.1-55.18", "12.1-50.28"]).await;
        let zuidzorg = country.hospital_with("zuidzorg", &["12.1-55.18"]).await;
        let [holds, fails] = noordzorg.assets[..] else { panic!("two systems") };
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        for hospital in [&noordzorg, &zuidzorg] {
            country.claims(hospital, WORKAROUND).await.unwrap();
        }
        country.hours(1).await;
        for hospital in [&noordzorg, &zuidzorg] {
            country.a_scan_sees(hospital, Seen::NotVulnerable).await;
        }
        country.days(29).await;
        let build = Range::Exactly(Version::new("12.1-50.28"));
        country.revises(|advice| advice.measures[0].fails_for = vec![build]).await;
        assert_eq!(country.stage(&zuidzorg).await, Stage::Closed);
        let now = country.house.now();
        let warning = country.warning_of(&noordzorg).await.unwrap();
        assert_eq!(warning.stage_of(Some(holds), now), Stage::Verified);
        assert_eq!(warning.stage_of(Some(fails), now), Stage::Notified);
        assert_eq!(country.figures().await.reopened.values().sum::<u64>(), 1);

        country.hours(1).await;
        country.claims_on(&noordzorg, WORKAROUND, fails).await.unwrap_err();
        country.claims_on(&noordzorg, SWITCH_OFF, fails).await.unwrap();
        country.hours(1).await;
        country.a_look_at(&noordzorg, &[fails], Seen::NotVulnerable, Method::Banner).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed);
        country.story_of(&noordzorg).await
    })
    .await;
    insta::assert_snapshot!(story, @"
      0 h  warned
      0 h  speaks of 1.00
      0 h  exposed: likely
      0 h  exposed: likely
      0 h  mail: sent
      0 h  mail: delivered
      1 h  said: done
      2 h  seen: gone
      2 h  seen: gone
      2 h  mail: sent
      2 h  closed: safe
      2 h  mail: delivered
    698 h  speaks of 1.01
    698 h  reopened: measure_revoked
    698 h  mail: sent
    698 h  mail: delivered
    699 h  said: done
    700 h  seen: gone
    700 h  mail: sent
    700 h  closed: safe
    700 h  mail: delivered
    ");
}

#[tokio::test]
async fn a_doubtful_workaround_is_proved_by_trying_the_hole_and_not_by_seeing_the_workaround() {
    let (subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        country.claims(&noordzorg, WORKAROUND).await.unwrap();
        country.hours(1).await;
        country.a_scan_sees(&noordzorg, Seen::NotVulnerable).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed);

        country.days(29).await;
        country.revises(|advice| advice.measures[0].reliability = Reliability::Doubtful).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        country.hours(1).await;
        country.claims(&noordzorg, WORKAROUND).await.unwrap();
        country.hours(1).await;
        country.a_look(&noordzorg, Seen::NotVulnerable, Method::MitigationAbsent).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Claimed, "it saw the workaround, not the hole");
        country.hours(1).await;
        country.a_look(&noordzorg, Seen::NotVulnerable, Method::SafeCheck).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed);
        (country.subjects_to(&noordzorg), country.story_of(&noordzorg).await)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KLAAR] Wij zien het lek niet meer – waarschuwing 2019-0979
    [KRITIEK] Uw maatregel is niet meer genoeg – waarschuwing 2019-0979
    [KLAAR] Wij zien het lek niet meer – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(story, @"
      0 h  warned
      0 h  speaks of 1.00
      0 h  exposed: likely
      0 h  mail: sent
      0 h  mail: delivered
      1 h  said: done
      2 h  seen: gone
      2 h  mail: sent
      2 h  closed: safe
      2 h  mail: delivered
    698 h  speaks of 1.01
    698 h  reopened: measure_doubtful
    698 h  mail: sent
    698 h  mail: delivered
    699 h  said: done
    701 h  seen: gone
    701 h  mail: sent
    701 h  closed: safe
    701 h  mail: delivered
    ");
}

#[tokio::test]
async fn an_acknowledgement_of_version_1_00_does_not_count_for_a_raised_1_01() {
    let (subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let advice = country.advice(&[]);
        country.publishes(&advice).await;
        country.hours(2).await;
        country.acknowledges(&noordzorg, RevisionNumber(100)).await.unwrap();
        country.days(22).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Acknowledged);

        let raised = country.judged(&[("technical_details", "some"), ("exploited", "limited")]);
        let number = country.revises(|advice| advice.severity = Some(raised)).await;
        assert_eq!(number, RevisionNumber(101));
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        country.hours(1).await;
        country.acknowledges(&noordzorg, RevisionNumber(100)).await.unwrap(); // by the old mail
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        country.hours(4).await;
        country.acknowledges(&noordzorg, RevisionNumber(101)).await.unwrap();
        assert_eq!(country.stage(&noordzorg).await, Stage::Acknowledged);
        (country.subjects_to(&noordzorg), country.story_of(&noordzorg).await)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"
    [HOOG] Actie vóór za 21 dec 13:00 – waarschuwing 2019-0979
    [KRITIEK] Gewijzigd – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(story, @"
      0 h  warned
      0 h  speaks of 1.00
      0 h  exposed: likely
      0 h  mail: sent
      0 h  mail: delivered
      2 h  acknowledged 1.00
     48 h  climbed to rung 2
     48 h  a call is ordered for rung 2
    216 h  climbed to rung 3
    216 h  a call is ordered for rung 3
    312 h  climbed to rung 4
    312 h  a call is ordered for rung 4
    530 h  speaks of 1.01
    530 h  reopened: level_up
    530 h  mail: sent
    530 h  mail: delivered
    530 h  climbed to rung 3
    530 h  a call is ordered for rung 3
    531 h  acknowledged 1.00
    535 h  acknowledged 1.01
    ");
}

#[tokio::test]
async fn after_a_withdrawal_everybody_stands_down_and_nobody_is_called_any_more() {
    let (subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let four = four_hospitals(&mut country).await;
        country.hours(12).await;
        assert_ne!(country.calling_list().await, [""; 0]);
        country.withdraws_the_advisory().await;
        assert_eq!(stages(&country, &four).await, [Stage::Closed; 4]);
        assert_eq!(country.calling_list().await, [""; 0], "nobody is called about what is no more");
        assert_eq!(country.open_exposures().await, 0);
        country.days(30).await;
        assert_eq!(country.calling_list().await, [""; 0]);
        let late = country.hospital("laatzorg").await;
        assert_eq!(country.warning_of(&late).await, None);
        (country.subjects_to(&four[3]), country.story_of(&four[3]).await)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KLAAR] Dit geldt niet meer voor u – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(story, @"
     0 h  warned
     0 h  speaks of 1.00
     0 h  exposed: likely
     0 h  mail: sent
     0 h  mail: delivered
     2 h  climbed to rung 1
     2 h  a call is ordered for rung 1
     4 h  climbed to rung 2
     4 h  a call is ordered for rung 2
    14 h  a system is no longer concerned
    14 h  closed: may stand down
    14 h  mail: sent
    14 h  mail: delivered
    ");
}

#[tokio::test]
async fn a_product_that_is_named_later_begins_a_new_run_and_one_that_is_struck_out_ends_it() {
    let (subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let mut noordzorg = country.hospital("noordzorg").await;
        country.registers(&mut noordzorg, "Polderweb", "Poort", "3").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        country.acknowledges_the_last(&noordzorg).await;
        let also = |name: &str, range| domain::advisory::AffectedProduct {
            name: Name::new("Polderweb", name),
            marks: [].into(),
            ranges: vec![range],
            status: domain::advisory::Status::Affected,
        };
        country.revises(|advice| advice.products.push(also("Poort", Range::Any))).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified, "what was read spoke of one system");
        country.hours(1).await;
        country.revises(|advice| drop(advice.products.remove(0))).await;
        assert_eq!(country.stage(&zuidzorg).await, Stage::Closed, "and may stand down");
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        (country.subjects_to(&zuidzorg), country.story_of(&noordzorg).await)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KRITIEK] Gewijzigd – waarschuwing 2019-0979
    [KLAAR] Dit geldt niet meer voor u – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(story, @"
    0 h  warned
    0 h  speaks of 1.00
    0 h  exposed: likely
    0 h  mail: sent
    0 h  mail: delivered
    1 h  acknowledged 1.00
    1 h  speaks of 1.01
    1 h  exposed: likely
    1 h  reopened: products_added
    1 h  mail: sent
    1 h  mail: delivered
    2 h  speaks of 1.02
    2 h  a system is no longer concerned
    2 h  mail: sent
    2 h  mail: delivered
    ");
}

#[tokio::test]
async fn an_editorial_change_disturbs_nobody_and_a_patch_does_not_take_the_workaround_away() {
    let subjects = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let four = four_hospitals(&mut country).await;
        let before = stages(&country, &four).await;
        country.revises(|advice| advice.title = Text::both("Een lek", "A hole")).await;
        assert_eq!(stages(&country, &four).await, before);
        country.hours(1).await;
        country
            .revises(|advice| {
                let patch = Measure {
                    id: PATCH,
                    kind: Kind::Patch,
                    title: Text::both("Installeer 12.1-55.18", "Install 12.1-55.18"),
                    ..advice.measures[0].clone()
                };
                advice.measures[0].reliability = Reliability::Superseded;
                advice.measures.insert(0, patch);
            })
            .await;
        assert_eq!(stages(&country, &four).await, before, "who has the workaround keeps it");
        [country.subjects_to(&four[0]), country.subjects_to(&four[3])]
    })
    .await;
    insta::assert_snapshot!(subjects[0].join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KLAAR] Wij zien het lek niet meer – waarschuwing 2019-0979
    [KRITIEK] Gewijzigd – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(subjects[1].join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KRITIEK] Gewijzigd – waarschuwing 2019-0979
    ");
}

#[tokio::test]
async fn one_word_of_the_duty_officer_reopens_three_hundred_warnings_and_tells_each_what_is_new() {
    const HOSPITALS: usize = 312;
    let (preview, board, mail) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let mut all = Vec::new();
        for number in 0..HOSPITALS {
            all.push(country.hospital(&format!("zorg{number:03}")).await);
        }
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        // Two of three leaned on the workaround, one switched off, and of all of them nobody else knows.
        for (number, hospital) in all.iter().enumerate() {
            let measure = if number % 3 == 2 { SWITCH_OFF } else { WORKAROUND };
            country.claims(hospital, measure).await.unwrap();
        }
        country.hours(1).await;
        for hospital in all.iter().step_by(3) {
            country.a_look(hospital, Seen::NotVulnerable, Method::SafeCheck).await;
        }
        let house = &country.house;
        let advisory = country.advisory.unwrap();
        let (analyst, officer) = country.officers();
        publish::revise(house, analyst, advisory, |advice| {
            advice.measures[0].reliability = Reliability::Revoked;
            advice.exploited = true;
            advice.presumption = Some(country.began - 24.hours());
            Ok(())
        })
        .await
        .unwrap();
        let on_desk = advisories::of_id(&house.db, advisory).await.unwrap().unwrap();
        let preview = publish::would_reopen(house, &on_desk).await.unwrap();
        let before = country.house.now();
        publish::release(house, officer, advisory).await.unwrap();
        country.works().await;
        let minutes = country.house.now().duration_since(before).as_mins();
        assert!(minutes < 1, "the board shows it after {minutes} minutes");

        let counts = warnings::counts(&country.house.db, Some(advisory), country.house.now()).await.unwrap();
        let board: Vec<String> =
            counts.iter().map(|(stage, count, _)| format!("{} {count}", stage.word())).collect();
        let mut told = 0;
        for (number, hospital) in all.iter().enumerate() {
            let last = country.mails_to(hospital).last().unwrap().clone();
            let text = scenarios::country::text(&last.bytes);
            told += usize::from(text.contains("WAT IS ER NIEUW?"));
            let fell = text.contains("niet meer betrouwbaar");
            let is_on_the_workaround = number % 3 != 2;
            assert_eq!(fell, is_on_the_workaround, "{text}");
        }
        let text = scenarios::country::text(&country.mails_to(&all[0]).last().unwrap().bytes);
        let news = text.split_once("WAT IS ER NIEUW?").unwrap().1;
        let news = news.split_once("HOE ERG?").unwrap().0.trim().to_owned();
        (preview, (board, told), news)
    })
    .await;
    assert_eq!(preview, HOSPITALS - HOSPITALS / 3, "as the duty officer was told before pressing");
    insta::assert_debug_snapshot!(board);
    insta::assert_snapshot!(mail);
}
