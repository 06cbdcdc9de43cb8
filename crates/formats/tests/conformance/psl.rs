//! Which domain somebody registered, from the tests of the Public Suffix List.

use formats::domain_name::registrable;
use serde_json::json;

use crate::{Count, cases};

/// Our list is the one that `psl` was built with, so a new suffix may be known to one and not to the other.
#[test]
fn every_name_belongs_to_whom_the_list_says() {
    let Some(cases) = cases("psl") else { return };
    let mut count = Count::new("psl", include_str!("psl.differences"));
    for case in &cases {
        let found = registrable(case["input"].as_str().unwrap_or_default());
        count.judge("names", &case["input"], &json!(found), &case["expect_registrable_domain"]);
    }
    count.finish(cases.len());
}
