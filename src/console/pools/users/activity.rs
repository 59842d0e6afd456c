//! Where a user is signed in, on which devices, and how they came in.

use askama::Template;
use serde_json::{Value, json};

use super::super::{Fields, Frame, Head, May, Moment, Outcome, PAGE, Reply, Visit, call, may, next_page, segment};
use super::{attribute, title};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// A device of the user.
struct Device {
    key: String,
    name: String,
    is_remembered: bool,
    ip_address: String,
    confirmed: Option<Moment>,
    used: Option<Moment>,
}

/// A session of the user.
struct Session {
    id: String,
    client: String,
    device: String,
    ip_address: String,
    began: Option<Moment>,
    used: Option<Moment>,
}

/// Something that the user did, or somebody in their name.
struct Event {
    id: String,
    kind: String,
    response: String,
    challenges: String,
    device: String,
    ip_address: String,
    /// What was judged of it, and done.
    risk: String,
    when: Option<Moment>,
    feedback: String,
}

/// A list, or why it is not shown.
struct Shown<T> {
    items: Vec<T>,
    unseen: Option<WireError>,
}

impl<T> Shown<T> {
    fn of(answer: Result<Value, WireError>, list: &str, read: impl Fn(&Value) -> T) -> Self {
        match answer {
            Ok(answer) => Self { items: answer.list(list).iter().map(read).collect(), unseen: None },
            Err(error) => Self { items: Vec::new(), unseen: Some(error) },
        }
    }
}

#[derive(Template)]
#[template(path = "console/pools/user_activity.html")]
struct ActivityPage {
    frame: Frame,
    head: Head,
    title: String,
    /// The user's page, below which this one's acts are.
    user: String,
    devices: Shown<Device>,
    /// Whether the pool remembers devices; nothing, for those who may not see its settings.
    are_remembered: Option<bool>,
    more_devices: Option<String>,
    sessions: Shown<Session>,
    events: Shown<Event>,
    first: Option<String>,
    next: Option<String>,
    may_forget: May,
    may_mark: May,
    may_revoke: May,
    may_judge: May,
    error: Option<WireError>,
}

fn device(visit: &Visit, device: &Value) -> Device {
    let attributes = device.list("DeviceAttributes");
    let named = |name: &str| {
        let found = attributes.iter().find(|attribute| attribute.at("Name") == name);
        found.map(|attribute| attribute.text("Value")).unwrap_or_default()
    };
    Device {
        key: device.text("DeviceKey"),
        name: named("device_name"),
        is_remembered: named("device_status") == "remembered",
        ip_address: named("last_ip_used"),
        confirmed: Moment::read(device.at("DeviceCreateDate"), visit.now()),
        used: Moment::read(device.at("DeviceLastAuthenticatedDate"), visit.now()),
    }
}

fn session(visit: &Visit, session: &Value) -> Session {
    Session {
        id: session.text("SessionId"),
        client: session.text("ClientId"),
        device: session.text("DeviceType"),
        ip_address: session.text("LastIPAddress"),
        began: Moment::read(session.at("CreateDate"), visit.now()),
        used: Moment::read(session.at("LastActiveDate"), visit.now()),
    }
}

fn event(visit: &Visit, event: &Value) -> Event {
    let asked = event.list("ChallengeResponses");
    let asked = asked.iter().map(|asked| format!("{} {}", asked.text("ChallengeName"), asked.text("ChallengeResponse").to_lowercase()));
    let context = event.at("EventContextData");
    Event {
        id: event.text("EventId"),
        kind: event.text("EventType"),
        response: event.text("EventResponse"),
        challenges: asked.collect::<Vec<_>>().join(", "),
        device: context.text("DeviceName"),
        ip_address: context.text("IpAddress"),
        risk: risk(event.at("EventRisk")),
        when: Moment::read(event.at("CreationDate"), visit.now()),
        feedback: event.at("EventFeedback").text("FeedbackValue"),
    }
}

