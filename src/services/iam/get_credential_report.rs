//! GetCredentialReport: the newest, for as long as it serves.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::credential_report::SERVES;
use super::errors::Error;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::store;

#[derive(Deserialize)]
pub struct Request {}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    content: String,
    report_format: &'static str,
    generated_time: Timestamp,
}

pub async fn handle(cx: &Context, (): (), _: Request) -> Result<Response, Error> {
    let newest = cx.read(async |tx| store::iam::credential_report(tx, &cx.account_id).await).await?;
    let (content, generated_time) = newest.ok_or(Error::ReportNotPresent)?;
    if cx.now().since(generated_time) >= SERVES {
        return Err(Error::ReportExpired);
    }
    Ok(Response { content: STANDARD.encode(content), report_format: "text/csv", generated_time })
}
