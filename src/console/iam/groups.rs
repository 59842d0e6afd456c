//! IAM groups: the list, and a new one.

use askama::Template;
use serde_json::json;

use super::{Listed, Listing, call, group_at, path};
use crate::console::{Fields, Frame, May, Outcome, Reply, Visit};
use crate::wire::fault::WireError;
use crate::wire::model::Service;

#[derive(Template)]
#[template(path = "console/iam/groups.html")]
struct GroupsPage {
    frame: Frame,
    groups: Vec<Listed>,
    /// What paths begin with; empty for all.
    prefix: String,
    refused: Option<WireError>,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/iam/groups`
pub async fn show(visit: &Visit) -> Outcome {
    let Listing { items, prefix, first, next, refused } = Listing::of(visit, "ListGroups", "Groups", "/iam/groups").await;
    let groups = items.iter().map(|group| Listed::of(visit, group, "GroupName", group_at));
    Ok(Reply::page(&GroupsPage { frame: visit.frame("IAM groups"), groups: groups.collect(), prefix, refused, first, next }))
}

#[derive(Template)]
#[template(path = "console/iam/new_group.html")]
struct NewGroupPage {
    frame: Frame,
    name: String,
    path: String,
    /// Whether any group may be made. Policies may allow some names only, so nothing is greyed by it.
    may: May,
    refused: Option<WireError>,
}

impl NewGroupPage {
    async fn of(visit: &Visit) -> Self {
        let may = visit.may(Service::Iam, "CreateGroup", json!({"GroupName": "name"})).await;
        Self { frame: visit.frame("New IAM group"), name: String::new(), path: String::new(), may, refused: None }
    }
}

/// `GET /console/iam/new-group`
pub async fn new(visit: &Visit) -> Outcome {
    Ok(Reply::page(&NewGroupPage::of(visit).await))
}

/// `POST /console/iam/new-group`
pub async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let name = fields.given("name").unwrap_or_default();
    match call(visit, "CreateGroup", json!({"GroupName": name, "Path": path(fields.given("path"))})).await {
        Ok(_) => Ok(Reply::done(group_at(&name), format!("Group {name} was made. Give it a policy, and put users into it."))),
        Err(error) => {
            let page = NewGroupPage { name, path: fields.text("path"), ..NewGroupPage::of(visit).await };
            Ok(Reply::again(&NewGroupPage { refused: Some(error.clone()), ..page }, &error))
        }
    }
}
