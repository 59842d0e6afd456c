//! A pool put back to how it was: the recoveries that there were, a new one, and one with what it changes.

use askama::Template;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{
    Fields, Frame, Head, May, Moment, Outcome, PAGE, Reply, Row, Visit, call, confirmed, form, may, next_page, page, refused, segment,
};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// An id that no recovery has: what may be done to one is asked for it.
const NONE: &str = "00000000-0000-0000-0000-000000000000";

/// The pages and forms of recoveries.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/point-in-time", show),
        form("/pools/{pool}/point-in-time", initiate),
        page("/pools/{pool}/point-in-time/{recovery}", one),
        form("/pools/{pool}/point-in-time/{recovery}/start", start).grave(),
        form("/pools/{pool}/point-in-time/{recovery}/cancel", cancel),
    ]
}

/// A recovery, as pages show it.
struct Recovery {
    href: String,
    id: String,
    status: String,
    badge: &'static str,
    restored_to: Option<Moment>,
    triggered: Option<Moment>,
    preview: Vec<Changes>,
}

/// How many things of a kind a recovery changes.
struct Changes {
    entity: String,
    created: i64,
    updated: i64,
    deleted: i64,
}

impl Recovery {
    fn read(visit: &Visit, head: &Head, recovery: &Value) -> Self {
        let moment = |name: &str| Moment::read(recovery.at(name), visit.now());
        let (id, status) = (recovery.text("RestoreId"), recovery.text("RestoreStatus"));
        let changes = |entity: &Value| {
            let count = |name: &str| entity.at(name).as_i64().unwrap_or_default();
            Changes {
                entity: entity.text("Entity"),
                created: count("CreateCount"),
                updated: count("UpdateCount"),
                deleted: count("DeleteCount"),
            }
        };
        Self {
            href: head.href(&format!("/point-in-time/{}", segment(&id))),
            badge: match status.as_str() {
                "RESTORE_COMPLETED" => "ok",
                "PREVIEW_GENERATION_FAILED" | "TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE" => "danger",
                _ => "",
            },
            id,
            status,
            restored_to: moment("RestoreTimestamp"),
            triggered: moment("TriggerTimestamp"),
            preview: recovery.list("RestorePreview").iter().map(changes).collect(),
        }
    }

    fn waits(&self) -> bool {
        self.status == "PREVIEW_GENERATED"
    }

    fn is_preview(&self) -> bool {
        self.waits() || self.status == "PREVIEW_GENERATING"
    }

    /// Where its form goes that applies it.
    fn start_href(&self) -> String {
        format!("{}/start", self.href)
    }

    /// Whether it is to be looked at again soon.
    fn is_running(&self) -> bool {
        matches!(self.status.as_str(), "PREVIEW_GENERATING" | "RESTORING" | "TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE")
    }
}

#[derive(Template)]
#[template(path = "console/pools/recoveries.html")]
struct RecoveriesPage {
    frame: Frame,
    head: Head,
    recoveries: Vec<Recovery>,
    /// The moment that was typed.
    moment: String,
    may_initiate: May,
    error: Option<WireError>,
    first: Option<String>,
    next: Option<String>,
}

