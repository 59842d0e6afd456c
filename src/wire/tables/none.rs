//! Calls about what accounts have none of.

use serde_json::{Value, json};

/// Each operation, and an input that its model takes.
pub fn calls() -> Vec<(&'static str, Value)> {
    vec![
        ("iam:AcceptDelegationRequest", json!({"DelegationRequestId": "delegation-request-0000"})),
        ("iam:AssociateDelegationRequest", json!({"DelegationRequestId": "delegation-request-0000"})),
        ("iam:GetDelegationRequest", json!({"DelegationRequestId": "delegation-request-0000"})),
        ("iam:RejectDelegationRequest", json!({"DelegationRequestId": "delegation-request-0000"})),
        ("iam:SendDelegationToken", json!({"DelegationRequestId": "delegation-request-0000"})),
        ("iam:UpdateDelegationRequest", json!({"DelegationRequestId": "delegation-request-0000"})),
        ("iam:ListDelegationRequests", json!({})),
        (
            "iam:CreateDelegationRequest",
            json!({"Description": "d", "Permissions": {"PolicyTemplateArn": "arn:aws:iam::aws:delegation-template/t"}, "RequestorWorkflowId": "workflow", "NotificationChannel": "channel", "SessionDuration": 900}),
        ),
        ("iam:CreateInstanceProfile", json!({"InstanceProfileName": "p"})),
        ("iam:GetInstanceProfile", json!({"InstanceProfileName": "p"})),
        ("iam:DeleteInstanceProfile", json!({"InstanceProfileName": "p"})),
        ("iam:ListInstanceProfileTags", json!({"InstanceProfileName": "p"})),
        ("iam:AddRoleToInstanceProfile", json!({"InstanceProfileName": "p", "RoleName": "app"})),
        ("iam:RemoveRoleFromInstanceProfile", json!({"InstanceProfileName": "p", "RoleName": "app"})),
        ("iam:TagInstanceProfile", json!({"InstanceProfileName": "p", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("iam:UntagInstanceProfile", json!({"InstanceProfileName": "p", "TagKeys": ["a"]})),
        ("iam:ListInstanceProfiles", json!({})),
        ("iam:ListInstanceProfilesForRole", json!({"RoleName": "app"})),
        ("iam:GetServerCertificate", json!({"ServerCertificateName": "c"})),
        ("iam:DeleteServerCertificate", json!({"ServerCertificateName": "c"})),
        ("iam:UpdateServerCertificate", json!({"ServerCertificateName": "c"})),
        ("iam:ListServerCertificateTags", json!({"ServerCertificateName": "c"})),
        ("iam:TagServerCertificate", json!({"ServerCertificateName": "c", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("iam:UntagServerCertificate", json!({"ServerCertificateName": "c", "TagKeys": ["a"]})),
        ("iam:ListServerCertificates", json!({})),
        ("iam:UploadServerCertificate", json!({"ServerCertificateName": "c", "CertificateBody": "b", "PrivateKey": "k"})),
        ("iam:GetSSHPublicKey", json!({"UserName": "ann", "SSHPublicKeyId": "APKAAAAAAAAAAAAAAAAA", "Encoding": "SSH"})),
        ("iam:DeleteSSHPublicKey", json!({"UserName": "ann", "SSHPublicKeyId": "APKAAAAAAAAAAAAAAAAA"})),
        ("iam:UpdateSSHPublicKey", json!({"UserName": "ann", "SSHPublicKeyId": "APKAAAAAAAAAAAAAAAAA", "Status": "Active"})),
        ("iam:ListSSHPublicKeys", json!({})),
        ("iam:UploadSSHPublicKey", json!({"UserName": "ann", "SSHPublicKeyBody": "ssh-rsa AAAA"})),
        ("iam:DeleteServiceSpecificCredential", json!({"ServiceSpecificCredentialId": "ACCAAAAAAAAAAAAAAAAA"})),
        ("iam:ResetServiceSpecificCredential", json!({"ServiceSpecificCredentialId": "ACCAAAAAAAAAAAAAAAAA"})),
        ("iam:UpdateServiceSpecificCredential", json!({"ServiceSpecificCredentialId": "ACCAAAAAAAAAAAAAAAAA", "Status": "Active"})),
        ("iam:ListServiceSpecificCredentials", json!({})),
        ("iam:CreateServiceSpecificCredential", json!({"UserName": "ann", "ServiceName": "codecommit.amazonaws.com"})),
        ("iam:DeleteSigningCertificate", json!({"CertificateId": "AAAAAAAAAAAAAAAAAAAAAAAA"})),
        ("iam:UpdateSigningCertificate", json!({"CertificateId": "AAAAAAAAAAAAAAAAAAAAAAAA", "Status": "Active"})),
        ("iam:ListSigningCertificates", json!({})),
        ("iam:UploadSigningCertificate", json!({"CertificateBody": "b"})),
    ]
}
