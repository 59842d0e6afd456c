//! Developers' users, tokens, chosen roles and tags, through whole walks.

use std::time::Duration;

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::testing::{ACCOUNT, Answer, TestApp, TestCaller, TestPool, claims};

const NAME: &str = "login.notes";

/// An identity pool of a user pool's client, with these members beside the usual ones.
async fn pool_of(app: &TestApp, users: Option<&TestPool<'_>>, more: Value) -> String {
    let mut pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "DeveloperProviderName": NAME});
    if let Some(users) = users {
        pool["CognitoIdentityProviders"] = json!([{"ProviderName": provider(users), "ClientId": users.client_id}]);
    }
    pool.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].as_str().unwrap().to_owned()
}

fn provider(users: &TestPool<'_>) -> String {
    format!("cognito-idp.us-east-1.amazonaws.com/{}", users.id)
}

/// A role that trusts an identity pool to do these.
async fn role(app: &TestApp, name: &str, pool: &str, actions: Value) -> String {
    let condition = json!({"StringEquals": {"cognito-identity.amazonaws.com:aud": pool}});
    let principal = json!({"Federated": "cognito-identity.amazonaws.com"});
    app.role(name, json!([{"Effect": "Allow", "Principal": principal, "Action": actions, "Condition": condition}])).await
}

/// The same with the pool's role for users.
async fn with_role(app: &TestApp, pool: &str, mappings: Value) -> String {
    let own = role(app, "Users", pool, json!(["sts:AssumeRoleWithWebIdentity", "sts:TagSession"])).await;
    let roles = json!({"IdentityPoolId": pool, "Roles": {"authenticated": own}, "RoleMappings": mappings});
    app.admin().call("SetIdentityPoolRoles", roles).await.ok();
    own
}

async fn developer_token(app: &TestApp, pool: &str, user: &str, more: Value) -> Answer {
    let mut request = json!({"IdentityPoolId": pool, "Logins": {NAME: user}});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.admin().call("GetOpenIdTokenForDeveloperIdentity", request).await
}

async fn credentials(app: &TestApp, identity: &Value, logins: Value) -> Answer {
    app.anonymous().call("GetCredentialsForIdentity", json!({"IdentityId": identity, "Logins": logins})).await
}

fn holder<'a>(app: &'a TestApp, answer: &Value) -> TestCaller<'a> {
    let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    app.holder_of(&text("AccessKeyId"), &text("SecretKey"), Some(&text("SessionToken")))
}

#[actix_web::test]
async fn a_developers_user_gets_an_identity_a_token_and_credentials_by_it() {
    let app = TestApp::new().await;
    let pool = pool_of(&app, None, json!({})).await;
    with_role(&app, &pool, json!({})).await;
    let get = async |page: &str| app.send(Method::GET, &format!("/cognito-identity/.well-known/{page}"), &[], Vec::new()).await;
    assert_eq!(get("jwks.json").await.ok(), json!({"keys": []}));
    let answer = developer_token(&app, &pool, "7:ann", json!({"TokenDuration": 60, "PrincipalTags": {"team": "red"}})).await.ok();
    let (identity, token) = (&answer["IdentityId"], &answer["Token"]);
    let said = claims(token);
    assert_eq!(said["amr"], json!(["authenticated", NAME, format!("{NAME}:{pool}:7:ann")]));
    assert_eq!((&said["sub"], &said["aud"]), (identity, &json!(pool)));
    assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 60);
    assert_eq!(said["https://aws.amazon.com/tags"], json!({"principal_tags": {"team": ["red"]}}));
    // Whoever else verifies such tokens finds the keys by the issuer.
    let discovery = get("openid-configuration").await.ok();
    assert_eq!(said["iss"], discovery["issuer"]);
    assert!(discovery["jwks_uri"].as_str().unwrap().starts_with(said["iss"].as_str().unwrap()));
    let keys = get("jwks.json").await.ok();
    assert_eq!((keys["keys"].as_array().unwrap().len(), get("jwks_uri").await.ok()), (2, keys));
    // The same user is the same identity.
    assert_eq!(&developer_token(&app, &pool, "7:ann", json!({})).await.ok()["IdentityId"], identity);
    assert_ne!(&developer_token(&app, &pool, "7:bob", json!({})).await.ok()["IdentityId"], identity);
    let logins = json!({"cognito-identity.amazonaws.com": token});
    let session = credentials(&app, identity, logins.clone()).await.ok();
    assert!(holder(&app, &session).call("GetCallerIdentity", json!({})).await.ok()["Arn"].as_str().unwrap().contains("/Users/"));
    app.advance(Duration::from_secs(60));
    let late = credentials(&app, identity, logins).await.error();
    assert_eq!(late, ("NotAuthorizedException".to_owned(), "Invalid login token. Token expired.".to_owned()));
}

