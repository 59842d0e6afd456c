"""The command line beside a running server: its banner, its demo, and `status`."""

import json
import os
import pty
import re
import subprocess
import time

import pytest
from conftest import database_flags
from support import BINARY, REGION, Server, totp

ESCAPE = "\x1b["


def status(*flags, env=None):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PASSWRIGHT_")}
    done = subprocess.run([str(BINARY), "status", *flags], capture_output=True, text=True, env={**environment, **(env or {})}, timeout=60)
    return done.returncode, done.stdout, done.stderr


def rest_of_banner(server):
    """What `dev` printed after the line that it listens: all in one piece, so what is there is all of it."""
    return server.process.stdout.peek().decode()


def test_status_tells_what_runs_and_what_it_has_counted(server):
    code, table, problem = status("--url", server.url)
    assert (code, problem) == (0, "")
    rows = dict(re.split(r"  +", line.strip(), maxsplit=1) for line in table.splitlines())
    assert rows["WHAT"] == "STATE" and rows["server"] == server.url
    assert (rows["live"], rows["ready"], rows["mode"]) == ("yes", "yes", "dev")
    assert re.fullmatch(r"\d+ (min|s|h)( \d+ (s|min))?", rows["up for"]), table
    code, document, _ = status("--output", "json", env={"PASSWRIGHT_PUBLIC_URL": server.url + "/"})
    found = json.loads(document)
    assert code == 0 and found["live"] is True and found["ready"] is True and found["problem"] is None
    assert (found["url"], found["version"], found["mode"]) == (server.url, rows["version"], "dev")
    assert found["requests"] >= 3 and 0 <= found["uptime_seconds"] < 3600 and 0 < found["mean_seconds"] < 5
    assert found["failed"] == 0 and found["signing_key_rotations"] == 0


def test_status_asks_over_tls_and_believes_nobody_but_the_named_authority(tmp_path, logs):
    server = Server("dev", tmp_path, "--tls", log=logs / "status-tls.log")
    code, _, problem = status("--url", server.tls_url, "--ca", server.ca)
    assert code == 0, problem
    code, out, problem = status("--url", server.tls_url)
    assert (code, out) == (2, "") and "certificate" in problem.lower(), problem
    server.stop()


@pytest.mark.parametrize("environment, coloured", [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)])
def test_the_banner_is_coloured_on_a_terminal_that_wants_it(tmp_path, environment, coloured):
    terminal, side = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    arguments = [str(BINARY), "dev", "--port", "0", "--data", str(tmp_path)]
    process = subprocess.Popen(
        arguments, stdout=side, stderr=subprocess.DEVNULL, env={**inherited, "TERM": "xterm", **environment})
    os.close(side)
    text = ""
    while "AWS_SECRET_ACCESS_KEY" not in text:
        text += os.read(terminal, 4096).decode()
    process.kill()
    process.wait()
    os.close(terminal)
    url = re.match(r"listening on (http://\S+)\r\n", text)[1]
    assert (ESCAPE in text) == coloured, text
    for path in ["/console", "/_dev/outbox", "/docs"]:
        assert re.search(re.escape(url + path) + r"[\r \x1b]", text), text


def test_a_pipe_gets_the_addresses_without_colours_and_serve_says_only_that_it_listens(tmp_path, logs):
    server = Server("dev", tmp_path / "dev", log=logs / "banner.log")
    banner = rest_of_banner(server)
    server.stop()
    assert ESCAPE not in banner
    for line in [f"console  {server.url}/console", f"docs     {server.url}/docs", f"export AWS_ENDPOINT_URL={server.url}"]:
        assert f"\n  {line}\n" in banner, banner
    server = Server("serve", tmp_path / "serve", log=logs / "banner-serve.log")
    server.stop()
    assert server.process.stdout.read() == b""
    assert f"{server.url}/console" in server.log.read_text()


