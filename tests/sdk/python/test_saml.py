"""Sign-in through a SAML provider: pysaml2's, whose answers a browser brings."""

import base64
import hashlib
import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest
from saml_idp import CBC, GCM, IdentityProvider, posted
from support import Pool, claims

CALLBACK = "https://app.example/cb"
VERIFIER = "v" * 43
# As pysaml2 names it.
EMAIL = "urn:oid:1.2.840.113549.1.9.1.1"


class Browser:
    """Keeps cookies, follows nothing by itself, and sends no cookie with what another site has it post."""

    def __init__(self):
        class Still(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        self._own = urllib.request.build_opener(Still, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self._strange = urllib.request.build_opener(Still)

    def get(self, url):
        return self._answer(self._own, url)

    def post_from_elsewhere(self, url, fields):
        return self._answer(self._strange, url, urllib.parse.urlencode(fields).encode())

    def _answer(self, opener, url, body=None):
        try:
            answer = opener.open(url, body)
        except urllib.error.HTTPError as refused:
            answer = refused
        text = answer.read().decode()
        location = answer.headers.get("Location")
        return answer.status, text, location and urllib.parse.urljoin(url, location)


class Corp:
    """A pool whose client takes the users of a SAML provider."""

    def __init__(self, server, by_url=False, **details):
        self.pool, self.idp, self.server = Pool(server), IdentityProvider(), server
        self.base = f"{server.url}/{self.pool.id}"
        self.idp.trust(self.metadata())
        of = {"MetadataURL": f"{self.idp.url}/metadata"} if by_url else {"MetadataFile": self.idp.metadata}
        self.pool.idp.create_identity_provider(
            UserPoolId=self.pool.id, ProviderName="Corp", ProviderType="SAML", ProviderDetails=of | {"RequestSigningAlgorithm": "rsa-sha256"} | details,
            AttributeMapping={"email": EMAIL, "profile": "groups"})
        self.pool.idp.update_user_pool_client(
            UserPoolId=self.pool.id, ClientId=self.pool.client_id, SupportedIdentityProviders=["Corp"], CallbackURLs=[CALLBACK],
            AllowedOAuthFlows=["code"], AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthScopes=["openid", "email", "profile"])

    def metadata(self):
        with urllib.request.urlopen(f"{self.base}/saml2/metadata") as answer:
            return answer.read().decode()

    def leave(self, browser, **more):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        query = {"client_id": self.pool.client_id, "response_type": "code", "redirect_uri": CALLBACK, "state": "s",
                 "code_challenge": challenge, "code_challenge_method": "S256", **more}
        status, text, location = browser.get(f"{self.base}/oauth2/authorize?{urllib.parse.urlencode(query)}")
        assert status == 303, text
        return location

    def answer(self, browser, location):
        """The form by which the provider answers."""
        status, page, _ = browser.get(self.idp.local(location))
        assert status == 200, page
        return posted(page)

    def come_back(self, browser, address, fields):
        """What becomes of an answer: where the browser is sent in the end."""
        status, text, location = browser.post_from_elsewhere(address, fields)
        if status != 303:
            return status, text
        status, text, location = browser.get(location)
        return status, location or text

    def sign_in(self, browser=None, **more):
        browser = browser or Browser()
        return self.come_back(browser, *self.answer(browser, self.leave(browser, **more)))

    def tokens(self, location):
        code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))["code"]
        form = {"grant_type": "authorization_code", "client_id": self.pool.client_id, "code": code, "redirect_uri": CALLBACK,
                "code_verifier": VERIFIER}
        with urllib.request.urlopen(f"{self.base}/oauth2/token", urllib.parse.urlencode(form).encode()) as answer:
            return json.load(answer)


@pytest.fixture
def corp(server):
    return Corp(server)


def refused(outcome):
    return outcome[0] == 400 or (outcome[0] == 303 and "told=failed:Corp" in outcome[1])


@pytest.mark.parametrize("by_url", [False, True])
def test_whom_the_provider_names_is_signed_in(server, by_url):
    corp = Corp(server, by_url)
    status, location = corp.sign_in(login_hint="alice@example.com")
    assert status == 303 and location.startswith(CALLBACK), location
    told = claims(corp.tokens(location)["id_token"])
    assert (told["cognito:username"], told["email"], told["profile"]) == ("Corp_alice", "alice@example.com", "[admins, staff]")
    identity = told["identities"][0]
    assert (identity["userId"], identity["providerType"], identity["primary"]) == ("alice", "SAML", "true")
    assert identity["issuer"] == (None if by_url else corp.idp.entity_id)
    request = corp.idp.asked[-1]
    assert request.subject.name_id.text == "alice@example.com" and not request.force_authn
    user = corp.pool.idp.admin_get_user(UserPoolId=corp.pool.id, Username="Corp_alice")
    assert user["UserStatus"] == "EXTERNAL_PROVIDER"
    # Again, and they are who they were; asked to prove it anew, they are.
    again = claims(corp.tokens(corp.sign_in(prompt="login")[1])["id_token"])
    assert again["sub"] == told["sub"] and corp.idp.asked[-1].force_authn == "true"


