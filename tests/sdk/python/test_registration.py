"""Clients that register themselves: the pool's configuration, and what becomes of it."""

import json
import urllib.error
import urllib.parse
import urllib.request

from support import Pool, refusal

SCOPE = "aws.cognito/dcr/register"
METADATA = {"client_name": "An agent", "redirect_uris": ["http://127.0.0.1/callback"], "token_endpoint_auth_method": "none"}


def post(url, body, **headers):
    request = urllib.request.Request(url, body.encode(), {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def register(server, pool, metadata=METADATA, **headers):
    return post(f"{server.url}/{pool.id}/oauth2/register", json.dumps(metadata), content_type="application/json", **headers)


def test_the_configuration_decides_who_registers_clients(server):
    pool = Pool(server)
    described = lambda: pool.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"].get("DcrConfiguration")
    assert described() is None and register(server, pool)[0] == 404
    pool.idp.update_user_pool(UserPoolId=pool.id, DcrConfiguration={"OpenDcrEnabled": True, "OpenDcrGrantTypes": ["code", "implicit"]})
    assert described() == {"EnableStatus": "Enabled", "OpenDcrEnabled": True, "OpenDcrGrantTypes": ["code", "implicit"]}
    pool.idp.update_user_pool(UserPoolId=pool.id, UserPoolTags={"team": "red"})
    assert described()["OpenDcrEnabled"], "what is left out stays"
    status, made = register(server, pool)
    assert status == 201 and made["grant_types"] == ["authorization_code", "refresh_token"]
    client = pool.idp.describe_user_pool_client(UserPoolId=pool.id, ClientId=made["client_id"])["UserPoolClient"]
    assert (client["ClientType"], client["CallbackURLs"]) == ("DCR", METADATA["redirect_uris"])
    pages = pool.idp.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool.id, ClientType="DCR", PaginationConfig={"PageSize": 1})
    assert [one["ClientId"] for page in pages for one in page["UserPoolClients"]] == [made["client_id"]]
    assert refusal(lambda: pool.idp.add_user_pool_client_secret(UserPoolId=pool.id, ClientId=made["client_id"]))[0] == "InvalidParameterException"
    pool.idp.update_user_pool(UserPoolId=pool.id, DcrConfiguration={"EnableStatus": "Disabled"})
    assert register(server, pool)[0] == 404


def test_a_client_with_the_scope_gets_tokens_that_register_others(server):
    pool = Pool(server)
    settings = {"UserPoolId": pool.id, "ClientName": "registrar", "GenerateSecret": True, "AllowedOAuthFlows": ["client_credentials"],
                "AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthScopes": [SCOPE]}
    assert refusal(lambda: pool.idp.create_user_pool_client(**settings))[0] == "ScopeDoesNotExistException"
    pool.idp.update_user_pool(UserPoolId=pool.id, DcrConfiguration={})
    client = pool.idp.create_user_pool_client(**settings)["UserPoolClient"]
    form = {"grant_type": "client_credentials", "client_id": client["ClientId"], "client_secret": client["ClientSecret"], "scope": SCOPE}
    url = f"{server.url}/{pool.id}/oauth2/token"
    status, tokens = post(url, urllib.parse.urlencode(form), content_type="application/x-www-form-urlencoded")
    assert status == 200, tokens
    assert register(server, pool)[0] == 401
    status, made = register(server, pool, authorization=f"Bearer {tokens['access_token']}")
    assert status == 201 and "client_secret" not in made
