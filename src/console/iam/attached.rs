//! The managed policies of a user, group or role, on its page: attached, and as permissions boundary.

use serde_json::{Value, json};

use super::policies::is_aws;
use super::{Part, call, group, group_at, managed_at, role, role_at, user, user_at};
use crate::console::{Fields, May, Outcome, Reply, Visit};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// So many policies are offered to choose from; others are named by their ARNs.
const OFFERED: i64 = 200;

/// A policy that is attached.
pub struct Attached {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Whether it is AWS's.
    pub is_aws: bool,
    /// Where its page is, below the console's root.
    pub href: String,
    /// Whether this person may detach it.
    pub may_detach: May,
}

/// What a page shows of managed policies.
pub struct Managed {
    /// Those that are attached.
    pub attached: Part<Attached>,
    /// The ARN of the boundary, and where its page is.
    pub boundary: Option<(String, String)>,
    /// ARNs to choose from.
    pub offered: Vec<String>,
    /// The ARN that was typed.
    pub typed: String,
    /// Whether this person may attach one. Policies may allow some only, so nothing is greyed by it.
    pub may_attach: May,
    /// Whether this person may set a boundary; the same.
    pub may_bound: May,
    /// Whether this person may take the boundary away.
    pub may_unbound: May,
}

impl Managed {
    /// Whether nothing is attached, as far as this person sees.
    pub fn has_none(&self) -> bool {
        self.attached.as_ref().is_ok_and(Vec::is_empty)
    }

    /// What the page of somebody shows: `kind` is `User`, `Group` or `Role`, and `boundary` as the operation answered it.
    pub async fn of(visit: &Visit, kind: &str, name: &str, boundary: &Value) -> Self {
        let may = async |operation: String, more: Value| visit.may(Service::Iam, &operation, owner(kind, name).with(more)).await;
        let attached = match attached(visit, kind, name).await {
            Ok(found) => {
                let mut attached = Vec::with_capacity(found.len());
                for (name, arn) in found {
                    let may_detach = may(format!("Detach{kind}Policy"), json!({"PolicyArn": arn})).await;
                    attached.push(Attached { is_aws: is_aws(&arn), href: managed_at(&arn), name, arn, may_detach });
                }
                Ok(attached)
            }
            Err(error) => Err(error.message),
        };
        let offered = call(visit, "ListPolicies", json!({"MaxItems": OFFERED})).await.unwrap_or_default();
        let offered: Vec<String> = offered.list("Policies").iter().map(|policy| policy.text("Arn")).collect();
        let example = offered.first().cloned().unwrap_or_else(|| "arn:aws:iam::aws:policy/IAMReadOnlyAccess".to_owned());
        let bounded = kind != "Group";
        let may_bound = async |operation: &str, more: Value| {
            if bounded { may(format!("{operation}{kind}PermissionsBoundary"), more).await } else { May::Yes }
        };
        let arn = boundary.text("PermissionsBoundaryArn");
        Self {
            attached,
            boundary: (!arn.is_empty()).then(|| (arn.clone(), managed_at(&arn))),
            may_attach: may(format!("Attach{kind}Policy"), json!({"PolicyArn": example})).await,
            may_bound: may_bound("Put", json!({"PermissionsBoundary": example})).await,
            may_unbound: may_bound("Delete", json!({})).await,
            offered,
            typed: String::new(),
        }
    }
}

fn owner(kind: &str, name: &str) -> Value {
    json!({format!("{kind}Name"): name})
}

/// Names and ARNs of what is attached: a quota bounds them.
async fn attached(visit: &Visit, kind: &str, name: &str) -> Result<Vec<(String, String)>, WireError> {
    let answer = call(visit, &format!("ListAttached{kind}Policies"), owner(kind, name)).await?;
    Ok(answer.list("AttachedPolicies").iter().map(|policy| (policy.text("PolicyName"), policy.text("PolicyArn"))).collect())
}

