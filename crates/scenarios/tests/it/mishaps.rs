//! Everything that can fail fails once: each mail that is handed over, and each commit. Whatever it is, the
//! story ends as it does when nothing fails, and nothing comes twice but a mail that nobody acknowledged.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use domain::ledger::Entry;
use domain::observation::{Method, Seen};
use domain::warning::{Claim, Stage};
use flow::deliver::post::Mishap;
use flow::house::{House, Team};
use flow::jobs::{QUEUES, begin, work, work_once};
use flow::{follow_up, observe, publish};
use jiff::ToSpan;
use scenarios::country::{Country, Hospital, WORKAROUND, house, subject, team};
use store::jobs::Job;
use store::testing::{digest_of_all, fail_commit, on_both, reopen, to_its_end};
use store::{Db, StoreError, Tx, jobs, ledger, outbox, warnings};
use tokio::sync::watch;
use tokio::time::timeout;

/// What a story came to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ending {
    stage: Stage,
    story: String,
    /// To whom and what, each once, in the order in which they arrived.
    letters: Vec<(String, String)>,
}

/// A country in which the node may stop at any moment, and is started again.
struct Unsteady {
    country: Country,
    stops: u64,
}

impl Unsteady {
    /// From an advisory to a hospital that is safe: it is warned, claims, is refuted, is reminded, claims
    /// again, and is seen to be safe. The `nth` commit of it fails.
    async fn story(db: Db, nth_commit: Option<u64>, mishap: Option<(u64, Mishap)>) -> (Self, Ending) {
        let mut country = Country::new(db.clone(), "2019-12-18").await;
        // Without a word, because it is told to.
        let stop = |cause: &StoreError| resume_unwind(Box::new(format!("a commit failed: {cause}")));
        country.house.team = Arc::new(Team { stop, ..team() });
        let noordzorg = country.hospital("noordzorg").await;
        if let Some(nth) = nth_commit {
            fail_commit(&db, nth).await;
        }
        if let Some((nth, mishap)) = mishap {
            country.mail.befall(nth, mishap);
        }
        let mut country = Self { country, stops: 0 };

        let advice = country.country.advice(&[]);
        let propose = async |country: &Country| {
            publish::propose(&country.house, country.officers().0, "2019-0979", &advice).await.unwrap()
        };
        let advisory = country.insists(propose).await;
        let release = async |country: &Country| {
            publish::release(&country.house, country.officers().1, advisory).await.unwrap()
        };
        country.insists(release).await;
        country.country.advisory = Some(advisory);
        country.hours(1).await;

        country.claims(&noordzorg).await;
        country.hours(1).await;
        country.is_seen(&noordzorg, Seen::Vulnerable).await;
        country.hours(30).await; // and says nothing
        country.claims(&noordzorg).await;
        country.hours(1).await;
        country.is_seen(&noordzorg, Seen::NotVulnerable).await;
        country.hours(1).await;

        let ending = country.ending(&noordzorg).await;
        (country, ending)
    }

    async fn claims(&mut self, hospital: &Hospital) {
        let id = self.country.warning_id(hospital).await.unwrap();
        let (by, executed_at) = (hospital.actor().contact, Some(self.country.house.now()));
        let claim = Claim { by, measure: WORKAROUND, executed_at, assets: BTreeSet::new() };
        let claims = async |country: &Country| {
            follow_up::claim::claim(&country.house, hospital.actor(), id, claim.clone()).await.unwrap();
        };
        self.insists(claims).await;
    }

    async fn is_seen(&mut self, hospital: &Hospital, seen: Seen) {
        let assets = &hospital.assets;
        let all = self.country.sees(hospital, assets, seen, Method::MitigationAbsent).await;
        let tells = async |country: &Country| {
            observe::take_in(&country.house, all.clone()).await.unwrap();
        };
        self.insists(tells).await;
    }

