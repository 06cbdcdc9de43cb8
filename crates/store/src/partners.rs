//! Places of organisations outside: what is seen there is handed over to them.

use domain::ledger::Entry;
use domain::partner::Partner;
use jiff::Timestamp;
use sqlx::{query, query_as};

use crate::{Db, StoreError, Tx, ts::Ts};

/// A place of a partner, as an officer entered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerPlace {
    pub partner: Partner,
    /// A network, a domain or `AS64496`, as it is written.
    pub place: String,
    pub reason: String,
    pub by: String,
    pub at: Timestamp,
}

/// Enters a place, or says for which group it is now.
pub async fn put(tx: &mut Tx, it: &PartnerPlace) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO partner_place (organisation, place, target_group, reason, entered_by, entered_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (organisation, place) DO UPDATE
                SET target_group = excluded.target_group, reason = excluded.reason,
                    entered_by = excluded.entered_by, entered_at = excluded.entered_at",
        )
        .bind(&it.partner.organisation)
        .bind(&it.place)
        .bind(&it.partner.group)
        .bind(&it.reason)
        .bind(&it.by)
        .bind(Ts::from(it.at))
    )?;
    note(tx, &it.partner.organisation, format!("{} is of {}: {}", it.place, it.partner, it.reason), &it.by);
    Ok(())
}

/// Takes a place away. Gives `false` when it was not there.
pub async fn take_away(tx: &mut Tx, organisation: &str, place: &str, by: &str) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query("DELETE FROM partner_place WHERE organisation = $1 AND place = $2")
            .bind(organisation)
            .bind(place)
    )?;
    if changed > 0 {
        note(tx, organisation, format!("{place} is not of {organisation} any more"), by);
    }
    Ok(changed > 0)
}

fn note(tx: &mut Tx, organisation: &str, change: String, by: &str) {
    let (organisation, by) = (organisation.to_owned(), by.to_owned());
    tx.note(Entry::OrganisationChanged { organisation, change, by });
}

/// Every place of every partner, in the order of partners and places.
pub async fn all(db: &Db) -> Result<Vec<PartnerPlace>, StoreError> {
    let rows: Vec<(String, String, String, String, String, Ts)> = on!(db, run => query_as(
        "SELECT organisation, target_group, place, reason, entered_by, entered_at
           FROM partner_place ORDER BY organisation, target_group, place",
    ).fetch_all(run))?;
    let read =
        |(organisation, group, place, reason, by, at): (String, String, String, String, String, Ts)| {
            PartnerPlace { partner: Partner { organisation, group }, place, reason, by, at: at.get() }
        };
    Ok(rows.into_iter().map(read).collect())
}

#[cfg(test)]
mod tests {
    use domain::designation::Organisation;
    use domain::disclosure::Kind;

    use super::*;
    use crate::organisations::{self, Reachable};
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn a_place_is_of_one_group_of_a_partner_and_can_be_taken_away() {
        on_both(async |db| {
            let organisation = Organisation {
                id: "zorgteam".into(),
                name: "Zorgteam".into(),
                kind: Kind::new("CCT"),
                sends_as: None,
                groups: vec!["care".into()],
                is_community: true,
                country: "NL".into(),
                from: None,
                to: None,
            };
            let place = |group: &str| PartnerPlace {
                partner: Partner { organisation: "zorgteam".into(), group: group.into() },
                place: "198.51.100.0/24".into(),
                reason: "called".into(),
                by: "A. Duin".into(),
                at: Timestamp::UNIX_EPOCH,
            };
            let mut tx = db.begin("test").await.unwrap();
            let team = Reachable { organisation, mail: None, telephone: None };
            organisations::put(&mut tx, &team, "A. Duin", Timestamp::UNIX_EPOCH).await.unwrap();
            put(&mut tx, &place("")).await.unwrap();
            put(&mut tx, &place("care")).await.unwrap();
            commit(tx).await;
            assert_eq!(all(&db).await.unwrap(), [place("care")]);
            for expected in [true, false] {
                let mut tx = db.begin("test").await.unwrap();
                let gone = take_away(&mut tx, "zorgteam", "198.51.100.0/24", "A. Duin").await.unwrap();
                commit(tx).await;
                assert_eq!(gone, expected);
            }
            assert_eq!(all(&db).await.unwrap(), []);
        })
        .await;
    }
}
