//! GetProvisionedLimit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::store;
use crate::userpools::limits::{self, Category};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    limit_definition: LimitDefinition,
}

asks_about_everything!(Request);

/// Which limit it is.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LimitDefinition {
    limit_class: String,
    attributes: BTreeMap<String, String>,
}

impl LimitDefinition {
    /// The category that it is about.
    pub fn category(&self) -> Result<Category, Error> {
        let name = self.attributes.get("Category").filter(|_| self.limit_class == API_CATEGORY && self.attributes.len() == 1);
        let name =
            name.ok_or_else(|| Error::parameter("A limit of the class API_CATEGORY is identified by the attribute Category alone."))?;
        let missing = || Error::ResourceNotFound(format!("There is no provisioned limit for the category {name}."));
        limits::category(name).ok_or_else(missing)
    }
}

const API_CATEGORY: &str = "API_CATEGORY";

/// A limit.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    limit: Limit,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Limit {
    limit_definition: Definition,
    provisioned_limit_value: i64,
    free_limit_value: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    limit_class: &'static str,
    attributes: BTreeMap<&'static str, &'static str>,
}

impl Response {
    /// Of a category, of which so much is provisioned.
    pub fn of(category: Category, provisioned_limit_value: i64) -> Self {
        let attributes = BTreeMap::from([("Category", category.name)]);
        let limit_definition = Definition { limit_class: API_CATEGORY, attributes };
        Self { limit: Limit { limit_definition, provisioned_limit_value, free_limit_value: category.free } }
    }
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let category = request.limit_definition.category()?;
    let provisioned =
        async |tx: &mut store::Conn| store::pool_services::provisioned_limit(tx, &cx.account_id, &cx.region, category.name).await;
    let provisioned = cx.read(provisioned).await?;
    Ok(Response::of(category, provisioned.unwrap_or(category.free)))
}
