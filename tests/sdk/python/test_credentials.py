"""Identity pools, roles, temporary credentials and decisions: the second and third flows."""

import json
import time

import pytest
from support import ACCOUNT, PASSWORD, REGION, Pool, claims, refusal

NOTES = f"arn:aws:notes:{REGION}:{ACCOUNT}:note"


def trust(identity_pool_id, amr):
    return json.dumps({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": identity_pool_id},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": amr},
            },
        }],
    })


OWN_NOTES = json.dumps({
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "OwnNotes", "Effect": "Allow", "Action": ["notes:Read", "notes:Write"],
         "Resource": f"{NOTES}/${{cognito-identity.amazonaws.com:sub}}/*"},
        # An identity id has a colon in it, and `*` stays within its colon segment unless it ends one.
        {"Sid": "NoDrafts", "Effect": "Deny", "Action": "notes:*", "Resource": f"{NOTES}/*:*/draft-*"},
    ],
})


class World:
    """A user pool, an identity pool that trusts it, and the two roles."""

    def __init__(self, server, name):
        self.server = server
        self.pool = Pool(server)
        self.provider = f"cognito-idp.{REGION}.amazonaws.com/{self.pool.id}"
        self.identity = server.client("cognito-identity")
        self.iam = server.client("iam")
        self.id = self.identity.create_identity_pool(
            IdentityPoolName="notes", AllowUnauthenticatedIdentities=True,
            CognitoIdentityProviders=[{"ProviderName": self.provider, "ClientId": self.pool.client_id}])["IdentityPoolId"]
        self.member, self.guest = f"{name}-member", f"{name}-guest"
        roles = {}
        for kind, role in [("authenticated", self.member), ("unauthenticated", self.guest)]:
            created = self.iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust(self.id, kind))["Role"]
            self.iam.put_role_policy(RoleName=role, PolicyName="notes", PolicyDocument=OWN_NOTES)
            roles[kind] = created["Arn"]
        self.identity.set_identity_pool_roles(IdentityPoolId=self.id, Roles=roles)
        assert self.identity.get_identity_pool_roles(IdentityPoolId=self.id)["Roles"] == roles

    def credentials(self, logins):
        identity = self.identity.get_id(IdentityPoolId=self.id, Logins=logins)["IdentityId"]
        given = self.identity.get_credentials_for_identity(IdentityId=identity, Logins=logins)
        assert given["IdentityId"] == identity
        return identity, given["Credentials"]

    def user(self, name):
        self.pool.user(name)
        return self.pool.tokens(name)

    def ask(self, credentials, action, resource, **more):
        subject = {"type": "credentials", "id": credentials["AccessKeyId"],
                   "properties": {"session_token": credentials["SessionToken"]}}
        return self.server.evaluate(subject, action, resource, **more)


@pytest.fixture(scope="module")
def world(server):
    return World(server, "first")


