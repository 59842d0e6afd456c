//! PreTokenGeneration: the function changes what tokens say.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{Event, Through, TriggerRefused, about, call, or_default, request};
use crate::context::App;
use crate::tokens::overrides::{Overrides, TokenChanges};
use crate::userpools::group::GroupClaims;
use crate::userpools::lambda_config::{TokenEvent, Trigger};
use crate::userpools::user::User;

/// What tokens are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokensFor {
    /// A sign-in.
    SignIn,
    /// A sign-in in which the user set a password of their own.
    NewPassword,
    /// A sign-in by a remembered device.
    Device,
    /// A refresh.
    Refresh,
    /// The hosted pages.
    HostedAuth,
}

impl TokensFor {
    const fn source(self) -> &'static str {
        match self {
            Self::SignIn => "TokenGeneration_Authentication",
            Self::NewPassword => "TokenGeneration_NewPasswordChallenge",
            Self::Device => "TokenGeneration_AuthenticateDevice",
            Self::Refresh => "TokenGeneration_RefreshTokens",
            Self::HostedAuth => "TokenGeneration_HostedAuth",
        }
    }
}

/// What a function made of tokens.
pub struct Changed {
    /// The claims.
    pub overrides: Overrides,
    /// The groups.
    pub groups: GroupClaims,
}

/// Has the tokens of a user changed. `None` where the pool has no such function.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn change(
    app: &App,
    through: impl Into<Through<'_>>,
    user: &User,
    groups: &GroupClaims,
    scope: &str,
    tokens_for: TokensFor,
) -> Result<Option<Changed>, TriggerRefused> {
    let through = Through { hides_users: false, ..through.into() };
    ask(app, through, &user.username, Some(user), groups, scope, tokens_for.source()).await
}

/// Has the access token of a machine changed. `None` where the pool has no function that is asked about machines.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn change_machines(
    app: &App,
    through: impl Into<Through<'_>>,
    name: &str,
    scope: &str,
) -> Result<Option<Overrides>, TriggerRefused> {
    let through = Through { hides_users: false, ..through.into() };
    if through.pool.configuration.lambda_config.token_event() != TokenEvent::V3 {
        return Ok(None);
    }
    let changed = ask(app, through, name, None, &GroupClaims::default(), scope, "TokenGeneration_ClientCredentials").await?;
    Ok(changed.map(|changed| changed.overrides))
}

async fn ask(
    app: &App,
    through: Through<'_>,
    username: &str,
    user: Option<&User>,
    groups: &GroupClaims,
    scope: &str,
    source: &str,
) -> Result<Option<Changed>, TriggerRefused> {
    let form = through.pool.configuration.lambda_config.token_event();
    let mut members = about(through, user);
    members.extend(request([(
        "groupConfiguration",
        json!({"groupsToOverride": groups.groups, "iamRolesToOverride": groups.roles, "preferredRole": groups.preferred_role}),
    )]));
    let (version, response) = match form {
        TokenEvent::V1 => ("1", json!({"claimsOverrideDetails": null})),
        TokenEvent::V2 => ("2", json!({"claimsAndScopeOverrideDetails": null})),
        TokenEvent::V3 => ("3", json!({"claimsAndScopeOverrideDetails": null})),
    };
    if form != TokenEvent::V1 {
        members.insert("scopes".to_owned(), scope.split(' ').filter(|scope| !scope.is_empty()).collect());
    }
    let event = Event { trigger: Trigger::PreTokenGeneration, source, version, username, request: members, response };
    let details = match form {
        TokenEvent::V1 => call::<First>(app, through, event).await?.map(|first| first.claims_override_details.read()),
        TokenEvent::V2 | TokenEvent::V3 => call::<Second>(app, through, event).await?.map(|second| second.read()),
    };
    details.transpose().map(|details| details.map(|(overrides, kept)| Changed { overrides, groups: kept.over(groups) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct First {
    #[serde(default, deserialize_with = "or_default")]
    claims_override_details: FirstDetails,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FirstDetails {
    #[serde(flatten)]
    changes: TokenChanges,
    #[serde(deserialize_with = "stated")]
    group_override_details: Stated,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Second {
    #[serde(default, deserialize_with = "or_default")]
    claims_and_scope_override_details: SecondDetails,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SecondDetails {
    #[serde(deserialize_with = "or_default")]
    id_token_generation: TokenChanges,
    #[serde(deserialize_with = "or_default")]
    access_token_generation: TokenChanges,
    #[serde(deserialize_with = "stated")]
    group_override_details: Stated,
}

impl FirstDetails {
    /// The first form knows the ID token only, and texts only.
    fn read(self) -> Result<(Overrides, Stated), TriggerRefused> {
        if self.changes.claims_to_add_or_override.values().any(|value| !value.is_string()) {
            return Err(TriggerRefused::UNRECOGNIZABLE);
        }
        Ok((Overrides { id: self.changes, access: TokenChanges::default() }, self.group_override_details))
    }
}

impl Second {
    fn read(self) -> Result<(Overrides, Stated), TriggerRefused> {
        let details = self.claims_and_scope_override_details;
        Ok((Overrides { id: details.id_token_generation, access: details.access_token_generation }, details.group_override_details))
    }
}

/// What is said of groups: nothing, or which they are.
#[derive(Default)]
enum Stated {
    #[default]
    Nothing,
    Groups(GroupOverride),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct GroupOverride {
    #[serde(deserialize_with = "or_default")]
    groups_to_override: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    iam_roles_to_override: Vec<String>,
    preferred_role: Option<String>,
}

/// "If you provide an empty or null object in the response, then the groups are suppressed": only what is left out leaves them.
fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Stated, D::Error> {
    Ok(Stated::Groups(Option::deserialize(deserializer)?.unwrap_or_default()))
}

impl Stated {
    fn over(self, groups: &GroupClaims) -> GroupClaims {
        match self {
            Self::Nothing => groups.clone(),
            Self::Groups(stated) => GroupClaims {
                groups: stated.groups_to_override,
                roles: stated.iam_roles_to_override,
                preferred_role: stated.preferred_role.filter(|role| !role.is_empty()),
            },
        }
    }
}

/// The members of claims.
///
/// # Errors
/// When they are no object.
pub fn members(claims: &impl serde::Serialize) -> Result<serde_json::Map<String, Value>, super::Failed> {
    match serde_json::to_value(claims).map_err(super::Failed::because)? {
        Value::Object(members) => Ok(members),
        _ => Err(super::Failed::because("claims are an object")),
    }
}
