//! By product: vendor, product, other names, version.
//!
//! *Likely* needs the product and a version that the paper names; everything less is *possible*,
//! and nothing is dropped for want of a version, a CPE or a vendor.

use std::collections::{BTreeSet, HashMap};

use crate::advisory::{AffectedProduct, Content};
use crate::asset::Asset;
use crate::exposure::{Certainty, Why};
use crate::ids::ProductId;
use crate::product::{Catalogue, Found, Mark, Meaning, Name};
use crate::version::{Contains, Version};

/// An advisory's products, looked up once, to be held against many assets.
#[derive(Debug)]
pub struct Matcher<'a> {
    lines: Vec<&'a AffectedProduct>,
    /// Places in `lines`, by what they are about.
    about: HashMap<Subject, Vec<usize>>,
}

/// That an asset is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub certainty: Certainty,
    pub why: Why,
}

/// What a line of a paper and a line of an inventory have in common: the product of the catalogue, or,
/// where nobody has catalogued it, the name as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    Product(ProductId),
    Words(Name),
}

impl Subject {
    /// What a line of a paper is about, which says exactly what it means. Several when it carries marks
    /// of several products.
    pub fn of_line(line: &AffectedProduct, catalogue: &Catalogue) -> Vec<Self> {
        let named = catalogue.named(&line.name).map(|(id, _)| id);
        let exact = line.marks.iter().filter(|mark| !matches!(mark, Mark::Cpe(_)));
        let mut ids: BTreeSet<ProductId> = exact.flat_map(|mark| catalogue.marked(mark)).collect();
        ids.extend(named);
        if ids.is_empty() {
            ids.extend(line.marks.iter().flat_map(|mark| catalogue.marked(mark)));
        }
        match ids.is_empty() {
            true if line.name.says_nothing() => vec![],
            true => vec![Self::Words(line.name.clone())],
            false => ids.into_iter().map(Self::Product).collect(),
        }
    }
}

/// One way to read a line of an inventory: about what, how sure that is, and which version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub subject: Subject,
    pub found: Found,
    /// Whether there is no doubt about the product.
    pub sure: bool,
    /// Read out of the name, in place of the one that was registered.
    pub edition: Option<Version>,
}

/// Every way to read what somebody registered under `name` and `marks`; see [`Catalogue::meanings`].
pub fn readings(name: &Name, marks: &[Mark], catalogue: &Catalogue) -> Vec<Reading> {
    let mut readings = Vec::new();
    for meaning in catalogue.meanings(name, marks) {
        let Meaning { product, found, sure, edition } = meaning;
        let subject = Subject::Product(product);
        if edition.is_some() {
            readings.push(Reading { subject: subject.clone(), found, sure, edition });
        }
        readings.push(Reading { subject, found, sure, edition: None });
    }
    if readings.is_empty() && !name.says_nothing() {
        let subject = Subject::Words(name.clone());
        readings.push(Reading { subject, found: Found::ByName, sure: true, edition: None });
    }
    readings
}

impl<'a> Matcher<'a> {
    pub fn new(content: &'a Content, catalogue: &Catalogue) -> Self {
        let mut about: HashMap<Subject, Vec<usize>> = HashMap::new();
        let lines: Vec<&AffectedProduct> = content.products.iter().collect();
        for (place, line) in lines.iter().enumerate() {
            for subject in Subject::of_line(line, catalogue) {
                about.entry(subject).or_default().push(place);
            }
        }
        Self { lines, about }
    }

    /// Whether the paper names any product at all. When it does not, nobody can be matched and a
    /// person must look: that is a work item, never silence.
    pub fn has_product_data(&self) -> bool {
        !self.about.is_empty()
    }

    /// The products that the paper names, as the catalogue knows them.
    pub fn products(&self) -> impl Iterator<Item = ProductId> {
        self.about.keys().filter_map(|subject| match subject {
            Subject::Product(id) => Some(*id),
            Subject::Words(_) => None,
        })
    }

    /// Whether `asset` is concerned, in any way to read what was registered. The surest reading wins.
    pub fn hit(&self, asset: &Asset, catalogue: &Catalogue) -> Option<Hit> {
        let hit = self.hit_of(&asset.name, &asset.marks(), asset.version.as_ref(), catalogue)?;
        let why = Why { is_only_seen: asset.claimed_at.is_none(), ..hit.why };
        Some(Hit { why, ..hit })
    }

    /// As [`Matcher::hit`], of something with this name, these marks and this version.
    pub fn hit_of(
        &self,
        name: &Name,
        marks: &[Mark],
        version: Option<&Version>,
        catalogue: &Catalogue,
    ) -> Option<Hit> {
        let mut best = None::<Hit>;
        for reading in readings(name, marks, catalogue) {
            let hit = self.read(&reading, name, version);
            if let Some(hit) =
                hit.filter(|hit| best.as_ref().is_none_or(|best| best.certainty < hit.certainty))
            {
                best = Some(hit);
            }
        }
        best
    }

