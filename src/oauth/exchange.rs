//! The token exchange grant (RFC 8693): GetDerivedToken in OAuth's words.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

use super::answer::{Refusal, json};
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::token_exchange::{self, Exchange, ExchangeRefused, PresentedToken, Target, TokenKind};
use crate::flows::whence::Whence;
use crate::userpools::authorization::Parameters;

/// `grant_type`.
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// Types of tokens (RFC 8693 §3).
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID: &str = "urn:ietf:params:oauth:token-type:id_token";

/// Exchanges a token, for a client that is proven.
pub async fn answer(app: &App, app_client: &AppClient, parameters: &Parameters, whence: Whence<'_>) -> Result<HttpResponse, Refusal> {
    let asked = read(parameters)?;
    let wanted = asked.wanted;
    let issued = token_exchange::exchange(app, app_client, asked, whence).await.map_err(refused)?;
    // RFC 8693 §2.2.1: what is no access token has no type of one.
    let (kind, token_type) = match wanted {
        TokenKind::Access => (ACCESS, "Bearer"),
        TokenKind::Id => (ID, "N_A"),
    };
    let (expires_in, scope) = (issued.lifetime.as_secs(), issued.scopes.join(" "));
    let body = json!({"access_token": issued.token, "issued_token_type": kind, "token_type": token_type, "expires_in": expires_in, "scope": scope});
    Ok(json(StatusCode::OK, &body))
}

fn read(parameters: &Parameters) -> Result<Exchange, Refusal> {
    let missing = |name: &str| Refusal::new("invalid_request", format!("{name} is missing"));
    let presented = |token: &str, kind: &str| {
        let text = parameters.get(token).ok_or_else(|| missing(token))?.to_owned();
        let kind = kind_of(parameters.get(kind).ok_or_else(|| missing(kind))?)?;
        Ok::<_, Refusal>(PresentedToken::Own { text, kind })
    };
    let subject = presented("subject_token", "subject_token_type")?;
    let has_actor = ["actor_token", "actor_token_type"].into_iter().any(|name| parameters.get(name).is_some());
    let actor = if has_actor { Some(presented("actor_token", "actor_token_type")?) } else { None };
    let target = match (parameters.get("audience"), parameters.get("resource")) {
        (None, None) => Target::Anywhere,
        (Some(audience), None) => Target::Audience(audience.to_owned()),
        (None, Some(resource)) => Target::Resource(resource.to_owned()),
        (Some(_), Some(_)) => return Err(Refusal::new("invalid_target", "audience and resource are not used together")),
    };
    let scopes = parameters.get("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let wanted = parameters.get("requested_token_type").map_or(Ok(TokenKind::Access), kind_of)?;
    Ok(Exchange { subject, actor, scopes, target, wanted })
}

fn kind_of(kind: &str) -> Result<TokenKind, Refusal> {
    match kind {
        ACCESS => Ok(TokenKind::Access),
        ID => Ok(TokenKind::Id),
        _ => Err(Refusal::new("invalid_request", "token types are access_token and id_token")),
    }
}

fn refused(refused: ExchangeRefused) -> Refusal {
    let error = match refused {
        ExchangeRefused::Disabled(_) => "unauthorized_client",
        ExchangeRefused::Scopes => "invalid_scope",
        ExchangeRefused::NoSuchResource(_) | ExchangeRefused::AnothersAudience(_) => "invalid_target",
        ExchangeRefused::Subject(_)
        | ExchangeRefused::Actor(_)
        | ExchangeRefused::TooManyActors
        | ExchangeRefused::Bound
        | ExchangeRefused::Untold
        | ExchangeRefused::Trigger(_) => "invalid_request",
        ExchangeRefused::NoSuchClient(_) => return Refusal::client(false),
        ExchangeRefused::Failed(failed) => return failed.into(),
    };
    Refusal::new(error, refused.to_string())
}
