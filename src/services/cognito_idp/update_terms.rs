//! UpdateTerms: what is given is changed, and what is not given stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::terms_answer::{Response, check_only, no_such_terms};
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::terms::check_links;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    terms_id: String,
    user_pool_id: UserPoolId,
    terms_name: Option<String>,
    terms_source: Option<String>,
    enforcement: Option<String>,
    links: Option<BTreeMap<String, String>>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    check_only(request.terms_source.as_deref(), request.enforcement.as_deref())?;
    if let Some(links) = &request.links {
        check_links(links)?;
    }
    let terms = cx
        .write(async |tx| {
            let mut terms = store::terms::find(tx, &pool.id, &request.terms_id).await?.ok_or_else(no_such_terms)?;
            if let Some(name) = request.terms_name.clone().filter(|name| *name != terms.name) {
                if store::terms::of_client(tx, &pool.id, &terms.client_id, &name).await?.is_some() {
                    return Err(Error::TermsExists);
                }
                terms.name = name;
            }
            if let Some(links) = request.links.clone() {
                terms.links = links;
            }
            terms.modified_at = cx.now();
            store::terms::update(tx, &terms).await?;
            Ok(terms)
        })
        .await?;
    Ok(terms.into())
}
