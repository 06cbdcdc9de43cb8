//! The validator on which other national nodes stand, `@secvisogram/csaf-validator-lib`: every document of ours passes
//! every test that it has, and over a feed of thousands it and we find the same, or the list says why not.
//!
//! It lies in `tests/validator`, with the version that it is held to. Its informative tests ask a dictionary (hunspell)
//! and the network; the dictionaries are Debian's, with `names.txt` for what is a name, and of the network the test says
//! itself who answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use domain::advisory::{
    Advisory, AffectedProduct, Content, Exemption, Justification, Paragraph, Revision, RevisionKind,
    RevisionNumber, State, Status,
};
use domain::ids::AdvisoryId;
use domain::measure::{CareImpact, Measure, Reliability};
use domain::product::{Mark, Name};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::version::{Range, Version};
use flow::words::Words;
use formats::Score;
use formats::csaf::write::{Edition, Issue, Publisher, Unwritable, write};
use formats::csaf::{Severity, validate};
use scenarios::country::Country;
use serde_json::{Value, json};
use store::Db;
use tempfile::TempDir;
use uuid::Uuid;

use crate::shop;

const LIES_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/validator");
const DICTIONARIES: &str = "/usr/share/hunspell";

/// What it found in one document: each as `6.1.1 /place message`.
pub struct Verdict {
    pub is_valid: bool,
    /// How many tests were run.
    pub tests: u64,
    pub found: Vec<Found>,
}

pub struct Found {
    /// `schema`, or the number in the standard.
    pub test: String,
    pub path: String,
    pub message: String,
}

impl Verdict {
    /// For a comparison that shows all of it.
    pub fn said(&self) -> Vec<String> {
        self.found.iter().map(|it| format!("{} {} {}", it.test, it.path, it.message)).collect()
    }
}

/// The validator, fetched into a folder of its own, and gone with it.
pub struct Validator(TempDir);

impl Validator {
    /// `None`, with a word about it, where it or a dictionary cannot be had.
    ///
    /// # Panics
    /// In CI, instead of `None`.
    #[expect(clippy::disallowed_methods, reason = "whether this is CI stands in the environment of the test")]
    pub fn fetched() -> Option<Self> {
        Self::fetch()
            .map_err(|why| {
                assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
                eprintln!("skipped: {why}");
            })
            .ok()
    }

