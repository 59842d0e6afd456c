//! One app client: its settings, its secret.

use askama::Template;
use serde_json::{Map, Value, json};

use super::super::{Frame, Head, May, Outcome, Reply, Visit, call, commands, may, members, number};
use super::Fields;
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// What DescribeUserPoolClient tells and UpdateUserPoolClient does not take.
const OF_CREATION: [&str; 4] = ["ClientSecret", "ClientType", "CreationDate", "LastModifiedDate"];

/// The ways of signing in that the form offers, and what each is. Others that a client has stay as they are.
const FLOWS: [(&str, &str); 7] = [
    ("ALLOW_USER_SRP_AUTH", "SRP: the password stays on the user's device"),
    ("ALLOW_USER_PASSWORD_AUTH", "The password itself, from the user's device"),
    ("ALLOW_ADMIN_USER_PASSWORD_AUTH", "The password itself, from a server with IAM credentials"),
    ("ALLOW_USER_AUTH", "What the user chooses: a password, a passkey, a code"),
    ("ALLOW_CUSTOM_AUTH", "Challenges of your own functions"),
    ("ALLOW_CLIENT_TOKEN_AUTH", "The client as itself, without a user, by its secret; no other way beside it"),
    ("ALLOW_REFRESH_TOKEN_AUTH", "Refresh tokens"),
];

/// The lifetimes that the form has: the member, the member of its unit, the unit where none is given, and what it is called.
const LIFETIMES: [(&str, &str, &str, &str); 3] = [
    ("AccessTokenValidity", "AccessToken", "hours", "Access token"),
    ("IdTokenValidity", "IdToken", "hours", "ID token"),
    ("RefreshTokenValidity", "RefreshToken", "days", "Refresh token"),
];

const TELLS_ADDRESSES: &str = "EnablePropagateAdditionalUserContextData";

const UNITS: [&str; 4] = ["seconds", "minutes", "hours", "days"];

struct Flow {
    name: &'static str,
    about: &'static str,
    on: bool,
}

struct Lifetime {
    member: &'static str,
    title: &'static str,
    value: String,
    unit: String,
}

#[derive(Template)]
#[template(path = "console/pools/client.html")]
struct ClientPage {
    frame: Frame,
    head: Head,
    id: String,
    name: String,
    /// As it is stored, whatever is typed: what deleting asks for.
    stored_name: String,
    /// Whether answers tell its secret.
    has_secret: bool,
    /// Whether it has one.
    is_confidential: bool,
    /// Whether it registered itself.
    is_registered: bool,
    /// Only after the signed-in person has proven themselves again.
    secret: Option<String>,
    flows: Vec<Flow>,
    lifetimes: Vec<Lifetime>,
    units: [&'static str; 4],
    session_minutes: String,
    hides_users: bool,
    revokes: bool,
    /// Whether its server tells where users come from.
    tells_addresses: bool,
    command: String,
    /// Where its users sign in, if they do.
    sign_in_page: Option<String>,
    /// What deletes it.
    deletes: String,
    may_change: May,
    may_delete: May,
    error: Option<WireError>,
}

/// A client and its pool.
pub async fn load(visit: &Visit) -> Result<(Head, Value), WireError> {
    let (pool, client) = (visit.segment("pool"), visit.segment("client"));
    let described = call(visit, "DescribeUserPoolClient", json!({"UserPoolId": pool, "ClientId": client})).await?;
    Ok((Head::load(visit, "clients").await?, described.at("UserPoolClient").clone()))
}

/// The page of a client that is like `shown`, which is stored as `stored`.
async fn page(visit: &Visit, head: Head, stored: &Value, shown: &Value, error: Option<WireError>) -> ClientPage {
    let flows = shown.texts("ExplicitAuthFlows");
    let lifetime = |(member, unit, usual, title): (&'static str, &str, &str, &'static str)| Lifetime {
        member,
        title,
        value: typed(shown.at(member)),
        unit: shown.at("TokenValidityUnits").at(unit).as_str().unwrap_or(usual).to_owned(),
    };
    let id = stored.text("ClientId");
    let input = json!({"UserPoolId": head.id, "ClientId": id});
    // Who may not list them is told by what there is to see.
    let secrets = call(visit, "ListUserPoolClientSecrets", input.clone()).await;
    let has_secret = stored.get("ClientSecret").is_some();
    ClientPage {
        is_confidential: has_secret || secrets.is_ok_and(|listed| !listed.list("ClientSecrets").is_empty()),
        frame: visit.frame(&head.name),
        name: shown.text("ClientName"),
        stored_name: stored.text("ClientName"),
        has_secret,
        is_registered: stored.at("ClientType") == "DCR",
        secret: None,
        flows: FLOWS.map(|(name, about)| Flow { name, about, on: flows.iter().any(|flow| flow == name) }).into(),
        lifetimes: LIFETIMES.map(lifetime).into(),
        units: UNITS,
        session_minutes: typed(shown.at("AuthSessionValidity")),
        hides_users: shown.at("PreventUserExistenceErrors") == "ENABLED",
        revokes: shown.at("EnableTokenRevocation") == true,
        tells_addresses: shown.at(TELLS_ADDRESSES) == true,
        command: commands::create_client(visit, head.region(), stored),
        sign_in_page: super::sign_in_page(&head.id, stored),
        deletes: head.href(&format!("/clients/{id}/delete")),
        may_change: may(visit, "UpdateUserPoolClient", input.clone()).await,
        may_delete: may(visit, "DeleteUserPoolClient", input).await,
        head,
        id,
        error,
    }
}

/// A number, or what was typed in its place.
fn typed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        number => number.to_string(),
    }
}

