//! What a browser carries back to its client: a code, tokens, or why there is neither.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::view::FormPost;
use super::visit::{Site, Trouble, Visit, bare, see_other};
use super::{consent, device};
use crate::crypto::digest::PlainToken;
use crate::flows::authorization::{self, GrantRefused};
use crate::flows::browser::SignedIn;
use crate::flows::clients::AppClient;
use crate::flows::whence::Whence;
use crate::kit::causes::Causes;
use crate::pages;
use crate::userpools::authorization::{Authorization, Prompt, ResponseMode, ResponseType, Return, with_fragment, with_query};
use crate::userpools::registration::Registered;

/// Answers a client for whoever is signed in; who is to agree first is asked.
pub async fn granted(visit: &Visit<'_>, signed_in: &SignedIn) -> HttpResponse {
    let asked = &visit.asked;
    match (asked.authorization.asks_consent, asked.authorization.prompt) {
        (false, _) => agreed(visit, signed_in).await,
        (true, Prompt::Never) => unasked(&visit.site, &asked.app_client, &asked.to, "consent_required", "the user is to agree"),
        (true, _) => consent::ask(visit, signed_in),
    }
}

/// Answers a client for whoever is signed in, and agrees.
pub async fn agreed(visit: &Visit<'_>, signed_in: &SignedIn) -> HttpResponse {
    let (app, asked) = (visit.app(), &visit.asked);
    let error = |error: &str, description: &str| self::error(&visit.site, &asked.app_client, &asked.to, error, description);
    if !super::authorize::is_expected(visit, signed_in).await {
        return error("login_required", "another user is expected");
    }
    let Ok(whence) = Whence::admitted(app, &asked.app_client, &visit.origin, visit.origin.source_ip, None).await else {
        return error("access_denied", "no sign-ins from this address");
    };
    let given = match asked.authorization.response_type {
        ResponseType::Code => {
            authorization::code(app, &asked.app_client, signed_in, &asked.authorization, &asked.to, whence).await.map(of_code)
        }
        ResponseType::Token => at_once(visit, signed_in, &asked.authorization, whence).await,
        ResponseType::Device => return device::answer(visit, Some(signed_in)).await,
    };
    match given {
        Ok(parameters) => answer(&visit.site, &asked.app_client, &asked.to, parameters),
        // The browser was signed out in this very moment.
        Err(GrantRefused::SignedOut) => visit.go("login"),
        Err(GrantRefused::NoSuchClient(_)) => error("unauthorized_client", "the client is gone"),
        Err(GrantRefused::Trigger(refused)) => error("access_denied", &refused.to_string()),
        Err(GrantRefused::Failed(failed)) => {
            tracing::error!(error = %Causes(&failed), "an authorization failed");
            error("server_error", "the server could not answer")
        }
    }
}

fn of_code(code: PlainToken) -> Vec<(&'static str, String)> {
    vec![("code", code.expose_secret().to_owned())]
}

async fn at_once(
    visit: &Visit<'_>,
    signed_in: &SignedIn,
    asked: &Authorization,
    whence: Whence<'_>,
) -> Result<Vec<(&'static str, String)>, GrantRefused> {
    let tokens = authorization::at_once(visit.app(), &visit.asked.app_client, signed_in, asked, whence).await?;
    let always = [("access_token", tokens.access_token), ("token_type", "Bearer".to_owned())];
    let expires_in = ("expires_in", tokens.lifetime.as_secs().to_string());
    let id_token = tokens.id_token.map(|token| ("id_token", token));
    Ok(always.into_iter().chain(id_token).chain([expires_in, ("scope", tokens.scope)]).collect())
}

/// Answers a client that there is nothing for it, where nobody has done anything yet.
///
/// SECURITY: whoever registers a client at a door that is open would have this site lead browsers wherever they like (RFC 9700 §4.11.2):
/// to such a client nobody is led who has not been asked.
pub fn unasked(site: &Site<'_>, app_client: &AppClient, to: &Return, error: &str, description: &str) -> HttpResponse {
    match app_client.client.registered {
        Some(Registered::Openly) => site.trouble(Trouble::Request),
        Some(Registered::ByToken) | None => self::error(site, app_client, to, error, description),
    }
}

/// Answers a client that there is nothing for it.
pub fn error(site: &Site<'_>, app_client: &AppClient, to: &Return, error: &str, description: &str) -> HttpResponse {
    let parameters = vec![("error", error.to_owned()), ("error_description", description.to_owned())];
    answer(site, app_client, to, parameters)
}

/// The answer, on its way. SECURITY: it says who answers, so that a client with several providers mixes none up (RFC 9207 §2).
fn answer(site: &Site<'_>, app_client: &AppClient, to: &Return, mut parameters: Vec<(&'static str, String)>) -> HttpResponse {
    parameters.extend(to.state.clone().map(|state| ("state", state)));
    parameters.push(("iss", site.app.issuer(&app_client.pool.id)));
    let borrowed: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match to.mode {
        ResponseMode::Query => see_other(&with_query(&to.redirect_uri, &borrowed)),
        ResponseMode::Fragment => see_other(&with_fragment(&to.redirect_uri, &borrowed)),
        // Nobody but the person is told: the device asks by itself.
        ResponseMode::Stays => site.trouble(Trouble::Request),
        ResponseMode::FormPost => {
            let fields = parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let frame = bare(site.language, &app_client.client.name);
            pages::hosted(StatusCode::OK, &FormPost { frame, notice: None, action: to.redirect_uri.clone(), fields })
        }
    }
}
