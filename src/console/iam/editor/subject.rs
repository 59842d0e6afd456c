//! What is edited: whose policy, where it is shown, and the operations that read and write it.

use serde_json::{Value, json};

use crate::console::iam::{call, group_at, managed_at, path, policy, policy_at, role_at, user_at};
use crate::console::{Fields, May, Visit};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// What is edited.
pub struct Subject {
    kind: Kind,
    /// The user, group or role; the ARN of a managed policy, empty for one that is to be made.
    owner: String,
    /// The policy's name; empty for a trust policy, and for one that has no name yet.
    policy: String,
    is_new: bool,
    /// What else is said of a managed policy that is to be made, and whether a version is to hold.
    more: More,
}

/// What is said of a managed policy beside its text.
#[derive(Default)]
pub struct More {
    /// Its path.
    pub path: String,
    /// What it is for.
    pub description: String,
    /// Whether a new version is kept only, and does not hold.
    pub keeps_only: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    OfUser,
    OfGroup,
    OfRole,
    Trust,
    /// A managed policy that is to be made.
    Managed,
    /// A version of a managed policy.
    Version,
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
        Self { kind: Kind::Trust, owner: visit.segment("name"), policy: String::new(), is_new: false, more: More::default() }
    }

    /// A managed policy that is to be made.
    pub fn managed() -> Self {
        Self { kind: Kind::Managed, owner: String::new(), policy: String::new(), is_new: true, more: More::default() }
    }

    /// The next version of the managed policy that the address names.
    pub fn version_of(visit: &Visit) -> Self {
        let owner = visit.segment("arn");
        let policy = owner.rsplit('/').next().unwrap_or_default().to_owned();
        Self { kind: Kind::Version, owner, policy, is_new: false, more: More::default() }
    }

    fn inline(visit: &Visit, kind: Kind) -> Self {
        let policy = visit.segment("policy");
        Self { kind, owner: visit.segment("name"), is_new: policy.is_empty(), policy, more: More::default() }
    }

    /// The same, with the name that a new policy was given, and what else was said of it.
    pub fn named(self, fields: &Fields) -> Self {
        let policy = if self.is_new { fields.given("policy").unwrap_or_default() } else { self.policy };
        let more = More { path: fields.text("path"), description: fields.text("description"), keeps_only: fields.given("keep").is_some() };
        Self { policy, more, ..self }
    }

    /// What is said of a managed policy beside its text.
    pub const fn more(&self) -> &More {
        &self.more
    }

    /// Whether it is a managed policy that is to be made.
    pub fn is_new_managed(&self) -> bool {
        self.kind == Kind::Managed
    }

    /// Whether it is a version of a managed policy.
    pub fn is_version(&self) -> bool {
        self.kind == Kind::Version
    }

    /// Whether the policy as a whole is deleted where it is edited.
    pub const fn is_deleted_here(&self) -> bool {
        matches!(self.kind, Kind::OfUser | Kind::OfGroup | Kind::OfRole)
    }

    /// Whether the policy is to be made, and named.
    pub const fn is_new(&self) -> bool {
        self.is_new
    }

    /// The policy's name.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// How the user, group, role or managed policy is called; empty for a policy that is to be made.
    pub fn owner(&self) -> &str {
        if self.kind == Kind::Version { &self.policy } else { &self.owner }
    }

    /// What the text is about.
    pub fn about(&self) -> String {
        match self.kind {
            Kind::Trust => format!("Who may become the role {}, and under which conditions.", self.owner),
            Kind::OfUser | Kind::OfGroup | Kind::OfRole => format!("What {} may do. A Deny always wins over an Allow.", self.owner),
            Kind::Managed => "What whoever has it may do. It is attached on the pages of users, groups and roles.".to_owned(),
            Kind::Version => "What whoever has it may do. A new version holds for all of them, and the former one is kept.".to_owned(),
        }
    }

    /// What the page is called.
    pub fn title(&self) -> String {
        match self.kind {
            Kind::Trust => "Trust policy".to_owned(),
            Kind::Managed => "New policy".to_owned(),
            Kind::Version => "New version".to_owned(),
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
            Kind::Managed | Kind::Version => ("/iam/policies", "Policies"),
        }
    }

    /// The owner's page, below the console's root.
    pub fn back(&self) -> String {
        match self.kind {
            Kind::OfUser => user_at(&self.owner),
            Kind::OfGroup => group_at(&self.owner),
            Kind::OfRole | Kind::Trust => role_at(&self.owner),
            Kind::Managed => "/iam/policies".to_owned(),
            Kind::Version => managed_at(&self.owner),
        }
    }

    /// The editor's own page, below the console's root.
    pub fn at(&self) -> String {
        match self.kind {
            Kind::Trust => format!("{}/trust", self.back()),
            Kind::Managed => "/iam/new-policy".to_owned(),
            Kind::Version => format!("{}/edit", self.back()),
            Kind::OfUser | Kind::OfGroup | Kind::OfRole if self.is_new => format!("{}/policies", self.back()),
            Kind::OfUser | Kind::OfGroup | Kind::OfRole => policy_at(&self.back(), &self.policy),
        }
    }

    /// What is said when it is stored.
    pub fn saved(&self) -> String {
        match self.kind {
            Kind::Trust => "Saved. Whom the role trusts holds from this moment on; sessions that there are live on.".to_owned(),
            Kind::OfUser | Kind::OfGroup | Kind::OfRole => format!("The policy {} was saved. It holds from this moment on.", self.policy),
            Kind::Managed => format!("The policy {} was made. It holds for nobody until it is attached.", self.policy),
            Kind::Version if self.more.keeps_only => "The version was saved. It holds for nobody until it is made the default.".to_owned(),
            Kind::Version => "The version was saved. It holds from this moment on, for all who have the policy.".to_owned(),
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
            // Names are one in an account, whatever their paths: CreatePolicy says so itself.
            Kind::Managed => return Ok(None),
            Kind::Version => self.default_version(visit).await,
        };
        match read {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.code == "NoSuchEntity" && self.kind != Kind::Trust => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The text of the version that holds.
    async fn default_version(&self, visit: &Visit) -> Result<String, WireError> {
        let answer = call(visit, "GetPolicy", json!({"PolicyArn": self.owner})).await?;
        policy::document(visit, &self.owner, &answer.at("Policy").text("DefaultVersionId")).await
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
            Kind::OfUser | Kind::OfGroup | Kind::OfRole | Kind::Managed | Kind::Version => {
                json!({"policyDocument": document, "policyType": "IDENTITY_POLICY"})
            }
            Kind::Trust => json!({"policyDocument": document, "policyType": "RESOURCE_POLICY",
                                  "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument"}),
        }
    }

    const fn removal(&self) -> &'static str {
        match self.kind {
            Kind::OfUser => "DeleteUserPolicy",
            Kind::OfGroup => "DeleteGroupPolicy",
            Kind::OfRole | Kind::Trust => "DeleteRolePolicy",
            Kind::Managed | Kind::Version => "DeletePolicy",
        }
    }

    const fn write(&self) -> &'static str {
        match self.kind {
            Kind::OfUser => "PutUserPolicy",
            Kind::OfGroup => "PutGroupPolicy",
            Kind::OfRole => "PutRolePolicy",
            Kind::Trust => "UpdateAssumeRolePolicy",
            Kind::Managed => "CreatePolicy",
            Kind::Version => "CreatePolicyVersion",
        }
    }

    fn input(&self) -> Value {
        match self.kind {
            Kind::OfUser => json!({"UserName": self.owner, "PolicyName": self.policy}),
            Kind::OfGroup => json!({"GroupName": self.owner, "PolicyName": self.policy}),
            Kind::OfRole => json!({"RoleName": self.owner, "PolicyName": self.policy}),
            Kind::Trust => json!({"RoleName": self.owner}),
            Kind::Managed => {
                let description = Some(&self.more.description).filter(|text| !text.is_empty());
                json!({"PolicyName": self.policy, "Path": path(Some(self.more.path.clone())), "Description": description})
            }
            Kind::Version => json!({"PolicyArn": self.owner, "SetAsDefault": !self.more.keeps_only}),
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
