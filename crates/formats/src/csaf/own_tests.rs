//! Numbered tests of the standard that csaf-rs 0.6.1 does not have, or answers by chance, on the tree of a
//! document.
//!
//! - 6.1.11 of 2.0, the name of a weakness: on one day two versions of the list of weaknesses came out, and
//!   csaf-rs takes either for the newest of that day, as its tables happen to lie.
//! - 6.2.19, a score for a product that is fixed: decided here, by the score itself.
//! - 6.3.6 and 6.3.7, addresses that do not answer, and 6.3.8, spelling: somebody outside must look. A
//!   crate without a socket and without a dictionary asks the caller, through [`Outside`].

use std::collections::HashSet;

use csaf_rs::csaf::types::csaf_datetime::CsafDateTime;
use csaf_rs::helpers::{CWE_ENTRIES, CweVersionData};
use serde_json::Value;

use crate::cvss;

/// What a test may ask of the world. Whatever is not given is not tested.
#[derive(Clone, Copy, Default)]
pub struct Outside<'o> {
    /// Whether an address answers with a status from 200 up to and without 400.
    pub answers: Option<&'o dyn Fn(&str) -> bool>,
    /// The first word of a text that is misspelt in a language, given as the document gives it (`en`,
    /// `nl-NL`). Of a language that it does not know, any word.
    pub misspells: Option<&'o Speller>,
}

/// A language and a text in, a misspelt word out.
pub type Speller = dyn Fn(&str, &str) -> Option<String>;

/// What a test found: its number, where, and in words.
pub(super) type Found = (&'static str, String, String);

pub(super) fn run(document: &Value, outside: Outside<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    scores_of_fixed_products(document, &mut found);
    if let Some(answers) = outside.answers {
        each_text(document, &mut String::new(), &mut |key, at, text| {
            if ADDRESSES.contains(&key) && !answers(text) {
                let test = if is_about_itself(document, at) { "6.3.7" } else { "6.3.6" };
                found.push((
                    test,
                    at.to_owned(),
                    format!("{} does not answer", crate::words::clipped(text, 200)),
                ));
            }
        });
    }
    let language = document.pointer("/document/lang").and_then(Value::as_str);
    if let (Some(misspells), Some(language)) = (outside.misspells, language) {
        each_text(document, &mut String::new(), &mut |key, at, text| {
            if let Some(word) =
                Some(text).filter(|_| PROSE.contains(&key)).and_then(|it| misspells(language, it))
            {
                found.push(("6.3.8", at.to_owned(), format!("{word:?} is not spelt so in {language:?}")));
            }
        });
    }
    found
}

/// Keys of web addresses; `namespace` of a publisher is one too.
const ADDRESSES: &[&str] = &["namespace", "sbom_urls", "uri", "url", "urls"];
/// Keys of what people read as sentences.
const PROSE: &[&str] = &["audience", "details", "entitlements", "summary", "text", "title"];

/// Every text of a tree with the key that it stands under, also as one of a list, and its JSON pointer.
fn each_text(tree: &Value, at: &mut String, see: &mut impl FnMut(&str, &str, &str)) {
    fn walk(tree: &Value, key: &str, at: &mut String, see: &mut impl FnMut(&str, &str, &str)) {
        let own = at.len();
        let mut below = |step: &str, key: &str, tree: &Value| {
            at.push('/');
            at.push_str(&step.replace('~', "~0").replace('/', "~1"));
            walk(tree, key, at, see);
            at.truncate(own);
        };
        match tree {
            Value::Object(members) => members.iter().for_each(|(key, tree)| below(key, key, tree)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(place, it)| below(&place.to_string(), key, it))
            }
            Value::String(text) => see(key, at, text),
            _ => {}
        }
    }
    walk(tree, "", at, see);
}

/// Whether an address is that of a reference of category `self`.
fn is_about_itself(document: &Value, at: &str) -> bool {
    let reference = at.strip_suffix("/url").and_then(|reference| document.pointer(reference));
    reference.and_then(|it| it.get("category")).and_then(Value::as_str) == Some("self")
}

