//! The table of the settings file that says where the logs of pools go, by the ARNs that pools name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use super::delivery::is_loopback;
use crate::kit::secret::Secret;

/// `[log_delivery]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// `[[log_delivery.destination]]`
    #[serde(default)]
    pub destination: Vec<DestinationSetting>,
}

/// What stands in for a log group, a stream or a bucket.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestinationSetting {
    /// Its ARN, as pools name it.
    pub arn: String,
    /// Where the records go: https, or http on this machine; or `file:///FOLDER`.
    pub url: String,
    /// What the signature of requests is made with; a folder has none.
    pub secret: Option<Secret>,
}

/// A way that records go.
#[derive(Clone, Debug)]
pub enum LogRoute {
    /// To a program of the operator's.
    Webhook {
        /// Its address.
        url: String,
        /// What requests are signed with.
        secret: Secret,
    },
    /// Into files of JSON lines.
    Folder(PathBuf),
}

/// The ways that the settings name, by ARN.
#[derive(Debug, Default)]
pub struct LogDestinations(BTreeMap<String, LogRoute>);

/// Shorter secrets can be guessed from one signature.
const SHORTEST_SECRET: usize = 16;

impl LogDestinations {
    /// As the settings file says.
    ///
    /// # Errors
    /// Which setting is wrong, and what would be right; never a secret.
    pub fn read(settings: &LogSettings) -> Result<Self, String> {
        let mut routes = BTreeMap::new();
        for setting in &settings.destination {
            let refused = |what: &str| format!("[[log_delivery.destination]] {}: {what}", setting.arn);
            let route = LogRoute::read(setting).map_err(|what| refused(&what))?;
            if routes.insert(setting.arn.clone(), route).is_some() {
                return Err(refused("given twice"));
            }
        }
        Ok(Self(routes))
    }

    /// The way to a destination.
    #[must_use]
    pub fn find(&self, arn: &str) -> Option<&LogRoute> {
        self.0.get(arn)
    }
}

impl LogRoute {
    fn read(setting: &DestinationSetting) -> Result<Self, String> {
        const URL: &str = "url: give https://HOST/PATH, or file:///FOLDER";
        if !setting.arn.starts_with("arn:") {
            return Err("not an ARN".to_owned());
        }
        let url = Url::parse(&setting.url).map_err(|_| URL.to_owned())?;
        match (url.scheme(), &setting.secret) {
            ("file", None) => url.to_file_path().map(Self::Folder).map_err(|()| URL.to_owned()),
            ("file", Some(_)) => Err("a folder has no secret".to_owned()),
            ("http" | "https", _) if !url.username().is_empty() || url.password().is_some() => {
                Err("url: without user and password; requests are signed with the secret".to_owned())
            }
            // The records say what users are called and where they were.
            ("http", _) if !is_loopback(&url) => Err("url: http is for this machine only; use https".to_owned()),
            ("http" | "https", Some(secret)) if secret.expose_secret().len() >= SHORTEST_SECRET => {
                Ok(Self::Webhook { url: url.into(), secret: secret.clone() })
            }
            ("http" | "https", _) => Err(format!("secret: at least {SHORTEST_SECRET} characters")),
            _ => Err(URL.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:logs:us-east-1:000000000000:log-group:cognito";

    fn read(url: &str, secret: Option<&str>) -> Result<LogDestinations, String> {
        let secret = secret.map(|secret| Secret::from(secret.to_owned()));
        LogDestinations::read(&LogSettings { destination: vec![DestinationSetting { arn: ARN.to_owned(), url: url.to_owned(), secret }] })
    }

    #[test]
    fn a_destination_is_a_signed_address_or_a_folder() {
        for (url, secret) in [
            ("https://logs.example/cognito?tenant=1", Some("0123456789abcdef")),
            ("http://127.0.0.1:9/", Some("0123456789abcdef")),
            ("file:///var/log/cognito", None),
        ] {
            let destinations = read(url, secret).unwrap();
            assert!(destinations.find(ARN).is_some() && destinations.find("arn:aws:s3:::other").is_none(), "{url}");
            assert!(!format!("{destinations:?}").contains("0123456789abcdef"));
        }
    }

    #[test]
    fn what_would_tell_records_to_others_is_refused_without_the_secret() {
        for (url, secret, says) in [
            ("http://logs.example/", Some("hunter2hunter2hunter2"), "use https"),
            ("https://u:hunter2@logs.example/", Some("hunter2hunter2hunter2"), "without user"),
            ("https://logs.example/", Some("hunter2"), "at least 16"),
            ("https://logs.example/", None, "at least 16"),
            ("file:///var/log", Some("hunter2hunter2hunter2"), "no secret"),
            ("logs", None, "give https"),
            ("ftp://logs.example/", None, "give https"),
        ] {
            let refused = read(url, secret).unwrap_err();
            assert!(refused.contains(says) && !refused.contains("hunter2"), "{url}: {refused}");
        }
        let twice = DestinationSetting { arn: ARN.to_owned(), url: "file:///a".to_owned(), secret: None };
        assert!(LogDestinations::read(&LogSettings { destination: vec![twice.clone(), twice] }).is_err_and(|why| why.contains("twice")));
    }
}
