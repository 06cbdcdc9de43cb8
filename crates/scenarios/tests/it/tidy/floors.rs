//! Who may lean on whom.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::{
    nothing_in,
    rust::Source,
    tree::{files, rust_files},
};

/// Floors of the house, ground floor first. A crate may lean on lower floors, never on its own or
/// a higher one. The stories stand below the program, because its demonstration plays one.
const FLOORS: &[&[&str]] =
    &[&["domain"], &["disclosure", "formats", "store"], &["flow"], &["web"], &["scenarios"], &["dijkwacht"]];

const PURE: &[&str] = &["domain", "formats", "disclosure"];

/// What a pure crate may not lean on either, even where a test would want it.
const IMPURE: &[&str] = &[
    "axum",
    "futures-util",
    "getrandom",
    "hyper",
    "lettre",
    "rand",
    "reqwest",
    "sqlx",
    "tempfile",
    "tokio",
    "tracing",
];

/// What a pure crate does not say: clock, file, socket, environment, chance, waiting.
const UNSAID: &[&str] = &[
    ".await",
    "Instant::now",
    "SystemTime",
    "TcpListener",
    "TcpStream",
    "Timestamp::now",
    "ToSocketAddrs",
    "UdpSocket",
    "Zoned::now",
    "async ",
    "env::",
    "fs::",
    "now_v7",
    "process::",
    "stdin(",
    "thread::",
];

/// More than this, and somebody asks what could be taken away.
const DIRECT_DEPENDENCIES_AT_MOST: usize = 60;

struct Manifest {
    room: &'static str,
    table: Table,
}

fn manifests() -> Vec<Manifest> {
    files()
        .iter()
        .filter_map(|file| {
            let room = file.path.strip_suffix("/Cargo.toml")?;
            let table: Table = file.text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.path));
            // The prover is a house of its own beside this one: nothing leans on it, and it on nothing of ours.
            if room == "xtask/prove" && table.contains_key("workspace") {
                return None;
            }
            Some(Manifest { room: room.strip_prefix("crates/").unwrap_or(room), table })
        })
        .collect()
}

impl Manifest {
    /// The names of everything that it leans on: for building, for tests, on every platform.
    fn leans_on(&self) -> BTreeSet<String> {
        let platforms = self.table.get("target").and_then(Value::as_table).into_iter().flatten();
        let tables = platforms.filter_map(|(_, platform)| platform.as_table()).chain([&self.table]);
        tables
            .flat_map(|table| {
                ["dependencies", "dev-dependencies", "build-dependencies"].map(|kind| table.get(kind))
            })
            .flatten()
            .filter_map(Value::as_table)
            .flat_map(|kind| kind.keys().cloned())
            .collect()
    }
}

fn height(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

#[test]
fn every_crate_leans_only_on_lower_floors() {
    let mut complaints = vec![];
    for manifest in manifests().iter().filter(|manifest| manifest.room != "xtask") {
        let Some(mine) = height(manifest.room) else {
            complaints.push(format!("{} stands on no floor: give it one in FLOORS", manifest.room));
            continue;
        };
        for name in manifest.leans_on() {
            if height(&name).is_some_and(|theirs| theirs >= mine) && name != manifest.room {
                complaints.push(format!("{} leans on {name}, which is not below it", manifest.room));
            }
        }
    }
    nothing_in(complaints);
}

#[test]
fn the_tools_lean_on_no_room_so_that_they_work_when_the_house_does_not_compile() {
    let tools = manifests().into_iter().find(|manifest| manifest.room == "xtask").unwrap();
    let leaned: Vec<_> = tools.leans_on().into_iter().filter(|name| height(name).is_some()).collect();
    assert_eq!(leaned, Vec::<String>::new());
}

#[test]
fn the_pure_crates_cannot_reach_the_world() {
    let mut complaints = vec![];
    for manifest in manifests().iter().filter(|manifest| PURE.contains(&manifest.room)) {
        for name in manifest.leans_on() {
            if IMPURE.contains(&name.as_str()) {
                complaints.push(format!("{} is pure and leans on {name}", manifest.room));
            }
        }
    }
    nothing_in(complaints);
}

/// `fs::read`, and not `offs::read`.
fn says(code: &str, word: &str) -> bool {
    let in_a_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(word).any(|(at, _)| word.starts_with('.') || !code[..at].ends_with(in_a_name))
}

/// Which hole is open stands in the environment of a test program; in any other program there is nothing to ask.
const ASKS_IN_TESTS_ONLY: &str = "crates/disclosure/src/holes.rs";

#[test]
fn the_pure_crates_do_not_ask_the_world_either() {
    let mut complaints = vec![];
    for file in rust_files().filter(|file| file.room().is_some_and(|room| PURE.contains(&room))) {
        let source = Source::of(file);
        if file.path.contains("/src/") && file.path != ASKS_IN_TESTS_ONLY {
            for unsaid in UNSAID.iter().filter(|unsaid| says(source.product_code(), unsaid)) {
                complaints.push(format!("{} is pure and says {}", file.path, unsaid.trim()));
            }
        }
    }
    nothing_in(complaints);
}

#[test]
fn every_crate_keeps_the_lints_of_the_house() {
    let inherits = |table: &Table| {
        table.get("lints").and_then(|lints| lints.get("workspace")).and_then(Value::as_bool) == Some(true)
    };
    nothing_in(
        manifests()
            .iter()
            .filter(|manifest| !inherits(&manifest.table))
            .map(|manifest| format!("{}: [lints] workspace = true is missing", manifest.room))
            .collect(),
    );
}

#[test]
fn the_house_leans_on_few_others() {
    let rooms: BTreeSet<String> = manifests().iter().map(|manifest| manifest.room.to_owned()).collect();
    let all: BTreeSet<String> = manifests().iter().flat_map(Manifest::leans_on).collect();
    let others: Vec<_> = all.difference(&rooms).collect();
    assert!(others.len() <= DIRECT_DEPENDENCIES_AT_MOST, "{} direct dependencies: {others:?}", others.len());
}
