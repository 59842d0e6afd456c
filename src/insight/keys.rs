//! `/v1/signing-keys`: the keys by which a user pool signs its tokens, and their next turn before its time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{answer, pool_for};
use crate::audit::{Details, Event, Outcome};
use crate::context::App;
use crate::crypto::ids;
use crate::decisions::door::{Asker, Failure};
use crate::flows::pool_keys;
use crate::kit::id::UserPoolId;
use crate::store::{StoreError, signing_keys};
use crate::userpools::signing_keys::{KeyState, Turn};

/// The action of who sees them.
pub const LIST: &str = "passwright:ListSigningKeys";

/// The action of who has the next take its turn.
pub const ROTATE: &str = "passwright:RotateSigningKey";

/// So many keys are published after their turns: more, and what the oldest have signed would not verify.
const MOST_PREVIOUS: usize = 6;

/// What is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The pool.
    pub user_pool_id: String,
}

/// A key, as it stands in the pool's key set. Its private part is told to nobody.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Key {
    /// `kid` (RFC 7517 §4.5).
    pub key_id: String,
    /// `current`, `next` or `previous`.
    pub state: &'static str,
    /// Since when, RFC 3339.
    pub since: String,
}

/// `GET /v1/signing-keys`
pub async fn handle(app: Data<App>, request: HttpRequest, wanted: Query<Wanted>) -> HttpResponse {
    answer(&app, &request, async |asker: &Asker| Ok(json!({"SigningKeys": list(&app, asker, &wanted).await?}))).await
}

/// `POST /v1/signing-keys`
pub async fn handle_rotate(app: Data<App>, request: HttpRequest, wanted: Query<Wanted>) -> HttpResponse {
    answer(&app, &request, async |asker: &Asker| {
        rotate(&app, asker, &wanted).await?;
        Ok(json!({"SigningKeys": of_pool(&app, &UserPoolId::from(wanted.user_pool_id.as_str())).await?}))
    })
    .await
}

/// A pool's keys: the one that signs, the one that will, those that have.
///
/// # Errors
/// [`Failure`]: the asker needs [`LIST`] on the pool's ARN.
pub async fn list(app: &App, asker: &Asker, wanted: &Wanted) -> Result<Vec<Key>, Failure> {
    let pool_id = pool_for(app, asker, LIST, &wanted.user_pool_id).await?;
    Ok(of_pool(app, &pool_id).await?)
}

/// Whether the asker may have the next key take its turn.
///
/// # Errors
/// [`Failure`].
pub async fn may_rotate(app: &App, asker: &Asker, wanted: &Wanted) -> Result<(), Failure> {
    pool_for(app, asker, ROTATE, &wanted.user_pool_id).await.map(drop)
}

/// Has a pool sign by its next key from now on, and publishes another. What the last one has signed stays good until it expires.
///
/// # Errors
/// [`Failure`]: the asker needs [`ROTATE`] on the pool's ARN; the next key must have been published for an hour, for verifiers to
/// know it.
pub async fn rotate(app: &App, asker: &Asker, wanted: &Wanted) -> Result<(), Failure> {
    let pool_id = pool_for(app, asker, ROTATE, &wanted.user_pool_id).await?;
    let too_early = || Failure::BadRequest("The next key has not been published for an hour yet: verifiers may not know it.".to_owned());
    if app.read(async |tx| pool_keys::turn_of(app, tx, &pool_id, Duration::ZERO).await).await? == Turn::NotYet {
        return Err(too_early());
    }
    let made = pool_keys::generate(app, pool_keys::FOLLOWING).await.map_err(|_| Failure::Busy)?;
    let following = made.map_err(|error| Failure::Internal(Box::new(error)))?;
    let turn = app
        .write(async |tx| {
            let previous = signing_keys::of_pool(tx, &pool_id).await?;
            let previous = previous.iter().filter(|key| key.standing.state == KeyState::Previous).count();
            if previous >= MOST_PREVIOUS {
                return Ok(None);
            }
            Ok::<_, StoreError>(Some(pool_keys::rotate(app, tx, &pool_id, Duration::ZERO, &following).await?))
        })
        .await?;
    match turn {
        Some(Turn::Take { retiring, rising }) => {
            app.rotations.fetch_add(1, Ordering::Relaxed);
            tracing::info!(%pool_id, retiring, rising, "a user pool's signing key was rotated before its time");
        }
        Some(Turn::Publish) => {}
        Some(Turn::NotYet) => return Err(too_early()),
        None => return Err(Failure::BadRequest("Keys of the last turns are still published: wait until they are not.".to_owned())),
    }
    note(app, asker, &pool_id);
    Ok(())
}

