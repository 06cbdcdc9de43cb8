//! Organisations that are not served and can be told things: teams, authorities, vendors.

use domain::designation::Organisation;
use domain::disclosure::Kind;
use domain::ledger::Entry;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::{FromRow, query, query_as, types::Json};

use crate::{Db, StoreError, Tx, ts::Ts};

/// An organisation with the ways to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reachable {
    pub organisation: Organisation,
    pub mail: Option<String>,
    pub telephone: Option<String>,
}

/// What somebody said of an organisation. It stays as it was said; a change is another word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub known_at: Timestamp,
    pub said_by: String,
    pub said: Reachable,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    kind: String,
    sends_as: Option<String>,
    target_groups: Json<Vec<String>>,
    is_community: bool,
    country: String,
    mail: Option<String>,
    telephone: Option<String>,
    from_day: Option<String>,
    to_day: Option<String>,
}

impl TryFrom<Row> for Reachable {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let day = |text: &Option<String>| -> Result<Option<Date>, StoreError> {
            let read =
                |text: &str| text.parse().map_err(|why| StoreError::damaged("organisation", &row.id, why));
            text.as_deref().map(read).transpose()
        };
        Ok(Self {
            organisation: Organisation {
                from: day(&row.from_day)?,
                to: day(&row.to_day)?,
                id: row.id,
                name: row.name,
                kind: Kind::new(&row.kind),
                sends_as: row.sends_as,
                groups: row.target_groups.0,
                is_community: row.is_community,
                country: row.country,
            },
            mail: row.mail,
            telephone: row.telephone,
        })
    }
}

/// Writes down an organisation, or what it is from `now` on. What was said before stays beside it. `by` is who says so.
pub async fn put(tx: &mut Tx, one: &Reachable, by: &str, now: Timestamp) -> Result<(), StoreError> {
    let it = &one.organisation;
    change!(
        tx,
        query(
            "INSERT INTO organisation (id, name, kind, sends_as, target_groups, is_community, country, mail,
                                       telephone, from_day, to_day)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (id) DO UPDATE
                SET name = excluded.name, kind = excluded.kind, sends_as = excluded.sends_as,
                    target_groups = excluded.target_groups, is_community = excluded.is_community,
                    country = excluded.country, mail = excluded.mail, telephone = excluded.telephone,
                    from_day = excluded.from_day, to_day = excluded.to_day",
        )
        .bind(&it.id)
        .bind(&it.name)
        .bind(it.kind.code())
        .bind(&it.sends_as)
        .bind(Json(&it.groups))
        .bind(it.is_community)
        .bind(&it.country)
        .bind(&one.mail)
        .bind(&one.telephone)
        .bind(it.from.map(|day| day.to_string()))
        .bind(it.to.map(|day| day.to_string()))
    )?;
    change!(
        tx,
        query(
            "INSERT INTO organisation_word (organisation, known_at, said_by, said, mail, telephone)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (organisation, known_at) DO UPDATE
                SET said_by = excluded.said_by, said = excluded.said, mail = excluded.mail,
                    telephone = excluded.telephone",
        )
        .bind(&it.id)
        .bind(Ts::from(now))
        .bind(by)
        .bind(Json(it))
        .bind(&one.mail)
        .bind(&one.telephone)
    )?;
    let change = format!("{} as {} for {}", it.name, it.kind, it.groups.join(", "));
    tx.note(Entry::OrganisationChanged { organisation: it.id.clone(), change, by: by.to_owned() });
    Ok(())
}

/// Every organisation, by name.
pub async fn all(db: &Db) -> Result<Vec<Reachable>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, name, kind, sends_as, target_groups, is_community, country, mail, telephone, from_day, to_day
           FROM organisation ORDER BY name, id LIMIT 5000",
    ).fetch_all(run))?;
    rows.into_iter().map(Reachable::try_from).collect()
}

/// The organisation of this id.
pub async fn of_id(db: &Db, id: &str) -> Result<Option<Reachable>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, name, kind, sends_as, target_groups, is_community, country, mail, telephone, from_day, to_day
           FROM organisation WHERE id = $1",
    ).bind(id).fetch_optional(run))?;
    row.map(Reachable::try_from).transpose()
}

/// Every word about an organisation, the newest first.
pub async fn words_of(db: &Db, id: &str) -> Result<Vec<Word>, StoreError> {
    type Said = (Ts, String, Json<Organisation>, Option<String>, Option<String>);
    let rows: Vec<Said> = on!(db, run => query_as(
        "SELECT known_at, said_by, said, mail, telephone
           FROM organisation_word WHERE organisation = $1 ORDER BY known_at DESC LIMIT 1000",
    ).bind(id).fetch_all(run))?;
    let word = |(known_at, said_by, said, mail, telephone): Said| Word {
        known_at: known_at.get(),
        said_by,
        said: Reachable { organisation: said.0, mail, telephone },
    };
    Ok(rows.into_iter().map(word).collect())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn an_organisation_is_what_was_said_of_it_last() {
        on_both(async |db| {
            let team = Reachable {
                organisation: Organisation {
                    id: "havenring".into(),
                    name: "Havenring".into(),
                    kind: Kind::new("OK"),
                    sends_as: None,
                    groups: vec!["ports".into()],
                    is_community: true,
                    country: "NL".into(),
                    from: Some(date(2021, 9, 1)),
                    to: None,
                },
                mail: Some("wacht@havenring.example".into()),
                telephone: None,
            };
            let mut tx = db.begin("test").await.unwrap();
            let first = Timestamp::UNIX_EPOCH;
            put(&mut tx, &team, "A. Duin", first).await.unwrap();
            let before = team.clone();
            let designated = Organisation { kind: Kind::new("CCT"), ..team.organisation.clone() };
            let team = Reachable { organisation: designated, ..team };
            put(&mut tx, &team, "B. Sluis", first + 1.hour()).await.unwrap();
            commit(tx).await;
            assert_eq!(of_id(&db, "havenring").await.unwrap().as_ref(), Some(&team));
            assert_eq!(of_id(&db, "nobody").await.unwrap(), None);
            assert_eq!(all(&db).await.unwrap(), std::slice::from_ref(&team));
            let words = words_of(&db, "havenring").await.unwrap();
            let said: Vec<_> = words.into_iter().map(|it| (it.said_by, it.said)).collect();
            assert_eq!(said, [("B. Sluis".to_owned(), team), ("A. Duin".to_owned(), before)]);
        })
        .await;
    }
}
