//! A finder hands in a list: it gets a receipt and numbers, and never learns whose anything is.

use std::process::Command;

use domain::finder::{Counts, Set, Standing};
use domain::ids::FinderId;
use domain::ledger::{Entry, leaf};
use domain::observation::{Method, Seen};
use domain::text::Language;
use domain::tree::includes;
use flow::finders::{self as desk, Handed, New, NotTaken, Receipt};
use flow::follow_up::rescan;
use flow::signing::{self, Key};
use scenarios::country::{Country, HOLE, Hospital, WORKAROUND, subject, text};
use store::testing::{digest_of_all, on_both};
use store::{finders, ledger, observations, papers};

pub async fn registers(country: &Country, standing: Standing) -> FinderId {
    let (_, officer) = country.officers();
    let new = New {
        name: "Dijkleger".into(),
        mail: Some("post@dijkleger.example".into()),
        language: Language::En,
        standing,
        verified_how: "called the chair".into(),
    };
    desk::register(&country.house, officer, new).await.unwrap()
}

/// One row for each place, all seen at this moment.
pub fn list(country: &Country, places: &[String]) -> Vec<u8> {
    let at = country.house.now();
    let row = |host: &String| format!("{at},{host},443,{HOLE},vulnerable,safe_check,Dijkleger,GREEN\n");
    let rows: String = places.iter().map(row).collect();
    format!("at,host,port,finding,seen,method,source,pap\n{rows}").into_bytes()
}

fn places(hospitals: &[Hospital]) -> Vec<String> {
    hospitals.iter().map(|it| format!("vpn0.{}.example", it.name)).collect()
}

pub async fn hands_in(country: &Country, finder: FinderId, bytes: Vec<u8>) -> Result<(Set, bool), NotTaken> {
    let (name, proof) = ("gateways.csv".to_owned(), "each answers with its own banner".to_owned());
    let done =
        desk::hand_in(&country.house, finder, None, Handed { name, bytes, method: Method::SafeCheck, proof })
            .await;
    country.works().await;
    done
}

fn mails(country: &Country) -> Vec<(String, String)> {
    let all = country.mail.mails();
    let theirs = all.iter().filter(|mail| mail.to == "post@dijkleger.example");
    theirs.map(|mail| (subject(&mail.bytes), text(&mail.bytes))).collect()
}

async fn told(country: &Country, set: &Set) -> Vec<(u16, [u64; 4])> {
    let counts = finders::counts_of(&country.house.db, set.id).await.unwrap();
    let figures = |it: Counts| [it.known, it.told, it.closed, it.not_allowed];
    counts.into_iter().map(|it| (it.day, figures(it.told.told))).collect()
}

async fn hospitals(country: &Country, count: usize) -> Vec<Hospital> {
    let mut all = Vec::new();
    for number in 0..count {
        all.push(country.hospital(&format!("zorg{number}")).await);
    }
    all
}

#[tokio::test]
async fn a_finder_sees_counts_and_nothing_that_names_anybody() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let all = hospitals(&country, 7).await;
        country.publishes_an_advisory_with_a_workaround().await;
        let finder = registers(&country, Standing::Known).await;
        let mut rows = places(&all);
        rows.extend(["nobody.example", "elsewhere.example"].map(str::to_owned));
        let mut bytes = list(&country, &rows);
        bytes.extend_from_slice(b"yesterday,,443,x,vulnerable,safe_check,Dijkleger,GREEN\n");
        let (set, is_new) = hands_in(&country, finder, bytes).await.unwrap();
        assert!(is_new && (set.rows, set.accepted()) == (10, 9), "{set:?}");
        country.hours(25).await;
        assert_eq!(told(&country, &set).await, [(1, [5, 5, 0, 0])]);

        for hospital in &all[..4] {
            country.claims(hospital, WORKAROUND).await.unwrap();
        }
        country.hours(1).await;
        for hospital in &all[..4] {
            country.a_look(hospital, Seen::NotVulnerable, Method::SafeCheck).await;
        }
        country.days(3).await;
        assert_eq!(told(&country, &set).await[1..], [(3, [5, 5, 0, 0])], "four are fewer than five");
        for hospital in &all[4..6] {
            country.claims(hospital, WORKAROUND).await.unwrap();
            country.hours(1).await;
            country.a_look(hospital, Seen::NotVulnerable, Method::SafeCheck).await;
        }
        country.days(30).await;
        assert_eq!(told(&country, &set).await[2..], [(7, [5, 5, 5, 0]), (30, [5, 5, 5, 0])]);

        let letters = mails(&country);
        assert_eq!(letters.len(), 5, "a receipt and four times numbers");
        for (subject, text) in &letters {
            assert!(!text.contains("zorg") && !subject.contains("zorg"), "{subject}: {text}");
        }
        assert!(letters[0].1.contains("9 of 10 rows") && letters[1].1.contains("fewer than five"));
    })
    .await;
}

