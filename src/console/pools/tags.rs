//! A pool's tags.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, members, page};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page of tags, and its form.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/tags", show), form("/pools/{pool}/tags", change)]
}

struct Tag {
    key: String,
    value: String,
}

#[derive(Template)]
#[template(path = "console/pools/tags.html")]
struct TagsPage {
    frame: Frame,
    head: Head,
    tags: Vec<Tag>,
    may_tag: May,
    may_untag: May,
    error: Option<WireError>,
}

/// The ARN of the pool: of what may be seen of it, or made of its id.
fn arn_of(visit: &Visit, head: &Head) -> String {
    let arn = head.described.text("Arn");
    let account = visit.caller().account_id().map(ToString::to_string).unwrap_or_default();
    if arn.is_empty() { format!("arn:aws:cognito-idp:{}:{account}:userpool/{}", head.region(), head.id) } else { arn }
}

/// An operation on tags, in the pool's own region: their requests name the pool by its ARN only.
fn input(head: &Head, arn: &str, more: Value) -> Value {
    let mut input = members(more);
    input.insert("ResourceArn".to_owned(), json!(arn));
    // The model does not know it, and the call drops it: it says for which region the call is.
    input.insert("UserPoolId".to_owned(), json!(head.id));
    Value::Object(input)
}

async fn load(visit: &Visit, error: Option<WireError>) -> Result<TagsPage, WireError> {
    let head = Head::load(visit, "tags").await?;
    let arn = arn_of(visit, &head);
    let listed = call(visit, "ListTagsForResource", input(&head, &arn, json!({}))).await?;
    let tags = members(listed.at("Tags").clone()).into_iter();
    let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
    Ok(TagsPage {
        frame: visit.frame(&head.name),
        tags: tags.map(|(key, value)| Tag { key, value: text(value) }).collect(),
        may_tag: may(visit, "TagResource", input(&head, &arn, json!({"Tags": {"key": "value"}}))).await,
        may_untag: may(visit, "UntagResource", input(&head, &arn, json!({"TagKeys": ["key"]}))).await,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/tags`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&load(visit, None).await?))
}

/// `POST /console/pools/{pool}/tags`: takes the tag of `remove` away, or sets the one of `key`.
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load(visit, "tags").await?;
    let arn = arn_of(visit, &head);
    let (operation, more, done) = match fields.given("remove") {
        Some(key) => ("UntagResource", json!({"TagKeys": [key]}), format!("The tag {key} was removed.")),
        None => {
            let key = fields.given("key").unwrap_or_default();
            ("TagResource", json!({"Tags": {key.as_str(): fields.text("value").trim()}}), format!("The tag {key} was set."))
        }
    };
    match call(visit, operation, input(&head, &arn, more)).await {
        Ok(_) => Ok(Reply::done(head.path("/tags"), done)),
        Err(error) => Ok(Reply::again(&load(visit, Some(error.clone())).await?, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn tags_are_set_and_taken_away_by_who_may() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UserPoolTags": {"team": "<b>red</b>"}}), json!({})).await;
        let path = format!("/pools/{}/tags", pool.id);
        let browser = app.console().await;
        assert!(browser.open(&path).await.text.contains("&#60;b&#62;red"));
        let page = browser.submit_and_follow(&path, &[("key", "stage"), ("value", " test ")]).await.text;
        assert!(page.contains("stage") && page.contains("was set"), "{page}");
        browser.submit_and_follow(&path, &[("remove", "team")]).await;
        let tags = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["UserPoolTags"].clone();
        assert_eq!(tags, json!({"stage": "test"}));
        let refused = browser.submit(&path, &[("key", "aws:x"), ("value", "")]).await;
        assert!(refused.status == 400 && refused.text.contains("reserved"), "{}", refused.text);
        let looks = json!([{"Effect": "Allow", "Action": "cognito-idp:ListTagsForResource", "Resource": "*"}]);
        let guest = app.console_of_user_with(looks).await;
        let page = guest.open(&path).await.text;
        assert!(page.contains("stage") && page.contains("not authorized to perform: cognito-idp:TagResource"), "{page}");
        assert_eq!(guest.submit(&path, &[("key", "a"), ("value", "b")]).await.status, 403);
    }
}
