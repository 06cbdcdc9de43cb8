//! CPE 2.3: how names stand to each other, and which texts are names.

use formats::cpe::wfn::{Relation, Wfn};
use serde_json::{Value, json};

use crate::{Count, cases};

#[test]
fn every_name_is_told_from_others_as_the_specification_has_it() {
    let Some(cases) = cases("cpe") else { return };
    let mut count = Count::new("cpe", include_str!("cpe.differences"));
    for case in &cases {
        let (suite, input) = (case["suite"].as_str().unwrap(), &case["input"]);
        let found = match suite {
            "cpe-syntax" => json!(Wfn::parse(input.as_str().unwrap()).is_some()),
            "cpe-name-matching" if input.get("relation").is_some() => {
                let [source, target] =
                    ["source", "target"].map(|key| Wfn::parse(input[key].as_str().unwrap()));
                let said = relations(source.unwrap().relation(&target.unwrap()));
                said[input["relation"].as_str().unwrap()].clone()
            }
            "cpe-name-matching" => {
                let [source, target] = ["source_wfn", "target_wfn"].map(|key| {
                    let pairs = input[key].as_object().unwrap().iter();
                    Wfn::of(pairs.map(|(attribute, said)| (attribute.as_str(), said.as_str().unwrap())))
                });
                relations(source.unwrap().relation(&target.unwrap()))
            }
            other => panic!("nobody knows a suite {other}"),
        };
        count.judge(suite, input, &found, &case["expect"]);
    }
    count.finish(cases.len());
}

fn relations(relation: Relation) -> Value {
    json!({
        "disjoint": relation == Relation::Disjoint,
        "equal": relation == Relation::Equal,
        "subset": relation.is_subset(),
        "superset": relation.is_superset(),
    })
}
