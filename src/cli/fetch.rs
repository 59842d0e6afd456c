//! What commands ask of a running server, over http, or https with the system's authorities or one that is named.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_http::body::{MessageBody, SizedStream};
use actix_web::web::Bytes;
use awc::http::Method;
use clap::Args;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::config::public_url;
use crate::kit::causes::Causes;
use crate::kit::https;

/// A server that takes longer is not reached.
const PATIENCE: Duration = Duration::from_secs(5);

/// A call that takes longer is not answered: a busy server may be slow with one, and it is still there.
const CALL_PATIENCE: Duration = Duration::from_secs(60);

/// A file that takes longer did not arrive: the longest that a server takes, over a slow line.
const FILE_PATIENCE: Duration = Duration::from_secs(4 * 3600);

/// A longer answer is none of ours: a page of sixty users, each of whose attributes is as long as it can be, has its room.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// So much of a file is in memory at a time, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// Which server is asked: the flags that commands share.
#[derive(Debug, Args)]
pub struct ServerFlags {
    /// The server's address.
    #[arg(long, env = "PASSWRIGHT_PUBLIC_URL", default_value = "http://127.0.0.1:7277", value_parser = public_url)]
    pub url: String,
    /// The authority to trust, PEM, in place of the system's: of `dev --tls`, `<data>/tls/ca.pem`.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
}

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
        self.send(self.0.get(url), url, ()).await
    }

    /// The answer to a call with these headers, which may take its time.
    ///
    /// # Errors
    /// A server that cannot be reached, with the reason.
    pub async fn call(&self, method: Method, url: &str, headers: &[(String, String)], body: String) -> Result<Answer, String> {
        let request = self.0.request(method, url).timeout(CALL_PATIENCE);
        let request = headers.iter().fold(request, |request, header| request.insert_header((header.0.as_str(), header.1.as_str())));
        self.send(request, url, body).await
    }

    /// The answer to a PUT of so many bytes of a file, which are read as they are sent. `sending` is told how many have been.
    ///
    /// # Errors
    /// A server that cannot be reached, with the reason. The query of the address is not told: it lets in whoever has it.
    pub async fn put(&self, url: &str, file: File, bytes: u64, mut sending: impl FnMut(u64) + 'static) -> Result<Answer, String> {
        let mut sent = 0;
        let chunks = std::iter::from_fn(move || {
            let chunk = read_chunk(&file).transpose()?;
            sent += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
            sending(sent);
            Some(chunk)
        });
        let body = SizedStream::new(bytes, futures_util::stream::iter(chunks));
        // Amazon's own store asks for this header; it is none of what a server of ours looks at.
        let request = self.0.put(url).timeout(FILE_PATIENCE).insert_header(("x-amz-server-side-encryption", "aws:kms"));
        self.send(request, url.split('?').next().unwrap_or_default(), body).await
    }

    async fn send(&self, request: awc::ClientRequest, shown: &str, body: impl MessageBody + 'static) -> Result<Answer, String> {
        let mut response = request.send_body(body).await.map_err(|error| format!("{shown}: {}", Causes(&error)))?;
        let body = response.body().limit(MAX_ANSWER_BYTES).await.map_err(|error| format!("{shown}: {}", Causes(&error)))?;
        Ok(Answer { status: response.status().as_u16(), text: String::from_utf8_lossy(&body).into_owned() })
    }
}

/// The next part of a file; `None` at its end.
fn read_chunk(mut file: &File) -> io::Result<Option<Bytes>> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let length = file.read(&mut chunk)?;
    chunk.truncate(length);
    Ok((length > 0).then(|| chunk.into()))
}
