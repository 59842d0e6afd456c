"""Devices, sessions and the history of sign-ins, by the SDK and by pycognito's device SRP."""

import base64
import json
import time
import urllib.parse
import urllib.request

import pytest
from pycognito.aws_srp import AWSSRP, generate_hash_device
from support import PASSWORD, Pool, claims, refusal, totp


def tracking(server, skips=True, asks=False, **pool):
    devices = {"ChallengeRequiredOnNewDevice": skips, "DeviceOnlyRememberedOnUserPrompt": asks}
    return Pool(server, DeviceConfiguration=devices, **pool)


def confirm(pool, tokens, name="laptop"):
    """Confirms the device that a sign-in was given, as pycognito makes its secret; answers what AWSSRP takes."""
    given = tokens["NewDeviceMetadata"]
    key, group = given["DeviceKey"], given["DeviceGroupKey"]
    secret, verifier = generate_hash_device(group, key)
    answer = pool.idp.confirm_device(
        AccessToken=tokens["AccessToken"], DeviceKey=key, DeviceSecretVerifierConfig=verifier, DeviceName=name)
    return {"device_key": key, "device_group_key": group, "device_password": secret}, answer["UserConfirmationNecessary"]


def by_srp(pool, name, **device):
    return AWSSRP(name, PASSWORD, pool.id, pool.client_id, client=pool.idp, **device).authenticate_user()


def test_pycognito_signs_in_on_a_remembered_device_without_a_code(server):
    pool = tracking(server)
    tokens = by_srp(pool, pool.user("alice"))["AuthenticationResult"]
    device, asks = confirm(pool, tokens)
    assert asks is False and claims(tokens["AccessToken"])["device_key"] == device["device_key"]
    secret = pool.enrol_totp("alice", tokens["AccessToken"])
    for _ in range(8):
        # Salts and verifiers of every form: pycognito draws them anew each time.
        again = by_srp(pool, "alice", **device)["AuthenticationResult"]
        assert claims(again["AccessToken"])["device_key"] == device["device_key"] and "NewDeviceMetadata" not in again
    elsewhere = pool.sign_in("alice")
    assert elsewhere["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    done = pool.idp.respond_to_auth_challenge(
        ClientId=pool.client_id, ChallengeName="SOFTWARE_TOKEN_MFA", Session=elsewhere["Session"],
        ChallengeResponses={"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": totp(secret)})
    assert done["AuthenticationResult"]["NewDeviceMetadata"]["DeviceKey"] != device["device_key"]
    wrong = {**device, "device_password": base64.standard_b64encode(b"another").decode()}
    assert refusal(by_srp, pool, "alice", **wrong) == ("NotAuthorizedException", "Incorrect username or password.")
    pool.idp.forget_device(AccessToken=tokens["AccessToken"], DeviceKey=device["device_key"])
    assert refusal(by_srp, pool, "alice", **device) == ("ResourceNotFoundException", "Device does not exist.")


def test_the_salts_and_verifiers_that_pycognito_draws_are_all_taken(server):
    pool = tracking(server)
    pool.user("bob")
    for _ in range(12):
        device, _ = confirm(pool, by_srp(pool, "bob")["AuthenticationResult"])
        assert "AuthenticationResult" in by_srp(pool, "bob", **device)


