//! Whether a pool remembers its users' devices, and what a remembered one spares them.

use askama::Template;
use serde_json::{Map, Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, page, refused, settings};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page of devices, and its form.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/devices", show), form("/pools/{pool}/devices", change)]
}

#[derive(Template)]
#[template(path = "console/pools/devices.html")]
struct DevicesPage {
    frame: Frame,
    head: Head,
    given: Given,
    may_change: May,
    error: Option<WireError>,
}

/// What the form asks.
struct Given {
    /// `never`, `asked` or `always`.
    remembers: String,
    spares_factor: bool,
}

impl Given {
    fn of(described: &Value) -> Self {
        let configuration = described.at("DeviceConfiguration");
        let remembers = match configuration.at("DeviceOnlyRememberedOnUserPrompt") {
            _ if !configuration.is_object() => "never",
            Value::Bool(true) => "asked",
            _ => "always",
        };
        Self { remembers: remembers.to_owned(), spares_factor: configuration.at("ChallengeRequiredOnNewDevice") == true }
    }

    fn read(fields: &Fields) -> Self {
        Self { remembers: fields.text("remembers"), spares_factor: fields.has("spares_factor") }
    }

    /// UpdateUserPool resets what it is not given: so it is given all that was there; and no configuration of devices, where none
    /// is to be remembered.
    fn input(&self, head: &Head) -> Result<Value, WireError> {
        let mut input: Map<String, Value> = settings::unchanged(head);
        let on_prompt = match self.remembers.as_str() {
            "never" => None,
            "asked" => Some(true),
            "always" => Some(false),
            _ => return Err(refused("Choose which devices are remembered.")),
        };
        match on_prompt {
            None => drop(input.remove("DeviceConfiguration")),
            Some(on_prompt) => {
                let configuration =
                    json!({"ChallengeRequiredOnNewDevice": self.spares_factor, "DeviceOnlyRememberedOnUserPrompt": on_prompt});
                input.insert("DeviceConfiguration".to_owned(), configuration);
            }
        }
        Ok(Value::Object(input))
    }
}

async fn shown(visit: &Visit, head: Head, given: Given, error: Option<WireError>) -> DevicesPage {
    let may_change = may(visit, "UpdateUserPool", json!({"UserPoolId": head.id})).await;
    DevicesPage { frame: visit.frame(&head.name), head, given, may_change, error }
}

/// `GET /console/pools/{pool}/devices`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load_whole(visit, "devices").await?;
    let given = Given::of(&head.described);
    Ok(Reply::page(&shown(visit, head, given, None).await))
}

/// `POST /console/pools/{pool}/devices`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "devices").await?;
    let given = Given::read(fields);
    let outcome = match given.input(&head) {
        Ok(input) => call(visit, "UpdateUserPool", input).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(_) if given.remembers == "never" => Ok(Reply::done(visit.path(), "No devices are remembered.")),
        Ok(_) => Ok(Reply::done(visit.path(), "What the pool remembers of devices is saved.")),
        Err(error) => Ok(Reply::again(&shown(visit, head, given, Some(error.clone())).await, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn devices_are_remembered_and_the_rest_stays() {
        let app = TestApp::new().await;
        let made = json!({"UserPoolTags": {"team": "a"}, "EmailVerificationMessage": "old {####}", "AutoVerifiedAttributes": ["email"]});
        let pool = app.pool_with(made, json!({})).await;
        let browser = app.console().await;
        let path = format!("/pools/{}/devices", pool.id);
        let described = async || pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        assert!(browser.open(&path).await.text.contains("value=\"never\" checked"));
        let before = described().await;
        for (fields, on_prompt, spares) in
            [(&[("remembers", "asked"), ("spares_factor", "on")][..], true, true), (&[("remembers", "always")], false, false)]
        {
            let page = browser.submit_and_follow(&path, fields).await;
            assert!(page.text.contains(&format!("value=\"{}\" checked", fields[0].1)), "{}", page.text);
            assert_eq!(page.text.contains("name=\"spares_factor\" checked"), spares);
            let asked = json!({"ChallengeRequiredOnNewDevice": spares, "DeviceOnlyRememberedOnUserPrompt": on_prompt});
            assert_eq!(described().await["DeviceConfiguration"], asked);
        }
        let unclear = browser.submit(&path, &[("remembers", "sometimes")]).await;
        assert!(unclear.status == 400 && unclear.text.contains("Choose which devices"), "{}", unclear.text);
        assert_ne!(described().await["DeviceConfiguration"], Value::Null, "nothing is reset by what is unclear");
        // Another page of the pool leaves it as it is.
        browser.open(&format!("/pools/{}/sign-in", pool.id)).await;
        browser.submit_and_follow(&format!("/pools/{}/first-factors", pool.id), &[("email_otp", "on")]).await;
        assert_ne!(described().await["DeviceConfiguration"], Value::Null);
        assert!(browser.submit_and_follow(&path, &[("remembers", "never")]).await.text.contains("No devices are remembered."));
        let after = described().await;
        for member in ["DeviceConfiguration", "UserPoolTags", "EmailVerificationMessage", "AutoVerifiedAttributes", "MfaConfiguration"] {
            assert_eq!(after[member], before[member], "{member}");
        }
    }

    #[actix_web::test]
    async fn who_may_only_look_sees_why_they_may_not_change_it() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let looks = json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}]);
        let browser = app.console_of_user_with(looks).await;
        let path = format!("/pools/{}/devices", pool.id);
        let page = browser.open(&path).await;
        assert!(page.text.contains(" disabled>") && page.text.contains("cognito-idp:UpdateUserPool"), "{}", page.text);
        let refused = browser.submit(&path, &[("remembers", "always")]).await;
        assert!(refused.status == 403 && refused.text.contains("value=\"always\" checked"), "{}", refused.text);
    }
}
