//! The policies that apply to a caller, and the decision by them.

use std::collections::HashSet;
use std::slice;
use std::sync::{Arc, LazyLock};

use crate::context::{App, Context};
use crate::crypto::digest::sha256;
use crate::iam::attached::{Attached, Texts};
use crate::iam::caller::{Caller, RoleSession};
use crate::iam::entity::{Role, Tag};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::policy::{
    self, ContextMap, Decision, NamedPolicy, Policies, Policy, PolicyKind, PolicySet, PolicySource, Principal, Request, Verdict,
};
use crate::store::{self, StoreError};

/// What a user or role may, and no further.
struct OwnPolicies {
    /// Inline and managed ones, those of a user's groups among them.
    identity: Arc<PolicySet>,
    /// The permissions boundary.
    boundary: Option<Arc<PolicySet>>,
}

/// The policies of a caller's user or role; none for nobody, for the root, and for users and roles that are gone.
async fn policies_of(app: &App, caller: &Caller) -> Result<OwnPolicies, StoreError> {
    let nothing = || OwnPolicies { identity: Arc::default(), boundary: None };
    let (account_id, owner_id) = match caller {
        Caller::Anonymous | Caller::Root { .. } => return Ok(nothing()),
        // For whom the root vouches may what their session says.
        Caller::Federated { voucher: None, .. } => return Ok(OwnPolicies { identity: Arc::clone(&GRANT), boundary: None }),
        Caller::Federated { voucher: Some(user), .. } => (&user.account_id, user.id.clone()),
        Caller::User(user, _) => (&user.account_id, user.id.clone()),
        Caller::Session(session) => (&session.account_id, session.role_id.clone()),
    };
    let Some(own) = attached(app, account_id, owner_id).await? else { return Ok(nothing()) };
    let mut texts = vec![Arc::clone(&own.inline)];
    let mut policy_ids = own.links.managed.clone();
    for group_id in &own.links.groups {
        let Some(group) = attached(app, account_id, group_id.clone()).await? else { continue };
        texts.push(Arc::clone(&group.inline));
        policy_ids.extend(group.links.managed.iter().cloned());
    }
    let mut seen = HashSet::new();
    policy_ids.retain(|id| seen.insert(id.clone()));
    texts.extend(managed(app, account_id, &policy_ids).await?);
    let boundary = match &own.links.boundary {
        // SECURITY: a boundary whose policy is gone lets nothing pass.
        Some(id) => Some(compiled(app, &managed(app, account_id, slice::from_ref(id)).await?).await?),
        None => None,
    };
    Ok(OwnPolicies { identity: compiled(app, &texts).await?, boundary })
}

/// Policies together, compiled: of a set that many have, once.
async fn compiled(app: &App, texts: &[Arc<Texts>]) -> Result<Arc<PolicySet>, StoreError> {
    let compile = async || Ok::<_, StoreError>(Some(Texts::compile(texts)));
    Ok(app.caches.policy_sets.find(&Texts::digest_of(texts), app.now(), compile).await?.unwrap_or_default())
}

/// What a user, a role or a group has of its own; `None` for one that is gone. A group's policy is called by both names.
async fn attached(app: &App, account_id: &AccountId, owner_id: UniqueId) -> Result<Option<Arc<Attached>>, StoreError> {
    let key = (account_id.clone(), owner_id);
    let load = async || {
        let Some(stored) = app.read(async |tx| store::iam::attached(tx, &key.0, &key.1).await).await? else { return Ok(None) };
        let mut policies = Vec::with_capacity(stored.policies.len());
        for (name, text) in stored.policies {
            let policy = parsed(app, "iam_inline_policies", &name, &text).await?;
            let name = match &stored.group_name {
                Some(group) => format!("{group}/{name}"),
                None => name,
            };
            policies.push((NamedPolicy { name, policy }, text));
        }
        Ok::<_, StoreError>(Some(Attached { inline: Arc::new(Texts::new(policies)), links: stored.links }))
    };
    app.caches.attached.find(&key, app.now(), load).await
}

/// The versions that hold of managed policies, called by their ARNs. Whoever has them knows them by unique id: so another
/// version holds for all of them as soon as the policy itself is read anew.
///
/// One that is not there was detached from everybody before it was deleted.
async fn managed(app: &App, account_id: &AccountId, policy_ids: &[UniqueId]) -> Result<Vec<Arc<Texts>>, StoreError> {
    let mut texts = Vec::with_capacity(policy_ids.len());
    for id in policy_ids {
        let key = (account_id.clone(), id.clone());
        let load = async || {
            let found = app.read(async |tx| store::iam::version_that_holds(tx, &key.0, &key.1).await).await?;
            let Some((policy, document)) = found else { return Ok(None) };
            let named =
                NamedPolicy { name: policy.arn().into(), policy: parsed(app, "iam_policy_versions", id.as_str(), &document).await? };
            Ok::<_, StoreError>(Some(Texts::new(vec![(named, document)])))
        };
        texts.extend(app.caches.managed_policies.find(&key, app.now(), load).await?);
    }
    Ok(texts)
}