def demo(data, logs, database, name):
    server = Server("dev", data, "--demo", *database, log=logs / f"demo-{name}.log")
    guide = rest_of_banner(server)
    told = {
        "alice": re.search(r"alice +password (\S+)\n", guide)[1],
        "bob": re.search(r"bob +password (\S+), ", guide)[1],
        "totp": re.search(r"otpauth://totp/Passwright:bob\?secret=(\w+)&issuer=Passwright\n", guide)[1],
        "pool": re.search(r"user pool +(\S+)\n", guide)[1],
        "browser": re.search(r"browser app +client id (\w+)\n", guide)[1],
        "identity_pool": re.search(r"identity pool +(\S+)\n", guide)[1],
    }
    told["server"], told["secret"] = re.search(r"server app +client id (\w+), secret (\w+)\n", guide).groups()
    told["machine"], told["machine_secret"] = re.search(r"machine +client id (\w+), secret (\w+)\n", guide).groups()
    return server, guide, told


def test_the_demo_is_there_once_and_what_it_prints_works_as_pasted(tmp_path, logs, database):
    flags = database_flags(database)
    server, _, first = demo(tmp_path, logs, flags, f"{database}-first")
    server.stop("kill")
    server, guide, told = demo(tmp_path, logs, flags, f"{database}-second")
    assert told == first
    idp = server.client("cognito-idp")
    assert [pool["Name"] for pool in idp.list_user_pools(MaxResults=60)["UserPools"]] == ["demo"]

    exports = [line for line in guide.splitlines() if line.startswith("  export ")]
    paste = "\n".join(exports) + guide.split("gets her credentials:\n")[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    pasted = subprocess.run(
        ["bash", "-euo", "pipefail"], input=paste, text=True, capture_output=True, timeout=120,
        env={**inherited, "AWS_CONFIG_FILE": "/dev/null", "AWS_PAGER": ""})
    assert pasted.returncode == 0, pasted.stderr
    credentials = json.loads(pasted.stdout)["Credentials"]
    sts = server.client("sts", credentials["AccessKeyId"], credentials["SecretKey"], credentials["SessionToken"])
    assert ":assumed-role/demo-member/" in sts.get_caller_identity()["Arn"]

    def sign_in(name):
        parameters = {"USERNAME": name, "PASSWORD": told[name]}
        return idp.initiate_auth(ClientId=told["browser"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

    assert sign_in("alice")["AuthenticationResult"]["AccessToken"]
    asked = sign_in("bob")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    answered = idp.respond_to_auth_challenge(
        ClientId=told["browser"], ChallengeName="SOFTWARE_TOKEN_MFA", Session=asked["Session"],
        ChallengeResponses={"USERNAME": "bob", "SOFTWARE_TOKEN_MFA_CODE": totp(told["totp"])})
    access = answered["AuthenticationResult"]["AccessToken"]
    assert {"Name": "email_verified", "Value": "true"} in idp.get_user(AccessToken=access)["UserAttributes"]
    guest = server.client("cognito-identity").get_id(IdentityPoolId=told["identity_pool"])["IdentityId"]
    assert guest.startswith(f"{REGION}:")
    described = idp.describe_user_pool_client(UserPoolId=told["pool"], ClientId=told["server"])["UserPoolClient"]
    assert (described["ClientName"], described["ClientSecret"]) == ("server", told["secret"])
    granted = idp.get_client_token(ClientId=told["machine"], Secret=told["machine_secret"])["ClientAuthenticationResult"]
    assert granted["TokenType"] == "Bearer" and granted["AccessToken"].count(".") == 2
    assert f"get-client-token --client-id {told['machine']} --secret {told['machine_secret']}\n" in guide
    server.stop()
    log = "".join(path.read_text() for path in logs.glob(f"demo-{database}-*.log"))
    assert not [name for name in ("alice", "bob", "totp", "secret", "machine_secret") if told[name] in log], "a log holds a secret"


def test_a_demo_that_was_killed_is_completed_by_the_next_start(tmp_path, logs, database):
    flags = database_flags(database)
    arguments = [str(BINARY), "dev", "--port", "0", "--demo", "--data", str(tmp_path), *flags]
    for moment in range(6):
        killed = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.15 + moment * 0.25)
        killed.kill()
        killed.wait()
    server, _, told = demo(tmp_path, logs, flags, f"{database}-killed")
    idp = server.client("cognito-idp")
    assert len(idp.list_user_pools(MaxResults=60)["UserPools"]) == 1
    parameters = {"USERNAME": "alice", "PASSWORD": told["alice"]}
    signed_in = idp.initiate_auth(ClientId=told["browser"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert signed_in["AuthenticationResult"]["IdToken"]
    server.stop()
