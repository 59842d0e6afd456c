//! `/challenge` and `/mfa`: what a sign-in asks after its first page, whatever that is.

use std::collections::BTreeMap;

use actix_web::HttpResponse;

use super::login::{is_guess, went_on};
use super::say;
use super::sign_up::{Typed, field, rules};
use super::step::{Ask, SentCode, Step};
use super::view::{
    ChooseFactor, Code, CodeKind, Factor, NewPassword, Notice, Offer, Passkey, Password, SelectMfa, SetUp, SetUpEmail, SetUpTotp, WhyNew,
};
use super::visit::Visit;
use crate::flows::sign_in::{self, Answer, Chosen, Outcome, SignInRefused};
use crate::userpools::first_factor::FirstFactor;
use crate::userpools::recovery;
use crate::userpools::second_factor::SecondFactor;

/// `GET /{pool}/challenge`
pub async fn show(visit: &Visit<'_>) -> HttpResponse {
    match visit.step() {
        Some(step) => shown(visit, &step, None).await,
        None => visit.go("login"),
    }
}

/// `POST /{pool}/challenge`
pub async fn take(visit: &Visit<'_>) -> HttpResponse {
    let Some(step) = visit.step() else { return visit.go("login") };
    match answered(visit, &step).await {
        Ok(answer) => answer,
        Err(text) => shown(visit, &step, Some(Notice::Error(text))).await,
    }
}

/// Answers what was asked; what is refused is told in the visitor's words.
async fn answered(visit: &Visit<'_>, step: &Step) -> Result<HttpResponse, String> {
    let (app, words) = (visit.app(), visit.words());
    let typed = |name: &str| visit.form.get(name).unwrap_or_default().trim().to_owned();
    let choice = || visit.form.get("choice").unwrap_or_default();
    match &step.ask {
        Ask::Factor { session, .. } => {
            let factor = FirstFactor::parse(choice()).ok_or_else(|| words.errors.required.clone())?;
            respond(visit, step, session, Answer::SelectFirst(Chosen { factor, password: None, public: None })).await
        }
        Ask::Password { session } => {
            let password = visit.form.get("password").unwrap_or_default().to_owned().into();
            let chosen = Chosen { factor: FirstFactor::Password, password: Some(password), public: None };
            respond(visit, step, session, Answer::First(chosen)).await
        }
        Ask::Code { session, code, .. } => {
            let typed = typed("code");
            let answer = match code {
                SentCode::EmailOtp | SentCode::EmailMfa => Answer::EmailCode { code: typed },
                SentCode::SmsOtp => Answer::SmsOtp { code: typed },
                SentCode::SmsMfa => Answer::SmsMfa { code: typed },
            };
            respond(visit, step, session, answer).await
        }
        Ask::Passkey { session, .. } => {
            let credential = visit.form.get("credential").unwrap_or_default().to_owned();
            respond(visit, step, session, Answer::Passkey { credential }).await
        }
        Ask::SoftwareToken { session, .. } => respond(visit, step, session, Answer::SoftwareToken { code: typed("code") }).await,
        Ask::SecondFactor { session, .. } => {
            let factor = SecondFactor::parse(choice()).ok_or_else(|| words.errors.required.clone())?;
            respond(visit, step, session, Answer::SelectMfa { factor }).await
        }
        Ask::SetUp { session, offered } => match SecondFactor::parse(choice()).filter(|factor| offered.contains(factor)) {
            Some(factor) => set_up(visit, step, session, factor).await,
            None => Err(words.errors.required.clone()),
        },
        Ask::SetUpSoftwareToken { session, .. } => {
            let (code, name) = (typed("code"), typed("device_name"));
            let device_name = Some(name.as_str()).filter(|name| !name.is_empty());
            let verified = sign_in::verify(app, session, &code, device_name).await.map_err(|refused| say::enrolment(words, &refused))?;
            respond(visit, step, &verified, Answer::MfaSetup { email: None }).await
        }
        Ask::SetUpEmail { session } => respond(visit, step, session, Answer::MfaSetup { email: Some(typed("email")) }).await,
        Ask::NewPassword { session, missing, .. } => {
            let password = visit.form.get("password").unwrap_or_default().to_owned().into();
            let attributes: BTreeMap<String, String> = missing.iter().map(|name| (name.clone(), typed(name))).collect();
            respond(visit, step, session, Answer::NewPassword { password, attributes }).await
        }
        // They have pages of their own.
        Ask::AnyPasskey { .. } | Ask::ConfirmSignUp { .. } | Ask::Consent { .. } | Ask::Reset { .. } => Ok(visit.go(step.page())),
    }
}

