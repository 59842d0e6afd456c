//! `PUT /_imports/{pool}/{job}`: takes the file of an import job at an address that the job's answer gave. Whoever has the address
//! may put the file there, as with a pre-signed URL of Amazon S3.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::json;

use crate::context::App;
use crate::flows::user_imports::{Upload, UploadRefused};
use crate::kit::causes::Causes;

/// So many files are taken at once, by one process.
const AT_ONCE: usize = 4;

/// More of a file must come within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file is there, whole, within this time.
const DEADLINE: Duration = Duration::from_secs(3600);

static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);

/// Whether a request brings a file.
pub fn is_upload(request: &ServiceRequest) -> bool {
    request.method() == Method::PUT && request.path().starts_with("/_imports/")
}

/// What makes an address valid.
#[derive(Deserialize)]
pub struct Signed {
    expires: i64,
    signature: String,
}

/// One of the files that are taken at once, until this is dropped.
struct Turn;

impl Turn {
    fn take() -> Option<Self> {
        let free = |under_way: usize| (under_way < AT_ONCE).then_some(under_way + 1);
        UNDER_WAY.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free).ok().map(|_| Self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        UNDER_WAY.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Takes a file.
pub async fn take(app: Data<App>, path: Path<(String, String)>, signed: Query<Signed>, body: Payload) -> HttpResponse {
    let (pool_id, job_id) = path.into_inner();
    let taken = tokio::time::timeout(DEADLINE, receive(&app, &pool_id, &job_id, &signed, body)).await;
    match taken.unwrap_or(Err(Refused::Late)) {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(Refused::Busy) => refusal(HttpResponse::ServiceUnavailable(), "Too many files are being uploaded. Try again later."),
        Err(Refused::Late) => refusal(HttpResponse::RequestTimeout(), "The file did not come in time."),
        Err(Refused::Upload(UploadRefused::Address)) => refusal(HttpResponse::Forbidden(), "The address is not valid, or not any more."),
        Err(Refused::Upload(UploadRefused::Closed)) => {
            refusal(HttpResponse::Conflict(), "The job takes no file any more, or another upload has begun.")
        }
        Err(Refused::Upload(UploadRefused::TooLong)) => refusal(HttpResponse::PayloadTooLarge(), "The file is too long."),
        Err(Refused::Upload(UploadRefused::Failed(failed))) => {
            tracing::error!(error = %Causes(&failed), "a file could not be taken");
            refusal(HttpResponse::InternalServerError(), "The file could not be taken.")
        }
    }
}

/// What is left of the file is not read, so the connection serves nothing more.
fn refusal(mut response: HttpResponseBuilder, message: &str) -> HttpResponse {
    response.force_close().json(json!({"message": message}))
}

enum Refused {
    Busy,
    Late,
    Upload(UploadRefused),
}

impl From<UploadRefused> for Refused {
    fn from(refused: UploadRefused) -> Self {
        Self::Upload(refused)
    }
}

async fn receive(app: &App, pool_id: &str, job_id: &str, signed: &Signed, mut body: Payload) -> Result<(), Refused> {
    let mut upload = Upload::begin(app, pool_id, job_id, signed.expires, &signed.signature).await?;
    // Whoever has no address takes no turn of those who have.
    let _turn = Turn::take().ok_or(Refused::Busy)?;
    loop {
        match tokio::time::timeout(PATIENCE, body.next()).await {
            Ok(Some(Ok(bytes))) => upload.take(&bytes).await?,
            // A file that breaks off is no file: the one before it is gone, and another may be put.
            Ok(Some(Err(_))) | Err(_) => return Err(Refused::Late),
            Ok(None) => return Ok(upload.end().await?),
        }
    }
}
