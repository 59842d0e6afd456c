//! `POST /oauth2/par`: an authorization request that its client makes itself, so that a browser carries no more than its name
//! (RFC 9126). The name is the request, sealed: no node keeps anything, and each opens it.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::{Refusal, answered_to_client, json};
use super::authenticate::{self, Call};
use crate::context::App;
use crate::crypto::sealed::{Sealed, sealed_as_json};
use crate::flows::failed::Failed;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::resource_servers;
use crate::userpools::authorization::{self, Parameters};
use crate::userpools::resource_server;

/// What the names of pushed requests begin with (RFC 9126 §2.2).
const NAME: &str = "urn:ietf:params:oauth:request_uri:";

/// How long a browser has to bring the name.
const LIVES: Duration = Duration::from_secs(10 * 60);

/// How long the pages of the request know it by its name: as long as a person may take there.
const KNOWN: Duration = Duration::from_secs(2 * 3600);

/// The longest request: its name is carried in addresses.
const LONGEST: usize = 2000;

/// What of a form proves the client, and is no part of its request.
const OF_CLIENT: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// Where the name of a request is brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Where it begins.
    Begin,
    /// The pages that it led to.
    Pages,
}

#[derive(Serialize, Deserialize)]
struct Pushed {
    query: String,
    /// Milliseconds.
    expires_at: i64,
}

sealed_as_json!(Pushed);

/// `POST /{pool}/oauth2/par`
pub async fn handle(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    answered_to_client(&app, &request, answer(&app, &request, &body)).await
}

async fn answer(app: &App, request: &HttpRequest, body: &Bytes) -> Result<HttpResponse, Refusal> {
    let Call { app_client, parameters } = authenticate::call(app, request, body).await?;
    let pool_id = &app_client.pool.id;
    // RFC 9126 §2.1: a name is no request.
    if parameters.get("request_uri").is_some() {
        return Err(Refusal::new("invalid_request", "request_uri is not pushed"));
    }
    let servers = app.read(async |tx| resource_servers::all(tx, pool_id).await).await?;
    let to =
        authorization::destination(&parameters, &app_client.client).map_err(|refused| Refusal::new("invalid_request", refused.to_string()));
    to?;
    authorization::request(&parameters, &app_client.client, |scope| resource_server::exists(&servers, scope))
        .map_err(|refused| Refusal::new(refused.error, refused.description))?;
    let client_id = app_client.client.id.as_str();
    let query = parameters.written_without(&OF_CLIENT, ("client_id", client_id));
    if query.len() > LONGEST {
        return Err(Refusal::new("invalid_request", "the request is too long"));
    }
    let pushed = Pushed { query, expires_at: app.now().plus(LIVES).millis() };
    let sealed = app.keys.travelling.seal(&sealed_for(pool_id, client_id), &pushed, &mut app.rng());
    let name = format!("{NAME}{}", sealed.map_err(Failed::because)?.to_text());
    Ok(json(StatusCode::CREATED, &json!({"request_uri": name, "expires_in": LIVES.as_secs()})))
}

/// The request that parameters name, if they name one that was pushed: it stands in place of whatever stands beside its name, but for
/// the language. SECURITY: it is of this pool and of the client that the parameters name; one that is too old for where it is
/// brought, or that another pushed, stays a name, which is refused as one that is not supported.
#[must_use]
pub fn resolved(app: &App, pool_id: &UserPoolId, parameters: Parameters, at: At) -> Parameters {
    let late = match at {
        At::Begin => Duration::ZERO,
        At::Pages => KNOWN,
    };
    let opened = || {
        let sealed = Sealed::from_text(parameters.get("request_uri")?.strip_prefix(NAME)?)?;
        let pushed: Pushed = app.keys.travelling.open(&sealed_for(pool_id, parameters.get("client_id")?), &sealed).ok()?;
        (app.now() < Timestamp::from_millis(pushed.expires_at).plus(late)).then(|| Parameters::parse(pushed.query.as_bytes()))
    };
    opened().unwrap_or(parameters)
}

fn sealed_for<'a>(pool_id: &'a UserPoolId, client_id: &'a str) -> [&'a str; 3] {
    ["pushed request", pool_id.as_str(), client_id]
}