    /// Does what a person waits for. When the node stopped instead of saying that it was done, nothing of
    /// it is there, and the person does it again.
    async fn insists<Done>(&mut self, what: impl AsyncFn(&Country) -> Done) -> Done {
        let before = digest_of_all(&self.country.house.db).await;
        loop {
            match to_its_end(what(&self.country)).await {
                Ok(done) => return done,
                Err(panic) => {
                    self.starts_again(panic).await;
                    assert_eq!(digest_of_all(&self.country.house.db).await, before, "some of it is there");
                }
            }
        }
    }

    /// Lets time pass, and does what falls due.
    async fn hours(&mut self, hours: i64) {
        let end = self.country.house.now() + hours.hours();
        while let Err(panic) = to_its_end(self.country.until(end)).await {
            self.starts_again(panic).await;
        }
    }

    async fn starts_again(&mut self, panic: Box<dyn std::any::Any + Send>) {
        let is_stop = panic.downcast_ref::<String>().is_some_and(|why| why.starts_with("a commit failed"));
        if !is_stop {
            resume_unwind(panic);
        }
        self.stops += 1;
        assert_eq!(self.stops, 1, "no other commit was told to fail");
        let House { db, papers, post, team, .. } = self.country.house.clone();
        let (db, now) = (reopen(&db).await, self.country.house.now());
        // Other dice: the old ones have named things already.
        self.country.house = house(db, papers, now, 2, post, Team::clone(&team));
        self.agrees_with_itself().await;
        begin(&self.country.house).await.unwrap();
    }

    /// What was written together is there together: a fact and its entry of the ledger, a letter that waits
    /// and the job that sends it.
    async fn agrees_with_itself(&self) {
        let (db, now) = (&self.country.house.db, self.country.house.now());
        assert_eq!(ledger::verify(db, &[]).await.unwrap().flaws, []);
        let Some(advisory) = self.country.advisory else { return };
        let jobs: Vec<_> = jobs::waiting(db).await.unwrap().into_iter().map(|(job, _)| job).collect();
        for (id, of) in warnings::under(db, advisory).await.unwrap() {
            let warning = warnings::of_participant(db, id, of, now).await.unwrap().unwrap();
            let known: BTreeSet<_> = warning.facts().map(|fact| (fact.at, fact.it.clone())).collect();
            let placed = ledger::of_warning(db, id).await.unwrap();
            let learned = placed.into_iter().filter_map(|placed| match placed.entry {
                Entry::Learned { at, fact, .. } => Some((at, fact)),
                _ => None,
            });
            assert_eq!(known, learned.collect(), "facts (left) and entries");
            for letter in outbox::of_warning(db, id, of).await.unwrap() {
                let waits = matches!(letter.state, outbox::State::Waiting | outbox::State::Sending);
                let has_job = jobs.contains(&Job::Send(letter.id));
                assert!(!waits || has_job, "nobody sends {}", letter.key);
            }
        }
    }

    async fn ending(&self, hospital: &Hospital) -> Ending {
        self.agrees_with_itself().await;
        let db = &self.country.house.db;
        assert_eq!(jobs::on_the_shelf(db).await.unwrap(), []);
        let delivered = outbox::counts(db).await.unwrap();
        let mut known = BTreeSet::new();
        let mut letters = Vec::new();
        for mail in self.country.mails_to(hospital) {
            if known.insert(mail.bytes.clone()) {
                letters.push((mail.to, subject(&mail.bytes)));
            }
        }
        // As many different mails as letters: what came twice came as the same bytes, Message-ID included.
        let count = u64::try_from(letters.len()).unwrap();
        assert_eq!(delivered, [(outbox::State::Delivered, count)]);
        Ending {
            stage: self.country.stage(hospital).await,
            story: self.country.story_of(hospital).await,
            letters,
        }
    }

    /// How many mails came again.
    fn duplicates(&self) -> usize {
        let mails = self.country.mail.mails();
        mails.len() - mails.iter().map(|mail| &mail.bytes).collect::<BTreeSet<_>>().len()
    }
}

