//! The exchange of a code, and what a provider then says of a user (RFC 6749 §4.1.3; OpenID Connect Core 1.0 §3.1.3, §5.3).

use std::collections::BTreeMap;
use std::fmt;

use awc::http::Method;
use oauth2::basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType};
use oauth2::{
    AuthType, AuthorizationCode, Client, ClientId, ClientSecret, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::id_token::Expected;
use super::{Endpoints, Federation, NotBelieved, Party, apple};
use crate::kit::clock::Timestamp;
use crate::kit::outward::{Outward, Question, Unreached};
use crate::userpools::identity_provider::ProviderType;

/// What came back with a browser.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The code.
    pub code: &'a str,
    /// The origin of the challenge that the browser left with.
    pub verifier: &'a str,
    /// What the ID token is to repeat.
    pub nonce: &'a str,
}

/// What a provider says of a user. It holds tokens, so there is no `Debug`.
#[derive(Default)]
pub struct Said {
    /// The answer to the code.
    pub tokens: Map<String, Value>,
    /// The claims of the ID token.
    pub id_token: Option<Map<String, Value>>,
    /// What it told of the user when it was asked.
    pub user_info: Option<Map<String, Value>>,
    /// What its assertion says, of one that speaks SAML.
    pub assertion: Option<Map<String, Value>>,
    /// When the user proved who they are, as far as it says.
    pub authenticated_at: Option<Timestamp>,
}

impl Said {
    /// All claims: what was asked for last is the newest. Each of `pairs` is of a claim and of one that says whether it is verified.
    ///
    /// SECURITY: that an address is verified is said of the address beside it, and of no other that is told elsewhere.
    #[must_use]
    pub fn claims(&self, pairs: &[(&str, &str)]) -> Map<String, Value> {
        let mut all = Map::new();
        for told in [&self.id_token, &self.user_info, &self.assertion].into_iter().flatten() {
            for (_, verified) in pairs.iter().filter(|(address, _)| told.contains_key(*address)) {
                all.remove(*verified);
            }
            let is_alone = |name: &str| pairs.iter().any(|(address, verified)| *verified == name && !told.contains_key(*address));
            all.extend(told.iter().filter(|(name, _)| !is_alone(name)).map(|(name, value)| (name.clone(), value.clone())));
        }
        all
    }
}

/// The members of an answer that OAuth does not name; OpenID's `id_token` is one.
#[derive(Serialize, Deserialize)]
struct More {
    #[serde(flatten)]
    members: Map<String, Value>,
}

impl fmt::Debug for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("More")
    }
}

impl ExtraTokenFields for More {}

type Tokens = StandardTokenResponse<More, BasicTokenType>;
type Relying = Client<BasicErrorResponse, Tokens, BasicTokenIntrospectionResponse, StandardRevocableToken, BasicRevocationErrorResponse>;

