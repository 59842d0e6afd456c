//! What people do at the pages.

use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder};

use crate::testing::{CALLBACK, HOST, PASSWORD, TestApp, TestPasskey, claims, parameter};

const NEW: &str = "An0ther-password!";

#[actix_web::test]
async fn whoever_signs_in_goes_back_with_a_code_and_is_let_in_again_without_asking() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    let sent = visitor.ask("oauth2/authorize", &[("login_hint", "alice")]).await;
    assert!(sent.header("location").starts_with(&format!("/{}/login?", pool.id)), "{}", sent.header("location"));
    let page = visitor.follow(&sent).await;
    assert!(page.text.contains("value=\"alice\"") && page.text.contains("autocomplete=\"current-password\""), "{}", page.text);
    let wrong = visitor.fill(&page, &[("username", "alice"), ("password", "wrong")]).await;
    assert!(wrong.status == 400 && wrong.text.contains("Incorrect username or password."), "{}", wrong.text);
    let back = visitor.fill(&wrong, &[("username", "alice"), ("password", PASSWORD)]).await;
    let issuer = format!("http://{HOST}/{}", pool.id);
    assert_eq!((back.status, back.header("location").split('?').next()), (303, Some(CALLBACK)));
    assert_eq!((parameter(&back, "state").as_deref(), parameter(&back, "iss")), (Some("the-state"), Some(issuer)));
    let first = pool.exchange(&parameter(&back, "code").unwrap(), &[]).await.ok();

    app.advance(Duration::from_secs(1800));
    let again = visitor.ask("oauth2/authorize", &[("prompt", "none")]).await;
    let second = pool.exchange(&parameter(&again, "code").unwrap(), &[]).await.ok();
    let (first, second) = (claims(&first["id_token"]), claims(&second["id_token"]));
    assert_eq!((&first["auth_time"], &first["sid"]), (&second["auth_time"], &second["sid"]));
    assert_ne!(first["origin_jti"], second["origin_jti"]);

    // An hour after they signed in they are asked again, and so is who is asked for it.
    for asking in [("prompt", "login"), ("max_age", "60")] {
        let asked = visitor.ask("oauth2/authorize", &[asking]).await;
        assert!(asked.header("location").contains("/login?"), "{asking:?}");
        let page = visitor.follow(&asked).await;
        assert!(page.text.contains("type=\"password\""), "{}", page.text);
    }
    let anew = visitor.tokens_of("alice", &[("max_age", "60")]).await;
    assert_ne!(claims(&anew["id_token"])["auth_time"], first["auth_time"]);
    app.advance(Duration::from_secs(3600));
    let asked = visitor.ask("oauth2/authorize", &[("prompt", "none")]).await;
    assert_eq!(parameter(&asked, "error").as_deref(), Some("login_required"));
}

#[actix_web::test]
async fn whoever_is_signed_in_chooses_to_go_on_or_to_be_somebody_else() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user_with("alice", json!({"email": "alice@x.example"})).await;
    pool.user("bob").await;
    let visitor = pool.visitor();
    let token = visitor.tokens_of("alice", &[]).await["id_token"].clone();
    let asked = visitor.ask("oauth2/authorize", &[("prompt", "select_account")]).await;
    let page = visitor.follow(&asked).await;
    assert!(page.text.contains("alice@x.example"), "{}", page.text);
    let on = visitor.fill(&page, &[]).await;
    assert!(parameter(&on, "code").is_some(), "{}", on.text);
    let other = visitor.ask("login", &[("another", "1")]).await;
    let bob = visitor.fill(&other, &[("username", "bob"), ("password", PASSWORD)]).await;
    assert!(parameter(&bob, "code").is_some());

    // A client that expects somebody gets nobody else.
    let hint = [("id_token_hint", token.as_str().unwrap())];
    let refused = visitor.ask("oauth2/authorize", &[hint[0], ("prompt", "none")]).await;
    assert_eq!(parameter(&refused, "error").as_deref(), Some("login_required"));
    let another = visitor.sign_in("bob", &hint).await;
    assert_eq!(parameter(&another, "error").as_deref(), Some("login_required"));
    assert!(parameter(&visitor.sign_in("alice", &hint).await, "code").is_some());
    app.advance(Duration::from_secs(3599));
    let old = visitor.ask("oauth2/authorize", &[hint[0], ("prompt", "none")]).await;
    assert!(parameter(&old, "code").is_some(), "however old the hint is: {}", old.header("location"));
}

