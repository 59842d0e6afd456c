//! Every page with something on it, in each of its states, for whoever looks at all of them.

use askama::Template;

use super::*;
use crate::hosted::words::{Language, Words};

/// A page's name, and the page as HTML.
pub type Sample = (&'static str, String);

/// A PublicKeyCredentialRequestOptionsJSON.
const REQUEST: &str = r#"{"challenge":"AAAA","rpId":"localhost","allowCredentials":[],"userVerification":"preferred"}"#;

/// A PublicKeyCredentialCreationOptionsJSON.
const CREATION: &str = r#"{"challenge":"AAAA","rp":{"id":"localhost","name":"Notes"},"user":{"id":"AAAA","name":"ann","displayName":"ann"},"pubKeyCredParams":[{"type":"public-key","alg":-7}],"authenticatorSelection":{"residentKey":"required","userVerification":"preferred"}}"#;

/// Every page in a language. Every text that is not a catalogue's ends in `tail`.
pub fn all(language: Language, tail: &'static str) -> Vec<Sample> {
    let samples = Samples { language, words: Words::of(language), tail };
    [samples.sign_in(), samples.second_step(), samples.account(), samples.passkeys(), samples.leave()].concat()
}

struct Samples {
    language: Language,
    words: &'static Words,
    tail: &'static str,
}

fn html(page: &impl Template) -> String {
    page.render().unwrap()
}

/// Something that looks like one.
fn qr() -> String {
    let dark = |at: &u32| at.wrapping_mul(2_654_435_761) >> 31 == 1;
    let modules: String = (0..29 * 29).filter(dark).map(|at| format!("M{} {}h1v1h-1z", at % 29 + 4, at / 29 + 4)).collect();
    format!(r##"<svg viewBox="0 0 37 37"><path fill="#fff" d="M0 0h37v37H0z"/><path d="{modules}"/></svg>"##)
}

impl Samples {
    fn text(&self, text: &str) -> String {
        format!("{text}{}", self.tail)
    }

    fn url(&self, path: &str) -> String {
        self.text(&format!("/{path}?client_id=1"))
    }

    fn who(&self) -> String {
        self.text("ann@example.com")
    }

    fn mailbox(&self) -> Option<String> {
        Some(self.text("a***@e***.com"))
    }

    fn form(&self) -> Form {
        Form { action: self.text("/login"), token: self.text("t0k3n") }
    }

    fn error(&self, text: &str) -> Option<Notice> {
        Some(Notice::Error(self.text(text)))
    }

    fn frame(&self) -> Frame {
        Frame {
            words: self.words,
            language: self.language,
            name: self.text("Notes"),
            style_url: (!self.tail.is_empty()).then(|| self.url("style")),
            logo_url: (!self.tail.is_empty()).then(|| self.url("logo")),
            favicon_url: (!self.tail.is_empty()).then(|| self.url("icon")),
            scheme: Scheme::System,
            languages: Some(Languages { path: self.text("/login"), fields: vec![(self.text("client_id"), self.text("c"))] }),
        }
    }

    fn rules(&self) -> Vec<Rule> {
        let words = self.words;
        vec![Rule::length(words, 8), Rule::lowercase(words), Rule::uppercase(words), Rule::number(words), Rule::symbol(words)]
    }

    fn attribute(&self, name: &str) -> Field {
        Field::of_attribute(self.words, name)
    }

    fn providers(&self) -> Vec<Provider> {
        use ProviderKind::{Amazon, Apple, Facebook, Google, Oidc, Saml};
        [(Google, "Google"), (Apple, "Apple"), (Facebook, "Facebook"), (Amazon, "Amazon"), (Oidc, "Acme ID"), (Saml, "Contoso")]
            .map(|(kind, label)| Provider { kind, label: self.text(label), url: self.url("oauth2/authorize") })
            .to_vec()
    }

    fn offers(&self) -> Vec<Offer> {
        use Factor::{App, Email, Passkey, Password, TextMessage};
        [(Passkey, None), (Password, None), (Email, Some("a***@e***.com")), (TextMessage, Some("+*******0123")), (App, None)]
            .map(|(factor, to)| Offer { value: self.text(&format!("{factor:?}")), factor, destination: to.map(|to| self.text(to)) })
            .to_vec()
    }

    fn sign_in(&self) -> Vec<Sample> {
        let page = |name_kind| SignIn {
            frame: self.frame(),
            form: Some(self.form()),
            notice: None,
            name_kind,
            username: String::new(),
            asks_password: true,
            forgot: Some(self.url("forgotPassword")),
            sign_up: Some(self.url("signup")),
            providers: Vec::new(),
            passkey_options: None,
        };
        let whole = SignIn { providers: self.providers(), passkey_options: Some(self.text(REQUEST)), ..page(NameKind::UsernameOrEmail) };
        let wrong = SignIn { notice: self.error(&self.words.errors.wrong_login), username: self.who(), ..page(NameKind::Email) };
        let first =
            SignIn { asks_password: false, forgot: None, providers: self.providers()[..2].to_vec(), ..page(NameKind::EmailOrPhone) };
        let passkey = SignIn { passkey_options: Some(self.text(REQUEST)), ..page(NameKind::Any) };
        let others = SignIn { form: None, sign_up: None, providers: self.providers()[4..].to_vec(), ..page(NameKind::Username) };
        let password = Password {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            forgot: Some(self.url("forgotPassword")),
            other_way: Some(self.url("factors")),
            start_over: self.url("login"),
        };
        let choose = ChooseFactor {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            offered: self.offers()[..4].to_vec(),
            start_over: self.url("login"),
        };
        let account = ChooseAccount { frame: self.frame(), form: self.form(), notice: None, account: self.who(), other: self.url("login") };
        vec![
            ("sign-in", html(&page(NameKind::Username))),
            ("sign-in-whole", html(&whole)),
            ("sign-in-wrong", html(&wrong)),
            ("sign-in-name-first", html(&first)),
            ("sign-in-passkey", html(&passkey)),
            ("sign-in-others", html(&others)),
            ("password", html(&password)),
            ("choose-factor", html(&choose)),
            ("choose-account", html(&account)),
        ]
    }

    fn second_step(&self) -> Vec<Sample> {
        let code = |kind| Code {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            kind,
            destination: self.mailbox(),
            device_name: Some(self.text("iPhone")),
            code_error: None,
            resend: Some(self.form()),
            other_way: Some(self.url("factors")),
            start_over: self.url("login"),
        };
        let app = Code { resend: None, notice: self.error(&self.words.errors.too_many_tries), ..code(CodeKind::SoftwareToken) };
        let wrong = Code { code_error: Some(self.text(&self.words.errors.code_wrong)), destination: None, ..code(CodeKind::SmsMfa) };
        let resent = Code { notice: Some(Notice::Done(self.text(&self.words.codes.resent))), ..code(CodeKind::EmailOtp) };
        let select = SelectMfa {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            offered: self.offers()[2..].to_vec(),
            start_over: self.url("login"),
        };
        let set_up = SetUp {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            offered: self.offers()[2..].to_vec(),
            start_over: self.url("login"),
        };
        let totp = SetUpTotp {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            qr_svg: qr(),
            secret: self.text("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
            uri: self.text("otpauth://totp/Notes:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Notes"),
            device_name: String::new(),
            code_error: None,
            other_way: None,
            start_over: self.url("login"),
        };
        let email = SetUpEmail {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            email: self.text("ann@"),
            email_error: Some(self.text(&self.words.errors.invalid_email)),
            other_way: Some(self.url("mfa")),
            start_over: self.url("login"),
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

    fn account(&self) -> Vec<Sample> {
        let (words, web) = (self.words, |path: &str| self.text(&format!("https://example.com/{path}")));
        let sign_up = |fields| SignUp {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            fields,
            asks_password: true,
            rules: self.rules(),
            password_error: None,
            terms: vec![
                (self.text(&words.sign_up.terms_of_use), web("terms")),
                (self.text(&words.sign_up.privacy_policy), web("privacy")),
                ("no link".to_owned(), "javascript:alert(1)".to_owned()),
            ],
            providers: Vec::new(),
            sign_in: self.url("login"),
        };
        let taken = Field {
            value: self.text("ann"),
            error: Some(self.text(&words.errors.name_taken)),
            ..Field::username(NameKind::Username, words)
        };
        let fields = vec![
            taken,
            self.attribute("email"),
            Field { hint: Some(self.text(&words.names.phone_hint)), ..self.attribute("phone_number") },
            Field { required: false, ..self.attribute("birthdate") },
            Field { required: false, ..self.attribute(&self.text("custom:home_town")) },
        ];
        let wrong = SignUp {
            password_error: Some(self.text(&words.errors.password_symbol)),
            providers: self.providers()[..1].to_vec(),
            ..sign_up(fields)
        };
        let confirm = Confirm {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            destination: self.mailbox(),
            code_error: None,
            resend: Some(self.form()),
            sign_in: self.url("login"),
        };
        let forgot = Forgot {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            name_kind: NameKind::Phone,
            username: String::new(),
            username_error: None,
            sign_in: self.url("login"),
        };
        let reset = Reset {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            destination: self.mailbox(),
            rules: self.rules(),
            code_error: None,
            password_error: None,
            resend: Some(self.form()),
            sign_in: self.url("login"),
        };
        let new_password = |reason, fields| NewPassword {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            reason,
            rules: self.rules(),
            password_error: None,
            fields,
            start_over: self.url("login"),
        };
        let names = vec![self.attribute("given_name"), self.attribute("family_name")];
        vec![
            ("sign-up", html(&sign_up(vec![self.attribute("email"), self.attribute("given_name")]))),
            ("sign-up-wrong", html(&wrong)),
            ("confirm", html(&confirm)),
            ("forgot", html(&forgot)),
            ("reset", html(&reset)),
            ("new-password-first", html(&new_password(WhyNew::First, names))),
            ("new-password-expired", html(&new_password(WhyNew::Expired, Vec::new()))),
        ]
    }

    fn passkeys(&self) -> Vec<Sample> {
        let passkey = Passkey {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            options: self.text(REQUEST),
            other_way: Some(self.url("factors")),
            start_over: self.url("login"),
        };
        let add = AddPasskey {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            options: self.text(CREATION),
            not_now: Some(self.url("on")),
        };
        vec![("passkey", html(&passkey)), ("add-passkey", html(&add))]
    }

    fn leave(&self) -> Vec<Sample> {
        let (words, scopes) = (self.words, &self.words.scopes);
        let consent = Consent {
            frame: self.frame(),
            form: self.form(),
            notice: None,
            username: self.who(),
            client_name: self.text("Sketchpad"),
            client_host: Some(self.text("sketchpad.example")),
            redirect_host: self.text("app.sketchpad.example"),
            scopes: [("openid", &scopes.openid), ("profile", &scopes.profile), ("email", &scopes.email)]
                .map(|(scope, text)| (self.text(scope), self.text(text)))
                .to_vec(),
            client_logo_url: None,
            links: vec![
                (self.text(&words.sign_up.privacy_policy), self.text("https://sketchpad.example/privacy")),
                ("no link".to_owned(), "javascript:alert(1)".to_owned()),
            ],
        };
        let device = DeviceCode { frame: self.frame(), form: self.form(), notice: None, user_code: String::new(), code_error: None };
        let done = |outcome| DeviceDone { frame: self.frame(), notice: None, outcome };
        let logging_out =
            LoggingOut { frame: self.frame(), form: self.form(), notice: None, username: Some(self.who()), stay: Some(self.url("stay")) };
        let signed_out = SignedOut { frame: self.frame(), notice: None, sign_in: Some(self.url("login")) };
        let problem = Problem {
            frame: self.frame(),
            notice: None,
            title: self.text(&words.problems.title),
            message: self.text(&words.problems.redirect),
            way_on: Some((self.text(&words.problems.back), self.url("back"))),
        };
        let fields = vec![(self.text("code"), self.text("a&b")), (self.text("state"), self.text("1"))];
        let form_post = FormPost { frame: self.frame(), notice: None, action: self.text("https://app.example/callback"), fields };
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
}
