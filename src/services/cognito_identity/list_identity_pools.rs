//! ListIdentityPools, paged: the pools of the account in the region of the call.

use serde::{Deserialize, Serialize};

use super::errors::{Error, no_page};
use crate::context::Context;
use crate::flows::paging;
use crate::identitypools::pool::IdentityPool;
use crate::kit::id::IdentityPoolId;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    max_results: i64,
    next_token: Option<String>,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_pools: Vec<Listed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    identity_pool_id: IdentityPoolId,
    identity_pool_name: String,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let place = ["ListIdentityPools", cx.account_id.as_str(), &cx.region];
    let after = paging::open(cx, &place, request.next_token.as_deref()).map_err(|_| no_page())?;
    let limit = request.max_results;
    let pools = cx.read(async |tx| store::identity_pools::list(tx, &cx.account_id, &cx.region, &after, limit + 1).await).await?;
    let (pools, next_token) = paging::cut(cx, &place, pools, limit, |pool| pool.id.to_string())?;
    let listed = |pool: IdentityPool| Listed { identity_pool_id: pool.id, identity_pool_name: pool.name };
    Ok(Response { identity_pools: pools.into_iter().map(listed).collect(), next_token })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_list_is_of_one_account_in_one_region_and_so_are_its_page_tokens() {
        let app = TestApp::new().await;
        let (admin, other) = (app.admin(), app.root_of("111111111111").await);
        for (caller, name) in [(&admin, "a"), (&admin, "b"), (&admin, "c"), (&admin.in_region("eu-west-1"), "d"), (&other, "e")] {
            caller.call("CreateIdentityPool", json!({"IdentityPoolName": name, "AllowUnauthenticatedIdentities": false})).await.ok();
        }
        let names = |page: &Value| {
            let pools = page["IdentityPools"].as_array().unwrap().iter();
            pools.map(|pool| pool["IdentityPoolName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let first = admin.call("ListIdentityPools", json!({"MaxResults": 2})).await.ok();
        let next = json!({"MaxResults": 2, "NextToken": first["NextToken"]});
        let second = admin.call("ListIdentityPools", next.clone()).await.ok();
        let mut all = [names(&first), names(&second)].concat();
        all.sort_unstable();
        assert_eq!((all, &second["NextToken"]), (["a", "b", "c"].map(str::to_owned).to_vec(), &Value::Null));
        for caller in [&other, &admin.in_region("eu-west-1")] {
            assert_eq!(caller.call("ListIdentityPools", next.clone()).await.code(), "InvalidParameterException");
        }
        assert_eq!(names(&other.call("ListIdentityPools", json!({"MaxResults": 60})).await.ok()), ["e"]);
    }
}
