//! Reports of what somebody saw: every type of Shadowserver, made from the columns that they publish, and every
//! sample of X-ARF with its verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::ops::ControlFlow;

use domain::observation::{Observed, Seen, Severity};
use formats::Limits;
use formats::observations::shadowserver::{Told, Types};
use formats::observations::{self, About, Account, Kind, Reject, Row, xarf};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Count, cases, file, set};

fn read(name: &str, bytes: &[u8]) -> (Account, Vec<Observed<'static>>, Vec<Reject>) {
    let about =
        About { file_name: Some(name), ..About::from("somebody", "2026-11-22T00:00:00Z".parse().unwrap()) };
    let (mut rows, mut rejected) = (Vec::new(), Vec::new());
    let account = observations::read(Cursor::new(bytes), about, |row| {
        match row {
            Row::Good(observed) => rows.push(observed.into_owned()),
            Row::Rejected(it) => rejected.push(it.why),
        }
        ControlFlow::Continue(())
    });
    (account.unwrap(), rows, rejected)
}

/// What stands in a column of a report that is made up.
fn cell(column: &str) -> String {
    let value = match column {
        "timestamp" => "2026-11-21 06:15:58",
        "severity" => "",
        it if it == "ip" || it.ends_with("_ip") => "192.0.2.7",
        it if it == "port" || it.ends_with("_port") => "8443",
        it if it == "asn" || it.ends_with("_asn") => "64496",
        it if it.contains("hostname") || matches!(it, "website" | "request" | "http_host") => {
            "vpn.noordzorg.example"
        }
        "email" => "somebody@noordzorg.example",
        "tag" => "some-tag;cve-2019-19781",
        it => return format!("a \"{it}\", or two"),
    };
    value.to_owned()
}