@pytest.mark.parametrize(("how", "cipher", "serves"), [
    ({"sign_assertion": True}, None, True),
    ({"sign_response": True}, None, True),
    ({}, None, False),
    ({"sign_assertion": True, "encrypt_assertion": True}, GCM, True),
    ({"sign_response": True, "encrypt_assertion": True}, GCM, True),
    ({"encrypt_assertion": True}, GCM, False),
    # CBC is open to whoever changes what it hides, unless a signature stands around it.
    ({"sign_response": True, "encrypt_assertion": True}, CBC, True),
    ({"sign_assertion": True, "encrypt_assertion": True}, CBC, False),
])
def test_an_answer_is_signed_and_may_be_encrypted(corp, how, cipher, serves):
    corp.idp.how, corp.idp.cipher = how, cipher or GCM
    outcome = corp.sign_in()
    assert refused(outcome) is not serves, outcome
    assert serves is (outcome[0] == 303 and outcome[1].startswith(CALLBACK)), outcome


def test_where_encryption_is_asked_for_a_plain_answer_is_refused(server):
    corp = Corp(server, EncryptedResponses="true")
    assert refused(corp.sign_in())
    corp.idp.how = {"sign_response": True, "encrypt_assertion": True}
    assert corp.sign_in()[1].startswith(CALLBACK)


def test_an_answer_serves_the_browser_that_asked_once(corp):
    mallory, alice = Browser(), Browser()
    address, fields = corp.answer(mallory, corp.leave(mallory))
    # In another's browser it signs nobody in.
    alice.get(f"{corp.base}/login?client_id={corp.pool.client_id}")
    assert refused(corp.come_back(alice, address, fields))
    # That use was none: the browser that asked comes in, and only once.
    own = corp.come_back(mallory, address, fields)
    assert refused(own) or own[1].startswith(CALLBACK)
    assert refused(corp.come_back(mallory, address, fields))
    # Whoever changes it, or asks for another's answer, gets nothing.
    _, other = corp.answer(mallory, corp.leave(mallory))
    assert refused(corp.come_back(mallory, address, {**other, "SAMLResponse": fields["SAMLResponse"]}))
    address, fields = corp.answer(mallory, corp.leave(mallory))
    text = base64.b64decode(fields["SAMLResponse"]).replace(b"alice@example.com", b"chief@example.com")
    assert refused(corp.come_back(mallory, address, {**fields, "SAMLResponse": base64.b64encode(text).decode()}))
    for fields in ({}, {"RelayState": "x"}, {"SAMLResponse": "x"}, {"RelayState": "x", "SAMLResponse": "x"}):
        assert corp.come_back(mallory, address, fields)[0] in (303, 400)


def test_of_another_pool_or_provider_nothing_is_taken(server, corp):
    other = Corp(server)
    browser = Browser()
    address, fields = corp.answer(browser, corp.leave(browser))
    there = address.replace(corp.pool.id, other.pool.id)
    assert refused(corp.come_back(browser, there, fields))
    # Another provider's word for this one's request.
    address, fields = corp.answer(browser, corp.leave(browser))
    other.idp.trust(other.metadata(), corp.metadata())
    forged = other.idp.response(corp.idp.asked[-1].id, address, f"urn:amazon:cognito:sp:{corp.pool.id}")
    assert refused(corp.come_back(browser, address, {**fields, "SAMLResponse": base64.b64encode(forged.encode()).decode()}))


def test_what_nobody_asked_for_is_not_taken(corp):
    address, sp = f"{corp.base}/saml2/idpresponse", f"urn:amazon:cognito:sp:{corp.pool.id}"
    page = urllib.request.urlopen(f"{corp.idp.url}/start?{urllib.parse.urlencode({'acs': address, 'sp': sp})}").read().decode()
    assert refused(corp.come_back(Browser(), *posted(page)))


def test_the_pools_metadata_says_where_answers_go(corp):
    text = corp.metadata()
    assert f"urn:amazon:cognito:sp:{corp.pool.id}" in text and f"{corp.base}/saml2/idpresponse" in text
    certificate = corp.pool.idp.get_signing_certificate(UserPoolId=corp.pool.id)["Certificate"]
    assert certificate in re.sub(r"\s", "", text)
