//! UpdateCIMDPolicy: client and patterns are given anew; the name and the time that documents are remembered stay, where they
//! are not.

use serde::Deserialize;

use super::cimd_answer::{self, Response, check_public};
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::{AppClient, NoSuchClient};
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;
use crate::userpools::cimd::{self, CimdPolicy};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    #[serde(rename = "CIMDPolicyId")]
    cimd_policy_id: String,
    client_id: ClientId,
    policy_name: Option<String>,
    cache_duration: Option<i64>,
    #[serde(rename = "URLPatterns")]
    url_patterns: Vec<String>,
}

asks_about_client!(Request);

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    cimd::check_patterns(&request.url_patterns)?;
    let policy = cx
        .write(async |tx| {
            let before = cimd_answer::find(tx, &app_client.pool, &request.cimd_policy_id).await?;
            let client = store::user_pools::find_client(tx, &app_client.client.id).await?;
            check_public(&client.ok_or_else(|| NoSuchClient(app_client.client.id.clone()))?)?;
            let policy = CimdPolicy {
                client_id: Some(app_client.client.id.clone()),
                name: request.policy_name.clone().unwrap_or(before.name),
                cache_seconds: request.cache_duration.unwrap_or(before.cache_seconds),
                url_patterns: request.url_patterns.clone(),
                modified_at: cx.now(),
                ..before
            };
            store::client_metadata::update(tx, &policy).await?;
            // What was fetched may be of addresses that the policy takes no more: the others are fetched again.
            store::client_metadata::forget_all(tx, &policy).await?;
            Ok::<_, Error>(policy)
        })
        .await?;
    Ok(policy.into())
}
