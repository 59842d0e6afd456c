//! Which role a login is given: the one that its token names, the one that a rule finds, or the pool's own.
//!
//! Source: Amazon Cognito developer guide, "Using role-based access control", and API reference, RoleMapping.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How the users of providers are mapped to roles, by provider: `{user pool's name}:{app client}`, or another's name or ARN.
pub type RoleMappings = BTreeMap<String, RoleMapping>;

/// How many rules a provider has at most.
const MOST_RULES: usize = 25;

/// How the users of one provider are mapped to roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleMapping {
    /// By what.
    pub r#type: MappingType,
    /// What becomes of a user to whom no one role fits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ambiguous_role_resolution: Option<Resolution>,
    /// The rules, where it is by rules.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rules_configuration: Option<RulesConfiguration>,
}

/// By what users are mapped to roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MappingType {
    /// By what the token says of roles itself.
    Token,
    /// By rules about the token's claims.
    Rules,
}

/// What becomes of a user to whom no one role fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolution {
    /// They are given the pool's role for users.
    AuthenticatedRole,
    /// They are given none.
    Deny,
}

/// Rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RulesConfiguration {
    /// In order: the first that matches decides.
    pub rules: Vec<MappingRule>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MappingRule {
    /// The claim, which must be there.
    pub claim: String,
    /// How it is compared.
    pub match_type: MatchType,
    /// With what.
    pub value: String,
    /// The role.
    #[serde(rename = "RoleARN")]
    pub role_arn: String,
}

/// How a claim is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MatchType {
    /// It is the value.
    Equals,
    /// It has the value in it.
    Contains,
    /// It begins with the value.
    StartsWith,
    /// It is there, and is not the value.
    NotEqual,
}

/// Why a mapping is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingRefused {
    /// What becomes of whom nothing fits is not said.
    #[error("AmbiguousRoleResolution is required.")]
    Unresolved,
    /// By rules, without any.
    #[error("RulesConfiguration is required for a role mapping of type Rules.")]
    NoRules,
    /// By the token, with rules.
    #[error("RulesConfiguration is for role mappings of type Rules.")]
    NotByRules,
    /// Too many.
    #[error("A provider has at most {MOST_RULES} rules.")]
    TooManyRules,
}

/// A login as the choice knows it.
#[derive(Clone, Copy, Debug)]
pub struct Claimed<'a> {
    /// How its provider's users are mapped, where they are.
    pub mapping: Option<&'a RoleMapping>,
    /// What its token says.
    pub claims: &'a Map<String, Value>,
}

/// The role that a user is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The pool's own, for users.
    Authenticated,
    /// This one.
    Role(&'a str),
}

/// Why a user is given none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRole {
    /// The role that was asked for is not one of the token's.
    #[error("CustomRoleArn is not one of the token's cognito:roles.")]
    NotInToken,
    /// No one role fits, and the pool denies then.
    #[error("Access denied: no role of this identity pool fits the token.")]
    Denied,
}

impl RoleMapping {
    /// Whether it can be a pool's.
    ///
    /// # Errors
    /// [`MappingRefused`].
    pub fn check(&self) -> Result<(), MappingRefused> {
        if self.ambiguous_role_resolution.is_none() {
            return Err(MappingRefused::Unresolved);
        }
        match (self.r#type, &self.rules_configuration) {
            (MappingType::Token, None) => Ok(()),
            (MappingType::Token, Some(_)) => Err(MappingRefused::NotByRules),
            (MappingType::Rules, Some(rules)) if rules.rules.len() > MOST_RULES => Err(MappingRefused::TooManyRules),
            (MappingType::Rules, Some(rules)) if !rules.rules.is_empty() => Ok(()),
            (MappingType::Rules, _) => Err(MappingRefused::NoRules),
        }
    }

    /// The roles that its rules give.
    pub fn role_arns(&self) -> impl Iterator<Item = &str> {
        self.rules_configuration.iter().flat_map(|rules| &rules.rules).map(|rule| rule.role_arn.as_str())
    }

