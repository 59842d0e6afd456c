"""GetDerivedToken with tokens of a pool's providers: another pool's JWTs, and pysaml2's assertions."""

import base64
import re

import pytest
from support import Pool, claims, refusal
from test_saml import Browser, Corp

FLOWS = ["ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"]


class Service:
    """A client of a pool that exchanges tokens of the pool's provider `Corp`."""

    def __init__(self, pool):
        self.pool = pool
        self.client = pool.idp.create_user_pool_client(
            UserPoolId=pool.id, ClientName="service", GenerateSecret=True, ExplicitAuthFlows=FLOWS,
            SupportedIdentityProviders=["Corp"])["UserPoolClient"]

    def exchange(self, token, kind, **more):
        return self.pool.idp.get_derived_token(
            ClientId=self.client["ClientId"], ClientSecret=self.client["ClientSecret"], SubjectToken=token, SubjectTokenType=kind,
            SubjectTokenProviderName="Corp", **more)


def alone(response):
    """The assertion of a response, as a document of its own."""
    root = re.search(r"<\w+:Response\b[^>]*>", response)[0]
    [assertion] = re.findall(r"<(?:\w+):Assertion\b.*</(?:\w+):Assertion>", response, re.DOTALL)
    tag = re.match(r"<[^>]*>", assertion)[0]
    missing = [name for name in re.findall(r"xmlns:\w+=\"[^\"]*\"", root) if name not in tag]
    return assertion.replace(" ", " " + " ".join(missing) + " ", 1)


def test_another_pools_tokens_become_this_ones(server):
    issuer, pool = Pool(server), Pool(server)
    pool.idp.create_identity_provider(
        UserPoolId=pool.id, ProviderName="Corp", ProviderType="OIDC", AttributeMapping={"email": "email"},
        ProviderDetails={"client_id": issuer.client_id, "oidc_issuer": f"{server.url}/{issuer.id}", "authorize_scopes": "openid email",
                         "attributes_request_method": "GET"})
    service = Service(pool)
    tokens = issuer.tokens(issuer.user("dora"))
    subject = claims(tokens["IdToken"])["sub"]
    assert refusal(service.exchange, tokens["IdToken"], "ID_TOKEN")[0] == "UserNotFoundException"
    pool.idp.admin_link_provider_for_user(
        UserPoolId=pool.id, DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": pool.user("doris")},
        SourceUser={"ProviderName": "Corp", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": subject})
    answer = service.exchange(tokens["IdToken"], "ID_TOKEN", Audiences=["billing"])
    told = claims(answer["IssuedToken"])
    assert (told["username"], told["aud"], told["scope"], answer["IssuedTokenType"]) == ("doris", "billing", "", "ACCESS_TOKEN")
    assert answer["ExpiresIn"] <= 3600 and told["exp"] <= claims(tokens["IdToken"])["exp"]
    # Its access token names nobody whom it is for, so that anybody may have seen it.
    assert refusal(service.exchange, tokens["AccessToken"], "ACCESS_TOKEN") == ("NotAuthorizedException", "Invalid SubjectToken")
    # An actor is named as the provider names them.
    user = pool.tokens("doris")
    acted = pool.idp.get_derived_token(
        ClientId=service.client["ClientId"], ClientSecret=service.client["ClientSecret"], SubjectToken=user["AccessToken"],
        SubjectTokenType="ACCESS_TOKEN", ActorToken=tokens["IdToken"], ActorTokenType="ID_TOKEN", ActorTokenProviderName="Corp")
    assert claims(acted["IssuedToken"])["act"] == {"iss": f"{server.url}/{issuer.id}", "sub": subject}
    for name, code in [("Other", "ResourceNotFoundException"), ("Corp", "InvalidParameterException")]:
        wrong = {"SubjectToken": tokens["IdToken"], "SubjectTokenType": "SAML2", "SubjectTokenProviderName": name}
        assert refusal(
            pool.idp.get_derived_token, ClientId=service.client["ClientId"], ClientSecret=service.client["ClientSecret"], **wrong)[0] == code
    pool.idp.admin_user_global_sign_out(UserPoolId=pool.id, Username="doris")
    gone = refusal(
        pool.idp.get_derived_token, ClientId=service.client["ClientId"], ClientSecret=service.client["ClientSecret"],
        SubjectToken=answer["IssuedToken"], SubjectTokenType="ACCESS_TOKEN")
    assert gone == ("NotAuthorizedException", "SubjectToken has been revoked")


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_an_assertion_of_pysaml2_serves_once(server, encode):
    corp = Corp(server)
    service = Service(corp.pool)
    corp.idp.how = {"sign_assertion": True, "sign_response": False}

    def token():
        response = corp.idp.response(None, f"{corp.base}/saml2/idpresponse", f"urn:amazon:cognito:sp:{corp.pool.id}")
        return encode(alone(response).encode()).decode()

    first = token()
    assert refusal(service.exchange, first, "SAML2")[0] == "UserNotFoundException"
    status, location = corp.sign_in()
    assert status == 303, location
    answer = service.exchange(first, "SAML2", RequestedTokenType="ID_TOKEN")
    told = claims(answer["IssuedToken"])
    assert (told["cognito:username"], told["email"], answer["TokenType"]) == ("Corp_alice", "alice@example.com", "N_A")
    assert 0 < answer["ExpiresIn"] <= 300
    assert refusal(service.exchange, first, "SAML2") == ("NotAuthorizedException", "SubjectToken has been used")
    # The answer to a browser's sign-in is for that browser.
    browser = Browser()
    _, fields = corp.answer(browser, corp.leave(browser))
    answered = encode(alone(base64.b64decode(fields["SAMLResponse"]).decode()).encode()).decode()
    assert refusal(service.exchange, answered, "SAML2") == ("NotAuthorizedException", "Invalid SubjectToken")
    text = base64.b64decode(token().replace("-", "+").replace("_", "/")).replace(b"alice@example.com", b"chief@example.com")
    assert refusal(service.exchange, encode(text).decode(), "SAML2") == ("NotAuthorizedException", "Invalid SubjectToken")
