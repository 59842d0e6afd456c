//! Who makes a request, once their credential has been verified.

use serde::{Deserialize, Serialize};

use super::arn::Arn;
use super::entity::{AccessKey, Tag, User};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::policy::{ContextMap, Principal};

/// Who makes a request.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Nobody: the request is not signed.
    Anonymous,
    /// An account's root.
    Root {
        /// The account.
        account_id: AccountId,
        /// Their session, where they come by one.
        sign_in: Option<SignIn>,
    },
    /// An IAM user: by an access key, or by a session.
    User(User, Option<SignIn>),
    /// A session of a role, by temporary credentials.
    Session(RoleSession),
    /// Somebody for whom a user, or the root, vouches.
    Federated {
        /// The user as they are now; `None` for the root.
        voucher: Option<Box<User>>,
        /// Their session.
        session: FederatedSession,
    },
}

/// An access key and who holds it.
pub struct HeldKey {
    /// The key.
    pub key: AccessKey,
    /// `None` where the user is gone.
    pub owner: Option<Caller>,
}

/// `true` where a code was shown; absent from what long-lived access keys sign.
///
/// Source: IAM user guide, "AWS global condition context keys", properties of the session.
pub const MFA_PRESENT: &str = "aws:MultiFactorAuthPresent";

/// Seconds since a code was shown; absent where none was.
pub const MFA_AGE: &str = "aws:MultiFactorAuthAge";

/// A session of a user or the root: by temporary credentials, or signed in to the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Milliseconds.
    pub issued_at: i64,
    /// Milliseconds.
    pub expires_at: i64,
    /// When a code of an MFA device was shown: milliseconds.
    pub mfa_at: Option<i64>,
}

/// What temporary credentials of a user or the root carry. Who they are is looked up at each use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UserSession {
    /// The account.
    pub account_id: AccountId,
    /// The user's unique id; the account's number for the root.
    pub owner_id: UniqueId,
    /// The session.
    #[serde(flatten)]
    pub sign_in: SignIn,
}

/// A session of somebody for whom a user, or the root, vouches: what temporary credentials carry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FederatedSession {
    /// The account.
    pub account_id: AccountId,
    /// Who vouches: a user's unique id; the account's number for the root.
    pub owner_id: UniqueId,
    /// What they are called.
    pub name: String,
    /// Session policies, as texts. Without any, and without managed ones, they may nothing.
    pub policies: Vec<String>,
    /// Managed policies of the account that are session policies, by unique id.
    pub managed_policies: Vec<UniqueId>,
    /// The session's tags.
    pub tags: Vec<Tag>,
    /// Milliseconds.
    pub issued_at: i64,
    /// Milliseconds.
    pub expires_at: i64,
}

impl FederatedSession {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Arn {
        Arn::federated_user(&self.account_id, &self.name)
    }

    /// Whether both are given by one user, under the same policies and with the same tags.
    #[must_use]
    pub fn is_given_as(&self, other: &Self) -> bool {
        let Self { owner_id, policies, managed_policies, tags, .. } = self;
        (owner_id, policies, managed_policies, tags) == (&other.owner_id, &other.policies, &other.managed_policies, &other.tags)
    }

    /// `account:name`.
    #[must_use]
    pub fn user_id(&self) -> String {
        format!("{}:{}", self.account_id, self.name)
    }
}