#[actix_web::test]
async fn whoever_signs_up_is_let_in_by_the_code_that_comes() {
    let app = TestApp::new().await;
    let name = json!([{"Name": "name", "AttributeDataType": "String", "Required": true, "Mutable": true}]);
    let pool = app.hosted_pool(json!({"AutoVerifiedAttributes": ["email"], "Schema": name}), json!({})).await;
    let visitor = pool.visitor();
    let page = visitor.ask("signup", &[]).await;
    for field in ["name=\"username\"", "name=\"email\"", "name=\"name\"", "autocomplete=\"new-password\""] {
        assert!(page.text.contains(field), "{field}: {}", page.text);
    }
    let fields = [("username", "carol"), ("email", "carol@x.example"), ("name", "Carol"), ("password", PASSWORD)];
    let weak = visitor.fill(&page, &[&fields[..3], &[("password", "short")]].concat()).await;
    assert!(weak.status == 400 && weak.text.contains("Use at least 8 characters.") && weak.text.contains("value=\"carol@x.example\""));
    assert!(!weak.text.contains("short\""), "a password is not shown again");
    let made = visitor.fill(&page, &fields).await;
    let page = visitor.follow(&made).await;
    assert!(page.text.contains("c***@x***") && page.text.contains("autocomplete=\"one-time-code\""), "{}", page.text);
    let first = app.code_sent_to("carol@x.example").await;
    let wrong = visitor.fill(&page, &[("code", if first == "000000" { "000001" } else { "000000" })]).await;
    assert!(wrong.status == 400 && wrong.text.contains("isn’t right"), "{}", wrong.text);
    app.advance(Duration::from_secs(1));
    let resent = visitor.fill(&page, &[]).await;
    assert!(resent.status == 200 && resent.text.contains("We sent you a new code."), "{}", resent.text);
    let code = app.code_sent_to("carol@x.example").await;
    let back = visitor.fill(&page, &[("code", &code)]).await;
    assert!(parameter(&back, "code").is_some(), "{} {}", back.header("location"), back.text);
    let tokens = pool.exchange(&parameter(&back, "code").unwrap(), &[]).await.ok();
    assert_eq!(claims(&tokens["id_token"])["email_verified"], true);
    let taken = visitor.fill(&visitor.ask("signup", &[]).await, &fields).await;
    assert!(taken.status == 400 && taken.text.contains("This username is taken."));
}

#[actix_web::test]
async fn a_confirmation_in_another_browser_lets_nobody_in_without_the_password() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({"AutoVerifiedAttributes": ["email"], "UsernameAttributes": ["email"]}), json!({})).await;
    let visitor = pool.visitor();
    let page = visitor.ask("signup", &[]).await;
    visitor.fill(&page, &[("username", "dan@x.example"), ("password", PASSWORD)]).await;
    let code = app.code_sent_to("dan@x.example").await;
    app.advance(Duration::from_secs(1));
    // Their password is known elsewhere: what is missing is the code.
    let elsewhere = pool.visitor();
    let asked = elsewhere.sign_in("dan@x.example", &[]).await;
    assert!(asked.header("location").contains("/confirm?"), "{}", asked.header("location"));
    let page = elsewhere.follow(&asked).await;
    let newest = app.code_sent_to("dan@x.example").await;
    assert_ne!(newest, code);
    let confirmed = elsewhere.fill(&page, &[("code", &newest)]).await;
    let page = elsewhere.follow(&confirmed).await;
    assert!(page.text.contains("Your account is confirmed.") && page.text.contains("type=\"password\""), "{}", page.text);
    assert!(parameter(&elsewhere.sign_in("dan@x.example", &[]).await, "code").is_some());
}

