//! The calls that make what a page shows, as the AWS CLI writes them.

use serde_json::{Map, Value, json};

use super::Visit;
use crate::kit::json::Members as _;

/// A call, as a shell takes it.
fn command(visit: &Visit, region: &str, operation: &str, input: &Value) -> String {
    let text = serde_json::to_string_pretty(input).unwrap_or_default().replace('\'', "'\\''");
    let url = visit.public_url();
    format!("aws cognito-idp {operation} --endpoint-url {url} --region {region} \\\n  --cli-input-json '{text}'")
}

/// The members of `value` with these names, where it has them.
fn only(value: &Value, names: &[&str]) -> Map<String, Value> {
    let present = names.iter().filter_map(|name| Some(((*name).to_owned(), value.get(*name)?.clone())));
    present.collect()
}

/// What makes a pool like this one.
pub fn create_pool(visit: &Visit, region: &str, described: &Value) -> String {
    let mut input = only(
        described,
        &[
            "AutoVerifiedAttributes",
            "AliasAttributes",
            "UsernameAttributes",
            "UsernameConfiguration",
            "MfaConfiguration",
            "DeletionProtection",
            "Policies",
            "EmailConfiguration",
            "SmsConfiguration",
            "UserPoolAddOns",
            "UserPoolTags",
            "UserPoolTier",
        ],
    );
    input.insert("PoolName".to_owned(), described.at("Name").clone());
    let admins_only = described.at("AdminCreateUserConfig").at("AllowAdminCreateUserOnly");
    input.insert("AdminCreateUserConfig".to_owned(), json!({"AllowAdminCreateUserOnly": admins_only}));
    // CreateUserPool takes OPTIONAL only: everyone can be asked once there is a factor to ask for.
    if described.at("MfaConfiguration") == "ON" {
        input.insert("MfaConfiguration".to_owned(), json!("OPTIONAL"));
    }
    command(visit, region, "create-user-pool", &Value::Object(input))
}

/// What makes a client like this one.
pub fn create_client(visit: &Visit, region: &str, described: &Value) -> String {
    let mut input = only(
        described,
        &[
            "UserPoolId",
            "ClientName",
            "ExplicitAuthFlows",
            "PreventUserExistenceErrors",
            "RefreshTokenValidity",
            "AccessTokenValidity",
            "IdTokenValidity",
            "TokenValidityUnits",
            "ReadAttributes",
            "WriteAttributes",
            "SupportedIdentityProviders",
            "EnableTokenRevocation",
            "AuthSessionValidity",
            "CallbackURLs",
            "LogoutURLs",
            "DefaultRedirectURI",
            "AllowedOAuthFlows",
            "AllowedOAuthScopes",
            "AllowedOAuthFlowsUserPoolClient",
            "AnalyticsConfiguration",
            "EnablePropagateAdditionalUserContextData",
            "RefreshTokenRotation",
        ],
    );
    if described.get("ClientSecret").is_some() {
        input.insert("GenerateSecret".to_owned(), json!(true));
    }
    command(visit, region, "create-user-pool-client", &Value::Object(input))
}
