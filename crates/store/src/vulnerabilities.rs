//! Vulnerabilities: one hole, its names, and what was said about it.
//!
//! When a person decides that two of them are one, nothing is moved: they are read together from then
//! on, and apart again when the decision is taken back.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::ids::{AdvisoryId, VulnerabilityId};
use domain::ledger::Entry;
use domain::time::Said;
use domain::vulnerability::{Facet, Vulnerability};
use sqlx::{query, query_as};
use uuid::Uuid;

use crate::papers::Digest;
use crate::{Db, StoreError, Tx, db::OnTx, samenesses, ts::Ts};

/// That somebody calls a vulnerability so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Naming {
    pub said: Said<String>,
    /// The paper in which it stands first. `None`: it was typed here.
    pub paper: Option<Digest>,
}

/// The vulnerability called `name`, with everything that was said about it, also under the names that a
/// person decided to be its own.
pub async fn of_name(db: &Db, name: &str) -> Result<Option<Vulnerability>, StoreError> {
    let head: Option<(Uuid, String)> = on!(db, run => query_as(
        "SELECT v.id, v.title FROM vulnerability v
           JOIN vulnerability_name n ON n.vulnerability_id = v.id WHERE n.name = $1",
    ).bind(name).fetch_optional(run))?;
    let Some((id, title)) = head else { return Ok(None) };
    let mut found = Vulnerability::new(VulnerabilityId(id), name, &title);
    for id in samenesses::one_with(db, found.id).await? {
        let names: Vec<(String,)> = on!(db, run => query_as(
            "SELECT name FROM vulnerability_name WHERE vulnerability_id = $1 ORDER BY name",
        ).bind(id.0).fetch_all(run))?;
        found.names.extend(names.into_iter().map(|(name,)| name));
        let facets: Vec<(Ts, Ts, String, String)> = on!(db, run => query_as(
            "SELECT at, known_at, facet, said_by FROM facet WHERE vulnerability_id = $1",
        ).bind(id.0).fetch_all(run))?;
        for (at, known_at, facet, by) in facets {
            let it = serde_json::from_str(&facet).map_err(|why| StoreError::damaged("facet", id, why))?;
            found.learn(Said { at: at.get(), known_at: known_at.get(), it, by });
        }
    }
    Ok(Some(found))
}

/// Who calls it so, of a vulnerability and those that are one with it: by name, the first who said it first.
pub async fn namings(db: &Db, id: VulnerabilityId) -> Result<Vec<Naming>, StoreError> {
    let mut namings = Vec::new();
    for id in samenesses::one_with(db, id).await? {
        type Row = (String, String, Ts, Ts, Option<Vec<u8>>);
        let rows: Vec<Row> = on!(db, run => query_as(
            "SELECT name, said_by, at, known_at, paper FROM naming WHERE vulnerability_id = $1",
        ).bind(id.0).fetch_all(run))?;
        for (name, by, at, known_at, paper) in rows {
            let paper = paper.map(|bytes| Digest::from_row("naming", &bytes)).transpose()?;
            namings
                .push(Naming { said: Said { at: at.get(), known_at: known_at.get(), it: name, by }, paper });
        }
    }
    namings.sort_by(|one, other| (&one.said.it, &one.said).cmp(&(&other.said.it, &other.said)));
    Ok(namings)
}

/// The ids of all vulnerabilities, by name. Some hundreds of thousands at the most.
pub async fn by_name(db: &Db) -> Result<BTreeMap<String, VulnerabilityId>, StoreError> {
    let rows: Vec<(String, Uuid)> = on!(db, run => query_as(
        "SELECT name, vulnerability_id FROM vulnerability_name",
    ).fetch_all(run))?;
    Ok(rows.into_iter().map(|(name, id)| (name, VulnerabilityId(id))).collect())
}

/// Which of these names lead to a vulnerability, in the order in which they were asked.
pub async fn known_of(db: &Db, names: impl Iterator<Item = &String>) -> Result<Vec<String>, StoreError> {
    let mut known = Vec::new();
    for name in names {
        let found: Option<(String,)> = on!(db, run => query_as(
            "SELECT name FROM vulnerability_name WHERE name = $1",
        ).bind(name).fetch_optional(run))?;
        known.extend(found.map(|(name,)| name));
    }
    Ok(known)
}

/// The advisories that name one of these vulnerabilities, in any revision, in the order of their ids.
pub async fn advisories_naming(
    db: &Db,
    names: &BTreeSet<String>,
) -> Result<BTreeSet<AdvisoryId>, StoreError> {
    let mut found = BTreeSet::new();
    for name in names {
        let rows: Vec<(Uuid,)> = on!(db, run => query_as(
            "SELECT advisory_id FROM advisory_vulnerability WHERE name = $1",
        ).bind(name).fetch_all(run))?;
        found.extend(rows.into_iter().map(|(id,)| AdvisoryId(id)));
    }
    Ok(found)
}

