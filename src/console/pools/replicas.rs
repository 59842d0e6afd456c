//! The regions that serve a pool beside its own.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, confirmed, form, may, page};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page of replicas, and its forms.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/replicas", show),
        form("/pools/{pool}/replicas", create),
        form("/pools/{pool}/replicas/status", set_status),
        form("/pools/{pool}/replicas/delete", delete).grave(),
    ]
}

struct Replica {
    region: String,
    status: String,
    arn: String,
    is_primary: bool,
}

#[derive(Template)]
#[template(path = "console/pools/replicas.html")]
struct ReplicasPage {
    frame: Frame,
    head: Head,
    replicas: Vec<Replica>,
    /// The region that was typed.
    region: String,
    may_create: May,
    may_change: May,
    may_delete: May,
    error: Option<WireError>,
}

async fn load(visit: &Visit, region: String, error: Option<WireError>) -> Result<ReplicasPage, WireError> {
    let head = Head::load(visit, "replicas").await?;
    let listed = call(visit, "ListUserPoolReplicas", json!({"UserPoolId": head.id})).await?;
    let replica = |replica: &Value| Replica {
        region: replica.text("RegionName"),
        status: replica.text("Status"),
        arn: replica.text("UserPoolArn"),
        is_primary: replica.at("Role") == "PRIMARY",
    };
    let one = json!({"UserPoolId": head.id, "RegionName": "eu-west-1"});
    Ok(ReplicasPage {
        frame: visit.frame(&head.name),
        replicas: listed.list("UserPoolReplicas").iter().map(replica).collect(),
        region,
        may_create: may(visit, "CreateUserPoolReplica", one.clone()).await,
        may_change: may(visit, "UpdateUserPoolReplica", one.clone().with(json!({"Status": "ACTIVE"}))).await,
        may_delete: may(visit, "DeleteUserPoolReplica", one).await,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/replicas`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&load(visit, String::new(), None).await?))
}

async fn done(visit: &Visit, operation: &str, input: Value, region: &str, notice: String) -> Outcome {
    let input = json!({"UserPoolId": visit.segment("pool"), "RegionName": region}).with(input);
    match call(visit, operation, input).await {
        Ok(_) => Ok(Reply::done(format!("/pools/{}/replicas", super::segment(&visit.segment("pool"))), notice)),
        Err(error) => Ok(Reply::again(&load(visit, region.to_owned(), Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/replicas`
async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let region = fields.given("region").unwrap_or_default();
    let notice = format!("The pool is served in {region}, to administrators: let users in below.");
    done(visit, "CreateUserPoolReplica", json!({}), &region, notice).await
}

/// `POST /console/pools/{pool}/replicas/status`
async fn set_status(visit: &Visit, fields: &Fields) -> Outcome {
    let (region, status) = (fields.text("region"), fields.text("status"));
    done(visit, "UpdateUserPoolReplica", json!({"Status": status}), &region, format!("The replica in {region} is {status}.")).await
}

/// `POST /console/pools/{pool}/replicas/delete`
async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let region = fields.text("region");
    confirmed(fields, &region)?;
    done(visit, "DeleteUserPoolReplica", json!({}), &region, format!("The replica in {region} is deleted.")).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_replica_is_made_activated_and_deleted() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let (path, browser) = (format!("/pools/{}/replicas", pool.id), app.console().await);
        assert!(browser.open(&path).await.text.contains("us-east-1"));
        let refused = browser.submit(&path, &[("region", "<b>")]).await;
        assert!(refused.status == 400 && refused.text.contains("value=\"&#60;b&#62;\""), "{}", refused.text);
        let page = browser.submit_and_follow(&path, &[("region", "eu-west-1")]).await.text;
        assert!(page.contains(":eu-west-1:") && page.contains("INACTIVE"), "{page}");
        browser.submit_and_follow(&format!("{path}/status"), &[("region", "eu-west-1"), ("status", "ACTIVE")]).await;
        let refused = browser.submit(&format!("{path}/delete"), &[("region", "eu-west-1"), ("confirm", "eu-west-1")]).await;
        assert!(refused.status == 400 && refused.text.contains("must be INACTIVE"), "{}", refused.text);
        browser.submit_and_follow(&format!("{path}/status"), &[("region", "eu-west-1"), ("status", "INACTIVE")]).await;
        assert_eq!(browser.submit(&format!("{path}/delete"), &[("region", "eu-west-1"), ("confirm", "")]).await.status, 400);
        browser.submit_and_follow(&format!("{path}/delete"), &[("region", "eu-west-1"), ("confirm", "eu-west-1")]).await;
        let listed = pool.admin("ListUserPoolReplicas", json!({})).await.ok()["UserPoolReplicas"].clone();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        let guest = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:List*", "Resource": "*"}])).await;
        assert!(guest.open(&path).await.text.contains("not authorized to perform: cognito-idp:CreateUserPoolReplica"));
    }
}