#[actix_web::test]
async fn a_developers_token_is_good_for_its_identity_alone_and_for_as_long_as_it_is_linked() {
    let app = TestApp::new().await;
    let users = app.pool().await;
    let pool = pool_of(&app, Some(&users), json!({"AllowClassicFlow": true})).await;
    with_role(&app, &pool, json!({})).await;
    let ann = developer_token(&app, &pool, "ann", json!({})).await.ok();
    let bob = developer_token(&app, &pool, "bob", json!({})).await.ok();
    let by = |answer: &Value| json!({"cognito-identity.amazonaws.com": answer["Token"]});
    let refused = credentials(&app, &bob["IdentityId"], by(&ann)).await;
    assert_eq!(refused.code(), "NotAuthorizedException");
    // Another pool's token, with the same developer's name.
    let other = pool_of(&app, None, json!({})).await;
    let theirs = developer_token(&app, &other, "ann", json!({})).await.ok();
    assert_eq!(credentials(&app, &ann["IdentityId"], by(&theirs)).await.code(), "NotAuthorizedException");
    assert_eq!(credentials(&app, &theirs["IdentityId"], by(&ann)).await.code(), "NotAuthorizedException");
    // A token is no login for another token, nor for an identity.
    for (operation, request) in [
        ("GetOpenIdToken", json!({"IdentityId": ann["IdentityId"], "Logins": by(&ann)})),
        ("GetId", json!({"IdentityPoolId": pool, "Logins": by(&ann)})),
    ] {
        assert_eq!(app.anonymous().call(operation, request).await.code(), "NotAuthorizedException", "{operation}");
    }
    // What GetOpenIdToken gave, to a guest or a user, is for STS: it is no login.
    let tokens = users.user("carl").await.signed_in().await;
    let login = json!({provider(&users): tokens["IdToken"]});
    for logins in [json!({}), login.clone()] {
        let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": logins})).await.ok()["IdentityId"].clone();
        let basic = app.anonymous().call("GetOpenIdToken", json!({"IdentityId": identity, "Logins": logins})).await.ok();
        assert_eq!(credentials(&app, &identity, by(&basic)).await.code(), "NotAuthorizedException", "{logins}");
    }
    // An ID token of a user pool under that name, and a token of the pool's under a user pool's.
    let id_token = json!({"cognito-identity.amazonaws.com": tokens["IdToken"]});
    assert_eq!(credentials(&app, &ann["IdentityId"], id_token).await.code(), "NotAuthorizedException");
    let crossed = json!({provider(&users): ann["Token"]});
    assert_eq!(credentials(&app, &ann["IdentityId"], crossed).await.code(), "NotAuthorizedException");
    let get_user = app.anonymous().call("GetUser", json!({"AccessToken": ann["Token"]})).await;
    assert_eq!(get_user.code(), "NotAuthorizedException");
    credentials(&app, &ann["IdentityId"], by(&ann)).await.ok();
    let unlink =
        json!({"IdentityPoolId": pool, "IdentityId": ann["IdentityId"], "DeveloperProviderName": NAME, "DeveloperUserIdentifier": "ann"});
    app.admin().call("UnlinkDeveloperIdentity", unlink).await.ok();
    assert_eq!(credentials(&app, &ann["IdentityId"], by(&ann)).await.code(), "NotAuthorizedException");
    assert_eq!(credentials(&app, &ann["IdentityId"], json!({})).await.code(), "NotAuthorizedException");
    assert_ne!(developer_token(&app, &pool, "ann", json!({})).await.ok()["IdentityId"], ann["IdentityId"]);
}

