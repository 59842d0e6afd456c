//! Tokens of providers, of pools and of identity pools: which become sessions, and which do not.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::{ACCOUNT, Answer, PROVIDER_CLIENT, TestApp, TestCaller, TestProvider};

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";
const DENIED: (&str, &str) = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");

/// Registers an issuer, and answers the ARN.
async fn register(app: &TestApp, url: &str, clients: Value) -> String {
    let made = app.admin().call("CreateOpenIDConnectProvider", json!({"Url": url, "ClientIDList": clients})).await.ok();
    made["OpenIDConnectProviderArn"].as_str().unwrap().to_owned()
}

fn name(url: &str) -> &str {
    url.split_once("://").unwrap().1
}

/// A role that trusts a provider under a condition.
async fn role(app: &TestApp, named: &str, provider: &str, actions: Value, condition: Value) -> String {
    app.role(named, json!([{"Effect": "Allow", "Principal": {"Federated": provider}, "Action": actions, "Condition": condition}])).await
}

async fn allow(app: &TestApp, role: &str, statement: Value) {
    let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    app.admin().call("PutRolePolicy", json!({"RoleName": role, "PolicyName": "p", "PolicyDocument": document})).await.ok();
}

async fn assume(app: &TestApp, role: &str, token: &str, more: Value) -> Answer {
    let mut request = json!({"RoleArn": role, "RoleSessionName": "ann", "WebIdentityToken": token});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.anonymous().call("AssumeRoleWithWebIdentity", request).await
}

fn holder<'a>(app: &'a TestApp, answer: &Value) -> TestCaller<'a> {
    let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    app.holder_of(&text("AccessKeyId"), &text("SecretAccessKey"), Some(&text("SessionToken")))
}

