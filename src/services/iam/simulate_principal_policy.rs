//! SimulatePrincipalPolicy: what the stored policies of a user or role decide, together with those given.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::policy_source;
use super::simulation::{self, Question, Response, Subject};
use crate::context::Context;
use crate::iam::arn;
use crate::iam::simulation::{Document, Source};
use crate::operation::{Asks, Fault, Resolved};
use crate::policy::catalogue::glob;

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
        if policy_arn.as_ref().is_some_and(|pattern| pattern.matches('*').count() > 1) {
            return Err(Error::InvalidInput("An excluded policy's ARN has at most one *.".to_owned()));
        }
    }
    subject.stored.retain(|document| !request.policy_exclusion_list.iter().any(|exclusion| exclusion.names(document)));
    let exclusions = serde_json::to_string(&request.policy_exclusion_list).map_err(|error| Error::Internal(Box::new(error)))?;
    let operation = format!("iam:SimulatePrincipalPolicy {exclusions}");
    simulation::answer(cx, &operation, request.question, subject).await
}

impl Exclusion {
    fn names(&self, document: &Document) -> bool {
        let by_type = match document.source {
            Source::UserManaged => self.policy_type.as_deref() == Some("user-managed"),
            Source::AwsManaged => self.policy_type.as_deref() == Some("aws-managed"),
            _ => self.policy_type.as_deref() == Some("inline"),
        };
        // `*` and `?` stand in the ARN's name alone: no other place of a policy's ARN takes them.
        let pattern = self.policy_arn.as_deref().filter(|pattern| arn::parse_policy(pattern).is_some());
        let by_arn = pattern.zip(document.arn.as_deref()).is_some_and(|(pattern, arn)| glob(pattern, arn));
        by_type
            || by_arn
            || self.inline_policy_identifier.as_ref().is_some_and(|inline| {
                document.id == policy_source::inline_id(&inline.attachment_type, &inline.attachment_name, &inline.policy_name)
            })
    }
}