    fn role_of<'a>(&'a self, claims: &'a Map<String, Value>) -> Option<&'a str> {
        match self.r#type {
            MappingType::Rules => {
                let rules = self.rules_configuration.iter().flat_map(|rules| &rules.rules);
                rules.into_iter().find(|rule| rule.matches(claims)).map(|rule| rule.role_arn.as_str())
            }
            MappingType::Token => {
                let preferred = claims.get(PREFERRED_ROLE).and_then(Value::as_str);
                preferred.or_else(|| match roles(claims).as_slice() {
                    [only] => Some(*only),
                    _ => None,
                })
            }
        }
    }
}

const ROLES: &str = "cognito:roles";
const PREFERRED_ROLE: &str = "cognito:preferred_role";

fn roles(claims: &Map<String, Value>) -> Vec<&str> {
    claims.get(ROLES).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

impl MappingRule {
    /// SECURITY: a claim that is not there matches nothing, NotEqual included: what is not said of a user gives them no role.
    fn matches(&self, claims: &Map<String, Value>) -> bool {
        let values = texts(claims.get(&self.claim));
        let any = |test: &dyn Fn(&str) -> bool| values.iter().any(|value| test(value));
        match self.match_type {
            MatchType::Equals => any(&|value| value == self.value),
            MatchType::Contains => any(&|value| value.contains(&self.value)),
            MatchType::StartsWith => any(&|value| value.starts_with(&self.value)),
            MatchType::NotEqual => !values.is_empty() && !any(&|value| value == self.value),
        }
    }
}

/// A claim's values as texts; of a list each.
pub(super) fn texts(claim: Option<&Value>) -> Vec<String> {
    match claim {
        None | Some(Value::Null | Value::Object(_)) => Vec::new(),
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => values.iter().flat_map(|value| texts(Some(value).filter(|value| !value.is_array()))).collect(),
        Some(other) => vec![other.to_string()],
    }
}

/// The role of a user with these logins, who may ask for one of those that a token names.
///
/// SECURITY: whatever is asked for, only a pool that goes by its users' tokens gives it, and only where a token of theirs names it.
///
/// # Errors
/// [`NoRole`].
pub fn choose<'a>(logins: &[Claimed<'a>], custom_role_arn: Option<&'a str>) -> Result<Choice<'a>, NoRole> {
    let mapped = || logins.iter().filter_map(|login| login.mapping.map(|mapping| (mapping, login.claims)));
    if let Some(asked) = custom_role_arn {
        let names =
            |(mapping, claims): (&RoleMapping, &Map<String, Value>)| mapping.r#type == MappingType::Token && roles(claims).contains(&asked);
        return if mapped().any(names) { Ok(Choice::Role(asked)) } else { Err(NoRole::NotInToken) };
    }
    let mut choice = None;
    for (mapping, claims) in mapped() {
        match (mapping.role_of(claims), mapping.ambiguous_role_resolution) {
            (Some(role), _) => choice = choice.or(Some(Choice::Role(role))),
            (None, Some(Resolution::AuthenticatedRole)) => {}
            (None, Some(Resolution::Deny) | None) => return Err(NoRole::Denied),
        }
    }
    Ok(choice.unwrap_or(Choice::Authenticated))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping(value: Value) -> RoleMapping {
        serde_json::from_value(value).unwrap()
    }

    fn chosen<'a>(mapping: &'a RoleMapping, claims: &'a Value, asked: Option<&'a str>) -> Result<Choice<'a>, NoRole> {
        choose(&[Claimed { mapping: Some(mapping), claims: claims.as_object().unwrap() }], asked)
    }

    #[test]
    fn a_token_names_its_role_and_what_it_leaves_open_is_resolved() {
        let by_token = |resolution: &str| mapping(json!({"Type": "Token", "AmbiguousRoleResolution": resolution}));
        let (open, closed) = (by_token("AuthenticatedRole"), by_token("Deny"));
        for (claims, expected) in [
            (json!({"cognito:roles": ["a", "b"], "cognito:preferred_role": "b"}), Some("b")),
            (json!({"cognito:roles": ["a"]}), Some("a")),
            (json!({"cognito:roles": ["a", "b"]}), None),
            (json!({}), None),
        ] {
            let role = expected.map(Choice::Role);
            assert_eq!(chosen(&open, &claims, None), Ok(role.unwrap_or(Choice::Authenticated)), "{claims}");
            assert_eq!(chosen(&closed, &claims, None), role.ok_or(NoRole::Denied), "{claims}");
        }
    }

    #[test]
    fn only_a_role_that_the_token_names_may_be_asked_for() {
        let by_token = mapping(json!({"Type": "Token", "AmbiguousRoleResolution": "Deny"}));
        let rule = json!({"Claim": "a", "MatchType": "Equals", "Value": "b", "RoleARN": "ruled"});
        let by_rules = mapping(json!({"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": [rule]}}));
        let claims = json!({"cognito:roles": ["a", "b"], "cognito:preferred_role": "a"});
        assert_eq!(chosen(&by_token, &claims, Some("b")), Ok(Choice::Role("b")));
        assert_eq!(chosen(&by_token, &claims, Some("c")), Err(NoRole::NotInToken));
        assert_eq!(chosen(&by_rules, &claims, Some("b")), Err(NoRole::NotInToken));
        assert_eq!(choose(&[Claimed { mapping: None, claims: claims.as_object().unwrap() }], Some("b")), Err(NoRole::NotInToken));
        assert_eq!(choose(&[], Some("b")), Err(NoRole::NotInToken));
    }

    #[test]
    fn the_first_rule_that_matches_decides_and_an_absent_claim_matches_none() {
        let rule =
            |claim: &str, how: &str, value: &str, role: &str| json!({"Claim": claim, "MatchType": how, "Value": value, "RoleARN": role});
        let rules = json!([
            rule("tier", "Equals", "gold", "gold"),
            rule("groups", "Contains", "admin", "admin"),
            rule("email", "StartsWith", "ceo@", "ceo"),
            rule("tier", "NotEqual", "none", "other"),
        ]);
        let by_rules = mapping(json!({"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": rules}}));
        for (claims, expected) in [
            (json!({"tier": "gold", "email": "ceo@x.example"}), Some("gold")),
            (json!({"groups": ["users", "db-admins"], "email": "ceo@x.example"}), Some("admin")),
            (json!({"email": "ceo@x.example"}), Some("ceo")),
            (json!({"email": "not-ceo@x.example"}), None),
            (json!({"tier": "silver"}), Some("other")),
            (json!({"tier": 7}), Some("other")),
            (json!({"tier": "none"}), None),
            (json!({"tier": ["none", "gold"]}), Some("gold")),
            (json!({"tier": []}), None),
            (json!({}), None),
        ] {
            assert_eq!(chosen(&by_rules, &claims, None), expected.map(Choice::Role).ok_or(NoRole::Denied), "{claims}");
        }
    }

    #[test]
    fn of_several_logins_each_may_deny() {
        let open = mapping(json!({"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}));
        let closed = mapping(json!({"Type": "Token", "AmbiguousRoleResolution": "Deny"}));
        let (none, one) = (Map::new(), json!({"cognito:roles": ["a"]}));
        let one = Claimed { mapping: Some(&open), claims: one.as_object().unwrap() };
        assert_eq!(choose(&[one, Claimed { mapping: Some(&open), claims: &none }], None), Ok(Choice::Role("a")));
        assert_eq!(choose(&[one, Claimed { mapping: Some(&closed), claims: &none }], None), Err(NoRole::Denied));
        assert_eq!(choose(&[one, Claimed { mapping: None, claims: &none }], None), Ok(Choice::Role("a")));
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        let rule = json!({"Claim": "a", "MatchType": "Equals", "Value": "b", "RoleARN": "c"});
        let rules = |count: usize| json!({"Rules": vec![rule.clone(); count]});
        for (value, expected) in [
            (json!({"Type": "Token", "AmbiguousRoleResolution": "Deny"}), Ok(())),
            (json!({"Type": "Token"}), Err(MappingRefused::Unresolved)),
            (json!({"Type": "Token", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": rules(1)}), Err(MappingRefused::NotByRules)),
            (json!({"Type": "Rules", "AmbiguousRoleResolution": "Deny"}), Err(MappingRefused::NoRules)),
            (json!({"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": rules(25)}), Ok(())),
            (
                json!({"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": rules(26)}),
                Err(MappingRefused::TooManyRules),
            ),
        ] {
            assert_eq!(mapping(value.clone()).check(), expected, "{value}");
        }
    }
}
