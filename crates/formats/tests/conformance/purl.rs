//! Package URLs: parse, build and validate, from the specification and its types.

use formats::purl::Purl;
use serde_json::{Value, json};

use crate::{Count, cases};

/// A case that is *required* is about the specification to the letter; one that is *recommended* about
/// what a tool may mend.
#[test]
fn every_package_url_is_read_and_written_as_the_specification_has_it() {
    let Some(cases) = cases("purl-vers") else { return };
    let cases: Vec<&Value> = cases.iter().filter(|case| case["suite"] == "purl").collect();
    let mut count = Count::new("purl", include_str!("purl.differences"));
    for case in &cases {
        let (test, group) = (case["test"].as_str().unwrap(), case["group"].as_str().unwrap());
        let read = |written: &Value| match group {
            "required" => Purl::parse(written.as_str().unwrap()),
            _ => Purl::read(written.as_str().unwrap()),
        };
        let input = &case["input"];
        let found = match test {
            "parse" => read(input).map(|purl| parts(&purl)),
            "validate" => read(input).map(|purl| json!(purl.to_string())),
            "build" => Purl::build(from_parts(input)).map(|purl| json!(purl.to_string())),
            other => panic!("nobody knows a test {other}"),
        };
        let expected = match (case["expect"]["failure"].as_bool().unwrap(), &case["expect"]["output"]) {
            (true, _) => json!("refused"),
            (false, output) if test == "parse" => parts(&from_parts(output)),
            (false, output) => output.clone(),
        };
        let group = format!("{test} {group}");
        count.judge(&group, input, &found.unwrap_or_else(|_| json!("refused")), &expected);
    }
    count.finish(cases.len());
}

fn parts(purl: &Purl) -> Value {
    json!({
        "type": purl.kind, "namespace": purl.namespace, "name": purl.name, "version": purl.version,
        "qualifiers": purl.qualifiers, "subpath": purl.subpath,
    })
}

fn from_parts(parts: &Value) -> Purl {
    let text = |key: &str| parts[key].as_str().map(str::to_owned);
    let qualifiers = parts["qualifiers"].as_object().into_iter().flatten();
    Purl {
        kind: text("type").unwrap_or_default(),
        namespace: text("namespace"),
        name: text("name").unwrap_or_default(),
        version: text("version"),
        qualifiers: qualifiers
            .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
        subpath: text("subpath"),
    }
}
