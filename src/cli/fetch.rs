//! What commands ask of a running server: GET, over http, or https with the system's authorities or one that is named.

use std::path::Path;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::kit::causes::Causes;
use crate::kit::https;

/// A server that takes longer is not reached.
const PATIENCE: Duration = Duration::from_secs(5);

/// A longer answer is none of ours.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Asks a server.
pub struct Client(awc::Client);

/// What a server answered.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Client {
    /// A client that trusts the authorities of a PEM file, or the system's.
    ///
    /// # Errors
    /// A file without a certificate.
    pub fn new(ca: Option<&Path>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        match ca {
            Some(path) => {
                let problem = |error: &dyn std::fmt::Display| format!("--ca {}: {error}", path.display());
                let certificates = CertificateDer::pem_file_iter(path).map_err(|error| problem(&error))?;
                for certificate in certificates {
                    let certificate = certificate.map_err(|error| problem(&error))?;
                    roots.add(certificate).map_err(|error| problem(&error))?;
                }
                if roots.is_empty() {
                    return Err(problem(&"no certificate"));
                }
            }
            None => return Ok(Self(https::client(https::system_authorities(), PATIENCE))),
        }
        Ok(Self(https::client(roots, PATIENCE)))
    }

    /// The answer to a GET.
    ///
    /// # Errors
    /// A server that cannot be reached, with the reason.
    pub async fn get(&self, url: &str) -> Result<Answer, String> {
        let mut response = self.0.get(url).send().await.map_err(|error| format!("{url}: {}", Causes(&error)))?;
        let body = response.body().limit(MAX_ANSWER_BYTES).await.map_err(|error| format!("{url}: {}", Causes(&error)))?;
        Ok(Answer { status: response.status().as_u16(), text: String::from_utf8_lossy(&body).into_owned() })
    }
}
