"""`serve`: every administrative operation needs a signature and an IAM allow. And what survives a kill."""

import concurrent.futures
import json
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request

import botocore
import pytest
from conftest import POSTGRES, database_flags
from support import BINARY, PASSWORD, Pool, Server, refusal, totp


@pytest.fixture(scope="module")
def root(production):
    return lambda service: production.client(service, *production.root)


def allow(*actions, resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]})


def test_unsigned_and_unknown_callers_are_refused(production):
    unsigned = botocore.session.get_session().create_client(
        "cognito-idp", endpoint_url=production.url, region_name="us-east-1",
        config=botocore.config.Config(signature_version=botocore.UNSIGNED))
    assert refusal(unsigned.list_user_pools, MaxResults=1)[0] == "MissingAuthenticationTokenException"
    for key in ["test", "AKIAIOSFODNN7EXAMPLE", "000000000000"]:
        assert refusal(production.client("cognito-idp", key).list_user_pools, MaxResults=1) == (
            "UnrecognizedClientException", "The security token included in the request is invalid.")
        assert refusal(production.client("iam", key).list_users)[0] == "InvalidClientTokenId"
    with pytest.raises(urllib.error.HTTPError) as found:
        production.get("/_dev/outbox")
    assert found.value.code == 404


def test_a_user_may_do_what_a_policy_allows_from_the_moment_it_is_set(production, root):
    iam = root("iam")
    user = iam.create_user(UserName="clerk")["User"]
    key = iam.create_access_key(UserName="clerk")["AccessKey"]
    clerk = production.client("cognito-idp", key["AccessKeyId"], key["SecretAccessKey"])
    assert refusal(clerk.list_user_pools, MaxResults=1) == (
        "AccessDeniedException",
        f"User: {user['Arn']} is not authorized to perform: cognito-idp:ListUserPools on resource: * "
        "because no identity-based policy allows the cognito-idp:ListUserPools action")
    iam.put_user_policy(UserName="clerk", PolicyName="p", PolicyDocument=allow("cognito-idp:ListUserPools"))
    clerk.list_user_pools(MaxResults=1)
    one = root("cognito-idp").create_user_pool(PoolName="one")["UserPool"]
    two = root("cognito-idp").create_user_pool(PoolName="two")["UserPool"]
    iam.put_user_policy(UserName="clerk", PolicyName="p", PolicyDocument=allow("cognito-idp:Describe*", resource=one["Arn"]))
    assert clerk.describe_user_pool(UserPoolId=one["Id"])["UserPool"]["Name"] == "one"
    assert refusal(clerk.describe_user_pool, UserPoolId=two["Id"])[0] == "AccessDeniedException"
    assert refusal(clerk.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    assert refusal(production.client("cognito-idp", key["AccessKeyId"], "x").list_user_pools, MaxResults=1)[0] == "InvalidSignatureException"


def test_a_policy_may_ask_where_a_call_comes_from(production, root):
    iam = root("iam")
    iam.create_user(UserName="afar")
    key = iam.create_access_key(UserName="afar")["AccessKey"]
    afar = production.client("cognito-idp", key["AccessKeyId"], key["SecretAccessKey"])

    def only(operator, **condition):
        document = json.loads(allow("cognito-idp:*"))
        document["Statement"][0]["Condition"] = {operator: {f"aws:{name}": value for name, value in condition.items()}}
        iam.put_user_policy(UserName="afar", PolicyName="p", PolicyDocument=json.dumps(document))

    only("IpAddress", SourceIp="127.0.0.0/8")
    afar.list_user_pools(MaxResults=1)
    only("NotIpAddress", SourceIp="127.0.0.0/8")
    assert refusal(afar.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    # No proxy is trusted here: what a client says of its own address is not believed.
    afar.meta.events.register("before-send", lambda request, **_: request.headers.update({"X-Forwarded-For": "203.0.113.1"}))
    assert refusal(afar.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    only("Bool", SecureTransport="true")
    assert refusal(afar.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    only("StringLike", UserAgent="Boto3/*")
    afar.list_user_pools(MaxResults=1)


def test_giving_a_pool_a_role_needs_the_right_to_pass_it(production, root):
    iam = root("iam")
    iam.create_user(UserName="climber")
    key = iam.create_access_key(UserName="climber")["AccessKey"]
    iam.put_user_policy(UserName="climber", PolicyName="p", PolicyDocument=allow("cognito-identity:*"))
    identity = production.client("cognito-identity", key["AccessKeyId"], key["SecretAccessKey"])
    pool = identity.create_identity_pool(IdentityPoolName="p", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
    roles = {"unauthenticated": "arn:aws:iam::000000000000:role/admin"}
    code, message = refusal(identity.set_identity_pool_roles, IdentityPoolId=pool, Roles=roles)
    assert code == "AccessDeniedException" and "iam:PassRole" in message


def test_the_clock_of_a_caller_of_sts_may_differ_by_a_quarter_of_an_hour(production):
    import datetime

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    def call(minutes, body_signed, body_sent):
        request = AWSRequest("POST", production.url, data=body_signed, headers={"Content-Type": "application/x-www-form-urlencoded"})
        signer = SigV4Auth(Credentials(*production.root), "sts", "us-east-1")
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        canonical = signer.canonical_request(request)
        signature = signer.signature(signer.string_to_sign(request, canonical), request)
        signer._inject_signature_to_request(request, signature)
        prepared = urllib.request.Request(production.url, body_sent.encode(), dict(request.headers))
        try:
            return urllib.request.urlopen(prepared).status
        except urllib.error.HTTPError as error:
            return error.read().decode()

    body = "Action=GetCallerIdentity&Version=2011-06-15"
    assert call(0, body, body) == 200
    assert call(14, body, body) == 200 and call(-14, body, body) == 200
    assert "Signature not yet current" in call(16, body, body)
    assert "Signature expired" in call(-16, body, body)
    assert "SignatureDoesNotMatch" in call(0, body, body + "&x=1")


def test_what_was_acknowledged_survives_a_kill(tmp_path, database, logs):
    flags = database_flags(database)
    first = Server("dev", tmp_path, *flags, log=logs / f"kill-{database}.log")
    pool = Pool(first)
    for number in range(5):
        pool.sign_up(f"survivor{number}")
    first.stop("kill")
    second = Server("dev", tmp_path, *flags, log=logs / f"kill-{database}.log")
    idp = second.client("cognito-idp")
    assert len(idp.list_users(UserPoolId=pool.id)["Users"]) == 5
    second.stop()


def test_another_master_key_does_not_start(tmp_path, database, logs):
    flags = database_flags(database)
    Server("dev", tmp_path, *flags, log=logs / f"key-{database}.log").stop()
    (tmp_path / "master.key").write_text("A" * 43 + "=")
    with pytest.raises(AssertionError, match="does not open the database"):
        Server("dev", tmp_path, *flags, log=logs / f"key-{database}.log")


def test_more_passwords_than_the_queue_holds_are_refused_and_not_kept_waiting(tmp_path, logs):
    server = Server("dev", tmp_path, "--hashing-threads", "1", "--hashing-queue", "1", log=logs / "queue.log")
    pool = Pool(server)
    crowd = [pool.user(f"crowd{number}") for number in range(4)]

    def sign_in(number):
        try:
            return "in" if pool.tokens(crowd[number % 4]) else None
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]

    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        outcomes = list(threads.map(sign_in, range(64)))
    # Never NotAuthorizedException: what was not judged is not held against the user.
    assert set(outcomes) == {"in", "TooManyRequestsException"}, outcomes
    server.stop()


def test_a_hash_of_a_lower_cost_is_made_anew_at_sign_in(tmp_path, logs):
    def password_hash():
        with sqlite3.connect(tmp_path / "passwright.db") as database:
            return database.execute("SELECT password_hash FROM users").fetchone()[0]

    first = Server("dev", tmp_path, "--argon2-memory-kib", "64", log=logs / "cost.log")
    pool = Pool(first)
    pool.user("old")
    assert "m=64,t=2,p=1" in password_hash()
    first.stop()
    second = Server("dev", tmp_path, log=logs / "cost.log")
    pool.sign_in("old", server=second)
    assert "m=19456,t=2,p=1" in password_hash()
    pool.sign_in("old", server=second)
    second.stop()


@pytest.mark.parametrize("flags, says", [
    (["dev", "--host", "0.0.0.0"], "--host 0.0.0.0: `dev` listens on loopback only"),
    (["serve", "--account-id", "12"], "'12' for '--account-id <ACCOUNT_ID>': an account id has 12 digits"),
    (["serve", "--database-url", "mysql://x"], "mysql"),
    (["serve", "--public-url", "ftp://x"], "a public URL begins with http:// or https://"),
    (["serve", "--tls-cert", "x.pem"], "--tls-key"),
])
def test_a_wrong_setting_is_named(tmp_path, flags, says):
    done = subprocess.run([BINARY, *flags, "--port", "0", "--data", tmp_path / "d"], capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and says in done.stderr, done.stderr


@pytest.mark.parametrize("command, settings, says", [
    ("serve", 'prot = 1', "settings.toml:1: `prot`: no such setting; there are: account_id, "),
    ("serve", 'region = "a"\nport = "1"', "settings.toml:2: `port`: must be an integer, not of type string"),
    ("serve", 'ephemeral = true', "settings.toml:1: `ephemeral`: a setting of `dev`, not of `serve`"),
    ("dev", 'host = "0.0.0.0"', "--host 0.0.0.0: `dev` listens on loopback only"),
    ("serve", 'tls_cert = "x.pem"', "--tls-cert: --tls-key is missing"),
    ("serve", '[[forward_auth.rule]]\npath = "/{a}"\naction = "a:B"\nresource = "arn:aws:a:::{b}"',
     "settings.toml:1: [[forward_auth.rule]]: resource: `{b}` is not a capture of path"),
])
def test_a_wrong_settings_file_is_refused_with_the_line(tmp_path, command, settings, says):
    (tmp_path / "settings.toml").write_text(settings)
    flags = ["--config", tmp_path / "settings.toml", "--data", tmp_path / "d"]
    done = subprocess.run([BINARY, command, *flags], capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and says in done.stderr, done.stderr
    assert not (tmp_path / "d").exists()


def test_flags_win_over_the_environment_and_both_over_the_file(tmp_path, logs):
    settings = tmp_path / "settings.toml"

    def arn(*flags, **env):
        server = Server("dev", tmp_path / "data", *flags, log=logs / "settings.log", env={"PASSWRIGHT_CONFIG": str(settings), **env})
        found = server.client("sts").get_caller_identity()["Arn"]
        server.stop()
        return found

    settings.write_text('account_id = "111111111111"\nephemeral = true\n')
    assert arn() == "arn:aws:iam::111111111111:root"
    assert arn(PASSWRIGHT_ACCOUNT_ID="222222222222") == "arn:aws:iam::222222222222:root"
    assert arn("--account-id", "333333333333", PASSWRIGHT_ACCOUNT_ID="222222222222") == "arn:aws:iam::333333333333:root"
    # An ephemeral server leaves nothing where its data would be.
    assert not (tmp_path / "data").exists()
    # The flag's file wins over the environment's.
    (tmp_path / "other.toml").write_text('account_id = "444444444444"\nephemeral = true\n')
    assert arn("--config", str(tmp_path / "other.toml")) == "arn:aws:iam::444444444444:root"
    assert arn("--ephemeral=false") == "arn:aws:iam::111111111111:root"
    assert (tmp_path / "data" / "passwright.db").exists()


def test_a_server_told_to_stop_finishes_what_it_took(tmp_path, logs):
    server = Server("dev", tmp_path, "--hashing-threads", "1", log=logs / "stop.log")
    pool = Pool(server)
    pool.user("last")
    clients = [server.client("cognito-idp") for _ in range(8)]
    sign_in = lambda idp: idp.initiate_auth(
        ClientId=pool.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "last", "PASSWORD": PASSWORD})
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        # One hash at a time: the last of these wait while the server is told to stop.
        answers = [threads.submit(sign_in, idp) for idp in clients]
        time.sleep(0.04)
        server.stop()
        finished = [answer for answer in answers if answer.exception() is None]
    assert server.process.returncode == 0
    assert finished, "no request that was taken was finished"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory, logs):
    """Two processes on one PostgreSQL database with one master key: the fourth flow."""
    flags = [*database_flags("postgres"), "--master-key-file", str(tmp_path_factory.mktemp("key") / "master.key"),
             "--public-url", "http://pool.example"]
    # At the same moment, on an empty database: one lays the schema and the key, the other finds them.
    start = lambda name: Server("dev", tmp_path_factory.mktemp(name), *flags, log=logs / f"{name}.log")
    with concurrent.futures.ThreadPoolExecutor() as threads:
        both = list(threads.map(start, ("node1", "node2")))
    yield both
    for node in both:
        node.stop()


def race(*calls):
    """Runs calls at the same moment; answers how many succeeded."""
    succeeded = []
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            call()
            succeeded.append(True)
        except botocore.exceptions.ClientError:
            pass

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return len(succeeded)


def test_signed_up_on_one_node_in_on_the_other_out_on_the_first(nodes):
    one, two = nodes
    pool = Pool(one)
    pool.user("walker")
    tokens = pool.tokens("walker", server=two)
    assert two.client("cognito-idp").get_user(AccessToken=tokens["AccessToken"])["Username"] == "walker"
    one.client("cognito-idp").global_sign_out(AccessToken=tokens["AccessToken"])
    assert refusal(two.client("cognito-idp").get_user, AccessToken=tokens["AccessToken"])[1] == "Access Token has been revoked"
    refresh = dict(ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    assert refusal(two.client("cognito-idp").initiate_auth, **refresh)[1] == "Refresh Token has been revoked"


def test_codes_and_sessions_serve_once_on_two_nodes_at_the_same_moment(nodes):
    one, two = nodes
    pool = Pool(one)
    clients = [node.client("cognito-idp") for node in nodes for _ in range(4)]
    _, address = pool.sign_up("racer")
    code = one.code_for(address)
    confirm = lambda idp: lambda: idp.confirm_sign_up(ClientId=pool.client_id, Username="racer", ConfirmationCode=code)
    assert race(*map(confirm, clients)) == 1
    secret = pool.enrol_totp("racer", pool.tokens("racer")["AccessToken"])
    time.sleep(1)  # That the pool has MFA now holds on the other node within a second.

    def answer(idp, session, code):
        return lambda: idp.respond_to_auth_challenge(
            ClientId=pool.client_id, ChallengeName="SOFTWARE_TOKEN_MFA", Session=session,
            ChallengeResponses={"USERNAME": "racer", "SOFTWARE_TOKEN_MFA_CODE": code})

    sessions = [pool.sign_in("racer", server=node)["Session"] for node in nodes]
    code = totp(secret)
    assert race(*[answer(node.client("cognito-idp"), session, code) for node, session in zip(nodes, sessions)]) == 1


def test_a_change_of_policy_holds_on_every_node_within_a_second(nodes):
    one, two = nodes
    iam = one.client("iam")
    iam.create_user(UserName="watched")
    key = iam.create_access_key(UserName="watched")["AccessKey"]
    iam.put_user_policy(UserName="watched", PolicyName="p", PolicyDocument=allow("cognito-idp:ListUserPools"))
    there = two.client("cognito-idp", key["AccessKeyId"], key["SecretAccessKey"])
    time.sleep(1)
    there.list_user_pools(MaxResults=1)
    iam.put_user_policy(UserName="watched", PolicyName="p", PolicyDocument=allow("notes:Read"))
    here = one.client("cognito-idp", key["AccessKeyId"], key["SecretAccessKey"])
    assert refusal(here.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    time.sleep(1)
    assert refusal(there.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
