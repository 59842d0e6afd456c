//! What of a provider's claims becomes whose attributes.
//!
//! Source: Amazon Cognito developer guide, "Mapping IdP attributes to profiles and tokens".

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{IdentityProvider, ProviderType};
use crate::userpools::linked_identity::{IdentityKey, LONGEST_VALUE, SUBJECT};

/// The claim of an assertion that says whom it names.
pub const NAME_ID: &str = "NameID";

/// What a mapping calls the subject.
const USERNAME: &str = "username";

impl IdentityProvider {
    /// What the provider itself knows a user by; `None` of what names nobody.
    #[must_use]
    pub fn subject(&self, claims: &Map<String, Value>) -> Option<IdentityKey> {
        let claim = match self.kind {
            ProviderType::Saml => NAME_ID,
            _ => self.configuration.attribute_mapping.get(USERNAME)?,
        };
        let value = claims.get(claim).and_then(text)?;
        (!value.is_empty() && value.chars().count() <= LONGEST_VALUE && !value.contains('\0')).then(|| IdentityKey {
            provider: self.name.clone(),
            attribute: SUBJECT.to_owned(),
            value,
        })
    }

    /// The attributes that the provider's claims give.
    #[must_use]
    pub fn attributes(&self, claims: &Map<String, Value>) -> BTreeMap<String, String> {
        let mapping = self.configuration.attribute_mapping.iter().filter(|(attribute, _)| *attribute != USERNAME);
        mapping.filter_map(|(attribute, claim)| Some((attribute.clone(), claims.get(claim).and_then(text)?))).collect()
    }

    /// What else a user may have been linked by: the attributes that the provider's claims are mapped to. The social providers know
    /// nobody but by their subject.
    pub fn other_keys<'a>(&'a self, attributes: &'a BTreeMap<String, String>) -> impl Iterator<Item = IdentityKey> {
        let known = attributes.iter().filter(|(_, value)| !self.kind.is_social() && !value.is_empty());
        known.map(|(attribute, value)| IdentityKey { provider: self.name.clone(), attribute: attribute.clone(), value: value.clone() })
    }

    /// The name of a user whom the provider knows by this.
    #[must_use]
    pub fn username_of(&self, subject: &IdentityKey) -> String {
        format!("{}_{}", self.name, subject.value)
    }
}

/// A claim as an attribute has it: a text, a flag or a number as it is written, of an address its lines, and of a list its members
/// in brackets.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(values) => Some(format!("[{}]", values.iter().filter_map(text).collect::<Vec<_>>().join(", "))),
        Value::Object(members) => match members.get("formatted") {
            Some(Value::String(formatted)) => Some(formatted.clone()),
            _ => Some(value.to_string()),
        },
        Value::Null => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kit::clock::Timestamp;
    use crate::userpools::identity_provider::Configuration;

    fn provider(kind: ProviderType) -> IdentityProvider {
        let mapping = [("username", "sub"), ("email", "mail"), ("email_verified", "ok"), ("custom:groups", "groups"), ("address", "home")];
        let attribute_mapping = mapping.into_iter().map(|(attribute, claim)| (attribute.to_owned(), claim.to_owned())).collect();
        IdentityProvider {
            pool_id: "us-east-1_a".into(),
            name: "Corp".into(),
            kind,
            configuration: Configuration { attribute_mapping, ..Configuration::default() },
            sealed_secrets: None,
            identifiers: Vec::new(),
            created_at: Timestamp::default(),
            modified_at: Timestamp::default(),
        }
    }

    #[test]
    fn claims_become_the_attributes_that_they_are_mapped_to_and_no_others() {
        let claims = json!({"sub": "1", "mail": "a@x.example", "ok": true, "groups": ["a", 2], "name": "Anna",
                            "home": {"formatted": "1 Road\nTown"}});
        let claims = claims.as_object().unwrap();
        let provider = provider(ProviderType::Oidc);
        let expected = [("address", "1 Road\nTown"), ("custom:groups", "[a, 2]"), ("email", "a@x.example"), ("email_verified", "true")];
        let attributes = provider.attributes(claims);
        assert_eq!(attributes, expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        let subject = provider.subject(claims).unwrap();
        assert_eq!((subject.attribute.as_str(), subject.value.as_str()), (SUBJECT, "1"));
        assert_eq!(provider.username_of(&subject), "Corp_1");
        assert_eq!(provider.other_keys(&attributes).count(), 4);
    }

    #[test]
    fn who_has_no_subject_is_nobody() {
        for sub in [Value::Null, json!(""), json!("x".repeat(513)), json!("a\0b")] {
            assert_eq!(provider(ProviderType::Oidc).subject(json!({"sub": sub}).as_object().unwrap()), None, "{sub}");
        }
        assert_eq!(provider(ProviderType::Google).other_keys(&BTreeMap::from([("email".into(), "a@x.example".into())])).count(), 0);
    }
}