#[tokio::test]
async fn two_lists_that_differ_in_one_place_do_not_say_whose_it_is() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let all = hospitals(&country, 10).await;
        country.publishes_an_advisory_with_a_workaround().await;
        let finder = registers(&country, Standing::Known).await;
        let mut answers = Vec::new();
        // Nine owners, then a tenth, then nine and a place of which nobody knows whose it is.
        for some in [
            places(&all[..9]),
            places(&all),
            places(&all[..9]).into_iter().chain(["nobody.example".to_owned()]).collect(),
        ] {
            let (set, _) = hands_in(&country, finder, list(&country, &some)).await.unwrap();
            country.hours(25).await;
            answers.push(told(&country, &set).await[0]);
        }
        assert_eq!(answers, [(1, [5, 5, 0, 0]); 3]);
        let few = places(&all[..4]);
        let (set, _) = hands_in(&country, finder, list(&country, &few)).await.unwrap();
        country.hours(25).await;
        assert_eq!(told(&country, &set).await, [(1, [0, 0, 0, 0])], "fewer than five");
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_nearly_an_earlier_one_of_many_gets_the_numbers_of_that_one() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let all = hospitals(&country, 7).await;
        country.publishes_an_advisory_with_a_workaround().await;
        let finder = registers(&country, Standing::Known).await;
        let nobodys = |list: usize| (0..200).map(move |nth| format!("host{nth}.list{list}.example"));
        let mut first = places(&all[..6]);
        first.extend(nobodys(0));
        let (set, _) = hands_in(&country, finder, list(&country, &first)).await.unwrap();
        for other in 1..=30 {
            let others: Vec<String> = nobodys(other).collect();
            hands_in(&country, finder, list(&country, &others)).await.unwrap();
        }
        country.hours(25).await;
        assert_eq!(told(&country, &set).await, [(1, [5, 5, 0, 0])]);
        let mut nearly = first;
        nearly.truncate(206 - 3);
        nearly.push(places(&all)[6].clone());
        let (again, _) = hands_in(&country, finder, list(&country, &nearly)).await.unwrap();
        country.hours(25).await;
        assert_eq!(told(&country, &again).await, [(1, [5, 5, 0, 0])], "what was told of the other");
        let sketches = finders::sketches_of(&country.house.db, finder).await.unwrap();
        assert_eq!(sketches.len(), 32);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_can_be_proved_by_whoever_keeps_it_and_the_same_twice_changes_nothing() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let all = hospitals(&country, 2).await;
        country.publishes_an_advisory_with_a_workaround().await;
        let finder = registers(&country, Standing::Known).await;
        let bytes = list(&country, &places(&all));
        let (set, _) = hands_in(&country, finder, bytes.clone()).await.unwrap();
        let proof = desk::proof(&country.house, &set).await.unwrap().unwrap();
        let hash = leaf(&proof.entry, proof.at, &proof.salt);
        assert!(includes(&proof.root, proof.size, proof.place, &hash, &proof.path));
        let said = proof.entry.to_string();
        let digest = papers::Digest::of(&bytes).to_string();
        assert!(said.contains(&digest) && said.contains("\"rows\":2"), "{said}");
        assert!(all.iter().all(|it| !said.contains(&it.id.to_string()) && !said.contains(&it.name)));

        let before = digest_of_all(&country.house.db).await;
        let (again, is_new) = hands_in(&country, finder, bytes).await.unwrap();
        assert!(!is_new && again == set);
        assert_eq!(digest_of_all(&country.house.db).await, before);
        assert_eq!(mails(&country).len(), 1);
        let refused = hands_in(&country, finder, b"vendor,product\nCitrix,ADC\n".to_vec()).await.unwrap_err();
        assert!(matches!(refused, NotTaken::NoReport(_)), "{refused}");
    })
    .await;
}

/// What `ssh-keygen` says of a signature under a text. `None`, with a word about it, where there is no OpenSSH; in CI
/// that is a failure.
#[expect(clippy::disallowed_methods, reason = "whether this is CI stands in the environment of the test")]
fn ssh_keygen_says(signers: &str, purpose: &str, signature: &str, text: &str) -> Option<bool> {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("signers"), signers).unwrap();
    std::fs::write(at("receipt.json.sig"), signature).unwrap();
    std::fs::write(at("receipt.json"), text).unwrap();
    let mut tool = Command::new("ssh-keygen");
    tool.args(["-Y", "verify", "-I", "z-cert.example", "-n", purpose, "-f"]).arg(at("signers"));
    tool.arg("-s").arg(at("receipt.json.sig")).stdin(std::fs::File::open(at("receipt.json")).unwrap());
    let Ok(done) = tool.output() else {
        let why = "there is no ssh-keygen here: install the package openssh-client";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
        eprintln!("skipped: {why}");
        return None;
    };
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() == said.contains("Good \"dijkwacht-receipt\" signature"), "{said}");
    Some(done.status.success())
}

