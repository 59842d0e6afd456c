//! GetAccountSummary: what the account has, and what it may have.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::add_user_to_group::GROUPS_PER_USER;
use super::attachments::POLICIES_PER_ENTITY;
use super::create_access_key::KEYS_PER_USER;
use super::create_group::GROUPS_PER_ACCOUNT;
use super::create_policy::POLICIES_PER_ACCOUNT;
use super::create_policy_version::VERSIONS_PER_POLICY;
use super::errors::Error;
use super::inline_policies::{GROUP_POLICY_CHARACTERS, ROLE_POLICY_CHARACTERS, USER_POLICY_CHARACTERS};
use super::policy_document::POLICY_CHARACTERS;
use super::trusted::TRUST_POLICY_CHARACTERS;
use crate::context::Context;
use crate::store;

#[derive(Deserialize)]
pub struct Request {}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    summary_map: Map<String, Value>,
}

pub async fn handle(cx: &Context, (): (), _: Request) -> Result<Response, Error> {
    let has = cx.read(async |tx| store::iam::account_counts(tx, &cx.account_id).await).await?;
    let summary = json!({
        "Users": has.users,
        "Groups": has.user_groups,
        "Roles": has.roles,
        "Policies": has.policies,
        "PolicyVersionsInUse": has.versions,
        "MFADevices": has.devices,
        "MFADevicesInUse": has.devices_in_use,
        "AccountMFAEnabled": i64::from(has.root_devices > 0),
        "AccountAccessKeysPresent": i64::from(has.root_keys > 0),
        // The root has an access key only.
        "AccountPasswordPresent": 0,
        "AccountSigningCertificatesPresent": 0,
        "InstanceProfiles": 0,
        "Providers": has.providers,
        "ServerCertificates": 0,
        "GroupsQuota": GROUPS_PER_ACCOUNT,
        "PoliciesQuota": POLICIES_PER_ACCOUNT,
        "AccessKeysPerUserQuota": KEYS_PER_USER,
        "GroupsPerUserQuota": GROUPS_PER_USER,
        "AttachedPoliciesPerUserQuota": POLICIES_PER_ENTITY,
        "AttachedPoliciesPerGroupQuota": POLICIES_PER_ENTITY,
        "AttachedPoliciesPerRoleQuota": POLICIES_PER_ENTITY,
        "VersionsPerPolicyQuota": VERSIONS_PER_POLICY,
        "PolicySizeQuota": POLICY_CHARACTERS,
        "UserPolicySizeQuota": USER_POLICY_CHARACTERS,
        "GroupPolicySizeQuota": GROUP_POLICY_CHARACTERS,
        "RolePolicySizeQuota": ROLE_POLICY_CHARACTERS,
        "AssumeRolePolicySizeQuota": TRUST_POLICY_CHARACTERS,
        // What AWS says, and nothing here is bounded by.
        "UsersQuota": 5000,
        "RolesQuota": 1000,
        "PolicyVersionsInUseQuota": 10_000,
        "InstanceProfilesQuota": 1000,
        "ServerCertificatesQuota": 20,
        "SigningCertificatesPerUserQuota": 2,
        "GlobalEndpointTokenVersion": 2,
    });
    let Value::Object(summary_map) = summary else { return Ok(Response { summary_map: Map::new() }) };
    Ok(Response { summary_map })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn what_the_account_has_is_counted() {
        let app = TestApp::new().await;
        app.user_with(json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])).await;
        app.admin().call("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "d"})).await.ok();
        app.root_of("111111111111").await.call("iam:CreateUser", json!({"UserName": "theirs"})).await.ok();
        let answer = app.admin().call("GetAccountSummary", json!({})).await.text;
        let entry = |key: &str, value: i64| answer.contains(&format!("<entry><key>{key}</key><value>{value}</value></entry>"));
        for (key, value) in [
            ("Users", 1),
            ("Groups", 0),
            ("MFADevices", 1),
            ("MFADevicesInUse", 0),
            ("AccountMFAEnabled", 0),
            ("AccountAccessKeysPresent", 1),
            ("AccountPasswordPresent", 0),
            ("AccessKeysPerUserQuota", 2),
        ] {
            assert!(entry(key, value), "{key} {answer}");
        }
    }
}
