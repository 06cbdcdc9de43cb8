//! Vendor, product and their other names: saying the same thing twice.
//!
//! ```text
//! Proposed ─► Confirmed ─► Merged(into)
//! ```
//!
//! "Citrix ADC" was known to its owners as NetScaler; who only compares words warns nobody
//! (`domain.md` 5.2). A name is compared as its key: lower case, letters and digits only, without
//! the words that companies put behind their name.
//!
//! A name need not lead to one product. "Exchange Server 2019" of an inventory is what one paper calls
//! "Exchange Server" and another "Exchange Server 2019 Cumulative Update 12": each of them is a
//! [`Meaning`], with how sure it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::ids::ProductId;
use crate::version::Version;

/// Vendor and product as somebody wrote them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    /// `None` where only the product was written, as in most inventories.
    pub vendor: Option<String>,
    pub product: String,
}

impl Name {
    pub fn new(vendor: &str, product: &str) -> Self {
        let vendor = Some(vendor.trim()).filter(|vendor| !vendor.is_empty()).map(str::to_owned);
        Self { vendor, product: product.trim().to_owned() }
    }

    /// Whether it names nothing: blank, or the `n/a` that a CVE record carries when nobody filled it in.
    pub fn says_nothing(&self) -> bool {
        says_nothing(&self.product)
    }
}

impl std::fmt::Display for Name {
    /// `Citrix ADC`, without saying the vendor twice.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.vendor {
            Some(vendor) if !says_nothing(vendor) && !key(&self.product).starts_with(&key(vendor)) => {
                write!(f, "{vendor} {}", self.product)
            }
            _ => f.write_str(&self.product),
        }
    }
}

fn says_nothing(word: &str) -> bool {
    matches!(
        word.trim().to_ascii_lowercase().as_str(),
        "" | "n/a" | "na" | "-" | "*" | "unknown" | "unspecified"
    )
}

/// Words that stand behind a company's name and say nothing about which company it is.
const COMPANY: &[&str] = &[
    "ag",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "international",
    "limited",
    "llc",
    "ltd",
    "nv",
    "sa",
    "software",
    "spa",
    "srl",
    "systems",
    "technologies",
];

