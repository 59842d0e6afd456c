"""What administrators do to users, pools and clients."""

import pytest
from support import PASSWORD, Pool, claims, refusal

OTHER = "0ther-Pa55word!"


@pytest.fixture(scope="module")
def pool(server):
    return Pool(server)


def attributes(pool, name):
    user = pool.idp.admin_get_user(UserPoolId=pool.id, Username=name)
    return {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"] if attribute["Name"] != "sub"}


def test_a_disabled_user_is_out_and_comes_back(pool):
    tokens = pool.tokens(pool.user("disabled"))
    pool.idp.admin_disable_user(UserPoolId=pool.id, Username="disabled")
    assert refusal(pool.sign_in, "disabled") == ("NotAuthorizedException", "User is disabled.")
    assert refusal(pool.idp.get_user, AccessToken=tokens["AccessToken"])[0] == "NotAuthorizedException"
    found = pool.idp.list_users(UserPoolId=pool.id, Filter='status = "Disabled"')["Users"]
    assert [user["Username"] for user in found] == ["disabled"]
    pool.idp.admin_enable_user(UserPoolId=pool.id, Username="disabled")
    pool.tokens("disabled")


def test_a_deleted_user_is_gone(pool):
    tokens = pool.tokens(pool.user("gone"))
    pool.idp.admin_delete_user(UserPoolId=pool.id, Username="gone")
    assert refusal(pool.idp.admin_delete_user, UserPoolId=pool.id, Username="gone") == ("UserNotFoundException", "User does not exist.")
    assert refusal(pool.idp.get_user, AccessToken=tokens["AccessToken"])[0] == "NotAuthorizedException"
    pool.user("gone")


def test_attributes_are_changed_and_deleted(pool):
    pool.user("changed")
    pool.idp.add_custom_attributes(
        UserPoolId=pool.id, CustomAttributes=[{"Name": "tier", "AttributeDataType": "Number", "Mutable": True}])
    pool.idp.admin_update_user_attributes(
        UserPoolId=pool.id, Username="changed",
        UserAttributes=[{"Name": "custom:tier", "Value": "3"}, {"Name": "email", "Value": "new@example.com"}])
    assert attributes(pool, "changed") == {"custom:tier": "3", "email": "new@example.com", "email_verified": "false"}
    assert claims(pool.tokens("changed")["IdToken"])["custom:tier"] == "3"
    pool.idp.admin_delete_user_attributes(UserPoolId=pool.id, Username="changed", UserAttributeNames=["custom:tier", "email"])
    assert attributes(pool, "changed") == {}
    for name in ["sub", "cognito:groups", "custom:none"]:
        refused = refusal(
            pool.idp.admin_update_user_attributes, UserPoolId=pool.id, Username="changed", UserAttributes=[{"Name": name, "Value": "x"}])
        assert refused[0] == "InvalidParameterException", name


def test_an_administrator_turns_mfa_off(pool):
    tokens = pool.tokens(pool.user("factor"))
    pool.enrol_totp("factor", tokens["AccessToken"])
    assert pool.sign_in("factor")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    pool.idp.admin_set_user_mfa_preference(UserPoolId=pool.id, Username="factor", SoftwareTokenMfaSettings={"Enabled": False})
    pool.tokens("factor")


def test_clients_are_listed_changed_and_deleted(server):
    pool = Pool(server)
    pool.user("alice")
    made = [pool.client_id]
    for name in ["a", "b"]:
        client = pool.idp.create_user_pool_client(
            UserPoolId=pool.id, ClientName=name, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
        made.append(client["UserPoolClient"]["ClientId"])
    pages = pool.idp.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool.id, PaginationConfig={"PageSize": 2})
    assert sorted(client["ClientId"] for page in pages for client in page["UserPoolClients"]) == sorted(made)
    assert pool.idp.list_user_pool_clients(UserPoolId=pool.id, ClientType="DCR")["UserPoolClients"] == []
    tokens = pool.idp.initiate_auth(
        ClientId=made[1], AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD})["AuthenticationResult"]
    updated = pool.idp.update_user_pool_client(
        UserPoolId=pool.id, ClientId=made[1], ClientName="renamed", AccessTokenValidity=5, TokenValidityUnits={"AccessToken": "minutes"})
    assert updated["UserPoolClient"]["ClientName"] == "renamed" and "ExplicitAuthFlows" not in updated["UserPoolClient"]
    pool.idp.get_user(AccessToken=tokens["AccessToken"])
    pool.idp.delete_user_pool_client(UserPoolId=pool.id, ClientId=made[1])
    assert refusal(pool.idp.get_user, AccessToken=tokens["AccessToken"])[0] == "NotAuthorizedException"
    assert refusal(pool.idp.describe_user_pool_client, UserPoolId=pool.id, ClientId=made[1])[0] == "ResourceNotFoundException"
    pool.tokens("alice")


def test_a_pool_is_changed_and_what_is_left_out_is_reset(server):
    pool = Pool(server, DeletionProtection="ACTIVE", Policies={"PasswordPolicy": {"MinimumLength": 20}})
    pool.idp.update_user_pool(UserPoolId=pool.id, PoolName="renamed", AutoVerifiedAttributes=["email"])
    after = pool.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    assert (after["Name"], after["DeletionProtection"]) == ("renamed", "INACTIVE")
    assert after["Policies"]["PasswordPolicy"]["MinimumLength"] == 8
    pool.tokens(pool.user("alice"))
    pool.idp.delete_user_pool(UserPoolId=pool.id)
