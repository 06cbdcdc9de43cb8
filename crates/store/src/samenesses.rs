//! That two names mean one vulnerability: what papers say, and what people decided about it.
//!
//! A paper that calls two known vulnerabilities one is not believed: it would take one wrong line to
//! make a hole disappear behind another. A person looks, and can take the decision back.

use std::collections::BTreeSet;

use domain::ids::{OfficerId, VulnerabilityId};
use domain::ledger::Entry;
use domain::time::Said;
use jiff::Timestamp;
use sqlx::{query, query_as};
use uuid::Uuid;

use crate::papers::Digest;
use crate::{Db, StoreError, Tx, ts::Ts};

/// Two names of which somebody says that they mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sameness {
    pub pair: Pair,
    /// Everybody who says so, the first first, with the paper in which it stands.
    pub said: Vec<(Said<()>, Option<Digest>)>,
    pub decision: Option<Decision>,
}

/// Two names, in the order of the alphabet, so that a pair is found whoever names it first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    one: String,
    other: String,
}

/// What a person said about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub is_same: bool,
    pub by: OfficerId,
    pub at: Timestamp,
}

impl Pair {
    /// `None` when both are the same name.
    pub fn of(one: &str, other: &str) -> Option<Self> {
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        (one != other).then(|| Self { one: one.to_owned(), other: other.to_owned() })
    }

    pub fn names(&self) -> [&str; 2] {
        [&self.one, &self.other]
    }
}

/// Notes that somebody says that two names mean the same.
pub async fn say(tx: &mut Tx, pair: &Pair, said: &Said<()>, paper: Option<Digest>) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO sameness (one, other, said_by, at, known_at, paper)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(&pair.one)
        .bind(&pair.other)
        .bind(&said.by)
        .bind(Ts::from(said.at))
        .bind(Ts::from(said.known_at))
        .bind(paper.map(|digest| digest.0.to_vec()))
    )?;
    Ok(())
}

type Row = (String, String, String, Ts, Ts, Option<Vec<u8>>, Option<bool>, Option<Uuid>, Option<Ts>);

/// Everything of which somebody says that it is one, where both names lead to vulnerabilities that we know:
/// what waits for a person first, and among those the newest word first.
pub async fn all(db: &Db) -> Result<Vec<Sameness>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT s.one, s.other, s.said_by, s.at, s.known_at, s.paper, d.is_same, d.decided_by, d.decided_at
           FROM sameness s
           JOIN vulnerability_name a ON a.name = s.one
           JOIN vulnerability_name b ON b.name = s.other
           LEFT JOIN sameness_decision d ON d.one = s.one AND d.other = s.other
          WHERE a.vulnerability_id <> b.vulnerability_id
          ORDER BY s.one, s.other, s.known_at, s.said_by",
    ).fetch_all(run))?;
    let mut found: Vec<Sameness> = Vec::new();
    for (one, other, by, at, known_at, paper, is_same, decided_by, decided_at) in rows {
        let paper = paper.map(|bytes| Digest::from_row("sameness", &bytes)).transpose()?;
        let said = (Said { at: at.get(), known_at: known_at.get(), it: (), by }, paper);
        let pair = Pair { one, other };
        match found.last_mut().filter(|last| last.pair == pair) {
            Some(last) => last.said.push(said),
            None => {
                let decision = match (is_same, decided_by, decided_at) {
                    (Some(is_same), Some(by), Some(at)) => {
                        Some(Decision { is_same, by: OfficerId(by), at: at.get() })
                    }
                    _ => None,
                };
                found.push(Sameness { pair, said: vec![said], decision });
            }
        }
    }
    let newest = |sameness: &Sameness| sameness.said.iter().map(|(said, _)| said.known_at).max();
    found.sort_by(|one, other| {
        let waits = |it: &Sameness| it.decision.is_some();
        waits(one).cmp(&waits(other)).then_with(|| newest(other).cmp(&newest(one)))
    });
    Ok(found)
}

/// How many of them wait for a person.
pub async fn waiting(db: &Db) -> Result<u64, StoreError> {
    let (count,): (i64,) = on!(db, run => query_as(
        "SELECT count(*) FROM (
             SELECT DISTINCT s.one, s.other
               FROM sameness s
               JOIN vulnerability_name a ON a.name = s.one
               JOIN vulnerability_name b ON b.name = s.other
              WHERE a.vulnerability_id <> b.vulnerability_id
                AND NOT EXISTS (SELECT 1 FROM sameness_decision d
                                 WHERE d.one = s.one AND d.other = s.other)) q",
    ).fetch_one(run))?;
    Ok(count.unsigned_abs())
}

