//! What people choose from: factors, and other providers.

use crate::hosted::words::Words;

/// A factor that is offered: a button that sends `choice`.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What it sends.
    pub value: String,
    /// Which factor.
    pub factor: Factor,
    /// Where its code goes, masked.
    pub destination: Option<String>,
}

/// A factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// The password.
    Password,
    /// A code by mail.
    Email,
    /// A code by text message.
    TextMessage,
    /// A code of an authenticator app.
    App,
    /// A passkey.
    Passkey,
}

/// Another provider that signs people in.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Of which kind.
    pub kind: ProviderKind,
    /// What people call it.
    pub label: String,
    /// Where a sign-in by it begins.
    pub url: String,
}

/// A kind of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// Google.
    Google,
    /// Facebook.
    Facebook,
    /// Sign in with Apple.
    Apple,
    /// Login with Amazon.
    Amazon,
    /// Any other by OpenID Connect.
    Oidc,
    /// Any by SAML.
    Saml,
}

impl Factor {
    /// What people call it.
    pub(super) fn label(self, words: &Words) -> &str {
        let factors = &words.factors;
        match self {
            Self::Password => &factors.password,
            Self::Email => &factors.email,
            Self::TextMessage => &factors.text_message,
            Self::App => &factors.app,
            Self::Passkey => &factors.passkey,
        }
    }

    /// Its picture, by the name that `icons.html` has for it.
    pub(super) const fn icon(self) -> &'static str {
        match self {
            Self::Password => "lock",
            Self::Email => "mail",
            Self::TextMessage => "message",
            Self::App => "app",
            Self::Passkey => "passkey",
        }
    }
}

impl ProviderKind {
    /// Its picture, by the name that `icons.html` has for it.
    pub(super) const fn icon(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Facebook => "facebook",
            Self::Apple => "apple",
            Self::Amazon => "amazon",
            Self::Oidc => "openid",
            Self::Saml => "building",
        }
    }

    /// The class of its button in Cognito's style sheets.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Google | Self::Facebook | Self::Apple | Self::Amazon => "socialButton-customizable",
            Self::Oidc | Self::Saml => "idpButton-customizable",
        }
    }
}
