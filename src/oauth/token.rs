//! `POST /oauth2/token`: codes, refresh tokens, client credentials and other tokens for tokens (RFC 6749 §4.1.3, §4.4.2, §6).

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::answer::{Refusal, answered_to_client, json};
use super::authenticate::{self, Call};
use super::{device, exchange};
use crate::authz;
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::flows::authorization::{self, GrantRefused, RedeemRefused, Shown};
use crate::flows::client_token::{self, ClientTokenRefused};
use crate::flows::clients::AppClient;
use crate::flows::issue::Tokens;
use crate::flows::refresh::{self, RefreshRefused, Wanted};
use crate::flows::sign_in::SignInRefused;
use crate::flows::triggers::{Told, TriggerRefused};
use crate::flows::whence::Whence;
use crate::userpools::authorization::{self as authorization_of, Parameters};

/// `POST /{pool}/oauth2/token`
pub async fn handle(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    answered_to_client(&app, &request, answer(&app, &request, &body)).await
}

async fn answer(app: &App, request: &HttpRequest, body: &Bytes) -> Result<HttpResponse, Refusal> {
    let Call { app_client, parameters } = authenticate::call(app, request, body).await?;
    let app_client = app_client.telling(Told::default());
    let grant_type = parameters.get("grant_type").ok_or_else(|| Refusal::new("invalid_request", "grant_type is missing"))?;
    let origin = authz::origin(app, request);
    let whence = Whence::admitted(app, &app_client, &origin, origin.source_ip, None).await.map_err(blocked)?;
    match grant_type {
        "authorization_code" => by_code(app, &app_client, &parameters, whence).await,
        "refresh_token" => by_refresh_token(app, &app_client, &parameters, whence).await,
        "client_credentials" => by_itself(app, &app_client, &parameters).await,
        device::GRANT => device::by_device_code(app, &app_client, &parameters, whence).await,
        exchange::GRANT => exchange::answer(app, &app_client, &parameters, whence).await,
        _ => Err(Refusal::new("unsupported_grant_type", "grant_type is none of those that the metadata lists")),
    }
}

async fn by_code(app: &App, app_client: &AppClient, parameters: &Parameters, whence: Whence<'_>) -> Result<HttpResponse, Refusal> {
    let code = parameters.get("code").ok_or_else(|| Refusal::new("invalid_request", "code is missing"))?;
    let shown = Shown {
        code: &PlainToken::presented(code),
        redirect_uri: parameters.get("redirect_uri"),
        code_verifier: parameters.get("code_verifier"),
        resource: parameters.get("resource"),
    };
    let tokens = authorization::redeem(app, app_client, shown, whence).await.map_err(|refused| match refused {
        RedeemRefused::Invalid => Refusal::new("invalid_grant", "the code is not one of this client's for this, or too old"),
        RedeemRefused::Used => Refusal::new("invalid_grant", "the code was used"),
        RedeemRefused::Resource => Refusal::new("invalid_target", "the code is for another resource"),
        RedeemRefused::Disabled => Refusal::new("unauthorized_client", "the client does not use the OAuth endpoints"),
        RedeemRefused::Refused(refused) => granted(refused),
    })?;
    Ok(given(tokens))
}

async fn by_refresh_token(app: &App, app_client: &AppClient, parameters: &Parameters, whence: Whence<'_>) -> Result<HttpResponse, Refusal> {
    let token = parameters.get("refresh_token").ok_or_else(|| Refusal::new("invalid_request", "refresh_token is missing"))?;
    let wanted = Wanted { scope: parameters.get("scope"), resource: parameters.get("resource") };
    let refreshed = refresh::at_token_endpoint(app, app_client, token, wanted, whence).await;
    let tokens = refreshed.map_err(|refused| match refused {
        RefreshRefused::Disabled => Refusal::new("unauthorized_client", "the client does not use the OAuth endpoints"),
        RefreshRefused::Invalid | RefreshRefused::Reused | RefreshRefused::Revoked | RefreshRefused::Expired => {
            Refusal::new("invalid_grant", "the refresh token is not one of this client's that serves")
        }
        RefreshRefused::UserDisabled => Refusal::new("invalid_grant", "the user is disabled"),
        RefreshRefused::Scope(refused) => Refusal::new("invalid_scope", refused.to_string()),
        RefreshRefused::Resource => Refusal::new("invalid_target", "the sign-in is for another resource"),
        // No secret is asked for here but the client's, which is proven.
        RefreshRefused::Secret(_) | RefreshRefused::NoSuchClient(_) => Refusal::client(false),
        RefreshRefused::Trigger(refused) => by_function(&refused),
        RefreshRefused::Failed(failed) => failed.into(),
    })?;
    Ok(given(tokens))
}

async fn by_itself(app: &App, app_client: &AppClient, parameters: &Parameters) -> Result<HttpResponse, Refusal> {
    let asked: Vec<String> = parameters.get("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let resource = authorization_of::resource(parameters).map_err(|refused| Refusal::new(refused.error, refused.description))?;
    let token = client_token::by_credentials(app, app_client, &asked, resource).await.map_err(|refused| match refused {
        ClientTokenRefused::Disabled => Refusal::new("unauthorized_client", "the client does not use this grant"),
        ClientTokenRefused::Scope(scope) => Refusal::new("invalid_scope", format!("the scope {scope} is not one of the client's")),
        ClientTokenRefused::NoScopes => Refusal::new("invalid_scope", "the client has no scope of a resource server"),
        ClientTokenRefused::NoSuchClient(_) => Refusal::client(false),
        ClientTokenRefused::Trigger(refused) => by_function(&refused),
        ClientTokenRefused::Failed(failed) => failed.into(),
    })?;
    let expires_in = token.lifetime.as_secs();
    Ok(json(StatusCode::OK, &json!({"access_token": token.access_token, "expires_in": expires_in, "token_type": "Bearer"})))
}

/// The answer (RFC 6749 §5.1). Clients that asked for no scope want to know what they have, and it may be fewer than they asked for.
pub fn given(tokens: Tokens) -> HttpResponse {
    let mut answer = json!({
        "access_token": tokens.access_token,
        "expires_in": tokens.lifetime.as_secs(),
        "token_type": "Bearer",
        "scope": tokens.scope,
    });
    if let Some(members) = answer.as_object_mut() {
        let optional = [("id_token", tokens.id_token), ("refresh_token", tokens.refresh_token)];
        members.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?)))));
    }
    json(StatusCode::OK, &answer)
}

/// Why a grant that is good gives nothing.
pub fn granted(refused: GrantRefused) -> Refusal {
    match refused {
        GrantRefused::SignedOut => Refusal::new("invalid_grant", "the user is signed out"),
        GrantRefused::NoSuchClient(_) => Refusal::client(false),
        GrantRefused::Trigger(refused) => by_function(&refused),
        GrantRefused::Failed(failed) => failed.into(),
    }
}

/// A function's own words are for the client's people; what it did wrong is for the pool's.
fn by_function(refused: &TriggerRefused) -> Refusal {
    Refusal::new("invalid_request", refused.to_string())
}

fn blocked(refused: SignInRefused) -> Refusal {
    match refused {
        SignInRefused::AddressBlocked => Refusal::new("invalid_grant", "no sign-ins from this address"),
        refused => Refusal::failed(&refused),
    }
}
