//! Vectors and their scores, from the suites of Red Hat and of the special interest group at FIRST.

use formats::cvss::{Points, scores};
use serde_json::{Value, json};

use crate::{Count, cases};

/// Only that a vector is refused counts; the name of the exception in the set is that of one library.
#[test]
fn every_vector_has_the_scores_of_its_standard() {
    let Some(cases) = cases("cvss") else { return };
    let mut count = Count::new("cvss", include_str!("cvss.differences"));
    for case in &cases {
        let expected = &case["expect"];
        let is_refused = expected.get("error").is_some();
        let found = match scores(case["input"].as_str().unwrap()) {
            Ok(scores) => {
                let score = |points: Option<Points>| points.map(Points::as_f64);
                let [base, temporal, environmental] =
                    [Some(scores.base), scores.temporal, scores.environmental].map(score);
                json!({"base": base, "temporal": temporal, "environmental": environmental})
            }
            Err(_) => json!("refused"),
        };
        let expected = if is_refused {
            json!("refused")
        } else {
            // FIRST gives whole numbers, and for version 4 the base alone.
            let score = |key: &str| expected.get(key).and_then(Value::as_f64);
            json!({"base": score("base"), "temporal": score("temporal"), "environmental": score("environmental")})
        };
        let group = format!(
            "{} {}",
            case["version"].as_str().unwrap(),
            if is_refused { "to be refused" } else { "scores" }
        );
        count.judge(&group, &case["input"], &found, &expected);
    }
    count.finish(cases.len());
}