/// A session of a role: what temporary credentials carry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RoleSession {
    /// The role's account.
    pub account_id: AccountId,
    /// The role's name.
    pub role_name: String,
    /// The role's path.
    pub role_path: String,
    /// The role's unique id: a role made anew under the same name is another.
    pub role_id: UniqueId,
    /// The session's name.
    pub session_name: String,
    /// Session policies, as texts; absent where none was given.
    pub policies: Option<Vec<String>>,
    /// Managed policies of the account that are session policies, by unique id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managed_policies: Vec<UniqueId>,
    /// What the identity provider vouched for: condition keys for as long as the session lives.
    pub federated_keys: Vec<(String, Vec<String>)>,
    /// The session's tags: whoever gave it was allowed to set them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The keys of those that go on to the sessions of other roles that this one assumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitive_tag_keys: Vec<String>,
    /// Who is at its beginning, as they said themselves when they were allowed to: it goes on to the sessions of other roles, and never
    /// changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// When whoever assumed the role showed a code of their MFA device: milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_at: Option<i64>,
    /// Milliseconds.
    pub issued_at: i64,
    /// Milliseconds.
    pub expires_at: i64,
}

impl RoleSession {
    /// The role's ARN.
    #[must_use]
    pub fn role_arn(&self) -> Arn {
        Arn::role(&self.account_id, &self.role_path, &self.role_name)
    }

    /// The session's ARN.
    #[must_use]
    pub fn arn(&self) -> Arn {
        Arn::assumed_role(&self.account_id, &self.role_name, &self.session_name)
    }

    /// Adds what a provider vouched for.
    pub fn add_federated_keys(&self, context: &mut ContextMap) {
        for (key, values) in &self.federated_keys {
            match values.as_slice() {
                [single] if !key.ends_with(":amr") => context.insert(key, single.clone()),
                many => context.insert_list(key, many.iter().cloned()),
            }
        }
    }

    /// Whether it is a guest's: an identity pool gave it to somebody without a login.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        let is_amr = |key: &str| key == "cognito-identity.amazonaws.com:amr";
        self.federated_keys.iter().any(|(key, values)| is_amr(key) && values.iter().any(|value| value == "unauthenticated"))
    }

    /// Whether the same was vouched for of both, under the same policies and with the same tags.
    #[must_use]
    pub fn is_given_as(&self, other: &Self) -> bool {
        let Self { federated_keys, policies, managed_policies, tags, .. } = self;
        (federated_keys, policies, managed_policies, tags) == (&other.federated_keys, &other.policies, &other.managed_policies, &other.tags)
    }

    /// The tags that go on to the sessions of roles that this one assumes.
    ///
    /// Source: IAM user guide, "Pass session tags in AWS STS", "Chaining roles with session tags".
    #[must_use]
    pub fn transitive_tags(&self) -> Vec<Tag> {
        self.tags.iter().filter(|tag| self.transitive_tag_keys.contains(&tag.key)).cloned().collect()
    }

    /// `AROA…:session`.
    #[must_use]
    pub fn user_id(&self) -> String {
        format!("{}:{}", self.role_id, self.session_name)
    }
}

impl Caller {
    /// As the policy engine knows them.
    #[must_use]
    pub fn principal(&self) -> Principal {
        match self {
            Self::Anonymous => Principal::Anonymous,
            Self::Root { account_id, .. } => Principal::Root { account: account_id.to_string() },
            Self::User(user, _) => {
                Principal::User { account: user.account_id.to_string(), arn: user.arn().into(), id: user.id.to_string() }
            }
            Self::Session(session) => Principal::AssumedRole {
                account: session.account_id.to_string(),
                session_arn: session.arn().into(),
                role_arn: Some(session.role_arn().into()),
                role_id: session.role_id.to_string(),
            },
            Self::Federated { session, .. } => {
                Principal::FederatedUser { account: session.account_id.to_string(), arn: session.arn().into() }
            }
        }
    }

    /// The account; `None` for nobody.
    #[must_use]
    pub fn account_id(&self) -> Option<&AccountId> {
        match self {
            Self::Anonymous => None,
            Self::Root { account_id, .. } => Some(account_id),
            Self::User(user, _) => Some(&user.account_id),
            Self::Session(session) => Some(&session.account_id),
            Self::Federated { session, .. } => Some(&session.account_id),
        }
    }

