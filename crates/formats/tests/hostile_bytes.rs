//! Whatever a stranger sends, a reader ends soon and never panics.
//!
//! Arbitrary bytes test the doors; honest papers with a blow test the rooms behind them: a byte
//! flipped, an end cut off, a part said twice, a part nested, a word put where a list was.

use std::time::{Duration, Instant};

use formats::{Format, Hint, Limits, csaf, host_list, inventory_file, inventory_table, rules};
use proptest::prelude::*;

const PAPERS: [(Format, &str); 15] = [
    (Format::Csaf20, include_str!("../../../fixtures/csaf/poldercert-2019-0007.json")),
    (Format::Csaf20, include_str!("../../../fixtures/csaf/poldercert-2019-0007-crooked.json")),
    (Format::Csaf21, include_str!("../../../fixtures/csaf/poldercert-2026-0001-2.1.json")),
    (Format::Cve5, include_str!("../../../fixtures/cve/CVE-2026-1000003.json")),
    (Format::Cve5, include_str!("../../../fixtures/cve/CVE-2026-1000004.json")),
    (Format::Cve4, include_str!("../../../fixtures/cve/CVE-2026-1000005-v4.json")),
    (Format::Nvd, include_str!("../../../fixtures/nvd/answer.json")),
    (Format::Kev, include_str!("../../../fixtures/kev/catalogue.json")),
    (Format::Epss, include_str!("../../../fixtures/epss/scores.csv")),
    (Format::Feed, include_str!("../../../fixtures/feed/atom.xml")),
    (Format::Feed, include_str!("../../../fixtures/feed/rss.xml")),
    (Format::Observations, include_str!("../../../fixtures/observations/scan.jsonl")),
    (Format::Inventory, include_str!("../../../fixtures/inventory/noordzorg.csv")),
    (Format::Inventory, include_str!("../../../fixtures/inventory/portaal.cdx.json")),
    (Format::Inventory, include_str!("../../../fixtures/inventory/portaal.spdx.json")),
];

/// Runs every reader on `bytes`. That it comes back is the test.
fn read_all(bytes: &[u8], hint: Option<Format>) {
    let _ = formats::read(bytes, Hint::default());
    if let Some(format) = hint {
        let _ = formats::read(bytes, Hint { format: Some(format), ..Hint::default() });
    }
}

