//! The actions that somebody's policies name: those of applications stand in no catalogue.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::console::Visit;
use crate::kit::json::Members as _;
use crate::wire::model::Service;

/// So many policies of somebody are read.
const READ: usize = 40;

/// The kind of somebody who has policies, as operations are called after it.
#[derive(Clone, Copy)]
enum Kind {
    User,
    Role,
    Group,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Role => "Role",
            Self::Group => "Group",
        }
    }
}

/// The actions of a service that the policies of a user or a role name in full, as far as whoever is signed in may see these.
pub async fn of(visit: &Visit, arn: &str, service: &str) -> BTreeSet<String> {
    let Some((kind, name)) = owner(arn) else { return BTreeSet::new() };
    let mut owners = vec![(kind, name.to_owned())];
    if matches!(kind, Kind::User) {
        let groups = call(visit, "ListGroupsForUser", json!({"UserName": name})).await;
        owners.extend(groups.list("Groups").iter().map(|group| (Kind::Group, group.text("GroupName"))));
    }
    let (mut actions, mut left) = (BTreeSet::new(), READ);
    for (kind, name) in owners {
        for text in documents(visit, kind, &name, &mut left).await {
            actions.extend(named(&text, service));
        }
    }
    actions
}

/// Whose ARN it is: of the user `arn:aws:iam::1:user/path/ann`, `ann`.
fn owner(arn: &str) -> Option<(Kind, &str)> {
    let resource = arn.splitn(6, ':').nth(5)?;
    let (kind, name) = (resource.split('/').next()?, resource.rsplit('/').next()?);
    match kind {
        "user" => Some((Kind::User, name)),
        "role" => Some((Kind::Role, name)),
        _ => None,
    }
}

/// The texts of somebody's policies: those of their own, and those that are attached.
async fn documents(visit: &Visit, kind: Kind, name: &str, left: &mut usize) -> Vec<String> {
    let kind = kind.as_str();
    let owner = |more: Value| json!({format!("{kind}Name"): name}).with(more);
    let mut texts = Vec::new();
    let own = call(visit, &format!("List{kind}Policies"), owner(json!({}))).await;
    for policy in own.list("PolicyNames").iter().take(*left) {
        let got = call(visit, &format!("Get{kind}Policy"), owner(json!({"PolicyName": policy}))).await;
        texts.push(got.text("PolicyDocument"));
    }
    let attached = call(visit, &format!("ListAttached{kind}Policies"), owner(json!({}))).await;
    for policy in attached.list("AttachedPolicies").iter().take(left.saturating_sub(texts.len())) {
        let described = call(visit, "GetPolicy", json!({"PolicyArn": policy.at("PolicyArn")})).await;
        let version = json!({"PolicyArn": policy.at("PolicyArn"), "VersionId": described.at("Policy").at("DefaultVersionId")});
        texts.push(call(visit, "GetPolicyVersion", version).await.at("PolicyVersion").text("Document"));
    }
    *left = left.saturating_sub(texts.len());
    texts
}

/// What is answered; nothing, where it is denied: then less is known.
async fn call(visit: &Visit, operation: &str, input: Value) -> Value {
    visit.call(Service::Iam, operation, input).await.unwrap_or_default()
}

/// The actions of a service that a policy's text names in full.
fn named(text: &str, service: &str) -> Vec<String> {
    let policy: Value = serde_json::from_str(text).unwrap_or_default();
    let statements = several(policy.at("Statement"));
    let actions = statements.iter().flat_map(|statement| ["Action", "NotAction"].map(|name| several(statement.at(name)))).flatten();
    let full = |action: &Value| {
        let (prefix, name) = action.as_str()?.split_once(':')?;
        (prefix.eq_ignore_ascii_case(service) && !name.contains(['*', '?'])).then(|| name.to_owned())
    };
    actions.filter_map(|action| full(&action)).collect()
}

/// The elements of a list, or the one that stands in its place.
fn several(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_that_are_named_in_full_are_found() {
        let text = r#"{"Statement": [{"Action": ["notes:Read", "Notes:Write", "notes:*", "iam:GetUser", 7]}, {"NotAction": "notes:Go"}]}"#;
        assert_eq!(named(text, "notes"), ["Read", "Write", "Go"]);
        assert_eq!(named(r#"{"Statement": {"Action": "notes:Read"}}"#, "notes"), ["Read"]);
        assert!(named("no policy", "notes").is_empty());
    }

    #[test]
    fn an_arn_says_whose_policies_are_meant() {
        let of = |arn| owner(arn).map(|(kind, name)| (kind.as_str(), name));
        assert_eq!(of("arn:aws:iam::1:user/a/b/ann"), Some(("User", "ann")));
        assert_eq!(of("arn:aws:iam::1:role/app"), Some(("Role", "app")));
        for other in ["arn:aws:iam::1:root", "AKIAEXAMPLE", "arn:aws:sts::1:assumed-role/app/x", ""] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
