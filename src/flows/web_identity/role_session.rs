//! The session of a role that an identity is given: which role, what it may be asked of its user, and whether it trusts the pool.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::{AUDIENCE, Login, LoginRefused, PROVIDER, Vouched};
use crate::authz::{self, Vouching};
use crate::context::App;
use crate::iam::caller::RoleSession;
use crate::iam::entity::{Role, Tag};
use crate::iam::origin::Origin;
use crate::iam::service_names::OWN_SERVICES;
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::{self, Tags, TagsRefused};
use crate::identitypools::role_choice::{self, Choice, Claimed};
use crate::store;
use crate::store::identity_pools::Identity;

/// Enhanced credentials live for an hour.
const LIFETIME_SECONDS: i64 = 3600;

/// What guests' credentials are held to, whatever the role allows: nothing of this deployment's own administration.
/// AWS holds guests to a list of its services likewise (developer guide, "IAM roles", "Access policies").
///
/// SECURITY: what a session policy leaves out, a resource's policy that names the session gives all the same (IAM user guide,
/// "Policy evaluation logic"); so what guests may never do is denied in words.
pub static GUEST_SCOPE: LazyLock<String> = LazyLock::new(|| {
    let allow = json!({"Effect": "Allow", "Resource": "*", "NotAction": administration()});
    json!({"Version": "2012-10-17", "Statement": [allow, deny()]}).to_string()
});

/// What guests may never do, whatever else is said of their session.
pub static GUEST_DENIED: LazyLock<String> = LazyLock::new(|| json!({"Version": "2012-10-17", "Statement": deny()}).to_string());

fn deny() -> Value {
    json!({"Effect": "Deny", "Resource": "*", "Action": administration()})
}

/// All of the deployment's own actions.
fn administration() -> [String; OWN_SERVICES.len()] {
    OWN_SERVICES.map(|service| format!("{service}:*"))
}

/// What an identity comes with.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// Its logins, which the caller has verified to be its own; a guest has none.
    pub logins: &'a [Login],
    /// The role that its user asks for.
    pub custom_role_arn: Option<&'a str>,
    /// Where its user asks from.
    pub origin: Option<&'a Origin>,
}

/// The session of the role that an identity is given. The role's trust policy has been asked.
///
/// # Errors
/// [`LoginRefused::Misconfigured`] for a role that is missing or does not trust the pool.
pub async fn session(app: &App, pool: &IdentityPool, identity: &Identity, given: Given<'_>) -> Result<RoleSession, LoginRefused> {
    let Given { logins, custom_role_arn, origin } = given;
    let role_arn = role_arn(pool, logins, custom_role_arn)?;
    let role = app.read(async |tx| store::iam::find_role_by_arn(tx, &role_arn).await).await?;
    // SECURITY: a pool gives roles of its own account only, whoever wrote the role's name into it, or into a token.
    let role = role.filter(|role| role.account_id == pool.account_id).ok_or(LoginRefused::Misconfigured)?;
    let tags = tags_of(pool, logins)?;
    let now = app.now();
    let keys = [("aud", vec![pool.id.to_string()]), ("amr", amr_of(pool, logins)), ("sub", vec![identity.identity_id.to_string()])];
    let session = RoleSession {
        federated_keys: keys.map(|(key, values)| (format!("{PROVIDER}:{key}"), values)).into(),
        tags: tags.into_iter().map(|(key, value)| Tag { key, value }).collect(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
        mfa_at: None,
        policies: logins.is_empty().then(|| vec![GUEST_SCOPE.clone()]),
        managed_policies: Vec::new(),
        account_id: role.account_id.clone(),
        role_name: role.name.clone(),
        role_path: role.path.clone(),
        role_id: role.id.clone(),
        session_name: "CognitoIdentityCredentials".to_owned(),
        issued_at: now.millis(),
        expires_at: now.millis() + LIFETIME_SECONDS * 1000,
    };
    check_trust(app, pool, &role, &session, origin)?;
    Ok(session)
}

fn role_arn(pool: &IdentityPool, logins: &[Login], custom_role_arn: Option<&str>) -> Result<String, LoginRefused> {
    let none = Map::new();
    let claimed: Vec<Claimed<'_>> = logins
        .iter()
        .map(|login| {
            let claims = match &login.vouched {
                Vouched::UserPool { claims, .. } => claims,
                Vouched::Developer { .. } => &none,
            };
            Claimed { mapping: login.mapping(pool), claims }
        })
        .collect();
    let kind = match role_choice::choose(&claimed, custom_role_arn)? {
        Choice::Role(arn) => return Ok(arn.to_owned()),
        Choice::Authenticated if logins.is_empty() => "unauthenticated",
        Choice::Authenticated => "authenticated",
    };
    pool.roles.get(kind).cloned().ok_or(LoginRefused::Misconfigured)
}

/// What a login's session may be asked of who vouched for it.
#[must_use]
pub fn amr_of(pool: &IdentityPool, logins: &[Login]) -> Vec<String> {
    let mut amr = vec![if logins.is_empty() { "unauthenticated" } else { "authenticated" }.to_owned()];
    for login in logins {
        amr.push(login.provider.clone());
        amr.push(match &login.vouched {
            Vouched::UserPool { .. } => format!("{}:CognitoSignIn:{}", login.provider, login.subject),
            Vouched::Developer { user_identifier, .. } => format!("{}:{}:{user_identifier}", login.provider, pool.id),
        });
    }
    amr
}

/// A login, as [`amr_of`] tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// Of a user pool's user.
    UserPool {
        /// The user pool's one name.
        provider: &'a str,
        /// Its user.
        subject: &'a str,
    },
    /// Of a user of the pool's developer provider.
    Developer {
        /// The provider's name.
        provider: &'a str,
        /// What they are called there.
        user_identifier: &'a str,
    },
}

