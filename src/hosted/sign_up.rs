//! `/signup`: a user makes an account.

use std::collections::BTreeMap;

use actix_web::HttpResponse;

use super::federate;
use super::login::{name_kind, takes_own_users, went_on};
use super::say;
use super::step::Step;
use super::view::{Field, NameKind, Notice, Rule, SignUp};
use super::visit::Visit;
use super::words::Words;
use crate::flows::auth_events::{self, Of};
use crate::flows::sign_in::{self, SignInRefused};
use crate::flows::sign_up;
use crate::flows::triggers::Told;
use crate::kit::secret::Secret;
use crate::store::auth_events::{AuthEventType, EventResponse};
use crate::store::terms;
use crate::userpools::attributes::full_schema;
use crate::userpools::authorization::Parameters;
use crate::userpools::pool::Pool;
use crate::userpools::user::UserStatus;

/// `GET /{pool}/signup`
pub async fn show(visit: &Visit<'_>) -> HttpResponse {
    shown(visit, Wrong::default()).await
}

/// `POST /{pool}/signup`
pub async fn take(visit: &Visit<'_>) -> HttpResponse {
    let words = visit.words();
    if !takes_own_users(visit) {
        return visit.go("login");
    }
    if !visit.may_send() {
        return shown(visit, Wrong::above(words.errors.too_many_tries.clone())).await;
    }
    match signed_up(visit).await {
        Ok(answer) => answer,
        Err(wrong) => shown(visit, wrong).await,
    }
}

/// What is wrong with a sign-up.
#[derive(Default)]
struct Wrong {
    notice: Option<Notice>,
    password: Option<String>,
}

impl Wrong {
    const fn above(text: String) -> Self {
        Self { notice: Some(Notice::Error(text)), password: None }
    }
}

async fn signed_up(visit: &Visit<'_>) -> Result<HttpResponse, Wrong> {
    let (app, words, pool) = (visit.app(), visit.words(), &visit.site.place.pool);
    let app_client = visit.asked.app_client.clone().telling(Told::default());
    let asked = asked(visit);
    let given = |name: &str| visit.form.get(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
    let username = given("username").ok_or_else(|| Wrong::above(words.errors.required.clone()))?;
    let attributes: BTreeMap<String, String> = asked.iter().filter_map(|asked| Some((asked.name.clone(), given(&asked.name)?))).collect();
    let password = visit.form.get("password").map(|password| Secret::from(password.to_owned()));
    let made = sign_up::sign_up(app, &app_client, &username, password.as_ref(), attributes, visit.origin.source_ip).await;
    let (user, delivery) = made.map_err(|refused| match say::sign_up(words, pool, &refused) {
        (text, true) => Wrong { notice: None, password: Some(text) },
        (text, false) => Wrong::above(text),
    })?;
    let of = Of { pool_id: &user.pool_id, user_id: &user.id, client_id: &app_client.client.id };
    auth_events::note(app, &visit.origin, of, AuthEventType::SignUp, EventResponse::Pass);
    let said = |refused: SignInRefused| Wrong::above(say::sign_in(words, pool, &refused));
    let session = match password.filter(|password| !password.expose_secret().is_empty()) {
        Some(_) => Some(sign_in::signed_up_here(app, &app_client, &user).map_err(|failed| said(failed.into()))?),
        None => None,
    };
    if user.status == UserStatus::Unconfirmed {
        return Ok(visit.go_on(&Step::confirm(app, &username, delivery, session)));
    }
    match session {
        Some(session) => go_in(visit, &username, &session).await.map_err(said),
        None => Ok(visit.go("login")),
    }
}

/// Signs in who signed up in this browser.
///
/// # Errors
/// [`SignInRefused`].
pub async fn go_in(visit: &Visit<'_>, username: &str, session: &str) -> Result<HttpResponse, SignInRefused> {
    // A sign-in's future is large, and others stand around it.
    let outcome = Box::pin(async {
        let entrance = visit.entrance().await?;
        sign_in::begin_here(&entrance, session).await
    });
    went_on(visit, username, outcome.await).await
}

/// An attribute that is asked for.
struct AskedFor {
    name: String,
    is_required: bool,
}

/// The attributes that a sign-up asks for: what the pool requires, and the addresses that it verifies, as far as the client may
/// write them; not the one that is the name.
fn asked(visit: &Visit<'_>) -> Vec<AskedFor> {
    let (pool, client) = (&visit.asked.app_client.pool, &visit.asked.app_client.client);
    let configuration = &pool.configuration;
    let verified = |name: &str| configuration.auto_verified_attributes.iter().any(|verified| verified == name);
    let is_name = |name: &str| configuration.username_attributes.iter().any(|attribute| attribute == name);
    // Where an address is all that there is to confirm an account by, it is asked for.
    let only_one = configuration.auto_verified_attributes.len() == 1 && configuration.username_attributes.is_empty();
    full_schema(&configuration.schema)
        .into_iter()
        .filter(|attribute| attribute.name != "sub" && (attribute.required || verified(&attribute.name)))
        .filter(|attribute| !is_name(&attribute.name) && client.configuration.may_write(&attribute.name))
        .map(|attribute| AskedFor { is_required: attribute.required || (only_one && verified(&attribute.name)), name: attribute.name })
        .collect()
}

/// What was typed into a form.
pub struct Typed<'a>(Option<&'a Parameters>);