#[actix_web::test]
async fn developers_link_look_up_merge_and_unlink_their_users() {
    let app = TestApp::new().await;
    let users = app.pool().await;
    let pool = pool_of(&app, Some(&users), json!({})).await;
    let identity = async |user: &str| developer_token(&app, &pool, user, json!({})).await.ok()["IdentityId"].clone();
    let (ann, bob) = (identity("ann").await, identity("bob").await);
    // A guest's identity, and a user's, become the developer's too.
    let guest = app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.ok()["IdentityId"].clone();
    let linked = developer_token(&app, &pool, "guest", json!({"IdentityId": guest})).await.ok()["IdentityId"].clone();
    assert_eq!(linked, guest);
    assert_eq!(credentials(&app, &guest, json!({})).await.code(), "NotAuthorizedException");
    let taken = developer_token(&app, &pool, "ann", json!({"IdentityId": bob})).await;
    assert_eq!(taken.code(), "DeveloperUserAlreadyRegisteredException");
    let token = users.user("carl").await.signed_in().await["IdToken"].clone();
    let logins = json!({"Logins": {NAME: "ann", provider(&users): token}});
    assert_eq!(developer_token(&app, &pool, "ann", logins).await.ok()["IdentityId"], ann);
    let bobs = json!({"Logins": {NAME: "bob", provider(&users): token}});
    assert_eq!(developer_token(&app, &pool, "bob", bobs).await.code(), "ResourceConflictException");
    let look = async |more: Value| {
        let mut request = json!({"IdentityPoolId": pool});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.admin().call("LookupDeveloperIdentity", request).await
    };
    assert_eq!(
        look(json!({"DeveloperUserIdentifier": "bob"})).await.ok(),
        json!({"IdentityId": bob, "DeveloperUserIdentifierList": ["bob"]})
    );
    assert_eq!(look(json!({"DeveloperUserIdentifier": "bob", "IdentityId": bob})).await.status, 200);
    for (request, code) in [
        (json!({}), "InvalidParameterException"),
        (json!({"DeveloperUserIdentifier": "bob", "IdentityId": ann}), "ResourceConflictException"),
        (json!({"DeveloperUserIdentifier": "nobody"}), "ResourceNotFoundException"),
        (json!({"IdentityId": "us-east-1:11111111-1111-1111-1111-111111111111"}), "ResourceNotFoundException"),
        (json!({"IdentityId": bob, "NextToken": "forged"}), "InvalidParameterException"),
    ] {
        assert_eq!(look(request.clone()).await.code(), code, "{request}");
    }
    let merge = async |source: &str, destination: &str, name: &str| {
        let request = json!({"SourceUserIdentifier": source, "DestinationUserIdentifier": destination, "DeveloperProviderName": name, "IdentityPoolId": pool});
        app.admin().call("MergeDeveloperIdentities", request).await
    };
    assert_eq!(merge("ann", "bob", "other").await.code(), "InvalidParameterException");
    assert_eq!(merge("ann", "nobody", NAME).await.code(), "ResourceNotFoundException");
    assert_eq!(merge("ann", "bob", NAME).await.ok()["IdentityId"], bob);
    assert_eq!(app.admin().call("DescribeIdentity", json!({"IdentityId": ann})).await.code(), "ResourceNotFoundException");
    let described = app.admin().call("DescribeIdentity", json!({"IdentityId": bob})).await.ok();
    assert_eq!(described["Logins"], json!([provider(&users), NAME]));
    // Whoever was merged comes as the other.
    assert_eq!(identity("ann").await, bob);
    let own = app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": {provider(&users): token}})).await.ok();
    assert_eq!(own["IdentityId"], bob);
    let first = look(json!({"IdentityId": bob, "MaxResults": 1})).await.ok();
    let second = look(json!({"IdentityId": bob, "MaxResults": 1, "NextToken": first["NextToken"]})).await.ok();
    let mut names = [&first, &second].map(|page| page["DeveloperUserIdentifierList"][0].as_str().unwrap().to_owned());
    names.sort_unstable();
    assert_eq!((names, &second["NextToken"]), (["ann".to_owned(), "bob".to_owned()], &Value::Null));
    assert_eq!(look(json!({"IdentityId": guest, "NextToken": first["NextToken"]})).await.code(), "InvalidParameterException");
    // Two users of one public provider are two.
    let dora = users.user("dora").await.signed_in().await["IdToken"].clone();
    developer_token(&app, &pool, "dora", json!({"Logins": {NAME: "dora", provider(&users): dora}})).await.ok();
    assert_eq!(merge("dora", "bob", NAME).await.code(), "ResourceConflictException");
    let unlink = async |identity: &Value, user: &str| {
        let request =
            json!({"IdentityPoolId": pool, "IdentityId": identity, "DeveloperProviderName": NAME, "DeveloperUserIdentifier": user});
        app.admin().call("UnlinkDeveloperIdentity", request).await
    };
    assert_eq!(unlink(&bob, "dora").await.code(), "ResourceNotFoundException");
    unlink(&bob, "ann").await.ok();
    assert_ne!(identity("ann").await, bob);
}

