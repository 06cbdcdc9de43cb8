//! What we ask of others, we do: the list of what this program is made of is read by this program, and a paper about one of
//! its components finds it.

use std::collections::BTreeSet;

use domain::exposure::Certainty;
use flow::one_shot::Papers;
use flow::publication::software;
use formats::{Hint, Paper};
use serde_json::{Value, json};

/// A paper of OSV about one crate, up to a version that mends it.
fn paper(id: &str, package: &str, fixed: Option<&str>) -> Vec<u8> {
    let end = fixed.map(|fixed| json!({ "fixed": fixed }));
    let events: Vec<Value> = std::iter::once(json!({ "introduced": "0.0.0-0" })).chain(end).collect();
    // Crates have the name of the host that keeps them for an ecosystem.
    let ecosystem = concat!("crates", ".io");
    let package = json!({ "ecosystem": ecosystem, "name": package, "purl": format!("pkg:cargo/{package}") });
    let whole = json!({
        "schema_version": "1.7.0", "id": id, "modified": "2026-11-24T00:00:00Z",
        "affected": [{ "package": package, "ranges": [{ "type": "SEMVER", "events": events }] }],
    });
    whole.to_string().into_bytes()
}

#[test]
fn the_list_of_what_we_are_made_of_is_found_by_the_papers_that_concern_it_and_by_no_other() {
    let read = formats::read(
        software::DOCUMENT.as_bytes(),
        Hint { file_name: Some(software::NAME), ..Hint::default() },
    );
    let read = read.unwrap();
    assert_eq!(read.complaints, [], "our own list keeps to its format");
    let Paper::Inventory(inventory) = read.it else { panic!("it is no inventory") };
    let mut papers = Papers::new().unwrap();
    for (name, bytes) in [
        ("rsa.json", paper("CVE-2023-49092", "rsa", None)),
        // One that was mended before the version that we took.
        ("tokio.json", paper("CVE-2026-1000011", "tokio", Some("1.0.0"))),
        // One of which we have none.
        ("openssl.json", paper("CVE-2026-1000012", "openssl", None)),
    ] {
        papers.take(name, &bytes).unwrap();
    }
    let found: Vec<(&str, Certainty)> =
        papers.hits(&inventory.lines).iter().map(|it| (it.vulnerability, it.certainty)).collect();
    assert_eq!(found, [("CVE-2023-49092", Certainty::Likely)]);
    let explained: BTreeSet<&str> =
        software::ours().holes.iter().flat_map(|hole| &hole.ids).map(String::as_str).collect();
    assert!(explained.contains("CVE-2023-49092"), "and everybody can read why that is none in this program");
}
