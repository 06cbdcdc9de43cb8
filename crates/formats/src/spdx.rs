//! SPDX as JSON, 2.2, 2.3 and the software profile of 3.0: a list of packages with their names.
//!
//! Source: SPDX 2.3, chapters 7.1 to 7.6 and 7.21; SPDX 3.0, `Software/Package`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::inventory_table::{Column, Inventory};
use crate::json::{self, Complaints, Limits, Node};
use crate::materials::Materials;
use crate::{Read, Unreadable, Weight, What};

/// Whether a tree is one of these documents.
pub(crate) fn is_one(tree: &Value) -> bool {
    tree.get("spdxVersion").is_some() || is_graph(tree)
}

/// Version 3 is a graph of JSON-LD.
fn is_graph(tree: &Value) -> bool {
    let context = tree.get("@context").and_then(Value::as_str).unwrap_or_default();
    context.contains("spdx.org/rdf/3") && tree.get("@graph").is_some_and(Value::is_array)
}

/// Reads a document. Each package is a line; one that stands there twice counts once.
///
/// # Errors
/// When it is no JSON within the limits, or has too many packages.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Read<Inventory>, Unreadable> {
    let tree = json::parse(bytes, limits)?;
    let mut complaints = Complaints::starting_with(tree.complaints);
    let mut found = Materials::new(limits);
    let root = Node::root(&tree.it);
    match is_graph(&tree.it) {
        true => graph(&root, &mut found, &mut complaints)?,
        false => document(&root, &mut found, &mut complaints)?,
    }
    let it = found.into_inventory(&mut complaints);
    Ok(Read { it, complaints: complaints.into_list() })
}

fn document(root: &Node, found: &mut Materials, complaints: &mut Complaints) -> Result<(), Unreadable> {
    let version = root.text("spdxVersion", complaints).unwrap_or_default();
    if !matches!(version, "SPDX-2.2" | "SPDX-2.3") {
        let what = What::Rule(format!("{version:?} is no version of SPDX that we know"));
        complaints.add(Weight::Doubt, root.pointer_to("spdxVersion"), what);
    }
    for package in root.list("packages", complaints) {
        let supplier = ["supplier", "originator"]
            .into_iter()
            .find_map(|key| package.text(key, complaints).and_then(organization));
        let (mut cpe, mut purl) = (None, None);
        for reference in package.list("externalRefs", complaints) {
            let locator = reference.text("referenceLocator", complaints);
            match reference.text("referenceType", complaints).unwrap_or_default() {
                "cpe23Type" => cpe = locator.or(cpe),
                "cpe22Type" => cpe = cpe.or(locator),
                "purl" => purl = purl.or(locator),
                _ => {}
            }
        }
        let name = package.text("name", complaints);
        if name.is_none() {
            let what = What::Rule("a package has a name".into());
            complaints.add(Weight::Doubt, package.pointer(), what);
        }
        let version = package.text("versionInfo", complaints).filter(|it| *it != "NOASSERTION");
        let cells = [
            (Column::Vendor, supplier),
            (Column::Product, name),
            (Column::Version, version),
            (Column::Cpe, cpe),
            (Column::Purl, purl),
        ];
        found.add(cells, complaints)?;
    }
    Ok(())
}

/// `Organization: Polderweb (info@…)` without what stands around the name. A person's name is not taken.
fn organization(written: &str) -> Option<&str> {
    let name = written.trim().strip_prefix("Organization:")?;
    Some(name.split('(').next().unwrap_or(name).trim()).filter(|name| !name.is_empty())
}

fn graph(root: &Node, found: &mut Materials, complaints: &mut Complaints) -> Result<(), Unreadable> {
    let mut organizations = BTreeMap::new();
    for element in root.list("@graph", complaints) {
        if element.text("type", complaints) == Some("Organization")
            && let (Some(id), Some(name)) =
                (element.text("spdxId", complaints), element.text("name", complaints))
        {
            organizations.insert(id, name);
        }
    }
    for package in root.list("@graph", complaints) {
        if package.text("type", complaints) != Some("software_Package") {
            continue;
        }
        let supplier = package.text("suppliedBy", complaints).and_then(|id| organizations.get(id).copied());
        let mut cpe = None;
        for identifier in package.list("externalIdentifier", complaints) {
            let kind = identifier.text("externalIdentifierType", complaints).unwrap_or_default();
            if matches!(kind, "cpe23" | "cpe22") {
                cpe = cpe.or(identifier.text("identifier", complaints));
            }
        }
        let cells = [
            (Column::Vendor, supplier),
            (Column::Product, package.text("name", complaints)),
            (Column::Version, package.text("software_packageVersion", complaints)),
            (Column::Cpe, cpe),
            (Column::Purl, package.text("software_packageUrl", complaints)),
        ];
        found.add(cells, complaints)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let read = read(text.as_bytes(), Limits::default()).unwrap();
        let found: Vec<String> = read
            .it
            .lines
            .iter()
            .map(|line| {
                let version = line.version.as_ref().map(ToString::to_string).unwrap_or_default();
                let word = |it: &Option<String>| it.clone().unwrap_or("-".into());
                format!("{} | {version} | {} | {}", line.name, word(&line.cpe), word(&line.purl))
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn packages_are_read_with_the_names_that_others_gave_them() {
        check(
            r#"{"spdxVersion": "SPDX-2.3", "packages": [
                {"name": "NetScaler", "versionInfo": "12.1", "supplier": "Organization: Citrix (x@citrix.example)",
                 "externalRefs": [
                   {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:citrix:netscaler:12.1:*:*:*:*:*:*:*"},
                   {"referenceType": "purl", "referenceLocator": "pkg:generic/netscaler@12.1"}]},
                {"name": "web", "versionInfo": "NOASSERTION", "supplier": "Person: A. Duin"},
                {"name": "web", "versionInfo": "NOASSERTION", "supplier": "NOASSERTION"}]}"#,
            &[
                "Citrix NetScaler | 12.1 | cpe:2.3:a:citrix:netscaler:12.1:*:*:*:*:*:*:* | pkg:generic/netscaler@12.1",
                "web |  | - | -",
            ],
        );
        check(
            r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
                {"type": "Organization", "spdxId": "o1", "name": "Polderweb"},
                {"type": "software_Package", "spdxId": "p1", "name": "Poort", "software_packageVersion": "3",
                 "suppliedBy": "o1", "software_packageUrl": "pkg:generic/poort@3"}]}"#,
            &["Polderweb Poort | 3 | - | pkg:generic/poort@3"],
        );
    }
}
