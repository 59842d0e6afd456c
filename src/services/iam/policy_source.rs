//! PolicySourceArn: the user, group or role of the caller's account whose stored policies are meant. A user's groups count with it.

use std::collections::BTreeSet;

use super::errors::Error;
use super::simulation::Subject;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::caller::Caller;
use crate::iam::entity::Tag;
use crate::iam::simulation::{Document, Source};
use crate::kit::id::{AccountId, UniqueId};
use crate::operation::{Ask, Fault, Resolved};
use crate::policy::{ContextMap, Principal};
use crate::store::{self, Conn};

/// Whose policies a request is about. What is not there is judged by the ARN that was given, where that can be one.
pub async fn found(cx: &Context, source_arn: &str) -> Result<Resolved<Subject>, Fault> {
    match load(cx, source_arn).await {
        Ok(subject) => {
            let ask = Ask::on(subject.arn.as_str()).resource_tags(&subject.tags);
            Ok(Resolved::one(Ok(subject), ask))
        }
        Err(error @ Error::Internal(_)) => Err(error.into()),
        Err(error) => {
            let judged = if parse(source_arn).is_some() { source_arn } else { "*" };
            Ok(Resolved::one(Err(error.into()), Ask::on(judged)))
        }
    }
}

/// Loads them with their policies and boundary, the policies of a user's groups among them, and what the store knows of them.
///
/// # Errors
/// InvalidInput for what is not the ARN of a user, role or group; NoSuchEntity for one that the caller's account has not.
async fn load(cx: &Context, source_arn: &str) -> Result<Subject, Error> {
    let Some((account, kind, name)) = parse(source_arn) else {
        return Err(Error::InvalidInput(format!("Invalid Entity Arn: {source_arn} does not clearly define entity type and name.")));
    };
    let missing = || Error::NoSuchEntity(format!("The {kind} with name {name} cannot be found."));
    // SECURITY: nothing of another account is looked up.
    if cx.account_id != account {
        return Err(missing());
    }
    let loaded = cx
        .read(async |tx| {
            let found = match kind {
                "user" => store::iam::find_user(tx, &cx.account_id, name).await?.map(Entity::from_user),
                "role" => store::iam::find_role(tx, &cx.account_id, name).await?.map(Entity::from_role),
                _ => store::iam::find_group(tx, &cx.account_id, name).await?.map(Entity::from_group),
            };
            let Some(entity) = found.filter(|entity| entity.arn == source_arn) else { return Ok::<_, Error>(None) };
            let (mut stored, mut managed) = (Vec::new(), BTreeSet::new());
            let groups = store::iam::groups_of(tx, &cx.account_id, &entity.id).await?;
            let groups = groups.into_iter().map(|group| (Source::Group, group.name, group.id));
            for (source, name, id) in [(entity.source, entity.name.clone(), entity.id.clone())].into_iter().chain(groups) {
                let policies = store::iam::policies(tx, &cx.account_id, &id).await?;
                let document =
                    |(policy, text): (String, String)| Document { id: inline_id(source.as_str(), &name, &policy), source, text, arn: None };
                stored.extend(policies.into_iter().map(document));
                managed.extend(store::iam::attached_policies(tx, &cx.account_id, &id).await?);
            }
            for id in managed {
                let document = managed_document(tx, &cx.account_id, &id).await?;
                stored.extend(document.map(|document| distinct(document, &stored)));
            }
            let boundary = match store::iam::boundary_of(tx, &cx.account_id, &entity.id).await? {
                Some(id) => managed_document(tx, &cx.account_id, &id).await?.map(|document| distinct(document, &stored)),
                None => None,
            };
            Ok(Some((entity, stored, boundary)))
        })
        .await?;
    let (entity, stored, boundary) = loaded.ok_or_else(missing)?;
    Ok(Subject { stored, boundary, arn: entity.arn.into(), principal: entity.principal, tags: entity.tags, keys: entity.keys })
}

/// The version that holds of a managed policy. Answers name the policy by its name.
async fn managed_document(tx: &mut Conn, account_id: &AccountId, policy_id: &UniqueId) -> Result<Option<Document>, Error> {
    let found = store::iam::version_that_holds(tx, account_id, policy_id).await?;
    Ok(found.map(|(policy, text)| {
        let source = if policy.account_id.is_some() { Source::UserManaged } else { Source::AwsManaged };
        Document { arn: Some(policy.arn().into()), id: policy.name, source, text }
    }))
}

