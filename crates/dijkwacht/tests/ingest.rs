//! The real program, and files that somebody hands over: whatever they are, the next one is taken in.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops here")]

use std::fs;
use std::io::Write;
use std::process::{Command, Output};

use store::testing::Scratch;

const HEAD: &str = "at,address,port,finding,seen,method";

/// A report of `rows` rows, the first at port `first`.
fn report(first: usize, rows: usize) -> String {
    let row = |port| format!("2020-01-09T01:00:00Z,192.0.2.7,{port},open-redis,misconfigured,banner\n");
    format!("{HEAD}\n{}", (first..first + rows).map(row).collect::<String>())
}

fn packed(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// What `dijkwacht ingest` says of these files, each by its name.
fn ingest(folder: &Scratch, files: &[&str]) -> Output {
    let at = folder.path();
    let config = format!(
        "[team]\nname = \"z-cert\"\ntelephone = \"085-0000 100\"\nsite = \"z-cert.example\"\ntarget_group = \"care\"\n\
         [store]\ndatabase = {:?}\npapers = {:?}\n\
         [web]\nlisten = \"127.0.0.1:0\"\naddress = \"http://127.0.0.1\"\n\
         [mail]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nmailbox = \"warnings@z-cert.example\"\n",
        at.join("node.sqlite"),
        at.join("papers"),
    );
    fs::write(at.join("node.toml"), config).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_dijkwacht"));
    program.arg("ingest").arg("--config").arg(at.join("node.toml"));
    program.current_dir(at).args(files).output().unwrap()
}

#[test]
fn what_is_no_file_or_breaks_off_is_said_and_the_rest_is_taken_in() {
    let folder = Scratch::new();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    let whole = packed(&report(1, 2_000));
    put("cut.csv.gz", &whole[..whole.len() / 2]);
    put("nothing.csv", b"");
    put("other.csv", b"when,where,what\n1,2,3\n");
    put("noise.xml", &(0..=255).rev().collect::<Vec<u8>>());
    put("good.csv", report(4_000, 3).as_bytes());
    let names =
        ["folder.csv", "cut.csv.gz", "nowhere.csv", "nothing.csv", "other.csv", "noise.xml", "good.csv"];
    let done = ingest(&folder, &names);
    assert_eq!(done.status.code(), Some(1), "some of it could not even be opened");
    let worries = String::from_utf8(done.stderr).unwrap();
    assert_eq!(worries.lines().count(), 2, "{worries}");
    assert!(worries.contains("folder.csv: no file") && worries.contains("nowhere.csv: "), "{worries}");
    let said = String::from_utf8(done.stdout).unwrap();
    let of = |name: &str| said.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(of("cut.csv.gz").contains("unattributed") && of("cut.csv.gz").contains("breaks off"), "{said}");
    assert!(of("nothing.csv").contains("empty"), "{said}");
    assert!(of("other.csv").contains("a report has at, seen, finding"), "{said}");
    assert!(of("noise.xml").contains("on the shelf"), "{said}");
    assert_eq!(of("good.csv"), "good.csv: routed 0, unattributed 3, duplicate 0, rejected 0");

    let again = ingest(&folder, &["good.csv"]);
    assert_eq!((again.status.code(), again.stdout.as_slice()), (Some(0), &b"good.csv: known already\n"[..]));
    put("later.csv", report(5_000, 1).as_bytes());
    let cut = packed(&report(6_000, 2_000));
    put("again.csv.gz", &cut[..cut.len() / 2]);
    assert_eq!(ingest(&folder, &["again.csv.gz"]).status.code(), Some(3), "something was found");
    assert_eq!(ingest(&folder, &["later.csv"]).status.code(), Some(0));
}

/// Without a node nothing stays, and each row is accounted for all the same.
#[test]
fn who_only_wants_to_know_what_can_be_read_needs_no_node() {
    let folder = Scratch::new();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    put("good.csv", report(1, 3).as_bytes());
    put("mixed.csv", format!("{}not,a,row\n", report(1, 2)).as_bytes());
    put("other.csv", b"when,where,what\n1,2,3\n");
    let mut program = Command::new(env!("CARGO_BIN_EXE_dijkwacht"));
    program.args(["observations", "import", "good.csv", "mixed.csv", "other.csv", "--json"]);
    let done = program.current_dir(folder.path()).output().unwrap();
    assert_eq!(done.status.code(), Some(3), "one is no report, and one row is none");
    let said = String::from_utf8(done.stdout).unwrap();
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |line: &serde_json::Value, names: &[&str]| -> Vec<u64> {
        names.iter().map(|name| line[*name].as_u64().unwrap()).collect()
    };
    let names = ["rows", "routed", "unattributed", "duplicate", "rejected"];
    assert_eq!(of(&lines[0], &names), [3, 0, 3, 0, 0]);
    let mixed = of(&lines[1], &names);
    assert_eq!(
        (mixed[0], mixed[4]),
        (3, 1),
        "two that were seen before or are nobody's, and one that is no row"
    );
    assert_eq!(mixed[0], mixed[1..].iter().sum::<u64>());
    assert!(lines[2]["error"].is_string());
}