/// The session policies of a session; `None` where it was given none.
///
/// # Errors
/// [`StoreError::CorruptRow`] for a text that is no policy: it was one when the session began.
async fn session_policies(app: &App, caller: &Caller) -> Result<Option<Arc<PolicySet>>, StoreError> {
    let none = Vec::new();
    let (account_id, own, managed_ids) = match caller {
        Caller::Session(session) if session.policies.is_none() && session.managed_policies.is_empty() => return Ok(None),
        Caller::Session(session) => (&session.account_id, session.policies.as_ref().unwrap_or(&none), &session.managed_policies),
        // SECURITY: whoever was given none may nothing.
        Caller::Federated { session, .. } => (&session.account_id, &session.policies, &session.managed_policies),
        Caller::Anonymous | Caller::Root { .. } | Caller::User(..) => return Ok(None),
    };
    let load = async || {
        let mut policies = Vec::with_capacity(own.len());
        for (index, text) in own.iter().enumerate() {
            let name = format!("session policy {}", index + 1);
            policies.push((NamedPolicy { policy: parsed(app, "session", &name, text).await?, name }, text.clone()));
        }
        Ok::<_, StoreError>(Some(Texts::new(policies)))
    };
    let mut texts: Vec<Arc<Texts>> = Vec::from_iter(app.caches.session_policies.find(own, app.now(), load).await?);
    texts.extend(managed(app, account_id, managed_ids).await?);
    compiled(app, &texts).await.map(Some)
}

/// The policies that apply to a caller, compiled.
#[derive(Clone)]
pub struct Applicable {
    principal: Principal,
    identity: Arc<PolicySet>,
    boundary: Option<Arc<PolicySet>>,
    session: Option<Arc<PolicySet>>,
}

impl Applicable {
    /// Loads what applies to a caller.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to(app: &App, caller: &Caller) -> Result<Self, StoreError> {
        let (OwnPolicies { identity, boundary }, session) = (policies_of(app, caller).await?, session_policies(app, caller).await?);
        Ok(Self { principal: caller.principal(), identity, boundary, session })
    }

    /// Who it applies to.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// As the engine takes it.
    #[must_use]
    pub fn policies(&self) -> Policies<'_> {
        Policies {
            identity: Some(&self.identity),
            permissions_boundary: self.boundary.as_deref(),
            session: self.session.as_deref(),
            ..Policies::default()
        }
    }

    /// A question about the principal, on a resource of their own account.
    #[must_use]
    pub const fn ask<'a>(&'a self, action: &'a str, resource: &'a str, context: &'a ContextMap) -> Request<'a> {
        Request { principal: &self.principal, action, resource, resource_account: None, wildcard_only_action: false, context }
    }
}

/// The account of a resource that somebody asks about: the ARN's, and the deployment's where an ARN names none.
#[must_use]
pub fn account_of_resource<'a>(app: &'a App, resource: &'a str) -> Option<&'a str> {
    let mut parts = resource.splitn(6, ':');
    let is_arn = parts.next() == Some("arn");
    let account = parts.nth(3).filter(|account| policy::is_account(account));
    is_arn.then(|| account.unwrap_or(app.first_account_id.as_str()))
}

/// Judges what a caller wants with a resource that may be another account's, by the policies that apply to them: there is no
/// resource policy that would let them in there.
///
/// # Errors
/// [`StoreError`].
pub async fn decide_on(app: &App, caller: &Caller, action: &str, resource: &str, context: &ContextMap) -> Result<Decision, StoreError> {
    decide_at(app, caller, action, Target { resource, account: account_of_resource(app, resource) }, context).await
}

/// Judges what a caller wants by the policies that apply to them.
///
/// # Errors
/// [`StoreError`].
pub async fn decide(app: &App, caller: &Caller, action: &str, resource: &str, context: &ContextMap) -> Result<Decision, StoreError> {
    decide_at(app, caller, action, Target { resource, account: None }, context).await
}

/// What a caller wants something with.
pub struct Target<'a> {
    /// Its ARN, as found.
    pub resource: &'a str,
    /// Its account; `None` for the caller's own.
    pub account: Option<&'a str>,
}

