//! Every page with something on it, for whoever looks at all of them.

use askama::Template;

use super::*;
use crate::hosted::words::{Language, Words};

/// A name, a page as HTML.
pub type Sample = (&'static str, String);

/// A name that wants to be more than a name.
const NAME: &str = "Notes";

const ADDRESS: &str = "ann@example.com";

/// Every page in a language, in each of its states.
pub fn all(language: Language) -> Vec<Sample> {
    let words = Words::of(language);
    let frame = frame(language);
    [sign_in(words, &frame), second_step(words, &frame), account(words, &frame), passkeys(words, &frame), leave(words, &frame)].concat()
}

/// What stands around them.
pub fn frame(language: Language) -> Frame {
    Frame {
        words: Words::of(language),
        language,
        name: NAME.to_owned(),
        style_url: None,
        logo_url: None,
        favicon_url: None,
        scheme: Scheme::System,
        languages: Language::ALL.map(|language| LanguageLink { language, url: format!("/login?lang={}", language.tag()) }).to_vec(),
    }
}

fn form() -> Form {
    Form { action: "/login".to_owned(), token: "t0k3n".to_owned() }
}

fn url(path: &str) -> String {
    format!("/{path}?client_id=1")
}

fn error(text: &str) -> Option<Notice> {
    Some(Notice::Error(text.to_owned()))
}

fn html(page: &impl Template) -> String {
    page.render().unwrap()
}

pub fn rules(words: &Words) -> Vec<Rule> {
    vec![Rule::length(words, 8), Rule::lowercase(words), Rule::uppercase(words), Rule::number(words), Rule::symbol(words)]
}

fn providers() -> Vec<Provider> {
    use ProviderKind::{Amazon, Apple, Facebook, Google, Oidc, Saml};
    [(Google, "Google"), (Apple, "Apple"), (Facebook, "Facebook"), (Amazon, "Amazon"), (Oidc, "Acme ID"), (Saml, "Contoso")]
        .map(|(kind, label)| Provider { kind, label: label.to_owned(), url: url("oauth2/authorize") })
        .to_vec()
}

fn offers() -> Vec<Offer> {
    use Factor::{App, Email, Passkey, Password, TextMessage};
    [(Passkey, None), (Password, None), (Email, Some("a***@e***.com")), (TextMessage, Some("+*******0123")), (App, None)]
        .map(|(factor, destination)| Offer { value: format!("{factor:?}"), factor, destination: destination.map(str::to_owned) })
        .to_vec()
}

pub const REQUEST: &str = r#"{"challenge":"AAAA","rpId":"localhost","allowCredentials":[],"userVerification":"preferred"}"#;
pub const CREATION: &str = r#"{"challenge":"AAAA","rp":{"id":"localhost","name":"Notes"},"user":{"id":"AAAA","name":"ann","displayName":"ann"},"pubKeyCredParams":[{"type":"public-key","alg":-7}],"authenticatorSelection":{"residentKey":"required","userVerification":"preferred"}}"#;

fn sign_in(words: &'static Words, frame: &Frame) -> Vec<Sample> {
    let page = |name_kind| SignIn {
        frame: frame.clone(),
        form: Some(form()),
        notice: None,
        name_kind,
        username: String::new(),
        asks_password: true,
        forgot: Some(url("forgotPassword")),
        sign_up: Some(url("signup")),
        providers: Vec::new(),
        passkey_options: None,
    };
    let whole = SignIn { providers: providers(), passkey_options: Some(REQUEST.to_owned()), ..page(NameKind::UsernameOrEmail) };
    let wrong = SignIn { notice: error(&words.errors.wrong_login), username: ADDRESS.to_owned(), ..page(NameKind::Email) };
    let first = SignIn { asks_password: false, forgot: None, providers: providers()[..2].to_vec(), ..page(NameKind::EmailOrPhone) };
    let others = SignIn { form: None, sign_up: None, providers: providers()[4..].to_vec(), ..page(NameKind::Username) };
    let password = Password {
        frame: frame.clone(),
        form: form(),
        notice: None,
        username: ADDRESS.to_owned(),
        forgot: Some(url("forgotPassword")),
        other_way: Some(url("factors")),
        start_over: url("login"),
    };
    let choose = ChooseFactor {
        frame: frame.clone(),
        form: form(),
        notice: None,
        username: ADDRESS.to_owned(),
        offered: offers()[..4].to_vec(),
        start_over: url("login"),
    };
    let account = ChooseAccount { frame: frame.clone(), form: form(), notice: None, account: ADDRESS.to_owned(), other: url("login") };
    vec![
        ("sign-in", html(&page(NameKind::Username))),
        ("sign-in-whole", html(&whole)),
        ("sign-in-wrong", html(&wrong)),
        ("sign-in-name-first", html(&first)),
        ("sign-in-others", html(&others)),
        ("password", html(&password)),
        ("choose-factor", html(&choose)),
        ("choose-account", html(&account)),
    ]
}

fn second_step(words: &'static Words, frame: &Frame) -> Vec<Sample> {
    let code = |kind| Code {
        frame: frame.clone(),
        form: form(),
        notice: None,
        kind,
        destination: Some("a***@e***.com".to_owned()),
        device_name: Some("iPhone".to_owned()),
        code_error: None,
        resend: Some(form()),
        other_way: Some(url("factors")),
        start_over: url("login"),
    };
    let app = Code { resend: None, notice: error(&words.errors.too_many_tries), ..code(CodeKind::SoftwareToken) };
    let wrong = Code { code_error: Some(words.errors.code_wrong.clone()), destination: None, ..code(CodeKind::SmsMfa) };
    let resent = Code { notice: Some(Notice::Done(words.codes.resent.clone())), ..code(CodeKind::EmailOtp) };
    let (username, start_over) = (ADDRESS.to_owned(), url("login"));
    let select = SelectMfa {
        frame: frame.clone(),
        form: form(),
        notice: None,
        username: username.clone(),
        offered: offers()[2..].to_vec(),
        start_over: start_over.clone(),
    };
    let set_up = SetUp { frame: frame.clone(), form: form(), notice: None, username, offered: offers()[2..].to_vec(), start_over };
    let totp = SetUpTotp {
        frame: frame.clone(),
        form: form(),
        notice: None,
        qr_svg: qr(),
        secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned(),
        uri: "otpauth://totp/Notes:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Notes".to_owned(),
        device_name: String::new(),
        code_error: None,
        other_way: None,
        start_over: url("login"),
    };
    let email = SetUpEmail {
        frame: frame.clone(),
        form: form(),
        notice: None,
        email: "ann@".to_owned(),
        email_error: Some(words.errors.invalid_email.clone()),
        other_way: Some(url("mfa")),
        start_over: url("login"),
    };
    vec![
        ("code", html(&code(CodeKind::EmailOtp))),
        ("code-resent", html(&resent)),
        ("code-wrong", html(&wrong)),
        ("code-app", html(&app)),
        ("select-mfa", html(&select)),
        ("set-up", html(&set_up)),
        ("set-up-totp", html(&totp)),
        ("set-up-email", html(&email)),
    ]
}

/// Something that looks like one.
fn qr() -> String {
    let mut path = String::new();
    for at in 0..29 * 29_u32 {
        if at.wrapping_mul(2_654_435_761) >> 31 == 1 {
            path.push_str(&format!("M{} {}h1v1h-1z", at % 29 + 4, at / 29 + 4));
        }
    }
    format!(
        r##"<svg viewBox="0 0 37 37" xmlns="http://www.w3.org/2000/svg"><path fill="#fff" d="M0 0h37v37H0z"/><path d="{path}"/></svg>"##
    )
}

fn account(words: &'static Words, frame: &Frame) -> Vec<Sample> {
    let attribute = |name| Field::of_attribute(words, name);
    let sign_up = |fields| SignUp {
        frame: frame.clone(),
        form: form(),
        notice: None,
        fields,
        asks_password: true,
        rules: rules(words),
        password_error: None,
        terms: vec![
            (words.sign_up.terms_of_use.clone(), "https://example.com/terms".to_owned()),
            (words.sign_up.privacy_policy.clone(), "https://example.com/privacy".to_owned()),
        ],
        providers: Vec::new(),
        sign_in: url("login"),
    };
    let taken =
        Field { value: "ann".to_owned(), error: Some(words.errors.name_taken.clone()), ..Field::username(NameKind::Username, words) };
    let wrong = SignUp {
        password_error: Some(words.errors.password_symbol.clone()),
        providers: providers()[..1].to_vec(),
        ..sign_up(vec![
            taken,
            attribute("email"),
            attribute("phone_number"),
            Field { required: false, ..attribute("birthdate") },
            Field { required: false, ..attribute("custom:team") },
        ])
    };
    let (username, destination) = (ADDRESS.to_owned(), Some("a***@e***.com".to_owned()));
    let confirm = Confirm {
        frame: frame.clone(),
        form: form(),
        notice: None,
        username: username.clone(),
        destination: destination.clone(),
        code_error: None,
        resend: Some(form()),
        sign_in: url("login"),
    };
    let forgot = Forgot {
        frame: frame.clone(),
        form: form(),
        notice: None,
        name_kind: NameKind::Phone,
        username: String::new(),
        username_error: None,
        sign_in: url("login"),
    };
    let reset = Reset {
        frame: frame.clone(),
        form: form(),
        notice: None,
        username: username.clone(),
        destination,
        rules: rules(words),
        code_error: None,
        password_error: None,
        resend: Some(form()),
        sign_in: url("login"),
    };
    let new_password = |reason, fields| NewPassword {
        frame: frame.clone(),
        form: form(),
        notice: None,
        username: username.clone(),
        reason,
        rules: rules(words),
        password_error: None,
        fields,
        start_over: url("login"),
    };
    vec![
        ("sign-up", html(&sign_up(vec![attribute("email"), attribute("given_name")]))),
        ("sign-up-wrong", html(&wrong)),
        ("confirm", html(&confirm)),
        ("forgot", html(&forgot)),
        ("reset", html(&reset)),
        ("new-password-first", html(&new_password(WhyNew::First, vec![attribute("given_name"), attribute("family_name")]))),
        ("new-password-expired", html(&new_password(WhyNew::Expired, Vec::new()))),
    ]
}

fn passkeys(_: &Words, frame: &Frame) -> Vec<Sample> {
    let passkey = Passkey {
        frame: frame.clone(),
        form: form(),
        notice: None,
        username: ADDRESS.to_owned(),
        options: REQUEST.to_owned(),
        other_way: Some(url("factors")),
        start_over: url("login"),
    };
    let add = AddPasskey {
        frame: frame.clone(),
        form: form(),
        notice: None,
        username: ADDRESS.to_owned(),
        options: CREATION.to_owned(),
        not_now: Some(url("on")),
    };
    vec![("passkey", html(&passkey)), ("add-passkey", html(&add))]
}

fn leave(words: &'static Words, frame: &Frame) -> Vec<Sample> {
    let consent = Consent {
        frame: frame.clone(),
        form: form(),
        notice: None,
        username: ADDRESS.to_owned(),
        client_name: "Sketchpad".to_owned(),
        client_host: Some("sketchpad.example".to_owned()),
        redirect_host: "app.sketchpad.example".to_owned(),
        scopes: [("openid", &words.scopes.openid), ("profile", &words.scopes.profile), ("email", &words.scopes.email)]
            .map(|(scope, text)| (scope.to_owned(), text.clone()))
            .to_vec(),
        client_logo_url: None,
        links: vec![
            (words.sign_up.privacy_policy.clone(), "https://sketchpad.example/privacy".to_owned()),
            ("no link".to_owned(), "javascript:alert(1)".to_owned()),
        ],
    };
    let device = DeviceCode { frame: frame.clone(), form: form(), notice: None, user_code: String::new(), code_error: None };
    let done = |outcome| DeviceDone { frame: frame.clone(), notice: None, outcome };
    let logging_out =
        LoggingOut { frame: frame.clone(), form: form(), notice: None, username: Some(ADDRESS.to_owned()), stay: Some(url("stay")) };
    let signed_out = SignedOut { frame: frame.clone(), notice: None, sign_in: Some(url("login")) };
    let problem = Problem {
        frame: frame.clone(),
        notice: None,
        title: words.problems.title.clone(),
        message: words.problems.redirect.clone(),
        way_on: None,
    };
    let fields = vec![("code".to_owned(), "a&b".to_owned()), ("state".to_owned(), "\"><script>".to_owned())];
    let form_post = FormPost { frame: frame.clone(), notice: None, action: "https://app.example/callback".to_owned(), fields };
    vec![
        ("consent", html(&consent)),
        ("device-code", html(&device)),
        ("device-done", html(&done(DeviceOutcome::Connected))),
        ("device-denied", html(&done(DeviceOutcome::Denied))),
        ("logging-out", html(&logging_out)),
        ("signed-out", html(&signed_out)),
        ("problem", html(&problem)),
        ("form-post", html(&form_post)),
    ]
}
