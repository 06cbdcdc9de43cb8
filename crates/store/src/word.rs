//! Enums as the one word that they have everywhere: in a column, in a ledger entry, in a form.

use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// The word of a plain enum.
pub(crate) fn of(it: &impl Serialize) -> String {
    match serde_json::to_value(it) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("only plain enums are stored as a word, not {other:?}"),
    }
}

/// The enum of a word that was read from `table`.
pub(crate) fn read<T: DeserializeOwned>(
    table: &'static str,
    row: impl ToString,
    word: &str,
) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::from(word)).map_err(|why| StoreError::damaged(table, row, why))
}
