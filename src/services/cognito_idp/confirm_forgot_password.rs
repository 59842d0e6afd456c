//! ConfirmForgotPassword: a code for a new password. Whoever was signed in is signed out; a second factor is asked for as before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::flows::recover;
use crate::flows::triggers::Told;
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    secret_hash: Option<String>,
    username: String,
    confirmation_code: String,
    password: Secret,
    client_metadata: Option<BTreeMap<String, String>>,
}

proves_secret_by_username!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let app_client = app_client.telling(Told::of(request.client_metadata));
    let (code, password) = (&request.confirmation_code, &request.password);
    recover::reset(cx, &app_client, &request.username, code, password, cx.origin.source_ip).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};
    use totp_rs::{Algorithm, Builder};

    use crate::testing::{Answer, PASSWORD, TestApp, TestPool};

    const NEW: &str = "An0ther-pass!";
    const HOUR: Duration = Duration::from_secs(3600);

    async fn confirm(pool: &TestPool<'_>, name: &str, code: &str, password: &str) -> Answer {
        pool.client("ConfirmForgotPassword", json!({"Username": name, "ConfirmationCode": code, "Password": password})).await
    }

    async fn code_for(pool: &TestPool<'_>, name: &str) -> String {
        pool.app.advance(Duration::from_secs(1));
        pool.client("ForgotPassword", json!({"Username": name})).await.ok();
        pool.app.code_sent_to(&format!("{name}@x.example")).await
    }

    async fn user<'a>(pool: &'a TestPool<'_>, name: &str) -> crate::testing::TestUser<'a> {
        pool.user_with(name, json!({"email": format!("{name}@x.example"), "email_verified": "true"})).await
    }

    async fn pool_of<'a>(app: &'a TestApp, prevents: &str) -> TestPool<'a> {
        let settings = json!({"AutoVerifiedAttributes": ["email"]});
        app.pool_with(settings, json!({"PreventUserExistenceErrors": prevents})).await
    }

    fn other_than(code: &str) -> &'static str {
        if code == "000000" { "000001" } else { "000000" }
    }

    #[actix_web::test]
    async fn a_new_password_ends_what_the_old_one_began_and_unlocks() {
        let app = TestApp::new().await;
        let pool = pool_of(&app, "ENABLED").await;
        let alice = user(&pool, "alice").await;
        let tokens = alice.signed_in().await;
        let made = json!({"Username": "made", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", made).await.ok();
        for _ in 0..7 {
            pool.sign_in("alice", "wrong").await;
        }
        assert_eq!(pool.sign_in("alice", PASSWORD).await.message(), "Password attempts exceeded");
        let code = code_for(&pool, "alice").await;
        assert_eq!(confirm(&pool, "alice", &code, NEW).await.ok(), json!({}));
        assert_eq!(pool.sign_in("alice", PASSWORD).await.message(), "Incorrect username or password.");
        assert!(pool.sign_in("alice", NEW).await.ok()["AuthenticationResult"].is_object());
        let shown = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
        assert_eq!(shown.message(), "Access Token has been revoked");
        let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
        let refresh = pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await;
        assert_eq!(refresh.message(), "Refresh Token has been revoked");
        assert_eq!(confirm(&pool, "alice", &code, "Y3t-another!").await.code(), "CodeMismatchException", "a code serves once");
    }

    #[actix_web::test]
    async fn a_second_factor_is_asked_for_as_before() {
        let app = TestApp::new().await;
        let settings = json!({"AutoVerifiedAttributes": ["email"], "MfaConfiguration": "OPTIONAL"});
        let pool = app.pool_with(settings, json!({})).await;
        let alice = user(&pool, "alice").await;
        let token = alice.signed_in().await["AccessToken"].clone();
        let secret = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": token})).await.ok()["SecretCode"].clone();
        let seed = data_encoding::BASE32_NOPAD.decode(secret.as_str().unwrap().as_bytes()).unwrap();
        let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(seed).build().unwrap();
        let code = totp.generate(app.app.now().seconds().unsigned_abs()).to_string();
        app.anonymous().call("VerifySoftwareToken", json!({"AccessToken": token, "UserCode": code})).await.ok();
        let factor = json!({"AccessToken": token, "SoftwareTokenMfaSettings": {"Enabled": true, "PreferredMfa": true}});
        app.anonymous().call("SetUserMFAPreference", factor).await.ok();
        let code = code_for(&pool, "alice").await;
        confirm(&pool, "alice", &code, NEW).await.ok();
        assert_eq!(pool.sign_in("alice", NEW).await.ok()["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    }

    #[actix_web::test]
    async fn a_password_that_is_not_taken_costs_no_code() {
        let app = TestApp::new().await;
        let settings =
            json!({"AutoVerifiedAttributes": ["email"], "Policies": {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}}});
        let pool = app.pool_with(settings, json!({})).await;
        user(&pool, "alice").await;
        let code = code_for(&pool, "alice").await;
        assert_eq!(confirm(&pool, "alice", &code, "short").await.code(), "InvalidPasswordException");
        assert_eq!(confirm(&pool, "alice", &code, PASSWORD).await.code(), "PasswordHistoryPolicyViolationException");
        confirm(&pool, "alice", &code, NEW).await.ok();
        // The policy says nothing of who there is.
        assert_eq!(confirm(&pool, "nobody", "000000", "short").await.code(), "InvalidPasswordException");
    }

    #[actix_web::test]
    async fn known_and_unknown_names_are_answered_and_counted_alike() {
        let app = TestApp::new().await;
        let pool = pool_of(&app, "ENABLED").await;
        user(&pool, "known").await;
        user(&pool, "asked").await;
        code_for(&pool, "asked").await;
        user(&pool, "disabled").await;
        let of_disabled = code_for(&pool, "disabled").await;
        pool.admin("AdminDisableUser", json!({"Username": "disabled"})).await.ok();
        assert_eq!(confirm(&pool, "disabled", &of_disabled, NEW).await.code(), "CodeMismatchException", "right, and not told so");
        user(&pool, "silenced").await;
        pool.admin("AdminDisableUser", json!({"Username": "silenced"})).await.ok();
        pool.admin("AdminCreateUser", json!({"Username": "made", "MessageAction": "SUPPRESS"})).await.ok();
        pool.client("SignUp", json!({"Username": "waiting", "Password": PASSWORD})).await.ok();
        let mut all = Vec::new();
        for name in ["ghost", "known", "asked", "silenced", "made", "waiting"] {
            let mut one = Vec::new();
            for _ in 0..7 {
                let answer = confirm(&pool, name, "x", NEW).await;
                one.push((answer.status, answer.error()));
            }
            all.push((name, one));
        }
        let codes: Vec<&str> = all[0].1.iter().map(|(_, error)| error.0.as_str()).collect();
        let (judged, limited) = ("CodeMismatchException", "LimitExceededException");
        assert_eq!(codes, [judged, judged, judged, judged, judged, limited, limited]);
        for (name, one) in &all {
            assert_eq!(one, &all[0].1, "{name}");
        }
    }

    #[actix_web::test]
    async fn who_may_be_told_is_told() {
        let app = TestApp::new().await;
        let pool = pool_of(&app, "LEGACY").await;
        user(&pool, "known").await;
        user(&pool, "disabled").await;
        pool.admin("AdminDisableUser", json!({"Username": "disabled"})).await.ok();
        pool.admin("AdminCreateUser", json!({"Username": "made", "MessageAction": "SUPPRESS"})).await.ok();
        pool.client("SignUp", json!({"Username": "waiting", "Password": PASSWORD})).await.ok();
        for (name, code) in [
            ("ghost", "UserNotFoundException"),
            ("known", "ExpiredCodeException"),
            ("disabled", "NotAuthorizedException"),
            ("made", "NotAuthorizedException"),
            ("waiting", "UserNotConfirmedException"),
        ] {
            assert_eq!(confirm(&pool, name, "000000", NEW).await.code(), code, "{name}");
        }
    }

    #[actix_web::test]
    async fn guesses_are_counted_across_codes_and_kill_them() {
        let app = TestApp::new().await;
        let pool = pool_of(&app, "LEGACY").await;
        user(&pool, "alice").await;
        let mut judged = 0;
        let mut last = String::new();
        for _ in 0..5 {
            last = code_for(&pool, "alice").await;
            for _ in 0..6 {
                judged += usize::from(confirm(&pool, "alice", other_than(&last), NEW).await.code() == "CodeMismatchException");
            }
        }
        assert_eq!(judged, 5, "no new code is a new budget");
        assert_eq!(confirm(&pool, "alice", &last, NEW).await.code(), "LimitExceededException");
        app.advance(HOUR);
        let code = code_for(&pool, "alice").await;
        confirm(&pool, "alice", &code, NEW).await.ok();
    }

    #[actix_web::test]
    async fn a_code_is_of_one_purpose_one_user_one_pool_the_newest_and_for_an_hour() {
        let app = TestApp::new().await;
        let pool = pool_of(&app, "LEGACY").await;
        let other = pool_of(&app, "LEGACY").await;
        for name in ["alice", "bob"] {
            user(&pool, name).await;
        }
        user(&other, "carol").await;
        let first = code_for(&pool, "alice").await;
        let second = code_for(&pool, "alice").await;
        code_for(&pool, "bob").await;
        code_for(&other, "carol").await;
        if first != second {
            assert_eq!(confirm(&pool, "alice", &first, NEW).await.code(), "CodeMismatchException");
        }
        for (pool, name) in [(&pool, "bob"), (&other, "carol")] {
            assert_eq!(confirm(pool, name, &second, NEW).await.code(), "CodeMismatchException", "{name}");
        }
        let address = json!([{"Name": "email", "Value": "dora@x.example"}]);
        pool.client("SignUp", json!({"Username": "dora", "Password": PASSWORD, "UserAttributes": address})).await.ok();
        let of_sign_up = app.code_sent_to("dora@x.example").await;
        pool.admin("AdminConfirmSignUp", json!({"Username": "dora"})).await.ok();
        assert_eq!(confirm(&pool, "dora", &of_sign_up, NEW).await.code(), "ExpiredCodeException", "a sign-up's code resets nothing");
        app.advance(HOUR - Duration::from_secs(3));
        confirm(&pool, "alice", &second, NEW).await.ok();
        let code = code_for(&pool, "alice").await;
        app.advance(HOUR);
        assert_eq!(confirm(&pool, "alice", &code, NEW).await.code(), "ExpiredCodeException");
    }

    #[actix_web::test]
    async fn another_password_or_address_ends_the_code() {
        let app = TestApp::new().await;
        let pool = pool_of(&app, "LEGACY").await;
        user(&pool, "alice").await;
        let code = code_for(&pool, "alice").await;
        pool.admin("AdminSetUserPassword", json!({"Username": "alice", "Password": PASSWORD, "Permanent": true})).await.ok();
        assert_eq!(confirm(&pool, "alice", &code, NEW).await.code(), "ExpiredCodeException");
        let code = code_for(&pool, "alice").await;
        let moved = json!([{"Name": "email", "Value": "new@x.example"}, {"Name": "email_verified", "Value": "true"}]);
        pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": moved})).await.ok();
        assert_eq!(confirm(&pool, "alice", &code, NEW).await.code(), "ExpiredCodeException", "whoever reads the old mailbox is out");
    }

    #[actix_web::test]
    async fn a_code_that_many_bring_at_once_serves_one() {
        let app = TestApp::new().await;
        let pool = pool_of(&app, "LEGACY").await;
        user(&pool, "alice").await;
        let code = code_for(&pool, "alice").await;
        let passwords: Vec<String> = (0..16).map(|number| format!("An0ther-{number}!")).collect();
        let answers: Vec<Answer> =
            futures_util::future::join_all(passwords.iter().map(|password| confirm(&pool, "alice", &code, password))).await;
        let won: Vec<&String> =
            answers.iter().zip(&passwords).filter(|(answer, _)| answer.status == 200).map(|(_, password)| password).collect();
        assert_eq!(won.len(), 1);
        assert!(pool.sign_in("alice", won[0]).await.ok()["AuthenticationResult"].is_object());
        let refused: Vec<Value> = answers.iter().filter(|answer| answer.status != 200).map(|answer| json!(answer.code())).collect();
        assert!(refused.iter().all(|code| code == "ExpiredCodeException" || code == "LimitExceededException"), "{refused:?}");
    }
}
