//! Version ranges: comparison and equality of versions, native ranges, canonical form, containment.

use formats::vers::{Comparator, Scheme, Set, Vers, native};
use serde_json::{Value, json};

use crate::{Count, cases};

#[test]
fn every_version_and_range_is_judged_as_the_specification_has_it() {
    let Some(cases) = cases("purl-vers") else { return };
    let cases: Vec<&Value> = cases.iter().filter(|case| case["suite"] == "vers").collect();
    let mut count = Count::new("vers", include_str!("vers.differences"));
    for case in &cases {
        let (test, input) = (case["test"].as_str().unwrap(), &case["input"]);
        let text = |key: &str| input[key].as_str().unwrap();
        let (kind, found) = match test {
            "comparison" => (text("input_scheme"), sorted(text("input_scheme"), &input["versions"])),
            "equality" => (text("input_scheme"), equal(text("input_scheme"), &input["versions"])),
            "from_native" => {
                let vers = native::read(text("scheme"), text("native_range"));
                (text("scheme"), vers.ok().map(|vers| json!(vers.to_string())))
            }
            "containment" => {
                let vers = Vers::read(text("vers")).and_then(|vers| vers.contains(text("version")));
                ("", vers.ok().map(|contains| json!(contains)))
            }
            // To bring a range into its canonical form.
            "validate" => ("", Vers::read(input.as_str().unwrap()).ok().map(|vers| json!(vers.to_string()))),
            // To take it only when it has that form.
            "parse" => ("", Vers::parse(input.as_str().unwrap()).ok().map(|vers| constraints(&vers))),
            other => panic!("nobody knows a test {other}"),
        };
        let expected = match case["expect"]["failure"].as_bool().unwrap() {
            true => json!("refused"),
            false => case["expect"]["output"].clone(),
        };
        let group = format!("{test} {kind}");
        count.judge(group.trim(), input, &found.unwrap_or_else(|| json!("refused")), &expected);
    }
    count.finish(cases.len());
}

/// The versions in their order, where two that are equal stay as they stand.
fn sorted(kind: &str, versions: &Value) -> Option<Value> {
    let scheme = Scheme::named(kind)?;
    let versions = versions.as_array()?.iter().map(|version| version.as_str());
    let mut keyed =
        versions.map(|version| Some((scheme.key(version?)?, version?))).collect::<Option<Vec<_>>>()?;
    keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
    Some(keyed.into_iter().map(|(_, version)| printed(kind, version)).collect())
}

/// The set writes versions of NuGet as its library prints them: a pre-release in small letters.
fn printed(kind: &str, version: &str) -> String {
    match version.split_once('+') {
        _ if kind != "nuget" => version.to_owned(),
        Some((version, build)) => format!("{}+{build}", version.to_ascii_lowercase()),
        None => version.to_ascii_lowercase(),
    }
}

fn equal(kind: &str, versions: &Value) -> Option<Value> {
    let scheme = Scheme::named(kind)?;
    let [one, other] = [0, 1].map(|place| scheme.key(versions[place].as_str().unwrap_or_default()));
    Some(json!(scheme.compare(&one?, &other?).is_eq()))
}

fn constraints(vers: &Vers<'_>) -> Value {
    let Set::Marks(_, marks) = &vers.set else { return json!("*") };
    let pair = |comparator: Comparator, version: &str| {
        let sign = if comparator == Comparator::Equal { "=" } else { comparator.sign() };
        json!([sign, version])
    };
    let pairs: Vec<Value> = marks.iter().map(|mark| pair(mark.comparator, &mark.version)).collect();
    json!({"scheme": vers.kind, "version_constraints": pairs})
}
