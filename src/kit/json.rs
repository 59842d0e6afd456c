//! JSON values by their members, whatever they turn out to be.

use serde_json::Value;

/// Reads and writes the members of an object; a value that is none has no members.
pub trait Members {
    /// A member; null where there is none.
    fn at(&self, name: &str) -> &Value;

    /// A member that is a text; empty where it is none.
    fn text(&self, name: &str) -> String;

    /// A member that is a list; empty where it is none.
    fn list(&self, name: &str) -> &[Value];

    /// The texts in a member that is a list.
    fn texts(&self, name: &str) -> Vec<String>;

    /// Sets a member of an object.
    fn put(&mut self, name: &str, value: impl Into<Value>);

    /// The object with the members of another, which take the place of those of the same name.
    #[must_use]
    fn with(self, more: Value) -> Value;
}

impl Members for Value {
    fn at(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Self::Null)
    }

    fn text(&self, name: &str) -> String {
        self.at(name).as_str().unwrap_or_default().to_owned()
    }

    fn list(&self, name: &str) -> &[Value] {
        self.at(name).as_array().map(Vec::as_slice).unwrap_or_default()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        self.list(name).iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    fn put(&mut self, name: &str, value: impl Into<Value>) {
        if let Self::Object(members) = self {
            members.insert(name.to_owned(), value.into());
        }
    }

    fn with(mut self, more: Value) -> Value {
        if let (Self::Object(members), Self::Object(more)) = (&mut self, more) {
            members.extend(more);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_object_has_no_members_and_gets_none() {
        let mut object = json!({"a": {"b": 1}});
        object.put("c", "d");
        assert_eq!((object.at("a").at("b"), object.at("c"), object.at("x").at("y")), (&json!(1), &json!("d"), &Value::Null));
        assert_eq!((object.text("c"), object.text("a"), object.list("c").len()), ("d".to_owned(), String::new(), 0));
        assert_eq!(json!({"l": ["a", 1, "b"]}).texts("l"), ["a", "b"]);
        assert_eq!(json!({"a": 1, "b": 2}).with(json!({"b": 3})), json!({"a": 1, "b": 3}));
        let mut text = json!("text");
        text.put("a", 1);
        assert_eq!(text, json!("text"));
    }
}
