//! Roles that a service is to take: whether they trust it, and what they let it do.

use super::note_role;
use super::policies::{self, Target};
use crate::context::Context;
use crate::iam::caller::{Caller, RoleSession};
use crate::iam::entity::Role;
use crate::policy::{self, ContextMap, Policies, Principal, Request, Verdict};
use crate::store::StoreError;

/// Whether a role trusts a service that would take it for a resource of ours, whose ARN and account it names (the confused
/// deputy's protection), with the external id that it was given.
///
/// # Errors
/// [`StoreError`].
pub fn trusts_service(cx: &Context, role: &Role, service: &str, source: &str, external_id: Option<&str>) -> Result<bool, StoreError> {
    let (trust, arn) = (policies::trust_set(policies::parse_trust(role)?), role.arn());
    let mut context = ContextMap::new();
    context.insert("aws:CurrentTime", cx.now().to_rfc3339());
    context.insert("aws:EpochTime", cx.now().seconds().to_string());
    context.insert("aws:RequestedRegion", cx.region.clone());
    context.insert("aws:SourceAccount", cx.account_id.to_string());
    context.insert("aws:SourceArn", source.to_owned());
    if let Some(external_id) = external_id {
        context.insert("sts:ExternalId", external_id.to_owned());
    }
    let principal = Principal::Service(service.to_owned());
    let request = Request {
        principal: &principal,
        action: "sts:AssumeRole",
        resource: arn.as_str(),
        resource_account: Some(role.account_id.as_str()),
        wildcard_only_action: false,
        context: &context,
    };
    Ok(policy::judge(&request, &Policies { resource: Some(&trust), ..Policies::default() }).verdict == Verdict::Allowed)
}

/// Whether a role lets who has taken it do something.
///
/// # Errors
/// [`StoreError`].
pub async fn role_may(cx: &Context, role: &Role, action: &str, resource: &str) -> Result<bool, StoreError> {
    let session = Caller::Session(RoleSession {
        account_id: role.account_id.clone(),
        role_name: role.name.clone(),
        role_path: role.path.clone(),
        role_id: role.id.clone(),
        session_name: "cognito-idp".to_owned(),
        policies: None,
        managed_policies: Vec::new(),
        federated_keys: Vec::new(),
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
        mfa_at: None,
        issued_at: cx.now().millis(),
        expires_at: cx.now().millis(),
    });
    let keys = policies::request_keys(&session, cx.now(), &cx.region);
    let decision = policies::decide_at(cx, &session, action, Target { resource, account: None }, &keys).await?;
    let allowed = decision.verdict == Verdict::Allowed;
    if allowed {
        note_role(cx, &session, "cognito-idp", &cx.region);
    }
    Ok(allowed)
}
