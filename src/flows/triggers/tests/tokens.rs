//! PreTokenGeneration in its three forms.

use super::*;

async fn pool_of_version<'a>(app: &'a TestApp, version: &str) -> TestPool<'a> {
    let config = json!({"LambdaVersion": version, "LambdaArn": TestFunctions::arn("tokens")});
    app.pool_with(json!({"LambdaConfig": {"PreTokenGenerationConfig": config}}), json!({})).await
}

async fn with_alice(pool: &TestPool<'_>) {
    pool.user_with("alice", json!({"email": "a@x.example", "name": "Alice"})).await;
    let role = pool.app.role("staff", json!([{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}])).await;
    pool.admin("CreateGroup", json!({"GroupName": "staff", "RoleArn": role, "Precedence": 1})).await.ok();
    pool.admin("AdminAddUserToGroup", json!({"GroupName": "staff", "Username": "alice"})).await.ok();
}

async fn tokens(pool: &TestPool<'_>) -> (Value, Value, Value) {
    let result = pool.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"].clone();
    (claims(&result["IdToken"]), claims(&result["AccessToken"]), result)
}

#[actix_web::test]
async fn the_first_form_changes_the_id_token_and_groups() {
    let (app, functions) = with_functions().await;
    let pool = pool_of_version(&app, "V1_0").await;
    with_alice(&pool).await;
    let (id, access, _) = tokens(&pool).await;
    assert_eq!(
        (&id["name"], &access["cognito:groups"]),
        (&json!("Alice"), &json!(["staff"])),
        "a function that says nothing changes nothing"
    );
    let event = functions.event("tokens");
    assert_eq!((&event["version"], &event["triggerSource"]), (&json!("1"), &json!("TokenGeneration_Authentication")));
    let role = id["cognito:preferred_role"].clone();
    let groups = json!({"groupsToOverride": ["staff"], "iamRolesToOverride": [role], "preferredRole": role});
    assert_eq!(event["request"]["groupConfiguration"], groups);
    assert!(event["request"].get("scopes").is_none());
    functions.answer(
        "tokens",
        json!({"claimsOverrideDetails": {
            "claimsToAddOrOverride": {"tenant": "t1", "email": "other@x.example", "sub": "forged", "cognito:roles": "forged", "iss": "x"},
            "claimsToSuppress": ["name", "exp", "cognito:username"],
            "groupOverrideDetails": {"groupsToOverride": ["a", "b"], "iamRolesToOverride": [], "preferredRole": ""},
        }}),
    );
    let (changed, access, result) = tokens(&pool).await;
    assert_eq!((&changed["tenant"], &changed["email"]), (&json!("t1"), &json!("other@x.example")));
    assert_eq!((&changed["sub"], &changed["iss"], &changed["cognito:username"]), (&id["sub"], &id["iss"], &json!("alice")));
    assert!(changed.get("name").is_none() && changed["exp"].is_i64() && changed.get("cognito:roles").is_none());
    assert_eq!((&changed["cognito:groups"], &access["cognito:groups"]), (&json!(["a", "b"]), &json!(["a", "b"])));
    assert!(access.get("tenant").is_none(), "the first form does not know the access token");
    app.anonymous().call("GetUser", json!({"AccessToken": result["AccessToken"]})).await.ok();
    for details in [json!(null), json!({})] {
        functions.answer("tokens", json!({"claimsOverrideDetails": {"groupOverrideDetails": details}}));
        assert!(tokens(&pool).await.1.get("cognito:groups").is_none(), "groups that are said to be none are none");
    }
    functions.answer("tokens", json!({"claimsOverrideDetails": {"claimsToAddOrOverride": {"n": 1}}}));
    assert_eq!(pool.sign_in("alice", PASSWORD).await.code(), "InvalidLambdaResponseException", "texts only");
}

#[actix_web::test]
async fn the_second_form_changes_the_access_token_and_its_scopes_too() {
    let (app, functions) = with_functions().await;
    let pool = pool_of_version(&app, "V2_0").await;
    with_alice(&pool).await;
    functions.answer(
        "tokens",
        json!({"claimsAndScopeOverrideDetails": {
            "idTokenGeneration": {"claimsToAddOrOverride": {"list": [1, "a"]}},
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {"tenant": {"id": 1}, "username": "forged", "client_id": "forged", "scope": "forged"},
                "scopesToAdd": ["orders/read"], "scopesToSuppress": ["aws.cognito.signin.user.admin"],
            },
            "groupOverrideDetails": {"groupsToOverride": ["g"]},
        }}),
    );
    let (id, access, result) = tokens(&pool).await;
    let event = functions.event("tokens");
    assert_eq!((&event["version"], &event["request"]["scopes"]), (&json!("2"), &json!(["aws.cognito.signin.user.admin"])));
    assert_eq!((&id["list"], &access["tenant"], &access["scope"]), (&json!([1, "a"]), &json!({"id": 1}), &json!("orders/read")));
    assert_eq!(
        (&access["username"], &access["client_id"], &access["cognito:groups"]),
        (&json!("alice"), &json!(pool.client_id), &json!(["g"]))
    );
    let refused = app.anonymous().call("GetUser", json!({"AccessToken": result["AccessToken"]})).await;
    assert_eq!(refused.message(), "Access Token does not have required scopes", "a scope that was left out is not there");
}

