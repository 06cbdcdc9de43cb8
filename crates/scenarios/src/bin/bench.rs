//! What `cargo xtask bench NAME` runs: one JSON line for each figure, in CPU seconds of this process.
//!
//! `walk`: an advisory for many participants with many products each, from the document to the last
//! mail accepted by a server on loopback, stage by stage. The figure to hold the stages against is
//! made in the same run: the same number of mails given to the same server without a house around.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops here")]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::advisory::AffectedProduct;
use domain::contact::{Contact, Role};
use domain::product::{Name, Product, State};
use domain::text::Language;
use flow::deliver::post::{Outcome, Post, Security, Server};
use flow::house::Officer;
use flow::{jobs, publish};
use jiff::Timestamp;
use scenarios::country::{self, Country};
use scenarios::population::Population;
use scenarios::settle;
use serde_json::json;
use store::contacts::Access;
use store::papers::Folder;
use store::{Db, StoreError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let mut number = |or: usize| arguments.next().and_then(|it| it.parse().ok()).unwrap_or(or);
    match name.as_str() {
        "walk" => walk(number(3_000), number(500)).await,
        _ => {
            eprintln!("usage: bench walk [PARTICIPANTS] [PRODUCTS-EACH]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// CPU seconds of this process so far, user and system. Source: proc(5), fields 14 and 15, in ticks of
/// a hundredth.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: u32 = [11, 12].iter().map(|place| fields[*place].parse::<u32>().unwrap()).sum();
    f64::from(ticks) / 100.0
}

#[expect(clippy::print_stdout, reason = "this is what the bench prints")]
fn print(figure: &str, value: f64, unit: &str, against: &str, against_value: f64) {
    let ratio = if against_value > 0.0 { value / against_value } else { 0.0 };
    let line = json!({
        "schema": "dijkwacht.bench/1", "bench": "walk", "figure": figure, "value": value, "unit": unit,
        "against": against, "against_value": against_value, "ratio": ratio,
    });
    println!("{line}");
}

async fn walk(participants: usize, products_each: usize) {
    let folder = std::env::temp_dir().join(format!("dijkwacht_bench_{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let db = Db::open_file(&folder.join("bench.sqlite")).await.unwrap();
    let papers = Folder::open(&folder.join("papers")).unwrap();
    let now: Timestamp = "2019-12-18T12:00:00Z".parse().unwrap();
    let (server, accepted) = sink().await;
    let post = Post::smtp(&server).unwrap();
    let house = country::house(db, papers, now, 1, post.clone(), country::team());

    let began = cpu_seconds();
    let population = Population::care_only(1, participants, products_each);
    let assets = join(&house, population).await;
    let settled = cpu_seconds() - began;
    print("register_assets", settled, "cpu-s", "assets", f64::from(u32::try_from(assets).unwrap()));

    // What the mails alone cost, to hold the rest against.
    let bytes = vec![b'x'; 4_096];
    let began = cpu_seconds();
    for number in 0..participants {
        let to = format!("r{number}@example.example");
        assert_eq!(post.send(&to, &bytes).await, Outcome::Accepted);
    }
    let bare = cpu_seconds() - began;
    let before = accepted.load(Ordering::SeqCst);

    let elsewhere = Db::open_scratch(&folder.join("elsewhere.sqlite")).await.unwrap();
    let mut content = Country::new(elsewhere, "2019-12-18").await.advice(&[("technical_details", "some")]);
    let gateway = AffectedProduct { name: Name::new("Citrix", "Gateway"), ..content.products[0].clone() };
    content.products.push(gateway);
    let officer = |name: &str| Officer { id: house.id(), name: name.into() };
    let began = cpu_seconds();
    let id = publish::propose(&house, &officer("author"), "2019-0979", &content).await.unwrap();
    publish::release(&house, &officer("releaser"), id).await.unwrap();
    print("publish", cpu_seconds() - began, "cpu-s", "bare_smtp_of_the_same_mails", bare);

    let began = cpu_seconds();
    flow::expose::advisory(&house, id).await.unwrap();
    print("expose", cpu_seconds() - began, "cpu-s", "bare_smtp_of_the_same_mails", bare);

    let began = cpu_seconds();
    flow::warn::everybody(&house, id).await.unwrap();
    print("warn", cpu_seconds() - began, "cpu-s", "bare_smtp_of_the_same_mails", bare);

    let began = cpu_seconds();
    jobs::work_off(&house).await.unwrap();
    print("deliver", cpu_seconds() - began, "cpu-s", "bare_smtp_of_the_same_mails", bare);

    let mails = accepted.load(Ordering::SeqCst) - before;
    let figures = house.figures().await.unwrap();
    assert_eq!(figures.warned, u64::try_from(participants).unwrap(), "every participant is warned");
    assert!(mails >= figures.warned, "{mails} mails for {} participants", figures.warned);
    print(
        "mails_accepted",
        f64::from(u32::try_from(mails).unwrap()),
        "mails",
        "participants",
        f64::from(u32::try_from(participants).unwrap()),
    );
    std::fs::remove_dir_all(folder).unwrap();
}

async fn join(house: &flow::house::House, population: Population) -> usize {
    let now = house.now();
    let mut count = 0;
    for (name, before) in [("ADC", "NetScaler"), ("Gateway", "NetScaler Gateway")] {
        let product = Product {
            id: house.id(),
            name: Name::new("Citrix", name),
            aliases: [Name::new("Citrix", before)].into(),
            state: State::Confirmed,
        };
        house.write("catalogue", async |tx| store::products::add(tx, &product).await).await.unwrap();
    }
    for some in population.participants.chunks(20) {
        house
            .write("settle", async |tx| {
                for who in some {
                    let participant = settle::participant(house, house.id(), who);
                    store::participants::add(tx, &participant).await?;
                    let contact = Contact {
                        id: house.id(),
                        participant: participant.id,
                        name: "security".into(),
                        roles: [Role::SecurityContact].into(),
                        language: Language::Nl,
                        mail: Some(format!("security@{}", who.domain())),
                        telephone: None,
                        around_the_clock: false,
                        verified_at: Some(now),
                        failed_at: None,
                        removed_at: None,
                    };
                    store::contacts::add(tx, &contact, Access::None).await?;
                    for line in &who.assets {
                        let asset = settle::asset(house, participant.id, line);
                        store::assets::put(tx, &asset).await?;
                        count += 1;
                    }
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
    }
    count
}

/// A mail server on loopback that says yes to everything, and counts.
async fn sink() -> (Server, Arc<AtomicU64>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepted = Arc::new(AtomicU64::new(0));
    let count = accepted.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let count = count.clone();
            tokio::spawn(async move {
                let (read, mut write) = socket.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 sink\r\n").await.ok()?;
                let mut in_data = false;
                while let Some(line) = lines.next_line().await.ok()? {
                    if in_data {
                        if line == "." {
                            in_data = false;
                            count.fetch_add(1, Ordering::SeqCst);
                            write.write_all(b"250 taken\r\n").await.ok()?;
                        }
                        continue;
                    }
                    let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
                    let answer: &[u8] = match verb.as_str() {
                        "DATA" => {
                            in_data = true;
                            b"354 go on\r\n"
                        }
                        "EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
                        "QUIT" => b"221 bye\r\n",
                        _ => b"250 ok\r\n",
                    };
                    write.write_all(answer).await.ok()?;
                    if verb == "QUIT" {
                        break;
                    }
                }
                Some(())
            });
        }
    });
    let server = Server {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        login: None,
        sender: "warnings@z-cert.example".into(),
    };
    (server, accepted)
}
