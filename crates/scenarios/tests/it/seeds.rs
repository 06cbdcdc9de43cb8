//! What was told once can be told again.

use domain::observation::Seen;
use scenarios::country::{Country, WORKAROUND};
use store::testing::on_both;
use store::{Db, ledger};

/// Some days of three hospitals, with a bounce, a lost acknowledgement, a claim and a look.
async fn some_days(db: Db, seed: u64) -> (u64, String) {
    let mut country = Country::of_seed(db, "2019-12-18", seed).await;
    let noordzorg = country.hospital("noordzorg").await;
    let zuidzorg = country.hospital_with("zuidzorg", &["12.1-55.18", "13.0", ""]).await;
    country.hospital_that_registered_nothing("waterdorp").await;
    country.mail.close_mailbox("anna@zuidzorg.example");
    country.mail.lose_acknowledgements("anna@noordzorg.example", 2);
    country.publishes_an_advisory_with_a_workaround().await;
    country.hours(30).await;
    country.claims(&zuidzorg, WORKAROUND).await.unwrap();
    country.a_scan_sees(&noordzorg, Seen::Vulnerable).await;
    country.hours(2).await;
    country.a_scan_sees(&zuidzorg, Seen::NotVulnerable).await;
    country.revises(|advice| advice.exploited = true).await;
    country.hours(30).await;
    let verified = ledger::verify(&country.house.db, &[]).await.unwrap();
    assert_eq!(verified.flaws, []);
    (verified.size, verified.root.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ledger_byte_for_byte_and_another_seed_another_one() {
    let first = on_both(async |db| some_days(db, 7).await).await;
    let again = on_both(async |db| some_days(db, 7).await).await;
    let other = on_both(async |db| some_days(db, 8).await).await;
    assert_eq!(first, again);
    assert_eq!(first.0, other.0, "the same things happen,");
    assert_ne!(first.1, other.1, "under other names");
}
