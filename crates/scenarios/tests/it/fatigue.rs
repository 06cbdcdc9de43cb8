//! Who is written to about what is not theirs learns to look away. The desk sees it coming.

use flow::fatigue;
use jiff::SignedDuration;
use jiff::civil::date;
use scenarios::country::Country;
use store::testing::on_both;

#[tokio::test]
async fn a_rule_that_too_often_meets_the_wrong_is_shown_and_silence_counts_as_silence() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        let mut hospitals = Vec::new();
        for name in ["noordzorg", "zuidzorg", "oostzorg", "westzorg", "kustzorg", "heidezorg", "stilzorg"] {
            hospitals.push(country.hospital(name).await);
        }
        country.publishes_an_advisory_with_a_workaround().await;
        country.works().await;

        let fresh = fatigue::of(&country.house).await.unwrap();
        let [this_week, last_week, ..] = &fresh.weeks[..] else { panic!("eight weeks") };
        assert_eq!((this_week.monday, last_week.monday), (date(2020, 1, 13), date(2020, 1, 6)));
        assert_eq!((this_week.reception.arrived, this_week.reception.heard), (7, 0));
        assert_eq!((this_week.burden.people, this_week.burden.most), (7, 1), "one warning, one mail");
        assert_eq!((last_week.burden.letters, last_week.reception.arrived), (0, 0));
        assert_eq!(this_week.reception.half_heard.at, None);
        assert!(fresh.rules.is_empty());

        country.hours(1).await;
        for hospital in &hospitals[..4] {
            country.says_not_affected(hospital).await;
        }
        let early = fatigue::of(&country.house).await.unwrap();
        let [rule] = &early.rules[..] else { panic!("one advisory") };
        assert_eq!((rule.reception.heard, rule.reception.not_theirs), (4, 4));
        assert!(!rule.reception.trains_to_ignore(), "of four nobody can tell");
        let half = early.weeks[0].reception.half_heard.at.unwrap();
        assert!(half >= SignedDuration::from_hours(1) && half < SignedDuration::from_hours(2), "{half}");

        country.acknowledges_the_last(&hospitals[4]).await;
        let flagged = fatigue::of(&country.house).await.unwrap();
        assert_eq!(flagged.rules[0].number, "2019-0979");
        assert!(flagged.rules[0].reception.trains_to_ignore());

        // A hundred days later it is over, and the weeks have gone by.
        country.days(100).await;
        let later = fatigue::of(&country.house).await.unwrap();
        assert!(later.rules.is_empty());
        assert!(later.weeks.iter().all(|week| week.reception.arrived == 0));
    })
    .await;
}
