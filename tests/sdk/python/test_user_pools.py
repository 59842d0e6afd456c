"""A pool, its users, their sign-in: the first flow."""

import concurrent.futures
import json
import time
import urllib.request

import boto3
import jwt
import pytest
from pycognito import Cognito
from support import PASSWORD, Pool, claims, refusal, totp


@pytest.fixture(scope="module")
def pool(server):
    return Pool(server)


def cognito(pool, name):
    return Cognito(
        pool.id, pool.client_id, username=name, client_secret=pool.client_secret, access_key="test", secret_key="test",
        boto3_client_kwargs={"endpoint_url": pool.server.url})


def test_sign_up_confirm_and_sign_in_with_a_password(server, pool):
    answer, address = pool.sign_up("alice")
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"] == {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    assert refusal(pool.sign_in, "alice")[0] == "UserNotConfirmedException"
    pool.idp.confirm_sign_up(ClientId=pool.client_id, Username="alice", ConfirmationCode=server.code_for(address))
    tokens = pool.tokens("alice")
    keys = jwt.PyJWKClient(f"{server.url}/{pool.id}/.well-known/jwks.json")
    verified = jwt.decode(
        tokens["IdToken"], keys.get_signing_key_from_jwt(tokens["IdToken"]).key, ["RS256"], audience=pool.client_id,
        issuer=f"{server.url}/{pool.id}")
    assert verified["cognito:username"] == "alice" and verified["email_verified"] is True and verified["token_use"] == "id"
    access = claims(tokens["AccessToken"])
    assert access["client_id"] == pool.client_id and access["scope"] == "aws.cognito.signin.user.admin" and "aud" not in access
    assert jwt.get_unverified_header(tokens["AccessToken"]).keys() == {"alg", "kid"}
    user = pool.idp.get_user(AccessToken=tokens["AccessToken"])
    assert user["Username"] == "alice"
    assert {"Name": "sub", "Value": access["sub"]} in user["UserAttributes"]


def test_srp_by_pycognito_signs_in_and_a_wrong_password_does_not(pool):
    pool.user("srp")
    session = cognito(pool, "srp")
    session.authenticate(password=PASSWORD)
    assert session.id_claims["cognito:username"] == "srp"
    old = session.access_token
    session.renew_access_token()
    assert session.access_token != old
    assert refusal(cognito(pool, "srp").authenticate, password="wrong") == ("NotAuthorizedException", "Incorrect username or password.")


def test_srp_with_a_client_secret(server):
    secured = Pool(server, client={"GenerateSecret": True})
    secured.idp.admin_create_user(UserPoolId=secured.id, Username="bob", MessageAction="SUPPRESS")
    secured.idp.admin_set_user_password(UserPoolId=secured.id, Username="bob", Password=PASSWORD, Permanent=True)
    cognito(secured, "bob").authenticate(password=PASSWORD)
    assert refusal(secured.sign_in, "bob") == (
        "NotAuthorizedException", f"Client {secured.client_id} is configured with secret but SECRET_HASH was not received")


def test_totp_is_enrolled_asked_for_and_each_code_serves_once(pool):
    pool.user("mfa")
    tokens = pool.tokens("mfa")
    secret = pool.enrol_totp("mfa", tokens["AccessToken"])
    assert pool.idp.get_user(AccessToken=tokens["AccessToken"])["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    asked = pool.sign_in("mfa")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA" and "AuthenticationResult" not in asked

    def answer(session, code, name="mfa"):
        return pool.idp.respond_to_auth_challenge(
            ClientId=pool.client_id, ChallengeName="SOFTWARE_TOKEN_MFA", Session=session,
            ChallengeResponses={"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": code})

    assert refusal(answer, asked["Session"], "000000")[0] == "CodeMismatchException"
    code = totp(secret)
    assert "AccessToken" in answer(asked["Session"], code)["AuthenticationResult"]
    assert refusal(answer, asked["Session"], code) == (
        "NotAuthorizedException", "Invalid session for the user, session can only be used once.")
    again = pool.sign_in("mfa")
    assert refusal(answer, again["Session"], code) == ("ExpiredCodeException", "Your software token has already been used once.")
    pool.user("other")
    assert refusal(answer, again["Session"], totp(secret), "other")[1] == "Invalid session for the user."


def test_global_sign_out_ends_refresh_and_access_tokens(pool):
    pool.user("leaver")
    tokens = pool.tokens("leaver")

    def refresh():
        return pool.idp.initiate_auth(
            ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})

    assert "RefreshToken" not in refresh()["AuthenticationResult"]
    pool.idp.global_sign_out(AccessToken=tokens["AccessToken"])
    assert refusal(refresh) == ("NotAuthorizedException", "Refresh Token has been revoked")
    assert refusal(pool.idp.get_user, AccessToken=tokens["AccessToken"]) == (
        "NotAuthorizedException", "Access Token has been revoked")


