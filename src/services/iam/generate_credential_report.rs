//! GenerateCredentialReport: one in four hours. It is made at once, so the next call finds it complete.

use serde::{Deserialize, Serialize};

use super::credential_report::{self, SERVES};
use super::errors::Error;
use crate::context::Context;
use crate::store;

#[derive(Deserialize)]
pub struct Request {}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
}

pub async fn handle(cx: &Context, (): (), _: Request) -> Result<Response, Error> {
    let newest = cx.read(async |tx| store::iam::credential_report(tx, &cx.account_id).await).await?;
    if newest.is_some_and(|(_, made_at)| cx.now().since(made_at) < SERVES) {
        return Ok(Response { state: "COMPLETE", description: None });
    }
    let report = cx.read(async |tx| credential_report::made(tx, cx).await).await?;
    cx.write(async |tx| store::iam::put_credential_report(tx, &cx.account_id, &report, cx.now()).await).await?;
    Ok(Response { state: "STARTED", description: Some("No report exists. Starting a new report generation task") })
}