/// Judges what a caller wants with a resource that was found.
///
/// # Errors
/// [`StoreError`].
pub async fn decide_at(app: &App, caller: &Caller, action: &str, target: Target<'_>, context: &ContextMap) -> Result<Decision, StoreError> {
    let applicable = Applicable::to(app, caller).await?;
    let request = Request { resource_account: target.account, ..applicable.ask(action, target.resource, context) };
    Ok(policy::decide(&request, &applicable.policies()))
}

/// What an account allows to all of its users.
static GRANT: LazyLock<Arc<PolicySet>> = LazyLock::new(|| {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    // A text that were no policy would allow nothing.
    let policies = policy::parse(text).into_iter();
    let named = policies.map(|policy| NamedPolicy { name: "account password policy".to_owned(), policy: Arc::new(policy) });
    Arc::new(PolicySet::new(named.collect()))
});

/// Judges what an account allows to all of its users, and no policy of this one denies: what bounds them bounds this too.
///
/// # Errors
/// [`StoreError`].
pub async fn decide_granted(
    app: &App,
    caller: &Caller,
    action: &str,
    target: Target<'_>,
    context: &ContextMap,
) -> Result<Decision, StoreError> {
    let applicable = Applicable::to(app, caller).await?;
    let request = Request { resource_account: target.account, ..applicable.ask(action, target.resource, context) };
    Ok(policy::decide(&request, &Policies { identity: Some(&GRANT), ..applicable.policies() }))
}

/// Judges whether a caller may assume a role, or what goes with it (`sts:TagSession`): by the role's trust policy, and by the policies that
/// apply to the caller.
///
/// # Errors
/// [`StoreError`].
pub async fn decide_assumption(
    app: &App,
    caller: &Caller,
    role: &Role,
    action: &str,
    context: &ContextMap,
) -> Result<Decision, StoreError> {
    // SECURITY: a guest is nobody. A trust policy that means everyone, or that very session, does not make them more.
    if matches!(caller, Caller::Session(session) if session.is_guest()) {
        return Ok(Decision { verdict: Verdict::ImplicitDeny, statements: Vec::new(), source: None });
    }
    let (trust, arn) = (trust_set(parse_trust(role)?), role.arn());
    let applicable = Applicable::to(app, caller).await?;
    let request = Request { resource_account: Some(role.account_id.as_str()), ..applicable.ask(action, arn.as_str(), context) };
    Ok(policy::decide(&request, &Policies { resource: Some(&trust), ..applicable.policies() }))
}

/// What an identity provider vouches for somebody by whom a role is to be assumed.
#[derive(Clone, Copy)]
pub struct Vouching<'a> {
    /// Who vouches, as trust policies name them.
    pub provider: &'a str,
    /// The key that a trust policy must hold to values that are written out.
    pub pinned: Option<&'a str>,
    /// How the role is assumed.
    pub action: &'a str,
    /// The tags that the session is to have.
    pub tags: &'a [Tag],
    /// Those of them that are to go on.
    pub transitive_tag_keys: &'a [String],
}

/// Whether a role trusts somebody whom an identity provider vouches for: they have no policies of their own, so the trust
/// policy alone decides. A session with tags is one more thing that it must allow.
///
/// SECURITY: one that does not hold the provider's `pinned` key to values that are written out trusts nobody, or it would trust
/// everybody; it may have been written before that was asked of it.
///
/// # Errors
/// [`StoreError`].
pub fn trusts_vouched_for(role: &Role, vouching: &Vouching<'_>, keys: &ContextMap) -> Result<bool, StoreError> {
    let (trust, arn) = (parse_trust(role)?, role.arn());
    if vouching.pinned.is_some_and(|pinned| !trust.pins_provider(vouching.provider, pinned)) {
        return Ok(false);
    }
    let mut context = keys.clone();
    for tag in vouching.tags {
        context.insert(&format!("aws:RequestTag/{}", tag.key), tag.value.clone());
    }
    if !vouching.tags.is_empty() {
        context.insert_list("aws:TagKeys", vouching.tags.iter().map(|tag| tag.key.clone()));
    }
    if !vouching.transitive_tag_keys.is_empty() {
        context.insert_list("sts:TransitiveTagKeys", vouching.transitive_tag_keys.iter().cloned());
    }
    let trust = trust_set(trust);
    let principal = Principal::Federated(vouching.provider.to_owned());
    let allows = |action: &str| {
        let request = Request {
            principal: &principal,
            action,
            resource: arn.as_str(),
            resource_account: Some(role.account_id.as_str()),
            wildcard_only_action: false,
            context: &context,
        };
        policy::judge(&request, &Policies { resource: Some(&trust), ..Policies::default() }).verdict == Verdict::Allowed
    };
    Ok(allows(vouching.action) && (vouching.tags.is_empty() || allows("sts:TagSession")))
}

