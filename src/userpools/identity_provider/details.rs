//! ProviderDetails: what each type of provider must have, may have, and has by itself.

use std::collections::BTreeMap;

use super::{ProviderRefused, ProviderSecrets, ProviderType, SamlMetadata};
use crate::userpools::web_address::is_of_provider;

/// The details that rest sealed, and whether answers tell them.
const SECRETS: [(&str, bool); 2] = [("client_secret", true), ("private_key", false)];

/// Where a provider may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// At addresses of https.
    Https,
    /// On this machine over http too: a developer's.
    HereToo,
}

/// Details that were checked: what is no secret, with what the type and its metadata imply, and what is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// No secrets.
    pub open: BTreeMap<String, String>,
    /// Secrets.
    pub secrets: ProviderSecrets,
}

impl Details {
    /// Checks what is given.
    ///
    /// Source: Amazon Cognito API reference, CreateIdentityProvider, ProviderDetails, with its examples of requests and answers.
    ///
    /// # Errors
    /// [`ProviderRefused`].
    pub fn check(kind: ProviderType, given: BTreeMap<String, String>, reached: Reached) -> Result<Self, ProviderRefused> {
        let (required, optional) = members(kind);
        if required.iter().any(|name| given.get(*name).is_none_or(|value| value.trim().is_empty())) {
            return Err(ProviderRefused::Required(listed(required)));
        }
        let implied = implied(kind, &given)?;
        let mut checked = Self::default();
        for (name, value) in given {
            if required.contains(&name.as_str()) || optional.contains(&name.as_str()) {
                check_value(&name, &value, reached)?;
                let is_secret = SECRETS.iter().any(|(secret, _)| *secret == name);
                let place = if is_secret { &mut checked.secrets.0 } else { &mut checked.open };
                place.insert(name, value);
            } else {
                // What an answer told can be given back.
                match implied.iter().find(|(implied, _)| *implied == name) {
                    Some((_, decided)) if *decided == value => {}
                    Some(_) => return Err(ProviderRefused::Fixed(name)),
                    None => return Err(ProviderRefused::Unknown(name, kind.as_str())),
                }
            }
        }
        checked.open.extend(implied.into_iter().map(|(name, value)| (name.to_owned(), value)));
        Ok(checked)
    }

    /// What answers tell: a private key is given once, and told by none.
    #[must_use]
    pub fn told(open: &BTreeMap<String, String>, secrets: ProviderSecrets) -> BTreeMap<String, String> {
        let told = secrets.0.into_iter().filter(|(name, _)| SECRETS.iter().any(|(secret, told)| *told && secret == name));
        open.clone().into_iter().chain(told).collect()
    }
}

/// What a type must have, and may have.
const fn members(kind: ProviderType) -> (&'static [&'static str], &'static [&'static str]) {
    const CLIENT: &[&str] = &["client_id", "client_secret", "authorize_scopes"];
    match kind {
        ProviderType::Facebook => (CLIENT, &["api_version"]),
        ProviderType::Google | ProviderType::LoginWithAmazon => (CLIENT, &[]),
        ProviderType::SignInWithApple => (&["client_id", "team_id", "key_id", "private_key", "authorize_scopes"], &[]),
        ProviderType::Oidc => (
            &["client_id", "attributes_request_method", "oidc_issuer", "authorize_scopes"],
            &["client_secret", "authorize_url", "token_url", "attributes_url", "jwks_uri"],
        ),
        ProviderType::Saml => {
            (&[], &["MetadataURL", "MetadataFile", "IDPSignout", "IDPInit", "EncryptedResponses", "RequestSigningAlgorithm"])
        }
    }
}

