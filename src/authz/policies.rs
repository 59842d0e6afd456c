//! The policies that apply to a caller, and the decision by them.

use std::sync::Arc;

use crate::context::{App, Context};
use crate::iam::caller::{Caller, RoleSession};
use crate::kit::clock::Timestamp;
use crate::policy::{self, ContextMap, Decision, NamedPolicy, Policies, Request};
use crate::store::{self, StoreError};

/// The identity policies of a user or role, parsed.
pub struct PrincipalPolicies(Vec<NamedPolicy>);

impl PrincipalPolicies {
    /// The policies.
    #[must_use]
    pub fn as_slice(&self) -> &[NamedPolicy] {
        &self.0
    }
}

/// The identity policies of a caller; none for nobody, for the root, and for users and roles that are gone.
///
/// # Errors
/// [`StoreError`].
pub async fn policies_of(app: &App, caller: &Caller) -> Result<Arc<PrincipalPolicies>, StoreError> {
    let (account_id, owner_id) = match caller {
        Caller::Anonymous | Caller::Root { .. } => return Ok(Arc::new(PrincipalPolicies(Vec::new()))),
        Caller::User(user) => (user.account_id.clone(), user.id.clone()),
        Caller::Session(session) => (session.account_id.clone(), session.role_id.clone()),
    };
    let key = (account_id, owner_id);
    let load = async || {
        let (exists, documents) = app
            .read(async |tx| {
                let exists = store::iam::exists(tx, &key.0, &key.1).await?;
                Ok::<_, StoreError>((exists, store::iam::policies(tx, &key.0, &key.1).await?))
            })
            .await?;
        let parsed = documents.into_iter().map(|(name, document)| named(name, &document)).collect::<Result<_, _>>()?;
        Ok::<_, StoreError>(exists.then_some(PrincipalPolicies(parsed)))
    };
    let found = app.caches.policies.find(&key, app.now(), load).await?;
    Ok(found.unwrap_or_else(|| Arc::new(PrincipalPolicies(Vec::new()))))
}

/// The session policies of a session; `None` where it was given none.
///
/// # Errors
/// [`StoreError::CorruptRow`] for a text that is no policy: it was one when the session began.
pub fn session_policies(session: &RoleSession) -> Result<Option<Vec<NamedPolicy>>, StoreError> {
    let parse = |(index, text): (usize, &String)| named(format!("session policy {}", index + 1), text);
    session.policies.as_ref().map(|texts| texts.iter().enumerate().map(parse).collect()).transpose()
}

/// Judges what a caller wants by the policies that apply to them.
///
/// # Errors
/// [`StoreError`].
pub async fn decide(app: &App, caller: &Caller, action: &str, resource: &str, context: &ContextMap) -> Result<Decision, StoreError> {
    let identity = policies_of(app, caller).await?;
    let session = match caller {
        Caller::Session(session) => session_policies(session)?,
        Caller::Anonymous | Caller::Root { .. } | Caller::User(_) => None,
    };
    let principal = caller.principal();
    let request = Request { principal: &principal, action, resource, resource_account: None, context };
    Ok(policy::decide(&request, &Policies { identity: identity.as_slice(), session: session.as_deref(), ..Policies::default() }))
}

/// The condition keys of a call: who asks, when, for where, and from where.
#[must_use]
pub fn keys_of_call(cx: &Context) -> ContextMap {
    let mut keys = request_keys(&cx.caller, cx.now(), &cx.region);
    cx.origin.add_keys(&mut keys);
    keys
}

/// The condition keys of any question: who asks, when, and for where.
#[must_use]
pub fn request_keys(caller: &Caller, now: Timestamp, region: &str) -> ContextMap {
    let mut context = ContextMap::new();
    caller.add_keys(&mut context);
    context.insert("aws:CurrentTime", now.to_rfc3339());
    context.insert("aws:EpochTime", now.seconds().to_string());
    context.insert("aws:RequestedRegion", region);
    context
}

fn named(name: String, document: &str) -> Result<NamedPolicy, StoreError> {
    let policy = policy::parse(document).map_err(|_| StoreError::corrupt("iam_inline_policies", "document", &name))?;
    Ok(NamedPolicy { name, policy: Arc::new(policy) })
}

/// AWS's words for a denial.
///
/// Source: IAM user guide, "Troubleshoot access denied error messages".
#[must_use]
pub fn denial(caller: &Caller, action: &str, resource: &str, decision: &Decision) -> String {
    let principal = caller.principal();
    let why = match (decision.verdict, decision.missing) {
        (policy::Verdict::ExplicitDeny, _) => "with an explicit deny in an identity-based policy".to_owned(),
        (_, missing) => {
            let kind = missing.unwrap_or("identity-based");
            let article = if kind == "permissions boundary" { "no permissions boundary allows" } else { "policy allows" };
            match kind {
                "permissions boundary" => format!("because {article} the {action} action"),
                _ => format!("because no {kind} {article} the {action} action"),
            }
        }
    };
    format!("User: {principal} is not authorized to perform: {action} on resource: {resource} {why}")
}