def test_devices_are_listed_marked_and_forgotten(server):
    pool = tracking(server, asks=True)
    pool.user("carol")
    devices = []
    for number in range(3):
        tokens = pool.tokens("carol")
        device, asks = confirm(pool, tokens, f"device {number}")
        assert asks is True
        devices.append(device["device_key"])
    own, user = {"AccessToken": tokens["AccessToken"]}, {"UserPoolId": pool.id, "Username": "carol"}
    first = pool.idp.list_devices(**own, Limit=2)
    rest = pool.idp.list_devices(**own, Limit=2, PaginationToken=first["PaginationToken"])
    listed = [device["DeviceKey"] for device in first["Devices"] + rest["Devices"]]
    assert sorted(listed) == sorted(devices) and "PaginationToken" not in rest
    assert [device["DeviceKey"] for device in pool.idp.admin_list_devices(**user)["Devices"]] == listed

    def status(key):
        device = pool.idp.get_device(**own, DeviceKey=key)["Device"]
        assert device == pool.idp.admin_get_device(**user, DeviceKey=key)["Device"]
        return {attribute["Name"]: attribute["Value"] for attribute in device["DeviceAttributes"]}["device_status"]

    assert status(devices[0]) == "not_remembered"
    pool.idp.update_device_status(**own, DeviceKey=devices[0], DeviceRememberedStatus="remembered")
    assert status(devices[0]) == "remembered"
    pool.idp.admin_update_device_status(**user, DeviceKey=devices[0], DeviceRememberedStatus="not_remembered")
    assert status(devices[0]) == "not_remembered"
    pool.idp.admin_forget_device(**user, DeviceKey=devices[1])
    assert refusal(pool.idp.get_device, **own, DeviceKey=devices[1]) == ("ResourceNotFoundException", "Device does not exist.")
    # The refresh token is the device's.
    refresh = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    named = {**refresh, "DEVICE_KEY": devices[2]}
    call = {"ClientId": pool.client_id, "AuthFlow": "REFRESH_TOKEN_AUTH"}
    assert "AuthenticationResult" in pool.idp.initiate_auth(**call, AuthParameters=named)
    assert refusal(pool.idp.initiate_auth, **call, AuthParameters=refresh) == ("NotAuthorizedException", "Invalid Refresh Token")


def test_sessions_are_listed_limited_and_ended(server):
    pool = Pool(server)
    pool.user("dave")
    pool_id = {"UserPoolId": pool.id}
    assert pool.idp.get_user_pool_session_configuration(**pool_id)["UserSessionTracking"] == "DISABLED"
    untracked = pool.tokens("dave")
    assert refusal(pool.idp.list_user_sessions, AccessToken=untracked["AccessToken"])[0] == "OperationNotEnabledException"
    pool.idp.set_user_pool_session_configuration(**pool_id, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 2})
    client = {**pool_id, "ClientId": pool.client_id}
    assert pool.idp.get_user_pool_client_session_configuration(**client)["SSOSession"] == {"MaxValidityMinutes": 60}
    pool.idp.set_user_pool_client_session_configuration(**client, SSOSession={"MaxValidityMinutes": 5})
    assert pool.idp.get_user_pool_client_session_configuration(**client)["SSOSession"] == {"MaxValidityMinutes": 5}
    tokens = []
    for _ in range(3):
        tokens.append(pool.tokens("dave"))
        time.sleep(0.02)
    assert refusal(pool.idp.get_user, AccessToken=tokens[0]["AccessToken"]) == ("NotAuthorizedException", "Access Token has been revoked")
    sessions = pool.idp.list_user_sessions(AccessToken=tokens[2]["AccessToken"])["Sessions"]
    assert [session["IsCurrentSession"] for session in sessions] == [True, False]
    assert sessions[0]["DeviceType"].startswith("Boto3") and sessions[0]["LastIPAddress"] == "127.0.0.1"
    current = {"AccessToken": tokens[2]["AccessToken"], "SessionId": sessions[0]["SessionId"]}
    assert refusal(pool.idp.revoke_user_session, **current)[0] == "InvalidParameterException"
    pool.idp.revoke_user_session(**{**current, "SessionId": sessions[1]["SessionId"]})
    assert refusal(pool.idp.get_user, AccessToken=tokens[1]["AccessToken"])[0] == "NotAuthorizedException"
    user = {**pool_id, "Username": "dave"}
    (left,) = pool.idp.admin_list_user_sessions(**user)["Sessions"]
    pool.idp.admin_revoke_user_session(**user, SessionId=left["SessionId"])
    assert pool.idp.admin_list_user_sessions(**user)["Sessions"] == []
    assert refusal(pool.idp.get_user, AccessToken=tokens[2]["AccessToken"])[0] == "NotAuthorizedException"


