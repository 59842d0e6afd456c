//! An IAM group: who is in it, and what they may do by it.

use askama::Template;
use serde_json::{Value, json};

use super::attached::{self, Managed};
use super::{Part, WHOLE, call, delete_whole, group_at, path, policy_names, user_at};
use crate::console::reply::refused;
use crate::console::{Fields, Frame, May, Moment, Outcome, Reply, Visit, mistyped, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// So many users are shown at once.
const PAGE: i64 = 50;

/// What this person may do with the group.
struct Powers {
    put_policy: May,
    add: May,
    remove: May,
    update: May,
    delete: May,
}

impl Powers {
    async fn over(visit: &Visit, name: &str) -> Self {
        let may = async |operation: &str, more: Value| visit.may(Service::Iam, operation, json!({"GroupName": name}).with(more)).await;
        Self {
            put_policy: may("PutGroupPolicy", json!({"PolicyName": "name", "PolicyDocument": "{}"})).await,
            add: may("AddUserToGroup", json!({"UserName": "name"})).await,
            remove: may("RemoveUserFromGroup", json!({"UserName": "name"})).await,
            update: may("UpdateGroup", json!({})).await,
            delete: may("DeleteGroup", json!({})).await,
        }
    }
}

struct Member {
    name: String,
    arn: String,
    href: String,
}

#[derive(Template)]
#[template(path = "console/iam/group.html")]
struct GroupPage {
    frame: Frame,
    name: String,
    arn: String,
    id: String,
    path: String,
    created: Option<Moment>,
    members: Vec<Member>,
    /// The name that was typed of a user who is to be added.
    user: String,
    first: Option<String>,
    next: Option<String>,
    policies: Part<String>,
    managed: Managed,
    powers: Powers,
    /// Where the page is, below the console's root.
    here: String,
    refused: Option<WireError>,
}

impl GroupPage {
    async fn of(visit: &Visit) -> Result<Self, WireError> {
        let after = visit.query().given("after");
        let answer = call(visit, "GetGroup", json!({"GroupName": visit.segment("name"), "MaxItems": PAGE, "Marker": after})).await?;
        let group = answer.at("Group");
        let name = group.text("GroupName");
        let here = group_at(&name);
        let member = |user: &Value| Member { href: user_at(&user.text("UserName")), name: user.text("UserName"), arn: user.text("Arn") };
        Ok(Self {
            frame: visit.frame(&name),
            arn: group.text("Arn"),
            id: group.text("GroupId"),
            path: group.text("Path"),
            created: Moment::read(group.at("CreateDate"), visit.now()),
            members: answer.list("Users").iter().map(member).collect(),
            user: String::new(),
            first: after.map(|_| format!("/console{here}")),
            next: answer.at("Marker").as_str().map(|marker| format!("/console{here}?after={}", segment(marker))),
            policies: policy_names(visit, "Group", &name).await,
            managed: Managed::of(visit, "Group", &name, &Value::Null).await,
            powers: Powers::over(visit, &name).await,
            refused: None,
            here,
            name,
        })
    }
}

/// `GET /console/iam/groups/{name}`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&GroupPage::of(visit).await?))
}

/// The page again, with the policy that was typed.
pub(super) async fn with_policy(visit: &Visit, _: &str, typed: String, refused: WireError) -> Outcome {
    let mut page = GroupPage { refused: Some(refused.clone()), ..GroupPage::of(visit).await? };
    page.managed.typed = typed;
    Ok(Reply::again(&page, &refused))
}

/// The group's page again, with what was refused.
async fn again(visit: &Visit, user: String, refused: WireError) -> Outcome {
    let page = GroupPage { refused: Some(refused.clone()), user, ..GroupPage::of(visit).await? };
    Ok(Reply::again(&page, &refused))
}

/// `POST /console/iam/groups/{name}`: another name or path.
pub async fn update(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    let new_name = fields.given("new_name").unwrap_or_else(|| name.clone());
    let input = json!({"GroupName": name, "NewGroupName": new_name, "NewPath": path(fields.given("new_path"))});
    match call(visit, "UpdateGroup", input).await {
        Ok(_) => Ok(Reply::done(group_at(&new_name), "Saved. Policies and users are as they were.")),
        Err(error) => again(visit, String::new(), error).await,
    }
}

/// `POST /console/iam/groups/{name}/users`: puts a user in, or takes one out.
pub async fn change_users(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    let (operation, user, what) = match fields.given("remove") {
        Some(user) => ("RemoveUserFromGroup", user, "is not in the group any more"),
        None => ("AddUserToGroup", fields.given("user").unwrap_or_default(), "is in the group"),
    };
    match call(visit, operation, json!({"GroupName": name, "UserName": user})).await {
        Ok(_) => Ok(Reply::done(group_at(&name), format!("{user} {what}. It holds from this moment on."))),
        Err(error) => again(visit, user, error).await,
    }
}