/// 6.1.11, "CWE", of a document of 2.0, which says no version of the list: the newest on the day of the
/// document counts, and of two from one day the one with the higher number.
pub(super) fn names_of_weaknesses(document: &Value) -> Vec<Found> {
    let mut newest = None;
    let mut found = Vec::new();
    for (place, vulnerability) in list(document, "vulnerabilities").iter().enumerate() {
        let Some(weakness) = vulnerability.get("cwe") else { continue };
        let text = |key: &str| weakness.get(key).and_then(Value::as_str).unwrap_or_default();
        let Some((version, known)) = *newest.get_or_insert_with(|| newest_weaknesses(document)) else {
            break;
        };
        let (id, name) = (text("id"), text("name"));
        let (key, message) = match known.entries.get(id) {
            Some(entry) if entry.name == name => continue,
            Some(entry) => ("name", format!("{id} of version {version} is named {:?}", entry.name)),
            None => ("id", format!("{id:?} is no weakness of version {version}")),
        };
        found.push(("6.1.11", format!("/vulnerabilities/{place}/cwe/{key}"), message));
    }
    found
}

fn newest_weaknesses(document: &Value) -> Option<(&'static str, &'static CweVersionData)> {
    let date = document.pointer("/document/tracking/current_release_date").and_then(Value::as_str);
    let day = match CsafDateTime::from(date.unwrap_or_default()) {
        CsafDateTime::Valid(date) => Some(date.get_as_utc().date_naive()),
        CsafDateTime::Invalid(_) => None,
    };
    let number =
        |version: &str| -> Vec<u32> { version.split('.').map(|it| it.parse().unwrap_or(0)).collect() };
    let newest = |is_out: &dyn Fn(&CweVersionData) -> bool| {
        let out = CWE_ENTRIES.iter().filter(|(_, known)| is_out(known));
        out.max_by_key(|(version, known)| (known.release_date, number(version)))
    };
    // A document from before there was a list is held against the newest one, as csaf-rs does.
    let until_then = newest(&|known| day.is_none_or(|day| known.release_date <= day));
    let (version, known) = until_then.or_else(|| newest(&|_| true))?;
    Some((version, known))
}

/// 6.2.19, "CVSS for Fixed Products": who lists a product as fixed and gives it a score has to say, in the
/// vector or beside it, that nothing is left: an environmental score of nothing.
fn scores_of_fixed_products(document: &Value, found: &mut Vec<Found>) {
    for (place, vulnerability) in list(document, "vulnerabilities").iter().enumerate() {
        let Some(statuses) = vulnerability.get("product_status") else { continue };
        let fixed = ["first_fixed", "fixed"].into_iter().flat_map(|key| list(statuses, key));
        let fixed: HashSet<&str> = fixed.filter_map(Value::as_str).collect();
        // A list of scores in 2.0, of metrics with their content in 2.1.
        for (key, inside) in [("scores", ""), ("metrics", "/content")] {
            for (number, score) in list(vulnerability, key).iter().enumerate() {
                let mut products = list(score, "products").iter().filter_map(Value::as_str);
                if !products.any(|product| fixed.contains(product)) {
                    continue;
                }
                for version in ["cvss_v2", "cvss_v3", "cvss_v4"] {
                    let given = score.pointer(inside).and_then(|content| content.get(version));
                    if given.and_then(is_anything_left) == Some(true) {
                        found.push((
                            "6.2.19",
                            format!("/vulnerabilities/{place}/{key}/{number}{inside}/{version}"),
                            "a fixed product has a score that says that something is left".to_owned(),
                        ));
                    }
                }
            }
        }
    }
}

fn list<'d>(tree: &'d Value, key: &str) -> &'d [Value] {
    tree.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Properties beside a vector that take something away, as a part of the vector.
const NOTHING_LEFT: &[(&str, &str, &str)] = &[
    ("targetDistribution", "NONE", "TD:N"),
    ("modifiedConfidentialityImpact", "NONE", "MC:N"),
    ("modifiedIntegrityImpact", "NONE", "MI:N"),
    ("modifiedAvailabilityImpact", "NONE", "MA:N"),
    ("modifiedVulnConfidentialityImpact", "NONE", "MVC:N"),
    ("modifiedVulnIntegrityImpact", "NONE", "MVI:N"),
    ("modifiedVulnAvailabilityImpact", "NONE", "MVA:N"),
    ("modifiedSubConfidentialityImpact", "NEGLIGIBLE", "MSC:N"),
    ("modifiedSubIntegrityImpact", "NEGLIGIBLE", "MSI:N"),
    ("modifiedSubAvailabilityImpact", "NEGLIGIBLE", "MSA:N"),
];

