//! What a hospital says, and what that is worth.

use domain::measure::Reliability;
use domain::observation::Seen;
use domain::warning::{Answer, CompromiseCheck, NotAffected, Refused, Stage};
use flow::follow_up::NotTaken;
use jiff::Timestamp;
use scenarios::country::{Country, PATCH, SWITCH_OFF, WORKAROUND, planned};
use store::testing::on_both;

#[tokio::test]
async fn a_refuted_claim_buys_no_time() {
    let (silent, refuted, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;

        country.hours(1).await;
        country.claims(&zuidzorg, WORKAROUND).await.unwrap();
        country.hours(8).await;
        country.a_scan_sees(&zuidzorg, Seen::Vulnerable).await;
        country.hours(80).await; // and neither says anything more
        let story = country.story_of(&zuidzorg).await;
        (country.rungs_of(&noordzorg).await, country.rungs_of(&zuidzorg).await, story)
    })
    .await;
    assert_eq!(silent, [(2, 1), (4, 2), (18, 3), (24, 4), (72, 5), (73, 6)]);
    assert_eq!(refuted, [(9, 2), (18, 3), (24, 4), (72, 5), (73, 6)], "from the rung that was due meanwhile");
    insta::assert_snapshot!(story, @"
     0 h  warned
     0 h  speaks of 1.00
     0 h  exposed: likely
     0 h  mail: sent
     0 h  mail: delivered
     1 h  said: done
     9 h  exposed: observed
     9 h  seen: still there
     9 h  mail: sent
     9 h  climbed to rung 2
     9 h  a call is ordered for rung 2
     9 h  mail: delivered
    18 h  climbed to rung 3
    18 h  a call is ordered for rung 3
    24 h  climbed to rung 4
    24 h  a call is ordered for rung 4
    72 h  climbed to rung 5
    72 h  a call is ordered for rung 5
    73 h  climbed to rung 6
    73 h  a call is ordered for rung 6
    ");
}

#[tokio::test]
async fn a_claim_dated_after_the_presumption_ends_in_a_compromise_check() {
    let (subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(2).await;
        country.claims(&zuidzorg, WORKAROUND).await.unwrap(); // in time
        country.days(26).await;
        country.claims(&noordzorg, WORKAROUND).await.unwrap(); // and too late
        country.hours(1).await;
        country.a_scan_sees(&noordzorg, Seen::NotVulnerable).await;
        country.a_scan_sees(&zuidzorg, Seen::NotVulnerable).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed);

        country.days(7).await;
        let presumption: Timestamp = "2020-01-08T23:00:00Z".parse().unwrap();
        country.revises(|advice| advice.presumption = Some(presumption)).await;
        assert_eq!(country.stage(&zuidzorg).await, Stage::Closed);
        assert_eq!(country.stage(&noordzorg).await, Stage::CompromiseCheck);
        assert_eq!(country.figures().await.in_compromise_check, 1);

        country.hours(20).await;
        country.finds_nobody_inside(&noordzorg, false).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::CompromiseCheck, "the secrets are still old");
        country.hours(3).await;
        country.finds_nobody_inside(&noordzorg, true).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed);
        (country.subjects_to(&noordzorg), country.story_of(&noordzorg).await)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KLAAR] Wij zien het lek niet meer – waarschuwing 2019-0979
    [KRITIEK] Zoek naar indringers – waarschuwing 2019-0979
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
     18 h  climbed to rung 3
     18 h  a call is ordered for rung 3
     24 h  climbed to rung 4
     24 h  a call is ordered for rung 4
     72 h  climbed to rung 5
     72 h  a call is ordered for rung 5
     73 h  climbed to rung 6
     73 h  a call is ordered for rung 6
    626 h  said: done
    627 h  seen: gone
    627 h  mail: sent
    627 h  closed: safe
    627 h  mail: delivered
    795 h  speaks of 1.01
    795 h  mail: sent
    795 h  mail: delivered
    815 h  looked for intruders: none
    818 h  looked for intruders: none, and renewed the secrets
    ");
}