/// A managed policy, by its ARN where another has its name.
fn distinct(document: Document, others: &[Document]) -> Document {
    let is_taken = others.iter().any(|other| other.id == document.id && other.arn != document.arn);
    let id = document.arn.clone().filter(|_| is_taken).unwrap_or(document.id);
    Document { id, ..document }
}

/// How answers name an inline policy.
pub fn inline_id(kind: &str, name: &str, policy: &str) -> String {
    format!("{kind}_{name}_{policy}")
}

struct Entity {
    name: String,
    id: UniqueId,
    arn: Arn,
    source: Source,
    /// Nobody for a group, which asks for nothing itself.
    principal: Option<Principal>,
    tags: Vec<Tag>,
    keys: ContextMap,
}

impl Entity {
    fn from_user(user: crate::iam::entity::User) -> Self {
        let (name, id, arn, tags) = (user.name.clone(), user.id.clone(), user.arn(), user.tags.clone());
        let caller = Caller::User(user, None);
        let mut keys = ContextMap::new();
        caller.add_keys(&mut keys);
        Self { name, id, arn, source: Source::User, principal: Some(caller.principal()), tags, keys }
    }

    /// A role without a session: what depends on the session is not known.
    fn from_role(role: crate::iam::entity::Role) -> Self {
        let arn = role.arn();
        let mut keys = ContextMap::new();
        keys.insert("aws:PrincipalArn", arn.as_str());
        keys.insert("aws:PrincipalAccount", role.account_id.as_str());
        keys.insert("aws:PrincipalType", "AssumedRole");
        for tag in &role.tags {
            keys.insert(&format!("aws:PrincipalTag/{}", tag.key), tag.value.as_str());
        }
        let principal = Principal::Role { account: role.account_id.into(), arn: arn.to_string(), id: role.id.to_string() };
        Self { name: role.name, id: role.id, arn, source: Source::Role, principal: Some(principal), tags: role.tags, keys }
    }

    fn from_group(group: crate::iam::entity::Group) -> Self {
        let arn = group.arn();
        let (tags, keys) = (Vec::new(), ContextMap::new());
        Self { name: group.name, id: group.id, arn, source: Source::Group, principal: None, tags, keys }
    }
}

/// Account, kind and name in the ARN of a user, role or group.
fn parse(arn: &str) -> Option<(&str, &str, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", "aws" | "aws-cn" | "aws-us-gov", "iam", "", account, resource] = parts.as_slice() else { return None };
    let (kind, path_and_name) = resource.split_once('/')?;
    let name = path_and_name.rsplit('/').next().filter(|name| !name.is_empty())?;
    let is_account = crate::policy::is_account(account);
    (is_account && ["user", "role", "group"].contains(&kind)).then_some((account, kind, name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    #[test]
    fn only_users_roles_and_groups_are_sources() {
        assert_eq!(parse("arn:aws:iam::000000000000:user/a/b/alice"), Some(("000000000000", "user", "alice")));
        assert_eq!(parse("arn:aws:iam::000000000000:role/app"), Some(("000000000000", "role", "app")));
        assert_eq!(parse("arn:aws:iam::000000000000:group/g"), Some(("000000000000", "group", "g")));
        for other in [
            "arn:aws:iam::000000000000:root",
            "arn:aws:iam::000000000000:policy/p",
            "arn:aws:sts::000000000000:assumed-role/app/s",
            "arn:aws:iam::0:user/alice",
            "arn:aws:iam::000000000000:user/",
            "alice",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[actix_web::test]
    async fn who_may_not_read_what_has_a_tag_may_not_simulate_it_either() {
        let app = TestApp::new().await;
        let trust = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}});
        let ann = app
            .user_with(json!([
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": ["iam:GetRole", "iam:SimulatePrincipalPolicy"], "Resource": "*",
                 "Condition": {"StringEquals": {"aws:ResourceTag/secret": "yes"}}},
            ]))
            .await;
        for (name, code) in [("yes", "AccessDenied"), ("no", "")] {
            let tags = json!([{"Key": "secret", "Value": name}]);
            let role = json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string(), "Tags": tags});
            let role = app.admin().call("CreateRole", role).await.ok()["Role"]["Arn"].clone();
            assert_eq!(ann.call("GetRole", json!({"RoleName": name})).await.code(), code);
            let stored = json!({"PolicySourceArn": role, "ActionNames": ["notes:Read"]});
            assert_eq!(ann.call("SimulatePrincipalPolicy", stored).await.code(), code);
            let allow = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
            let trusted = json!({"PolicyInputList": [allow], "ActionNames": ["sts:AssumeRole"], "ResourceArns": [role]});
            assert_eq!(ann.call("SimulateCustomPolicy", trusted).await.code(), code);
        }
    }
}
