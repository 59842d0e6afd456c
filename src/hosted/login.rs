//! `/login`: the page that a person sees first.

use actix_web::HttpResponse;

use super::authorize::is_expected;
use super::federate;
use super::give;
use super::say;
use super::step::{Ask, Step};
use super::view::{ChooseAccount, Form, NameKind, Notice, SignIn};
use super::visit::{Visit, set};
use crate::crypto::digest::PlainToken;
use crate::flows::browser;
use crate::flows::confirm_sign_up;
use crate::flows::sign_in::{self, Begin, Outcome, SignInRefused};
use crate::userpools::authorization::Prompt;
use crate::userpools::challenge::{Barred, Flow};
use crate::userpools::first_factor::{self, FirstFactor};
use crate::userpools::identity_provider::OWN;
use crate::userpools::pool::Pool;
use crate::userpools::recovery;
use crate::userpools::user::User;

/// The longest text that is looked at as a name, in bytes. No name is as long, and a browser holds it in its cookie.
const LONGEST_NAME: usize = 1024;

/// `GET /{pool}/login`
pub async fn show(visit: &Visit<'_>) -> HttpResponse {
    shown(visit, None, None).await
}

/// `POST /{pool}/login`: the name, and the password where it is asked for beside it; or going on as who is signed in.
pub async fn take(visit: &Visit<'_>) -> HttpResponse {
    if let Some(credential) = visit.form.get("credential") {
        return by_passkey(visit, credential).await;
    }
    let Some(username) = visit.form.get("username").map(str::trim).filter(|name| !name.is_empty()) else {
        let goes_on = visit.asked.authorization.prompt != Prompt::Login && !visit.wants_another;
        return match visit.signed_in().filter(|_| goes_on) {
            Some(signed_in) if visit.form.get("password").is_none() => give::granted(visit, signed_in).await,
            _ => shown(visit, Some(Notice::Error(visit.words().errors.wrong_login.clone())), None).await,
        };
    };
    if username.len() > LONGEST_NAME {
        return shown(visit, Some(Notice::Error(visit.words().errors.wrong_login.clone())), None).await;
    }
    if visit.form.get("password").is_none()
        && let Some(provider) = federate::of_address(visit, username).await
    {
        return federate::leave(visit, &provider, Some(username)).await;
    }
    if !takes_own_users(visit) {
        return shown(visit, Some(Notice::Error(visit.words().errors.not_now.clone())), None).await;
    }
    let begun = visit.guess(Box::pin(begin(visit, username)), is_guess).await.unwrap_or(Err(SignInRefused::Locked));
    match went_on(visit, username, begun).await {
        Ok(answer) => answer,
        Err(refused) => {
            let notice = Notice::Error(say::sign_in(visit.words(), &visit.site.place.pool, &refused));
            shown(visit, Some(notice), Some(username)).await
        }
    }
}

/// Signs in whoever's passkey answered to the page.
async fn by_passkey(visit: &Visit<'_>, credential: &str) -> HttpResponse {
    let words = visit.words();
    let Some(Ask::AnyPasskey { session }) = visit.passkey_step().map(|step| step.ask) else {
        return shown(visit, Some(visit.stale()), None).await;
    };
    let answering = Box::pin(async { sign_in::answer_anybody(&visit.entrance().await?, &session, credential).await });
    let outcome = visit.guess(answering, is_guess).await.unwrap_or(Err(SignInRefused::Locked));
    match went_on(visit, "", outcome).await {
        Ok(answer) => answer,
        Err(SignInRefused::Incorrect) => shown(visit, Some(Notice::Error(words.errors.passkey_refused.clone())), None).await,
        Err(refused) => {
            let notice = Notice::Error(say::sign_in(words, &visit.site.place.pool, &refused));
            shown(visit, Some(notice), None).await
        }
    }
}

async fn begin(visit: &Visit<'_>, username: &str) -> Result<Outcome, SignInRefused> {
    let entrance = visit.entrance().await?;
    let username = username.to_owned();
    let begin = if chooses(visit) {
        Begin::Choice { username, preferred: None, confirmed: None, level: None }
    } else {
        let password = visit.form.get("password").unwrap_or_default().to_owned().into();
        Begin::Password { flow: Flow::Hosted, username, password }
    };
    sign_in::begin(&entrance, begin).await
}

/// Whether the client takes users of the pool itself.
pub fn takes_own_users(visit: &Visit<'_>) -> bool {
    visit.asked.app_client.client.configuration.takes_users_of(OWN)
}

/// Whether the client's users choose what they begin with, and the pool has more for them than the password.
pub fn chooses(visit: &Visit<'_>) -> bool {
    let (pool, client) = (&visit.asked.app_client.pool, &visit.asked.app_client.client);
    let is_of_password = |factor: &FirstFactor| matches!(factor, FirstFactor::Password | FirstFactor::PasswordSrp);
    Flow::Choice.is_taken_by(&client.configuration) && !first_factor::of_pool(pool).iter().all(is_of_password)
}

