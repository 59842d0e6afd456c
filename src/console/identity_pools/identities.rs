//! The identities of an identity pool.

use askama::Template;
use serde_json::json;

use super::{call, pool_at};
use crate::console::{Fields, Frame, May, Moment, Outcome, Reply, Visit, confirmed, segment};
use crate::kit::json::Members as _;
use crate::wire::model::Service;

const PAGE: i64 = 60;

struct Identity {
    id: String,
    providers: Vec<String>,
    created: Option<Moment>,
    modified: Option<Moment>,
}

#[derive(Template)]
#[template(path = "console/identity_pools/identities.html")]
struct IdentitiesPage {
    frame: Frame,
    pool_name: String,
    identities: Vec<Identity>,
    delete: May,
    /// The pool's page, below the console's root.
    back: String,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/identity-pools/{id}/identities`
pub async fn show(visit: &Visit) -> Outcome {
    let id = visit.segment("id");
    let pool = call(visit, "DescribeIdentityPool", json!({"IdentityPoolId": id})).await?;
    let after = visit.query().given("after");
    let input = json!({"IdentityPoolId": id, "MaxResults": PAGE, "NextToken": after});
    let listed = call(visit, "ListIdentities", input).await?;
    let identities = listed.list("Identities").iter().map(|identity| Identity {
        id: identity.text("IdentityId"),
        providers: identity.texts("Logins"),
        created: Moment::read(identity.at("CreationDate"), visit.now()),
        modified: Moment::read(identity.at("LastModifiedDate"), visit.now()),
    });
    let here = format!("/console{}/identities", pool_at(&id));
    Ok(Reply::page(&IdentitiesPage {
        frame: visit.frame("Identities"),
        pool_name: pool.text("IdentityPoolName"),
        identities: identities.collect(),
        delete: visit.may(Service::CognitoIdentity, "DeleteIdentities", json!({"IdentityIdsToDelete": [format!("{id}")]})).await,
        back: pool_at(&id),
        first: after.is_some().then(|| here.clone()),
        next: listed.at("NextToken").as_str().map(|token| format!("{here}?after={}", segment(token))),
    }))
}

/// `POST /console/identity-pools/{id}/identities`: deletes one.
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let (id, identity) = (visit.segment("id"), fields.text("identity"));
    let back = format!("{}/identities", pool_at(&id));
    confirmed(fields, &identity)?;
    // The operation takes no pool: its id says in which region it is asked.
    let answer = call(visit, "DeleteIdentities", json!({"IdentityIdsToDelete": [identity], "IdentityPoolId": id})).await?;
    let is_left = answer.at("UnprocessedIdentityIds").as_array().is_some_and(|left| !left.is_empty());
    let told = if is_left { "was not deleted: it is not there, or is not yours" } else { "was deleted. Its login gets a new one" };
    Ok(Reply::done(back, format!("The identity {identity} {told}.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn identities_are_listed_with_their_logins_and_deleted_wherever_their_pool_is() {
        let app = TestApp::new().await;
        let there = app.admin().in_region("eu-west-1");
        let pool = json!({"IdentityPoolName": "notes", "AllowUnauthenticatedIdentities": true});
        let pool = there.call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].as_str().unwrap().to_owned();
        let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.ok()["IdentityId"].as_str().unwrap().to_owned();
        let browser = app.console().await;
        let at = format!("/identity-pools/{}/identities", pool.replace(':', "%3A"));
        let page = browser.open(&at).await.text;
        assert!(page.contains(&identity) && page.contains("a guest"), "{page}");
        assert_eq!(browser.submit(&at, &[("identity", &identity), ("confirm", "x")]).await.status, 400);
        let page = browser.submit_and_follow(&at, &[("identity", &identity), ("confirm", &identity)]).await.text;
        assert!(page.contains("was deleted") && page.contains("No identities yet"), "{page}");
        let page = browser.submit_and_follow(&at, &[("identity", &identity), ("confirm", &identity)]).await.text;
        assert!(page.contains("was not deleted"), "{page}");
    }

    #[actix_web::test]
    async fn whoever_may_not_delete_identities_sees_why() {
        let app = TestApp::new().await;
        let pool = json!({"IdentityPoolName": "notes", "AllowUnauthenticatedIdentities": true});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].as_str().unwrap().to_owned();
        let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.ok()["IdentityId"].as_str().unwrap().to_owned();
        let read = json!(["cognito-identity:Describe*", "cognito-identity:List*"]);
        let browser = app.console_of_user_with(json!([{"Effect": "Allow", "Action": read, "Resource": "*"}])).await;
        let at = format!("/identity-pools/{}/identities", pool.replace(':', "%3A"));
        assert!(browser.open(&at).await.text.contains("not authorized to perform: cognito-identity:DeleteIdentities"));
        assert_eq!(browser.submit(&at, &[("identity", &identity), ("confirm", &identity)]).await.status, 403);
        app.admin().call("DescribeIdentity", json!({"IdentityId": identity})).await.ok();
    }
}
