"""Groups of users, and what tokens say of them."""

import json

import pytest
from support import Pool, claims, refusal


@pytest.fixture(scope="module")
def pool(server):
    return Pool(server)


def role(server, name):
    iam = server.client("iam", "test", "test")
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}]}
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def test_tokens_tell_of_the_groups_of_now(server, pool):
    arn = role(server, "Group" + pool.id[-9:])
    made = pool.idp.create_group(UserPoolId=pool.id, GroupName="admins", RoleArn=arn, Precedence=1, Description="who may")["Group"]
    assert pool.idp.get_group(UserPoolId=pool.id, GroupName="admins")["Group"] == made
    pool.idp.create_group(UserPoolId=pool.id, GroupName="all")
    tokens = pool.tokens(pool.user("alice"))
    assert "cognito:groups" not in claims(tokens["IdToken"])
    for group in ["all", "admins"]:
        pool.idp.admin_add_user_to_group(UserPoolId=pool.id, GroupName=group, Username="alice")

    def refreshed():
        answer = pool.idp.initiate_auth(
            ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
        return claims(answer["AuthenticationResult"]["IdToken"]), claims(answer["AuthenticationResult"]["AccessToken"])

    identity, access = refreshed()
    assert identity["cognito:groups"] == access["cognito:groups"] == ["admins", "all"]
    assert identity["cognito:roles"] == [arn] and identity["cognito:preferred_role"] == arn
    listed = pool.idp.admin_list_groups_for_user(UserPoolId=pool.id, Username="alice")["Groups"]
    assert sorted(group["GroupName"] for group in listed) == ["admins", "all"]
    members = pool.idp.list_users_in_group(UserPoolId=pool.id, GroupName="admins")["Users"]
    assert [user["Username"] for user in members] == ["alice"]
    pool.idp.admin_remove_user_from_group(UserPoolId=pool.id, GroupName="admins", Username="alice")
    identity, access = refreshed()
    assert identity["cognito:groups"] == access["cognito:groups"] == ["all"] and "cognito:roles" not in identity


def test_groups_are_listed_changed_and_deleted(server):
    pool = Pool(server)
    names = [f"g{number}" for number in range(5)]
    for name in names:
        pool.idp.create_group(UserPoolId=pool.id, GroupName=name)
    assert refusal(pool.idp.create_group, UserPoolId=pool.id, GroupName="g0")[0] == "GroupExistsException"
    pages = pool.idp.get_paginator("list_groups").paginate(UserPoolId=pool.id, PaginationConfig={"PageSize": 2})
    assert [group["GroupName"] for page in pages for group in page["Groups"]] == names
    updated = pool.idp.update_group(UserPoolId=pool.id, GroupName="g0", Description="first", Precedence=0)["Group"]
    assert (updated["Description"], updated["Precedence"]) == ("first", 0)
    pool.idp.delete_group(UserPoolId=pool.id, GroupName="g0")
    assert refusal(pool.idp.get_group, UserPoolId=pool.id, GroupName="g0") == ("ResourceNotFoundException", "Group not found.")