#[tokio::test]
async fn the_story_when_nothing_fails() {
    let ending = on_both(async |db| Unsteady::story(db, None, None).await.1).await;
    assert_eq!(ending.stage, Stage::Closed);
    let letters: Vec<_> = ending.letters.iter().map(|(to, about)| format!("{to}: {about}")).collect();
    insta::assert_snapshot!(letters.join("\n"), @"
    anna@noordzorg.example: [HOOG] Actie vóór za 21 dec 13:00 – waarschuwing 2019-0979
    anna@noordzorg.example: [HOOG] Wij zien het lek nog – waarschuwing 2019-0979
    piket@noordzorg.example: [HOOG] Herinnering 1: nog geen antwoord – waarschuwing 2019-0979
    anna@noordzorg.example: [KLAAR] Wij zien het lek niet meer – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(ending.story, @"
     0 h  warned
     0 h  speaks of 1.00
     0 h  exposed: likely
     0 h  mail: sent
     0 h  mail: delivered
     1 h  said: done
     2 h  exposed: observed
     2 h  seen: still there
     2 h  mail: sent
     2 h  mail: delivered
    24 h  climbed to rung 1
    24 h  mail: sent
    24 h  mail: delivered
    32 h  said: done
    33 h  seen: gone
    33 h  mail: sent
    33 h  closed: safe
    33 h  mail: delivered
    ");
}

#[tokio::test]
async fn each_mail_may_fail_once_and_the_story_ends_the_same() {
    for mishap in [Mishap::Unanswered, Mishap::Unacknowledged, Mishap::NotNow] {
        let undisturbed = on_both(async |db| Unsteady::story(db, None, None).await.1).await;
        for nth in 1.. {
            let (befell, duplicates, ending) = on_both(async |db| {
                let (country, ending) = Unsteady::story(db, None, Some((nth, mishap))).await;
                (country.country.mail.handed() >= nth, country.duplicates(), ending)
            })
            .await;
            assert_eq!(ending, undisturbed, "{mishap:?} of mail {nth}");
            let expected = befell && mishap == Mishap::Unacknowledged;
            assert_eq!(duplicates, usize::from(expected), "{mishap:?} of mail {nth}");
            if !befell {
                assert!(nth > 4, "the story has letters");
                break;
            }
        }
    }
}

#[tokio::test]
async fn each_commit_may_fail_once_and_the_story_ends_the_same() {
    let undisturbed = on_both(async |db| Unsteady::story(db, None, None).await.1).await;
    let (stops, duplicates) = (Cell::new(0), Cell::new(0));
    for nth in 1.. {
        let before = stops.get();
        let ending = on_both(async |db| {
            let (country, ending) = Unsteady::story(db, Some(nth), None).await;
            stops.set(stops.get() + country.stops);
            duplicates.set(duplicates.get() + country.duplicates());
            ending
        })
        .await;
        assert_eq!(ending, undisturbed, "commit {nth}");
        if stops.get() == before {
            break;
        }
    }
    let letters = undisturbed.letters.len();
    assert!(stops.get() > 50, "{} commits", stops.get());
    // On each engine the receipt of each letter was once the commit that failed.
    let engines = if store::testing::server().is_some() { 2 } else { 1 };
    assert_eq!(duplicates.get(), engines * letters);
}

#[tokio::test]
async fn a_job_that_panics_costs_one_try_and_its_queue_goes_on() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let hospitals = [country.hospital("noordzorg").await, country.hospital("zuidzorg").await];
        let (analyst, duty_officer) = country.officers();
        let id = publish::propose(&country.house, analyst, "2019-0979", &country.advice(&[])).await.unwrap();
        publish::release(&country.house, duty_officer, id).await.unwrap();
        country.advisory = Some(id);
        while work_once(&country.house, jobs::WORK).await.unwrap() {}

        country.mail.befall(1, Mishap::Panic);
        let (stop, stopping) = watch::channel(false);
        let (node, mut changes) = (country.house.clone(), country.house.changes());
        let worker = tokio::spawn(async move { work(&node, jobs::OUTBOX, stopping).await });
        let the_other_arrives = async {
            while country.mail.mails().is_empty() {
                changes.changed().await.unwrap();
            }
        };
        timeout(Duration::from_secs(20), the_other_arrives).await.expect("nobody sends anything any more");
        stop.send_replace(true);
        worker.await.unwrap();

        country.hours(1).await;
        for hospital in &hospitals {
            assert_eq!(country.stage(hospital).await, Stage::Notified);
        }
        assert_eq!((country.mail.handed(), country.mail.mails().len()), (3, 2));
    })
    .await;
}