#[actix_web::test]
async fn an_identity_has_twenty_logins_and_a_user_at_once_one_identity() {
    let app = TestApp::new().await;
    let pool = pool_of(&app, None, json!({})).await;
    let first = developer_token(&app, &pool, "0", json!({})).await.ok()["IdentityId"].clone();
    for number in 1..20 {
        developer_token(&app, &pool, &number.to_string(), json!({"IdentityId": first})).await.ok();
    }
    assert_eq!(developer_token(&app, &pool, "20", json!({"IdentityId": first})).await.code(), "ResourceConflictException");
    // Long names are told apart to their ends, and are no error of any database.
    let long = "\u{1F600}".repeat(1023);
    let names = ["a", "b"].map(|end| format!("{long}{end}"));
    let identities = join_all(names.iter().flat_map(|name| [name, name]).map(|name| developer_token(&app, &pool, name, json!({})))).await;
    let ids: Vec<Value> = identities.into_iter().map(|answer| answer.ok()["IdentityId"].clone()).collect();
    assert!(ids[0] == ids[1] && ids[2] == ids[3] && ids[0] != ids[2], "{ids:?}");
    assert_eq!(developer_token(&app, &pool, &"x".repeat(1025), json!({})).await.code(), "InvalidParameterException");
}

#[actix_web::test]
async fn whoever_brings_a_login_of_an_identity_takes_logins_from_it() {
    let app = TestApp::new().await;
    let (users, others) = (app.pool().await, app.pool().await);
    let providers = [&users, &others].map(|pool| json!({"ProviderName": provider(pool), "ClientId": pool.client_id}));
    let pool = pool_of(&app, None, json!({"CognitoIdentityProviders": providers})).await;
    with_role(&app, &pool, json!({})).await;
    let alice = users.user("alice").await.signed_in().await["IdToken"].clone();
    let again = others.user("alice").await.signed_in().await["IdToken"].clone();
    let mallory = users.user("mallory").await.signed_in().await["IdToken"].clone();
    let both = json!({provider(&users): alice, provider(&others): again});
    let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": both})).await.ok()["IdentityId"].clone();
    let linked = json!({"IdentityPoolId": pool, "IdentityId": identity, "Logins": {NAME: "alice"}});
    app.admin().call("GetOpenIdTokenForDeveloperIdentity", linked).await.ok();
    let unlink = async |logins: Value, names: Value| {
        app.anonymous().call("UnlinkIdentity", json!({"IdentityId": identity, "Logins": logins, "LoginsToRemove": names})).await
    };
    let alices = json!({provider(&users): alice});
    for (logins, names) in [
        (json!({}), json!([provider(&others)])),
        (json!({provider(&users): mallory}), json!([provider(&others)])),
        (json!({provider(&users): "a.b.c"}), json!([provider(&others)])),
        (alices.clone(), json!(["graph.facebook.com"])),
        (alices.clone(), json!([NAME])),
    ] {
        assert_eq!(unlink(logins.clone(), names.clone()).await.code(), "NotAuthorizedException", "{logins} {names}");
    }
    let logins = async || app.admin().call("DescribeIdentity", json!({"IdentityId": identity})).await.ok()["Logins"].clone();
    assert_eq!(logins().await.as_array().unwrap().len(), 3);
    // By the name that the issuer has, too.
    unlink(alices.clone(), json!([format!("passwright.test/{}", others.id)])).await.ok();
    assert_eq!(logins().await, json!([provider(&users), NAME]));
    let new = app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": {provider(&others): again}})).await.ok();
    assert_ne!(new["IdentityId"], identity);
    unlink(alices.clone(), json!([provider(&users)])).await.ok();
    // The identity is no guest's now, nor the login's.
    for logins in [json!({}), alices] {
        assert_eq!(credentials(&app, &identity, logins.clone()).await.code(), "NotAuthorizedException", "{logins}");
    }
}

