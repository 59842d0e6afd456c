"""What the sign-in pages and federation are set by: identity providers, linking, domains, branding, terms."""

import json
import urllib.request
import uuid

import pytest
from support import Pool, claims, refusal

METADATA = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/saml">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>QUJD</X509Certificate></X509Data></KeyInfo>
</KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
Location="https://idp.example/sso"/></IDPSSODescriptor></EntityDescriptor>"""
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


@pytest.fixture
def pool(server):
    return Pool(server)


def google(pool, **more):
    details = {"client_id": "c", "client_secret": "s3cret", "authorize_scopes": "email"}
    return pool.idp.create_identity_provider(
        UserPoolId=pool.id, ProviderName="Google", ProviderType="Google", ProviderDetails=details, **more)["IdentityProvider"]


def test_identity_providers_are_made_told_changed_and_deleted(pool):
    made = google(pool, AttributeMapping={"email": "email"}, IdpIdentifiers=["g.example"])
    assert made["ProviderDetails"]["oidc_issuer"] == "https://accounts.google.com"
    assert made["AttributeMapping"] == {"email": "email", "username": "sub"}
    assert pool.idp.describe_identity_provider(UserPoolId=pool.id, ProviderName="Google")["IdentityProvider"] == made
    found = pool.idp.get_identity_provider_by_identifier(UserPoolId=pool.id, IdpIdentifier="g.example")["IdentityProvider"]
    assert found == made
    saml = pool.idp.create_identity_provider(
        UserPoolId=pool.id, ProviderName="Corp", ProviderType="SAML", ProviderDetails={"MetadataFile": METADATA})["IdentityProvider"]
    assert saml["ProviderDetails"]["SSORedirectBindingURI"] == "https://idp.example/sso"
    pages = pool.idp.get_paginator("list_identity_providers").paginate(UserPoolId=pool.id, PaginationConfig={"PageSize": 1})
    assert [provider["ProviderName"] for page in pages for provider in page["Providers"]] == ["Corp", "Google"]
    updated = pool.idp.update_identity_provider(UserPoolId=pool.id, ProviderName="Corp", IdpIdentifiers=["corp"])["IdentityProvider"]
    assert updated["IdpIdentifiers"] == ["corp"] and updated["ProviderDetails"] == saml["ProviderDetails"]
    client = pool.idp.update_user_pool_client(
        UserPoolId=pool.id, ClientId=pool.client_id, SupportedIdentityProviders=["COGNITO", "Corp"])["UserPoolClient"]
    assert client["SupportedIdentityProviders"] == ["COGNITO", "Corp"]
    assert refusal(google, pool)[0] == "DuplicateProviderException"
    pool.idp.delete_identity_provider(UserPoolId=pool.id, ProviderName="Corp")
    missing = refusal(pool.idp.describe_identity_provider, UserPoolId=pool.id, ProviderName="Corp")
    assert missing == ("ResourceNotFoundException", "Identity provider Corp does not exist.")


def test_a_user_is_linked_to_an_identity_and_no_more(pool):
    google(pool)
    alice = pool.user("alice")
    source = {"ProviderName": "Google", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "g-1"}
    destination = {"ProviderName": "Cognito", "ProviderAttributeValue": "alice"}
    pool.idp.admin_link_provider_for_user(UserPoolId=pool.id, DestinationUser=destination, SourceUser=source)
    attributes = pool.idp.admin_get_user(UserPoolId=pool.id, Username="alice")["UserAttributes"]
    told = json.loads(next(attribute["Value"] for attribute in attributes if attribute["Name"] == "identities"))
    assert (told[0]["providerName"], told[0]["userId"], told[0]["primary"]) == ("Google", "g-1", False)
    assert claims(pool.tokens(alice)["IdToken"])["identities"][0]["primary"] == "false"
    again = refusal(pool.idp.admin_link_provider_for_user, UserPoolId=pool.id, DestinationUser=destination, SourceUser=source)
    assert again == ("InvalidParameterException", "SourceUser is already linked to DestinationUser")
    pool.idp.admin_disable_provider_for_user(UserPoolId=pool.id, User=source)
    assert "identities" not in claims(pool.tokens(alice)["IdToken"])


def test_domains_are_one_pools_and_keep_it_from_being_deleted(server, pool):
    prefix, custom = f"app-{uuid.uuid4().hex}", f"auth.{uuid.uuid4().hex}.example"
    pool.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=prefix)
    arn = "arn:aws:acm:us-east-1:000000000000:certificate/1-2"
    made = pool.idp.create_user_pool_domain(
        UserPoolId=pool.id, Domain=custom, ManagedLoginVersion=2, CustomDomainConfig={"CertificateArn": arn})
    assert made["CloudFrontDomain"] and made["ManagedLoginVersion"] == 2
    assert pool.idp.update_user_pool_domain(UserPoolId=pool.id, Domain=prefix, ManagedLoginVersion=2)["ManagedLoginVersion"] == 2
    described = pool.idp.describe_user_pool_domain(Domain=custom)["DomainDescription"]
    assert (described["UserPoolId"], described["Status"], described["CustomDomainConfig"]["CertificateArn"]) == (pool.id, "ACTIVE", arn)
    user_pool = pool.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    assert (user_pool["Domain"], user_pool["CustomDomain"]) == (prefix, custom)
    taken = refusal(Pool(server).idp.create_user_pool_domain, UserPoolId=Pool(server).id, Domain=prefix)
    assert taken == ("InvalidParameterException", "Domain already associated with another user pool.")
    assert refusal(pool.idp.delete_user_pool, UserPoolId=pool.id)[0] == "InvalidParameterException"
    for domain in [prefix, custom]:
        pool.idp.delete_user_pool_domain(UserPoolId=pool.id, Domain=domain)
    assert pool.idp.describe_user_pool_domain(Domain=prefix)["DomainDescription"] == {}
    pool.idp.delete_user_pool(UserPoolId=pool.id)


def test_the_classic_pages_have_a_style_and_a_logo(pool):
    css = ".submitButton-customizable { background-color: #337ab7; }"
    words = "There has to be an existing domain associated with this user pool"
    assert refusal(pool.idp.set_ui_customization, UserPoolId=pool.id, CSS=css) == ("InvalidParameterException", words)
    pool.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=f"app-{uuid.uuid4().hex}")
    made = pool.idp.set_ui_customization(UserPoolId=pool.id, CSS=css, ImageFile=PNG)["UICustomization"]
    assert (made["ClientId"], made["CSS"]) == ("ALL", css)
    got = pool.idp.get_ui_customization(UserPoolId=pool.id, ClientId=pool.client_id)["UICustomization"]
    assert got == made
    with urllib.request.urlopen(made["ImageUrl"]) as answer:
        assert answer.read() == PNG and answer.headers["X-Content-Type-Options"] == "nosniff"
    bad = refusal(pool.idp.set_ui_customization, UserPoolId=pool.id, CSS="@import url(x);")
    assert bad[0] == "InvalidParameterException"


def test_managed_login_has_a_style_a_client(pool):
    logo = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG}
    settings = {"categories": {"global": {"colorSchemeMode": "DARK"}}}
    made = pool.idp.create_managed_login_branding(
        UserPoolId=pool.id, ClientId=pool.client_id, Settings=settings, Assets=[logo])["ManagedLoginBranding"]
    assert made["Settings"] == settings and made["Assets"] == [logo]
    style = {"UserPoolId": pool.id, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    assert pool.idp.describe_managed_login_branding(**style)["ManagedLoginBranding"] == made
    by_client = pool.idp.describe_managed_login_branding_by_client(
        UserPoolId=pool.id, ClientId=pool.client_id, ReturnMergedResources=True)["ManagedLoginBranding"]
    assert by_client["Settings"]["categories"]["form"]["displayGraphics"] is True
    updated = pool.idp.update_managed_login_branding(
        **style, Settings={"componentClasses": {"buttons": {"borderRadius": 2.5}}})["ManagedLoginBranding"]
    assert updated["Settings"] == settings | {"componentClasses": {"buttons": {"borderRadius": 2.5}}} and updated["Assets"] == [logo]
    second = refusal(pool.idp.create_managed_login_branding, UserPoolId=pool.id, ClientId=pool.client_id, UseCognitoProvidedValues=True)
    assert second[0] == "ManagedLoginBrandingExistsException"
    pool.idp.delete_managed_login_branding(**style)
    assert refusal(pool.idp.describe_managed_login_branding, **style)[0] == "ResourceNotFoundException"


def test_terms_are_made_told_changed_and_deleted(pool):
    links = {"cognito:default": "https://a.example/terms"}
    given = {"UserPoolId": pool.id, "ClientId": pool.client_id, "TermsSource": "LINK", "Enforcement": "NONE", "Links": links}
    made = pool.idp.create_terms(TermsName="terms-of-use", **given)["Terms"]
    assert made["Links"] == links
    pool.idp.create_terms(TermsName="privacy-policy", **given)
    assert refusal(pool.idp.create_terms, TermsName="terms-of-use", **given)[0] == "TermsExistsException"
    assert pool.idp.describe_terms(UserPoolId=pool.id, TermsId=made["TermsId"])["Terms"] == made
    by_client = pool.idp.describe_terms_by_client(UserPoolId=pool.id, ClientId=pool.client_id, TermsName="terms-of-use")
    assert by_client["Terms"] == made
    listed = pool.idp.list_terms(UserPoolId=pool.id)["Terms"]
    assert sorted(terms["TermsName"] for terms in listed) == ["privacy-policy", "terms-of-use"]
    links = {"cognito:default": "https://b.example/terms"}
    assert pool.idp.update_terms(UserPoolId=pool.id, TermsId=made["TermsId"], Links=links)["Terms"]["Links"] == links
    pool.idp.delete_terms(UserPoolId=pool.id, TermsId=made["TermsId"])
    assert refusal(pool.idp.describe_terms, UserPoolId=pool.id, TermsId=made["TermsId"]) == (
        "ResourceNotFoundException", "Terms do not exist.")
