//! By product: vendor, product, other names, version.
//!
//! *Likely* needs the product and a version that the paper names; everything less is *possible*,
//! and nothing is dropped for want of a version, a CPE or a vendor.

use crate::advisory::{AffectedProduct, Content};
use crate::asset::Asset;
use crate::exposure::{Certainty, Why};
use crate::ids::ProductId;
use crate::product::{Catalogue, Found};
use crate::version::Contains;

/// An advisory's products, looked up once, to be held against many assets.
#[derive(Debug)]
pub struct Matcher<'a> {
    lines: Vec<(Option<ProductId>, &'a AffectedProduct)>,
}

/// That an asset is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub certainty: Certainty,
    pub why: Why,
}

impl<'a> Matcher<'a> {
    pub fn new(content: &'a Content, catalogue: &Catalogue) -> Self {
        let known = |line: &AffectedProduct| catalogue.find(&line.name).map(|(id, _)| id);
        let lines = content.products.iter().filter(|line| !line.name.says_nothing());
        Self { lines: lines.map(|line| (known(line), line)).collect() }
    }

    /// Whether the paper names any product at all. When it does not, nobody can be matched and a
    /// person must look: that is a work item, never silence.
    pub fn has_product_data(&self) -> bool {
        !self.lines.is_empty()
    }

    /// The products that the paper names, as the catalogue knows them.
    pub fn products(&self) -> impl Iterator<Item = ProductId> {
        self.lines.iter().filter_map(|(id, _)| *id)
    }

    /// Whether `asset` is concerned. The surest line wins; a line that says in so many words that
    /// this version is safe outweighs lines that are only unsure.
    pub fn hit(&self, asset: &Asset, catalogue: &Catalogue) -> Option<Hit> {
        let own = catalogue.find(&asset.name);
        let version = asset.version.as_ref();
        let about = self.lines.iter().filter(|(id, line)| match (id, own) {
            (Some(id), Some((own, _))) => *id == own,
            _ => line.name == asset.name,
        });
        let (mut best, mut cleared) = (None::<Hit>, false);
        for (_, line) in about {
            cleared |= line.clears(version);
            let contains = line.concerns(version);
            let how = own.map_or(Found::ByName, |(_, how)| how);
            let certainty = match contains {
                Contains::No => continue,
                Contains::Yes if how > Found::ByProduct || asset.name.vendor.is_none() => Certainty::Likely,
                Contains::Yes | Contains::Unsure => Certainty::Possible,
            };
            if best.as_ref().is_none_or(|best| best.certainty < certainty) {
                let why = Why {
                    registered: asset.name.to_string(),
                    registered_version: asset.version.clone(),
                    named: line.name.to_string(),
                    ranges: line.ranges.clone(),
                    by_other_name: how != Found::ByName,
                    version_unsure: contains == Contains::Unsure,
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
    use crate::asset::Reach;
    use crate::ids::{AssetId, ParticipantId};
    use crate::measure::CareImpact;
    use crate::product::{Name, Product, State};
    use crate::version::{Range, Version};

    fn asset(vendor: &str, product: &str, version: &str) -> Asset {
        Asset {
            id: AssetId(Uuid::nil()),
            participant: ParticipantId(Uuid::nil()),
            name: Name::new(vendor, product),
            version: Some(Version::new(version)).filter(Version::is_known),
            cpe: None,
            purl: None,
            order_number: None,
            host: None,
            address: None,
            supplier: None,
            reach: Reach::Unknown,
            care_process: None,
            care_impact: CareImpact::None,
            alias: None,
            claimed_at: Some(Timestamp::UNIX_EPOCH),
            observed_at: None,
            retired_at: None,
        }
    }

    fn catalogue() -> Catalogue {
        let product = Product {
            id: ProductId(Uuid::from_u128(1)),
            name: Name::new("Citrix", "ADC"),
            aliases: [Name::new("Citrix", "NetScaler")].into(),
            state: State::Confirmed,
        };
        Catalogue::new([&product])
    }

    fn content(lines: &[(&str, &str, Status, Range)]) -> Content {
        let line = |(vendor, product, status, range): &(&str, &str, Status, Range)| AffectedProduct {
            name: Name::new(vendor, product),
            ranges: vec![range.clone()],
            status: *status,
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

    #[test]
    fn a_record_without_product_data_says_so() {
        let paper = content(&[("n/a", "n/a", Status::Affected, Range::Unknown)]);
        assert!(!Matcher::new(&paper, &catalogue()).has_product_data());
    }
}
