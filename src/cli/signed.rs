//! Calls of a running server as AWS's own tools make them: signed with the credentials of the environment.

use std::time::Duration;

use awc::http::{Method, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fetch::{Answer, Client, ServerFlags};
use crate::kit::clock::{Clock as _, SystemClock, Timestamp};
use crate::kit::secret::Secret;
use crate::sigv4::{self, Body, HttpRequest, Scope};

/// How often a call is made that is refused because there are too many, and how long after the first refusal; then twice as long.
const TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_millis(250);

/// What a server refuses with where there are too many calls.
const TOO_MANY: [&str; 2] = ["TooManyRequestsException", "ThrottlingException"];

/// Whoever calls. From the environment only: an argument would be on show in the process list.
struct Credentials {
    access_key_id: String,
    secret: Secret,
    session_token: Option<String>,
}

/// A server's user pools, for whoever the environment's credentials are.
pub struct UserPools {
    client: Client,
    url: String,
    host: String,
    region: String,
    credentials: Credentials,
}

impl UserPools {
    /// Of a server, in the region that a pool's id names.
    ///
    /// # Errors
    /// Credentials that are missing, an id without a region, an address without a host.
    pub fn of(server: &ServerFlags, pool_id: &str) -> Result<Self, String> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let needed =
            |name: &str| variable(name).ok_or_else(|| format!("{name} is not set: the server's answers are for who may have them"));
        let credentials = Credentials {
            access_key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret: Secret::from(needed("AWS_SECRET_ACCESS_KEY")?),
            session_token: variable("AWS_SESSION_TOKEN"),
        };
        let (region, _) = pool_id.split_once('_').ok_or_else(|| format!("{pool_id} is no id of a user pool: <region>_<name>"))?;
        let uri: Uri = server.url.parse().map_err(|error| format!("{}: {error}", server.url))?;
        let authority = uri.authority().ok_or_else(|| format!("{} has no host", server.url))?;
        let host = match (uri.scheme_str(), authority.port_u16()) {
            (Some("http"), Some(80)) | (Some("https"), Some(443)) | (_, None) => authority.host().to_owned(),
            (_, Some(port)) => format!("{}:{port}", authority.host()),
        };
        let client = Client::new(server.ca.as_deref())?;
        Ok(Self { client, url: server.url.clone(), host, region: region.to_owned(), credentials })
    }

    /// Calls an operation.
    ///
    /// # Errors
    /// A server that cannot be reached; what it refuses, as `Code: message`; an answer that is none.
    pub async fn call<T: DeserializeOwned>(&self, operation: &str, input: &impl Serialize) -> Result<T, String> {
        let input = serde_json::to_string(input).map_err(|error| format!("{operation}: {error}"))?;
        let target = ("x-amz-target".to_owned(), format!("AWSCognitoIdentityProviderService.{operation}"));
        let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.1".to_owned()), target];
        let answer = self.send("cognito-idp", Method::POST, "/", headers, input).await?;
        read(operation, &answer)
    }

    /// Asks for something of ours, that Amazon's service does not have: `None` where the server does not know it.
    ///
    /// # Errors
    /// As of [`UserPools::call`].
    pub async fn own<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, String> {
        let answer = self.send("passwright", Method::GET, path, Vec::new(), String::new()).await?;
        if answer.status == 404 { Ok(None) } else { read(path.split('?').next().unwrap_or_default(), &answer).map(Some) }
    }

    async fn send(
        &self,
        service: &str,
        method: Method,
        path: &str,
        headers: Vec<(String, String)>,
        body: String,
    ) -> Result<Answer, String> {
        let url = format!("{}{path}", self.url);
        let uri: Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
        let mut pause = PAUSE;
        let mut left = TRIES;
        loop {
            let headers = self.sign(service, &method, &uri, headers.clone(), &body, SystemClock.now());
            let answer = self.client.call(method.clone(), &url, &headers, body.clone()).await?;
            left -= 1;
            if left == 0 || answer.status < 400 || !TOO_MANY.contains(&Refusal::of(&answer).code()) {
                return Ok(answer);
            }
            actix_web::rt::time::sleep(pause).await;
            pause *= 2;
        }
    }

    /// The headers, and those that sign them.
    fn sign(
        &self,
        service: &str,
        method: &Method,
        uri: &Uri,
        mut headers: Vec<(String, String)>,
        body: &str,
        now: Timestamp,
    ) -> Vec<(String, String)> {
        let Credentials { access_key_id, secret, session_token } = &self.credentials;
        let date = sigv4::amz_date(now);
        let day = date.get(..8).unwrap_or_default().to_owned();
        headers.push(("host".to_owned(), self.host.clone()));
        headers.push(("x-amz-date".to_owned(), date));
        headers.extend(session_token.iter().map(|token| ("x-amz-security-token".to_owned(), token.clone())));
        let signed: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let request = HttpRequest {
            method: method.as_str(),
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers: &signed,
            body: Body::Bytes(body.as_bytes()),
        };
        let scope = Scope { date: day, region: self.region.clone(), service: service.to_owned() };
        let authorization = sigv4::sign(&request, access_key_id, secret, &scope, now);
        headers.push(("authorization".to_owned(), authorization));
        headers
    }

    /// The client, for addresses that the server names.
    pub const fn client(&self) -> &Client {
        &self.client
    }
}

