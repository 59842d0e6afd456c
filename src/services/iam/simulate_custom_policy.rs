//! SimulateCustomPolicy: what the given policies decide. No stored policy of a user or role takes part.

use serde::Deserialize;

use super::errors::Error;
use super::simulation::{self, Question, Response, Subject};
use crate::context::Context;

#[derive(Deserialize)]
pub struct Request {
    #[serde(flatten)]
    question: Question,
}

asks_about_everything!(Request);

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    simulation::answer(cx, "iam:SimulateCustomPolicy", request.question, Subject::default()).await
}
