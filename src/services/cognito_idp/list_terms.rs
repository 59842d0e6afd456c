//! ListTerms, paged by id.

use std::sync::Arc;

use serde::Serialize;

use super::errors::Error;
use super::pages::PageOfPool;
use super::terms_answer::ENFORCEMENT;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::terms::Terms;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    terms: Vec<Described>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// TermsDescriptionType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    terms_id: String,
    terms_name: String,
    enforcement: &'static str,
    creation_date: Timestamp,
    last_modified_date: Timestamp,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: PageOfPool) -> Result<Response, Error> {
    let place = ["ListTerms", pool.id.as_str()];
    let asked = request.asked();
    let after = asked.after(cx, &place)?;
    let terms = cx.read(async |tx| store::terms::list(tx, &pool.id, &after, asked.read()).await).await?;
    let (terms, next_token) = asked.cut(cx, &place, terms, |terms| terms.id.clone())?;
    let described = |terms: Terms| Described {
        terms_id: terms.id,
        terms_name: terms.name,
        enforcement: ENFORCEMENT,
        creation_date: terms.created_at,
        last_modified_date: terms.modified_at,
    };
    Ok(Response { terms: terms.into_iter().map(described).collect(), next_token })
}