async fn listed(visit: &Visit, moment: String, error: Option<WireError>) -> Result<RecoveriesPage, WireError> {
    let head = Head::load(visit, "point-in-time").await?;
    let token = visit.query().given("next");
    let input = json!({"UserPoolId": head.id, "MaxResults": PAGE, "NextToken": token});
    let listed = call(visit, "ListPointInTimeRecoveries", input).await?;
    let path = head.path("/point-in-time");
    Ok(RecoveriesPage {
        frame: visit.frame(&head.name),
        recoveries: listed.list("Restorations").iter().map(|recovery| Recovery::read(visit, &head, recovery)).collect(),
        may_initiate: may(visit, "InitiatePointInTimeRecovery", json!({"UserPoolId": head.id, "RestoreTimestamp": 0})).await,
        first: token.map(|_| format!("/console{path}")),
        next: next_page(&path, &[], listed.at("NextToken")),
        moment,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/point-in-time`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&listed(visit, String::new(), None).await?))
}

/// `POST /console/pools/{pool}/point-in-time`
async fn initiate(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, moment) = (visit.segment("pool"), fields.text("moment"));
    let initiated = match seconds_of(&moment) {
        Some(seconds) => call(visit, "InitiatePointInTimeRecovery", json!({"UserPoolId": pool, "RestoreTimestamp": seconds})).await,
        None => Err(refused(format!("`{moment}` is not a moment: write it as 2030-01-31T23:59:59, in UTC."))),
    };
    match initiated {
        Ok(made) => {
            let id = made.at("Restoration").text("RestoreId");
            Ok(Reply::done(of(&pool, &id), "It is counted what would change. Until this is over, nobody's data is changed."))
        }
        Err(error) => Ok(Reply::again(&listed(visit, moment, Some(error.clone())).await?, &error)),
    }
}

/// The moment of a field, which browsers write without seconds where there are none.
fn seconds_of(text: &str) -> Option<i64> {
    let whole = if text.len() == "2030-01-31T23:59".len() { format!("{text}:00") } else { text.trim_end_matches('Z').to_owned() };
    OffsetDateTime::parse(&format!("{whole}Z"), &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

fn of(pool: &str, id: &str) -> String {
    format!("/pools/{}/point-in-time/{}", segment(pool), segment(id))
}

#[derive(Template)]
#[template(path = "console/pools/recovery_of_pool.html")]
struct RecoveryPage {
    frame: Frame,
    head: Head,
    recovery: Recovery,
    may_start: May,
    may_cancel: May,
    error: Option<WireError>,
}

async fn described(visit: &Visit, error: Option<WireError>) -> Result<RecoveryPage, WireError> {
    let head = Head::load(visit, "point-in-time").await?;
    let input = json!({"UserPoolId": head.id, "RestoreId": visit.segment("recovery")});
    let described = call(visit, "DescribePointInTimeRecovery", input).await?;
    let any = json!({"UserPoolId": head.id, "RestoreId": NONE});
    Ok(RecoveryPage {
        frame: visit.frame(&head.name),
        recovery: Recovery::read(visit, &head, described.at("Restoration")),
        may_start: may(visit, "StartPointInTimeRecovery", any.clone()).await,
        may_cancel: may(visit, "CancelPointInTimeRecovery", any).await,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/point-in-time/{recovery}`
async fn one(visit: &Visit) -> Outcome {
    Ok(Reply::page(&described(visit, None).await?))
}

/// `POST /console/pools/{pool}/point-in-time/{recovery}/start`
async fn start(visit: &Visit, fields: &Fields) -> Outcome {
    let page = described(visit, None).await?;
    let started = match confirmed(fields, &page.head.name) {
        Ok(()) => act(visit, "StartPointInTimeRecovery").await,
        Err(error) => Err(error),
    };
    told(visit, started, "The pool is put back to how it was. Users may be changed again once that is done.").await
}

/// `POST /console/pools/{pool}/point-in-time/{recovery}/cancel`
async fn cancel(visit: &Visit, _: &Fields) -> Outcome {
    told(visit, act(visit, "CancelPointInTimeRecovery").await, "The recovery is cancelled. Nothing was changed.").await
}

async fn act(visit: &Visit, operation: &str) -> Result<Value, WireError> {
    call(visit, operation, json!({"UserPoolId": visit.segment("pool"), "RestoreId": visit.segment("recovery")})).await
}

async fn told(visit: &Visit, outcome: Result<Value, WireError>, words: &'static str) -> Outcome {
    match outcome {
        Ok(_) => Ok(Reply::done(of(&visit.segment("pool"), &visit.segment("recovery")), words)),
        Err(error) => Ok(Reply::again(&described(visit, Some(error.clone())).await?, &error)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::seconds_of;
    use crate::testing::{PASSWORD, TestApp};

    #[test]
    fn moments_are_read_as_browsers_write_them() {
        for text in ["2027-01-15T08:00", "2027-01-15T08:00:00", "2027-01-15T08:00:00Z", "2027-01-15T08:00:00.000"] {
            assert_eq!(seconds_of(text), Some(1_800_000_000), "{text}");
        }
        for text in ["", "yesterday", "2027-01-15", "2027-13-15T08:00", "2027-01-15T08:00:00+02:00"] {
            assert_eq!(seconds_of(text), None, "{text}");
        }
    }

    #[actix_web::test]
    async fn a_pool_is_put_back_once_its_name_is_typed() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        app.advance(Duration::from_secs(3600));
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
        let browser = app.console().await;
        let path = format!("/pools/{}/point-in-time", pool.id);
        assert!(browser.open(&path).await.text.contains("No recoveries yet"));
        let refused = browser.submit(&path, &[("moment", "soon")]).await;
        assert!(refused.text.contains("is not a moment") && refused.text.contains("value=\"soon\""), "{}", refused.text);
        let refused = browser.submit(&path, &[("moment", "2027-01-15T08:59")]).await;
        assert!(refused.text.contains("at least 15 minutes"), "{}", refused.text);
        let counting = browser.submit_and_follow(&path, &[("moment", "2027-01-15T08:30")]).await;
        assert!(counting.text.contains("PREVIEW_GENERATING"), "{}", counting.text);
        app.run_jobs().await;
        let id = pool.admin("ListPointInTimeRecoveries", json!({})).await.ok()["Restorations"][0]["RestoreId"].clone();
        let one = format!("{path}/{}", id.as_str().unwrap());
        let page = browser.open(&one).await;
        assert!(page.text.contains("PREVIEW_GENERATED") && page.text.contains("User MFAs"), "{}", page.text);
        let refused = browser.submit(&format!("{one}/start"), &[("confirm", "another")]).await;
        assert!(refused.text.contains("Nothing was done"), "{}", refused.text);
        let cancelled = browser.submit_and_follow(&format!("{one}/cancel"), &[]).await;
        assert!(cancelled.text.contains("PREVIEW_CANCELLED"), "{}", cancelled.text);
        app.advance(Duration::from_secs(1));
        browser.open(&path).await;
        browser.submit_and_follow(&path, &[("moment", "2027-01-15T08:30")]).await;
        app.advance(Duration::from_secs(2));
        app.run_jobs().await;
        let id = pool.admin("ListPointInTimeRecoveries", json!({})).await.ok()["Restorations"][0]["RestoreId"].clone();
        let one = format!("{path}/{}", id.as_str().unwrap());
        browser.open(&one).await;
        let started = browser.submit_and_follow(&format!("{one}/start"), &[("confirm", "test")]).await;
        assert!(started.text.contains("RESTORING"), "{}", started.text);
        app.advance(Duration::from_secs(2));
        app.run_jobs().await;
        assert!(browser.open(&path).await.text.contains("RESTORE_COMPLETED"));
        pool.sign_in("alice", PASSWORD).await.ok();
    }
}
