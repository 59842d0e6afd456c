//! A pool that is deleted while its users are at work: nothing is left of it, and nothing is a failure of ours.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::{join, join_all};

use super::*;
use crate::store::template;
use crate::testing::PASSWORD;

/// A call, and whether an administrator makes it.
struct Call {
    operation: &'static str,
    input: Value,
    is_signed: bool,
}

/// A pool with users who stand at every step, and a call for each write under it that one of them or an administrator makes.
async fn at_work<'a>(app: &'a TestApp) -> (TestPool<'a>, Vec<Call>) {
    let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    set_mfa(&pool, "OPTIONAL").await;
    let tokens = pool.user("alice").await.signed_in().await;
    let seed = enrol(app, &pool.user("carol").await.signed_in().await, None).await;
    let address = json!([{"Name": "email", "Value": "waiting@x.example"}]);
    let waiting = json!({"Username": "waiting", "Password": PASSWORD, "UserAttributes": address});
    pool.client("SignUp", waiting).await.ok();
    pool.admin("CreateGroup", json!({"GroupName": "readers"})).await.ok();
    let pending = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": tokens["AccessToken"]})).await.ok();
    pool.user("temporary").await;
    set_password(&pool, "temporary", PASSWORD, false).await;
    let new_password = pool.sign_in("temporary", PASSWORD).await.ok()["Session"].clone();
    let factor = pool.sign_in("carol", PASSWORD).await.ok()["Session"].clone();
    let guessed = pool.sign_in("carol", PASSWORD).await.ok()["Session"].clone();
    pool.user("dave").await;
    set_mfa(&pool, "ON").await;
    let setup = pool.sign_in("dave", PASSWORD).await.ok()["Session"].clone();
    let enrolling = app.anonymous().call("AssociateSoftwareToken", json!({"Session": setup})).await.ok();
    set_mfa(&pool, "OPTIONAL").await;
    let parameters = json!({"USERNAME": "alice", "SRP_A": "ab"});
    let begin = json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters});
    let block = pool.client("InitiateAuth", begin.clone()).await.ok()["ChallengeParameters"]["SECRET_BLOCK"].clone();
    let mut calls = Vec::new();
    let mut add = |operation, mut input: Value, more: &Value, is_signed| {
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        calls.push(Call { operation, input, is_signed });
    };
    let client = json!({"ClientId": pool.client_id});
    for (name, password) in [("alice", PASSWORD), ("alice", "Wr0ng-pass!"), ("ghost", PASSWORD)] {
        let parameters = json!({"USERNAME": name, "PASSWORD": password});
        add("InitiateAuth", json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}), &client, false);
    }
    add("InitiateAuth", begin, &client, false);
    let refresh = json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]}});
    add("InitiateAuth", refresh, &client, false);
    let proof = json!({"USERNAME": "alice", "PASSWORD_CLAIM_SECRET_BLOCK": block, "PASSWORD_CLAIM_SIGNATURE": STANDARD.encode([0; 32]),
                       "TIMESTAMP": "Fri Jan 15 08:00:00 UTC 2027"});
    add("RespondToAuthChallenge", json!({"ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": proof}), &client, false);
    for (challenge, session, responses) in [
        ("NEW_PASSWORD_REQUIRED", &new_password, json!({"USERNAME": "temporary", "NEW_PASSWORD": OTHER})),
        ("SOFTWARE_TOKEN_MFA", &guessed, json!({"USERNAME": "carol", "SOFTWARE_TOKEN_MFA_CODE": wrong_code(app, &seed)})),
        ("SOFTWARE_TOKEN_MFA", &factor, json!({"USERNAME": "carol", "SOFTWARE_TOKEN_MFA_CODE": code(app, &seed)})),
    ] {
        let answer = json!({"ChallengeName": challenge, "Session": session, "ChallengeResponses": responses});
        add("RespondToAuthChallenge", answer, &client, false);
    }
    let nothing = json!({});
    add("VerifySoftwareToken", json!({"Session": enrolling["Session"], "UserCode": code(app, &enrolling["SecretCode"])}), &nothing, false);
    add("VerifySoftwareToken", json!({"Session": enrolling["Session"], "UserCode": "000000"}), &nothing, false);
    let bearer = json!({"AccessToken": tokens["AccessToken"]});
    add("AssociateSoftwareToken", nothing.clone(), &bearer, false);
    add("VerifySoftwareToken", json!({"UserCode": code(app, &pending["SecretCode"])}), &bearer, false);
    add("SetUserMFAPreference", json!({"SoftwareTokenMfaSettings": {"Enabled": false}}), &bearer, false);
    add("GlobalSignOut", nothing.clone(), &bearer, false);
    add("RevokeToken", json!({"Token": tokens["RefreshToken"]}), &client, false);
    add("ResendConfirmationCode", json!({"Username": "waiting"}), &client, false);
    add("ResendConfirmationCode", json!({"Username": "ghost"}), &client, false);
    add("ConfirmSignUp", json!({"Username": "waiting", "ConfirmationCode": "000000"}), &client, false);
    let right = app.code_sent_to("waiting@x.example").await;
    add("ConfirmSignUp", json!({"Username": "waiting", "ConfirmationCode": right}), &client, false);
    add("SignUp", json!({"Username": "new", "Password": PASSWORD}), &client, false);
    let own = json!({"UserPoolId": pool.id});
    let of_client = json!({"UserPoolId": pool.id, "ClientId": pool.client_id});
    let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
    add("AdminInitiateAuth", json!({"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters}), &of_client, true);
    add("AdminCreateUser", json!({"Username": "made"}), &own, true);
    add("AdminConfirmSignUp", json!({"Username": "waiting"}), &own, true);
    add("AdminSetUserPassword", json!({"Username": "alice", "Password": OTHER, "Permanent": true}), &own, true);
    add("AdminUserGlobalSignOut", json!({"Username": "alice"}), &own, true);
    for (operation, more) in [
        ("AdminDisableUser", json!({})),
        ("AdminEnableUser", json!({})),
        ("AdminUpdateUserAttributes", json!({"UserAttributes": [{"Name": "name", "Value": "Alice"}]})),
        ("AdminSetUserMFAPreference", json!({"SoftwareTokenMfaSettings": {"Enabled": false}})),
        ("AdminAddUserToGroup", json!({"GroupName": "readers"})),
        ("AdminRemoveUserFromGroup", json!({"GroupName": "readers"})),
        ("AdminDeleteUser", json!({})),
    ] {
        let mut input = json!({"Username": "alice"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        add(operation, input, &own, true);
    }
    add("CreateGroup", json!({"GroupName": "more"}), &own, true);
    add("UpdateGroup", json!({"GroupName": "readers", "Precedence": 1}), &own, true);
    add("DeleteGroup", json!({"GroupName": "readers"}), &own, true);
    add("AddCustomAttributes", json!({"CustomAttributes": [{"Name": "a", "AttributeDataType": "String"}]}), &own, true);
    add("UpdateUserPool", json!({"PoolName": "renamed"}), &own, true);
    add("UpdateUserPoolClient", json!({"ClientName": "renamed"}), &of_client, true);
    add("DeleteUserPoolClient", json!({}), &of_client, true);
    add("CreateUserPoolClient", json!({"ClientName": "another"}), &own, true);
    add("SetUserPoolMfaConfig", json!({"MfaConfiguration": "OFF"}), &own, true);
    (pool, calls)
}

async fn make(node: &TestApp, call: &Call) {
    let caller = if call.is_signed { node.admin() } else { node.anonymous() };
    let answer = caller.call(call.operation, call.input.clone()).await;
    assert!(answer.status < 500, "{}: {}", call.operation, answer.text);
}

/// A second node that holds the pool, its client and its keys in memory, and goes on to.
async fn node_that_holds(app: &TestApp, pool: &TestPool<'_>) -> TestApp {
    let node = app.another_node().await;
    node.app.db.catch_up().await.unwrap();
    let client = node.app.client(&pool.client_id).await.unwrap();
    let keys = crate::flows::pool_keys::load(&node.app, &pool.id).await.unwrap();
    assert!(client.is_some() && keys.is_some() && node.app.pool(&pool.id).await.unwrap().is_some());
    node
}

async fn left(app: &TestApp, pool: &TestPool<'_>) -> Vec<(String, i64)> {
    app.app.read(async |tx| template::rows_of_pool(tx, &pool.id).await).await.unwrap()
}

#[actix_web::test]
async fn who_has_not_heard_that_the_pool_is_gone_leaves_nothing_in_it() {
    let app = TestApp::new().await;
    let (pool, calls) = at_work(&app).await;
    let late = node_that_holds(&app, &pool).await;
    pool.admin("DeleteUserPool", json!({})).await.ok();
    assert!(late.app.pool(&pool.id).await.unwrap().is_some(), "it has not heard");
    let mut leaving = Vec::new();
    let mut before = Vec::new();
    for call in &calls {
        make(&late, call).await;
        let now = left(&app, &pool).await;
        if now != before {
            leaving.push((call.operation, now.clone()));
        }
        before = now;
    }
    assert_eq!(leaving, []);
}

#[actix_web::test]
async fn whatever_races_the_deletion_leaves_nothing_and_is_no_failure_of_ours() {
    let app = TestApp::new().await;
    for round in 0..5 {
        let (pool, calls) = at_work(&app).await;
        let other = node_that_holds(&app, &pool).await;
        let making = calls.iter().enumerate().map(|(number, call)| make(if number % 2 == 0 { &app } else { &other }, call));
        let deleting = async {
            tokio::time::sleep(Duration::from_millis(round * 4)).await;
            pool.admin("DeleteUserPool", json!({})).await.ok();
        };
        join(join_all(making), deleting).await;
        assert_eq!(left(&app, &pool).await, [], "round {round}");
    }
}
