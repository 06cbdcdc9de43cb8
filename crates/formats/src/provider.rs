//! What a CSAF provider says about itself and about what it has: CSAF 2.0, section 7.1.
//!
//! Every word of it was chosen by somebody else. Addresses are kept as they were written; whether they may
//! be asked is decided where they are asked. A part that cannot be read is left out and said, because a
//! provider with one broken feed has others.

use domain::tlp::Tlp;
use jiff::Timestamp;
use serde_json::Value;

use crate::json::{self, Limits};
use crate::{Unreadable, Why};

/// What a list may hold at most; what is beyond it is not read.
const ENTRIES_MAX: usize = 500_000;
const FEEDS_MAX: usize = 200;

/// `provider-metadata.json` (7.1.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub publisher: String,
    pub role: Role,
    /// Whether aggregators may name it, and whether they may keep a copy of what it has.
    pub may_be_listed: bool,
    pub may_be_mirrored: bool,
    pub keys: Vec<Key>,
    /// Addresses of folders, each with an `index.txt` and a `changes.csv`.
    pub folders: Vec<String>,
    pub feeds: Vec<Feed>,
    /// Addresses of documents that name feeds.
    pub services: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Publisher,
    Provider,
    /// Whose hashes and signatures must be checked before anything else is done.
    TrustedProvider,
}

/// A public OpenPGP key (7.1.20).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// In upper-case hexadecimal; `None` when the provider does not say.
    pub fingerprint: Option<String>,
    pub address: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    pub address: String,
    /// Narrowest when it is a word that we do not know; `None` when nothing is said.
    pub tlp: Option<Tlp>,
}

/// One thing in a feed or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// As it was written: a whole address in a feed, the end of one in a folder.
    pub address: String,
    /// When the provider last changed it, in its own words.
    pub changed: Option<String>,
    /// Addresses of files with its digest. In a folder they are not named.
    pub hashes: Vec<String>,
    pub signature: Option<String>,
}

/// One page of a ROLIE feed (7.1.15, RFC 8322).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedPage {
    pub entries: Vec<Listed>,
    pub next: Option<String>,
    /// How many entries could not be read.
    pub broken: usize,
}

/// An issuing party in the list of a lister or an aggregator (7.1.21).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    pub publisher: String,
    /// The address of its metadata.
    pub metadata: String,
    /// Where the aggregator keeps copies.
    pub mirrors: Vec<String>,
}

fn parse(bytes: &[u8]) -> Result<Value, Unreadable> {
    let limits = Limits { size_bytes_max: 64 * 1024 * 1024, depth_max: 20, ..Limits::default() };
    json::parse(bytes, limits).map(|read| read.it)
}

fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

fn list<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    list(value, pointer).filter_map(Value::as_str).map(str::to_owned).take(FEEDS_MAX).collect()
}

/// Reads the metadata of a provider.
///
/// # Errors
/// When it is no JSON within limits, or names neither a publisher nor a role.
pub fn provider(bytes: &[u8]) -> Result<Provider, Unreadable> {
    let tree = parse(bytes)?;
    let missing = |what| Unreadable { at: String::new(), why: Why::Missing(what) };
    let publisher = text(&tree, "/publisher/name").ok_or_else(|| missing("/publisher/name"))?.to_owned();
    let role = match text(&tree, "/role") {
        Some("csaf_trusted_provider") => Role::TrustedProvider,
        Some("csaf_provider") => Role::Provider,
        Some("csaf_publisher") => Role::Publisher,
        _ => return Err(missing("/role")),
    };
    // Both are required; who does not say so does not allow it.
    let may = |pointer| tree.pointer(pointer).and_then(Value::as_bool).unwrap_or(false);
    let mut provider = Provider {
        publisher,
        role,
        may_be_listed: may("/list_on_CSAF_aggregators"),
        may_be_mirrored: may("/mirror_on_CSAF_aggregators"),
        keys: Vec::new(),
        folders: Vec::new(),
        feeds: Vec::new(),
        services: Vec::new(),
    };
    for key in list(&tree, "/public_openpgp_keys").take(FEEDS_MAX) {
        if let Some(address) = text(key, "/url") {
            let fingerprint = text(key, "/fingerprint").map(|it| it.replace(' ', "").to_ascii_uppercase());
            provider.keys.push(Key { fingerprint, address: address.to_owned() });
        }
    }
    for distribution in list(&tree, "/distributions").take(FEEDS_MAX) {
        // The one in 2.0, the other in 2.1.
        for pointer in ["/directory_url", "/directory/url"] {
            provider.folders.extend(text(distribution, pointer).map(str::to_owned));
        }
        provider.services.extend(texts(distribution, "/rolie/services"));
        for feed in list(distribution, "/rolie/feeds").take(FEEDS_MAX) {
            if let Some(address) = text(feed, "/url") {
                let tlp = text(feed, "/tlp_label").map(tlp);
                provider.feeds.push(Feed { address: address.to_owned(), tlp });
            }
        }
    }
    Ok(provider)
}

