//! What metadata makes of a client, and what it does not.

use serde_json::json;

use super::*;

fn offer() -> Offer<'static> {
    let scopes = ["api/read", "aws.cognito.signin.user.admin", SCOPE].map(str::to_owned).to_vec();
    Offer { flows: vec!["code", "client_credentials"], scopes, providers: vec!["Partner".to_owned()] }
}

fn asked(metadata: Value) -> Result<Wanted, RegistrationRefused> {
    wanted(metadata.as_object().unwrap(), &offer())
}

const BACK: &str = "https://app.example/cb";

#[test]
fn a_client_that_says_nothing_has_a_secret_and_takes_codes() {
    let wanted = asked(json!({"redirect_uris": [BACK], "software_statement": "x", "logo_uri": 7, "unknown": {}})).unwrap();
    assert_eq!((wanted.name.as_deref(), wanted.kind, wanted.auth_method), (None, ClientKind::Confidential, "client_secret_basic"));
    let configuration = wanted.configuration;
    assert_eq!(configuration.allowed_oauth_flows, ["code"]);
    assert_eq!(configuration.allowed_oauth_scopes, ["openid", "email", "phone", "profile", "api/read", "aws.cognito.signin.user.admin"]);
    assert_eq!(configuration.supported_identity_providers, ["COGNITO", "Partner"]);
    assert_eq!((configuration.explicit_auth_flows.as_deref(), configuration.refresh_token_rotation.as_ref()), (Some(&[][..]), None));
    assert_eq!(grant_types(&configuration, false), ["authorization_code", "refresh_token"]);
    assert_eq!(grant_types(&configuration, true).last(), Some(&device_grant::GRANT));
}

#[test]
fn refresh_tokens_of_a_client_without_a_secret_rotate_and_machines_have_their_own_scopes() {
    let public = asked(json!({"redirect_uris": ["http://127.0.0.1/cb"], "token_endpoint_auth_method": "none"})).unwrap();
    assert!(public.kind == ClientKind::Public && public.configuration.rotates_refresh_tokens());
    let machine = asked(json!({"grant_types": ["client_credentials"]})).unwrap().configuration;
    assert_eq!((machine.allowed_oauth_scopes.clone(), machine.supported_identity_providers.len()), (vec!["api/read".to_owned()], 0));
    assert_eq!(grant_types(&machine, false), ["client_credentials"]);
}

#[test]
fn metadata_is_refused_in_the_words_of_its_rfc() {
    let long = format!("https://app.example/{}", "x".repeat(1005));
    let many: Vec<String> = (0..101).map(|index| format!("https://app.example/{index}")).collect();
    for addresses in [
        json!(null),
        json!([]),
        json!(BACK),
        json!([7]),
        json!(["http://app.example/cb"]),
        json!(["javascript:/x"]),
        json!(["https://app.example/#f"]),
        json!(["https://app.example/a b"]),
        json!(["https://app.example/\u{0}"]),
        json!([long]),
        json!(many),
        json!([BACK, "/relative"]),
    ] {
        let refused = asked(json!({"redirect_uris": addresses})).unwrap_err();
        assert!(matches!(refused, RegistrationRefused::RedirectUri(_)), "{addresses}: {refused}");
    }
    for (name, value) in [
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        ("token_endpoint_auth_method", json!(7)),
        ("grant_types", json!([])),
        ("grant_types", json!("authorization_code")),
        ("grant_types", json!(["implicit"])),
        ("grant_types", json!(["authorization_code", "client_credentials"])),
        ("response_types", json!(["token"])),
        ("response_types", json!([])),
        ("scope", json!("openid api/write")),
        ("scope", json!(["openid"])),
        ("scope", json!(SCOPE)),
        ("client_name", json!({})),
        ("subject_type", json!("pairwise")),
        ("id_token_signed_response_alg", json!("none")),
        ("post_logout_redirect_uris", json!(["http://app.example/"])),
    ] {
        let refused = asked(json!({"redirect_uris": [BACK], name: value})).unwrap_err();
        assert!(matches!(refused, RegistrationRefused::Metadata(_)), "{name} {value}: {refused}");
    }
    for machine in [
        json!({"token_endpoint_auth_method": "none"}),
        json!({"scope": "openid"}),
        json!({"scope": "aws.cognito.signin.user.admin"}),
        json!({"scope": SCOPE}),
        json!({"response_types": ["code"]}),
    ] {
        let mut metadata = machine;
        metadata["grant_types"] = json!(["client_credentials"]);
        assert!(matches!(asked(metadata.clone()), Err(RegistrationRefused::Metadata(_))), "{metadata}");
    }
}

#[test]
fn what_a_pool_does_not_offer_is_refused_and_what_is_no_grant_of_a_client_is_left_out() {
    let code = Offer { flows: vec!["code"], ..Offer::default() };
    let machine = Offer { flows: vec!["client_credentials"], scopes: Vec::new(), ..Offer::default() };
    let of = |offer: &Offer<'_>, metadata: Value| wanted(metadata.as_object().unwrap(), offer);
    let grants = json!({"redirect_uris": [BACK], "grant_types": ["authorization_code", "refresh_token", "implicit"], "response_types": ["code", "token"]});
    let left = of(&code, grants).unwrap().configuration;
    assert_eq!((left.allowed_oauth_flows, left.allowed_oauth_scopes), (vec!["code".to_owned()], OF_ALL.map(str::to_owned).to_vec()));
    assert!(of(&code, json!({"grant_types": ["client_credentials"]})).is_err());
    assert!(of(&machine, json!({"redirect_uris": [BACK]})).is_err(), "codes are what is asked for where nothing is");
    assert!(of(&machine, json!({"grant_types": ["client_credentials"]})).is_err(), "there is no scope for it");
}

#[test]
fn scopes_are_asked_for_once_and_by_openids_names() {
    let scopes =
        |scope: &str| asked(json!({"redirect_uris": [BACK], "scope": scope})).map(|wanted| wanted.configuration.allowed_oauth_scopes);
    assert_eq!(scopes("openid  api/read openid offline_access"), Ok(vec!["openid".to_owned(), "api/read".to_owned()]));
    assert_eq!(scopes("openid address"), Ok(vec!["openid".to_owned(), "profile".to_owned()]));
    assert_eq!(scopes("offline_access").map(|all| all.len()), Ok(6));
}

#[test]
fn names_have_what_names_of_app_clients_may_have() {
    for (given, name) in [
        ("Claude Code (notes)", "Claude Code notes"),
        ("Заметки", "Заметки"),
        ("a\u{202e}b\u{200b}c\u{0}d", "a b c d"),
        ("<script>alert(1)</script>", "script alert 1 script"),
    ] {
        let wanted = asked(json!({"redirect_uris": [BACK], "client_name": given})).unwrap();
        assert_eq!(wanted.name.as_deref(), Some(name), "{given}");
    }
    let long = asked(json!({"redirect_uris": [BACK], "client_name": "é".repeat(200)})).unwrap();
    assert_eq!(long.name.map(|name| name.chars().count()), Some(128));
    assert_eq!(asked(json!({"redirect_uris": [BACK], "client_name": "()"})).unwrap().name, None);
}