def test_id_tokens_become_credentials_under_either_name_of_the_pool(server, world):
    token = world.user("ann")["IdToken"]
    identity, credentials = world.credentials({world.provider: token})
    issuer = claims(token)["iss"].removeprefix("http://")
    assert world.credentials({issuer: token})[0] == identity
    sts = server.client("sts", credentials["AccessKeyId"], credentials["SecretKey"], credentials["SessionToken"])
    caller = sts.get_caller_identity()
    assert caller["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/first-member/CognitoIdentityCredentials"
    assert caller["Account"] == ACCOUNT and caller["UserId"].startswith("AROA")
    assert credentials["AccessKeyId"].startswith("ASIA")


def test_decisions_name_the_statement_or_its_absence(world):
    identity, credentials = world.credentials({world.provider: world.user("ben")["IdToken"]})
    own = world.ask(credentials, "notes:Read", f"{NOTES}/{identity}/1")
    assert own["decision"] is True and own["context"]["reason"] == "allowed"
    assert own["context"]["statements"] == [{"policy": "notes", "sid": "OwnNotes", "index": 0, "effect": "Allow"}]
    other = world.ask(credentials, "notes:Read", f"{NOTES}/{REGION}:somebody/1", explain=True)
    assert other["decision"] is False and other["context"]["reason"] == "implicitDeny" and other["context"]["statements"] == []
    assert other["context"]["failed"][0]["element"] == "Resource" and other["context"]["failed"][0]["sid"] == "OwnNotes"
    draft = world.ask(credentials, "notes:Read", f"{NOTES}/{identity}/draft-1")
    assert draft["context"]["reason"] == "explicitDeny" and draft["context"]["statements"][0]["sid"] == "NoDrafts"


def test_a_signed_request_is_a_subject(server, world):
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials

    identity, credentials = world.credentials({world.provider: world.user("sig")["IdToken"]})
    request = botocore.awsrequest.AWSRequest("GET", "https://notes.example/notes/1")
    keys = botocore.credentials.Credentials(credentials["AccessKeyId"], credentials["SecretKey"], credentials["SessionToken"])
    botocore.auth.SigV4Auth(keys, "notes", REGION).add_auth(request)
    headers = {**dict(request.headers), "Host": "notes.example"}
    subject = {"type": "signed_request", "id": "", "properties": {"method": "GET", "url": request.url, "headers": headers}}
    assert server.evaluate(subject, "notes:Read", f"{NOTES}/{identity}/1")["decision"] is True
    subject["properties"]["url"] = "https://notes.example/notes/2"
    refused = server.evaluate(subject, "notes:Read", f"{NOTES}/{identity}/1")
    assert refused["decision"] is False and "signature" in refused["context"]["error"]


def test_an_identity_pool_is_described_as_it_was_made(world):
    described = world.identity.describe_identity_pool(IdentityPoolId=world.id)
    assert described["IdentityPoolName"] == "notes" and described["AllowUnauthenticatedIdentities"] is True
    assert described["CognitoIdentityProviders"][0]["ProviderName"] == world.provider
    gone = f"{REGION}:00000000-0000-4000-8000-000000000000"
    assert refusal(world.identity.describe_identity_pool, IdentityPoolId=gone)[0] == "ResourceNotFoundException"


def test_guests_get_the_unauthenticated_role_and_stay_in_their_scope(server, world):
    identity, credentials = world.credentials({})
    sts = server.client("sts", credentials["AccessKeyId"], credentials["SecretKey"], credentials["SessionToken"])
    assert "/first-guest/" in sts.get_caller_identity()["Arn"]
    assert world.ask(credentials, "notes:Read", f"{NOTES}/{identity}/1")["decision"] is True
    everything = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    world.iam.put_role_policy(RoleName="first-guest", PolicyName="everything", PolicyDocument=everything)
    assert world.ask(credentials, "cognito-idp:ListUsers", "*")["decision"] is False
    assert world.ask(credentials, "notes:Read", f"{NOTES}/x/1")["decision"] is True


def test_logins_that_are_not_the_pools_are_refused(server, world):
    tokens = world.user("cat")
    identity, _ = world.credentials({world.provider: tokens["IdToken"]})
    get_id = lambda logins: world.identity.get_id(IdentityPoolId=world.id, Logins=logins)
    stranger = Pool(server)
    stranger.user("cat")
    foreign = stranger.tokens("cat")["IdToken"]
    for logins in [
        {world.provider: tokens["AccessToken"]}, {world.provider: foreign}, {"accounts.google.com": tokens["IdToken"]},
        {f"cognito-idp.{REGION}.amazonaws.com/{stranger.id}": foreign}, {world.provider: tokens["IdToken"][:-4] + "AAAA"},
    ]:
        assert refusal(get_id, logins)[0] == "NotAuthorizedException", logins
    take = lambda logins: world.identity.get_credentials_for_identity(IdentityId=identity, Logins=logins)
    assert refusal(take, {})[0] == "NotAuthorizedException"
    assert refusal(take, {world.provider: world.user("dan")["IdToken"]})[0] == "NotAuthorizedException"


def test_a_role_that_does_not_trust_the_pool_is_not_given(server, world):
    other = World(server, "other")
    roles = {"authenticated": f"arn:aws:iam::{ACCOUNT}:role/first-member"}
    other.identity.set_identity_pool_roles(IdentityPoolId=other.id, Roles=roles)
    token = other.user("eve")["IdToken"]
    assert refusal(other.credentials, {other.provider: token})[0] == "InvalidIdentityPoolConfigurationException"
    guests_only = trust(other.id, "unauthenticated")
    other.iam.create_role(RoleName="guests-only", AssumeRolePolicyDocument=guests_only)
    roles = {"authenticated": f"arn:aws:iam::{ACCOUNT}:role/guests-only"}
    other.identity.set_identity_pool_roles(IdentityPoolId=other.id, Roles=roles)
    assert refusal(other.credentials, {other.provider: token})[0] == "InvalidIdentityPoolConfigurationException"
    open_trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}]}
    assert refusal(world.iam.create_role, RoleName="open", AssumeRolePolicyDocument=json.dumps(open_trust))[0] == "MalformedPolicyDocument"


def test_session_tokens_are_not_forged_altered_or_left_out(server, world):
    _, credentials = world.credentials({world.provider: world.user("fay")["IdToken"]})
    key, secret, token = credentials["AccessKeyId"], credentials["SecretKey"], credentials["SessionToken"]
    middle = len(token) // 2
    altered = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]
    for bad in [altered, token[:-8], None, "AAAA"]:
        assert refusal(server.client("sts", key, secret, bad).get_caller_identity)[0] == "InvalidClientTokenId"
    other_key = "ASIA" + ("A" if key[4] != "A" else "B") + key[5:]
    assert refusal(server.client("sts", key, "wrong", token).get_caller_identity)[0] == "SignatureDoesNotMatch"
    assert other_key != key