/// Whether a score leaves anything where the product stands. `None` when it has no vector that we read.
fn is_anything_left(given: &Value) -> Option<bool> {
    let vector = given.get("vectorString")?.as_str()?;
    let mut whole = vector.to_owned();
    for (property, value, part) in NOTHING_LEFT {
        let metric = part.trim_end_matches('N');
        if given.get(property).and_then(Value::as_str) == Some(value)
            && !vector.contains(&format!("/{metric}"))
        {
            whole.push('/');
            whole.push_str(part);
        }
    }
    let scores = cvss::scores(&whole).ok()?;
    // Version 4 has one score, which is environmental when the vector is.
    Some(scores.environmental.unwrap_or(scores.base) != cvss::Points::NOTHING)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tests_that_find(document: &Value, outside: Outside<'_>) -> Vec<String> {
        run(document, outside).into_iter().map(|(test, at, _)| format!("{test} {at}")).collect()
    }

    fn fixed_with(score: &Value) -> Vec<String> {
        let document = json!({"vulnerabilities": [{
            "product_status": {"first_fixed": ["ADC-13.0-47.24"], "known_affected": ["ADC-12.1"]},
            "scores": [{"products": ["ADC-12.1", "ADC-13.0-47.24"], "cvss_v3": score}],
        }]});
        tests_that_find(&document, Outside::default())
    }

    #[test]
    fn a_fixed_product_has_a_score_of_nothing_or_none_at_all() {
        let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        assert_eq!(
            fixed_with(&json!({"vectorString": vector})),
            ["6.2.19 /vulnerabilities/0/scores/0/cvss_v3"]
        );
        assert!(fixed_with(&json!({"vectorString": format!("{vector}/MC:N/MI:N/MA:N")})).is_empty());
        let beside = ["Confidentiality", "Integrity", "Availability"].map(|it| format!("modified{it}Impact"));
        let mut score = json!({"vectorString": vector});
        beside.into_iter().for_each(|property| score[property] = json!("NONE"));
        assert!(fixed_with(&score).is_empty());
        assert!(fixed_with(&json!({"vectorString": "none"})).is_empty(), "the schema complains of that");
    }

    #[test]
    fn of_two_lists_of_weaknesses_from_one_day_the_newer_one_counts() {
        // 2.12 and 3.0 are both of 8 November 2017, and only 3.0 has composites such as CWE-352.
        let found = |date: &str, name: &str| {
            let document = json!({
                "document": {"tracking": {"current_release_date": date}},
                "vulnerabilities": [{"cwe": {"id": "CWE-352", "name": name}}],
            });
            let found = names_of_weaknesses(&document).into_iter();
            found.map(|(_, at, what)| format!("{at}: {what}")).collect::<Vec<_>>()
        };
        let name = "Cross-Site Request Forgery (CSRF)";
        assert_eq!(found("2017-12-01T00:00:00Z", name), [""; 0]);
        assert_eq!(
            found("2017-12-01T00:00:00Z", "Forgery"),
            [format!("/vulnerabilities/0/cwe/name: CWE-352 of version 3.0 is named {name:?}")]
        );
        assert!(found("2017-11-07T23:59:59Z", "Forgery")[0].contains("of version 2.11"));
        assert_eq!(found("yesterday", name), [""; 0], "the newest list of all");
    }

    #[test]
    fn whether_an_address_answers_and_a_word_is_spelt_so_is_asked_of_the_caller() {
        let document = json!({"document": {
            "lang": "nl",
            "notes": [{"text": "Een lek in het stuurprograma.", "category": "summary"}],
            "references": [
                {"url": "https://polder.example/dood", "category": "self"},
                {"url": "https://polder.example/levend"},
                {"url": "https://dijk.example/dood"},
            ],
        }});
        assert!(tests_that_find(&document, Outside::default()).is_empty());
        let answers = |address: &str| !address.ends_with("dood");
        let misspells = |language: &str, text: &str| {
            let mut words = text.split_whitespace().filter(|_| language == "nl");
            words.find(|word| word.contains("programa")).map(str::to_owned)
        };
        let outside = Outside { answers: Some(&answers), misspells: Some(&misspells) };
        assert_eq!(
            tests_that_find(&document, outside),
            [
                "6.3.7 /document/references/0/url",
                "6.3.6 /document/references/2/url",
                "6.3.8 /document/notes/0/text"
            ]
        );
    }
}
