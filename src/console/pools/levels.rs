//! What a pool's levels of assurance are called.

use std::collections::BTreeMap;

use askama::Template;
use serde_json::{Map, Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, page, settings};
use crate::kit::json::Members as _;
use crate::userpools::pool::acr_values;
use crate::wire::fault::WireError;

/// The page of levels, and its form.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/levels", show), form("/pools/{pool}/levels", change)]
}

/// The levels from the least on: the member and the field, and what reaches it.
const LEVELS: [(&str, &str); 4] = [
    ("Level1", "a password"),
    ("Level2", "a code by text message or mail"),
    ("Level3", "a passkey; or a password and a code that is sent"),
    ("Level4", "a password and a code of an authenticator"),
];

struct Level {
    field: &'static str,
    about: &'static str,
    /// What it is called where nothing else is said.
    usual: String,
    name: String,
}

#[derive(Template)]
#[template(path = "console/pools/levels.html")]
struct LevelsPage {
    frame: Frame,
    head: Head,
    levels: Vec<Level>,
    may_change: May,
    error: Option<WireError>,
}

async fn shown(visit: &Visit, head: Head, configuration: &Value, error: Option<WireError>) -> LevelsPage {
    let usual = acr_values(&BTreeMap::new()).map(str::to_owned);
    let level = |((field, about), usual): ((&'static str, &'static str), String)| Level {
        field,
        about,
        usual,
        name: configuration.at(field).text("AcrValue"),
    };
    let may_change = may(visit, "UpdateUserPool", json!({"UserPoolId": head.id})).await;
    LevelsPage { frame: visit.frame(&head.name), head, levels: LEVELS.into_iter().zip(usual).map(level).collect(), may_change, error }
}

/// `GET /console/pools/{pool}/levels`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load_whole(visit, "levels").await?;
    let configuration = head.described.at("AcrConfiguration").clone();
    Ok(Reply::page(&shown(visit, head, &configuration, None).await))
}

/// `POST /console/pools/{pool}/levels`: UpdateUserPool resets what it is not given, so it is given all that was there. A level
/// without a name has its usual one.
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "levels").await?;
    let level = |(field, _): (&str, _)| Some((field.to_owned(), json!({"AcrValue": fields.given(field)?})));
    let configuration = Value::Object(LEVELS.into_iter().filter_map(level).collect());
    let mut input: Map<String, Value> = settings::unchanged(&head);
    input.insert("AcrConfiguration".to_owned(), configuration.clone());
    match call(visit, "UpdateUserPool", Value::Object(input)).await {
        Ok(_) => Ok(Reply::done(visit.path(), "The levels are saved.")),
        Err(error) => Ok(Reply::again(&shown(visit, head, &configuration, Some(error.clone())).await, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn levels_are_named_and_the_rest_stays() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UserPoolTags": {"team": "a"}}), json!({})).await;
        let browser = app.console().await;
        let path = format!("/pools/{}/levels", pool.id);
        assert!(browser.open(&path).await.text.contains("placeholder=\"urn:cognito:loa:4\""));
        let described = async || pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        let saved = browser.submit_and_follow(&path, &[("Level4", "urn:example:high"), ("Level1", "")]).await;
        assert!(saved.text.contains("The levels are saved.") && saved.text.contains("value=\"urn:example:high\""), "{}", saved.text);
        let after = described().await;
        assert_eq!(after["AcrConfiguration"], json!({"Level4": {"AcrValue": "urn:example:high"}}));
        assert_eq!(after["UserPoolTags"], json!({"team": "a"}));
        let fields = [("Level1", "urn:example:same"), ("Level2", "urn:example:same")];
        let refused = browser.submit(&path, &fields).await;
        assert!(refused.status == 400 && refused.text.contains("must be unique across all levels"), "{}", refused.text);
        assert_eq!(refused.text.matches("value=\"urn:example:same\"").count(), 2);
        assert_eq!(described().await["AcrConfiguration"], after["AcrConfiguration"]);
    }

    #[actix_web::test]
    async fn who_may_only_look_sees_why_they_may_not_change_them() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let looks = json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}]);
        let browser = app.console_of_user_with(looks).await;
        let path = format!("/pools/{}/levels", pool.id);
        let page = browser.open(&path).await;
        assert!(page.text.contains(" disabled>") && page.text.contains("cognito-idp:UpdateUserPool"), "{}", page.text);
        assert_eq!(browser.submit(&path, &[("Level1", "urn:x")]).await.status, 403);
    }
}
