//! `POST /oauth2/device_authorization`: a device asks for codes (RFC 8628 §3.1), and asks by them for tokens (§3.4).

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::answer::{Refusal, answered_to_client, json};
use super::authenticate::{self, Call};
use super::token::{self, given};
use crate::authz;
use crate::budgets::PerAddress;
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::flows::clients::AppClient;
use crate::flows::device_grant::{self, Begun, DeviceRefused, INTERVAL, LIVES};
use crate::flows::whence::Whence;
use crate::store::resource_servers;
use crate::userpools::authorization::{self, Parameters};
use crate::userpools::device_grant::shown;
use crate::userpools::{resource_server, scopes};

/// `POST /{pool}/oauth2/device_authorization`
pub async fn handle(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    answered_to_client(&app, &request, answer(&app, &request, &body)).await
}

async fn answer(app: &App, request: &HttpRequest, body: &Bytes) -> Result<HttpResponse, Refusal> {
    let Call { app_client, parameters } = authenticate::call(app, request, body).await?;
    let pool_id = &app_client.pool.id;
    // SECURITY: each is remembered until it is over, and anybody may be a client without a secret.
    if !app.budgets.spend(PerAddress::Departures, authz::origin(app, request).source_ip, app.now()) {
        return Err(Refusal::too_many());
    }
    let resource = authorization::resource(&parameters).map_err(|refused| Refusal::new(refused.error, refused.description))?;
    let servers = app.read(async |tx| resource_servers::all(tx, pool_id).await).await?;
    let allowed = &app_client.client.configuration.allowed_oauth_scopes;
    let scope = scopes::grant(parameters.get("scope"), allowed, |scope| resource_server::exists(&servers, scope))
        .map_err(|refused| Refusal::new("invalid_scope", refused.to_string()))?;
    let begun = device_grant::begin(app, &app_client, &scope, resource.as_deref()).await.map_err(refused)?;
    let Begun { device_code, user_code } = begun;
    let (page, user_code) = (format!("{}/{pool_id}/device", app.public_url), shown(&user_code));
    Ok(json(
        StatusCode::OK,
        &json!({
            "device_code": device_code.expose_secret(),
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": format!("{page}?user_code={user_code}"),
            "expires_in": LIVES.as_secs(),
            "interval": INTERVAL.as_secs(),
        }),
    ))
}

/// Answers a device that asks for its tokens.
pub async fn by_device_code(
    app: &App,
    app_client: &AppClient,
    parameters: &Parameters,
    whence: Whence<'_>,
) -> Result<HttpResponse, Refusal> {
    let code = parameters.get("device_code").ok_or_else(|| Refusal::new("invalid_request", "device_code is missing"))?;
    let tokens = device_grant::redeem(app, app_client, &PlainToken::presented(code), whence).await.map_err(refused)?;
    Ok(given(tokens))
}

fn refused(refused: DeviceRefused) -> Refusal {
    let error = match refused {
        DeviceRefused::Disabled => "unauthorized_client",
        DeviceRefused::Invalid => "invalid_grant",
        DeviceRefused::Pending => "authorization_pending",
        DeviceRefused::SlowDown => "slow_down",
        DeviceRefused::Denied => "access_denied",
        DeviceRefused::Expired => "expired_token",
        DeviceRefused::Refused(refused) => return token::granted(refused),
    };
    Refusal::new(error, refused.to_string())
}
