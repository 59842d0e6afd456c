"""Passwords and MFA devices of IAM users, and credentials that say whether a code was shown."""

import csv
import datetime
import io
import json
import time

import pytest
from support import ACCOUNT, PASSWORD, refusal, totp

WRONG = ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


@pytest.fixture(scope="module")
def iam(server):
    return server.client("iam")


def allow(action, condition=None):
    statement = {"Effect": "Allow", "Action": action, "Resource": "*", **({"Condition": condition} if condition else {})}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def fresh(seed, used):
    """A code that was not used: the next, which is taken before its time as clocks differ."""
    while (code := totp(seed, time.time() + 30)) in used:
        time.sleep(1)
    used.add(code)
    return code


def test_a_password_policy_from_first_to_last(iam):
    none = ("NoSuchEntity", f"The Password Policy with domain name {ACCOUNT} cannot be found.")
    assert refusal(iam.get_account_password_policy) == none
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireNumbers=True, MaxPasswordAge=90, PasswordReusePrevention=3)
    assert iam.get_account_password_policy()["PasswordPolicy"] == {
        "MinimumPasswordLength": 12, "RequireSymbols": False, "RequireNumbers": True, "RequireUppercaseCharacters": False,
        "RequireLowercaseCharacters": False, "AllowUsersToChangePassword": False, "ExpirePasswords": True, "MaxPasswordAge": 90,
        "PasswordReusePrevention": 3, "HardExpiry": False,
    }
    iam.delete_account_password_policy()
    assert refusal(iam.delete_account_password_policy) == none


def test_a_password_from_first_to_last(server, iam):
    iam.create_user(UserName="pat")
    key = iam.create_access_key(UserName="pat")["AccessKey"]
    pat = server.client("iam", key["AccessKeyId"], key["SecretAccessKey"])
    made = iam.create_login_profile(UserName="pat", Password=PASSWORD, PasswordResetRequired=True)["LoginProfile"]
    assert made["UserName"] == "pat" and made["PasswordResetRequired"] is True
    assert isinstance(made["CreateDate"], datetime.datetime)
    assert refusal(iam.create_login_profile, UserName="pat", Password=PASSWORD)[0] == "EntityAlreadyExists"
    assert refusal(pat.change_password, OldPassword=PASSWORD, NewPassword="Correct-horse-2")[0] == "AccessDenied"
    iam.attach_user_policy(UserName="pat", PolicyArn="arn:aws:iam::aws:policy/IAMUserChangePassword")
    old = {"OldPassword": PASSWORD}
    assert refusal(pat.change_password, **old, NewPassword="short")[0] == "PasswordPolicyViolation"
    assert refusal(pat.change_password, OldPassword="wrong", NewPassword="Correct-horse-2")[0] == "AccessDenied"
    pat.change_password(**old, NewPassword="Correct-horse-2")
    assert iam.get_login_profile(UserName="pat")["LoginProfile"]["PasswordResetRequired"] is False
    iam.update_login_profile(UserName="pat", Password="Correct-horse-3", PasswordResetRequired=True)
    assert refusal(iam.change_password, **old, NewPassword="Correct-horse-2")[0] == "InvalidUserType"
    assert "PasswordLastUsed" not in iam.get_user(UserName="pat")["User"]
    iam.detach_user_policy(UserName="pat", PolicyArn="arn:aws:iam::aws:policy/IAMUserChangePassword")
    iam.delete_access_key(UserName="pat", AccessKeyId=key["AccessKeyId"])
    conflict = ("DeleteConflict", "Cannot delete entity, must delete login profile first.")
    assert refusal(iam.delete_user, UserName="pat") == conflict
    iam.delete_login_profile(UserName="pat")
    assert refusal(iam.get_login_profile, UserName="pat")[0] == "NoSuchEntity"
    iam.delete_user(UserName="pat")


