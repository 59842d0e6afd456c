//! GetContextKeysForCustomPolicy: the context keys that given policies name.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::simulation::malformed;
use crate::context::Context;
use crate::iam::simulation::context_keys;
use crate::policy::{self, Policy};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_input_list: Vec<String>,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    context_key_names: Vec<String>,
}

pub async fn handle(_: &Context, (): (), request: Request) -> Result<Response, Error> {
    Response::of(&request.policy_input_list)
}

impl Response {
    /// The keys of policies of any kind.
    ///
    /// # Errors
    /// InvalidInput for a text that is no policy.
    pub fn of(texts: &[String]) -> Result<Self, Error> {
        let policies = texts.iter().map(|text| policy::parse(text)).collect::<Result<Vec<Policy>, _>>().map_err(malformed)?;
        Ok(Self { context_key_names: context_keys(policies.iter()) })
    }
}
