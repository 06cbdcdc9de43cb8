//! A day of scans of a nation (workload W1), from the bytes of its file to its findings.
//!
//! First without the store of findings: the raw paper is kept, and each row has its owner and is known as the
//! first or a repeated one. That is what DuckDB and Polars are asked for beside it, who do less: no names of
//! hosts, the networks cut into ranges that do not overlap beforehand and not counted. Then with the findings,
//! on both engines, on two days of which the second sees everything again.
//!
//! Then what is known grows a hundredfold, and the same rows are filed once more: the cost of a row must not follow.
//!
//! The counts that the workload is known to have are checked first: a fast wrong answer is a failure.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::net::Ipv4Addr;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use domain::finding::{Key, Place, Said, Sighting};
use domain::ids::ParticipantId;
use flow::attribution::Owners;
use flow::house::House;
use flow::reports::{Part, ROWS_MAX, Route, file_one};
use formats::observations::{self, About};
use jiff::Timestamp;
use scenarios::country;
use scenarios::scan_day::{self, EXPECTED, ScanDay};
use serde_json::Value;
use store::Db;
use store::findings::{self, Holder};
use store::papers::{self, Digest, Folder, Paper, State};
use store::reports::{self, Report, Rows};
use uuid::Uuid;

use crate::import::server;
use crate::reports::resident_bytes;
use crate::{Scratch, attribution, cpu_seconds, peers, print};

/// Who has something in workload W1.
const PARTICIPANTS: u64 = 160_000;
/// Passes, of which the middle one counts.
const PASSES: usize = 3;

pub async fn ingest(rows: u64) {
    let scratch = Scratch::new();
    let file = scratch.path(scan_day::FILE_NAME);
    let day = ScanDay::settle();
    let mut out = BufWriter::new(File::create(&file).unwrap());
    day.write(rows, &mut out).unwrap();
    out.into_inner().unwrap().sync_all().unwrap();
    let best = beside(&scratch, &day, rows);
    let owners = owners(&day);
    drop(day);

    let before = resident_bytes();
    let mut passes: Vec<(f64, f64)> = Vec::new();
    let mut found = Rows::default();
    for pass in 0..PASSES {
        let folder = Folder::open(&scratch.path(&format!("raw-{pass}"))).unwrap();
        let began = cpu_seconds();
        let (digest, _) = folder.keep_all_of(&mut File::open(&file).unwrap()).unwrap();
        let kept = cpu_seconds() - began;
        let mut parts = Vec::new();
        let route = route(&owners, digest, 1, usize::try_from(rows).unwrap());
        read(&folder, route, digest, scan_day::FILE_NAME, |part| parts.push(part));
        passes.push((cpu_seconds() - began, kept));
        found = counts(&parts);
        std::fs::remove_dir_all(folder.path()).unwrap();
    }
    passes.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (spent, kept) = passes[PASSES / 2];
    if rows == scan_day::ROWS {
        let expected = (EXPECTED.routed, EXPECTED.duplicate, EXPECTED.unknown);
        assert_eq!((found.routed, found.duplicate, found.unattributed), expected, "the workload is known");
    }
    let ours = f(rows) / spent;
    print("ingest", "rows_per_cpu_second", ours, "1/cpu-s", "the aim, at least", 700_000.0);
    print("ingest", "rows_per_cpu_second", ours, "1/cpu-s", "the best of the others", best);
    print("ingest", "keeping the raw paper", kept, "cpu-s", "all of it", spent);
    print("ingest", "routed", f(found.routed), "rows", "expected", f(EXPECTED.routed));
    print("ingest", "duplicate", f(found.duplicate), "rows", "expected", f(EXPECTED.duplicate));
    print("ingest", "unattributed", f(found.unattributed), "rows", "expected", f(EXPECTED.unknown));

    let lite = Db::open_file(&scratch.path("bench.sqlite")).await.unwrap();
    two_days(&scratch.path("papers"), lite, &file, &owners, rows, before).await;
    match server() {
        Some(url) => {
            let db = Db::open_server(&format!("{url}/postgres")).await.unwrap();
            two_days(&scratch.path("others"), db, &file, &owners, rows, before).await;
        }
        None => eprintln!("left out on PostgreSQL: it is not installed"),
    }
    growth(&scratch, &file, &owners).await;
}