/// The form in which words are compared: lower case, single spaces, letters and digits only.
pub fn key(words: &str) -> String {
    let lower = words.to_lowercase();
    lower
        .split(|it: char| !it.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// As [`key`], without the words of [`COMPANY`] at the end.
fn vendor_key(words: &str) -> String {
    let key = key(words);
    let mut words: Vec<&str> = key.split(' ').collect();
    // "B.V." and "S.p.A." are one word each.
    let letters = words.iter().rev().take_while(|word| word.chars().count() == 1).count();
    let joined = words.get(words.len() - letters..).unwrap_or_default().concat();
    if letters > 1 && letters < words.len() && COMPANY.contains(&joined.as_str()) {
        words.truncate(words.len() - letters);
    }
    while words.len() > 1 && words.last().is_some_and(|last| COMPANY.contains(last)) {
        words.pop();
    }
    words.join(" ")
}

/// A mark by which others know a product, in the one form in which equal marks are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Part, vendor and product of a CPE name: `a:apache:log4j`.
    Cpe(String),
    /// Type, namespace and name of a package URL: `maven/org.apache.logging.log4j/log4j-core`.
    Package(String),
    /// An order or model number, letters and digits only: `6ES75101SJ000AB0`.
    Order(String),
}

impl Mark {
    /// The mark in a CPE 2.3 name, or in the older URI form. `None` when it names no product.
    pub fn of_cpe(written: &str) -> Option<Self> {
        let written = written.trim().to_ascii_lowercase();
        let rest = written.strip_prefix("cpe:2.3:").or_else(|| written.strip_prefix("cpe:/"))?;
        let (mut parts, mut escaped) = (vec![String::new()], false);
        for it in rest.chars() {
            match it {
                ':' if !escaped && parts.len() == 3 => break,
                ':' if !escaped => parts.push(String::new()),
                // A backslash before what needs none is another spelling of the same name.
                '\\' if !escaped => {}
                _ => parts.last_mut()?.push(it),
            }
            escaped = it == '\\' && !escaped;
        }
        let [part, vendor, product] = parts.try_into().ok()?;
        let is_named =
            !matches!(product.as_str(), "" | "*" | "-") && matches!(part.as_str(), "a" | "o" | "h");
        is_named.then(|| Self::Cpe(format!("{part}:{vendor}:{product}")))
    }

    /// The mark in a package URL in its canonical form. `None` for anything else.
    pub fn of_package_url(written: &str) -> Option<Self> {
        let rest = written.trim().strip_prefix("pkg:")?;
        let end = rest.find(['?', '#']).unwrap_or(rest.len());
        let rest = rest.get(..end)?;
        // A scope of npm begins with an at sign too; a version stands behind the last slash.
        let name = rest.rfind('/').map_or(0, |slash| slash + 1);
        let end = rest.get(name..)?.find('@').map_or(rest.len(), |at| name + at);
        let package = rest.get(..end)?;
        package.contains('/').then(|| Self::Package(package.to_owned()))
    }

    /// An order number. `None` when it is too short to identify anything.
    pub fn of_order_number(written: &str) -> Option<Self> {
        let plain: String = written.chars().filter(char::is_ascii_alphanumeric).collect();
        let digits = plain.chars().filter(char::is_ascii_digit).count();
        (plain.len() >= 6 && digits >= 3).then(|| Self::Order(plain.to_ascii_uppercase()))
    }

    /// The order number that stands in a product's name, mostly in brackets behind it.
    pub fn order_number_in(name: &str) -> Option<Self> {
        let words = name.split(|it: char| it.is_whitespace() || matches!(it, '(' | ')' | ',' | ';'));
        let mut numbers = words.filter(|word| {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let letters = word.chars().filter(char::is_ascii_uppercase).count();
            let plain = word.chars().all(|it| it.is_ascii_digit() || it.is_ascii_uppercase() || it == '-');
            plain && word.len() >= 10 && digits >= 5 && letters >= 2 && word.contains('-')
        });
        numbers.next().and_then(Self::of_order_number)
    }

    /// Whether the package comes from a distribution, which mends holes without raising the version.
    pub fn is_of_a_distribution(&self) -> bool {
        let Self::Package(package) = self else { return false };
        ["deb/", "rpm/", "apk/", "alpm/"].iter().any(|kind| package.starts_with(kind))
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cpe(it) => write!(f, "cpe:2.3:{it}"),
            Self::Package(it) => write!(f, "pkg:{it}"),
            Self::Order(it) => f.write_str(it),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub id: ProductId,
    pub name: Name,
    /// What else it is or was called.
    pub aliases: BTreeSet<Name>,
    pub marks: BTreeSet<Mark>,
    pub state: State,
}

impl Product {
    /// A product that somebody has looked at.
    pub fn confirmed(id: ProductId, name: Name) -> Self {
        Self { id, name, aliases: BTreeSet::new(), marks: BTreeSet::new(), state: State::Confirmed }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Seen in a paper or an inventory; nobody has looked yet.
    Proposed,
    Confirmed,
    /// The same as another; whatever names this one means that one.
    Merged(ProductId),
}

/// How a name led to a product, the least sure first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The one name has all words of the other, and what is left over are words like "series" or numbers.
    ByLikeness,
    /// By the product's word alone; no vendor was written, or the vendor is not the one we know.
    ByProduct,
    /// By another name of the same product.
    ByAlias,
    ByName,
    /// By a CPE name, a package URL or an order number.
    ByMark,
}

/// A product that a name may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    pub product: ProductId,
    pub found: Found,
    /// Whether the name leaves no doubt about the product.
    pub sure: bool,
    /// What the name says about the version: `2019` in "Exchange Server 2019", when the product is
    /// called "Exchange Server".
    pub edition: Option<Version>,
}

/// How many products one word may mean before it means none.
const MEANINGS_MAX: usize = 4;

/// Words that say what kind of thing a product is, and not which. Left over, they make no difference;
/// alone, they name nothing. PN and DP are the field buses of controllers.
const KINDS: &[&str] = &[
    "and",
    "appliance",
    "application",
    "cluster",
    "core",
    "cpu",
    "cumulative",
    "device",
    "devices",
    "dp",
    "driver",
    "edition",
    "enterprise",
    "family",
    "firmware",
    "for",
    "hotfix",
    "lts",
    "module",
    "os",
    "pack",
    "patch",
    "plc",
    "pn",
    "professional",
    "project",
    "release",
    "security",
    "series",
    "server",
    "service",
    "software",
    "standard",
    "suite",
    "system",
    "systems",
    "update",
    "ver",
    "version",
    "x64",
    "x86",
];

/// Words that two names of one product may differ in.
const FILLERS: &[&str] = &[
    "and",
    "appliance",
    "application",
    "device",
    "devices",
    "edition",
    "family",
    "firmware",
    "for",
    "product",
    "products",
    "project",
    "series",
    "software",
    "suite",
    "system",
    "systems",
    "the",
    "ver",
    "version",
];

/// Product words that so many vendors use that without the vendor they mean nothing.
const COMMON: &[&str] = &[
    "agent",
    "api",
    "auth",
    "backup",
    "calendar",
    "cli",
    "client",
    "cloud",
    "common",
    "commons",
    "config",
    "connect",
    "console",
    "crypto",
    "dashboard",
    "database",
    "desktop",
    "editor",
    "engine",
    "files",
    "framework",
    "gateway",
    "http",
    "json",
    "kernel",
    "library",
    "log",
    "logger",
    "mail",
    "manager",
    "mobile",
    "monitor",
    "network",
    "parser",
    "platform",
    "player",
    "plugin",
    "portal",
    "proxy",
    "router",
    "runtime",
    "sdk",
    "shell",
    "sql",
    "storage",
    "studio",
    "switch",
    "tools",
    "util",
    "utils",
    "viewer",
    "vpn",
    "web",
    "wiki",
    "workspace",
    "xml",
];

fn is_kind(word: &str) -> bool {
    KINDS.contains(&word)
}

fn is_number(word: &str) -> bool {
    word.chars().any(|it| it.is_ascii_digit())
}

/// Whether a product's word alone says which product it is.
fn is_telling(word: &str) -> bool {
    word.split(' ')
        .any(|it| it.chars().count() > 2 && !is_kind(it) && !is_number(it) && !COMMON.contains(&it))
}

/// What is left of words when kinds and numbers are taken out.
fn core<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().filter(|it| !is_kind(it) && !is_number(it)).collect();
    words.join(" ")
}