#[actix_web::test]
async fn the_basic_flow_is_for_pools_that_allow_it() {
    let app = TestApp::new().await;
    let users = app.pool().await;
    let pool = pool_of(&app, Some(&users), json!({})).await;
    let guest = app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.ok()["IdentityId"].clone();
    let token = async |identity: &Value, logins: Value| {
        app.anonymous().call("GetOpenIdToken", json!({"IdentityId": identity, "Logins": logins})).await
    };
    let refused = token(&guest, json!({})).await.error();
    assert_eq!(
        refused,
        ("InvalidParameterException".to_owned(), "Basic (classic) flow is not enabled, please use enhanced flow.".to_owned())
    );
    let classic = json!({"IdentityPoolId": pool, "IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "AllowClassicFlow": true,
                         "CognitoIdentityProviders": [{"ProviderName": provider(&users), "ClientId": users.client_id}]});
    let updated = app.admin().call("UpdateIdentityPool", classic.clone()).await.ok();
    assert_eq!((&updated["AllowClassicFlow"], &updated["DeveloperProviderName"]), (&json!(true), &json!(NAME)));
    let mut renamed = classic;
    renamed["DeveloperProviderName"] = "another".into();
    assert_eq!(app.admin().call("UpdateIdentityPool", renamed).await.code(), "InvalidParameterException");
    let said = claims(&token(&guest, json!({})).await.ok()["Token"]);
    assert_eq!((&said["amr"], &said["sub"]), (&json!(["unauthenticated"]), &guest));
    assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 600);
    let login = json!({provider(&users): users.user("alice").await.signed_in().await["IdToken"]});
    let alice = app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": login})).await.ok()["IdentityId"].clone();
    assert_eq!(token(&alice, json!({})).await.code(), "NotAuthorizedException");
    let said = claims(&token(&alice, login).await.ok()["Token"]);
    assert_eq!((&said["amr"][0], &said["amr"][1]), (&json!("authenticated"), &json!(provider(&users))));
}

