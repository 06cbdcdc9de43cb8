//! CycloneDX as JSON, 1.2 to 1.7: what a product is made of, with versions and the names of others.
//!
//! Components may stand in components, as deep as the limits let any paper be. Whether the document
//! keeps to its format is looked at beside that (`cyclonedx/rules.rs`); what breaks a rule is read all the same as
//! far as it goes, and said.

mod rules;

use serde_json::Value;

use crate::inventory_table::{Column, Inventory};
use crate::json::{self, Complaints, Limits, Node};
use crate::materials::Materials;
use crate::{Read, Unreadable};

/// Whether a tree says of itself that it is one of these documents.
pub(crate) fn is_one(tree: &Value) -> bool {
    tree.get("bomFormat").is_some() || tree.get("specVersion").is_some() && tree.get("components").is_some()
}

/// Reads a document. Each component is a line, also the one that the document is about; one that stands
/// there twice counts once. Files and keys are no products, and are left out.
///
/// # Errors
/// When it is no JSON within the limits, or has too many components.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Read<Inventory>, Unreadable> {
    let tree = json::parse(bytes, limits)?;
    let mut complaints = Complaints::starting_with(tree.complaints);
    let root = Node::root(&tree.it);
    rules::check(&root, &mut complaints);
    let mut found = Materials::new(limits);
    if let Some(metadata) = root.get("metadata")
        && let Some(described) = metadata.get("component")
    {
        component(&described, &mut found, &mut complaints)?;
    }
    components(&root, &mut found, &mut complaints)?;
    let it = found.into_inventory(&mut complaints);
    Ok(Read { it, complaints: complaints.into_list() })
}

/// Ends because a paper nests no deeper than [`Limits::depth_max`].
fn components(node: &Node, found: &mut Materials, complaints: &mut Complaints) -> Result<(), Unreadable> {
    for one in node.list("components", complaints) {
        component(&one, found, complaints)?;
    }
    Ok(())
}

fn component(node: &Node, found: &mut Materials, complaints: &mut Complaints) -> Result<(), Unreadable> {
    let kind = node.value.get("type").and_then(Value::as_str);
    if !matches!(kind, Some("file" | "cryptographic-asset" | "data")) {
        let by = ["supplier", "manufacturer"].into_iter().find_map(|key| {
            let of = node.get(key)?;
            of.value.get("name").and_then(Value::as_str)
        });
        let vendor = by
            .or_else(|| node.value.get("publisher").and_then(Value::as_str))
            .or_else(|| node.value.get("group").and_then(Value::as_str))
            .filter(|name| !name.trim().is_empty());
        let cells = [
            (Column::Vendor, vendor),
            (Column::Product, node.text("name", complaints)),
            (Column::Version, node.text("version", complaints)),
            (Column::Cpe, node.text("cpe", complaints)),
            (Column::Purl, node.text("purl", complaints)),
        ];
        found.add(cells, complaints)?;
    }
    components(node, found, complaints)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Read<Inventory> {
        read(text.as_bytes(), Limits::default()).unwrap()
    }

    #[test]
    fn components_are_read_however_deep_they_stand_and_once_each() {
        let read = read_text(
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "metadata": {"component": {"type": "firmware", "name": "NetScaler", "version": "12.1-50.28",
                "supplier": {"name": "Citrix"}}},
            "components": [
              {"type": "library", "name": "web", "version": "1.2", "group": "org.polder", "purl": "pkg:maven/org.polder/web@1.2",
               "components": [{"type": "library", "name": "log", "version": "2.14.1", "publisher": "Polder",
                  "cpe": "cpe:2.3:a:polder:log:2.14.1:*:*:*:*:*:*:*"}]},
              {"type": "file", "name": "/etc/passwd"},
              {"type": "library", "name": "log", "version": "2.14.1", "cpe": "cpe:2.3:a:polder:log:2.14.1:*:*:*:*:*:*:*"}]}"#,
        );
        let found: Vec<String> = read
            .it
            .lines
            .iter()
            .map(|line| format!("{} {} {}", line.row, line.name, line.version.as_ref().unwrap()))
            .collect();
        assert_eq!(found, ["1 Citrix NetScaler 12.1-50.28", "2 org.polder web 1.2", "3 Polder log 2.14.1"]);
        let said: Vec<_> = read.complaints.iter().map(|it| format!("{}: {}", it.at, it.what)).collect();
        assert_eq!(said, ["row 3: the same stands here 2 times; it counts once"]);
    }

    #[test]
    fn a_document_that_breaks_its_rules_is_read_in_part_and_says_so() {
        let read = read_text(
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:3e67",
            "components": [{"type": "foo", "name": "web", "hashes": [{"alg": "MD5", "content": "foo"}]}, {"type": "library"}]}"#,
        );
        assert_eq!(read.it.lines.len(), 1);
        let said: Vec<_> = read.complaints.iter().map(|it| it.what.to_string()).collect();
        assert_eq!(
            said,
            [
                "this breaks a rule of its format: serialNumber is a UUID",
                "this breaks a rule of its format: type cannot be \"foo\"",
                "this breaks a rule of its format: the content of a hash is 32, 40, 64, 96 or 128 hexadecimal digits",
                "this breaks a rule of its format: a component has a name",
            ]
        );
    }

    #[test]
    fn a_bomb_of_components_in_components_ends() {
        let deep = format!(
            r#"{{"bomFormat": "CycloneDX", "components": [{}{}]}}"#,
            r#"{"type": "library", "name": "a", "components": ["#.repeat(30_000),
            "]}".repeat(30_000)
        );
        assert!(read(deep.as_bytes(), Limits::default()).is_err());
        let wide = format!(
            r#"{{"bomFormat": "CycloneDX", "components": [{}{{}}]}}"#,
            (0..100_001).map(|n| format!(r#"{{"type": "library", "name": "a{n}"}},"#)).collect::<String>()
        );
        let refused = read(wide.as_bytes(), Limits::default()).unwrap_err();
        assert_eq!(refused.to_string(), "the table has more than 100000 rows");
    }
}
