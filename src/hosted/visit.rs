//! A browser at a page: where it is, what it was sent for, which browser it is, and how it is answered.

use std::error::Error;

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderValue, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use tokio::sync::OnceCell;

use super::asked::{Asked, Unanswerable, without};
use super::cookies::{Browser, Kind};
use super::login;
use super::step::Step;
use super::style;
use super::view::{Form, Frame, Languages, Notice, Problem, Scheme};
use super::words::{Language, Words};
use crate::authz;
use crate::budgets::{Guess, PerAddress};
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::flows::browser::{self, SignedIn};
use crate::flows::entrance::Entrance;
use crate::flows::hints::{self, Hint};
use crate::flows::sign_in::SignInRefused;
use crate::iam::origin::Origin;
use crate::kit::causes::Causes;
use crate::oauth::{self, Place};
use crate::pages;
use crate::store::StoreError;
use crate::userpools::authentication_level::Target;
use crate::userpools::authorization::{Parameters, Prompt};
use crate::userpools::challenge::target;
use crate::userpools::first_factor::FirstFactor;
use crate::userpools::pool::acr_values;

/// The pages of a pool, as a browser sees them.
pub struct Site<'a> {
    /// The deployment.
    pub app: &'a App,
    /// Where they are.
    pub place: Place,
    /// The language that they speak to this browser.
    pub language: Language,
}

/// Why a page leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No client of this id that uses these pages.
    Client,
    /// An address that is none of the client's.
    Redirect,
    /// A request that is none.
    Request,
    /// Our own failure.
    Failed,
}

/// A browser at a page.
pub struct Visit<'a> {
    /// The pages.
    pub site: Site<'a>,
    /// What it was sent for.
    pub asked: Asked,
    /// Where it comes from.
    pub origin: Origin,
    /// What is posted; nothing where a page is only looked at.
    pub form: Parameters,
    request: &'a HttpRequest,
    query: String,
    browser: Browser,
    told: Option<String>,
    is_strange: bool,
    /// Whether somebody else wants to sign in than who is signed in.
    pub wants_another: bool,
    /// Who is signed in in it.
    signed_in: Option<SignedIn>,
    /// Whom the request's hint means, once that was asked.
    hint: OnceCell<Option<Hint>>,
}

/// The parameter that tells of what has happened.
const TOLD: &str = "told";

/// The parameter of somebody else.
const ANOTHER: &str = "another";

/// The account is confirmed.
pub const CONFIRMED: &str = "confirmed";

/// A provider signed nobody in; its name follows.
pub const FAILED: &str = "failed:";

/// The password is another one.
pub const CHANGED: &str = "changed";

impl<'a> Site<'a> {
    /// The pages of the pool that a request names.
    ///
    /// # Errors
    /// What is answered where there is none.
    pub async fn of(app: &'a Data<App>, request: &HttpRequest, parameters: &Parameters) -> Result<Self, Unanswerable> {
        let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let named = parameters.get("lang").or_else(|| parameters.get("ui_locales")).unwrap_or_default();
        let language = Language::choose(named, header.unwrap_or_default()).unwrap_or_default();
        match Place::of(app, request).await {
            Ok(Some(place)) => Ok(Self { app, place, language }),
            Ok(None) => Err(Unanswerable(nowhere(language, StatusCode::NOT_FOUND, |words| &words.problems.missing))),
            Err(error) => {
                tracing::error!(error = %Causes(&error), "a pool could not be read");
                Err(Unanswerable(nowhere(language, StatusCode::INTERNAL_SERVER_ERROR, |words| &words.problems.failed)))
            }
        }
    }

    /// The words of the pages.
    pub fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// A page that leads nowhere.
    pub fn trouble(&self, trouble: Trouble) -> HttpResponse {
        let problems = &self.words().problems;
        let (status, title, message) = match trouble {
            Trouble::Client => (StatusCode::BAD_REQUEST, &problems.title, &problems.client),
            Trouble::Redirect => (StatusCode::BAD_REQUEST, &problems.title, &problems.redirect),
            Trouble::Request => (StatusCode::BAD_REQUEST, &problems.title, &problems.request),
            Trouble::Failed => (StatusCode::INTERNAL_SERVER_ERROR, &problems.failed_title, &problems.failed),
        };
        let frame = bare(self.language, &self.place.pool.name);
        let page = Problem { frame, notice: None, title: title.clone(), message: message.clone(), way_on: None };
        pages::hosted(status, &page)
    }

