//! ChangePassword: the user's own, who knows the present one. Their other sign-ins end.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::change_password;
use crate::kit::secret::Secret;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    previous_password: Option<Secret>,
    proposed_password: Secret,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    let (previous, proposed) = (request.previous_password.as_ref(), &request.proposed_password);
    change_password::change(cx, &holder, previous, proposed, cx.origin.source_ip).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{Answer, PASSWORD, TestApp, TestPool};

    const NEW: &str = "An0ther-pass!";

    async fn change(app: &TestApp, tokens: &Value, previous: &str, proposed: &str) -> Answer {
        let input = json!({"AccessToken": tokens["AccessToken"], "PreviousPassword": previous, "ProposedPassword": proposed});
        app.anonymous().call("ChangePassword", input).await
    }

    async fn is_signed_in(app: &TestApp, tokens: &Value) -> bool {
        app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await.status == 200
    }

    async fn with_history(app: &TestApp, size: i64) -> TestPool<'_> {
        let policy = json!({"Policies": {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": size}}});
        app.pool_with(policy, json!({})).await
    }

    #[actix_web::test]
    async fn the_changing_sign_in_goes_on_and_the_others_end() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user("alice").await;
        let (here, elsewhere) = (alice.signed_in().await, alice.signed_in().await);
        assert_eq!(change(&app, &here, PASSWORD, NEW).await.ok(), json!({}));
        assert!(is_signed_in(&app, &here).await && !is_signed_in(&app, &elsewhere).await);
        let refresh = async |tokens: &Value| {
            let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
            pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await.message()
        };
        assert_eq!((refresh(&here).await.as_str(), refresh(&elsewhere).await.as_str()), ("", "Refresh Token has been revoked"));
        assert_eq!(pool.sign_in("alice", PASSWORD).await.code(), "NotAuthorizedException");
        assert!(pool.sign_in("alice", NEW).await.ok()["AuthenticationResult"].is_object());
        assert_eq!(alice.described().await["UserStatus"], "CONFIRMED");
    }

    #[actix_web::test]
    async fn each_refusal_has_its_words() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let tokens = pool.user("alice").await.signed_in().await;
        for (previous, proposed, code, message) in [
            ("wrong", NEW, "NotAuthorizedException", "Incorrect username or password."),
            (PASSWORD, "Sh0rt!", "InvalidPasswordException", "Password did not conform with policy: Password not long enough"),
            (
                PASSWORD,
                "n0capital!",
                "InvalidPasswordException",
                "Password did not conform with policy: Password must have uppercase characters",
            ),
        ] {
            assert_eq!(change(&app, &tokens, previous, proposed).await.error(), (code.to_owned(), message.to_owned()));
        }
        let without = json!({"AccessToken": tokens["AccessToken"], "ProposedPassword": NEW});
        assert_eq!(app.anonymous().call("ChangePassword", without).await.code(), "InvalidParameterException");
        assert_eq!(change(&app, &json!({"AccessToken": "x"}), PASSWORD, NEW).await.message(), "Invalid Access Token");
        assert_eq!(change(&app, &json!({"AccessToken": tokens["IdToken"]}), PASSWORD, NEW).await.message(), "Invalid Access Token");
        pool.admin("AdminUserGlobalSignOut", json!({"Username": "alice"})).await.ok();
        assert_eq!(change(&app, &tokens, PASSWORD, NEW).await.message(), "Access Token has been revoked");
        assert!(pool.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"].is_object());
    }

    #[actix_web::test]
    async fn guesses_with_a_stolen_token_and_at_sign_in_are_counted_as_one() {
        let app = TestApp::new().await;
        let other = app.another_node().await;
        let pool = app.pool().await;
        let tokens = pool.user("alice").await.signed_in().await;
        for _ in 0..2 {
            assert_eq!(pool.sign_in("alice", "wrong").await.code(), "NotAuthorizedException");
            assert_eq!(change(&other, &tokens, "wrong", NEW).await.code(), "NotAuthorizedException");
        }
        assert_eq!(change(&app, &tokens, "wrong", NEW).await.code(), "NotAuthorizedException");
        assert_eq!(change(&other, &tokens, PASSWORD, NEW).await.error().0, "LimitExceededException", "the right one is refused alike");
        assert_eq!(pool.sign_in("alice", PASSWORD).await.message(), "Password attempts exceeded");
        assert!(is_signed_in(&app, &tokens).await, "who is signed in stays so");
        app.advance(Duration::from_secs(1));
        change(&app, &tokens, PASSWORD, NEW).await.ok();
    }

    #[actix_web::test]
    async fn of_many_changes_at_once_one_is_made() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let tokens = pool.user("alice").await.signed_in().await;
        let passwords: Vec<String> = (0..4).map(|number| format!("An0ther-{number}!")).collect();
        let answers: Vec<Answer> =
            futures_util::future::join_all(passwords.iter().map(|password| change(&app, &tokens, PASSWORD, password))).await;
        let won: Vec<&String> =
            answers.iter().zip(&passwords).filter(|(answer, _)| answer.status == 200).map(|(_, password)| password).collect();
        assert_eq!(won.len(), 1, "each of them proved the password that was there before");
        pool.sign_in("alice", won[0]).await.ok();
    }

    #[actix_web::test]
    async fn no_password_of_the_history_is_taken_again_whoever_sets_it() {
        let app = TestApp::new().await;
        let pool = with_history(&app, 3).await;
        let tokens = pool.user("alice").await.signed_in().await;
        let reused = "PasswordHistoryPolicyViolationException";
        let of = |number: usize| if number == 0 { PASSWORD.to_owned() } else { format!("An0ther-{number}!") };
        for number in 1..4 {
            change(&app, &tokens, &of(number - 1), &of(number)).await.ok();
        }
        // The present one and the two before it.
        for number in [3, 2, 1] {
            assert_eq!(change(&app, &tokens, &of(3), &of(number)).await.code(), reused, "{number}");
            let set = json!({"Username": "alice", "Password": of(number), "Permanent": true});
            assert_eq!(pool.admin("AdminSetUserPassword", set).await.code(), reused, "{number}");
        }
        change(&app, &tokens, &of(3), &of(0)).await.ok();
        assert_eq!(change(&app, &tokens, &of(0), &of(3)).await.code(), reused);
        change(&app, &tokens, &of(0), &of(1)).await.ok();
    }

    #[actix_web::test]
    async fn a_history_is_bounded_and_ends_with_its_policy() {
        let app = TestApp::new().await;
        let pool = with_history(&app, 24).await;
        let tokens = pool.user("alice").await.signed_in().await;
        let of = |number: usize| if number == 0 { PASSWORD.to_owned() } else { format!("An0ther-{number}!") };
        for number in 1..30 {
            change(&app, &tokens, &of(number - 1), &of(number)).await.ok();
        }
        let rows = async || {
            let rows = app.app.read(async |tx| crate::store::template::rows_of_pool(tx, &pool.id).await).await.unwrap();
            rows.into_iter().find(|(table, _)| table == "password_history").map_or(0, |(_, count)| count)
        };
        assert_eq!(rows().await, 23);
        assert_eq!(change(&app, &tokens, &of(29), &of(6)).await.code(), "PasswordHistoryPolicyViolationException");
        pool.admin("UpdateUserPool", json!({})).await.ok();
        change(&app, &tokens, &of(29), &of(29)).await.ok();
        assert_eq!(rows().await, 0);
        let made = json!({"PoolName": "p", "Policies": {"PasswordPolicy": {"PasswordHistorySize": 25}}});
        assert_eq!(app.admin().call("CreateUserPool", made).await.code(), "InvalidParameterException");
    }

    #[actix_web::test]
    async fn a_temporary_passwords_successor_is_held_to_the_history_too() {
        let app = TestApp::new().await;
        let pool = with_history(&app, 1).await;
        pool.admin("AdminCreateUser", json!({"Username": "alice", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"})).await.ok();
        let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
        let answer = async |password: &str| {
            pool.respond("NEW_PASSWORD_REQUIRED", &session, json!({"USERNAME": "alice", "NEW_PASSWORD": password})).await
        };
        assert_eq!(answer(PASSWORD).await.code(), "PasswordHistoryPolicyViolationException");
        assert!(answer(NEW).await.ok()["AuthenticationResult"].is_object(), "what was refused used no session");
    }

    #[actix_web::test]
    async fn a_pools_tags_ask_for_more_than_cognito() {
        let app = TestApp::new().await;
        let tagged = async |tags: Value, policy: Value| {
            app.pool_with(json!({"UserPoolTags": tags, "Policies": {"PasswordPolicy": policy}}), json!({})).await
        };
        let lax = json!({"MinimumLength": 8, "RequireNumbers": true});
        let sign_up = async |pool: &TestPool<'_>, password: &str| {
            pool.client("SignUp", json!({"Username": password.to_lowercase(), "Password": password})).await
        };
        let common = "Password did not conform with policy: Password is too common";
        let refuses = tagged(json!({"passwright:common-passwords": "refuse"}), lax.clone()).await;
        assert_eq!(sign_up(&refuses, "PassWord1").await.error(), ("InvalidPasswordException".to_owned(), common.to_owned()));
        sign_up(&refuses, "unheard0f").await.ok();
        let nist = tagged(json!({"passwright:password-rules": "nist"}), json!({})).await;
        sign_up(&nist, "correcthorsebattery").await.ok();
        assert_eq!(sign_up(&nist, "Pa55word!").await.message(), "Password did not conform with policy: Password not long enough");
        sign_up(&tagged(json!({"mine": "refuse"}), lax).await, "PassWord1").await.ok();
        for (tag, value) in
            [("passwright:password-rules", "none"), ("passwright:common-passwords", "yes"), ("passwright:password-max-age-days", "-1")]
        {
            let refused = app.admin().call("CreateUserPool", json!({"PoolName": "p", "UserPoolTags": {tag: value}})).await;
            assert_eq!(refused.code(), "InvalidParameterException", "{tag}");
            assert!(refused.message().contains(tag), "{}", refused.text);
        }
    }

    #[actix_web::test]
    async fn an_old_password_is_good_for_another_only() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UserPoolTags": {"passwright:password-max-age-days": "30"}}), json!({})).await;
        let alice = pool.user("alice").await;
        let day = Duration::from_secs(24 * 3600);
        app.advance(day * 30 - Duration::from_secs(1));
        let before = alice.signed_in().await;
        app.advance(Duration::from_secs(1));
        let asked = pool.sign_in("alice", PASSWORD).await.ok();
        assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        let answer = async |password: &str| {
            let responses = json!({"USERNAME": "alice", "NEW_PASSWORD": password});
            pool.respond("NEW_PASSWORD_REQUIRED", &asked["Session"], responses).await
        };
        assert_eq!(answer(PASSWORD).await.code(), "PasswordHistoryPolicyViolationException", "the same one is no other");
        assert!(answer(NEW).await.ok()["AuthenticationResult"].is_object());
        let get = app.anonymous().call("GetUser", json!({"AccessToken": before["AccessToken"]})).await;
        assert_eq!(get.message(), "Access Token has been revoked", "who was signed in by the former one is not any more");
        app.advance(day * 29);
        assert!(pool.sign_in("alice", NEW).await.ok()["AuthenticationResult"].is_object());
    }
}
