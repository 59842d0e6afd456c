//! Requests through the routes: the ways in that only whole requests show.

use actix_web::http::Method;
use serde_json::json;

use crate::operation::Access;
use crate::testing::{TestApp, TestPool};
use crate::wire::dispatch::operations_of;
use crate::wire::model::Service;

const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

#[actix_web::test]
async fn query_operations_are_called_by_get_too() {
    let app = TestApp::new().await;
    let root = "arn:aws:iam::000000000000:root";
    let get = async |uri: String| app.anonymous().send("sts", Method::GET, &uri, Vec::new(), Vec::new()).await;
    let signed = app.admin().send("sts", Method::GET, &format!("/?{IDENTITY}"), Vec::new(), Vec::new()).await;
    assert_eq!(signed.ok()["Arn"], root);
    let presigned = app.admin().presigned("sts", IDENTITY, 60);
    assert_eq!(get(format!("/?{presigned}")).await.ok()["Arn"], root);
    assert_eq!(get(format!("/?{IDENTITY}")).await.code(), "MissingAuthenticationToken");
    assert_eq!(get(format!("/?{}", presigned.replace("GetCallerIdentity", "NoOperation"))).await.status, 400);
    assert_eq!(get(format!("/?{presigned}&More=1")).await.code(), "SignatureDoesNotMatch");
    let created = app.admin().presigned("iam", "Action=CreateUser&Version=2010-05-08&UserName=ann", 60);
    assert_eq!(get(format!("/?{created}")).await.ok()["User"]["UserName"], "ann");
    app.advance(std::time::Duration::from_secs(61));
    assert_eq!(get(format!("/?{presigned}")).await.code(), "SignatureDoesNotMatch");
    assert!(get("/".to_owned()).await.text.starts_with("Passwright"));
}

/// A3: whatever wants a signature.
#[actix_web::test]
async fn nothing_that_wants_a_signature_is_done_without_one() {
    let app = TestApp::new().await;
    let mut asked = 0;
    for service in Service::all() {
        for row in operations_of(service).iter().filter(|row| matches!(row.access, Access::Signed | Access::Unjudged(_))) {
            let refused = app.anonymous().call(&format!("{}:{}", service.name(), row.name), json!({})).await;
            // REST-JSON has the code in a header.
            let told = refused.code().starts_with("MissingAuthenticationToken") || refused.message() == "Missing Authentication Token";
            assert!(told && refused.status >= 400, "{}:{}: {}", service.name(), row.name, refused.text);
            asked += 1;
        }
    }
    assert!(asked > 200, "{asked}");
}

/// `{"iss": …, NUL}` in a token that nobody signed.
fn token_of(issuer: &str) -> String {
    use base64::Engine as _;
    let part = |value: serde_json::Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(json!({"alg": "RS256", "kid": "k"})), part(json!({"iss": issuer})), part(json!("s")))
}

/// PostgreSQL cannot be asked for a NUL: each of these was a 500 there.
#[actix_web::test]
async fn nul_is_refused_wherever_texts_come_in() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let token = token_of("http://passwright.test/us-east-1_a\0b");
    let identity_pool =
        app.admin().call("CreateIdentityPool", json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true})).await.ok();
    let logins = json!({"IdentityPoolId": identity_pool["IdentityPoolId"], "Logins": {"passwright.test/us-east-1_a\0b": token, "passwright.test/us-east-1_a": token}});
    for (operation, input, code) in [
        ("LookupDeveloperIdentity", json!({"IdentityPoolId": "us-east-1:a\0b"}), "SerializationException"),
        ("ListUserPoolClients", json!({"UserPoolId": "us-east-1_a\0b"}), "SerializationException"),
        ("AdminGetUser", json!({"UserPoolId": pool.id, "Username": "a\0b"}), "SerializationException"),
        ("AdminGetUser", json!({"UserPoolId": pool.id, "Username": "a", "no\0member": "b"}), "SerializationException"),
        ("iam:GetUser", json!({"UserName": "a\0b"}), "MalformedInput"),
        ("GetUser", json!({"AccessToken": token}), "NotAuthorizedException"),
        ("GetId", logins, "SerializationException"),
    ] {
        assert_eq!(app.admin().call(operation, input).await.code(), code, "{operation}");
    }
    for (uri, status) in [
        ("/%00/.well-known/jwks.json", 404),
        ("/us-east-1_a%00b/.well-known/jwks.json", 404),
        ("/?Action=GetUser&Version=2010-05-08&UserName=%00", 400),
        ("/?Action=GetUser&Version=2010-05-08&X-Amz-Credential=%00", 400),
    ] {
        assert_eq!(app.anonymous().send("iam", Method::GET, uri, Vec::new(), Vec::new()).await.status, status, "{uri}");
    }
    let question = json!({"subject": {"type": "principal", "id": "arn:aws:iam::000000000000:user/a\0b"}, "action": {"name": "a:B"},
                          "resource": {"type": "arn", "id": "arn:aws:a:::b"}});
    for path in ["/access/v1/evaluation", "/access/v1/evaluations", "/v1/simulate"] {
        let answer = app.admin().send("passwright", Method::POST, path, Vec::new(), question.to_string().into_bytes()).await;
        assert_eq!((answer.status, answer.message().as_str()), (400, "a text in the body has a NUL"), "{path}");
    }
    let dev = TestApp::dev().await;
    assert_eq!(dev.anonymous().send("", Method::GET, "/_dev/outbox?pool=%00", Vec::new(), Vec::new()).await.status, 400);
}

#[actix_web::test]
async fn a_login_under_both_names_of_its_pool_is_one_login() {
    let app = TestApp::new().await;
    let (one, other) = (app.pool().await, app.pool().await);
    // Sorted by their keys, the other pool's login stands between the two names of the first.
    let (first, second) = if one.id < other.id { (&one, &other) } else { (&other, &one) };
    let provider = |pool: &TestPool<'_>| format!("cognito-idp.us-east-1.amazonaws.com/{}", pool.id);
    let listed = |pool: &TestPool<'_>| json!({"ProviderName": provider(pool), "ClientId": pool.client_id});
    let new = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": false, "CognitoIdentityProviders": [listed(first), listed(second)]});
    let identity_pool = app.admin().call("CreateIdentityPool", new).await.ok();
    let token = async |pool: &TestPool<'_>| pool.user("alice").await.signed_in().await["IdToken"].clone();
    let (token, another) = (token(first).await, token(second).await);
    let logins = json!({provider(first): token, provider(second): another, format!("passwright.test/{}", first.id): token});
    let get_id = json!({"IdentityPoolId": identity_pool["IdentityPoolId"], "Logins": logins});
    let identity = app.anonymous().call("GetId", get_id.clone()).await.ok();
    assert_eq!(app.anonymous().call("GetId", get_id).await.ok(), identity);
}

#[actix_web::test]
async fn errors_show_a_glimpse_of_what_was_sent() {
    let app = TestApp::new().await;
    let long = "x".repeat(200_000);
    for (uri, body) in [
        ("/", format!("Action={long}&Version=2011-06-15")),
        ("/", format!("Action=AssumeRole&Version=2011-06-15&RoleArn={long}&RoleSessionName={long}")),
    ] {
        let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        let answer = app.admin().send("sts", Method::POST, uri, headers, body.into_bytes()).await;
        assert!(answer.status == 400 && answer.text.len() < 5_000, "{}", answer.text.len());
    }
}
