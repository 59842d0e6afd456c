//! Somebody whose browser a client sends to the pages of a pool, and the client.

use actix_web::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Answer, HOST, PASSWORD, TestApp, TestBrowser, TestPool};
use crate::crypto::digest::sha256;

/// Where the client's browsers come back to.
pub const CALLBACK: &str = "https://app.example/cb";

/// What the client keeps of its challenge.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Somebody's browser, on its way through the pages.
pub struct TestVisitor<'a> {
    /// The pool.
    pub pool: &'a TestPool<'a>,
    /// The browser.
    pub browser: TestBrowser<'a>,
    /// The host that it goes to, and what comes before the paths there.
    host: String,
    base: String,
}

impl TestApp {
    /// A pool with these members, whose client uses the OAuth endpoints, with these.
    pub async fn hosted_pool(&self, pool: Value, client: Value) -> TestPool<'_> {
        let mut usual = json!({"AllowedOAuthFlows": ["code"], "AllowedOAuthFlowsUserPoolClient": true, "CallbackURLs": [CALLBACK],
            "AllowedOAuthScopes": ["openid", "email", "profile", "aws.cognito.signin.user.admin"], "LogoutURLs": ["https://app.example/bye"]});
        usual.as_object_mut().unwrap().extend(client.as_object().unwrap().clone());
        self.pool_with(pool, usual).await
    }
}

impl<'a> TestPool<'a> {
    /// A browser that has never been here.
    pub fn visitor(&'a self) -> TestVisitor<'a> {
        TestVisitor { pool: self, browser: self.app.browser(), host: HOST.to_owned(), base: format!("/{}", self.id) }
    }

    /// What a browser carries here, with these parameters beside or in place of the usual ones; an empty one is left out.
    pub fn asking(&self, more: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(&[VERIFIER.as_bytes()]));
        let usual = [
            ("client_id", self.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid"),
            ("state", "the-state"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let kept = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let all = kept.chain(more.iter().copied()).filter(|(_, value)| !value.is_empty());
        form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish()
    }

    /// An endpoint, as a program calls it.
    pub async fn post(&self, endpoint: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers: Vec<_> =
            [("host", HOST), FORM].iter().chain(headers).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.app.send(Method::POST, &format!("/{}/{endpoint}", self.id), &headers, body.into_bytes()).await
    }

    /// The registration of a client by this metadata.
    pub async fn register(&self, headers: &[(&str, &str)], metadata: Value) -> Answer {
        let usual = [("host", HOST), ("content-type", "application/json")];
        let headers: Vec<_> = usual.iter().chain(headers).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.app.send(Method::POST, &format!("/{}/oauth2/register", self.id), &headers, metadata.to_string().into_bytes()).await
    }

    /// Exchanges a code, with these fields beside or in place of the usual ones; an empty one is left out.
    pub async fn exchange(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let usual = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client_id.as_str()),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let kept = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let all: Vec<_> = kept.chain(more.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
        self.post("oauth2/token", &[], &all).await
    }

    /// What the userInfo endpoint answers to a token.
    pub async fn user_info(&self, token: &Value) -> Answer {
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        let headers = [("host".to_owned(), HOST.to_owned()), ("authorization".to_owned(), bearer)];
        self.app.send(Method::GET, &format!("/{}/oauth2/userInfo", self.id), &headers, Vec::new()).await
    }
}

impl<'a> TestVisitor<'a> {
    /// The same visitor, who goes to a domain of the pool.
    pub fn at(self, host: &str) -> Self {
        Self { host: host.to_owned(), base: String::new(), ..self }
    }

    /// Opens an address, below the pool's if it is a page's.
    pub async fn open(&self, page: &str) -> Answer {
        let path = if page.starts_with('/') { page.to_owned() } else { format!("{}/{page}", self.base) };
        self.browser.send_to(&self.host, Method::GET, &path, &[], String::new()).await
    }

    /// Opens a page of the authorization request with these parameters.
    pub async fn ask(&self, page: &str, more: &[(&str, &str)]) -> Answer {
        self.open(&format!("{page}?{}", self.pool.asking(more))).await
    }

    /// Sends a page's first form, filled in: where it leads, with what stands hidden in it.
    pub async fn fill(&self, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let forms = page.text.split("<form ").skip(1).map(|form| form.split("</form>").next().unwrap());
        let form = forms.into_iter().find(|form| form.contains("method=\"post\"")).unwrap_or_else(|| panic!("no form: {}", page.text));
        let action = attribute(form, "action");
        let token = form.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let fields: Vec<(&str, &str)> = [("form_token", token)].iter().chain(fields).copied().collect();
        self.post(&action, &fields).await
    }

    /// Sends a form as it stands here.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.browser.send_to(&self.host, Method::POST, path, &[FORM], body).await
    }

    /// Opens where an answer leads to.
    pub async fn follow(&self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, 303, "{}", answer.text);
        self.open(answer.header("location")).await
    }

    /// Signs in by password, by the request with these parameters: where it leads.
    pub async fn sign_in(&self, username: &str, more: &[(&str, &str)]) -> Answer {
        let sent = self.ask("oauth2/authorize", more).await;
        let page = self.follow(&sent).await;
        self.fill(&page, &[("username", username), ("password", PASSWORD)]).await
    }

    /// Signs in by password: the code that the client gets.
    pub async fn code_of(&self, username: &str, more: &[(&str, &str)]) -> String {
        let answer = self.sign_in(username, more).await;
        parameter(&answer, "code").unwrap_or_else(|| panic!("no code: {} {}", answer.header("location"), answer.text))
    }

    /// Signs in by password: the tokens that the client gets.
    pub async fn tokens_of(&self, username: &str, more: &[(&str, &str)]) -> Value {
        let code = self.code_of(username, more).await;
        self.pool.exchange(&code, &[]).await.ok()
    }
}

/// A parameter of the address that an answer leads to, in its query or its fragment.
pub fn parameter(answer: &Answer, name: &str) -> Option<String> {
    let location = answer.header("location");
    let (_, parameters) = location.split_once(['?', '#'])?;
    form_urlencoded::parse(parameters.as_bytes()).find(|(one, _)| one == name).map(|(_, value)| value.into_owned())
}

/// What a token says, unverified.
pub fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn attribute(html: &str, name: &str) -> String {
    let value = html.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    value.replace("&amp;", "&").replace("&#38;", "&").replace("&#x26;", "&")
}
