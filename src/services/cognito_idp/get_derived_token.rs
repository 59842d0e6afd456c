//! GetDerivedToken: a user's token for a narrower one, bound to the service that it is for (RFC 8693).

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::{self, AppClient, NoSuchClient};
use crate::flows::token_exchange::{self, Exchange, PresentedToken, ProvidedKind, ProvidedToken, Target, TokenKind};
use crate::flows::whence::Whence;
use crate::iam::arn::Arn;
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;
use crate::operation::{Ask, Asks, Fault, OfClient, Proof, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    client_secret: Option<Secret>,
    subject_token: String,
    subject_token_type: String,
    subject_token_provider_name: Option<String>,
    actor_token: Option<String>,
    actor_token_type: Option<String>,
    actor_token_provider_name: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    audiences: Vec<String>,
    #[serde(default)]
    resources: Vec<String>,
    requested_token_type: Option<String>,
}

impl OfClient for Request {
    fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    fn proof(&self) -> Proof<'_> {
        Proof::Secret(self.client_secret.as_ref())
    }
}

impl Asks for Request {
    type Found = AppClient;

    /// Of whoever signs in the client's stead: about the client's pool.
    async fn resolve(&self, cx: &Context) -> Result<Resolved<AppClient>, Fault> {
        let found = clients::find(cx, &self.client_id).await?;
        let own = found.filter(|client| client.pool.account_id == cx.account_id && client.pool.region == cx.region);
        Ok(match own {
            Some(client) => {
                let pool = &client.pool;
                let ask = Ask::on(Arn::user_pool(&pool.region, &pool.account_id, &pool.id));
                Resolved::one(Ok(client), ask)
            }
            None => Resolved::one(Err(Error::from(NoSuchClient(self.client_id.clone())).into()), Ask::on("*")),
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    issued_token: String,
    issued_token_type: &'static str,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let wanted = match request.requested_token_type.as_deref() {
        Some("ID_TOKEN") => TokenKind::Id,
        _ => TokenKind::Access,
    };
    let asked = read(request, wanted)?;
    let whence = Whence::admitted(cx, &app_client, &cx.origin, cx.origin.source_ip, None).await?;
    let issued = token_exchange::exchange(cx, &app_client, asked, whence).await?;
    // RFC 8693 §2.2.1: what is no access token has no type of one.
    let (issued_token_type, token_type) = match wanted {
        TokenKind::Access => ("ACCESS_TOKEN", "Bearer"),
        TokenKind::Id => ("ID_TOKEN", "N_A"),
    };
    let expires_in = issued.lifetime.as_secs();
    Ok(Response { issued_token: issued.token, issued_token_type, token_type, expires_in, scopes: issued.scopes })
}

fn read(request: Request, wanted: TokenKind) -> Result<Exchange, Error> {
    let subject = presented(request.subject_token, Some(&request.subject_token_type), request.subject_token_provider_name)?;
    let (kind, provider) = (request.actor_token_type, request.actor_token_provider_name);
    let actor = match request.actor_token {
        Some(text) => Some(presented(text, kind.as_deref(), provider)?),
        None if kind.is_some() || provider.is_some() => return Err(Error::parameter("Missing required parameter ActorToken")),
        None => None,
    };
    let target = match (request.audiences.into_iter().next(), request.resources.into_iter().next()) {
        (None, None) => Target::Anywhere,
        (Some(audience), None) => Target::Audience(audience),
        (None, Some(resource)) => Target::Resource(resource),
        (Some(_), Some(_)) => return Err(Error::parameter("Audiences and Resources cannot be used together.")),
    };
    Ok(Exchange { subject, actor, scopes: request.scopes, target, wanted })
}

/// A token of a provider, where one is named; else of the pool itself.
fn presented(text: String, kind: Option<&str>, provider: Option<String>) -> Result<PresentedToken, Error> {
    let kind = match kind {
        Some("ACCESS_TOKEN") => ProvidedKind::Jwt(TokenKind::Access),
        Some("ID_TOKEN") => ProvidedKind::Jwt(TokenKind::Id),
        Some(_) => ProvidedKind::Assertion,
        None => return Err(Error::parameter("Missing required parameter ActorTokenType")),
    };
    match (provider, kind) {
        (Some(provider), kind) => Ok(PresentedToken::Provided(ProvidedToken { text, kind, provider })),
        (None, ProvidedKind::Jwt(kind)) => Ok(PresentedToken::Own { text, kind }),
        (None, ProvidedKind::Assertion) => Err(Error::parameter("A SAML2 token needs the name of the provider that issued it.")),
    }
}

#[cfg(test)]
mod tests;