/// The logins that [`amr_of`] tells of; `None` where it is none of that pool's.
#[must_use]
pub fn told<'a>(pool: &IdentityPool, amr: &'a [String]) -> Option<Vec<Told<'a>>> {
    let developer = pool.configuration.developer_provider_name.as_deref();
    let (_, logins) = amr.split_first()?;
    // A name and what is said under it: what a backend calls its users may look like anything.
    let one = |login: &'a [String]| {
        let [provider, entry] = login else { return None };
        let rest = entry.strip_prefix(provider.as_str())?.strip_prefix(':')?;
        match developer {
            Some(name) if name == provider => {
                Some(Told::Developer { provider, user_identifier: rest.strip_prefix(pool.id.as_str())?.strip_prefix(':')? })
            }
            _ => Some(Told::UserPool { provider, subject: rest.strip_prefix("CognitoSignIn:")? }),
        }
    };
    logins.chunks(2).map(one).collect()
}

/// The tags of a session with these logins.
///
/// # Errors
/// [`TagsRefused`].
pub fn tags_of(pool: &IdentityPool, logins: &[Login]) -> Result<Tags, TagsRefused> {
    logins.iter().try_fold(Tags::new(), |tags, login| {
        let more = match &login.vouched {
            Vouched::UserPool { claims, .. } => match pool.principal_tags.get(&login.provider) {
                Some(map) => map.tags(claims)?,
                None => Tags::new(),
            },
            Vouched::Developer { tags, .. } => tags.clone(),
        };
        principal_tags::joined(tags, more)
    })
}

fn check_trust(app: &App, pool: &IdentityPool, role: &Role, session: &RoleSession, origin: Option<&Origin>) -> Result<(), LoginRefused> {
    let mut keys = authz::vouched_keys(session, app.now(), &pool.region);
    if let Some(origin) = origin {
        origin.add_keys(&mut keys);
    }
    // The provider's audience is the pool: a role says which pools it trusts.
    let vouching = Vouching {
        provider: PROVIDER,
        pinned: Some(AUDIENCE),
        action: "sts:AssumeRoleWithWebIdentity",
        tags: &session.tags,
        transitive_tag_keys: &session.transitive_tag_keys,
    };
    if authz::trusts_vouched_for(role, &vouching, &keys)? { Ok(()) } else { Err(LoginRefused::Misconfigured) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::flows::web_identity::developer;
    use crate::identitypools::pool::IdentityPoolConfiguration;
    use crate::kit::clock::Timestamp;
    use crate::policy::{ContextMap, NamedPolicy, Policies, PolicySet, Principal, Request, Verdict, judge, parse};

    #[test]
    fn logins_are_read_as_they_are_told_whatever_a_backend_calls_its_users() {
        let developer_provider_name = Some("login.app".to_owned());
        let pool = IdentityPool {
            id: "us-east-1:1".into(),
            account_id: "000000000000".into(),
            region: "us-east-1".to_owned(),
            name: "p".to_owned(),
            configuration: IdentityPoolConfiguration { developer_provider_name, ..IdentityPoolConfiguration::default() },
            roles: BTreeMap::new(),
            role_mappings: BTreeMap::new(),
            principal_tags: BTreeMap::new(),
            tags: Tags::new(),
            created_at: Timestamp::from_millis(0),
        };
        let users = "cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC";
        let (user_identifier, vouched) = ("a:CognitoSignIn:b", Vouched::UserPool { client_id: "c".into(), claims: Map::new() });
        let ann = Login { provider: users.to_owned(), subject: "ann".to_owned(), vouched };
        let logins = [developer("login.app", user_identifier, Tags::new()), ann];
        let expected = vec![Told::Developer { provider: "login.app", user_identifier }, Told::UserPool { provider: users, subject: "ann" }];
        assert_eq!(told(&pool, &amr_of(&pool, &logins)), Some(expected));
        assert_eq!(told(&pool, &amr_of(&pool, &[])), Some(Vec::new()));
        let other = IdentityPool { id: "us-east-1:2".into(), ..pool.clone() };
        for amr in [amr_of(&other, &logins), vec!["authenticated".to_owned(), users.to_owned()], Vec::new()] {
            assert_eq!(told(&pool, &amr), None, "{amr:?}");
        }
    }

    #[test]
    fn no_resource_policy_gives_a_guest_what_is_the_deployments_own() {
        let set = |text: &str| PolicySet::new(vec![NamedPolicy { name: "p".to_owned(), policy: Arc::new(parse(text).unwrap()) }]);
        let session_arn = "arn:aws:sts::000000000000:assumed-role/Guests/CognitoIdentityCredentials".to_owned();
        let naming = json!({"Effect": "Allow", "Principal": {"AWS": session_arn}, "Action": "*", "Resource": "*"});
        let resource = set(&json!({"Version": "2012-10-17", "Statement": naming}).to_string());
        let session = set(&GUEST_SCOPE);
        let policies = Policies { resource: Some(&resource), session: Some(&session), ..Policies::default() };
        let account = "000000000000".to_owned();
        let guest = Principal::AssumedRole { account, session_arn, role_arn: None, role_id: "AROA".to_owned() };
        let asks = |action: &str| {
            let request = Request {
                principal: &guest,
                action,
                resource: "arn:aws:any:us-east-1:000000000000:thing/1",
                resource_account: None,
                wildcard_only_action: false,
                context: &ContextMap::new(),
            };
            judge(&request, &policies).verdict
        };
        for service in OWN_SERVICES {
            assert_eq!(asks(&format!("{service}:Anything")), Verdict::ExplicitDeny, "{service}");
        }
        assert_eq!(asks("notes:Read"), Verdict::Allowed);
    }
}