/// What a server refuses with.
#[derive(Default, serde::Deserialize)]
struct Refusal {
    #[serde(rename = "__type", default)]
    kind: String,
    #[serde(alias = "Message", default)]
    message: String,
}

impl Refusal {
    fn of(answer: &Answer) -> Self {
        serde_json::from_str(&answer.text).unwrap_or_default()
    }

    /// Without the namespace that some services put before it.
    fn code(&self) -> &str {
        self.kind.rsplit('#').next().unwrap_or_default()
    }
}

fn read<T: DeserializeOwned>(what: &str, answer: &Answer) -> Result<T, String> {
    if answer.status == 200 {
        return serde_json::from_str(&answer.text).map_err(|error| format!("{what}: the answer is not as it should be: {error}"));
    }
    let refusal = Refusal::of(answer);
    match refusal.code() {
        "" => Err(format!("{what}: the server answers with {}", answer.status)),
        code => Err(format!("{what}: {code}: {}", refusal.message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pools() -> UserPools {
        let credentials = Credentials {
            access_key_id: "AKIAEXAMPLE".to_owned(),
            secret: Secret::from("secret".to_owned()),
            session_token: Some("token".to_owned()),
        };
        let client = Client::new(None).unwrap_or_else(|problem| panic!("{problem}"));
        let (url, host) = ("http://auth.example:7277".to_owned(), "auth.example:7277".to_owned());
        UserPools { client, url, host, region: "eu-west-1".to_owned(), credentials }
    }

    #[actix_web::test]
    async fn what_is_sent_verifies_with_the_secret_and_no_other() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let uri: Uri = "http://auth.example:7277/v1/import-failures?user_pool_id=a&job_id=b".parse().unwrap();
        let headers = pools().sign("passwright", &Method::GET, &uri, Vec::new(), "", now);
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let request =
            HttpRequest { method: "GET", path: uri.path(), query: uri.query().unwrap(), headers: &headers, body: Body::Bytes(b"") };
        let signed = sigv4::parse(&request).unwrap().unwrap();
        assert_eq!((signed.scope.region.as_str(), signed.scope.service.as_str()), ("eu-west-1", "passwright"));
        assert!(signed.verify(&request, &Secret::from("secret".to_owned()), now).is_ok());
        assert!(signed.verify(&request, &Secret::from("another".to_owned()), now).is_err());
    }

    #[test]
    fn a_refusal_is_told_by_its_code_and_words_and_anything_else_by_its_status() {
        let told = |status: u16, text: &str| read::<serde_json::Value>("ListUsers", &Answer { status, text: text.to_owned() });
        assert_eq!(told(200, "{}"), Ok(serde_json::json!({})));
        let refused = r#"{"__type": "com.amazonaws#AccessDeniedException", "Message": "no"}"#;
        assert_eq!(told(400, refused), Err("ListUsers: AccessDeniedException: no".to_owned()));
        assert_eq!(told(502, "<html>"), Err("ListUsers: the server answers with 502".to_owned()));
        assert!(told(200, "<html>").is_err());
    }
}
