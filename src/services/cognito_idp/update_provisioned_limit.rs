//! UpdateProvisionedLimit.

use serde::Deserialize;

use super::errors::Error;
use super::get_provisioned_limit::{LimitDefinition, Response};
use crate::context::Context;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    limit_definition: LimitDefinition,
    requested_limit_value: i64,
}

asks_about_everything!(Request);

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let (category, requested) = (request.limit_definition.category()?, request.requested_limit_value);
    category.check(requested)?;
    cx.write(async |tx| store::pool_services::set_provisioned_limit(tx, &cx.account_id, &cx.region, category.name, requested).await)
        .await?;
    Ok(Response::of(category, requested))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    fn of(class: &str, attributes: Value) -> Value {
        json!({"LimitDefinition": {"LimitClass": class, "Attributes": attributes}})
    }

    #[actix_web::test]
    async fn a_limit_is_the_accounts_and_the_regions_and_lies_between_what_is_free_and_what_can_be_had() {
        let app = TestApp::new().await;
        let category = of("API_CATEGORY", json!({"Category": "UserCreation"}));
        let get = async || app.admin().call("GetProvisionedLimit", category.clone()).await.ok()["Limit"].clone();
        let set = async |value: i64| {
            let mut input = category.clone();
            input["RequestedLimitValue"] = json!(value);
            app.admin().call("UpdateProvisionedLimit", input).await
        };
        assert_eq!((&get().await["ProvisionedLimitValue"], &get().await["FreeLimitValue"]), (&json!(50), &json!(50)));
        for (value, code) in [(49, "InvalidParameterException"), (10_001, "ServiceQuotaExceededException"), (200, ""), (80, "")] {
            assert_eq!(set(value).await.code(), code, "{value}");
        }
        let limit = get().await;
        assert_eq!((&limit["ProvisionedLimitValue"], &limit["FreeLimitValue"]), (&json!(80), &json!(50)));
        assert_eq!(limit["LimitDefinition"], category["LimitDefinition"]);
        let abroad = app.admin().in_region("eu-west-1").call("GetProvisionedLimit", category.clone()).await.ok();
        let other = app.root_of("111111111111").await.call("GetProvisionedLimit", category.clone()).await.ok();
        assert_eq!((&abroad["Limit"]["ProvisionedLimitValue"], &other["Limit"]["ProvisionedLimitValue"]), (&json!(50), &json!(50)));
    }

    #[actix_web::test]
    async fn what_was_set_is_held_to_by_the_second_and_nothing_else_is() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let tokens = pool.user("alice").await.signed_in().await;
        let read = async || pool.client("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await.code();
        let refused = async || {
            let mut refused = 0;
            for _ in 0..130 {
                refused += usize::from(read().await == "TooManyRequestsException");
            }
            refused
        };
        assert_eq!(refused().await, 0, "nobody asked for what is free to be the most");
        let mut input = of("API_CATEGORY", json!({"Category": "UserRead"}));
        input["RequestedLimitValue"] = json!(125);
        app.admin().in_region("eu-west-1").call("UpdateProvisionedLimit", input.clone()).await.ok();
        assert_eq!(refused().await, 0, "the pool is in another region");
        app.admin().call("UpdateProvisionedLimit", input).await.ok();
        assert_eq!(refused().await, 5);
        let by_admin = pool.admin("AdminGetUser", json!({"Username": "alice"})).await;
        assert_eq!(by_admin.error(), ("TooManyRequestsException".to_owned(), "Too many requests".to_owned()));
        pool.admin("ListUsers", json!({})).await.ok();
        app.advance(std::time::Duration::from_secs(1));
        assert_eq!(read().await, "");
        app.advance(std::time::Duration::from_secs(1));
        app.app.budgets.note_nodes(5);
        assert_eq!(refused().await, 105, "another four nodes have their shares");
    }

    #[test]
    fn what_counts_are_operations() {
        let built: Vec<&str> = super::super::operations().iter().map(|operation| operation.name).collect();
        let unknown: Vec<&str> = crate::userpools::limits::operations().filter(|name| !built.contains(name)).collect();
        assert_eq!(unknown, [""; 0]);
    }

    #[actix_web::test]
    async fn what_is_no_limit_is_refused() {
        let app = TestApp::new().await;
        for (attributes, code) in [
            (json!({"Category": "UserPoolRead"}), "ResourceNotFoundException"),
            (json!({"Category": "UserUpdate"}), "ResourceNotFoundException"),
            (json!({"Category": "nonsense"}), "ResourceNotFoundException"),
            (json!({}), "InvalidParameterException"),
            (json!({"Category": "UserCreation", "Other": "x"}), "InvalidParameterException"),
        ] {
            let answer = app.admin().call("GetProvisionedLimit", of("API_CATEGORY", attributes.clone())).await;
            assert_eq!(answer.code(), code, "{attributes}");
        }
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Get*", "Resource": "*"}])).await;
        let mut input = of("API_CATEGORY", json!({"Category": "UserCreation"}));
        ann.call("GetProvisionedLimit", input.clone()).await.ok();
        input["RequestedLimitValue"] = json!(60);
        assert_eq!(ann.call("UpdateProvisionedLimit", input).await.code(), "AccessDeniedException");
    }
}
