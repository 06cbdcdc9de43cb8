//! `kill -9` while reports come in: the workload W1 at a tenth of its size, handed over by an operator and read
//! on by a node, and whoever is at it dies a hundred times. Afterwards everything is as if nobody had died.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use domain::holding::{Holding, Network, Place, Proof, ProvenBy};
use domain::ids::ParticipantId;
use domain::ledger::Entry;
use jiff::{SignedDuration, Timestamp};
use scenarios::country::{Country, Hospital};
use scenarios::dice::Dice;
use scenarios::scan_day::ScanDay;
use store::findings::{self, Holder};
use store::reports::{self, Report, Rows};
use store::testing::{in_a_database, let_leases_run_out, server};
use store::{Db, holdings, jobs, ledger, participants};
use tokio::time::sleep;

use crate::kills::now;
use crate::node::{Home, Node};
use crate::say;

/// How often whoever takes reports in is killed while there is something to take in.
const KILLS: usize = 100;
/// A tenth of W1, in so many reports.
const ROWS: usize = 200_000;
const REPORTS: usize = 25;
/// Every so manieth row has an address that is none.
const BROKEN_EVERY: usize = 1_000;
/// Who owns the addresses and names of the workload: some of them nobody does.
const HOSPITALS: u32 = 24;
/// How many reports an operator hands over at once, and how many have not ended when somebody hands more over.
const AT_ONCE: usize = 2;
/// How much is taken in at the last kill, by plan: so much is left that no life does all of it.
const DONE_AT_LAST: f64 = 0.8;
/// While the intake is ahead of the plan, how long somebody lives, in milliseconds: hardly at all.
const AHEAD_MS_MEAN: f64 = 120.0;
/// While it is behind, how long somebody lives after having written something, in milliseconds. Counted from
/// there and not from the birth: so there is work to do until the last kill on any machine, however long it
/// takes there to begin.
const AT_IT_MS_MEAN: f64 = 120.0;
/// Nobody takes longer to write the first thing.
const BEGINS_WITHIN: Duration = Duration::from_secs(60);
const SEED: u64 = 17;
/// What is left after the last kill is done within this time.
const QUIET_AT_MOST: Duration = Duration::from_secs(5 * 60);

#[tokio::test(flavor = "multi_thread")]
async fn who_dies_a_hundred_times_over_a_scan_of_a_nation_on_a_file_loses_no_row_and_counts_none_twice() {
    kills("sqlite", &Home::with_a_file(no_mail())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_dies_a_hundred_times_over_a_scan_of_a_nation_on_a_server_loses_no_row_and_counts_none_twice() {
    let Some(server) = server() else { return };
    let kills = async |place: &str| kills("postgresql", &Home::with_a_server(place, no_mail())).await;
    in_a_database(&server, kills).await;
}

/// Nobody is warned here: no advisory is out.
fn no_mail() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9))
}