/// Whether what was refused may have been a guess.
pub const fn is_guess(refused: &SignInRefused) -> bool {
    !matches!(refused, SignInRefused::Busy | SignInRefused::Failed(_) | SignInRefused::Trigger(_) | SignInRefused::NoSuchClient(_))
}

/// What a step of a sign-in leads to.
///
/// # Errors
/// [`SignInRefused`] that the page which the step was taken at is to tell of.
pub async fn went_on(visit: &Visit<'_>, username: &str, outcome: Result<Outcome, SignInRefused>) -> Result<HttpResponse, SignInRefused> {
    let app = visit.app();
    match outcome {
        Ok(Outcome::Asked(asked)) => Ok(visit.go_on(&Step::of(app, username, asked)?)),
        Ok(Outcome::BrowserSignedIn { session, .. }) => signed_in(visit, &session).await,
        Ok(Outcome::SignedIn { .. }) => Err(SignInRefused::Session(sign_in::SessionRefused::Invalid)),
        // The password was right: what is missing is the code, which goes out anew as far as the address may have it sent.
        Err(SignInRefused::Barred(Barred::NotConfirmed)) => {
            let delivery = match visit.may_send() {
                true => confirm_sign_up::resend(app, &visit.asked.app_client, username).await.ok(),
                false => None,
            };
            Ok(visit.go_on(&Step::confirm(app, username, delivery, None)))
        }
        Err(refused) => Err(refused),
    }
}

/// The browser is signed in: it holds so from now on, and goes back to its client.
///
/// # Errors
/// [`SignInRefused::Failed`].
pub async fn signed_in(visit: &Visit<'_>, held: &PlainToken) -> Result<HttpResponse, SignInRefused> {
    let app = visit.app();
    let cookie = visit.signed_in_as(held).await?;
    let found = browser::find(app, &visit.site.place.pool, held).await?;
    // What the browser held of its way here is over, but for what the answer itself has it hold.
    let mut answer = visit.past_its_step(match found {
        Some(signed_in) => give::granted(visit, &signed_in).await,
        None => visit.go("login"),
    });
    set(&mut answer, &cookie);
    Ok(answer)
}

/// The page.
async fn shown(visit: &Visit<'_>, notice: Option<Notice>, username: Option<&str>) -> HttpResponse {
    let asked = &visit.asked;
    let notice = notice.or_else(|| visit.notice());
    let is_other = visit.form.get("form_token").is_some() || visit.wants_another;
    if let Some(signed_in) = visit.signed_in()
        && notice.is_none()
        && !is_other
        && asked.authorization.prompt != Prompt::Login
        && is_expected(visit, signed_in).await
    {
        let account = name_of(&signed_in.user);
        let page = ChooseAccount {
            frame: visit.frame().await,
            form: visit.form_to("login"),
            notice: None,
            account,
            other: visit.to_another("login"),
        };
        return visit.page(&page);
    }
    let pool = &visit.site.place.pool;
    let passkey = if chooses(visit) && takes_own_users(visit) { sign_in::ask_anybody(visit.app(), &asked.app_client).ok() } else { None };
    let (session, passkey_options) = passkey.unzip();
    let page = SignIn {
        frame: visit.frame().await,
        form: takes_own_users(visit).then(|| {
            let form = visit.form_to("login");
            // Who signs in as somebody else does not go on as who is signed in.
            if visit.signed_in().is_some() { Form { action: visit.to_another("login"), ..form } } else { form }
        }),
        notice,
        name_kind: name_kind(pool),
        username: username.or(asked.authorization.login_hint.as_deref()).unwrap_or_default().to_owned(),
        asks_password: !chooses(visit),
        forgot: recovery::kinds(&pool.configuration).map(|_| visit.to("forgotPassword")),
        sign_up: (takes_own_users(visit) && !pool.configuration.admin_create_user_only()).then(|| visit.to("signup")),
        providers: federate::offered(visit).await,
        passkey_options,
    };
    let is_wrong = page.notice.as_ref().is_some_and(Notice::is_error);
    let answer = visit.page_again(is_wrong, &page);
    match session {
        Some(session) => visit.at_passkey(answer, &Step::new(visit.app(), "", Ask::AnyPasskey { session })),
        None => answer,
    }
}

/// What somebody calls their account.
fn name_of(user: &User) -> String {
    let email = user.attributes.get("email").filter(|email| !email.is_empty());
    email.unwrap_or(&user.username).clone()
}

/// What a pool's users sign in by.
pub fn name_kind(pool: &Pool) -> NameKind {
    let has = |list: &[String], name: &str| list.iter().any(|one| one == name);
    let (names, aliases) = (&pool.configuration.username_attributes, &pool.configuration.alias_attributes);
    if !names.is_empty() {
        return match (has(names, "email"), has(names, "phone_number")) {
            (true, true) => NameKind::EmailOrPhone,
            (true, false) => NameKind::Email,
            _ => NameKind::Phone,
        };
    }
    match (has(aliases, "email"), has(aliases, "phone_number")) {
        (true, true) => NameKind::Any,
        (true, false) => NameKind::UsernameOrEmail,
        (false, true) => NameKind::UsernameOrPhone,
        (false, false) => NameKind::Username,
    }
}
