//! GetAccountAuthorizationDetails: who there is and what they may do, in one list of all kinds, paged.
//!
//! Of AWS's own policies, those that somebody has.

use serde::{Deserialize, Serialize};

use super::answers::{GroupAnswer, RoleAnswer, UserAnswer};
use super::attachments::{self, AttachedPolicy};
use super::errors::Error;
use super::pages::Asked;
use super::policy_answers::{PolicyAnswer, VersionAnswer};
use super::{boundaries, get_role, managed_policy, trusted};
use crate::context::Context;
use crate::iam::aws_policies;
use crate::iam::entity::{Group, Role, User};
use crate::iam::managed_policy::ManagedPolicy;
use crate::kit::id::UniqueId;
use crate::store::{self, Conn};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[serde(default)]
    filter: Vec<Kind>,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_everything!(Request);

/// What the list has, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Kind {
    User,
    Group,
    Role,
    LocalManagedPolicy,
    #[serde(rename = "AWSManagedPolicy")]
    AwsManagedPolicy,
}

const KINDS: [Kind; 5] = [Kind::User, Kind::Group, Kind::Role, Kind::LocalManagedPolicy, Kind::AwsManagedPolicy];

/// Something in the list.
enum Item {
    User(User),
    Group(Group),
    Role(Role),
    Policy(Kind, ManagedPolicy),
}

