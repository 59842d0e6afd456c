//! A user as identity providers know them, and what answers and tokens say of it.

use serde_json::{Value, json};

use crate::kit::clock::Timestamp;
use crate::kit::id::UserId;

/// How many identities are linked to a user at most.
///
/// Source: Amazon Cognito API reference, AdminLinkProviderForUser: "The maximum number of federated identities linked to a user
/// is five."
pub const MOST_OF_A_USER: usize = 5;

/// The name that stands for a provider's subject, whatever the provider calls it.
///
/// Source: the same, SourceUser.
pub const SUBJECT: &str = "Cognito_Subject";

/// The attribute that tells a user's identities.
pub const ATTRIBUTE: &str = "identities";

/// The longest value that an identity is known by, in characters.
pub const LONGEST_VALUE: usize = 512;

/// What a provider knows a user by. One of a pool's users is known by it, whoever asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityKey {
    /// The provider.
    pub provider: String,
    /// [`SUBJECT`]; or the attribute of the pool that the provider's claim is mapped to.
    pub attribute: String,
    /// Its value, to the letter.
    pub value: String,
}

/// A user as a provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedIdentity {
    /// By what.
    pub key: IdentityKey,
    /// Whom.
    pub user_id: UserId,
    /// The provider's type, as the wire has it.
    pub provider_type: String,
    /// The entity id of a SAML provider.
    pub issuer: Option<String>,
    /// Whether the user was made of this identity, and not linked to it.
    pub is_primary: bool,
    /// Since when.
    pub created_at: Timestamp,
}

/// The text of the attribute [`ATTRIBUTE`]; `None` of nobody whom a provider knows.
///
/// Source: Amazon Cognito developer guide, "Linking federated users to an existing user profile".
#[must_use]
pub fn attribute_of(identities: &[LinkedIdentity]) -> Option<String> {
    let told = |identity: &LinkedIdentity| {
        json!({
            "userId": identity.key.value,
            "providerName": identity.key.provider,
            "providerType": identity.provider_type,
            "issuer": identity.issuer,
            "primary": identity.is_primary,
            "dateCreated": identity.created_at.millis(),
        })
    };
    (!identities.is_empty()).then(|| Value::Array(identities.iter().map(told).collect()).to_string())
}

/// The claim of an ID token that the attribute's text makes: an array, in which flags and times are texts.
///
/// Source: Amazon Cognito developer guide, "Understanding the identity (ID) token".
#[must_use]
pub fn claim_of(text: &str) -> Value {
    let Ok(Value::Array(mut identities)) = serde_json::from_str(text) else { return Value::String(text.to_owned()) };
    for member in identities.iter_mut().filter_map(Value::as_object_mut).flat_map(serde_json::Map::values_mut) {
        if member.is_boolean() || member.is_number() {
            *member = Value::String(member.to_string());
        }
    }
    Value::Array(identities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attribute_and_the_claim_tell_the_same_in_their_own_ways() {
        let identity = LinkedIdentity {
            key: IdentityKey { provider: "Google".into(), attribute: SUBJECT.into(), value: "1\"2".into() },
            user_id: "u".into(),
            provider_type: "Google".into(),
            issuer: None,
            is_primary: true,
            created_at: Timestamp::from_millis(1_700_000_000_123),
        };
        assert_eq!(attribute_of(&[]), None);
        let text = attribute_of(&[identity]).unwrap();
        let expected = json!([{"userId": "1\"2", "providerName": "Google", "providerType": "Google", "issuer": null,
                               "primary": true, "dateCreated": 1_700_000_000_123_i64}]);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
        let claim = claim_of(&text);
        assert_eq!((&claim[0]["primary"], &claim[0]["dateCreated"]), (&json!("true"), &json!("1700000000123")));
        assert_eq!(claim[0]["issuer"], Value::Null);
    }
}