/// A name in the catalogue, as likeness is judged by.
#[derive(Debug, Clone)]
struct Entry {
    product: ProductId,
    vendor: String,
    words: BTreeSet<String>,
}

/// Names that say the same when kinds and numbers are taken out.
#[derive(Debug, Clone, Default)]
struct Alike {
    entries: Vec<Entry>,
    /// Places of entries without a number.
    plain: Vec<usize>,
    /// Places of entries by each of their numbers.
    numbered: HashMap<String, Vec<usize>>,
}

/// A name without a number may mean every model of a series, but not of half a catalogue.
const SERIES_MAX: usize = 500;

impl Alike {
    fn add(&mut self, entry: Entry) {
        let place = self.entries.len();
        let numbers: Vec<&String> = entry.words.iter().filter(|it| is_number(it)).collect();
        if numbers.is_empty() {
            self.plain.push(place);
        }
        for number in numbers {
            self.numbered.entry(number.clone()).or_default().push(place);
        }
        self.entries.push(entry);
    }

    /// Entries whose words may all be among `words`, or the other way round: of names with numbers one of
    /// them is then in both.
    fn near(&self, words: &BTreeSet<&str>) -> impl Iterator<Item = &Entry> {
        let numbers: Vec<&&str> = words.iter().filter(|it| is_number(it)).collect();
        let all = numbers.is_empty() && self.entries.len() <= SERIES_MAX;
        let mut places: BTreeSet<usize> = match all {
            true => (0..self.entries.len()).collect(),
            false => self.plain.iter().take(SERIES_MAX).copied().collect(),
        };
        for number in numbers {
            places.extend(self.numbered.get(*number).into_iter().flatten().take(SERIES_MAX));
        }
        places.into_iter().filter_map(|place| self.entries.get(place))
    }
}