async fn of_pool(app: &App, pool_id: &UserPoolId) -> Result<Vec<Key>, StoreError> {
    let mut stored = app.read(async |tx| signing_keys::of_pool(tx, pool_id).await).await?;
    stored.sort_by_key(|key| key.standing.state);
    let told = |key: signing_keys::StoredKey| Key {
        key_id: key.standing.kid,
        state: key.standing.state.as_str(),
        since: key.standing.since.to_rfc3339(),
    };
    Ok(stored.into_iter().map(told).collect())
}

fn note(app: &App, asker: &Asker, pool_id: &UserPoolId) {
    let (principal, source_ip) = (asker.caller.principal().to_string(), asker.source_ip.map(|address| address.to_string()));
    app.journal.record(Event {
        at: app.now(),
        account_id: asker.caller.account_id().unwrap_or(&app.first_account_id).clone(),
        request_id: ids::uuid(&mut app.rng()),
        principal,
        action: ROTATE.to_owned(),
        outcome: Outcome::Done,
        details: Details {
            source_ip,
            region: Some(asker.region.clone()),
            resource: Some(pool_id.to_string()),
            reason: None,
            asked_by: None,
        },
    });
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::http::Method;
    use serde_json::{Value, json};

    use crate::testing::{Answer, TestApp, TestCaller, TestPool};

    const HOUR: Duration = Duration::from_secs(3600);

    async fn send(caller: &TestCaller<'_>, method: Method, pool: &TestPool<'_>) -> Answer {
        caller.send("passwright", method, &format!("/v1/signing-keys?user_pool_id={}", pool.id), Vec::new(), Vec::new()).await
    }

    fn kid(keys: &Value, state: &str) -> String {
        let key = keys["SigningKeys"].as_array().unwrap().iter().find(|key| key["State"] == state);
        key.unwrap()["KeyId"].as_str().unwrap().to_owned()
    }

    #[actix_web::test]
    async fn the_next_key_signs_when_it_is_told_to_and_what_was_signed_stays_good() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user("alice").await;
        let early = send(&app.admin(), Method::POST, &pool).await;
        assert!(early.status == 400 && early.text.contains("for an hour"), "{}", early.text);
        app.advance(HOUR);
        let signed = alice.signed_in().await;
        let before = send(&app.admin(), Method::GET, &pool).await.ok();
        assert!(!before.to_string().to_ascii_lowercase().contains("private"), "{before}");
        let after = send(&app.admin(), Method::POST, &pool).await.ok();
        assert_eq!((kid(&after, "current"), kid(&after, "previous")), (kid(&before, "next"), kid(&before, "current")));
        assert_ne!(kid(&after, "next"), kid(&before, "next"));
        app.anonymous().call("GetUser", json!({"AccessToken": signed["AccessToken"]})).await.ok();
        app.anonymous().call("GetUser", json!({"AccessToken": alice.signed_in().await["AccessToken"]})).await.ok();
        assert_eq!(send(&app.admin(), Method::POST, &pool).await.status, 400, "the new one is not known yet");
        app.write_journal().await;
        let admin = app.admin();
        let events = admin.send("passwright", Method::GET, "/v1/events?action=passwright:RotateSigningKey", Vec::new(), Vec::new());
        assert_eq!(events.await.ok()["Events"].as_array().unwrap().len(), 1);
    }

    #[actix_web::test]
    async fn keys_turn_only_as_often_as_all_that_have_signed_stay_published() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for _ in 0..super::MOST_PREVIOUS {
            app.advance(HOUR);
            send(&app.admin(), Method::POST, &pool).await.ok();
        }
        app.advance(HOUR);
        let refused = send(&app.admin(), Method::POST, &pool).await;
        assert!(refused.status == 400 && refused.text.contains("still published"), "{}", refused.text);
        let keys = send(&app.admin(), Method::GET, &pool).await.ok();
        assert_eq!(keys["SigningKeys"].as_array().unwrap().len(), super::MOST_PREVIOUS + 2);
    }

    #[actix_web::test]
    async fn keys_are_for_those_who_may_and_of_their_own_account() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        app.advance(HOUR);
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "passwright:ListSigningKeys", "Resource": "*"}])).await;
        assert_eq!((send(&ann, Method::GET, &pool).await.status, send(&ann, Method::POST, &pool).await.status), (200, 403));
        let other = app.root_of("222222222222").await;
        assert_eq!((send(&other, Method::GET, &pool).await.status, send(&other, Method::POST, &pool).await.status), (400, 400));
        assert_eq!(send(&app.anonymous(), Method::POST, &pool).await.status, 401);
    }
}
