//! `/device`: a person types the code that a device shows, signs in, and lets the device in (RFC 8628 §3.3).
//!
//! Who has typed the code goes on by an authorization request like any other, whose answer goes to the device: its `device` is what
//! was typed, sealed for the browser in which it was.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::cookies::Browser;
use super::view::{DeviceCode, DeviceDone, DeviceOutcome, Form};
use super::visit::{Site, Trouble, Visit, bare, see_other};
use crate::authz;
use crate::budgets::Guess;
use crate::context::App;
use crate::crypto::digest::HashedToken;
use crate::crypto::sealed::{Sealed, sealed_as_json};
use crate::flows::browser::SignedIn;
use crate::flows::device_grant::{self, AnswerRefused};
use crate::kit::causes::Causes;
use crate::kit::id::UserPoolId;
use crate::pages;
use crate::store::StoreError;
use crate::userpools::authorization::{DEVICE, Parameters};

/// A device, as a browser carries it from the code on.
#[derive(Serialize, Deserialize)]
struct Typed {
    device_code_hash: String,
}

sealed_as_json!(Typed);

/// `GET /{pool}/device`
pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::parse(request.query_string().as_bytes());
    let site = match Site::of(&app, &request, &parameters).await {
        Ok(site) => site,
        Err(refused) => return refused.0,
    };
    let user_code = parameters.get("user_code").filter(|code| code.len() <= 32).unwrap_or_default();
    shown(&site, &request, user_code, None)
}

/// `POST /{pool}/device`
pub async fn post(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let form = Parameters::parse(&body);
    let site = match Site::of(&app, &request, &form).await {
        Ok(site) => site,
        Err(refused) => return refused.0,
    };
    let (origin, pool_id, words) = (authz::origin(&app, &request), &site.place.pool.id, site.words());
    let browser = Browser::of(&app, &request, pool_id, origin.secure);
    let user_code = form.get("user_code").unwrap_or_default();
    // SECURITY: a form that another site has the browser send is none of this page's.
    if !browser.is_own_form(&app, pool_id, form.get("form_token")) {
        return shown(&site, &request, "", Some(words.errors.page_expired.clone()));
    }
    // Codes are short: whoever tries many is held up, as by passwords.
    let looked_up = async { device_grant::waiting(&app, pool_id, user_code).await.map_err(Some)?.ok_or(None) };
    let judge = async |refused: &Option<StoreError>| if refused.is_none() { Guess::At(pool_id.clone()) } else { Guess::No };
    let device = match app.budgets.guess(origin.source_ip, app.now(), looked_up, judge).await {
        Some(Ok(device)) => device,
        Some(Err(None)) => return shown(&site, &request, user_code, Some(words.errors.code_wrong.clone())),
        Some(Err(Some(error))) => return site.failed(&error),
        None => return shown(&site, &request, user_code, Some(words.errors.too_many_tries.clone())),
    };
    let typed = Typed { device_code_hash: device.device_code.as_str().to_owned() };
    let of_browser = browser.form_token(&app, pool_id);
    let sealed = match app.keys.travelling.seal(&place(pool_id, device.client_id.as_str(), &of_browser), &typed, &mut app.rng()) {
        Ok(sealed) => sealed.to_text(),
        Err(error) => return site.failed(&error),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", device.client_id.as_str()).append_pair("response_type", DEVICE);
    query.append_pair("scope", &device.scope).append_pair("device", &sealed);
    see_other(&format!("{}?{}", site.place.path("oauth2/authorize"), query.finish()))
}

fn shown(site: &Site<'_>, request: &HttpRequest, user_code: &str, error: Option<String>) -> HttpResponse {
    let (app, pool, secure) = (site.app, &site.place.pool, authz::origin(site.app, request).secure);
    let browser = Browser::of(app, request, &pool.id, secure);
    let form = Form { action: site.place.path("device"), token: browser.form_token(app, &pool.id) };
    let status = if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let frame = bare(site.language, &pool.name);
    let page = DeviceCode { frame, form, notice: None, user_code: user_code.to_owned(), code_error: error };
    let mut response = pages::hosted(status, &page);
    if browser.is_new {
        // Its value is ours, of characters that cookies take.
        let _ = response.add_cookie(&browser.cookie(&pool.id, secure));
    }
    response
}

/// Lets the device in that a visit is about, or not: `by` is who does.
pub async fn answer(visit: &Visit<'_>, by: Option<&SignedIn>) -> HttpResponse {
    let (app, asked) = (visit.app(), &visit.asked);
    // SECURITY: a code that was typed in another browser lets nobody in: whoever sends people a link has typed it themselves.
    let Some(device_code) = device_of(visit) else { return visit.site.trouble(Trouble::Request) };
    match device_grant::answer(app, &asked.app_client, &device_code, &asked.authorization.scope, by).await {
        Ok(()) => {
            let outcome = if by.is_some() { DeviceOutcome::Connected } else { DeviceOutcome::Denied };
            pages::hosted(StatusCode::OK, &DeviceDone { frame: visit.frame().await, notice: None, outcome })
        }
        Err(AnswerRefused::Stale) => see_other(&visit.site.place.path("device")),
        Err(AnswerRefused::SignedOut) => visit.go("login"),
        Err(AnswerRefused::Failed(failed)) => {
            tracing::error!(error = %Causes(&failed), "a device could not be let in");
            visit.site.trouble(Trouble::Failed)
        }
    }
}

fn device_of(visit: &Visit<'_>) -> Option<HashedToken> {
    let sealed = Sealed::from_text(visit.asked.authorization.device.as_deref()?)?;
    let (pool_id, client) = (&visit.site.place.pool.id, &visit.asked.app_client.client);
    let of_browser = visit.form_token();
    let typed: Typed = visit.app().keys.travelling.open(&place(pool_id, client.id.as_str(), &of_browser), &sealed).ok()?;
    Some(HashedToken::stored(typed.device_code_hash))
}

fn place<'a>(pool_id: &'a UserPoolId, client_id: &'a str, of_browser: &'a str) -> [&'a str; 4] {
    ["device", pool_id.as_str(), client_id, of_browser]
}
