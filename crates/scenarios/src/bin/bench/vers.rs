//! Does a range contain a version? Both are texts, and both are read for each question, as they come in a
//! paper and in an inventory. Held against univers, which reads `vers:` too, and packaging, which reads
//! what pip does; their answers must be ours, question by question.

use std::fmt::Write as _;

use formats::vers::{Scheme, Vers, contains};
use scenarios::dice::Dice;
use serde_json::{Value, json};

use crate::{Scratch, cpu_seconds, peers, print};

/// A type of VERS, the class of univers for its versions, and what may stand behind three numbers.
const KINDS: [(&str, &str, &[&str]); 3] = [
    ("pypi", "PypiVersion", &["", "", "", ".post1", "a1"]),
    ("npm", "SemverVersion", &["", "", "", "-rc.1"]),
    ("maven", "MavenVersion", &["", "", "", "-beta9"]),
];

/// In Python: reads the questions, answers each as often as it takes to measure, prints the CPU seconds
/// for each question and the answers.
const PEER: &str = r#"
import json, time
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from univers import versions
from univers.version_range import VersionRange

def by_univers(question, of):
    return of(question["version"]) in VersionRange.from_string(question["range"])

def by_packaging(question, of):
    return SpecifierSet(question["native"]).contains(Version(question["version"]), prereleases=True)

for peer, ask in (("univers", by_univers), ("packaging", by_packaging)):
    for kind, name, questions in json.load(open("questions.json")):
        if peer == "packaging" and kind != "pypi":
            continue
        of = getattr(versions, name)
        began, rounds = time.process_time(), 0
        while time.process_time() - began < 3:
            answers = [ask(question, of) for question in questions]
            rounds += 1
        spent = (time.process_time() - began) / rounds / len(questions)
        print(json.dumps({"peer": peer, "kind": kind, "seconds": spent, "answers": answers}))
"#;

pub fn vers(count: usize) {
    let mut dice = Dice::new(11);
    let asked = KINDS
        .map(|(kind, _, endings)| (0..count).map(|_| question(&mut dice, kind, endings)).collect::<Vec<_>>());
    let scratch = Scratch::new();
    let rows = KINDS.iter().zip(&asked).map(|((kind, class, _), questions)| {
        let of = |it: &Question| json!({"range": it.range, "native": it.native, "version": it.version});
        json!([kind, class, questions.iter().map(of).collect::<Vec<_>>()])
    });
    std::fs::write(scratch.path("questions.json"), json!(rows.collect::<Vec<_>>()).to_string()).unwrap();
    let python = peers::python(&scratch.path(""), &["univers", "packaging"]);
    let peers = peers::run_python(&python, &scratch.path(""), PEER);

    for line in peers.lines() {
        let peer: Value = serde_json::from_str(line).unwrap();
        let place = KINDS.iter().position(|(kind, ..)| peer["kind"] == *kind).unwrap();
        let questions = &asked[place];
        let theirs = peer["answers"].as_array().unwrap();
        assert_eq!(theirs.len(), questions.len());
        for (question, answer) in questions.iter().zip(theirs) {
            let ours = contains(&question.range, &question.version).unwrap();
            assert_eq!(Some(ours), answer.as_bool(), "{} {}", question.range, question.version);
        }
        let spent = measured(questions, |question| contains(&question.range, &question.version).unwrap());
        let mut figure = String::new();
        write!(figure, "{} ranges, read and asked", KINDS[place].0).unwrap();
        let name = peer["peer"].as_str().unwrap();
        print("vers", &figure, 1.0 / spent, "1/cpu-s", name, 1.0 / peer["seconds"].as_f64().unwrap());
    }
    for ((kind, ..), questions) in KINDS.iter().zip(&asked) {
        let scheme = Scheme::named(kind).unwrap();
        let read: Vec<(Vers<'_>, &str)> =
            questions.iter().map(|it| (Vers::read(&it.range).unwrap(), it.version.as_str())).collect();
        let asked = measured(&read, |(vers, version)| vers.contains(version).unwrap());
        let keyed = measured(questions, |it| scheme.key(&it.version).is_some());
        let figure = format!("{kind} ranges that were read before");
        print("vers", &figure, 1.0 / asked, "1/cpu-s", "versions read", 1.0 / keyed);
    }
}

struct Question {
    range: String,
    /// As a package manager writes it.
    native: String,
    version: String,
}

/// A version with three numbers, a range of two such, and now and then another stretch or a hole.
fn question(dice: &mut Dice, kind: &str, endings: &[&str]) -> Question {
    let number = |dice: &mut Dice| [1 + dice.below(9), dice.below(20), dice.below(30)];
    let written = |it: [usize; 3]| format!("{}.{}.{}", it[0], it[1], it[2]);
    let (mut low, mut high) = (number(dice), number(dice));
    if low > high {
        std::mem::swap(&mut low, &mut high);
    }
    high[0] += 1;
    let inside = [low[0], low[1], low[2] + 31];
    let (low, high, hole) = (written(low), written(high), written(inside));
    let (mut range, mut native) = (format!("vers:{kind}/>={low}"), format!(">={low}"));
    if dice.below(4) == 0 {
        range = format!("{range}|!={hole}");
        native = format!("{native},!={hole}");
    }
    let ending = endings[dice.below(endings.len())];
    let version = match dice.below(8) {
        0 => low.clone(),
        1 => high.clone(),
        2 => hole,
        _ => written(number(dice)) + ending,
    };
    Question { range: format!("{range}|<{high}"), native: format!("{native},<{high}"), version }
}

/// CPU seconds for each, over as many rounds as it takes to measure.
fn measured<T>(questions: &[T], mut ask: impl FnMut(&T) -> bool) -> f64 {
    const SECONDS_MIN: f64 = 2.0;
    let (began, mut rounds) = (cpu_seconds(), 0.0);
    loop {
        let yes = questions.iter().filter(|question| ask(question)).count();
        std::hint::black_box(yes);
        rounds += 1.0;
        let spent = cpu_seconds() - began;
        if spent >= SECONDS_MIN {
            #[expect(clippy::cast_precision_loss, reason = "a count of a bench")]
            return spent / rounds / questions.len() as f64;
        }
    }
}
