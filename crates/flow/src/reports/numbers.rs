//! The number of the network in which something was seen, for whose it is where nothing else says so.
//!
//! A finding does not keep it: few are somebody's by it, and it would be kept of millions. The report that spoke
//! of the finding last has it, and is read once more when somebody's claims have changed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::ops::ControlFlow;

use domain::finding::{Finding, Place};
use formats::observations::Row;
use store::findings::{self, Holder};
use store::{StoreError, reports};

use super::read_paper;
use crate::attribution::Owners;
use crate::house::House;

/// How many pages are read at once.
const PAGES: i64 = 500;

/// The numbers of networks by address, of findings that nothing else leads from to anybody.
#[derive(Default)]
pub(super) struct Numbers(HashMap<IpAddr, u32>);

impl Numbers {
    /// Reads the reports that spoke last of such findings. Nothing is read while no number is anybody's.
    pub async fn read(house: &House, owners: &Owners) -> Result<Self, StoreError> {
        let mut numbers = Self::default();
        if !owners.index().has_numbers() {
            return Ok(numbers);
        }
        for (number, places) in wanted(house, owners).await? {
            let Some(report) = reports::of_number(&house.db, number).await? else { continue };
            let (papers, room) = (house.papers.clone(), house.room.clone());
            let (now, paper) = (house.now(), report.paper);
            let reading = tokio::task::spawn_blocking(move || {
                let mut found = Vec::new();
                let read =
                    read_paper(&papers, &room, report.paper, &report.name, &report.source, now, &mut |row| {
                        if let Row::Good(row) = row
                            && let (Some(address), Some(asn)) = (row.address, row.asn)
                            && places.contains(&address.to_canonical())
                        {
                            found.push((address.to_canonical(), asn));
                        }
                        ControlFlow::Continue(())
                    });
                read.map(|_| found)
            });
            match reading.await {
                Ok(Ok(found)) => numbers.0.extend(found),
                // A report that is not there any more leads to nobody.
                _ => tracing::warn!(paper.digest = %paper, "a report could not be read for its networks"),
            }
        }
        Ok(numbers)
    }

    pub fn of(&self, finding: &Finding) -> Option<u32> {
        match &finding.key.place {
            Place::Address(address) => self.0.get(&address.to_canonical()).copied(),
            Place::Host(_) => None,
        }
    }
}

/// Addresses of findings that are somebody's by a number only, or by nothing, by the report that spoke of them last.
async fn wanted(house: &House, owners: &Owners) -> Result<BTreeMap<u32, HashSet<IpAddr>>, StoreError> {
    let (mut wanted, mut after) = (BTreeMap::<u32, HashSet<IpAddr>>::new(), None);
    loop {
        let pages = findings::pages_after(&house.db, &mut after, PAGES).await?;
        if pages.is_empty() {
            return Ok(wanted);
        }
        for (_, page) in
            pages.iter().filter(|(holder, _)| matches!(holder, Holder::Nobody | Holder::Partner(_)))
        {
            for finding in page.findings() {
                if let Place::Address(address) = &finding.key.place
                    && owners.of_finding(finding, None) == Holder::Nobody
                {
                    wanted.entry(finding.paper).or_default().insert(address.to_canonical());
                }
            }
        }
    }
}
