//! Where a pool's logs go.

use askama::Template;
use serde_json::{Map, Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, page};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page of logs, and its form.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/logs", show), form("/pools/{pool}/logs", change)]
}

/// The kinds of destination: the member of a LogConfiguration, the member of that with the ARN, and how such ARNs begin.
const DESTINATIONS: [(&str, &str, &str); 3] = [
    ("S3Configuration", "BucketArn", "arn:aws:s3:"),
    ("FirehoseConfiguration", "StreamArn", "arn:aws:firehose:"),
    ("CloudWatchLogsConfiguration", "LogGroupArn", ""),
];

/// The sources, each with its level and with the field that has its destination.
const SOURCES: [(&str, &str, &str); 2] = [("userNotification", "ERROR", "messages"), ("userAuthEvents", "INFO", "events")];

#[derive(Template)]
#[template(path = "console/pools/logs.html")]
struct LogsPage {
    frame: Frame,
    head: Head,
    given: Given,
    may_change: May,
    error: Option<WireError>,
}

/// The destinations' ARNs, empty for none.
struct Given {
    messages: String,
    events: String,
}

impl Given {
    fn of(configurations: &[Value]) -> Self {
        let arn = |source: &str| {
            let of_source = configurations.iter().find(|configuration| configuration.at("EventSource") == source);
            let arns = DESTINATIONS.iter().filter_map(|(kind, arn, _)| of_source?.at(kind).at(arn).as_str());
            arns.map(str::to_owned).next().unwrap_or_default()
        };
        let [messages, events] = SOURCES.map(|(source, ..)| arn(source));
        Self { messages, events }
    }

    fn read(fields: &Fields) -> Self {
        let [messages, events] = SOURCES.map(|(_, _, field)| fields.given(field).unwrap_or_default());
        Self { messages, events }
    }

    fn input(&self, pool: &str) -> Value {
        let configurations = SOURCES.into_iter().zip([&self.messages, &self.events]).filter(|(_, arn)| !arn.is_empty());
        let configurations: Vec<Value> = configurations.map(|((source, level, _), arn)| configuration(source, level, arn)).collect();
        json!({"UserPoolId": pool, "LogConfigurations": configurations})
    }
}

/// A LogConfiguration. What its ARN is of, its beginning says; what begins like nothing known is refused as a log group's.
fn configuration(source: &str, level: &str, arn: &str) -> Value {
    let mut members = Map::from_iter([("EventSource".to_owned(), json!(source)), ("LogLevel".to_owned(), json!(level))]);
    if let Some((kind, member, _)) = DESTINATIONS.into_iter().find(|(_, _, beginning)| arn.starts_with(beginning)) {
        members.insert(kind.to_owned(), json!({member: arn}));
    }
    Value::Object(members)
}

async fn load(visit: &Visit, given: Option<Given>, error: Option<WireError>) -> Result<LogsPage, WireError> {
    let head = Head::load(visit, "logs").await?;
    let pool = json!({"UserPoolId": head.id});
    let stored = call(visit, "GetLogDeliveryConfiguration", pool.clone()).await?;
    Ok(LogsPage {
        frame: visit.frame(&head.name),
        given: given.unwrap_or_else(|| Given::of(stored.at("LogDeliveryConfiguration").list("LogConfigurations"))),
        may_change: may(visit, "SetLogDeliveryConfiguration", pool.with(json!({"LogConfigurations": []}))).await,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/logs`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&load(visit, None, None).await?))
}

/// `POST /console/pools/{pool}/logs`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "SetLogDeliveryConfiguration", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(format!("/pools/{}/logs", super::segment(&pool)), "Where the pool's logs go is saved.")),
        Err(error) => Ok(Reply::again(&load(visit, Some(given), Some(error.clone())).await?, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn where_logs_go_is_set_by_their_arns_and_ended_by_none() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let (path, browser) = (format!("/pools/{}/logs", pool.id), app.console().await);
        let get = async || {
            pool.admin("GetLogDeliveryConfiguration", json!({})).await.ok()["LogDeliveryConfiguration"]["LogConfigurations"].clone()
        };
        let group = format!("arn:aws:logs:us-east-1:{ACCOUNT}:log-group:cognito");
        let messages =
            json!({"EventSource": "userNotification", "LogLevel": "ERROR", "CloudWatchLogsConfiguration": {"LogGroupArn": group}});
        let stream = format!("arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/cognito");
        browser.open(&path).await;
        for (arn, destination) in [
            ("arn:aws:s3:::logs", json!({"S3Configuration": {"BucketArn": "arn:aws:s3:::logs"}})),
            (&*stream, json!({"FirehoseConfiguration": {"StreamArn": stream}})),
        ] {
            let page = browser.submit_and_follow(&path, &[("messages", &group), ("events", arn)]).await.text;
            assert!(page.contains(&group) && page.contains(arn), "{page}");
            let mut events = json!({"EventSource": "userAuthEvents", "LogLevel": "INFO"});
            events.as_object_mut().unwrap().extend(destination.as_object().unwrap().clone());
            assert_eq!(get().await, json!([messages, events]));
        }
        let refused = browser.submit(&path, &[("messages", "<b>"), ("events", "")]).await;
        assert!(refused.status == 400 && refused.text.contains("value=\"&#60;b&#62;\""), "{}", refused.text);
        assert_eq!(get().await.as_array().unwrap().len(), 2);
        browser.submit_and_follow(&path, &[("messages", ""), ("events", "")]).await;
        assert_eq!(get().await, json!([]));
        let guest = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Get*", "Resource": "*"}])).await;
        assert!(guest.open(&path).await.text.contains("not authorized to perform: cognito-idp:SetLogDeliveryConfiguration"));
    }
}
