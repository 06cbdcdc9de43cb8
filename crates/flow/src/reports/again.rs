//! What stands in a report, read once more from its paper: for the questions that are asked of one report and
//! not of a place.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::ControlFlow;

use domain::attribution::Asked;
use domain::finding::certificate_names;
use domain::ids::{AssetId, ParticipantId};
use formats::observations::{Failed as Unread, Row};
use store::findings::Holder;
use store::papers::Digest;
use store::{StoreError, assets};
use tokio::task::JoinError;

use super::{no_room, read_paper};
use crate::house::House;

/// What a report says was seen, and whose it is as of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Address or host name.
    pub place: String,
    pub finding: String,
    /// Whose it is, and their systems there; of one that is nobody's or disputed nothing.
    pub about: Option<(ParticipantId, Vec<AssetId>)>,
}

/// What stands in a report, each place with each finding and owner once.
///
/// # Errors
/// When the bytes are not there, or are no report any more.
pub(crate) async fn found_in(house: &House, paper: Digest, name: &str) -> Result<Vec<Found>, StoreError> {
    let owners = house.owners().await?;
    let (papers, room, now, file) = (house.papers.clone(), house.room.clone(), house.now(), name.to_owned());
    let reading = tokio::task::spawn_blocking(move || {
        let mut seen: BTreeSet<(Option<IpAddr>, Option<String>, String, u32)> = BTreeSet::new();
        let read = read_paper(&papers, &room, paper, &file, "", now, &mut |row| {
            if let Row::Good(row) = row {
                let (address, host) = (row.address, row.host.as_deref());
                let certificate = certificate_names(row.certificate.split(' '));
                let names: Vec<&str> = certificate.iter().flat_map(|names| names.split(' ')).collect();
                let asked = Asked { address, host, asn: row.asn, certificate_names: &names };
                let owner = owners.row_of(&asked);
                let place = (address, host.map(str::to_owned));
                seen.extend(row.names().into_iter().map(|it| (place.0, place.1.clone(), it, owner)));
            }
            ControlFlow::Continue(())
        });
        let holders = |(address, host, finding, owner)| (address, host, finding, owners.holder(owner));
        read.map(|_| seen.into_iter().map(holders).collect::<Vec<_>>())
    });
    let seen = whole(paper, reading.await)?;
    let mut all = Vec::with_capacity(seen.len());
    for (address, host, finding, holder) in seen {
        let written = address.map(|address| address.to_string());
        let about = match holder {
            Holder::Participant(of) => {
                let own = assets::at(&house.db, host.as_deref(), written.as_deref()).await?;
                Some((of, own.into_iter().filter(|it| it.participant == of).map(|it| it.id).collect()))
            }
            // Only whom we serve can be told by us, and counted as told.
            Holder::Partner(_) | Holder::Nobody | Holder::Disputed => None,
        };
        all.push(Found { place: written.or(host).unwrap_or_default(), finding, about });
    }
    Ok(all)
}

/// The places that a report names, whosever they are.
///
/// # Errors
/// As [`found_in`].
pub(crate) async fn places_in(
    house: &House,
    paper: Digest,
    name: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let (papers, room, now, file) = (house.papers.clone(), house.room.clone(), house.now(), name.to_owned());
    let reading = tokio::task::spawn_blocking(move || {
        let mut places = BTreeSet::new();
        let read = read_paper(&papers, &room, paper, &file, "", now, &mut |row| {
            if let Row::Good(row) = row {
                let address = row.address.map(|address| address.to_string());
                places.extend(address.or_else(|| row.host.as_deref().map(str::to_owned)));
            }
            ControlFlow::Continue(())
        });
        read.map(|_| places)
    });
    whole(paper, reading.await)
}

fn whole<T>(paper: Digest, read: Result<Result<T, Unread>, JoinError>) -> Result<T, StoreError> {
    let broken = |why: String| StoreError::Damaged { table: "paper", row: paper.to_string(), why };
    match read.map_err(|why| broken(why.to_string()))? {
        Ok(read) => Ok(read),
        Err(why) => Err(no_room(why).map_err(|why| broken(why.to_string()))?),
    }
}
