//! `/oauth2/authorize`: a client sends a browser here for a code (RFC 6749 §3.1). Who is signed in goes back at once, who is not signs
//! in first.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::federate;
use super::give;
use super::visit::Visit;
use crate::context::App;
use crate::flows::browser::SignedIn;
use crate::kit::causes::Causes;
use crate::userpools::authorization::{Parameters, Prompt};

/// `GET /{pool}/oauth2/authorize`
pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    answer(&app, &request, request.query_string()).await
}

/// `POST /{pool}/oauth2/authorize`: the same in a form (OpenID Connect Core 1.0 §3.1.2.1). No cookie comes with it from elsewhere, so
/// that the browser is sent here again, by GET, before anything is decided.
pub async fn post(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let Ok(query) = std::str::from_utf8(&body) else { return answer(&app, &request, "").await };
    let parameters = Parameters::parse(query.as_bytes());
    match Visit::on(&app, &request, query, parameters, Parameters::default()).await {
        Ok(visit) => visit.go("oauth2/authorize"),
        Err(refused) => refused.0,
    }
}

async fn answer(app: &Data<App>, request: &HttpRequest, query: &str) -> HttpResponse {
    let visit = match Visit::on(app, request, query, Parameters::parse(query.as_bytes()), Parameters::default()).await {
        Ok(visit) => visit,
        Err(refused) => return refused.0,
    };
    if visit.asked.authorization.id_token_hint.is_some() && matches!(visit.hint().await, Ok(None)) {
        let asked = &visit.asked;
        return give::error(&visit.site, &asked.app_client, &asked.to, "invalid_request", "id_token_hint is no ID token of this user pool");
    }
    let signed_in = match visit.signed_in() {
        // Whoever chose another provider is on the way to be somebody else.
        Some(signed_in) if !visit.wants_another && is_expected(&visit, signed_in).await => Some(signed_in),
        _ => None,
    };
    match (visit.asked.authorization.prompt, signed_in) {
        (Prompt::Never | Prompt::IfNeeded, Some(signed_in)) => give::granted(&visit, signed_in).await,
        (Prompt::Never, None) => {
            let asked = &visit.asked;
            give::unasked(&visit.site, &asked.app_client, &asked.to, "login_required", "the user is not signed in")
        }
        (Prompt::IfNeeded | Prompt::Login | Prompt::SelectAccount, _) => match federate::chosen(&visit).await {
            Some(provider) => federate::leave(&visit, &provider, None).await,
            None => visit.go("login"),
        },
    }
}

/// Whether a user is whom the request expects, where it expects one (OpenID Connect Core 1.0 §3.1.2.1, id_token_hint).
pub async fn is_expected(visit: &Visit<'_>, signed_in: &SignedIn) -> bool {
    if visit.asked.authorization.id_token_hint.is_none() {
        return true;
    }
    match visit.hint().await {
        Ok(hint) => hint.is_some_and(|hint| hint.subject == signed_in.user.id),
        Err(error) => {
            tracing::error!(error = %Causes(&error), "a hint could not be read");
            false
        }
    }
}