/// A trust policy, compiled.
pub(super) fn trust_set(trust: Policy) -> PolicySet {
    PolicySet::new(vec![NamedPolicy { name: "trust policy".to_owned(), policy: Arc::new(trust) }])
}

pub(super) fn parse_trust(role: &Role) -> Result<Policy, StoreError> {
    let trust = policy::parse_as(&role.assume_role_policy, PolicyKind::Trust);
    trust.map_err(|_| StoreError::corrupt("iam_roles", "assume_role_policy", role.id.as_str()))
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
    caller.add_session_keys(&mut context, now);
    context.insert("aws:CurrentTime", now.to_rfc3339());
    context.insert("aws:EpochTime", now.seconds().to_string());
    context.insert("aws:RequestedRegion", region);
    context
}

/// The condition keys of somebody whom a provider vouches for and who asks for a role's session.
///
/// SECURITY: they are nobody in any account yet: what the session will be, they are not, or a trust policy that keeps strangers out by
/// their account or their ARN would let them in.
#[must_use]
pub fn vouched_keys(session: &RoleSession, now: Timestamp, region: &str) -> ContextMap {
    let mut context = request_keys(&Caller::Anonymous, now, region);
    session.add_federated_keys(&mut context);
    context
}

/// A policy's text, parsed: of a text that many share, once.
async fn parsed(app: &App, table: &'static str, name: &str, document: &str) -> Result<Arc<Policy>, StoreError> {
    let corrupt = || StoreError::corrupt(table, "document", name);
    let parse = async || policy::parse(document).map(Some).map_err(|_| corrupt());
    app.caches.policy_texts.find(&sha256(&[document.as_bytes()]), app.now(), parse).await?.ok_or_else(corrupt)
}

/// AWS's words for a denial.
///
/// Source: IAM user guide, "Troubleshoot access denied error messages".
#[must_use]
pub fn denial(caller: &Caller, action: &str, resource: &str, decision: &Decision) -> String {
    let principal = caller.principal();
    let kind = match decision.source {
        Some(PolicySource::Resource) => "resource-based policy",
        Some(PolicySource::PermissionsBoundary) => "permissions boundary",
        Some(PolicySource::Session) => "session policy",
        Some(PolicySource::ServiceControl) => "service control policy",
        Some(PolicySource::ResourceControl) => "resource control policy",
        Some(PolicySource::VpcEndpoint) => "VPC endpoint policy",
        Some(PolicySource::Identity) | None => "identity-based policy",
    };
    let why = match decision.verdict {
        policy::Verdict::ExplicitDeny => {
            format!("with an explicit deny in {} {kind}", if kind.starts_with("identity") { "an" } else { "a" })
        }
        policy::Verdict::Allowed | policy::Verdict::ImplicitDeny => format!("because no {kind} allows the {action} action"),
    };
    format!("User: {principal} is not authorized to perform: {action} on resource: {resource} {why}")
}

/// AWS's words for a denial that does not say which policy is missing: whether there is such a role is not for everybody.
#[must_use]
pub fn denial_in_short(caller: &Caller, action: &str, resource: &str) -> String {
    format!("User: {} is not authorized to perform: {action} on resource: {resource}", caller.principal())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_guest_assumes_no_role_by_whatever_way_they_come_and_with_whatever_policies() {
        let app = TestApp::new().await;
        app.role("Everyone", json!([{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}])).await;
        let role = app.app.read(async |tx| store::iam::find_role(tx, &ACCOUNT.into(), "Everyone").await).await.unwrap().unwrap();
        let decided = async |amr: &str| {
            let session = RoleSession {
                account_id: ACCOUNT.into(),
                role_name: role.name.clone(),
                role_path: role.path.clone(),
                role_id: role.id.clone(),
                session_name: "s".to_owned(),
                policies: None,
                managed_policies: Vec::new(),
                mfa_at: None,
                federated_keys: vec![("cognito-identity.amazonaws.com:amr".to_owned(), vec![amr.to_owned()])],
                tags: Vec::new(),
                transitive_tag_keys: Vec::new(),
                source_identity: None,
                issued_at: 0,
                expires_at: 0,
            };
            let caller = Caller::Session(session);
            let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
            app.admin().call("PutRolePolicy", json!({"RoleName": "Everyone", "PolicyName": "p", "PolicyDocument": policy})).await.ok();
            let keys = request_keys(&caller, app.app.now(), "us-east-1");
            decide_assumption(&app.app, &caller, &role, "sts:AssumeRole", &keys).await.unwrap().verdict
        };
        assert_eq!((decided("unauthenticated").await, decided("authenticated").await), (Verdict::ImplicitDeny, Verdict::Allowed));
    }
}
