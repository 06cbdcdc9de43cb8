//! What the standard asks of a provider of CSAF, asked of anybody: requirements 1 to 20 of CSAF 2.0, 7.1, one by one.
//!
//! Everything goes through the one way out, as when a source is read, and with the same readers. Nothing is taken in. A
//! provider whose metadata are broken is judged on the rest as far as it goes.

use std::collections::{BTreeMap, BTreeSet};

use domain::source::Trouble;
use domain::tlp::Tlp;
use formats::csaf::{self, Severity};
use formats::provider::{self, Listed, Provider, Role, file_name};
use jiff::Timestamp;
use serde::Serialize;

use super::reader::{Miss, Reader};
use super::seal::{self, Keys};
use crate::egress::{Egress, Fetched};

/// The largest list and document that is looked at.
const BYTES_MAX: usize = 64 << 20;

/// What was found of one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Met,
    Failed,
    /// Nothing there shows whether it is met.
    NotSeen,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// As in CSAF 2.0, 7.1.
    pub number: u8,
    pub verdict: Verdict,
    /// Where and why, in the order in which it was met; at most twenty.
    pub findings: Vec<String>,
}

/// More than these say nothing new.
const FINDINGS_MAX: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub address: String,
    /// What the provider says that it is.
    pub role: Option<&'static str>,
    pub documents: usize,
    /// All twenty, in their order.
    pub requirements: Vec<Requirement>,
    /// Whether it is what it says that it is.
    pub passes: bool,
}

/// What is known of each requirement: seen at least once, and what was wrong.
#[derive(Default)]
struct Notes(BTreeMap<u8, Vec<String>>);

impl Notes {
    fn seen(&mut self, number: u8) {
        self.0.entry(number).or_default();
    }

    fn wrong(&mut self, number: u8, why: String) {
        let all = self.0.entry(number).or_default();
        if all.len() < FINDINGS_MAX && !all.contains(&why) {
            all.push(why);
        }
    }

    /// Notes that `number` holds here, or why not.
    fn hold(&mut self, number: u8, holds: bool, why: impl FnOnce() -> String) {
        self.seen(number);
        if !holds {
            self.wrong(number, why());
        }
    }

    fn is_met(&self, number: u8) -> bool {
        self.0.get(&number).is_some_and(Vec::is_empty)
    }

    fn requirement(&self, number: u8) -> Requirement {
        let (verdict, findings) = match self.0.get(&number) {
            None => (Verdict::NotSeen, vec![]),
            Some(none) if none.is_empty() => (Verdict::Met, vec![]),
            Some(all) => (Verdict::Failed, all.clone()),
        };
        Requirement { number, verdict, findings }
    }

    /// Whether everything that a role needs is met (7.2). What nothing shows is not held against it, where the
    /// requirement speaks of documents that are not there.
    fn passes(&self, role: Role) -> bool {
        let not_failed = |number: u8| self.0.get(&number).is_none_or(Vec::is_empty);
        let publisher = [1, 2, 3, 4].into_iter().all(not_failed);
        let found = [8, 9, 10].into_iter().any(|number| self.is_met(number));
        let in_folders = [11, 12, 13, 14].into_iter().all(|number| self.is_met(number));
        let in_feeds = [15, 16].into_iter().all(|number| self.is_met(number)) && not_failed(17);
        let provider = publisher
            && [5, 6].into_iter().all(not_failed)
            && self.is_met(7)
            && found
            && (in_folders || in_feeds);
        let trusted = provider && [18, 19, 20].into_iter().all(|number| self.is_met(number));
        match role {
            Role::Publisher => publisher,
            Role::Provider => provider,
            Role::TrustedProvider => trusted,
        }
    }
}

/// A check on its way.
struct Check {
    reader: Reader,
    notes: Notes,
}

