//! The fields of a form, or of a query.

use serde_json::Value;

/// The fields of a form, or of a query, in their order. They may hold secrets, so there is no `Debug`.
#[derive(Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form. One that has a NUL, which no database takes, has no fields at all.
    #[must_use]
    pub fn parse(form: &[u8]) -> Self {
        let fields: Vec<(String, String)> = form_urlencoded::parse(form).into_owned().collect();
        if fields.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) { Self::default() } else { Self(fields) }
    }

    /// The text of a field; empty where there is none. Line ends are as people write them, not as forms send them.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.all(name).next().map(|value| value.replace("\r\n", "\n")).unwrap_or_default()
    }

    /// The text of a field without blanks around it, where anything is written in it.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<String> {
        Some(self.text(name).trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Every value of a field that may stand several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

/// A number as it was typed; what is none is given as it is, for the operation to refuse in its own words.
#[must_use]
pub fn number(typed: &str) -> Value {
    typed.parse::<i64>().map_or_else(|_| Value::from(typed), Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_a_browser_writes_them() {
        let fields = Fields::parse(b"name=+ann+&note=a%0D%0Ab&box=on&many=1&many=2&empty=");
        assert_eq!((fields.given("name").as_deref(), fields.text("note").as_str()), (Some("ann"), "a\nb"));
        assert_eq!(fields.all("many").collect::<Vec<_>>(), ["1", "2"]);
        assert!(fields.has("box") && !fields.has("other") && fields.given("empty").is_none());
        assert!(!Fields::parse(b"name=ann&other=%00").has("name"));
    }
}
