//! `cargo xtask bench NAME`: measured in a release build, against something named.
//!
//! What is measured lies with the stories, because it needs the whole house; this verb only starts it.

use anyhow::ensure;

use crate::cargo::{cargo, step};
use crate::debian::borrow;
use crate::postgres::{Cluster, programs};

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    ensure!(!arguments.is_empty(), "name what to measure, for example: cargo xtask bench walk");
    if matches!(arguments[0].as_str(), "ingest" | "intelmq") {
        borrow("redis-server", "redis-server");
    }
    if arguments[0] == "deliver" {
        borrow("postfix", "smtp-source");
    }
    let mut bench = cargo(&["run", "--release", "--package", "scenarios", "--bin", "bench", "--"]);
    if arguments[0] == "csaf" {
        borrow("nginx-light", "nginx");
    }
    // Without a server a bench says what it left out.
    let server = match (arguments[0].as_str(), programs()) {
        ("import" | "ingest", Some(_)) => Some(Cluster::start()?),
        _ => None,
    };
    if let Some(server) = &server {
        bench.env("DIJKWACHT_TEST_PG", server.url());
    }
    step("bench", bench.args(arguments))
}
