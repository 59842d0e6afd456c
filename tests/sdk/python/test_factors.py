"""Sign-in beyond the password: by choice, by codes that are sent, by a second factor that is chosen or set up."""

import boto3
import pytest
from pycognito.aws_srp import AWSSRP
from support import PASSWORD, Pool, claims, refusal, totp

PHONE = "+15555550123"
ALL = ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]


@pytest.fixture(scope="module")
def chosen(server):
    """A pool whose users choose what they begin with."""
    flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    pool = Pool(server, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ALL}})
    assert pool.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["Policies"]["SignInPolicy"] == {"AllowedFirstAuthFactors": ALL}
    client = pool.idp.create_user_pool_client(UserPoolId=pool.id, ClientName="choice", ExplicitAuthFlows=flows)
    pool.client_id = client["UserPoolClient"]["ClientId"]
    return pool


def begin(pool, name, **parameters):
    return pool.idp.initiate_auth(ClientId=pool.client_id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name, **parameters})


def answer(pool, asked, name, **responses):
    return pool.idp.respond_to_auth_challenge(
        ClientId=pool.client_id, ChallengeName=asked["ChallengeName"], Session=asked["Session"],
        ChallengeResponses={"USERNAME": name, **responses})


def test_a_code_by_mail_in_place_of_the_password(server, chosen):
    chosen.user("ann")
    asked = begin(chosen, "ann")
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert asked["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"]
    sent = answer(chosen, asked, "ann", ANSWER="EMAIL_OTP")
    assert sent["ChallengeParameters"] == {"CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL", "CODE_DELIVERY_DESTINATION": "a***@e***"}
    code = server.code_for("ann@example.com")
    assert refusal(answer, chosen, sent, "ann", EMAIL_OTP_CODE="no code")[0] == "CodeMismatchException"
    tokens = answer(chosen, sent, "ann", EMAIL_OTP_CODE=code)["AuthenticationResult"]
    factors = chosen.idp.get_user_auth_factors(AccessToken=tokens["AccessToken"])
    assert factors["ConfiguredUserAuthFactors"] == ["PASSWORD", "EMAIL_OTP"]
    assert chosen.idp.admin_get_user_auth_factors(UserPoolId=chosen.id, Username="ann")["ConfiguredUserAuthFactors"] == [
        "PASSWORD", "EMAIL_OTP"]


def test_srp_by_choice(chosen):
    chosen.user("srp")
    idp = boto3.client(
        "cognito-idp", endpoint_url=chosen.server.url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    srp = AWSSRP("srp", PASSWORD, chosen.id, chosen.client_id, client=idp)
    asked = begin(chosen, "srp", PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=srp.get_auth_params()["SRP_A"])
    assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
    responses = srp.process_challenge(asked["ChallengeParameters"], srp.get_auth_params())
    done = chosen.idp.respond_to_auth_challenge(
        ClientId=chosen.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses)
    assert done["AuthenticationResult"]["AccessToken"]


def test_a_sign_up_without_a_password_goes_on_into_a_sign_in(server, chosen):
    address = "new@example.com"
    attributes = [{"Name": "email", "Value": address}]
    signed_up = chosen.idp.sign_up(ClientId=chosen.client_id, Username="new", UserAttributes=attributes)
    confirmed = chosen.idp.confirm_sign_up(
        ClientId=chosen.client_id, Username="new", ConfirmationCode=server.code_for(address), Session=signed_up["Session"])
    tokens = chosen.idp.initiate_auth(
        ClientId=chosen.client_id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "new"}, Session=confirmed["Session"])
    assert tokens["AuthenticationResult"]["RefreshToken"]
    assert begin(chosen, "new")["AvailableChallenges"] == ["EMAIL_OTP"]


