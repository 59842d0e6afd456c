//! `POST /v1/simulate`: a hypothetical decision, whose principal, resource and policies are all in the body.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::door::{Asker, Failure, json_body, respond};
use super::simulation::{self, Question};
use crate::context::App;

/// Tools that sign for IAM sign for its simulators; this is one.
const SERVICES: [&str; 2] = ["passwright", "iam"];

/// Answers a question.
pub async fn handle(app: Data<App>, request: HttpRequest, body: Result<Bytes, actix_web::Error>) -> HttpResponse {
    let outcome = simulate(&app, &request, body).await;
    respond(&request, outcome)
}

async fn simulate(app: &App, request: &HttpRequest, body: Result<Bytes, actix_web::Error>) -> Result<Value, Failure> {
    let body = json_body(request, body)?;
    let asker = Asker::of(app, request, &body, &SERVICES).await?;
    asker.permit(app, "passwright:Simulate", "*").await?;
    let text = std::str::from_utf8(&body).map_err(|error| Failure::BadRequest(error.to_string()))?;
    let question = Question::parse(text, &app.first_account_id).map_err(Failure::BadRequest)?;
    Ok(simulation::answer(&question))
}