    fn fetch() -> Result<Self, String> {
        for dictionary in ["nl", "en_US"] {
            let file = Path::new(DICTIONARIES).join(dictionary).with_extension("dic");
            if !file.is_file() {
                return Err(format!("no {}: install hunspell, hunspell-nl, hunspell-en-us", file.display()));
            }
        }
        let folder = TempDir::new().map_err(|why| why.to_string())?;
        for file in ["package.json", "package-lock.json", "validate.mjs", "names.txt"] {
            fs::copy(Path::new(LIES_IN).join(file), folder.path().join(file))
                .map_err(|why| format!("{file}: {why}"))?;
        }
        // The validator asks for a dictionary by the language of the document, and Debian's are by country.
        let dictionaries = folder.path().join("dictionaries");
        fs::create_dir(&dictionaries).map_err(|why| why.to_string())?;
        for (language, dictionary) in [("nl", "nl"), ("en", "en_US")] {
            for end in ["aff", "dic"] {
                let there = Path::new(DICTIONARIES).join(dictionary).with_extension(end);
                symlink(there, dictionaries.join(language).with_extension(end))
                    .map_err(|why| why.to_string())?;
            }
        }
        let fetched = Command::new("npm")
            .args(["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(folder.path())
            .status();
        match fetched {
            Ok(status) if status.success() => Ok(Self(folder)),
            Ok(status) => Err(format!("npm cannot fetch csaf-validator-lib: {status}")),
            Err(why) => Err(format!("npm: {why}")),
        }
    }

    /// What it says of each file, in their order. `without` are ends of names of tests; `answers` beginnings of
    /// addresses behind which something is.
    pub fn judges(&self, files: &[PathBuf], without: &[&str], answers: &[&str]) -> Vec<Verdict> {
        let mut input = json!({ "without": without, "answers": answers }).to_string();
        for file in files {
            input += "\n";
            input += file.to_str().unwrap();
        }
        let mut node = Command::new("node")
            .arg("validate.mjs")
            .current_dir(self.0.path())
            .env("DICPATH", self.0.path().join("dictionaries"))
            .env("WORDLIST", self.0.path().join("names.txt"))
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = node.stdin.take().unwrap();
        let feeds = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = node.wait_with_output().unwrap();
        feeds.join().unwrap().unwrap();
        assert!(output.status.success(), "{}", output.status);
        let said = String::from_utf8(output.stdout).unwrap();
        let verdicts: Vec<Verdict> = said.lines().map(verdict).collect();
        assert_eq!(verdicts.len(), files.len());
        verdicts
    }
}

fn verdict(line: &str) -> Verdict {
    let said: Value = serde_json::from_str(line).unwrap();
    let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let found = said["found"].as_array().unwrap().iter();
    Verdict {
        is_valid: said["valid"].as_bool().unwrap(),
        tests: said["tests"].as_u64().unwrap(),
        found: found
            .map(|it| Found { test: text(it, "test"), path: text(it, "path"), message: text(it, "message") })
            .collect(),
    }
}

/// What it finds in documents of ours that is so on purpose, or that it gets wrong: the test, what its message begins
/// with, and why.
const MEANT: [(&str, &str, &str); 11] = [
    (
        "6.1.26",
        "reserved prefix",
        "it asks of 2.1 what 2.0 reserves, and csaf_withdrawn is a category of 2.1",
    ),
    ("6.2.20", "must NOT have additional properties", "it holds 2.1 against the schema of 2.0"),
    ("6.2.3", "missing ", "nobody gave a score, and we do not make one up"),
    (
        "6.2.16",
        "missing product identification helper",
        "nobody wrote a CPE or package URL into the catalogue",
    ),
    ("6.3.3", "missing CVE", "it has none yet"),
    (
        "6.3.4",
        "missing cwe",
        "which weakness it is says the vendor, and an advisory of ours does not keep it",
    ),
    (
        "6.3.8",
        "there are spelling mistakes in: generic/",
        "a range of versions is written so, and a dictionary takes no slash",
    ),
    ("6.3.8", "there are spelling mistakes in: 3.1/AV", "a vector of CVSS is no sentence"),
    ("6.3.9", "missing ancestor with category product_version", "ranges are what we know"),
    (
        "6.3.10",
        "usage of product_version_range",
        "to name each version of a range would claim that we know them all",
    ),
    ("6.3.12", "cvss_v4 object is not present", "who scored it did so in CVSS 3"),
];

fn is_meant(found: &Found) -> Option<usize> {
    MEANT.iter().position(|(test, message, _)| found.test == *test && found.message.starts_with(message))
}

fn publisher() -> Publisher {
    Publisher {
        name: "z-cert".into(),
        namespace: "https://z-cert.example".into(),
        contact: "warnings@z-cert.example, 085-0000 100".into(),
    }
}

/// The kinds of what is published: each as a change of what is said and how.
const KINDS: [&str; 8] =
    ["first", "exploited", "no measure", "doubtful", "every kind of revision", "withdrawn", "vex", "marked"];

struct Case {
    name: String,
    advisory: Advisory,
    edition: Edition,
    language: Language,
    is_withdrawn: bool,
    scores: Vec<Score>,
}

fn case(base: &Content, kind: &str, tlp: Tlp, language: Language, edition: Edition) -> Case {
    let at = |day: &str| day.parse().unwrap();
    let mut content = Content {
        tlp: Some(tlp),
        references: vec!["https://z-cert.example/nl/".into()],
        restricted: vec![Paragraph { tlp, text: Text::both("Kijk in de logboeken.", "Look in the logs.") }],
        ..base.clone()
    };
    let mut kinds = BTreeSet::new();
    let mut scores = Vec::new();
    let fixed = AffectedProduct::new(
        Name::new("Citrix", "ADC"),
        vec![Range::Exactly(Version::new("13.0.58"))],
        Status::Fixed,
    );
    match kind {
        "exploited" => {
            content.exploited = true;
            scores.push(Score {
                vulnerability: "CVE-2019-19781".into(),
                vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
                version: "3.1".into(),
                base: Some("9.8".into()),
                asserted_by: "NIST".into(),
            });
        }
        "no measure" => content.measures.clear(),
        "doubtful" => {
            content.measures[0].reliability = Reliability::Doubtful;
            content.measures[1] = Measure {
                reliability: Reliability::Superseded,
                care_impact: CareImpact::Endangered,
                side_effects: Text::both("Gebruikers melden zich opnieuw aan.", "Users log in again."),
                condition: Text::both("Kijk of de poort open staat.", "See whether the port is open."),
                fails_for: vec![Range::Train(Version::new("12.1"))],
                ..content.measures[1].clone()
            };
        }
        "every kind of revision" => {
            use RevisionKind as Kind;
            kinds.extend([
                Kind::Editorial,
                Kind::Content,
                Kind::LevelUp,
                Kind::LevelDown,
                Kind::MeasureAdded,
            ]);
            kinds.extend([Kind::MeasureChanged, Kind::MeasureDoubtful, Kind::MeasureRevoked]);
            kinds.extend([Kind::ProductsAdded, Kind::ProductsRemoved, Kind::PresumptionSet]);
            content.measures[0].reliability = Reliability::Revoked;
            content.products.push(fixed);
        }
        "vex" => {
            let name = Name::new("Citrix", "SDX");
            content.measures.clear();
            content.products = vec![AffectedProduct::new(
                name.clone(),
                vec![Range::Exactly(Version::new("1.4"))],
                Status::NotAffected,
            )];
            let why = Text::both("De bibliotheek zit er niet in.", "The library is not in it.");
            let why = Exemption { name, why: Justification::ComponentNotPresent, words: why };
            content.exemptions.push(why);
        }
        "marked" => {
            content.vulnerabilities.insert("VU-619785".into());
            content.products[0].marks.extend(Mark::of_cpe("cpe:2.3:a:citrix:adc:*:*:*:*:*:*:*:*"));
            content.products.push(fixed);
        }
        _ => {}
    }
    let first = Revision {
        number: RevisionNumber::FIRST,
        kinds: BTreeSet::new(),
        released_at: at("2019-12-18T12:00:00Z"),
        content: content.clone(),
    };
    let second =
        Revision { number: RevisionNumber(101), kinds, released_at: at("2020-01-16T18:00:00Z"), content };
    let is_first = kind == "first";
    let revisions = if is_first { vec![first] } else { vec![first, second] };
    Case {
        name: format!("{kind}, TLP:{}, {}, {}", tlp.word(), language.tag(), edition.word()),
        advisory: Advisory {
            id: AdvisoryId(Uuid::nil()),
            publisher: "z-cert".into(),
            number: "2019-0979".into(),
            state: State::Published,
            revisions,
        },
        edition,
        language,
        is_withdrawn: kind == "withdrawn",
        scores,
    }
}

fn written(case: &Case) -> Result<Vec<u8>, Unwritable> {
    let (publisher, words) = (publisher(), Words::of(case.language));
    let issue = Issue {
        advisory: &case.advisory,
        publisher: &publisher,
        language: case.language,
        address: "https://z-cert.example/csaf/2019/z-cert-2019-0979.json",
        withdrawn_at: case.is_withdrawn.then(|| "2020-02-01T10:00:00Z".parse().unwrap()),
        scores: &case.scores,
        say: &|key, values| disclosure::Say::say(&words, key, values),
    };
    write(&issue, case.edition)
}

/// What other national nodes check with, all of it, over every language, label and kind of what we publish.
#[tokio::test]
async fn the_validator_of_others_has_nothing_to_say_of_any_document_of_ours() {
    let Some(validator) = Validator::fetched() else { return };
    let folder = TempDir::new().unwrap();
    let db = Db::open_scratch(&folder.path().join("story.sqlite")).await.unwrap();
    let base = Country::new(db, "2019-12-18").await.advice(&[("technical_details", "some")]);
    let (mut cases, mut files) = (Vec::new(), Vec::new());
    for kind in KINDS {
        for tlp in [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict] {
            for (language, edition) in
                Language::ALL.into_iter().flat_map(|it| Edition::ALL.map(|of| (it, of)))
            {
                let case = case(&base, kind, tlp, language, edition);
                let bytes = match written(&case) {
                    Ok(bytes) => bytes,
                    // 2.0 has no word for it, and nothing is published under a wider one.
                    Err(Unwritable::NoWordForLabel(Edition::V2_0, Tlp::AmberStrict)) => continue,
                    Err(why) => panic!("{}: {why}", case.name),
                };
                // The name of a file is its number; the cases lie in folders.
                let file = folder.path().join(files.len().to_string()).join("z-cert-2019-0979.json");
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(&file, bytes).unwrap();
                files.push(file);
                cases.push(case.name);
            }
        }
    }
    assert_eq!(files.len(), 8 * (4 * 4 - 2), "every case is a document");
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for (name, verdict) in cases.iter().zip(validator.judges(&files, &[], &["https://z-cert.example", FIRST]))
    {
        assert!(verdict.tests >= 70, "{name}: all tests, and not {}", verdict.tests);
        for it in &verdict.found {
            match is_meant(it) {
                Some(place) => drop(used.insert(place)),
                None => wrong.push(format!("{name}: {} {} {}", it.test, it.path, it.message)),
            }
        }
        assert!(verdict.is_valid || verdict.found.iter().any(|it| it.test == "6.1.26"), "{name}");
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(used.len(), MEANT.len(), "what is found no more needs no excuse: {used:?}");

    // A word that is none is found, and an address behind which nothing is: these tests did run.
    let text = fs::read_to_string(&files[0]).unwrap();
    let crooked = folder.path().join("crooked.json");
    fs::write(
        &crooked,
        text.replace("Samenvatting", "Samenvoetting").replace("first.org/tlp", "first.org/no"),
    )
    .unwrap();
    let said = validator.judges(&[crooked], &[], &["https://z-cert.example", FIRST])[0].said().join("\n");
    assert!(said.contains("6.3.8") && said.contains("Samenvoetting"), "{said}");
    assert!(said.contains("6.3.6"), "{said}");
}

/// Where the labels are explained, which every document names.
pub const FIRST: &str = "https://www.first.org/tlp/";

/// Tests that look outside the document: here nobody is asked, of either.
const OUTSIDE: [&str; 3] = ["_6_3_6", "_6_3_7", "_6_3_8"];

/// Every document of CISA's feed, theirs beside ours, test by test. What differs stands in `csaf_agreement.txt` with how
/// often and why; a difference more or less is a failure.
#[expect(clippy::print_stdout, reason = "the comparison, document by document")]
#[test]
fn over_a_feed_of_thousands_they_and_we_find_the_same() {
    let Some(data) = shop::data("cisa-csaf/cisa-csaf-20241024.tar.xz") else { return };
    let Some(validator) = Validator::fetched() else { return };
    let folder = TempDir::new().unwrap();
    let unpacked = Command::new("tar").arg("-xJf").arg(&data).arg("-C").arg(folder.path()).status().unwrap();
    assert!(unpacked.success());
    let files = documents(folder.path());
    assert_eq!(files.len(), 2_383);
    let theirs = validator.judges(&files, &OUTSIDE, &[]);
    let mut agree = 0;
    let mut differences = BTreeMap::<String, usize>::new();
    for (file, verdict) in files.iter().zip(&theirs) {
        let they: BTreeSet<&str> = verdict.found.iter().map(|it| it.test.as_str()).collect();
        let findings = validate(&fs::read(file).unwrap()).unwrap();
        let we: BTreeSet<&str> = findings.iter().map(|it| it.test.as_str()).collect();
        let is_valid = findings.iter().all(|it| it.severity != Severity::Error);
        let only = |who: &str, these: &BTreeSet<&str>, those: &BTreeSet<&str>| {
            these.difference(those).map(|test| format!("{test} only-{who}")).collect::<Vec<_>>()
        };
        let mut differs = only("they", &they, &we);
        differs.extend(only("we", &we, &they));
        if verdict.is_valid != is_valid {
            differs.push(format!("verdict they-{} we-{}", word(verdict.is_valid), word(is_valid)));
        }
        let name = file.file_name().unwrap().to_string_lossy();
        println!("{name}: {}", if differs.is_empty() { "agree".into() } else { differs.join(", ") });
        agree += usize::from(differs.is_empty());
        differs.into_iter().for_each(|it| *differences.entry(it).or_default() += 1);
    }
    println!("{agree} of {} documents agree in every test", files.len());
    let found: Vec<String> = differences.iter().map(|(what, count)| format!("{what} {count}")).collect();
    // `TEST WHO COUNT reason`
    let listed: Vec<String> = include_str!("csaf_agreement.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let count = words.iter().position(|it| it.parse::<usize>().is_ok()).unwrap();
            assert!(words.len() > count + 3, "without a reason: {line}");
            words[..=count].join(" ")
        })
        .collect();
    assert_eq!(found, listed);
}

fn word(is_valid: bool) -> &'static str {
    if is_valid { "valid" } else { "invalid" }
}

/// Every advisory below the folder, in the order of the names.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "json")
                && path.to_string_lossy().contains("/white/20")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