async fn kills(engine: &str, home: &Home) {
    let began = Instant::now();
    let untouched = Home::with_a_file(no_mail());
    let files = a_tenth_of_w1(&untouched);
    settle(&untouched.database).await;
    let (status, complaints) = Node::takes_in(&untouched, &files).ends().await;
    assert!(status.success() && complaints.is_empty(), "{status}: {complaints:?}");
    let expected = everything(&untouched.database).await;
    let undisturbed = began.elapsed();

    settle(&home.database).await;
    let (mut died, mut complaints) = (Died::default(), Vec::new());
    let mut dice = Dice::named(SEED, engine);
    let mut lives = 0;
    let mut after = progress(&home.database).await;
    while died.times < KILLS {
        lives += 1;
        assert!(lives < 3 * KILLS, "whoever should be killed is always done before: {died:?}");
        let before = after;
        let next = &files[before.begun..files.len().min(before.begun + AT_ONCE)];
        let is_free =
            before.ended == before.begun || before.begun - before.ended < AT_ONCE && dice.chance(0.5);
        let hands_over = is_free && !next.is_empty();
        let mut process = if hands_over { Node::takes_in(home, next) } else { Node::start(home) };
        let plan = DONE_AT_LAST * ROWS as f64 * died.times as f64 / KILLS as f64;
        let mean_ms = if before.rows as f64 > plan {
            AHEAD_MS_MEAN
        } else {
            writes_something(home, &mut process, &before).await;
            AT_IT_MS_MEAN
        };
        sleep(Duration::from_secs_f64(dice.exponential(mean_ms) / 1_000.0)).await;
        let was_at_it = !process.has_ended();
        complaints.extend(process.kill().await);
        if engine == "postgresql" {
            nobody_is_at_it(&home.database).await;
        }
        after = progress(&home.database).await;
        assert!(after.ended < REPORTS, "everything is taken in after {died:?}");
        died.count(was_at_it, hands_over, &before, &after);
    }

    if let Some(rest) = files.get(after.begun..).filter(|rest| !rest.is_empty()) {
        let (status, more) = Node::takes_in(home, rest).ends().await;
        assert!(status.success(), "{status}: {more:?}");
        complaints.extend(more);
    }
    let mut node = Node::start(home);
    node.opened().await;
    let waits = Instant::now();
    while progress(&home.database).await.ended < REPORTS {
        assert!(waits.elapsed() < QUIET_AT_MOST, "{:?}", reports_of(&home.database).await);
        sleep(Duration::from_millis(100)).await;
    }
    let (status, more) = node.stop().await;
    assert!(status.success(), "{status}");
    complaints.extend(more);
    assert_eq!(complaints, [""; 0], "nothing that happened is a fault of the node");

    let found = everything(&home.database).await;
    assert_eq!(found.rows.len(), REPORTS);
    assert_eq!(found.rows, expected.rows, "of each report");
    let all = found.sum();
    assert!(all.adds_up() && all.read == ROWS as u64, "{all:?}");
    assert!(all.routed > 0 && all.unattributed > 0 && all.duplicate > 0, "{all:?}");
    assert_eq!(all.rejected, (ROWS / BROKEN_EVERY) as u64);
    assert_eq!(found.findings.len(), expected.findings.len());
    for (one, other) in found.findings.iter().zip(&expected.findings) {
        assert_eq!(one, other);
    }
    let (seconds, undisturbed) = (began.elapsed().as_secs(), undisturbed.as_secs());
    let Rows { routed, unattributed, duplicate, rejected, .. } = all;
    say(&format!(
        "kills over reports on {engine}: {} kills ({died}), {ROWS} rows in {REPORTS} reports: routed {routed}, \
         unattributed {unattributed}, duplicate {duplicate}, rejected {rejected}; {} findings as without a kill; \
         {seconds} s, of which {undisturbed} s undisturbed",
        died.times,
        found.findings.len()
    ));
}

