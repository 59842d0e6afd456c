"""A SAML identity provider on this machine: pysaml2 with xmlsec1, for whoever plays the browser.

Its metadata names https addresses (`https://idp.test/...`), as a pool wants them; it is reached by plain HTTP at `local(address)`.
Needs the package pysaml2 and the program xmlsec1.
"""

import base64
import datetime
import functools
import html
import re
import tempfile
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import saml2.entity
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import Config
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.sigver import pre_encryption_part
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
CBC = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
AUTHN = {"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"}
SIGNED = {"sign_alg": SIG_RSA_SHA256, "digest_alg": DIGEST_SHA256}


class IdentityProvider(ThreadingHTTPServer):
    """Signs everybody in as `name` with `attributes`, in the way that `how` says, and notes what it was asked."""

    daemon_threads = True

    def __init__(self, host="idp.test"):
        super().__init__(("127.0.0.1", 0), Handler)
        self.entity_id, self.address = f"https://{host}/metadata", f"https://{host}"
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.name, self.attributes = "alice", {"email": ["alice@example.com"], "groups": ["admins", "staff"]}
        self.how, self.cipher = {"sign_assertion": True, "sign_response": True}, GCM
        self.asked, self.ended, self.posts_logout = [], [], False
        self._folder = tempfile.TemporaryDirectory()
        self._key, self._certificate = self._new_key()
        self._server = None
        self.trust()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def _new_key(self):
        pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.entity_id[:60])]), datetime.datetime.now(datetime.timezone.utc)
        certificate = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(pair.public_key()).serial_number(1)
        certificate = certificate.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=30)).sign(pair, hashes.SHA256())
        pem = serialization.Encoding.PEM
        key_file, certificate_file = Path(self._folder.name, "key.pem"), Path(self._folder.name, "certificate.pem")
        key_file.write_bytes(pair.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        certificate_file.write_bytes(certificate.public_bytes(pem))
        return str(key_file), str(certificate_file)

    def trust(self, *metadata):
        """Knows these service providers, by their metadata, and no others."""
        endpoints = {
            "single_sign_on_service": [(f"{self.address}/sso", BINDING_HTTP_REDIRECT)],
            "single_logout_service": [(f"{self.address}/slo", BINDING_HTTP_REDIRECT)],
        }
        policy = {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None, "fail_on_missing_requested": False}}
        service = {"endpoints": endpoints, "policy": policy, "want_authn_requests_signed": True}
        settings = {
            "entityid": self.entity_id,
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "key_file": self._key,
            "cert_file": self._certificate,
            "allow_unknown_attributes": True,
            "service": {"idp": service},
            "metadata": {"inline": list(metadata)},
        }
        self._server = Server(config=Config().load(settings))

    @property
    def metadata(self):
        return str(entity_descriptor(self._server.config))

    def local(self, address):
        """Where an address of the metadata is reached."""
        assert address.startswith(self.address + "/"), address
        return self.url + address.removeprefix(self.address)

    def _name_id(self, sp):
        return NameID(format=NAMEID_FORMAT_PERSISTENT, text=self.name, sp_name_qualifier=sp)

    def response(self, in_response_to, destination, sp, **how):
        """A response, as text; of itself it answers nothing."""
        if {**self.how, **how}.get("encrypt_assertion"):
            # pysaml2 itself would encrypt by Triple DES.
            saml2.entity.pre_encryption_part = functools.partial(pre_encryption_part, msg_enc=self.cipher)
            encrypt = type(self._server.sec).encrypt_assertion
            self._server.sec.encrypt_assertion = lambda *args, **more: encrypt(
                self._server.sec, *args, **(more | {"key_type": "aes-256"})
            )
        how = {"sign_assertion": False, "sign_response": False, "encrypt_assertion": False, **self.how, **how}
        return str(
            self._server.create_authn_response(
                self.attributes, in_response_to, destination, sp, name_id=self._name_id(sp), authn=AUTHN, **SIGNED, **how
            )
        )

    def sso(self, query):
        """The page that answers a request to authenticate: a form that posts itself."""
        signature = {"sigalg": query.get("SigAlg"), "signature": query.get("Signature"), "relay_state": query.get("RelayState")}
        request = self._server.parse_authn_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT, **signature).message
        self.asked.append(request)
        answer = self._server.response_args(request)
        text = self.response(answer["in_response_to"], answer["destination"], answer["sp_entity_id"])
        return form(answer["destination"], text, query.get("RelayState", ""))

    def start(self, destination, sp, relay_state):
        """The page by which a sign-in begins here, unasked."""
        return form(destination, self.response(None, destination, sp), relay_state)

    def slo(self, query):
        """The answer to a request to sign out: where the browser goes, or, as Amazon Cognito wants it, a form that posts itself."""
        signature = {"sigalg": query.get("SigAlg"), "signature": query.get("Signature"), "relay_state": query.get("RelayState")}
        request = self._server.parse_logout_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT, **signature).message
        self.ended.append((request.name_id.text, [index.text for index in request.session_index]))
        state = query.get("RelayState", "")
        if self.posts_logout:
            answer = self._server.create_logout_response(request, [BINDING_HTTP_POST], sign=True, **SIGNED)
            return None, form(self._server.response_args(request, [BINDING_HTTP_POST])["destination"], str(answer), state)
        answer = self._server.create_logout_response(request, [BINDING_HTTP_REDIRECT])
        sent = self._server.apply_binding(
            BINDING_HTTP_REDIRECT, str(answer), answer.destination, state, response=True, sign=True, sigalg=SIG_RSA_SHA256
        )
        return dict(sent["headers"])["Location"], ""

    def logout_request(self, destination, sp, session_index=None, relay_state=""):
        """The address by which a sign-out begins here."""
        indexes = [session_index] if session_index else None
        _, request = self._server.create_logout_request(destination, sp, name_id=self._name_id(sp), session_indexes=indexes)
        sent = self._server.apply_binding(
            BINDING_HTTP_REDIRECT, str(request), destination, relay_state, sign=True, sigalg=SIG_RSA_SHA256
        )
        return dict(sent["headers"])["Location"]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        try:
            match address.path:
                case "/metadata":
                    self.answer(200, self.server.metadata, "application/samlmetadata+xml")
                case "/sso":
                    self.answer(200, self.server.sso(query))
                case "/start":
                    self.answer(200, self.server.start(query["acs"], query["sp"], query.get("state", "")))
                case "/slo":
                    location, page = self.server.slo(query)
                    self.answer(302 if location else 200, page, location=location)
                case _:
                    self.answer(404, "there is no such page")
        except Exception as error:
            self.answer(400, f"{type(error).__name__}: {error}")

    def answer(self, status, text, kind="text/html", location=None):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def form(address, text, relay_state):
    fields = {"SAMLResponse": base64.b64encode(text.encode()).decode(), "RelayState": relay_state}
    inputs = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in fields.items())
    body = f'<form method="post" action="{html.escape(address)}">{inputs}</form>'
    return f'<!doctype html><title>Signing in</title><body onload="document.forms[0].submit()">{body}</body>'


def posted(page):
    """What a browser would post: the address and the fields of a form."""
    address = re.search(r'action="([^"]*)"', page)[1]
    fields = re.findall(r'name="([^"]*)" value="([^"]*)"', page)
    return html.unescape(address), {name: html.unescape(value) for name, value in fields}


if __name__ == "__main__":
    idp = IdentityProvider()
    print(idp.url, flush=True)
    print(idp.metadata, flush=True)
    threading.Event().wait()
