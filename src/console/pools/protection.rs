//! What a pool does about risk: addresses, passwords that others know, accounts that somebody may have taken over.

mod notify;

use askama::Template;
use serde_json::{Map, Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, members, page, settings};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use notify::Notify;

/// The page of protection, and its forms.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/protection", show), form("/pools/{pool}/protection", change), form("/pools/{pool}/protection/mode", set_mode)]
}

/// What is done about an account that somebody may have taken over, at a level of risk.
struct Action {
    level: &'static str,
    label: &'static str,
    chosen: String,
    notifies: bool,
}

/// The levels of risk: the member, the field, and what people call it.
const LEVELS: [(&str, &str, &str); 3] =
    [("LowAction", "low", "At low risk"), ("MediumAction", "medium", "At medium risk"), ("HighAction", "high", "At high risk")];

#[derive(Template)]
#[template(path = "console/pools/protection.html")]
struct ProtectionPage {
    frame: Frame,
    head: Head,
    /// `OFF`, `AUDIT` or `ENFORCED`; empty where nothing was ever said.
    mode: String,
    blocked: String,
    skipped: String,
    /// `BLOCK` or `NO_ACTION`; empty where nothing is set.
    known_passwords: String,
    actions: Vec<Action>,
    notify: Notify,
    may_change: May,
    may_set_mode: May,
    error: Option<WireError>,
}

impl ProtectionPage {
    async fn of(visit: &Visit, head: Head, risk: &Value, error: Option<WireError>) -> Self {
        let exception = risk.at("RiskExceptionConfiguration");
        let takeover = risk.at("AccountTakeoverRiskConfiguration");
        let set = takeover.at("Actions");
        let action = |(member, level, label): (&str, &'static str, &'static str)| Action {
            level,
            label,
            chosen: set.at(member).text("EventAction"),
            notifies: set.at(member).at("Notify") == true,
        };
        let pool = json!({"UserPoolId": head.id});
        Self {
            frame: visit.frame(&head.name),
            mode: head.described.at("UserPoolAddOns").text("AdvancedSecurityMode"),
            blocked: exception.texts("BlockedIPRangeList").join("\n"),
            skipped: exception.texts("SkippedIPRangeList").join("\n"),
            known_passwords: risk.at("CompromisedCredentialsRiskConfiguration").at("Actions").text("EventAction"),
            actions: LEVELS.into_iter().map(action).collect(),
            notify: Notify::of(takeover.at("NotifyConfiguration")),
            may_change: may(visit, "SetRiskConfiguration", pool.clone()).await,
            may_set_mode: may(visit, "UpdateUserPool", pool).await,
            head,
            error,
        }
    }
}

async fn stored(visit: &Visit, head: &Head) -> Result<Value, WireError> {
    Ok(call(visit, "DescribeRiskConfiguration", json!({"UserPoolId": head.id})).await?.at("RiskConfiguration").clone())
}

/// `GET /console/pools/{pool}/protection`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load(visit, "protection").await?;
    let risk = stored(visit, &head).await?;
    Ok(Reply::page(&ProtectionPage::of(visit, head, &risk, None).await))
}

/// What the form asks, with what it has no field for as it was.
fn input(before: Value, fields: &Fields) -> Map<String, Value> {
    let mut risk = members(before);
    let ranges = |name: &str| fields.text(name).split_whitespace().map(str::to_owned).collect::<Vec<String>>();
    let exception = json!({"BlockedIPRangeList": ranges("blocked"), "SkippedIPRangeList": ranges("skipped")});
    risk.insert("RiskExceptionConfiguration".to_owned(), exception);
    let mut credentials = members(risk.remove("CompromisedCredentialsRiskConfiguration").unwrap_or_default());
    if let Some(action) = fields.given("known_passwords") {
        credentials.insert("Actions".to_owned(), json!({"EventAction": action}));
        risk.insert("CompromisedCredentialsRiskConfiguration".to_owned(), Value::Object(credentials));
    }
    let mut takeover = members(risk.remove("AccountTakeoverRiskConfiguration").unwrap_or_default());
    let mut actions = members(takeover.remove("Actions").unwrap_or_default());
    for (member, level, _) in LEVELS {
        match fields.given(level) {
            Some(action) => {
                let notify = fields.has(&format!("notify_{level}"));
                actions.insert(member.to_owned(), json!({"Notify": notify, "EventAction": action}));
            }
            None => drop(actions.remove(member)),
        }
    }
    match notify::input(fields) {
        Some(notify) => drop(takeover.insert("NotifyConfiguration".to_owned(), notify)),
        None => drop(takeover.remove("NotifyConfiguration")),
    }
    if !actions.is_empty() || !takeover.is_empty() {
        takeover.insert("Actions".to_owned(), Value::Object(actions));
        risk.insert("AccountTakeoverRiskConfiguration".to_owned(), Value::Object(takeover));
    }
    risk.remove("LastModifiedDate");
    risk
}

