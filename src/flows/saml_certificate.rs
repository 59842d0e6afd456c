//! The certificate that a pool's SAML requests are signed by: issued at the first use, and again each year.
//!
//! Source: Amazon Cognito API reference, GetSigningCertificate: "valid for 10 years", "a new signing certificate annually".

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::failed::Failed;
use crate::context::App;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::kit::rng::random_bytes;
use crate::store;
use crate::store::StoreError;
use crate::store::pool_services::SamlCertificate;
use crate::tokens::certificate::self_signed;
use crate::tokens::keys::PrivateKey;
use crate::userpools::pool::Pool;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long a certificate is valid.
const LIFETIME: Duration = Duration::from_secs(3650 * 24 * 3600);

/// The certificate of a pool by now; a new one where it has none or one of a year ago. `None` if the pool is gone.
///
/// # Errors
/// [`Failed`].
pub async fn current(app: &App, pool: &Pool) -> Result<Option<SamlCertificate>, Failed> {
    let newest = app.read(async |tx| store::pool_services::newest_saml_certificate(tx, &pool.id).await).await?;
    if let Some(newest) = newest.filter(|newest| is_current(app, newest)) {
        return Ok(Some(newest));
    }
    let issued_at = app.now();
    let pairs = Arc::clone(&app.key_pairs);
    let key = app.hasher.run(move || pairs.new_pair(String::new())).await.map_err(Failed::because)?.map_err(Failed::because)?;
    // The first bit makes the serial a positive number of 16 bytes, whatever the others are.
    let mut serial: [u8; 16] = random_bytes(&mut app.rng());
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    let certificate = self_signed(key.private(), pool.id.as_str(), &serial, issued_at, LIFETIME).map_err(Failed::because)?;
    let place = place(&pool.id, issued_at);
    let sealed_key = app.keys.at_rest.seal(&place.each_ref().map(String::as_str), key.private(), &mut app.rng());
    let new = SamlCertificate { certificate: STANDARD.encode(certificate), sealed_key: sealed_key.map_err(Failed::because)?, issued_at };
    // Decided anew where it is written: of two at once, the second finds the first's.
    let kept = app
        .write(async |tx| {
            if !store::user_pools::exists(tx, &pool.id).await? {
                return Ok(None);
            }
            let newest = store::pool_services::newest_saml_certificate(tx, &pool.id).await?;
            if let Some(newest) = newest.filter(|newest| is_current(app, newest)) {
                return Ok(Some(newest.certificate));
            }
            store::pool_services::insert_saml_certificate(tx, &pool.id, &new).await?;
            Ok::<_, StoreError>(Some(new.certificate.clone()))
        })
        .await?;
    match kept {
        Some(certificate) if certificate == new.certificate => Ok(Some(new)),
        Some(_) => Ok(app.read(async |tx| store::pool_services::newest_saml_certificate(tx, &pool.id).await).await?),
        None => Ok(None),
    }
}

/// The private key of a certificate, for whoever signs by it.
///
/// # Errors
/// [`Failed`] when it does not open.
pub fn key(app: &App, pool_id: &UserPoolId, certificate: &SamlCertificate) -> Result<PrivateKey, Failed> {
    let place = place(pool_id, certificate.issued_at);
    app.keys.at_rest.open(&place.each_ref().map(String::as_str), &certificate.sealed_key).map_err(Failed::because)
}

fn is_current(app: &App, certificate: &SamlCertificate) -> bool {
    app.now().since(certificate.issued_at) < YEAR
}

fn place(pool_id: &UserPoolId, issued_at: Timestamp) -> [String; 3] {
    ["pool_saml_certificates".to_owned(), pool_id.to_string(), issued_at.millis().to_string()]
}
