//! Hands over the messages that wait in the outbox: each node does, side by side.

use std::time::Duration;

use tokio::sync::watch;

use crate::context::App;
use crate::delivery::{Carriers, round};
use crate::kit::causes::Causes;

/// How often a node looks for messages.
const EVERY: Duration = Duration::from_secs(1);

/// Hands over what is due, until the node stops. What it has begun by then it ends.
pub async fn keep(app: &App, mut stopping: watch::Receiver<bool>) {
    if !app.delivery.has_any() {
        return;
    }
    let carriers = match Carriers::of(&app.delivery) {
        Ok(carriers) => carriers,
        Err(reason) => return tracing::error!(reason, "messages cannot be delivered"),
    };
    loop {
        let more = match round(app, &carriers).await {
            Ok(round) => round.may_have_more,
            Err(error) => {
                tracing::warn!(error = %Causes(&error), "messages could not be delivered yet");
                false
            }
        };
        let pause = if more { Duration::ZERO } else { EVERY };
        if *stopping.borrow() || tokio::time::timeout(pause, stopping.changed()).await.is_ok() {
            return;
        }
    }
}
