//! SimulatePrincipalPolicy: what the stored policies of a user or role decide, together with those given.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::policy_source;
use super::simulation::{self, Question, Response, Subject};
use crate::context::Context;
use crate::iam::simulation::Document;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_source_arn: String,
    #[serde(default)]
    policy_exclusion_list: Vec<Exclusion>,
    #[serde(flatten)]
    question: Question,
}

impl Asks for Request {
    type Found = Subject;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Subject>, Fault> {
        policy_source::found(cx, &self.policy_source_arn).await
    }
}

/// Stored policies that are left out.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Exclusion {
    policy_type: Option<String>,
    policy_arn: Option<String>,
    inline_policy_identifier: Option<InlinePolicy>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct InlinePolicy {
    policy_name: String,
    attachment_type: String,
    attachment_name: String,
}

pub async fn handle(cx: &Context, mut subject: Subject, request: Request) -> Result<Response, Error> {
    for exclusion in &request.policy_exclusion_list {
        let Exclusion { policy_type, policy_arn, inline_policy_identifier } = exclusion;
        let given = [policy_type.is_some(), policy_arn.is_some(), inline_policy_identifier.is_some()];
        if given.into_iter().filter(|given| *given).count() != 1 {
            return Err(Error::InvalidInput("An excluded policy is named in exactly one way.".to_owned()));
        }
    }
    subject.stored.retain(|document| !request.policy_exclusion_list.iter().any(|exclusion| exclusion.names(document)));
    let exclusions = serde_json::to_string(&request.policy_exclusion_list).map_err(|error| Error::Internal(Box::new(error)))?;
    let operation = format!("iam:SimulatePrincipalPolicy {exclusions}");
    simulation::answer(cx, &operation, request.question, subject).await
}

impl Exclusion {
    /// Every stored policy is an inline one: no other type, and no ARN, names any.
    fn names(&self, document: &Document) -> bool {
        let by_type = self.policy_type.as_deref() == Some("inline");
        by_type
            || self.inline_policy_identifier.as_ref().is_some_and(|inline| {
                document.id == policy_source::inline_id(&inline.attachment_type, &inline.attachment_name, &inline.policy_name)
            })
    }
}