/// Asks a provider everything: `address` is a domain, or the address of its metadata.
pub async fn check(http: &Egress, address: &str, now: Timestamp) -> Report {
    let reader = Reader::World { http: http.clone(), header: None, credentials: None };
    let mut check = Check { reader, notes: Notes::default() };
    let named = address.trim_end_matches('/');
    let found = check.find(named).await;
    let (mut role, mut documents) = (None, 0);
    if let Some((at, metadata, bytes)) = found {
        role = Some(metadata.role);
        check.metadata(&at, &bytes);
        documents = check.everything(&metadata, now).await;
    }
    let numbers = 1..=20;
    Report {
        address: address.to_owned(),
        role: role.map(|role| match role {
            Role::Publisher => "csaf_publisher",
            Role::Provider => "csaf_provider",
            Role::TrustedProvider => "csaf_trusted_provider",
        }),
        documents,
        passes: role.is_some_and(|role| check.notes.passes(role)),
        requirements: numbers.map(|number| check.notes.requirement(number)).collect(),
    }
}

impl Check {
    /// Fetches something, and notes whether it came with TLS and without a redirect.
    async fn get(&mut self, address: &str) -> Result<Fetched, Miss> {
        self.notes.hold(3, address.starts_with("https://"), || format!("{address}: not over TLS"));
        let fetched = self.reader.get(address, BYTES_MAX).await?;
        let is_there = same(&fetched.address, address);
        self.notes.hold(6, is_there, || format!("{address}: leads to {}", fetched.address));
        Ok(fetched)
    }

    /// The metadata, by every way that there is, since each way is a requirement.
    async fn find(&mut self, named: &str) -> Option<(String, Provider, Vec<u8>)> {
        let mut found: Option<(String, Provider, Vec<u8>)> = None;
        let domain = named.trim_start_matches("https://");
        let domain = domain.split('/').next().unwrap_or(domain).to_owned();
        if named.ends_with(".json") {
            found = self.metadata_at(named, 7).await;
        }
        let well_known = format!("https://{domain}/.well-known/csaf/provider-metadata.json");
        if let Some(read) = self.metadata_at(&well_known, 9).await {
            found.get_or_insert(read);
        }
        let mut ways = Vec::new();
        for text in ["/.well-known/security.txt", "/security.txt"] {
            if let Ok(fetched) = self.get(&format!("https://{domain}{text}")).await {
                ways.extend(provider::of_security_txt(&fetched.bytes));
                break;
            }
        }
        if ways.is_empty() {
            self.notes.wrong(8, format!("{domain}: no security.txt that names CSAF metadata"));
        }
        for way in ways {
            if let Some(read) = self.metadata_at(&way, 8).await {
                found.get_or_insert(read);
            }
        }
        let by_dns = format!("https://csaf.data.security.{domain}/");
        if let Some(read) = self.metadata_at(&by_dns, 10).await {
            found.get_or_insert(read);
        }
        if found.is_none() {
            self.notes.wrong(7, format!("{named}: no provider-metadata.json that can be read"));
        }
        found
    }

    async fn metadata_at(&mut self, address: &str, number: u8) -> Option<(String, Provider, Vec<u8>)> {
        let fetched = match self.get(address).await {
            Ok(fetched) => fetched,
            Err(why) => {
                self.notes.wrong(number, format!("{address}: {}", said(&why.trouble())));
                return None;
            }
        };
        match provider::provider(&fetched.bytes) {
            Ok(read) => {
                self.notes.seen(number);
                Some((address.to_owned(), read, fetched.bytes))
            }
            Err(why) => {
                self.notes.wrong(number, format!("{address}: {why}"));
                None
            }
        }
    }

    /// What the schema of 7.1.7 asks beyond what a reader needs.
    fn metadata(&mut self, at: &str, bytes: &[u8]) {
        self.notes.seen(7);
        let Ok(tree) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
        let text = |pointer: &str| tree.pointer(pointer).and_then(|it| it.as_str()).unwrap_or_default();
        for pointer in [
            "/canonical_url",
            "/last_updated",
            "/publisher/category",
            "/publisher/name",
            "/publisher/namespace",
        ] {
            self.notes.hold(7, !text(pointer).is_empty(), || format!("{at}: {pointer} is missing"));
        }
        let is_time = text("/last_updated").parse::<Timestamp>().is_ok();
        self.notes.hold(7, is_time, || format!("{at}: /last_updated is no time"));
        for pointer in ["/list_on_CSAF_aggregators", "/mirror_on_CSAF_aggregators"] {
            let is_said = tree.pointer(pointer).is_some_and(serde_json::Value::is_boolean);
            self.notes.hold(7, is_said, || format!("{at}: {pointer} is missing"));
        }
        let version = text("/metadata_version");
        self.notes
            .hold(7, matches!(version, "2.0" | "2.1"), || format!("{at}: /metadata_version is {version:?}"));
    }