#[actix_web::test]
async fn a_forgotten_password_is_replaced_by_a_code() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    pool.user_with("alice", json!({"email": "alice@x.example", "email_verified": "true"})).await;
    let visitor = pool.visitor();
    let page = visitor.ask("forgotPassword", &[]).await;
    let sent = visitor.fill(&page, &[("username", "alice")]).await;
    let page = visitor.follow(&sent).await;
    assert!(page.text.contains("a***@"), "{}", page.text);
    let code = app.code_sent_to("alice@x.example").await;
    let weak = visitor.fill(&page, &[("code", &code), ("password", "short")]).await;
    assert!(weak.text.contains("Use at least 8 characters."), "{}", weak.text);
    let wrong = visitor.fill(&page, &[("code", "x"), ("password", NEW)]).await;
    assert!(wrong.text.contains("isn’t right"), "{}", wrong.text);
    let changed = visitor.fill(&page, &[("code", &code), ("password", NEW)]).await;
    let page = visitor.follow(&changed).await;
    assert!(page.text.contains("Your password has been changed."), "{}", page.text);
    let old = visitor.fill(&page, &[("username", "alice"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, 400);
    let new = visitor.fill(&page, &[("username", "alice"), ("password", NEW)]).await;
    assert!(parameter(&new, "code").is_some());
    // Nobody is told who there is.
    let nobody = visitor.fill(&visitor.ask("forgotPassword", &[]).await, &[("username", "nobody")]).await;
    assert!(nobody.header("location").contains("/resetPassword?"), "{}", nobody.text);
}

#[actix_web::test]
async fn a_second_factor_is_set_up_and_then_asked_for() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.admin("SetUserPoolMfaConfig", json!({"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": true}})).await.ok();
    pool.user("alice").await;
    let visitor = pool.visitor();
    let asked = visitor.sign_in("alice", &[]).await;
    assert!(asked.header("location").contains("/mfa?"), "{}", asked.header("location"));
    let page = visitor.follow(&asked).await;
    let page = visitor.follow(&visitor.fill(&page, &[("choice", "SOFTWARE_TOKEN_MFA")]).await).await;
    assert!(page.text.contains("<svg") && page.text.contains("otpauth://totp/test:alice?secret="), "{}", page.text);
    let secret = page.text.split("secret=").nth(1).unwrap().split(['&', '"']).next().unwrap().to_owned();
    let seed = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let code = || {
        let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(seed.clone()).build().unwrap();
        totp.generate(u64::try_from(app.app.now().seconds()).unwrap()).to_string()
    };
    let wrong = visitor.fill(&page, &[("code", "000000")]).await;
    assert!(wrong.status == 400 && wrong.text.contains("isn’t right"), "{}", wrong.text);
    let back = visitor.fill(&page, &[("code", &code()), ("device_name", "Phone")]).await;
    assert!(parameter(&back, "code").is_some(), "{} {}", back.status, back.text);

    app.advance(Duration::from_secs(60));
    let fresh = pool.visitor();
    let asked = fresh.sign_in("alice", &[]).await;
    let page = fresh.follow(&asked).await;
    assert!(page.text.contains("Phone"), "{}", page.text);
    assert_eq!(parameter(&fresh.ask("oauth2/authorize", &[("prompt", "none")]).await, "error").as_deref(), Some("login_required"));
    let used = fresh.fill(&page, &[("code", &code())]).await;
    assert!(parameter(&used, "code").is_some(), "{}", used.text);
}

