//! A client that asks other servers: over http, or https with authorities that are named. It follows no redirect.

use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};

/// The authorities that the system trusts. A system may have none: then no https server is trusted, and http needs none.
#[must_use]
pub fn system_authorities() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// A client for the thread that makes it. A server that takes longer than `patience` is not reached.
#[must_use]
pub fn client(authorities: RootCertStore, patience: Duration) -> awc::Client {
    let config = ClientConfig::builder().with_root_certificates(authorities).with_no_client_auth();
    let connector = awc::Connector::new().rustls_0_23(Arc::new(config)).timeout(patience);
    awc::Client::builder().connector(connector).timeout(patience).disable_redirects().finish()
}