/// The level, what was done for it, and whether others know the password; nothing where nothing was found.
fn risk(risk: &Value) -> String {
    let done = match risk.text("RiskDecision").as_str() {
        "AccountTakeover" => "second factor asked",
        "Block" => "refused",
        _ => "",
    };
    let known = if risk.at("CompromisedCredentialsDetected") == true { "password known to others" } else { "" };
    let parts = [risk.text("RiskLevel"), known.to_owned(), done.to_owned()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

async fn page(visit: &Visit, error: Option<WireError>) -> Result<ActivityPage, WireError> {
    let head = Head::load(visit, "users").await?;
    let found = call(visit, "AdminGetUser", json!({"UserPoolId": head.id, "Username": visit.segment("user")})).await?;
    let (sub, title) = (attribute(&found, "sub"), title(&found));
    let about = |more: Value| json!({"UserPoolId": head.id, "Username": sub}).with(more);
    let (token, devices_token) = (visit.query().given("next"), visit.query().given("devices"));
    let devices = call(visit, "AdminListDevices", about(json!({"Limit": PAGE, "PaginationToken": devices_token}))).await;
    let more_devices = devices.as_ref().ok().and_then(|listed| listed.at("PaginationToken").as_str().map(str::to_owned));
    let sessions = call(visit, "AdminListUserSessions", about(json!({}))).await;
    let events = call(visit, "AdminListUserAuthEvents", about(json!({"MaxResults": PAGE, "NextToken": token}))).await;
    let next = events.as_ref().ok().map(|listed| listed.at("NextToken").clone()).unwrap_or_default();
    let path = format!("/pools/{}/users/{}", segment(&head.id), segment(&sub));
    let here = format!("{path}/activity");
    let key = "us-east-1_00000000-0000-4000-8000-000000000000";
    let session_id = format!("tkn{}", "0".repeat(25));
    Ok(ActivityPage {
        frame: visit.frame(&title),
        devices: Shown::of(devices, "Devices", |listed| device(visit, listed)),
        are_remembered: (!head.described.is_null()).then(|| head.described.get("DeviceConfiguration").is_some()),
        more_devices: more_devices.map(|token| format!("/console{here}?devices={}", segment(&token))),
        sessions: Shown::of(sessions, "Sessions", |listed| session(visit, listed)),
        events: Shown::of(events, "AuthEvents", |listed| event(visit, listed)),
        first: token.map(|_| format!("/console{here}")),
        next: next_page(&here, &[], &next),
        may_forget: may(visit, "AdminForgetDevice", about(json!({"DeviceKey": key}))).await,
        may_mark: may(visit, "AdminUpdateDeviceStatus", about(json!({"DeviceKey": key, "DeviceRememberedStatus": "remembered"}))).await,
        may_revoke: may(visit, "AdminRevokeUserSession", about(json!({"SessionId": session_id}))).await,
        may_judge: may(visit, "AdminUpdateAuthEventFeedback", about(json!({"EventId": "e", "FeedbackValue": "Valid"}))).await,
        user: format!("/console{path}"),
        title,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/users/{user}/activity`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&page(visit, None).await?))
}

/// Calls an operation about the user; the page tells what became of it.
async fn act(visit: &Visit, operation: &str, more: Value, notice: &str) -> Outcome {
    let (pool, user) = (visit.segment("pool"), visit.segment("user"));
    match call(visit, operation, json!({"UserPoolId": pool, "Username": user}).with(more)).await {
        Ok(_) => Ok(Reply::done(format!("/pools/{}/users/{}/activity", segment(&pool), segment(&user)), notice)),
        Err(error) => Ok(Reply::again(&page(visit, Some(error.clone())).await?, &error)),
    }
}

/// `POST …/activity/forget`
pub async fn forget(visit: &Visit, fields: &Fields) -> Outcome {
    act(visit, "AdminForgetDevice", json!({"DeviceKey": fields.text("device")}), "The device is forgotten.").await
}

/// `POST …/activity/mark`
pub async fn mark(visit: &Visit, fields: &Fields) -> Outcome {
    let status = fields.text("status");
    let notice = if status == "remembered" { "The device is remembered." } else { "The device is not remembered any more." };
    act(visit, "AdminUpdateDeviceStatus", json!({"DeviceKey": fields.text("device"), "DeviceRememberedStatus": status}), notice).await
}

/// `POST …/activity/revoke`
pub async fn revoke(visit: &Visit, fields: &Fields) -> Outcome {
    act(visit, "AdminRevokeUserSession", json!({"SessionId": fields.text("session")}), "The session is ended.").await
}

/// `POST …/activity/judge`
pub async fn judge(visit: &Visit, fields: &Fields) -> Outcome {
    let feedback = json!({"EventId": fields.text("event"), "FeedbackValue": fields.text("value")});
    act(visit, "AdminUpdateAuthEventFeedback", feedback, "What you say of it is kept.").await
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::{Value, json};

    use crate::testing::{PASSWORD, TestApp, TestPool};

    async fn pool_of(app: &TestApp) -> TestPool<'_> {
        let devices = json!({"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": true});
        app.pool_with(json!({"DeviceConfiguration": devices}), json!({})).await
    }

    /// Signs somebody in on a device with a name that is none; the page's path, and the device's key.
    async fn signed_in(pool: &TestPool<'_>) -> (String, String) {
        pool.user("alice").await;
        let tokens = pool.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"].clone();
        let key = tokens["NewDeviceMetadata"]["DeviceKey"].as_str().unwrap().to_owned();
        let secret = json!({"Salt": STANDARD.encode([7; 16]), "PasswordVerifier": STANDARD.encode([9; 384])});
        let confirm = json!({"AccessToken": tokens["AccessToken"], "DeviceKey": key, "DeviceName": "<script>alert(1)</script>",
                             "DeviceSecretVerifierConfig": secret});
        pool.app.anonymous().call("ConfirmDevice", confirm).await.ok();
        pool.app.write_journal().await;
        let user = pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok();
        (format!("/pools/{}/users/{}/activity", pool.id, user["UserAttributes"][0]["Value"].as_str().unwrap()), key)
    }

    #[actix_web::test]
    async fn devices_sessions_and_sign_ins_are_shown_and_each_is_acted_on() {
        let app = TestApp::new().await;
        let pool = pool_of(&app).await;
        let untracked = {
            let (path, _) = signed_in(&pool).await;
            app.console().await.open(&path).await
        };
        assert!(untracked.text.contains("Session tracking is not enabled"), "{}", untracked.text);
        assert!(untracked.text.contains(&format!("href=\"/console/pools/{}/sessions\">Track them", pool.id)), "{}", untracked.text);
        pool.admin("SetUserPoolSessionConfiguration", json!({"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 5}}))
            .await
            .ok();
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
        let (path, key) = signed_in(&pool).await;
        let browser = app.console().await;
        let page = browser.open(&path).await;
        let sessions = pool.admin("AdminListUserSessions", json!({"Username": "alice"})).await.ok();
        let session = sessions["Sessions"][0]["SessionId"].as_str().unwrap().to_owned();
        for text in [key.as_str(), session.as_str(), "Password success", "not remembered"] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        assert!(!page.text.contains("<script>alert"), "{}", page.text);
        let remembered = browser.submit_and_follow(&format!("{path}/mark"), &[("device", key.as_str()), ("status", "remembered")]).await;
        assert!(remembered.text.contains("The device is remembered."), "{}", remembered.text);
        let events = pool.admin("AdminListUserAuthEvents", json!({"Username": "alice"})).await.ok();
        let event = events["AuthEvents"][0]["EventId"].as_str().unwrap();
        let judged = browser.submit_and_follow(&format!("{path}/judge"), &[("event", event), ("value", "Invalid")]).await;
        assert!(judged.text.contains("Not theirs"), "{}", judged.text);
        browser.submit_and_follow(&format!("{path}/revoke"), &[("session", session.as_str())]).await;
        let left = pool.admin("AdminListUserSessions", json!({"Username": "alice"})).await.ok();
        assert_eq!(left["Sessions"], json!([]));
        browser.submit_and_follow(&format!("{path}/forget"), &[("device", key.as_str())]).await;
        assert_eq!(pool.admin("AdminListDevices", json!({"Username": "alice"})).await.ok()["Devices"], json!([]));
        let gone = browser.submit(&format!("{path}/forget"), &[("device", key.as_str())]).await;
        assert!(gone.status == 400 && gone.text.contains("Device does not exist."), "{}", gone.text);
        let user = browser.open(path.strip_suffix("/activity").unwrap()).await;
        assert!(user.text.contains(&path), "the user's page leads here");
    }

    #[actix_web::test]
    async fn what_policies_forbid_is_greyed_and_says_why() {
        let app = TestApp::new().await;
        let pool = pool_of(&app).await;
        let (path, key) = signed_in(&pool).await;
        let looks: Value = json!([{"Effect": "Allow", "Resource": "*",
            "Action": ["cognito-idp:Describe*", "cognito-idp:List*", "cognito-idp:AdminGet*", "cognito-idp:AdminListDevices"]}]);
        let browser = app.console_of_user_with(looks).await;
        let page = browser.open(&path).await;
        for action in ["AdminForgetDevice", "AdminUpdateDeviceStatus", "AdminListUserAuthEvents", "AdminListUserSessions"] {
            assert!(page.text.contains(&format!("cognito-idp:{action}")), "{action}: {}", page.text);
        }
        let refused = browser.submit(&format!("{path}/forget"), &[("device", key.as_str())]).await;
        assert!(refused.text.contains("AccessDeniedException"), "{}", refused.text);
    }
}