    /// `aws:userid`, and UserId of GetCallerIdentity.
    #[must_use]
    pub fn user_id(&self) -> String {
        match self {
            Self::Anonymous => String::new(),
            Self::Root { account_id, .. } => account_id.to_string(),
            Self::User(user, _) => user.id.to_string(),
            Self::Session(session) => session.user_id(),
            Self::Federated { session, .. } => session.user_id(),
        }
    }

    /// The session of a user or the root; `None` by a long-lived access key, and of a role.
    #[must_use]
    pub const fn sign_in(&self) -> Option<&SignIn> {
        match self {
            Self::Root { sign_in, .. } | Self::User(_, sign_in) => sign_in.as_ref(),
            Self::Anonymous | Self::Session(_) | Self::Federated { .. } => None,
        }
    }

    /// When the session ends, of a role, a user or the root; `None` by a long-lived access key.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        let millis = match self {
            Self::Session(session) => Some(session.expires_at),
            Self::Federated { session, .. } => Some(session.expires_at),
            _ => self.sign_in().map(|sign_in| sign_in.expires_at),
        };
        millis.map(Timestamp::from_millis)
    }

    /// Adds the condition keys of a session that say whether, and how long ago, a code was shown.
    ///
    /// An identity provider's own second factor is none of ours: what it vouches for has neither key.
    pub fn add_session_keys(&self, context: &mut ContextMap, now: Timestamp) {
        let mfa_at = match self {
            Self::Session(session) if session.federated_keys.is_empty() => session.mfa_at,
            _ => match self.sign_in() {
                Some(sign_in) => {
                    context.insert("aws:TokenIssueTime", Timestamp::from_millis(sign_in.issued_at).to_rfc3339());
                    sign_in.mfa_at
                }
                None => return,
            },
        };
        context.insert(MFA_PRESENT, if mfa_at.is_some() { "true" } else { "false" });
        if let Some(at) = mfa_at {
            context.insert(MFA_AGE, now.since(Timestamp::from_millis(at)).as_secs().to_string());
        }
    }

    /// Adds the condition keys that say who asks.
    ///
    /// Source: IAM user guide, "AWS global condition context keys", properties of the principal.
    pub fn add_keys(&self, context: &mut ContextMap) {
        let principal_type = match self {
            Self::Anonymous => "Anonymous",
            Self::Root { .. } => "Account",
            Self::User(user, _) => {
                context.insert("aws:username", user.name.clone());
                for tag in &user.tags {
                    context.insert(&format!("aws:PrincipalTag/{}", tag.key), tag.value.clone());
                }
                "User"
            }
            Self::Session(session) => {
                context.insert("aws:PrincipalArn", session.role_arn().as_str());
                context.insert("aws:TokenIssueTime", Timestamp::from_millis(session.issued_at).to_rfc3339());
                for tag in &session.tags {
                    context.insert(&format!("aws:PrincipalTag/{}", tag.key), tag.value.clone());
                }
                if let Some(source_identity) = &session.source_identity {
                    context.insert("aws:SourceIdentity", source_identity.clone());
                }
                session.add_federated_keys(context);
                "AssumedRole"
            }
            Self::Federated { voucher, session } => {
                context.insert("aws:TokenIssueTime", Timestamp::from_millis(session.issued_at).to_rfc3339());
                // A session's tag takes the place of the user's.
                for tag in voucher.iter().flat_map(|user| &user.tags).chain(&session.tags) {
                    context.insert(&format!("aws:PrincipalTag/{}", tag.key), tag.value.clone());
                }
                "FederatedUser"
            }
        };
        context.insert("aws:PrincipalType", principal_type);
        if let Some(account_id) = self.account_id() {
            context.insert("aws:PrincipalAccount", account_id.as_str());
            context.insert("aws:userid", self.user_id());
        }
        if let Self::Root { .. } | Self::User(..) | Self::Federated { .. } = self {
            context.insert("aws:PrincipalArn", self.principal().to_string());
        }
    }
}
