//! Whom trust policies name: stored by unique id, so that who is made anew under a name is not trusted for it.
//!
//! Source: IAM user guide, "AWS JSON policy elements: Principal", on users and roles that are deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::errors::Error;
use super::policy_document::characters;
use crate::flows::web_identity::{AUDIENCE, PROVIDER};
use crate::iam::entity::Role;
use crate::kit::id::AccountId;
use crate::policy::{self, PolicyKind};
use crate::store::{self, Conn, StoreError};

/// Trust policies are shorter than the model allows (IAM user guide, "IAM quotas"); blanks don't count.
pub const TRUST_POLICY_CHARACTERS: usize = 2048;

/// Whether a text can be a role's trust policy, whoever it names.
///
/// SECURITY: a role that trusts identity pools without saying which would trust everybody's; AWS refuses such a policy.
///
/// # Errors
/// MalformedPolicyDocument; LimitExceeded for one that is too long.
pub fn check(document: &str) -> Result<(), Error> {
    if !policy::parse_as(document, PolicyKind::Trust)?.pins_provider(PROVIDER, AUDIENCE) {
        let message = format!("The trust policy must evaluate {AUDIENCE} for the provider {PROVIDER}.");
        return Err(Error::MalformedPolicyDocument(message));
    }
    if characters(document) > TRUST_POLICY_CHARACTERS {
        return Err(Error::LimitExceeded(format!("Cannot exceed quota for ACLSizePerRole: {TRUST_POLICY_CHARACTERS}")));
    }
    Ok(())
}

/// A trust policy with the account's own users and roles by unique id.
///
/// # Errors
/// MalformedPolicyDocument for users and roles of the account that are not there; those of other accounts are not looked up,
/// for an error would tell of them.
pub async fn by_id(tx: &mut Conn, account_id: &AccountId, document: &str) -> Result<String, Error> {
    let mut ids = BTreeMap::new();
    for entry in policy::aws_principals(document) {
        let found = match Named::read(&entry, account_id) {
            None => continue,
            Some(Named::User(name)) => {
                store::iam::find_user(tx, account_id, name).await?.filter(|user| user.arn() == entry).map(|user| user.id.into())
            }
            Some(Named::Role) => store::iam::find_role_by_arn(tx, &entry).await?.map(|role| role.id.into()),
            Some(Named::SessionOf(name)) => {
                store::iam::find_role(tx, account_id, name).await?.filter(|role| role.name == name).map(|_| entry.clone())
            }
            Some(Named::Id) => store::iam::exists(tx, account_id, &entry.as_str().into()).await?.then(|| entry.clone()),
            Some(Named::Nobody) => None,
        };
        let id = found.ok_or_else(|| Error::MalformedPolicyDocument(format!("Invalid principal in policy: \"AWS\":\"{entry}\"")))?;
        ids.insert(entry, id);
    }
    Ok(policy::replace_aws_principals(document, &ids))
}

/// Lets the trust policies of roles name the account's own users and roles by their ARNs; by their unique ids, where they are
/// gone.
///
/// # Errors
/// [`StoreError`].
pub async fn by_arn(tx: &mut Conn, account_id: &AccountId, roles: &mut [Role]) -> Result<(), StoreError> {
    // Many roles trust the same few: each is looked up once.
    let named: BTreeSet<String> = roles.iter().flat_map(|role| policy::aws_principals(&role.assume_role_policy)).collect();
    let mut arns = BTreeMap::new();
    for id in named {
        let arn = match id.get(..4) {
            Some("AIDA") => store::iam::find_user_by_id(tx, account_id, &id.as_str().into()).await?.map(|user| user.arn().into()),
            Some("AROA") => store::iam::find_role_by_id(tx, account_id, &id.as_str().into()).await?.map(|role| role.arn().into()),
            _ => None,
        };
        arns.extend(arn.map(|arn| (id, arn)));
    }
    for role in roles {
        role.assume_role_policy = policy::replace_aws_principals(&role.assume_role_policy, &arns);
    }
    Ok(())
}

/// Who of an account is meant.
enum Named<'a> {
    /// A user, by name.
    User(&'a str),
    /// A role, by the whole ARN.
    Role,
    /// A session of a role of this name: sessions have no id of their own.
    SessionOf(&'a str),
    /// A user or role, by unique id.
    Id,
    /// What an account cannot have.
    Nobody,
}

impl<'a> Named<'a> {
    /// `None` for everyone, for accounts, and for other accounts'.
    fn read(entry: &'a str, account_id: &AccountId) -> Option<Self> {
        if !entry.contains(':') {
            return (entry.starts_with("AIDA") || entry.starts_with("AROA")).then_some(Self::Id);
        }
        let parts: Vec<&str> = entry.splitn(6, ':').collect();
        let ["arn", partition, service, "", account, resource] = parts.as_slice() else { return None };
        if account_id != account || (*service, *resource) == ("iam", "root") {
            return None;
        }
        Some(match (*partition, *service, resource.split_once('/')) {
            ("aws", "iam", Some(("user", path_and_name))) => Self::User(path_and_name.rsplit('/').next().unwrap_or(path_and_name)),
            ("aws", "iam", Some(("role", _))) => Self::Role,
            ("aws", "sts", Some(("assumed-role", session))) => Self::SessionOf(session.split('/').next().unwrap_or(session)),
            // Nothing tells who holds such a session.
            ("aws", "sts", Some(("federated-user", _))) => return None,
            _ => Self::Nobody,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn whoever_is_made_anew_under_a_name_is_not_trusted_for_it() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/ann");
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}]);
        let role = app.role("app", trust).await;
        let assume = async || ann.call("AssumeRole", json!({"RoleArn": role, "RoleSessionName": "test"})).await;
        assume().await.ok();
        let stored = async || app.app.read(async |tx| store::iam::find_role(tx, &ACCOUNT.into(), "app").await).await.unwrap().unwrap();
        let id = app.admin().call("iam:GetUser", json!({"UserName": "ann"})).await.ok()["User"]["UserId"].as_str().unwrap().to_owned();
        let document = stored().await.assume_role_policy;
        assert!(document.contains(&id) && !document.contains(&arn), "{document}");
        // As if another had had the name when the role was written.
        let former = document.replace(&id, "AIDAFORMERLYANNAAAAAA");
        let other = Role { name: "former".to_owned(), id: "AROAFORMERAAAAAAAAAAA".into(), assume_role_policy: former, ..stored().await };
        app.app.write(async |tx| store::iam::insert_role(tx, &other).await).await.unwrap();
        let refused = ann.call("AssumeRole", json!({"RoleArn": other.arn(), "RoleSessionName": "test"})).await;
        assert_eq!(refused.code(), "AccessDenied");
        for (name, shown) in [("app", arn.as_str()), ("former", "AIDAFORMERLYANNAAAAAA")] {
            let role = app.admin().call("GetRole", json!({"RoleName": name})).await.ok()["Role"].clone();
            let document = role["AssumeRolePolicyDocument"].as_str().unwrap().to_owned();
            let document = percent_encoding::percent_decode_str(&document).decode_utf8().unwrap().into_owned();
            assert_eq!(policy::aws_principals(&document), [shown], "{document}");
        }
    }
}
