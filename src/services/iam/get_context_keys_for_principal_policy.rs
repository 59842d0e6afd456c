//! GetContextKeysForPrincipalPolicy: the context keys that the stored policies of a user or role name, and given ones.

use serde::Deserialize;

use super::errors::Error;
use super::get_context_keys_for_custom_policy::Response;
use super::policy_source;
use crate::context::Context;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_source_arn: String,
    #[serde(default)]
    policy_input_list: Vec<String>,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let subject = policy_source::load(cx, &request.policy_source_arn).await?;
    let stored = subject.stored.into_iter().map(|document| document.text);
    Response::of(&stored.chain(request.policy_input_list).collect::<Vec<_>>())
}
