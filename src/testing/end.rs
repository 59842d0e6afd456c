//! What a test leaves behind, looked at when its application falls.
//!
//! Every row belongs to somebody who is there. Every message opens, says where it goes, and carries the code that it is for.
//! Ten years later the jobs have run to their end, and nothing that expires is left.

use std::time::Duration;

use crate::context::App;
use crate::delivery;
use crate::jobs::{self, Interrupted};
use crate::kit::clock::ManualClock;
use crate::store::leftovers;
use crate::userpools::message::{Message, OwnEmail};

/// By then everything that expires has expired.
const LATER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// What is wrong with what a test left behind. The clock is moved.
pub async fn faults(app: &App, clock: &ManualClock) -> Result<Vec<String>, Interrupted> {
    let mut faults = Vec::new();
    let mut note = |what: &str, found: Vec<(String, i64)>| {
        faults.extend(found.into_iter().map(|(table, count)| format!("{count} rows of {table} {what}")));
    };
    note("have no owner", app.read(async |tx| leftovers::orphans(tx).await).await?);
    // Messages that belong to nobody are told of above, whoever sealed them.
    let messages = delivery::newest(app, None, i64::MAX).await?;
    // Twice, for what jobs do leaves records that expire in their turn.
    for _ in 0..2 {
        clock.advance(LATER);
        jobs::run_due(app).await?;
    }
    note("were not done", app.read(async |tx| leftovers::restless_jobs(tx).await).await?);
    note("have expired and are left", app.read(async |tx| leftovers::expiring(tx).await).await?);
    faults.extend(messages.iter().filter_map(|(message, _)| fault(message)));
    Ok(faults)
}

/// What is wrong with a message.
fn fault(message: &Message) -> Option<String> {
    let Message { channel, to, body, code, .. } = message;
    let goes_somewhere = match channel.as_str() {
        "email" => to.contains('@'),
        "sms" => to.starts_with('+'),
        _ => false,
    };
    if !goes_somewhere {
        return Some(format!("a message by {channel} goes to `{to}`"));
    }
    // Who has no password is invited, or welcomed, without one; notices ask for nothing.
    let source = message.trigger_source.as_str();
    let asks_nothing = source.starts_with("SecurityNotice_") || source == "CustomMessage_AccountTakeOverNotification";
    let needs_none = (source == "CustomMessage_AdminCreateUser" || asks_nothing) && !body.is_empty();
    let says_it = code.as_ref().map_or(needs_none, |code| !code.is_empty() && body.contains(code.as_str()));
    (!says_it).then(|| format!("the message to {to} does not carry its code"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::crypto::sealed::Sealed;
    use crate::store::outbox::Goes;
    use crate::store::{Conn, StoreError, jobs, outbox, tokens};
    use crate::testing::TestApp;

    async fn planted(plant: impl AsyncFn(&mut Conn) -> Result<(), StoreError>) -> Vec<String> {
        let app = TestApp::new().await.leaving_it();
        app.app.write(plant).await.unwrap();
        faults(&app.app, &app.clock).await.unwrap()
    }

    #[actix_web::test]
    async fn rows_of_who_is_not_there_are_found() {
        let found = planted(async |tx| {
            tokens::fail_session(tx, &"pool".into(), "session", crate::kit::clock::Timestamp::from_millis(1)).await.map(drop)
        });
        assert_eq!(found.await, ["1 rows of challenge_sessions have no owner"]);
    }

    #[actix_web::test]
    async fn jobs_that_are_not_done_are_found() {
        let never = crate::kit::clock::Timestamp::from_millis(i64::MAX);
        let found = planted(async |tx| {
            jobs::plant(tx, "other", "only", "{}", crate::kit::clock::Timestamp::from_millis(0)).await?;
            jobs::claim(tx, "other", "dead", never, never).await.map(drop)
        });
        assert_eq!(found.await, ["1 rows of jobs were not done"]);
    }

    #[actix_web::test]
    async fn what_expires_and_is_left_is_found() {
        let mut app = TestApp::new().await.leaving_it();
        Arc::get_mut(&mut app.app).unwrap().signing_key_age = None;
        let pool = app.pool().await;
        let never = crate::kit::clock::Timestamp::from_millis(i64::MAX);
        app.app.write(async |tx| tokens::fail_session(tx, &pool.id, "session", never).await).await.unwrap();
        assert_eq!(faults(&app.app, &app.clock).await.unwrap(), ["1 rows of challenge_sessions have expired and are left"]);
    }

    #[actix_web::test]
    async fn messages_that_nobody_gets_or_can_use_are_found() {
        let message = |channel: &str, to: &str, code: &str| Message {
            channel: channel.to_owned(),
            to: to.to_owned(),
            subject: None,
            body: "your code is 123456".to_owned(),
            code: Some(code.to_owned()),
            link: None,
            user_pool_id: "".into(),
            username: String::new(),
            trigger_source: String::new(),
            language: None,
            own: OwnEmail::default(),
        };
        for (channel, to, code, is_right) in [
            ("email", "a@b.example", "123456", true),
            ("sms", "+15550100", "123456", true),
            ("email", "+15550100", "123456", false),
            ("sms", "", "123456", false),
            ("pigeon", "a@b.example", "123456", false),
            ("email", "a@b.example", "654321", false),
            ("email", "a@b.example", "", false),
        ] {
            assert_eq!(fault(&message(channel, to, code)).is_none(), is_right, "{channel} {to} {code}");
        }
        let sealed_by_nobody = TestApp::new().await.leaving_it();
        let now = sealed_by_nobody.app.now();
        sealed_by_nobody
            .app
            .write(async |tx| outbox::insert(tx, &"pool".into(), "1", &Sealed::stored(Vec::new()), Goes::Nowhere(now)).await)
            .await
            .unwrap();
        assert!(faults(&sealed_by_nobody.app, &sealed_by_nobody.clock).await.is_err());
    }

    #[actix_web::test]
    #[should_panic(expected = "rows of challenge_sessions have no owner")]
    async fn an_application_that_falls_is_looked_at() {
        let app = TestApp::new().await;
        let at = app.app.now();
        app.app.write(async |tx| tokens::fail_session(tx, &"pool".into(), "session", at).await).await.unwrap();
    }
}