#[actix_web::test]
async fn a_temporary_password_is_replaced_on_the_way_in() {
    let app = TestApp::new().await;
    let name = json!([{"Name": "name", "AttributeDataType": "String", "Required": true, "Mutable": true}]);
    let pool = app.hosted_pool(json!({"Schema": name}), json!({})).await;
    pool.admin("AdminCreateUser", json!({"Username": "eve", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"})).await.ok();
    let visitor = pool.visitor();
    let asked = visitor.sign_in("eve", &[]).await;
    let page = visitor.follow(&asked).await;
    assert!(page.text.contains("Replace your temporary password") && page.text.contains("name=\"name\""), "{}", page.text);
    let weak = visitor.fill(&page, &[("password", "short"), ("name", "Eve")]).await;
    assert!(weak.status == 400 && weak.text.contains("Use at least 8 characters."), "{}", weak.text);
    let back = visitor.fill(&page, &[("password", NEW), ("name", "Eve")]).await;
    assert!(parameter(&back, "code").is_some(), "{}", back.text);
}

#[actix_web::test]
async fn whoever_may_begin_with_a_code_is_given_the_choice() {
    let app = TestApp::new().await;
    let policies = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
    let flows = json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
    let pool = app.hosted_pool(json!({"Policies": policies, "AutoVerifiedAttributes": ["email"]}), flows).await;
    pool.user_with("alice", json!({"email": "alice@x.example", "email_verified": "true"})).await;
    let visitor = pool.visitor();
    let page = visitor.ask("login", &[]).await;
    assert!(!page.text.contains("type=\"password\""), "the name comes first");
    let choice = visitor.follow(&visitor.fill(&page, &[("username", "alice")]).await).await;
    assert!(
        choice.text.contains("value=\"PASSWORD\"") && choice.text.contains("value=\"EMAIL_OTP\"") && !choice.text.contains("PASSWORD_SRP")
    );
    let by_code = visitor.follow(&visitor.fill(&choice, &[("choice", "EMAIL_OTP")]).await).await;
    let code = app.code_sent_to("alice@x.example").await;
    let back = visitor.fill(&by_code, &[("code", &code)]).await;
    assert!(parameter(&back, "code").is_some(), "{}", back.text);

    let other = pool.visitor();
    let page = other.ask("login", &[]).await;
    let choice = other.follow(&other.fill(&page, &[("username", "alice")]).await).await;
    let by_password = other.follow(&other.fill(&choice, &[("choice", "PASSWORD")]).await).await;
    assert!(by_password.text.contains("type=\"password\""), "{}", by_password.text);
    let back = other.fill(&by_password, &[("password", PASSWORD)]).await;
    assert!(parameter(&back, "code").is_some(), "{}", back.text);
}

#[actix_web::test]
async fn the_pages_speak_the_visitors_language_and_wear_the_pools_clothes() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let visitor = pool.visitor();
    let header = [("accept-language", "fr-CH, fr;q=0.9, en;q=0.8")];
    let path = format!("/{}/login?{}", pool.id, pool.asking(&[]));
    let french = visitor.browser.send_to(HOST, Method::GET, &path, &header, String::new()).await;
    assert!(french.text.contains("<html lang=\"fr\" dir=\"ltr\">"), "{}", french.text);
    for (asked, expected) in
        [(("lang", "ar"), "lang=\"ar\" dir=\"rtl\""), (("ui_locales", "xx de"), "lang=\"de\""), (("lang", "xx"), "lang=\"en\"")]
    {
        let page = visitor.ask("login", &[asked]).await;
        assert!(page.text.contains(expected), "{asked:?}: {}", page.text);
    }
    pool.admin("CreateUserPoolDomain", json!({"Domain": "shop"})).await.ok();
    let css = ".submitButton-customizable { background-color: #123456; }";
    pool.admin("SetUICustomization", json!({"ClientId": "ALL", "CSS": css})).await.ok();
    let page = visitor.ask("login", &[]).await;
    let style = page
        .text
        .split("href=\"")
        .find(|rest| rest.contains("/style.css?"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let sheet = visitor.open(&style).await;
    assert_eq!((sheet.text.as_str(), sheet.header("content-type")), (css, "text/css; charset=utf-8"));
    assert!(page.text.contains("data-scheme=\"light\""), "who styled light pages styled no dark ones");
    // A style of managed login comes first.
    let logo = json!([{"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "SVG", "Bytes": "PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnLz4="}]);
    let settings = json!({"components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": "aa0000ff"}}}}});
    pool.admin("CreateManagedLoginBranding", json!({"ClientId": pool.client_id, "Settings": settings, "Assets": logo})).await.ok();
    let page = visitor.ask("login", &[]).await;
    let address = |part: &str| page.text.split('"').find(|text| text.contains(part)).unwrap().replace("&#38;", "&");
    assert!(visitor.open(&address("/style.css?")).await.text.contains("--pw-primary:#aa0000ff;"));
    assert_eq!(visitor.open(&address("/assets/").replace(HOST, "")).await.status, 200);
    assert!(page.text.contains("class=\"logo-customizable\""), "{}", page.text);
}

#[actix_web::test]
async fn a_client_that_does_not_take_the_pools_users_shows_them_no_form() {
    let app = TestApp::new().await;
    let provider = json!({"ProviderName": "Corp", "ProviderType": "OIDC", "ProviderDetails": {"client_id": "c", "client_secret": "s", "authorize_scopes": "openid",
        "attributes_request_method": "GET", "oidc_issuer": "https://idp.example", "authorize_url": "https://idp.example/a", "token_url": "https://idp.example/t",
        "attributes_url": "https://idp.example/u", "jwks_uri": "https://idp.example/j"}});
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    pool.admin("CreateIdentityProvider", provider).await.ok();
    let described = pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok()["UserPoolClient"].clone();
    let update = |providers: Value| {
        let keep = ["AllowedOAuthFlows", "AllowedOAuthFlowsUserPoolClient", "AllowedOAuthScopes", "CallbackURLs"];
        let kept = keep.into_iter().map(|name| (name.to_owned(), described[name].clone()));
        let mut input: serde_json::Map<String, Value> = kept.collect();
        input.insert("ClientId".into(), json!(pool.client_id));
        input.insert("SupportedIdentityProviders".into(), providers);
        Value::Object(input)
    };
    let visitor = pool.visitor();
    let page = visitor.ask("login", &[]).await;
    pool.admin("UpdateUserPoolClient", update(json!(["Corp"]))).await.ok();
    let without = visitor.ask("login", &[]).await;
    assert!(!without.text.contains("name=\"username\""), "{}", without.text);
    let refused = visitor.fill(&page, &[("username", "alice"), ("password", PASSWORD)]).await;
    assert!(parameter(&refused, "code").is_none(), "a form from before leads nowhere");
    pool.admin("UpdateUserPoolClient", update(json!(["Corp", "COGNITO"]))).await.ok();
    assert!(parameter(&visitor.sign_in("alice", &[]).await, "code").is_some());
}

#[actix_web::test]
async fn a_passkey_signs_in_without_a_name_and_says_whose_it_is() {
    let app = TestApp::new().await;
    let policies = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}});
    let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let pool = app.hosted_pool(json!({"Policies": policies}), json!({"ExplicitAuthFlows": flows})).await;
    let passkeys = json!({"MfaConfiguration": "OFF", "WebAuthnConfiguration": {"RelyingPartyId": "login.example"}});
    pool.admin("SetUserPoolMfaConfig", passkeys).await.ok();
    let alice = pool.user("alice").await;
    let mut passkey = TestPasskey::on("login.example");
    alice.register(&mut passkey).await;
    let visitor = pool.visitor();
    let page = visitor.ask("login", &[]).await;
    let options = page.text.split("data-passkey=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#34;", "\"");
    let options: Value = serde_json::from_str(&options).unwrap();
    assert_eq!((&options["rpId"], &options["allowCredentials"]), (&json!("login.example"), &json!([])));
    let signed = passkey.get(&options).to_string();
    let elsewhere = pool.visitor();
    let other = elsewhere.ask("login", &[]).await;
    let stolen = elsewhere.fill(&other, &[("credential", &signed)]).await;
    assert!(stolen.status == 400 && parameter(&stolen, "code").is_none(), "another browser was asked something else");
    let back = visitor.fill(&page, &[("credential", &signed)]).await;
    let tokens = pool.exchange(&parameter(&back, "code").unwrap_or_else(|| panic!("{}", back.text)), &[]).await.ok();
    assert_eq!(claims(&tokens["id_token"])["cognito:username"], "alice");
    for bad in ["", "{}", "x"] {
        let page = visitor.ask("login", &[("another", "1")]).await;
        let refused = visitor.fill(&page, &[("username", ""), ("credential", bad)]).await;
        assert!(parameter(&refused, "code").is_none(), "{bad}");
    }
}

