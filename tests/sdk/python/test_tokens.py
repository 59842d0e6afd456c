"""App clients' settings and secrets, resource servers, refresh token rotation, machine tokens and token exchange."""

import base64
import hashlib
import hmac

import pytest
from support import PASSWORD, Pool, claims, refusal

SCOPES = [{"ScopeName": "read", "ScopeDescription": "to read"}, {"ScopeName": "write", "ScopeDescription": "to write"}]


@pytest.fixture(scope="module")
def pool(server):
    pool = Pool(server)
    pool.idp.create_resource_server(UserPoolId=pool.id, Identifier="https://api.example", Name="The API", Scopes=SCOPES)
    return pool


def client(pool, **settings):
    return pool.idp.create_user_pool_client(UserPoolId=pool.id, ClientName="another", **settings)["UserPoolClient"]


def secret_hash(secret, name, client_id):
    return base64.b64encode(hmac.digest(secret.encode(), (name + client_id).encode(), hashlib.sha256)).decode()


def test_a_client_is_what_it_was_set_to(pool):
    settings = {
        "CallbackURLs": ["https://app.example/back", "myapp://back"], "LogoutURLs": ["http://localhost:3000/"],
        "DefaultRedirectURI": "https://app.example/back", "AllowedOAuthFlows": ["code"], "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthScopes": ["openid", "https://api.example/read"], "SupportedIdentityProviders": ["COGNITO"],
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 5}, "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
    }
    made = client(pool, **settings)
    described = pool.idp.describe_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"]
    for name, value in settings.items():
        assert described[name] == made[name] == value, name
    updated = pool.idp.update_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"]
    assert "CallbackURLs" not in updated and "RefreshTokenRotation" not in updated
    for bad, code in [
        ({"CallbackURLs": ["http://app.example/"]}, "InvalidParameterException"),
        ({"AllowedOAuthScopes": ["none/none"]}, "ScopeDoesNotExistException"),
        ({"AllowedOAuthFlows": ["client_credentials"]}, "InvalidOAuthFlowException"),
    ]:
        assert refusal(client, pool, **bad)[0] == code, bad


def test_resource_servers_are_listed_changed_and_deleted(server):
    pool = Pool(server)
    names = [f"api{number}" for number in range(5)]
    for name in names:
        made = pool.idp.create_resource_server(UserPoolId=pool.id, Identifier=name, Name="n", Scopes=SCOPES)["ResourceServer"]
        assert made == pool.idp.describe_resource_server(UserPoolId=pool.id, Identifier=name)["ResourceServer"]
    pages = pool.idp.get_paginator("list_resource_servers").paginate(UserPoolId=pool.id, PaginationConfig={"PageSize": 2})
    assert [found["Identifier"] for page in pages for found in page["ResourceServers"]] == names
    assert refusal(pool.idp.create_resource_server, UserPoolId=pool.id, Identifier="api0", Name="n")[0] == "InvalidParameterException"
    updated = pool.idp.update_resource_server(UserPoolId=pool.id, Identifier="api0", Name="m", Scopes=SCOPES[:1])["ResourceServer"]
    assert (updated["Name"], updated["Scopes"]) == ("m", SCOPES[:1])
    pool.idp.delete_resource_server(UserPoolId=pool.id, Identifier="api0")
    assert refusal(pool.idp.describe_resource_server, UserPoolId=pool.id, Identifier="api0")[0] == "ResourceNotFoundException"


