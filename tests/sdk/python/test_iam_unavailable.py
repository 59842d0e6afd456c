"""Account aliases, and what accounts here have none of."""

import json

import pytest
from support import ACCOUNT, refusal

TAGS = [{"Key": "a", "Value": "b"}]


@pytest.fixture(scope="module")
def iam(server):
    client = server.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    client.create_role(RoleName="of-none", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}))
    return client


def test_an_account_has_one_alias(iam):
    iam.create_account_alias(AccountAlias="walk-notes")
    assert iam.list_account_aliases()["AccountAliases"] == ["walk-notes"]
    iam.delete_account_alias(AccountAlias="walk-notes")
    assert iam.list_account_aliases()["AccountAliases"] == []


def test_a_roles_description_is_changed_by_the_older_operation_too(iam):
    assert iam.update_role_description(RoleName="of-none", Description="d")["Role"]["Description"] == "d"


def test_lists_are_empty(iam):
    assert iam.list_instance_profiles()["InstanceProfiles"] == []
    assert iam.list_instance_profiles_for_role(RoleName="of-none")["InstanceProfiles"] == []
    assert iam.list_server_certificates()["ServerCertificateMetadataList"] == []
    assert iam.list_signing_certificates()["Certificates"] == []
    assert iam.list_ssh_public_keys()["SSHPublicKeys"] == []
    assert iam.list_service_specific_credentials()["ServiceSpecificCredentials"] == []
    assert iam.list_delegation_requests().get("DelegationRequests", []) == []


def test_nothing_is_found(iam):
    profile, certificate = {"InstanceProfileName": "p"}, {"ServerCertificateName": "c"}
    key = {"UserName": "nobody", "SSHPublicKeyId": "A" * 20}
    credential, signing = {"ServiceSpecificCredentialId": "A" * 20}, {"CertificateId": "A" * 24}
    request = {"DelegationRequestId": "delegation-request-0000"}
    for call, named in [
        (iam.get_instance_profile, profile),
        (iam.delete_instance_profile, profile),
        (iam.list_instance_profile_tags, profile),
        (iam.add_role_to_instance_profile, {**profile, "RoleName": "of-none"}),
        (iam.remove_role_from_instance_profile, {**profile, "RoleName": "of-none"}),
        (iam.tag_instance_profile, {**profile, "Tags": TAGS}),
        (iam.untag_instance_profile, {**profile, "TagKeys": ["a"]}),
        (iam.get_server_certificate, certificate),
        (iam.delete_server_certificate, certificate),
        (iam.update_server_certificate, certificate),
        (iam.list_server_certificate_tags, certificate),
        (iam.tag_server_certificate, {**certificate, "Tags": TAGS}),
        (iam.untag_server_certificate, {**certificate, "TagKeys": ["a"]}),
        (iam.get_ssh_public_key, {**key, "Encoding": "SSH"}),
        (iam.delete_ssh_public_key, key),
        (iam.update_ssh_public_key, {**key, "Status": "Active"}),
        (iam.delete_service_specific_credential, credential),
        (iam.reset_service_specific_credential, credential),
        (iam.update_service_specific_credential, {**credential, "Status": "Active"}),
        (iam.delete_signing_certificate, signing),
        (iam.update_signing_certificate, {**signing, "Status": "Active"}),
        (iam.accept_delegation_request, request),
        (iam.associate_delegation_request, request),
        (iam.get_delegation_request, request),
        (iam.reject_delegation_request, request),
        (iam.send_delegation_token, request),
        (iam.update_delegation_request, request),
    ]:
        assert refusal(call, **named)[0] == "NoSuchEntity", call


def test_nothing_is_made(iam):
    for call, named in [
        (iam.create_instance_profile, {"InstanceProfileName": "p"}),
        (iam.upload_server_certificate, {"ServerCertificateName": "c", "CertificateBody": "b", "PrivateKey": "k"}),
        (iam.upload_ssh_public_key, {"UserName": "nobody", "SSHPublicKeyBody": "ssh-rsa AAAA"}),
        (iam.upload_signing_certificate, {"CertificateBody": "b"}),
        (iam.create_delegation_request, {
            "Description": "d", "Permissions": {"PolicyTemplateArn": "arn:aws:iam::aws:delegation-template/t"},
            "RequestorWorkflowId": "workflow", "NotificationChannel": "channel", "SessionDuration": 900}),
    ]:
        assert refusal(call, **named)[0] == "LimitExceeded", call
    refused = refusal(iam.create_service_specific_credential, UserName="nobody", ServiceName="codecommit.amazonaws.com")
    assert refused[0] == "NotSupportedService"