def events_of(pool, name, count):
    """Events are written a moment after they happen."""
    for _ in range(100):
        events = pool.idp.admin_list_user_auth_events(UserPoolId=pool.id, Username=name)["AuthEvents"]
        if len(events) >= count:
            return events
        time.sleep(0.1)
    pytest.fail(f"{events} are not {count} events")


def test_sign_ins_are_told_of_and_judged(server):
    pool = Pool(server)
    pool.user("erin")
    assert refusal(pool.tokens, "erin", "wrong")[0] == "NotAuthorizedException"
    pool.tokens("erin")
    events = events_of(pool, "erin", 3)
    assert [(event["EventType"], event["EventResponse"]) for event in events] == [("SignIn", "Pass"), ("SignIn", "Fail"), ("SignUp", "Pass")]
    assert events[0]["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Success"}]
    context = events[1]["EventContextData"]
    assert context["IpAddress"] == "127.0.0.1" and context["DeviceName"].startswith("Boto3")
    assert events[0]["EventRisk"]["RiskDecision"] == "NoRisk"
    event = {"UserPoolId": pool.id, "Username": "erin", "EventId": events[1]["EventId"]}
    pool.idp.admin_update_auth_event_feedback(**event, FeedbackValue="Invalid")
    judged = pool.idp.admin_list_user_auth_events(UserPoolId=pool.id, Username="erin")["AuthEvents"][1]["EventFeedback"]
    assert (judged["FeedbackValue"], judged["Provider"]) == ("Invalid", "Admin")
    forged = refusal(pool.idp.update_auth_event_feedback, **event, FeedbackToken="AAAA", FeedbackValue="Valid")
    assert forged == ("NotAuthorizedException", "Invalid feedback token.")
    pages = pool.idp.get_paginator("admin_list_user_auth_events").paginate(
        UserPoolId=pool.id, Username="erin", PaginationConfig={"PageSize": 1})
    assert [event["EventId"] for page in pages for event in page["AuthEvents"]] == [event["EventId"] for event in events]


def test_a_user_is_told_of_a_sign_in_from_elsewhere_and_says_whose_it_was(server):
    pool = Pool(server)
    pool.user("frida")
    def sign_in_from(address):
        return pool.idp.admin_initiate_auth(
            UserPoolId=pool.id, ClientId=pool.client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "frida", "PASSWORD": PASSWORD},
            ContextData={"IpAddress": address, "ServerName": "s", "ServerPath": "/", "HttpHeaders": []})

    assert "AuthenticationResult" in sign_in_from("203.0.113.7")
    events_of(pool, "frida", 2)
    source = {"SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/x.example"}
    told = {"Subject": "Refused", "TextBody": "{username} from {ip-address}: {one-click-link-invalid}"}
    pool.idp.set_risk_configuration(UserPoolId=pool.id, AccountTakeoverRiskConfiguration={
        "NotifyConfiguration": {**source, "BlockEmail": told}, "Actions": {"LowAction": {"Notify": True, "EventAction": "BLOCK"}}})
    assert refusal(sign_in_from, "198.51.100.7") == ("NotAuthorizedException", "Unable to login because of security reasons.")
    message = json.loads(server.get("/_dev/outbox?to=frida@example.com"))[0]
    assert (message["subject"], message["trigger_source"]) == ("Refused", "CustomMessage_AccountTakeOverNotification")
    assert message["body"].startswith("frida from 198.51.100.7: ")
    link = urllib.parse.urlsplit(message["body"].split(": ")[1])
    events_of(pool, "frida", 3)
    assert "<button" in server.get(f"{link.path}?{link.query}", accept="text/html")
    assert "EventFeedback" not in events_of(pool, "frida", 3)[0]
    assert urllib.request.urlopen(server.url + link.path, link.query.encode()).status == 200
    said = events_of(pool, "frida", 3)[0]["EventFeedback"]
    assert (said["FeedbackValue"], said["Provider"]) == ("Invalid", "User")
