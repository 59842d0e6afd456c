"""A software authenticator, written apart from the server's tests: CBOR and COSE are `fido2`'s."""

import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cose
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

PRESENT, VERIFIED, CREDENTIAL = 1, 4, 64


class Passkey:
    """One passkey, by ES256 (-7), ES384 (-35), EdDSA (-8) or RS256 (-257)."""

    def __init__(self, domain, algorithm=-7, origin=None):
        self.domain, self.algorithm, self.origin = domain, algorithm, origin or f"https://{domain}"
        self.id, self.count, self.user = os.urandom(32), 0, None
        keys = {
            -7: (cose.ES256, lambda: ec.generate_private_key(ec.SECP256R1())),
            -35: (cose.ES384, lambda: ec.generate_private_key(ec.SECP384R1())),
            -8: (cose.EdDSA, ed25519.Ed25519PrivateKey.generate),
            -257: (cose.RS256, lambda: rsa.generate_private_key(65537, 2048)),
        }
        kind, generate = keys[algorithm]
        self.key = generate()
        self.public = kind.from_cryptography_key(self.key.public_key())

    def sign(self, message):
        if self.algorithm == -8:
            return self.key.sign(message)
        if self.algorithm == -257:
            return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(message, ec.ECDSA(hashes.SHA256() if self.algorithm == -7 else hashes.SHA384()))

    def create(self, options):
        """RegistrationResponseJSON."""
        assert options["rp"]["id"] == self.domain
        assert self.algorithm in [parameter["alg"] for parameter in options["pubKeyCredParams"]]
        self.user = options["user"]["id"]
        client_data = self._client_data(CollectedClientData.TYPE.CREATE, options)
        attested = AttestedCredentialData.create(bytes(16), self.id, self.public)
        made = AttestationObject.create("none", self._data(PRESENT | VERIFIED | CREDENTIAL, attested), {})
        return self._response({
            "clientDataJSON": websafe_encode(client_data), "attestationObject": websafe_encode(made), "transports": ["usb"]})

    def get(self, options):
        """AuthenticationResponseJSON, as the text that a challenge is answered with."""
        assert options["rpId"] == self.domain
        client_data = self._client_data(CollectedClientData.TYPE.GET, options)
        self.count += 1
        data = self._data(PRESENT | VERIFIED)
        signature = self.sign(data + hashlib.sha256(client_data).digest())
        return json.dumps(self._response({
            "clientDataJSON": websafe_encode(client_data), "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature), "userHandle": self.user}))

    def _client_data(self, kind, options):
        return CollectedClientData.create(kind, websafe_decode(options["challenge"]), self.origin)

    def _data(self, flags, attested=b""):
        return AuthenticatorData.create(hashlib.sha256(self.domain.encode()).digest(), flags, self.count, attested)

    def _response(self, response):
        name = websafe_encode(self.id)
        return {
            "id": name, "rawId": name, "type": "public-key", "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": {}, "response": response,
        }
