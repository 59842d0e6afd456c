//! The metadata of a SAML provider: who it is, where people are sent, and by which certificates it is believed.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use super::ProviderRefused;
use crate::userpools::web_address::is_https;

const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// How deep elements stand in each other at most. Metadata is six deep.
const DEEPEST: usize = 32;

/// What a provider's metadata says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SamlMetadata {
    /// entityID.
    pub entity_id: String,
    /// Where people are sent to sign in, by redirect.
    pub sign_in: String,
    /// Where they are sent to sign out, by redirect.
    pub sign_out: Option<String>,
    /// The certificates, base64 of DER, that its signatures are verified by.
    pub certificates: Vec<String>,
}

/// The elements that are read, and those that are passed over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Entity,
    Provider,
    /// KeyDescriptor for signatures.
    Key,
    Certificate,
    Other,
}

impl SamlMetadata {
    /// Reads the metadata of one provider.
    ///
    /// SECURITY: a document type is refused, no entity is resolved, and what stands outside of the one IDPSSODescriptor is not
    /// read. A provider without a certificate would be believed by nobody's signature.
    ///
    /// # Errors
    /// [`ProviderRefused::Metadata`].
    pub fn read(text: &str) -> Result<Self, ProviderRefused> {
        let refused = ProviderRefused::Metadata;
        let mut reader = NsReader::from_str(text);
        let (mut open, mut found, mut ended) = (Vec::new(), Self::default(), false);
        loop {
            let (namespace, event) = reader.read_resolved_event().map_err(|_| refused("it is no XML"))?;
            let namespace = match namespace {
                ResolveResult::Bound(namespace) => namespace.0.to_owned(),
                ResolveResult::Unbound => String::new(),
                ResolveResult::Unknown(_) => return Err(refused("a prefix has no namespace")),
            };
            match event {
                Event::DocType(_) => return Err(refused("it has a document type")),
                Event::Start(start) => {
                    if ended || open.len() >= DEEPEST {
                        return Err(refused("it is no metadata of one provider"));
                    }
                    let element = found.enter(&open, &namespace, &start)?;
                    open.push(element);
                }
                Event::Empty(start) => {
                    if ended {
                        return Err(refused("it is no metadata of one provider"));
                    }
                    found.enter(&open, &namespace, &start).map(drop)?;
                }
                Event::End(_) => {
                    open.pop();
                    ended = open.is_empty();
                }
                Event::Text(text) if open.last() == Some(&Element::Certificate) => {
                    let text = text.xml_content(XmlVersion::Implicit1_0);
                    if let Some(last) = found.certificates.last_mut() {
                        last.extend(text.chars().filter(|character| !character.is_whitespace()));
                    }
                }
                // No certificate has an entity or a section of its own.
                Event::GeneralRef(_) | Event::CData(_) if open.last() == Some(&Element::Certificate) => {
                    return Err(refused("a certificate is none"));
                }
                Event::Eof => break,
                _ => {}
            }
        }
        found.checked(ended)
    }

    /// What an element is where it stands; what it says is noted.
    fn enter(&mut self, open: &[Element], namespace: &str, start: &BytesStart<'_>) -> Result<Element, ProviderRefused> {
        let (parent, name) = (open.last(), start.local_name());
        let element = match (parent, namespace, name.as_ref()) {
            (None, METADATA, "EntityDescriptor") => {
                self.entity_id = attribute(start, "entityID")?.unwrap_or_default();
                Element::Entity
            }
            (None, ..) => return Err(ProviderRefused::Metadata("it is no EntityDescriptor")),
            (Some(Element::Entity), METADATA, "IDPSSODescriptor") => Element::Provider,
            (Some(Element::Provider), METADATA, "KeyDescriptor") => {
                let signs = attribute(start, "use")?.is_none_or(|usage| usage == "signing");
                if signs { Element::Key } else { Element::Other }
            }
            (Some(Element::Provider), METADATA, "SingleSignOnService") => {
                if let Some(address) = redirect(start)?
                    && self.sign_in.is_empty()
                {
                    self.sign_in = address;
                }
                Element::Other
            }
            (Some(Element::Provider), METADATA, "SingleLogoutService") => {
                self.sign_out = self.sign_out.take().or(redirect(start)?);
                Element::Other
            }
            // Between the key and its certificate stand KeyInfo and X509Data.
            (Some(Element::Key), SIGNATURE, "KeyInfo" | "X509Data") => Element::Key,
            (Some(Element::Key), SIGNATURE, "X509Certificate") => {
                self.certificates.push(String::new());
                Element::Certificate
            }
            _ => Element::Other,
        };
        Ok(element)
    }

