//! One call of a function: signed, bounded in time and size, tried again where that may help.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use awc::http::Uri;
use awc::http::header::HeaderMap;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::answer::{Answer, CallRefused, NOT_FOUND, UNREACHABLE};
use super::ways::{Functions, OwnAddress, Service};
use crate::crypto::digest::{hex, hmac_sha256};
use crate::kit::causes::Causes;
use crate::kit::clock::Timestamp;
use crate::sigv4::{self, Body, HttpRequest, Scope};
use crate::userpools::lambda_config::FunctionArn;

/// Tries, the first among them.
///
/// Source: Amazon Cognito developer guide, "Important considerations" of Lambda triggers.
const TRIES: usize = 3;

/// The longest answer that is read.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Connections are kept a while; an older one may be closed at the other end by now.
const KEPT: Duration = Duration::from_secs(4);

const JSON: &str = "application/json";

thread_local! {
    /// Connections belong to the thread that opened them; the id is that of the settings that they were opened for.
    static CLIENT: RefCell<Option<(u64, awc::Client)>> = const { RefCell::new(None) };
}

impl Functions {
    /// Calls a function with an event, and waits for the event that it gives back.
    ///
    /// # Errors
    /// [`CallRefused`].
    pub async fn call(&self, arn: &str, event: &Value, now: Timestamp) -> Result<Value, CallRefused> {
        let body = event.to_string();
        let mut tries = 1;
        loop {
            let refused = match self.attempt(arn, &body, now).await {
                Ok(answer) => return Ok(answer),
                Err(refused) => refused,
            };
            if tries == TRIES || !refused.may_pass() {
                // What a function says is told to the caller; the log is told that it said so.
                let what = if let CallRefused::Function(_) = refused { "the function refused".to_owned() } else { refused.to_string() };
                tracing::info!(function = arn, tries, "{what}");
                return Err(refused);
            }
            tries += 1;
        }
    }

    async fn attempt(&self, arn: &str, body: &str, now: Timestamp) -> Result<Value, CallRefused> {
        let (url, headers) = self.request(arn, body, now).ok_or_else(|| CallRefused::NotRun(NOT_FOUND.to_owned()))?;
        let mut request = self.client().post(&url).insert_header(("content-type", JSON));
        for header in headers {
            request = request.insert_header(header);
        }
        let exchange = async {
            let mut response = request.send_body(body.to_owned()).await.map_err(|error| unreachable(arn, &error))?;
            let bytes = response.body().limit(MAX_ANSWER_BYTES).await.map_err(|error| match error {
                awc::error::PayloadError::Overflow => CallRefused::Unreadable,
                error => unreachable(arn, &error),
            })?;
            let headers = response.headers();
            let answer = Answer {
                status: response.status().as_u16(),
                failed: headers.contains_key("x-amz-function-error"),
                error_type: text(headers, "x-amzn-errortype"),
                body: &bytes,
            };
            answer.read()
        };
        tokio::time::timeout(self.patience, exchange).await.map_err(|_| CallRefused::TimedOut)?
    }

    /// Where the call goes, and what it proves itself by.
    fn request(&self, arn: &str, body: &str, now: Timestamp) -> Option<(String, Vec<(&'static str, String)>)> {
        if let Some(own) = self.own.get(arn) {
            return Some((own.url.clone(), own.headers(arn, body, now)));
        }
        let (service, function) = (self.service.as_ref()?, FunctionArn::parse(arn)?);
        service.request(&function, body, now)
    }

    fn client(&self) -> awc::Client {
        let fresh = || {
            // The call itself is timed: these are its bounds, and later than its end.
            let bound = self.patience + KEPT;
            let connector = awc::Connector::new().rustls_0_23(Arc::clone(&self.tls)).timeout(bound).conn_keep_alive(KEPT);
            awc::Client::builder().connector(connector).timeout(bound).disable_redirects().finish()
        };
        CLIENT.with_borrow_mut(|kept| match kept {
            Some((id, client)) if *id == self.id => client.clone(),
            _ => kept.insert((self.id, fresh())).1.clone(),
        })
    }
}

impl OwnAddress {
    /// `t=SECONDS,v1=HEX`: HMAC-SHA256 of the seconds, a dot and the body.
    fn headers(&self, arn: &str, body: &str, now: Timestamp) -> Vec<(&'static str, String)> {
        let seconds = now.seconds().to_string();
        let signature = hex(&hmac_sha256(self.secret.expose_secret().as_bytes(), &[seconds.as_bytes(), b".", body.as_bytes()]));
        vec![("x-passwright-signature", format!("t={seconds},v1={signature}")), ("x-passwright-function", arn.to_owned())]
    }
}

impl Service {
    /// Source: AWS Lambda API reference, Invoke.
    fn request(&self, function: &FunctionArn<'_>, body: &str, now: Timestamp) -> Option<(String, Vec<(&'static str, String)>)> {
        let qualifier = function.qualifier.map(|qualifier| format!("?Qualifier={}", utf8_percent_encode(qualifier, NON_ALPHANUMERIC)));
        let qualifier = qualifier.unwrap_or_default();
        let url = format!("{}/2015-03-31/functions/{}/invocations{qualifier}", self.url, function.name);
        let uri: Uri = url.parse().ok()?;
        let date = sigv4::amz_date(now);
        let day = date.get(..8)?.to_owned();
        let mut headers = vec![
            ("content-type", JSON.to_owned()),
            ("host", uri.authority()?.to_string()),
            ("x-amz-date", date),
            ("x-amz-invocation-type", "RequestResponse".to_owned()),
        ];
        let signed: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let request = HttpRequest {
            method: "POST",
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers: &signed,
            body: Body::Bytes(body.as_bytes()),
        };
        let scope = Scope { date: day, region: function.region.to_owned(), service: "lambda".to_owned() };
        let authorization = sigv4::sign(&request, &self.access_key_id, &self.secret, &scope, now);
        headers.push(("authorization", authorization));
        Some((url, headers))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Nobody listens there, or the line broke: why is for the log.
fn unreachable(arn: &str, error: &dyn std::error::Error) -> CallRefused {
    tracing::warn!(function = arn, error = %Causes(error), "a function could not be reached");
    CallRefused::NotRun(UNREACHABLE.to_owned())
}
