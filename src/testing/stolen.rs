//! What whoever carries the database away can read in it: names, and no secret.

use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder};

use super::{TestApp, parameter};
use crate::flows::pool_keys;

/// K1. The bytes of the files, so that nothing is left out; the other database has the same columns.
#[actix_web::test]
async fn no_secret_is_in_the_files_of_a_database() {
    const PASSWORD: &str = "C4nary-of-a-password!";
    let app = TestApp::new().await;
    let Some(path) = app.database.url.strip_prefix("sqlite://") else { return };
    let path = path.split('?').next().unwrap().to_owned();

    let pool = app.hosted_pool(json!({}), json!({"GenerateSecret": true, "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]})).await;
    let mfa = json!({"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": true}});
    pool.admin("SetUserPoolMfaConfig", mfa).await.ok();
    pool.user("canary-user").await;
    let set = json!({"Username": "canary-user", "Password": PASSWORD, "Permanent": true});
    pool.admin("AdminSetUserPassword", set).await.ok();
    let client = pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok()["UserPoolClient"].clone();
    let visitor = pool.visitor();
    let scope = [("scope", "openid aws.cognito.signin.user.admin")];
    let page = visitor.follow(&visitor.ask("oauth2/authorize", &scope).await).await;
    let back = visitor.fill(&page, &[("username", "canary-user"), ("password", PASSWORD)]).await;
    let code = parameter(&back, "code").unwrap();
    let tokens = pool.exchange(&code, &[("client_secret", client["ClientSecret"].as_str().unwrap())]).await.ok();
    let unused = parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").unwrap();

    let token = &tokens["access_token"];
    let seed = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": token})).await.ok()["SecretCode"].clone();
    let raw = BASE32_NOPAD.decode(seed.as_str().unwrap().as_bytes()).unwrap();
    let totp =
        Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(raw.clone()).build().unwrap();
    let shown = totp.generate(app.app.now().seconds().unsigned_abs()).to_string();
    app.anonymous().call("VerifySoftwareToken", json!({"AccessToken": token, "UserCode": shown})).await.ok();

    app.admin().call("iam:CreateUser", json!({"UserName": "canary-operator"})).await.ok();
    let key = app.admin().call("CreateAccessKey", json!({"UserName": "canary-operator"})).await.ok()["AccessKey"].clone();
    let profile = json!({"UserName": "canary-operator", "Password": PASSWORD});
    app.admin().call("CreateLoginProfile", profile).await.ok();
    let signing = pool_keys::load(&app.app, &pool.id).await.unwrap().unwrap();
    let private = signing.current.private().pkcs8().to_vec();

    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
    let holds = |secret: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
    for name in ["canary-user", "canary-operator"] {
        assert!(holds(name.as_bytes()), "{name} is not found: nothing would be");
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let refresh = text(&tokens["refresh_token"]);
    let held = visitor.browser.cookie(&format!("passwright-session-{}", pool.id));
    for (what, secret) in [
        ("a password", PASSWORD.to_owned()),
        ("a client's secret", text(&client["ClientSecret"])),
        ("a seed", text(&seed)),
        ("a refresh token", refresh.rsplit('.').next().unwrap().to_owned()),
        ("an access token", text(token)),
        ("a code", code),
        ("a code that is good", unused),
        ("a browser's session", held),
        ("an access key's secret", text(&key["SecretAccessKey"])),
    ] {
        assert!(secret.len() > 8 && !holds(secret.as_bytes()), "{what}");
    }
    assert!(!holds(&raw), "a seed as it is");
    // The last prime of an RSA key stands at its end.
    assert!(!holds(&private[private.len() - 32..]), "a signing key");
}