    /// Our own failure: logged, and told to nobody.
    pub fn failed(&self, error: &(dyn Error + 'static)) -> HttpResponse {
        tracing::error!(error = %Causes(error), "a hosted page failed");
        self.trouble(Trouble::Failed)
    }
}

/// What stands around a page of no client.
pub fn bare(language: Language, name: &str) -> Frame {
    Frame {
        words: Words::of(language),
        language,
        name: name.to_owned(),
        style_url: None,
        logo_url: None,
        favicon_url: None,
        scheme: Scheme::System,
        languages: None,
    }
}

fn nowhere(language: Language, status: StatusCode, message: fn(&Words) -> &String) -> HttpResponse {
    let words = Words::of(language);
    let (title, message) = (words.problems.title.clone(), message(words).clone());
    pages::hosted(status, &Problem { frame: bare(language, "Passwright"), notice: None, title, message, way_on: None })
}

impl<'a> Visit<'a> {
    /// A browser at one of the pages that an authorization request leads to, which is in its query.
    ///
    /// # Errors
    /// [`Unanswerable`] where the request leads nowhere.
    pub async fn enter(app: &'a Data<App>, request: &'a HttpRequest, body: &[u8]) -> Result<Self, Unanswerable> {
        let query = request.query_string();
        Self::on(app, request, query, Parameters::parse(query.as_bytes()), Parameters::parse(body)).await
    }

    /// The same with the request in these parameters.
    ///
    /// # Errors
    /// [`Unanswerable`].
    pub async fn on(
        app: &'a Data<App>,
        request: &'a HttpRequest,
        query: &str,
        parameters: Parameters,
        form: Parameters,
    ) -> Result<Self, Unanswerable> {
        let site = Site::of(app, request, &parameters).await?;
        if form.has_nul() {
            return Err(Unanswerable(site.trouble(Trouble::Request)));
        }
        let (told, wants_another) = (parameters.get(TOLD).map(str::to_owned), parameters.get(ANOTHER).is_some());
        let at = if request.path().ends_with("/oauth2/authorize") { oauth::At::Begin } else { oauth::At::Pages };
        let parameters = oauth::resolved(app, &site.place.pool.id, parameters, at);
        let asked = Asked::read(&site, &parameters).await?;
        let origin = authz::origin(app, request);
        let pool_id = &site.place.pool.id;
        let browser = Browser::of(app, request, pool_id, origin.secure);
        let signed_in = match Kind::Session.read(request, pool_id, origin.secure) {
            Some(held) => browser::find(app, &site.place.pool, &PlainToken::presented(&held)).await,
            None => Ok(None),
        };
        let signed_in = signed_in.map_err(|error| Unanswerable(site.failed(&error)))?;
        // What is said once is not said again.
        let query = if told.is_some() || wants_another { without(query, &[TOLD, ANOTHER]) } else { query.to_owned() };
        Ok(Self {
            site,
            asked,
            origin,
            form,
            request,
            query,
            browser,
            signed_in,
            told,
            is_strange: false,
            wants_another,
            hint: OnceCell::new(),
        })
    }

    /// The deployment.
    pub const fn app(&self) -> &'a App {
        self.site.app
    }

