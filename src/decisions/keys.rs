//! The condition keys that a question brings along: `context`, a map of keys to a value or a list of values.

use serde_json::{Map, Value};

use crate::policy::ContextMap;

/// Adds the keys of a question.
///
/// # Errors
/// In words, for a key that stands twice in other capitals, and for a value that is none.
pub fn add(keys: &mut ContextMap, context: &Map<String, Value>) -> Result<(), String> {
    let mut seen = std::collections::HashSet::new();
    for (key, value) in context {
        // Key names ignore case: which of two would hold is nobody's guess.
        if !seen.insert(key.to_ascii_lowercase()) {
            return Err(format!("context.`{key}` stands twice"));
        }
        match value {
            Value::Array(items) => {
                let values = items.iter().map(|item| text(key, item)).collect::<Result<Vec<_>, _>>()?;
                keys.insert_list(key, values);
            }
            single => keys.insert(key, text(key, single)?),
        }
    }
    Ok(())
}

fn text(key: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(format!("context.`{key}` is not a value or a list of values")),
    }
}
