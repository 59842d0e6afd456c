//! `/forgotPassword` and `/resetPassword`: a code is sent, and brings a new password.

use actix_web::HttpResponse;

use super::login::name_kind;
use super::say::{self, ResetWrong};
use super::sign_up::rules;
use super::step::{Ask, Step};
use super::view::{Forgot, Notice, Reset};
use super::visit::{CHANGED, Visit};
use crate::flows::recover::{self, ResetRefused};
use crate::kit::secret::Secret;

/// `GET /{pool}/forgotPassword`
pub async fn show(visit: &Visit<'_>) -> HttpResponse {
    let username = visit.step().map(|step| step.username).or_else(|| visit.asked.authorization.login_hint.clone());
    shown(visit, username.as_deref().unwrap_or_default(), None).await
}

/// `POST /{pool}/forgotPassword`: the name.
pub async fn take(visit: &Visit<'_>) -> HttpResponse {
    let username = visit.form.get("username").unwrap_or_default().trim();
    match asked_for(visit, username).await {
        Ok(answer) => answer,
        Err(text) => shown(visit, username, Some(text)).await,
    }
}

async fn asked_for(visit: &Visit<'_>, username: &str) -> Result<HttpResponse, String> {
    let (app, words) = (visit.app(), visit.words());
    if username.is_empty() {
        return Err(words.errors.required.clone());
    }
    if !visit.may_send() {
        return Err(words.errors.too_many_tries.clone());
    }
    let delivery = recover::forgot(app, &visit.asked.app_client, username).await.map_err(|refused| say::forgot(words, &refused))?;
    Ok(visit.go_on(&Step::new(app, username, Ask::Reset { destination: delivery.destination })))
}

async fn shown(visit: &Visit<'_>, username: &str, username_error: Option<String>) -> HttpResponse {
    let notice = visit.notice();
    let is_wrong = username_error.is_some() || notice.is_some();
    let page = Forgot {
        frame: visit.frame().await,
        form: visit.form_to("forgotPassword"),
        notice,
        name_kind: name_kind(&visit.site.place.pool),
        username: username.to_owned(),
        username_error,
        sign_in: visit.to("login"),
    };
    visit.page_again(is_wrong, &page)
}

/// `GET /{pool}/resetPassword`
pub async fn show_reset(visit: &Visit<'_>) -> HttpResponse {
    match waiting(visit) {
        Some((step, destination)) => shown_reset(visit, &step, destination, Wrong::default()).await,
        None => visit.go("forgotPassword"),
    }
}

fn waiting(visit: &Visit<'_>) -> Option<(Step, String)> {
    let step = visit.step()?;
    match step.ask.clone() {
        Ask::Reset { destination } => Some((step, destination)),
        _ => None,
    }
}

/// What is wrong with a reset.
#[derive(Default)]
struct Wrong {
    notice: Option<Notice>,
    code: Option<String>,
    password: Option<String>,
}

impl From<ResetWrong> for Wrong {
    fn from(wrong: ResetWrong) -> Self {
        match wrong {
            ResetWrong::Code(text) => Self { code: Some(text), ..Self::default() },
            ResetWrong::Password(text) => Self { password: Some(text), ..Self::default() },
            ResetWrong::Other(text) => Self { notice: Some(Notice::Error(text)), ..Self::default() },
        }
    }
}

/// `POST /{pool}/resetPassword`: the code and the new password; without either, another code is sent.
pub async fn take_reset(visit: &Visit<'_>) -> HttpResponse {
    let Some((step, destination)) = waiting(visit) else { return visit.go("forgotPassword") };
    let words = visit.words();
    let (Some(code), Some(password)) = (visit.form.get("code"), visit.form.get("password")) else {
        let notice = match asked_for(visit, &step.username).await {
            Ok(_) => Notice::Done(words.codes.resent.clone()),
            Err(text) => Notice::Error(text),
        };
        return shown_reset(visit, &step, destination, Wrong { notice: Some(notice), ..Wrong::default() }).await;
    };
    let (password, address) = (Secret::from(password.to_owned()), visit.origin.source_ip);
    let resetting = recover::reset(visit.app(), &visit.asked.app_client, &step.username, code.trim(), &password, address);
    let is_guess = |refused: &ResetRefused| matches!(refused, ResetRefused::Code(_) | ResetRefused::Unrecoverable(_));
    match visit.guess(resetting, is_guess).await {
        None => {
            let wrong = ResetWrong::Code(words.errors.too_many_tries.clone());
            shown_reset(visit, &step, destination, wrong.into()).await
        }
        Some(Ok(())) => visit.go_told("login", CHANGED),
        Some(Err(refused)) => {
            let wrong = say::reset(words, &visit.site.place.pool, &refused);
            shown_reset(visit, &step, destination, wrong.into()).await
        }
    }
}

async fn shown_reset(visit: &Visit<'_>, step: &Step, destination: String, wrong: Wrong) -> HttpResponse {
    let wrong = Wrong { notice: wrong.notice.or_else(|| visit.notice()), ..wrong };
    let is_wrong = wrong.code.is_some() || wrong.password.is_some() || wrong.notice.as_ref().is_some_and(Notice::is_error);
    let page = Reset {
        frame: visit.frame().await,
        form: visit.form_to("resetPassword"),
        notice: wrong.notice,
        username: step.username.clone(),
        destination: Some(destination),
        rules: rules(visit.words(), &visit.site.place.pool),
        code_error: wrong.code,
        password_error: wrong.password,
        resend: Some(visit.form_to("resetPassword")),
        sign_in: visit.to("login"),
    };
    visit.page_again(is_wrong, &page)
}
