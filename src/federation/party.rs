//! A provider that speaks OAuth, and the way that a browser is sent there (RFC 6749 §4.1.1).

use std::collections::BTreeMap;
use std::time::Duration;

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};

use super::{Federation, NotBelieved};
use crate::kit::clock::Timestamp;
use crate::userpools::identity_provider::{ProviderSecrets, ProviderType};

/// Google's place for what it tells of a user is not in its settings, which name another API of Google's.
const GOOGLE_ISSUER: &str = "https://accounts.google.com";

/// A provider that speaks OAuth.
#[derive(Clone, Copy)]
pub struct Party<'a> {
    /// Which.
    pub kind: ProviderType,
    /// ProviderDetails, without secrets.
    pub details: &'a BTreeMap<String, String>,
    /// The secrets.
    pub secrets: &'a ProviderSecrets,
    /// Where the answer goes: ours.
    pub redirect_uri: &'a str,
}

/// Where a provider is asked what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Where people are sent.
    pub authorize: String,
    /// Where codes are exchanged.
    pub token: String,
    /// Where it tells of a user.
    pub user_info: Option<String>,
    /// Whose ID tokens they are, and where the keys are that sign them; of what gives none, nothing.
    pub tokens: Option<(String, String)>,
    /// Whether its answers say who answers.
    pub names_itself: bool,
}

/// What a browser is sent with.
#[derive(Clone, Copy)]
pub struct Leaving<'a> {
    /// What comes back.
    pub state: &'a str,
    /// What the ID token repeats.
    pub nonce: &'a str,
    /// What proves that the code was asked for here (RFC 7636).
    pub verifier: &'a str,
    /// What is asked of the user.
    pub wish: Wish<'a>,
}

/// What a client has asked of its user, whom somebody else signs in.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// Whom it expects.
    pub login_hint: Option<&'a str>,
    /// `login` or `select_account`.
    pub prompt: Option<&'a str>,
    /// How long ago they may have proven who they are.
    pub max_age: Option<Duration>,
}

impl Party<'_> {
    pub(super) fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether its answers come as a posted form: Apple's do where it is asked for a name or an address.
    fn is_posted(&self) -> bool {
        self.kind == ProviderType::SignInWithApple
    }

    fn scopes(&self) -> impl Iterator<Item = Scope> {
        let scopes = self.detail("authorize_scopes").unwrap_or_default();
        // Facebook's are separated by commas too.
        scopes.split([' ', ',']).filter(|scope| !scope.is_empty()).map(|scope| Scope::new(scope.to_owned()))
    }
}

impl Federation {
    /// Where a provider is asked what: by its settings, and by its discovery document what they do not say.
    ///
    /// # Errors
    /// [`NotBelieved`].
    pub async fn endpoints(&self, party: &Party<'_>, now: Timestamp) -> Result<Endpoints, NotBelieved> {
        let detail = |name: &str| party.detail(name).map(str::to_owned);
        let issuer = detail("oidc_issuer");
        let (authorize, token, user_info, jwks) =
            (detail("authorize_url"), detail("token_url"), detail("attributes_url"), detail("jwks_uri"));
        let is_told = authorize.is_some() && token.is_some() && (jwks.is_some() || issuer.is_none());
        let found = match &issuer {
            Some(issuer) if !is_told || issuer == GOOGLE_ISSUER => Some(self.metadata(issuer, now).await?),
            _ => None,
        };
        let found = found.as_deref();
        let or = |told: Option<String>, found: Option<&String>, why| told.or_else(|| found.cloned()).ok_or(NotBelieved::Answer(why));
        let user_info = match (party.kind, found) {
            (ProviderType::Google, Some(found)) => found.userinfo_endpoint.clone(),
            (ProviderType::SignInWithApple, _) => None,
            (_, found) => user_info.or_else(|| found.and_then(|found| found.userinfo_endpoint.clone())),
        };
        let tokens = match issuer {
            Some(issuer) => {
                let keys = or(jwks, found.and_then(|found| found.jwks_uri.as_ref()), "the provider names no jwks_uri")?;
                Some((issuer, keys))
            }
            None => None,
        };
        Ok(Endpoints {
            authorize: or(
                authorize,
                found.and_then(|found| found.authorization_endpoint.as_ref()),
                "the provider names no authorization_endpoint",
            )?,
            token: or(token, found.and_then(|found| found.token_endpoint.as_ref()), "the provider names no token_endpoint")?,
            user_info,
            tokens,
            names_itself: found.is_some_and(|found| found.authorization_response_iss_parameter_supported),
        })
    }
}

impl Endpoints {
    /// The address that a browser is sent to.
    ///
    /// # Errors
    /// [`NotBelieved`].
    pub fn leave(&self, party: &Party<'_>, leaving: Leaving<'_>) -> Result<String, NotBelieved> {
        let refused = |_| NotBelieved::Settings("an address is none");
        let client_id = party.detail("client_id").ok_or(NotBelieved::Settings("client_id is missing"))?;
        let client = BasicClient::new(ClientId::new(client_id.to_owned()))
            .set_auth_uri(AuthUrl::new(self.authorize.clone()).map_err(refused)?)
            .set_redirect_uri(RedirectUrl::new(party.redirect_uri.to_owned()).map_err(refused)?);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(leaving.verifier.to_owned()));
        let mut request = client
            .authorize_url(|| CsrfToken::new(leaving.state.to_owned()))
            .add_scopes(party.scopes())
            .set_pkce_challenge(challenge)
            .add_extra_param("nonce", leaving.nonce);
        if party.is_posted() {
            request = request.add_extra_param("response_mode", "form_post");
        }
        let Wish { login_hint, prompt, max_age } = leaving.wish;
        let max_age = max_age.map(|age| age.as_secs().to_string());
        for (name, value) in [("login_hint", login_hint), ("prompt", prompt), ("max_age", max_age.as_deref())] {
            if let Some(value) = value {
                request = request.add_extra_param(name, value);
            }
        }
        Ok(request.url().0.to_string())
    }
}
