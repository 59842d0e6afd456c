//! What is another account's is not there, for any operation that names a user, group, role or key.

use serde_json::{Value, json};

use super::{operations, unavailable};
use crate::testing::{ACCOUNT, TestApp};

/// A request of an operation about the user, group or role of this name; `None` for one that names none.
fn about(operation: &str, name: &str) -> Option<Value> {
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}).to_string();
    let trust =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}});
    let mut request = match operation {
        "AttachGroupPolicy" | "AttachRolePolicy" | "AttachUserPolicy" | "DetachGroupPolicy" | "DetachRolePolicy" | "DetachUserPolicy" => {
            json!({"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})
        }
        "PutRolePermissionsBoundary" | "PutUserPermissionsBoundary" => {
            json!({"PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"})
        }
        "DeleteAccessKey" => json!({"AccessKeyId": "AKIAAAAAAAAAAAAAAAAA"}),
        "AddUserToGroup" | "RemoveUserFromGroup" => json!({"UserName": "own"}),
        "DeleteGroupPolicy" | "DeleteRolePolicy" | "DeleteUserPolicy" | "GetGroupPolicy" | "GetRolePolicy" | "GetUserPolicy" => {
            json!({"PolicyName": "p"})
        }
        "PutGroupPolicy" | "PutRolePolicy" | "PutUserPolicy" => json!({"PolicyName": "p", "PolicyDocument": policy}),
        "TagRole" | "TagUser" => json!({"Tags": [{"Key": "k", "Value": "v"}]}),
        "UntagRole" | "UntagUser" => json!({"TagKeys": ["k"]}),
        "UpdateAccessKey" => json!({"AccessKeyId": "AKIAAAAAAAAAAAAAAAAA", "Status": "Inactive"}),
        "UpdateAssumeRolePolicy" => json!({"PolicyDocument": trust.to_string()}),
        "UpdateUser" => json!({"NewUserName": "other"}),
        "EnableMFADevice" | "ResyncMFADevice" => {
            json!({"SerialNumber": "arn:aws:iam::111111111111:mfa/d", "AuthenticationCode1": "000000", "AuthenticationCode2": "000000"})
        }
        "DeactivateMFADevice" | "GetMFADevice" => json!({"SerialNumber": "arn:aws:iam::111111111111:mfa/d"}),
        "AddClientIDToOpenIDConnectProvider" | "RemoveClientIDFromOpenIDConnectProvider" => json!({"ClientID": "c"}),
        "TagOpenIDConnectProvider" => json!({"Tags": [{"Key": "k", "Value": "v"}]}),
        "UntagOpenIDConnectProvider" => json!({"TagKeys": ["k"]}),
        "UpdateOpenIDConnectProviderThumbprint" => json!({"ThumbprintList": ["0".repeat(40)]}),
        "GetOpenIDConnectProvider" | "ListOpenIDConnectProviderTags" => json!({}),
        "DeleteVirtualMFADevice" | "ListMFADeviceTags" => json!({}),
        "TagMFADevice" => json!({"Tags": [{"Key": "k", "Value": "v"}]}),
        "UntagMFADevice" => json!({"TagKeys": ["k"]}),
        "CreateLoginProfile" | "UpdateLoginProfile" => json!({"Password": "correct-horse-1A"}),
        "CreateAccessKey"
        | "DeleteLoginProfile"
        | "GetLoginProfile"
        | "DeleteGroup"
        | "DeleteRole"
        | "DeleteRolePermissionsBoundary"
        | "DeleteUser"
        | "DeleteUserPermissionsBoundary"
        | "GetGroup"
        | "GetRole"
        | "GetUser"
        | "ListAccessKeys"
        | "ListAttachedGroupPolicies"
        | "ListAttachedRolePolicies"
        | "ListAttachedUserPolicies"
        | "ListGroupPolicies"
        | "ListGroupsForUser"
        | "ListMFADevices"
        | "ListRolePolicies"
        | "ListRoleTags"
        | "ListUserPolicies"
        | "ListUserTags"
        | "ListInstanceProfilesForRole"
        | "UpdateGroup"
        | "UpdateRole" => json!({}),
        "UpdateRoleDescription" => json!({"Description": "d"}),
        _ => return None,
    };
    let member = match operation {
        "ListGroupsForUser" => "UserName",
        _ if operation.contains("Group") => "GroupName",
        _ if operation.contains("Role") => "RoleName",
        _ => "UserName",
    };
    if matches!(operation, "DeleteVirtualMFADevice" | "ListMFADeviceTags" | "TagMFADevice" | "UntagMFADevice") {
        request["SerialNumber"] = format!("arn:aws:iam::{ACCOUNT}:mfa/{name}").into();
        return Some(request);
    }
    if operation.contains("OpenIDConnectProvider") {
        request["OpenIDConnectProviderArn"] = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{name}.example").into();
        return Some(request);
    }
    request[member] = name.into();
    Some(request)
}

#[actix_web::test]
async fn what_another_account_has_is_not_told_from_what_nobody_has() {
    let app = TestApp::new().await;
    app.admin().call("iam:CreateUser", json!({"UserName": "theirs"})).await.ok();
    app.admin().call("iam:CreateGroup", json!({"GroupName": "theirs"})).await.ok();
    app.admin().call("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "theirs"})).await.ok();
    app.role("theirs", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
    app.admin().call("CreateOpenIDConnectProvider", json!({"Url": "https://theirs.example"})).await.ok();
    let other = app.root_of("111111111111").await;
    other.call("iam:CreateUser", json!({"UserName": "own"})).await.ok();
    let mut asked = 0;
    for operation in operations() {
        let mut answers = Vec::new();
        for name in ["theirs", "nobody"] {
            let Some(request) = about(operation.name, name) else { continue };
            let (code, message) = other.call(&format!("iam:{}", operation.name), request).await.error();
            assert_eq!(code, "NoSuchEntity", "{}: {message}", operation.name);
            answers.push(message.replace(name, "…"));
        }
        asked += usize::from(!answers.is_empty());
        answers.dedup();
        assert!(answers.len() <= 1, "{}: {answers:?}", operation.name);
    }
    assert!(asked > 20, "{asked}");
}

/// Every operation of a table is either asked above, or here said to name no user, group or role of the caller's account.
#[test]
fn no_operation_that_names_somebody_is_left_out() {
    let of_nobody = [
        "ChangePassword",
        "DeleteAccountPasswordPolicy",
        "GetAccountAuthorizationDetails",
        "GetAccountPasswordPolicy",
        "UpdateAccountPasswordPolicy",
        "CreateAccountAlias",
        "DeleteAccountAlias",
        "ListAccountAliases",
        "CreateGroup",
        "CreateOpenIDConnectProvider",
        "CreatePolicy",
        "CreatePolicyVersion",
        "CreateRole",
        "CreateUser",
        "CreateVirtualMFADevice",
        // One that is not there is none to delete: `oidc_provider`.
        "DeleteOpenIDConnectProvider",
        "DeletePolicy",
        "DeletePolicyVersion",
        "GenerateCredentialReport",
        "GetAccessKeyLastUsed",
        "GetAccountSummary",
        "GetContextKeysForCustomPolicy",
        "GetContextKeysForPrincipalPolicy",
        "GetCredentialReport",
        "GetPolicy",
        "GetPolicyVersion",
        "ListEntitiesForPolicy",
        "ListGroups",
        "ListOpenIDConnectProviders",
        "ListPolicies",
        "ListPolicyTags",
        "ListPolicyVersions",
        "ListRoles",
        "ListUsers",
        "ListVirtualMFADevices",
        "SetDefaultPolicyVersion",
        "SimulateCustomPolicy",
        "SimulatePrincipalPolicy",
        "TagPolicy",
        "UntagPolicy",
    ];
    for operation in operations() {
        let is_asked = about(operation.name, "x").is_some();
        let names_nobody = of_nobody.contains(&operation.name) || unavailable::names_nobody(operation.name);
        assert!(is_asked != names_nobody, "{}", operation.name);
    }
}
