//! The people of the CSIRT itself, and what they may do.

use std::collections::BTreeMap;

use domain::ids::OfficerId;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, word};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Analyst,
    DutyOfficer,
    /// Runs the node, and sees no participant's data.
    Administrator,
    /// Of an inspectorate or a ministry: figures only.
    Supervisor,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Analyst, Self::DutyOfficer, Self::Administrator, Self::Supervisor];

    pub fn word(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::DutyOfficer => "duty_officer",
            Self::Administrator => "administrator",
            Self::Supervisor => "supervisor",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    pub id: OfficerId,
    pub name: String,
    pub mail: String,
    pub role: Role,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    mail: String,
    role: String,
}

impl TryFrom<Row> for Officer {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let role = word::read("officer", row.id, &row.role)?;
        Ok(Self { id: OfficerId(row.id), name: row.name, mail: row.mail, role })
    }
}

pub async fn add(tx: &mut Tx, officer: &Officer) -> Result<(), StoreError> {
    change!(
        tx,
        query("INSERT INTO officer (id, name, mail, role) VALUES ($1, $2, $3, $4)")
            .bind(officer.id.0)
            .bind(&officer.name)
            .bind(&officer.mail)
            .bind(word::of(&officer.role))
    )?;
    Ok(())
}

/// Everybody who works here now, by name.
pub async fn all(db: &Db) -> Result<Vec<Officer>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, name, mail, role FROM officer WHERE removed_at IS NULL ORDER BY name, id",
    ).fetch_all(run))?;
    rows.into_iter().map(Officer::try_from).collect()
}

/// The officer with this address.
pub async fn of_mail(db: &Db, mail: &str) -> Result<Option<Officer>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, name, mail, role FROM officer WHERE mail = $1 AND removed_at IS NULL",
    ).bind(mail).fetch_optional(run))?;
    row.map(Officer::try_from).transpose()
}

/// What everybody is called who ever worked here.
pub async fn names(db: &Db) -> Result<BTreeMap<OfficerId, String>, StoreError> {
    let rows: Vec<(Uuid, String)> = on!(db, run => query_as("SELECT id, name FROM officer").fetch_all(run))?;
    Ok(rows.into_iter().map(|(id, name)| (OfficerId(id), name)).collect())
}
