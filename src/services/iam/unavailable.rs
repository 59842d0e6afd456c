//! What accounts of this deployment have none of: server and signing certificates, SSH keys, credentials of single services, instance
//! profiles and delegation requests. Lists are empty, nothing is found, and nothing can be made: the quota is none.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::errors::Error;
use crate::context::Context;
use crate::iam::entity::Role;
use crate::operation::{Operation, signed};

/// Whatever is said: nobody reads it. Nothing is there to be asked about.
#[derive(Deserialize)]
pub struct Request {
    #[serde(flatten)]
    _said: Map<String, Value>,
}

asks_about_everything!(Request);

/// No answer has one of these.
#[derive(Serialize)]
pub struct Never {}

/// The operations that find nothing.
const MISSING: [&str; 23] = [
    "AcceptDelegationRequest",
    "AddRoleToInstanceProfile",
    "AssociateDelegationRequest",
    "DeleteInstanceProfile",
    "DeleteSSHPublicKey",
    "DeleteServerCertificate",
    "DeleteServiceSpecificCredential",
    "DeleteSigningCertificate",
    "GetDelegationRequest",
    "GetInstanceProfile",
    "GetSSHPublicKey",
    "GetServerCertificate",
    "ListInstanceProfileTags",
    "ListServerCertificateTags",
    "RejectDelegationRequest",
    "RemoveRoleFromInstanceProfile",
    "ResetServiceSpecificCredential",
    "SendDelegationToken",
    "TagInstanceProfile",
    "TagServerCertificate",
    "UntagInstanceProfile",
    "UntagServerCertificate",
    "UpdateDelegationRequest",
];

/// More of them.
const MISSING_TOO: [&str; 4] =
    ["UpdateSSHPublicKey", "UpdateServerCertificate", "UpdateServiceSpecificCredential", "UpdateSigningCertificate"];

/// The operations that would make something.
const NONE_MAY_BE: [(&str, &str); 5] = [
    ("CreateDelegationRequest", "DelegationRequestsPerAccount"),
    ("CreateInstanceProfile", "InstanceProfilesPerAccount"),
    ("UploadSSHPublicKey", "SSHPublicKeysPerUser"),
    ("UploadServerCertificate", "ServerCertificatesPerAccount"),
    ("UploadSigningCertificate", "SigningCertificatesPerUser"),
];

/// The lists.
const EMPTY: [&str; 6] = [
    "ListDelegationRequests",
    "ListInstanceProfiles",
    "ListSSHPublicKeys",
    "ListServerCertificates",
    "ListServiceSpecificCredentials",
    "ListSigningCertificates",
];

/// All of them.
pub fn operations() -> Vec<Operation> {
    let missing = MISSING.into_iter().chain(MISSING_TOO).map(|name| signed(name, missing));
    let none_may_be = NONE_MAY_BE.into_iter().map(|(name, quota)| {
        signed(name, async move |_: &Context, (): (), _: Request| {
            Err::<Never, _>(Error::LimitExceeded(format!("Cannot exceed quota for {quota}: 0")))
        })
    });
    let rest = [signed("CreateServiceSpecificCredential", no_such_service), signed("ListInstanceProfilesForRole", none_of_a_role)];
    missing.chain(none_may_be).chain(EMPTY.into_iter().map(|name| signed(name, empty))).chain(rest).collect()
}

/// Whether an operation is one of these, and names nobody.
#[cfg(test)]
pub fn names_nobody(name: &str) -> bool {
    operations().iter().any(|operation| operation.name == name && name != "ListInstanceProfilesForRole")
}

async fn missing(_: &Context, (): (), _: Request) -> Result<Never, Error> {
    Err(Error::NoSuchEntity("The entity cannot be found: accounts of this deployment have none of its kind.".to_owned()))
}

async fn no_such_service(_: &Context, (): (), _: Request) -> Result<Never, Error> {
    Err(Error::ServiceNotSupported)
}

/// An empty list under each name that an answer may have one by: the model takes its own.
async fn empty(_: &Context, (): (), _: Request) -> Result<Value, Error> {
    Ok(nothing())
}

fn nothing() -> Value {
    json!({
        "Certificates": [],
        "DelegationRequests": [],
        "InstanceProfiles": [],
        "SSHPublicKeys": [],
        "ServerCertificateMetadataList": [],
        "ServiceSpecificCredentials": [],
        "IsTruncated": false,
        "isTruncated": false,
    })
}

/// Of a role, which must be there.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OfRole {
    role_name: String,
    #[serde(flatten)]
    _page: Map<String, Value>,
}

asks_about_role!(OfRole);

async fn none_of_a_role(_: &Context, _: Role, _: OfRole) -> Result<Value, Error> {
    Ok(nothing())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn lists_are_empty_nothing_is_found_and_nothing_is_made() {
        let app = TestApp::new().await;
        app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let call = async |operation: &str, input: Value| app.admin().call(operation, input).await;
        for (operation, input, list) in [
            ("ListInstanceProfiles", json!({}), "InstanceProfiles"),
            ("ListInstanceProfilesForRole", json!({"RoleName": "app"}), "InstanceProfiles"),
            ("ListServerCertificates", json!({}), "ServerCertificateMetadataList"),
            ("ListSigningCertificates", json!({}), "Certificates"),
        ] {
            assert_eq!(call(operation, input).await.ok(), json!({list: "", "IsTruncated": "false"}), "{operation}");
        }
        for (operation, input, code) in [
            ("GetInstanceProfile", json!({"InstanceProfileName": "p"}), "NoSuchEntity"),
            ("ListInstanceProfilesForRole", json!({"RoleName": "none"}), "NoSuchEntity"),
            ("CreateInstanceProfile", json!({"InstanceProfileName": "p"}), "LimitExceeded"),
            ("CreateServiceSpecificCredential", json!({"UserName": "u", "ServiceName": "codecommit.amazonaws.com"}), "NotSupportedService"),
        ] {
            assert_eq!(call(operation, input).await.code(), code, "{operation}");
        }
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"}])).await;
        assert_eq!(ann.call("ListInstanceProfiles", json!({})).await.code(), "AccessDenied");
    }
}
