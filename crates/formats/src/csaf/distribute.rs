//! What stands around documents so that programs find them: CSAF 2.0 and 2.1, section 7.1.
//!
//! ```text
//! /.well-known/csaf/provider-metadata.json ─► who publishes, with which keys, where
//!        ├─► folders: index.txt, changes.csv, a folder for each year, listings
//!        └─► ROLIE: a service, a feed for each label, categories
//! beside each document: .sha256, .sha512, .asc
//! ```
//!
//! Pure: documents and addresses in, files out. Signatures are made where the key is (`flow/publication`).

use std::collections::{BTreeMap, BTreeSet};

use domain::tlp::Tlp;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};

use super::write::{Edition, Publisher, instant, put, sorted};

/// A document on the shelf of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelved {
    /// Its tracking id.
    pub id: String,
    pub title: String,
    pub summary: String,
    /// Below the folder of its label: `2019/ncsc-2019-0979.json`.
    pub path: String,
    pub published_at: Timestamp,
    pub updated_at: Timestamp,
    /// Names of the products that it speaks of.
    pub products: BTreeSet<String>,
}

/// A public OpenPGP key: what it is called, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    pub fingerprint: String,
    pub address: String,
}

/// A provider, as it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider<'a> {
    pub publisher: &'a Publisher,
    pub edition: Edition,
    /// Where its metadata stands.
    pub address: String,
    /// The folder under which all labels of this edition lie, without a slash at its end.
    pub folder: String,
    /// The labels of which there are feeds.
    pub labels: BTreeSet<Tlp>,
    /// The newest first.
    pub signers: Vec<Signer>,
    pub updated_at: Timestamp,
    pub may_be_listed: bool,
    pub may_be_mirrored: bool,
}

/// A label as the name of a folder: `white` in 2.0, `clear` in 2.1, `amber-strict`.
pub fn folder_of(edition: Edition, tlp: Tlp) -> String {
    edition.label(tlp).unwrap_or("RED").to_lowercase().replace('+', "-")
}