def test_a_device_and_what_its_codes_open(server, iam):
    iam.create_user(UserName="max")
    key = iam.create_access_key(UserName="max")["AccessKey"]
    iam.put_user_policy(UserName="max", PolicyName="p", PolicyDocument=allow("iam:ListUsers", WITH_MFA))
    iam.put_user_policy(UserName="max", PolicyName="q", PolicyDocument=allow("sts:AssumeRole"))
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="max", Tags=[{"Key": "a", "Value": "b"}])["VirtualMFADevice"]
    serial, seed = device["SerialNumber"], device["Base32StringSeed"].decode()
    assert serial == f"arn:aws:iam::{ACCOUNT}:mfa/max" and device["QRCodePNG"].startswith(b"\x89PNG")
    assert iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [{"Key": "a", "Value": "b"}]
    iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "c", "Value": "d"}])
    iam.untag_mfa_device(SerialNumber=serial, TagKeys=["a"])
    now = time.time()
    codes = {"AuthenticationCode1": totp(seed, now - 30), "AuthenticationCode2": totp(seed, now)}
    about = {"UserName": "max", "SerialNumber": serial}
    assert refusal(iam.enable_mfa_device, **about, AuthenticationCode1="000000", AuthenticationCode2="000000") == (
        "InvalidAuthenticationCode", "Authentication code for device is not valid.")
    iam.enable_mfa_device(**about, **codes)
    used = set(codes.values())
    assert [found["SerialNumber"] for found in iam.list_mfa_devices(UserName="max")["MFADevices"]] == [serial]
    assert iam.get_mfa_device(**about)["UserName"] == "max"
    pages = iam.get_paginator("list_virtual_mfa_devices").paginate(AssignmentStatus="Assigned")
    assert [found["User"]["UserName"] for page in pages for found in page["VirtualMFADevices"]] == ["max"]

    sts = server.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    shown = {"SerialNumber": serial}
    assert refusal(sts.get_session_token, **shown, TokenCode="000000") == WRONG
    code = fresh(seed, used)
    credentials = sts.get_session_token(**shown, TokenCode=code)["Credentials"]
    assert refusal(sts.get_session_token, **shown, TokenCode=code) == WRONG
    own = (credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
    assert server.client("sts", *own).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/max"
    assert server.client("iam", *own).list_users()["Users"]
    assert refusal(server.client("iam", key["AccessKeyId"], key["SecretAccessKey"]).list_users)[0] == "AccessDenied"
    plain = sts.get_session_token(DurationSeconds=900)["Credentials"]
    plain = server.client("iam", plain["AccessKeyId"], plain["SecretAccessKey"], plain["SessionToken"])
    assert refusal(plain.list_users)[0] == "InvalidClientTokenId"

    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole",
                                                     "Condition": WITH_MFA}]}
    role = iam.create_role(RoleName="careful", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    assume = {"RoleArn": role, "RoleSessionName": "test"}
    assert refusal(sts.assume_role, **assume)[0] == "AccessDenied"
    assert sts.assume_role(**assume, **shown, TokenCode=fresh(seed, used))["AssumedRoleUser"]["Arn"].endswith("/careful/test")
    assert server.client("sts", *own).assume_role(**assume)["Credentials"]

    now = time.time()
    iam.resync_mfa_device(**about, AuthenticationCode1=totp(seed, now), AuthenticationCode2=totp(seed, now + 30))
    assert refusal(iam.delete_virtual_mfa_device, SerialNumber=serial)[0] == "DeleteConflict"
    iam.delete_role(RoleName="careful")
    iam.deactivate_mfa_device(**about)
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    for name in ["p", "q"]:
        iam.delete_user_policy(UserName="max", PolicyName=name)
    iam.delete_access_key(UserName="max", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="max")


def test_what_the_account_has_and_its_credentials(iam):
    iam.create_user(UserName="rita")
    iam.create_login_profile(UserName="rita", Password=PASSWORD)
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["Users"] >= 1 and summary["AccessKeysPerUserQuota"] == 2 and summary["AccountPasswordPresent"] == 0
    assert refusal(iam.get_credential_report)[0] == "ReportNotPresent"
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    report = iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv" and isinstance(report["GeneratedTime"], datetime.datetime)
    rows = {row["user"]: row for row in csv.DictReader(io.StringIO(report["Content"].decode()))}
    assert rows["<root_account>"]["arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert (rows["rita"]["password_enabled"], rows["rita"]["password_last_used"]) == ("true", "no_information")
    pages = iam.get_paginator("get_account_authorization_details").paginate(Filter=["User"])
    assert "rita" in [user["UserName"] for page in pages for user in page["UserDetailList"]]
    iam.delete_login_profile(UserName="rita")
    iam.delete_user(UserName="rita")
