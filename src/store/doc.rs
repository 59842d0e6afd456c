//! Documents: what a row keeps as one JSON text beside its searched columns.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

/// The text of a document.
///
/// # Errors
/// [`StoreError::CorruptRow`] for a value that JSON cannot hold (a map with keys that are no strings).
pub fn to_text<T: Serialize>(table: &'static str, column: &'static str, id: &str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::corrupt(table, column, id))
}

/// The document in a text.
///
/// # Errors
/// [`StoreError::CorruptRow`] when the text is not such a document.
pub fn from_text<T: DeserializeOwned>(table: &'static str, column: &'static str, id: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::corrupt(table, column, id))
}