impl Provider<'_> {
    fn shelf(&self, tlp: Tlp) -> String {
        format!("{}/{}", self.folder, folder_of(self.edition, tlp))
    }

    /// Where the feed of a label stands.
    pub fn feed_address(&self, tlp: Tlp) -> String {
        format!("{}/feed-tlp-{}.json", self.shelf(tlp), folder_of(self.edition, tlp))
    }

    fn service_address(&self) -> String {
        format!("{}/service.json", self.folder)
    }

    fn category_address(&self, tlp: Tlp) -> String {
        format!("{}/category-tlp-{}.json", self.shelf(tlp), folder_of(self.edition, tlp))
    }

    fn label(&self, tlp: Tlp) -> &'static str {
        self.edition.label(tlp).unwrap_or("RED")
    }

    /// `provider-metadata.json` (7.1.7).
    pub fn metadata(&self) -> Vec<u8> {
        let updated = instant(self.updated_at);
        let feeds: Vec<Value> = self
            .labels
            .iter()
            .map(|tlp| {
                let mut feed = json!({
                    "summary": format!("TLP:{}", self.label(*tlp)),
                    "tlp_label": self.label(*tlp),
                    "url": self.feed_address(*tlp),
                });
                if self.edition == Edition::V2_1 {
                    put(&mut feed, "last_updated", json!(updated));
                }
                feed
            })
            .collect();
        let categories: Vec<String> = self.labels.iter().map(|tlp| self.category_address(*tlp)).collect();
        let mut distributions: Vec<Value> = self
            .labels
            .iter()
            .map(|tlp| match self.edition {
                Edition::V2_0 => json!({ "directory_url": format!("{}/", self.shelf(*tlp)) }),
                Edition::V2_1 => {
                    let url = format!("{}/", self.shelf(*tlp));
                    json!({ "directory": { "tlp_label": self.label(*tlp), "url": url } })
                }
            })
            .collect();
        if !feeds.is_empty() {
            let rolie =
                json!({ "categories": categories, "feeds": feeds, "services": [self.service_address()] });
            distributions.push(json!({ "rolie": rolie }));
        }
        let keys: Vec<Value> = self
            .signers
            .iter()
            .map(|key| json!({ "fingerprint": key.fingerprint, "url": key.address }))
            .collect();
        let mut metadata = json!({
            "canonical_url": self.address,
            "distributions": distributions,
            "last_updated": updated,
            "list_on_CSAF_aggregators": self.may_be_listed,
            "metadata_version": self.edition.word(),
            "mirror_on_CSAF_aggregators": self.may_be_mirrored,
            "public_openpgp_keys": keys,
            "publisher": {
                "category": "coordinator",
                "contact_details": self.publisher.contact,
                "name": self.publisher.name,
                "namespace": self.publisher.namespace,
            },
            "role": "csaf_trusted_provider",
        });
        if self.edition == Edition::V2_1 {
            put(
                &mut metadata,
                "$schema",
                json!("https://docs.oasis-open.org/csaf/csaf/v2.1/schema/provider.json"),
            );
        }
        file(metadata)
    }

    /// The files around the documents of one label, by their path below its folder: index, changes, feed, categories
    /// and a listing for each folder (7.1.11 to 7.1.17, without the service document).
    pub fn shelf_files(&self, tlp: Tlp, documents: &[Shelved]) -> BTreeMap<String, Vec<u8>> {
        let mut documents: Vec<&Shelved> = documents.iter().collect();
        // The newest first, as 7.1.13 wants of the changes; the order of numbers keeps equals apart.
        documents.sort_by(|one, other| {
            other.updated_at.cmp(&one.updated_at).then_with(|| one.path.cmp(&other.path))
        });
        let mut files = BTreeMap::new();
        let mut paths: Vec<&str> = documents.iter().map(|it| it.path.as_str()).collect();
        paths.sort_unstable();
        files.insert(
            "index.txt".to_owned(),
            paths.iter().map(|path| format!("{path}\n")).collect::<String>().into(),
        );
        let changes = documents.iter().map(|it| format!("\"{}\",\"{}\"\n", it.path, instant(it.updated_at)));
        files.insert("changes.csv".to_owned(), changes.collect::<String>().into());
        let word = folder_of(self.edition, tlp);
        files.insert(format!("feed-tlp-{word}.json"), self.feed(tlp, &documents));
        let products: BTreeSet<&String> = documents.iter().flat_map(|it| &it.products).collect();
        let categories: Vec<Value> = products.into_iter().map(|name| json!({ "term": name })).collect();
        files.insert(
            format!("category-tlp-{word}.json"),
            file(json!({ "categories": { "category": categories } })),
        );
        let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let top = folders.entry(String::new()).or_default();
        top.extend(files.keys().cloned());
        for path in paths {
            let (year, name) = path.split_once('/').unwrap_or(("", path));
            folders.entry(String::new()).or_default().insert(format!("{year}/"));
            let listed = folders.entry(year.to_owned()).or_default();
            listed.extend(["", ".sha256", ".sha512", ".asc"].map(|end| format!("{name}{end}")));
        }
        for (folder, names) in folders {
            let place =
                if folder.is_empty() { "index.html".to_owned() } else { format!("{folder}/index.html") };
            files.insert(place, listing(&names));
        }
        files
    }

    fn feed(&self, tlp: Tlp, documents: &[&Shelved]) -> Vec<u8> {
        let shelf = self.shelf(tlp);
        let schema = match self.edition {
            Edition::V2_0 => "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json",
            Edition::V2_1 => "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json",
        };
        let entries: Vec<Value> = documents
            .iter()
            .map(|it| {
                let address = format!("{shelf}/{}", it.path);
                let category: Vec<Value> = it.products.iter().map(|name| json!({ "term": name })).collect();
                let mut entry = json!({
                    "content": { "src": address, "type": "application/json" },
                    "format": { "schema": schema, "version": self.edition.word() },
                    "id": it.id,
                    "link": [
                        { "href": address, "rel": "self" },
                        { "href": format!("{address}.sha256"), "rel": "hash" },
                        { "href": format!("{address}.sha512"), "rel": "hash" },
                        { "href": format!("{address}.asc"), "rel": "signature" },
                    ],
                    "published": instant(it.published_at),
                    "summary": { "content": it.summary },
                    "title": it.title,
                    "updated": instant(it.updated_at),
                });
                if !category.is_empty() {
                    put(&mut entry, "category", json!(category));
                }
                entry
            })
            .collect();
        let updated = documents.iter().map(|it| it.updated_at).max().unwrap_or(self.updated_at);
        file(json!({ "feed": {
            "category": [{ "scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf" }],
            "entry": entries,
            "id": format!("{}-csaf-{}-feed-tlp-{}", self.host(), self.edition.word(), folder_of(self.edition, tlp)),
            "link": [
                { "href": self.feed_address(tlp), "rel": "self" },
                { "href": self.service_address(), "rel": "service" },
            ],
            "title": format!("CSAF {}, TLP:{}, {}", self.edition.word(), self.label(tlp), self.publisher.name),
            "updated": instant(updated),
        }}))
    }

    fn host(&self) -> &str {
        let rest = self.address.split_once("://").map_or(self.address.as_str(), |(_, rest)| rest);
        rest.split(['/', ':']).next().unwrap_or(rest)
    }

    /// The service document (7.1.16).
    pub fn service(&self) -> Vec<u8> {
        let category =
            json!([{ "scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf" }]);
        let collections: Vec<Value> = self
            .labels
            .iter()
            .map(|tlp| {
                json!({
                    "categories": { "category": category },
                    "href": self.feed_address(*tlp),
                    "title": format!("TLP:{}", self.label(*tlp)),
                })
            })
            .collect();
        let workspace =
            json!({ "collection": collections, "title": format!("CSAF {}", self.edition.word()) });
        file(json!({ "service": { "workspace": [workspace] } }))
    }
}

