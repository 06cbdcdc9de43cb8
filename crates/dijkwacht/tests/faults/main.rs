//! The real program as a process of its own, and what nobody wishes it: killed at any moment, also while
//! it takes in a scan of a nation, mail whose acknowledgement is lost, a disk that is full, a server that is away. Whatever
//! it acknowledged is there afterwards.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops here")]

use std::io::Write;

mod full_disk;
mod kills;
mod lost_server;
mod mail_server;
mod node;
mod reckoning;
mod scans;
mod town;
mod visitors;

/// Says it also when the test passes: around the harness, which keeps to itself what such a test prints.
fn say(line: &str) {
    let mut aloud = std::io::stderr();
    writeln!(aloud, "{line}").unwrap();
}
