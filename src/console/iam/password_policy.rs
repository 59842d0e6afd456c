//! What the account asks of the passwords of its IAM users.

use askama::Template;
use serde_json::{Map, Value, json};

use super::call;
use crate::console::{Fields, Frame, May, Outcome, Reply, Visit, number};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// Where the page is, below the console's root.
const HERE: &str = "/iam/password-policy";

/// What is ticked, and what it says.
const RULES: [(&str, &str); 6] = [
    ("RequireUppercaseCharacters", "An uppercase letter (A to Z)"),
    ("RequireLowercaseCharacters", "A lowercase letter (a to z)"),
    ("RequireNumbers", "A number (0 to 9)"),
    ("RequireSymbols", "A symbol: ! @ # $ % ^ & * ( ) _ + - = [ ] { } | '"),
    ("AllowUsersToChangePassword", "Users may change their own password, whatever their policies leave out"),
    ("HardExpiry", "A password that has expired is replaced by an administrator only"),
];

/// What is counted.
const NUMBERS: [&str; 3] = ["MinimumPasswordLength", "MaxPasswordAge", "PasswordReusePrevention"];

struct Rule {
    name: &'static str,
    label: &'static str,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "console/iam/password_policy.html")]
struct PolicyPage {
    frame: Frame,
    /// Whether the account has one of its own.
    is_own: bool,
    length: String,
    age: String,
    remembered: String,
    /// The four classes.
    classes: Vec<Rule>,
    /// Who changes a password.
    changes: Vec<Rule>,
    update: May,
    delete: May,
    /// Why this person does not see the policy.
    hidden: Option<String>,
    refused: Option<WireError>,
}

impl PolicyPage {
    /// Of the policy that is there, or of what was typed.
    async fn of(visit: &Visit, typed: Option<Value>) -> Self {
        let (found, is_own, hidden) = match call(visit, "GetAccountPasswordPolicy", json!({})).await {
            Ok(answer) => (answer.at("PasswordPolicy").clone(), true, None),
            Err(error) if error.code == "NoSuchEntity" => (json!({"MinimumPasswordLength": 8}), false, None),
            Err(error) => (json!({}), false, Some(error.message)),
        };
        let policy = typed.unwrap_or(found);
        let shown = |name: &str| match policy.at(name) {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            _ => String::new(),
        };
        let rule = |(name, label): (&'static str, &'static str)| Rule { name, label, is_on: policy.at(name) == true };
        let mut classes: Vec<Rule> = RULES.into_iter().map(rule).collect();
        let changes = classes.split_off(4);
        let [length, age, remembered] = NUMBERS.map(shown);
        Self {
            frame: visit.frame("Password policy"),
            is_own,
            length,
            age,
            remembered,
            classes,
            changes,
            update: visit.may(Service::Iam, "UpdateAccountPasswordPolicy", json!({})).await,
            delete: visit.may(Service::Iam, "DeleteAccountPasswordPolicy", json!({})).await,
            hidden,
            refused: None,
        }
    }
}

/// `GET /console/iam/password-policy`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&PolicyPage::of(visit, None).await))
}

/// `POST /console/iam/password-policy/save`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let mut input = Map::new();
    for name in NUMBERS {
        if let Some(typed) = fields.given(name) {
            input.insert(name.to_owned(), number(&typed));
        }
    }
    input.extend(RULES.map(|(name, _)| (name.to_owned(), Value::Bool(fields.has(name)))));
    let input = Value::Object(input);
    match call(visit, "UpdateAccountPasswordPolicy", input.clone()).await {
        Ok(_) => Ok(Reply::done(HERE, "Saved. It holds for passwords that are set from now on; what it says of their age holds for all.")),
        Err(error) => Ok(Reply::again(&PolicyPage { refused: Some(error.clone()), ..PolicyPage::of(visit, Some(input)).await }, &error)),
    }
}

/// `POST /console/iam/password-policy/delete`
pub async fn delete(visit: &Visit, _: &Fields) -> Outcome {
    match call(visit, "DeleteAccountPasswordPolicy", json!({})).await {
        Ok(_) => Ok(Reply::done(HERE, "The account has no policy of its own any more: the default holds.")),
        Err(error) => Ok(Reply::again(&PolicyPage { refused: Some(error.clone()), ..PolicyPage::of(visit, None).await }, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn the_policy_is_set_shown_and_taken_away() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        let page = browser.open("/iam/password-policy").await.text;
        assert!(page.contains("has no policy of its own"), "{page}");
        let fields = [("MinimumPasswordLength", "14"), ("MaxPasswordAge", ""), ("PasswordReusePrevention", "5"), ("RequireNumbers", "1")];
        let page = browser.submit_and_follow("/iam/password-policy/save", &fields).await.text;
        assert!(page.contains("value=\"14\"") && page.contains("Saved."), "{page}");
        let policy = app.admin().call("GetAccountPasswordPolicy", json!({})).await.ok()["PasswordPolicy"].clone();
        let told = ["MinimumPasswordLength", "RequireNumbers", "RequireSymbols", "PasswordReusePrevention", "ExpirePasswords"];
        assert_eq!(told.map(|name| policy[name].as_str().unwrap()), ["14", "true", "false", "5", "false"]);
        let refused = browser.submit("/iam/password-policy/save", &[("MinimumPasswordLength", "5"), ("HardExpiry", "1")]).await;
        assert!(refused.status == 400 && refused.text.contains("value=\"5\""), "{}", refused.text);
        let page = browser.submit_and_follow("/iam/password-policy/delete", &[]).await.text;
        assert!(page.contains("has no policy of its own"), "{page}");
        let reader = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}])).await;
        let page = reader.open("/iam/password-policy").await.text;
        assert!(page.contains("not authorized to perform: iam:GetAccountPasswordPolicy"), "{page}");
    }
}
