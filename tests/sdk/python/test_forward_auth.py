"""Forward-auth behind a real nginx: who may pass to an upstream that checks the body's hash, and who may not."""

import hashlib
import http.client
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from conftest import database_flags
from support import ACCOUNT, PASSWORD, REGION, ROOT, Server
from test_credentials import NOTES, World

HOST = "notes.example"

# Around the server block that templates/docs/forward-auth.md shows.
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {server}
}}
"""


def documented(port, upstream, passwright):
    """The page's server block, but for its ports."""
    page = (ROOT / "templates/docs/forward-auth.md").read_text()
    block = re.search(r"^```nginx\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1]
    for shown, used in [("listen 80;", f"listen 127.0.0.1:{port};"), (":3000;", f":{upstream};"), (":7277/", f":{passwright}/")]:
        assert block.count(shown) == 1, shown
        block = block.replace(shown, used)
    return block


class Upstream(http.server.BaseHTTPRequestHandler):
    """Checks what only it can: that the body is the one that was signed. Answers with what it was told."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        signed = self.headers.get("X-Passwright-Content-Sha256")
        status = 400 if signed and hashlib.sha256(body).hexdigest() != signed else 200
        told = {name: self.headers.get_all(name) for name in ("X-Passwright-Principal", "X-Passwright-Subject")}
        answer = json.dumps({"path": self.path, **told}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer if self.command != "HEAD" else b"")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


class Front:
    """Passwright, nginx before it and the upstream, and a world of users and roles."""

    def __init__(self, database, folder, log):
        flags = database_flags(database)
        first = Server("dev", folder / "data", *flags, log=log)
        # The rules name the identity pool, which must be there first.
        world = World(first, "door")
        first.stop()
        self.settings = folder / "settings.toml"
        self.settings.write_text(f"""
trusted_proxies = ["127.0.0.0/8"]
[[forward_auth.rule]]
methods = ["GET", "HEAD"]
path = "/notes/{{owner}}/{{id}}"
action = "notes:Read"
resource = "{NOTES}/{{owner}}/{{id}}"
identity_pool = "{world.id}"
[[forward_auth.rule]]
host = "{HOST}"
methods = ["PUT", "POST"]
path = "/notes/{{owner}}/{{id}}"
action = "notes:Write"
resource = "{NOTES}/{{owner}}/{{id}}"
identity_pool = "{world.id}"
[[forward_auth.rule]]
path = "/secure/{{id}}"
action = "vault:Open"
resource = "arn:aws:vault:{REGION}:{ACCOUNT}:box/{{id}}"
[[forward_auth.rule]]
path = "/poolless/{{owner}}/{{id}}"
action = "notes:Read"
resource = "{NOTES}/{{owner}}/{{id}}"
""")
        # The issuer stays that of the first start: tokens and logins carry it.
        self.server = Server("dev", folder / "data", *flags, "--public-url", first.url, "--config", str(self.settings), log=log)
        world.server = world.pool.server = self.server
        world.identity, world.iam, world.pool.idp = map(self.server.client, ("cognito-identity", "iam", "cognito-idp"))
        self.world = world
        self.upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        threading.Thread(target=self.upstream.serve_forever, daemon=True).start()
        self.port = free_port()
        (folder / "nginx").mkdir()
        # As root, nginx's workers are another user.
        os.chmod(folder, 0o755)
        block = documented(self.port, self.upstream.server_port, self.server.url.rsplit(":", 1)[1])
        config = NGINX.format(folder=folder / "nginx", server=block)
        if os.getuid() == 0:
            config = "user root;" + config
        (folder / "nginx.conf").write_text(config)
        nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.nginx = subprocess.Popen([nginx, "-e", str(folder / "nginx/error.log"), "-c", str(folder / "nginx.conf")])
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("nginx does not answer")

    def stop(self):
        self.nginx.terminate()
        self.nginx.wait(20)
        self.upstream.shutdown()
        self.server.stop()

    def send(self, path, headers=(), method="GET", body=None, port=None, host=HOST):
        """The path goes out exactly as it is written."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        connection.putrequest(method, path, skip_host=True)
        pairs = list(headers.items() if isinstance(headers, dict) else headers)
        for name, value in [("Host", host), *pairs, *([("Content-Length", str(len(body)))] if body is not None else [])]:
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, json.loads(text) if text.startswith("{") else text

    def status(self, *arguments, **named):
        return self.send(*arguments, **named)[0].status

    def sign(self, credentials, path, method="GET", body=b"", service="notes", announce=True, host=HOST, signer=botocore.auth.SigV4Auth):
        headers = {"x-amz-content-sha256": hashlib.sha256(body).hexdigest()} if announce is True else {}
        if isinstance(announce, str):
            headers = {"x-amz-content-sha256": announce}
        request = botocore.awsrequest.AWSRequest(method, f"http://{host}{path}", data=body, headers=headers)
        keys = botocore.credentials.Credentials(
            credentials["AccessKeyId"], credentials.get("SecretKey") or credentials["SecretAccessKey"], credentials.get("SessionToken"))
        signer(keys, service, REGION).add_auth(request)
        return request if signer is not botocore.auth.SigV4Auth else dict(request.headers)


@pytest.fixture(scope="module")
def front(database, tmp_path_factory, logs):
    running = Front(database, tmp_path_factory.mktemp("front"), logs / f"front-{database}.log")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def member(front):
    """Tokens, identity and credentials of one user."""
    tokens = front.world.user("ann")
    identity, credentials = front.world.credentials({front.world.provider: tokens["IdToken"]})
    return tokens, identity, credentials


def test_a_signed_request_passes_to_what_its_role_may_do(front, member):
    _, identity, credentials = member
    path = f"/notes/{identity}/1"
    answer, seen = front.send(path, front.sign(credentials, path))
    assert answer.status == 200
    assert seen["X-Passwright-Principal"] == [f"arn:aws:sts::{ACCOUNT}:assumed-role/door-member/CognitoIdentityCredentials"]
    # All users of a pool's role share the session's name; the identity tells them apart.
    assert seen["X-Passwright-Subject"] == [identity] and seen["path"] == path
    with_query = path + "?b=2&a=%20x"
    assert front.status(with_query, front.sign(credentials, with_query)) == 200
    assert front.status(path, front.sign(credentials, path, "HEAD"), method="HEAD") == 200
    other = f"/notes/{REGION}:somebody/1"
    assert front.status(other, front.sign(credentials, other)) == 403
    draft = f"/notes/{identity}/draft-1"
    assert front.status(draft, front.sign(credentials, draft)) == 403
    encoded = f"/notes/{urllib.parse.quote(identity, safe='')}/1"
    assert "%3A" in encoded and front.status(encoded, front.sign(credentials, encoded)) == 200


def test_a_signature_is_for_one_request(front, member):
    _, identity, credentials = member
    path = f"/notes/{identity}/1"
    signed = front.sign(credentials, path)
    for changed in [dict(path=f"/notes/{identity}/2"), dict(path=path + "?x"), dict(path=path, host="other.example"),
                    dict(path=path, method="HEAD")]:
        assert front.status(**{"headers": signed, **changed}) == 401, changed
    assert front.status(path, front.sign(credentials, path, service="vault")) == 401
    assert front.status(path, front.sign({**credentials, "SecretKey": "wrong"}, path)) == 401
    assert front.status(path, front.sign({**credentials, "SessionToken": None}, path)) == 401
    twice = [*signed.items(), ("Authorization", "Bearer x")]
    assert front.status(path, twice) in (400, 401)


def test_a_presigned_url_passes_until_it_expires(front, member):
    _, identity, credentials = member

    def presigned(expires):
        path = f"/notes/{identity}/1"
        signer = lambda *scope: botocore.auth.SigV4QueryAuth(*scope, expires=expires)
        return front.sign(credentials, path, announce=False, signer=signer).url.removeprefix(f"http://{HOST}")

    url = presigned(60)
    assert front.status(url) == 200
    assert front.status(url.replace("/1?", "/2?")) == 401
    assert front.status(url, {"Authorization": "Bearer x"}) == 401
    short = presigned(1)
    time.sleep(2.1)
    assert front.status(short) == 401


def test_a_signed_body_is_announced_and_checked_by_the_upstream(front, member):
    _, identity, credentials = member
    path, body = f"/notes/{identity}/1", b'{"text": "hello"}'
    signed = front.sign(credentials, path, "PUT", body)
    assert front.status(path, signed, method="PUT", body=body) == 200
    # The signature holds, for the announced hash; it is the upstream that sees another body.
    assert front.status(path, signed, method="PUT", body=b'{"text": "evil!"}') == 400
    forged = {**signed, "x-amz-content-sha256": hashlib.sha256(b"evil").hexdigest()}
    assert front.status(path, forged, method="PUT", body=b"evil") == 401
    unannounced = front.sign(credentials, path, "PUT", body, announce=False)
    answer, refused = front.send(path, unannounced, method="PUT", body=body)
    assert answer.status == 401
    # No body was signed, so none may come.
    bodiless = front.sign(credentials, path, "PUT", announce=False)
    assert front.status(path, bodiless, method="PUT", body=b"") == 200
    assert front.status(path, bodiless, method="PUT", body=b"added") == 400
    for mode in ("UNSIGNED-PAYLOAD", "unsigned-payload", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"):
        assert front.status(path, front.sign(credentials, path, "PUT", body, announce=mode), method="PUT", body=body) == 401, mode


def test_bearer_tokens_are_judged_by_the_pools_role(front, member):
    tokens, identity, _ = member
    path = f"/notes/{identity}/1"
    for kind in ("IdToken", "AccessToken"):
        answer, seen = front.send(path, {"Authorization": f"Bearer {tokens[kind]}"})
        assert answer.status == 200, (kind, seen)
        assert seen["X-Passwright-Principal"] == [f"arn:aws:sts::{ACCOUNT}:assumed-role/door-member/CognitoIdentityCredentials"]
        sub = front.world.pool.idp.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"]
        assert seen["X-Passwright-Subject"] == [next(found["Value"] for found in sub if found["Name"] == "sub")]
        assert front.status(f"/notes/{REGION}:somebody/1", {"Authorization": f"bearer {tokens[kind]}"}) == 403
        assert front.status(f"/poolless/{identity}/1", {"Authorization": f"Bearer {tokens[kind]}"}) == 403


def test_tokens_that_are_not_good_are_401(front):
    tokens = front.world.user("bea")
    identity, _ = front.world.credentials({front.world.provider: tokens["IdToken"]})
    path = f"/notes/{identity}/1"
    good = tokens["AccessToken"]
    for bad in ["x", good[:-4] + "AAAA", good.rsplit(".", 1)[0] + ".", tokens["RefreshToken"], ""]:
        answer, _ = front.send(path, {"Authorization": f"Bearer {bad}"})
        assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer"), bad
    assert front.status(path, {"Authorization": f"Basic {good}"}) == 401
    answer, _ = front.send(path)
    assert answer.status == 401 and answer.headers["WWW-Authenticate"] == 'Bearer realm="passwright"'
    assert front.status(path, {"Authorization": f"Bearer {good}"}) == 200
    front.world.pool.idp.global_sign_out(AccessToken=good)
    for kind in ("IdToken", "AccessToken"):
        assert front.status(path, {"Authorization": f"Bearer {tokens[kind]}"}) == 401, kind


def test_a_user_of_another_pool_or_without_identity_has_no_role(front):
    from support import Pool

    stranger = Pool(front.server)
    stranger.user("zoe")
    assert front.status("/notes/a/1", {"Authorization": f"Bearer {stranger.tokens('zoe')['IdToken']}"}) == 403
    # An app client that the identity pool does not list, of a pool that it does.
    world = front.world
    other = world.pool.idp.create_user_pool_client(
        UserPoolId=world.pool.id, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    ida = world.user("ida")
    identity, _ = world.credentials({world.provider: ida["IdToken"]})
    unlisted = world.pool.idp.initiate_auth(
        ClientId=other["UserPoolClient"]["ClientId"], AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ida", "PASSWORD": PASSWORD})["AuthenticationResult"]
    for kind in ("IdToken", "AccessToken"):
        assert front.status(f"/notes/{identity}/1", {"Authorization": f"Bearer {ida[kind]}"}) == 200
        assert front.status(f"/notes/{identity}/1", {"Authorization": f"Bearer {unlisted[kind]}"}) == 403
    newcomer = front.world.user("cyd")
    assert front.status("/notes/a/1", {"Authorization": f"Bearer {newcomer['IdToken']}"}) == 403


def test_pycognitos_tokens_pass(front):
    from pycognito.aws_srp import AWSSRP

    front.world.pool.user("pia")
    srp = AWSSRP("pia", PASSWORD, front.world.pool.id, front.world.pool.client_id, client=front.world.pool.idp)
    tokens = srp.authenticate_user()["AuthenticationResult"]
    identity, _ = front.world.credentials({front.world.provider: tokens["IdToken"]})
    assert front.status(f"/notes/{identity}/1", {"Authorization": f"Bearer {tokens['IdToken']}"}) == 200


def test_a_guest_is_held_to_the_guests_role(front):
    identity, credentials = front.world.credentials({})
    own, others = f"/notes/{identity}/1", f"/notes/{REGION}:other/1"
    assert front.status(own, front.sign(credentials, own)) == 200
    assert front.status(others, front.sign(credentials, others)) == 403


def test_iam_users_pass_by_their_policies_and_conditions(front):
    iam = front.world.iam
    iam.create_user(UserName="door-user")
    key = iam.create_access_key(UserName="door-user")["AccessKey"]

    def allow(**condition):
        statement = {"Effect": "Allow", "Action": "vault:Open", "Resource": f"arn:aws:vault:{REGION}:{ACCOUNT}:box/a*"}
        if condition:
            statement["Condition"] = condition
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName="door-user", PolicyName="p", PolicyDocument=document)

    status = lambda path, **named: front.status(path, {**front.sign(key, path, service="vault"), **named})
    allow()
    assert status("/secure/a1") == 200 and status("/secure/b1") == 403
    allow(IpAddress={"aws:SourceIp": "127.0.0.1"})
    assert status("/secure/a1") == 200
    allow(IpAddress={"aws:SourceIp": "203.0.113.0/24"})
    # The client's own word on where it comes from and how is overwritten by nginx.
    assert status("/secure/a1", **{"X-Forwarded-For": "203.0.113.9"}) == 403
    allow(Bool={"aws:SecureTransport": "true"})
    assert status("/secure/a1", **{"X-Forwarded-Proto": "https"}) == 403
    assert status("/secure/a1", **{"X-Original-Proto": "https"}) == 403


@pytest.mark.parametrize("path", [
    "/notes/{own}/../{other}/1", "/notes/{own}/%2e%2e/{other}/1", "/notes/{own}/..%2f{other}/1", "/notes/{own}/..%5c1", "/notes//{own}/1",
    "//notes/{own}/1", "/notes/{own}/1/", "/notes/{own}/./1", "/notes/{own}/1;x", "/notes/{own}/%00", "/notes/{own}/%ff", "/notes/{own}/*",
    "/notes/{own}/%2A", "/notes/*/1", "/notes/{own}/%3F", "/notes/{own}/$%7Baws:userid%7D", "/notes/{own}/%zz", "/notes/{own}",
    "/notes/{own}/a/b", "/other", "/", "/v1/forward-auth", "/_passwright", "/NOTES/{own}/1",
])
def test_paths_that_could_be_read_in_two_ways_never_pass(front, member, path):
    tokens, identity, credentials = member
    path = path.format(own=identity, other=f"{REGION}:other")
    bearer = front.status(path, {"Authorization": f"Bearer {tokens['IdToken']}"})
    # nginx itself refuses some with 400, and its internal location with 404.
    assert bearer in (400, 403, 404), path
    assert front.status(path, front.sign(credentials, path)) in (400, 403, 404), path


def test_the_clients_own_forwarding_headers_are_not_what_is_judged(front, member):
    tokens, identity, _ = member
    own, other = f"/notes/{identity}/1", f"/notes/{REGION}:other/1"
    bearer = ("Authorization", f"Bearer {tokens['IdToken']}")
    for name, value in [
        ("X-Original-URI", own), ("X-Forwarded-Uri", own), ("X-Original-URL", f"http://{HOST}{own}"), ("x-original-uri", own),
        ("X-Forwarded-Method", "GET"), ("X-Original-Method", "GET"), ("X-Forwarded-Host", HOST), ("X-Passwright-Principal", "arn:evil"),
    ]:
        assert front.status(other, [bearer, (name, value)]) == 403, name
        answer, seen = front.send(own, [bearer, (name, value)])
        assert answer.status == 200 and "evil" not in str(seen), name


def test_the_host_is_the_one_that_nginx_serves(front, member):
    tokens, identity, _ = member
    bearer = {"Authorization": f"Bearer {tokens['IdToken']}"}
    put = lambda path, host: front.status(path, bearer, method="PUT", body=b"", host=host)
    path = f"/notes/{identity}/1"
    assert put(path, HOST) == 200 and put(path, HOST.upper()) == 200 and put(path, f"{HOST}:8080") == 200
    assert put(path, "other.example") == 403 and put(path, f"{HOST}.other.example") == 403
    # An address on the request line wins over the Host header, for nginx and so for us.
    assert put(f"http://{HOST}{path}", "other.example") == 200
    assert put(f"http://other.example{path}", HOST) == 403


def asks(front, headers, method="GET", path="/v1/forward-auth", server=None):
    """Asks as a proxy would."""
    port = int((server or front.server).url.rsplit(":", 1)[1])
    return front.send(path, headers, method=method, port=port, host="passwright.internal")


def test_traefik_and_envoy_ask_in_their_own_ways(front, member):
    tokens, identity, credentials = member
    path = f"/notes/{identity}/1"
    traefik = {"X-Forwarded-Method": "GET", "X-Forwarded-Proto": "https", "X-Forwarded-Host": HOST, "X-Forwarded-Uri": path,
               "X-Forwarded-For": "203.0.113.1"}
    signed = front.sign(credentials, path)
    for credential in [{"Authorization": f"Bearer {tokens['IdToken']}"}, signed]:
        for method in ("GET", "POST", "HEAD"):
            answer, _ = asks(front, {**traefik, **credential}, method)
            assert answer.status == 200 and answer.headers["X-Passwright-Principal"].startswith("arn:aws:sts::"), method
            assert answer.headers["Cache-Control"] == "no-store"
        # Envoy appends the original path, and asks with the original method.
        assert asks(front, {**traefik, **credential}, "GET", "/v1/forward-auth" + path)[0].status == 200
        assert asks(front, {**traefik, "X-Forwarded-Method": "DELETE", **credential}, "DELETE", "/v1/forward-auth" + path)[0].status == 403
        preflight = {"Origin": "http://a.example", "Access-Control-Request-Method": "GET", "X-Forwarded-Method": "OPTIONS"}
        assert asks(front, {**traefik, **credential, **preflight}, "OPTIONS", "/v1/forward-auth" + path)[0].status == 403
    assert asks(front, {**traefik, **signed})[0].headers["X-Passwright-Content-Sha256"] == hashlib.sha256(b"").hexdigest()
    answer, refused = asks(front, {**traefik, "X-Original-URI": "/other", **signed})
    assert answer.status == 403 and refused["message"] == "the proxy's headers contradict each other about the original URI"
    answer, refused = asks(front, [*traefik.items(), ("X-Forwarded-Uri", path), *signed.items()])
    assert answer.status == 403 and refused["message"] == "the header `x-forwarded-uri` stands twice"
    answer, refused = asks(front, signed)
    assert answer.status == 403 and refused["message"] == "the proxy does not tell the original method"


def test_an_address_and_a_scheme_that_no_proxy_told_are_not_assumed(front):
    iam = front.world.iam
    iam.create_user(UserName="door-near")
    key = iam.create_access_key(UserName="door-near")["AccessKey"]

    def only(**condition):
        statement = {"Effect": "Allow", "Action": "vault:Open", "Resource": "*", "Condition": condition}
        iam.put_user_policy(UserName="door-near", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    def status(**told):
        headers = {"X-Forwarded-Method": "GET", "X-Forwarded-Host": HOST, "X-Forwarded-Uri": "/secure/1",
                   **{name.replace("_", "-"): value for name, value in told.items()}}
        return asks(front, {**headers, **front.sign(key, "/secure/1", service="vault")})[0].status

    only(IpAddress={"aws:SourceIp": "127.0.0.0/8"})
    # The proxy's own address is not the client's.
    assert status() == 403 and status(X_Forwarded_For="unknown") == 403
    assert status(X_Forwarded_For="127.0.0.1") == 200 and status(X_Forwarded_For="203.0.113.1, 127.0.0.1") == 403
    only(Bool={"aws:SecureTransport": "true"})
    assert status() == 403 and status(X_Forwarded_Proto="http") == 403
    assert status(X_Forwarded_Proto="https") == 200 and status(X_Forwarded_Proto="wss") == 200


def test_whoever_is_no_trusted_proxy_is_not_answered(front, member, tmp_path, logs):
    tokens, identity, _ = member
    settings = front.settings.read_text().replace('"127.0.0.0/8"', '"10.0.0.0/8"')
    (tmp_path / "settings.toml").write_text(settings)
    untrusting = Server("dev", tmp_path / "data", "--config", str(tmp_path / "settings.toml"), log=logs / "untrusting.log")
    headers = {"X-Original-Method": "GET", "X-Original-Host": HOST, "X-Original-URI": f"/notes/{identity}/1", "X-Forwarded-For": "10.0.0.1"}
    answer, refused = asks(front, {**headers, "Authorization": f"Bearer {tokens['IdToken']}"}, server=untrusting)
    assert answer.status == 403 and refused["message"] == "the caller is not one of the trusted proxies"
    untrusting.stop()
