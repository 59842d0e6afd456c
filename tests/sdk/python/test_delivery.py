"""Messages leave: mail by a real SMTP server with STARTTLS and AUTH, text messages by a webhook; and nothing of them is logged."""

import email
import email.policy
import hashlib
import hmac
import http.server
import json
import re
import socket
import ssl
import subprocess
import threading
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from conftest import database_flags
from support import PASSWORD, Server, documented_function

SECRET = "smtp-canary-7"


class Mailbox:
    """Takes mail from whoever gives the password; refuses the first so many for a while."""

    def __init__(self):
        self.mails = []
        self.refusals = 0

    async def handle_DATA(self, server, session, envelope):
        if self.refusals:
            self.refusals -= 1
            return "451 4.3.0 later"
        if "refused@b.example" in envelope.rcpt_tos:
            return "550 5.1.1 nobody here"
        assert session.ssl and session.authenticated
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 2.0.0 taken"

    def wait(self, address, patience=20):
        end = time.time() + patience
        while time.time() < end:
            for mail in self.mails:
                if mail["To"] == address:
                    return mail
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def mail_server(certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    mailbox = Mailbox()

    def authenticate(server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (b"passwright", SECRET.encode())
        return AuthResult(success=right, handled=False)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mailbox.port = free.getsockname()[1]
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=mailbox.port, tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticate)
    controller.start()
    yield mailbox
    controller.stop()


@pytest.fixture(scope="module")
def webhook():
    received = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((dict(self.headers), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    hook.received = received
    yield hook
    hook.shutdown()


@pytest.fixture(scope="module")
def delivering(database, tmp_path_factory, logs, certificate, mail_server, webhook):
    routes = {
        "PASSWRIGHT_EMAIL": f"smtp://passwright:{SECRET}@localhost:{mail_server.port}?tls=required",
        "PASSWRIGHT_EMAIL_FROM": "Shop <no-reply@shop.example>",
        "PASSWRIGHT_SMS": f"http://:{SECRET}@127.0.0.1:{webhook.server_port}/sms",
        "SSL_CERT_FILE": str(certificate / "cert.pem"),
    }
    mail_server.mails.clear()
    log = logs / f"delivery-{database}.log"
    running = Server("serve", tmp_path_factory.mktemp("delivery"), *database_flags(database), log=log, env=routes)
    import configparser

    credentials = configparser.ConfigParser()
    credentials.read(running.data / "credentials")
    running.root = (credentials["default"]["aws_access_key_id"], credentials["default"]["aws_secret_access_key"])
    yield running
    running.stop()
    assert SECRET not in log.read_text(), "the log holds the secret of a route"


@pytest.fixture(scope="module")
def pool(delivering):
    cognito = delivering.client("cognito-idp", *delivering.root)
    made = cognito.create_user_pool(PoolName="mailed", AutoVerifiedAttributes=["email", "phone_number"])["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=made, ClientName="app")["UserPoolClient"]["ClientId"]
    return cognito, made, client


def sign_up(pool, name, attribute, address):
    cognito, _, client = pool
    attributes = [{"Name": attribute, "Value": address}]
    return cognito.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes)


def test_a_code_arrives_by_mail_over_starttls_and_confirms(pool, mail_server):
    cognito, _, client = pool
    sign_up(pool, "ann", "email", "ann@b.example")
    mail = mail_server.wait("ann@b.example")
    assert mail["From"] == "Shop <no-reply@shop.example>" and mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_body(("plain",)).get_content()
    code = re.search(r"\d{6}", text)[0]
    assert code in mail.get_body(("html",)).get_content()
    cognito.confirm_sign_up(ClientId=client, Username="ann", ConfirmationCode=code)


def test_what_the_mail_server_refuses_for_a_while_arrives_once(pool, mail_server):
    mail_server.refusals = 1
    sign_up(pool, "bob", "email", "bob@b.example")
    mail_server.wait("bob@b.example")
    time.sleep(2)
    assert [mail["To"] for mail in mail_server.mails].count("bob@b.example") == 1


def test_what_the_mail_server_refuses_for_good_is_given_up(pool, delivering):
    sign_up(pool, "carl", "email", "refused@b.example")
    end = time.time() + 20
    while 'passwright_messages_total{outcome="given_up"} 1' not in delivering.get("/metrics"):
        assert time.time() < end
        time.sleep(0.1)
    assert "refused@b.example" not in "".join(
        line for line in delivering.log.read_text().splitlines() if '"level":"WARN"' in line)


def test_a_text_message_arrives_at_the_webhook_signed(pool, webhook):
    cognito, _, client = pool
    sign_up(pool, "dora", "phone_number", "+15550123")
    end = time.time() + 20
    while not webhook.received:
        assert time.time() < end
        time.sleep(0.05)
    headers, body = webhook.received[-1]
    told = json.loads(body)
    is_ours = documented_function("messages", "is_ours")
    signature = {name.lower(): value for name, value in headers.items()}["x-passwright-signature"]
    assert is_ours(SECRET, signature, body, time.time())
    assert not is_ours(SECRET, signature, body + b" ", time.time()) and not is_ours(SECRET, signature, body, time.time() + 301)
    assert told["to"] == "+15550123"
    cognito.confirm_sign_up(ClientId=client, Username="dora", ConfirmationCode=re.search(r"\d{6}", told["body"])[0])
    webhook.received.clear()


def test_a_message_outlives_the_kill_of_its_node(database, tmp_path_factory, logs, webhook):
    flags = database_flags(database)
    folder = tmp_path_factory.mktemp("killed")
    log = logs / f"killed-{database}.log"
    # Nobody listens there yet.
    silent = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    port = silent.server_port
    silent.server_close()
    first = Server("dev", folder, *flags, log=log, env={"PASSWRIGHT_SMS": f"http://:{SECRET}@127.0.0.1:{port}/sms"})
    cognito = first.client("cognito-idp")
    made = cognito.create_user_pool(PoolName="killed", AutoVerifiedAttributes=["phone_number"])["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=made, ClientName="app")["UserPoolClient"]["ClientId"]
    sign_up((cognito, made, client), "eve", "phone_number", "+15550124")
    first.stop("kill")
    second = Server("dev", folder, *flags, log=log, env={"PASSWRIGHT_SMS": f"http://:{SECRET}@127.0.0.1:{webhook.server_port}/sms"})
    try:
        # As long as the dead node may have held it.
        end = time.time() + 90
        while not webhook.received:
            assert time.time() < end
            time.sleep(0.1)
        assert json.loads(webhook.received[-1][1])["to"] == "+15550124"
    finally:
        webhook.received.clear()
        second.stop()


def test_a_route_that_would_tell_a_secret_is_refused_without_its_words(tmp_path):
    from support import BINARY

    refused = subprocess.run(
        [BINARY, "serve", "--port", "0", "--data", tmp_path, "--email", f"smtp://u:{SECRET}@mail.example"], capture_output=True, text=True)
    assert refused.returncode != 0 and "--email" in refused.stderr and SECRET not in refused.stderr + refused.stdout