/// `GET /console/pools/{pool}/clients/{client}`
pub async fn show(visit: &Visit) -> Outcome {
    let (head, stored) = load(visit).await?;
    Ok(Reply::page(&page(visit, head, &stored, &stored, None).await))
}

/// `GET /console/pools/{pool}/clients/{client}/secret`: whoever finds a browser unlocked does not see it.
pub async fn reveal(visit: &Visit) -> Outcome {
    let (head, stored) = load(visit).await?;
    let secret = Some(stored.text("ClientSecret")).filter(|secret| !secret.is_empty());
    Ok(Reply::page(&ClientPage { secret, ..page(visit, head, &stored, &stored, None).await }))
}

/// `POST /console/pools/{pool}/clients/{client}`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (head, stored) = load(visit).await?;
    let wanted = changed(&stored, fields);
    match call(visit, "UpdateUserPoolClient", wanted.clone()).await {
        Ok(_) => Ok(Reply::done(visit.path(), "The app client is saved.")),
        Err(error) => Ok(Reply::again(&page(visit, head, &stored, &wanted, Some(error.clone())).await, &error)),
    }
}

/// What UpdateUserPoolClient takes of what DescribeUserPoolClient tells.
pub fn updatable(stored: &Value) -> Map<String, Value> {
    let mut input = members(stored.clone());
    input.retain(|name, _| !OF_CREATION.contains(&name.as_str()));
    input
}

/// UpdateUserPoolClient resets what it is not given: so it is given all that was there, and what the form changes.
fn changed(stored: &Value, fields: &Fields) -> Value {
    let mut input = updatable(stored);
    let offered = |flow: &String| FLOWS.iter().any(|(name, _)| name == flow);
    let ticked = fields.all("flow").map(str::to_owned).filter(offered);
    let kept = stored.texts("ExplicitAuthFlows").into_iter().filter(|flow| !offered(flow));
    let flows: Vec<String> = ticked.chain(kept).collect();
    input.insert("ClientName".to_owned(), json!(fields.given("name").unwrap_or_default()));
    input.insert("ExplicitAuthFlows".to_owned(), json!(flows));
    let mut units = members(stored.at("TokenValidityUnits").clone());
    for (member, unit, usual, _) in LIFETIMES {
        match fields.given(member) {
            Some(typed) => {
                input.insert(member.to_owned(), number(&typed));
                units.insert(unit.to_owned(), json!(fields.given(&format!("{member}_unit")).unwrap_or_else(|| usual.to_owned())));
            }
            None => {
                input.remove(member);
                units.remove(unit);
            }
        }
    }
    input.insert("TokenValidityUnits".to_owned(), Value::Object(units));
    if let Some(minutes) = fields.given("session_minutes") {
        input.insert("AuthSessionValidity".to_owned(), number(&minutes));
    }
    input.insert("PreventUserExistenceErrors".to_owned(), json!(if fields.has("hides_users") { "ENABLED" } else { "LEGACY" }));
    input.insert("EnableTokenRevocation".to_owned(), json!(fields.has("revokes")));
    input.insert(TELLS_ADDRESSES.to_owned(), json!(fields.has("tells_addresses")));
    Value::Object(input)
}