def test_a_secret_is_changed_for_another_while_both_serve(server):
    pool = Pool(server, client={"GenerateSecret": True})
    name = "ann"
    pool.idp.admin_create_user(UserPoolId=pool.id, Username=name, MessageAction="SUPPRESS")
    pool.idp.admin_set_user_password(UserPoolId=pool.id, Username=name, Password=PASSWORD, Permanent=True)
    named = {"UserPoolId": pool.id, "ClientId": pool.client_id}

    def sign_in(secret):
        parameters = {"USERNAME": name, "PASSWORD": PASSWORD, "SECRET_HASH": secret_hash(secret, name, pool.client_id)}
        return pool.idp.initiate_auth(ClientId=pool.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

    added = pool.idp.add_user_pool_client_secret(**named)["ClientSecretDescriptor"]
    for secret in [pool.client_secret, added["ClientSecretValue"]]:
        assert "AuthenticationResult" in sign_in(secret)
    assert refusal(pool.idp.add_user_pool_client_secret, **named)[0] == "LimitExceededException"
    listed = pool.idp.list_user_pool_client_secrets(**named)["ClientSecrets"]
    assert added["ClientSecretId"] in [secret["ClientSecretId"] for secret in listed]
    assert all("ClientSecretValue" not in secret for secret in listed)
    oldest = listed[0]["ClientSecretId"]
    pool.idp.delete_user_pool_client_secret(**named, ClientSecretId=oldest)
    assert refusal(sign_in, pool.client_secret)[0] == "NotAuthorizedException"
    assert "AuthenticationResult" in sign_in(added["ClientSecretValue"])
    last = refusal(pool.idp.delete_user_pool_client_secret, **named, ClientSecretId=added["ClientSecretId"])
    assert last[0] == "InvalidParameterException"


def test_refresh_tokens_follow_one_another_and_reuse_ends_the_sign_in(server, pool):
    rotating = client(
        pool, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0})
    name, id = pool.user("bob"), rotating["ClientId"]
    signed_in = pool.idp.initiate_auth(
        ClientId=id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD})["AuthenticationResult"]

    def refresh(token):
        return pool.idp.get_tokens_from_refresh_token(ClientId=id, RefreshToken=token)["AuthenticationResult"]

    first = refresh(signed_in["RefreshToken"])
    second = refresh(first["RefreshToken"])
    assert len({signed_in["RefreshToken"], first["RefreshToken"], second["RefreshToken"]}) == 3
    assert claims(second["AccessToken"])["origin_jti"] == claims(signed_in["AccessToken"])["origin_jti"]
    by_flow = refusal(
        pool.idp.initiate_auth, ClientId=id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": second["RefreshToken"]})
    assert by_flow[0] == "InvalidParameterException"
    assert refusal(refresh, first["RefreshToken"])[0] == "RefreshTokenReuseException"
    assert refusal(refresh, second["RefreshToken"]) == ("NotAuthorizedException", "Refresh Token has been revoked")


def test_a_machine_gets_a_token_and_acts_for_a_user(server, pool):
    machine = client(
        pool, GenerateSecret=True, ExplicitAuthFlows=["ALLOW_CLIENT_TOKEN_AUTH"], AllowedOAuthScopes=["https://api.example/read"])
    answer = pool.idp.get_client_token(ClientId=machine["ClientId"], Secret=machine["ClientSecret"])["ClientAuthenticationResult"]
    told = claims(answer["AccessToken"])
    assert (told["sub"], told["scope"], answer["ExpiresIn"]) == (machine["ClientId"], "https://api.example/read", 3600)
    assert refusal(pool.idp.get_client_token, ClientId=machine["ClientId"], Secret="x" * 52)[0] == "NotAuthorizedException"
    user = pool.tokens(pool.user("carol"))
    service = client(
        pool, GenerateSecret=True, AllowedOAuthScopes=["aws.cognito.signin.user.admin"],
        ExplicitAuthFlows=["ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"])
    asked = {"ClientId": service["ClientId"], "SubjectToken": user["AccessToken"], "SubjectTokenType": "ACCESS_TOKEN"}
    acting = {"ActorToken": answer["AccessToken"], "ActorTokenType": "ACCESS_TOKEN"}
    derived = pool.idp.get_derived_token(
        **asked, **acting, ClientSecret=service["ClientSecret"], Resources=["https://api.example"])
    told = claims(derived["IssuedToken"])
    assert (told["sub"], told["aud"]) == (claims(user["AccessToken"])["sub"], "https://api.example")
    assert told["act"] == {"sub": machine["ClientId"], "client_id": machine["ClientId"]}
    assert (derived["IssuedTokenType"], derived["TokenType"], derived["Scopes"]) == (
        "ACCESS_TOKEN", "Bearer", ["aws.cognito.signin.user.admin"])
    # IAM credentials stand in for the secret.
    alone = pool.idp.get_derived_token(**asked, RequestedTokenType="ID_TOKEN")
    assert claims(alone["IssuedToken"])["aud"] == service["ClientId"] and "act" not in claims(alone["IssuedToken"])
    wrong = refusal(pool.idp.get_derived_token, **asked, ClientSecret="x" * 52)
    assert wrong[0] == "NotAuthorizedException"
    bad = {**asked, "SubjectToken": user["IdToken"]}
    assert refusal(pool.idp.get_derived_token, **bad) == ("NotAuthorizedException", "Invalid SubjectToken")


def test_in_dev_ids_can_be_chosen(server):
    idp = server.client("cognito-idp", "test", "test")
    made = idp.create_user_pool(PoolName="p", UserPoolTags={"_custom_id_": "chosen"})["UserPool"]
    assert made["Id"].endswith("_chosen")
    named = idp.create_user_pool_client(UserPoolId=made["Id"], ClientName="_custom_id_:my_app")["UserPoolClient"]
    assert named["ClientId"] == "my_app"
    assert refusal(idp.create_user_pool, PoolName="p", UserPoolTags={"_custom_id_": "chosen"})[0] == "InvalidParameterException"