/// JSON with sorted keys, and a line break at its end.
fn file(value: Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(&sorted(value)).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// What a folder holds, for people and for programs that follow links (7.1.14).
fn listing(names: &BTreeSet<String>) -> Vec<u8> {
    let escaped = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let line = |name: &String| {
        // A folder is shown by its own listing, also from a disk.
        let place = if name.ends_with('/') { format!("{name}index.html") } else { name.clone() };
        format!("<li><a href=\"{}\">{}</a></li>\n", escaped(&place), escaped(name))
    };
    let lines: String = names.iter().map(line).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>CSAF</title></head>\n\
         <body><main><h1>CSAF</h1>\n<ul>\n{lines}</ul></main></body></html>\n"
    )
    .into()
}

/// The digest files of a document, as `sha256sum` writes them: SHA-256 and SHA-512.
pub fn digests(name: &str, bytes: &[u8]) -> [(String, Vec<u8>); 2] {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let line = |digest: String| format!("{digest}  {name}\n").into_bytes();
    [
        (format!("{name}.sha256"), line(hex(&Sha256::digest(bytes)))),
        (format!("{name}.sha512"), line(hex(&Sha512::digest(bytes)))),
    ]
}

/// `security.txt` before it is signed (RFC 9116): how to reach us, with which key, until when it holds, and where the
/// CSAF metadata stand.
pub fn security_txt(
    contact: &[String],
    address: &str,
    keys: &[Signer],
    metadata: &[String],
    policy: Option<&str>,
    expires_at: Timestamp,
) -> String {
    let mut lines: Vec<String> = contact.iter().map(|it| format!("Contact: {it}")).collect();
    lines.push(format!("Expires: {}", instant(expires_at)));
    lines.extend(keys.iter().map(|key| format!("Encryption: {}", key.address)));
    lines.push("Preferred-Languages: nl, en".into());
    lines.push(format!("Canonical: {address}"));
    lines.extend(policy.map(|it| format!("Policy: {it}")));
    lines.extend(metadata.iter().map(|it| format!("CSAF: {it}")));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn document(id: &str, updated: &str) -> Shelved {
        Shelved {
            id: id.into(),
            title: format!("Hole {id}"),
            summary: "There is a hole.".into(),
            path: format!("2019/{}", provider::file_name(id)),
            published_at: at("2019-12-18T12:00:00Z"),
            updated_at: at(updated),
            products: ["Polderweb Gateway".to_owned()].into(),
        }
    }

    #[test]
    fn our_own_reader_finds_everything_by_every_way() {
        let publisher = Publisher {
            name: "Poldercert".into(),
            namespace: "https://poldercert.example".into(),
            contact: "warnings@poldercert.example".into(),
        };
        let documents = [
            document("POLDERCERT-2019-1", "2020-01-16T18:00:00Z"),
            document("POLDERCERT-2019-2", "2020-01-17T18:00:00Z"),
        ];
        for (edition, word) in [(Edition::V2_0, "white"), (Edition::V2_1, "clear")] {
            let own = Provider {
                publisher: &publisher,
                edition,
                address: "https://poldercert.example/.well-known/csaf/provider-metadata.json".into(),
                folder: "https://poldercert.example/csaf".into(),
                labels: [Tlp::Clear].into(),
                signers: vec![Signer {
                    fingerprint: "A".repeat(40),
                    address: "https://poldercert.example/.well-known/csaf/openpgp/A.asc".into(),
                }],
                updated_at: at("2020-01-17T18:00:00Z"),
                may_be_listed: true,
                may_be_mirrored: true,
            };
            let files = own.shelf_files(Tlp::Clear, &documents);
            let feed = provider::feed(&files[&format!("feed-tlp-{word}.json")]).unwrap();
            let first = format!("https://poldercert.example/csaf/{word}/2019/poldercert-2019-2.json");
            assert_eq!((feed.entries.len(), feed.broken, &feed.entries[0].address), (2, 0, &first));
            assert_eq!(feed.entries[0].hashes, [format!("{first}.sha256"), format!("{first}.sha512")]);
            assert_eq!(feed.entries[0].signature, Some(format!("{first}.asc")));
            let folder = provider::folder(&files["index.txt"], Some(&files["changes.csv"])).unwrap();
            assert_eq!(folder.len(), 2);
            assert_eq!(folder[1].changed.as_deref(), Some("2020-01-17T18:00:00Z"));
            assert!(files.contains_key("2019/index.html") && files.contains_key("index.html"));
            assert_eq!(provider::service(&own.service()).unwrap(), [own.feed_address(Tlp::Clear)]);
            let read: Value = serde_json::from_slice(&own.metadata()).unwrap();
            assert_eq!(read["metadata_version"], edition.word());
            let read = provider::provider(&own.metadata()).unwrap();
            assert_eq!(read.role, provider::Role::TrustedProvider);
            assert_eq!(read.folders, [format!("https://poldercert.example/csaf/{word}/")]);
            assert_eq!((read.feeds.len(), read.keys.len()), (1, 1));
        }
    }

    #[test]
    fn a_security_txt_says_where_we_are_and_until_when() {
        let text = security_txt(
            &["mailto:warnings@poldercert.example".to_owned()],
            "https://poldercert.example/.well-known/security.txt",
            &[],
            &["https://poldercert.example/.well-known/csaf/provider-metadata.json".to_owned()],
            None,
            at("2020-12-01T00:00:00Z"),
        );
        assert!(text.contains("Expires: 2020-12-01T00:00:00Z\n"));
        assert_eq!(
            provider::of_security_txt(text.as_bytes()),
            ["https://poldercert.example/.well-known/csaf/provider-metadata.json"]
        );
    }
}
