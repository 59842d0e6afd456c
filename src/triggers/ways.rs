//! Where functions are reached: as the settings file says it, checked when the server starts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::Uri;
use rustls::{ClientConfig, RootCertStore};

use crate::config::{FunctionSetting, KeySetting, TriggerSettings};
use crate::crypto::encryption_sdk::WrappingKey;
use crate::kit::secret::Secret;
use crate::userpools::lambda_config::FunctionArn;

/// How long one try may take.
///
/// Source: Amazon Cognito developer guide, "Important considerations" of Lambda triggers.
const PATIENCE: Duration = Duration::from_secs(5);

/// The ways to functions, and the keys that codes are encrypted with for them.
pub struct Functions {
    /// Tells one process's settings from another's, where a thread keeps its connections.
    pub(super) id: u64,
    pub(super) service: Option<Service>,
    pub(super) own: BTreeMap<String, OwnAddress>,
    keys: BTreeMap<String, WrappingKey>,
    pub(super) tls: Arc<ClientConfig>,
    pub(super) patience: Duration,
}

/// A Lambda-compatible service.
pub(super) struct Service {
    /// Without a slash at its end.
    pub(super) url: String,
    pub(super) access_key_id: String,
    pub(super) secret: Secret,
}

/// A function's own address.
pub(super) struct OwnAddress {
    pub(super) url: String,
    pub(super) secret: Secret,
}

/// A setting that is wrong: which, and what would be right.
#[derive(Debug, thiserror::Error)]
#[error("[triggers]: {0}")]
pub struct SettingRefused(String);

impl Functions {
    /// No way to any function.
    #[must_use]
    pub fn none() -> Self {
        Self::over(RootCertStore::empty())
    }

    fn over(roots: RootCertStore) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            service: None,
            own: BTreeMap::new(),
            keys: BTreeMap::new(),
            tls: Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()),
            patience: PATIENCE,
        }
    }

    /// As the settings file says.
    ///
    /// # Errors
    /// [`SettingRefused`].
    pub fn from_settings(settings: &TriggerSettings) -> Result<Self, SettingRefused> {
        let refused = |what: String| SettingRefused(what);
        let mut roots = RootCertStore::empty();
        if settings.endpoint.is_some() || !settings.function.is_empty() {
            // A system may have none: then no https address is trusted, and http needs none.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        let mut functions = Self::over(roots);
        functions.service = match (&settings.endpoint, &settings.access_key_id, &settings.secret_access_key) {
            (None, None, None) => None,
            (Some(url), Some(id), Some(secret)) => {
                Some(Service { url: address("endpoint", url)?, access_key_id: id.clone(), secret: secret.clone() })
            }
            _ => return Err(refused("endpoint, access_key_id and secret_access_key belong together".to_owned())),
        };
        for FunctionSetting { arn, url, secret } in &settings.function {
            if FunctionArn::parse(arn).is_none() {
                return Err(refused(format!("function: {arn} is not the ARN of a Lambda function")));
            }
            if secret.expose_secret().len() < SHORTEST_SECRET {
                return Err(refused(format!("function {arn}: the secret is shorter than {SHORTEST_SECRET} characters")));
            }
            let address = OwnAddress { url: address(&format!("function {arn}: url"), url)?, secret: secret.clone() };
            if functions.own.insert(arn.clone(), address).is_some() {
                return Err(refused(format!("function {arn} is given twice")));
            }
        }
        for KeySetting { arn, key } in &settings.key {
            let key = WrappingKey::from_base64(arn, key).ok_or_else(|| refused(format!("key {arn}: not the base64 text of 32 bytes")))?;
            if functions.keys.insert(arn.clone(), key).is_some() {
                return Err(refused(format!("key {arn} is given twice")));
            }
        }
        Ok(functions)
    }

    /// Whether a function can be called.
    #[must_use]
    pub fn reaches(&self, arn: &str) -> bool {
        self.own.contains_key(arn) || (self.service.is_some() && FunctionArn::parse(arn).is_some())
    }

    /// What stands in for a KMS key.
    #[must_use]
    pub fn key(&self, arn: &str) -> Option<&WrappingKey> {
        self.keys.get(arn)
    }

    /// The same, with less patience: for tests of what is too slow.
    #[cfg(test)]
    #[must_use]
    pub fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }
}

/// Shorter secrets can be guessed from one signature.
const SHORTEST_SECRET: usize = 16;

/// An address that events may go to, without a slash at its end: they hold what users are called, and passwords where users
/// migrate, so they leave the machine encrypted only.
fn address(name: &str, url: &str) -> Result<String, SettingRefused> {
    let refused = |what: &str| SettingRefused(format!("{name}: {what}"));
    let uri: Uri = url.parse().map_err(|_| refused("not a URL"))?;
    let authority = uri.authority().ok_or_else(|| refused("not a URL with a host"))?;
    if authority.as_str().contains('@') || uri.query().is_some() {
        return Err(refused("a URL without user, password and query"));
    }
    let host = authority.host();
    let is_here = host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_here => {}
        Some("http") => return Err(refused("http is for this machine only; use https")),
        _ => return Err(refused("a URL begins with https://")),
    }
    Ok(url.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

    fn settings(text: &str) -> Result<Functions, String> {
        let settings: TriggerSettings = toml::from_str(text).map_err(|error| error.to_string())?;
        Functions::from_settings(&settings).map_err(|error| error.to_string())
    }

    #[test]
    fn events_leave_the_machine_encrypted_only() {
        let with = |url: &str| settings(&format!("[[function]]\narn = \"{ARN}\"\nurl = \"{url}\"\nsecret = \"0123456789abcdef\""));
        for good in ["https://a.example/hook", "http://127.0.0.1:3001", "http://localhost/x", "http://[::1]:80/x"] {
            assert!(with(good).is_ok_and(|functions| functions.reaches(ARN)), "{good}");
        }
        for bad in [
            "http://a.example/",
            "http://169.254.169.254/",
            "http://127.0.0.1.evil.example/",
            "ftp://a.example",
            "/x",
            "https://a@b.example",
        ] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_secrets_are_not() {
        for (text, says) in [
            ("endpoint = \"http://127.0.0.1\"", "belong together"),
            ("[[function]]\narn = \"x\"\nurl = \"https://a.example\"\nsecret = \"0123456789abcdef\"", "is not the ARN"),
            ("[[function]]\narn = \"x\"\nurl = \"https://a.example\"", "missing field `secret`"),
            ("[[key]]\narn = \"k\"\nkey = \"hunter2hunter2\"", "not the base64 text of 32 bytes"),
            ("endpont = \"x\"", "unknown field"),
        ] {
            let refused = settings(text).err().unwrap_or_default();
            assert!(refused.contains(says) && !refused.contains("hunter2"), "{refused}");
        }
        let short = format!("[[function]]\narn = \"{ARN}\"\nurl = \"https://a.example\"\nsecret = \"short\"");
        assert!(settings(&short).err().unwrap_or_default().contains("shorter than"));
        let none = settings("").unwrap_or_else(|_| panic!("empty"));
        assert!(!none.reaches(ARN) && !Functions::none().reaches(ARN));
    }
}
