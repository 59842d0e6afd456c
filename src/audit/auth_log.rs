//! What users did, as pools export it.

use serde_json::{Value, json};

use super::auth_events::AuthEvent;

impl AuthEvent {
    /// The record of it. What is not known here (clients, requests, providers, places) is empty, as in the guide's example.
    ///
    /// Source: Amazon Cognito developer guide, "Exporting threat protection user activity logs".
    #[must_use]
    pub fn log_record(&self, username: &str) -> Value {
        let challenges = self
            .details
            .challenges
            .iter()
            .map(|challenge| json!({"challengeName": challenge.asked, "challengeResponse": challenge.result}));
        let at = self.at;
        json!({
            "eventTimestamp": at.millis().to_string(),
            "eventSource": "USER_ACTIVITY",
            "logLevel": "INFO",
            "message": {
                "version": "1",
                "eventId": self.id,
                "eventType": self.kind.as_str(),
                "userSub": self.user_id,
                "userName": username,
                "userPoolId": self.pool_id,
                "clientId": "",
                "creationDate": at.to_unix_date(),
                "eventResponse": self.response.as_str(),
                "riskLevel": "",
                "riskDecision": "PASS",
                "challenges": challenges.collect::<Vec<_>>(),
                "deviceName": self.details.device_name.as_deref().unwrap_or_default(),
                "ipAddress": self.details.ip_address.as_deref().unwrap_or_default(),
                "requestId": "",
                "idpName": "",
                "compromisedCredentialDetected": "false",
                "city": "",
                "country": "",
                "eventFeedbackValue": "",
                "eventFeedbackDate": "",
                "eventFeedbackProvider": "",
                "hasContextData": self.details.ip_address.is_some().to_string(),
            },
            "logSourceId": {"userPoolId": self.pool_id},
        })
    }
}
