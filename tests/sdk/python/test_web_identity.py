"""AssumeRoleWithWebIdentity, by its operation and by the SDK's own credential provider."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from support import ACCOUNT, REGION, Pool, refusal


class World:
    """A user pool that is a provider, and a role that trusts it."""

    def __init__(self, server):
        self.server = server
        self.users = Pool(server)
        self.iam, self.sts = server.client("iam"), server.client("sts")
        self.issuer = f"{server.url}/{self.users.id}"
        self.name = self.issuer.split("://")[1]
        self.arn = self.iam.create_open_id_connect_provider(
            Url=self.issuer, ClientIDList=[self.users.client_id], Tags=[{"Key": "team", "Value": "red"}])["OpenIDConnectProviderArn"]
        trust = {"Effect": "Allow", "Principal": {"Federated": self.arn}, "Action": "sts:AssumeRoleWithWebIdentity",
                 "Condition": {"StringEquals": {f"{self.name}:aud": self.users.client_id}}}
        self.role = self.iam.create_role(
            RoleName="web-builds",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))["Role"]["Arn"]

    def token(self, name):
        self.users.user(name)
        return self.users.tokens(name)["IdToken"]

    def assume(self, token, **more):
        return self.sts.assume_role_with_web_identity(
            RoleArn=self.role, RoleSessionName="ann", WebIdentityToken=token, **more)


@pytest.fixture(scope="module")
def world(server):
    return World(server)


def test_a_provider_is_registered_told_and_changed(world):
    about = {"OpenIDConnectProviderArn": world.arn}
    assert world.arn == f"arn:aws:iam::{ACCOUNT}:oidc-provider/{world.name}"
    assert {"Arn": world.arn} in world.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    world.iam.add_client_id_to_open_id_connect_provider(**about, ClientID="other")
    world.iam.update_open_id_connect_provider_thumbprint(**about, ThumbprintList=["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"])
    told = world.iam.get_open_id_connect_provider(**about)
    assert told["Url"] == world.name and told["ClientIDList"] == [world.users.client_id, "other"] and len(told["ThumbprintList"]) == 1
    world.iam.remove_client_id_from_open_id_connect_provider(**about, ClientID="other")
    world.iam.tag_open_id_connect_provider(**about, Tags=[{"Key": "stage", "Value": "test"}])
    world.iam.untag_open_id_connect_provider(**about, TagKeys=["team"])
    assert world.iam.list_open_id_connect_provider_tags(**about)["Tags"] == [{"Key": "stage", "Value": "test"}]
    other = world.iam.create_open_id_connect_provider(Url="https://id.example/gone")["OpenIDConnectProviderArn"]
    world.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=other)
    assert refusal(world.iam.get_open_id_connect_provider, OpenIDConnectProviderArn=other)[0] == "NoSuchEntity"


def test_a_token_becomes_credentials(world):
    answer = world.assume(world.token("wendy"))
    keys = answer["Credentials"]
    caller = world.server.client("sts", keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]).get_caller_identity()
    assert caller["Arn"] == answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/web-builds/ann"
    assert answer["Provider"] == world.issuer and answer["Audience"] == world.users.client_id


def test_tokens_that_do_not_hold_are_refused_by_name(world):
    world.users.user("walt")
    access = world.users.tokens("walt")["AccessToken"]
    assert refusal(world.assume, access)[0] == "InvalidIdentityToken"
    assert refusal(world.assume, "a.b.c")[0] == "InvalidIdentityToken"
    token = world.users.tokens("walt")["IdToken"]
    missing = refusal(world.sts.assume_role_with_web_identity, RoleArn=f"{world.role}-none", RoleSessionName="ann", WebIdentityToken=token)
    assert missing == ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def test_the_sdks_own_provider_takes_a_token_from_a_file(world, tmp_path, monkeypatch):
    file = tmp_path / "token"
    file.write_text(world.token("wilma"))
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", world.server.url)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(file))
    monkeypatch.setenv("AWS_ROLE_ARN", world.role)
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "by-file")
    arn = boto3.Session(region_name=REGION).client("sts").get_caller_identity()["Arn"]
    assert arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/web-builds/by-file"


def user_of(server, name, *statements):
    """A new IAM user, by a key of theirs."""
    iam = server.client("iam")
    iam.create_user(UserName=name)
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return lambda service: server.client(service, key["AccessKeyId"], key["SecretAccessKey"])


def test_a_user_vouches_for_somebody(server):
    clerk = user_of(server, "voucher", {"Effect": "Allow", "Action": ["sts:GetFederationToken", "cognito-idp:ListUserPools"], "Resource": "*"})
    policy = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    answer = clerk("sts").get_federation_token(Name="bob", Policy=policy, DurationSeconds=900)
    assert answer["FederatedUser"] == {"FederatedUserId": f"{ACCOUNT}:bob", "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/bob"}
    keys = answer["Credentials"]
    given = [keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]]
    assert server.client("sts", *given).get_caller_identity()["Arn"] == answer["FederatedUser"]["Arn"]
    server.client("cognito-idp", *given).list_user_pools(MaxResults=1)
    assert refusal(server.client("cognito-idp", *given).create_user_pool, PoolName="p")[0] == "AccessDeniedException"
    assert refusal(server.client("iam", *given).list_users)[0] == "InvalidClientTokenId"


def test_a_denial_is_decoded_and_a_key_id_says_its_account(server):
    clerk = user_of(server, "denied", {"Sid": "NoUsers", "Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*"})
    with pytest.raises(ClientError) as caught:
        clerk("iam").list_users()
    encoded = caught.value.response["Error"]["Message"].split("Encoded authorization failure message: ")[1]
    sts = server.client("sts")
    told = json.loads(sts.decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert told["explicitDeny"] is True and told["matchedStatements"]["items"][0]["statementId"] == "NoUsers"
    assert refusal(clerk("sts").decode_authorization_message, EncodedMessage=encoded)[0] == "AccessDenied"
    assert refusal(sts.decode_authorization_message, EncodedMessage="none")[0] == "InvalidAuthorizationMessageException"
    key = server.client("iam").create_access_key(UserName="denied")["AccessKey"]["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=key)["Account"] == ACCOUNT
