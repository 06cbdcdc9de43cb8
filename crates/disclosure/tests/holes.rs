//! The list of seeded holes and the places in the source where they are opened are the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops here")]

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    hole: Vec<Hole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hole {
    name: String,
    what: String,
    found_by: Vec<String>,
}

fn opened_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            opened_in(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text.split("holes::is_open(\"").skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn every_seeded_hole_is_somewhere_and_none_is_forgotten() {
    let list: List = toml::from_str(include_str!("../seeded_holes.toml")).unwrap();
    assert!(list.hole.iter().all(|hole| !hole.what.is_empty() && !hole.found_by.is_empty()));
    let named: BTreeSet<String> = list.hole.iter().map(|hole| hole.name.clone()).collect();
    assert_eq!((list.hole.len(), named.len()), (20, 20), "each once");
    let mut opened = BTreeSet::new();
    for floor in ["disclosure", "flow", "web"] {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        opened_in(&crates.join(floor).join("src"), &mut opened);
    }
    assert_eq!(opened, named);
}
