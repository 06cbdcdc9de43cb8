//! What others gave vulnerabilities: scores, decisions, listings, chances. Nobody's is overwritten.

use std::collections::{BTreeMap, HashMap};

use domain::ids::VulnerabilityId;
use domain::rating::Rating;
use domain::time::Said;
use domain::tlp::Tlp;
use jiff::Timestamp;
use sqlx::query_as;
use uuid::Uuid;

use crate::papers::Digest;
use crate::{Db, StoreError, Tx, samenesses, ts::Ts, word};

/// Something that a vulnerability was given, and the paper in which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub id: VulnerabilityId,
    pub said: Said<Rating>,
    pub paper: Option<Digest>,
    /// `None`: that paper carries no label, or was read before its label was kept.
    pub label: Option<Label>,
}

/// How far the paper may travel in which something stands, and since when we have it under this label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    pub tlp: Tlp,
    pub since: Timestamp,
}

/// Adds what was given. The same twice is once; by another paper it stands in that one, under its label.
pub async fn add_all(tx: &mut Tx, given: &[Given]) -> Result<(), StoreError> {
    // One statement may change a row once; the last word about it counts.
    let mut rows = BTreeMap::new();
    for it in given {
        let rating =
            serde_json::to_string(&it.said.it).map_err(|why| StoreError::damaged("rating", it.id, why))?;
        rows.insert((it.id, it.said.at, it.said.by.as_str(), rating.clone()), (it, rating));
    }
    let rows: Vec<_> = rows.into_values().collect();
    change_rows!(
        tx,
        rows,
        9,
        "INSERT INTO rating (vulnerability_id, kind, said_by, at, known_at, rating, paper, tlp, labelled_at)",
        "ON CONFLICT (vulnerability_id, kind, said_by, at, rating)
         DO UPDATE SET paper = excluded.paper, tlp = excluded.tlp, labelled_at = excluded.labelled_at",
        row => [
            row.0.id.0,
            row.0.said.it.kind(),
            &row.0.said.by,
            Ts::from(row.0.said.at),
            Ts::from(row.0.said.known_at),
            &row.1,
            row.0.paper.map(|digest| digest.0.to_vec()),
            row.0.label.map(|label| word::of(&label.tlp)),
            row.0.label.map(|label| Ts::from(label.since)),
        ]
    );
    Ok(())
}

type Row = (Uuid, String, Ts, Ts, String, Option<Vec<u8>>, Option<String>, Option<Ts>);

fn given(row: Row) -> Result<Given, StoreError> {
    let (id, by, at, known_at, rating, paper, tlp, since) = row;
    let id = VulnerabilityId(id);
    let tlp = tlp.map(|tlp| word::read("rating", id, &tlp)).transpose()?;
    Ok(Given {
        id,
        said: said(id, (by, at, known_at, rating))?,
        paper: paper.map(|bytes| Digest::from_row("rating", &bytes)).transpose()?,
        label: tlp.zip(since).map(|(tlp, since)| Label { tlp, since: since.get() }),
    })
}

fn said(id: VulnerabilityId, row: (String, Ts, Ts, String)) -> Result<Said<Rating>, StoreError> {
    let (by, at, known_at, rating) = row;
    let it = serde_json::from_str(&rating).map_err(|why| StoreError::damaged("rating", id, why))?;
    Ok(Said { at: at.get(), known_at: known_at.get(), it, by })
}

/// What a vulnerability was given, and those that are one with it: by asserter, the newest first.
pub async fn of_vulnerability(db: &Db, id: VulnerabilityId) -> Result<Vec<Given>, StoreError> {
    let mut found = Vec::new();
    for id in samenesses::one_with(db, id).await? {
        let rows: Vec<Row> = on!(db, run => query_as(
            "SELECT vulnerability_id, said_by, at, known_at, rating, paper, tlp, labelled_at
               FROM rating WHERE vulnerability_id = $1",
        ).bind(id.0).fetch_all(run))?;
        for row in rows {
            found.push(given(row)?);
        }
    }
    found.sort_by(|one: &Given, other| {
        let (one, other) = (&one.said, &other.said);
        one.by.cmp(&other.by).then_with(|| other.at.cmp(&one.at)).then_with(|| one.it.cmp(&other.it))
    });
    Ok(found)
}

