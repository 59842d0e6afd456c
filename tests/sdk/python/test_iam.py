"""IAM's users, groups and roles, what is theirs, and identity pools, as an administrator works with them."""

import json

import pytest
from support import ACCOUNT, REGION, Pool, refusal

ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]}


@pytest.fixture(scope="module")
def iam(server):
    return server.client("iam")


@pytest.fixture(scope="module")
def identity(server):
    return server.client("cognito-identity")


def test_a_user_from_first_to_last(server, iam):
    iam.create_user(UserName="lives")
    for name in ["b", "a"]:
        iam.put_user_policy(UserName="lives", PolicyName=name, PolicyDocument=json.dumps(ALLOW))
    assert iam.list_user_policies(UserName="lives")["PolicyNames"] == ["a", "b"]
    assert iam.list_user_policies(UserName="lives", MaxItems=1)["IsTruncated"] is True
    assert [page["PolicyNames"] for page in
            iam.get_paginator("list_user_policies").paginate(UserName="lives", PaginationConfig={"PageSize": 1})] == [["a"], ["b"]]
    assert iam.get_user_policy(UserName="lives", PolicyName="a")["PolicyDocument"] == ALLOW
    iam.tag_user(UserName="lives", Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}])
    iam.untag_user(UserName="lives", TagKeys=["b"])
    assert iam.list_user_tags(UserName="lives")["Tags"] == [{"Key": "a", "Value": "1"}]
    iam.update_user(UserName="lives", NewUserName="lived", NewPath="/old/")
    key = iam.create_access_key(UserName="lived")["AccessKey"]
    assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    mine = server.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    assert mine.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/old/lived"
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert used["UserName"] == "lived" and used["AccessKeyLastUsed"]["ServiceName"] == "sts"
    assert used["AccessKeyLastUsed"]["Region"] == REGION and used["AccessKeyLastUsed"]["LastUsedDate"]
    assert refusal(iam.delete_user, UserName="lived")[0] == "DeleteConflict"
    for name in ["a", "b"]:
        iam.delete_user_policy(UserName="lived", PolicyName=name)
    assert refusal(iam.delete_user, UserName="lived") == ("DeleteConflict", "Cannot delete entity, must delete access keys first.")
    iam.delete_access_key(UserName="lived", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="lived")
    assert refusal(iam.get_user, UserName="lived")[0] == "NoSuchEntity"
    assert refusal(iam.get_access_key_last_used, AccessKeyId=key["AccessKeyId"])[0] == "AccessDenied"