    /// The words of the pages.
    pub fn words(&self) -> &'static Words {
        self.site.words()
    }

    /// Who is signed in, if that serves: for this client, for as long ago as the request takes, and for whom it expects.
    pub fn signed_in(&self) -> Option<&SignedIn> {
        let (asked, app) = (&self.asked, self.app());
        self.signed_in.as_ref().filter(|signed_in| {
            signed_in.serves(app, &asked.app_client.client)
                && asked.authorization.takes(signed_in.session.authenticated_at, app.now())
                && self.is_met(signed_in)
        })
    }

    /// The level that the client wishes for.
    fn wished(&self) -> Option<Target> {
        let names = acr_values(&self.site.place.pool.configuration.acr_configuration);
        Target::wished(self.asked.authorization.acr_values.as_deref()?, names)
    }

    /// Whether a sign-in has the level that the client wishes for, as far as its user can reach one. Where nobody may be asked, and of
    /// users whom a provider signs in, it is what it is.
    fn is_met(&self, signed_in: &SignedIn) -> bool {
        let (user, session) = (&signed_in.user, &signed_in.session);
        let is_what_it_is = self.asked.authorization.prompt == Prompt::Never || session.provider.is_some();
        let takes = |factor| matches!(factor, FirstFactor::Password | FirstFactor::PasswordSrp) || login::chooses(self);
        is_what_it_is || self.wished().is_none_or(|wished| target::is_met(&self.site.place.pool, user, &wished, &session.methods, takes))
    }

    /// Whom the request's `id_token_hint` means; `None` where it has none, or what it has is no token of this pool.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hint(&self) -> Result<Option<&Hint>, StoreError> {
        let Some(text) = &self.asked.authorization.id_token_hint else { return Ok(None) };
        let read = || hints::read(self.app(), &self.site.place.pool.id, text);
        Ok(self.hint.get_or_try_init(read).await?.as_ref())
    }

    /// Who is signed in, however long ago.
    pub const fn session(&self) -> Option<&SignedIn> {
        self.signed_in.as_ref()
    }

    /// The way into a sign-in.
    ///
    /// # Errors
    /// [`SignInRefused::AddressBlocked`].
    pub async fn entrance(&self) -> Result<Entrance<'_>, SignInRefused> {
        Entrance::at_own_pages(self.app(), self.asked.app_client.clone(), &self.origin, self.wished()).await
    }

    /// The authorization request.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The address of another page with another request, for somebody else than who is signed in.
    pub fn another_at(&self, page: &str, query: &str) -> String {
        format!("{}?{query}&{ANOTHER}=1", self.site.place.path(page))
    }

    /// An answer that has the browser known from now on, if it was not.
    pub fn known(&self, mut answer: HttpResponse) -> HttpResponse {
        if self.browser.is_new {
            set(&mut answer, &self.browser.cookie(&self.site.place.pool.id, self.origin.secure));
        }
        answer
    }

    /// The address of another page of this visit.
    pub fn to(&self, page: &str) -> String {
        format!("{}?{}", self.site.place.path(page), self.query)
    }

    /// The same for somebody else than who is signed in.
    pub fn to_another(&self, page: &str) -> String {
        self.another_at(page, &self.query)
    }

    /// Sends the browser to another page of this visit, which tells of what has happened.
    pub fn go_told(&self, page: &str, what: &str) -> HttpResponse {
        see_other(&format!("{}&{TOLD}={what}", self.to(page)))
    }

    /// What has happened, if anything.
    fn told(&self) -> Option<Notice> {
        let words = self.words();
        match self.told.as_deref() {
            Some(CONFIRMED) => Some(Notice::Done(words.sign_up.confirmed.clone())),
            Some(CHANGED) => Some(Notice::Done(words.password.changed.clone())),
            // Whoever writes the address says nothing here but a name that the pool itself has given.
            Some(told) => {
                let providers = &self.asked.app_client.client.configuration.supported_identity_providers;
                let name = told.strip_prefix(FAILED).filter(|name| providers.iter().any(|provider| provider == name))?;
                Some(Notice::Elsewhere(words.errors.provider_failed.with(name)))
            }
            _ => None,
        }
    }

    /// What stands around a page.
    pub async fn frame(&self) -> Frame {
        let asked = &self.asked;
        let look = style::look(self.app(), &self.site.place, &asked.app_client).await;
        let here = self.request.path().rsplit('/').next().unwrap_or("login");
        let rest = without(&self.query, &["lang"]);
        let fields = form_urlencoded::parse(rest.as_bytes()).into_owned().collect();
        let languages = Some(Languages { path: self.site.place.path(here), fields });
        Frame {
            style_url: look.style_url,
            logo_url: look.logo_url,
            favicon_url: look.favicon_url,
            scheme: look.scheme,
            languages,
            ..bare(self.site.language, &asked.app_client.client.name)
        }
    }

    /// A form that is sent to a page of this visit.
    pub fn form_to(&self, page: &str) -> Form {
        Form { action: self.to(page), token: self.form_token() }
    }

    /// What its forms are known by: which browser it is.
    pub fn form_token(&self) -> String {
        self.browser.form_token(self.app(), &self.site.place.pool.id)
    }

    /// Whether what is posted comes from a form of this browser.
    pub fn is_own_form(&self) -> bool {
        self.browser.is_own_form(self.app(), &self.site.place.pool.id, self.form.get("form_token"))
    }

    /// The same visit, of which nothing that is posted counts: it came from no form of this browser.
    pub fn of_a_stranger(self) -> Self {
        Self { is_strange: true, form: Parameters::default(), ..self }
    }

    /// What is said of a form that cannot be taken.
    pub fn stale(&self) -> Notice {
        let words = self.words();
        // A browser that keeps no cookies never gets past its first form.
        Notice::Error(if self.browser.is_new { words.problems.cookies.clone() } else { words.errors.page_expired.clone() })
    }

    /// What a page has to say by itself: that its form was a stranger's, or what has happened elsewhere.
    pub fn notice(&self) -> Option<Notice> {
        if self.is_strange { Some(self.stale()) } else { self.told() }
    }

    /// A page, as this browser is answered.
    pub fn page(&self, page: &impl Template) -> HttpResponse {
        self.page_with(StatusCode::OK, page)
    }

    /// The same for a form that is shown again because something in it is wrong.
    pub fn page_again(&self, is_wrong: bool, page: &impl Template) -> HttpResponse {
        self.page_with(if is_wrong { StatusCode::BAD_REQUEST } else { StatusCode::OK }, page)
    }

    fn page_with(&self, status: StatusCode, page: &impl Template) -> HttpResponse {
        self.known(pages::hosted(status, page))
    }

    /// Sends the browser to another page of this visit.
    pub fn go(&self, page: &str) -> HttpResponse {
        see_other(&self.to(page))
    }

    /// Where its sign-in stands, as long as that is true.
    pub fn step(&self) -> Option<Step> {
        let held = Kind::Step.read(self.request, &self.site.place.pool.id, self.origin.secure)?;
        Step::open(self.app(), &self.asked.app_client, &self.browser, &held)
    }

    /// What anybody's passkey was asked to sign on the first page. It is held apart: another tab's first page takes nobody's step away.
    pub fn passkey_step(&self) -> Option<Step> {
        let held = Kind::Passkey.read(self.request, &self.site.place.pool.id, self.origin.secure)?;
        Step::open(self.app(), &self.asked.app_client, &self.browser, &held)
    }

    /// Has the browser hold what anybody's passkey is asked to sign, with the page that asks.
    pub fn at_passkey(&self, page: HttpResponse, step: &Step) -> HttpResponse {
        self.holding(Kind::Passkey, page, step)
    }

    /// Has the browser hold where its sign-in stands, and go on there.
    pub fn go_on(&self, step: &Step) -> HttpResponse {
        self.at_step(self.go(step.page()), step)
    }

    /// Has the browser hold where its sign-in stands, with a page.
    pub fn at_step(&self, page: HttpResponse, step: &Step) -> HttpResponse {
        self.holding(Kind::Step, page, step)
    }

    fn holding(&self, kind: Kind, mut page: HttpResponse, step: &Step) -> HttpResponse {
        match step.seal(self.app(), &self.asked.app_client, &self.browser) {
            Ok(held) => {
                set(&mut page, &kind.with(&self.site.place.pool.id, self.origin.secure, held, None));
                page
            }
            Err(error) => self.site.failed(&error),
        }
    }

    /// Has the browser hold that it is signed in, in place of what it held before.
    pub async fn signed_in_as(&self, held: &PlainToken) -> Result<Cookie<'static>, StoreError> {
        let (pool_id, secure) = (&self.site.place.pool.id, self.origin.secure);
        if let Some(before) = Kind::Session.read(self.request, pool_id, secure) {
            browser::end(self.app(), pool_id, &PlainToken::presented(&before)).await?;
        }
        let lives = browser::lives(&self.asked.app_client.client);
        Ok(Kind::Session.with(pool_id, secure, held.expose_secret().to_owned(), Some(lives)))
    }

    /// Has the browser forget where its sign-in stood.
    pub fn without_step(&self, mut answer: HttpResponse) -> HttpResponse {
        set(&mut answer, &Kind::Step.without(&self.site.place.pool.id, self.origin.secure));
        answer
    }

    /// The same, unless the answer itself has the browser hold another step.
    pub fn past_its_step(&self, answer: HttpResponse) -> HttpResponse {
        let step = Kind::Step.without(&self.site.place.pool.id, self.origin.secure);
        let holds_another = answer.cookies().any(|cookie| cookie.name() == step.name());
        if holds_another { answer } else { self.without_step(answer) }
    }

    /// Takes a step that somebody may be guessing by. SECURITY: what is refused is counted to the address as a refused sign-in is,
    /// and at a pool that is guessed at it costs more. `None` where nothing is left to the address.
    pub async fn guess<T, E>(&self, step: impl Future<Output = Result<T, E>>, is_guess: impl Fn(&E) -> bool) -> Option<Result<T, E>> {
        let app = self.app();
        let judge = async |refused: &E| if is_guess(refused) { Guess::At(self.site.place.pool.id.clone()) } else { Guess::No };
        app.budgets.guess(self.origin.source_ip, app.now(), step, judge).await
    }

    /// Whether the address may still have something sent to somebody, or make an account: it has spent one of that.
    #[must_use]
    pub fn may_send(&self) -> bool {
        self.app().budgets.spend(PerAddress::SignUps, self.origin.source_ip, self.app().now())
    }
}

/// Sets a cookie.
pub fn set(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    // One that cannot be written is none: its value is ours, of characters that cookies take.
    let _ = response.add_cookie(cookie);
}

/// Sends a browser on, by GET.
pub fn see_other(location: &str) -> HttpResponse {
    let mut response = pages::bare(StatusCode::SEE_OTHER);
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
