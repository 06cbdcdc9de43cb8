//! The catalogue of known exploited vulnerabilities: vendor, product in prose, and that it is used.
//!
//! It names products that no other list names, and no versions, so everything in it is *possible*.
//! The day of listing is an administrative day, for the hole of December 2019 twenty-two months
//! after the first victim. It is kept as `listed_on` and is never the day of first exploitation.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use domain::advisory::{AffectedProduct, Content, Status};
use domain::product::Name;
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::version::Range;

use crate::csaf::is_web;
use crate::cve::number;
use crate::json::{self, Complaints, Limits, Node};
use crate::{AdvisoryPaper, Read, Revision, Unreadable, Weight, What, Why, words};

/// The name of the catalogue, as publisher.
pub const PUBLISHER: &str = "CISA KEV";

/// The catalogue, or a single entry of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// `None` for a single entry.
    pub version: Option<String>,
    pub released_at: Option<Timestamp>,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub advisory: AdvisoryPaper,
    /// The product as the catalogue writes it, often several in one sentence.
    pub product: Name,
    /// When it was put on the list. Not when it was exploited first.
    pub listed_on: Option<Date>,
    /// Until when an agency of the United States must have acted.
    pub due_on: Option<Date>,
    /// Whether it is known to be used for ransomware. `None` when that is unknown.
    pub ransomware: Option<bool>,
    /// What such an agency must do.
    pub action: Option<String>,
}

/// Reads the catalogue or one entry.
///
/// # Errors
/// When it is no JSON within the limits, or holds no entry that can be told from others.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Read<Catalogue>, Unreadable> {
    from_tree(json::parse(bytes, limits)?)
}

pub(crate) fn from_tree(tree: Read<Value>) -> Result<Read<Catalogue>, Unreadable> {
    let mut complaints = Complaints::starting_with(tree.complaints);
    let root = Node::root(&tree.it);
    if root.get("cveID").is_some() {
        let entries = vec![entry(&root, &mut complaints)?];
        let it = Catalogue { version: None, released_at: None, entries };
        return Ok(Read { it, complaints: complaints.into_list() });
    }
    if root.get("vulnerabilities").is_none() {
        return Err(Unreadable::whole(Why::Missing("the list of vulnerabilities")));
    }
    let mut entries = Vec::new();
    let listed: Vec<_> = root.list("vulnerabilities", &mut complaints).collect();
    for node in &listed {
        match entry(node, &mut complaints) {
            Ok(entry) => entries.push(entry),
            Err(unreadable) => {
                let what = What::Missing("the number of the vulnerability".into());
                complaints.add(Weight::Loss, unreadable.at, what);
            }
        }
    }
    if entries.is_empty() {
        return Err(Unreadable {
            at: "/vulnerabilities".into(),
            why: Why::Missing("the number of the vulnerability"),
        });
    }
    let said = root.get("count").and_then(|it| it.value.as_u64());
    if said.is_some_and(|said| u64::try_from(listed.len()) != Ok(said)) {
        complaints.add(Weight::Doubt, "/count".into(), What::Shape("the number of entries in the list"));
    }
    let version = root.line("catalogVersion", &mut complaints);
    let released_at = root.time("dateReleased", &mut complaints);
    Ok(Read { it: Catalogue { version, released_at, entries }, complaints: complaints.into_list() })
}

fn entry(node: &Node<'_, '_>, complaints: &mut Complaints) -> Result<Entry, Unreadable> {
    let number = number(node, "cveID", complaints)?;
    let vendor = node.line("vendorProject", complaints).unwrap_or_default();
    let product = node.line("product", complaints).unwrap_or_default();
    let names = names(&vendor, &product);
    if names.is_empty() {
        node.complain(Weight::Loss, What::NoProduct(words::clipped(&product, 80)), complaints);
    }
    let day = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let listed_at = node.time("dateAdded", complaints);
    let english = |text: String| Text::only(Language::En, text);
    let notes = node.line("notes", complaints).unwrap_or_default();
    let references: BTreeSet<&str> = notes.split([' ', ';', ',']).filter(|word| is_web(word)).collect();
    let line = |name| AffectedProduct::new(name, vec![Range::Unknown], Status::Affected);
    let content = Content {
        title: english(node.line("vulnerabilityName", complaints).unwrap_or_else(|| number.clone())),
        summary: node.lines("shortDescription", complaints).map(english).unwrap_or_default(),
        // The catalogue is public by what it is.
        tlp: Some(Tlp::Clear),
        vulnerabilities: BTreeSet::from([number.clone()]),
        products: names.into_iter().map(line).collect(),
        exploited: true,
        references: references.into_iter().map(str::to_owned).collect(),
        ..Content::default()
    };
    let revision = Revision {
        number: node.line("dateAdded", complaints).unwrap_or_default(),
        first_released_at: listed_at,
        released_at: listed_at,
        summary: None,
    };
    let ransomware = match node.line("knownRansomwareCampaignUse", complaints).as_deref() {
        Some("Known") => Some(true),
        _ => None,
    };
    let advisory = AdvisoryPaper {
        publisher: PUBLISHER.into(),
        number,
        revision,
        status: crate::Status::Final,
        language: Some("en".into()),
        content,
        scores: vec![],
    };
    Ok(Entry {
        advisory,
        product: Name::new(&vendor, &product),
        listed_on: listed_at.map(day),
        due_on: node.time("dueDate", complaints).map(day),
        ransomware,
        action: node.lines("requiredAction", complaints),
    })
}

