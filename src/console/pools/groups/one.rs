//! One group: what it is, and who is in it.

use askama::Template;
use serde_json::json;

use super::super::users::Person;
use super::super::{Frame, Head, May, Outcome, PAGE, Reply, Visit, call, confirmed, may, next_page};
use super::{Fields, Given, path_of};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

#[derive(Template)]
#[template(path = "console/pools/group.html")]
struct GroupPage {
    frame: Frame,
    head: Head,
    given: Given,
    members: Vec<Person>,
    /// Why the members are not shown.
    unseen: Option<WireError>,
    may_change: May,
    may_delete: May,
    may_add: May,
    may_remove: May,
    first: Option<String>,
    next: Option<String>,
    error: Option<WireError>,
}

/// The page of a group; with what was typed, where that is given.
async fn page(visit: &Visit, name: &str, given: Option<Given>, error: Option<WireError>) -> Result<GroupPage, WireError> {
    let head = Head::load(visit, "groups").await?;
    let group = call(visit, "GetGroup", json!({"UserPoolId": head.id, "GroupName": name})).await?.at("Group").clone();
    let stored = Given {
        name: group.text("GroupName"),
        description: group.text("Description"),
        role_arn: group.text("RoleArn"),
        precedence: group.at("Precedence").as_i64().map(|number| number.to_string()).unwrap_or_default(),
    };
    let token = visit.query().given("next");
    let listed =
        call(visit, "ListUsersInGroup", json!({"UserPoolId": head.id, "GroupName": name, "Limit": PAGE, "NextToken": token})).await;
    let (listed, unseen) = listed.map_or_else(|error| (json!({}), Some(error)), |listed| (listed, None));
    let (group, member) =
        (json!({"UserPoolId": head.id, "GroupName": name}), json!({"UserPoolId": head.id, "GroupName": name, "Username": "x"}));
    let first = format!("/console{}", path_of(&head.id, name));
    Ok(GroupPage {
        frame: visit.frame(name),
        members: listed.list("Users").iter().map(|user| Person::read(visit, &head.id, user)).collect(),
        unseen,
        may_change: may(visit, "UpdateGroup", group.clone()).await,
        may_delete: may(visit, "DeleteGroup", group).await,
        may_add: may(visit, "AdminAddUserToGroup", member.clone()).await,
        may_remove: may(visit, "AdminRemoveUserFromGroup", member).await,
        next: next_page(&head.path("/groups/one"), &[("name", name)], listed.at("NextToken")),
        first: token.map(|_| first),
        given: given.unwrap_or(stored),
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/groups/one`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&page(visit, &visit.query().text("name"), None, None).await?))
}

/// `POST /console/pools/{pool}/groups/one`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "UpdateGroup", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(path_of(&pool, &given.name), "The group is saved. Tokens tell of it from the next refresh on.")),
        Err(error) => {
            let name = given.name.clone();
            Ok(Reply::again(&page(visit, &name, Some(given), Some(error.clone())).await?, &error))
        }
    }
}

/// `POST /console/pools/{pool}/groups/delete`
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, name) = (visit.segment("pool"), fields.text("name"));
    confirmed(fields, &name)?;
    call(visit, "DeleteGroup", json!({"UserPoolId": pool, "GroupName": name})).await?;
    Ok(Reply::done(format!("/pools/{}/groups", super::segment(&pool)), format!("The group {name} is deleted. Its members stay.")))
}

/// `POST /console/pools/{pool}/groups/add`
pub async fn add(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, name, username) = (visit.segment("pool"), fields.text("name"), fields.given("username").unwrap_or_default());
    let input = json!({"UserPoolId": pool, "GroupName": name, "Username": username});
    match call(visit, "AdminAddUserToGroup", input).await {
        Ok(_) => Ok(Reply::done(path_of(&pool, &name), format!("{username} is in the group now."))),
        Err(error) => Ok(Reply::again(&page(visit, &name, None, Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/groups/remove`
pub async fn remove(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, name) = (visit.segment("pool"), fields.text("name"));
    let input = json!({"UserPoolId": pool, "GroupName": name, "Username": fields.text("username")});
    call(visit, "AdminRemoveUserFromGroup", input).await?;
    Ok(Reply::done(path_of(&pool, &name), "They are in the group no more."))
}