def test_revoke_token_and_administrators_sign_out(pool):
    pool.user("revoked")
    first, second = pool.tokens("revoked"), pool.tokens("revoked")
    pool.idp.revoke_token(Token=first["RefreshToken"], ClientId=pool.client_id)
    assert refusal(pool.idp.get_user, AccessToken=first["AccessToken"])[0] == "NotAuthorizedException"
    assert pool.idp.get_user(AccessToken=second["AccessToken"])["Username"] == "revoked"
    pool.idp.admin_user_global_sign_out(UserPoolId=pool.id, Username="revoked")
    assert refusal(pool.idp.get_user, AccessToken=second["AccessToken"])[0] == "NotAuthorizedException"
    assert refusal(pool.idp.revoke_token, Token="nothing", ClientId=pool.client_id)[0] == "UnsupportedTokenTypeException"


def test_a_temporary_password_must_be_changed(server, pool):
    created = pool.idp.admin_create_user(
        UserPoolId=pool.id, Username="new", DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=[{"Name": "email", "Value": "new@example.com"}, {"Name": "email_verified", "Value": "true"}])["User"]
    assert created["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    temporary = server.code_for("new@example.com")
    asked = pool.sign_in("new", temporary)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answered = pool.idp.respond_to_auth_challenge(
        ClientId=pool.client_id, ChallengeName="NEW_PASSWORD_REQUIRED", Session=asked["Session"],
        ChallengeResponses={"USERNAME": "new", "NEW_PASSWORD": PASSWORD})
    assert "IdToken" in answered["AuthenticationResult"]
    assert pool.idp.admin_get_user(UserPoolId=pool.id, Username="new")["UserStatus"] == "CONFIRMED"
    assert "IdToken" in pool.tokens("new")
    administered = pool.idp.admin_initiate_auth(
        UserPoolId=pool.id, ClientId=pool.client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "new", "PASSWORD": PASSWORD})
    assert "IdToken" in administered["AuthenticationResult"]


def test_confirmation_codes_serve_once_and_are_bounded(server, pool):
    _, address = pool.sign_up("coded")
    old = server.code_for(address)
    pool.idp.resend_confirmation_code(ClientId=pool.client_id, Username="coded")
    confirm = lambda code: pool.idp.confirm_sign_up(ClientId=pool.client_id, Username="coded", ConfirmationCode=code)
    if old != server.code_for(address):
        assert refusal(confirm, old)[0] == "CodeMismatchException"
    confirm(server.code_for(address))
    assert refusal(confirm, server.code_for(address)) == (
        "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
    _, address = pool.sign_up("guessed")
    guess = lambda: pool.idp.confirm_sign_up(ClientId=pool.client_id, Username="guessed", ConfirmationCode="000000")
    refusals = [refusal(guess)[0] for _ in range(7)]
    assert refusals == ["CodeMismatchException"] * 5 + ["LimitExceededException"] * 2
    right = server.code_for(address)
    assert refusal(pool.idp.confirm_sign_up, ClientId=pool.client_id, Username="guessed", ConfirmationCode=right)[0] == "LimitExceededException"


def test_five_wrong_passwords_lock_the_right_one_out_too(pool):
    pool.user("locked")
    wrong = [refusal(pool.sign_in, "locked", "Wr0ng-pass!")[1] for _ in range(5)]
    assert wrong == ["Incorrect username or password."] * 5
    assert refusal(pool.sign_in, "locked") == ("NotAuthorizedException", "Password attempts exceeded")
    time.sleep(1.1)
    assert "IdToken" in pool.tokens("locked")


def test_a_user_may_sign_in_many_times_at_once(pool):
    pool.user("busy")
    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        assert len([tokens for tokens in threads.map(pool.tokens, ["busy"] * 24) if tokens]) == 24


def test_a_burst_of_guesses_gets_no_more_than_its_share(pool):
    pool.user("burst")
    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda guess: refusal(pool.sign_in, "burst", guess)[1], [f"Wrong-{n}" for n in range(24)]))
    assert answers.count("Incorrect username or password.") <= 6 and "Password attempts exceeded" in answers, answers


