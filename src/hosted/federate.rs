//! Sign-in through another provider: the way there, and `/oauth2/idpresponse`, where browsers come back.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::asked::{Unanswerable, without};
use super::give;
use super::login;
use super::view::{Provider, ProviderKind};
use super::visit::{FAILED, Site, Trouble, Visit, see_other};
use crate::budgets::PerAddress;
use crate::context::App;
use crate::flows::failed::Failed;
use crate::flows::federation::{self, Answer, Departure, FederationRefused, Wish, Word, saml};
use crate::flows::triggers::TriggerRefused;
use crate::flows::whence::Whence;
use crate::kit::causes::Causes;
use crate::userpools::authorization::{NamedProvider, Parameters, Prompt};
use crate::userpools::identity_provider::{OWN, ProviderType};

/// Where a provider's answer goes, below a pool.
const BACK: &str = "oauth2/idpresponse";

/// The same of a SAML provider's.
const BACK_BY_SAML: &str = "saml2/idpresponse";

/// What of a provider's answer is read.
const ANSWERS: [&str; 6] = ["state", "code", "error", "user", "iss", RELAY_STATE];

/// What comes back from a SAML provider.
const RELAY_STATE: &str = "RelayState";

/// The parameters that name a provider.
const NAMES: [&str; 2] = ["identity_provider", "idp_identifier"];

/// The provider that a visit goes to without asking: the one that the request names, or the only one that its client has.
pub async fn chosen(visit: &Visit<'_>) -> Option<String> {
    let (app, app_client) = (visit.app(), &visit.asked.app_client);
    match &visit.asked.authorization.provider {
        Some(NamedProvider::Name(name)) => Some(name.clone()).filter(|name| name != OWN),
        Some(NamedProvider::Identifier(identifier)) => found(federation::identified(app, app_client, identifier).await).flatten(),
        None => match app_client.client.configuration.supported_identity_providers.as_slice() {
            [only] if only != OWN => Some(only.clone()),
            _ => None,
        },
    }
}

/// The provider whose users have addresses of this one's domain, where the client has it.
pub async fn of_address(visit: &Visit<'_>, address: &str) -> Option<String> {
    let (_, domain) = address.rsplit_once('@')?;
    found(federation::identified(visit.app(), &visit.asked.app_client, &domain.to_lowercase()).await).flatten()
}

fn found<T>(outcome: Result<T, Failed>) -> Option<T> {
    outcome.inspect_err(|error| tracing::error!(error = %Causes(error), "providers could not be read")).ok()
}

/// The providers that a page offers.
pub async fn offered(visit: &Visit<'_>) -> Vec<Provider> {
    let providers = found(federation::offered(visit.app(), &visit.asked.app_client).await).unwrap_or_default();
    providers
        .into_iter()
        .map(|(name, kind)| Provider { kind: kind_of(kind), url: url_to(visit, &name), label: label(name, kind) })
        .collect()
}

/// What people call a provider: the others by the name that the pool gives them.
fn label(name: String, kind: ProviderType) -> String {
    match kind {
        ProviderType::SignInWithApple => "Apple".to_owned(),
        ProviderType::LoginWithAmazon => "Amazon".to_owned(),
        ProviderType::Google | ProviderType::Facebook | ProviderType::Oidc | ProviderType::Saml => name,
    }
}

const fn kind_of(kind: ProviderType) -> ProviderKind {
    match kind {
        ProviderType::Google => ProviderKind::Google,
        ProviderType::Facebook => ProviderKind::Facebook,
        ProviderType::SignInWithApple => ProviderKind::Apple,
        ProviderType::LoginWithAmazon => ProviderKind::Amazon,
        ProviderType::Oidc => ProviderKind::Oidc,
        ProviderType::Saml => ProviderKind::Saml,
    }
}

/// The same request by this provider, for somebody who chose it: also where somebody is signed in.
fn url_to(visit: &Visit<'_>, name: &str) -> String {
    let rest = without(visit.query(), &NAMES);
    let named = form_urlencoded::Serializer::new(rest).append_pair("identity_provider", name).finish();
    visit.another_at("oauth2/authorize", &named)
}

/// Has a browser leave for a provider.
pub async fn leave(visit: &Visit<'_>, name: &str, login_hint: Option<&str>) -> HttpResponse {
    let (app, authorization) = (visit.app(), &visit.asked.authorization);
    if !app.budgets.spend(PerAddress::Departures, visit.origin.source_ip, app.now()) {
        return visit.go_told("login", &failed_by(name));
    }
    let departure = Departure {
        query: visit.query(),
        browser: &visit.form_token(),
        base: &visit.site.place.url(app, ""),
        wish: Wish {
            login_hint: login_hint.or(authorization.login_hint.as_deref()),
            prompt: match authorization.prompt {
                Prompt::Login => Some("login"),
                Prompt::SelectAccount => Some("select_account"),
                Prompt::IfNeeded | Prompt::Never => None,
            },
            max_age: authorization.max_age,
        },
    };
    match federation::leave(app, &visit.asked.app_client, name, departure).await {
        Ok(address) => visit.known(see_other(&address)),
        Err(refused) => told(visit, name, &refused),
    }
}

/// `GET /{pool}/oauth2/idpresponse`
pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::parse(request.query_string().as_bytes());
    match back(&app, &request, &parameters).await {
        Ok(answer) => answer,
        Err(refused) => refused.0,
    }
}