async fn respond(visit: &Visit<'_>, step: &Step, session: &str, answer: Answer) -> Result<HttpResponse, String> {
    // A sign-in's future is large, and others stand around it.
    let responding = Box::pin(async {
        let entrance = visit.entrance().await?;
        sign_in::respond(&entrance, &step.username, session, answer).await
    });
    let outcome: Result<Outcome, SignInRefused> = visit.guess(responding, is_guess).await.unwrap_or(Err(SignInRefused::Locked));
    let said = |refused: SignInRefused| say::sign_in(visit.words(), &visit.site.place.pool, &refused);
    went_on(visit, &step.username, outcome).await.map_err(said)
}

/// Begins to set up a second factor.
async fn set_up(visit: &Visit<'_>, step: &Step, session: &str, factor: SecondFactor) -> Result<HttpResponse, String> {
    let (app, words) = (visit.app(), visit.words());
    let ask = match factor {
        SecondFactor::SoftwareToken => {
            let (secret, session) = sign_in::associate(app, session).await.map_err(|refused| say::enrolment(words, &refused))?;
            Ask::SetUpSoftwareToken { session, secret }
        }
        SecondFactor::Email => Ask::SetUpEmail { session: session.to_owned() },
        // Numbers are given at sign-up, or by an administrator.
        SecondFactor::Sms => return Err(words.errors.not_now.clone()),
    };
    Ok(visit.go_on(&Step::new(app, &step.username, ask)))
}