fn table(columns: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// The same draw for the same seed: SplitMix64.
fn shuffled(mut columns: Vec<String>, seed: u64) -> Vec<String> {
    let mut state = seed;
    let mut draw = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    for last in (1..columns.len()).rev() {
        let other = usize::try_from(draw() % u64::try_from(last + 1).unwrap()).unwrap();
        columns.swap(last, other);
    }
    columns
}

#[test]
fn a_report_of_every_type_that_shadowserver_publishes_comes_out_as_what_it_is() {
    let Some(folder) = set("observations") else { return };
    let schema = |name: &str| -> BTreeMap<String, Value> {
        let text = std::fs::read(folder.join("shadowserver-report_schema").join(name)).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    let (reports, intelmq) = (schema("reports.json"), schema("intelmq.json"));
    assert_eq!(reports.len(), 170);
    assert_eq!(Types::shipped().count(), 170, "the table that ships knows each, and no other");

    let mut classes = BTreeMap::new();
    for (place, (report, published)) in reports.iter().enumerate() {
        let meanings = Types::shipped().meanings(report);
        let meaning = *meanings.last().unwrap_or_else(|| panic!("nobody knows {report}"));
        // They were renamed here and not there.
        let mapping =
            intelmq.get(report).or_else(|| intelmq.get(&report.replacen("event4_", "event_", 1))).unwrap();
        let constant = &mapping["constant_fields"];
        let class = published.get("classification.type").or_else(|| constant.get("classification.type"));
        if let Some(class) = class.and_then(Value::as_str) {
            assert_eq!(meaning.class.word(), class, "{report}");
        }
        let columns: Vec<String> = published["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap().to_owned())
            .collect();
        let mut columns = shuffled(columns, u64::try_from(place).unwrap());
        columns.push("a_column_of_tomorrow".to_owned());
        let row: Vec<String> = columns.iter().map(|it| cell(it)).collect();
        // A second one that says itself how bad it is, and one with an address that is none.
        let with = |column: &str, value: &str| {
            let cells = columns.iter().zip(&row);
            cells
                .map(|(it, cell)| if it == column { value.to_owned() } else { cell.clone() })
                .collect::<Vec<_>>()
        };
        let place = format!("{}ip", meaning.place);
        let rows = [
            row.clone(),
            with("severity", "critical"),
            with(&place, "192.0.2.777"),
            with("timestamp", "never"),
        ];
        let name = format!("2026-11-21-{report}-somebody-nl.csv");
        let (account, seen, rejected) = read(&name, &table(&columns, &rows));

        assert_eq!((account.kind, account.rows), (Some(Kind::Shadowserver), 4), "{report}");
        assert_eq!(account.rows, account.good + account.rejected(), "{report}");
        assert_eq!(account.unknown_types, Vec::<String>::new());
        let has_place = columns.contains(&place);
        let expected = if has_place { vec![Reject::NoAddress, Reject::NoTime] } else { vec![Reject::NoTime] };
        assert_eq!(rejected, expected, "{report}");

        let [one, other, ..] = seen.as_slice() else { panic!("{report}: {seen:?}") };
        assert_eq!(
            (one.seen, one.class, one.method),
            (meaning.seen, meaning.class, meaning.method),
            "{report}"
        );
        assert_eq!(one.severity, meaning.severity, "{report}");
        assert!(one.severity.is_some(), "{report} says how bad it is");
        assert_eq!(other.severity, Some(Severity::Critical), "{report}");
        assert_eq!(one.at, "2026-11-21T06:15:58Z".parse::<Timestamp>().unwrap());
        assert_eq!(one.address.is_some(), has_place, "{report}");
        assert!(
            one.address.is_some() || one.host.as_deref().is_some_and(|it| it.contains("noordzorg.example"))
        );
        // What it is called: by a word of theirs, by a column, or by its type.
        match &meaning.finding {
            Told::Word(word) => {
                assert_eq!(one.finding, word.as_str(), "{report}");
                if let Some(theirs) = constant.get("classification.identifier") {
                    assert_eq!(theirs, word, "{report}");
                }
            }
            Told::Column(column) => assert_eq!(one.finding, cell(column), "{report}"),
        }
        if columns.contains(&"tag".to_owned()) {
            assert!(one.names().contains(&"CVE-2019-19781".to_owned()), "{report}");
        }
        let rest: BTreeSet<String> = one.rest.pairs().into_iter().map(|(name, _)| name).collect();
        assert!(rest.contains("a_column_of_tomorrow"), "{report}");
        // Whatever has no place of ours is still there.
        let placed = columns.len() - rest.len();
        assert!(placed <= 12, "{report}: {placed} of {} columns have a place", columns.len());
        *classes.entry((one.seen.word(), one.class.word())).or_insert(0) += 1;
    }
    let counted: u32 = classes.values().sum();
    for ((seen, class), count) in &classes {
        println!("shadowserver {seen} {class}: {count}");
    }
    println!("shadowserver: {counted} types of {}", reports.len());
    assert_eq!(counted, 170);
}

#[test]
fn what_an_exchange_server_carries_decides_what_its_report_says() {
    let columns = ["timestamp", "ip", "port", "tag", "version"].map(str::to_owned);
    let row =
        |tag: &str| ["2026-11-21 06:15:58", "192.0.2.7", "443", tag, "15.1"].map(str::to_owned).to_vec();
    let bytes = table(&columns, &[row("exchange;cve-2021-26855"), row("exchange;webshell")]);
    let (_, seen, _) = read("2026-11-21-scan_exchange.csv", &bytes);
    let said: Vec<_> = seen.iter().map(|it| (it.seen, it.class.word(), &*it.finding)).collect();
    assert_eq!(
        said,
        [
            (Seen::Vulnerable, "vulnerable-system", "vulnerable-exchange-server"),
            (Seen::Abuse, "system-compromise", "exchange-server-webshell"),
        ]
    );
    assert_eq!(seen[0].product.name.as_deref(), Some("Microsoft Exchange Server"));
}

#[test]
fn a_type_that_nobody_knows_is_kept_and_warns_nobody() {
    let columns = ["timestamp", "ip", "asn", "geo", "tag", "colour"].map(str::to_owned);
    let row = ["2026-11-21 06:15:58", "192.0.2.7", "64496", "NL", "new", "red"].map(str::to_owned).to_vec();
    let (account, seen, _) = read("2026-11-21-scan_of_tomorrow-us.csv", &table(&columns, &[row]));
    assert_eq!(account.unknown_types, ["scan_of_tomorrow"]);
    assert_eq!((account.rows, account.good), (1, 1));
    assert_eq!((seen[0].seen, &*seen[0].finding), (Seen::Undetermined, "scan_of_tomorrow"));
    assert!(!seen[0].seen.warns());
    assert!(seen[0].rest.pairs().contains(&("colour".to_owned(), "red".to_owned())));
}

#[test]
fn every_sample_of_xarf_has_the_verdict_of_its_manifest() {
    let Some(cases) = cases("observations") else { return };
    let mut count = Count::new("observations", include_str!("observations.differences"));
    let mut rows = 0;
    for case in &cases {
        let name = case["input"].as_str().unwrap();
        let bytes = file("observations", name);
        let verdict = match xarf::check(&bytes, Limits::default()) {
            Ok(broken) if broken.is_empty() => "valid",
            Ok(_) => "invalid",
            Err(_) => "not read",
        };
        let about = About { kind: Some(Kind::Xarf), ..About::from("somebody", Timestamp::MAX) };
        let mut good = 0;
        let account = observations::read(Cursor::new(&bytes), about, |row| {
            good += u64::from(matches!(row, Row::Good(_)));
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!((account.rows, account.good), (1, good), "{name}");
        // An account without an address of mail is nobody's that we could find.
        let is_nowhere =
            account.rejected_for(Reject::NoPlace) == 1 && name.contains("potentially_compromised");
        if case["expect"] == "valid" && !is_nowhere {
            assert_eq!(good, 1, "{name} is an observation: {account:?}");
        }
        rows += good;
        let edition = case.get("schema_version").and_then(Value::as_str).unwrap_or("4");
        let group =
            format!("{} {edition} {}", case["suite"].as_str().unwrap(), case["expect"].as_str().unwrap());
        count.judge(&group, &case["input"], &json!(verdict), &case["expect"]);
    }
    println!("observations: {rows} rows of {} reports", cases.len());
    count.finish(cases.len());
}
