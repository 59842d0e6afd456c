//! Provisioned limits of the account, in a region: how many requests a second it has of each category.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, May, Outcome, Reply, Visit, number};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// The categories, and what counts to each.
const CATEGORIES: [(&str, &str); 6] = [
    ("UserAuthentication", "Sign-ins; three answers to challenges come with each"),
    ("UserCreation", "Sign-ups and their confirmations, users whom administrators make"),
    ("UserFederation", "Sign-ins through identity providers"),
    ("UserRead", "Users read, by themselves and by administrators"),
    ("UserResourceRead", "Devices, groups and histories of users read; codes asked for again"),
    ("UserToken", "Tokens refreshed and revoked"),
];

struct Limit {
    category: &'static str,
    about: &'static str,
    free: i64,
    /// What is set, or what was typed.
    value: String,
}

#[derive(Template)]
#[template(path = "console/limits.html")]
struct LimitsPage {
    frame: Frame,
    region: String,
    limits: Vec<Limit>,
    may_change: May,
    error: Option<WireError>,
}

impl LimitsPage {
    /// How the AWS CLI shows and sets a limit.
    fn cli(&self) -> String {
        let definition = "--limit-definition LimitClass=API_CATEGORY,Attributes={Category=UserCreation}";
        format!(
            "export AWS_REGION={}\naws cognito-idp get-provisioned-limit \\\n  {definition}\n\
             aws cognito-idp update-provisioned-limit --requested-limit-value 200 \\\n  {definition}",
            self.region
        )
    }
}

fn definition(category: &str) -> Value {
    json!({"LimitDefinition": {"LimitClass": "API_CATEGORY", "Attributes": {"Category": category}}})
}

/// `typed` is a category and the value that was given for it.
async fn load(visit: &Visit, typed: Option<(&str, &str)>, error: Option<WireError>) -> Result<LimitsPage, WireError> {
    let mut limits = Vec::new();
    for (category, about) in CATEGORIES {
        let answer = visit.call(Service::CognitoIdp, "GetProvisionedLimit", definition(category)).await?;
        let limit = answer.at("Limit");
        let value = match typed {
            Some((of, value)) if of == category => value.to_owned(),
            _ => limit.at("ProvisionedLimitValue").to_string(),
        };
        limits.push(Limit { category, about, free: limit.at("FreeLimitValue").as_i64().unwrap_or_default(), value });
    }
    let one = definition("UserRead").with(json!({"RequestedLimitValue": 200}));
    Ok(LimitsPage {
        frame: visit.frame("Limits"),
        region: visit.region(),
        limits,
        may_change: visit.may(Service::CognitoIdp, "UpdateProvisionedLimit", one).await,
        error,
    })
}

/// `GET /console/limits`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&load(visit, None, None).await?))
}

/// `POST /console/limits`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (category, value) = (fields.text("category"), fields.text("value"));
    let input = definition(&category).with(json!({"RequestedLimitValue": number(&value)}));
    match visit.call(Service::CognitoIdp, "UpdateProvisionedLimit", input).await {
        Ok(_) => {
            let path = format!("/limits?region={}", super::segment(&visit.region()));
            Ok(Reply::done(path, format!("{category} has {value} requests a second.")))
        }
        Err(error) => Ok(Reply::again(&load(visit, Some((&category, &value)), Some(error.clone())).await?, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::definition;
    use crate::testing::TestApp;

    #[actix_web::test]
    async fn limits_are_shown_with_what_is_free_and_set_for_a_region() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        let page = browser.open("/limits?region=eu-west-1").await.text;
        assert!(page.contains("UserAuthentication") && page.contains("value=\"120\""), "{page}");
        let set = [("category", "UserCreation"), ("value", "75")];
        let page = browser.submit_and_follow("/limits?region=eu-west-1", &set).await.text;
        assert!(page.contains("value=\"75\""), "{page}");
        let provisioned = async |region: &str| {
            let answer = app.admin().in_region(region).call("GetProvisionedLimit", definition("UserCreation")).await.ok();
            answer["Limit"]["ProvisionedLimitValue"].clone()
        };
        assert_eq!((provisioned("eu-west-1").await, provisioned("us-east-1").await), (json!(75), json!(50)));
        for (value, code) in
            [("49", "InvalidParameterException"), ("10001", "ServiceQuotaExceededException"), ("<b>", "SerializationException")]
        {
            let refused = browser.submit("/limits?region=eu-west-1", &[("category", "UserCreation"), ("value", value)]).await;
            assert!(refused.status == 400 && refused.text.contains(code), "{value}: {}", refused.text);
            assert!(!refused.text.contains("value=\"<b>"));
        }
        assert_eq!(provisioned("eu-west-1").await, json!(75));
        let guest = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Get*", "Resource": "*"}])).await;
        assert!(guest.open("/limits").await.text.contains("not authorized to perform: cognito-idp:UpdateProvisionedLimit"));
    }
}