    /// One reading. The surest line wins; a line that says in so many words that this version is safe
    /// outweighs lines that are only unsure.
    fn read(&self, reading: &Reading, name: &Name, registered: Option<&Version>) -> Option<Hit> {
        let version = reading.edition.as_ref().or(registered);
        let (mut best, mut cleared) = (None::<Hit>, false);
        for line in self.about.get(&reading.subject)?.iter().filter_map(|place| self.lines.get(*place)) {
            cleared |= line.clears(version);
            let contains = line.concerns(version);
            let certainty = match contains {
                Contains::No => continue,
                Contains::Yes if reading.sure => Certainty::Likely,
                Contains::Yes | Contains::Unsure => Certainty::Possible,
            };
            if best.as_ref().is_none_or(|best| best.certainty < certainty) {
                let why = Why {
                    registered: name.to_string(),
                    registered_version: registered.cloned(),
                    named: line.name.to_string(),
                    ranges: line.ranges.clone(),
                    found: reading.found,
                    product_unsure: !reading.sure,
                    version_unsure: contains == Contains::Unsure,
                    is_only_seen: false,
                    measured: None,
                };
                best = Some(Hit { certainty, why });
            }
        }
        best.filter(|hit| !(cleared && hit.certainty == Certainty::Possible))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::advisory::Status;
    use crate::ids::{AssetId, ParticipantId};
    use crate::product::{Name, Product, State};
    use crate::version::{Range, Version};

    fn asset(vendor: &str, product: &str, version: &str) -> Asset {
        Asset {
            version: Some(Version::new(version)).filter(Version::is_known),
            claimed_at: Some(Timestamp::UNIX_EPOCH),
            ..Asset::new(AssetId(Uuid::nil()), ParticipantId(Uuid::nil()), Name::new(vendor, product))
        }
    }

    fn catalogue() -> Catalogue {
        let product = Product {
            id: ProductId(Uuid::from_u128(1)),
            name: Name::new("Citrix", "ADC"),
            aliases: [Name::new("Citrix", "NetScaler")].into(),
            marks: BTreeSet::new(),
            state: State::Confirmed,
        };
        Catalogue::new([&product])
    }

    fn content(lines: &[(&str, &str, Status, Range)]) -> Content {
        let line = |(vendor, product, status, range): &(&str, &str, Status, Range)| {
            AffectedProduct::new(Name::new(vendor, product), vec![range.clone()], *status)
        };
        Content { products: lines.iter().map(line).collect(), ..Content::default() }
    }

    fn certainty(content: &Content, asset: &Asset) -> Option<Certainty> {
        let catalogue = catalogue();
        Matcher::new(content, &catalogue).hit(asset, &catalogue).map(|hit| hit.certainty)
    }

    #[test]
    fn an_owner_who_calls_it_by_its_old_name_is_warned() {
        let paper =
            content(&[("Citrix", "Citrix ADC", Status::Affected, Range::until("12.1", "12.1-55.18"))]);
        assert_eq!(certainty(&paper, &asset("Citrix", "NetScaler", "12.1-50.28")), Some(Certainty::Likely));
        assert_eq!(certainty(&paper, &asset("", "NetScaler", "12.1-50.28")), Some(Certainty::Likely));
        assert_eq!(certainty(&paper, &asset("", "NetScaler", "")), Some(Certainty::Possible));
        assert_eq!(certainty(&paper, &asset("", "NetScaler", "12.1-55.18")), None);
        assert_eq!(certainty(&paper, &asset("Polderweb", "Poort", "12.1-50.28")), None);
    }

    #[test]
    fn a_product_that_nobody_has_catalogued_is_still_found_by_its_own_words() {
        let paper = content(&[("Polderweb", "Poort", Status::Affected, Range::Any)]);
        assert_eq!(certainty(&paper, &asset("Polderweb", "Poort", "3")), Some(Certainty::Likely));
    }

    #[test]
    fn a_fixed_version_that_is_named_outweighs_a_doubt_and_nothing_else() {
        let train = Range::Exactly(Version::new("12.1"));
        let fixed = Range::Exactly(Version::new("12.1-55.18"));
        let lines = [("Citrix", "ADC", Status::Affected, train), ("Citrix", "ADC", Status::Fixed, fixed)];
        assert_eq!(
            certainty(&content(&lines[..1]), &asset("", "Citrix ADC", "12.1-55.18")),
            Some(Certainty::Possible)
        );
        assert_eq!(certainty(&content(&lines), &asset("", "Citrix ADC", "12.1-55.18")), None);
        assert_eq!(
            certainty(&content(&lines), &asset("", "Citrix ADC", "12.1-50.28")),
            Some(Certainty::Possible)
        );
    }

    fn proposed(number: u128, vendor: &str, product: &str, marks: &[&str]) -> Product {
        let marks = marks.iter().filter_map(|mark| {
            Mark::of_package_url(mark).or_else(|| Mark::of_cpe(mark)).or_else(|| Mark::of_order_number(mark))
        });
        let id = ProductId(Uuid::from_u128(number));
        let (name, aliases) = (Name::new(vendor, product), BTreeSet::new());
        Product { id, name, aliases, marks: marks.collect(), state: State::Proposed }
    }

    /// Which products of the catalogue a name may mean, with an exclamation mark where that is sure.
    fn meanings(products: &[Product], vendor: &str, product: &str, mark: &str) -> String {
        let catalogue = Catalogue::new(products);
        let marks: Vec<Mark> =
            Mark::of_package_url(mark).or_else(|| Mark::of_cpe(mark)).into_iter().collect();
        let found = catalogue.meanings(&Name::new(vendor, product), &marks).into_iter();
        let shown = found.map(|it| format!("{}{}", it.product.0.as_u128(), if it.sure { "!" } else { "" }));
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_year_or_an_update_in_a_name_leaves_the_product_possible_and_another_year_rules_it_out() {
        let products = [
            proposed(1, "Microsoft", "Exchange Server", &[]),
            proposed(2, "Microsoft Corporation", "Microsoft Exchange Server 2019 Cumulative Update 12", &[]),
            proposed(3, "Microsoft", "Exchange Server 2016 Cumulative Update 23", &[]),
            proposed(4, "Microsoft", "Exchange Online", &[]),
        ];
        assert_eq!(meanings(&products, "Microsoft", "Exchange Server 2019", ""), "1 2");
        assert_eq!(meanings(&products, "", "Microsoft Exchange Server 2019", ""), "1 2");
        assert_eq!(meanings(&products, "Microsoft", "Exchange Server", ""), "1! 2 3");
        assert_eq!(meanings(&products, "Microsoft", "Exchange Online", ""), "4!");
        assert_eq!(meanings(&products, "Polderweb", "Exchange Server 2019", ""), "");
    }

    #[test]
    fn a_package_is_not_another_one_that_only_sounds_like_it() {
        let products = [
            proposed(1, "Nextcloud", "Mail", &[]),
            proposed(2, "com.sun.mail", "javax.mail", &["pkg:maven/com.sun.mail/javax.mail@1.6"]),
            proposed(3, "OpenSSL", "OpenSSL", &[]),
            proposed(4, "", "requests", &["pkg:pypi/requests"]),
        ];
        assert_eq!(meanings(&products, "javax.mail", "mail", "pkg:maven/javax.mail/mail@1.4"), "");
        assert_eq!(
            meanings(&products, "com.sun.mail", "javax.mail", "pkg:maven/com.sun.mail/javax.mail"),
            "2!"
        );
        assert_eq!(meanings(&products, "", "requests", "pkg:npm/requests@2"), "");
        assert_eq!(meanings(&products, "", "requests", "pkg:pypi/requests@2"), "4!");
        // A distribution mends holes without raising the version.
        assert_eq!(meanings(&products, "debian", "openssl", "pkg:deb/debian/openssl@1.1.1k-1"), "3");
    }

    #[test]
    fn an_order_number_finds_the_one_model_of_a_series() {
        let products = [
            proposed(
                1,
                "Siemens",
                "SIMATIC S7-1500 CPU 1511-1 PN (6ES7511-1AK00-0AB0)",
                &["6ES7511-1AK00-0AB0"],
            ),
            proposed(
                2,
                "Siemens",
                "SIMATIC S7-1500 CPU 1513-1 PN (6ES7513-1AL00-0AB0)",
                &["6ES7513-1AL00-0AB0"],
            ),
        ];
        assert_eq!(meanings(&products, "", "S7-1500 6ES7511-1AK00-0AB0", ""), "1!");
        assert_eq!(meanings(&products, "Siemens", "SIMATIC S7-1500", ""), "1 2");
        assert_eq!(meanings(&products, "Siemens", "SIMATIC S7-1200", ""), "");
    }

    #[test]
    fn a_vendor_that_was_bought_is_still_the_vendor() {
        let mut catalogue = Catalogue::default();
        catalogue.add_vendor("Ivanti", "Pulse Secure");
        catalogue.add(&proposed(1, "Ivanti", "Connect Secure", &[]));
        let found = catalogue.meanings(&Name::new("Pulse Secure", "Connect Secure"), &[]);
        assert!(found[0].sure);
        assert!(catalogue.meanings(&Name::new("Polderweb", "Poort"), &[]).is_empty());
    }

    #[test]
    fn a_record_without_product_data_says_so() {
        let paper = content(&[("n/a", "n/a", Status::Affected, Range::Unknown)]);
        assert!(!Matcher::new(&paper, &catalogue()).has_product_data());
    }
}