/// All products that we know, ready to be asked by name or mark.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Other names of vendors, by their key.
    vendors: HashMap<String, String>,
    names: HashMap<(String, String), (ProductId, Found)>,
    /// By the product's word alone.
    words: HashMap<String, BTreeSet<ProductId>>,
    marks: HashMap<Mark, BTreeSet<ProductId>>,
    /// Those that are known as packages.
    packaged: HashSet<ProductId>,
    /// Those that have an order number.
    numbered: HashSet<ProductId>,
    /// By what a name says when kinds and numbers are taken out.
    cores: HashMap<String, Alike>,
    merged: BTreeMap<ProductId, ProductId>,
    len: usize,
}

impl Catalogue {
    pub fn new<'a>(products: impl IntoIterator<Item = &'a Product>) -> Self {
        let mut catalogue = Self::default();
        for product in products {
            catalogue.add(product);
        }
        catalogue
    }

    /// How many products were taken in.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes in that `alias` is another name of the vendor `name`. Counts for what is added afterwards.
    pub fn add_vendor(&mut self, name: &str, alias: &str) {
        let (name, alias) = (vendor_key(name), vendor_key(alias));
        if name != alias {
            self.vendors.insert(alias, name);
        }
    }

    /// A vendor as it is compared.
    fn vendor(&self, name: &Name) -> String {
        let key = name.vendor.as_deref().map(vendor_key).unwrap_or_default();
        self.vendors.get(&key).cloned().unwrap_or(key)
    }

    /// Takes a product in; the first to own a name keeps it.
    pub fn add(&mut self, product: &Product) {
        self.len += 1;
        if let State::Merged(into) = product.state {
            self.merged.insert(product.id, into);
        }
        for mark in &product.marks {
            self.add_mark(product.id, mark);
        }
        let own = std::iter::once((&product.name, Found::ByName));
        let aliases = product.aliases.iter().map(|alias| (alias, Found::ByAlias));
        for (name, how) in own.chain(aliases) {
            self.add_name(product.id, name, how);
        }
    }

    /// Takes in another name of a product that is there.
    pub fn add_name(&mut self, product: ProductId, name: &Name, how: Found) {
        if name.says_nothing() {
            return;
        }
        let vendor = self.vendor(name);
        for word in words_of(&vendor, name) {
            self.names.entry((vendor.clone(), word.clone())).or_insert((product, how));
            self.words.entry(word).or_default().insert(product);
        }
        let own = own_words(&vendor, name);
        let words: BTreeSet<String> = own.split(' ').map(str::to_owned).collect();
        let short = core(own.split(' '));
        let long = if vendor.is_empty() {
            short.clone()
        } else {
            core([vendor.as_str(), &own].iter().flat_map(|it| it.split(' ')))
        };
        let entry = Entry { product, vendor, words };
        if short != long && !short.is_empty() {
            self.cores.entry(short.clone()).or_default().add(entry.clone());
        }
        if !long.is_empty() && !short.is_empty() {
            self.cores.entry(long).or_default().add(entry);
        }
    }

    /// Takes in a mark of a product that is there.
    pub fn add_mark(&mut self, product: ProductId, mark: &Mark) {
        match mark {
            Mark::Package(_) => self.packaged.extend([product]),
            Mark::Order(_) => self.numbered.extend([product]),
            Mark::Cpe(_) => {}
        }
        self.marks.entry(mark.clone()).or_default().insert(product);
    }

    /// The product of exactly this vendor and name, or of one of its other names.
    pub fn named(&self, name: &Name) -> Option<(ProductId, Found)> {
        if name.says_nothing() {
            return None;
        }
        let vendor = self.vendor(name);
        let words = words_of(&vendor, name);
        let found = words.into_iter().find_map(|word| self.names.get(&(vendor.clone(), word)))?;
        Some((self.settled(found.0), found.1))
    }

    /// The products that carry `mark`, in the order of their ids.
    pub fn marked(&self, mark: &Mark) -> BTreeSet<ProductId> {
        self.marks.get(mark).into_iter().flatten().map(|id| self.settled(*id)).collect()
    }

    /// The product that `name` means, and how sure that is. `None` when nothing or more than one
    /// thing fits: that is a question for a person.
    pub fn find(&self, name: &Name) -> Option<(ProductId, Found)> {
        self.named(name).or_else(|| {
            let words = words_of(&self.vendor(name), name);
            let mut found = words.iter().map(|word| self.by_word(word)).filter(|ids| !ids.is_empty());
            let ids = found.next().filter(|ids| ids.len() == 1 && !name.says_nothing())?;
            ids.first().map(|id| (*id, Found::ByProduct))
        })
    }

    fn by_word(&self, word: &str) -> BTreeSet<ProductId> {
        self.words.get(word).into_iter().flatten().map(|id| self.settled(*id)).collect()
    }

    /// Every product that somebody may mean who writes `name` and `marks`, each once, in the order of
    /// their ids. Empty when nothing fits, or so much that it says nothing: a question for a person.
    pub fn meanings(&self, name: &Name, marks: &[Mark]) -> Vec<Meaning> {
        let mut found: BTreeMap<ProductId, Meaning> = BTreeMap::new();
        let mut put = |meaning: Meaning| {
            let known = found.get(&meaning.product);
            if known.is_none_or(|known| (known.sure, known.found) < (meaning.sure, meaning.found)) {
                found.insert(meaning.product, meaning);
            }
        };
        let number = Mark::order_number_in(&name.product);
        let marks = || marks.iter().chain(&number);
        for product in marks().flat_map(|mark| self.marked(mark)) {
            put(Meaning { product, found: Found::ByMark, sure: true, edition: None });
        }
        if name.says_nothing() {
            return found.into_values().collect();
        }
        let package = marks().find(|mark| matches!(mark, Mark::Package(_)));
        let ordered = marks().find(|mark| matches!(mark, Mark::Order(_)));
        // Models of a series share their words, and have each a number of its own.
        let mut put = |meaning: Meaning| {
            let is_other = ordered.is_some_and(|own| {
                self.numbered.contains(&meaning.product)
                    && !self.marks.get(own).is_some_and(|ids| ids.contains(&meaning.product))
            });
            if !is_other {
                put(meaning);
            }
        };
        let vendor = self.vendor(name);
        let words = words_of(&vendor, name);
        let named = words.iter().find_map(|word| self.names.get(&(vendor.clone(), word.clone())));
        if let Some((product, how)) = named {
            let product = self.settled(*product);
            if let Some(sure) = self.may_be(product, package) {
                put(Meaning {
                    product,
                    found: if sure { *how } else { Found::ByLikeness },
                    sure,
                    edition: None,
                });
            }
        } else if let Some((word, ids)) =
            words.iter().map(|word| (word, self.by_word(word))).find(|(_, ids)| !ids.is_empty())
        {
            let lone = vendor.is_empty();
            let fits = ids.len() <= MEANINGS_MAX
                && (is_telling(word) || lone && ids.len() == 1 && package.is_none());
            let sure = lone && ids.len() == 1 && package.is_none();
            for product in ids.into_iter().filter(|id| fits && self.may_be(*id, package).is_some()) {
                put(Meaning { product, found: Found::ByProduct, sure, edition: None });
            }
        }
        if package.is_none() {
            self.alike(&vendor, name, &mut put);
        }
        found.into_values().collect()
    }

    /// Whether a thing that is `package` and has the name of `product` may be it: `Some(true)` when nothing
    /// speaks against it. What is known as other packages is not this one. A distribution counts its
    /// versions itself, so that what is said about the product's versions is never sure about its package.
    fn may_be(&self, product: ProductId, package: Option<&Mark>) -> Option<bool> {
        let Some(package) = package else { return Some(true) };
        if self.marks.get(package).is_some_and(|ids| ids.contains(&product)) {
            return Some(true);
        }
        match (package.is_of_a_distribution(), self.packaged.contains(&product)) {
            (true, _) => Some(false),
            (false, true) => None,
            (false, false) => Some(true),
        }
    }

    /// Products whose names have all words of `name`, or the other way round, and beyond that only
    /// kinds and numbers.
    fn alike(&self, vendor: &str, name: &Name, put: &mut impl FnMut(Meaning)) {
        let own = own_words(vendor, name);
        let core = core(own.split(' '));
        let Some(alike) = self.cores.get(&core).filter(|_| !core.is_empty()) else { return };
        let words: BTreeSet<&str> = own.split(' ').collect();
        for entry in alike.near(&words) {
            let theirs = || entry.words.iter().map(String::as_str);
            let fits = match vendor.is_empty() {
                // The vendor stands in the product's own words, or nobody wrote it.
                true => entry.vendor.is_empty() || entry.vendor.split(' ').all(|it| words.contains(it)),
                false => same_vendor(vendor, &entry.vendor),
            };
            if !fits {
                continue;
            }
            let of_vendor: BTreeSet<&str> = match vendor.is_empty() {
                true => entry.vendor.split(' ').collect(),
                false => BTreeSet::new(),
            };
            let mine: BTreeSet<&str> = words.difference(&of_vendor).copied().collect();
            let other: BTreeSet<&str> = theirs().collect();
            if !mine.is_subset(&other) && !other.is_subset(&mine) {
                continue;
            }
            let edition = mine.iter().any(|it| is_number(it) && !other.contains(it));
            let edition = if edition { edition_in(&name.product, &other) } else { None };
            let product = self.settled(entry.product);
            let mut differing = mine.symmetric_difference(&other);
            let is_same =
                differing.all(|it| FILLERS.contains(it)) && (vendor.is_empty() || vendor == entry.vendor);
            match is_same {
                true => put(Meaning { product, found: Found::ByAlias, sure: true, edition: None }),
                false => put(Meaning { product, found: Found::ByLikeness, sure: false, edition }),
            }
        }
    }

    /// Product names that have a word beginning with `typed`, at most `limit`, shortest first: to choose from.
    pub fn beginning_with(&self, typed: &str, limit: usize) -> Vec<ProductId> {
        let typed = key(typed);
        if typed.is_empty() {
            return vec![];
        }
        let mut found: Vec<(&String, &BTreeSet<ProductId>)> = self
            .words
            .iter()
            .filter(|(word, _)| word.starts_with(&typed) || word.contains(&format!(" {typed}")))
            .collect();
        found.sort_unstable_by_key(|(word, _)| (word.len(), *word));
        let mut ids = Vec::new();
        for id in found.into_iter().flat_map(|(_, ids)| ids).map(|id| self.settled(*id)) {
            if !ids.contains(&id) {
                ids.push(id);
            }
            if ids.len() == limit {
                break;
            }
        }
        ids
    }

    /// Follows merges to their end. A circle ends where it began.
    pub fn settled(&self, id: ProductId) -> ProductId {
        let mut at = id;
        for _ in 0..self.merged.len() {
            match self.merged.get(&at) {
                Some(into) => at = *into,
                None => break,
            }
        }
        at
    }
}

