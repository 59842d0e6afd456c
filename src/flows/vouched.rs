//! Whoever brings a token of a provider that roles may trust: who vouches, for whom, and what trust policies may ask of it.
//!
//! Source: STS API reference, AssumeRoleWithWebIdentity; IAM user guide, "Available keys for AWS OIDC federation" and "Passing
//! session tags using AssumeRoleWithWebIdentity".

use serde_json::{Map, Value};

use super::pool_keys;
use super::web_identity::{self, AUDIENCE, PROVIDER, Told, told};
use crate::context::App;
use crate::federation::{NotBelieved, TokenNotTaken};
use crate::iam::entity::Tag;
use crate::iam::oidc_provider::{self, OidcProvider};
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags;
use crate::kit::id::AccountId;
use crate::store::identity_pools;
use crate::store::{self, StoreError};
use crate::tokens::identity::TokenTags;
use crate::tokens::verify::{RawJwt, TokenRefused, claimed_issuer};

/// The claim that has a session's tags.
const TAGS: &str = "https://aws.amazon.com/tags";

/// The claim that says who stands behind a session, which we keep nowhere.
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// What a provider vouches for.
#[derive(Clone, Debug)]
pub struct Vouched {
    /// Who vouches, as trust policies name them.
    pub provider: String,
    /// The same, as answers name them.
    pub issuer: String,
    /// The key that a trust policy must hold to values that are written out.
    pub pinned: Option<&'static str>,
    /// Whom it is about.
    pub subject: String,
    /// Whom it is for.
    pub audience: String,
    /// Whether it is about nobody in particular: an identity pool's guest.
    pub is_guest: bool,
    /// What policies may ask of it, for as long as the session lives.
    pub keys: Vec<(String, Vec<String>)>,
    /// The tags of the session.
    pub tags: Vec<Tag>,
    /// Those that go on.
    pub transitive_tag_keys: Vec<String>,
}

