//! Identity pools: the list; [`wizard`] makes one, [`pool`] shows one.

pub mod identities;
pub mod pool;
pub mod wizard;

use askama::Template;
use serde_json::{Value, json};

use super::row::{Row, form, page};
use super::{Frame, May, Outcome, Reply, Visit, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

const PAGE: i64 = 60;

/// The pages and forms of identity pools.
pub fn rows() -> Vec<Row> {
    vec![
        page("/identity-pools", show),
        page("/identity-pools/new", wizard::show),
        form("/identity-pools/new", wizard::create),
        page("/identity-pools/{id}", pool::show),
        form("/identity-pools/{id}", pool::update),
        form("/identity-pools/{id}/delete", pool::delete).grave(),
        page("/identity-pools/{id}/identities", identities::show),
        form("/identity-pools/{id}/identities", identities::delete),
        form("/identity-pools/{id}/providers", pool::change_providers),
        form("/identity-pools/{id}/roles", pool::set_roles),
    ]
}

/// Calls an operation of identity pools.
///
/// # Errors
/// [`WireError`].
async fn call(visit: &Visit, operation: &str, input: Value) -> Result<Value, WireError> {
    visit.call(Service::CognitoIdentity, operation, input).await
}

/// The address of the page of a pool.
fn pool_at(id: &str) -> String {
    format!("/identity-pools/{}", segment(id))
}

/// A trust policy for those whom an identity pool vouches for: `amr` is `authenticated` or `unauthenticated`. Without both
/// conditions other pools' people, or this one's guests, could take the role.
pub(super) fn trust_of_pool(pool_id: &str, amr: &str) -> String {
    let conditions = json!({
        "StringEquals": {"cognito-identity.amazonaws.com:aud": pool_id},
        "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": amr},
    });
    let statement = json!([{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                            "Action": "sts:AssumeRoleWithWebIdentity", "Condition": conditions}]);
    super::iam::roles::pretty(&json!({"Version": "2012-10-17", "Statement": statement}).to_string())
}

struct Listed {
    id: String,
    name: String,
    href: String,
}

#[derive(Template)]
#[template(path = "console/identity_pools/list.html")]
struct ListPage {
    frame: Frame,
    region: String,
    pools: Vec<Listed>,
    create: May,
    refused: Option<WireError>,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/identity-pools`
pub async fn show(visit: &Visit) -> Outcome {
    let after = visit.query().given("after");
    let here = format!("/console/identity-pools?region={}", segment(&visit.region()));
    let input = json!({"MaxResults": PAGE, "NextToken": after});
    let (listed, refused) = match call(visit, "ListIdentityPools", input).await {
        Ok(listed) => (listed, None),
        Err(error) => (Value::Null, Some(error)),
    };
    let pools = listed.list("IdentityPools").iter().map(|pool| {
        let id = pool.text("IdentityPoolId");
        Listed { href: pool_at(&id), name: pool.text("IdentityPoolName"), id }
    });
    let new = json!({"IdentityPoolName": "name", "AllowUnauthenticatedIdentities": false});
    Ok(Reply::page(&ListPage {
        frame: visit.frame("Identity pools"),
        region: visit.region(),
        pools: pools.collect(),
        create: visit.may(Service::CognitoIdentity, "CreateIdentityPool", new).await,
        first: after.is_some().then(|| here.clone()),
        next: listed.at("NextToken").as_str().map(|token| format!("{here}&after={}", segment(token))),
        refused,
    }))
}