impl Federation {
    /// What a provider says of the user whose code came back. `mapped` are the claims that the pool wants.
    ///
    /// # Errors
    /// [`NotBelieved`].
    pub async fn ask(
        &self,
        party: &Party<'_>,
        endpoints: &Endpoints,
        shown: Shown<'_>,
        mapped: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Said, NotBelieved> {
        let tokens = self.exchange(party, endpoints, shown, now).await?;
        let id_token = match &endpoints.tokens {
            Some((issuer, jwks_uri)) => {
                let text = tokens.extra_fields().members.get("id_token").and_then(Value::as_str);
                let text = text.ok_or(NotBelieved::IdToken("there is none"))?;
                let client_id = party.detail("client_id").unwrap_or_default();
                Some(self.id_token(text, &Expected { issuer, jwks_uri, client_id, nonce: shown.nonce }, now).await?)
            }
            None => None,
        };
        let user_info = match &endpoints.user_info {
            Some(url) => Some(self.user_info(party, url, tokens.access_token().secret(), mapped).await?),
            None => None,
        };
        // SECURITY: what is told is told of the user whom the ID token names (OpenID Connect Core 1.0 §5.3.2).
        if let (Some(id_token), Some(user_info)) = (&id_token, &user_info)
            && id_token.get("sub") != user_info.get("sub")
        {
            return Err(NotBelieved::Answer("the provider tells of another user than its ID token"));
        }
        let tokens = match serde_json::to_value(&tokens) {
            Ok(Value::Object(tokens)) => tokens,
            _ => return Err(NotBelieved::Answer("the answer to a code is none")),
        };
        let auth_time = id_token.as_ref().and_then(|claims| claims.get("auth_time")).and_then(Value::as_i64);
        Ok(Said { tokens, id_token, user_info, assertion: None, authenticated_at: auth_time.map(Timestamp::from_seconds) })
    }

    async fn exchange(&self, party: &Party<'_>, endpoints: &Endpoints, shown: Shown<'_>, now: Timestamp) -> Result<Tokens, NotBelieved> {
        let refused = |_| NotBelieved::Settings("an address is none");
        let client_id = party.detail("client_id").ok_or(NotBelieved::Settings("client_id is missing"))?;
        let secret = |name: &str| party.secrets.0.get(name).filter(|secret| !secret.is_empty());
        // In the body, as Amazon Cognito sends it.
        let mut client = Relying::new(ClientId::new(client_id.to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::new(endpoints.token.clone()).map_err(refused)?)
            .set_redirect_uri(RedirectUrl::new(party.redirect_uri.to_owned()).map_err(refused)?);
        if let Some(secret) = secret("client_secret") {
            client = client.set_client_secret(ClientSecret::new(secret.clone()));
        } else if let (ProviderType::SignInWithApple, Some(key)) = (party.kind, secret("private_key")) {
            let secret = apple::client_secret(party.details, key, now)?;
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        let ask = |request: HttpRequest| carry(&self.outward, request);
        let exchanged = client
            .exchange_code(AuthorizationCode::new(shown.code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(shown.verifier.to_owned()))
            .request_async(&ask)
            .await;
        exchanged.map_err(|error| match error {
            RequestTokenError::ServerResponse(refused) => NotBelieved::Refused(refused.error().to_string()),
            RequestTokenError::Request(why) => NotBelieved::Unreached { what: "the token endpoint", why },
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => NotBelieved::Answer("the answer to a code is none"),
        })
    }

    async fn user_info(
        &self,
        party: &Party<'_>,
        url: &str,
        access_token: &str,
        mapped: &BTreeMap<String, String>,
    ) -> Result<Map<String, Value>, NotBelieved> {
        let posts = party.detail("attributes_request_method") == Some("POST");
        // An address that names what is wanted ends where the names go: Facebook's.
        let url = if party.kind == ProviderType::Facebook {
            let mut names: Vec<&str> = mapped.values().map(String::as_str).chain(["id"]).collect();
            names.sort_unstable();
            names.dedup();
            format!("{url}{}", form_urlencoded::byte_serialize(names.join(",").as_bytes()).collect::<String>())
        } else {
            url.to_owned()
        };
        let question = Question {
            method: if posts { Method::POST } else { Method::GET },
            headers: vec![("authorization".to_owned(), format!("Bearer {access_token}"))],
            ..Question::get(&url)
        };
        self.object("what the provider tells of a user", question).await
    }
}

/// One exchange of the `oauth2` crate's, by our own way out.
async fn carry(outward: &Outward, request: HttpRequest) -> Result<HttpResponse, Unreached> {
    let (parts, body) = request.into_parts();
    let header = |(name, value): (&oauth2::http::HeaderName, &oauth2::http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let question = Question {
        method: Method::from_bytes(parts.method.as_str().as_bytes()).map_err(|_| Unreached::Address)?,
        url: &parts.uri.to_string(),
        headers: parts.headers.iter().filter_map(header).collect(),
        body,
    };
    let heard = outward.ask(question).await?;
    let mut response = HttpResponse::new(heard.body);
    *response.status_mut() = oauth2::http::StatusCode::from_u16(heard.status).map_err(|error| Unreached::Failed(error.to_string()))?;
    if let Ok(content_type) = oauth2::http::HeaderValue::from_str(&heard.content_type) {
        response.headers_mut().insert(oauth2::http::header::CONTENT_TYPE, content_type);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn that_an_address_is_verified_is_said_of_the_one_beside_it() {
        let claims = |id_token: Value, user_info: Value| {
            let object = |value: Value| value.as_object().cloned();
            let said = Said { id_token: object(id_token), user_info: object(user_info), ..Said::default() };
            Value::Object(said.claims(&[("email", "email_verified")]))
        };
        let own = json!({"email": "me@evil.example", "email_verified": true});
        assert_eq!(claims(own.clone(), json!({"email": "ceo@corp.example"})), json!({"email": "ceo@corp.example"}));
        assert_eq!(claims(own.clone(), json!({"sub": "1"})), json!({"email": "me@evil.example", "email_verified": true, "sub": "1"}));
        assert_eq!(claims(json!({"email": "a@x.example"}), json!({"email_verified": true})), json!({"email": "a@x.example"}));
        let other = json!({"email": "b@x.example", "email_verified": false});
        assert_eq!(claims(own, other.clone()), other);
    }
}