/// `POST /console/iam/groups/{name}/delete`: with its policies, and without the users that were in it.
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    if let Some(reply) = mistyped(fields, &name, group_at(&name)) {
        return Ok(reply);
    }
    match delete_all(visit, &name).await {
        Ok(()) => Ok(Reply::done("/iam/groups", format!("Group {name} was deleted, with its policies. Its users stay."))),
        Err(error) => again(visit, String::new(), error).await,
    }
}

async fn delete_all(visit: &Visit, name: &str) -> Result<(), WireError> {
    let group = call(visit, "GetGroup", json!({"GroupName": name, "MaxItems": WHOLE})).await?;
    if !group.at("Marker").is_null() {
        return Err(refused(format!("More than {WHOLE} users are in the group: take them out first.")));
    }
    let attached = attached::detachments(visit, "Group", name).await?;
    let policies = call(visit, "ListGroupPolicies", json!({"GroupName": name, "MaxItems": WHOLE})).await?;
    let of_user = |user: &Value| ("RemoveUserFromGroup", json!({"GroupName": name, "UserName": user.at("UserName")}));
    let of_policy = |policy| ("DeleteGroupPolicy", json!({"GroupName": name, "PolicyName": policy}));
    let own = group.list("Users").iter().map(of_user).chain(policies.texts("PolicyNames").into_iter().map(of_policy));
    delete_whole(visit, attached.into_iter().chain(own).chain([("DeleteGroup", json!({"GroupName": name}))]).collect()).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_group_is_made_filled_renamed_emptied_and_deleted() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}])).await;
        let browser = app.console().await;
        assert!(browser.open("/iam/groups").await.text.contains("No groups yet"));
        browser.open("/iam/new-group").await;
        let page = browser.submit_and_follow("/iam/new-group", &[("name", " writers "), ("path", "staff")]).await.text;
        assert!(page.contains("was made") && page.contains(&format!("arn:aws:iam::{ACCOUNT}:group/staff/writers")), "{page}");
        let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}});
        let fields = [("policy", "list"), ("document", &*policy.to_string()), ("do", "save")];
        browser.open("/iam/groups/writers/policies").await;
        browser.submit("/iam/groups/writers/policies", &fields).await;
        app.admin().call("GetGroupPolicy", json!({"GroupName": "writers", "PolicyName": "list"})).await.ok();
        let refused = browser.submit("/iam/groups/writers/users", &[("user", "<b>")]).await;
        assert!(refused.status == 400 && refused.text.contains("value=\"&#60;b&#62;\""), "{}", refused.text);
        let page = browser.submit_and_follow("/iam/groups/writers/users", &[("user", "ann")]).await.text;
        assert!(page.contains("ann is in the group") && page.contains("/console/iam/users/ann"), "{page}");
        ann.call("iam:ListUsers", json!({})).await.ok();
        assert!(browser.open("/iam/users/ann").await.text.contains("/console/iam/groups/writers"));
        browser.submit_and_follow("/iam/groups/writers", &[("new_name", "authors"), ("new_path", "/")]).await;
        let listed = browser.open("/iam/groups").await.text;
        assert!(listed.contains("/console/iam/groups/authors") && !listed.contains("writers"), "{listed}");
        let page = browser.submit_and_follow("/iam/groups/authors/delete", &[("confirm", "writers")]).await.text;
        assert!(page.contains("Nothing was deleted"), "{page}");
        let page = browser.submit_and_follow("/iam/groups/authors/delete", &[("confirm", "authors")]).await.text;
        assert!(page.contains("was deleted") && page.contains("No groups yet"), "{page}");
        assert_eq!(ann.call("iam:ListUsers", json!({})).await.code(), "AccessDenied");
    }

    #[actix_web::test]
    async fn a_user_is_taken_out_and_who_may_only_look_changes_nothing() {
        let app = TestApp::new().await;
        for user in ["ann", "bob"] {
            app.admin().call("iam:CreateUser", json!({"UserName": user})).await.ok();
        }
        app.admin().call("iam:CreateGroup", json!({"GroupName": "g"})).await.ok();
        app.admin().call("AddUserToGroup", json!({"GroupName": "g", "UserName": "bob"})).await.ok();
        let looks = json!([{"Effect": "Allow", "Action": ["iam:GetGroup", "iam:ListGroupPolicies"], "Resource": "*"}]);
        let guest = app.console_of_user_with(looks).await;
        let page = guest.open("/iam/groups/g").await.text;
        for action in ["PutGroupPolicy", "AddUserToGroup", "RemoveUserFromGroup", "UpdateGroup", "DeleteGroup"] {
            assert!(page.contains(&format!("not authorized to perform: iam:{action}")), "{action} {page}");
        }
        for (form, fields) in
            [("", ("new_name", "x")), ("/users", ("remove", "bob")), ("/users", ("user", "ann")), ("/delete", ("confirm", "g"))]
        {
            assert_eq!(guest.submit(&format!("/iam/groups/g{form}"), &[fields]).await.status, 403, "{form}");
        }
        let browser = app.console().await;
        browser.open("/iam/groups/g").await;
        let page = browser.submit_and_follow("/iam/groups/g/users", &[("remove", "bob")]).await.text;
        assert!(page.contains("bob is not in the group any more") && page.contains("Nobody yet"), "{page}");
    }
}
