//! What is edited: whose policy, where it is shown, and the operations that read and write it.

use serde_json::{Value, json};

use crate::console::iam::{call, group_at, policy_at, role_at, user_at};
use crate::console::{Fields, May, Visit};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// What is edited.
pub struct Subject {
    kind: Kind,
    /// The user, group or role.
    owner: String,
    /// The policy's name; empty for a trust policy, and for one that has no name yet.
    policy: String,
    is_new: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    OfUser,
    OfGroup,
    OfRole,
    Trust,
}

impl Subject {
    /// A policy of the user that the address names.
    pub fn of_user(visit: &Visit) -> Self {
        Self::inline(visit, Kind::OfUser)
    }

    /// A policy of the group that the address names.
    pub fn of_group(visit: &Visit) -> Self {
        Self::inline(visit, Kind::OfGroup)
    }

    /// A policy of the role that the address names.
    pub fn of_role(visit: &Visit) -> Self {
        Self::inline(visit, Kind::OfRole)
    }

    /// The trust policy of the role that the address names.
    pub fn trust_of(visit: &Visit) -> Self {
        Self { kind: Kind::Trust, owner: visit.segment("name"), policy: String::new(), is_new: false }
    }

    fn inline(visit: &Visit, kind: Kind) -> Self {
        let policy = visit.segment("policy");
        Self { kind, owner: visit.segment("name"), is_new: policy.is_empty(), policy }
    }

    /// The same, with the name that a new policy was given.
    pub fn named(self, fields: &Fields) -> Self {
        if self.is_new { Self { policy: fields.given("policy").unwrap_or_default(), ..self } } else { self }
    }

    /// Whether the policy is to be made, and named.
    pub const fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether it is a trust policy.
    pub fn is_trust(&self) -> bool {
        self.kind == Kind::Trust
    }

    /// The policy's name.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The user's, group's or role's.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// What the page is called.
    pub fn title(&self) -> String {
        match self.kind {
            Kind::Trust => "Trust policy".to_owned(),
            Kind::OfUser | Kind::OfGroup | Kind::OfRole if self.is_new => "New policy".to_owned(),
            Kind::OfUser | Kind::OfGroup | Kind::OfRole => self.policy.clone(),
        }
    }

    /// Where lists of such owners are, and what they are called.
    pub const fn room(&self) -> (&'static str, &'static str) {
        match self.kind {
            Kind::OfUser => ("/iam/users", "IAM users"),
            Kind::OfGroup => ("/iam/groups", "IAM groups"),
            Kind::OfRole | Kind::Trust => ("/iam/roles", "Roles"),
        }
    }

    /// The owner's page, below the console's root.
    pub fn back(&self) -> String {
        match self.kind {
            Kind::OfUser => user_at(&self.owner),
            Kind::OfGroup => group_at(&self.owner),
            Kind::OfRole | Kind::Trust => role_at(&self.owner),
        }
    }

    /// The editor's own page, below the console's root.
    pub fn at(&self) -> String {
        match self.kind {
            Kind::Trust => format!("{}/trust", self.back()),
            Kind::OfUser | Kind::OfGroup | Kind::OfRole if self.is_new => format!("{}/policies", self.back()),
            Kind::OfUser | Kind::OfGroup | Kind::OfRole => policy_at(&self.back(), &self.policy),
        }
    }

    /// What is said when it is stored.
    pub fn saved(&self) -> String {
        match self.kind {
            Kind::Trust => "Saved. Whom the role trusts holds from this moment on; sessions that there are live on.".to_owned(),
            Kind::OfUser | Kind::OfGroup | Kind::OfRole => format!("The policy {} was saved. It holds from this moment on.", self.policy),
        }
    }

    /// The stored text; nothing where there is none of that name.
    ///
    /// # Errors
    /// [`WireError`].
    pub async fn load(&self, visit: &Visit) -> Result<Option<String>, WireError> {
        if self.policy.is_empty() && self.kind != Kind::Trust {
            return Ok(None);
        }
        let read = match self.kind {
            Kind::OfUser => call(visit, "GetUserPolicy", self.input()).await.map(|answer| answer.text("PolicyDocument")),
            Kind::OfGroup => call(visit, "GetGroupPolicy", self.input()).await.map(|answer| answer.text("PolicyDocument")),
            Kind::OfRole => call(visit, "GetRolePolicy", self.input()).await.map(|answer| answer.text("PolicyDocument")),
            Kind::Trust => call(visit, "GetRole", self.input()).await.map(|answer| answer.at("Role").text("AssumeRolePolicyDocument")),
        };
        match read {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.code == "NoSuchEntity" && self.kind != Kind::Trust => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Stores a text.
    ///
    /// # Errors
    /// [`WireError`].
    pub async fn save(&self, visit: &Visit, document: &str) -> Result<(), WireError> {
        call(visit, self.write(), self.with(document)).await.map(drop)
    }

    /// Whether this person may store a text.
    pub async fn may_save(&self, visit: &Visit) -> May {
        visit.may(Service::Iam, self.write(), self.with("{}")).await
    }

    /// Deletes the policy; a trust policy is never deleted.
    ///
    /// # Errors
    /// [`WireError`].
    pub async fn delete(&self, visit: &Visit) -> Result<(), WireError> {
        call(visit, self.removal(), self.input()).await.map(drop)
    }

    /// Whether this person may delete the policy.
    pub async fn may_delete(&self, visit: &Visit) -> May {
        visit.may(Service::Iam, self.removal(), self.input()).await
    }

    /// What ValidatePolicy is told of such a policy.
    pub fn validation(&self, document: &str) -> Value {
        match self.kind {
            Kind::OfUser | Kind::OfGroup | Kind::OfRole => json!({"policyDocument": document, "policyType": "IDENTITY_POLICY"}),
            Kind::Trust => json!({"policyDocument": document, "policyType": "RESOURCE_POLICY",
                                  "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument"}),
        }
    }

    const fn removal(&self) -> &'static str {
        match self.kind {
            Kind::OfUser => "DeleteUserPolicy",
            Kind::OfGroup => "DeleteGroupPolicy",
            Kind::OfRole | Kind::Trust => "DeleteRolePolicy",
        }
    }

    const fn write(&self) -> &'static str {
        match self.kind {
            Kind::OfUser => "PutUserPolicy",
            Kind::OfGroup => "PutGroupPolicy",
            Kind::OfRole => "PutRolePolicy",
            Kind::Trust => "UpdateAssumeRolePolicy",
        }
    }

    fn input(&self) -> Value {
        match self.kind {
            Kind::OfUser => json!({"UserName": self.owner, "PolicyName": self.policy}),
            Kind::OfGroup => json!({"GroupName": self.owner, "PolicyName": self.policy}),
            Kind::OfRole => json!({"RoleName": self.owner, "PolicyName": self.policy}),
            Kind::Trust => json!({"RoleName": self.owner}),
        }
    }

    fn with(&self, document: &str) -> Value {
        let mut input = self.input();
        input.put("PolicyDocument", document);
        // What is not named yet is judged like any other of the owner's: the resource is the owner.
        if self.policy.is_empty() && self.kind != Kind::Trust && document == "{}" {
            input.put("PolicyName", "name");
        }
        input
    }
}
