//! What a browser holds of a pool's pages: who it is, where its sign-in stands, and that it is signed in.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::kit::id::UserPoolId;
use crate::kit::secret::constant_time_equals;

/// A browser drops a cookie that is longer (RFC 6265 §6.1), name and attributes with it.
pub const LONGEST: usize = 3900;

/// A cookie of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Which browser it is: its forms are known by it.
    Browser,
    /// Where its sign-in stands.
    Step,
    /// What anybody's passkey was asked to sign.
    Passkey,
    /// That it is signed in.
    Session,
}

impl Kind {
    /// The cookie's name: one a pool, for below the deployment's address the pools share a host. Over TLS its prefix has browsers
    /// hold it to this very host, path `/` and TLS (RFC 6265bis §4.1.3.2).
    fn name(self, pool_id: &UserPoolId, secure: bool) -> String {
        let kind = match self {
            Self::Browser => "browser",
            Self::Step => "step",
            Self::Passkey => "passkey",
            Self::Session => "session",
        };
        format!("{}passwright-{kind}-{pool_id}", if secure { "__Host-" } else { "" })
    }

    /// What the browser holds.
    pub fn read(self, request: &HttpRequest, pool_id: &UserPoolId, secure: bool) -> Option<String> {
        request.cookie(&self.name(pool_id, secure)).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
    }

    /// The cookie. No script reads it. SameSite is Lax, for people come here from the pages of clients; what another site posts here
    /// goes without it.
    pub fn with(self, pool_id: &UserPoolId, secure: bool, value: String, lives: Option<std::time::Duration>) -> Cookie<'static> {
        let mut cookie = Cookie::new(self.name(pool_id, secure), value);
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(secure);
        if let Some(lives) = lives {
            cookie.set_max_age(Duration::seconds(i64::try_from(lives.as_secs()).unwrap_or(0)));
        }
        cookie
    }

    /// What takes it away.
    pub fn without(self, pool_id: &UserPoolId, secure: bool) -> Cookie<'static> {
        let mut cookie = self.with(pool_id, secure, String::new(), None);
        cookie.make_removal();
        cookie
    }
}

/// A browser, by what it holds.
pub struct Browser {
    held: PlainToken,
    /// Whether it has not held it before.
    pub is_new: bool,
}

impl Browser {
    /// The browser of a request, which is a new one where it holds nothing of its own.
    pub fn of(app: &App, request: &HttpRequest, pool_id: &UserPoolId, secure: bool) -> Self {
        match Kind::Browser.read(request, pool_id, secure) {
            Some(held) => Self { held: PlainToken::presented(&held), is_new: false },
            None => Self { held: PlainToken::generate(&mut app.rng()), is_new: true },
        }
    }

    /// What it is to hold.
    pub fn cookie(&self, pool_id: &UserPoolId, secure: bool) -> Cookie<'static> {
        Kind::Browser.with(pool_id, secure, self.held.expose_secret().to_owned(), None)
    }

    /// What its forms carry. SECURITY: whoever has another browser send a form of theirs cannot make one for it.
    pub fn form_token(&self, app: &App, pool_id: &UserPoolId) -> String {
        URL_SAFE_NO_PAD.encode(app.keys.travelling.keyed_hash(&["hosted form", pool_id.as_str(), self.held.expose_secret()]))
    }

    /// Whether a form is one of this browser's.
    pub fn is_own_form(&self, app: &App, pool_id: &UserPoolId, presented: Option<&str>) -> bool {
        let presented = presented.unwrap_or_default();
        !self.is_new && constant_time_equals(self.form_token(app, pool_id).as_bytes(), presented.as_bytes())
    }
}
