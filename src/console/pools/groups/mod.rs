//! A pool's groups: the list, and a new one.

mod one;

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Moment, Outcome, PAGE, Reply, Row, Visit, call, form, may, next_page, number, page, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The pages and forms of groups. A group is named in the query: its name may be one that a path gives a meaning to, as `..`.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/groups", show),
        page("/pools/{pool}/groups/new", ask),
        form("/pools/{pool}/groups/new", create),
        page("/pools/{pool}/groups/one", one::show),
        form("/pools/{pool}/groups/one", one::change),
        form("/pools/{pool}/groups/delete", one::delete).grave(),
        form("/pools/{pool}/groups/add", one::add),
        form("/pools/{pool}/groups/remove", one::remove),
    ]
}

/// A group, as lists show it.
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    description: String,
    role_arn: String,
    precedence: String,
    modified: Option<Moment>,
}

impl Group {
    /// As operations answer it.
    pub fn read(visit: &Visit, group: &Value) -> Self {
        let name = group.text("GroupName");
        Self {
            href: format!("/console{}", path_of(&group.text("UserPoolId"), &name)),
            name,
            description: group.text("Description"),
            role_arn: group.text("RoleArn"),
            precedence: group.at("Precedence").as_i64().map(|number| number.to_string()).unwrap_or_default(),
            modified: Moment::read(group.at("LastModifiedDate"), visit.now()),
        }
    }
}

/// A group's page, from the console's root on.
pub fn path_of(pool: &str, name: &str) -> String {
    format!("/pools/{}/groups/one?name={}", segment(pool), segment(name))
}

#[derive(Template)]
#[template(path = "console/pools/groups.html")]
struct GroupsPage {
    frame: Frame,
    head: Head,
    groups: Vec<Group>,
    may_create: May,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/pools/{pool}/groups`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load(visit, "groups").await?;
    let token = visit.query().given("next");
    let listed = call(visit, "ListGroups", json!({"UserPoolId": head.id, "Limit": PAGE, "NextToken": token})).await?;
    let path = head.path("/groups");
    Ok(Reply::page(&GroupsPage {
        frame: visit.frame(&head.name),
        groups: listed.list("Groups").iter().map(|group| Group::read(visit, group)).collect(),
        may_create: may(visit, "CreateGroup", json!({"UserPoolId": head.id, "GroupName": "new"})).await,
        first: token.map(|_| format!("/console{path}")),
        next: next_page(&path, &[], listed.at("NextToken")),
        head,
    }))
}

/// What the form of a group asks.
#[derive(Default)]
struct Given {
    name: String,
    description: String,
    role_arn: String,
    precedence: String,
}

impl Given {
    fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.given(name).unwrap_or_default();
        Self { name: text("name"), description: text("description"), role_arn: text("role_arn"), precedence: text("precedence") }
    }

    fn input(&self, pool: &str) -> Value {
        let mut input = json!({"UserPoolId": pool, "GroupName": self.name, "Description": self.description});
        if !self.role_arn.is_empty() {
            input.put("RoleArn", json!(self.role_arn));
        }
        if !self.precedence.is_empty() {
            input.put("Precedence", number(&self.precedence));
        }
        input
    }
}

#[derive(Template)]
#[template(path = "console/pools/group_new.html")]
struct NewPage {
    frame: Frame,
    head: Head,
    given: Given,
    may: May,
    error: Option<WireError>,
}

async fn asked(visit: &Visit, given: Given, error: Option<WireError>) -> Result<NewPage, WireError> {
    let head = Head::load(visit, "groups").await?;
    let may = may(visit, "CreateGroup", json!({"UserPoolId": head.id, "GroupName": "new"})).await;
    Ok(NewPage { frame: visit.frame(&head.name), head, given, may, error })
}

/// `GET /console/pools/{pool}/groups/new`
async fn ask(visit: &Visit) -> Outcome {
    Ok(Reply::page(&asked(visit, Given::default(), None).await?))
}

/// `POST /console/pools/{pool}/groups/new`
async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "CreateGroup", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(path_of(&pool, &given.name), "The group is made. Put users into it below.")),
        Err(error) => Ok(Reply::again(&asked(visit, given, Some(error.clone())).await?, &error)),
    }
}