/// The names of all vulnerabilities that advisories which are out are about.
pub async fn named_by_published(db: &Db) -> Result<HashSet<String>, StoreError> {
    let rows: Vec<(String,)> = on!(db, run => query_as(
        "SELECT DISTINCT av.name FROM advisory_vulnerability av JOIN advisory a ON a.id = av.advisory_id
          WHERE a.state = 'published'",
    ).fetch_all(run))?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Published advisories about whose vulnerabilities something was said since they were released last;
/// the last word first, at most `limit`.
pub async fn advisories_with_news(db: &Db, limit: i64) -> Result<Vec<AdvisoryId>, StoreError> {
    let rows: Vec<(Uuid, i64)> = on!(db, run => query_as(
        "SELECT a.id, max(f.known_at) AS learned_at
           FROM advisory a
           JOIN advisory_vulnerability av ON av.advisory_id = a.id
           JOIN vulnerability_name n ON n.name = av.name
           JOIN facet f ON f.vulnerability_id = n.vulnerability_id
          WHERE a.state = 'published'
            AND f.known_at > (SELECT max(r.released_at) FROM revision r WHERE r.advisory_id = a.id)
          GROUP BY a.id
          ORDER BY learned_at DESC, a.id
          LIMIT $1",
    ).bind(limit).fetch_all(run))?;
    Ok(rows.into_iter().map(|(id, _)| AdvisoryId(id)).collect())
}

/// Notes that an advisory names these vulnerabilities.
pub async fn named_by(
    tx: &mut Tx,
    advisory: AdvisoryId,
    names: impl IntoIterator<Item = &String>,
) -> Result<(), StoreError> {
    for name in names {
        change!(
            tx,
            query(
                "INSERT INTO advisory_vulnerability (name, advisory_id) VALUES ($1, $2)
                 ON CONFLICT DO NOTHING",
            )
            .bind(name)
            .bind(advisory.0)
        )?;
    }
    Ok(())
}

/// The id of the vulnerability called `name`, if it is known.
pub async fn id_of(tx: &mut Tx, name: &str) -> Result<Option<VulnerabilityId>, StoreError> {
    let known: Option<(Uuid,)> = within!(tx, run => query_as(
        "SELECT vulnerability_id FROM vulnerability_name WHERE name = $1",
    ).bind(name).fetch_optional(run))?;
    Ok(known.map(|(id,)| VulnerabilityId(id)))
}

/// Makes sure that a vulnerability of this name exists, and gives its id. `fresh` is used when it is new.
pub async fn know(
    tx: &mut Tx,
    name: &str,
    title: &str,
    fresh: VulnerabilityId,
) -> Result<VulnerabilityId, StoreError> {
    if let Some(id) = id_of(tx, name).await? {
        return Ok(id);
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

/// Waits until nobody else of those who share the database learns from a paper, and keeps them waiting until
/// the end of `tx`: what is read after this is what counts.
pub async fn learn_alone(tx: &mut Tx) -> Result<(), StoreError> {
    // One of the places where the engines differ: SQLite has one writer anyway.
    if let OnTx::Pg(pg) = &mut tx.on {
        query("SELECT pg_advisory_xact_lock(3)").execute(&mut **pg).await?;
    }
    Ok(())
}

/// Where these names lead, of those that lead somewhere.
pub async fn ids_of(tx: &mut Tx, names: &[&str]) -> Result<HashMap<String, VulnerabilityId>, StoreError> {
    let rows: Vec<(String, Uuid)> = rows_of!(
        tx,
        names,
        "SELECT name, vulnerability_id FROM vulnerability_name WHERE name IN",
        name => [*name]
    );
    Ok(rows.into_iter().map(|(name, id)| (name, VulnerabilityId(id))).collect())
}

/// A vulnerability that nobody knew, under its first name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    pub id: VulnerabilityId,
    pub name: String,
    pub title: String,
}

/// Adds vulnerabilities whose names lead nowhere yet.
pub async fn add_all(tx: &mut Tx, fresh: &[Fresh]) -> Result<(), StoreError> {
    change_rows!(tx, fresh, 2, "INSERT INTO vulnerability (id, title)", "", it => [it.id.0, &it.title]);
    let head = fresh.iter().map(|it| (it.id, it.name.as_str())).collect::<Vec<_>>();
    lead(tx, &head).await
}

/// Makes names lead to vulnerabilities, where they lead nowhere yet.
async fn lead(tx: &mut Tx, names: &[(VulnerabilityId, &str)]) -> Result<(), StoreError> {
    change_rows!(
        tx,
        names,
        2,
        "INSERT INTO vulnerability_name (name, vulnerability_id)",
        "ON CONFLICT DO NOTHING",
        it => [it.1, it.0.0]
    );
    Ok(())
}

/// Notes that somebody calls vulnerabilities so. A name that leads nowhere yet leads here from now on; one
/// that leads to another vulnerability still does, and is a [`samenesses::Sameness`] for a person to judge.
pub async fn call_all(tx: &mut Tx, namings: &[(VulnerabilityId, Naming)]) -> Result<(), StoreError> {
    let names: Vec<_> = namings.iter().map(|(id, naming)| (*id, naming.said.it.as_str())).collect();
    lead(tx, &names).await?;
    change_rows!(
        tx,
        namings,
        6,
        "INSERT INTO naming (vulnerability_id, name, said_by, at, known_at, paper)",
        "ON CONFLICT DO NOTHING",
        it => [
            it.0.0,
            &it.1.said.it,
            &it.1.said.by,
            Ts::from(it.1.said.at),
            Ts::from(it.1.said.known_at),
            it.1.paper.map(|digest| digest.0.to_vec()),
        ]
    );
    Ok(())
}

/// Everything that was said about each of these, in no order.
pub async fn facets_of(
    tx: &mut Tx,
    ids: &[VulnerabilityId],
) -> Result<HashMap<VulnerabilityId, Vec<Said<Facet>>>, StoreError> {
    let rows: Vec<(Uuid, Ts, Ts, String, String)> = rows_of!(
        tx,
        ids,
        "SELECT vulnerability_id, at, known_at, facet, said_by FROM facet WHERE vulnerability_id IN",
        id => [id.0]
    );
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for (id, at, known_at, facet, by) in rows {
        let it = serde_json::from_str(&facet).map_err(|why| StoreError::damaged("facet", id, why))?;
        let said = Said { at: at.get(), known_at: known_at.get(), it, by };
        found.entry(VulnerabilityId(id)).or_default().push(said);
    }
    Ok(found)
}

/// Something that was said about a vulnerability, with the name under which it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub id: VulnerabilityId,
    pub name: String,
    pub said: Said<Facet>,
}

/// Adds what somebody said about the vulnerability called `name`. Gives `false` when it was said before.
pub async fn learn(
    tx: &mut Tx,
    id: VulnerabilityId,
    name: &str,
    said: &Said<Facet>,
) -> Result<bool, StoreError> {
    let known = facets_of(tx, &[id]).await?.remove(&id).unwrap_or_default();
    let is_new = known.iter().all(|it| (it.at, it.it, &it.by) != (said.at, said.it, &said.by));
    if is_new {
        learn_all(tx, &[Word { id, name: name.to_owned(), said: said.clone() }]).await?;
    }
    Ok(is_new)
}

/// Adds what was said and nobody has kept before: neither in the store nor twice here.
pub async fn learn_all(tx: &mut Tx, words: &[Word]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(words.len());
    for word in words {
        let facet =
            serde_json::to_string(&word.said.it).map_err(|why| StoreError::damaged("facet", word.id, why))?;
        rows.push((word, facet));
    }
    change_rows!(
        tx,
        rows,
        5,
        "INSERT INTO facet (vulnerability_id, at, known_at, facet, said_by)",
        "",
        row => [
            row.0.id.0,
            Ts::from(row.0.said.at),
            Ts::from(row.0.said.known_at),
            &row.1,
            &row.0.said.by,
        ]
    );
    for Word { name, said, .. } in words {
        let (vulnerability, by) = (name.clone(), said.by.clone());
        tx.note(Entry::FacetSaid { vulnerability, facet: said.it, at: said.at, by });
    }
    Ok(())
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

    #[tokio::test]
    async fn a_name_leads_where_it_led_first_and_everybody_who_used_it_is_kept() {
        on_both(async |db| {
            let now = Timestamp::UNIX_EPOCH;
            let [first, second] = [1, 2].map(|number| VulnerabilityId(Uuid::from_u128(number)));
            let naming = |name: &str, by: &str| Naming {
                said: Said { at: now, known_at: now, it: name.to_owned(), by: by.to_owned() },
                paper: None,
            };
            let mut tx = db.begin("test").await.unwrap();
            know(&mut tx, "CVE-2026-1000001", "", first).await.unwrap();
            know(&mut tx, "CVE-2026-1000002", "", second).await.unwrap();
            let called = [
                (first, naming("GHSA-2222-3333-4444", "GitHub")),
                (first, naming("GHSA-2222-3333-4444", "GitHub")),
                (second, naming("GHSA-2222-3333-4444", "a mirror")),
            ];
            call_all(&mut tx, &called).await.unwrap();
            let names = ["GHSA-2222-3333-4444", "CVE-2026-1000002", "CVE-2026-1000003"];
            let ids = ids_of(&mut tx, &names).await.unwrap();
            let expected = [(names[0].to_owned(), first), (names[1].to_owned(), second)];
            assert_eq!(ids, expected.into_iter().collect());
            commit(tx).await;
            let found = of_name(&db, "GHSA-2222-3333-4444").await.unwrap().unwrap();
            assert_eq!(found.id, first);
            assert_eq!(namings(&db, first).await.unwrap(), [naming("GHSA-2222-3333-4444", "GitHub")]);
            assert_eq!(namings(&db, second).await.unwrap(), [naming("GHSA-2222-3333-4444", "a mirror")]);
        })
        .await;
    }
}