#[tokio::test]
async fn who_finds_an_intruder_is_not_safe_because_the_hole_is_closed() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let noordzorg = country.hospital("noordzorg").await;
        let mut advice = country.advice(&[("technical_details", "some")]);
        advice.presumption = Some("2020-01-08T23:00:00Z".parse().unwrap());
        country.publishes(&advice).await;
        country.hours(1).await;
        country.claims_since(&noordzorg, WORKAROUND, None).await.unwrap(); // nobody knows since when
        country.hours(1).await;
        country.a_scan_sees(&noordzorg, Seen::NotVulnerable).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::CompromiseCheck);
        country.hours(4).await;
        let by = noordzorg.actor().contact;
        country.looked_for_intruders(&noordzorg, CompromiseCheck::Found { by }).await.unwrap();
        assert_eq!(country.stage(&noordzorg).await, Stage::Compromised);
        country.days(3).await;
        country.a_scan_sees(&noordzorg, Seen::NotVulnerable).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Compromised);
    })
    .await;
}

#[tokio::test]
async fn an_acceptance_of_a_risk_ends_on_its_day_and_the_ladder_goes_on() {
    let (stages, subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(5).await;
        country.accepts_the_risk_for_days(&noordzorg, 30).await;
        let mut stages = vec![country.stage(&noordzorg).await];
        country.days(29).await;
        stages.push(country.stage(&noordzorg).await);
        country.days(2).await;
        stages.push(country.stage(&noordzorg).await);
        (stages, country.subjects_to(&noordzorg), country.story_of(&noordzorg).await)
    })
    .await;
    assert_eq!(stages, [Stage::RiskAccepted, Stage::RiskAccepted, Stage::Reopened]);
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KRITIEK] Uw termijn is voorbij – waarschuwing 2019-0979
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
      5 h  said: the risk is accepted
    725 h  mail: sent
    725 h  climbed to rung 1
    725 h  a call is ordered for rung 1
    725 h  mail: delivered
    727 h  climbed to rung 2
    727 h  a call is ordered for rung 2
    738 h  climbed to rung 3
    738 h  a call is ordered for rung 3
    747 h  climbed to rung 4
    747 h  a call is ordered for rung 4
    ");
}

#[tokio::test]
async fn a_plan_that_is_not_kept_decides_nothing() {
    let (stages, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(3).await;
        let by = noordzorg.actor().contact;
        let plan = planned(by, SWITCH_OFF, country.house.now(), 20);
        country.answers(&noordzorg, plan).await.unwrap();
        let mut stages = vec![country.stage(&noordzorg).await];
        country.hours(19).await;
        stages.push(country.stage(&noordzorg).await);
        country.hours(2).await;
        stages.push(country.stage(&noordzorg).await);
        country.hours(72).await;
        (stages, country.story_of(&noordzorg).await)
    })
    .await;
    assert_eq!(stages, [Stage::Planned, Stage::Planned, Stage::Acknowledged]);
    insta::assert_snapshot!(story, @"
     0 h  warned
     0 h  speaks of 1.00
     0 h  exposed: likely
     0 h  mail: sent
     0 h  mail: delivered
     2 h  climbed to rung 1
     2 h  a call is ordered for rung 1
     3 h  said: planned
    23 h  mail: sent
    23 h  climbed to rung 3
    23 h  a call is ordered for rung 3
    23 h  mail: delivered
    72 h  climbed to rung 5
    72 h  a call is ordered for rung 5
    73 h  climbed to rung 6
    73 h  a call is ordered for rung 6
    ");
}

#[tokio::test]
async fn who_said_not_affected_is_reopened_by_a_measurement() {
    let (subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        country.says_not_affected(&noordzorg).await;
        country.days(8).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::NotAffected);
        country.a_scan_sees(&noordzorg, Seen::Vulnerable).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Reopened);
        country.hours(1).await;
        let again = Answer::NotAffected { by: noordzorg.actor().contact, reason: NotAffected::Other };
        country.answers(&noordzorg, again).await.unwrap();
        assert_eq!(country.stage(&noordzorg).await, Stage::NotAffected, "they may have switched it off");
        country.hours(1).await;
        country.a_scan_sees(&noordzorg, Seen::Vulnerable).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Reopened);
        (country.subjects_to(&noordzorg), country.story_of(&noordzorg).await)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KRITIEK] Wij zien het lek nog – waarschuwing 2019-0979
    [KRITIEK] Wij zien het lek nog – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(story, @"
      0 h  warned
      0 h  speaks of 1.00
      0 h  exposed: likely
      0 h  mail: sent
      0 h  mail: delivered
      1 h  said: not affected
    193 h  exposed: observed
    193 h  seen: still there
    193 h  mail: sent
    193 h  climbed to rung 6
    193 h  a call is ordered for rung 6
    193 h  mail: delivered
    194 h  said: not affected
    195 h  seen: still there
    195 h  mail: sent
    195 h  mail: delivered
    ");
}

