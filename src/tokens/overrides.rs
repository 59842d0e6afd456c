//! What a function changes of the claims of tokens before they are signed.
//!
//! Source: Amazon Cognito developer guide, "Pre token generation Lambda trigger": its events V1_0 to V3_0 and "Excluded claims
//! and scopes". Whatever a function says of an excluded claim is passed over.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Of the ID token.
    pub id: TokenChanges,
    /// Of the access token.
    pub access: TokenChanges,
}

/// The changes of one token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TokenChanges {
    /// Claims to add, or to have another value.
    #[serde(deserialize_with = "or_default")]
    pub claims_to_add_or_override: BTreeMap<String, Value>,
    /// Claims to leave out.
    #[serde(deserialize_with = "or_default")]
    pub claims_to_suppress: Vec<String>,
    /// Scopes of the access token to add.
    #[serde(deserialize_with = "or_default")]
    pub scopes_to_add: Vec<String>,
    /// Scopes of the access token to leave out.
    #[serde(deserialize_with = "or_default")]
    pub scopes_to_suppress: Vec<String>,
}

/// Functions of many languages write `null` for what they leave out.
fn or_default<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Claims that are as we write them, whatever a function says.
///
/// SECURITY: those of groups are changed as groups only, so that no attribute and no claim stands for a role.
const EXCLUDED: [&str; 19] = [
    "acr",
    "amr",
    "at_hash",
    "auth_time",
    "azp",
    "cognito:groups",
    "cognito:preferred_role",
    "cognito:roles",
    "cognito:username",
    "event_id",
    "exp",
    "iat",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "sub",
    "token_use",
];
const EXCLUDED_OF_ID: [&str; 4] = ["act", "aud", "identities", "may_act"];
const EXCLUDED_OF_ACCESS: [&str; 7] = ["act", "client_id", "device_key", "may_act", "scope", "username", "version"];

/// Scopes that are Cognito's to give. They can be left out, not added.
const RESERVED_SCOPES: &str = "aws.cognito";

/// Claims of an ID token that stay what they are of type: no lists and no objects.
const SIMPLE: [&str; 4] = ["address", "email_verified", "phone_number_verified", "updated_at"];

impl Overrides {
    /// The claims of an ID token, changed.
    #[must_use]
    pub fn of_id(&self, mut claims: Map<String, Value>) -> Map<String, Value> {
        let may = |name: &str| !EXCLUDED.contains(&name) && !EXCLUDED_OF_ID.contains(&name);
        self.id.apply(&mut claims, |name, value| may(name) && !(SIMPLE.contains(&name) && (value.is_array() || value.is_object())), may);
        claims
    }

    /// The claims of an access token, changed.
    #[must_use]
    pub fn of_access(&self, mut claims: Map<String, Value>) -> Map<String, Value> {
        let client_id = claims.get("client_id").cloned();
        let may = |name: &str| !EXCLUDED.contains(&name) && !EXCLUDED_OF_ACCESS.contains(&name);
        // An audience is the client itself or nobody.
        let adds = |name: &str, value: &Value| may(name) && (name != "aud" || Some(value) == client_id.as_ref());
        self.access.apply(&mut claims, adds, may);
        if let Some(scope) = claims.get("scope").and_then(Value::as_str) {
            let scope = self.access.scopes(scope);
            claims.insert("scope".to_owned(), Value::String(scope));
        }
        claims
    }
}

impl TokenChanges {
    fn apply(&self, claims: &mut Map<String, Value>, adds: impl Fn(&str, &Value) -> bool, suppresses: impl Fn(&str) -> bool) {
        for (name, value) in self.claims_to_add_or_override.iter().filter(|(name, value)| adds(name, value)) {
            claims.insert(name.clone(), value.clone());
        }
        for name in self.claims_to_suppress.iter().filter(|name| suppresses(name)) {
            claims.remove(name);
        }
    }

    fn scopes(&self, given: &str) -> String {
        let mut scopes: Vec<&str> = given.split(' ').filter(|scope| !scope.is_empty()).collect();
        for scope in &self.scopes_to_add {
            let is_one = !scope.is_empty() && scope.chars().all(|character| character.is_ascii_graphic());
            if is_one && !scope.starts_with(RESERVED_SCOPES) && !scopes.contains(&scope.as_str()) {
                scopes.push(scope);
            }
        }
        scopes.retain(|scope| !self.scopes_to_suppress.iter().any(|suppressed| suppressed == scope));
        scopes.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn changes(value: Value) -> TokenChanges {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn no_reserved_claim_is_changed_added_or_left_out() {
        let names: Vec<&str> = EXCLUDED.into_iter().chain(EXCLUDED_OF_ID).chain(EXCLUDED_OF_ACCESS).collect();
        let added: Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), json!("forged"))).collect();
        let forging = changes(json!({"claimsToAddOrOverride": added, "claimsToSuppress": names}));
        let overrides = Overrides { id: forging.clone(), access: forging };
        for before in [json!({}), names.iter().map(|name| ((*name).to_owned(), json!("ours"))).collect()] {
            let of_id = overrides.of_id(map(before.clone()));
            for name in EXCLUDED.iter().chain(&EXCLUDED_OF_ID) {
                assert_eq!(of_id.get(*name), before.get(name), "{name}");
            }
            let of_access = overrides.of_access(map(before.clone()));
            for name in EXCLUDED.iter().chain(&EXCLUDED_OF_ACCESS) {
                assert_eq!(of_access.get(*name), before.get(name), "{name}");
            }
        }
    }

    #[test]
    fn claims_of_any_type_are_added_changed_and_left_out() {
        let id = changes(
            json!({"claimsToAddOrOverride": {"a": {"b": [1, true]}, "email": "x", "email_verified": [1]}, "claimsToSuppress": ["name"]}),
        );
        let before = map(json!({"email": "e", "email_verified": true, "name": "n", "sub": "s"}));
        let after = Overrides { id, access: TokenChanges::default() }.of_id(before);
        assert_eq!(Value::Object(after), json!({"a": {"b": [1, true]}, "email": "x", "email_verified": true, "sub": "s"}));
    }

    #[test]
    fn an_audience_is_the_client_itself() {
        for (given, expected) in [("c", json!({"aud": "c", "client_id": "c"})), ("d", json!({"client_id": "c"}))] {
            let access = changes(json!({"claimsToAddOrOverride": {"aud": given}}));
            let after = Overrides { access, id: TokenChanges::default() }.of_access(map(json!({"client_id": "c"})));
            assert_eq!(Value::Object(after), expected);
        }
    }

    #[test]
    fn scopes_are_added_and_left_out_but_cognitos_own_are_not_added() {
        for (given, add, suppress, expected) in [
            ("a b", json!(["c"]), json!(["a"]), "b c"),
            ("a", json!(["aws.cognito.signin.user.admin", "two words", "", "a"]), json!(null), "a"),
            ("aws.cognito.signin.user.admin", json!(null), json!(["aws.cognito.signin.user.admin"]), ""),
        ] {
            let access = changes(json!({"scopesToAdd": add, "scopesToSuppress": suppress}));
            let after = Overrides { access, id: TokenChanges::default() }.of_access(map(json!({"scope": given})));
            assert_eq!(after["scope"], expected);
        }
    }
}
