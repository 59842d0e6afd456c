//! User pools: the list, and the pages of one pool.

mod attributes;
mod branding;
mod client_metadata;
mod clients;
mod commands;
mod devices;
mod domains;
mod groups;
mod head;
mod imports;
mod keys;
mod levels;
mod logs;
mod new;
mod overview;
mod passkeys;
mod places;
mod point_in_time;
mod preset;
mod protection;
mod providers;
mod recovery;
mod registration;
mod replicas;
mod resource_servers;
mod sending;
mod sessions;
mod settings;
mod sign_in;
mod snippets;
mod tags;
mod terms;
mod texts;
mod triggers;
mod users;

use askama::Template;
use serde_json::{Map, Value, json};

use super::reply::refused;
use super::row::{Row, form, page};
use super::{Fields, Frame, May, Moment, Outcome, Reply, Visit, confirmed, number, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;
use head::Head;
pub use users::Person;

/// How many things a list shows at once.
const PAGE: usize = 60;

/// How many resource servers a list shows at once: the operation gives no more.
const PAGE_OF_SERVERS: usize = 50;

/// The pages and forms of user pools.
pub fn rows() -> Vec<Row> {
    let mut rows = vec![
        page("/pools", show),
        page("/pools/new", new::show),
        form("/pools/new", new::create),
        page("/pools/{pool}", overview::show),
        page("/pools/{pool}/recovery", recovery::show),
        form("/pools/{pool}/recovery", recovery::change),
        page("/pools/{pool}/passkeys", passkeys::show),
        form("/pools/{pool}/passkeys", passkeys::change),
        page("/pools/{pool}/settings", settings::show),
        form("/pools/{pool}/settings", settings::change),
        form("/pools/{pool}/delete", settings::delete).grave(),
        page("/pools/{pool}/sign-in", sign_in::show),
        form("/pools/{pool}/first-factors", sign_in::choose),
        form("/pools/{pool}/mfa", sign_in::change_mfa),
    ];
    rows.extend(attributes::rows());
    rows.extend(branding::rows());
    rows.extend(client_metadata::rows());
    rows.extend(clients::rows());
    rows.extend(devices::rows());
    rows.extend(domains::rows());
    rows.extend(groups::rows());
    rows.extend(imports::rows());
    rows.extend(logs::rows());
    rows.extend(point_in_time::rows());
    rows.extend(providers::rows());
    rows.extend(terms::rows());
    rows.extend(texts::rows());
    rows.extend(resource_servers::rows());
    rows.extend(triggers::rows());
    rows.extend(protection::rows());
    rows.extend(keys::rows());
    rows.extend(registration::rows());
    rows.extend(levels::rows());
    rows.extend(replicas::rows());
    rows.extend(sending::rows());
    rows.extend(sessions::rows());
    rows.extend(tags::rows());
    rows.extend(users::rows());
    rows
}

/// The members of an object.
fn members(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}

/// Calls an operation of user pools.
async fn call(visit: &Visit, operation: &str, input: Value) -> Result<Value, WireError> {
    visit.call(Service::CognitoIdp, operation, input).await
}

/// Whether a call of user pools would be allowed.
async fn may(visit: &Visit, operation: &str, input: Value) -> May {
    visit.may(Service::CognitoIdp, operation, input).await
}

/// `name = value`, one a line, as an object of texts; a line without `=` is a name without a value.
fn pairs(text: &str) -> Map<String, Value> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        (name.trim().to_owned(), Value::from(value.trim()))
    };
    lines.map(pair).collect()
}

/// The same the other way round.
fn lines(object: &Value) -> String {
    let pairs = object.as_object().into_iter().flatten();
    pairs.map(|(name, value)| format!("{name} = {}\n", value.as_str().unwrap_or_default())).collect()
}

/// The app clients of a pool, as far as one page of them goes: id and name.
async fn clients_of(visit: &Visit, pool: &str) -> Vec<(String, String)> {
    let listed = call(visit, "ListUserPoolClients", json!({"UserPoolId": pool, "MaxResults": PAGE})).await.unwrap_or_default();
    listed.list("UserPoolClients").iter().map(|client| (client.text("ClientId"), client.text("ClientName"))).collect()
}

/// The address of the page after this one, its filters kept.
fn next_page(path: &str, filters: &[(&str, &str)], token: &Value) -> Option<String> {
    let token = token.as_str()?;
    let filters = filters.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}&", segment(value)));
    Some(format!("/console{path}?{}next={}", filters.collect::<String>(), segment(token)))
}

struct Pool {
    id: String,
    name: String,
    created: Option<Moment>,
}

#[derive(Template)]
#[template(path = "console/pools/list.html")]
struct ListPage {
    frame: Frame,
    region: String,
    /// Where one is made.
    create: String,
    pools: Vec<Pool>,
    may_create: May,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/pools`
pub async fn show(visit: &Visit) -> Outcome {
    let (region, token) = (visit.region(), visit.query().given("next"));
    let listed = call(visit, "ListUserPools", json!({"MaxResults": PAGE, "NextToken": token})).await?;
    let pool =
        |pool: &Value| Pool { id: pool.text("Id"), name: pool.text("Name"), created: Moment::read(pool.at("CreationDate"), visit.now()) };
    Ok(Reply::page(&ListPage {
        frame: visit.frame("User pools"),
        pools: listed.list("UserPools").iter().map(pool).collect(),
        may_create: may(visit, "CreateUserPool", json!({"PoolName": "new"})).await,
        first: token.map(|_| format!("/console/pools?region={region}")),
        create: format!("/console/pools/new?region={region}"),
        next: next_page("/pools", &[("region", &region)], listed.at("NextToken")),
        region,
    }))
}

#[cfg(test)]
mod tests;
