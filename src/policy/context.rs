//! The condition keys of a request.

use std::collections::HashMap;

/// Condition keys and their values. Key names ignore case; a key with a list of values stays one, even of one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextMap(HashMap<String, ContextValue>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ContextValue {
    Single(String),
    List(Vec<String>),
}

impl ContextValue {
    pub(super) const fn values(&self) -> &[String] {
        match self {
            Self::Single(value) => std::slice::from_ref(value),
            Self::List(values) => values.as_slice(),
        }
    }
}

impl ContextMap {
    /// No keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key with one value.
    pub fn insert(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_ascii_lowercase(), ContextValue::Single(value.into()));
    }

    /// Sets a key with a list of values.
    pub fn insert_list(&mut self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) {
        self.0.insert(key.to_ascii_lowercase(), ContextValue::List(values.into_iter().map(Into::into).collect()));
    }

    /// Sets every key of another map.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(key, value)| (key.clone(), value.clone())));
    }

    /// The values of a key; `None` where it is absent.
    #[must_use]
    pub fn values(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(ContextValue::values)
    }

    /// The values of every key.
    pub(super) fn all_values(&self) -> impl Iterator<Item = &String> {
        self.0.values().flat_map(ContextValue::values)
    }

    /// By a key that is in lower case already.
    pub(super) fn find(&self, lower_case_key: &str) -> Option<&ContextValue> {
        self.0.get(lower_case_key)
    }
}