impl Item {
    /// Where it stands: by its kind, then by its unique id.
    fn key(&self) -> String {
        let (kind, id) = match self {
            Self::User(user) => (Kind::User, &user.id),
            Self::Group(group) => (Kind::Group, &group.id),
            Self::Role(role) => (Kind::Role, &role.id),
            Self::Policy(kind, policy) => (*kind, &policy.id),
        };
        format!("{}{id}", kind as usize)
    }
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_detail_list: Vec<UserDetail>,
    group_detail_list: Vec<GroupDetail>,
    role_detail_list: Vec<RoleDetail>,
    policies: Vec<PolicyDetail>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserDetail {
    #[serde(flatten)]
    user: UserAnswer,
    user_policy_list: Vec<InlinePolicy>,
    group_list: Vec<String>,
    attached_managed_policies: Vec<AttachedPolicy>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupDetail {
    #[serde(flatten)]
    group: GroupAnswer,
    group_policy_list: Vec<InlinePolicy>,
    attached_managed_policies: Vec<AttachedPolicy>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleDetail {
    #[serde(flatten)]
    role: RoleAnswer,
    /// None: there are no instances.
    instance_profile_list: [(); 0],
    role_policy_list: Vec<InlinePolicy>,
    attached_managed_policies: Vec<AttachedPolicy>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDetail {
    #[serde(flatten)]
    policy: PolicyAnswer,
    policy_version_list: Vec<VersionAnswer>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    policy_name: String,
    policy_document: String,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let is_wanted = |kind: Kind| request.filter.is_empty() || request.filter.contains(&kind);
    let wanted: Vec<Kind> = KINDS.into_iter().filter(|kind| is_wanted(*kind)).collect();
    let place = ["iam:GetAccountAuthorizationDetails", cx.account_id.as_str(), &format!("{wanted:?}")];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let after = asked.after(cx, &place)?;
    cx.read(async |tx| {
        let mut items = Vec::new();
        for kind in wanted {
            let rest = asked.limit() + 1 - i64::try_from(items.len()).unwrap_or(i64::MAX);
            let number = (kind as usize).to_string();
            // A kind before that of the marker is over; one after it begins.
            let after = match after.get(..1) {
                Some(reached) if reached > number.as_str() => continue,
                Some(reached) if reached == number => after.get(1..).unwrap_or_default(),
                _ => "",
            };
            items.extend(of_kind(tx, cx, kind, after, rest).await?);
        }
        let (items, marker) = asked.cut(cx, &place, items, Item::key)?;
        let mut response = Response { is_truncated: marker.is_some(), marker, ..Response::default() };
        for item in items {
            add(tx, cx, &mut response, item).await?;
        }
        Ok(response)
    })
    .await
}

async fn of_kind(tx: &mut Conn, cx: &Context, kind: Kind, after: &str, limit: i64) -> Result<Vec<Item>, Error> {
    const ALL: &str = "/";
    let account_id = &cx.account_id;
    if limit <= 0 {
        return Ok(Vec::new());
    }
    Ok(match kind {
        Kind::User => store::iam::list_users(tx, account_id, ALL, after, limit).await?.into_iter().map(Item::User).collect(),
        Kind::Group => store::iam::list_groups(tx, account_id, ALL, after, limit).await?.into_iter().map(Item::Group).collect(),
        Kind::Role => store::iam::list_roles(tx, account_id, ALL, after, limit).await?.into_iter().map(Item::Role).collect(),
        Kind::LocalManagedPolicy => {
            let policies = store::iam::list_managed_policies(tx, account_id, ALL, None, after, limit).await?;
            policies.into_iter().map(|policy| Item::Policy(kind, policy)).collect()
        }
        Kind::AwsManagedPolicy => {
            let mut policies: Vec<ManagedPolicy> = aws_policies::ALL.iter().map(aws_policies::AwsPolicy::policy).collect();
            policies.sort_by(|one, other| one.id.cmp(&other.id));
            let (Some(first), Some(last)) = (policies.first(), policies.last()) else { return Ok(Vec::new()) };
            let uses = store::iam::uses_between(tx, account_id, &first.id, &last.id).await?;
            policies.retain(|policy| policy.id.as_str() > after && uses.contains_key(&policy.id));
            policies.truncate(usize::try_from(limit).unwrap_or_default());
            policies.into_iter().map(|policy| Item::Policy(kind, policy)).collect()
        }
    })
}

async fn add(tx: &mut Conn, cx: &Context, response: &mut Response, item: Item) -> Result<(), Error> {
    match item {
        Item::User(user) => {
            let (policies, attached_managed_policies) = (inline(tx, cx, &user.id).await?, attached(tx, cx, &user.id).await?);
            let groups = store::iam::groups_of(tx, &cx.account_id, &user.id).await?;
            let boundary = boundaries::arn_of(tx, &cx.account_id, &user.id).await?;
            response.user_detail_list.push(UserDetail {
                user: UserAnswer::with_boundary(user, boundary),
                user_policy_list: policies,
                group_list: groups.into_iter().map(|group| group.name).collect(),
                attached_managed_policies,
            });
        }
        Item::Group(group) => {
            let (policies, attached_managed_policies) = (inline(tx, cx, &group.id).await?, attached(tx, cx, &group.id).await?);
            response.group_detail_list.push(GroupDetail { group: group.into(), group_policy_list: policies, attached_managed_policies });
        }
        Item::Role(mut role) => {
            let (policies, attached_managed_policies) = (inline(tx, cx, &role.id).await?, attached(tx, cx, &role.id).await?);
            trusted::by_arn(tx, &cx.account_id, std::slice::from_mut(&mut role)).await?;
            response.role_detail_list.push(RoleDetail {
                role: get_role::answer(tx, cx, role).await?,
                instance_profile_list: [],
                role_policy_list: policies,
                attached_managed_policies,
            });
        }
        Item::Policy(_, policy) => {
            let uses = store::iam::uses_of(tx, &cx.account_id, &policy.id).await?;
            let versions = managed_policy::versions(tx, &policy).await?;
            response.policies.push(PolicyDetail {
                policy_version_list: versions.into_iter().map(|version| VersionAnswer::of(&policy, version)).collect(),
                policy: PolicyAnswer::of(policy, uses),
            });
        }
    }
    Ok(())
}

async fn inline(tx: &mut Conn, cx: &Context, id: &UniqueId) -> Result<Vec<InlinePolicy>, Error> {
    let policies = store::iam::policies(tx, &cx.account_id, id).await?.into_iter();
    Ok(policies.map(|(policy_name, policy_document)| InlinePolicy { policy_name, policy_document }).collect())
}

async fn attached(tx: &mut Conn, cx: &Context, id: &UniqueId) -> Result<Vec<AttachedPolicy>, Error> {
    Ok(attachments::attached(tx, &cx.account_id, id).await?.into_iter().map(AttachedPolicy::from).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    const LISTS: [(&str, &str); 4] =
        [("UserDetailList", "UserName"), ("GroupDetailList", "GroupName"), ("RoleDetailList", "RoleName"), ("Policies", "PolicyName")];

    /// The names on a page, in their order.
    fn names(page: &Value) -> Vec<String> {
        let of = |(list, name): (&str, &str)| {
            let items = page[list].as_array().cloned().unwrap_or_default();
            items.into_iter().map(|item| item[name].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        LISTS.into_iter().flat_map(of).collect()
    }

    #[actix_web::test]
    async fn everybody_and_what_they_have_is_in_one_list_by_kind_and_by_page() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])).await;
        let admin = app.admin();
        admin.call("iam:CreateGroup", json!({"GroupName": "readers"})).await.ok();
        admin.call("AddUserToGroup", json!({"GroupName": "readers", "UserName": "ann"})).await.ok();
        app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let document = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}).to_string();
        admin.call("CreatePolicy", json!({"PolicyName": "own", "PolicyDocument": document})).await.ok();
        let own = format!("arn:aws:iam::{ACCOUNT}:policy/own");
        admin.call("AttachUserPolicy", json!({"UserName": "ann", "PolicyArn": own})).await.ok();
        let aws = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";
        admin.call("AttachGroupPolicy", json!({"GroupName": "readers", "PolicyArn": aws})).await.ok();
        admin.call("PutUserPermissionsBoundary", json!({"UserName": "ann", "PermissionsBoundary": own})).await.ok();
        app.root_of("111111111111").await.call("iam:CreateUser", json!({"UserName": "theirs"})).await.ok();

        let whole = admin.call("GetAccountAuthorizationDetails", json!({})).await.ok();
        assert_eq!(names(&whole), ["ann", "readers", "app", "own", "IAMReadOnlyAccess"]);
        let user = &whole["UserDetailList"][0];
        assert_eq!((&user["GroupList"], &user["UserPolicyList"][0]["PolicyName"]), (&json!(["readers"]), &json!("p")));
        assert!(user["UserPolicyList"][0]["PolicyDocument"].as_str().unwrap().starts_with("%7B"), "{user}");
        assert_eq!(user["AttachedManagedPolicies"], json!([{"PolicyName": "own", "PolicyArn": own}]));
        assert_eq!(user["PermissionsBoundary"]["PermissionsBoundaryArn"], own);
        assert!(whole["RoleDetailList"][0]["AssumeRolePolicyDocument"].as_str().unwrap().contains(ACCOUNT));
        let policy = &whole["Policies"][0];
        assert_eq!((&policy["AttachmentCount"], &policy["PermissionsBoundaryUsageCount"]), (&json!("1"), &json!("1")));
        assert_eq!((&policy["PolicyVersionList"][0]["VersionId"], &policy["DefaultVersionId"]), (&json!("v1"), &json!("v1")));

        for (filter, expected) in [
            (json!(["User"]), vec!["ann"]),
            (json!(["Role", "Group"]), vec!["readers", "app"]),
            (json!(["LocalManagedPolicy"]), vec!["own"]),
            (json!(["AWSManagedPolicy"]), vec!["IAMReadOnlyAccess"]),
        ] {
            let page = admin.call("GetAccountAuthorizationDetails", json!({"Filter": filter})).await.ok();
            assert_eq!(names(&page), expected);
        }
        for size in 1..6 {
            let (mut found, mut marker) = (Vec::new(), Value::Null);
            loop {
                let mut input = json!({"MaxItems": size});
                if !marker.is_null() {
                    input["Marker"] = marker;
                }
                let page = admin.call("GetAccountAuthorizationDetails", input).await.ok();
                assert!(names(&page).len() <= size);
                found.extend(names(&page));
                marker = page["Marker"].clone();
                if marker.is_null() {
                    break;
                }
            }
            assert_eq!(found, names(&whole), "{size} a page");
        }
        let page = admin.call("GetAccountAuthorizationDetails", json!({"MaxItems": 1})).await.ok();
        let elsewhere = json!({"Marker": page["Marker"], "Filter": ["Role"]});
        assert_eq!(admin.call("GetAccountAuthorizationDetails", elsewhere).await.code(), "ValidationError");
        assert_eq!(ann.call("GetAccountAuthorizationDetails", json!({})).await.code(), "AccessDenied");
    }
}