def test_a_group_from_first_to_last(server, iam):
    iam.create_group(GroupName="readers", Path="/lives/")
    iam.create_user(UserName="reader")
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    mine = server.client("iam", key["AccessKeyId"], key["SecretAccessKey"])
    assert refusal(mine.list_users)[0] == "AccessDenied"
    iam.put_group_policy(GroupName="readers", PolicyName="list", PolicyDocument=json.dumps(ALLOW))
    assert iam.get_group_policy(GroupName="readers", PolicyName="list")["PolicyDocument"] == ALLOW
    assert iam.list_group_policies(GroupName="readers")["PolicyNames"] == ["list"]
    iam.add_user_to_group(GroupName="readers", UserName="reader")
    assert mine.list_users()["Users"]
    pages = iam.get_paginator("get_group").paginate(GroupName="readers", PaginationConfig={"PageSize": 1})
    assert [user["UserName"] for page in pages for user in page["Users"]] == ["reader"]
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="reader")["Groups"]] == ["readers"]
    iam.update_group(GroupName="readers", NewGroupName="lectors", NewPath="/")
    assert [group["Arn"] for group in iam.list_groups()["Groups"]] == [f"arn:aws:iam::{ACCOUNT}:group/lectors"]
    simulated = iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:user/reader", ActionNames=["iam:ListUsers"])
    assert simulated["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "group_lectors_list"
    assert refusal(iam.delete_group, GroupName="lectors") == ("DeleteConflict", "Cannot delete entity, must remove users from group first.")
    iam.remove_user_from_group(GroupName="lectors", UserName="reader")
    assert refusal(mine.list_users)[0] == "AccessDenied"
    iam.delete_group_policy(GroupName="lectors", PolicyName="list")
    iam.delete_group(GroupName="lectors")
    assert refusal(iam.get_group, GroupName="lectors") == ("NoSuchEntity", "The group with name lectors cannot be found.")
    iam.delete_access_key(UserName="reader", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="reader")


def test_a_managed_policy_from_first_to_last(server, iam):
    other = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"}]}
    made = iam.create_policy(PolicyName="shared", Path="/lives/", Description="d", PolicyDocument=json.dumps(ALLOW),
                             Tags=[{"Key": "a", "Value": "1"}])["Policy"]
    arn = made["Arn"]
    assert arn == f"arn:aws:iam::{ACCOUNT}:policy/lives/shared" and made["DefaultVersionId"] == "v1"
    iam.create_user(UserName="sharer")
    key = iam.create_access_key(UserName="sharer")["AccessKey"]
    mine = server.client("iam", key["AccessKeyId"], key["SecretAccessKey"])
    assert refusal(mine.list_users)[0] == "AccessDenied"
    iam.attach_user_policy(UserName="sharer", PolicyArn=arn)
    assert mine.list_users()["Users"]
    assert iam.list_attached_user_policies(UserName="sharer")["AttachedPolicies"] == [{"PolicyName": "shared", "PolicyArn": arn}]
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(other), SetAsDefault=True)["PolicyVersion"]
    assert version["VersionId"] == "v2" and version["IsDefaultVersion"]
    assert refusal(mine.list_users)[0] == "AccessDenied"
    mine.list_roles()
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"] == other
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert mine.list_users()["Users"]
    assert [version["VersionId"] for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v2", "v1"]
    iam.put_user_permissions_boundary(UserName="sharer", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonCognitoReadOnly")
    assert refusal(mine.list_users)[0] == "AccessDenied"
    bounded = iam.get_user(UserName="sharer")["User"]["PermissionsBoundary"]
    assert bounded["PermissionsBoundaryArn"] == "arn:aws:iam::aws:policy/AmazonCognitoReadOnly"
    iam.delete_user_permissions_boundary(UserName="sharer")

    iam.create_group(GroupName="sharers")
    iam.attach_group_policy(GroupName="sharers", PolicyArn=arn)
    iam.create_role(RoleName="sharing", AssumeRolePolicyDocument=json.dumps(TRUST), PermissionsBoundary=arn)
    iam.attach_role_policy(RoleName="sharing", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    entities = iam.list_entities_for_policy(PolicyArn=arn)
    assert [user["UserName"] for user in entities["PolicyUsers"]] == ["sharer"]
    assert [group["GroupName"] for group in entities["PolicyGroups"]] == ["sharers"]
    assert [role["RoleName"] for role in entities["PolicyRoles"]] == ["sharing"]
    counted = iam.get_policy(PolicyArn=arn)["Policy"]
    assert (counted["AttachmentCount"], counted["PermissionsBoundaryUsageCount"]) == (2, 1)
    listed = [policy for page in iam.get_paginator("list_policies").paginate(Scope="Local") for policy in page["Policies"]]
    assert [policy["PolicyName"] for policy in listed] == ["shared"]
    assert refusal(iam.delete_policy, PolicyArn=arn) == ("DeleteConflict", "Cannot delete a policy attached to entities.")

    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    iam.untag_policy(PolicyArn=arn, TagKeys=["a"])
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert refusal(iam.delete_user, UserName="sharer") == ("DeleteConflict", "Cannot delete entity, must detach all policies first.")
    iam.detach_user_policy(UserName="sharer", PolicyArn=arn)
    assert refusal(mine.list_users)[0] == "AccessDenied"
    assert iam.list_attached_group_policies(GroupName="sharers")["AttachedPolicies"][0]["PolicyArn"] == arn
    iam.detach_group_policy(GroupName="sharers", PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName="sharing")["AttachedPolicies"][0]["PolicyName"] == "IAMReadOnlyAccess"
    iam.detach_role_policy(RoleName="sharing", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    iam.put_role_permissions_boundary(RoleName="sharing", PermissionsBoundary="arn:aws:iam::aws:policy/AWSDenyAll")
    iam.delete_role_permissions_boundary(RoleName="sharing")
    assert refusal(iam.delete_policy, PolicyArn=arn)[0] == "DeleteConflict"
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)
    assert refusal(iam.get_policy, PolicyArn=arn) == ("NoSuchEntity", f"Policy {arn} was not found.")
    iam.delete_role(RoleName="sharing")
    iam.delete_group(GroupName="sharers")
    iam.delete_access_key(UserName="sharer", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="sharer")


def test_a_role_from_first_to_last(iam):
    for name in ["one", "two"]:
        iam.create_role(RoleName=name, Path="/lives/", AssumeRolePolicyDocument=json.dumps(TRUST))
    pages = iam.get_paginator("list_roles").paginate(PathPrefix="/lives/", PaginationConfig={"PageSize": 1})
    roles = [role for page in pages for role in page["Roles"]]
    assert sorted(role["RoleName"] for role in roles) == ["one", "two"]
    assert roles[0]["AssumeRolePolicyDocument"] == TRUST and "Tags" not in roles[0]
    iam.update_role(RoleName="one", Description="first", MaxSessionDuration=7200)
    iam.tag_role(RoleName="one", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    iam.untag_role(RoleName="one", TagKeys=["b"])
    assert iam.list_role_tags(RoleName="one")["Tags"] == [{"Key": "a", "Value": "1"}]
    other = json.loads(json.dumps(TRUST).replace(ACCOUNT, "111111111111"))
    iam.update_assume_role_policy(RoleName="one", PolicyDocument=json.dumps(other))
    role = iam.get_role(RoleName="one")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("first", 7200)
    assert role["AssumeRolePolicyDocument"] == other
    assert refusal(iam.update_assume_role_policy, RoleName="one", PolicyDocument="{}")[0] == "MalformedPolicyDocument"
    iam.put_role_policy(RoleName="one", PolicyName="p", PolicyDocument=json.dumps(ALLOW))
    assert iam.list_role_policies(RoleName="one")["PolicyNames"] == ["p"]
    assert iam.get_role_policy(RoleName="one", PolicyName="p")["PolicyDocument"] == ALLOW
    assert refusal(iam.delete_role, RoleName="one")[0] == "DeleteConflict"
    iam.delete_role_policy(RoleName="one", PolicyName="p")
    assert refusal(iam.get_role_policy, RoleName="one", PolicyName="p")[0] == "NoSuchEntity"
    for name in ["one", "two"]:
        iam.delete_role(RoleName=name)
    assert iam.list_roles(PathPrefix="/lives/")["Roles"] == []


def test_an_identity_pool_from_first_to_last(server, identity):
    pool = Pool(server)
    provider = {"ProviderName": f"cognito-idp.{REGION}.amazonaws.com/{pool.id}", "ClientId": pool.client_id}
    made = identity.create_identity_pool(
        IdentityPoolName="lives", AllowUnauthenticatedIdentities=True, CognitoIdentityProviders=[provider])
    id = made["IdentityPoolId"]
    pages = identity.get_paginator("list_identity_pools").paginate(PaginationConfig={"PageSize": 2})
    assert {"IdentityPoolId": id, "IdentityPoolName": "lives"} in [found for page in pages for found in page["IdentityPools"]]
    pool.user("lives")
    logins = {provider["ProviderName"]: pool.tokens("lives")["IdToken"]}
    guest = identity.get_id(IdentityPoolId=id)["IdentityId"]
    member = identity.get_id(IdentityPoolId=id, Logins=logins)["IdentityId"]
    described = identity.describe_identity(IdentityId=member)
    assert described["Logins"] == [provider["ProviderName"]] and described["CreationDate"]
    found = identity.list_identities(IdentityPoolId=id, MaxResults=60)
    assert {entry["IdentityId"] for entry in found["Identities"]} == {guest, member}
    assert identity.delete_identities(IdentityIdsToDelete=[guest])["UnprocessedIdentityIds"] == []
    assert refusal(identity.describe_identity, IdentityId=guest)[0] == "ResourceNotFoundException"
    updated = identity.update_identity_pool(
        IdentityPoolId=id, IdentityPoolName="lived", AllowUnauthenticatedIdentities=False, CognitoIdentityProviders=[provider])
    assert updated["IdentityPoolName"] == "lived"
    assert refusal(identity.get_id, IdentityPoolId=id)[0] == "NotAuthorizedException"
    identity.delete_identity_pool(IdentityPoolId=id)
    assert refusal(identity.describe_identity_pool, IdentityPoolId=id)[0] == "ResourceNotFoundException"
    assert refusal(identity.get_id, IdentityPoolId=id, Logins=logins)[0] == "ResourceNotFoundException"
