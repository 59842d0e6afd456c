//! What users did, as pools export it.

use serde_json::{Value, json};

use super::auth_events::{AuthEvent, RiskDecision};

impl AuthEvent {
    /// The record of it. What is not known here (requests, providers, places) is empty, as in the guide's example.
    ///
    /// Source: Amazon Cognito developer guide, "Exporting threat protection user activity logs".
    #[must_use]
    pub fn log_record(&self, username: &str) -> Value {
        let risk = self.details.risk.clone().unwrap_or_default();
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
                "clientId": self.details.client_id.as_ref().map_or("", |id| id.as_str()),
                "creationDate": at.to_unix_date(),
                "eventResponse": self.response.as_str(),
                "riskLevel": risk.level.map_or("", |level| level.as_str()),
                "riskDecision": match risk.decision {
                    RiskDecision::NoRisk => "PASS",
                    RiskDecision::AccountTakeover => "ACCOUNT_TAKEOVER",
                    RiskDecision::Block => "BLOCK",
                },
                "challenges": challenges.collect::<Vec<_>>(),
                "deviceName": self.details.device_name.as_deref().unwrap_or_default(),
                "ipAddress": self.details.ip_address.as_deref().unwrap_or_default(),
                "requestId": "",
                "idpName": "",
                "compromisedCredentialDetected": risk.compromised_credentials.to_string(),
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
