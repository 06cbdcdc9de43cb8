//! Vulnerabilities: one hole, its names, and what was said about it.

use std::collections::BTreeSet;

use domain::ids::VulnerabilityId;
use domain::ledger::Entry;
use domain::time::Said;
use domain::vulnerability::{Facet, Vulnerability};
use sqlx::{query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

/// The vulnerability called `name`, with everything that was said about it.
pub async fn of_name(db: &Db, name: &str) -> Result<Option<Vulnerability>, StoreError> {
    let head: Option<(Uuid, String)> = on!(db, run => query_as(
        "SELECT v.id, v.title FROM vulnerability v
           JOIN vulnerability_name n ON n.vulnerability_id = v.id WHERE n.name = $1",
    ).bind(name).fetch_optional(run))?;
    let Some((id, title)) = head else { return Ok(None) };
    let names: Vec<(String,)> = on!(db, run => query_as(
        "SELECT name FROM vulnerability_name WHERE vulnerability_id = $1 ORDER BY name",
    ).bind(id).fetch_all(run))?;
    let facets: Vec<(Ts, Ts, String, String)> = on!(db, run => query_as(
        "SELECT at, known_at, facet, said_by FROM facet WHERE vulnerability_id = $1",
    ).bind(id).fetch_all(run))?;
    let mut found = Vulnerability::new(VulnerabilityId(id), name, &title);
    found.names = names.into_iter().map(|(name,)| name).collect::<BTreeSet<_>>();
    for (at, known_at, facet, by) in facets {
        let it = serde_json::from_str(&facet).map_err(|why| StoreError::damaged("facet", id, why))?;
        found.learn(Said { at: at.get(), known_at: known_at.get(), it, by });
    }
    Ok(Some(found))
}

/// Makes sure that a vulnerability of this name exists, and gives its id. `fresh` is used when it is new.
pub async fn know(
    tx: &mut Tx,
    name: &str,
    title: &str,
    fresh: VulnerabilityId,
) -> Result<VulnerabilityId, StoreError> {
    let known: Option<(Uuid,)> = within!(tx, run => query_as(
        "SELECT vulnerability_id FROM vulnerability_name WHERE name = $1",
    ).bind(name).fetch_optional(run))?;
    if let Some((id,)) = known {
        return Ok(VulnerabilityId(id));
    }
    change!(tx, query("INSERT INTO vulnerability (id, title) VALUES ($1, $2)").bind(fresh.0).bind(title))?;
    change!(
        tx,
        query("INSERT INTO vulnerability_name (name, vulnerability_id) VALUES ($1, $2)")
            .bind(name)
            .bind(fresh.0)
    )?;
    Ok(fresh)
}

/// Adds what somebody said about the vulnerability called `name`. Gives `false` when it was said before.
pub async fn learn(
    tx: &mut Tx,
    id: VulnerabilityId,
    name: &str,
    said: &Said<Facet>,
) -> Result<bool, StoreError> {
    let facet = serde_json::to_string(&said.it).map_err(|why| StoreError::damaged("facet", id, why))?;
    let added = change!(
        tx,
        query(
            "INSERT INTO facet (vulnerability_id, at, known_at, facet, said_by)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(id.0)
        .bind(Ts::from(said.at))
        .bind(Ts::from(said.known_at))
        .bind(facet)
        .bind(&said.by)
    )?;
    if added > 0 {
        let (vulnerability, by) = (name.to_owned(), said.by.clone());
        tx.note(Entry::FacetSaid { vulnerability, facet: said.it, at: said.at, by });
    }
    Ok(added > 0)
}

#[cfg(test)]
mod tests {
    use domain::time::AsOf;
    use domain::vulnerability::Exploited;
    use jiff::Timestamp;

    use super::*;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn a_vulnerability_is_known_once_and_what_was_said_is_kept() {
        on_both(async |db| {
            let now = Timestamp::UNIX_EPOCH;
            let [first, second] = [1, 2].map(|number| VulnerabilityId(Uuid::from_u128(number)));
            let mut tx = db.begin("test").await.unwrap();
            assert_eq!(know(&mut tx, "CVE-2019-19781", "", first).await.unwrap(), first);
            assert_eq!(know(&mut tx, "CVE-2019-19781", "", second).await.unwrap(), first);
            let said =
                Said { at: now, known_at: now, it: Facet::Exploited(Exploited::Large), by: "x".into() };
            assert!(learn(&mut tx, first, "CVE-2019-19781", &said).await.unwrap());
            assert!(!learn(&mut tx, first, "CVE-2019-19781", &said).await.unwrap());
            commit(tx).await;
            let found = of_name(&db, "CVE-2019-19781").await.unwrap().unwrap();
            assert_eq!(found.as_of(AsOf::then(now)).exploited, Exploited::Large);
        })
        .await;
    }
}
