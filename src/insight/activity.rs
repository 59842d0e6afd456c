//! `GET /v1/activity`: how much goes on in a user pool, by the hour.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer, pool_for};
use crate::audit::{Counts, hour_of};
use crate::context::App;
use crate::decisions::door::{Asker, Failure};
use crate::kit::clock::Timestamp;
use crate::store::audit;

/// The most that is told of, in hours: 31 days.
const MOST_HOURS: u32 = 31 * 24;

/// What is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The pool.
    pub user_pool_id: String,
    /// How far back, in hours; a day where it is not said.
    pub hours: Option<u32>,
}

/// Answers a program.
pub async fn handle(app: Data<App>, request: HttpRequest, wanted: Query<Wanted>) -> HttpResponse {
    let shown = |(hour, counts): (Timestamp, Counts)| json!({"Hour": hour.to_rfc3339(), "Counts": counts});
    answer(&app, &request, async |asker: &Asker| {
        let hours = of_pool(&app, asker, &wanted).await?;
        Ok(json!({"Hours": hours.into_iter().map(shown).collect::<Vec<Value>>()}))
    })
    .await
}

/// What was counted in a pool, by hour, the oldest first; hours without anything are left out.
///
/// # Errors
/// [`Failure`]: the asker needs `passwright:GetActivity` on the pool's ARN.
pub async fn of_pool(app: &App, asker: &Asker, wanted: &Wanted) -> Result<Vec<(Timestamp, Counts)>, Failure> {
    let pool_id = pool_for(app, asker, "passwright:GetActivity", &wanted.user_pool_id).await?;
    let hours = wanted.hours.unwrap_or(24).min(MOST_HOURS);
    let from = hour_of(app.now().minus(std::time::Duration::from_secs(u64::from(hours.saturating_sub(1)) * 3600)));
    Ok(app.read(async |tx| audit::counts(tx, &pool_id, from).await).await?)
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::json;

    use crate::testing::{PASSWORD, TestApp};

    #[actix_web::test]
    async fn what_goes_on_in_a_pool_is_counted_by_the_hour() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await.signed_in().await;
        pool.sign_in("alice", "wrong").await;
        app.write_journal().await;
        app.advance(std::time::Duration::from_secs(3600));
        pool.sign_in("alice", PASSWORD).await.ok();
        app.write_journal().await;
        let uri = format!("/v1/activity?user_pool_id={}", pool.id);
        let answer = app.admin().send("passwright", Method::GET, &uri, Vec::new(), Vec::new()).await.ok();
        let counts = |index: usize| {
            let counts = &answer["Hours"][index]["Counts"];
            ["SignIns", "MfaSignIns", "RefusedSignIns"].map(|name| counts[name].as_i64().unwrap())
        };
        assert_eq!((counts(0), counts(1)), ([1, 0, 1], [1, 0, 0]), "{answer}");
        let other = app.root_of("111111111111").await;
        assert_eq!(other.send("passwright", Method::GET, &uri, Vec::new(), Vec::new()).await.status, 400, "another account's pool is none");
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}])).await;
        assert_eq!(ann.send("passwright", Method::GET, &uri, Vec::new(), Vec::new()).await.status, 403);
    }
}
