//! Where a pool's logs go.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;

/// A LogConfiguration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogConfiguration {
    /// What is logged: failures, or everything.
    pub log_level: LogLevel,
    /// What it is logged of.
    pub event_source: EventSource,
    /// A log group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_watch_logs_configuration: Option<CloudWatchLogs>,
    /// A bucket.
    #[serde(rename = "S3Configuration", skip_serializing_if = "Option::is_none")]
    pub s3_configuration: Option<S3>,
    /// A stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firehose_configuration: Option<Firehose>,
}

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    /// Failures.
    Error,
    /// Everything.
    Info,
}

/// What logs are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EventSource {
    /// Messages to users.
    UserNotification,
    /// Sign-ins and the like.
    UserAuthEvents,
}

impl EventSource {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserNotification => "userNotification",
            Self::UserAuthEvents => "userAuthEvents",
        }
    }
}

/// CloudWatchLogsConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CloudWatchLogs {
    /// The group's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_group_arn: Option<String>,
}

/// S3Configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct S3 {
    /// The bucket's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_arn: Option<String>,
}

/// FirehoseConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Firehose {
    /// The stream's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_arn: Option<String>,
}

/// Why logs do not go there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogDeliveryRefused {
    /// Two configurations of one source.
    #[error("Only one log configuration is allowed for each event source.")]
    OneSourceTwice,
    /// A source has its level.
    #[error("Invalid LogLevel for the event source.")]
    ForeignLevel,
    /// No destination, or several, or one that is not of the source.
    #[error("Each log configuration must have exactly one destination, and userNotification logs go to CloudWatchLogsConfiguration.")]
    NoOneDestination,
    /// Not an ARN of such a destination in the pool's account.
    #[error("Invalid destination ARN: {0}")]
    NoDestination(String),
}

/// Whether logs can go there, for a pool of this account.
///
/// Source: Amazon Cognito API reference, LogConfigurationType: each source has its level and its destinations; the log group
/// "must be in the same AWS account as your user pool".
///
/// # Errors
/// [`LogDeliveryRefused`].
pub fn check(configurations: &[LogConfiguration], account_id: &str) -> Result<(), LogDeliveryRefused> {
    for (index, configuration) in configurations.iter().enumerate() {
        if configurations.iter().skip(index + 1).any(|other| other.event_source == configuration.event_source) {
            return Err(LogDeliveryRefused::OneSourceTwice);
        }
        let level = match configuration.event_source {
            EventSource::UserNotification => LogLevel::Error,
            EventSource::UserAuthEvents => LogLevel::Info,
        };
        if configuration.log_level != level {
            return Err(LogDeliveryRefused::ForeignLevel);
        }
        configuration.check_destination(account_id)?;
    }
    Ok(())
}

/// The record of a message that was not delivered. The details name no address and nothing of the message.
///
/// Source: Amazon Cognito developer guide, "Exporting user pool logs", message delivery errors.
#[must_use]
pub fn of_message(pool_id: &UserPoolId, details: &str, now: Timestamp) -> Value {
    json!({
        "eventTimestamp": now.millis().to_string(),
        "eventSource": "USER_NOTIFICATION",
        "logLevel": "ERROR",
        "message": {"details": details},
        "logSourceId": {"userPoolId": pool_id},
    })
}

impl LogConfiguration {
    /// The ARN of its destination.
    #[must_use]
    pub fn destination(&self) -> Option<&str> {
        let group = self.cloud_watch_logs_configuration.as_ref().and_then(|to| to.log_group_arn.as_deref());
        let bucket = self.s3_configuration.as_ref().and_then(|to| to.bucket_arn.as_deref());
        let stream = self.firehose_configuration.as_ref().and_then(|to| to.stream_arn.as_deref());
        group.or(bucket).or(stream)
    }

    fn check_destination(&self, account_id: &str) -> Result<(), LogDeliveryRefused> {
        let group = self.cloud_watch_logs_configuration.as_ref().map(|to| (&to.log_group_arn, "logs", account_id));
        let bucket = self.s3_configuration.as_ref().map(|to| (&to.bucket_arn, "s3", ""));
        let stream = self.firehose_configuration.as_ref().map(|to| (&to.stream_arn, "firehose", account_id));
        let others = usize::from(bucket.is_some()) + usize::from(stream.is_some());
        if usize::from(group.is_some()) + others != 1 || (self.event_source == EventSource::UserNotification && others > 0) {
            return Err(LogDeliveryRefused::NoOneDestination);
        }
        for (arn, service, account) in [group, bucket, stream].into_iter().flatten() {
            let arn = arn.as_deref().ok_or(LogDeliveryRefused::NoOneDestination)?;
            let parts: Vec<&str> = arn.splitn(6, ':').collect();
            let fits = matches!(parts.as_slice(), ["arn", _, found, _, owner, resource]
                if *found == service && *owner == account && !resource.is_empty());
            if !fits {
                return Err(LogDeliveryRefused::NoDestination(arn.to_owned()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn each_source_has_its_level_and_one_destination_of_the_account() {
        let account = "000000000000";
        let group = json!({"LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:cognito"});
        let foreign = json!({"LogGroupArn": "arn:aws:logs:us-east-1:111111111111:log-group:cognito"});
        let bucket = json!({"BucketArn": "arn:aws:s3:::logs"});
        let of = |source: &str, level: &str, destinations: Value| {
            let mut configuration = json!({"EventSource": source, "LogLevel": level});
            configuration.as_object_mut().unwrap().extend(destinations.as_object().unwrap().clone());
            configuration
        };
        let messages = of("userNotification", "ERROR", json!({"CloudWatchLogsConfiguration": group}));
        for (given, accepted) in [
            (json!([]), true),
            (json!([messages]), true),
            (json!([messages, of("userAuthEvents", "INFO", json!({"S3Configuration": bucket}))]), true),
            (json!([messages, messages]), false),
            (json!([of("userNotification", "INFO", json!({"CloudWatchLogsConfiguration": group}))]), false),
            (json!([of("userNotification", "ERROR", json!({"S3Configuration": bucket}))]), false),
            (json!([of("userNotification", "ERROR", json!({}))]), false),
            (json!([of("userNotification", "ERROR", json!({"CloudWatchLogsConfiguration": foreign}))]), false),
            (json!([of("userAuthEvents", "INFO", json!({"CloudWatchLogsConfiguration": group, "S3Configuration": bucket}))]), false),
            (json!([of("userAuthEvents", "INFO", json!({"FirehoseConfiguration": {"StreamArn": "arn:aws:s3:::logs"}}))]), false),
            (json!([of("userAuthEvents", "INFO", json!({"S3Configuration": {}}))]), false),
        ] {
            let configurations: Vec<LogConfiguration> = serde_json::from_value(given.clone()).unwrap();
            assert_eq!(check(&configurations, account).is_ok(), accepted, "{given}");
        }
    }
}
