//! A SAML provider of a test: its metadata, and assertions that its key signs.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{TestApp, TestPool};
use crate::federation::saml::tests::{IDP_CERTIFICATE, Template, signed};
use crate::kit::clock::{Clock as _, ManualClock};

/// What it calls itself.
pub const SAML_ENTITY: &str = "https://idp.example/metadata";

/// The provider.
pub struct TestSaml {
    clock: Arc<ManualClock>,
}

impl TestSaml {
    /// One that knows the test's time.
    pub fn new(app: &TestApp) -> Self {
        Self { clock: Arc::clone(&app.clock) }
    }

    /// Makes it a provider of a pool, of this name.
    pub async fn join(&self, pool: &TestPool<'_>, name: &str, mapping: Value) {
        let details = json!({"MetadataFile": metadata()});
        let provider = json!({"ProviderName": name, "ProviderType": "SAML", "ProviderDetails": details, "AttributeMapping": mapping});
        pool.admin("CreateIdentityProvider", provider).await.ok();
    }

    /// An assertion of this ID, of `alice`, for a pool and for five minutes, before it is signed.
    pub fn assertion(&self, pool: &TestPool<'_>, id: &str) -> String {
        let at = |seconds: i64| {
            let moment = OffsetDateTime::from_unix_timestamp(self.clock.now().seconds() + seconds).unwrap();
            moment.format(&Rfc3339).unwrap()
        };
        let (now, until) = (at(0), at(300));
        let (sp, recipient) =
            (format!("urn:amazon:cognito:sp:{}", pool.id), format!("{}/{}/saml2/idpresponse", pool.app.app.public_url, pool.id));
        format!(
            r#"<ns1:Assertion xmlns:ns1="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" ID="{id}" IssueInstant="{now}"><ns1:Issuer>{SAML_ENTITY}</ns1:Issuer><ns1:Subject><ns1:NameID>alice</ns1:NameID><ns1:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><ns1:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{recipient}"/></ns1:SubjectConfirmation></ns1:Subject><ns1:Conditions NotBefore="{now}" NotOnOrAfter="{until}"><ns1:AudienceRestriction><ns1:Audience>{sp}</ns1:Audience></ns1:AudienceRestriction></ns1:Conditions><ns1:AuthnStatement AuthnInstant="{now}" SessionIndex="s"><ns1:AuthnContext><ns1:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</ns1:AuthnContextClassRef></ns1:AuthnContext></ns1:AuthnStatement><ns1:AttributeStatement><ns1:Attribute Name="mail"><ns1:AttributeValue>alice@corp.example</ns1:AttributeValue></ns1:Attribute></ns1:AttributeStatement></ns1:Assertion>"#
        )
    }

    /// An assertion as a token, signed.
    pub fn token(xml: &str) -> String {
        URL_SAFE_NO_PAD.encode(signed(xml, &Template::default()))
    }
}

fn metadata() -> String {
    let certificate = STANDARD.encode(IDP_CERTIFICATE);
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{SAML_ENTITY}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>"#
    )
}
