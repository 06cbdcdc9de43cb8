//! The tables, read from the text of the migrations: what a type means stands there and nowhere else,
//! because SQLite keeps an id and a digest under the same name.

/// One table, with its columns in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The columns of the primary key, by their places.
    pub key: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: String,
    pub kind: Kind,
    /// The table in which its value must stand.
    pub refers_to: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Uuid,
    Text,
    Integer,
    Boolean,
    Bytes,
    Json,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "UUID" => Self::Uuid,
            "TEXT" => Self::Text,
            "BIGINT" => Self::Integer,
            "BOOLEAN" => Self::Boolean,
            "BYTEA" => Self::Bytes,
            "JSONB" => Self::Json,
            _ => return None,
        })
    }
}

impl Table {
    /// The names of its columns, as they stand in a statement.
    pub(crate) fn column_names(&self) -> String {
        self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Whether a row may refer to another row of the same table.
    pub(crate) fn refers_to_itself(&self, column: &Column) -> bool {
        column.refers_to.as_ref() == Some(&self.name)
    }
}

/// The tables that `migrations` make, each after those that it refers to. Understands what our
/// migrations say (`CREATE TABLE`, `ALTER TABLE … ADD COLUMN`, `DROP TABLE`); a test holds the result
/// against what the engines made of them.
pub(crate) fn read(migrations: &str) -> Vec<Table> {
    let text: String = migrations
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join(" ");
    let mut tables: Vec<Table> = Vec::new();
    for statement in text.split(';') {
        let words: Vec<&str> = statement.split_whitespace().collect();
        match words.as_slice() {
            ["CREATE", "TABLE", name, ..] => tables.push(table(name, inside(statement))),
            ["ALTER", "TABLE", name, "ADD", "COLUMN", column @ ..] => {
                let column = column_of(column);
                tables
                    .iter_mut()
                    .filter(|it| it.name == *name)
                    .for_each(|it| it.columns.extend(column.clone()));
            }
            ["DROP", "TABLE", name] => tables.retain(|it| it.name != *name),
            _ => {}
        }
    }
    in_order(tables)
}

fn table(name: &str, definition: &str) -> Table {
    let mut table = Table { name: name.to_owned(), columns: Vec::new(), key: Vec::new() };
    let mut key = Vec::new();
    for part in parts(definition) {
        let words: Vec<&str> = part.split_whitespace().collect();
        if let ["PRIMARY", "KEY", ..] = words.as_slice() {
            key = parts(inside(part));
        }
        let Some(column) = column_of(&words) else { continue };
        if words.windows(2).any(|pair| pair == ["PRIMARY", "KEY"]) {
            table.key.push(table.columns.len());
        }
        table.columns.push(column);
    }
    let place = |name: &&str| table.columns.iter().position(|column| column.name == *name);
    table.key.extend(key.iter().filter_map(place));
    table
}

/// `name TYPE … REFERENCES other (…)`; a constraint of the whole table is no column.
fn column_of(words: &[&str]) -> Option<Column> {
    let (name, kind) = (words.first()?, Kind::of(words.get(1)?)?);
    let refers_to = words.windows(2).find(|pair| pair[0] == "REFERENCES").map(|pair| pair[1].to_owned());
    Some(Column { name: (*name).to_owned(), kind, refers_to })
}

/// What stands between the first bracket and its last.
fn inside(text: &str) -> &str {
    match (text.find('('), text.rfind(')')) {
        (Some(open), Some(close)) => &text[open + 1..close],
        _ => "",
    }
}

/// The parts between commas that stand in no bracket.
fn parts(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let at_a_comma = |letter: char| {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        letter == ',' && depth == 0
    };
    text.split(at_a_comma).map(str::trim).collect()
}

/// Each table after those that it refers to, and otherwise as they were.
fn in_order(mut left: Vec<Table>) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    while !left.is_empty() {
        let is_there = |name: &String| ordered.iter().any(|table| table.name == *name);
        let is_free = |table: &Table| {
            let outward = table.columns.iter().filter(|column| !table.refers_to_itself(column));
            outward.filter_map(|column| column.refers_to.as_ref()).all(is_there)
        };
        // Tables that refer to each other in a circle stay as they were; the engine will complain.
        let next = left.iter().position(is_free).unwrap_or(0);
        ordered.push(left.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use sqlx::query_as;

    use super::*;
    use crate::testing::on_both;
    use crate::{Db, migrate};

    #[test]
    fn a_table_is_read_with_its_key_and_comes_after_those_that_it_refers_to() {
        let tables = read(
            "-- A comment; with a mark.
             CREATE TABLE walk (dike UUID NOT NULL REFERENCES dike (id), at BIGINT, PRIMARY KEY (dike, at));
             CREATE INDEX walk_by_time ON walk (at);
             CREATE TABLE dike (id UUID PRIMARY KEY, name TEXT NOT NULL, UNIQUE (name));
             CREATE TABLE rumour (id UUID PRIMARY KEY);
             DROP TABLE rumour;
             ALTER TABLE dike ADD COLUMN beside UUID REFERENCES dike (id);",
        );
        let column = |name: &str, kind, refers_to: Option<&str>| Column {
            name: name.into(),
            kind,
            refers_to: refers_to.map(str::to_owned),
        };
        let dike = Table {
            name: "dike".into(),
            columns: vec![
                column("id", Kind::Uuid, None),
                column("name", Kind::Text, None),
                column("beside", Kind::Uuid, Some("dike")),
            ],
            key: vec![0],
        };
        let walk = Table {
            name: "walk".into(),
            columns: vec![column("dike", Kind::Uuid, Some("dike")), column("at", Kind::Integer, None)],
            key: vec![0, 1],
        };
        assert_eq!(tables, [dike, walk]);
    }

    /// `table.column` with the word of the engine for its type, sorted.
    async fn columns_in(db: &Db) -> Vec<String> {
        let sql = match db {
            Db::Pg(_) => {
                "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
                  WHERE table_schema = current_schema() AND table_name <> 'schema_version'"
            }
            Db::Lite { .. } => {
                "SELECT t.name || '.' || c.name || ' ' || c.type
                   FROM pragma_table_list t JOIN pragma_table_info(t.name) c
                  WHERE t.strict"
            }
        };
        let rows: Vec<(String,)> = on!(db, run => query_as(sql).fetch_all(run)).unwrap();
        let mut columns: Vec<String> = rows.into_iter().map(|row| row.0).collect();
        columns.sort();
        columns
    }

    #[tokio::test]
    async fn what_is_read_is_what_the_engines_made_of_it() {
        on_both(async |db| {
            let word = |kind| match (&db, kind) {
                (Db::Pg(_), Kind::Uuid) => "uuid",
                (Db::Pg(_), Kind::Text) => "text",
                (Db::Pg(_), Kind::Integer) => "bigint",
                (Db::Pg(_), Kind::Boolean) => "boolean",
                (Db::Pg(_), Kind::Bytes) => "bytea",
                (Db::Pg(_), Kind::Json) => "jsonb",
                (Db::Lite { .. }, Kind::Uuid | Kind::Bytes) => "BLOB",
                (Db::Lite { .. }, Kind::Text | Kind::Json) => "TEXT",
                (Db::Lite { .. }, Kind::Integer | Kind::Boolean) => "INTEGER",
            };
            let tables = migrate::tables(migrate::newest());
            assert!(tables.iter().all(|table| !table.key.is_empty()), "each table has a primary key");
            for (place, table) in tables.iter().enumerate() {
                let outward = table.columns.iter().filter(|column| !table.refers_to_itself(column));
                for other in outward.filter_map(|column| column.refers_to.as_ref()) {
                    assert!(
                        tables[..place].iter().any(|it| it.name == *other),
                        "{} before {other}",
                        table.name
                    );
                }
            }
            let mut read: Vec<String> = tables
                .iter()
                .flat_map(|table| {
                    table.columns.iter().map(|it| format!("{}.{} {}", table.name, it.name, word(it.kind)))
                })
                .collect();
            read.sort();
            assert_eq!(read, columns_in(&db).await);
        })
        .await;
    }
}