def test_iam_users_and_keys(server, world):
    iam = world.iam
    user = iam.create_user(UserName="Operator", Path="/team/", Tags=[{"Key": "team", "Value": "a"}])["User"]
    assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/Operator" and user["UserId"].startswith("AIDA")
    assert refusal(iam.create_user, UserName="operator")[0] == "EntityAlreadyExists"
    assert iam.get_user(UserName="operator")["User"]["Tags"] == [{"Key": "team", "Value": "a"}]
    assert [found["UserName"] for found in iam.list_users(PathPrefix="/team/")["Users"]] == ["Operator"]
    key = iam.create_access_key(UserName="Operator")["AccessKey"]
    mine = server.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    assert mine.get_caller_identity()["Arn"] == user["Arn"]
    assert refusal(server.client("sts", key["AccessKeyId"], "wrong").get_caller_identity)[0] == "SignatureDoesNotMatch"
    iam.create_access_key(UserName="Operator")
    assert refusal(iam.create_access_key, UserName="Operator")[0] == "LimitExceeded"
    assert len(iam.list_access_keys(UserName="Operator")["AccessKeyMetadata"]) == 2
    iam.update_access_key(UserName="Operator", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refusal(mine.get_caller_identity)[0] == "InvalidClientTokenId"
    iam.update_access_key(UserName="Operator", AccessKeyId=key["AccessKeyId"], Status="Active")
    mine.get_caller_identity()
    iam.delete_access_key(UserName="Operator", AccessKeyId=key["AccessKeyId"])
    assert refusal(iam.delete_access_key, UserName="Operator", AccessKeyId=key["AccessKeyId"])[0] == "NoSuchEntity"
    assert refusal(iam.get_user, UserName="nobody") == ("NoSuchEntity", "The user with name nobody cannot be found.")
    assert refusal(iam.get_role, RoleName="nobody")[0] == "NoSuchEntity"
    assert refusal(iam.put_user_policy, UserName="Operator", PolicyName="p", PolicyDocument="{}")[0] == "MalformedPolicyDocument"
    assert iam.get_role(RoleName="first-member")["Role"]["AssumeRolePolicyDocument"]["Version"] == "2012-10-17"


def test_assume_role_by_a_user_whom_the_role_trusts(server, world):
    iam = world.iam
    user = iam.create_user(UserName="assumer")["User"]
    key = iam.create_access_key(UserName="assumer")["AccessKey"]
    document = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": user["Arn"]}, "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "42"}}}]}
    role = iam.create_role(RoleName="assumed", AssumeRolePolicyDocument=json.dumps(document))["Role"]
    allow = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "notes:*", "Resource": "*"}]})
    iam.put_role_policy(RoleName="assumed", PolicyName="notes", PolicyDocument=allow)
    sts = server.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    assert refusal(sts.assume_role, RoleArn=role["Arn"], RoleSessionName="session")[0] == "AccessDenied"
    narrow = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "notes:Read", "Resource": "*"}]})
    given = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="session", ExternalId="42", Policy=narrow)
    assert given["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/assumed/session"
    assert world.ask(given["Credentials"], "notes:Read", "arn:aws:notes:::n")["decision"] is True
    assert world.ask(given["Credentials"], "notes:Write", "arn:aws:notes:::n")["decision"] is False
    assert refusal(sts.assume_role, RoleArn=role["Arn"], RoleSessionName="session", ExternalId="42", Policy="{}")[0] == "MalformedPolicyDocument"
    assert refusal(sts.assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/none", RoleSessionName="session")[0] == "AccessDenied"


def test_a_session_has_the_tags_and_the_source_identity_that_it_was_given(server, world):
    iam = world.iam
    user = iam.create_user(UserName="tagger")["User"]
    key = iam.create_access_key(UserName="tagger")["AccessKey"]
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": user["Arn"]}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": {"StringLike": {"sts:SourceIdentity": "*@example.com"}}}]}
    role = iam.create_role(RoleName="tagged", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    allow = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "notes:Read", "Resource": "arn:aws:notes:::${aws:PrincipalTag/team}/*",
        "Condition": {"StringEquals": {"aws:SourceIdentity": "ann@example.com"}}}]})
    iam.put_role_policy(RoleName="tagged", PolicyName="notes", PolicyDocument=allow)
    sts = server.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    asked = dict(RoleArn=role["Arn"], RoleSessionName="session", Tags=[{"Key": "team", "Value": "red"}], TransitiveTagKeys=["team"])
    assert refusal(sts.assume_role, **asked)[0] == "AccessDenied"
    given = sts.assume_role(**asked, SourceIdentity="ann@example.com")
    assert given["SourceIdentity"] == "ann@example.com"
    assert world.ask(given["Credentials"], "notes:Read", "arn:aws:notes:::red/1")["decision"] is True
    assert world.ask(given["Credentials"], "notes:Read", "arn:aws:notes:::blue/1")["decision"] is False
    other = sts.assume_role(**asked, SourceIdentity="ben@example.com")
    assert world.ask(other["Credentials"], "notes:Read", "arn:aws:notes:::red/1")["decision"] is False
