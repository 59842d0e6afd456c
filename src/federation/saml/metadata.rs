//! What a user pool tells identity providers of itself: the metadata of a service provider.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;

use super::names::{BY_POST, DSIG, METADATA, PROTOCOL};
use super::party::ServiceProvider;

/// The metadata of a pool: where assertions go, the certificate that its requests are signed by, and the one that
/// assertions may be encrypted by, both in DER.
#[must_use]
pub fn metadata(ours: &ServiceProvider, signing: &[u8], encryption: Option<&[u8]>) -> String {
    let key = |purpose: &str, certificate: &[u8]| {
        format!(
            "<md:KeyDescriptor use=\"{purpose}\"><ds:KeyInfo xmlns:ds=\"{DSIG}\"><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate>\
             </ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
            STANDARD.encode(certificate)
        )
    };
    let keys = key("signing", signing) + &encryption.map(|certificate| key("encryption", certificate)).unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<md:EntityDescriptor xmlns:md=\"{METADATA}\" entityID=\"{}\">\
         <md:SPSSODescriptor AuthnRequestsSigned=\"true\" WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"{PROTOCOL}\">\
         {keys}<md:AssertionConsumerService Binding=\"{BY_POST}\" Location=\"{}\" index=\"0\" isDefault=\"true\"/>\
         </md:SPSSODescriptor></md:EntityDescriptor>\n",
        escape(&ours.entity_id),
        escape(&ours.acs_url),
    )
}
