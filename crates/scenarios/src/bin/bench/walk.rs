//! An advisory for many participants with many products each, from the document to the last mail
//! accepted by a server on loopback, stage by stage.
//!
//! The figure to hold the stages against is made in the same run: the same number of mails given to the
//! same server without a house around.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::advisory::AffectedProduct;
use domain::product::Name;
use flow::deliver::post::{Outcome, Post, Security, Server};
use flow::house::Officer;
use flow::{jobs, publish};
use jiff::Timestamp;
use scenarios::country::{self, Country};
use scenarios::population::Population;
use store::Db;
use store::papers::Folder;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::{Scratch, cpu_seconds, join, print};

pub async fn walk(participants: usize, products_each: usize) {
    let folder = Scratch::new();
    let db = Db::open_file(&folder.path("bench.sqlite")).await.unwrap();
    let papers = Folder::open(&folder.path("papers")).unwrap();
    let now: Timestamp = "2019-12-18T12:00:00Z".parse().unwrap();
    let (server, accepted) = sink().await;
    let post = Post::smtp(&server).unwrap();
    let house = country::house(db, papers, now, 1, post.clone(), country::team());

    let began = cpu_seconds();
    let population = Population::care_only(1, participants, products_each);
    let (_, assets) = join(&house, population).await;
    let settled = cpu_seconds() - began;
    print("walk", "register_assets", settled, "cpu-s", "assets", f64::from(u32::try_from(assets).unwrap()));

    // What the mails alone cost, to hold the rest against.
    let bytes = vec![b'x'; 4_096];
    let began = cpu_seconds();
    for number in 0..participants {
        let to = format!("r{number}@example.example");
        assert_eq!(post.send(&to, &bytes).await, Outcome::Accepted);
    }
    let bare = cpu_seconds() - began;
    let before = accepted.load(Ordering::SeqCst);

    let elsewhere = Db::open_scratch(&folder.path("elsewhere.sqlite")).await.unwrap();
    let mut content = Country::new(elsewhere, "2019-12-18").await.advice(&[("technical_details", "some")]);
    let gateway = AffectedProduct { name: Name::new("Citrix", "Gateway"), ..content.products[0].clone() };
    content.products.push(gateway);
    let officer = |name: &str| Officer { id: house.id(), name: name.into() };
    let began = cpu_seconds();
    let id = publish::propose(&house, &officer("author"), "2019-0979", &content).await.unwrap();
    publish::release(&house, &officer("releaser"), id).await.unwrap();
    print("walk", "publish", cpu_seconds() - began, "cpu-s", "bare_smtp_of_the_same_mails", bare);

    let began = cpu_seconds();
    flow::expose::advisory(&house, id).await.unwrap();
    print("walk", "expose", cpu_seconds() - began, "cpu-s", "bare_smtp_of_the_same_mails", bare);

    let began = cpu_seconds();
    flow::warn::everybody(&house, id).await.unwrap();
    print("walk", "warn", cpu_seconds() - began, "cpu-s", "bare_smtp_of_the_same_mails", bare);

    let began = cpu_seconds();
    jobs::work_off(&house).await.unwrap();
    print("walk", "deliver", cpu_seconds() - began, "cpu-s", "bare_smtp_of_the_same_mails", bare);

    let mails = accepted.load(Ordering::SeqCst) - before;
    let figures = house.figures().await.unwrap();
    assert_eq!(figures.warned, u64::try_from(participants).unwrap(), "every participant is warned");
    assert!(mails >= figures.warned, "{mails} mails for {} participants", figures.warned);
    print(
        "walk",
        "mails_accepted",
        f64::from(u32::try_from(mails).unwrap()),
        "mails",
        "participants",
        f64::from(u32::try_from(participants).unwrap()),
    );
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
