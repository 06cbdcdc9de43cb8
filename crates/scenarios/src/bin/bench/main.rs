//! What `cargo xtask bench NAME` runs: one JSON line for each figure.
//!
//! | NAME    | what is measured |
//! | ------- | ---------------- |
//! | `walk`  | an advisory for many participants, from the document to the last mail: CPU seconds per stage |
//! | `match` | the index of a nation: one advisory, one new asset, everything against everything |
//! | `vers`  | whether a range contains a version, beside what Python has for it |
//! | `csaf`  | a release with its letters, a public page beside nginx; then a national feed, beside what others validate with |
//! | `import` | the records of the CVE list taken in, on both engines |
//! | `ingest` | the same from its bytes to its findings, on both engines, beside engines for tables; then `intelmq` |
//! | `intelmq` | a report of Shadowserver, row by row, beside IntelMQ |
//! | `reports` | a day of scans, two million rows, out of its file |
//! | `attribution` | whose is an address or a host, among a million networks, beside crates for prefixes |
//! | `deliver` | ten thousand letters from the release to a mail server, signed and encrypted; beside what Python and Postfix have |
//! | `gate` | one advisory for ten thousand decided and recorded; decisions alone, beside Cedar and what Python has of it |
//! | `ladder` | a day of a hundred thousand ladders; two hundred months of three thousand participants, watched |
//! | `board` | the pages of a desk with ten thousand warnings: milliseconds per page, 500 requests each |

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops here")]

mod attribution;
mod board;
mod csaf;
mod deliver;
mod gate;
mod import;
mod ingest;
mod intelmq;
mod ladder;
mod matching;
mod peers;
mod publication;
mod reports;
mod vers;
mod walk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use domain::contact::{Contact, Role};
use domain::product::{Name, Product, State};
use domain::text::Language;
use flow::house::House;
use scenarios::population::Population;
use scenarios::settle;
use serde_json::json;
use store::StoreError;
use store::contacts::Access;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let mut number = |or: usize| arguments.next().and_then(|it| it.parse().ok()).unwrap_or(or);
    match name.as_str() {
        "walk" => walk::walk(number(3_000), number(500)).await,
        "board" => board::board(number(10_000), number(500)).await,
        "deliver" => deliver::deliver(number(10_000)).await,
        "match" => matching::matching(number(10_000), number(1_000), number(300_000)),
        "vers" => vers::vers(number(20_000)),
        "ladder" => ladder::ladder(number(100_000), number(200)),
        "csaf" => {
            publication::publication(number(10_000), number(50_000)).await;
            csaf::csaf();
        }
        // The client that `csaf` starts for itself.
        "ask" => {
            let (port, page) = (number(0), std::env::args().nth(3).unwrap());
            let requests = std::env::args().nth(4).and_then(|it| it.parse().ok()).unwrap_or(0);
            publication::ask(port.try_into().unwrap(), &page, requests).await;
        }
        "import" => import::import(number(300)).await,
        "ingest" => {
            ingest::ingest(number(2_000_000) as u64).await;
            intelmq::intelmq();
        }
        "intelmq" => intelmq::intelmq(),
        "reports" => reports::reports(number(2_000_000) as u64),
        "attribution" => attribution::attribution(),
        "gate" => {
            gate::recorded().await;
            gate::gate();
        }
        _ => {
            eprintln!("usage: bench walk [PARTICIPANTS] [PRODUCTS-EACH]");
            eprintln!("       bench board [PARTICIPANTS] [REQUESTS-EACH]");
            eprintln!("       bench match [PARTICIPANTS] [ASSETS-EACH] [VULNERABILITIES]");
            eprintln!("       bench deliver [MAILS]");
            eprintln!("       bench vers [QUESTIONS]");
            eprintln!("       bench ladder [WARNINGS] [SEEDS]");
            eprintln!("       bench csaf [RECIPIENTS] [REQUESTS]");
            eprintln!("       bench import [PARTICIPANTS]");
            eprintln!("       bench ingest [ROWS]");
            eprintln!("       bench intelmq");
            eprintln!("       bench reports [ROWS]");
            eprintln!("       bench attribution");
            eprintln!("       bench gate");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// A folder that goes with its owner.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("dijkwacht_bench_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::join(&self.0, name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// CPU seconds of this process so far, user and system. Source: proc(5), fields 14 and 15, in ticks of
/// a hundredth.
fn cpu_seconds() -> f64 {
    cpu_seconds_of("self")
}

/// The same of a process by its number.
fn cpu_seconds_of(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: u32 = [11, 12].iter().map(|place| fields[*place].parse::<u32>().unwrap()).sum();
    f64::from(ticks) / 100.0
}

/// One figure as a line of JSON. `against` names what it is held against, with its own value.
#[expect(clippy::print_stdout, reason = "this is what the bench prints")]
fn print(bench: &str, figure: &str, value: f64, unit: &str, against: &str, against_value: f64) {
    let ratio = if against_value > 0.0 { value / against_value } else { 0.0 };
    let line = json!({
        "schema": "dijkwacht.bench/1", "bench": bench, "figure": figure, "value": value, "unit": unit,
        "against": against, "against_value": against_value, "ratio": ratio,
    });
    println!("{line}");
}

/// Settles everybody, each with a security contact. Gives the contacts, and how many assets there are.
async fn join(house: &House, population: Population) -> (Vec<Contact>, usize) {
    let now = house.now();
    let (mut contacts, mut count) = (Vec::new(), 0);
    for (name, before) in [("ADC", "NetScaler"), ("Gateway", "NetScaler Gateway")] {
        let product = Product {
            id: house.id(),
            name: Name::new("Citrix", name),
            aliases: [Name::new("Citrix", before)].into(),
            marks: [].into(),
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
                    contacts.push(contact);
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
    }
    (contacts, count)
}
