//! The password of whoever is signed in with it.

use askama::Template;
use serde_json::json;

use super::reply::{refused, see_other};
use super::session::Session;
use super::{Fields, Frame, Outcome, Reply, Shown, Visit};
use crate::iam::caller::Caller;
use crate::store;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

#[derive(Template)]
#[template(path = "console/my_password.html")]
struct MyPasswordPage {
    frame: Frame,
    user_name: String,
    is_by_password: bool,
    refused: Option<WireError>,
}

fn page(visit: &Visit, refused: Option<WireError>) -> MyPasswordPage {
    let user_name = match visit.caller() {
        Caller::User(user, _) => user.name.clone(),
        _ => String::new(),
    };
    MyPasswordPage { frame: visit.frame("My password"), user_name, is_by_password: visit.session.is_by_password(), refused }
}

/// `GET /console/password`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&page(visit, None)))
}

/// `POST /console/password`: the sessions of the old one end, and this one goes on with the new.
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let again = |error: WireError| Ok(Reply::again(&page(visit, Some(error.clone())), &error));
    let (old, new) = (fields.text("old_password"), fields.text("new_password"));
    if new != fields.text("repeated") {
        return again(refused("The new password was typed in two ways."));
    }
    if let Err(error) = visit.call(Service::Iam, "ChangePassword", json!({"OldPassword": old, "NewPassword": new})).await {
        return again(error);
    }
    let Caller::User(user, _) = visit.caller() else { return Err(Shown::Failed) };
    if !visit.session.is_by_password() {
        return Ok(Reply::done("/password", "Your password was changed."));
    }
    let profile = visit.app.read(async |tx| store::iam::login_profile(tx, &user.account_id, &user.id).await).await?;
    let Some(profile) = profile else { return Err(Shown::Failed) };
    let proof = visit.session.proof_with(profile.password_id);
    let Some(session) = Session::begin(&visit.app, Caller::User(user.clone(), None), proof).await? else { return Err(Shown::Failed) };
    visit.session.end(&visit.app).await?;
    let mut response = see_other("");
    let _ = response.add_cookie(&session.cookie(visit.origin.secure));
    Ok(Reply::Page(response))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    const FIRST: &str = "Correct-horse-1";
    const SECOND: &str = "Correct-horse-2";

    #[actix_web::test]
    async fn a_user_changes_the_password_that_they_are_signed_in_with_and_stays() {
        let app = TestApp::new().await;
        app.user_with(json!([{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}])).await;
        app.admin().call("CreateLoginProfile", json!({"UserName": "ann", "Password": FIRST})).await.ok();
        let (browser, other) = (app.browser(), app.browser());
        for browser in [&browser, &other] {
            browser.submit("/sign-in", &[("account", ACCOUNT), ("user_name", "ann"), ("password", FIRST)]).await;
        }
        assert!(browser.open("").await.text.contains("href=\"/console/password\""));
        browser.open("/password").await;
        let change = async |old: &str, new: &str, repeated: &str| {
            browser.submit("/password", &[("old_password", old), ("new_password", new), ("repeated", repeated)]).await
        };
        for (old, new, repeated, words) in [
            (FIRST, SECOND, FIRST, "typed in two ways"),
            (SECOND, SECOND, SECOND, "The old password was incorrect."),
            (FIRST, "short", "short", "PasswordPolicyViolation"),
        ] {
            let refused = change(old, new, repeated).await;
            assert!(refused.status >= 400 && refused.text.contains(words), "{words} {}", refused.text);
        }
        assert_eq!(change(FIRST, SECOND, SECOND).await.status, 303);
        assert_eq!((browser.open("").await.status, other.open("").await.status), (200, 303));
    }

    #[actix_web::test]
    async fn who_came_by_a_key_is_shown_where_passwords_are_set() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        assert!(!browser.open("").await.text.contains("href=\"/console/password\""));
        assert!(browser.open("/password").await.text.contains("not signed in with a password"));
    }
}
