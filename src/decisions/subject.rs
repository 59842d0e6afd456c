//! Whom a decision is about.

use serde::Deserialize;
use serde_json::Value;

use crate::authz::{self, CredentialRefused};
use crate::context::App;
use crate::iam::caller::Caller;
use crate::kit::clock::Timestamp;
use crate::sigv4::{Body, HttpRequest};

/// A subject as AuthZEN writes it.
#[derive(Deserialize)]
pub struct Subject {
    r#type: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    properties: Value,
}

/// Why a subject is nobody.
#[derive(Debug, thiserror::Error)]
pub enum SubjectRefused {
    /// Not a kind of subject that we know, or one without what it needs.
    #[error("{0}")]
    Malformed(String),
    /// A credential that is refused: the subject is nobody, and may do nothing.
    #[error("{0}")]
    Credential(#[from] CredentialRefused),
}

impl Subject {
    /// Who it is.
    ///
    /// # Errors
    /// [`SubjectRefused`].
    pub async fn identify(&self, app: &App) -> Result<Caller, SubjectRefused> {
        match self.r#type.as_str() {
            "credentials" => self.by_credentials(app).await,
            "signed_request" => self.by_signed_request(app).await,
            other => Err(SubjectRefused::Malformed(format!("subject.type `{other}` is not one of `credentials`, `signed_request`"))),
        }
    }

    async fn by_credentials(&self, app: &App) -> Result<Caller, SubjectRefused> {
        let token = self.properties.get("session_token").and_then(Value::as_str);
        let caller = authz::holder_of(app, &self.id, token).await?;
        if let Caller::Session(session) = &caller
            && app.now() >= Timestamp::from_millis(session.expires_at)
        {
            return Err(CredentialRefused::Expired.into());
        }
        Ok(caller)
    }

    async fn by_signed_request(&self, app: &App) -> Result<Caller, SubjectRefused> {
        let malformed = |what: &str| SubjectRefused::Malformed(format!("subject.properties.{what} is missing or malformed"));
        let text = |name: &str| self.properties.get(name).and_then(Value::as_str);
        let method = text("method").ok_or_else(|| malformed("method"))?;
        let url = text("url").ok_or_else(|| malformed("url"))?;
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        let target = after_scheme.find('/').and_then(|at| after_scheme.get(at..)).unwrap_or("/");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = self.properties.get("headers").and_then(Value::as_object).ok_or_else(|| malformed("headers"))?;
        let headers: Vec<(String, &str)> =
            headers.iter().filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?))).collect();
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let body = Body::Sha256(text("body_sha256").unwrap_or(EMPTY));
        let request = HttpRequest { method, path, query, headers: &headers, body };
        let (caller, _) = authz::authenticate(app, &request, &[]).await?;
        Ok(caller)
    }
}