#[tokio::test]
async fn a_signature_under_a_receipt_is_checked_with_openssh_also_after_the_key_was_replaced() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        signing::begin(&country.house).await.unwrap();
        let finder = registers(&country, Standing::Known).await;
        let bytes = list(&country, &["vpn.noordzorg.example".to_owned()]);
        let (set, _) = hands_in(&country, finder, bytes.clone()).await.unwrap();
        let known = finders::of_id(&country.house.db, finder).await.unwrap().unwrap();
        let receipt = Receipt::of(&set, &known, &country.house.team);
        let (text, signature) = (receipt.text(), receipt.signature(&country.house));
        assert!(
            text.contains(&papers::Digest::of(&bytes).to_string()) && text.contains("\"rows\":1"),
            "{text}"
        );
        let signers = signing::signers(&country.house).await.unwrap();
        let Some(is_good) = ssh_keygen_says(&signers, signing::RECEIPT, &signature, &text) else { return };
        assert!(is_good);
        let says = |signers: &str, purpose: &str, text: &str| {
            ssh_keygen_says(signers, purpose, &signature, text).unwrap()
        };
        assert!(!says(&signers, signing::RECEIPT, &text.replace("\"rows\":1", "\"rows\":2")));
        assert!(!says(&signers, "dijkwacht-checkpoint", &text), "it is no signature under anything else");

        let mut later = country.house.clone();
        later.key = Key::in_a_story(2);
        assert!(!says(&format!("z-cert.example {}\n", later.key.public()), signing::RECEIPT, &text));
        signing::begin(&later).await.unwrap();
        signing::begin(&later).await.unwrap();
        let both = signing::signers(&later).await.unwrap();
        assert_eq!(both.lines().count(), 2);
        assert!(says(&both, signing::RECEIPT, &text), "an old receipt stays good");
        let anew = receipt.signature(&later);
        assert!(anew != signature && ssh_keygen_says(&both, signing::RECEIPT, &anew, &text).unwrap());
        let entries = ledger::from(&country.house.db, 0, 100_000).await.unwrap();
        let keys = entries.iter().filter(|it| matches!(it.entry, Entry::KeyPublished { .. }));
        assert_eq!(keys.count(), 2, "and when each came is in the ledger");
    })
    .await;
}

#[tokio::test]
async fn a_list_of_somebody_whom_nobody_checked_is_parked_until_a_person_looks() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let all = hospitals(&country, 1).await;
        country.publishes_an_advisory_with_a_workaround().await;
        let finder = registers(&country, Standing::Claimed).await;
        let (set, _) = hands_in(&country, finder, list(&country, &places(&all))).await.unwrap();
        let seen = async || {
            observations::of_asset(&country.house.db, all[0].assets[0], all[0].id, country.house.now())
                .await
                .unwrap()
                .len()
        };
        country.days(2).await;
        assert_eq!((seen().await, told(&country, &set).await), (0, vec![]));
        assert_eq!(finders::parked(&country.house.db).await.unwrap(), std::slice::from_ref(&set));
        let entries = ledger::from(&country.house.db, 0, 100_000).await.unwrap();
        let alarms =
            entries.iter().filter(|it| matches!(it.entry, Entry::SetHandedIn { is_parked: true, .. }));
        assert_eq!(alarms.count(), 1);
        assert!(mails(&country)[0].1.contains("We do not know you yet"));

        let (_, officer) = country.officers();
        assert!(desk::release(&country.house, officer, set.id).await.unwrap());
        assert!(!desk::release(&country.house, officer, set.id).await.unwrap());
        country.hours(25).await;
        assert_eq!((seen().await, told(&country, &set).await.len()), (1, 1));
        assert_eq!(finders::parked(&country.house.db).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_finder_is_asked_to_look_again_only_where_the_owner_agreed_and_not_whose_it_is() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let all = hospitals(&country, 1).await;
        country.publishes_an_advisory_with_a_workaround().await;
        let finder = registers(&country, Standing::Known).await;
        hands_in(&country, finder, list(&country, &places(&all))).await.unwrap();
        let (_, officer) = country.officers();
        let (of, asset) = (all[0].id, all[0].assets[0]);
        let order = |touch| domain::rescan::Order {
            asset,
            asked: domain::rescan::Asked::Finder(finder),
            touch,
            pap: domain::tlp::Pap::Green,
            due_at: country.house.now() + jiff::SignedDuration::from_hours(72),
        };
        let warning = country.warning_id(&all[0]).await.unwrap();
        let ask = async |touch| rescan::ask(&country.house, officer, warning, of, &order(touch)).await;
        use domain::rescan::Touch;
        assert!(ask(Touch::OwnRecords).await.is_err() && ask(Touch::TheSystem).await.is_err());
        let ends_at = country.house.now() + jiff::SignedDuration::from_hours(99);
        rescan::give_consent(&country.house, all[0].actor(), asset, Touch::TheSystem, ends_at).await.unwrap();
        ask(Touch::TheSystem).await.unwrap();
        country.works().await;
        let (_, letter) = mails(&country).pop().unwrap();
        assert!(letter.contains("vpn0.zorg0.example") && !letter.contains("belongs to"), "{letter}");
    })
    .await;
}
