//! `/logout`: the browser is signed out. In Cognito's form by the client and one of its addresses, in OpenID's by a hint of who is
//! meant (OpenID Connect RP-Initiated Logout 1.0); without either only after asking.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::asked::without;
use super::cookies::{Browser, Kind};
use super::view::{Form, LoggingOut, SignedOut};
use super::visit::{Site, bare, see_other};
use crate::authz;
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::flows::browser::{self, SignedIn};
use crate::flows::{clients, hints};
use crate::kit::id::ClientId;
use crate::pages;
use crate::store::StoreError;
use crate::userpools::authorization::{Parameters, is_registered, with_query};
use crate::userpools::registration::Registered;

/// `GET /{pool}/logout`
pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let query = request.query_string();
    answer(&app, &request, query, &Parameters::parse(query.as_bytes()), false).await
}

/// `POST /{pool}/logout`: the page's button; or the request in a form. No cookie comes with that from elsewhere, so that the browser is
/// sent here again, by GET, before anything is decided.
pub async fn post(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let form = Parameters::parse(&body);
    let Ok(query) = std::str::from_utf8(&body) else { return answer(&app, &request, "", &Parameters::default(), false).await };
    if form.get("form_token").is_some() {
        return answer(&app, &request, query, &form, true).await;
    }
    match Site::of(&app, &request, &form).await {
        Ok(site) => see_other(&format!("{}?{query}", site.place.path("logout"))),
        Err(refused) => refused.0,
    }
}

/// Who may be signed out without asking, and where they go then.
enum Way {
    /// There.
    To(String),
    /// To the page that signs in, for the client that asked.
    ToLogin,
    /// Nowhere in particular.
    Here,
}

async fn answer(app: &Data<App>, request: &HttpRequest, query: &str, parameters: &Parameters, is_confirmed: bool) -> HttpResponse {
    let site = match Site::of(app, request, parameters).await {
        Ok(site) => site,
        Err(refused) => return refused.0,
    };
    if parameters.has_nul() {
        return site.trouble(super::visit::Trouble::Request);
    }
    match signed_out(&site, app, request, query, parameters, is_confirmed).await {
        Ok(answer) => answer,
        Err(error) => site.failed(&error),
    }
}

async fn signed_out(
    site: &Site<'_>,
    app: &App,
    request: &HttpRequest,
    query: &str,
    parameters: &Parameters,
    is_confirmed: bool,
) -> Result<HttpResponse, StoreError> {
    let (pool, secure) = (&site.place.pool, authz::origin(app, request).secure);
    let held = Kind::Session.read(request, &pool.id, secure).map(|held| PlainToken::presented(&held));
    let signed_in = match &held {
        Some(held) => browser::find(app, pool, held).await?,
        None => None,
    };
    let this = Browser::of(app, request, &pool.id, secure);
    let way = if is_confirmed {
        this.is_own_form(app, &pool.id, parameters.get("form_token")).then_some(Way::Here)
    } else {
        way(site, app, parameters, signed_in.as_ref()).await?
    };
    let Some(way) = way else {
        let form = Form { action: site.place.path("logout"), token: this.form_token(app, &pool.id) };
        let username = signed_in.map(|signed_in| signed_in.user.username);
        let page = LoggingOut { frame: bare(site.language, &pool.name), form, notice: None, username, stay: None };
        let mut response = pages::hosted(StatusCode::OK, &page);
        if this.is_new {
            let _ = response.add_cookie(&this.cookie(&pool.id, secure));
        }
        return Ok(response);
    };
    if let Some(held) = &held {
        browser::end(app, &pool.id, held).await?;
    }
    let mut response = match way {
        Way::To(location) => see_other(&location),
        Way::ToLogin => see_other(&format!("{}?{}", site.place.path("login"), without(query, &["logout_uri"]))),
        Way::Here => pages::hosted(StatusCode::OK, &SignedOut { frame: bare(site.language, &pool.name), notice: None, sign_in: None }),
    };
    for kind in [Kind::Session, Kind::Step, Kind::Passkey] {
        let _ = response.add_cookie(&kind.without(&pool.id, secure));
    }
    Ok(response)
}

/// Where a request may lead without asking. SECURITY: to no address but the client's own; a request that names another, or that
/// means another user than is signed in, is one that a person has to agree to.
async fn way(site: &Site<'_>, app: &App, parameters: &Parameters, signed_in: Option<&SignedIn>) -> Result<Option<Way>, StoreError> {
    let pool = &site.place.pool;
    if parameters.repeated().is_some() {
        return Ok(None);
    }
    let hint = match parameters.get("id_token_hint") {
        Some(text) => match hints::read(app, &pool.id, text).await? {
            Some(hint) => Some(hint),
            None => return Ok(None),
        },
        None => None,
    };
    let named = parameters.get("client_id");
    // RP-Initiated Logout 1.0 §2: a client that is named beside a hint is the hint's.
    if hint.as_ref().is_some_and(|hint| named.is_some_and(|named| hint.client_id != named)) {
        return Ok(None);
    }
    let client_id = hint.as_ref().map(|hint| hint.client_id.clone()).or_else(|| named.map(ClientId::from));
    let Some(client_id) = client_id else { return Ok(None) };
    let Some(found) = clients::find_in(app, pool, &client_id).await? else { return Ok(None) };
    let is_own = |uri: &str| found.client.configuration.logout_urls.iter().any(|own| own == uri);
    let state = parameters.get("state").map(|state| ("state", state));
    if let Some(hint) = hint {
        if signed_in.is_some_and(|signed_in| signed_in.user.id != hint.subject) {
            return Ok(None);
        }
        return Ok(match parameters.get("post_logout_redirect_uri").or_else(|| parameters.get("logout_uri")) {
            None => Some(Way::Here),
            Some(uri) if is_own(uri) => Some(Way::To(match state {
                Some(state) => with_query(uri, &[state]),
                None => uri.to_owned(),
            })),
            Some(_) => None,
        });
    }
    Ok(match (parameters.get("logout_uri"), parameters.get("redirect_uri")) {
        // SECURITY: nor to a client whom nobody vouches for, whoever asks: as at [`give::unasked`](super::give::unasked).
        (Some(uri), _) if is_own(uri) && found.client.registered != Some(Registered::Openly) => Some(Way::To(uri.to_owned())),
        (None, Some(uri)) if is_registered(uri, &found.client.configuration.callback_urls, found.client.kind()) => {
            parameters.get("response_type").map(|_| Way::ToLogin)
        }
        _ => None,
    })
}