#[tokio::test]
async fn what_was_closed_and_is_seen_open_again_is_pressed_again() {
    let (stages, subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let mut stages = Vec::new();
        for (wait, seen) in [(1, Seen::NotVulnerable), (90, Seen::Vulnerable), (1, Seen::NotVulnerable)] {
            country.hours(wait).await;
            if seen == Seen::NotVulnerable {
                country.claims(&noordzorg, WORKAROUND).await.unwrap();
                country.hours(1).await;
            }
            country.a_scan_sees(&noordzorg, seen).await;
            stages.push(country.stage(&noordzorg).await);
            country.hours(1).await;
        }
        (stages, country.subjects_to(&noordzorg), country.story_of(&noordzorg).await)
    })
    .await;
    assert_eq!(stages, [Stage::Closed, Stage::Reopened, Stage::Closed]);
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KLAAR] Wij zien het lek niet meer – waarschuwing 2019-0979
    [KRITIEK] Wij zien het lek nog – waarschuwing 2019-0979
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
    93 h  exposed: observed
    93 h  seen: still there
    93 h  mail: sent
    93 h  mail: delivered
    95 h  climbed to rung 1
    95 h  a call is ordered for rung 1
    95 h  said: done
    96 h  seen: gone
    96 h  mail: sent
    96 h  mail: delivered
    ");
}

#[tokio::test]
async fn what_nobody_can_see_from_outside_is_signed_for_by_a_second_person() {
    let story = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        country.claims(&noordzorg, SWITCH_OFF).await.unwrap();
        country.days(3).await; // nobody has looked, and nobody has signed
        assert_eq!(country.stage(&noordzorg).await, Stage::Claimed);
        country.a_colleague_signs(&noordzorg).await.unwrap();
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed);
        country.story_of(&noordzorg).await
    })
    .await;
    insta::assert_snapshot!(story, @"
     0 h  warned
     0 h  speaks of 1.00
     0 h  exposed: likely
     0 h  mail: sent
     0 h  mail: delivered
     1 h  said: done
    73 h  signed by a second person
    73 h  closed: safe
    ");
}

#[tokio::test]
async fn help_is_given_and_the_question_stays() {
    let story = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        let by = noordzorg.actor().contact;
        let asked = Answer::HelpAsked { by, telephone: "+31850000001".into() };
        country.answers(&noordzorg, asked).await.unwrap();
        assert_eq!(country.stage(&noordzorg).await, Stage::HelpAsked);
        country.hours(2).await;
        country.the_csirt_helps(&noordzorg).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Acknowledged);
        country.hours(80).await;
        country.story_of(&noordzorg).await
    })
    .await;
    insta::assert_snapshot!(story, @"
     0 h  warned
     0 h  speaks of 1.00
     0 h  exposed: likely
     0 h  mail: sent
     0 h  mail: delivered
     1 h  said: help us
     3 h  the CSIRT helped
    18 h  climbed to rung 3
    18 h  a call is ordered for rung 3
    72 h  climbed to rung 5
    72 h  a call is ordered for rung 5
    73 h  climbed to rung 6
    73 h  a call is ordered for rung 6
    ");
}

#[tokio::test]
async fn nobody_claims_what_was_never_offered_or_no_longer_helps() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let refused = async |country: &Country, measure| match country.claims(&noordzorg, measure).await {
            Err(NotTaken::Refused(why)) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(&country, PATCH).await, Refused::ForeignMeasure(PATCH));
        country.revises(|advice| advice.measures[0].reliability = Reliability::Revoked).await;
        assert_eq!(refused(&country, WORKAROUND).await, Refused::MeasureRevoked(WORKAROUND));
    })
    .await;
}