/// The calls that detach all that is attached to somebody who is to be deleted.
///
/// # Errors
/// [`WireError`].
pub async fn detachments(visit: &Visit, kind: &'static str, name: &str) -> Result<Vec<(&'static str, Value)>, WireError> {
    let operation = match kind {
        "User" => "DetachUserPolicy",
        "Group" => "DetachGroupPolicy",
        _ => "DetachRolePolicy",
    };
    let attached = attached(visit, kind, name).await?;
    Ok(attached.into_iter().map(|(_, arn)| (operation, owner(kind, name).with(json!({"PolicyArn": arn})))).collect())
}

/// Attaches the policy of `attach`, or detaches that of `detach`: what to say when it is done; or what was typed and refused.
async fn change(visit: &Visit, kind: &str, fields: &Fields) -> Result<String, (String, WireError)> {
    let name = visit.segment("name");
    let (verb, arn, done) = match fields.given("detach") {
        Some(arn) => ("Detach", arn, "was detached. What it allowed is allowed no longer"),
        None => ("Attach", fields.given("attach").unwrap_or_default(), "was attached. It holds"),
    };
    match call(visit, &format!("{verb}{kind}Policy"), owner(kind, &name).with(json!({"PolicyArn": arn}))).await {
        Ok(_) => Ok(format!("{} {done}, from this moment on.", arn.rsplit('/').next().unwrap_or_default())),
        Err(error) => Err((arn, error)),
    }
}

/// Sets the boundary to the policy of `boundary`, or takes it away where `remove` is sent.
async fn change_boundary(visit: &Visit, kind: &str, fields: &Fields) -> Result<String, (String, WireError)> {
    let whose = owner(kind, &visit.segment("name"));
    if fields.given("remove").is_some() {
        let removed = call(visit, &format!("Delete{kind}PermissionsBoundary"), whose).await;
        return removed
            .map(|_| "The boundary was removed: from this moment on, policies alone decide.".to_owned())
            .map_err(|error| (String::new(), error));
    }
    let arn = fields.given("boundary").unwrap_or_default();
    match call(visit, &format!("Put{kind}PermissionsBoundary"), whose.with(json!({"PermissionsBoundary": arn}))).await {
        Ok(_) => Ok("The boundary was set: from this moment on, only what it allows too is allowed.".to_owned()),
        Err(error) => Err((arn, error)),
    }
}

/// `POST /console/iam/users/{name}/attached`
pub async fn change_user(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    match change(visit, "User", fields).await {
        Ok(done) => Ok(Reply::done(user_at(&name), done)),
        Err((typed, error)) => user::with_policy(visit, &name, typed, error).await,
    }
}

/// `POST /console/iam/groups/{name}/attached`
pub async fn change_group(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    match change(visit, "Group", fields).await {
        Ok(done) => Ok(Reply::done(group_at(&name), done)),
        Err((typed, error)) => group::with_policy(visit, &name, typed, error).await,
    }
}

/// `POST /console/iam/roles/{name}/attached`
pub async fn change_role(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    match change(visit, "Role", fields).await {
        Ok(done) => Ok(Reply::done(role_at(&name), done)),
        Err((typed, error)) => role::with_policy(visit, &name, typed, error).await,
    }
}

/// `POST /console/iam/users/{name}/boundary`
pub async fn change_boundary_of_user(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    match change_boundary(visit, "User", fields).await {
        Ok(done) => Ok(Reply::done(user_at(&name), done)),
        Err((typed, error)) => user::with_policy(visit, &name, typed, error).await,
    }
}

/// `POST /console/iam/roles/{name}/boundary`
pub async fn change_boundary_of_role(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    match change_boundary(visit, "Role", fields).await {
        Ok(done) => Ok(Reply::done(role_at(&name), done)),
        Err((typed, error)) => role::with_policy(visit, &name, typed, error).await,
    }
}
