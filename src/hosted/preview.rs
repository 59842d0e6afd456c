//! The first page in a style that is not saved yet, for whoever makes one. Nobody signs in there.

use actix_web::HttpResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::view::{Form, NameKind, Provider, ProviderKind, Scheme, SignIn};
use super::visit::bare;
use super::words::Language;
use crate::pages;
use crate::userpools::branding::{self, Mode};
use crate::userpools::hosted_css;

/// A style.
pub enum Draft {
    /// The classic style sheet; empty for none.
    Classic(String),
    /// Settings of managed login, and what is laid over them.
    Managed {
        /// What is saved.
        saved: Value,
        /// What is typed.
        typed: Value,
    },
}

/// The page that signs in, as it would look, for a frame of a page of ours: its form and its links lead nowhere.
///
/// # Errors
/// Why the style could not be saved either.
pub fn sign_in(name: &str, draft: &Draft, logo_url: Option<String>) -> Result<HttpResponse, String> {
    let (css, scheme) = match draft {
        Draft::Classic(css) if css.trim().is_empty() => (String::new(), Scheme::System),
        Draft::Classic(css) => {
            hosted_css::check(css).map_err(|refused| refused.to_string())?;
            (css.clone(), Scheme::Light)
        }
        Draft::Managed { saved, typed } => {
            branding::check_settings(typed).map_err(|refused| refused.to_string())?;
            let settings = branding::merged_with_defaults(branding::overlaid(saved.clone(), typed.clone()));
            let scheme = if Mode::of(&settings) == Mode::Dynamic { Scheme::System } else { Scheme::Light };
            (branding::style_sheet(&settings), scheme)
        }
    };
    let style_url = (!css.is_empty()).then(|| format!("data:text/css;base64,{}", STANDARD.encode(css)));
    let frame = super::view::Frame { style_url, logo_url, scheme, ..bare(Language::default(), name) };
    let nowhere = || "#".to_owned();
    let page = SignIn {
        frame,
        form: Some(Form { action: nowhere(), token: String::new() }),
        notice: None,
        name_kind: NameKind::Email,
        username: String::new(),
        asks_password: true,
        forgot: Some(nowhere()),
        sign_up: Some(nowhere()),
        providers: vec![Provider { kind: ProviderKind::Google, label: "Google".to_owned(), url: nowhere() }],
        passkey_options: None,
    };
    Ok(pages::sample(&page))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_draft_is_shown_as_it_would_be_saved_and_what_would_not_be_is_refused() {
        let classic = |css: &str| sign_in("Shop", &Draft::Classic(css.to_owned()), None);
        let page = classic(".label-customizable { color: red }").unwrap();
        let policy = page.headers().get("content-security-policy").unwrap().to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'self'") && policy.contains("form-action 'none'"), "{policy}");
        assert!(classic("").is_ok());
        for bad in ["</style><script>", "@import 'x'", ".label-customizable { background: url(x) }"] {
            assert!(classic(bad).is_err(), "{bad}");
        }
        let managed = |typed: Value| sign_in("Shop", &Draft::Managed { saved: json!({}), typed }, None);
        assert!(managed(json!({"categories": {"global": {"colorSchemeMode": "DARK"}}})).is_ok());
        assert!(managed(json!({"nothing": 1})).is_err());
    }
}