/// Words at the end of a name that nobody registers.
const AT_THE_END: &[&str] =
    &["appliance", "appliances", "device", "devices", "firmware", "product", "products"];

/// The products of a sentence such as "Application Delivery Controller (ADC), Gateway, and SD-WAN
/// WANOP Appliance": each part, what stands in brackets behind it, and the sentence as a whole, which
/// may be one name with an "and" in it.
fn names(vendor: &str, product: &str) -> BTreeSet<Name> {
    let mut words: BTreeSet<String> = BTreeSet::from([product.to_owned()]);
    let divided = product.replace(", and ", ",").replace(" and ", ",").replace(" & ", ",");
    for part in divided.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        words.insert(part.to_owned());
        if let Some((before, rest)) = part.split_once('(') {
            words.insert(before.trim().to_owned());
            words.extend(rest.split_once(')').map(|(inside, _)| inside.trim().to_owned()));
        }
    }
    let ends: Vec<String> = words.iter().filter_map(|word| without_end(word)).collect();
    words.extend(ends);
    words
        .into_iter()
        // "Multiple Products", "Multiple Firewalls": that is no name.
        .filter(|word| !word.to_lowercase().starts_with("multiple"))
        .map(|word| Name::new(vendor, &word))
        .filter(|name| !name.says_nothing())
        .collect()
}

/// "SD-WAN WANOP" of "SD-WAN WANOP Appliance".
fn without_end(word: &str) -> Option<String> {
    let (head, last) = word.rsplit_once(' ')?;
    AT_THE_END.contains(&last.to_lowercase().as_str()).then(|| head.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_of_products_is_taken_apart() {
        let found = |product: &str| -> Vec<String> {
            names("Citrix", product).into_iter().map(|name| name.product).collect()
        };
        assert_eq!(
            found("Application Delivery Controller (ADC), Gateway, and SD-WAN WANOP Appliance"),
            [
                "ADC",
                "Application Delivery Controller",
                "Application Delivery Controller (ADC)",
                "Application Delivery Controller (ADC), Gateway, and SD-WAN WANOP",
                "Application Delivery Controller (ADC), Gateway, and SD-WAN WANOP Appliance",
                "Gateway",
                "SD-WAN WANOP",
                "SD-WAN WANOP Appliance",
            ]
        );
        assert_eq!(found("Git"), ["Git"]);
        assert_eq!(found("Multiple Products"), Vec::<String>::new());
    }

    #[test]
    fn an_entry_says_when_it_was_listed_and_not_when_it_was_used_first() {
        let text = r#"{"cveID": "CVE-2026-1000002", "vendorProject": "Polderweb", "product": "Portaal",
            "vulnerabilityName": "Portaal hole", "dateAdded": "2026-03-01", "dueDate": "2026-03-21",
            "knownRansomwareCampaignUse": "Known", "notes": "https://polderweb.example/1 ; x"}"#;
        let read = read_within(text.as_bytes(), Limits::default()).unwrap();
        let entry = &read.it.entries[0];
        assert_eq!(entry.listed_on.map(|day| day.to_string()).as_deref(), Some("2026-03-01"));
        assert_eq!((entry.due_on.is_some(), entry.ransomware), (true, Some(true)));
        assert_eq!(entry.advisory.content.references, ["https://polderweb.example/1"]);
        assert_eq!(entry.advisory.content.presumption, None);
        assert_eq!(read.complaints, []);
    }

    #[test]
    fn a_catalogue_that_counts_wrongly_or_holds_a_broken_entry_is_read_and_says_so() {
        let text = r#"{"catalogVersion": "2026.03.01", "count": 3, "vulnerabilities": [
            {"cveID": "CVE-2026-1000002", "vendorProject": "Polderweb", "product": "Multiple Products"},
            {"vendorProject": "Polderweb"}]}"#;
        let read = read_within(text.as_bytes(), Limits::default()).unwrap();
        let said: Vec<String> = read.complaints.iter().map(|it| format!("{} {}", it.at, it.what)).collect();
        assert_eq!(
            said,
            [
                "/vulnerabilities/0 \"Multiple Products\" names no product",
                "/vulnerabilities/1/cveID the number of the vulnerability is missing",
                "/count this should be the number of entries in the list",
            ]
        );
        assert!(read_within(b"{\"vulnerabilities\": []}", Limits::default()).is_err());
    }
}