#[actix_web::test]
async fn a_group_a_rule_or_a_choice_gives_another_role() {
    let app = TestApp::new().await;
    let users = app.pool().await;
    let pool = pool_of(&app, Some(&users), json!({})).await;
    let web = json!("sts:AssumeRoleWithWebIdentity");
    let mut roles = Vec::new();
    for name in ["Readers", "Writers", "Ruled"] {
        roles.push(role(&app, name, &pool, web.clone()).await);
    }
    let stranger = role(&app, "Stranger", "us-east-1:11111111-1111-1111-1111-111111111111", web).await;
    for (name, role, precedence) in [("readers", &roles[0], 2), ("writers", &roles[1], 1), ("strangers", &stranger, 0)] {
        users.admin("CreateGroup", json!({"GroupName": name, "RoleArn": role, "Precedence": precedence})).await.ok();
    }
    let key = format!("{}:{}", provider(&users), users.client_id);
    let by_token = |resolution: &str| json!({&key: {"Type": "Token", "AmbiguousRoleResolution": resolution}});
    let own = with_role(&app, &pool, by_token("Deny")).await;
    let alice = users.user_with("alice", json!({"given_name": "Alice"})).await;
    let played = async |custom: Option<&str>| {
        let logins = json!({provider(&users): alice.signed_in().await["IdToken"]});
        let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": logins})).await.ok()["IdentityId"].clone();
        let mut request = json!({"IdentityId": identity, "Logins": logins});
        request["CustomRoleArn"] = custom.map_or(Value::Null, Value::from);
        let answer = app.anonymous().call("GetCredentialsForIdentity", request).await;
        if answer.status != 200 {
            return answer.code();
        }
        let arn = holder(&app, &answer.ok()).call("GetCallerIdentity", json!({})).await.ok()["Arn"].clone();
        arn.as_str().unwrap().split('/').nth(1).unwrap().to_owned()
    };
    let map = async |mappings: Value| {
        let roles = json!({"IdentityPoolId": pool, "Roles": {"authenticated": own}, "RoleMappings": mappings});
        app.admin().call("SetIdentityPoolRoles", roles).await
    };
    let join = async |group: &str| drop(users.admin("AdminAddUserToGroup", json!({"Username": "alice", "GroupName": group})).await.ok());
    assert_eq!(played(None).await, "NotAuthorizedException");
    map(by_token("AuthenticatedRole")).await.ok();
    assert_eq!(played(None).await, "Users");
    join("readers").await;
    assert_eq!(played(None).await, "Readers");
    join("writers").await;
    assert_eq!(played(None).await, "Writers");
    assert_eq!(played(Some(&roles[0])).await, "Readers");
    for role in [&own, &roles[2], "arn:aws:iam::000000000000:role/readers"] {
        assert_eq!(played(Some(role)).await, "NotAuthorizedException", "{role}");
    }
    // A role that does not trust this pool is given to nobody, whatever names it.
    join("strangers").await;
    assert_eq!(played(None).await, "InvalidIdentityPoolConfigurationException");
    let rules = json!([{"Claim": "given_name", "MatchType": "Equals", "Value": "Alice", "RoleARN": roles[2]}]);
    let by_rules = json!({&key: {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": rules}}});
    map(by_rules.clone()).await.ok();
    assert_eq!(played(None).await, "Ruled");
    assert_eq!(played(Some(&roles[0])).await, "NotAuthorizedException");
    let told = app.admin().call("GetIdentityPoolRoles", json!({"IdentityPoolId": pool})).await.ok();
    assert_eq!(told["RoleMappings"], by_rules);
    // No mapping: no choice, and the pool's own.
    map(json!({})).await.ok();
    assert_eq!((played(None).await, played(Some(&roles[0])).await), ("Users".to_owned(), "NotAuthorizedException".to_owned()));
    // Whoever maps a role must be allowed to pass it.
    let ann = app
        .user_with(json!([
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "iam:PassRole", "Resource": roles[2]},
        ]))
        .await;
    let request = |mappings: &Value| json!({"IdentityPoolId": pool, "Roles": {"authenticated": own}, "RoleMappings": mappings});
    assert_eq!(ann.call("SetIdentityPoolRoles", request(&by_rules)).await.code(), "AccessDeniedException");
    ann.call("SetIdentityPoolRoles", request(&by_token("Deny"))).await.ok();
    let unresolved = request(&json!({&key: {"Type": "Token"}}));
    assert_eq!(ann.call("SetIdentityPoolRoles", unresolved).await.code(), "InvalidParameterException");
    let missing = rules[0]["RoleARN"].as_str().unwrap().replace("Ruled", "None");
    let rules = json!([{"Claim": "a", "MatchType": "Equals", "Value": "b", "RoleARN": missing}]);
    let missing = json!({&key: {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": rules}}});
    assert_eq!(ann.call("SetIdentityPoolRoles", request(&missing)).await.code(), "InvalidParameterException");
}

#[actix_web::test]
async fn what_a_token_says_becomes_tags_that_policies_ask_for() {
    let app = TestApp::new().await;
    let users = app.pool().await;
    let pool = pool_of(&app, Some(&users), json!({"AllowClassicFlow": true})).await;
    let own = with_role(&app, &pool, json!({})).await;
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*",
                        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}});
    app.admin().call("PutRolePolicy", json!({"RoleName": "Users", "PolicyName": "p", "PolicyDocument": policy.to_string()})).await.ok();
    let set = async |more: Value| {
        let mut request = json!({"IdentityPoolId": pool, "IdentityProviderName": provider(&users)});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.admin().call("SetPrincipalTagAttributeMap", request).await
    };
    let told = async || {
        let request = json!({"IdentityPoolId": pool, "IdentityProviderName": provider(&users)});
        app.admin().call("GetPrincipalTagAttributeMap", request).await.ok()
    };
    let came = async |name: &str| {
        let logins = json!({provider(&users): users.sign_in(name, crate::testing::PASSWORD).await.ok()["AuthenticationResult"]["IdToken"]});
        let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": logins})).await.ok()["IdentityId"].clone();
        (identity.clone(), logins.clone(), credentials(&app, &identity, logins).await)
    };
    users.user_with("red", json!({"family_name": "red"})).await;
    users.user_with("blue", json!({"family_name": "blue"})).await;
    users.user_with("wild", json!({"family_name": "r*d"})).await;
    let lists = async |name: &str| holder(&app, &came(name).await.2.ok()).call("iam:ListUsers", json!({})).await.status;
    assert_eq!(lists("red").await, 403);
    set(json!({"PrincipalTags": {"team": "family_name"}})).await.ok();
    assert_eq!(told().await["PrincipalTags"], json!({"team": "family_name"}));
    assert_eq!((lists("red").await, lists("blue").await), (200, 403));
    // What is no value of a tag is refused, and not left out.
    assert_eq!(came("wild").await.2.code(), "NotAuthorizedException");
    // The token of the basic flow says the same.
    let (identity, logins, _) = came("red").await;
    let token = app.anonymous().call("GetOpenIdToken", json!({"IdentityId": identity, "Logins": logins})).await.ok()["Token"].clone();
    assert_eq!(claims(&token)["https://aws.amazon.com/tags"], json!({"principal_tags": {"team": ["red"]}}));
    // A role says who may give its sessions tags, and which.
    let condition = json!({"StringEquals": {"cognito-identity.amazonaws.com:aud": pool}});
    let principal = json!({"Federated": "cognito-identity.amazonaws.com"});
    let statement =
        |action: &str, condition: &Value| json!({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition});
    let web = statement("sts:AssumeRoleWithWebIdentity", &condition);
    let trust = async |statements: Value| {
        let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        app.admin().call("UpdateAssumeRolePolicy", json!({"RoleName": "Users", "PolicyDocument": document})).await.ok();
    };
    trust(json!([web])).await;
    assert_eq!(came("red").await.2.code(), "InvalidIdentityPoolConfigurationException");
    let mut only_red = condition.clone();
    only_red["StringEquals"]["aws:RequestTag/team"] = "red".into();
    trust(json!([web, statement("sts:TagSession", &only_red)])).await;
    assert_eq!((came("red").await.2.status, came("blue").await.2.code()), (200, "InvalidIdentityPoolConfigurationException".to_owned()));
    // The usual map, and none.
    set(json!({"UseDefaults": true})).await.ok();
    let usual = told().await;
    assert_eq!((&usual["UseDefaults"], &usual["PrincipalTags"]), (&json!(true), &json!({"username": "sub", "client": "aud"})));
    set(json!({"UseDefaults": false})).await.ok();
    assert_eq!((&told().await["UseDefaults"], &told().await["PrincipalTags"]), (&json!(false), &Value::Null));
    for (request, code) in [
        (json!({"PrincipalTags": {"aws:x": "sub"}}), "InvalidParameterException"),
        (json!({"PrincipalTags": {"team": "a", "Team": "b"}}), "InvalidParameterException"),
        (json!({"PrincipalTags": {"team": "a"}, "UseDefaults": true}), "InvalidParameterException"),
        (json!({"IdentityProviderName": "graph.facebook.com"}), "ResourceNotFoundException"),
    ] {
        assert_eq!(set(request.clone()).await.code(), code, "{request}");
    }
    drop(own);
}

#[actix_web::test]
async fn no_account_reaches_anothers_pools_and_identities() {
    let app = TestApp::new().await;
    let pool = pool_of(&app, None, json!({})).await;
    let identity = developer_token(&app, &pool, "ann", json!({})).await.ok()["IdentityId"].as_str().unwrap().to_owned();
    let nobody = "us-east-1:11111111-1111-1111-1111-111111111111";
    let other = app.root_of("111111111111").await;
    for (operation, request) in [
        ("GetOpenIdTokenForDeveloperIdentity", json!({"Logins": {NAME: "ann"}, "IdentityId": identity})),
        ("LookupDeveloperIdentity", json!({"IdentityId": identity})),
        ("MergeDeveloperIdentities", json!({"SourceUserIdentifier": "a", "DestinationUserIdentifier": "b", "DeveloperProviderName": NAME})),
        ("UnlinkDeveloperIdentity", json!({"IdentityId": identity, "DeveloperProviderName": NAME, "DeveloperUserIdentifier": "ann"})),
        ("GetPrincipalTagAttributeMap", json!({"IdentityProviderName": "x"})),
        ("SetPrincipalTagAttributeMap", json!({"IdentityProviderName": "x"})),
    ] {
        let mut answers = Vec::new();
        for id in [pool.as_str(), nobody] {
            let mut request = request.clone();
            request["IdentityPoolId"] = id.into();
            let (code, message) = other.call(operation, request).await.error();
            assert_eq!(code, "ResourceNotFoundException", "{operation}");
            answers.push(message.replace(id, "…"));
        }
        assert_eq!(answers[0], answers[1], "{operation}");
    }
    // Nor does one pool of an account reach the identities of another.
    let second = pool_of(&app, None, json!({})).await;
    let named = developer_token(&app, &second, "bob", json!({"IdentityId": identity})).await;
    assert_eq!(named.code(), "ResourceNotFoundException");
    let look = app.admin().call("LookupDeveloperIdentity", json!({"IdentityPoolId": second, "IdentityId": identity})).await;
    assert_eq!(look.code(), "ResourceNotFoundException");
    // Developer credentials are those that a policy allows it to, on that pool.
    let allowed = format!("arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{second}");
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-identity:*", "Resource": allowed}])).await;
    for (id, code) in [(&second, ""), (&pool, "AccessDeniedException")] {
        let answer = ann.call("GetOpenIdTokenForDeveloperIdentity", json!({"IdentityPoolId": id, "Logins": {NAME: "eve"}})).await;
        assert_eq!(answer.code(), code);
    }
}
