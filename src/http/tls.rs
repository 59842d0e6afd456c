//! Certificates: from files for `serve`; of an authority of its own for `dev --tls`.

use std::path::{Path, PathBuf};

use crate::kit::private_file;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// A file that is no PEM certificate or key.
    #[error("{0}: not PEM: {1}")]
    Pem(PathBuf, rustls::pki_types::pem::Error),
    /// A certificate that cannot be made.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A certificate and key that don't serve.
    #[error("TLS: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The certificate chain and key of two PEM files.
///
/// # Errors
/// [`TlsError`].
pub fn from_files(chain: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    let pem = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::Pem(path, error)
    };
    let certificates = CertificateDer::pem_file_iter(chain).map_err(pem(chain))?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(pem(chain))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(pem(key))?;
    server_config(certificates, key)
}

/// A certificate for localhost and AWS's own host names, by an authority that is made once and kept under `folder`;
/// answers the path of the authority's certificate, for clients to trust. The tag serves once: drafts are named by it.
///
/// # Errors
/// [`TlsError`].
pub fn development(folder: &Path, region: &str, tag: &str) -> Result<(ServerConfig, PathBuf), TlsError> {
    let (ca_path, key_path) = (folder.join("ca.pem"), folder.join("ca.key"));
    let file = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::File(path, error)
    };
    private_file::create_subfolder(folder).map_err(file(folder))?;
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Passwright development authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    // Of several that start at once one makes the key; whoever finds a key without its certificate makes that.
    let create = |path: &Path, pem: String| private_file::create(path, tag, pem.as_bytes()).map(drop).map_err(file(path));
    if !key_path.exists() {
        create(&key_path, KeyPair::generate()?.serialize_pem())?;
    }
    let authority_key = KeyPair::from_pem(&private_file::read(&key_path).map_err(file(&key_path))?)?;
    if !ca_path.exists() {
        create(&ca_path, authority.self_signed(&authority_key)?.pem())?;
    }
    let names = [
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
        format!("cognito-idp.{region}.amazonaws.com"),
        format!("cognito-identity.{region}.amazonaws.com"),
    ];
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(names)?.signed_by(&key, &Issuer::new(authority, authority_key))?;
    let private = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| rustls::Error::General(error.to_owned()))?;
    Ok((server_config(vec![certificate.der().clone()], private)?, ca_path))
}

fn server_config(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, TlsError> {
    Ok(ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?)
}
