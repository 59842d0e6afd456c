//! Requests, as their clients may and may not make them.

use super::{resource as resource_of, *};
use crate::userpools::client::ClientConfiguration;
use crate::userpools::client_secret::ClientSecret;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client(flows: &[&str]) -> Client {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Client {
        pool_id: "us-east-1_A".into(),
        id: "c".into(),
        name: "c".into(),
        configuration: ClientConfiguration {
            allowed_oauth_flows_user_pool_client: true,
            allowed_oauth_flows: texts(flows),
            allowed_oauth_scopes: texts(&["openid", "email"]),
            callback_urls: texts(&["https://a.example/cb", "https://b.example/cb"]),
            ..ClientConfiguration::default()
        },
        secrets: Vec::<ClientSecret>::new(),
        registered: None,
        created_at: Timestamp::default(),
        modified_at: Timestamp::default(),
    }
}

fn parsed(query: &str) -> Parameters {
    Parameters::parse(query.as_bytes())
}

fn requested(query: &str) -> Result<Authorization, &'static str> {
    request(&parsed(query), &client(&["code", "implicit"]), |_| true).map_err(|refused| refused.error)
}

#[test]
fn an_answer_goes_nowhere_but_to_an_address_of_the_client() {
    let returned = |query: &str| destination(&parsed(query), &client(&["code"]));
    let known = returned("redirect_uri=https://a.example/cb&state=s&response_mode=form_post").unwrap();
    assert_eq!(
        (known.redirect_uri.as_str(), known.mode, known.state.as_deref()),
        ("https://a.example/cb", ResponseMode::FormPost, Some("s"))
    );
    for (query, refused) in [
        ("", NoReturn::NoRedirectUri),
        ("redirect_uri=", NoReturn::NoRedirectUri),
        ("redirect_uri=https://evil.example/cb", NoReturn::UnknownRedirectUri),
        ("redirect_uri=https://a.example/cb&redirect_uri=https://a.example/cb", NoReturn::Repeated),
        ("redirect_uri=https://a.example/cb&state=a&state=b&redirect_uri=https://b.example/cb", NoReturn::Repeated),
        ("client_id=a&client_id=b&redirect_uri=https://a.example/cb", NoReturn::Repeated),
    ] {
        assert_eq!(returned(query), Err(refused), "{query}");
    }
    let mut by_default = client(&["code"]);
    by_default.configuration.default_redirect_uri = Some("https://b.example/cb".into());
    let unnamed = destination(&parsed(""), &by_default).unwrap();
    assert_eq!((unnamed.redirect_uri.as_str(), unnamed.is_named), ("https://b.example/cb", false));
    assert_eq!(destination(&parsed("redirect_uri=https://a.example/cb"), &client(&["client_credentials"])), Err(NoReturn::NotAClient));
    by_default.configuration.allowed_oauth_flows_user_pool_client = false;
    assert_eq!(destination(&parsed(""), &by_default), Err(NoReturn::NotAClient));
}

#[test]
fn a_request_is_what_its_client_may_ask_for() {
    let good =
        requested(&format!("response_type=code&code_challenge={CHALLENGE}&code_challenge_method=S256&scope=openid&nonce=n")).unwrap();
    assert_eq!((good.scope.as_str(), good.nonce.as_deref(), good.code_challenge.as_deref()), ("openid", Some("n"), Some(CHALLENGE)));
    let pkce = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    for (query, error) in [
        (pkce.clone(), "invalid_request"),
        (format!("response_type=id_token{pkce}"), "unsupported_response_type"),
        (format!("response_type=code+token{pkce}"), "unsupported_response_type"),
        ("response_type=code".to_owned(), "invalid_request"),
        (format!("response_type=code&code_challenge={CHALLENGE}"), "invalid_request"),
        (format!("response_type=code&code_challenge={CHALLENGE}&code_challenge_method=plain"), "invalid_request"),
        ("response_type=code&code_challenge_method=S256".to_owned(), "invalid_request"),
        ("response_type=code&code_challenge=short&code_challenge_method=S256".to_owned(), "invalid_request"),
        (format!("response_type=code&scope=phone{pkce}"), "invalid_scope"),
        (format!("response_type=code&prompt=none+login{pkce}"), "invalid_request"),
        (format!("response_type=code&max_age=soon{pkce}"), "invalid_request"),
        (format!("response_type=code&request=x{pkce}"), "request_not_supported"),
        (format!("response_type=code&request={}{pkce}", "x".repeat(LONGEST + 1)), "request_not_supported"),
        (format!("response_type=code&id_token_hint={}{pkce}", "x".repeat(LONGEST_HINT + 1)), "invalid_request"),
        (format!("response_type=code&request_uri=x{pkce}"), "request_uri_not_supported"),
        (format!("response_type=code&response_mode=web_message{pkce}"), "invalid_request"),
        ("response_type=token&response_mode=query".to_owned(), "invalid_request"),
        (format!("response_type=code&state=a&state=b{pkce}"), "invalid_request"),
        (format!("response_type=code&nonce=%00{pkce}"), "invalid_request"),
        (format!("response_type=code&state={}{pkce}", "x".repeat(LONGEST + 1)), "invalid_request"),
    ] {
        assert_eq!(requested(&query), Err(error), "{query}");
    }
    let hint = "x".repeat(LONGEST + 1);
    let hinted = requested(&format!("response_type=code&id_token_hint={hint}{pkce}"));
    assert_eq!(hinted.unwrap().id_token_hint, Some(hint), "a token of ours may be longer");
    let machine = request(&parsed("response_type=token"), &client(&["code"]), |_| true).unwrap_err();
    assert_eq!(machine.error, "unauthorized_client");
    assert_eq!(requested("response_type=token").unwrap().scope, "openid email", "all of the client's, where none is named");
}

#[test]
fn a_sign_in_may_be_too_old() {
    let asked = requested("response_type=token&max_age=60").unwrap();
    let at = Timestamp::from_seconds;
    assert!(asked.takes(at(0), at(60)) && !asked.takes(at(0), at(61)));
    assert!(requested("response_type=token").unwrap().takes(at(0), at(1 << 40)));
}

/// The pair of RFC 7636, appendix B.
#[test]
fn a_verifier_is_the_origin_of_its_challenge() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert!(verifies(verifier, CHALLENGE));
    for other in ["", CHALLENGE, &verifier.to_lowercase(), &format!("{verifier}="), &verifier[1..]] {
        assert!(!verifies(other, CHALLENGE), "{other}");
    }
}

#[test]
fn a_resource_is_an_address_that_nothing_is_hidden_in() {
    let named = |resource: &str| {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("resource", resource).finish();
        resource_of(&parsed(&query)).map_err(|refused| refused.error)
    };
    for good in ["https://api.example/v1", "http://localhost:8080/mcp", "http://localhost", "myapp://x", "https://a.example?b=c"] {
        assert_eq!(named(good), Ok(Some(good.to_owned())));
    }
    for bad in [
        "api.example",
        "http://api.example",
        "http://localhost.evil.example",
        "https://",
        "https://a#b",
        "https://a b",
        "://x",
        "1x://y",
        "https:/a",
    ] {
        assert_eq!(named(bad), Err("invalid_target"), "{bad}");
    }
    assert_eq!(resource_of(&parsed("")), Ok(None));
}
