//! Inline policies: what those of users, of groups and of roles have alike.

use serde::Serialize;

use super::errors::Error;
use super::pages::Asked;
use super::policy_document::characters;
use crate::context::Context;
use crate::kit::id::UniqueId;
use crate::policy::{self, PolicyKind};
use crate::store::{self, Conn};

/// Inline policies of one user, together, without blanks (IAM user guide, "IAM quotas").
pub const USER_POLICY_CHARACTERS: usize = 2048;

/// Inline policies of one group, together, without blanks.
pub const GROUP_POLICY_CHARACTERS: usize = 5120;

/// Inline policies of one role, together, without blanks.
pub const ROLE_POLICY_CHARACTERS: usize = 10_240;

/// How much somebody's inline policies may hold together.
pub struct Bound<'a> {
    /// Characters, without blanks.
    pub characters: usize,
    /// Whose they are, by name.
    pub whose: &'a str,
}

/// An inline policy that is one: read before the transaction that sets it, which holds up every other writer.
pub struct InlinePolicy<'a> {
    name: &'a str,
    document: &'a str,
}

impl<'a> InlinePolicy<'a> {
    /// Reads it.
    ///
    /// # Errors
    /// MalformedPolicyDocument.
    pub fn read(name: &'a str, document: &'a str) -> Result<Self, Error> {
        policy::parse_as(document, PolicyKind::Identity)?;
        Ok(Self { name, document })
    }

    /// Sets it, if the owner's policies stay within their bound together.
    pub async fn put(&self, cx: &Context, tx: &mut Conn, owner_id: &UniqueId, bound: &Bound<'_>) -> Result<(), Error> {
        let others = store::iam::policies(tx, &cx.account_id, owner_id).await?;
        let others = others.iter().filter(|(other, _)| *other != self.name).map(|(_, text)| characters(text));
        if characters(self.document) + others.sum::<usize>() > bound.characters {
            return Err(Error::LimitExceeded(format!("Maximum policy size of {} bytes exceeded for {}", bound.characters, bound.whose)));
        }
        store::iam::put_policy(tx, &cx.account_id, owner_id, self.name, self.document).await?;
        Ok(())
    }
}

/// Of whom inline policies are: how messages call them.
#[derive(Clone, Copy)]
pub enum OwnerKind {
    /// A user's.
    User,
    /// A group's.
    Group,
    /// A role's.
    Role,
}

impl OwnerKind {
    /// They have no inline policy of that name.
    fn no_policy(self, name: &str) -> Error {
        let kind = match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        };
        Error::NoSuchEntity(format!("The {kind} policy with name {name} cannot be found."))
    }

    /// The text of an inline policy.
    ///
    /// # Errors
    /// NoSuchEntity.
    pub async fn document(self, cx: &Context, owner_id: &UniqueId, name: &str) -> Result<String, Error> {
        let found = cx.read(async |tx| store::iam::find_policy(tx, &cx.account_id, owner_id, name).await).await?;
        found.ok_or_else(|| self.no_policy(name))
    }

    /// Deletes an inline policy.
    ///
    /// # Errors
    /// NoSuchEntity.
    pub async fn delete(self, cx: &Context, tx: &mut Conn, owner_id: &UniqueId, name: &str) -> Result<(), Error> {
        let was_there = store::iam::delete_policy(tx, &cx.account_id, owner_id, name).await?;
        if was_there { Ok(()) } else { Err(self.no_policy(name)) }
    }
}

/// The names of somebody's inline policies, as answers give them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamesAnswer {
    policy_names: Vec<String>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl NamesAnswer {
    /// A page of the names of a user's, group's or role's.
    pub async fn page(cx: &Context, owner_id: &UniqueId, asked: &Asked<'_>) -> Result<Self, Error> {
        let names = cx.read(async |tx| store::iam::policy_names(tx, &cx.account_id, owner_id).await).await?;
        let place = ["iam inline policies", cx.account_id.as_str(), owner_id.as_str()];
        let (policy_names, marker) = asked.of_whole(cx, &place, names.into_iter().collect(), Clone::clone)?;
        Ok(Self { policy_names, is_truncated: marker.is_some(), marker })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    const DOCUMENT: &str = r#"{"Version": "2012-10-17",
        "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a+b c/é"}}"#;

    #[actix_web::test]
    async fn policies_are_listed_by_name_given_as_they_were_put_and_deleted_once() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        for (kind, name) in [("User", "ann"), ("Role", "app")] {
            let call = async |operation: &str, policy: Option<&str>, more: serde_json::Value| {
                let mut request = more;
                request[format!("{kind}Name")] = name.into();
                if let Some(policy) = policy {
                    request["PolicyName"] = policy.into();
                }
                app.admin().call(&operation.replace('*', kind), request).await
            };
            let listed = if kind == "User" { "ListUserPolicies" } else { "ListRolePolicies" };
            assert_eq!(call(listed, None, json!({})).await.ok()["PolicyNames"], "");
            for policy in ["b", "a", "B"] {
                call("Put*Policy", Some(policy), json!({"PolicyDocument": DOCUMENT})).await.ok();
            }
            let page = call(listed, None, json!({"MaxItems": 2})).await.ok();
            assert_eq!((&page["PolicyNames"], &page["IsTruncated"]), (&json!(["B", "a"]), &"true".into()));
            assert_eq!(call(listed, None, json!({"Marker": page["Marker"]})).await.ok()["PolicyNames"], json!(["b"]));
            let given = call("Get*Policy", Some("b"), json!({})).await.ok();
            assert_eq!((&given[format!("{kind}Name")], &given["PolicyName"]), (&name.into(), &"b".into()));
            let text = given["PolicyDocument"].as_str().unwrap();
            assert!(!text.contains(['+', ' ', '"', '{']), "{text}");
            assert_eq!(percent_encoding::percent_decode_str(text).decode_utf8().unwrap(), DOCUMENT);
            for policy in ["a", "b", "B"] {
                call("Delete*Policy", Some(policy), json!({})).await.ok();
            }
            let missing = format!("The {} policy with name a cannot be found.", kind.to_lowercase());
            for operation in ["Delete*Policy", "Get*Policy"] {
                assert_eq!(call(operation, Some("a"), json!({})).await.error(), ("NoSuchEntity".to_owned(), missing.clone()));
            }
        }
    }

    #[actix_web::test]
    async fn a_deny_that_is_deleted_and_one_that_is_put_hold_on_every_node() {
        let app = TestApp::new().await;
        let there = app.another_node().await;
        there.app.db.catch_up().await.unwrap();
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}])).await;
        let key = app.admin().call("CreateAccessKey", json!({"UserName": "ann"})).await.ok()["AccessKey"].clone();
        let ann_there = there.holder_of(key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap(), None);
        let deny = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}).to_string();
        let both = async || {
            there.app.db.catch_up().await.unwrap();
            [ann.call("iam:ListUsers", json!({})).await.code(), ann_there.call("iam:ListUsers", json!({})).await.code()]
        };
        assert_eq!(both().await, ["", ""]);
        app.admin().call("PutUserPolicy", json!({"UserName": "ann", "PolicyName": "deny", "PolicyDocument": deny})).await.ok();
        assert_eq!(both().await, ["AccessDenied", "AccessDenied"]);
        app.admin().call("DeleteUserPolicy", json!({"UserName": "ann", "PolicyName": "deny"})).await.ok();
        assert_eq!(both().await, ["", ""]);
    }
}
