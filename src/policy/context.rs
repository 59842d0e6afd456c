//! The condition keys of a request.

use std::collections::HashMap;

use super::operators::{Kind, Reading, Readings};

/// Condition keys and their values. Key names ignore case; a key with a list of values stays one, even of one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextMap(HashMap<String, ContextValue>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ContextValue {
    Single(Value),
    List(Vec<Value>),
}

/// A value, and what operators have read in it.
#[derive(Clone, Debug)]
pub(super) struct Value {
    text: String,
    readings: Readings,
}

impl Value {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn read(&self, kind: Kind) -> &Reading {
        self.readings.read(kind, &self.text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self { text, readings: Readings::default() }
    }
}

/// What was read follows from the text.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Value {}

impl ContextValue {
    pub(super) const fn values(&self) -> &[Value] {
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
        self.0.insert(key.to_ascii_lowercase(), ContextValue::Single(Value::from(value.into())));
    }

    /// Sets a key with a list of values.
    pub fn insert_list(&mut self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) {
        self.0.insert(key.to_ascii_lowercase(), ContextValue::List(values.into_iter().map(|value| Value::from(value.into())).collect()));
    }

    /// Sets every key of another map.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(key, value)| (key.clone(), value.clone())));
    }

    /// Whether there is a key, be it with an empty list of values.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.0.contains_key(&key.to_ascii_lowercase())
    }

    /// The values of a key; none where it is absent.
    pub fn values(&self, key: &str) -> impl Iterator<Item = &str> {
        self.0.get(&key.to_ascii_lowercase()).map_or(&[][..], ContextValue::values).iter().map(Value::text)
    }

    /// Every key with its values, by key.
    #[must_use]
    pub fn in_order(&self) -> Vec<(&str, Vec<&str>)> {
        let keys = self.0.iter().map(|(key, value)| (key.as_str(), value.values().iter().map(Value::text).collect()));
        let mut all: Vec<(&str, Vec<&str>)> = keys.collect();
        all.sort_unstable();
        all
    }

    /// The values of every key.
    pub(super) fn all_values(&self) -> impl Iterator<Item = &str> {
        self.0.values().flat_map(ContextValue::values).map(Value::text)
    }

    /// By a key that is in lower case already. A key with an empty list of values is absent.
    pub(super) fn find(&self, lower_case_key: &str) -> Option<&ContextValue> {
        self.0.get(lower_case_key).filter(|value| !value.values().is_empty())
    }
}
