//! Finding things by words.

use domain::ids::ParticipantId;
use sqlx::{AssertSqlSafe, FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, stems};

/// Something that can be found.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Found {
    /// What it is: `advisory`, `participant`, `asset`.
    pub kind: String,
    pub id: Uuid,
    pub title: String,
}

/// Makes a thing findable by its text, or renews how it is found. What belongs to a participant is
/// found by the CSIRT and by that participant only.
pub async fn put(
    tx: &mut Tx,
    kind: &str,
    id: Uuid,
    participant: Option<ParticipantId>,
    title: &str,
    text: &str,
) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO search (number, kind, id, participant_id, title, stems)
             VALUES ((SELECT coalesce(max(number) + 1, 1) FROM search), $1, $2, $3, $4, $5)
             ON CONFLICT (kind, id) DO UPDATE SET title = excluded.title, stems = excluded.stems",
        )
        .bind(kind)
        .bind(id)
        .bind(participant.map(|it| it.0))
        .bind(title)
        .bind(stems::of(&format!("{title} {text}")))
    )?;
    Ok(())
}

/// What holds every word of `asked`, in any form, in the order of title; `of` narrows it to what is
/// public to all participants or belongs to this one.
///
/// One of the places where the engines differ.
pub async fn find(
    db: &Db,
    asked: &str,
    of: Option<ParticipantId>,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let words = stems::asked(asked);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    // Stems are letters and digits only, so nothing in them means anything to either engine.
    let either = |quote: &str, or: &str| {
        let word = |[nl, en]: &[String; 2]| format!("({quote}{nl}{quote} {or} {quote}{en}{quote})");
        words.iter().map(word).collect::<Vec<_>>()
    };
    let (sql, wanted) = match db {
        Db::Pg(_) => {
            ("to_tsvector('simple', s.stems) @@ to_tsquery('simple', $1)", either("'", "|").join(" & "))
        }
        Db::Lite { .. } => (
            "s.number IN (SELECT rowid FROM search_stems WHERE search_stems MATCH $1)",
            either("\"", "OR").join(" AND "),
        ),
    };
    let sql = format!(
        "SELECT s.kind, s.id, s.title FROM search s
          WHERE {sql} AND ($2 IS NULL OR s.participant_id IS NULL OR s.participant_id = $2)
          ORDER BY s.title, s.id LIMIT $3"
    );
    Ok(on!(db, run => query_as(AssertSqlSafe(sql.clone()))
        .bind(&wanted).bind(of.map(|it| it.0)).bind(limit).fetch_all(run))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn a_word_is_found_in_each_of_its_forms_and_nobody_finds_what_is_anothers() {
        on_both(async |db| {
            let [ours, theirs] = [3, 4].map(|number| ParticipantId(Uuid::from_u128(number)));
            let mut tx = db.begin("test").await.unwrap();
            for (number, of, title) in [
                (1, None, "Ernstige kwetsbaarheid in Citrix ADC"),
                (2, None, "Two vulnerabilities in a mail server"),
                (3, Some(ours), "Kwetsbaarheden in ons ziekenhuis"),
            ] {
                put(&mut tx, "advisory", Uuid::from_u128(number), of, title, "").await.unwrap();
            }
            put(&mut tx, "advisory", Uuid::from_u128(2), None, "Vulnerability in a mail server", "")
                .await
                .unwrap();
            commit(tx).await;
            let found = async |asked: &str, of| {
                let found = find(&db, asked, of, 10).await.unwrap();
                found.into_iter().map(|it| it.id.as_u128()).collect::<Vec<_>>()
            };
            assert_eq!(found("kwetsbaarheden", None).await, [1, 3]);
            assert_eq!(found("kwetsbaarheid", Some(theirs)).await, [1]);
            assert_eq!(found("kwetsbaarheid citrix", None).await, [1]);
            assert_eq!(found("vulnerabilities", Some(ours)).await, [2]);
            assert_eq!(found("\"' OR 1=1 --", None).await, []);
            assert_eq!(found("", None).await, []);
        })
        .await;
    }
}
