//! What owners are told of sign-ins that may be somebody else's.

use std::time::Duration;

use serde_json::{Value, json};

use super::risk::{AWAY, HOME, from, set_mode, too_risky};
use super::{OTHER, code, enrol, set_mfa};
use crate::testing::{Limits, PASSWORD, TestApp, TestPool, TestUser};
use crate::userpools::message::{Form, Message};

const ALICE: &str = "alice@x.example";
const SOURCE: &str = "arn:aws:ses:us-east-1:000000000000:identity/x.example";

/// A user with a verified address, who signs in at home.
async fn alice<'a>(pool: &'a TestPool<'a>, name: &str) -> TestUser<'a> {
    let alice = pool.user_with(name, json!({"email": ALICE, "email_verified": "true"})).await;
    from(pool, HOME, name, PASSWORD).await.ok();
    pool.app.advance(Duration::from_secs(1));
    alice
}

/// Users are told of sign-ins at any risk, about which this is done.
async fn tell(pool: &TestPool<'_>, action: &str, mut notify: Value) {
    notify["SourceArn"] = json!(SOURCE);
    let action = json!({"Notify": true, "EventAction": action});
    let actions = json!({"LowAction": action, "MediumAction": action, "HighAction": action});
    let takeover = json!({"NotifyConfiguration": notify, "Actions": actions});
    pool.admin("SetRiskConfiguration", json!({"AccountTakeoverRiskConfiguration": takeover})).await.ok();
}

/// What was told since the last look; the clock goes on by the look.
async fn told(app: &TestApp, seen: &mut usize) -> Vec<Message> {
    let all = app.messages_to(ALICE).await;
    let new = all.len() - *seen;
    *seen = all.len();
    app.advance(Duration::from_secs(60));
    all.into_iter().take(new).collect()
}

fn subjects(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.subject.as_deref().unwrap()).collect()
}

#[actix_web::test]
async fn a_user_is_told_once_what_was_done_and_of_nothing_else() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    set_mfa(&pool, "OPTIONAL").await;
    let mail = |subject: &str| json!({"Subject": subject, "TextBody": "It was done."});
    let mails = || json!({"BlockEmail": mail("block"), "MfaEmail": mail("mfa"), "NoActionEmail": mail("none")});
    let alice = alice(&pool, "alice").await;
    let mut seen = 0;
    tell(&pool, "NO_ACTION", mails()).await;
    from(&pool, HOME, "alice", PASSWORD).await.ok();
    from(&pool, AWAY, "alice", "wrong").await;
    assert!(told(&app, &mut seen).await.is_empty(), "at home, and by a wrong password");
    from(&pool, AWAY, "alice", PASSWORD).await.ok();
    assert_eq!(subjects(&told(&app, &mut seen).await), ["none"]);

    tell(&pool, "BLOCK", mails()).await;
    assert_eq!(from(&pool, "192.0.2.1", "alice", PASSWORD).await.error(), too_risky());
    assert_eq!(subjects(&told(&app, &mut seen).await), ["block"]);

    // Who has no factor is let pass, or refused.
    tell(&pool, "MFA_IF_CONFIGURED", mails()).await;
    from(&pool, "192.0.2.1", "alice", PASSWORD).await.ok();
    assert_eq!(subjects(&told(&app, &mut seen).await), ["none"]);
    tell(&pool, "MFA_REQUIRED", mails()).await;
    assert_eq!(from(&pool, "192.168.1.1", "alice", PASSWORD).await.error(), too_risky());
    assert_eq!(subjects(&told(&app, &mut seen).await), ["block"]);

    let seed = enrol(&app, &alice.signed_in().await, None).await;
    told(&app, &mut seen).await;
    let asked = from(&pool, "192.168.1.1", "alice", PASSWORD).await.ok();
    let answers = json!({"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code(&app, &seed)});
    pool.respond("SOFTWARE_TOKEN_MFA", &asked["Session"], answers).await.ok();
    assert_eq!(subjects(&told(&app, &mut seen).await), ["mfa"], "once, not for each step");

    set_mode(&pool, "AUDIT").await;
    from(&pool, "192.168.2.1", "alice", PASSWORD).await.ok();
    assert!(told(&app, &mut seen).await.is_empty(), "a pool that looks on does nothing");
    set_mode(&pool, "ENFORCED").await;
    let unverified = json!([{"Name": "email_verified", "Value": "false"}]);
    pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": unverified})).await.ok();
    from(&pool, "192.168.3.1", "alice", PASSWORD).await.ok();
    assert!(told(&app, &mut seen).await.is_empty(), "nobody knows whose the address is");
}

#[actix_web::test]
async fn a_pools_own_text_has_what_is_known_and_names_are_no_html() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    alice(&pool, "<b>{city}</b>").await;
    let text = "{username} {ip-address} {city} {country} {device-name} {login-time} {event-id}";
    let html = "<p>{username} <a href={one-click-link-valid}>yes</a> {feedback-token}</p>";
    let email = json!({"Subject": "By {username}", "TextBody": text, "HtmlBody": html});
    tell(&pool, "BLOCK", json!({"BlockEmail": email, "From": "Us <us@x.example>", "ReplyTo": "help@y.example"})).await;
    assert_eq!(from(&pool, AWAY, "<b>{city}</b>", PASSWORD).await.error(), too_risky());
    let listed = pool.admin("AdminListUserAuthEvents", json!({"Username": "<b>{city}</b>", "MaxResults": 1})).await.ok();
    let event_id = listed["AuthEvents"][0]["EventId"].as_str().unwrap();
    let message = told(&app, &mut 0).await.remove(0);
    assert_eq!(message.subject.as_deref(), Some("By <b>{city}</b>"));
    let time = "Friday, January 15, 2027 08:00 AM UTC";
    assert_eq!(message.body, format!("<b>{{city}}</b> {AWAY} unknown unknown unknown {time} {event_id}"));
    let Form::Both(html) = &message.own.form else { panic!("{}", message.body) };
    assert!(html.starts_with("<p>&#60;b&#62;{city}&#60;/b&#62; <a href=http://") && html.contains("&#38;token="), "{html}");
    assert_eq!((message.own.from.as_deref(), message.own.reply_to.as_deref()), (Some("Us <us@x.example>"), Some("help@y.example")));
    assert_eq!(message.own.told["ACCOUNT_TAKE_OVER_ACTION"], "BLOCK");
    let token = &message.own.told["FEEDBACK_TOKEN"];
    assert!(html.contains(&format!("</a> {token}</p>")), "{html}");
    let say =
        json!({"UserPoolId": pool.id, "Username": "<b>{city}</b>", "EventId": event_id, "FeedbackToken": token, "FeedbackValue": "Valid"});
    app.anonymous().call("UpdateAuthEventFeedback", say.clone()).await.ok();
    app.advance(Duration::from_secs(30 * 24 * 3600));
    assert_eq!(app.anonymous().call("UpdateAuthEventFeedback", say).await.code(), "NotAuthorizedException", "it is too old");

    let html = json!({"Subject": "s", "HtmlBody": "<p>no text</p>"});
    tell(&pool, "BLOCK", json!({"BlockEmail": html})).await;
    from(&pool, "192.0.2.1", "<b>{city}</b>", PASSWORD).await;
    let message = told(&app, &mut 1).await.remove(0);
    assert!(matches!(message.own.form, Form::Html) && message.body == "<p>no text</p>" && message.own.from.is_none());
}