#[actix_web::test]
async fn whom_a_registered_provider_vouches_for_gets_credentials_that_policies_know_them_by() {
    let app = TestApp::dev().await;
    let provider = TestProvider::start(&app).await;
    let arn = register(&app, &provider.issuer, json!([PROVIDER_CLIENT])).await;
    let issuer = name(&provider.issuer).to_owned();
    let condition = json!({"StringEquals": {format!("{issuer}:aud"): PROVIDER_CLIENT}, "StringLike": {format!("{issuer}:sub"): "repo-*"}});
    let trusted = role(&app, "Deploy", &arn, json!([ACTION, "sts:TagSession"]), condition).await;
    let own = json!({"Effect": "Allow", "Action": "iam:GetUser", "Resource": format!("arn:aws:iam::{ACCOUNT}:user/${{{issuer}:sub}}")});
    let tagged = json!({"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}});
    let chain = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"});
    allow(&app, "Deploy", json!([own, tagged, chain])).await;
    let tags = json!({"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]});
    let token = provider.id_token(json!({"sub": "repo-notes", "https://aws.amazon.com/tags": tags}));
    let answer = assume(&app, &trusted, &token, json!({})).await.ok();
    assert_eq!(answer["SubjectFromWebIdentityToken"], "repo-notes");
    assert_eq!((&answer["Provider"], &answer["Audience"]), (&json!(provider.issuer), &json!(PROVIDER_CLIENT)));
    let session = holder(&app, &answer);
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/ann");
    assert_eq!(answer["AssumedRoleUser"]["Arn"], arn);
    assert_eq!(session.call("GetCallerIdentity", json!({})).await.ok()["Arn"], arn);
    session.call("iam:ListUsers", json!({})).await.ok();
    assert_eq!(session.call("iam:GetUser", json!({"UserName": "repo-notes"})).await.code(), "NoSuchEntity");
    assert_eq!(session.call("iam:GetUser", json!({"UserName": "ben"})).await.code(), "AccessDenied");
    // A transitive tag goes on to the next role's session.
    let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
    let next = app.role("Next", trust).await;
    allow(&app, "Next", tagged).await;
    let chained = session.call("AssumeRole", json!({"RoleArn": next, "RoleSessionName": "ann"})).await.ok();
    holder(&app, &chained).call("iam:ListUsers", json!({})).await.ok();
    // Session policies narrow, and the role says how long.
    let nothing = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "notes:Read", "Resource": "*"}}).to_string();
    let narrowed = assume(&app, &trusted, &token, json!({"Policy": nothing})).await.ok();
    assert_eq!(holder(&app, &narrowed).call("iam:ListUsers", json!({})).await.code(), "AccessDenied");
    for (more, code) in [
        (json!({"DurationSeconds": 3601}), "ValidationError"),
        (json!({"DurationSeconds": 900}), ""),
        (json!({"Policy": "{}"}), "MalformedPolicyDocument"),
        (json!({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/None-of-AWS"}]}), "ValidationError"),
        (json!({"ProviderId": "www.amazon.com"}), "ValidationError"),
    ] {
        assert_eq!(assume(&app, &trusted, &token, more.clone()).await.code(), code, "{more}");
    }
    app.advance(Duration::from_secs(3600));
    assert_eq!(session.call("GetCallerIdentity", json!({})).await.code(), "ExpiredToken");
}

#[actix_web::test]
async fn tokens_that_do_not_hold_become_nothing() {
    let app = TestApp::dev().await;
    let provider = TestProvider::start(&app).await;
    let arn = register(&app, &provider.issuer, json!([PROVIDER_CLIENT])).await;
    let sub = json!({"StringEquals": {format!("{}:sub", name(&provider.issuer)): "1"}});
    let trusted = role(&app, "Deploy", &arn, json!(ACTION), sub).await;
    let good = provider.id_token(json!({}));
    assume(&app, &trusted, &good, json!({})).await.ok();
    let tags = json!({"principal_tags": {"team": ["red"]}});
    for (claims, code) in [
        (json!({"iss": format!("{}/", provider.issuer)}), "InvalidIdentityToken"),
        (json!({"iss": "https://accounts.google.com"}), "InvalidIdentityToken"),
        (json!({"iss": format!("https://{}", name(&provider.issuer))}), "InvalidIdentityToken"),
        (json!({"aud": "another"}), "InvalidIdentityToken"),
        (json!({"azp": "another"}), "InvalidIdentityToken"),
        (json!({"aud": null}), "InvalidIdentityToken"),
        (json!({"exp": 1}), "ExpiredTokenException"),
        (json!({"exp": null}), "InvalidIdentityToken"),
        (json!({"iat": 4_000_000_000_i64}), "InvalidIdentityToken"),
        (json!({"nbf": 4_000_000_000_i64}), "InvalidIdentityToken"),
        (json!({"sub": "2"}), "AccessDenied"),
        // The role does not let anybody give its sessions tags.
        (json!({"https://aws.amazon.com/tags": tags}), "AccessDenied"),
    ] {
        assert_eq!(assume(&app, &trusted, &provider.id_token(claims.clone()), json!({})).await.code(), code, "{claims}");
    }
    let parts: Vec<&str> = good.split('.').collect();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", parts[1]);
    for token in ["a.b.c", "....", &unsigned, &format!("{}.{}.AAAA", parts[0], parts[1])] {
        assert_eq!(assume(&app, &trusted, token, json!({})).await.code(), "InvalidIdentityToken", "{token}");
    }
    // Whether there is such a role is told to nobody whom it does not trust.
    let other = provider.id_token(json!({"sub": "2"}));
    let elsewhere = trusted.replace("Deploy", "None");
    for role in [trusted.as_str(), &elsewhere] {
        let (code, message) = assume(&app, role, &other, json!({})).await.error();
        assert_eq!((code.as_str(), message.as_str()), DENIED, "{role}");
    }
    assert_eq!(assume(&app, &trusted.replace("Deploy", "deploy"), &good, json!({})).await.code(), "AccessDenied");
    assert_eq!(assume(&app, &trusted.replace("arn:aws:", "arn:aws-cn:"), &good, json!({})).await.code(), "AccessDenied");
    // Another account knows this provider only once it registers it itself.
    let theirs = trusted.replace(ACCOUNT, "111111111111");
    assert_eq!(assume(&app, &theirs, &good, json!({})).await.code(), "InvalidIdentityToken");
    app.advance(Duration::from_secs(300));
    assert_eq!(assume(&app, &trusted, &good, json!({})).await.code(), "ExpiredTokenException");
    let fresh = provider.id_token(json!({}));
    app.admin()
        .call("RemoveClientIDFromOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn, "ClientID": PROVIDER_CLIENT}))
        .await
        .ok();
    assert_eq!(assume(&app, &trusted, &fresh, json!({})).await.code(), "InvalidIdentityToken");
    app.admin()
        .call("AddClientIDToOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn, "ClientID": PROVIDER_CLIENT}))
        .await
        .ok();
    assume(&app, &trusted, &fresh, json!({})).await.ok();
    provider.forges();
    assert_eq!(assume(&app, &trusted, &provider.id_token(json!({})), json!({})).await.code(), "InvalidIdentityToken");
    app.admin().call("DeleteOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn})).await.ok();
    assert_eq!(assume(&app, &trusted, &fresh, json!({})).await.code(), "InvalidIdentityToken");
}

#[actix_web::test]
async fn no_provider_is_looked_for_where_nothing_may_be() {
    let app = TestApp::new().await;
    let provider = TestProvider::start(&app).await;
    let issuer = format!("https://{}", name(&provider.issuer));
    assert_eq!(app.admin().call("CreateOpenIDConnectProvider", json!({"Url": provider.issuer})).await.code(), "InvalidInput");
    let arn = register(&app, &issuer, json!([PROVIDER_CLIENT])).await;
    let trusted = role(&app, "Deploy", &arn, json!(ACTION), json!({})).await;
    let token = provider.id_token(json!({"iss": issuer}));
    assert_eq!(assume(&app, &trusted, &token, json!({})).await.code(), "IDPCommunicationError");
    assert!(provider.asked().is_empty(), "{:?}", provider.asked());
}

#[actix_web::test]
async fn a_pool_of_ours_is_a_provider_by_its_id_tokens_alone() {
    let app = TestApp::new().await;
    let (users, others) = (app.pool().await, app.pool().await);
    let issuer = format!("http://passwright.test/{}", users.id);
    let arn = register(&app, &issuer, json!([users.client_id])).await;
    let user = users.user("alice").await;
    let (tokens, theirs) = (user.signed_in().await, others.user("alice").await.signed_in().await);
    let sub = user.described().await["UserAttributes"][0]["Value"].clone();
    let trusted = role(&app, "Users", &arn, json!(ACTION), json!({"StringEquals": {format!("{}:sub", name(&issuer)): sub}})).await;
    let by = async |token: &Value| assume(&app, &trusted, token.as_str().unwrap(), json!({})).await.code();
    assert_eq!(by(&tokens["IdToken"]).await, "");
    assert_eq!(by(&tokens["AccessToken"]).await, "InvalidIdentityToken");
    assert_eq!(by(&theirs["IdToken"]).await, "InvalidIdentityToken");
    assert_eq!(by(&users.user("bob").await.signed_in().await["IdToken"]).await, "AccessDenied");
    let other =
        users.admin("CreateUserPoolClient", json!({"ClientName": "other", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]})).await.ok();
    let parameters = json!({"USERNAME": "alice", "PASSWORD": crate::testing::PASSWORD});
    let sign_in = json!({"ClientId": other["UserPoolClient"]["ClientId"], "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    let for_another = app.anonymous().call("InitiateAuth", sign_in).await.ok()["AuthenticationResult"]["IdToken"].clone();
    assert_eq!(by(&for_another).await, "InvalidIdentityToken");
    app.advance(Duration::from_secs(3600));
    assert_eq!(by(&tokens["IdToken"]).await, "ExpiredTokenException");
}

#[actix_web::test]
async fn whoever_is_vouched_for_is_nobody_of_the_account_yet() {
    let app = TestApp::new().await;
    let users = app.pool().await;
    let arn = register(&app, &format!("http://passwright.test/{}", users.id), json!([users.client_id])).await;
    let token = users.user("alice").await.signed_in().await["IdToken"].clone();
    let allow = |condition: Value| json!({"Effect": "Allow", "Principal": {"Federated": arn}, "Action": ACTION, "Condition": condition});
    let deny = |condition: Value| json!({"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Condition": condition});
    let strangers = json!({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}});
    let no_roles = json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}});
    let sessions = json!({"StringEquals": {"aws:PrincipalType": "AssumedRole"}});
    for (named, trust, code) in [
        ("Open", json!([allow(json!({}))]), ""),
        ("Own", json!([allow(json!({})), deny(strangers)]), "AccessDenied"),
        ("Roles", json!([allow(json!({})), deny(no_roles)]), "AccessDenied"),
        ("Sessions", json!([allow(sessions)]), "AccessDenied"),
    ] {
        let role = app.role(named, trust).await;
        assert_eq!(assume(&app, &role, token.as_str().unwrap(), json!({})).await.code(), code, "{named}");
    }
}

#[actix_web::test]
async fn an_identity_pools_token_is_taken_by_roles_that_name_the_pool_for_as_long_as_it_holds() {
    let app = TestApp::new().await;
    let make = async |classic: bool| {
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "AllowClassicFlow": classic,
                          "DeveloperProviderName": "login.notes"});
        app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].as_str().unwrap().to_owned()
    };
    let (pool, other) = (make(true).await, make(true).await);
    let trust = async |named: &str, pool: &str, amr: &str| {
        let condition = json!({"StringEquals": {"cognito-identity.amazonaws.com:aud": pool},
                               "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": amr}});
        role(&app, named, "cognito-identity.amazonaws.com", json!(ACTION), condition).await
    };
    let members = trust("Members", &pool, "authenticated").await;
    let guests = trust("Guests", &pool, "unauthenticated").await;
    let theirs = trust("Theirs", &other, "authenticated").await;
    let developer = async |user: &str| {
        let request = json!({"IdentityPoolId": pool, "Logins": {"login.notes": user}});
        app.admin().call("GetOpenIdTokenForDeveloperIdentity", request).await.ok()
    };
    let ann = developer("ann").await;
    let guest = app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.ok()["IdentityId"].clone();
    let guests_token = app.anonymous().call("GetOpenIdToken", json!({"IdentityId": guest})).await.ok()["Token"].clone();
    let by = async |role: &str, token: &Value| assume(&app, role, token.as_str().unwrap(), json!({})).await;
    let answer = by(&members, &ann["Token"]).await.ok();
    assert_eq!((&answer["Provider"], &answer["Audience"]), (&json!("cognito-identity.amazonaws.com"), &json!(pool)));
    assert_eq!(answer["SubjectFromWebIdentityToken"], ann["IdentityId"]);
    by(&guests, &guests_token).await.ok();
    for (role, token) in [(&members, &guests_token), (&guests, &ann["Token"]), (&theirs, &ann["Token"])] {
        assert_eq!(by(role, token).await.code(), "AccessDenied", "{role}");
    }
    // Guests reach nothing of this deployment's own, whatever they say of their session.
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    allow(&app, "Guests", all.clone()).await;
    let wide = json!({"Version": "2012-10-17", "Statement": all}).to_string();
    for more in [json!({}), json!({"Policy": wide}), json!({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}]})] {
        let session = assume(&app, &guests, guests_token.as_str().unwrap(), more.clone()).await.ok();
        assert_eq!(holder(&app, &session).call("iam:ListUsers", json!({})).await.code(), "AccessDenied", "{more}");
    }
    // A token rests on the pool, the identity and the link.
    let bob = developer("bob").await;
    let unlink = json!({"IdentityPoolId": pool, "IdentityId": bob["IdentityId"], "DeveloperProviderName": "login.notes", "DeveloperUserIdentifier": "bob"});
    app.admin().call("UnlinkDeveloperIdentity", unlink).await.ok();
    assert_eq!(by(&members, &bob["Token"]).await.code(), "IDPRejectedClaim");
    let carl = developer("carl").await;
    app.admin().call("DeleteIdentities", json!({"IdentityIdsToDelete": [carl["IdentityId"]]})).await.ok();
    assert_eq!(by(&members, &carl["Token"]).await.code(), "IDPRejectedClaim");
    let enhanced =
        json!({"IdentityPoolId": pool, "IdentityPoolName": "p", "AllowUnauthenticatedIdentities": false, "AllowClassicFlow": true});
    app.admin().call("UpdateIdentityPool", enhanced.clone()).await.ok();
    assert_eq!(by(&guests, &guests_token).await.code(), "IDPRejectedClaim");
    by(&members, &ann["Token"]).await.ok();
    let mut enhanced = enhanced;
    enhanced["AllowClassicFlow"] = false.into();
    app.admin().call("UpdateIdentityPool", enhanced).await.ok();
    assert_eq!(by(&members, &ann["Token"]).await.code(), "IDPRejectedClaim");
    app.advance(Duration::from_secs(900));
    assert_eq!(by(&members, &ann["Token"]).await.code(), "ExpiredTokenException");
}
