//! Vendor, product and their other names: saying the same thing twice.
//!
//! ```text
//! Proposed ─► Confirmed ─► Merged(into)
//! ```
//!
//! "Citrix ADC" was known to its owners as NetScaler; who only compares words warns nobody
//! (`domain.md` 5.2). A name is compared as its key: lower case, letters and digits only, without
//! the words that companies put behind their name.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::ProductId;

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
    while words.len() > 1 && words.last().is_some_and(|last| COMPANY.contains(last)) {
        words.pop();
    }
    words.join(" ")
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub id: ProductId,
    pub name: Name,
    /// What else it is or was called.
    pub aliases: BTreeSet<Name>,
    pub state: State,
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

/// How a name led to a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// By the product's word alone; no vendor was written, or the vendor is not the one we know.
    ByProduct,
    /// By another name of the same product.
    ByAlias,
    ByName,
}

/// All products that we know, ready to be asked by name.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    names: BTreeMap<(String, String), (ProductId, Found)>,
    /// By the product's word alone. Two products under one word are none: we do not guess.
    words: BTreeMap<String, BTreeSet<ProductId>>,
    merged: BTreeMap<ProductId, ProductId>,
}

impl Catalogue {
    pub fn new<'a>(products: impl IntoIterator<Item = &'a Product>) -> Self {
        let mut catalogue = Self::default();
        for product in products {
            catalogue.add(product);
        }
        catalogue
    }

    /// Takes a product in; the first to own a name keeps it.
    pub fn add(&mut self, product: &Product) {
        if let State::Merged(into) = product.state {
            self.merged.insert(product.id, into);
        }
        let own = std::iter::once((&product.name, Found::ByName));
        let aliases = product.aliases.iter().map(|alias| (alias, Found::ByAlias));
        for (name, how) in own.chain(aliases) {
            let vendor = name.vendor.as_deref().map(vendor_key).unwrap_or_default();
            for word in words_of(name) {
                self.names.entry((vendor.clone(), word.clone())).or_insert((product.id, how));
                self.words.entry(word).or_default().insert(product.id);
            }
        }
    }

    /// The product that `name` means, and how sure that is. `None` when nothing or more than one
    /// thing fits: that is a question for a person.
    pub fn find(&self, name: &Name) -> Option<(ProductId, Found)> {
        if name.says_nothing() {
            return None;
        }
        let vendor = name.vendor.as_deref().map(vendor_key).unwrap_or_default();
        let words = words_of(name);
        let exact = words.iter().find_map(|word| self.names.get(&(vendor.clone(), word.clone())));
        let found = exact.copied().or_else(|| {
            let only = |ids: &BTreeSet<ProductId>| {
                let ids: BTreeSet<_> = ids.iter().map(|id| self.settled(*id)).collect();
                if ids.len() == 1 { ids.first().copied() } else { None }
            };
            words.iter().find_map(|word| self.words.get(word).and_then(only)).map(|id| (id, Found::ByProduct))
        });
        found.map(|(id, how)| (self.settled(id), how))
    }

    /// Every key under which somebody may have registered what `name` means: its own words, and those
    /// of all names of the product. Whoever stores inventories looks these up and then asks
    /// [`Catalogue::find`], which is exact.
    pub fn keys(&self, name: &Name) -> BTreeSet<String> {
        let mut keys: BTreeSet<String> = words_of(name).into_iter().collect();
        if let Some((id, _)) = self.find(name) {
            let same = |ids: &BTreeSet<ProductId>| ids.iter().any(|one| self.settled(*one) == id);
            keys.extend(self.words.iter().filter(|(_, ids)| same(ids)).map(|(word, _)| word.clone()));
        }
        keys
    }

    /// Follows merges to their end. A circle ends where it began.
    fn settled(&self, id: ProductId) -> ProductId {
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

/// Every key under which `name` may be looked for; see [`Catalogue::keys`].
pub fn keys(name: &Name) -> Vec<String> {
    words_of(name)
}

/// A product's word with and without its vendor in front: "Citrix ADC" of Citrix is also "ADC".
fn words_of(name: &Name) -> Vec<String> {
    let word = key(&name.product);
    let vendor = name.vendor.as_deref().map(vendor_key).unwrap_or_default();
    let bare =
        word.strip_prefix(&vendor).map(str::trim).filter(|rest| !vendor.is_empty() && !rest.is_empty());
    let bare = bare.map(str::to_owned);
    let full =
        if vendor.is_empty() { None } else { Some(format!("{vendor} {}", bare.as_ref().unwrap_or(&word))) };
    let mut words = vec![word];
    words.extend(bare);
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
