"""Functions of a pool: a small Lambda service on this machine, and every trigger through boto3."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from conftest import database_flags
from support import PASSWORD, Server, claims, documented_function, refusal

KEY, SECRET = "AKIAFUNCTIONS", "secret-of-the-functions"
OWN_SECRET = "0123456789abcdef-own"
KMS_KEY = "arn:aws:kms:us-east-1:000000000000:key/codes"
WRAPPING_KEY = bytes(range(32))
DATE = "X-Amz-Date"
# What the documentation tells people to check.
is_genuine = documented_function("triggers", "is_genuine")


def arn(name):
    return f"arn:aws:lambda:us-east-1:000000000000:function:{name}"


class Functions(ThreadingHTTPServer):
    """Functions by name; each is given its event and changes it, or raises."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.script, self.events, self.problems = {}, {}, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def wait_for(self, name):
        for _ in range(300):
            if self.events.get(name):
                return self.events[name][-1]
            time.sleep(0.1)
        raise AssertionError(f"{name} was not called")


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        own = self.path == "/own"
        name = "own" if own else self.path.split("/")[3]
        if not (self.is_signed_own(body) if own else self.is_signed(body)):
            self.server.problems.append(self.path)
        event = json.loads(body)
        self.server.events.setdefault(name, []).append(json.loads(body))
        try:
            answer, headers = self.server.script.get(name, lambda event: event)(event), {}
        except Exception as error:
            answer, headers = {"errorMessage": str(error), "errorType": "Exception"}, {"X-Amz-Function-Error": "Unhandled"}
        self.send_response(200)
        for header, value in headers.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def is_signed(self, body):
        """Signs the call once more, as botocore does it, and compares."""
        if not self.path.startswith("/2015-03-31/functions/") or not self.path.endswith("/invocations"):
            return False
        request = botocore.awsrequest.AWSRequest("POST", self.server.url + self.path, data=body)
        signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials(KEY, SECRET), "lambda", "us-east-1")
        names = self.headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
        for header in names:
            request.headers[header] = self.headers[header]
        request.context["timestamp"] = self.headers[DATE]
        canonical = signer.canonical_request(request)
        signature = signer.signature(signer.string_to_sign(request, canonical), request)
        return self.headers["Authorization"].endswith("Signature=" + signature)

    def is_signed_own(self, body):
        return is_genuine(OWN_SECRET.encode(), self.headers["X-Passwright-Signature"], body, time.time())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def functions():
    running = Functions()
    yield running
    running.shutdown()
    assert running.problems == [], "every call was signed"


@pytest.fixture(scope="module")
def server(database, tmp_path_factory, logs, functions):
    functions.events.clear()
    folder = tmp_path_factory.mktemp("triggers")
    settings = folder / "settings.toml"
    settings.write_text(f"""
[triggers]
endpoint = "{functions.url}"
access_key_id = "{KEY}"
secret_access_key = "{SECRET}"

[[triggers.function]]
arn = "{arn('own')}"
url = "{functions.url}/own"
secret = "{OWN_SECRET}"

[[triggers.key]]
arn = "{KMS_KEY}"
key = "{base64.b64encode(WRAPPING_KEY).decode()}"
""")
    log = logs / f"triggers-{database}.log"
    running = Server("dev", folder / "data", "--config", str(settings), *database_flags(database), log=log)
    yield running
    running.stop()
    assert SECRET not in log.read_text() and OWN_SECRET not in log.read_text()


