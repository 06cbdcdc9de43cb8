//! A disk that is full: a commit that fails, and a node that stops and says so.
//!
//! Nothing special is needed to fill a disk: a process may be told that its files stay small. What a file
//! cannot take is refused in the middle of a write, as on a real disk.

use std::fs;
use std::path::Path;

use crate::kills::{Run, now, until_quiet};
use crate::mail_server::MailServer;
use crate::node::{Home, Node};
use crate::reckoning;
use crate::say;
use crate::town::settle;
use crate::visitors::Visitors;

/// How often the disk is full, and how much room somebody made each time, in KiB.
const TIMES: usize = 6;
const ROOM_KIB: u64 = 500;
const HOSPITALS: usize = 12;
const SEED: u64 = 11;

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_disk_is_full_stops_and_says_so_and_has_all_that_it_acknowledged() {
    let post = MailServer::open(SEED).await;
    post.takes_care();
    let home = Home::with_a_file(post.address);
    let town = settle(&home.database, HOSPITALS).await;
    let visitors = Visitors::begin(&town, &post, SEED);
    let mut runs = Vec::new();
    for _ in 0..TIMES {
        let began_at = now();
        post.node_starts();
        let mut node = Node::start_on_a_disk_of(&home, size_kib(Path::new(&home.database)) + ROOM_KIB);
        visitors.node_opened(node.opened().await);
        let (status, complaints) = node.ends().await;
        visitors.node_died();
        runs.push(Run { began_at, ended_at: now() });
        assert_eq!(status.code(), Some(1), "{status}: {complaints:?}");
        let last = complaints.last().unwrap();
        let says = ["dijkwacht: the node stops: ", " could not be committed: ", "disk"];
        assert!(says.iter().all(|words| last.contains(words)), "{complaints:?}");
    }
    let book = visitors.end().await;

    let began_at = now();
    post.node_starts();
    let mut node = Node::start(&home);
    node.opened().await;
    until_quiet(&home.database).await;
    let (status, complaints) = node.stop().await;
    runs.push(Run { began_at, ended_at: now() });
    assert!(status.success() && complaints.is_empty(), "{status}: {complaints:?}");
    let counts = reckoning::reckon(&home.database, &town, &book, &post.taken(), &runs).await;
    say(&format!("full disk: {TIMES} times full, {counts}"));
}

/// How large the largest file of a database is.
fn size_kib(database: &Path) -> u64 {
    let files = ["", "-wal"].map(|end| format!("{}{end}", database.display()));
    files.iter().filter_map(|file| Some(fs::metadata(file).ok()?.len() / 1_024)).max().unwrap()
}