/// A blow to an honest paper.
#[derive(Debug, Clone)]
enum Blow {
    Flip { at: usize, bit: u32 },
    CutOff { at: usize },
    SayTwice { from: usize, bytes: usize },
    TakeOut { from: usize, bytes: usize },
    Nest { at: usize, levels: usize },
    PutIn { at: usize, word: &'static str },
}

/// Words that are at home elsewhere.
const WORDS: &[&str] = &[
    "null",
    "[]",
    "{}",
    "-1e308",
    "\"\"",
    "18446744073709551616",
    "\u{202e}",
    "\"cpe:2.3:a:\\\\\"",
    "\"vers:x/>=<|\"",
    "\u{0}",
    "\"\\ud800\"",
    ";\"",
];

fn blow() -> impl Strategy<Value = Blow> {
    let place = 0_usize..20_000;
    prop_oneof![
        (place.clone(), 0_u32..8).prop_map(|(at, bit)| Blow::Flip { at, bit }),
        place.clone().prop_map(|at| Blow::CutOff { at }),
        (place.clone(), 1_usize..200).prop_map(|(from, bytes)| Blow::SayTwice { from, bytes }),
        (place.clone(), 1_usize..200).prop_map(|(from, bytes)| Blow::TakeOut { from, bytes }),
        (place.clone(), 1_usize..200).prop_map(|(at, levels)| Blow::Nest { at, levels }),
        (place, 0..WORDS.len()).prop_map(|(at, word)| Blow::PutIn { at, word: WORDS[word] }),
    ]
}

fn struck(paper: &str, blows: &[Blow]) -> Vec<u8> {
    let mut bytes = paper.as_bytes().to_vec();
    for blow in blows {
        let len = bytes.len();
        let place = |at: usize| if len == 0 { 0 } else { at % len };
        match *blow {
            _ if len == 0 => {}
            Blow::Flip { at, bit } => bytes[place(at)] ^= 1 << bit,
            Blow::CutOff { at } => bytes.truncate(place(at)),
            Blow::SayTwice { from, bytes: count } => {
                let from = place(from);
                let part = bytes[from..len.min(from + count)].to_vec();
                bytes.splice(from..from, part);
            }
            Blow::TakeOut { from, bytes: count } => {
                let from = place(from);
                bytes.drain(from..len.min(from + count));
            }
            Blow::Nest { at, levels } => {
                let at = place(at);
                bytes.splice(at..at, std::iter::repeat_n(b'[', levels));
            }
            Blow::PutIn { at, word } => {
                let at = place(at);
                bytes.splice(at..at, word.bytes());
            }
        }
    }
    bytes
}

/// A paper with values swapped inside its tree: still JSON, and no longer what it should be.
fn grafted(paper: &str, take: usize, put: usize) -> Option<Vec<u8>> {
    let mut tree: serde_json::Value = serde_json::from_str(paper).ok()?;
    let mut pointers = Vec::new();
    pointers_below(&tree, String::new(), &mut pointers);
    let from = &pointers[take % pointers.len()];
    let to = &pointers[put % pointers.len()];
    let part = tree.pointer(from)?.clone();
    *tree.pointer_mut(to)? = part;
    serde_json::to_vec(&tree).ok()
}

fn pointers_below(tree: &serde_json::Value, at: String, pointers: &mut Vec<String>) {
    match tree {
        serde_json::Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                pointers_below(value, format!("{at}/{index}"), pointers);
            }
        }
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers_below(value, format!("{at}/{key}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(at);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes, None);
        let _ = inventory_table::read(&bytes);
        let _ = host_list::read(&bytes, Limits::default());
        let _ = inventory_file::columns(&bytes, Limits::default());
        let archive = [b"PK\x03\x04".as_slice(), &bytes].concat();
        let _ = inventory_file::read(&archive, None, Limits::default());
        let hint = Hint { format: Some(Format::Observations), ..Hint::default() };
        let _ = formats::read(&bytes, hint);
        let _ = csaf::validate(&bytes);
    }

    #[test]
    fn arbitrary_text_is_answered(text in "[\\PC\n\t]{0,300}") {
        read_all(text.as_bytes(), None);
        let _ = formats::vers::ranges(&text);
        let _ = formats::cpe::Cpe::parse(&format!("cpe:2.3:{text}"));
        for begins in ["cpe:2.3:", "cpe:/", "wfn:["] {
            let _ = formats::cpe::wfn::Wfn::parse(&format!("{begins}{text}"));
        }
        for written in [text.clone(), format!("pkg:{text}"), format!("pkg:npm/{text}")] {
            let _ = formats::purl::Purl::parse(&written);
            if let Ok(purl) = formats::purl::Purl::read(&written) {
                let again = purl.to_string();
                prop_assert_eq!(formats::purl::Purl::read(&again), Ok(purl), "{}", again);
            }
        }
        let _ = formats::cvss::scores(&format!("CVSS:3.1/{text}"));
        let _ = formats::citizen_number::looks_like(&text);
        let _ = formats::host::registrable(&text);
        let _ = formats::json::moment(&text);
        let _ = formats::words::clipped(&formats::words::lines(&text), 20);
        let _ = rules::scheme(&text);
        let _ = rules::ladders(&text);
    }

    #[test]
    fn a_range_never_becomes_nothing(text in "[0-9vVx.*<>=!|, \u{3}-]{0,40}") {
        prop_assert!(!formats::vers::ranges(&text).ranges.is_empty());
    }

    #[test]
    fn a_paper_that_was_struck_is_answered(
        which in 0..PAPERS.len(),
        blows in prop::collection::vec(blow(), 1..4),
    ) {
        let (format, paper) = PAPERS[which];
        read_all(&struck(paper, &blows), Some(format));
    }

    #[test]
    fn a_paper_with_parts_in_the_wrong_place_is_answered(
        which in 0..8_usize,
        take in any::<usize>(),
        put in any::<usize>(),
    ) {
        let (format, paper) = PAPERS[which];
        if let Some(bytes) = grafted(paper, take, put) {
            read_all(&bytes, Some(format));
        }
    }

    #[test]
    fn rules_that_were_struck_are_answered(blows in prop::collection::vec(blow(), 1..4)) {
        for rules in [rules::CHANCE_DAMAGE_2019, rules::URGENT_NORMAL, rules::LADDERS] {
            if let Ok(text) = String::from_utf8(struck(rules, &blows)) {
                let _ = rules::scheme(&text);
                let _ = rules::ladders(&text);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_document_that_was_struck_can_still_be_validated(
        which in 0..3_usize,
        take in any::<usize>(),
        put in any::<usize>(),
    ) {
        if let Some(bytes) = grafted(PAPERS[which].1, take, put) {
            let _ = csaf::validate(&bytes);
        }
    }
}

#[test]
fn the_papers_of_these_tests_are_honest_ones() {
    for (format, paper) in PAPERS {
        let found = formats::sniff::sniff(paper.as_bytes(), Hint::default(), Limits::default());
        assert_eq!(found, Ok(format));
        assert!(formats::read(paper.as_bytes(), Hint::default()).is_ok(), "{format:?}");
    }
}

/// How long a bomb may take here, in a debug build on a busy machine.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_bomb_ends_soon_and_says_why() {
    let refused = |bytes: &[u8]| {
        let began = Instant::now();
        let unreadable = formats::read(bytes, Hint::default()).unwrap_err();
        assert!(began.elapsed() < SOON, "{unreadable} took {:?}", began.elapsed());
        unreadable.to_string()
    };
    let big = vec![b'{'; 100 * 1024 * 1024];
    assert!(refused(&big).contains("the paper has 104857600 bytes"));
    assert!(refused("[".repeat(60_000_000).as_bytes()).contains("nested deeper than 80 levels"));
    let nested = format!("{{\"document\":{}1", "{\"a\":".repeat(1_000_000));
    assert!(refused(nested.as_bytes()).contains("nested deeper than 80 levels"));
    let wide = format!("{{\"document\":[{}0]}}", "0,".repeat(20_000_000));
    assert!(refused(wide.as_bytes()).contains("holds more than 6000000 values"));
    let garbage = format!("{}{{}}", PAPERS[0].1);
    assert!(refused(garbage.as_bytes()).contains("after the end of the JSON there is more"));
}

/// A megabyte where a name, a version or a vector should be.
#[test]
fn a_name_of_a_megabyte_ends_soon() {
    use formats::cpe::wfn::Wfn;
    use formats::purl::Purl;
    use formats::vers::{Vers, native};

    let began = Instant::now();
    for unit in [
        "a", "/", "@", "%", "%41", "a=1&", ":", "*", "?", "\\", "|", "1|", ">=1|", "<", "1.", "\u{0}", "é",
        "[", "~^",
    ] {
        let long = unit.repeat(1_000_000 / unit.len());
        let _ = Purl::read(&format!("pkg:npm/a@1?{long}"));
        let _ = Purl::parse(&format!("pkg:git/{long}#{long}")).map(|purl| purl.to_string());
        let _ = Wfn::parse(&format!("cpe:2.3:a:{long}"));
        let _ = Wfn::of([("vendor", long.as_str())]);
        let _ = formats::cvss::scores(&format!("CVSS:4.0/{long}"));
        let _ = formats::vers::ranges(&format!("vers:npm/{long}"));
        for kind in ["npm", "maven", "deb", "generic"] {
            let written = format!("vers:{kind}/{long}");
            let _ = Vers::parse(&written).map(|vers| vers.to_string());
            let _ = Vers::read(&written).map(|vers| vers.stretches().len());
        }
        for kind in ["npm", "conan", "pypi", "nuget"] {
            let _ = native::read(kind, &long).map(|vers| vers.to_string());
        }
    }
    assert!(began.elapsed() < 10 * SOON, "{:?}", began.elapsed());
}

/// A document whose parts refer to each other as often as they can.
#[test]
fn a_document_that_multiplies_itself_ends_soon() {
    let products: Vec<String> = (0..3_000)
        .map(|number| format!(r#"{{"category":"product_version","name":"{number}.0","product":{{"product_id":"P{number}","name":"P {number}"}}}}"#))
        .collect();
    let ids: Vec<String> = (0..3_000).map(|number| format!("\"P{number}\"")).collect();
    let ids = ids.join(",");
    let vulnerability = |number: usize| {
        format!(
            r#"{{"cve":"CVE-2026-{number}","product_status":{{"known_affected":[{ids}],"fixed":[{ids}]}},
            "remediations":[{{"category":"workaround","details":"Step {number}","product_ids":[{ids}]}}]}}"#
        )
    };
    let vulnerabilities: Vec<String> = (0..60).map(vulnerability).collect();
    let text = format!(
        r#"{{"document":{{"csaf_version":"2.0","title":"T","tracking":{{"id":"1"}}}},"product_tree":{{"branches":[
            {{"category":"vendor","name":"V","branches":[{{"category":"product_name","name":"N","branches":[{}]}}]}}]}},
            "vulnerabilities":[{}]}}"#,
        products.join(","),
        vulnerabilities.join(",")
    );
    let began = Instant::now();
    let read = csaf::read_within(text.as_bytes(), Limits::default()).unwrap();
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    assert_eq!(read.it.advisory.content.measures.len(), 60);
    assert!(read.it.advisory.content.products.iter().all(|line| !line.clears(None)));
}

#[test]
fn a_revision_history_with_a_million_holes_does_not_explode() {
    let history = r#""revision_history":[{"number":"1","date":"2019-12-18T12:00:00Z","summary":"x"},
        {"number":"4000000000","date":"2019-12-19T08:30:00Z","summary":"y"}],"x":["#;
    let paper = PAPERS[0].1.replace("\"revision_history\": [", history);
    let began = Instant::now();
    assert!(csaf::validate(paper.as_bytes()).is_ok_and(|findings| !findings.is_empty()));
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}
