//! `GET /v1/deployment`: what this deployment is and runs with. No secret is among it.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::json;

use super::answer;
use crate::config::{IssuerStyle, Mode};
use crate::context::App;
use crate::decisions::door::{Asker, Failure};
use crate::store::nodes::{self, Node};
use crate::store::{StoreError, outbox};

/// What a deployment is and runs with, as this node sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment {
    /// The release.
    pub version: &'static str,
    /// `dev` or `serve`.
    pub mode: &'static str,
    /// The first account.
    pub account_id: String,
    /// The region of unsigned requests that name none.
    pub default_region: String,
    /// The address that clients reach it by.
    pub public_url: String,
    /// The form of issuers.
    pub issuer_style: &'static str,
    /// `SQLite` or `PostgreSQL`.
    pub database: &'static str,
    /// Days that events are kept.
    pub event_days: u64,
    /// Days that a signing key signs; nothing for ever.
    pub signing_key_days: Option<u64>,
    /// Signing keys that this node rotated since it started.
    pub rotations: u64,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<String>,
    /// Memory of a password hash, in KiB.
    pub argon2_memory_kib: u32,
    /// Passes of a password hash.
    pub argon2_passes: u32,
    /// Events that found no room to be noted since this node started; the log has those of signed calls.
    pub dropped_events: u64,
    /// Messages that should have left a minute ago or earlier and wait to be tried again; a thousand are counted at most.
    pub late_messages: i64,
    /// The nodes that serve it now.
    pub nodes: Vec<Serving>,
}

/// A message that waits for so long is late: it leaves within a second where nothing is wrong.
const LATE: Duration = Duration::from_secs(60);

/// More late messages are not counted.
const COUNTED: i64 = 1000;

/// A node that serves.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Serving {
    /// What it calls itself.
    pub id: String,
    /// Its release.
    pub version: String,
    /// When it started, RFC 3339.
    pub started_at: String,
}

/// Answers a program.
pub async fn handle(app: Data<App>, request: HttpRequest) -> HttpResponse {
    answer(&app, &request, async |asker: &Asker| Ok(json!(describe(&app, asker).await?))).await
}

/// What the deployment is.
///
/// # Errors
/// [`Failure`]: the asker needs `passwright:GetDeployment`.
pub async fn describe(app: &App, asker: &Asker) -> Result<Deployment, Failure> {
    asker.permit(app, "passwright:GetDeployment", "*").await?;
    let cost = app.hasher.cost();
    let now = app.now();
    let (living, late_messages) = app
        .read(async |tx| {
            let late = outbox::count_late(tx, now.minus(LATE), COUNTED).await?;
            Ok::<_, StoreError>((nodes::living(tx, now).await?, late))
        })
        .await?;
    let serving = |node: Node| Serving { id: node.id, version: node.version, started_at: node.started_at.to_rfc3339() };
    Ok(Deployment {
        version: env!("CARGO_PKG_VERSION"),
        mode: match app.mode {
            Mode::Dev => "dev",
            Mode::Serve => "serve",
        },
        account_id: app.first_account_id.to_string(),
        default_region: app.default_region.clone(),
        public_url: app.public_url.clone(),
        issuer_style: match app.issuer_style {
            IssuerStyle::Url => "url",
            IssuerStyle::Aws => "aws",
        },
        database: app.db.dialect(),
        event_days: app.events_kept.as_secs() / 86_400,
        signing_key_days: app.signing_key_age.map(|age: Duration| age.as_secs() / 86_400),
        rotations: app.rotations.load(std::sync::atomic::Ordering::Relaxed),
        trusted_proxies: app.trusted_proxies.iter().map(ToString::to_string).collect(),
        argon2_memory_kib: cost.memory_kib,
        argon2_passes: cost.passes,
        dropped_events: app.journal.dropped(),
        late_messages,
        nodes: living.into_iter().map(serving).collect(),
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn the_deployment_is_told_to_those_who_may_know() {
        let app = TestApp::new().await;
        let answer = app.admin().send("passwright", Method::GET, "/v1/deployment", Vec::new(), Vec::new()).await.ok();
        assert_eq!((answer["AccountId"].as_str(), answer["Mode"].as_str()), (Some(ACCOUNT), Some("serve")));
        let guest = app.anonymous().send("passwright", Method::GET, "/v1/deployment", Vec::new(), Vec::new()).await;
        assert_eq!(guest.status, 401);
    }
}
