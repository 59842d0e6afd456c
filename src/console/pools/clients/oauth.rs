//! An app client's OAuth settings, and whether its refresh tokens rotate.

use askama::Template;
use serde_json::{Map, Value, json};

use super::super::{Frame, Head, May, Outcome, Reply, Visit, call, may, number};
use super::Fields;
use super::one::{load, updatable};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The grants, and what each is.
const FLOWS: [(&str, &str); 3] = [
    ("code", "Authorization code: the application gets a code, and changes it for tokens"),
    ("implicit", "Implicit: tokens come with the redirect, as old applications in browsers want them"),
    ("client_credentials", "Client credentials: the application signs in as itself; no other grant beside it"),
];

/// The lists that are typed one entry a line: the field, and the member.
const LISTS: [(&str, &str); 3] = [("callbacks", "CallbackURLs"), ("logouts", "LogoutURLs"), ("scopes", "AllowedOAuthScopes")];

const REFRESH: &str = "ALLOW_REFRESH_TOKEN_AUTH";

struct Choice {
    name: &'static str,
    about: &'static str,
    on: bool,
}

#[derive(Template)]
#[template(path = "console/pools/client_oauth.html")]
struct OauthPage {
    frame: Frame,
    head: Head,
    id: String,
    name: String,
    is_on: bool,
    flows: Vec<Choice>,
    callbacks: String,
    logouts: String,
    scopes: String,
    default_redirect: String,
    rotates: bool,
    grace: String,
    /// Where its users sign in, if they do.
    sign_in_page: Option<String>,
    may_change: May,
    error: Option<WireError>,
}

/// The page of a client that is like `shown`.
async fn page(visit: &Visit, head: Head, shown: &Value, error: Option<WireError>) -> OauthPage {
    let allowed = shown.texts("AllowedOAuthFlows");
    let choice = |(name, about)| Choice { name, about, on: allowed.iter().any(|flow| flow == name) };
    let rotation = shown.at("RefreshTokenRotation");
    let id = visit.segment("client");
    OauthPage {
        frame: visit.frame(&head.name),
        name: shown.text("ClientName"),
        is_on: shown.at("AllowedOAuthFlowsUserPoolClient") == true,
        flows: FLOWS.map(choice).into(),
        callbacks: shown.texts("CallbackURLs").join("\n"),
        logouts: shown.texts("LogoutURLs").join("\n"),
        scopes: shown.texts("AllowedOAuthScopes").join("\n"),
        default_redirect: shown.text("DefaultRedirectURI"),
        rotates: rotation.at("Feature") == "ENABLED",
        grace: match rotation.at("RetryGracePeriodSeconds") {
            Value::Null => String::new(),
            Value::String(typed) => typed.clone(),
            seconds => seconds.to_string(),
        },
        sign_in_page: super::sign_in_page(&head.id, shown),
        may_change: may(visit, "UpdateUserPoolClient", json!({"UserPoolId": head.id, "ClientId": id})).await,
        id,
        head,
        error,
    }
}

/// `GET /console/pools/{pool}/clients/{client}/oauth`
pub async fn show(visit: &Visit) -> Outcome {
    let (head, stored) = load(visit).await?;
    Ok(Reply::page(&page(visit, head, &stored, None).await))
}

/// `POST /console/pools/{pool}/clients/{client}/oauth`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (head, stored) = load(visit).await?;
    let wanted = changed(&stored, fields);
    match call(visit, "UpdateUserPoolClient", wanted.clone()).await {
        Ok(_) => Ok(Reply::done(visit.path(), "The app client is saved.")),
        Err(error) => Ok(Reply::again(&page(visit, head, &wanted, Some(error.clone())).await, &error)),
    }
}

/// All that was there, and what the form changes.
fn changed(stored: &Value, fields: &Fields) -> Value {
    let mut input = updatable(stored);
    let lines = |field: &str| -> Vec<String> {
        fields.text(field).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    for (field, member) in LISTS {
        put(&mut input, member, json!(lines(field)));
    }
    put(&mut input, "AllowedOAuthFlows", json!(fields.all("flow").collect::<Vec<_>>()));
    put(&mut input, "AllowedOAuthFlowsUserPoolClient", json!(fields.has("on")));
    match fields.given("default_redirect") {
        Some(url) => put(&mut input, "DefaultRedirectURI", json!(url)),
        None => drop(input.remove("DefaultRedirectURI")),
    }
    rotate(&mut input, fields);
    Value::Object(input)
}

/// Rotation takes the place of refreshing by InitiateAuth, and gives it back.
fn rotate(input: &mut Map<String, Value>, fields: &Fields) {
    let rotated = input.get("RefreshTokenRotation").is_some_and(|rotation| rotation.at("Feature") == "ENABLED");
    let mut flows = input.get("ExplicitAuthFlows").map(|_| Value::Object(input.clone()).texts("ExplicitAuthFlows"));
    if fields.has("rotates") {
        let grace = fields.given("grace").map_or(json!(0), |typed| number(&typed));
        put(input, "RefreshTokenRotation", json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": grace}));
        if let Some(flows) = &mut flows {
            flows.retain(|flow| flow != REFRESH);
        }
    } else if rotated {
        input.remove("RefreshTokenRotation");
        if let Some(flows) = &mut flows {
            flows.push(REFRESH.to_owned());
        }
    }
    if let Some(flows) = flows {
        put(input, "ExplicitAuthFlows", json!(flows));
    }
}

fn put(input: &mut Map<String, Value>, member: &str, value: Value) {
    input.insert(member.to_owned(), value);
}
