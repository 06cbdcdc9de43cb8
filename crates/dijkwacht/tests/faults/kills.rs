//! `kill -9` at any moment: while the node starts, between two statements, between the last byte of a
//! letter and the acknowledgement of it, between a commit and the answer to who waited for it.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use scenarios::dice::Dice;
use store::Db;
use store::jobs::{self, Job};
use store::testing::{begun_again, in_a_database, server};
use tokio::time::sleep;

use crate::mail_server::MailServer;
use crate::node::{Home, Node};
use crate::reckoning;
use crate::say;
use crate::town::settle;
use crate::visitors::Visitors;

/// How often each node is killed; `DIJKWACHT_KILLS` asks for another number.
const KILLS: usize = 300;
/// From then on every mail is acknowledged, so that the last of those that were not has come again soon
/// after the last kill.
const CARELESS_SHARE: f64 = 0.8;
/// How long an open node lives, in milliseconds: death is as likely at any moment as at any other.
const LIFE_MS_MEAN: f64 = 350.0;
const LIFE_MS_MAX: f64 = 2_500.0;
/// One life in so many lasts until nothing is due that was begun as often as the next: a job over which ten
/// nodes in a row have died lies on the shelf, and that is another story.
const LONG_LIFE_EVERY: usize = 5;
const BEGUN_AGAIN: i64 = 3;
/// No work of this town takes as long, however slow the machine; on a server the dead hold theirs for a minute.
const LONG_LIFE_AT_MOST: Duration = Duration::from_secs(180);
/// How long a node takes to open where nobody else works. Where it takes longer, everything does, and it
/// lives as much longer.
const OPENING_MS: f64 = 250.0;
const HOSPITALS: usize = 36;
const SEED: u64 = 7;

/// What waits at the end is there within this time: the longest is a mail that was not acknowledged for
/// the second time.
const QUIET_AT_MOST: Duration = Duration::from_secs(8 * 60);

/// From the start of the program to its end, by the clock of this machine.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub began_at: Timestamp,
    pub ended_at: Timestamp,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_on_a_file_that_is_killed_again_and_again_loses_nothing_that_it_acknowledged() {
    let post = MailServer::open(SEED).await;
    kills("sqlite", &Home::with_a_file(post.address), &post).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_on_a_server_that_is_killed_again_and_again_loses_nothing_that_it_acknowledged() {
    let Some(server) = server() else { return };
    let kills = async |place: &str| {
        let post = MailServer::open(SEED).await;
        kills("postgresql", &Home::with_a_server(place, post.address), &post).await;
    };
    in_a_database(&server, kills).await;
}

async fn kills(engine: &str, home: &Home, post: &MailServer) {
    let began = Instant::now();
    let town = settle(&home.database, HOSPITALS).await;
    let visitors = Visitors::begin(&town, post, SEED);
    let mut dice = Dice::named(SEED, engine);
    let (mut runs, mut complaints) = (Vec::new(), Vec::new());
    let many = how_many();
    for number in 0..many {
        if number as f64 >= CARELESS_SHARE * many as f64 {
            post.takes_care();
        }
        let began_at = now();
        post.node_starts();
        let mut node = Node::start(home);
        let is_long = number % LONG_LIFE_EVERY == 0;
        // Some die before they are open.
        if !is_long && dice.chance(0.2) {
            wait(dice.below(120)).await;
        } else {
            let starts = Instant::now();
            visitors.node_opened(node.opened().await);
            let slowness = (starts.elapsed().as_secs_f64() * 1_000.0 / OPENING_MS).max(1.0);
            let ms = dice.exponential(LIFE_MS_MEAN).min(LIFE_MS_MAX) * slowness;
            sleep(Duration::from_secs_f64(ms / 1_000.0)).await;
            if is_long {
                until_nothing_is_begun_again(&home.database).await;
            }
        }
        complaints.extend(node.kill().await);
        visitors.node_died();
        runs.push(Run { began_at, ended_at: now() });
    }
    let book = visitors.end().await;

    let began_at = now();
    post.node_starts();
    let mut node = Node::start(home);
    node.opened().await;
    until_quiet(&home.database).await;
    let (status, more) = node.stop().await;
    runs.push(Run { began_at, ended_at: now() });
    complaints.extend(more);
    assert!(status.success(), "{status}");
    assert_eq!(complaints, [""; 0], "nothing that happened is a fault of the node");
    assert!(book.answers.keys().all(|status| *status < 500), "nor did it say so: {:?}", book.answers);

    let counts = reckoning::reckon(&home.database, &town, &book, &post.taken(), &runs).await;
    let seconds = began.elapsed().as_secs();
    say(&format!("kills on {engine}: {many} kills, {counts}, {seconds} s"));
}

/// Waits until no job is due over which nodes died again and again.
async fn until_nothing_is_begun_again(place: &str) {
    let began = Instant::now();
    let db = Db::open_to_read(place).await.unwrap();
    loop {
        let again = begun_again(&db, BEGUN_AGAIN, now()).await;
        if again.is_empty() {
            break;
        }
        assert!(began.elapsed() < LONG_LIFE_AT_MOST, "after all this time: {again:?}");
        sleep(Duration::from_millis(50)).await;
    }
    db.close().await;
}

/// Waits until no job is due. What waits then is a rung of a ladder, a plan that ends, a checkpoint, or the full hour
/// at which figures are told.
pub async fn until_quiet(place: &str) {
    let began = Instant::now();
    let db = Db::open_to_read(place).await.unwrap();
    loop {
        let (now, soon) = (now(), now() + SignedDuration::from_mins(5));
        let mut due = jobs::waiting(&db).await.unwrap();
        due.retain(|(job, at)| *at <= soon && !(*job == Job::TellFigures && *at > now));
        if due.is_empty() {
            break;
        }
        assert!(began.elapsed() < QUIET_AT_MOST, "after all this time: {due:?}");
        sleep(Duration::from_millis(250)).await;
    }
    db.close().await;
}

#[expect(clippy::disallowed_methods, reason = "the node goes by the clock of this machine")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

#[expect(clippy::disallowed_methods, reason = "who runs a test says in its environment how long")]
fn how_many() -> usize {
    std::env::var("DIJKWACHT_KILLS").map_or(KILLS, |it| it.parse().expect("DIJKWACHT_KILLS is a number"))
}

async fn wait(ms: usize) {
    sleep(Duration::from_millis(u64::try_from(ms).unwrap())).await;
}
