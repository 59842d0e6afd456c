//! `/confirm`: the code of a sign-up.

use actix_web::HttpResponse;

use super::say;
use super::sign_up::go_in;
use super::step::{Ask, Step};
use super::view::{Confirm, Notice};
use super::visit::Visit;
use crate::flows::confirm_sign_up::{self, ConfirmRefused};

/// `GET /{pool}/confirm`
pub async fn show(visit: &Visit<'_>) -> HttpResponse {
    match waiting(visit) {
        Some((step, destination, _)) => shown(visit, &step, destination, None, None).await,
        None => visit.go("login"),
    }
}

/// Whose code a browser waits for, where it went, and what signs them in then.
fn waiting(visit: &Visit<'_>) -> Option<(Step, Option<String>, Option<String>)> {
    let step = visit.step()?;
    match step.ask.clone() {
        Ask::ConfirmSignUp { destination, session } => Some((step, destination, session)),
        _ => None,
    }
}

/// `POST /{pool}/confirm`: the code, or `resend`.
pub async fn take(visit: &Visit<'_>) -> HttpResponse {
    let Some((step, destination, session)) = waiting(visit) else { return visit.go("login") };
    let (words, app_client) = (visit.words(), &visit.asked.app_client);
    let Some(code) = visit.form.get("code") else {
        let resent = match visit.may_send() {
            true => confirm_sign_up::resend(visit.app(), app_client, &step.username).await.map_err(|refused| say::resend(words, &refused)),
            false => Err(words.errors.too_many_tries.clone()),
        };
        let notice = resent.map_or_else(Notice::Error, |_| Notice::Done(words.codes.resent.clone()));
        return shown(visit, &step, destination, Some(notice), None).await;
    };
    let confirming = confirm_sign_up::confirm(visit.app(), app_client, &step.username, code.trim(), false);
    match visit.guess(confirming, |refused| !matches!(refused, ConfirmRefused::Failed(_) | ConfirmRefused::Trigger(_))).await {
        None => shown(visit, &step, destination, None, Some(words.errors.too_many_tries.clone())).await,
        Some(Err(refused)) => shown(visit, &step, destination, None, Some(say::confirm(words, &refused))).await,
        Some(Ok(())) => {
            let went_in = match &session {
                Some(session) => go_in(visit, &step.username, session).await.ok(),
                None => None,
            };
            went_in.unwrap_or_else(|| visit.go_told("login", super::visit::CONFIRMED))
        }
    }
}

async fn shown(
    visit: &Visit<'_>,
    step: &Step,
    destination: Option<String>,
    notice: Option<Notice>,
    code_error: Option<String>,
) -> HttpResponse {
    let notice = notice.or_else(|| visit.notice());
    let is_wrong = code_error.is_some() || notice.as_ref().is_some_and(Notice::is_error);
    let page = Confirm {
        frame: visit.frame().await,
        form: visit.form_to("confirm"),
        notice,
        username: step.username.clone(),
        destination,
        code_error,
        resend: Some(visit.form_to("confirm")),
        sign_in: visit.to("login"),
    };
    visit.page_again(is_wrong, &page)
}
