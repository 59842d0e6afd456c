"""Passkeys: made, listed, used and deleted, by a software authenticator and boto3."""

import json

import pytest
from passkey import Passkey
from support import Pool, claims, refusal

FLOWS = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}


@pytest.fixture(scope="module")
def pool(server):
    pool = Pool(server, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}})
    pool.idp.update_user_pool_client(UserPoolId=pool.id, ClientId=pool.client_id, **FLOWS)
    configuration = {"RelyingPartyId": "example.com", "UserVerification": "required"}
    answer = pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, WebAuthnConfiguration=configuration)
    assert answer["WebAuthnConfiguration"] == configuration
    assert pool.idp.get_user_pool_mfa_config(UserPoolId=pool.id)["WebAuthnConfiguration"] == configuration
    return pool


def register(pool, token, passkey):
    options = pool.idp.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"]
    pool.idp.complete_web_authn_registration(AccessToken=token, Credential=passkey.create(options))


def ask(pool, name):
    asked = pool.idp.initiate_auth(
        ClientId=pool.client_id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name, "PREFERRED_CHALLENGE": "WEB_AUTHN"})
    assert asked["ChallengeName"] == "WEB_AUTHN"
    return asked, json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])


def answer(pool, name, asked, credential):
    return pool.idp.respond_to_auth_challenge(
        ClientId=pool.client_id, ChallengeName="WEB_AUTHN", Session=asked["Session"],
        ChallengeResponses={"USERNAME": name, "CREDENTIAL": credential})


@pytest.mark.parametrize("algorithm", [-7, -8, -35, -257])
def test_a_passkey_signs_in(pool, algorithm):
    name = f"alice{-algorithm}"
    token = pool.tokens(pool.user(name))["AccessToken"]
    passkey = Passkey("example.com", algorithm)
    register(pool, token, passkey)
    [listed] = pool.idp.list_web_authn_credentials(AccessToken=token)["Credentials"]
    assert listed["FriendlyCredentialName"] == "Roaming passkey" and listed["RelyingPartyId"] == "example.com"
    assert listed["AuthenticatorTransports"] == ["usb"] and listed["AuthenticatorAttachment"] == "cross-platform"
    for _ in range(2):
        asked, options = ask(pool, name)
        tokens = answer(pool, name, asked, passkey.get(options))["AuthenticationResult"]
        assert claims(tokens["IdToken"])["cognito:username"] == name
        assert pool.idp.get_user(AccessToken=tokens["AccessToken"])["Username"] == name


def test_a_passkey_is_offered_among_the_choices(pool):
    token = pool.tokens(pool.user("chooser"))["AccessToken"]
    passkey = Passkey("example.com")
    register(pool, token, passkey)
    chosen = pool.idp.initiate_auth(ClientId=pool.client_id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "chooser"})
    assert chosen["ChallengeName"] == "SELECT_CHALLENGE" and "WEB_AUTHN" in chosen["AvailableChallenges"]
    asked = pool.idp.respond_to_auth_challenge(
        ClientId=pool.client_id, ChallengeName="SELECT_CHALLENGE", Session=chosen["Session"],
        ChallengeResponses={"USERNAME": "chooser", "ANSWER": "WEB_AUTHN"})
    options = json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    assert "AuthenticationResult" in answer(pool, "chooser", asked, passkey.get(options))


def test_what_lies_does_not_sign_in(pool):
    token = pool.tokens(pool.user("bob"))["AccessToken"]
    passkey, stranger = Passkey("example.com"), Passkey("example.com")
    register(pool, token, passkey)
    asked, options = ask(pool, "bob")
    for credential in [stranger.get(options), "{}", passkey.get({**options, "challenge": "AAAA"})]:
        assert refusal(answer, pool, "bob", asked, credential)[0] == "NotAuthorizedException"
    passkey.origin = "https://evil.test"
    assert refusal(answer, pool, "bob", asked, passkey.get(options))[0] == "NotAuthorizedException"
    passkey.origin = "https://example.com"
    signed = passkey.get(options)
    answer(pool, "bob", asked, signed)
    assert refusal(answer, pool, "bob", asked, signed)[0] == "NotAuthorizedException"


def test_a_deleted_passkey_signs_nobody_in(pool):
    token = pool.tokens(pool.user("carol"))["AccessToken"]
    passkey = Passkey("example.com")
    register(pool, token, passkey)
    asked, options = ask(pool, "carol")
    [listed] = pool.idp.list_web_authn_credentials(AccessToken=token)["Credentials"]
    pool.idp.delete_web_authn_credential(AccessToken=token, CredentialId=listed["CredentialId"])
    assert pool.idp.list_web_authn_credentials(AccessToken=token)["Credentials"] == []
    assert refusal(answer, pool, "carol", asked, passkey.get(options))[0] == "NotAuthorizedException"
    gone = refusal(pool.idp.delete_web_authn_credential, AccessToken=token, CredentialId=listed["CredentialId"])
    assert gone[0] == "ResourceNotFoundException"


def test_registrations_are_refused_by_the_names_of_the_model(pool):
    token = pool.tokens(pool.user("dave"))["AccessToken"]

    def refused(passkey):
        options = pool.idp.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"]
        return refusal(pool.idp.complete_web_authn_registration, AccessToken=token, Credential=passkey.create(options))[0]

    assert refused(Passkey("example.com", origin="https://evil.test")) == "WebAuthnOriginNotAllowedException"
    made = Passkey("example.com").create(pool.idp.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"])
    pool.idp.complete_web_authn_registration(AccessToken=token, Credential=made)
    again = refusal(pool.idp.complete_web_authn_registration, AccessToken=token, Credential=made)
    assert again[0] == "WebAuthnChallengeNotFoundException"


def test_what_is_no_domain_is_no_relying_party(pool):
    configuration = {"RelyingPartyId": "https://example.com"}
    refused = refusal(pool.idp.set_user_pool_mfa_config, UserPoolId=pool.id, WebAuthnConfiguration=configuration)
    assert refused[0] == "InvalidParameterException"