/// `UNLABELED` of CSAF 2.0 is for documents that carry no label, which are not for everybody.
fn tlp(word: &str) -> Tlp {
    if word.eq_ignore_ascii_case("unlabeled") { Tlp::Amber } else { Tlp::of_word(word) }
}

/// Reads one page of a ROLIE feed.
///
/// # Errors
/// When it is no JSON within limits, or no feed.
pub fn feed(bytes: &[u8]) -> Result<FeedPage, Unreadable> {
    let tree = parse(bytes)?;
    if tree.get("feed").is_none_or(|feed| !feed.is_object()) {
        return Err(Unreadable { at: String::new(), why: Why::Missing("/feed") });
    }
    let links = |of: &'_ Value, pointer: &str, rel: &str| -> Vec<String> {
        list(of, pointer)
            .filter(|link| text(link, "/rel") == Some(rel))
            .filter_map(|link| text(link, "/href").map(str::to_owned))
            .take(10)
            .collect()
    };
    let mut page = FeedPage { next: links(&tree, "/feed/link", "next").pop(), ..FeedPage::default() };
    for entry in list(&tree, "/feed/entry").take(ENTRIES_MAX) {
        // The content may stand at another place than the entry says of itself; the entry's own is checked.
        let own = links(entry, "/link", "self").pop();
        let Some(address) = own.or_else(|| text(entry, "/content/src").map(str::to_owned)) else {
            page.broken = page.broken.saturating_add(1);
            continue;
        };
        page.entries.push(Listed {
            address,
            changed: text(entry, "/updated").map(str::to_owned),
            hashes: links(entry, "/link", "hash"),
            signature: links(entry, "/link", "signature").pop(),
        });
    }
    Ok(page)
}

/// The addresses of feeds in a ROLIE service document (7.1.16).
///
/// # Errors
/// When it is no JSON within limits.
pub fn service(bytes: &[u8]) -> Result<Vec<String>, Unreadable> {
    let tree = parse(bytes)?;
    let collections = list(&tree, "/service/workspace").flat_map(|workspace| list(workspace, "/collection"));
    let addresses = collections.filter_map(|collection| text(collection, "/href").map(str::to_owned));
    Ok(addresses.take(FEEDS_MAX).collect())
}

/// The issuing parties in an `aggregator.json` (7.1.21, 7.1.23).
///
/// # Errors
/// When it is no JSON within limits, or lists nobody.
pub fn aggregator(bytes: &[u8]) -> Result<Vec<Issuer>, Unreadable> {
    let tree = parse(bytes)?;
    let all = list(&tree, "/csaf_providers").chain(list(&tree, "/csaf_publishers"));
    let issuers: Vec<Issuer> = all
        .filter_map(|issuer| {
            Some(Issuer {
                publisher: text(issuer, "/metadata/publisher/name").unwrap_or_default().to_owned(),
                metadata: text(issuer, "/metadata/url")?.to_owned(),
                mirrors: texts(issuer, "/mirrors"),
            })
        })
        .take(FEEDS_MAX)
        .collect();
    match issuers.is_empty() {
        true => Err(Unreadable { at: String::new(), why: Why::Missing("/csaf_providers") }),
        false => Ok(issuers),
    }
}