def test_second_factors_that_are_sent_and_the_choice_among_them(server):
    pool = Pool(server)
    config = {
        "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
        "SmsMfaConfiguration": {"SmsAuthenticationMessage": "sms {####}"},
        "EmailMfaConfiguration": {"Message": "mail {####}", "Subject": "subject"},
    }
    pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, **config)
    told = pool.idp.get_user_pool_mfa_config(UserPoolId=pool.id)
    assert {name: told[name] for name in config} == config
    pool.user("bob")
    number = [{"Name": "phone_number", "Value": PHONE}, {"Name": "phone_number_verified", "Value": "true"}]
    pool.idp.admin_update_user_attributes(UserPoolId=pool.id, Username="bob", UserAttributes=number)
    token = pool.tokens("bob")["AccessToken"]
    on = {"Enabled": True, "PreferredMfa": False}
    pool.idp.set_user_mfa_preference(AccessToken=token, SMSMfaSettings=on, EmailMfaSettings=on)
    assert pool.idp.get_user(AccessToken=token)["UserMFASettingList"] == ["SMS_MFA", "EMAIL_OTP"]
    for factor, member, address in [("SMS_MFA", "SMS_MFA_CODE", PHONE), ("EMAIL_OTP", "EMAIL_OTP_CODE", "bob@example.com")]:
        asked = pool.sign_in("bob")
        assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
        assert asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"] == '["SMS_MFA","EMAIL_OTP"]'
        sent = answer(pool, asked, "bob", ANSWER=factor)
        assert sent["ChallengeName"] == factor
        assert answer(pool, sent, "bob", **{member: server.code_for(address)})["AuthenticationResult"]
    pool.idp.admin_set_user_mfa_preference(
        UserPoolId=pool.id, Username="bob", SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    assert pool.sign_in("bob")["ChallengeName"] == "SMS_MFA"
    assert refusal(
        pool.idp.set_user_mfa_preference, AccessToken=token, SMSMfaSettings={"Enabled": False, "PreferredMfa": True}) == (
        "InvalidParameterException", "Preferred MFA must be enabled")


def test_a_lost_authenticator_is_taken_away(server):
    pool = Pool(server)
    pool.user("carl")
    secret = pool.enrol_totp("carl", pool.tokens("carl")["AccessToken"])
    asked = pool.sign_in("carl")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    pool.idp.admin_delete_software_token(UserPoolId=pool.id, Username="carl")
    assert refusal(answer, pool, asked, "carl", SOFTWARE_TOKEN_MFA_CODE=totp(secret))[0] == "NotAuthorizedException"
    assert pool.tokens("carl")["AccessToken"]


def test_a_sign_in_is_raised_to_a_level_by_what_it_lacks(chosen):
    chosen.user("lea")
    plain = chosen.tokens("lea")
    secret = chosen.enrol_totp("lea", plain["AccessToken"])
    chosen.idp.set_user_mfa_preference(AccessToken=plain["AccessToken"], SoftwareTokenMfaSettings={"Enabled": False})
    level = "urn:cognito:loa:4"
    raised = {"TARGET_ACR_VALUES": level, "ACCESS_TOKEN": plain["AccessToken"], "MAX_AGE": "300"}
    asked = begin(chosen, "lea", **raised)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    tokens = answer(chosen, asked, "lea", SOFTWARE_TOKEN_MFA_CODE=totp(secret))["AuthenticationResult"]
    for token in (tokens["AccessToken"], tokens["IdToken"]):
        assert (claims(token)["acr"], claims(token)["amr"]) == (level, ["pwd", "otp", "mfa"])
        assert claims(token)["auth_time"] == claims(plain["AccessToken"])["auth_time"]
    assert "acr" not in claims(plain["AccessToken"])
    chosen.user("max")
    assert refusal(begin, chosen, "max", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD, TARGET_ACR_VALUES=level)[0] == (
        "InvalidParameterException")


def test_an_administrator_makes_a_user_without_a_password(server, chosen):
    attributes = [{"Name": "email", "Value": "dora@example.com"}, {"Name": "email_verified", "Value": "true"}]
    made = chosen.idp.admin_create_user(
        UserPoolId=chosen.id, Username="dora", UserAttributes=attributes, MessageAction="SUPPRESS")
    assert made["User"]["UserStatus"] == "CONFIRMED"
    asked = chosen.idp.admin_initiate_auth(
        UserPoolId=chosen.id, ClientId=chosen.client_id, AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "dora", "PREFERRED_CHALLENGE": "EMAIL_OTP"})
    done = chosen.idp.admin_respond_to_auth_challenge(
        UserPoolId=chosen.id, ClientId=chosen.client_id, ChallengeName="EMAIL_OTP", Session=asked["Session"],
        ChallengeResponses={"USERNAME": "dora", "EMAIL_OTP_CODE": server.code_for("dora@example.com")})
    assert done["AuthenticationResult"]
