//! X.509 certificates of our own signing keys: a key says by itself whose it is.

use std::time::Duration;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, SerialNumber};
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::keys::PrivateKey;
use crate::kit::clock::Timestamp;

/// Why a certificate could not be made. Never the caller's fault.
#[derive(Debug, thiserror::Error)]
#[error("no certificate can be made: {0}")]
pub struct CertificateError(#[from] rcgen::Error);

/// A certificate that a key signs for itself, in DER. The serial is 20 bytes of chance at most (RFC 5280 §4.1.2.2).
///
/// # Errors
/// [`CertificateError`].
pub fn self_signed(key: &PrivateKey, name: &str, serial: &[u8], from: Timestamp, lifetime: Duration) -> Result<Vec<u8>, CertificateError> {
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(key.pkcs8()), &PKCS_RSA_SHA256)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from_slice(serial));
    params.not_before = from.to_utc();
    params.not_after = from.plus(lifetime).to_utc();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    Ok(params.self_signed(&pair)?.der().to_vec())
}
