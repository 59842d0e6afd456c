//! IAM users: the list, and a new one.

use askama::Template;
use serde_json::json;

use super::{Listed, Listing, call, path, tags_of_lines, user_at};
use crate::console::{Fields, Frame, May, Outcome, Reply, Visit};
use crate::wire::fault::WireError;
use crate::wire::model::Service;

#[derive(Template)]
#[template(path = "console/iam/users.html")]
struct UsersPage {
    frame: Frame,
    users: Vec<Listed>,
    /// What paths begin with; empty for all.
    prefix: String,
    refused: Option<WireError>,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/iam/users`
pub async fn show(visit: &Visit) -> Outcome {
    let Listing { items, prefix, first, next, refused } = Listing::of(visit, "ListUsers", "Users", "/iam/users").await;
    let users = items.iter().map(|user| Listed::of(visit, user, "UserName", user_at));
    Ok(Reply::page(&UsersPage { frame: visit.frame("IAM users"), users: users.collect(), prefix, refused, first, next }))
}

#[derive(Template)]
#[template(path = "console/iam/new_user.html")]
struct NewUserPage {
    frame: Frame,
    name: String,
    path: String,
    tags: String,
    /// Whether any user may be made. Policies may allow some names only, so nothing is greyed by it.
    may: May,
    refused: Option<WireError>,
}

impl NewUserPage {
    async fn of(visit: &Visit) -> Self {
        let may = visit.may(Service::Iam, "CreateUser", json!({"UserName": "name"})).await;
        let frame = visit.frame("New IAM user");
        Self { frame, name: String::new(), path: String::new(), tags: String::new(), may, refused: None }
    }
}

/// `GET /console/iam/new-user`
pub async fn new(visit: &Visit) -> Outcome {
    Ok(Reply::page(&NewUserPage::of(visit).await))
}

/// `POST /console/iam/new-user`
pub async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (name, tags) = (fields.given("name").unwrap_or_default(), fields.text("tags"));
    let input = json!({"UserName": name, "Path": path(fields.given("path")), "Tags": tags_of_lines(&tags)});
    match call(visit, "CreateUser", input).await {
        Ok(_) => {
            Ok(Reply::done(user_at(&name), format!("User {name} was made. Give it a policy, and an access key if it signs requests.")))
        }
        Err(error) => {
            let page = NewUserPage { name, path: fields.text("path"), tags, ..NewUserPage::of(visit).await };
            Ok(Reply::again(&NewUserPage { refused: Some(error.clone()), ..page }, &error))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_user_is_made_and_listed_by_path() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        assert!(browser.open("/iam/users").await.text.contains("No users yet"));
        browser.open("/iam/new-user").await;
        let fields = [("name", " ann "), ("path", "staff"), ("tags", "team = red\nstage=")];
        let page = browser.submit_and_follow("/iam/new-user", &fields).await.text;
        assert!(page.contains("was made") && page.contains(&format!("arn:aws:iam::{ACCOUNT}:user/staff/ann")), "{page}");
        let tags = app.admin().call("ListUserTags", json!({"UserName": "ann"})).await.ok()["Tags"].clone();
        assert_eq!(tags, json!([{"Key": "stage", "Value": ""}, {"Key": "team", "Value": "red"}]));
        let listed = browser.open("/iam/users?path=staff").await.text;
        assert!(listed.contains("/console/iam/users/ann"), "{listed}");
        assert!(!browser.open("/iam/users?path=/other/").await.text.contains("/console/iam/users/ann"));
    }

    #[actix_web::test]
    async fn what_was_typed_stays_when_it_is_refused() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        browser.open("/iam/new-user").await;
        let fields = [("name", "<script>alert(1)</script>"), ("path", "a b"), ("tags", "\"x\" = </textarea>")];
        let page = browser.submit("/iam/new-user", &fields).await;
        assert_eq!(page.status, 400);
        for text in ["&#60;script&#62;alert(1)&#60;/script&#62;", "value=\"a b\"", "&#34;x&#34; = &#60;/textarea&#62;", "ValidationError"] {
            assert!(page.text.contains(text), "{text} {}", page.text);
        }
        assert!(!page.text.contains("<script>alert"));
    }

    #[actix_web::test]
    async fn pages_go_on_where_the_last_ended() {
        let app = TestApp::new().await;
        for number in 0..51 {
            app.admin().call("iam:CreateUser", json!({"UserName": format!("user{number}")})).await.ok();
        }
        let browser = app.console().await;
        let first = browser.open("/iam/users").await.text;
        let next = first.split("href=\"/console").find(|link| link.contains("after=")).unwrap().split('"').next().unwrap();
        let next = next.replace("&#38;", "&").replace("&amp;", "&");
        let second = browser.open(&next).await.text;
        assert_eq!((first.matches("/iam/users/user").count(), second.matches("/iam/users/user").count()), (50, 1));
    }

    #[actix_web::test]
    async fn who_may_not_list_users_is_told_so() {
        let app = TestApp::new().await;
        let browser = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}])).await;
        let page = browser.open("/iam/users").await.text;
        assert!(page.contains("not authorized to perform: iam:ListUsers"), "{page}");
        browser.open("/iam/new-user").await;
        let refused = browser.submit("/iam/new-user", &[("name", "bob")]).await;
        assert_eq!(refused.status, 403);
        assert!(refused.text.contains("iam:CreateUser") && refused.text.contains("value=\"bob\""), "{}", refused.text);
        assert_eq!(app.admin().call("iam:GetUser", json!({"UserName": "bob"})).await.code(), "NoSuchEntity");
    }
}