/// The page of a step.
async fn shown(visit: &Visit<'_>, step: &Step, notice: Option<Notice>) -> HttpResponse {
    let notice = notice.or_else(|| visit.notice());
    let (frame, form, username) = (visit.frame().await, visit.form_to(step.page()), step.username.clone());
    let (start_over, pool) = (visit.to("login"), &visit.site.place.pool);
    let is_wrong = notice.as_ref().is_some_and(Notice::is_error);
    let words = visit.words();
    let code_page = |(kind, destination, device_name)| {
        let (frame, form, start_over) = (frame.clone(), form.clone(), start_over.clone());
        let (code_error, resend, other_way) = (error_of(&notice), None, None);
        let page = Code { frame, form, notice: None, kind, destination, device_name, code_error, resend, other_way, start_over };
        visit.page_again(is_wrong, &page)
    };
    match step.ask.clone() {
        Ask::Factor { offered, .. } => {
            // A proof of the password is for programs.
            let offered = offered.into_iter().filter(|factor| *factor != FirstFactor::PasswordSrp).map(first_offer).collect();
            visit.page_again(is_wrong, &ChooseFactor { frame, form, notice, username, offered, start_over })
        }
        Ask::Password { .. } => {
            let forgot = recovery::kinds(&pool.configuration).map(|_| visit.to("forgotPassword"));
            visit.page_again(is_wrong, &Password { frame, form, notice, username, forgot, other_way: None, start_over })
        }
        Ask::Code { code, destination, .. } => code_page((kind_of(code), Some(destination), None)),
        Ask::SoftwareToken { device_name, .. } => code_page((CodeKind::SoftwareToken, None, device_name)),
        Ask::Passkey { options, .. } => {
            visit.page_again(is_wrong, &Passkey { frame, form, notice, username, options, other_way: None, start_over })
        }
        Ask::SecondFactor { offered, .. } => {
            let offered = offered.into_iter().map(second_offer).collect();
            visit.page_again(is_wrong, &SelectMfa { frame, form, notice, username, offered, start_over })
        }
        Ask::SetUp { offered, .. } => {
            let offered = offered.into_iter().filter(|factor| *factor != SecondFactor::Sms).map(second_offer).collect();
            visit.page_again(is_wrong, &SetUp { frame, form, notice, username, offered, start_over })
        }
        Ask::SetUpSoftwareToken { secret, .. } => {
            let uri = otpauth(&frame.name, &username, &secret);
            let (qr_svg, code_error) = (qr(&uri), error_of(&notice));
            let (device_name, other_way) = (visit.form.get("device_name").unwrap_or_default().to_owned(), None);
            let page = SetUpTotp { frame, form, notice: None, qr_svg, secret, uri, device_name, code_error, other_way, start_over };
            visit.page_again(is_wrong, &page)
        }
        Ask::SetUpEmail { .. } => {
            let (email, email_error) = (visit.form.get("email").unwrap_or_default().to_owned(), error_of(&notice));
            visit.page_again(is_wrong, &SetUpEmail { frame, form, notice: None, email, email_error, other_way: None, start_over })
        }
        Ask::NewPassword { missing, is_first, .. } => {
            let fields = missing.iter().map(|name| field(words, name, &Typed::in_form(&visit.form), true)).collect();
            let reason = if is_first { WhyNew::First } else { WhyNew::Expired };
            let (rules, password_error) = (rules(words, pool), error_of(&notice));
            visit.page_again(
                is_wrong,
                &NewPassword { frame, form, notice: None, username, reason, rules, password_error, fields, start_over },
            )
        }
        Ask::AnyPasskey { .. } | Ask::ConfirmSignUp { .. } | Ask::Consent { .. } | Ask::Reset { .. } => visit.go(step.page()),
    }
}

const fn kind_of(code: SentCode) -> CodeKind {
    match code {
        SentCode::EmailOtp => CodeKind::EmailOtp,
        SentCode::SmsOtp => CodeKind::SmsOtp,
        SentCode::EmailMfa => CodeKind::EmailMfa,
        SentCode::SmsMfa => CodeKind::SmsMfa,
    }
}

fn error_of(notice: &Option<Notice>) -> Option<String> {
    notice.as_ref().filter(|notice| notice.is_error()).map(|notice| notice.text().to_owned())
}

fn first_offer(factor: FirstFactor) -> Offer {
    let kind = match factor {
        FirstFactor::Password | FirstFactor::PasswordSrp => Factor::Password,
        FirstFactor::EmailOtp => Factor::Email,
        FirstFactor::SmsOtp => Factor::TextMessage,
        FirstFactor::WebAuthn => Factor::Passkey,
    };
    Offer { value: factor.as_str().to_owned(), factor: kind, destination: None }
}

fn second_offer(factor: SecondFactor) -> Offer {
    let kind = match factor {
        SecondFactor::SoftwareToken => Factor::App,
        SecondFactor::Email => Factor::Email,
        SecondFactor::Sms => Factor::TextMessage,
    };
    Offer { value: factor.as_str().to_owned(), factor: kind, destination: None }
}

/// What an authenticator reads (Google Authenticator, "Key Uri Format").
fn otpauth(issuer: &str, account: &str, secret: &str) -> String {
    let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let (issuer, account) = (escaped(issuer), escaped(account));
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
}

/// A QR code as SVG; empty where the text is too long for one, and the secret is there to be typed.
fn qr(text: &str) -> String {
    use fast_qr::convert::Builder as _;
    use fast_qr::convert::svg::SvgBuilder;
    fast_qr::QRBuilder::new(text).build().map(|code| SvgBuilder::default().margin(0).to_str(&code)).unwrap_or_default()
}