/// Whether two keys of vendors are one: "zoom" and "zoom video communications".
fn same_vendor(one: &str, other: &str) -> bool {
    let begins = |long: &str, short: &str| {
        long.strip_prefix(short)
            .is_some_and(|rest| !short.is_empty() && (rest.is_empty() || rest.starts_with(' ')))
    };
    begins(one, other) || begins(other, one)
}

/// The first word of a name that is a number and none of `theirs`: `12.1` of "Citrix ADC 12.1".
fn edition_in(product: &str, theirs: &BTreeSet<&str>) -> Option<Version> {
    let numbers = product.split_whitespace().map(|word| word.trim_matches(['(', ')', ',', ';']));
    let mut numbers = numbers.filter(|word| {
        let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
        bare.starts_with(|it: char| it.is_ascii_digit())
            && key(word).split(' ').any(|it| !theirs.contains(it))
    });
    numbers.next().map(Version::new)
}

/// Every key under which `name` may be looked for in a store, the product's own words first, and last with
/// the vendor in front.
pub fn keys(name: &Name) -> Vec<String> {
    words_of(&name.vendor.as_deref().map(vendor_key).unwrap_or_default(), name)
}

/// The product's words without the vendor in front: "Citrix ADC" of Citrix is "adc".
fn own_words(vendor: &str, name: &Name) -> String {
    let word = key(&name.product);
    let written = name.vendor.as_deref().map(vendor_key).unwrap_or_default();
    let bare = [vendor, &written].into_iter().filter(|it| !it.is_empty()).find_map(|vendor| {
        word.strip_prefix(vendor).filter(|rest| rest.starts_with(' ')).map(|rest| rest.trim().to_owned())
    });
    bare.unwrap_or(word)
}

