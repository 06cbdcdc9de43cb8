//! CycloneDX: every valid document is read and called valid, every invalid one is called invalid.

use formats::{Limits, inventory_file};
use serde_json::json;

use crate::{Count, cases, file};

#[test]
fn every_bill_of_materials_is_called_what_it_is() {
    let Some(cases) = cases("sbom") else { return };
    let mut count = Count::new("sbom", include_str!("sbom.differences"));
    let mut lines = 0;
    for case in &cases {
        let bytes = file("sbom", case["input"].as_str().unwrap());
        let read = inventory_file::read(&bytes, None, Limits::default());
        let found = match &read {
            Ok(read) if inventory_file::is_valid(read) => "valid",
            Ok(_) => "invalid",
            Err(_) => "not read",
        };
        lines += read.map_or(0, |read| read.it.list.lines.len());
        let group = format!("{} {}", case["version"].as_str().unwrap(), case["expect"].as_str().unwrap());
        count.judge(&group, &case["input"], &json!(found), &case["expect"]);
    }
    println!("sbom: {lines} lines of an inventory");
    count.finish(cases.len());
}
