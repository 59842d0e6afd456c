"""What users do about their own accounts, and how they get back into them."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest
from support import PASSWORD, Pool, refusal

OTHER = "0ther-Pa55word!"
THIRD = "Th1rd-Pa55word!"


@pytest.fixture(scope="module")
def pool(server):
    return Pool(server, client={"PreventUserExistenceErrors": "LEGACY"})


def attributes(pool, name):
    user = pool.idp.admin_get_user(UserPoolId=pool.id, Username=name)
    return {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"] if attribute["Name"] != "sub"}


def status(pool, name):
    return pool.idp.admin_get_user(UserPoolId=pool.id, Username=name)["UserStatus"]


def test_a_forgotten_password_is_replaced(pool):
    tokens = pool.tokens(pool.user("forgetful"))
    sent = pool.idp.forgot_password(ClientId=pool.client_id, Username="forgetful")["CodeDeliveryDetails"]
    assert sent == {"Destination": "f***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    code = pool.server.code_for("forgetful@example.com")
    wrong = "000000" if code != "000000" else "000001"
    confirm = {"ClientId": pool.client_id, "Username": "forgetful", "Password": OTHER}
    assert refusal(pool.idp.confirm_forgot_password, ConfirmationCode=wrong, **confirm)[0] == "CodeMismatchException"
    assert refusal(pool.idp.confirm_forgot_password, ConfirmationCode=code, **{**confirm, "Password": "short"})[0] == "InvalidPasswordException"
    pool.idp.confirm_forgot_password(ConfirmationCode=code, **confirm)
    assert refusal(pool.idp.confirm_forgot_password, ConfirmationCode=code, **confirm)[0] == "ExpiredCodeException"
    assert refusal(pool.idp.get_user, AccessToken=tokens["AccessToken"])[0] == "NotAuthorizedException"
    pool.tokens("forgetful", OTHER)


def test_who_may_be_told_is_told(pool):
    assert refusal(pool.idp.forgot_password, ClientId=pool.client_id, Username="nobody")[0] == "UserNotFoundException"
    pool.idp.admin_create_user(UserPoolId=pool.id, Username="unverified", MessageAction="SUPPRESS")
    pool.idp.admin_set_user_password(UserPoolId=pool.id, Username="unverified", Password=PASSWORD, Permanent=True)
    assert refusal(pool.idp.forgot_password, ClientId=pool.client_id, Username="unverified") == (
        "InvalidParameterException", "Cannot reset password for the user as there is no registered/verified email or phone_number")


def test_a_reset_password_is_no_way_in(pool):
    pool.user("reset")
    pool.idp.admin_reset_user_password(UserPoolId=pool.id, Username="reset")
    assert status(pool, "reset") == "RESET_REQUIRED"
    assert refusal(pool.sign_in, "reset") == ("PasswordResetRequiredException", "Password reset required for the user")
    code = pool.server.code_for("reset@example.com")
    pool.idp.confirm_forgot_password(ClientId=pool.client_id, Username="reset", ConfirmationCode=code, Password=OTHER)
    assert status(pool, "reset") == "CONFIRMED"
    pool.tokens("reset", OTHER)


def test_a_password_is_changed_and_none_of_the_last_is_taken_again(server):
    policy = {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 2}}
    pool = Pool(server, Policies=policy)
    tokens = pool.tokens(pool.user("changes"))
    change = lambda previous, proposed: pool.idp.change_password(
        PreviousPassword=previous, ProposedPassword=proposed, AccessToken=tokens["AccessToken"])
    assert refusal(change, "wrong", OTHER) == ("NotAuthorizedException", "Incorrect username or password.")
    change(PASSWORD, OTHER)
    assert refusal(change, OTHER, PASSWORD)[0] == "PasswordHistoryPolicyViolationException"
    change(OTHER, THIRD)
    change(THIRD, PASSWORD)
    pool.idp.get_user(AccessToken=tokens["AccessToken"])
    described = pool.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["Policies"]["PasswordPolicy"]
    assert described["PasswordHistorySize"] == 2


def test_an_address_is_changed_and_verified(pool):
    token = pool.tokens(pool.user("moves"))["AccessToken"]
    changed = pool.idp.update_user_attributes(
        AccessToken=token, UserAttributes=[{"Name": "email", "Value": "moved@example.com"}, {"Name": "nickname", "Value": "mo"}])
    assert changed["CodeDeliveryDetailsList"][0]["Destination"] == "m***@e***"
    assert attributes(pool, "moves") == {"email": "moved@example.com", "email_verified": "false", "nickname": "mo"}
    again = pool.idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    assert again["CodeDeliveryDetails"]["AttributeName"] == "email"
    code = pool.server.code_for("moved@example.com")
    wrong = "000000" if code != "000000" else "000001"
    verify = {"AccessToken": token, "AttributeName": "email"}
    assert refusal(pool.idp.verify_user_attribute, Code=wrong, **verify)[0] == "CodeMismatchException"
    pool.idp.verify_user_attribute(Code=code, **verify)
    assert attributes(pool, "moves")["email_verified"] == "true"
    pool.idp.delete_user_attributes(AccessToken=token, UserAttributeNames=["nickname"])
    assert "nickname" not in attributes(pool, "moves")
    refused = refusal(pool.idp.update_user_attributes, AccessToken=token, UserAttributes=[{"Name": "email_verified", "Value": "true"}])
    assert refused[0] == "NotAuthorizedException"


def test_an_address_waits_where_the_pool_says_so(server):
    waits = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    pool = Pool(server, UserAttributeUpdateSettings=waits, AliasAttributes=["email"])
    token = pool.tokens(pool.user("waits"))["AccessToken"]
    pool.idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "email", "Value": "later@example.com"}])
    assert attributes(pool, "waits") == {"email": "waits@example.com", "email_verified": "true"}
    pool.tokens("waits@example.com")
    pool.idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=server.code_for("later@example.com"))
    assert attributes(pool, "waits") == {"email": "later@example.com", "email_verified": "true"}
    pool.tokens("later@example.com")


def test_a_link_confirms(server):
    template = {"DefaultEmailOption": "CONFIRM_WITH_LINK", "EmailMessageByLink": "Come: {##here##}"}
    pool = Pool(server, VerificationMessageTemplate=template)
    pool.sign_up("clicks")
    message = json.loads(server.get("/_dev/outbox?to=clicks@example.com"))[0]
    link = re.search(r"https?://\S+", message["body"])[0]
    assert urllib.parse.urlsplit(link).path == f"/{pool.id}/confirmUser"
    address = urllib.parse.urlsplit(link)
    page = server.get(f"{address.path}?{address.query}", accept="text/html")
    assert "<form method=\"post\"" in page and status(pool, "clicks") == "UNCONFIRMED"
    press = lambda: urllib.request.urlopen(server.url + address.path, address.query.encode()).status
    assert press() == 200 and status(pool, "clicks") == "CONFIRMED"
    with pytest.raises(urllib.error.HTTPError):
        press()


def test_an_invitation_is_sent_again(server):
    invite = {"InviteMessageTemplate": {"EmailSubject": "Come", "EmailMessage": "{username} {####}"}}
    pool = Pool(server, AdminCreateUserConfig=invite)
    made = {"UserPoolId": pool.id, "Username": "guest", "DesiredDeliveryMediums": ["EMAIL"]}
    pool.idp.admin_create_user(UserAttributes=[{"Name": "email", "Value": "guest@example.com"}], **made)
    first = server.code_for("guest@example.com")
    pool.idp.admin_create_user(MessageAction="RESEND", **made)
    second = server.code_for("guest@example.com")
    assert first != second
    assert refusal(pool.sign_in, "guest", first)[0] == "NotAuthorizedException"
    assert pool.sign_in("guest", second)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    pool.idp.admin_set_user_password(UserPoolId=pool.id, Username="guest", Password=PASSWORD, Permanent=True)
    assert refusal(pool.idp.admin_create_user, MessageAction="RESEND", **made)[0] == "UnsupportedUserStateException"


def test_a_pool_asks_more_of_passwords_than_cognito(server):
    pool = Pool(server, UserPoolTags={"passwright:password-rules": "nist"})
    assert "not long enough" in refusal(pool.sign_up, "short", "Pa55word!")[1]
    pool.sign_up("long", "correct-horse-battery-staple")
    described = pool.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    assert described["UserPoolTags"] == {"passwright:password-rules": "nist"}


def test_recovery_is_as_the_pool_says(server):
    setting = {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}
    pool = Pool(server, AccountRecoverySetting=setting)
    pool.user("alice")
    assert pool.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["AccountRecoverySetting"] == setting
    refused = refusal(pool.idp.forgot_password, ClientId=pool.client_id, Username="alice")
    assert refused == ("NotAuthorizedException", "Contact administrator to reset password.")


def test_the_old_settings_of_text_messages(pool):
    token = pool.tokens(pool.user("old"))["AccessToken"]
    pool.idp.set_user_settings(AccessToken=token, MFAOptions=[])
    pool.idp.admin_set_user_settings(UserPoolId=pool.id, Username="old", MFAOptions=[])
    by_mail = [{"DeliveryMedium": "EMAIL", "AttributeName": "email"}]
    assert refusal(pool.idp.set_user_settings, AccessToken=token, MFAOptions=by_mail)[0] == "InvalidParameterException"


def test_who_deletes_themselves_is_gone(pool):
    token = pool.tokens(pool.user("leaves"))["AccessToken"]
    pool.idp.delete_user(AccessToken=token)
    assert refusal(pool.idp.admin_get_user, UserPoolId=pool.id, Username="leaves")[0] == "UserNotFoundException"
    assert refusal(pool.idp.get_user, AccessToken=token)[0] == "NotAuthorizedException"