/// What a type has by itself.
fn implied(kind: ProviderType, given: &BTreeMap<String, String>) -> Result<Vec<(&'static str, String)>, ProviderRefused> {
    let fixed: &[(&'static str, &str)] = match kind {
        ProviderType::Saml => return implied_by_metadata(given),
        ProviderType::Facebook => return facebook(given.get("api_version").map_or("v17.0", String::as_str)),
        ProviderType::Google => &[
            ("attributes_url", "https://people.googleapis.com/v1/people/me?personFields="),
            ("attributes_url_add_attributes", "true"),
            ("authorize_url", "https://accounts.google.com/o/oauth2/v2/auth"),
            ("oidc_issuer", "https://accounts.google.com"),
            ("token_request_method", "POST"),
            ("token_url", "https://www.googleapis.com/oauth2/v4/token"),
        ],
        ProviderType::LoginWithAmazon => &[
            ("attributes_url", "https://api.amazon.com/user/profile"),
            ("attributes_url_add_attributes", "false"),
            ("authorize_url", "https://www.amazon.com/ap/oa"),
            ("token_request_method", "POST"),
            ("token_url", "https://api.amazon.com/auth/o2/token"),
        ],
        ProviderType::SignInWithApple => &[
            ("attributes_url_add_attributes", "false"),
            ("authorize_url", "https://appleid.apple.com/auth/authorize"),
            ("oidc_issuer", "https://appleid.apple.com"),
            ("token_request_method", "POST"),
            ("token_url", "https://appleid.apple.com/auth/token"),
        ],
        ProviderType::Oidc => &[("attributes_url_add_attributes", "false")],
    };
    Ok(fixed.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
}

fn facebook(version: &str) -> Result<Vec<(&'static str, String)>, ProviderRefused> {
    let digits = version.strip_prefix('v').and_then(|version| version.split_once('.'));
    let is_number = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits.is_some_and(|(major, minor)| is_number(major) && is_number(minor)) {
        return Err(ProviderRefused::Invalid("api_version", "it is one such as v17.0"));
    }
    Ok(vec![
        ("attributes_url", format!("https://graph.facebook.com/{version}/me?fields=")),
        ("attributes_url_add_attributes", "true".to_owned()),
        ("authorize_url", format!("https://www.facebook.com/{version}/dialog/oauth")),
        ("token_request_method", "GET".to_owned()),
        ("token_url", format!("https://graph.facebook.com/{version}/oauth/access_token")),
    ])
}

/// A file says where to send people; an address has yet to be asked.
fn implied_by_metadata(given: &BTreeMap<String, String>) -> Result<Vec<(&'static str, String)>, ProviderRefused> {
    match (given.get("MetadataURL"), given.get("MetadataFile")) {
        (Some(_), None) => Ok(Vec::new()),
        (None, Some(file)) => {
            let metadata = SamlMetadata::read(file)?;
            let out = metadata.sign_out.map(|address| ("SLORedirectBindingURI", address));
            Ok(std::iter::once(("SSORedirectBindingURI", metadata.sign_in)).chain(out).collect())
        }
        (None, None) | (Some(_), Some(_)) => Err(ProviderRefused::OneMetadata),
    }
}

fn check_value(name: &str, value: &str, reached: Reached) -> Result<(), ProviderRefused> {
    let is_address = |value: &str| is_of_provider(value, reached == Reached::HereToo);
    let (name, fits, why) = match name {
        "oidc_issuer" => ("oidc_issuer", is_address(value) && !value.contains(['?', '#']), "it is an https address without a query"),
        "authorize_url" => ("authorize_url", is_address(value), ADDRESS),
        "token_url" => ("token_url", is_address(value), ADDRESS),
        "attributes_url" => ("attributes_url", is_address(value), ADDRESS),
        "jwks_uri" => ("jwks_uri", is_address(value), ADDRESS),
        "MetadataURL" => ("MetadataURL", is_address(value), ADDRESS),
        "attributes_request_method" => ("attributes_request_method", matches!(value, "GET" | "POST"), "it is GET or POST"),
        "IDPSignout" => ("IDPSignout", is_flag(value), FLAG),
        "IDPInit" => ("IDPInit", is_flag(value), FLAG),
        "EncryptedResponses" => ("EncryptedResponses", is_flag(value), FLAG),
        "RequestSigningAlgorithm" => ("RequestSigningAlgorithm", value == "rsa-sha256", "it is rsa-sha256"),
        _ => return Ok(()),
    };
    if fits { Ok(()) } else { Err(ProviderRefused::Invalid(name, why)) }
}

const ADDRESS: &str = "it is an https address";
const FLAG: &str = "it is true or false";

fn is_flag(value: &str) -> bool {
    matches!(value, "true" | "false")
}

/// `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const CLIENT: [(&str, &str); 3] = [("client_id", "c"), ("client_secret", "canary"), ("authorize_scopes", "email")];

    #[test]
    fn a_type_has_what_it_must_have_and_nothing_that_it_does_not_know() {
        let refused = Details::check(ProviderType::Google, map(&CLIENT[..2]), Reached::Https).unwrap_err().to_string();
        assert_eq!(refused, "client_id, client_secret and authorize_scopes are all required idp details");
        let oidc = [
            ("client_id", "c"),
            ("attributes_request_method", "GET"),
            ("oidc_issuer", "https://op.example"),
            ("authorize_scopes", "openid"),
        ];
        for (kind, base, more, accepted) in [
            (ProviderType::Google, &CLIENT[..], ("authorize_url", "https://evil.example"), false),
            (ProviderType::Google, &CLIENT[..], ("oidc_issuer", "https://accounts.google.com"), true),
            (ProviderType::Google, &CLIENT[..], ("api_version", "v17.0"), false),
            (ProviderType::Facebook, &CLIENT[..], ("api_version", "v19.0"), true),
            (ProviderType::Facebook, &CLIENT[..], ("api_version", "v1@evil.example/"), false),
            (ProviderType::Oidc, &oidc[..], ("jwks_uri", "https://op.example/jwks"), true),
            (ProviderType::Oidc, &oidc[..], ("jwks_uri", "http://127.0.0.1/jwks"), false),
            (ProviderType::Oidc, &oidc[..], ("jwks_uri", "file:///etc/passwd"), false),
            (ProviderType::Oidc, &oidc[..], ("attributes_request_method", "PUT"), false),
            (ProviderType::Oidc, &oidc[..], ("oidc_issuer", "https://op.example?x"), false),
            (ProviderType::Oidc, &oidc[..], ("private_key", "k"), false),
            (ProviderType::Saml, &[], ("MetadataURL", "https://idp.example/metadata"), true),
            (ProviderType::Saml, &[], ("MetadataURL", "http://idp.example/metadata"), false),
            (ProviderType::Saml, &[], ("IDPInit", "true"), false),
            (ProviderType::Saml, &[("MetadataURL", "https://idp.example")], ("IDPInit", "yes"), false),
            (ProviderType::Saml, &[("MetadataURL", "https://idp.example")], ("RequestSigningAlgorithm", "rsa-sha1"), false),
        ] {
            let mut given = map(base);
            given.insert(more.0.to_owned(), more.1.to_owned());
            assert_eq!(Details::check(kind, given, Reached::Https).is_ok(), accepted, "{kind:?} {more:?}");
        }
    }

    #[test]
    fn a_developers_provider_may_be_on_this_machine() {
        for (issuer, accepted) in [
            ("http://127.0.0.1:9000", true),
            ("http://localhost/op", true),
            ("http://op.example", false),
            ("http://localhost.evil.example", false),
        ] {
            let given = [("client_id", "c"), ("attributes_request_method", "GET"), ("oidc_issuer", issuer), ("authorize_scopes", "openid")];
            assert_eq!(Details::check(ProviderType::Oidc, map(&given), Reached::HereToo).is_ok(), accepted, "{issuer}");
            assert!(Details::check(ProviderType::Oidc, map(&given), Reached::Https).is_err(), "{issuer}");
        }
    }

    #[test]
    fn what_is_answered_can_be_given_back_and_a_private_key_is_not_answered() {
        let facebook = Details::check(ProviderType::Facebook, map(&CLIENT), Reached::Https).unwrap();
        assert_eq!(facebook.open["authorize_url"], "https://www.facebook.com/v17.0/dialog/oauth");
        assert!(!facebook.open.contains_key("client_secret"));
        let told = Details::told(&facebook.open, facebook.secrets.clone());
        assert_eq!(told["client_secret"], "canary");
        assert_eq!(Details::check(ProviderType::Facebook, told, Reached::Https).unwrap(), facebook);
        let apple = [("client_id", "c"), ("team_id", "t"), ("key_id", "k"), ("private_key", "canary"), ("authorize_scopes", "email name")];
        let apple = Details::check(ProviderType::SignInWithApple, map(&apple), Reached::Https).unwrap();
        assert!(!Details::told(&apple.open, apple.secrets).values().any(|value| value == "canary"));
    }
}
