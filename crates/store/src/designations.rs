//! Designations: what was said about the minister's decisions, each word with when we knew it and from whom.

use domain::designation::Designation;
use domain::ledger::Entry;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::{FromRow, query, query_as};

use crate::{Db, StoreError, Tx, ts::Ts};

#[derive(FromRow)]
struct Row {
    document: String,
    organisation: String,
    target_group: String,
    known_at: Ts,
    articles: String,
    signed_on: String,
    published_on: Option<String>,
    in_force_from: Option<String>,
    in_force_to: Option<String>,
    said_by: String,
}

/// What somebody said about a designation. It stays as it was said; a correction is another word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub known_at: Timestamp,
    /// Blank for what came with the house, and for words from before names were kept.
    pub said_by: String,
    pub said: Designation,
}

/// Records a designation, or what became known of it since. What was said before stays. A designation that is
/// signed and has no day on which it comes into force counts for nothing yet. `by` is who says so, blank for nobody
/// by name. Gives `false` when the same was known already.
pub async fn say(tx: &mut Tx, said: &Designation, by: &str, now: Timestamp) -> Result<bool, StoreError> {
    let day = |it: Option<Date>| it.map(|day| day.to_string());
    let last: Option<Row> = within!(tx, run => query_as(
        "SELECT document, organisation, target_group, known_at, articles, signed_on, published_on, in_force_from,
                in_force_to, said_by
           FROM designation_word WHERE document = $1 AND organisation = $2 AND target_group = $3
          ORDER BY known_at DESC LIMIT 1",
    ).bind(&said.document).bind(&said.organisation).bind(&said.group).fetch_optional(run))?;
    if let Some(last) = last {
        let known = last.designation(TimeZone::UTC)?;
        if known == (Designation { known_from: known.known_from, ..said.clone() }) {
            return Ok(false);
        }
    }
    change!(
        tx,
        query(
            "INSERT INTO designation_word (document, organisation, target_group, known_at, articles, signed_on,
                                           published_on, in_force_from, in_force_to, said_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (document, organisation, target_group, known_at) DO UPDATE
                SET articles = excluded.articles, signed_on = excluded.signed_on,
                    published_on = excluded.published_on, in_force_from = excluded.in_force_from,
                    in_force_to = excluded.in_force_to, said_by = excluded.said_by",
        )
        .bind(&said.document)
        .bind(&said.organisation)
        .bind(&said.group)
        .bind(Ts::from(now))
        .bind(&said.articles)
        .bind(said.signed_on.to_string())
        .bind(day(said.published_on))
        .bind(day(said.in_force_from))
        .bind(day(said.in_force_to))
        .bind(by)
    )?;
    let (organisation, group) = (&said.organisation, &said.group);
    let change = match (said.in_force_from, said.in_force_to) {
        (Some(from), Some(to)) => format!("{organisation} for {group}, in force from {from} until {to}"),
        (Some(from), None) => format!("{organisation} for {group}, in force from {from}"),
        (None, _) => format!("{organisation} for {group}, signed on {}", said.signed_on),
    };
    tx.note(Entry::DesignationChanged { gazette: said.document.clone(), change, by: by.to_owned() });
    Ok(true)
}

/// Everything that was ever said about designations, the oldest word first. Days of knowledge are those of `zone`.
pub async fn all(db: &Db, zone: &TimeZone) -> Result<Vec<Designation>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT document, organisation, target_group, known_at, articles, signed_on, published_on, in_force_from,
                in_force_to, said_by
           FROM designation_word ORDER BY known_at, document, organisation, target_group LIMIT 10000",
    ).fetch_all(run))?;
    rows.iter().map(|row| row.designation(zone.clone())).collect()
}

/// Every word about the designations of an organisation, the newest first. Days of knowledge are those of `zone`.
pub async fn words_of(db: &Db, organisation: &str, zone: &TimeZone) -> Result<Vec<Word>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT document, organisation, target_group, known_at, articles, signed_on, published_on, in_force_from,
                in_force_to, said_by
           FROM designation_word WHERE organisation = $1
          ORDER BY known_at DESC, document, target_group LIMIT 1000",
    ).bind(organisation).fetch_all(run))?;
    let word = |row: &Row| {
        let said = row.designation(zone.clone())?;
        Ok(Word { known_at: row.known_at.get(), said_by: row.said_by.clone(), said })
    };
    rows.iter().map(word).collect()
}

impl Row {
    fn designation(&self, zone: TimeZone) -> Result<Designation, StoreError> {
        let date = |text: &str| {
            text.parse().map_err(|why| StoreError::damaged("designation_word", &self.document, why))
        };
        let maybe = |text: &Option<String>| text.as_deref().map(date).transpose();
        Ok(Designation {
            organisation: self.organisation.clone(),
            group: self.target_group.clone(),
            document: self.document.clone(),
            articles: self.articles.clone(),
            signed_on: date(&self.signed_on)?,
            published_on: maybe(&self.published_on)?,
            in_force_from: maybe(&self.in_force_from)?,
            in_force_to: maybe(&self.in_force_to)?,
            known_from: Some(self.known_at.get().to_zoned(zone).date()),
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::designation::Register;
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn what_was_not_known_yet_did_not_count_and_what_was_said_stays() {
        on_both(async |db| {
            let signed = Designation {
                organisation: "z-cert".into(),
                group: "care".into(),
                document: "stcrt-2020-4410".into(),
                articles: String::new(),
                signed_on: date(2020, 1, 13),
                published_on: None,
                in_force_from: None,
                in_force_to: None,
                known_from: None,
            };
            let first: Timestamp = "2020-01-20T12:00:00Z".parse().unwrap();
            let mut tx = db.begin("test").await.unwrap();
            assert!(say(&mut tx, &signed, "A. Duin", first).await.unwrap());
            assert!(!say(&mut tx, &signed, "", first + 1.hour()).await.unwrap(), "the same is no news");
            let from = date(2020, 1, 31);
            let in_force = Designation { in_force_from: Some(from), ..signed.clone() };
            assert!(say(&mut tx, &in_force, "B. Sluis", first + 240.hours()).await.unwrap());
            commit(tx).await;
            let designations = all(&db, &TimeZone::UTC).await.unwrap();
            assert_eq!(designations.len(), 2);
            let register = Register { organisations: vec![], designations };
            assert!(register.is_linked("care", from, from));
            assert!(!register.is_linked("care", from, date(2020, 1, 25)));
            let words = words_of(&db, "z-cert", &TimeZone::UTC).await.unwrap();
            let who: Vec<_> = words.iter().map(|it| (it.said_by.as_str(), it.said.in_force_from)).collect();
            assert_eq!(who, [("B. Sluis", Some(from)), ("A. Duin", None)]);
            assert_eq!(words_of(&db, "havenring", &TimeZone::UTC).await.unwrap(), []);
        })
        .await;
    }
}
