//! SetLogDeliveryConfiguration: replaces where a pool's logs go; an empty list ends it.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::get_log_delivery_configuration::Response;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::log_delivery::{self, LogConfiguration};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    log_configurations: Vec<LogConfiguration>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let configurations = request.log_configurations;
    log_delivery::check(&configurations, pool.account_id.as_str())?;
    cx.write(async |tx| {
        if !store::user_pools::exists(tx, &pool.id).await? {
            return Err(NoSuchPool(pool.id.clone()).into());
        }
        Ok::<_, Error>(store::pool_services::set_log_deliveries(tx, &pool.id, &configurations).await?)
    })
    .await?;
    // AWS has no error for a destination that is not there.
    for arn in configurations.iter().filter_map(LogConfiguration::destination) {
        if cx.log_destinations.find(arn).is_none() {
            tracing::warn!(pool = %pool.id, destination = arn, "the settings have no [[log_delivery.destination]] for it: nothing goes there");
        }
    }
    Ok(Response::of(pool.id.clone(), configurations))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn where_logs_go_is_set_answered_and_ended() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let group = format!("arn:aws:logs:us-east-1:{ACCOUNT}:log-group:cognito");
        let messages =
            json!({"EventSource": "userNotification", "LogLevel": "ERROR", "CloudWatchLogsConfiguration": {"LogGroupArn": group}});
        let events = json!({"EventSource": "userAuthEvents", "LogLevel": "INFO", "S3Configuration": {"BucketArn": "arn:aws:s3:::logs"}});
        let get = async || pool.admin("GetLogDeliveryConfiguration", json!({})).await.ok()["LogDeliveryConfiguration"].clone();
        assert_eq!(get().await, json!({"UserPoolId": pool.id, "LogConfigurations": []}));
        let set = pool.admin("SetLogDeliveryConfiguration", json!({"LogConfigurations": [messages, events]})).await.ok();
        assert_eq!(set["LogDeliveryConfiguration"], get().await);
        assert_eq!(get().await["LogConfigurations"], json!([messages, events]));
        let foreign = json!({"EventSource": "userNotification", "LogLevel": "ERROR",
                             "CloudWatchLogsConfiguration": {"LogGroupArn": group.replace(ACCOUNT, "111111111111")}});
        for refused in [json!([messages, messages]), json!([foreign])] {
            let answer = pool.admin("SetLogDeliveryConfiguration", json!({"LogConfigurations": refused})).await;
            assert_eq!(answer.code(), "InvalidParameterException", "{refused}");
        }
        assert_eq!(get().await["LogConfigurations"], json!([messages, events]), "what is refused changes nothing");
        pool.admin("SetLogDeliveryConfiguration", json!({"LogConfigurations": []})).await.ok();
        assert_eq!(get().await["LogConfigurations"], json!([]));
        let missing = app.admin().call("GetLogDeliveryConfiguration", json!({"UserPoolId": "us-east-1_000000000"})).await;
        assert_eq!(missing.code(), "ResourceNotFoundException");
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Get*", "Resource": "*"}])).await;
        let set = json!({"UserPoolId": pool.id, "LogConfigurations": []});
        assert_eq!(ann.call("SetLogDeliveryConfiguration", set).await.code(), "AccessDeniedException");
    }
}
