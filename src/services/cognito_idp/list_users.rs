//! ListUsers, paged, with its filter.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::errors::Error;
use super::filter::{self, Filter};
use crate::context::Context;
use crate::flows::paging;
use crate::kit::id::UserPoolId;
use crate::store::StoreError;
use crate::store::users::{self, SearchPlace, Wanted};
use crate::userpools::attributes::full_schema;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

const MOST: i64 = 60;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    attributes_to_get: Option<Vec<String>>,
    limit: Option<i64>,
    pagination_token: Option<String>,
    filter: Option<String>,
}

asks_about_pool_in_any_region!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    users: Vec<UserAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let text = request.filter.unwrap_or_default();
    let filter = match text.trim() {
        "" => None,
        text => Some(filter::parse(text).ok_or_else(|| Error::parameter("Error while parsing filter."))?),
    };
    let schema = full_schema(&pool.configuration.schema);
    let in_schema = |name: &String| schema.iter().any(|attribute| attribute.name == *name);
    if !request.attributes_to_get.iter().flatten().all(in_schema) {
        return Err(Error::parameter("One or more requested attributes do not exist."));
    }
    let place = ["ListUsers", pool.id.as_str(), &text];
    let after = paging::open(cx, &place, request.pagination_token.as_deref()).ok().and_then(|after| place_in(&after));
    let after = after.ok_or_else(|| Error::parameter("Invalid pagination token."))?;
    let limit = request.limit.filter(|limit| *limit > 0).unwrap_or(MOST);
    let found = page(cx, &pool.id, filter.as_ref(), &after, limit + 1).await?;
    let (found, pagination_token) = paging::cut(cx, &place, found, limit, |(place, _)| text_of(place))?;
    let shows = |name: &str| request.attributes_to_get.as_ref().is_none_or(|names| names.iter().any(|wanted| wanted == name));
    Ok(Response { users: found.iter().map(|(_, user)| UserAnswer::of(user, shows)).collect(), pagination_token })
}

async fn page(
    cx: &Context,
    pool_id: &UserPoolId,
    filter: Option<&Filter>,
    after: &SearchPlace,
    limit: i64,
) -> Result<Vec<(SearchPlace, User)>, StoreError> {
    cx.read(async |tx| {
        let users = match filter {
            None => users::list(tx, pool_id, after.user_id.as_str(), limit).await?,
            Some(filter) if filter.attribute == "sub" => {
                let user = users::find_by_id(tx, pool_id, &filter.value.as_str().into()).await?;
                user.into_iter().filter(|user| user.id > after.user_id).collect()
            }
            Some(filter) if filter.attribute == "status" => match (filter.matches("Enabled"), filter.matches("Disabled")) {
                (true, true) => users::list(tx, pool_id, after.user_id.as_str(), limit).await?,
                (false, false) => Vec::new(),
                (enabled, _) => users::list_by_enabled(tx, pool_id, enabled, after.user_id.as_str(), limit).await?,
            },
            Some(filter) => {
                let wanted = Wanted { attribute: &filter.attribute, comparison: filter.comparison, value: &filter.value };
                let begun = *after != SearchPlace::default();
                return users::search(tx, pool_id, wanted, begun.then_some(after), limit).await;
            }
        };
        let placed = |user: User| (SearchPlace { value: Vec::new(), user_id: user.id.clone() }, user);
        Ok(users.into_iter().map(placed).collect())
    })
    .await
}

/// A place as page tokens hold it: the user's id, and in base64 the value that the user was found by.
fn text_of(place: &SearchPlace) -> String {
    format!("{} {}", place.user_id, STANDARD.encode(&place.value))
}

fn place_in(text: &str) -> Option<SearchPlace> {
    let Some((user_id, value)) = text.split_once(' ') else { return text.is_empty().then(SearchPlace::default) };
    Some(SearchPlace { value: STANDARD.decode(value).ok()?, user_id: user_id.into() })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{TestApp, TestPool};

    /// The names that a filter finds, by pages of so many.
    async fn found(pool: &TestPool<'_>, filter: &str, limit: i64) -> Vec<String> {
        let mut names = Vec::new();
        let mut input = json!({"UserPoolId": pool.id, "Filter": filter, "Limit": limit});
        loop {
            let answer = pool.admin("ListUsers", input.clone()).await.ok();
            let page = answer["Users"].as_array().unwrap();
            assert!(page.len() <= usize::try_from(limit).unwrap());
            names.extend(page.iter().map(|user| user["Username"].as_str().unwrap().to_owned()));
            let Value::String(token) = &answer["PaginationToken"] else { return names };
            input["PaginationToken"] = json!(token);
        }
    }

    #[actix_web::test]
    async fn pages_of_a_filter_show_each_match_once() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        // Of one value there are more than a page holds, and another value begins with it.
        for (username, family_name) in [("a", "Li"), ("b", "Lind"), ("c", "Li"), ("d", "Li"), ("e", "Lo"), ("f", "Lind")] {
            let attributes = json!([{"Name": "family_name", "Value": family_name}]);
            pool.admin("AdminCreateUser", json!({"UserPoolId": pool.id, "Username": username, "UserAttributes": attributes})).await.ok();
        }
        for limit in 1..=6 {
            let mut equal = found(&pool, "family_name = \"Li\"", limit).await;
            equal.sort();
            assert_eq!(equal, ["a", "c", "d"], "pages of {limit}");
            let mut prefixed = found(&pool, "family_name ^= \"Li\"", limit).await;
            prefixed.sort();
            assert_eq!(prefixed, ["a", "b", "c", "d", "f"], "pages of {limit}");
        }
    }

    #[actix_web::test]
    async fn status_is_whether_a_user_is_enabled_and_the_user_status_has_no_case() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.admin("AdminCreateUser", json!({"UserPoolId": pool.id, "Username": "alice"})).await.ok();
        for (filter, expected) in [
            ("status = \"Enabled\"", &["alice"][..]),
            ("status ^= \"En\"", &["alice"]),
            ("status ^= \"\"", &["alice"]),
            ("status = \"Disabled\"", &[]),
            ("status = \"enabled\"", &[]),
            ("status = \"FORCE_CHANGE_PASSWORD\"", &[]),
            ("cognito:user_status = \"force_change_password\"", &["alice"]),
            ("cognito:user_status ^= \"Force\"", &["alice"]),
        ] {
            assert_eq!(found(&pool, filter, 60).await, expected, "{filter}");
        }
    }

    #[actix_web::test]
    async fn a_filter_whose_value_ends_before_its_end_is_malformed() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let refused = ("InvalidParameterException".to_owned(), "Error while parsing filter.".to_owned());
        for filter in ["name = \"a\" b\"", "name = \"\" or name ^= \"\""] {
            assert_eq!(pool.admin("ListUsers", json!({"Filter": filter})).await.error(), refused, "{filter}");
        }
        let name = json!([{"Name": "name", "Value": "a \"b\""}]);
        pool.admin("AdminCreateUser", json!({"Username": "alice", "UserAttributes": name})).await.ok();
        assert_eq!(found(&pool, "name = \"a \\\"b\\\"\"", 60).await, ["alice"]);
    }

    #[actix_web::test]
    async fn an_attribute_that_the_schema_lacks_cannot_be_asked_for() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let ask = async |name: &str| pool.admin("ListUsers", json!({"UserPoolId": pool.id, "AttributesToGet": [name]})).await;
        ask("email").await.ok();
        let refused = ("InvalidParameterException".to_owned(), "One or more requested attributes do not exist.".to_owned());
        assert_eq!(ask("custom:nothing").await.error(), refused);
    }
}