    /// Folders, feeds, and every document that they list, each once. Gives how many there are.
    async fn everything(&mut self, metadata: &Provider, now: Timestamp) -> usize {
        let keys = Keys::fetch(&self.reader, &metadata.keys, &[], now).await;
        let has_keys = !metadata.keys.is_empty() && !keys.is_empty();
        self.notes.hold(20, has_keys, || "no public OpenPGP key that can be had and is valid".into());
        let mut listed: BTreeMap<String, Listed> = BTreeMap::new();
        for folder in &metadata.folders {
            for one in self.folder(folder).await {
                listed.entry(one.address.clone()).or_insert(one);
            }
        }
        let mut in_services = BTreeSet::new();
        for service in &metadata.services {
            match self.get(service).await {
                Ok(fetched) => match provider::service(&fetched.bytes) {
                    Ok(named) => {
                        self.notes.seen(16);
                        in_services.extend(named);
                    }
                    Err(why) => self.notes.wrong(16, format!("{service}: {why}")),
                },
                Err(why) => self.notes.wrong(16, format!("{service}: {}", said(&why.trouble()))),
            }
        }
        for feed in &metadata.feeds {
            let is_named = in_services.contains(&feed.address);
            self.notes.hold(16, is_named, || format!("{}: in no service document", feed.address));
            for one in self.feed(&feed.address).await {
                // A feed names more than a folder does.
                listed.insert(one.address.clone(), one);
            }
        }
        for one in listed.values() {
            self.document(&keys, one).await;
        }
        listed.len()
    }

    async fn folder(&mut self, address: &str) -> Vec<Listed> {
        let base = format!("{}/", address.trim_end_matches('/'));
        let index = match self.get(&format!("{base}index.txt")).await {
            Ok(fetched) => {
                self.notes.seen(12);
                fetched.bytes
            }
            Err(why) => {
                self.notes.wrong(12, format!("{base}index.txt: {}", said(&why.trouble())));
                return vec![];
            }
        };
        let changes = match self.get(&format!("{base}changes.csv")).await {
            Ok(fetched) => {
                self.notes.seen(13);
                Some(fetched.bytes)
            }
            Err(why) => {
                self.notes.wrong(13, format!("{base}changes.csv: {}", said(&why.trouble())));
                None
            }
        };
        if let Some(changes) = &changes {
            let text = String::from_utf8_lossy(changes).into_owned();
            let times: Vec<Option<Timestamp>> = text
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(|line| line.rsplit(',').next()?.trim().trim_matches('"').parse().ok())
                .collect();
            let all_times = times.iter().all(Option::is_some);
            self.notes.hold(13, all_times, || format!("{base}changes.csv: a line without a time"));
            let falls = times.windows(2).all(|pair| pair.first() >= pair.last());
            self.notes.hold(13, falls, || format!("{base}changes.csv: the newest is not the first"));
        }
        match self.get(&base).await {
            Ok(fetched) => {
                let begins = String::from_utf8_lossy(fetched.bytes.get(..200).unwrap_or(&fetched.bytes))
                    .to_lowercase();
                let is_page = fetched.media_type.as_deref() == Some("text/html") || begins.contains("<html");
                self.notes.hold(14, is_page, || format!("{base}: no listing"));
            }
            Err(why) => self.notes.wrong(14, format!("{base}: {}", said(&why.trouble()))),
        }
        let mut listed = match provider::folder(&index, changes.as_deref()) {
            Ok(listed) => listed,
            Err(why) => {
                self.notes.wrong(12, format!("{base}index.txt: {why}"));
                return vec![];
            }
        };
        for one in &mut listed {
            let is_inside = formats::listing::is_plain_path(&one.address);
            self.notes.hold(12, is_inside, || format!("{base}index.txt: {} leads out", one.address));
            let is_changed = one.changed.is_some();
            self.notes.hold(13, is_changed, || format!("{base}changes.csv: {} is missing", one.address));
            let year = one.address.split('/').next().unwrap_or_default();
            let is_year = year.len() == 4 && year.bytes().all(|it| it.is_ascii_digit());
            self.notes.hold(11, is_year, || format!("{base}{}: in no folder of a year", one.address));
        }
        listed.retain(|one| formats::listing::is_plain_path(&one.address));
        for one in &mut listed {
            one.address = format!("{base}{}", one.address);
        }
        listed
    }

