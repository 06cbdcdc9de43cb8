//! `dijkwacht vers` and `dijkwacht cvss` as another program uses them: through pipes, a line for a line.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

fn started(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dijkwacht"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// What is printed on `asked`. Nothing is complained of, and all is well at the end.
fn answered(arguments: &[&str], asked: impl AsRef<[u8]>) -> Vec<String> {
    let mut child = started(arguments);
    let mut to = child.stdin.take().unwrap();
    let asked = asked.as_ref().to_vec();
    let asker = std::thread::spawn(move || to.write_all(&asked));
    let output = child.wait_with_output().unwrap();
    asker.join().unwrap().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn answered_as_json(arguments: &[&str], asked: impl AsRef<[u8]>) -> Vec<Value> {
    answered(arguments, asked).iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn is_refused(answer: &Value) -> bool {
    let members = answer.as_object().unwrap();
    members.len() == 1
        && members
            .get("error")
            .and_then(Value::as_str)
            .is_some_and(|why| !why.is_empty() && why.len() < 2_000)
}

#[test]
fn each_range_is_answered_in_its_place_and_a_bad_one_too() {
    let asked = r#"{"range": "vers:npm/>=1.0.0|<2.0.0", "version": "1.5.0"}
{"range": "vers:npm/>=1.0.0|<2.0.0", "version": "2.0.0"}
nonsense

{"range": "vers:polder/1", "version": "1"}
{"range": "vers:pypi/<=1.3.0|3.0.0", "version": "1.0.0"}
{"version": "1"}
{"range": "vers:none/*", "version": "1"}
"#;
    let answers = answered_as_json(&["vers", "--json"], asked);
    assert_eq!(answers.len(), 7, "{answers:?}");
    assert_eq!([&answers[0], &answers[1]], [&json!({"contains": true}), &json!({"contains": false})]);
    assert!([2, 3, 5].into_iter().all(|place| is_refused(&answers[place])), "{answers:?}");
    assert_eq!([&answers[4], &answers[6]], [&json!({"contains": true}), &json!({"contains": false})]);
    assert_eq!(
        answered(&["vers"], asked)[..3],
        [
            "contains",
            "does not contain",
            "error: the line is not understood: expected ident at line 1 column 2"
        ]
    );
}

#[test]
fn each_vector_is_answered_with_its_scores() {
    let asked = r#"{"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
{"vector": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}
{"vector": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}
{"vector": "CVSS:3.1/AV:N"}
"#;
    let answers = answered_as_json(&["cvss", "--json"], asked);
    assert_eq!(
        answers[0],
        json!({"version": "3.1", "base": 9.8, "temporal": 9.8, "environmental": 9.8, "severity": "critical"})
    );
    assert_eq!(
        answers[1],
        json!({"version": "2.0", "base": 7.5, "temporal": null, "environmental": null, "severity": "high"})
    );
    assert_eq!(
        answers[2],
        json!({"version": "4.0", "base": 9.3, "temporal": null, "environmental": null, "severity": "critical"})
    );
    assert!(is_refused(&answers[3]));
    assert_eq!(answers.len(), 4);
    assert_eq!(answered(&["cvss"], asked)[1], "2.0 7.5 - - high");
}

#[test]
fn bytes_that_are_no_question_are_answered_and_the_next_one_is_too() {
    let long = "9".repeat(6_000_000);
    let deep = "[".repeat(500_000);
    let mut noise: Vec<u8> = (0..=255).filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    noise.push(b'\n');
    for (command, question) in [
        ("vers", r#"{"range": "vers:intdot/<2", "version": "1"}"#),
        ("cvss", r#"{"vector": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}"#),
    ] {
        let long_inside =
            question.replacen('1', &long[..3_000_000], 1).replacen("AV:N", &long[..3_000_000], 1);
        let text = format!("\"{}\"", "a".repeat(1_000_000));
        let mut asked = noise.clone();
        for line in [&long, &deep, &text, &long_inside, question] {
            asked.extend_from_slice(line.as_bytes());
            asked.push(b'\n');
        }
        let answers = answered_as_json(&[command, "--json"], asked);
        assert_eq!(answers.len(), 6, "{command}");
        // A number of three million digits is a version all the same.
        assert!(answers[..4].iter().all(is_refused), "{command}");
        assert!(answers[4] == json!({"contains": false}) || is_refused(&answers[4]), "{command}");
        assert!(!is_refused(&answers[5]), "{command}");
    }
}

#[test]
fn an_answer_comes_before_the_next_question_is_asked() {
    let mut child = started(&["vers", "--json"]);
    let mut to = child.stdin.take().unwrap();
    let mut from = BufReader::new(child.stdout.take().unwrap());
    for (version, contains) in [("1.9", true), ("2.0", false)] {
        writeln!(to, "{}", json!({"range": "vers:intdot/<2", "version": version})).unwrap();
        let mut answer = String::new();
        from.read_line(&mut answer).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&answer).unwrap(), json!({"contains": contains}));
    }
    drop(to);
    assert!(child.wait().unwrap().success());
}

#[test]
fn when_nobody_listens_any_more_it_stops_without_a_complaint() {
    let mut child = started(&["vers", "--json"]);
    drop(child.stdout.take());
    let mut to = child.stdin.take().unwrap();
    let question = format!("{}\n", json!({"range": "vers:intdot/<2", "version": "1"}));
    let asker = std::thread::spawn(move || {
        // It may stop before all is asked.
        for _ in 0..10_000 {
            if to.write_all(question.as_bytes()).is_err() {
                break;
            }
        }
    });
    assert!(child.wait().unwrap().success());
    asker.join().unwrap();
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!(complaint, "");
}