/// `POST /{pool}/oauth2/idpresponse`: the same in a form. No cookie comes with it from elsewhere, so that the browser is sent here
/// again, by GET, before anything is decided.
pub async fn post(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let parameters = Parameters::parse(&body);
    match Site::of(&app, &request, &parameters).await {
        Ok(site) => {
            let kept = ANSWERS.into_iter().filter_map(|name| Some((name, parameters.get(name)?)));
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
            see_other(&format!("{}?{query}", site.place.path(BACK)))
        }
        Err(refused) => refused.0,
    }
}

/// `GET /{pool}/saml2/metadata`: the pool as a service provider, for administrators of providers.
pub async fn metadata(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let site = match Site::of(&app, &request, &Parameters::default()).await {
        Ok(site) => site,
        Err(refused) => return refused.0,
    };
    match saml::metadata(&app, &site.place.pool, &site.place.url(&app, "")).await {
        Ok(Some(xml)) => HttpResponse::Ok().content_type("application/samlmetadata+xml").body(xml),
        Ok(None) => site.trouble(Trouble::Request),
        Err(failed) => site.failed(&failed),
    }
}

/// `POST /{pool}/saml2/idpresponse`: a SAML provider's answer. It is verified and kept, and the browser sent on, so that its cookies
/// come.
pub async fn assert(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let parameters = Parameters::parse(&body);
    let site = match Site::of(&app, &request, &parameters).await {
        Ok(site) => site,
        Err(refused) => return refused.0,
    };
    let (Some(state), Some(response), false) =
        (parameters.get(RELAY_STATE), parameters.get("SAMLResponse"), parameters.repeats(&[RELAY_STATE, "SAMLResponse"]))
    else {
        return site.trouble(Trouble::Request);
    };
    let error = match saml::answered(&app, &site.place.pool, state, response, &site.place.url(&app, "")).await {
        Ok(()) => None,
        Err(FederationRefused::Failed(failed)) => return site.failed(&failed),
        Err(refused) => {
            tracing::warn!(pool_id = %site.place.pool.id, error = %Causes(&refused), "an assertion is not taken");
            Some(("error", "the assertion is not taken"))
        }
    };
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs([(RELAY_STATE, state)]).extend_pairs(error).finish();
    see_other(&format!("{}?{query}", site.place.path(BACK_BY_SAML)))
}

async fn back(app: &Data<App>, request: &HttpRequest, parameters: &Parameters) -> Result<HttpResponse, Unanswerable> {
    let site = Site::of(app, request, parameters).await?;
    if parameters.repeats(&ANSWERS) || parameters.has_nul() {
        return Ok(site.trouble(Trouble::Request));
    }
    let (state, is_saml) = match parameters.get(RELAY_STATE) {
        Some(state) => (Some(state), true),
        None => (parameters.get("state"), false),
    };
    let returned = match federation::returned(app, &site.place.pool.id, state.unwrap_or_default()).await {
        Ok(Some(returned)) => returned,
        Ok(None) => return Ok(site.trouble(Trouble::Request)),
        Err(failed) => return Ok(site.failed(&failed)),
    };
    let (query, name) = (returned.request.query.clone(), returned.provider().to_owned());
    let visit = Visit::on(app, request, &query, Parameters::parse(query.as_bytes()), Parameters::default()).await?;
    let answer = Answer {
        browser: &visit.form_token(),
        max_age: visit.asked.authorization.max_age,
        issuer: parameters.get("iss"),
        word: match (parameters.get("code"), parameters.get("error")) {
            (None, None) if is_saml => Word::Asserted,
            (Some(code), None) => Word::Code(code, parameters.get("user").and_then(|user| serde_json::from_str(user).ok())),
            (_, error) => Word::Refused(error.unwrap_or("neither a code nor an error")),
        },
    };
    let outcome = match Whence::admitted(app, &visit.asked.app_client, &visit.origin, visit.origin.source_ip, None).await {
        // A sign-in's future is large, and others stand around it.
        Ok(whence) => Box::pin(federation::come_back(app, &visit.asked.app_client, returned, answer, whence)).await,
        Err(_) => {
            return Ok(give::error(
                &visit.site,
                &visit.asked.app_client,
                &visit.asked.to,
                "access_denied",
                "no sign-ins from this address",
            ));
        }
    };
    Ok(match outcome {
        Ok(held) => login::signed_in(&visit, &held).await.unwrap_or_else(|refused| visit.site.failed(&refused)),
        Err(refused) => told(&visit, &name, &refused),
    })
}

/// Tells that nobody is signed in: a function's own words go to the client, as Amazon Cognito sends them; what else is wrong is for
/// the pool's people, and the visitor chooses again.
fn told(visit: &Visit<'_>, name: &str, refused: &FederationRefused) -> HttpResponse {
    let asked = &visit.asked;
    match refused {
        FederationRefused::Trigger(function @ TriggerRefused::Function { .. }) => {
            give::error(&visit.site, &asked.app_client, &asked.to, "invalid_request", &function.to_string())
        }
        FederationRefused::Failed(failed) => visit.site.failed(failed),
        refused => {
            let pool_id = &asked.app_client.pool.id;
            tracing::warn!(%pool_id, provider = name, error = %Causes(refused), "nobody is signed in through a provider");
            visit.go_told("login", &failed_by(name))
        }
    }
}

fn failed_by(name: &str) -> String {
    format!("{FAILED}{}", form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>())
}
