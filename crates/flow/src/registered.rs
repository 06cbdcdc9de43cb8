//! Everything that is registered, in memory and in the order in which an advisory finds whom it concerns.
//!
//! Built from the store when it is first asked for, and kept up from the ledger: an asset that changed since
//! lies beside the order and is asked by itself, until so many did that the order is made anew. A node that
//! shares its database with others hears of their changes in the same way.
//!
//! The catalogue grows with every paper. Only when it now reads a name differently that somebody registered,
//! the order is made anew; most papers are about things that nobody here has.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use domain::advisory::Content;
use domain::asset::Asset;
use domain::ids::AssetId;
use domain::matching::index::{self, Assets, Intake};
use domain::matching::products::{Reading, readings};
use domain::product::{Catalogue, Mark, Name, key};
use store::{StoreError, assets};
use tokio::sync::{MappedMutexGuard, MutexGuard};

use crate::house::House;

/// How many changed assets may lie beside the order, and beyond that one in so many of all.
const FRESH_MAX: usize = 256;
const FRESH_SHARE: usize = 64;

/// The assets of everybody, as of the latest change that was read.
pub struct Registered {
    catalogue: Arc<Catalogue>,
    assets: Assets,
    /// By the number under which the index knows them.
    ids: Vec<AssetId>,
    /// How each thing that somebody wrote is read.
    names: HashMap<(Name, Vec<Mark>), Vec<Reading>>,
    /// Changed since the order was made.
    fresh: BTreeSet<AssetId>,
}

impl Registered {
    async fn read(house: &House, catalogue: Arc<Catalogue>) -> Result<Self, StoreError> {
        let mut intake = Intake::default();
        let (mut ids, mut names) = (Vec::new(), HashMap::new());
        let mut participants = HashMap::new();
        assets::each(&house.db, |line| {
            let next = u32::try_from(participants.len()).unwrap_or(u32::MAX);
            let participant = *participants.entry(line.participant).or_insert(next);
            let asset = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            ids.push(line.id);
            let marks = line.marks();
            let registered = index::Registered { asset, participant };
            intake.add(&catalogue, &line.name, &marks, line.version.as_ref(), registered);
            if let Entry::Vacant(place) = names.entry((line.name, marks)) {
                let (name, marks) = place.key();
                let read = readings(name, marks, &catalogue);
                place.insert(read);
            }
        })
        .await?;
        tracing::info!(assets = ids.len(), names = names.len(), "what is registered was put in order");
        Ok(Self { catalogue, assets: intake.into_assets(), ids, names, fresh: BTreeSet::new() })
    }

    /// Whether `catalogue` reads everything that is registered as before.
    fn reads_alike(&self, catalogue: &Arc<Catalogue>) -> bool {
        Arc::ptr_eq(&self.catalogue, catalogue)
            || self.names.iter().all(|((name, marks), before)| readings(name, marks, catalogue) == *before)
    }
}

impl Registered {
    /// `known` with what changed since, or else everything anew.
    async fn renewed(
        house: &House,
        known: Option<Self>,
        catalogue: &Arc<Catalogue>,
    ) -> Result<Self, StoreError> {
        let changed = house.changed_assets();
        if let Some(mut known) = known {
            known.fresh.extend(changed);
            if known.fresh.len() <= FRESH_MAX + known.ids.len() / FRESH_SHARE && known.reads_alike(catalogue)
            {
                known.catalogue = Arc::clone(catalogue);
                return Ok(known);
            }
        }
        Self::read(house, Arc::clone(catalogue)).await
    }

    /// What changed since the order was made, as it is now.
    async fn beside(&self, house: &House) -> Result<Vec<Asset>, StoreError> {
        assets::of_ids(&house.db, &self.fresh.iter().copied().collect::<Vec<_>>()).await
    }
}

impl House {
    /// Everything that is registered, as of now and until it is let go of, with the catalogue by which it is read.
    async fn known(&self) -> Result<(MappedMutexGuard<'_, Registered>, Arc<Catalogue>), StoreError> {
        let catalogue = self.catalogue().await?;
        drop(self.tally().await?);
        let mut registered = self.registered.lock().await;
        let known = Registered::renewed(self, registered.take(), &catalogue).await?;
        Ok((MutexGuard::map(registered, |place| place.insert(known)), catalogue))
    }

    /// Every asset that `content` may concern, in the order of ids, with the catalogue by which that was
    /// found. [`Matcher`](domain::matching::products::Matcher) says how sure it is, and why.
    pub async fn concerned(
        &self,
        content: &Content,
    ) -> Result<(BTreeMap<AssetId, Asset>, Arc<Catalogue>), StoreError> {
        let (known, catalogue) = self.known().await?;
        let mut found = known.fresh.clone();
        known.assets.hits(content, &catalogue, |hit, _| {
            found.extend(known.ids.get(hit.asset as usize).copied());
        });
        drop(known);
        let found: Vec<AssetId> = found.into_iter().collect();
        let found = assets::of_ids(&self.db, &found).await?;
        Ok((found.into_iter().map(|asset| (asset.id, asset)).collect(), catalogue))
    }

    /// What is registered and answers to what somebody typed: a host, an address, or words with which the words
    /// of a product's name begin. At most `limit`, the shortest names first.
    pub async fn answering(&self, typed: &str, limit: usize) -> Result<Vec<Asset>, StoreError> {
        let place = typed.trim().trim_end_matches('.').to_lowercase();
        let address = place.parse::<IpAddr>().ok().map(|address| address.to_string());
        let mut found = assets::at(&self.db, Some(&place), address.as_deref()).await?;
        found.truncate(limit);
        if found.is_empty() {
            let names = self.names_with(typed).await?;
            found = assets::called(&self.db, &names, limit).await?;
        }
        Ok(found)
    }

    async fn names_with(&self, typed: &str) -> Result<Vec<Name>, StoreError> {
        let typed = key(typed);
        if typed.is_empty() {
            return Ok(Vec::new());
        }
        let (known, _) = self.known().await?;
        let beside = known.beside(self).await?.into_iter().map(|asset| asset.name);
        let has = |name: &Name| {
            let own = key(&name.to_string());
            typed.split(' ').all(|word| own.split(' ').any(|it| it.starts_with(word)))
        };
        let mut names: BTreeMap<String, Name> = BTreeMap::new();
        for name in known.names.keys().map(|(name, _)| name.clone()).chain(beside).filter(has) {
            names.entry(key(&name.to_string())).or_insert(name);
        }
        let mut names: Vec<Name> = names.into_values().collect();
        names.sort_by_cached_key(|name| (name.to_string().chars().count(), name.to_string()));
        Ok(names)
    }

    /// Of each of `contents`, in their order: whether it concerns anybody who has registered something.
    pub async fn concern_somebody(&self, contents: &[&Content]) -> Result<Vec<bool>, StoreError> {
        let (known, catalogue) = self.known().await?;
        let mut beside = Intake::default();
        for asset in known.beside(self).await? {
            let registered = index::Registered { asset: 0, participant: 0 };
            beside.add(&catalogue, &asset.name, &asset.marks(), asset.version.as_ref(), registered);
        }
        let (ordered, beside) = (&known.assets, beside.into_assets());
        let concerns = |content: &&Content| {
            [ordered, &beside].into_iter().any(|assets| {
                let mut any = false;
                if assets.count(content, &catalogue) > 0 {
                    assets.hits(content, &catalogue, |_, _| any = true);
                }
                any
            })
        };
        Ok(contents.iter().map(concerns).collect())
    }
}
