//! CreateRole.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answers::RoleAnswer;
use super::errors::Error;
use super::owner::check_tags;
use crate::context::Context;
use crate::crypto::ids;
use crate::iam::arn;
use crate::iam::entity::{Role, Tag};
use crate::operation::unsupported;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::policy::{self, Policy, PolicyKind};
use crate::store;

/// Trust policies are shorter than the model allows (IAM user guide, "IAM quotas"); blanks don't count.
const TRUST_POLICY_CHARACTERS: usize = 2048;

const COGNITO: &str = "cognito-identity.amazonaws.com";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    assume_role_policy_document: String,
    path: Option<String>,
    description: Option<String>,
    max_session_duration: Option<i64>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Asks for Request {
    type Found = ();

    async fn resolve(&self, cx: &Context) -> Result<Resolved<()>, Fault> {
        let path = self.path.as_deref().unwrap_or("/");
        Ok(Resolved::one(Ok(()), Ask::on(arn::role(&cx.account_id, path, &self.role_name)).request_tags(&self.tags)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    role: RoleAnswer,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    if let Some(name) = unsupported(&request.rest) {
        return Err(Error::Unsupported(name.to_owned()));
    }
    check_tags(&request.tags)?;
    check_reserved(&request.role_name, request.path.as_deref().unwrap_or("/"))?;
    check_trust(&policy::parse_as(&request.assume_role_policy_document, PolicyKind::Trust)?)?;
    let counted = request.assume_role_policy_document.chars().filter(|character| !character.is_whitespace()).count();
    if counted > TRUST_POLICY_CHARACTERS {
        return Err(Error::LimitExceeded(format!("Cannot exceed quota for ACLSizePerRole: {TRUST_POLICY_CHARACTERS}")));
    }
    let role = Role {
        account_id: cx.account_id.clone(),
        name: request.role_name,
        id: ids::unique_id("AROA", &mut cx.rng()),
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        description: request.description,
        assume_role_policy: request.assume_role_policy_document,
        max_session_seconds: request.max_session_duration.unwrap_or(3600),
        tags: request.tags,
        created_at: cx.now(),
    };
    cx.write(async |tx| match store::iam::insert_role(tx, &role).await {
        Err(error) if error.is_unique_violation() => {
            Err(Error::EntityAlreadyExists(format!("Role with name {} already exists.", role.name)))
        }
        outcome => Ok(outcome?),
    })
    .await?;
    Ok(Response { role: role.into() })
}

/// SECURITY: a role that trusts identity pools without saying which would trust everybody's; AWS refuses such a policy.
fn check_trust(trust: &Policy) -> Result<(), Error> {
    let key = format!("{COGNITO}:aud");
    if trust.keys_that_guard_provider(COGNITO).all(|keys| keys.contains(&key.as_str())) {
        return Ok(());
    }
    Err(Error::MalformedPolicyDocument(format!("The trust policy must evaluate {key} for the provider {COGNITO}.")))
}

/// SECURITY: organizations' policies do not reach service-linked roles, and reserved ones nobody may change: neither is for
/// anybody to make.
fn check_reserved(name: &str, path: &str) -> Result<(), Error> {
    let reserved_path = ["/aws-service-role/", "/aws-reserved/"].iter().any(|reserved| path.starts_with(reserved));
    if reserved_path || name.starts_with("AWSServiceRoleFor") {
        return Err(Error::InvalidInput(
            "Roles under /aws-service-role/ and /aws-reserved/, and names that begin with AWSServiceRoleFor, are reserved.".to_owned(),
        ));
    }
    Ok(())
}
