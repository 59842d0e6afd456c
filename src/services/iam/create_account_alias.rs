//! CreateAccountAlias: a name that the account's users may sign in to the console by, in place of its number. It takes the place of
//! the one that there is.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::policy::is_account;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    account_alias: String,
}

asks_about_everything!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let alias = &request.account_alias;
    // SECURITY: one of twelve digits is an account's number, and would have another's users sign in here.
    if is_account(alias) {
        return Err(Error::InvalidInput("The account alias must not be a number of twelve digits.".to_owned()));
    }
    cx.write(async |tx| match store::iam::put_account_alias(tx, &cx.account_id, alias, cx.now()).await {
        Err(error) if error.is_unique_violation() => Err(Error::EntityAlreadyExists(format!("The account alias {alias} already exists."))),
        outcome => Ok(outcome?),
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn an_account_has_one_alias_that_no_other_has() {
        let app = TestApp::new().await;
        let (admin, other) = (app.admin(), app.root_of("111111111111").await);
        let aliases = async || admin.call("ListAccountAliases", json!({})).await.ok()["AccountAliases"].clone();
        assert_eq!(aliases().await, "");
        admin.call("CreateAccountAlias", json!({"AccountAlias": "notes"})).await.ok();
        admin.call("CreateAccountAlias", json!({"AccountAlias": "notes"})).await.ok();
        assert_eq!(aliases().await, json!(["notes"]));
        assert_eq!(other.call("CreateAccountAlias", json!({"AccountAlias": "notes"})).await.code(), "EntityAlreadyExists");
        assert_eq!(other.call("DeleteAccountAlias", json!({"AccountAlias": "notes"})).await.code(), "NoSuchEntity");
        admin.call("CreateAccountAlias", json!({"AccountAlias": "my-notes"})).await.ok();
        assert_eq!(aliases().await, json!(["my-notes"]));
        other.call("CreateAccountAlias", json!({"AccountAlias": "notes"})).await.ok();
        for (alias, code) in [
            ("111111111111", "InvalidInput"),
            ("No", "ValidationError"),
            ("-no", "ValidationError"),
            ("no--no", "ValidationError"),
            ("no_no", "ValidationError"),
        ] {
            assert_eq!(admin.call("CreateAccountAlias", json!({"AccountAlias": alias})).await.code(), code, "{alias}");
        }
        admin.call("DeleteAccountAlias", json!({"AccountAlias": "my-notes"})).await.ok();
        assert_eq!(aliases().await, "");
        assert_eq!(admin.call("DeleteAccountAlias", json!({"AccountAlias": "my-notes"})).await.code(), "NoSuchEntity");
    }
}
