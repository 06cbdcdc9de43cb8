//! The CVE records of a public archive, from bytes to records that can be found: names, scores, decisions,
//! products and what each concerns, on both engines.
//!
//! Held against OpenCVE 3.0, which took in 6,305 of the same records in 79 seconds on its PostgreSQL, 80 a
//! second, one transaction each (`performance.md` 9.4). That line is published and not run again.

use std::path::{Path, PathBuf};

use flow::deliver::post::{Catcher, Post};
use flow::house::House;
use flow::{ingest, jobs};
use formats::archive::Member;
use jiff::Timestamp;
use scenarios::country;
use scenarios::population::Population;
use store::papers::Folder;
use store::records::Wanted;
use store::{Db, records};

use crate::{Scratch, cpu_seconds, join, peers, print};

/// Records a second, of the peer.
const OPENCVE: f64 = 80.0;
/// As many as a source takes in with one transaction.
const AT_ONCE: usize = 500;

pub async fn import(participants: usize) {
    let scratch = Scratch::new();
    let folder = peers::unpacked(&scratch.path(""), "cve/vulnrichment-20241024.tar.xz");
    let mut names = Vec::new();
    collect(&folder, &mut names);
    names.sort();
    let members: Vec<Member> = names
        .iter()
        .map(|path| Member {
            name: path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned(),
            bytes: std::fs::read(path).unwrap(),
        })
        .collect();
    let file = Db::open_file(&scratch.path("bench.sqlite")).await.unwrap();
    one(&scratch.path("papers"), file, &members, participants).await;
    match server() {
        Some(url) => {
            let db = Db::open_server(&format!("{url}/postgres")).await.unwrap();
            one(&scratch.path("others"), db, &members, participants).await;
        }
        None => {
            eprintln!("left out on PostgreSQL: cargo xtask bench import starts one where it is installed")
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "where the server is stands in the environment of the bench")]
pub fn server() -> Option<String> {
    std::env::var("DIJKWACHT_TEST_PG").ok()
}

async fn one(papers: &Path, db: Db, members: &[Member], participants: usize) {
    let engine = db.engine();
    let now: Timestamp = "2024-10-24T12:00:00Z".parse().unwrap();
    let house = country::house(
        db,
        Folder::open(papers).unwrap(),
        now,
        1,
        Post::Catcher(Catcher::default()),
        country::team(),
    );
    join(&house, Population::care_only(1, participants, 100)).await;
    let archive = ingest::archive(&house, "CVE", "cve.zip", b"the archive").unwrap();

    let (began, theirs) = (cpu_seconds(), server_seconds());
    for some in members.chunks(AT_ONCE) {
        let _ = ingest::members(&house, "CVE", &archive, some).await.unwrap();
    }
    let (taken, served) = (cpu_seconds() - began, server_seconds() - theirs);
    let began = cpu_seconds();
    jobs::work_off(&house).await.unwrap();
    let triaged = cpu_seconds() - began;

    let count = f64::from(u32::try_from(members.len()).unwrap());
    let kept = records::count(&house.db, &Wanted::default()).await.unwrap();
    let kept = f64::from(u32::try_from(kept).unwrap());
    let bench = format!("import, {engine}");
    print(&bench, "records kept", kept, "records", "records in the archive", count);
    print(&bench, "records taken in", count / taken, "1/cpu-s", "OpenCVE, published", OPENCVE);
    if served > 0.0 {
        let all = count / (taken + served);
        print(
            &bench,
            "records taken in, with the server's work",
            all,
            "1/cpu-s",
            "OpenCVE, published",
            OPENCVE,
        );
    }
    print(&bench, "triage of those that may concern somebody", triaged, "cpu-s", "taking in", taken);
    again(&house, &bench, members).await;
}

/// The same list once more: what the second day costs.
async fn again(house: &House, bench: &str, members: &[Member]) {
    let archive = ingest::archive(house, "CVE", "cve.zip", b"the archive of tomorrow").unwrap();
    let began = cpu_seconds();
    for some in members.chunks(AT_ONCE) {
        let _ = ingest::members(house, "CVE", &archive, some).await.unwrap();
    }
    let count = f64::from(u32::try_from(members.len()).unwrap());
    print(
        bench,
        "records taken in once more",
        count / (cpu_seconds() - began),
        "1/cpu-s",
        "OpenCVE, published",
        OPENCVE,
    );
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "json")
            && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("CVE-"))
        {
            found.push(path);
        }
    }
}

/// CPU seconds of the servers of PostgreSQL on this machine so far, those that have ended included. Source:
/// proc(5), fields 14 to 17.
fn server_seconds() -> f64 {
    let mut ticks = 0_u32;
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        if !stat.contains("(postgres)") {
            continue;
        }
        let after_name = stat.rsplit(')').next().unwrap();
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        ticks += (11..15).filter_map(|place| fields.get(place)?.parse::<u32>().ok()).sum::<u32>();
    }
    f64::from(ticks) / 100.0
}