/// Waits until `process` has written down more than `before`, or has ended.
async fn writes_something(home: &Home, process: &mut Node, before: &Progress) {
    let began = Instant::now();
    while !process.has_ended() && progress(&home.database).await == *before {
        assert!(began.elapsed() < BEGINS_WITHIN, "nothing is written after {before:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// In what whoever died was at.
#[derive(Debug, Default)]
struct Died {
    times: usize,
    /// Handing over, and not as a node.
    handing_over: usize,
    /// With parts of a report on their way to their pages.
    in_between: usize,
    /// Before it had written down anything.
    in_vain: usize,
}

impl Died {
    /// Counts a death, unless whoever should have died had done everything that was asked.
    fn count(&mut self, was_at_it: bool, handed_over: bool, before: &Progress, after: &Progress) {
        if !was_at_it {
            return;
        }
        self.times += 1;
        self.handing_over += usize::from(handed_over);
        self.in_between += usize::from(after.parts > 0);
        self.in_vain += usize::from((before.rows, before.begun) == (after.rows, after.begun));
    }
}

impl std::fmt::Display for Died {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { handing_over, in_between, in_vain, .. } = self;
        write!(f, "{handing_over} of an operator handing over, {in_between} between reading and filing, ")?;
        write!(f, "{in_vain} before anything was written")
    }
}

/// How far the reports are.
#[derive(Debug, PartialEq, Eq)]
struct Progress {
    begun: usize,
    ended: usize,
    /// Of which it is known what became of them.
    rows: usize,
    /// Read and not on their pages yet.
    parts: u64,
}

async fn progress(place: &str) -> Progress {
    let all = reports_of(place).await;
    let known = |it: &Report| it.rows.routed + it.rows.unattributed + it.rows.duplicate + it.rows.rejected;
    Progress {
        begun: all.len(),
        ended: all.iter().filter(|report| report.ended_at.is_some()).count(),
        rows: usize::try_from(all.iter().map(known).sum::<u64>()).unwrap(),
        parts: all.iter().map(|report| report.waiting).sum(),
    }
}

/// All reports, the newest first.
async fn reports_of(place: &str) -> Vec<Report> {
    let db = Db::open_to_read(place).await.unwrap();
    let all = reports::newest(&db, 1_000, 0).await.unwrap();
    db.close().await;
    all
}

/// On a file whoever begins knows that everybody before is dead. On a server it waits for a minute, and this
/// test does not want to wait with it a hundred times.
async fn nobody_is_at_it(place: &str) {
    let db = Db::open(place).await.unwrap();
    let_leases_run_out(&db).await;
    db.close().await;
}

/// What an intake leaves behind, without what only says when.
struct Left {
    /// By the name of the report.
    rows: BTreeMap<String, Rows>,
    /// In the order of owners and places.
    findings: Vec<Stands>,
}

/// A finding, and whose it is, in words.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stands {
    owner: String,
    place: domain::finding::Place,
    port: Option<u16>,
    what: String,
    host: Option<Box<str>>,
    /// First and last seen, and last not there.
    times: (u32, u32, Option<u32>),
    is_open: bool,
    papers: u32,
    methods: u8,
    observers: Vec<String>,
    /// The report that spoke of it last.
    paper: u32,
}

impl Left {
    fn sum(&self) -> Rows {
        self.rows.values().fold(Rows::default(), |sum, rows| Rows {
            read: sum.read + rows.read,
            routed: sum.routed + rows.routed,
            to_partners: sum.to_partners + rows.to_partners,
            unattributed: sum.unattributed + rows.unattributed,
            duplicate: sum.duplicate + rows.duplicate,
            rejected: sum.rejected + rows.rejected,
        })
    }
}

/// Everything that reports left in the database at `place`.
///
/// # Panics
/// When the ledger has a flaw, or does not know each report once with the counts of its row; when a job lies on
/// the shelf.
async fn everything(place: &str) -> Left {
    let db = Db::open_to_read(place).await.unwrap();
    assert_eq!(ledger::verify(&db, &[]).await.unwrap().flaws, []);
    assert_eq!(jobs::on_the_shelf(&db).await.unwrap(), []);
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    for placed in ledger::from(&db, 0, i64::MAX).await.unwrap() {
        if let Entry::ReportTakenIn { digest, rows, .. } = placed.entry {
            assert_eq!(told.insert(digest, rows), None, "a report ends once");
        }
    }
    let mut rows = BTreeMap::new();
    for report in reports::newest(&db, 1_000, 0).await.unwrap() {
        assert_eq!(told.remove(&report.paper.to_string()), Some(report.rows.read));
        assert!(report.ended_at.is_some() && report.why.is_none() && report.waiting == 0, "{report:?}");
        rows.insert(report.name, report.rows);
    }
    assert_eq!(told, BTreeMap::new());

    let words = findings::words(&db).await.unwrap();
    let observers = findings::observers(&db).await.unwrap();
    let names: BTreeMap<ParticipantId, String> =
        participants::all(&db).await.unwrap().into_iter().map(|it| (it.id, it.name)).collect();
    let (mut findings, mut after) = (Vec::new(), None);
    loop {
        let pages = findings::pages_after(&db, &mut after, 500).await.unwrap();
        if pages.is_empty() {
            break;
        }
        for (holder, page) in pages {
            let owner = match holder {
                Holder::Participant(id) => names[&id].clone(),
                other => format!("{other:?}"),
            };
            findings.extend(page.findings().iter().map(|it| Stands {
                owner: owner.clone(),
                place: it.key.place.clone(),
                port: it.key.port,
                what: words[&it.key.what].word.clone(),
                host: it.host.clone(),
                times: (it.first_at, it.last_at, it.absent_at),
                is_open: it.is_open(),
                papers: it.papers,
                methods: it.methods,
                observers: it.observers.iter().map(|id| observers[id].name.clone()).collect(),
                paper: it.paper,
            }));
        }
    }
    db.close().await;
    findings.sort_unstable();
    Left { rows, findings }
}

/// Writes the workload as the reports of one day, and gives their files. It is the day before today, because
/// what is seen tomorrow is parked.
fn a_tenth_of_w1(home: &Home) -> Vec<PathBuf> {
    let yesterday = (now() - SignedDuration::from_hours(24)).strftime("%Y-%m-%d").to_string();
    let mut table = Vec::new();
    ScanDay::settle().write(ROWS as u64, &mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    let (head, rows) = table.split_once('\n').unwrap();
    let mut reports = vec![format!("{head}\n"); REPORTS];
    for (number, row) in rows.lines().enumerate() {
        let report = &mut reports[number * REPORTS / ROWS];
        let cells: Vec<&str> = row.splitn(4, ',').collect();
        let [time, severity, address, rest] = cells[..] else { panic!("{row}") };
        let broken = if number % BROKEN_EVERY == 7 { "x" } else { "" };
        let time = time.replace("2026-11-21", &yesterday);
        *report += &format!("{time},{severity},{broken}{address},{rest}\n");
    }
    let folder = home.folder().join("reports");
    fs::create_dir(&folder).unwrap();
    let file = |(number, report): (usize, String)| {
        let file = folder.join(format!("{yesterday}-scan_http_vulnerable-w1-{number:02}.csv"));
        fs::write(&file, report).unwrap();
        file
    };
    reports.into_iter().enumerate().map(file).collect()
}

/// Settles the hospitals to which three in four addresses of version 4 belong, one in sixteen of version 6,
/// and one in two of the domains.
async fn settle(place: &str) {
    let db = Db::open(place).await.unwrap();
    let country = Country::new(db.clone(), &now().strftime("%Y-%m-%d").to_string()).await;
    country.house.move_clock(now());
    let mut all = Vec::new();
    for number in 0..HOSPITALS {
        all.push(country.hospital_that_registered_nothing(&format!("zorg{number:02}")).await);
    }
    let network = |address: &str| Place::Network(Network::of(address.parse().unwrap(), 8).unwrap());
    let mut held: Vec<(&Hospital, Place)> = Vec::new();
    for first in 1..=223_u8 {
        if let Some(owner) = all.get(usize::from(first % 32)) {
            held.push((owner, network(&format!("{first}.0.0.0"))));
        }
    }
    held.push((&all[0], network("2400::")));
    for number in 0..97 {
        if let Some(owner) = all.get(number % 48) {
            held.push((owner, Place::Domain(format!("example{number}.nl"))));
        }
    }
    let house = &country.house;
    house
        .write("prove places", async |tx| {
            for (owner, place) in held {
                holdings::put(tx, &proven(house.id(), owner, place, house.now()), "proven", "C. Dam").await?;
            }
            Ok::<_, store::StoreError>(())
        })
        .await
        .unwrap();
    db.close().await;
}

/// A place that is an owner's. These are larger than what one line of a form may claim.
fn proven(id: domain::ids::HoldingId, owner: &Hospital, place: Place, at: Timestamp) -> Holding {
    let officer = Some(("C. Dam".to_owned(), "called the owner".to_owned()));
    Holding {
        id,
        participant: owner.id,
        place,
        secret: String::new(),
        claimed_by: owner.people[0].id,
        claimed_at: at,
        proof: Some(Proof { by: ProvenBy::Officer, at, officer }),
        looked_at: None,
        missed_since: None,
        given_up_at: None,
    }
}
