//! Public suffixes: which domain somebody registered to have a host.

use formats::host::registrable;
use serde_json::json;

use crate::{Count, cases};

#[test]
fn every_host_belongs_to_the_domain_that_the_list_says() {
    let Some(cases) = cases("psl") else { return };
    let mut count = Count::new("psl", include_str!("psl.differences"));
    for case in &cases {
        let found = case["input"].as_str().and_then(registrable);
        count.judge("registrable domain", &case["input"], &json!(found), &case["expect_registrable_domain"]);
    }
    count.finish(cases.len());
}
