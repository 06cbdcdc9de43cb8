//! The rules that a CycloneDX document keeps to, as far as an inventory leans on them.
//!
//! The schemas of the format are a megabyte, and say much about parts that nobody here reads. These
//! are their rules for identity, components, licences, hashes, services and dependencies, by the key
//! under which an object stands; the public set (`tests/conformance/sbom.rs`) says where that differs.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::json::{Complaints, Node, moment};
use crate::{Weight, What, words};

const TYPES: &[&str] = &[
    "application",
    "container",
    "cryptographic-asset",
    "data",
    "device",
    "device-driver",
    "file",
    "firmware",
    "framework",
    "library",
    "machine-learning-model",
    "operating-system",
    "platform",
];

const HASHES: &[&str] = &[
    "MD5",
    "SHA-1",
    "SHA-256",
    "SHA-384",
    "SHA-512",
    "SHA3-256",
    "SHA3-384",
    "SHA3-512",
    "BLAKE2b-256",
    "BLAKE2b-384",
    "BLAKE2b-512",
    "BLAKE3",
    "Streebog-256",
    "Streebog-512",
];

/// What may stand in `metadata`, in any version.
const METADATA: &[&str] = &[
    "authors",
    "component",
    "distributionConstraints",
    "licenses",
    "lifecycles",
    "manufacture",
    "manufacturer",
    "properties",
    "supplier",
    "timestamp",
    "tools",
];

/// Complains about each place that breaks a rule.
pub(super) fn check(root: &Node, complaints: &mut Complaints) {
    let mut seen = BTreeSet::new();
    // Whole numbers after the point, so that 1.10 would be later than 1.7.
    let version = root.value.get("specVersion").and_then(Value::as_str).unwrap_or_default();
    let minor = version.strip_prefix("1.").and_then(|it| it.parse().ok()).unwrap_or_default();
    let mut checker = Checker { refs: &mut seen, minor, complaints };
    checker.document(root);
    checker.walk(root, "");
}

struct Checker<'c> {
    /// Each `bom-ref` of a component or service that was met.
    refs: &'c mut BTreeSet<String>,
    /// The 6 of version 1.6.
    minor: u8,
    complaints: &'c mut Complaints,
}

