//! DescribeUserPoolDomain: by its name alone. One that is not there, or is another account's, is described by nothing.

use serde::{Deserialize, Serialize};

use super::domain_request::{CustomDomainConfig, served_at};
use super::errors::Error;
use crate::context::Context;
use crate::kit::id::{AccountId, UserPoolId};
use crate::store;
use crate::userpools::domain::{DomainKind, UserPoolDomain};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    domain: String,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    domain_description: Description,
}

/// What is known of a domain, or nothing.
#[derive(Serialize)]
#[serde(untagged)]
enum Description {
    Known(Box<Described>),
    Nothing {},
}

/// DomainDescriptionType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    user_pool_id: UserPoolId,
    #[serde(rename = "AWSAccountId")]
    aws_account_id: AccountId,
    domain: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_front_distribution: Option<String>,
    version: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_domain_config: Option<CustomDomainConfig>,
    managed_login_version: i64,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let domain = cx.read(async |tx| store::domains::find(tx, &request.domain).await).await?;
    let Some(domain) = domain else { return Ok(Response { domain_description: Description::Nothing {} }) };
    let pool = cx.pool(&domain.pool_id).await?.filter(|pool| pool.account_id == cx.account_id && pool.region == cx.region);
    let known = pool.map(|pool| Description::Known(Box::new(described(cx, &pool, domain))));
    Ok(Response { domain_description: known.unwrap_or(Description::Nothing {}) })
}

fn described(cx: &Context, pool: &Pool, domain: UserPoolDomain) -> Described {
    Described {
        user_pool_id: domain.pool_id,
        aws_account_id: pool.account_id.clone(),
        domain: domain.domain,
        cloud_front_distribution: matches!(domain.kind, DomainKind::Custom { .. }).then(|| served_at(cx)),
        version: domain.modified_at.millis().to_string(),
        status: "ACTIVE",
        custom_domain_config: CustomDomainConfig::of(domain.kind),
        managed_login_version: domain.managed_login_version,
    }
}
