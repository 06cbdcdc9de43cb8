//! Rows in words of no engine: one JSON object per line, read and written by the types of the schema.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::schema::{Kind, Table};

/// One value of a row; `None` is the NULL of the database.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Uuid(Option<Uuid>),
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Bytes(Option<Vec<u8>>),
    Json(Option<Value>),
}

/// A row of either engine.
pub(super) trait Cells {
    fn cell(&self, place: usize, kind: Kind) -> Result<Cell, sqlx::Error>;
}

macro_rules! cells {
    ($($row:ty)*) => {$(
        impl Cells for $row {
            fn cell(&self, place: usize, kind: Kind) -> Result<Cell, sqlx::Error> {
                Ok(match kind {
                    Kind::Uuid => Cell::Uuid(self.try_get(place)?),
                    Kind::Text => Cell::Text(self.try_get(place)?),
                    Kind::Integer => Cell::Integer(self.try_get(place)?),
                    Kind::Boolean => Cell::Boolean(self.try_get(place)?),
                    Kind::Bytes => Cell::Bytes(self.try_get(place)?),
                    Kind::Json => Cell::Json(self.try_get::<Option<Json<Value>>, _>(place)?.map(|it| it.0)),
                })
            }
        }
    )*};
}
cells!(PgRow SqliteRow);

/// `query` with each of `cells` bound to it, on either engine.
macro_rules! bound {
    ($query:expr, $cells:expr) => {
        $cells.into_iter().fold($query, |query, cell| match cell {
            Cell::Uuid(it) => query.bind(it),
            Cell::Text(it) => query.bind(it),
            Cell::Integer(it) => query.bind(it),
            Cell::Boolean(it) => query.bind(it),
            Cell::Bytes(it) => query.bind(it),
            Cell::Json(it) => query.bind(it.map(Json)),
        })
    };
}

impl Cell {
    /// NULL, as the same type.
    pub(super) fn null(kind: Kind) -> Self {
        match kind {
            Kind::Uuid => Self::Uuid(None),
            Kind::Text => Self::Text(None),
            Kind::Integer => Self::Integer(None),
            Kind::Boolean => Self::Boolean(None),
            Kind::Bytes => Self::Bytes(None),
            Kind::Json => Self::Json(None),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(Some(bytes)) => bytes,
            _ => &[],
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => *number,
            _ => None,
        }
    }

    /// Bytes become hexadecimal digits. The keys of a document are sorted, as one engine keeps them in
    /// an order of its own. NULL gives `None`, because `null` is a document too.
    fn to_json(&self) -> Option<Value> {
        match self {
            Self::Uuid(it) => it.map(|it| json!(it)),
            Self::Text(it) => it.as_ref().map(|it| json!(it)),
            Self::Integer(it) => it.map(|it| json!(it)),
            Self::Boolean(it) => it.map(|it| json!(it)),
            Self::Bytes(it) => it.as_ref().map(|it| json!(hex::encode(it))),
            Self::Json(it) => it.clone().map(|mut it| {
                it.sort_all_objects();
                it
            }),
        }
    }

    fn of_json(kind: Kind, text: &str) -> Result<Self, String> {
        fn read<T: DeserializeOwned>(text: &str) -> Result<Option<T>, String> {
            serde_json::from_str(text).map(Some).map_err(|why| why.to_string())
        }
        Ok(match kind {
            Kind::Uuid => Self::Uuid(read(text)?),
            Kind::Text => Self::Text(read(text)?),
            Kind::Integer => Self::Integer(read(text)?),
            Kind::Boolean => Self::Boolean(read(text)?),
            Kind::Json => Self::Json(read(text)?),
            Kind::Bytes => {
                let digits: Option<String> = read(text)?;
                let bytes = digits.map(hex::decode).transpose();
                Self::Bytes(bytes.map_err(|why| why.to_string())?)
            }
        })
    }
}

/// A row as one line, with the line break: the columns in the order of the table, without those that
/// are NULL.
pub(super) fn line(table: &Table, cells: &[Cell]) -> String {
    let fields = table.columns.iter().zip(cells).filter_map(|(column, cell)| {
        // Values are serialised with string keys only, so this cannot fail.
        cell.to_json().map(|value| format!("{}:{value}", json!(column.name)))
    });
    format!("{{{}}}\n", fields.collect::<Vec<_>>().join(","))
}

/// The row of a line.
///
/// # Errors
/// Says in which column something else stands than the schema wants.
pub(super) fn row(table: &Table, line: &[u8]) -> Result<Vec<Cell>, String> {
    // Each value is read by itself, so that a document may be as deep as in the database.
    let mut fields: BTreeMap<String, &RawValue> =
        serde_json::from_slice(line).map_err(|why| why.to_string())?;
    let mut cells = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        cells.push(match fields.remove(&column.name) {
            Some(text) => {
                Cell::of_json(column.kind, text.get()).map_err(|why| format!("{}: {why}", column.name))?
            }
            None => Cell::null(column.kind),
        });
    }
    match fields.keys().next() {
        Some(unknown) => Err(format!("{unknown}: no such column")),
        None => Ok(cells),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    fn table() -> Table {
        let columns =
            "id UUID, name TEXT, at BIGINT, is_open BOOLEAN, digest BYTEA, said JSONB, PRIMARY KEY (id)";
        schema::read(&format!("CREATE TABLE dike ({columns});")).remove(0)
    }

    #[test]
    fn a_row_is_one_line_and_nothing_is_not_the_document_null() {
        let full = vec![
            Cell::Uuid(Some(Uuid::from_u128(1))),
            Cell::Text(Some("line\n\"bréak\"".into())),
            Cell::Integer(Some(i64::MIN)),
            Cell::Boolean(Some(true)),
            Cell::Bytes(Some(vec![0, 255])),
            Cell::Json(Some(json!({ "b": [1.0, 1e300, null], "a": { "d": 1, "c": 0.1 } }))),
        ];
        insta::assert_snapshot!(line(&table(), &full).trim_end(), @r#"{"id":"00000000-0000-0000-0000-000000000001","name":"line\n\"bréak\"","at":-9223372036854775808,"is_open":true,"digest":"00ff","said":{"a":{"c":0.1,"d":1},"b":[1.0,1e+300,null]}}"#);
        let id = full[0].clone();
        let mut empty: Vec<Cell> = table().columns.iter().map(|column| Cell::null(column.kind)).collect();
        empty[0] = id;
        let mut null = empty.clone();
        null[5] = Cell::Json(Some(Value::Null));
        insta::assert_snapshot!(line(&table(), &null).trim_end(), @r#"{"id":"00000000-0000-0000-0000-000000000001","said":null}"#);
        for cells in [full, empty, null] {
            assert_eq!(row(&table(), line(&table(), &cells).as_bytes()), Ok(cells));
        }
    }

    #[test]
    fn what_does_not_fit_the_schema_is_named() {
        let complaint = |line: &str| row(&table(), line.as_bytes()).unwrap_err();
        assert_eq!(
            complaint(r#"{"id":"00000000-0000-0000-0000-000000000001","colour":1}"#),
            "colour: no such column"
        );
        assert!(complaint(r#"{"at":"noon"}"#).starts_with("at: "));
        assert!(complaint(r#"{"digest":"f"}"#).starts_with("digest: "));
        assert!(complaint("no JSON").contains("expected"));
        let deep = format!(r#"{{"said":{}1{}}}"#, "[".repeat(127), "]".repeat(127));
        assert!(row(&table(), deep.as_bytes()).is_ok(), "as deep as the database gives it");
    }
}