    async fn feed(&mut self, address: &str) -> Vec<Listed> {
        let (mut listed, mut next, mut been) = (Vec::new(), Some(address.to_owned()), BTreeSet::new());
        while let Some(at) = next.take().filter(|at| been.insert(at.clone()) && been.len() < 200) {
            let fetched = match self.get(&at).await {
                Ok(fetched) => fetched,
                Err(why) => {
                    self.notes.wrong(15, format!("{at}: {}", said(&why.trouble())));
                    break;
                }
            };
            match provider::feed(&fetched.bytes) {
                Ok(page) => {
                    self.notes.hold(15, page.broken == 0, || {
                        format!("{at}: {} entries cannot be read", page.broken)
                    });
                    listed.extend(page.entries);
                    next = page.next;
                }
                Err(why) => self.notes.wrong(15, format!("{at}: {why}")),
            }
            let Ok(tree) = serde_json::from_slice::<serde_json::Value>(&fetched.bytes) else { break };
            let links = tree.pointer("/feed/link").and_then(|it| it.as_array()).into_iter().flatten();
            let categories =
                links.filter(|link| link["rel"] == "category").filter_map(|link| link["href"].as_str());
            for category in categories.map(str::to_owned).collect::<Vec<_>>() {
                let known = self.get(&category).await.is_ok();
                self.notes.hold(17, known, || format!("{category}: cannot be had"));
            }
        }
        listed
    }

    async fn document(&mut self, keys: &Keys, one: &Listed) {
        let address = &one.address;
        let bytes = match self.get(address).await {
            Ok(fetched) => fetched.bytes,
            Err(why) => {
                self.notes.wrong(1, format!("{address}: {}", said(&why.trouble())));
                return;
            }
        };
        match csaf::validate(&bytes) {
            Ok(findings) => {
                self.notes.seen(1);
                for it in findings.iter().filter(|it| it.severity == Severity::Error) {
                    self.notes.wrong(1, format!("{address}: {} {} {}", it.test, it.path, it.message));
                }
            }
            Err(why) => self.notes.wrong(1, format!("{address}: {why}")),
        }
        if let Ok(card) = provider::card(&bytes) {
            let name = address.rsplit('/').next().unwrap_or_default();
            let wanted = file_name(&card.number);
            self.notes.hold(2, name == wanted, || format!("{address}: must be called {wanted}"));
            match card.tlp {
                Some(Tlp::Clear) => self.notes.seen(4),
                // We came without a key, and got it.
                Some(tlp @ (Tlp::Amber | Tlp::AmberStrict | Tlp::Red)) => {
                    self.notes.wrong(5, format!("{address}: TLP:{} is open to everybody", tlp.word()));
                }
                _ => {}
            }
        }
        match seal::prove(&self.reader, Role::TrustedProvider, keys, one, &bytes).await {
            Ok(None) => [18, 19].into_iter().for_each(|number| self.notes.seen(number)),
            Ok(Some(remark)) => {
                self.notes.seen(19);
                self.notes.wrong(18, format!("{address}: {}", said(&remark)));
            }
            Err(why) => {
                let is_digest =
                    matches!(why, Trouble::HashWrong | Trouble::HashUnreachable | Trouble::HashMissing);
                self.notes.wrong(if is_digest { 18 } else { 19 }, format!("{address}: {}", said(&why)));
                if !is_digest {
                    self.notes.seen(18);
                }
            }
        }
    }
}

/// Whether two addresses are one: a browser adds a slash to a bare host.
fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// A trouble in the words of a log.
fn said(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Way { said, .. } => said.clone(),
        other => format!("{other:?}"),
    }
}
