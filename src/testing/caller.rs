//! Somebody who calls operations: nobody, or the holder of credentials, who signs.

use actix_web::http::Method;
use serde_json::Value;

use super::{Answer, HOST, TestApp};
use crate::kit::secret::Secret;
use crate::sigv4::{self, Body, Scope};
use crate::wire::model::{Protocol, Service};

/// Somebody who calls operations.
#[derive(Clone)]
pub struct TestCaller<'a> {
    app: &'a TestApp,
    credentials: Option<(String, Secret, Option<String>)>,
    region: String,
    host: String,
}

impl<'a> TestCaller<'a> {
    pub(super) fn anonymous(app: &'a TestApp) -> Self {
        Self { app, credentials: None, region: "us-east-1".to_owned(), host: HOST.to_owned() }
    }

    pub(super) fn signing(app: &'a TestApp, access_key_id: &str, secret: &Secret, session_token: Option<&str>) -> Self {
        let credentials = (access_key_id.to_owned(), secret.clone(), session_token.map(str::to_owned));
        Self { credentials: Some(credentials), ..Self::anonymous(app) }
    }

    /// The same caller, who signs for another region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        Self { region: region.to_owned(), ..self.clone() }
    }

    /// The same caller, whose requests name another host.
    #[must_use]
    pub fn at_host(&self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self.clone() }
    }

    /// Calls an operation, by its name (`SignUp`) or, where two services have one of that name, by service too
    /// (`iam:GetUser`; without it, user pools are meant).
    pub async fn call(&self, operation: &str, input: Value) -> Answer {
        let (service, name) = operation.split_once(':').map_or_else(
            || (Service::all().find(|service| service.model().operation(operation).is_some()).unwrap(), operation),
            |(service, name)| (Service::all().find(|known| known.name() == service).unwrap(), name),
        );
        let (path, content_type, target, body) = match service.protocol() {
            Protocol::Json11 { target_prefix } => {
                ("/", "application/x-amz-json-1.1", Some(format!("{target_prefix}.{name}")), input.to_string())
            }
            Protocol::Query { version } => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                form.append_pair("Action", name).append_pair("Version", version);
                append(&mut form, "", &input);
                ("/", "application/x-www-form-urlencoded", None, form.finish())
            }
            Protocol::RestJson => (service.model().operation(name).unwrap().path.as_str(), "application/json", None, input.to_string()),
        };
        let mut headers = vec![("content-type".to_owned(), content_type.to_owned())];
        headers.extend(target.map(|target| ("x-amz-target".to_owned(), target)));
        self.send(service.name(), Method::POST, path, headers, body.into_bytes()).await
    }

    /// Sends any request, signed for a service.
    pub async fn send(&self, service: &str, method: Method, uri: &str, mut headers: Vec<(String, String)>, body: Vec<u8>) -> Answer {
        headers.push(("host".to_owned(), self.host.clone()));
        self.sign(service, method.as_str(), uri, &mut headers, &body);
        self.app.send(method, uri, &headers, body).await
    }

    /// The query of a presigned `GET /` of a service, good for so many seconds.
    pub fn presigned(&self, service: &str, query: &str, seconds: u64) -> String {
        let (access_key_id, secret, _) = self.credentials.as_ref().unwrap();
        let now = self.app.app.now();
        let date = sigv4::amz_date(now);
        let scope = Scope { date: date[..8].to_owned(), region: self.region.clone(), service: service.to_owned() };
        let credential = format!("{access_key_id}/{scope}").replace('/', "%2F");
        let query = format!(
            "{query}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={date}&X-Amz-Expires={seconds}\
             &X-Amz-SignedHeaders=host"
        );
        let headers = [("host", HOST.as_bytes())];
        let request = sigv4::HttpRequest { method: "GET", path: "/", query: &query, headers: &headers, body: Body::Bytes(b"") };
        let authorization = sigv4::sign(&request, access_key_id, secret, &scope, now);
        let signature = authorization.rsplit('=').next().unwrap();
        format!("{query}&X-Amz-Signature={signature}")
    }

    /// Adds what signs a request for a service over these headers, the host among them.
    pub fn sign(&self, service: &str, method: &str, uri: &str, headers: &mut Vec<(String, String)>, body: &[u8]) {
        if let Some((access_key_id, secret, session_token)) = &self.credentials {
            let now = self.app.app.now();
            let date = sigv4::amz_date(now);
            let scope = Scope { date: date[..8].to_owned(), region: self.region.clone(), service: service.to_owned() };
            headers.push(("x-amz-date".to_owned(), date));
            headers.extend(session_token.iter().map(|token| ("x-amz-security-token".to_owned(), token.clone())));
            let signed: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
            let request = sigv4::HttpRequest { method, path, query, headers: &signed, body: Body::Bytes(body) };
            let authorization = sigv4::sign(&request, access_key_id, secret, &scope, now);
            headers.push(("authorization".to_owned(), authorization));
        }
    }
}

/// Members as AWS Query writes them: `Tags.member.1.Key`.
fn append(form: &mut form_urlencoded::Serializer<'_, String>, path: &str, value: &Value) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(fields) => fields.iter().for_each(|(name, field)| append(form, &below(name), field)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| append(form, &below(&format!("member.{}", index + 1)), item));
        }
        Value::String(text) => drop(form.append_pair(path, text)),
        other => drop(form.append_pair(path, &other.to_string())),
    }
}
