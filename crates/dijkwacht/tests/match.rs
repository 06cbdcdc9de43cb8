//! `dijkwacht match` as somebody uses it who has a list and a folder of papers, and no database.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// An own folder for a test, which is gone afterwards.
struct Desk(PathBuf);

impl Desk {
    fn new(name: &str) -> Self {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("match_{name}_{}", std::process::id()));
        std::fs::create_dir_all(folder.join("papers")).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    /// A record of the CVE list about one product.
    fn record(&self, number: &str, vendor: &str, product: &str, versions: &str) {
        let text = format!(
            r#"{{"dataType": "CVE_RECORD", "dataVersion": "5.1",
                "cveMetadata": {{"cveId": "{number}", "state": "PUBLISHED"}},
                "containers": {{"cna": {{"descriptions": [{{"lang": "en", "value": "A hole."}}],
                "affected": [{{"vendor": "{vendor}", "product": "{product}", "versions": [{versions}]}}]}}}}}}"#
        );
        self.write(&format!("papers/{number}.json"), &text);
    }

    fn matched(&self, inventory: &str, more: &[&str]) -> Output {
        self.write("inventory.csv", inventory);
        let mut command = Command::new(env!("CARGO_BIN_EXE_dijkwacht"));
        command.current_dir(&self.0).args([
            "match",
            "--inventory",
            "inventory.csv",
            "--advisories",
            "papers",
        ]);
        command.args(more).output().unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The lines of an answer, each as row, vulnerability and how sure, or the note.
fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let line = |line: &str| {
        let it: Value = serde_json::from_str(line).unwrap();
        assert_eq!(it["schema"], "dijkwacht.match/1");
        let word = |key: &str| it[key].as_str().unwrap_or("-").to_owned();
        let how = if it["certainty"].is_null() { word("note") } else { word("certainty") };
        format!("{} {} {how}", it["row"], word("vulnerability"))
    };
    text.lines().map(line).collect()
}

const UNTIL_2: &str =
    r#"{"version": "1.0", "lessThan": "2.0", "status": "affected", "versionType": "custom"}"#;

#[test]
fn an_own_list_is_held_against_a_folder_of_papers() {
    let desk = Desk::new("folder");
    desk.record("CVE-2026-1000001", "Polderweb B.V.", "Poort", UNTIL_2);
    desk.record("CVE-2026-1000002", "n/a", "n/a", r#"{"version": "n/a", "status": "affected"}"#);
    desk.write("papers/CVE-2026-1000001.json.sha256", "not a paper");
    let inventory = "vendor,product,version\n\
                     Polderweb,Poort,1.4\n\
                     Polderweb,Poort,\n\
                     Polderweb,Poort,2.0\n\
                     Terp,Klok,1\n";
    let output = desk.matched(inventory, &["--json"]);
    assert_eq!(output.status.code(), Some(3), "something was found");
    assert_eq!(
        lines(&output),
        [
            "2 CVE-2026-1000001 likely",
            "3 CVE-2026-1000001 possible",
            "null CVE-2026-1000002 no_product_data",
            "5 - unknown_product",
        ]
    );
    let first: Value =
        serde_json::from_slice(output.stdout.split(|it| *it == b'\n').next().unwrap()).unwrap();
    assert_eq!(
        first["why"]["en"],
        "You registered Polderweb Poort 1.4. The advisory names Polderweb B.V. Poort ≥ 1.0, < 2.0."
    );
    assert!(first["why"]["nl"].as_str().unwrap().starts_with("U heeft Polderweb Poort 1.4 aangemeld"));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told.trim(), "2 papers, 4 lines, 2 hits; 1 lines name products that no paper names");
}

#[test]
fn when_nothing_is_concerned_all_is_well() {
    let desk = Desk::new("nothing");
    desk.record("CVE-2026-1000001", "Polderweb", "Poort", UNTIL_2);
    let output = desk.matched("vendor,product,version\nPolderweb,Poort,2.0\n", &["--json"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
}

#[test]
fn a_bad_paper_of_a_folder_stops_nothing_and_is_named() {
    let desk = Desk::new("bad");
    desk.record("CVE-2026-1000001", "Polderweb", "Poort", UNTIL_2);
    desk.write("papers/broken.json", "{\"cveMetadata\": ");
    desk.write("papers/letter.json", "{\"dear\": \"sir\"}");
    let output = desk.matched("vendor,product,version\nPolderweb,Poort,1.9\n", &["--json"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(lines(&output), ["null - unreadable", "null - unreadable", "2 CVE-2026-1000001 likely"]);
}

#[test]
fn what_is_no_inventory_is_refused_with_a_sentence() {
    let desk = Desk::new("refused");
    desk.record("CVE-2026-1000001", "Polderweb", "Poort", UNTIL_2);
    for inventory in ["", "{\"cveMetadata\": {\"cveId\": \"CVE-2026-1\"}}", "\u{0}\u{1}\u{2}"] {
        let output = desk.matched(inventory, &["--json"]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{inventory:?}");
        assert!(
            String::from_utf8(output.stderr).unwrap().starts_with("dijkwacht: inventory.csv"),
            "{inventory:?}"
        );
    }
    let output = desk.matched("vendor,product\nPolderweb,Poort\n", &["nowhere.json"]);
    assert_eq!(output.status.code(), Some(1));
}