/// `POST /console/pools/{pool}/protection`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load(visit, "protection").await?;
    let wanted = Value::Object(input(stored(visit, &head).await?, fields));
    match call(visit, "SetRiskConfiguration", wanted.clone()).await {
        Ok(_) => Ok(Reply::done(head.path("/protection"), "The protection is saved.")),
        Err(error) => Ok(Reply::again(&ProtectionPage::of(visit, head, &wanted, Some(error.clone())).await, &error)),
    }
}

/// `POST /console/pools/{pool}/protection/mode`
async fn set_mode(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "protection").await?;
    let mut input = settings::unchanged(&head);
    let mut add_ons = members(input.remove("UserPoolAddOns").unwrap_or_default());
    add_ons.insert("AdvancedSecurityMode".to_owned(), json!(fields.text("mode")));
    input.insert("UserPoolAddOns".to_owned(), Value::Object(add_ons));
    match call(visit, "UpdateUserPool", Value::Object(input)).await {
        Ok(_) => Ok(Reply::done(head.path("/protection"), "The mode is saved.")),
        Err(error) => {
            let risk = stored(visit, &head).await?;
            Ok(Reply::again(&ProtectionPage::of(visit, head, &risk, Some(error.clone())).await, &error))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn protection_is_set_and_what_the_form_has_not_stays() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UserPoolTags": {"team": "red"}}), json!({})).await;
        let notify = json!({"SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/x.example"});
        let before = json!({
            "CompromisedCredentialsRiskConfiguration": {"EventFilter": ["SIGN_UP"], "Actions": {"EventAction": "NO_ACTION"}},
            "AccountTakeoverRiskConfiguration": {"NotifyConfiguration": notify, "Actions": {"HighAction": {"Notify": true, "EventAction": "NO_ACTION"}}},
        });
        pool.admin("SetRiskConfiguration", before).await.ok();
        let (path, browser) = (format!("/pools/{}/protection", pool.id), app.console().await);
        browser.open(&path).await;
        let fields = [
            ("blocked", "203.0.113.0/24\r\n2001:db8::/32 "),
            ("skipped", ""),
            ("known_passwords", "BLOCK"),
            ("high", "BLOCK"),
            ("notify_high", "on"),
            ("low", "NO_ACTION"),
            ("source_arn", "arn:aws:ses:us-east-1:000000000000:identity/x.example"),
            ("from", "Us <us@x.example>"),
            ("mfa_subject", "A <second> step"),
            ("mfa_text", "By {username}\r\nat {login-time}"),
        ];
        let page = browser.submit_and_follow(&path, &fields).await.text;
        assert!(page.contains("203.0.113.0/24\n2001:db8::/32") && page.contains("is saved"), "{page}");
        let risk = pool.admin("DescribeRiskConfiguration", json!({})).await.ok()["RiskConfiguration"].clone();
        assert_eq!(
            risk["CompromisedCredentialsRiskConfiguration"],
            json!({"EventFilter": ["SIGN_UP"], "Actions": {"EventAction": "BLOCK"}})
        );
        let actions =
            json!({"LowAction": {"Notify": false, "EventAction": "NO_ACTION"}, "HighAction": {"Notify": true, "EventAction": "BLOCK"}});
        let mfa = json!({"Subject": "A <second> step", "TextBody": "By {username}\nat {login-time}"});
        let notify = json!({"SourceArn": notify["SourceArn"], "From": "Us <us@x.example>", "MfaEmail": mfa});
        assert_eq!(risk["AccountTakeoverRiskConfiguration"], json!({"NotifyConfiguration": notify, "Actions": actions}));
        for part in ["name=\"notify_high\" checked", "value=\"A &#60;second&#62; step\"", "By {username}\nat {login-time}</textarea>"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let refused = browser.submit(&path, &[("blocked", "<script>")]).await;
        assert!(
            refused.status == 400 && refused.text.contains("&#60;script&#62;") && !refused.text.contains("<script>\n"),
            "{}",
            refused.text
        );
        browser.submit_and_follow(&format!("{path}/mode"), &[("mode", "ENFORCED")]).await;
        let described = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        assert_eq!(
            (&described["UserPoolAddOns"], &described["UserPoolTags"]),
            (&json!({"AdvancedSecurityMode": "ENFORCED"}), &json!({"team": "red"}))
        );
        let guest = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}])).await;
        assert!(guest.open(&path).await.text.contains("not authorized to perform: cognito-idp:SetRiskConfiguration"));
        assert_eq!(guest.submit(&path, &[("blocked", "")]).await.status, 403);
    }
}
