//! The trail of what users do with their own accounts, and of what applications do for people who are signing up: no policy judges
//! it, and an operator asks about it all the same.

use serde_json::Value;

use super::Fault;
use crate::audit::{Details, Event, Outcome, only_reads};
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::clients::AppClient;
use crate::iam::arn::Arn;
use crate::kit::id::AccountId;
use crate::userpools::pool::Pool;

/// What applications do that changes an account. How sign-ins went is told by the events of their users.
const OF_CLIENTS: [&str; 3] = ["SignUp", "ConfirmSignUp", "ConfirmForgotPassword"];

/// What is noted of a call once it is done. What was refused is counted and not noted, for nobody fills the trail by calls that cost
/// them nothing.
pub struct Trail {
    account_id: AccountId,
    /// The pool's ARN with the user's `sub`, or the client's id, behind it.
    principal: String,
    resource: String,
}

impl Trail {
    /// Of what the holder of an access token does; nothing where it changes nothing.
    pub fn of_holder(action: &str, holder: &Holder) -> Option<Self> {
        let pool = &holder.pool;
        (!only_reads(action)).then(|| Self::of(pool, holder.user.id.as_str(), pool.id.to_string()))
    }

    /// Of what an app client does about a user, whom [`about`] told.
    pub fn of_client(client: &AppClient, about: &str) -> Self {
        Self::of(&client.pool, client.client.id.as_str(), format!("{} {about}", client.pool.id))
    }

    fn of(pool: &Pool, who: &str, resource: String) -> Self {
        let arn = Arn::user_pool(&pool.region, &pool.account_id, &pool.id);
        Self { account_id: pool.account_id.clone(), principal: format!("{}/{who}", arn.as_str()), resource }
    }

    /// Notes it, where the call did what was asked.
    pub fn end<T>(self, cx: &Context, action: &str, outcome: &Result<T, Fault>) {
        if outcome.is_err() {
            return;
        }
        let Self { account_id, principal, resource } = self;
        let source_ip = cx.origin.source_ip.map(|address| address.to_string());
        cx.journal.record(Event {
            at: cx.now(),
            account_id,
            request_id: cx.request_id.clone(),
            principal,
            action: action.to_owned(),
            outcome: Outcome::Done,
            details: Details { source_ip, region: Some(cx.region.clone()), resource: Some(resource), reason: None, asked_by: None },
        });
    }
}

/// The user whom a call of an app client is about, where such calls are noted.
pub fn about(action: &str, input: &Value) -> Option<String> {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    let username = || input.get("Username").and_then(Value::as_str).map(str::to_owned);
    OF_CLIENTS.contains(&name).then(username).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{PASSWORD, TestApp};

    #[actix_web::test]
    async fn what_users_do_with_their_accounts_is_noted_and_what_they_only_look_at_or_try_is_not() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let user = pool.user("alice").await;
        let sub =
            user.described().await["UserAttributes"].as_array().unwrap().iter().find(|one| one["Name"] == "sub").unwrap()["Value"].clone();
        let token = user.signed_in().await["AccessToken"].clone();
        let call = async |operation: &str, input: Value| {
            let mut input = input;
            input["AccessToken"] = token.clone();
            app.anonymous().call(operation, input).await
        };
        call("GetUser", json!({})).await.ok();
        call("ChangePassword", json!({"PreviousPassword": "wrong", "ProposedPassword": "0ther-Pa55word!"})).await;
        call("ChangePassword", json!({"PreviousPassword": PASSWORD, "ProposedPassword": "0ther-Pa55word!"})).await.ok();
        call("DeleteUser", json!({})).await.ok();
        let sign_up = json!({"Username": "ben", "Password": PASSWORD});
        pool.client("SignUp", sign_up.clone()).await.ok();
        pool.client("SignUp", sign_up).await;
        app.write_journal().await;
        let answer = app.admin().send("passwright", actix_web::http::Method::GET, "/v1/events", Vec::new(), Vec::new()).await.ok();
        let noted: Vec<(&str, &str, &str)> = answer["Events"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|event| {
                let text = |name: &str| event[name].as_str().unwrap();
                let who = text("Principal").rsplit('/').next()?;
                let is_own = text("Principal").contains(":userpool/");
                is_own.then(|| (text("Action").split_once(':').unwrap().1, who, text("Resource")))
            })
            .collect();
        let (id, sub) = (pool.id.as_str(), sub.as_str().unwrap());
        let signed_up = format!("{id} ben");
        let expected = [("SignUp", pool.client_id.as_str(), signed_up.as_str()), ("DeleteUser", sub, id), ("ChangePassword", sub, id)];
        assert_eq!(noted, expected);
        assert!(!answer.to_string().contains(PASSWORD) && !answer.to_string().contains(token.as_str().unwrap()));
    }
}