#[actix_web::test]
async fn without_a_text_of_the_pools_own_ours_is_in_the_users_language() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"UserPoolTags": {"passwright:language": "de"}}), json!({})).await;
    alice(&pool, "alice").await;
    tell(&pool, "BLOCK", json!({"MfaEmail": {"Subject": "of another kind"}})).await;
    from(&pool, AWAY, "alice", PASSWORD).await;
    let message = told(&app, &mut 0).await.remove(0);
    assert_eq!(message.subject.as_deref(), Some("Eine Anmeldung bei Ihrem Konto wurde blockiert"));
    let known = format!("Konto: {ALICE}\nZeit: 2027-01-15 08:00 UTC\nGerät: unbekannt\nIP-Adresse: {AWAY}\n");
    assert!(message.body.contains(&known), "{}", message.body);
    assert!(message.own.links.len() == 2 && message.own.links.iter().all(|link| message.body.contains(link)), "{}", message.body);
}

#[actix_web::test]
async fn a_full_mailbox_changes_no_sign_in_and_keeps_room_for_what_is_told_of_changes() {
    let app = TestApp::within(Limits { messages: 2, ..Limits::default() }).await;
    let pool = app.pool_with(json!({"UserPoolTags": {"passwright:security-notices": "on"}}), json!({})).await;
    alice(&pool, "alice").await;
    tell(&pool, "BLOCK", json!({})).await;
    let mut seen = app.messages_to(ALICE).await.len();
    for _ in 0..4 {
        assert_eq!(from(&pool, AWAY, "alice", PASSWORD).await.error(), too_risky());
    }
    let sources = |messages: Vec<Message>| messages.into_iter().map(|message| message.trigger_source).collect::<Vec<_>>();
    assert_eq!(sources(told(&app, &mut seen).await), ["CustomMessage_AccountTakeOverNotification"; 2]);
    pool.admin("AdminSetUserPassword", json!({"Username": "alice", "Password": OTHER, "Permanent": true})).await.ok();
    assert_eq!(sources(told(&app, &mut seen).await), ["SecurityNotice_PasswordReset"]);
    tell(&pool, "NO_ACTION", json!({})).await;
    from(&pool, AWAY, "alice", OTHER).await.ok();
}
