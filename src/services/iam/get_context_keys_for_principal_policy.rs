//! GetContextKeysForPrincipalPolicy: the context keys that the stored policies of a user or role name, and given ones.

use serde::Deserialize;

use super::errors::Error;
use super::get_context_keys_for_custom_policy::Response;
use super::policy_source;
use super::simulation::Subject;
use crate::context::Context;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_source_arn: String,
    #[serde(default)]
    policy_input_list: Vec<String>,
}

impl Asks for Request {
    type Found = Subject;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Subject>, Fault> {
        policy_source::found(cx, &self.policy_source_arn).await
    }
}

pub async fn handle(_: &Context, subject: Subject, request: Request) -> Result<Response, Error> {
    let stored = subject.stored.into_iter().map(|document| document.text);
    Response::of(&stored.chain(request.policy_input_list).collect::<Vec<_>>())
}
