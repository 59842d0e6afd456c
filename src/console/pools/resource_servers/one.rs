//! One resource server: its name and its scopes.

use askama::Template;
use serde_json::json;

use super::super::{Frame, Head, May, Outcome, Reply, Visit, call, confirmed, may};
use super::{Fields, Given, path_of};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

#[derive(Template)]
#[template(path = "console/pools/resource_server.html")]
struct ServerPage {
    frame: Frame,
    head: Head,
    given: Given,
    may_change: May,
    may_delete: May,
    error: Option<WireError>,
}

/// The page of a resource server; with what was typed, where that is given.
async fn page(visit: &Visit, identifier: &str, given: Option<Given>, error: Option<WireError>) -> Result<ServerPage, WireError> {
    let head = Head::load(visit, "resource-servers").await?;
    let about = json!({"UserPoolId": head.id, "Identifier": identifier});
    let stored = Given::stored(call(visit, "DescribeResourceServer", about.clone()).await?.at("ResourceServer"));
    let update = json!({"UserPoolId": head.id, "Identifier": identifier, "Name": "new"});
    Ok(ServerPage {
        frame: visit.frame(identifier),
        may_change: may(visit, "UpdateResourceServer", update).await,
        may_delete: may(visit, "DeleteResourceServer", about).await,
        given: given.unwrap_or(stored),
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/resource-servers/one`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&page(visit, &visit.query().text("identifier"), None, None).await?))
}

/// `POST /console/pools/{pool}/resource-servers/one`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "UpdateResourceServer", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(path_of(&pool, &given.identifier), "The resource server is saved.")),
        Err(error) => {
            let identifier = given.identifier.clone();
            Ok(Reply::again(&page(visit, &identifier, Some(given), Some(error.clone())).await?, &error))
        }
    }
}

/// `POST /console/pools/{pool}/resource-servers/delete`
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, identifier) = (visit.segment("pool"), fields.text("identifier"));
    confirmed(fields, &identifier)?;
    call(visit, "DeleteResourceServer", json!({"UserPoolId": pool, "Identifier": identifier})).await?;
    let notice = "The resource server is deleted. No token gets its scopes any more.";
    Ok(Reply::done(format!("/pools/{}/resource-servers", super::segment(&pool)), notice))
}
