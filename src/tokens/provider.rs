//! jsonwebtoken's signer, with each RSA key pair parsed once: parsing it at every signature costs two thirds of the time.

use std::sync::{Arc, LazyLock, Once};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, aws_lc};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, EncodingKey};
use quick_cache::sync::Cache;
use signature::Signer;

use crate::crypto::digest::sha256;

/// How many parsed key pairs are kept: a pool signs with one, and idle pools fall out.
const PARSED_PAIRS: usize = 1024;

static PARSED: LazyLock<Cache<[u8; 32], Arc<RsaKeyPair>>> = LazyLock::new(|| Cache::new(PARSED_PAIRS));

/// aws-lc's provider, but for RS256 signatures.
static PROVIDER: LazyLock<CryptoProvider> = LazyLock::new(|| CryptoProvider { signer_factory: signer, ..aws_lc::DEFAULT_PROVIDER.clone() });

/// Installs the provider for the process; later calls do nothing.
pub fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // Refused only where the host program has installed one before us; then that one signs.
        let _ = PROVIDER.install_default();
    });
}

/// The parsed pair of a PKCS#8 private key.
pub fn parsed(pkcs8: &[u8]) -> Result<Arc<RsaKeyPair>, aws_lc_rs::error::KeyRejected> {
    PARSED.get_or_insert_with(&sha256(&[pkcs8]), || RsaKeyPair::from_pkcs8(pkcs8).map(Arc::new))
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    if *algorithm != Algorithm::RS256 {
        return (aws_lc::DEFAULT_PROVIDER.signer_factory)(algorithm, key);
    }
    let pair = parsed(key.as_bytes()).map_err(|rejected| Error::from(ErrorKind::InvalidRsaKey(rejected.to_string())))?;
    Ok(Box::new(Rs256(pair)))
}

struct Rs256(Arc<RsaKeyPair>);

impl Signer<Vec<u8>> for Rs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).map_err(signature::Error::from_source)?;
        Ok(signature)
    }
}

impl JwtSigner for Rs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}
