"""Identity pools beyond the first walk: developers' users, chosen roles, tags and the basic flow."""

import json

import pytest
from support import ACCOUNT, REGION, Pool, claims, refusal

NAME = "login.notes"


def trust(identity_pool_id, *actions):
    condition = {"StringEquals": {"cognito-identity.amazonaws.com:aud": identity_pool_id}}
    principal = {"Federated": "cognito-identity.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": list(actions), "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class World:
    """A user pool and an identity pool that trusts it."""

    def __init__(self, server, name):
        self.server = server
        self.users = Pool(server)
        self.provider = f"cognito-idp.{REGION}.amazonaws.com/{self.users.id}"
        self.identity = server.client("cognito-identity")
        self.iam = server.client("iam")
        self.id = self.identity.create_identity_pool(
            IdentityPoolName=name, AllowUnauthenticatedIdentities=True, AllowClassicFlow=True, DeveloperProviderName=NAME,
            CognitoIdentityProviders=[{"ProviderName": self.provider, "ClientId": self.users.client_id}],
            IdentityPoolTags={"stage": "test"})["IdentityPoolId"]
        self.member = self.role(f"{name}-member", "sts:AssumeRoleWithWebIdentity", "sts:TagSession")
        self.identity.set_identity_pool_roles(IdentityPoolId=self.id, Roles={"authenticated": self.member})

    def role(self, name, *actions):
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(self.id, *actions))["Role"]["Arn"]

    def developer(self, user, **more):
        logins = {NAME: user, **more.pop("Logins", {})}
        return self.identity.get_open_id_token_for_developer_identity(IdentityPoolId=self.id, Logins=logins, **more)

    def arn(self, credentials):
        return self.server.client("sts", credentials["AccessKeyId"], credentials["SecretKey"],
                                  credentials["SessionToken"]).get_caller_identity()["Arn"]


@pytest.fixture(scope="module")
def world(server):
    return World(server, "developers")


def test_a_developers_users_get_credentials_are_found_merged_and_unlinked(world):
    ann, bob = (world.developer(user) for user in ["ann", "bob"])
    assert claims(ann["Token"])["amr"] == ["authenticated", NAME, f"{NAME}:{world.id}:ann"]
    logins = {"cognito-identity.amazonaws.com": ann["Token"]}
    given = world.identity.get_credentials_for_identity(IdentityId=ann["IdentityId"], Logins=logins)
    assert "/developers-member/" in world.arn(given["Credentials"])
    assert refusal(world.identity.get_credentials_for_identity, IdentityId=bob["IdentityId"], Logins=logins)[0] == "NotAuthorizedException"
    found = world.identity.lookup_developer_identity(IdentityPoolId=world.id, DeveloperUserIdentifier="ann")
    assert found["IdentityId"] == ann["IdentityId"] and found["DeveloperUserIdentifierList"] == ["ann"]
    taken = refusal(world.developer, user="ann", IdentityId=bob["IdentityId"])
    assert taken[0] == "DeveloperUserAlreadyRegisteredException"
    merged = world.identity.merge_developer_identities(
        SourceUserIdentifier="ann", DestinationUserIdentifier="bob", DeveloperProviderName=NAME, IdentityPoolId=world.id)
    assert merged["IdentityId"] == bob["IdentityId"] == world.developer("ann")["IdentityId"]
    world.identity.unlink_developer_identity(
        IdentityId=bob["IdentityId"], IdentityPoolId=world.id, DeveloperProviderName=NAME, DeveloperUserIdentifier="ann")
    assert world.developer("ann")["IdentityId"] != bob["IdentityId"]


def test_a_user_unlinks_their_own_login(world):
    world.users.user("una")
    logins = {world.provider: world.users.tokens("una")["IdToken"]}
    identity = world.developer("una", Logins=logins)["IdentityId"]
    assert set(world.identity.describe_identity(IdentityId=identity)["Logins"]) == {NAME, world.provider}
    world.identity.unlink_identity(IdentityId=identity, Logins=logins, LoginsToRemove=[world.provider])
    assert world.identity.describe_identity(IdentityId=identity)["Logins"] == [NAME]


def test_groups_give_roles_and_users_choose_among_their_own(world):
    readers, writers = (world.role(f"{name}-of-notes", "sts:AssumeRoleWithWebIdentity") for name in ["readers", "writers"])
    for name, role, precedence in [("readers", readers, 2), ("writers", writers, 1)]:
        world.users.idp.create_group(UserPoolId=world.users.id, GroupName=name, RoleArn=role, Precedence=precedence)
    mapping = {f"{world.provider}:{world.users.client_id}": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}}
    world.identity.set_identity_pool_roles(IdentityPoolId=world.id, Roles={"authenticated": world.member}, RoleMappings=mapping)
    assert world.identity.get_identity_pool_roles(IdentityPoolId=world.id)["RoleMappings"] == mapping
    world.users.user("gil")
    for group in ["readers", "writers"]:
        world.users.idp.admin_add_user_to_group(UserPoolId=world.users.id, Username="gil", GroupName=group)
    logins = {world.provider: world.users.tokens("gil")["IdToken"]}
    identity = world.identity.get_id(IdentityPoolId=world.id, Logins=logins)["IdentityId"]
    given = world.identity.get_credentials_for_identity
    assert "/writers-of-notes/" in world.arn(given(IdentityId=identity, Logins=logins)["Credentials"])
    assert "/readers-of-notes/" in world.arn(given(IdentityId=identity, Logins=logins, CustomRoleArn=readers)["Credentials"])
    refused = refusal(given, IdentityId=identity, Logins=logins, CustomRoleArn=world.member)
    assert refused[0] == "NotAuthorizedException"
    world.identity.set_identity_pool_roles(IdentityPoolId=world.id, Roles={"authenticated": world.member})


def test_claims_become_tags_and_the_basic_flows_token_says_them(world):
    maps = {"IdentityPoolId": world.id, "IdentityProviderName": world.provider}
    world.identity.set_principal_tag_attribute_map(**maps, UseDefaults=True)
    told = world.identity.get_principal_tag_attribute_map(**maps)
    assert told["UseDefaults"] is True and told["PrincipalTags"] == {"username": "sub", "client": "aud"}
    world.users.user("tim")
    token = world.users.tokens("tim")["IdToken"]
    identity = world.identity.get_id(IdentityPoolId=world.id, Logins={world.provider: token})["IdentityId"]
    basic = world.identity.get_open_id_token(IdentityId=identity, Logins={world.provider: token})["Token"]
    tags = claims(basic)["https://aws.amazon.com/tags"]["principal_tags"]
    assert tags == {"username": [claims(token)["sub"]], "client": [world.users.client_id]}
    world.identity.set_principal_tag_attribute_map(**maps, UseDefaults=False)


def test_tags_of_an_identity_pool(world):
    arn = f"arn:aws:cognito-identity:{REGION}:{ACCOUNT}:identitypool/{world.id}"
    world.identity.tag_resource(ResourceArn=arn, Tags={"team": "red"})
    assert world.identity.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"stage": "test", "team": "red"}
    world.identity.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert world.identity.describe_identity_pool(IdentityPoolId=world.id)["IdentityPoolTags"] == {"stage": "test"}