/// A product's word with and without its vendor in front: "Citrix ADC" of Citrix is also "ADC".
fn words_of(vendor: &str, name: &Name) -> Vec<String> {
    let word = key(&name.product);
    let bare = own_words(vendor, name);
    let full = if vendor.is_empty() { None } else { Some(format!("{vendor} {bare}")) };
    let mut words = vec![word];
    words.push(bare);
    words.extend(full);
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn product(number: u128, vendor: &str, name: &str, aliases: &[(&str, &str)]) -> Product {
        Product {
            id: ProductId(Uuid::from_u128(number)),
            name: Name::new(vendor, name),
            aliases: aliases.iter().map(|(vendor, name)| Name::new(vendor, name)).collect(),
            marks: BTreeSet::new(),
            state: State::Confirmed,
        }
    }

    fn catalogue() -> Catalogue {
        let adc = product(
            1,
            "Citrix",
            "ADC",
            &[("Citrix", "NetScaler"), ("Citrix", "Application Delivery Controller")],
        );
        let gateway = product(2, "Citrix", "Gateway", &[("Citrix", "NetScaler Gateway")]);
        let other = product(3, "Polderweb", "Gateway", &[]);
        let mut old = product(4, "Citrix", "NetScaler ADC MPX", &[]);
        old.state = State::Merged(adc.id);
        Catalogue::new([&adc, &gateway, &other, &old])
    }

    fn found(vendor: &str, name: &str) -> Option<(u128, Found)> {
        catalogue().find(&Name::new(vendor, name)).map(|(id, how)| (id.0.as_u128(), how))
    }

    #[test]
    fn a_product_is_found_by_its_old_name_and_in_any_spelling() {
        assert_eq!(found("Citrix Systems, Inc.", "citrix-adc"), Some((1, Found::ByName)));
        assert_eq!(found("Polderweb B.V.", "Gateway"), Some((3, Found::ByName)));
        assert_eq!(found("CITRIX", "NetScaler"), Some((1, Found::ByAlias)));
        assert_eq!(found("", "NetScaler"), Some((1, Found::ByProduct)));
        assert_eq!(found("", "Citrix ADC"), Some((1, Found::ByProduct)));
        assert_eq!(found("", "NetScaler Gateway"), Some((2, Found::ByProduct)));
    }

    #[test]
    fn a_merged_product_leads_to_the_one_that_it_became() {
        assert_eq!(found("Citrix", "NetScaler ADC MPX"), Some((1, Found::ByName)));
    }

    #[test]
    fn a_word_that_two_vendors_use_is_not_guessed() {
        assert_eq!(found("", "Gateway"), None);
        assert_eq!(found("Polderweb", "Gateway"), Some((3, Found::ByName)));
    }

    #[test]
    fn a_record_that_names_nothing_finds_nothing() {
        for word in ["n/a", "N/A", "", " ", "unspecified"] {
            assert_eq!(found("n/a", word), None, "{word:?}");
            assert!(Name::new("n/a", word).says_nothing());
        }
    }

    #[test]
    fn the_vendor_is_not_said_twice() {
        assert_eq!(Name::new("Citrix", "ADC").to_string(), "Citrix ADC");
        assert_eq!(Name::new("Citrix", "Citrix ADC").to_string(), "Citrix ADC");
        assert_eq!(Name::new("", "NetScaler").to_string(), "NetScaler");
    }
}