def test_unknown_users_look_like_wrong_passwords_where_the_client_asks(server, pool):
    assert refusal(pool.sign_in, "ghost")[0] == "UserNotFoundException"
    hidden = Pool(server, client={"PreventUserExistenceErrors": "ENABLED"})
    hidden.user("real")
    assert refusal(hidden.sign_in, "ghost") == refusal(hidden.sign_in, "real", "Wr0ng-pass!")
    salt = lambda name: hidden.idp.initiate_auth(
        ClientId=hidden.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": name, "SRP_A": "ab" * 300})["ChallengeParameters"]
    one, two, real = salt("ghost"), salt("ghost"), salt("real")
    assert one["SALT"] == two["SALT"] and one["SRP_B"] != two["SRP_B"]
    assert {name: len(value) for name, value in one.items() if name in ("SALT",)} == {"SALT": len(real["SALT"])}
    assert refusal(cognito(hidden, "ghost").authenticate, password=PASSWORD)[1] == "Incorrect username or password."


def test_srp_refuses_a_public_value_of_zero(pool):
    for value in ["0", "00", "xyz", "f" * 800]:
        begin = lambda: pool.idp.initiate_auth(
            ClientId=pool.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "alice", "SRP_A": value})
        assert refusal(begin)[0] == "InvalidParameterException", value


def test_tokens_of_another_use_or_pool_are_refused(server, pool):
    pool.user("tokens")
    tokens = pool.tokens("tokens")
    header, body, signature = tokens["AccessToken"].split(".")
    for token in [tokens["IdToken"], f"{header}.{body}.AAAA", f"eyJhbGciOiJub25lIn0.{body}.x", "nonsense"]:
        assert refusal(pool.idp.get_user, AccessToken=token) == ("NotAuthorizedException", "Invalid Access Token"), token[:20]


def test_an_administrator_confirms_and_answers_challenges_for_a_user(pool):
    pool.sign_up("late")
    pool.idp.admin_confirm_sign_up(UserPoolId=pool.id, Username="late")
    assert refusal(pool.idp.admin_confirm_sign_up, UserPoolId=pool.id, Username="late") == (
        "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
    assert refusal(pool.idp.admin_confirm_sign_up, UserPoolId=pool.id, Username="nobody") == (
        "UserNotFoundException", "User does not exist.")
    assert pool.idp.admin_get_user(UserPoolId=pool.id, Username="late")["UserStatus"] == "CONFIRMED"
    pool.idp.admin_create_user(UserPoolId=pool.id, Username="hired", TemporaryPassword=PASSWORD + "1", MessageAction="SUPPRESS")
    begun = pool.idp.admin_initiate_auth(
        UserPoolId=pool.id, ClientId=pool.client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "hired", "PASSWORD": PASSWORD + "1"})
    assert begun["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answer = lambda password: pool.idp.admin_respond_to_auth_challenge(
        UserPoolId=pool.id, ClientId=pool.client_id, ChallengeName="NEW_PASSWORD_REQUIRED", Session=begun["Session"],
        ChallengeResponses={"USERNAME": "hired", "NEW_PASSWORD": password})
    assert refusal(answer, "weakweak")[0] == "InvalidPasswordException"
    assert claims(answer(PASSWORD)["AuthenticationResult"]["IdToken"])["cognito:username"] == "hired"
    assert refusal(answer, PASSWORD)[1] == "Invalid session for the user, session can only be used once."


def test_bad_input_gets_the_documented_error(server, pool):
    idp = pool.idp
    assert refusal(pool.sign_up, "weak", "short1!A"[:5])[0] in ("InvalidPasswordException", "InvalidParameterException")
    assert refusal(pool.sign_up, "weak", "nouppercase1!") == (
        "InvalidPasswordException", "Password did not conform with policy: Password must have uppercase characters")
    pool.user("taken")
    assert refusal(pool.sign_up, "taken") == ("UsernameExistsException", "User already exists")
    assert refusal(idp.describe_user_pool, UserPoolId="us-east-1_none") == (
        "ResourceNotFoundException", "User pool us-east-1_none does not exist.")
    assert refusal(idp.list_user_pools, MaxResults=61)[0] == "InvalidParameterException"
    assert refusal(idp.create_user_pool, PoolName="x", LambdaConfig={"PreSignUp": "arn:aws:lambda:us-east-1:0:function:f"}) == (
        "InvalidParameterException", "PreSignUp is not the ARN of a Lambda function")
    assert refusal(server.client("accessanalyzer").list_analyzers)[0] == "UnknownOperationException"
    vouch = [{"Name": "email", "Value": "x@example.com"}, {"Name": "email_verified", "Value": "true"}]
    assert refusal(idp.sign_up, ClientId=pool.client_id, Username="liar", Password=PASSWORD, UserAttributes=vouch)[0] == "NotAuthorizedException"
    for body, code in [(b"[]", "SerializationException"), (b"{", "SerializationException"), (b'{"a":' + b"[" * 5000, "SerializationException")]:
        assert raw_error(server, body) == code
    assert raw_error(server, b"{" + b" " * 2_000_000 + b"}") == "RequestEntityTooLargeException"


