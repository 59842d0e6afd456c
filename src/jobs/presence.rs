//! Says that this node lives, so that whoever looks sees the nodes there are; and sees how many they are itself.

use std::time::Duration;

use tokio::sync::watch;

use crate::context::App;
use crate::crypto::ids;
use crate::kit::causes::Causes;
use crate::store::nodes::{self, Node};
use crate::store::{Conn, StoreError};

/// How often it says so.
const EVERY: Duration = Duration::from_secs(10);

/// A node that has said nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(35);

/// Says it until the node stops, and takes it back then.
pub async fn keep(app: &App, mut stopping: watch::Receiver<bool>) {
    let (id, started_at) = (ids::uuid(&mut app.rng()), app.now());
    loop {
        let now = app.now();
        let node = Node { id: id.clone(), version: env!("CARGO_PKG_VERSION").to_owned(), started_at, alive_until: now.plus(PATIENCE) };
        let said = app.write(async |tx: &mut Conn| {
            nodes::beat(tx, &node).await?;
            nodes::living(tx, now).await
        });
        match said.await {
            // What an account may ask for is shared among them.
            Ok(nodes) => app.budgets.note_nodes(nodes.len()),
            Err(error) => tracing::warn!(error = %Causes(&error), "this node could not say that it lives"),
        }
        if tokio::time::timeout(EVERY, stopping.changed()).await.is_ok() {
            let gone: Result<(), StoreError> = app.write(async |tx: &mut Conn| nodes::delete(tx, &id).await).await;
            if let Err(error) = gone {
                tracing::warn!(error = %Causes(&error), "this node could not say that it is gone");
            }
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;

    async fn living(app: &TestApp) -> usize {
        app.app.read(async |tx| nodes::living(tx, app.app.now()).await).await.unwrap().len()
    }

    #[actix_web::test]
    async fn a_node_is_there_while_it_says_so_and_gone_when_it_stops_or_says_nothing() {
        let app = TestApp::new().await;
        let (stop, stopping) = watch::channel(false);
        let kept = {
            let app = std::sync::Arc::clone(&app.app);
            actix_web::rt::spawn(async move { keep(&app, stopping).await })
        };
        while living(&app).await == 0 {
            tokio::task::yield_now().await;
        }
        let _ = stop.send(true);
        kept.await.unwrap();
        assert_eq!(living(&app).await, 0);
        let silent =
            Node { id: "silent".to_owned(), version: String::new(), started_at: app.app.now(), alive_until: app.app.now().plus(PATIENCE) };
        app.app.write(async |tx| nodes::beat(tx, &silent).await).await.unwrap();
        assert_eq!(living(&app).await, 1);
        app.advance(PATIENCE);
        assert_eq!(living(&app).await, 0);
    }
}
