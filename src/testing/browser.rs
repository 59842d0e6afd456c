//! A browser without JavaScript: it keeps cookies, opens pages, and sends forms as they were on the page.

use std::cell::RefCell;
use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Answer, TestApp};

/// A browser.
pub struct TestBrowser<'a> {
    app: &'a TestApp,
    cookies: RefCell<BTreeMap<String, String>>,
    form_token: RefCell<String>,
}

impl TestApp {
    /// A browser that nobody has used.
    pub fn browser(&self) -> TestBrowser<'_> {
        TestBrowser { app: self, cookies: RefCell::default(), form_token: RefCell::default() }
    }

    /// A browser in which somebody has signed in to the console with their access key.
    pub async fn console_of(&self, access_key_id: &str, secret: &str) -> TestBrowser<'_> {
        let browser = self.browser();
        let answer = browser.submit("/sign-in", &[("access_key_id", access_key_id), ("secret_access_key", secret)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        browser
    }

    /// A browser in which the root has signed in to the console.
    pub async fn console(&self) -> TestBrowser<'_> {
        let (id, secret) = self.root_key();
        self.console_of(id, secret.expose_secret()).await
    }

    /// A browser in which a new IAM user, `operator`, has signed in to the console, whose one policy has these statements.
    pub async fn console_of_user_with(&self, statements: Value) -> TestBrowser<'_> {
        let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        self.admin().call("iam:CreateUser", json!({"UserName": "operator"})).await.ok();
        let policy = json!({"UserName": "operator", "PolicyName": "p", "PolicyDocument": document});
        self.admin().call("iam:PutUserPolicy", policy).await.ok();
        let key = self.admin().call("iam:CreateAccessKey", json!({"UserName": "operator"})).await.ok()["AccessKey"].clone();
        self.console_of(key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap()).await
    }
}

impl TestBrowser<'_> {
    /// The cookies that it holds.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.borrow().clone()
    }

    /// Has it hold these, as a thief's would.
    pub fn hold(&self, cookies: BTreeMap<String, String>) {
        *self.cookies.borrow_mut() = cookies;
    }

    /// Opens a page of the console, by its path from the console's root on.
    pub async fn open(&self, path: &str) -> Answer {
        let answer = self.send(Method::GET, path, &[], String::new()).await;
        if let Some((_, rest)) = answer.text.split_once("name=\"form_token\" value=\"") {
            *self.form_token.borrow_mut() = rest.split('"').next().unwrap().to_owned();
        }
        answer
    }

    /// Sends a form of the page that was opened last, as the page had it: with the session's token.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token.borrow().clone();
        let fields: Vec<_> = fields.iter().copied().chain([("form_token", token.as_str())]).collect();
        self.submit_bare(path, &fields).await
    }

    /// Sends a form as it stands here: what another site would have the browser send.
    pub async fn submit_bare(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, &[("content-type", "application/x-www-form-urlencoded")], body).await
    }

    /// Sends a form, and opens the page that it leads to.
    pub async fn submit_and_follow(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.submit(path, fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let next = answer.header("location").strip_prefix("/console").unwrap().to_owned();
        self.open(&next).await
    }

    /// Sends any request to the console with the browser's cookies.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        self.send_to(super::HOST, method, &format!("/console{path}"), headers, body).await
    }

    /// Sends any request with the browser's cookies, whichever host they are of.
    pub async fn send_to(&self, host: &str, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let cookies: Vec<String> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut all = vec![("host".to_owned(), host.to_owned()), ("cookie".to_owned(), cookies.join("; "))];
        all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let answer = self.app.send(method, path, &all, body.into_bytes()).await;
        for cookie in answer.cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// What the browser holds under a name; empty if nothing.
    pub fn cookie(&self, name: &str) -> String {
        self.cookies.borrow().get(name).cloned().unwrap_or_default()
    }

    /// Has the browser hold something under a name.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }
}