/// The addresses after `CSAF:` in a `security.txt` (7.1.8, RFC 9116), in their order. A signature around
/// the file is not looked at: what it leads to is checked by itself.
pub fn of_security_txt(bytes: &[u8]) -> Vec<String> {
    let Ok(text) = json::text(bytes, Limits { size_bytes_max: 64 * 1024, ..Limits::default() }) else {
        return Vec::new();
    };
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    fields
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("csaf"))
        .map(|(_, address)| address.trim().to_owned())
        .filter(|address| !address.is_empty())
        .take(10)
        .collect()
}

/// What a folder holds: its `index.txt` (7.1.12) with the times of its `changes.csv` (7.1.13), in the order
/// of the former. What stands in the latter only is not listed.
///
/// # Errors
/// When the list is no text, or too long.
pub fn folder(index: &[u8], changes: Option<&[u8]>) -> Result<Vec<Listed>, Unreadable> {
    let index = json::text(index, Limits::default())?;
    let mut times = std::collections::BTreeMap::new();
    let mut table = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(changes.unwrap_or_default());
    for row in table.records().take(ENTRIES_MAX).flatten() {
        if let (Some(name), Some(time)) = (row.get(0), row.get(1)) {
            // The first is the newest, as the standard has it.
            times.entry(name.to_owned()).or_insert_with(|| time.to_owned());
        }
    }
    let names = index.lines().map(str::trim).filter(|line| !line.is_empty());
    let listed = names.take(ENTRIES_MAX).map(|name| Listed {
        address: name.to_owned(),
        changed: times.get(name).cloned(),
        hashes: Vec::new(),
        signature: None,
    });
    Ok(listed.collect())
}

/// What an advisory must tell before anything is done with it: its own number and its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub number: String,
    pub tlp: Option<Tlp>,
    pub released_at: Option<Timestamp>,
}

/// Reads no more of an advisory than its card.
///
/// # Errors
/// When it is no JSON within limits, when something follows it, or when it has no number.
pub fn card(bytes: &[u8]) -> Result<Card, Unreadable> {
    let tree = json::parse(bytes, Limits::default())?.it;
    let number = text(&tree, "/document/tracking/id")
        .ok_or(Unreadable { at: String::new(), why: Why::Missing("/document/tracking/id") })?;
    Ok(Card {
        number: number.to_owned(),
        tlp: text(&tree, "/document/distribution/tlp/label").map(tlp),
        released_at: text(&tree, "/document/tracking/current_release_date").and_then(|it| it.parse().ok()),
    })
}

