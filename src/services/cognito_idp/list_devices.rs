//! ListDevices, paged by key.

use serde::Deserialize;

use super::device_answer::Page;
use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    limit: Option<i64>,
    pagination_token: Option<String>,
}

carries_access_token!(Request);

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Page, Error> {
    let user = holder.user;
    let place = ["ListDevices", user.pool_id.as_str(), user.id.as_str()];
    let asked = Asked::of(request.pagination_token.as_deref(), request.limit);
    let after = asked.after(cx, &place)?;
    let devices = cx.read(async |tx| store::devices::list(tx, &user.pool_id, &user.id, &after, asked.read()).await).await?;
    let (devices, next) = asked.cut(cx, &place, devices, |device| device.key.clone())?;
    Ok(Page::of(devices, next))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::{Value, json};

    use crate::testing::{Answer, TestApp, TestPool};

    async fn tracking(app: &TestApp) -> TestPool<'_> {
        let devices = json!({"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false});
        app.pool_with(json!({"DeviceConfiguration": devices}), json!({})).await
    }

    /// Signs in on so many new devices; the last tokens, and the keys in order.
    async fn devices(pool: &TestPool<'_>, username: &str, count: usize) -> (Value, Vec<String>) {
        let (mut tokens, mut keys) = (Value::Null, Vec::new());
        for number in 0..count {
            tokens = pool.sign_in(username, crate::testing::PASSWORD).await.ok()["AuthenticationResult"].clone();
            let key = tokens["NewDeviceMetadata"]["DeviceKey"].as_str().unwrap().to_owned();
            let secret = json!({"Salt": STANDARD.encode([7; 16]), "PasswordVerifier": STANDARD.encode([9; 384])});
            let confirm = json!({"AccessToken": tokens["AccessToken"], "DeviceKey": key, "DeviceName": format!("device {number}"),
                                 "DeviceSecretVerifierConfig": secret});
            pool.app.anonymous().call("ConfirmDevice", confirm).await.ok();
            keys.push(key);
        }
        keys.sort_unstable();
        (tokens, keys)
    }

    fn keys(answer: &Value) -> Vec<String> {
        answer["Devices"].as_array().unwrap().iter().map(|device| device["DeviceKey"].as_str().unwrap().to_owned()).collect()
    }

    #[actix_web::test]
    async fn a_users_devices_are_paged_for_them_and_for_administrators() {
        let app = TestApp::new().await;
        let pool = tracking(&app).await;
        pool.user("alice").await;
        pool.user("bob").await;
        let (tokens, all) = devices(&pool, "alice", 3).await;
        let (bobs, _) = devices(&pool, "bob", 1).await;
        let token = &tokens["AccessToken"];
        let own = async |more: Value| {
            let mut request = json!({"AccessToken": token, "Limit": 2});
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            app.anonymous().call("ListDevices", request).await
        };
        let first = own(json!({})).await.ok();
        assert_eq!(keys(&first), all[..2]);
        let rest = own(json!({"PaginationToken": first["PaginationToken"]})).await.ok();
        assert_eq!((keys(&rest), rest.get("PaginationToken")), (all[2..].to_vec(), None));
        let admins = pool.admin("AdminListDevices", json!({"Username": "alice", "Limit": 2})).await.ok();
        assert_eq!(keys(&admins), all[..2]);
        // A page of one list, or of one user, is none of another's.
        let others = json!({"AccessToken": bobs["AccessToken"], "PaginationToken": first["PaginationToken"]});
        assert_eq!(app.anonymous().call("ListDevices", others).await.code(), "InvalidParameterException");
        assert_eq!(own(json!({"PaginationToken": admins["PaginationToken"]})).await.code(), "InvalidParameterException");
        assert_eq!(keys(&own(json!({"Limit": 0})).await.ok()), all);
    }

    #[actix_web::test]
    async fn a_device_is_told_of_marked_and_forgotten_by_its_user_and_by_administrators_alone() {
        let app = TestApp::new().await;
        let pool = tracking(&app).await;
        pool.user("alice").await;
        pool.user("bob").await;
        let (tokens, alices) = devices(&pool, "alice", 2).await;
        let (bobs_tokens, bobs) = devices(&pool, "bob", 1).await;
        let own = async |operation: &str, key: &str, more: Value| -> Answer {
            let mut request = json!({"AccessToken": tokens["AccessToken"], "DeviceKey": key});
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            app.anonymous().call(operation, request).await
        };
        let got = own("GetDevice", &alices[0], json!({})).await.ok()["Device"].clone();
        let admins = pool.admin("AdminGetDevice", json!({"Username": "alice", "DeviceKey": alices[0]})).await.ok();
        assert_eq!(got, admins["Device"]);
        let attribute = |device: &Value, name: &str| {
            let attributes = device["DeviceAttributes"].as_array().unwrap();
            attributes.iter().find(|attribute| attribute["Name"] == name).map(|attribute| attribute["Value"].clone())
        };
        assert_eq!(attribute(&got, "device_status"), Some(json!("remembered")));
        assert!(attribute(&got, "device_name").unwrap().as_str().unwrap().starts_with("device "), "{got}");
        for (operation, more) in
            [("GetDevice", json!({})), ("ForgetDevice", json!({})), ("UpdateDeviceStatus", json!({"DeviceRememberedStatus": "remembered"}))]
        {
            let theirs = own(operation, &bobs[0], more.clone()).await;
            assert_eq!(theirs.error(), ("ResourceNotFoundException".to_owned(), "Device does not exist.".to_owned()), "{operation}");
            let mut without = json!({"DeviceKey": alices[0]});
            without.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert!(app.anonymous().call(operation, without).await.status >= 400, "{operation} without a token");
        }
        let missing = own("UpdateDeviceStatus", &alices[0], json!({})).await;
        assert_eq!(missing.code(), "InvalidParameterException");
        own("UpdateDeviceStatus", &alices[0], json!({"DeviceRememberedStatus": "not_remembered"})).await.ok();
        assert_eq!(
            attribute(&own("GetDevice", &alices[0], json!({})).await.ok()["Device"], "device_status"),
            Some(json!("not_remembered"))
        );
        let mark = json!({"Username": "alice", "DeviceKey": alices[0], "DeviceRememberedStatus": "remembered"});
        pool.admin("AdminUpdateDeviceStatus", mark).await.ok();
        assert_eq!(attribute(&own("GetDevice", &alices[0], json!({})).await.ok()["Device"], "device_status"), Some(json!("remembered")));
        own("ForgetDevice", &alices[0], json!({})).await.ok();
        pool.admin("AdminForgetDevice", json!({"Username": "alice", "DeviceKey": alices[1]})).await.ok();
        for key in &alices {
            for operation in ["AdminGetDevice", "AdminForgetDevice"] {
                let gone = pool.admin(operation, json!({"Username": "alice", "DeviceKey": key})).await;
                assert_eq!(gone.code(), "ResourceNotFoundException", "{operation}");
            }
        }
        for operation in ["AdminForgetDevice", "AdminUpdateDeviceStatus"] {
            let request = json!({"Username": "nobody", "DeviceKey": alices[0], "DeviceRememberedStatus": "remembered"});
            assert_eq!(pool.admin(operation, request).await.code(), "UserNotFoundException", "{operation}");
        }
        // Operations whose model has no such error.
        assert_eq!(pool.admin("AdminListDevices", json!({"Username": "nobody"})).await.code(), "ResourceNotFoundException");
        let nobodys = pool.admin("AdminGetDevice", json!({"Username": "nobody", "DeviceKey": alices[0]})).await;
        assert_eq!(nobodys.code(), "ResourceNotFoundException");
        // What is gone with its user is gone.
        app.anonymous().call("GetDevice", json!({"AccessToken": bobs_tokens["AccessToken"], "DeviceKey": bobs[0]})).await.ok();
        pool.admin("AdminDeleteUser", json!({"Username": "bob"})).await.ok();
    }

    #[actix_web::test]
    async fn who_is_denied_learns_nothing_of_devices() {
        let app = TestApp::new().await;
        let pool = tracking(&app).await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:AdminGetUser", "Resource": "*"}])).await;
        let stranger = app.root_of("111111111111").await;
        let request =
            json!({"UserPoolId": pool.id, "Username": "alice", "DeviceKey": "us-east-1_0", "DeviceRememberedStatus": "remembered"});
        for operation in ["AdminGetDevice", "AdminListDevices", "AdminForgetDevice", "AdminUpdateDeviceStatus"] {
            assert_eq!(ann.call(operation, request.clone()).await.code(), "AccessDeniedException", "{operation}");
            assert_eq!(stranger.call(operation, request.clone()).await.code(), "ResourceNotFoundException", "{operation}");
        }
    }

    #[actix_web::test]
    async fn a_pool_tells_how_it_remembers_devices_and_forgets_that_with_the_rest() {
        let app = TestApp::new().await;
        let pool = tracking(&app).await;
        let described = async || pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        let given = json!({"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false});
        assert_eq!(described().await["DeviceConfiguration"], given);
        pool.admin("UpdateUserPool", json!({"DeviceConfiguration": {"DeviceOnlyRememberedOnUserPrompt": true}})).await.ok();
        let one = json!({"ChallengeRequiredOnNewDevice": false, "DeviceOnlyRememberedOnUserPrompt": true});
        assert_eq!(described().await["DeviceConfiguration"], one);
        for nothing in [json!({"DeviceConfiguration": {}}), json!({"DeviceConfiguration": null}), json!({})] {
            pool.admin("UpdateUserPool", nothing).await.ok();
            assert_eq!(described().await.get("DeviceConfiguration"), None);
        }
    }
}