/// Keeps what a person decided; `None` takes it back. Gives `false` when nobody said that they are one.
pub async fn decide(
    tx: &mut Tx,
    pair: &Pair,
    is_same: Option<bool>,
    by: OfficerId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let said: (i64,) = within!(tx, run => query_as(
        "SELECT count(*) FROM sameness WHERE one = $1 AND other = $2",
    ).bind(&pair.one).bind(&pair.other).fetch_one(run))?;
    if said.0 == 0 {
        return Ok(false);
    }
    change!(
        tx,
        query("DELETE FROM sameness_decision WHERE one = $1 AND other = $2")
            .bind(&pair.one)
            .bind(&pair.other)
    )?;
    if let Some(is_same) = is_same {
        change!(
            tx,
            query(
                "INSERT INTO sameness_decision (one, other, is_same, decided_by, decided_at)
                 VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(&pair.one)
            .bind(&pair.other)
            .bind(is_same)
            .bind(by.0)
            .bind(Ts::from(now))
        )?;
    }
    tx.note(Entry::SamenessDecided { one: pair.one.clone(), other: pair.other.clone(), is_same, by });
    Ok(true)
}

/// A vulnerability and all that are one with it by decision, itself first.
pub async fn one_with(db: &Db, id: VulnerabilityId) -> Result<Vec<VulnerabilityId>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = on!(db, run => query_as(
        "SELECT a.vulnerability_id, b.vulnerability_id
           FROM sameness_decision d
           JOIN vulnerability_name a ON a.name = d.one
           JOIN vulnerability_name b ON b.name = d.other
          WHERE d.is_same AND a.vulnerability_id <> b.vulnerability_id",
    ).fetch_all(run))?;
    let mut together = vec![id];
    let mut known = BTreeSet::from([id.0]);
    let mut next = 0;
    while let Some(here) = together.get(next).copied() {
        next += 1;
        for (one, other) in &rows {
            let there = if *one == here.0 {
                other
            } else if *other == here.0 {
                one
            } else {
                continue;
            };
            if known.insert(*there) {
                together.push(VulnerabilityId(*there));
            }
        }
    }
    Ok(together)
}

#[cfg(test)]
mod tests {
    use domain::vulnerability::{Exploited, Facet};

    use super::*;
    use crate::officers::{self, Officer, Role};
    use crate::testing::{commit, on_both};
    use crate::vulnerabilities::{know, learn, of_name};

    #[tokio::test]
    async fn two_vulnerabilities_are_one_only_while_a_person_says_so() {
        on_both(async |db| {
            let now = Timestamp::UNIX_EPOCH;
            let names = ["CVE-2026-1000001", "CVE-2026-1000002", "CVE-2026-1000003"];
            let officer = Officer {
                id: OfficerId(Uuid::from_u128(9)),
                mail: "b.sluis@z.example".into(),
                name: "B. Sluis".into(),
                role: Role::Analyst,
            };
            let mut tx = db.begin("test").await.unwrap();
            officers::add(&mut tx, &officer).await.unwrap();
            for (number, name) in (1..).zip(names) {
                let id = VulnerabilityId(Uuid::from_u128(number));
                know(&mut tx, name, "", id).await.unwrap();
                let it = Facet::Exploited(Exploited::Limited);
                let said = Said { at: now, known_at: now, it, by: name.into() };
                learn(&mut tx, id, name, &said).await.unwrap();
            }
            let said = Said { at: now, known_at: now, it: (), by: "a database".to_owned() };
            let pairs = [Pair::of(names[1], names[0]).unwrap(), Pair::of(names[1], names[2]).unwrap()];
            for pair in &pairs {
                say(&mut tx, pair, &said, None).await.unwrap();
                say(&mut tx, pair, &said, None).await.unwrap();
            }
            let unheard = Pair::of(names[0], "CVE-2026-1000009").unwrap();
            say(&mut tx, &unheard, &said, None).await.unwrap();
            commit(tx).await;
            let known = async || of_name(&db, names[0]).await.unwrap().unwrap();
            assert_eq!(waiting(&db).await.unwrap(), 2, "what names nothing that we know is no work yet");
            assert_eq!(known().await.names.len(), 1);

            for (is_same, together) in [(Some(true), 3), (Some(false), 1), (Some(true), 3), (None, 1)] {
                let mut tx = db.begin("test").await.unwrap();
                for pair in &pairs {
                    assert!(decide(&mut tx, pair, is_same, officer.id, now).await.unwrap());
                }
                commit(tx).await;
                let found = known().await;
                assert_eq!((found.names.len(), found.facets().count()), (together, together));
            }
            assert_eq!(waiting(&db).await.unwrap(), 2, "taken back, they wait again");
            let mut tx = db.begin("test").await.unwrap();
            let rumour = Pair::of("CVE-2026-1000001", "CVE-2026-1000003").unwrap();
            assert!(!decide(&mut tx, &rumour, Some(true), officer.id, now).await.unwrap());
        })
        .await;
    }
}