/// The name of the file in which an advisory of this number lies (5.1).
pub fn file_name(number: &str) -> String {
    let mut name = String::new();
    for letter in number.to_lowercase().chars() {
        match letter {
            'a'..='z' | '0'..='9' | '+' | '-' => name.push(letter),
            _ if name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    name + ".json"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_with_a_broken_part_still_has_the_rest() {
        let read = provider(
            br#"{"role": "csaf_trusted_provider", "publisher": {"name": "Deltawerk"},
                 "list_on_CSAF_aggregators": true, "mirror_on_CSAF_aggregators": "yes",
                 "public_openpgp_keys": [{"fingerprint": "ab cd", "url": "https://deltawerk.example/key"}, 7],
                 "distributions": [{"directory_url": "https://deltawerk.example/white/"}, null,
                   {"rolie": {"feeds": [{"tlp_label": "WHITE", "url": "https://deltawerk.example/feed"},
                                        {"tlp_label": "PURPLE", "url": "https://deltawerk.example/odd"},
                                        {"summary": "without an address"}], "services": [3, "https://s.example/"]}}]}"#,
        )
        .unwrap();
        let feed = |address: &str, tlp| Feed { address: address.into(), tlp: Some(tlp) };
        assert_eq!(
            read,
            Provider {
                publisher: "Deltawerk".into(),
                role: Role::TrustedProvider,
                may_be_listed: true,
                may_be_mirrored: false,
                keys: vec![Key {
                    fingerprint: Some("ABCD".into()),
                    address: "https://deltawerk.example/key".into()
                }],
                folders: vec!["https://deltawerk.example/white/".into()],
                feeds: vec![
                    feed("https://deltawerk.example/feed", Tlp::Clear),
                    feed("https://deltawerk.example/odd", Tlp::Red)
                ],
                services: vec!["https://s.example/".into()],
            }
        );
        for broken in
            ["", "null", "[]", "{}", r#"{"role": "king", "publisher": {"name": "x"}}"#, r#"{"role": {}}"#]
        {
            assert!(provider(broken.as_bytes()).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_feed_is_read_by_what_each_entry_says_of_itself() {
        let page = feed(
            br#"{"feed": {"link": [{"rel": "next", "href": "https://d.example/2"}], "entry": [
                 {"updated": "2020-01-16T00:00:00Z", "content": {"src": "https://d.example/elsewhere"}, "link": [
                   {"rel": "self", "href": "https://d.example/a.json"},
                   {"rel": "hash", "href": "https://d.example/a.json.sha512"},
                   {"rel": "signature", "href": "https://d.example/a.json.asc"}]},
                 {"title": "nothing"}, "nonsense"]}}"#,
        )
        .unwrap();
        assert_eq!((page.broken, page.next.as_deref()), (2, Some("https://d.example/2")));
        assert_eq!(
            page.entries,
            [Listed {
                address: "https://d.example/a.json".into(),
                changed: Some("2020-01-16T00:00:00Z".into()),
                hashes: vec!["https://d.example/a.json.sha512".into()],
                signature: Some("https://d.example/a.json.asc".into()),
            }]
        );
        assert!(feed(b"{}").is_err() && feed(b"[").is_err());
    }

    #[test]
    fn a_folder_is_what_its_index_lists() {
        let listed = folder(
            b"2020/a.json\r\n\n 2020/b.json \n",
            Some(b"\"2020/a.json\",\"2020-01-16T00:00:00Z\"\nbroken\n\"2020/c.json\",\"2020-01-17T00:00:00Z\"\n"),
        )
        .unwrap();
        let found: Vec<_> = listed.iter().map(|it| (it.address.as_str(), it.changed.as_deref())).collect();
        assert_eq!(found, [("2020/a.json", Some("2020-01-16T00:00:00Z")), ("2020/b.json", None)]);
    }

    #[test]
    fn a_security_txt_may_name_more_than_one() {
        let text = b"Contact: mailto:a@b.example\r\ncsaf:  https://one.example/p.json \nCSAF:\n# CSAF no\nCSAF: https://two.example/p.json";
        assert_eq!(of_security_txt(text), ["https://one.example/p.json", "https://two.example/p.json"]);
    }

    #[test]
    fn a_number_has_one_file_name() {
        assert_eq!(file_name("Example Company - 2019-YH3234"), "example_company_-_2019-yh3234.json");
        assert_eq!(file_name("RHBA-2019:0024"), "rhba-2019_0024.json");
        assert_eq!(file_name("2022 #01-A"), "2022_01-a.json");
        assert_eq!(file_name("2023/[a]é__b"), "2023_a_b.json");
    }

    #[test]
    fn an_aggregator_lists_issuers_with_their_mirrors() {
        let read = aggregator(
            br#"{"csaf_providers": [{"metadata": {"url": "https://a.example/p.json", "publisher": {"name": "A"}},
                 "mirrors": ["https://z-cert.example/a/"]}, {"metadata": {}}],
                 "csaf_publishers": [{"metadata": {"url": "https://b.example/p.json"}}]}"#,
        )
        .unwrap();
        assert_eq!(read.iter().map(|it| it.mirrors.len()).collect::<Vec<_>>(), [1, 0]);
        assert!(aggregator(b"{\"csaf_providers\": []}").is_err());
    }
}