    fn checked(self, ended: bool) -> Result<Self, ProviderRefused> {
        let is_certificate = |text: &String| !text.is_empty() && data_encoding::BASE64.decode(text.as_bytes()).is_ok();
        let why = match &self {
            _ if !ended => "it is not complete",
            found if found.entity_id.is_empty() || found.entity_id.len() > 1024 => "it has no entityID",
            found if !is_https(&found.sign_in) => "it has no SingleSignOnService for HTTP-Redirect at an https address",
            found if found.sign_out.as_ref().is_some_and(|address| !is_https(address)) => "a SingleLogoutService is at no https address",
            found if found.certificates.is_empty() => "it has no certificate for signatures",
            found if !found.certificates.iter().all(is_certificate) => "a certificate is none",
            _ => return Ok(self),
        };
        Err(ProviderRefused::Metadata(why))
    }
}

/// The address of a service that is reached by redirect.
fn redirect(start: &BytesStart<'_>) -> Result<Option<String>, ProviderRefused> {
    let is_redirect = attribute(start, "Binding")?.as_deref() == Some(REDIRECT);
    if is_redirect { attribute(start, "Location") } else { Ok(None) }
}

/// An attribute without a prefix.
fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, ProviderRefused> {
    let refused = || ProviderRefused::Metadata("an attribute is none");
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| refused())?;
        if attribute.key.as_ref() == name {
            return attribute.normalized_value(XmlVersion::Implicit1_0).map(|value| Some(value.into_owned())).map_err(|_| refused());
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://idp.example/saml">
  <md:SPSSODescriptor><md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://sp.example/"/></md:SPSSODescriptor>
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
      QUJD
      REVG
    </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>SElK</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/slo"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/post"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso?a=1&amp;b=2"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>"#;

    #[test]
    fn metadata_says_who_and_where_and_by_which_certificates() {
        let expected = SamlMetadata {
            entity_id: "https://idp.example/saml".into(),
            sign_in: "https://idp.example/sso?a=1&b=2".into(),
            sign_out: Some("https://idp.example/slo".into()),
            certificates: vec!["QUJDREVG".into()],
        };
        assert_eq!(SamlMetadata::read(GOOD), Ok(expected));
    }

    #[test]
    fn what_is_no_metadata_of_one_provider_is_refused() {
        let deep = GOOD.replace("<md:IDPSSODescriptor", &format!("{}<md:IDPSSODescriptor", "<a>".repeat(100)));
        for (text, why) in [
            ("", "it is not complete"),
            ("{}", "it is not complete"),
            ("<a>", "it is no EntityDescriptor"),
            ("<md:EntityDescriptor/>", "a prefix has no namespace"),
            (&GOOD[..GOOD.len() - 30], "it is no XML"),
            (
                &GOOD.replace("<md:EntityDescriptor ", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><md:EntityDescriptor "),
                "it has a document type",
            ),
            (&GOOD.replace("SAML:2.0:metadata", "SAML:1.1:metadata"), "it is no EntityDescriptor"),
            (&GOOD.replace("entityID=", "id="), "it has no entityID"),
            (
                &GOOD.replace("HTTP-Redirect\" Location=\"https://idp.example/sso", "HTTP-Artifact\" Location=\"https://idp.example/sso"),
                "it has no SingleSignOnService for HTTP-Redirect at an https address",
            ),
            (
                &GOOD.replace("https://idp.example/sso", "javascript:alert(1)//"),
                "it has no SingleSignOnService for HTTP-Redirect at an https address",
            ),
            (&GOOD.replace("https://idp.example/slo", "http://idp.example/slo"), "a SingleLogoutService is at no https address"),
            (&GOOD.replace("use=\"signing\"", "use=\"encryption\""), "it has no certificate for signatures"),
            (&GOOD.replace("REVG", "&x;"), "a certificate is none"),
            (&GOOD.replace("QUJD", "<!-- -->!"), "a certificate is none"),
            (&deep, "it is no metadata of one provider"),
            (&format!("{GOOD}<b/>"), "it is no metadata of one provider"),
        ] {
            assert_eq!(SamlMetadata::read(text), Err(ProviderRefused::Metadata(why)), "{text:.80}");
        }
    }
}