#[actix_web::test]
async fn every_issue_of_tokens_says_what_for_and_none_goes_past_the_function() {
    let (app, functions) = with_functions().await;
    let pool = pool_of_version(&app, "V3_0").await;
    pool.admin("AdminCreateUser", json!({"Username": "alice", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"})).await.ok();
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    assert!(functions.calls("tokens").is_empty(), "nothing is issued yet");
    let responses = json!({"USERNAME": "alice", "NEW_PASSWORD": "0ther-Pa55word!"});
    let signed_in = pool.respond("NEW_PASSWORD_REQUIRED", &asked["Session"], responses).await.ok()["AuthenticationResult"].clone();
    let event = functions.event("tokens");
    assert_eq!((&event["version"], &event["triggerSource"]), (&json!("3"), &json!("TokenGeneration_NewPasswordChallenge")));
    let refresh = async || {
        let parameters = json!({"REFRESH_TOKEN": signed_in["RefreshToken"]});
        pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await
    };
    refresh().await.ok();
    assert_eq!(functions.event("tokens")["triggerSource"], "TokenGeneration_RefreshTokens");
    let asked = json!({"RefreshToken": signed_in["RefreshToken"], "ClientMetadata": {"order": "7"}});
    pool.client("GetTokensFromRefreshToken", asked).await.ok();
    assert_eq!(functions.event("tokens")["request"]["clientMetadata"], json!({"order": "7"}));
    functions.refuse("tokens", "no");
    let refused = ("UserLambdaValidationException".to_owned(), "PreTokenGeneration failed with error no.".to_owned());
    assert_eq!([refresh().await.error(), pool.sign_in("alice", "0ther-Pa55word!").await.error()], [refused.clone(), refused]);
    functions.answer("tokens", json!({}));
    refresh().await.ok();
}

#[actix_web::test]
async fn the_third_form_alone_is_asked_about_machines() {
    let (app, functions) = with_functions().await;
    functions.answer(
        "tokens",
        json!({"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {
            "claimsToAddOrOverride": {"tenant": "t1", "sub": "forged", "client_id": "forged"}, "scopesToSuppress": ["api/write"],
        }}}),
    );
    for (version, calls) in [("V1_0", 0), ("V2_0", 0), ("V3_0", 1)] {
        let pool = pool_of_version(&app, version).await;
        let scopes = ["read", "write"].map(|name| json!({"ScopeName": name, "ScopeDescription": "d"}));
        pool.admin("CreateResourceServer", json!({"Identifier": "api", "Name": "n", "Scopes": scopes})).await.ok();
        let client = json!({"ClientName": "m", "GenerateSecret": true, "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
                            "AllowedOAuthScopes": ["api/read", "api/write"]});
        let client = pool.admin("CreateUserPoolClient", client).await.ok()["UserPoolClient"].clone();
        let get = json!({"ClientId": client["ClientId"], "Secret": client["ClientSecret"], "ClientMetadata": {"order": "7"}});
        let answer = app.anonymous().call("GetClientToken", get.clone()).await.ok();
        let told = claims(&answer["ClientAuthenticationResult"]["AccessToken"]);
        assert_eq!(functions.calls("tokens").len(), calls, "{version}");
        let (scope, tenant) = if calls == 0 { ("api/read api/write", Value::Null) } else { ("api/read", json!("t1")) };
        assert_eq!((&told["scope"], &told["tenant"]), (&json!(scope), &tenant), "{version}");
        assert_eq!((&told["sub"], &told["client_id"]), (&client["ClientId"], &client["ClientId"]));
        if calls > 0 {
            let event = functions.event("tokens");
            assert_eq!((&event["triggerSource"], &event["version"]), (&json!("TokenGeneration_ClientCredentials"), &json!("3")));
            let request = &event["request"];
            assert_eq!((&request["scopes"], &request["userAttributes"]), (&json!(["api/read", "api/write"]), &json!({})));
            assert_eq!((&request["clientMetadata"], &event["callerContext"]["clientId"]), (&json!({"order": "7"}), &client["ClientId"]));
            functions.refuse("tokens", "no");
            let refused = app.anonymous().call("GetClientToken", get).await.error();
            let words = "PreTokenGeneration failed with error no.".to_owned();
            assert_eq!(refused, ("UserLambdaValidationException".to_owned(), words), "no token goes past the function");
        }
    }
}
