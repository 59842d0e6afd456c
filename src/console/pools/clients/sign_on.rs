//! For how long an app client lets a browser in that is signed in at the hosted pages already.

use askama::Template;
use serde_json::{Value, json};

use super::super::sessions::tracks;
use super::super::{Frame, Head, May, Outcome, Reply, Visit, call, may, number};
use super::Fields;
use super::one::load;
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

#[derive(Template)]
#[template(path = "console/pools/client_sign_on.html")]
struct SignOnPage {
    frame: Frame,
    head: Head,
    id: String,
    name: String,
    minutes: String,
    /// Whether the pool tracks sessions; nothing, for those who may not see it.
    is_tracking: Option<bool>,
    may_change: May,
    error: Option<WireError>,
}

/// What both operations name the client by.
fn named(visit: &Visit) -> Value {
    json!({"UserPoolId": visit.segment("pool"), "ClientId": visit.segment("client")})
}

fn input(visit: &Visit, minutes: &str) -> Value {
    named(visit).with(json!({"SSOSession": {"MaxValidityMinutes": number(minutes)}}))
}

/// What the client is set to.
async fn kept(visit: &Visit) -> Result<String, WireError> {
    let configuration = call(visit, "GetUserPoolClientSessionConfiguration", named(visit)).await?;
    let minutes = configuration.at("SSOSession").at("MaxValidityMinutes").as_i64();
    Ok(minutes.map(|minutes| minutes.to_string()).unwrap_or_default())
}

async fn shown(visit: &Visit, typed: Option<String>, error: Option<WireError>) -> Result<SignOnPage, WireError> {
    let (head, stored) = load(visit).await?;
    let minutes = match typed {
        Some(typed) => typed,
        None => kept(visit).await?,
    };
    let of_pool = call(visit, "GetUserPoolSessionConfiguration", json!({"UserPoolId": head.id})).await;
    Ok(SignOnPage {
        frame: visit.frame(&head.name),
        id: visit.segment("client"),
        name: stored.text("ClientName"),
        minutes,
        is_tracking: of_pool.ok().map(|configuration| tracks(&configuration)),
        may_change: may(visit, "SetUserPoolClientSessionConfiguration", input(visit, "0")).await,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/clients/{client}/sign-on`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&shown(visit, None, None).await?))
}

/// `POST /console/pools/{pool}/clients/{client}/sign-on`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let minutes = fields.given("minutes").unwrap_or_default();
    match call(visit, "SetUserPoolClientSessionConfiguration", input(visit, &minutes)).await {
        Ok(_) => Ok(Reply::done(visit.path(), "How long the client lets browsers in is saved.")),
        Err(error) => Ok(Reply::again(&shown(visit, Some(minutes), Some(error.clone())).await?, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn how_long_browsers_are_let_in_is_set_while_the_pool_tracks_sessions() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let browser = app.console().await;
        let path = format!("/pools/{}/clients/{}/sign-on", pool.id, pool.client_id);
        let page = browser.open(&path).await;
        assert!(page.text.contains("value=\"60\"") && page.text.contains("/sessions\">Sessions</a>"), "{}", page.text);
        let early = browser.submit(&path, &[("minutes", "5")]).await;
        assert!(early.status == 400 && early.text.contains("Session tracking is not enabled for this user pool."), "{}", early.text);
        assert!(early.text.contains("value=\"5\""), "{}", early.text);
        let tracking = json!({"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 20}});
        pool.admin("SetUserPoolSessionConfiguration", tracking).await.ok();
        let saved = browser.submit_and_follow(&path, &[("minutes", "5")]).await;
        assert!(saved.text.contains("is saved.") && !saved.text.contains("does not track sessions"), "{}", saved.text);
        let get = async || pool.admin("GetUserPoolClientSessionConfiguration", json!({"ClientId": pool.client_id})).await.ok();
        assert_eq!(get().await["SSOSession"], json!({"MaxValidityMinutes": 5}));
        for wrong in ["129601", "-1", "soon", ""] {
            let refused = browser.submit(&path, &[("minutes", wrong)]).await;
            assert!(refused.status == 400 && refused.text.contains(&format!("value=\"{wrong}\"")), "{wrong}: {}", refused.text);
        }
        assert_eq!(get().await["SSOSession"], json!({"MaxValidityMinutes": 5}));
    }

    #[actix_web::test]
    async fn who_may_only_look_sees_why_they_may_not_change_it() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let looks = json!([{"Effect": "Allow", "Action": ["cognito-idp:Describe*", "cognito-idp:Get*"], "Resource": "*"}]);
        let browser = app.console_of_user_with(looks).await;
        let path = format!("/pools/{}/clients/{}/sign-on", pool.id, pool.client_id);
        let page = browser.open(&path).await;
        let action = "cognito-idp:SetUserPoolClientSessionConfiguration";
        assert!(page.text.contains(" disabled>") && page.text.contains(action), "{}", page.text);
        let refused = browser.submit(&path, &[("minutes", "7")]).await;
        assert!(refused.status == 403 && refused.text.contains("value=\"7\""), "{}", refused.text);
    }
}
