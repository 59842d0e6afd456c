"""A running server, and what every test needs of it."""

import base64
import hashlib
import hmac
import json
import os
import re
import struct
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("PASSWRIGHT_BINARY", ROOT / "target/debug/passwright"))
PASSWORD = "Pa55word!canary"
REGION = "us-east-1"
ACCOUNT = "000000000000"


def documented(page, words):
    """The block of code of a page of the documentation that has these words."""
    blocks = re.findall(r"^```\w+[^\n]*\n(.*?)^```$", (ROOT / f"templates/docs/{page}.md").read_text(), re.MULTILINE | re.DOTALL)
    [block] = [block for block in blocks if words in block]
    return block


def documented_function(page, name):
    """A function of the documentation."""
    names = {}
    exec(documented(page, f"def {name}("), names)
    return names[name]


class Server:
    """A spawned process, and clients that point at it."""

    def __init__(self, command, data, *flags, log, env=None):
        self.data = Path(data)
        self.log = Path(log)
        arguments = [str(BINARY), command, "--port", "0", "--data", str(data), *flags]
        self._log = open(self.log, "ab")
        environment = {**os.environ, "PASSWRIGHT_LOG": "trace", **(env or {})}
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=self._log, env=environment)
        self.tls_url = None
        while True:
            line = self.process.stdout.readline().decode()
            assert line, f"the server ended: {self.log.read_text()[-2000:]}"
            if found := re.match(r"listening on (http://\S+)$", line.strip()):
                self.url = found[1]
                return
            if found := re.match(r"listening on (https://\S+) \(trust (.*)\)$", line.strip()):
                self.tls_url, self.ca = found[1], found[2]

    def client(self, service, key="test", secret="test", token=None, region=REGION):
        return boto3.client(
            service, endpoint_url=self.url, region_name=region, aws_access_key_id=key, aws_secret_access_key=secret,
            aws_session_token=token, config=Config(retries={"max_attempts": 1, "mode": "standard"}),
        )

    def get(self, path, accept="application/json"):
        request = urllib.request.Request(self.url + path, headers={"Accept": accept})
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()

    def code_for(self, address):
        """The newest code that was sent to an address."""
        messages = json.loads(self.get("/_dev/outbox?to=" + urllib.parse.quote(address)))
        return messages[0]["code"]

    def evaluate(self, subject, action, resource, key="test", secret="test", token=None, **more):
        """Asks the decision endpoint, signed for the service `passwright`."""
        body = json.dumps({"subject": subject, "action": {"name": action}, "resource": {"type": "arn", "id": resource}, **more})
        request = botocore.awsrequest.AWSRequest(
            "POST", self.url + "/access/v1/evaluation", data=body, headers={"Content-Type": "application/json"})
        botocore.auth.SigV4Auth(botocore.credentials.Credentials(key, secret, token), "passwright", REGION).add_auth(request)
        prepared = urllib.request.Request(request.url, body.encode(), dict(request.headers), method="POST")
        with urllib.request.urlopen(prepared) as answer:
            return json.load(answer)

    def stop(self, signal=None):
        if self.process.poll() is None:
            self.process.kill() if signal == "kill" else self.process.terminate()
        self.process.wait(60)
        self._log.close()


def totp(secret, at=None):
    """RFC 6238, written apart from the server's."""
    counter = struct.pack(">Q", int(at or time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


class Pool:
    """A user pool with one client."""

    def __init__(self, server, key="test", secret="test", client=None, **pool):
        self.server = server
        self.idp = server.client("cognito-idp", key, secret)
        settings = {"AutoVerifiedAttributes": ["email"], **pool}
        self.id = self.idp.create_user_pool(PoolName="test", **settings)["UserPool"]["Id"]
        flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        created = self.idp.create_user_pool_client(
            UserPoolId=self.id, ClientName="app", ExplicitAuthFlows=flows, **(client or {}))["UserPoolClient"]
        self.client_id, self.client_secret = created["ClientId"], created.get("ClientSecret")

    def sign_up(self, name, password=PASSWORD):
        address = f"{name}@example.com"
        answer = self.idp.sign_up(
            ClientId=self.client_id, Username=name, Password=password, UserAttributes=[{"Name": "email", "Value": address}])
        return answer, address

    def user(self, name, password=PASSWORD):
        """A user who has signed up and confirmed."""
        _, address = self.sign_up(name, password)
        self.idp.confirm_sign_up(ClientId=self.client_id, Username=name, ConfirmationCode=self.server.code_for(address))
        return name

    def sign_in(self, name, password=PASSWORD, server=None):
        idp = (server or self.server).client("cognito-idp")
        return idp.initiate_auth(
            ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": password})

    def tokens(self, name, password=PASSWORD, server=None):
        return self.sign_in(name, password, server)["AuthenticationResult"]

    def enrol_totp(self, name, access_token):
        """Sets TOTP up and prefers it; answers the secret. The first code is spent."""
        self.idp.set_user_pool_mfa_config(
            UserPoolId=self.id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
        secret = self.idp.associate_software_token(AccessToken=access_token)["SecretCode"]
        # The code of the step before: the present one stays fresh for what follows. Near the end of a step it would be too old.
        while time.time() % 30 > 24:
            time.sleep(0.5)
        earlier = totp(secret, time.time() - 30)
        assert self.idp.verify_software_token(AccessToken=access_token, UserCode=earlier)["Status"] == "SUCCESS"
        self.idp.set_user_mfa_preference(
            AccessToken=access_token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
        return secret


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def refusal(call, *arguments, **named):
    """The code and message of a call that must be refused."""
    from botocore.exceptions import ClientError

    try:
        call(*arguments, **named)
    except ClientError as error:
        # What a denial rests on is its own: test_web_identity.py.
        message = error.response["Error"]["Message"].split(" Encoded authorization failure message: ")[0]
        return error.response["Error"]["Code"], message
    raise AssertionError("it was not refused")