#[actix_web::test]
async fn terms_are_shown_where_people_sign_up_once_a_client_has_both() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let visitor = pool.visitor();
    let document = |name: &str| {
        json!({"ClientId": pool.client_id, "TermsName": name, "TermsSource": "LINK", "Enforcement": "NONE",
               "Links": {"cognito:default": format!("https://a.example/{name}"), "cognito:german": format!("https://a.example/{name}/de")}})
    };
    pool.admin("CreateTerms", document("terms-of-use")).await.ok();
    let one = visitor.ask("signup", &[]).await;
    assert!(!one.text.contains("https://a.example/"), "{}", one.text);
    pool.admin("CreateTerms", document("privacy-policy")).await.ok();
    let both = visitor.ask("signup", &[]).await;
    for link in ["href=\"https://a.example/terms-of-use\"", "href=\"https://a.example/privacy-policy\""] {
        assert!(both.text.contains(link), "{link}: {}", both.text);
    }
    assert!(visitor.ask("signup", &[("lang", "de")]).await.text.contains("https://a.example/privacy-policy/de"));
    // They are links of that page: SignUp asks for no agreement, as AWS documents none.
    let made = json!({"Username": "ann", "Password": PASSWORD, "UserAttributes": [{"Name": "email", "Value": "ann@x.example"}]});
    pool.client("SignUp", made).await.ok();
}