impl<'a> Typed<'a> {
    /// Into this one.
    pub const fn in_form(form: &'a Parameters) -> Self {
        Self(Some(form))
    }

    fn of(&self, name: &str) -> String {
        self.0.and_then(|form| form.get(name)).unwrap_or_default().to_owned()
    }
}

/// The field of an attribute, with what was typed.
pub fn field(words: &Words, name: &str, typed: &Typed<'_>, required: bool) -> Field {
    Field { value: typed.of(name), required, ..Field::of_attribute(words, name) }
}

/// What the pool asks of passwords.
pub fn rules(words: &Words, pool: &Pool) -> Vec<Rule> {
    let policy = &pool.configuration.policies.password_policy;
    let length = usize::try_from(policy.minimum_length).unwrap_or_default();
    let classes = [
        (policy.require_lowercase, Rule::lowercase(words)),
        (policy.require_uppercase, Rule::uppercase(words)),
        (policy.require_numbers, Rule::number(words)),
        (policy.require_symbols, Rule::symbol(words)),
    ];
    std::iter::once(Rule::length(words, length)).chain(classes.into_iter().filter(|(asked, _)| *asked).map(|(_, rule)| rule)).collect()
}

async fn shown(visit: &Visit<'_>, wrong: Wrong) -> HttpResponse {
    let (pool, words) = (&visit.site.place.pool, visit.words());
    if pool.configuration.admin_create_user_only() || !takes_own_users(visit) {
        return visit.go("login");
    }
    let wrong = Wrong { notice: wrong.notice.or_else(|| visit.notice()), ..wrong };
    let typed = Typed::in_form(&visit.form);
    // A name of one's own is no address, whatever addresses one signs in by later.
    let kind = if pool.configuration.username_attributes.is_empty() { NameKind::Username } else { name_kind(pool) };
    let name = Field { value: typed.of("username"), ..Field::username(kind, words) };
    let attributes = asked(visit).into_iter().map(|asked| field(words, &asked.name, &typed, asked.is_required));
    let is_wrong = wrong.notice.is_some() || wrong.password.is_some();
    let page = SignUp {
        frame: visit.frame().await,
        form: visit.form_to("signup"),
        notice: wrong.notice,
        fields: std::iter::once(name).chain(attributes).collect(),
        asks_password: true,
        rules: rules(words, pool),
        password_error: wrong.password,
        terms: agreed_to(visit).await,
        providers: federate::offered(visit).await,
        sign_in: visit.to("login"),
    };
    visit.page_again(is_wrong, &page)
}

/// The client's documents, in the visitor's language; none, of a client that has but one.
///
/// Source: Amazon Cognito API reference, CreateTerms: "You must provide both types of terms documents in at least one language
/// before Amazon Cognito displays your terms documents."
async fn agreed_to(visit: &Visit<'_>) -> Vec<(String, String)> {
    let (app_client, words) = (&visit.asked.app_client, &visit.words().sign_up);
    let documents = [("terms-of-use", &words.terms_of_use), ("privacy-policy", &words.privacy_policy)];
    let mut agreed = Vec::new();
    for (name, text) in documents {
        let found = visit.app().read(async |tx| terms::of_client(tx, &app_client.pool.id, &app_client.client.id, name).await).await;
        if let Ok(Some(terms)) = found
            && let Some(link) = terms.link(visit.site.language.tag())
        {
            agreed.push((text.clone(), link.to_owned()));
        }
    }
    if agreed.len() == documents.len() { agreed } else { Vec::new() }
}