/// Why a token vouches for nobody.
#[derive(Debug, thiserror::Error)]
pub enum NotVouched {
    /// It is none, or of nobody whom the account knows.
    #[error("{0}")]
    Invalid(String),
    /// It had its time.
    #[error("Token expired: current date/time must be before the expiration date/time")]
    Expired,
    /// It was right once, and who made it stands by it no more.
    #[error("{0}")]
    Rejected(&'static str),
    /// The provider is not reached.
    #[error("The identity provider is not reached, or answers what cannot be read.")]
    Unreached,
    /// Our own failure.
    #[error("internal error")]
    Internal(#[source] StoreError),
}

impl NotVouched {
    fn invalid(why: &str) -> Self {
        Self::Invalid(why.to_owned())
    }
}

impl From<StoreError> for NotVouched {
    fn from(error: StoreError) -> Self {
        Self::Internal(error)
    }
}

/// What a token vouches for, to roles of an account.
///
/// # Errors
/// [`NotVouched`].
pub async fn by_token(app: &App, account_id: &AccountId, token: &str) -> Result<Vouched, NotVouched> {
    let issuer = claimed_issuer(token).ok_or_else(|| {
        NotVouched::invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
    })?;
    if issuer == app.issuer_of_identity_pools() {
        return of_identity_pool(app, token).await;
    }
    let found = app.read(async |tx| store::iam::find_oidc_provider(tx, account_id, oidc_provider::name_of(&issuer)).await).await?;
    // SECURITY: the whole issuer, and not its name: what a provider says by http, another may say.
    let unknown = || NotVouched::Invalid(format!("No OpenIDConnect provider found in your account for {issuer}"));
    let provider = found.filter(|provider| provider.url == issuer).ok_or_else(unknown)?;
    let claims = claims(app, &provider, token).await?;
    of_provider(&provider, &claims)
}

/// The claims of a provider's token. A pool of ours needs no looking for.
async fn claims(app: &App, provider: &OidcProvider, token: &str) -> Result<Map<String, Value>, NotVouched> {
    if let Ok(raw) = RawJwt::parse(token)
        && let Some((pool, keys)) = pool_keys::claimed(app, &raw).await?
        && app.issuer(&pool.id) == provider.url
    {
        return raw.verify_id(&keys.public, &provider.url, app.now()).map(|claims| claims.all()).map_err(refused);
    }
    // SECURITY: of our own issuers nothing is taken but what was taken above: their tokens that are none of these are for other uses.
    if app.is_own(&provider.url) {
        return Err(NotVouched::invalid("The web identity token that was passed is not valid."));
    }
    app.federation.web_token(&provider.url, token, app.now()).await.map_err(|why| match why {
        TokenNotTaken::Expired => NotVouched::Expired,
        TokenNotTaken::NotBelieved(NotBelieved::Unreached { .. }) => NotVouched::Unreached,
        TokenNotTaken::NotBelieved(NotBelieved::IdToken(_)) => NotVouched::invalid("The web identity token that was passed is not valid."),
        TokenNotTaken::NotBelieved(_) => NotVouched::invalid("Couldn't retrieve verification key from your identity provider."),
    })
}

fn refused(why: TokenRefused) -> NotVouched {
    match why {
        TokenRefused::Expired => NotVouched::Expired,
        TokenRefused::Malformed
        | TokenRefused::UnknownKey
        | TokenRefused::BadSignature
        | TokenRefused::WrongUse
        | TokenRefused::WrongIssuer => NotVouched::invalid("The web identity token that was passed is not valid."),
    }
}

/// SECURITY: a token must be for a client that the provider lists, and whoever it was given to (`azp`) must be one too: any other
/// application's users could come in.
fn of_provider(provider: &OidcProvider, claims: &Map<String, Value>) -> Result<Vouched, NotVouched> {
    let missing = |name: &str| NotVouched::Invalid(format!("Missing a required claim: {name}"));
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let subject = text("sub").ok_or_else(|| missing("sub"))?.to_owned();
    let audiences = texts(claims.get("aud")).filter(|audiences| !audiences.is_empty()).ok_or_else(|| missing("aud"))?;
    let is_listed = |client: &str| provider.client_ids.iter().any(|own| own == client);
    let party = claims.get("azp").filter(|party| !party.is_null());
    let fits = match party {
        None => audiences.iter().all(|audience| is_listed(audience)),
        Some(Value::String(party)) => is_listed(party) && audiences.iter().any(|audience| is_listed(audience)),
        Some(_) => false,
    };
    if !fits {
        return Err(NotVouched::invalid("Incorrect token audience"));
    }
    if claims.contains_key(SOURCE_IDENTITY) {
        return Err(NotVouched::invalid("A token with a source identity is not supported."));
    }
    let name = provider.name();
    let party = party.and_then(Value::as_str).map(str::to_owned);
    let audience = party.clone().or_else(|| audiences.first().cloned()).unwrap_or_default();
    let mut keys = vec![(format!("{name}:sub"), vec![subject.clone()])];
    match party {
        Some(party) => {
            keys.push((format!("{name}:aud"), vec![party.clone()]));
            keys.push((format!("{name}:azp"), vec![party]));
            keys.push((format!("{name}:oaud"), audiences));
        }
        None => keys.push((format!("{name}:aud"), audiences)),
    }
    keys.extend(texts(claims.get("amr")).map(|amr| (format!("{name}:amr"), amr)));
    keys.push(("aws:FederatedProvider".to_owned(), vec![provider.arn().into()]));
    let said = match claims.get(TAGS) {
        None => TokenTags::default(),
        Some(tags) => serde_json::from_value(tags.clone()).map_err(|_| NotVouched::invalid("The session tags of the token are none."))?,
    };
    let (tags, transitive_tag_keys) = tags(said)?;
    let issuer = provider.url.clone();
    let provider = provider.arn().into();
    Ok(Vouched { provider, issuer, pinned: None, subject, audience, is_guest: false, keys, tags, transitive_tag_keys })
}

/// A text, or a list of nothing but texts.
fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    match value? {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(values) => values.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn tags(said: TokenTags) -> Result<(Vec<Tag>, Vec<String>), NotVouched> {
    let none = || NotVouched::invalid("The session tags of the token are none.");
    let tags = said.read().ok_or_else(none)?;
    principal_tags::check(&tags).map_err(|refused| NotVouched::Invalid(refused.to_string()))?;
    if !said.transitive_tag_keys.iter().all(|key| tags.contains_key(key)) {
        return Err(none());
    }
    Ok((tags.into_iter().map(|(key, value)| Tag { key, value }).collect(), said.transitive_tag_keys))
}

/// SECURITY: a token outlives what it rests on. The pool must still give such tokens, and have the identity; and a backend's user must
/// still be linked to it.
async fn of_identity_pool(app: &App, token: &str) -> Result<Vouched, NotVouched> {
    let claims = web_identity::verify_token(app, token).await?.map_err(refused)?;
    let (pool, identity, held) = app
        .read(async |tx| {
            let pool = identity_pools::find(tx, &claims.aud).await?;
            let identity = identity_pools::find_identity(tx, &claims.sub).await?;
            let held = identity_pools::logins_of(tx, &claims.aud, &claims.sub).await?;
            Ok::<_, StoreError>((pool, identity.filter(|identity| identity.identity_pool_id == claims.aud), held))
        })
        .await?;
    let (Some(pool), Some(identity)) = (pool, identity) else { return Err(NotVouched::Rejected("The identity does not exist any more.")) };
    if !pool.configuration.allow_classic_flow {
        return Err(NotVouched::Rejected("Basic (classic) flow is not enabled, please use enhanced flow."));
    }
    let is_guest = claims.amr.iter().any(|entry| entry == "unauthenticated");
    if is_guest && (identity.authenticated != 0 || !pool.configuration.allow_unauthenticated_identities) {
        return Err(NotVouched::Rejected("Unauthenticated access is not supported for this identity."));
    }
    let logins = told(&pool, &claims.amr).ok_or_else(|| refused(TokenRefused::Malformed))?;
    check_logins(app, &pool, &held, &logins)?;
    let (tags, transitive_tag_keys) = tags(claims.tags.unwrap_or_default())?;
    let keys = vec![
        (AUDIENCE.to_owned(), vec![claims.aud.to_string()]),
        (format!("{PROVIDER}:amr"), claims.amr),
        (format!("{PROVIDER}:sub"), vec![claims.sub.to_string()]),
        ("aws:FederatedProvider".to_owned(), vec![PROVIDER.to_owned()]),
    ];
    Ok(Vouched {
        provider: PROVIDER.to_owned(),
        issuer: PROVIDER.to_owned(),
        pinned: Some(AUDIENCE),
        subject: claims.sub.to_string(),
        audience: claims.aud.to_string(),
        is_guest,
        keys,
        tags,
        transitive_tag_keys,
    })
}

/// SECURITY: what the token rests on is still the identity's, and of who is still trusted.
fn check_logins(app: &App, pool: &IdentityPool, held: &[(String, String)], logins: &[Told<'_>]) -> Result<(), NotVouched> {
    let is_held = |provider: &str, subject: &str| held.iter().any(|(name, own)| name == provider && own == subject);
    for login in logins {
        match *login {
            Told::Developer { provider, user_identifier } => {
                let login = web_identity::developer(provider, user_identifier, principal_tags::Tags::new());
                if !is_held(provider, &login.subject) {
                    return Err(NotVouched::Rejected("The developer user identifier is not linked to this identity."));
                }
            }
            Told::UserPool { provider, subject } => {
                let is_listed = pool.configuration.clients_of(provider, &app.public_url).next().is_some();
                if !is_listed || !is_held(provider, subject) {
                    return Err(NotVouched::Rejected("A login of the token is not linked to this identity any more."));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kit::clock::Timestamp;

    fn judged(claims: Value) -> Result<Vouched, NotVouched> {
        let provider = OidcProvider {
            account_id: "000000000000".into(),
            id: "OIDC1".into(),
            url: "https://id.example".to_owned(),
            client_ids: vec!["app".to_owned(), "web".to_owned()],
            thumbprints: Vec::new(),
            tags: Vec::new(),
            created_at: Timestamp::from_millis(0),
        };
        of_provider(&provider, claims.as_object().unwrap())
    }

    #[test]
    fn a_token_is_for_a_client_that_the_provider_lists_and_given_to_one() {
        for (claims, audience) in [
            (json!({"sub": "1", "aud": "app"}), Some("app")),
            (json!({"sub": "1", "aud": ["app"]}), Some("app")),
            (json!({"sub": "1", "aud": ["app", "web"]}), Some("app")),
            (json!({"sub": "1", "aud": ["app", "other"], "azp": "web"}), Some("web")),
            (json!({"sub": "1", "aud": "app", "azp": "web"}), Some("web")),
            (json!({"sub": "1", "aud": ["app", "other"]}), None),
            (json!({"sub": "1", "aud": "other"}), None),
            (json!({"sub": "1", "aud": "app", "azp": "other"}), None),
            (json!({"sub": "1", "aud": "other", "azp": "app"}), None),
            (json!({"sub": "1", "aud": "app", "azp": ["app"]}), None),
            (json!({"sub": "1", "aud": []}), None),
            (json!({"sub": "1", "aud": [7]}), None),
            (json!({"sub": "1"}), None),
            (json!({"aud": "app"}), None),
            (json!({"sub": 1, "aud": "app"}), None),
            (json!({"sub": "1", "aud": "app", SOURCE_IDENTITY: "ann"}), None),
        ] {
            assert_eq!(judged(claims.clone()).ok().map(|vouched| vouched.audience), audience.map(str::to_owned), "{claims}");
        }
        let keys = judged(json!({"sub": "1", "aud": "app", "azp": "web", "amr": ["pwd", "otp"]})).unwrap().keys;
        let of = |key: &str| keys.iter().find(|(name, _)| name == key).map(|(_, values)| values.join(" "));
        assert_eq!(of("id.example:aud").as_deref(), Some("web"));
        assert_eq!(of("id.example:oaud").as_deref(), Some("app"));
        assert_eq!(of("id.example:amr").as_deref(), Some("pwd otp"));
    }

    #[test]
    fn tags_are_taken_as_the_token_has_them_or_not_at_all() {
        let with = |tags: Value| judged(json!({"sub": "1", "aud": "app", TAGS: tags}));
        let taken = with(json!({"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]})).unwrap();
        assert_eq!((taken.tags[0].value.as_str(), taken.transitive_tag_keys), ("red", vec!["team".to_owned()]));
        for tags in [
            json!("team"),
            json!({"principal_tags": {"team": "red"}}),
            json!({"principal_tags": {"team": ["red", "blue"]}}),
            json!({"principal_tags": {"team": []}}),
            json!({"principal_tags": {"aws:x": ["red"]}}),
            json!({"principal_tags": {"team": ["r*d"]}}),
            json!({"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["other"]}),
        ] {
            assert!(with(tags.clone()).is_err(), "{tags}");
        }
    }
}