#[tokio::test]
async fn a_job_over_which_the_node_dies_each_time_lies_on_the_shelf_and_the_rest_is_done() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let (analyst, duty_officer) = country.officers();
        let id = publish::propose(&country.house, analyst, "2019-0979", &country.advice(&[])).await.unwrap();
        publish::release(&country.house, duty_officer, id).await.unwrap();
        while work_once(&country.house, jobs::WORK).await.unwrap() {}
        let other =
            publish::propose(&country.house, analyst, "2019-0980", &country.advice(&[])).await.unwrap();
        country.advisory = Some(id);

        for _ in 0..jobs::TRIES_MAX {
            let now = country.house.now();
            let dies = async |tx: &mut Tx| jobs::take_due(tx, jobs::WORK, now, now + 1.minute()).await;
            let taken = country.house.write("take a job and die", dies).await.unwrap().unwrap();
            assert_eq!(taken.job, Job::Expose(other));
            country.house.move_clock(now + 1.minute());
        }
        country.hours(1).await;
        let shelf = jobs::on_the_shelf(&country.house.db).await.unwrap();
        let shelved: Vec<_> = shelf.into_iter().map(|it| (it.job, it.why)).collect();
        assert_eq!(shelved, [(Job::Expose(other), "begun 10 times, and never ended".to_owned())]);
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
    })
    .await;
}

#[tokio::test]
async fn a_long_job_that_comes_further_each_time_is_not_blamed_for_the_deaths_of_a_node() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let warned = async |country: &Country| {
            warnings::under(&country.house.db, country.advisory.unwrap()).await.unwrap().len()
        };
        let lives = usize::try_from(jobs::TRIES_MAX).unwrap() + 2;
        let hospitals = 10 * (lives + 1);
        for number in 0..hospitals {
            country.hospital(&format!("zorg{number:03}")).await;
        }
        let (analyst, duty_officer) = country.officers();
        let id = publish::propose(&country.house, analyst, "2019-0979", &country.advice(&[])).await.unwrap();
        publish::release(&country.house, duty_officer, id).await.unwrap();
        country.advisory = Some(id);
        assert!(work_once(&country.house, jobs::WORK).await.unwrap(), "who is exposed");

        for life in 1..=lives {
            let dies = async {
                while warned(&country).await < 10 * life {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            tokio::select! {
                done = work_once(&country.house, jobs::WORK) => panic!("{done:?} before it died for the {life}th time"),
                () = dies => {}
            }
            assert!(warned(&country).await < hospitals);
            country.house.move_clock(country.house.now() + 2.minutes());
        }
        country.hours(1).await;
        assert_eq!(warned(&country).await, hospitals);
        assert_eq!(jobs::on_the_shelf(&country.house.db).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn who_looks_for_work_and_finds_none_wakes_nobody() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let changes = country.house.changes();
        for queue in QUEUES {
            assert!(!work_once(&country.house, queue).await.unwrap());
        }
        assert!(!changes.has_changed().unwrap(), "and the node would look again, and again");
    })
    .await;
}
