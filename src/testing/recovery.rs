//! A user pool that is put back to how it was.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, TestPool};
use crate::kit::clock::Timestamp;

impl TestPool<'_> {
    /// Asks for a recovery.
    pub async fn initiate(&self, point: Timestamp) -> Answer {
        self.admin("InitiatePointInTimeRecovery", json!({"RestoreTimestamp": point})).await
    }

    /// An operation on a recovery of the pool.
    pub async fn recovery(&self, operation: &str, restore_id: &Value) -> Answer {
        self.admin(&format!("{operation}PointInTimeRecovery"), json!({"RestoreId": restore_id})).await
    }

    /// A recovery whose preview is there: its id, and what it would create, update and delete of each entity.
    pub async fn previewed(&self, point: Timestamp) -> (Value, Value) {
        let id = self.initiate(point).await.ok()["Restoration"]["RestoreId"].clone();
        self.app.advance(Duration::from_secs(2));
        self.app.run_jobs().await;
        let described = self.recovery("Describe", &id).await.ok()["Restoration"].clone();
        assert_eq!(described["RestoreStatus"], "PREVIEW_GENERATED");
        let counts = |entity: &Value| {
            (entity["Entity"].as_str().unwrap().to_owned(), json!([entity["CreateCount"], entity["UpdateCount"], entity["DeleteCount"]]))
        };
        let preview = described["RestorePreview"].as_array().unwrap().iter().map(counts).collect();
        (id, Value::Object(preview))
    }

    /// The pool as it was at a moment, with what was previewed.
    pub async fn recovered_to(&self, point: Timestamp) -> Value {
        let (id, preview) = self.previewed(point).await;
        assert_eq!(self.recovery("Start", &id).await.ok()["Restoration"]["RestoreStatus"], "RESTORING");
        self.app.advance(Duration::from_secs(2));
        self.app.run_jobs().await;
        assert_eq!(self.recovery("Describe", &id).await.ok()["Restoration"]["RestoreStatus"], "RESTORE_COMPLETED");
        preview
    }
}