/// What each of these was given by anybody, in no order.
pub async fn of_all(
    tx: &mut Tx,
    ids: &[VulnerabilityId],
) -> Result<HashMap<VulnerabilityId, Vec<Given>>, StoreError> {
    let rows: Vec<Row> = rows_of!(
        tx,
        ids,
        "SELECT vulnerability_id, said_by, at, known_at, rating, paper, tlp, labelled_at
           FROM rating WHERE vulnerability_id IN",
        id => [id.0]
    );
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        let one = given(row)?;
        found.entry(one.id).or_default().push(one);
    }
    Ok(found)
}

/// The last rating of this kind that `by` gave to each vulnerability.
pub async fn last_of_kind(
    db: &Db,
    kind: &'static str,
    by: &str,
) -> Result<BTreeMap<VulnerabilityId, Said<Rating>>, StoreError> {
    let rows: Vec<(Uuid, Ts, Ts, String)> = on!(db, run => query_as(
        "SELECT r.vulnerability_id, r.at, r.known_at, r.rating FROM rating r
          WHERE r.kind = $1 AND r.said_by = $2
          ORDER BY r.vulnerability_id, r.at, r.known_at",
    ).bind(kind).bind(by).fetch_all(run))?;
    let mut last = BTreeMap::new();
    for (id, at, known_at, rating) in rows {
        let id = VulnerabilityId(id);
        last.insert(id, said(id, (by.to_owned(), at, known_at, rating))?);
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use domain::rating::Share;
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, on_both};
    use crate::vulnerabilities::know;

    #[tokio::test]
    async fn what_two_gave_stands_beside_each_other() {
        on_both(async |db| {
            let id = VulnerabilityId(Uuid::from_u128(1));
            let cvss = |by: &str, vector: &str| Said {
                at: Timestamp::UNIX_EPOCH,
                known_at: Timestamp::UNIX_EPOCH,
                it: Rating::Cvss { version: "3.1".into(), vector: vector.into(), base: Some("9.8".into()) },
                by: by.into(),
            };
            let epss = |hours: i64, probability: u32| Said {
                at: Timestamp::UNIX_EPOCH + hours.hours(),
                known_at: Timestamp::UNIX_EPOCH,
                it: Rating::Epss { probability: Share(probability), percentile: Share(99_000) },
                by: "FIRST".into(),
            };
            let mut tx = db.begin("test").await.unwrap();
            know(&mut tx, "CVE-2019-19781", "", id).await.unwrap();
            let said = [cvss("a vendor", "AV:L"), cvss("NVD", "AV:N"), epss(24, 90_000), epss(48, 94_372)];
            let given: Vec<Given> =
                said.into_iter().map(|said| Given { id, said, paper: None, label: None }).collect();
            add_all(&mut tx, &given).await.unwrap();
            add_all(&mut tx, &given).await.unwrap();
            assert_eq!(of_all(&mut tx, &[id]).await.unwrap()[&id].len(), 4);
            commit(tx).await;
            let found = of_vulnerability(&db, id).await.unwrap().into_iter().map(|it| it.said);
            let expected =
                [epss(48, 94_372), epss(24, 90_000), cvss("NVD", "AV:N"), cvss("a vendor", "AV:L")];
            assert_eq!(found.collect::<Vec<_>>(), expected);
            assert_eq!(last_of_kind(&db, "epss", "FIRST").await.unwrap(), [(id, epss(48, 94_372))].into());

            // The same in a paper that may travel further: it is one word, under the label of that paper.
            let label = Label { tlp: Tlp::Clear, since: Timestamp::UNIX_EPOCH + 1.hour() };
            let mut tx = db.begin("test").await.unwrap();
            add_all(&mut tx, &[Given { label: Some(label), ..given[0].clone() }]).await.unwrap();
            commit(tx).await;
            let found = of_vulnerability(&db, id).await.unwrap();
            assert_eq!(found.len(), 4);
            let labels: Vec<_> =
                found.iter().filter_map(|it| Some((it.said.by.as_str(), it.label?))).collect();
            assert_eq!(labels, [("a vendor", label)]);
        })
        .await;
    }
}