def raw_error(server, body):
    headers = {"X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp", "Content-Type": "application/x-amz-json-1.1"}
    try:
        urllib.request.urlopen(urllib.request.Request(server.url, body, headers))
    except urllib.error.HTTPError as error:
        return json.load(error)["__type"]


def test_pools_and_users_are_listed_in_pages(server):
    listed = Pool(server)
    for number in range(5):
        listed.idp.admin_create_user(UserPoolId=listed.id, Username=f"u{number}", MessageAction="SUPPRESS")
    pages = listed.idp.get_paginator("list_users").paginate(UserPoolId=listed.id, PaginationConfig={"PageSize": 2})
    names = [user["Username"] for page in pages for user in page["Users"]]
    assert sorted(names) == [f"u{number}" for number in range(5)]
    found = listed.idp.list_users(UserPoolId=listed.id, Filter='username ^= "u1"')["Users"]
    assert [user["Username"] for user in found] == ["u1"]
    assert listed.idp.list_users(UserPoolId=listed.id, Filter='username = "u"')["Users"] == []
    assert refusal(listed.idp.list_users, UserPoolId=listed.id, Filter="nonsense")[0] == "InvalidParameterException"
    pools = listed.idp.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 1})
    assert listed.id in [found["Id"] for page in pools for found in page["UserPools"]]
    described = listed.idp.describe_user_pool(UserPoolId=listed.id)["UserPool"]
    assert described["EstimatedNumberOfUsers"] == 5 and len(described["SchemaAttributes"]) == 20
    assert listed.idp.get_user_pool_mfa_config(UserPoolId=listed.id)["MfaConfiguration"] == "OFF"
    assert listed.idp.describe_user_pool_client(UserPoolId=listed.id, ClientId=listed.client_id)["UserPoolClient"]["ClientName"] == "app"
    listed.idp.delete_user_pool(UserPoolId=listed.id)
    assert refusal(listed.idp.describe_user_pool, UserPoolId=listed.id)[0] == "ResourceNotFoundException"


def test_another_account_does_not_see_the_pool(server, pool):
    stranger = server.client("cognito-idp", key="111111111111")
    assert refusal(stranger.describe_user_pool, UserPoolId=pool.id)[0] == "ResourceNotFoundException"


def test_email_can_be_the_username(server):
    by_email = Pool(server, UsernameAttributes=["email"])
    answer = by_email.idp.sign_up(ClientId=by_email.client_id, Username="Carol@example.com", Password=PASSWORD)
    code = server.code_for("Carol@example.com")
    by_email.idp.confirm_sign_up(ClientId=by_email.client_id, Username="carol@example.com", ConfirmationCode=code)
    tokens = by_email.tokens("carol@example.com")
    assert claims(tokens["IdToken"])["cognito:username"] == answer["UserSub"]
    assert refusal(by_email.idp.sign_up, ClientId=by_email.client_id, Username="CAROL@example.com", Password=PASSWORD)[0] == "UsernameExistsException"


def test_mfa_that_is_on_is_set_up_at_sign_in(server):
    strict = Pool(server)
    strict.user("dora")
    strict.idp.set_user_pool_mfa_config(
        UserPoolId=strict.id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    asked = strict.sign_in("dora")
    assert asked["ChallengeName"] == "MFA_SETUP"
    finish = lambda session: strict.idp.respond_to_auth_challenge(
        ClientId=strict.client_id, ChallengeName="MFA_SETUP", Session=session, ChallengeResponses={"USERNAME": "dora"})
    assert refusal(finish, asked["Session"])[1] == "Invalid session for the user."
    begun = strict.idp.associate_software_token(Session=asked["Session"])
    assert refusal(strict.idp.verify_software_token, Session=begun["Session"], UserCode="000000") == (
        "EnableSoftwareTokenMFAException", "Code mismatch")
    verified = strict.idp.verify_software_token(Session=begun["Session"], UserCode=totp(begun["SecretCode"]))
    assert "IdToken" in finish(verified["Session"])["AuthenticationResult"]
