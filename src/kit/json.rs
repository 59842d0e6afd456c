//! JSON values by their members, whatever they turn out to be.

use serde_json::Value;

/// Reads and writes the members of an object; a value that is none has no members.
pub trait Members {
    /// A member; null where there is none.
    fn at(&self, name: &str) -> &Value;

    /// Sets a member of an object.
    fn put(&mut self, name: &str, value: impl Into<Value>);
}

impl Members for Value {
    fn at(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Self::Null)
    }

    fn put(&mut self, name: &str, value: impl Into<Value>) {
        if let Self::Object(members) = self {
            members.insert(name.to_owned(), value.into());
        }
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
        let mut text = json!("text");
        text.put("a", 1);
        assert_eq!(text, json!("text"));
    }
}