impl Checker<'_> {
    fn broken(&mut self, node: &Node, rule: &str) {
        self.complaints.add(Weight::Doubt, node.pointer(), What::Rule(rule.to_owned()));
    }

    /// Complains when `word` under `key` is none of `known`.
    fn one_of(&mut self, node: &Node, map: &Map<String, Value>, key: &str, known: &[&str]) {
        if let Some(word) = map.get(key)
            && !word.as_str().is_some_and(|word| known.contains(&word))
        {
            let word = words::clipped(&words::line(&word.to_string()), 40);
            self.broken(node, &format!("{key} cannot be {word}"));
        }
    }

    fn document(&mut self, root: &Node) {
        let text = |key: &str| root.value.get(key).and_then(Value::as_str);
        if text("bomFormat") != Some("CycloneDX") {
            self.broken(root, "bomFormat is CycloneDX");
        }
        if !matches!(text("specVersion"), Some("1.2" | "1.3" | "1.4" | "1.5" | "1.6" | "1.7")) {
            self.broken(root, "specVersion is one of 1.2 to 1.7");
        }
        if root.value.get("serialNumber").is_some_and(|it| !it.as_str().is_some_and(is_serial_number)) {
            self.broken(root, "serialNumber is a UUID");
        }
        if root.value.get("version").is_some_and(|it| it.as_u64().is_none_or(|version| version == 0)) {
            self.broken(root, "version counts from 1");
        }
    }

    /// Ends because a paper nests no deeper than its limit.
    fn walk(&mut self, node: &Node, under: &str) {
        let Some(map) = node.value.as_object() else { return };
        self.object(node, map, under);
        for (key, value) in map {
            // In a composition it is a list of references.
            if key == "dependencies" && !under.is_empty() {
                continue;
            }
            match value {
                Value::Object(_) => {
                    if let Some(child) = node.get(key) {
                        self.walk(&child, key);
                    }
                }
                Value::Array(_) => {
                    let items: Vec<Node> = node.list(key, self.complaints).collect();
                    for item in &items {
                        self.walk(item, key);
                    }
                    if matches!(key.as_str(), "components" | "services" | "dependencies") {
                        for item in items.iter().filter(|item| !item.value.is_object()) {
                            self.broken(item, "this is an object");
                        }
                    }
                }
                _ if key == "components" => self.broken(node, "components is a list"),
                _ => {}
            }
        }
    }

    fn object(&mut self, node: &Node, map: &Map<String, Value>, under: &str) {
        let has = |key: &str| map.contains_key(key);
        let is_text = |key: &str| map.get(key).is_some_and(Value::is_string);
        if let Some(reference) = map.get("bom-ref") {
            match reference.as_str() {
                Some("") => self.broken(node, "a bom-ref is not empty"),
                Some(text) if is_listed(under) && !self.refs.insert(text.to_owned()) => {
                    self.broken(node, "a bom-ref stands there once")
                }
                Some(_) => {}
                None => self.broken(node, "a bom-ref is text"),
            }
        }
        if has("content") && has("encoding") {
            self.one_of(node, map, "encoding", &["base64"]);
        }
        match under {
            "components" | "component" | "ancestors" | "descendants" | "variants" => {
                self.component(node, map)
            }
            "hashes" => {
                self.one_of(node, map, "alg", HASHES);
                if !map.get("content").and_then(Value::as_str).is_some_and(is_digest) {
                    self.broken(node, "the content of a hash is 32, 40, 64, 96 or 128 hexadecimal digits");
                }
            }
            "licenses" if has("expression") == has("license") => {
                self.broken(node, "a licence is either an expression or a licence")
            }
            "license" => self.license(node, map),
            "swid" if !(is_text("tagId") && is_text("name")) => {
                self.broken(node, "a SWID tag has a tagId and a name")
            }
            "patches" => {
                self.one_of(node, map, "type", &["unofficial", "monkey", "backport", "cherry-pick"]);
            }
            "resolves" => self.one_of(node, map, "type", &["defect", "enhancement", "security"]),
            "data" => {
                let flows = &["inbound", "outbound", "bi-directional", "unknown"];
                self.one_of(node, map, "flow", flows);
            }
            "services" if !is_text("name") => self.broken(node, "a service has a name"),
            "dependencies" if map.get("ref").and_then(Value::as_str).is_none_or(str::is_empty) => {
                self.broken(node, "a dependency has a ref")
            }
            "properties" if self.minor >= 6 && !is_text("name") => self.broken(node, "a property has a name"),
            "metadata" => {
                let is_time =
                    |it: &Value| it.as_str().is_some_and(|it| it.contains('T') && moment(it).is_some());
                if map.get("timestamp").is_some_and(|it| !is_time(it)) {
                    self.broken(node, "timestamp is a date and a time");
                }
                for key in map.keys().filter(|key| !METADATA.contains(&key.as_str())) {
                    self.broken(node, &format!("metadata has no {}", words::clipped(&words::line(key), 40)));
                }
            }
            "citations" => {
                if !has("attributedTo") && !has("process") {
                    self.broken(node, "a citation says who said it, or how it came about");
                }
                if has("pointers") == has("expressions") {
                    self.broken(node, "a citation has pointers or expressions");
                }
            }
            _ => {}
        }
    }

    fn component(&mut self, node: &Node, map: &Map<String, Value>) {
        match map.get("type") {
            None => self.broken(node, "a component has a type"),
            Some(_) => self.one_of(node, map, "type", TYPES),
        }
        if !map.get("name").is_some_and(Value::is_string) {
            self.broken(node, "a component has a name");
        }
        self.one_of(node, map, "scope", &["required", "optional", "excluded"]);
        if map.contains_key("versionRange") {
            if map.contains_key("version") {
                self.broken(node, "a component has a version or a range of them");
            }
            if map.get("isExternal") != Some(&Value::Bool(true)) {
                self.broken(node, "only an external component has a range of versions");
            }
        }
        let licenses = map.get("licenses").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if self.minor < 7 && licenses.len() > 1 && licenses.iter().any(|it| it.get("expression").is_some()) {
            self.broken(node, "an expression of licences stands alone");
        }
    }

    fn license(&mut self, node: &Node, map: &Map<String, Value>) {
        match (map.get("id"), map.contains_key("name")) {
            (None, false) => self.broken(node, "a licence has an id or a name"),
            (Some(_), true) => self.broken(node, "a licence has an id or a name, not both"),
            (Some(id), false) => {
                let known = |id: &str| spdx::license_id(id).is_some() || spdx::exception_id(id).is_some();
                if !id.as_str().is_some_and(known) {
                    self.broken(node, "the id of a licence is on the list of SPDX");
                }
            }
            (None, true) => {}
        }
    }
}

/// Whether what stands under this key is told apart by its `bom-ref` alone. Steps of a formulation
/// share theirs with what they are a step of.
fn is_listed(under: &str) -> bool {
    matches!(under, "components" | "component" | "services")
}

/// `urn:uuid:` and a UUID.
fn is_serial_number(written: &str) -> bool {
    let Some(uuid) = written.strip_prefix("urn:uuid:") else { return false };
    let parts: Vec<&str> = uuid.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| part.bytes().all(|it| it.is_ascii_hexdigit()))
}

fn is_digest(written: &str) -> bool {
    matches!(written.len(), 32 | 40 | 64 | 96 | 128) && written.bytes().all(|it| it.is_ascii_hexdigit())
}