class Pool:
    """A pool that calls these functions."""

    def __init__(self, server, config, **settings):
        self.server, self.idp = server, server.client("cognito-idp")
        self.id = self.idp.create_user_pool(PoolName="triggers", LambdaConfig=config, **settings)["UserPool"]["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        created = self.idp.create_user_pool_client(UserPoolId=self.id, ClientName="app", ExplicitAuthFlows=flows)
        self.client_id = created["UserPoolClient"]["ClientId"]

    def sign_up(self, name, **more):
        attributes = [{"Name": "email", "Value": f"{name}@example.com"}]
        return self.idp.sign_up(ClientId=self.client_id, Username=name, Password=PASSWORD, UserAttributes=attributes, **more)

    def sign_in(self, name, password=PASSWORD, **more):
        parameters = {"USERNAME": name, "PASSWORD": password}
        return self.idp.initiate_auth(ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters, **more)


def answering(**response):
    def function(event):
        event["response"].update(response)
        return event

    return function


def test_sign_up_is_judged_confirmed_and_told(server, functions):
    pool = Pool(server, {"PreSignUp": arn("own"), "PostConfirmation": arn("confirmed")}, AutoVerifiedAttributes=["email"])
    functions.script["own"] = answering(autoConfirmUser=True, autoVerifyEmail=True)
    more = {"ValidationData": [{"Name": "captcha", "Value": "ok"}], "ClientMetadata": {"from": "test"}}
    assert pool.sign_up("alice", **more)["UserConfirmed"] is True
    event = functions.events["own"][-1]
    assert (event["triggerSource"], event["callerContext"]["clientId"]) == ("PreSignUp_SignUp", pool.client_id)
    assert event["request"]["validationData"] == {"captcha": "ok"} and event["request"]["clientMetadata"] == {"from": "test"}
    assert functions.events["confirmed"][-1]["request"]["userAttributes"]["email_verified"] == "true"
    pool.idp.admin_create_user(UserPoolId=pool.id, Username="made", MessageAction="SUPPRESS", ClientMetadata={"by": "admin"})
    assert functions.events["own"][-1]["triggerSource"] == "PreSignUp_AdminCreateUser"

    def refuses(event):
        raise ValueError("not you")

    functions.script["own"] = refuses
    expected = ("UserLambdaValidationException", "PreSignUp failed with error not you.")
    assert refusal(pool.sign_up, "bob") == expected
    functions.script["own"] = lambda event: None
    assert refusal(pool.sign_up, "bob") == ("InvalidLambdaResponseException", "Unrecognizable lambda output")
    described = pool.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["LambdaConfig"]
    assert described == {"PreSignUp": arn("own"), "PostConfirmation": arn("confirmed")}


def test_messages_are_worded(server, functions):
    pool = Pool(server, {"CustomMessage": arn("worded")}, AutoVerifiedAttributes=["email"])
    functions.script["worded"] = answering(emailMessage="Bonjour {####}", emailSubject="Bienvenue")
    pool.sign_up("worded")
    pool.idp.resend_confirmation_code(ClientId=pool.client_id, Username="worded")
    messages = json.loads(server.get("/_dev/outbox?to=worded%40example.com"))
    assert [(message["subject"], message["body"]) for message in messages] == [
        ("Bienvenue", f"Bonjour {message['code']}") for message in messages]
    assert [event["triggerSource"] for event in functions.events["worded"]] == ["CustomMessage_SignUp", "CustomMessage_ResendCode"]
    pool.idp.confirm_sign_up(ClientId=pool.client_id, Username="worded", ConfirmationCode=messages[0]["code"])


def test_sign_ins_are_judged_told_and_their_tokens_changed(server, functions):
    config = {"PreAuthentication": arn("before"), "PostAuthentication": arn("after"),
              "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": arn("tokens")}}
    pool = Pool(server, config)
    pool.idp.admin_create_user(UserPoolId=pool.id, Username="alice", MessageAction="SUPPRESS")
    pool.idp.admin_set_user_password(UserPoolId=pool.id, Username="alice", Password=PASSWORD, Permanent=True)
    functions.script["tokens"] = answering(claimsAndScopeOverrideDetails={
        "idTokenGeneration": {"claimsToAddOrOverride": {"tenant": "t1", "sub": "forged"}},
        "accessTokenGeneration": {"claimsToAddOrOverride": {"plan": {"name": "gold"}}, "scopesToAdd": ["orders/read"]},
        "groupOverrideDetails": {"groupsToOverride": ["staff"]},
    })
    result = pool.sign_in("alice", ClientMetadata={"k": "v"})["AuthenticationResult"]
    identity, access = claims(result["IdToken"]), claims(result["AccessToken"])
    assert identity["tenant"] == "t1" and identity["sub"] == access["sub"] != "forged"
    assert access["plan"] == {"name": "gold"} and access["scope"].split() == ["aws.cognito.signin.user.admin", "orders/read"]
    assert identity["cognito:groups"] == access["cognito:groups"] == ["staff"]
    assert functions.events["before"][-1]["request"]["validationData"] == {"k": "v"}
    assert functions.events["after"][-1]["triggerSource"] == "PostAuthentication_Authentication"
    pool.idp.get_user(AccessToken=result["AccessToken"])
    parameters = {"REFRESH_TOKEN": result["RefreshToken"]}
    pool.idp.initiate_auth(ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    assert [event["triggerSource"] for event in functions.events["tokens"]] == [
        "TokenGeneration_Authentication", "TokenGeneration_RefreshTokens"]


def test_users_of_another_directory_are_migrated(server, functions):
    pool = Pool(server, {"UserMigration": arn("old")})

    def known(event):
        if event["request"]["password"] != PASSWORD:
            raise ValueError("Bad password")
        event["response"].update(
            userAttributes={"email": "old@example.com"}, finalUserStatus="CONFIRMED", messageAction="SUPPRESS")
        return event

    functions.script["old"] = known
    assert refusal(pool.sign_in, "old", "wrong") == ("UserLambdaValidationException", "UserMigration failed with error Bad password.")
    assert "AuthenticationResult" in pool.sign_in("old")
    assert "AuthenticationResult" in pool.sign_in("old")
    assert len(functions.events["old"]) == 2
    assert pool.idp.admin_get_user(UserPoolId=pool.id, Username="old")["UserStatus"] == "CONFIRMED"


def test_a_custom_sign_in(server, functions):
    config = {"DefineAuthChallenge": arn("define"), "CreateAuthChallenge": arn("create"), "VerifyAuthChallengeResponse": arn("verify")}
    pool = Pool(server, config)
    pool.idp.admin_create_user(UserPoolId=pool.id, Username="alice", MessageAction="SUPPRESS")
    pool.idp.admin_set_user_password(UserPoolId=pool.id, Username="alice", Password=PASSWORD, Permanent=True)

    def define(event):
        rounds = event["request"]["session"]
        if rounds and rounds[-1]["challengeResult"]:
            event["response"]["issueTokens"] = True
        elif len(rounds) == 2:
            event["response"]["failAuthentication"] = True
        else:
            event["response"]["challengeName"] = "CUSTOM_CHALLENGE"
        return event

    def verify(event):
        request = event["request"]
        event["response"]["answerCorrect"] = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"]
        return event

    functions.script.update(define=define, verify=verify, create=answering(
        publicChallengeParameters={"question": "1+1"}, privateChallengeParameters={"answer": "2"}, challengeMetadata="SUM"))

    def begin():
        return pool.idp.admin_initiate_auth(
            UserPoolId=pool.id, ClientId=pool.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "alice"})

    def answer(asked, text):
        responses = {"USERNAME": "alice", "ANSWER": text}
        return pool.idp.respond_to_auth_challenge(
            ClientId=pool.client_id, ChallengeName="CUSTOM_CHALLENGE", Session=asked["Session"], ChallengeResponses=responses)

    asked = begin()
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE" and asked["ChallengeParameters"]["question"] == "1+1"
    again = answer(asked, "3")
    assert functions.events["define"][-1]["request"]["session"] == [
        {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": False, "challengeMetadata": "SUM"}]
    assert "AuthenticationResult" in answer(again, "2")
    assert refusal(answer, answer(begin(), "3"), "4")[0] == "NotAuthorizedException"


def test_the_encryption_sdk_decrypts_the_code_of_a_sender(server, functions):
    sender = {"LambdaVersion": "V1_0", "LambdaArn": arn("mail")}
    pool = Pool(server, {"CustomEmailSender": sender, "KMSKeyID": KMS_KEY}, AutoVerifiedAttributes=["email"])
    pool.sign_up("sent")
    event = functions.wait_for("mail")
    assert (event["triggerSource"], event["request"]["type"]) == ("CustomEmailSender_SignUp", "customEmailSenderRequestV1")
    assert event["userPoolId"] == pool.id
    code = documented_function("triggers", "code_of")(event, KMS_KEY, WRAPPING_KEY)
    pool.idp.confirm_sign_up(ClientId=pool.client_id, Username="sent", ConfirmationCode=code)
    assert json.loads(server.get("/_dev/outbox?to=sent%40example.com")) == []


def test_a_real_lambda_client_reaches_what_we_call(functions):
    """The service of this test is one that boto3 invokes: so what the server calls is what Lambda serves."""
    functions.script["probe"] = lambda event: {"response": {}, "seen": event["x"]}
    client = boto3.client("lambda", endpoint_url=functions.url, region_name="us-east-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET)
    answer = client.invoke(FunctionName="probe", Payload=json.dumps({"x": 1}))
    assert json.load(answer["Payload"]) == {"response": {}, "seen": 1}