fn owners(day: &ScanDay) -> Arc<Owners> {
    let domains: Vec<String> =
        (0..day.domains.len()).map(|nth| format!("org{nth}.example{}.nl", nth % 97)).collect();
    let holders = participants(PARTICIPANTS).into_iter().map(Holder::Participant).collect();
    Arc::new(Owners::of_index(attribution::index(day, &domains), holders))
}

/// So many, and one that is nobody's. Their ids are random but for their time, so pages are opened in no order.
pub fn participants(count: u64) -> Vec<ParticipantId> {
    let id = |nth: u64| u128::from(nth + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    (0..=count).map(|nth| ParticipantId(Uuid::from_u128(id(nth)))).collect()
}

pub fn route(owners: &Arc<Owners>, paper: Digest, number: u32, rows_max: usize) -> Route {
    let report = report(paper, number);
    Route::of(Arc::clone(owners), BTreeMap::new(), BTreeMap::new(), HashSet::new(), &report, rows_max)
}

fn report(paper: Digest, number: u32) -> Report {
    Report {
        number,
        paper,
        source: "w1".into(),
        name: scan_day::FILE_NAME.into(),
        size_bytes: 0,
        began_at: now(),
        ended_at: None,
        why: None,
        rows: Rows::default(),
        waiting: 0,
    }
}

fn now() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

/// Reads a kept paper as a node does, and hands its parts over.
pub fn read(folder: &Folder, mut route: Route, paper: Digest, name: &str, mut take: impl FnMut(Part)) {
    let about = About { file_name: Some(name), ..About::from("w1", now()) };
    observations::read_stream(folder.stream(paper).unwrap(), about, |row| {
        route.take(&row);
        if route.is_full() {
            take(route.part());
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    take(route.part());
}

/// What became of the rows, as long as nothing was known before.
fn counts(parts: &[Part]) -> Rows {
    let mut rows = Rows::default();
    for piece in parts.iter().flat_map(|part| &part.reading.parts) {
        for (holder, said) in findings::said_in(piece).unwrap() {
            let first = u64::try_from(said.page().len()).unwrap();
            match holder {
                Holder::Participant(_) | Holder::Partner(_) => {
                    rows.routed += first;
                    rows.duplicate += said.rows() - first;
                }
                Holder::Nobody | Holder::Disputed => rows.unattributed += said.rows(),
            }
        }
    }
    rows
}

/// The whole way on two days, into an empty store.
async fn two_days(papers: &Path, db: Db, file: &Path, owners: &Arc<Owners>, rows: u64, resident_before: u64) {
    let engine = db.engine();
    let bench = format!("ingest, {engine}");
    let post = flow::deliver::post::Post::Catcher(flow::deliver::post::Catcher::default());
    let house = country::house(db, Folder::open(papers).unwrap(), now(), 1, post, country::team());
    let mut most = 0;
    for (day, figure) in [(1, "rows_per_cpu_second, all new"), (2, "rows_per_cpu_second, seen again")] {
        // A line without anything in it makes the second day another paper.
        let more = if day == 1 { "" } else { "\n" };
        let mut bytes = File::open(file).unwrap().chain(more.as_bytes());
        let began = cpu_seconds();
        let (digest, size) = house.papers.keep_all_of(&mut bytes).unwrap();
        let number = begin(&house, digest, size).await;
        let mut parts = Vec::new();
        let route = route(owners, digest, number, ROWS_MAX);
        read(&house.papers, route, digest, scan_day::FILE_NAME, |part| parts.push(part));
        let read = cpu_seconds() - began;
        most = most.max(resident_bytes());
        let began = cpu_seconds();
        for part in parts {
            let mut reading = part.reading;
            if day > 1 {
                // The bench gives words and names the same numbers each day.
                (reading.words, reading.observers) = (Vec::new(), Vec::new());
            }
            house
                .write("read a report on", async |tx| reports::read_on(tx, number, &reading).await)
                .await
                .unwrap();
            drop(reading);
            while house.write("file findings", async |tx| file_one(tx, number).await).await.unwrap() {}
        }
        let filed = cpu_seconds() - began;
        let done = reports::of_number(&house.db, number).await.unwrap().unwrap();
        assert!(done.rows.adds_up() && done.waiting == 0, "{done:?}");
        if rows == scan_day::ROWS && day == 1 {
            assert_eq!(done.rows.routed, EXPECTED.routed, "{done:?}");
            assert_eq!(done.rows.duplicate, EXPECTED.duplicate, "{done:?}");
        }
        house.write("end a report", async |tx| reports::end(tx, number, None, now()).await).await.unwrap();
        print(&bench, figure, f(rows) / filed, "1/cpu-s", "with reading", f(rows) / (filed + read));
    }
    let known = findings::count(&house.db).await.unwrap().known;
    print(&bench, "findings", f(known), "findings", "rows of a day", f(rows));
    let grown = most.saturating_sub(resident_before);
    print(
        &bench,
        "memory beside the index, at most",
        f(grown) / 1_048_576.0,
        "MiB",
        "the aim with it",
        300.0,
    );
}

/// Two files, of which the second knows a hundred times as much. The same rows are filed into both.
async fn growth(scratch: &Scratch, file: &Path, owners: &Arc<Owners>) {
    /// A page has some sixty findings of the larger number, and hardly one of the smaller.
    const KNOWN: [u64; 2] = [100_000, 10_000_000];
    const ROWS: usize = 500_000;
    let mut costs = Vec::new();
    for known in KNOWN {
        let db = Db::open_file(&scratch.path(&format!("known-{known}.sqlite"))).await.unwrap();
        let post = flow::deliver::post::Post::Catcher(flow::deliver::post::Catcher::default());
        let folder = Folder::open(&scratch.path(&format!("known-{known}"))).unwrap();
        let house = country::house(db, folder, now(), 1, post, country::team());
        know(&house, known).await;
        assert_eq!(findings::count(&house.db).await.unwrap().known, known);
        let (digest, size) = house.papers.keep_all_of(&mut File::open(file).unwrap()).unwrap();
        let number = begin(&house, digest, size).await;
        let mut route = route(owners, digest, number, ROWS);
        let about = About { file_name: Some(scan_day::FILE_NAME), ..About::from("w1", now()) };
        observations::read_stream(house.papers.stream(digest).unwrap(), about, |row| {
            route.take(&row);
            if route.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        let reading = route.part().reading;
        let began = cpu_seconds();
        house
            .write("read a report on", async |tx| reports::read_on(tx, number, &reading).await)
            .await
            .unwrap();
        while house.write("file findings", async |tx| file_one(tx, number).await).await.unwrap() {}
        costs.push(1e6 * (cpu_seconds() - began) / f(reading.to));
    }
    let against = format!("with {} known", KNOWN[0]);
    let figure = format!("a row with {} known findings", KNOWN[1]);
    print("ingest", &figure, costs[1], "CPU us", &against, costs[0]);
}

/// Files findings that no report of the bench speaks of, as many for each participant.
async fn know(house: &House, known: u64) {
    const AT_ONCE: usize = 1_000;
    let participants = participants(PARTICIPANTS);
    let (mut number, mut next) = (0_u64, 0_u32);
    for some in participants[1..].chunks(AT_ONCE) {
        let said: Vec<(Holder, Said)> = some
            .iter()
            .map(|participant| {
                number += 1;
                let until = u32::try_from(known * number / PARTICIPANTS).unwrap();
                let seen: Vec<Sighting> = (next..until).map(sighting).collect();
                next = until;
                (Holder::Participant(*participant), Said::of(seen.iter(), 0))
            })
            .collect();
        house.write("know", async |tx| findings::hear(tx, said.clone()).await).await.unwrap();
    }
}

/// Something at an address in a network that nobody routes.
fn sighting(nth: u32) -> Sighting {
    let place = Place::Address(Ipv4Addr::from_bits(240 << 24 | nth).into());
    let key = Key { place, port: Some(443), what: 0 };
    Sighting {
        key,
        at: 1_790_000_000,
        is_there: true,
        method: 1,
        observer: 0,
        host: None,
        certificate: None,
        is_counted: true,
    }
}

async fn begin(house: &House, digest: Digest, size_bytes: u64) -> u32 {
    let paper = Paper {
        digest,
        source: "w1".into(),
        name: scan_day::FILE_NAME.into(),
        kind: "observations".into(),
        size_bytes,
        received_at: now(),
        state: State::Read,
        why: None,
        complaints: Vec::new(),
    };
    let begin = house.write("begin a report", async |tx| {
        papers::add(tx, &paper).await?;
        reports::begin(tx, digest, now()).await
    });
    begin.await.unwrap()
}

/// Networks of version 4 as ranges that do not overlap, the narrowest first: what the peers can look up.
fn ranges(day: &ScanDay) -> Vec<(u32, u32, u32)> {
    let mut networks: Vec<_> = day
        .v4
        .iter()
        .map(|it| {
            let hosts = u32::MAX.checked_shr(it.length.into()).unwrap_or(0);
            (it.address, it.address | hosts, it.participant)
        })
        .collect();
    networks.sort_by_key(|(first, last, _)| (*first, std::cmp::Reverse(*last)));
    let (mut open, mut flat, mut next): (Vec<(u32, u32)>, Vec<_>, u64) = (Vec::new(), Vec::new(), 0);
    let mut close = |open: &mut Vec<(u32, u32)>, until: u64, next: &mut u64| {
        while let Some((last, owner)) = open.last().copied() {
            let end = u64::from(last).min(until.saturating_sub(1));
            if *next <= end && until > 0 {
                flat.push((u32::try_from(*next).unwrap(), u32::try_from(end).unwrap(), owner));
                *next = end + 1;
            }
            if u64::from(last) >= until {
                break;
            }
            open.pop();
        }
    };
    for (first, last, owner) in networks {
        close(&mut open, first.into(), &mut next);
        next = next.max(first.into());
        open.push((last, owner));
    }
    close(&mut open, u64::from(u32::MAX) + 1, &mut next);
    flat
}

/// How many rows of version 4 have an owner by their address alone and are no repeated ones.
const ROUTED_OF_V4: u64 = 1_295_462;

/// The same steps for the rows of version 4, as far as these do them.
const PEERS: &str = r#"
import json, time

def measured(run):
    began = time.process_time()
    routed = run()
    return {"seconds": time.process_time() - began, "routed": routed}

def duck():
    import duckdb
    con = duckdb.connect()
    con.execute("SET threads = 1")
    con.execute("CREATE TABLE net AS SELECT * FROM read_csv('ranges.csv', header = false, "
                "columns = {'first': 'BIGINT', 'last': 'BIGINT', 'owner': 'INTEGER'}) ORDER BY first")
    def run():
        con.execute("""COPY (
            WITH seen AS (
                SELECT *, split_part(ip, '.', 1)::BIGINT * 16777216 + split_part(ip, '.', 2)::BIGINT * 65536
                        + split_part(ip, '.', 3)::BIGINT * 256 + split_part(ip, '.', 4)::BIGINT AS number
                  FROM read_csv('rows.csv', header = true, all_varchar = true) WHERE ip NOT LIKE '%:%'),
            owned AS (
                SELECT seen.*, net.owner FROM seen ASOF JOIN net ON seen.number >= net.first
                 WHERE seen.number <= net.last)
            SELECT DISTINCT ON (number, port, tag, owner) * FROM owned
        ) TO 'duck.parquet' (FORMAT parquet)""")
        return con.execute("SELECT count(*) FROM 'duck.parquet'").fetchone()[0]
    return measured(run)

def polars():
    import os
    os.environ["POLARS_MAX_THREADS"] = "1"
    import polars as pl
    nets = pl.read_csv("ranges.csv", has_header=False, new_columns=["first", "last", "owner"]).sort("first")
    def run():
        part = pl.col("ip").str.split_exact(".", 3)
        seen = pl.scan_csv("rows.csv", infer_schema=False).filter(~pl.col("ip").str.contains(":", literal=True))
        seen = seen.with_columns(sum(part.struct.field(f"field_{n}").cast(pl.Int64) * 256 ** (3 - n)
                                     for n in range(4)).alias("number"))
        owned = seen.sort("number").join_asof(nets.lazy(), left_on="number", right_on="first", strategy="backward")
        owned = owned.filter(pl.col("number") <= pl.col("last")).unique(["number", "port", "tag", "owner"])
        frame = owned.collect()
        frame.write_parquet("polars.parquet")
        return frame.height
    return measured(run)

def chdb():
    from chdb.session import Session
    session = Session()
    session.query("SET max_threads = 1")
    session.query("CREATE DATABASE bench ENGINE = Atomic")
    session.query("CREATE TABLE bench.net (one UInt8, first UInt32, last UInt32, owner UInt32) ENGINE = Memory")
    session.query("INSERT INTO bench.net SELECT 1, c1, c2, c3 "
                  "FROM file('ranges.csv', 'CSV', 'c1 UInt32, c2 UInt32, c3 UInt32')")
    def run():
        session.query("""INSERT INTO FUNCTION file('chdb.parquet', 'Parquet')
            SELECT * FROM (
                SELECT seen.*, net.owner AS owner
                  FROM (SELECT *, 1 AS one, IPv4StringToNum(ip) AS number
                          FROM file('rows.csv', 'CSVWithNames') WHERE position(ip, ':') = 0) AS seen
                  ASOF INNER JOIN bench.net AS net ON seen.one = net.one AND seen.number >= net.first
                 WHERE seen.number <= net.last)
             LIMIT 1 BY number, port, tag, owner""")
        return int(session.query("SELECT count() FROM file('chdb.parquet')").bytes())
    return measured(run)

print(json.dumps({name: run() for name, run in [("duckdb", duck), ("polars", polars), ("chdb", chdb)]
                  if name in CHOSEN}))
"#;

/// Prints what others need for it. Gives the most rows per CPU second of any of them.
fn beside(scratch: &Scratch, day: &ScanDay, rows: u64) -> f64 {
    let mut text = String::new();
    for (first, last, owner) in ranges(day) {
        writeln!(text, "{first},{last},{owner}").unwrap();
    }
    File::create(scratch.path("ranges.csv")).unwrap().write_all(text.as_bytes()).unwrap();
    std::fs::hard_link(scratch.path(scan_day::FILE_NAME), scratch.path("rows.csv")).unwrap();
    let mut best = 0.0_f64;
    // Each in a process of its own: what one has in its caches is not the next one's.
    for peer in ["duckdb", "polars", "chdb"] {
        let program = match peers::tried_python(&scratch.path(""), &[peer]) {
            Ok(program) => program,
            Err(why) => {
                eprintln!("left out, {peer}: {why}");
                continue;
            }
        };
        let script = PEERS.replace("CHOSEN", &format!("[{peer:?}]"));
        let said = peers::run_python(&program, &scratch.path(""), &script);
        let said: Value = serde_json::from_str(&said).unwrap();
        let routed = said[peer]["routed"].as_u64().unwrap();
        if rows == scan_day::ROWS {
            assert_eq!(routed, ROUTED_OF_V4, "{peer} finds what is known to be there");
        }
        let theirs = f(rows) / said[peer]["seconds"].as_f64().unwrap();
        let figure = format!("{peer}, IPv4 only, one thread");
        print("ingest", &figure, theirs, "1/cpu-s", "rows routed by it", f(routed));
        best = best.max(theirs);
    }
    for name in ["rows.csv", "duck.parquet", "polars.parquet", "chdb.parquet"] {
        drop(std::fs::remove_file(scratch.path(name)));
    }
    best
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
fn f(count: u64) -> f64 {
    count as f64
}
