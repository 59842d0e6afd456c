//! Preferred usernames as names: who signs in by them, whose they are, and when they are nobody's again.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::crypto::srp::tests::Client;
use crate::testing::{Answer, PASSWORD, TestApp, TestFunctions, TestPool, TestUser};

const OTHER: &str = "0ther-Pa55word!";

async fn pool(app: &TestApp) -> TestPool<'_> {
    app.pool_with(json!({"AliasAttributes": ["preferred_username"]}), json!({})).await
}

fn preferred(name: &str) -> Value {
    json!([{"Name": "preferred_username", "Value": name}])
}

async fn set(pool: &TestPool<'_>, user: &str, name: &str) -> Answer {
    pool.admin("AdminUpdateUserAttributes", json!({"Username": user, "UserAttributes": preferred(name)})).await
}

async fn set_own(user: &TestUser<'_>, name: &str) -> Answer {
    let token = user.signed_in().await["AccessToken"].clone();
    user.pool().app.anonymous().call("UpdateUserAttributes", json!({"AccessToken": token, "UserAttributes": preferred(name)})).await
}

async fn create(pool: &TestPool<'_>, username: &str, name: &str) -> Answer {
    let new = json!({"Username": username, "UserAttributes": preferred(name), "MessageAction": "SUPPRESS", "ForceAliasCreation": true});
    pool.admin("AdminCreateUser", new).await
}

/// The username of whoever has a name.
async fn owner(pool: &TestPool<'_>, name: &str) -> Value {
    pool.admin("AdminGetUser", json!({"Username": name})).await.body["Username"].clone()
}

async fn by_srp(pool: &TestPool<'_>, username: &str) -> Answer {
    let client = Client { secret: [0x42; 32], pool: pool.id.name(), stamp: "Fri Jan 15 08:00:00 UTC 2027" };
    let parameters = json!({"USERNAME": username, "SRP_A": client.public_hex()});
    let begun = pool.client("InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})).await.ok();
    let text = |name: &str| begun["ChallengeParameters"][name].as_str().unwrap();
    let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
    let signature = client.prove(text("USER_ID_FOR_SRP"), PASSWORD, text("SALT"), text("SRP_B"), &block);
    let responses = json!({"USERNAME": username, "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
                           "PASSWORD_CLAIM_SIGNATURE": signature, "TIMESTAMP": client.stamp});
    pool.respond("PASSWORD_VERIFIER", &Value::Null, responses).await
}

#[actix_web::test]
async fn its_owner_signs_in_by_it_and_recovers_the_account() {
    let app = TestApp::new().await;
    let settings = json!({"AliasAttributes": ["preferred_username"], "UsernameConfiguration": {"CaseSensitive": false}});
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"];
    let pool = app.pool_with(settings, json!({"ExplicitAuthFlows": flows})).await;
    let alice = pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
    assert_eq!(pool.sign_in("Neo", PASSWORD).await.code(), "NotAuthorizedException");
    set_own(&alice, "Neo").await.ok();
    for name in ["alice", "Neo", "NEO", "\u{ff2e}eo"] {
        assert_eq!(owner(&pool, name).await, "alice", "{name}");
        pool.sign_in(name, PASSWORD).await.ok();
    }
    let parameters = json!({"USERNAME": "neo", "PASSWORD": PASSWORD, "PREFERRED_CHALLENGE": "PASSWORD"});
    let by_choice = json!({"AuthFlow": "USER_AUTH", "AuthParameters": parameters});
    assert!(pool.client("InitiateAuth", by_choice).await.ok()["AuthenticationResult"].is_object());
    let admin = json!({"ClientId": pool.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters});
    pool.admin("AdminInitiateAuth", admin).await.ok();
    assert!(by_srp(&pool, "Neo").await.ok()["AuthenticationResult"].is_object());
    pool.client("ForgotPassword", json!({"Username": "neo"})).await.ok();
    let code = app.code_sent_to("a@x.example").await;
    let reset = json!({"Username": "NEO", "ConfirmationCode": code, "Password": OTHER});
    pool.client("ConfirmForgotPassword", reset).await.ok();
    let token = pool.sign_in("neo", OTHER).await.ok()["AuthenticationResult"]["AccessToken"].clone();
    assert_eq!(app.anonymous().call("GetUser", json!({"AccessToken": token})).await.ok()["Username"], "alice");
}

#[actix_web::test]
async fn where_capitals_count_they_count_in_it_and_where_it_is_no_alias_it_is_no_name() {
    let app = TestApp::new().await;
    let pool = pool(&app).await;
    pool.user("alice").await;
    set(&pool, "alice", "Neo").await.ok();
    assert_eq!((owner(&pool, "Neo").await, owner(&pool, "neo").await), (json!("alice"), Value::Null));
    let plain = app.pool().await;
    for name in ["alice", "bob"] {
        plain.user(name).await;
        set(&plain, name, "neo").await.ok();
    }
    set(&plain, "alice", "bob").await.ok();
    assert_eq!((owner(&plain, "neo").await, owner(&plain, "bob").await), (Value::Null, json!("bob")));
}

#[actix_web::test]
async fn nobody_has_anothers_name() {
    let app = TestApp::new().await;
    let pool = pool(&app).await;
    let (alice, bob) = (pool.user("alice").await, pool.user("bob").await);
    let sub = bob.described().await["UserAttributes"][0]["Value"].as_str().unwrap().to_owned();
    set_own(&alice, "neo").await.ok();
    let exists = ("AliasExistsException".to_owned(), "An account with the preferred_username already exists.".to_owned());
    for name in ["neo", "\u{ff4e}eo", "alice"] {
        assert_eq!(set(&pool, "bob", name).await.error(), exists, "{name}");
        assert_eq!(set_own(&bob, name).await.error(), exists, "{name}");
        // AWS moves addresses by force, and nothing else.
        assert_eq!(create(&pool, "carol", name).await.error(), exists, "{name}");
    }
    assert_eq!(set(&pool, "bob", &sub).await.code(), "InvalidParameterException", "his own, and not anybody's");
    assert_eq!(set(&pool, "alice", &sub.to_uppercase()).await.code(), "InvalidParameterException");
    assert_eq!(set(&pool, "alice", "n\u{200b}eo").await.code(), "InvalidParameterException");
    assert_eq!(set(&pool, "alice", &"n".repeat(255)).await.code(), "InvalidParameterException");
    assert_eq!(pool.admin("AdminCreateUser", json!({"Username": "neo"})).await.code(), "UsernameExistsException");
    assert_eq!(pool.client("SignUp", json!({"Username": "neo", "Password": PASSWORD})).await.code(), "UsernameExistsException");
    assert_eq!((owner(&pool, "neo").await, owner(&pool, "carol").await), (json!("alice"), Value::Null));
    assert_eq!(bob.described().await["UserAttributes"].as_array().unwrap().len(), 1, "what is refused changes nothing");
}

#[actix_web::test]
async fn of_many_who_choose_one_at_once_one_has_it() {
    let app = TestApp::new().await;
    let pool = pool(&app).await;
    let names: Vec<String> = (0..6).map(|number| format!("user{number}")).collect();
    for name in &names {
        pool.user(name).await;
    }
    let answers = futures_util::future::join_all(names.iter().map(|name| set(&pool, name, "neo"))).await;
    let codes: Vec<String> = answers.iter().map(Answer::code).collect();
    assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "AliasExistsException").count(), 5, "{codes:?}");
}

#[actix_web::test]
async fn a_name_that_is_given_up_is_free() {
    let app = TestApp::new().await;
    let pool = pool(&app).await;
    let alice = pool.user("alice").await;
    pool.user("bob").await;
    set(&pool, "alice", "neo").await.ok();
    set(&pool, "alice", "trinity").await.ok();
    assert_eq!((owner(&pool, "neo").await, owner(&pool, "trinity").await), (Value::Null, json!("alice")));
    set(&pool, "bob", "neo").await.ok();
    let token = alice.signed_in().await["AccessToken"].clone();
    let names = json!(["preferred_username"]);
    app.anonymous().call("DeleteUserAttributes", json!({"AccessToken": token, "UserAttributeNames": names})).await.ok();
    pool.admin("AdminDeleteUserAttributes", json!({"Username": "bob", "UserAttributeNames": names})).await.ok();
    assert_eq!((owner(&pool, "neo").await, owner(&pool, "trinity").await), (Value::Null, Value::Null));
    // Their own username is theirs whatever they prefer, and stays.
    set(&pool, "alice", "alice").await.ok();
    set(&pool, "alice", "neo").await.ok();
    set(&pool, "alice", "").await.ok();
    assert_eq!((owner(&pool, "alice").await, owner(&pool, "neo").await), (json!("alice"), Value::Null));
    set(&pool, "alice", "neo").await.ok();
    pool.admin("AdminDeleteUser", json!({"Username": "neo"})).await.ok();
    pool.user("neo").await;
}

#[actix_web::test]
async fn nobody_has_one_before_they_are_confirmed() {
    let app = TestApp::new().await;
    let settings = json!({"AliasAttributes": ["preferred_username"], "AutoVerifiedAttributes": ["email"]});
    let pool = app.pool_with(settings, json!({})).await;
    let words =
        "Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.";
    let refused = ("InvalidParameterException".to_owned(), words.to_owned());
    let sign_up = |attributes: Value| json!({"Username": "alice", "Password": PASSWORD, "UserAttributes": attributes});
    assert_eq!(pool.client("SignUp", sign_up(preferred("neo"))).await.error(), refused);
    let attributes = json!([{"Name": "email", "Value": "a@x.example"}, {"Name": "preferred_username", "Value": ""}]);
    pool.client("SignUp", sign_up(attributes)).await.ok();
    assert_eq!(set(&pool, "alice", "neo").await.error(), refused);
    let code = app.code_sent_to("a@x.example").await;
    pool.client("ConfirmSignUp", json!({"Username": "alice", "ConfirmationCode": code})).await.ok();
    set(&pool, "alice", "neo").await.ok();
    pool.sign_in("neo", PASSWORD).await.ok();
    let required = json!([{"Name": "preferred_username", "AttributeDataType": "String", "Required": true, "Mutable": true}]);
    let both = json!({"PoolName": "p", "AliasAttributes": ["preferred_username"], "Schema": required});
    assert_eq!(app.admin().call("CreateUserPool", both).await.code(), "InvalidParameterException", "nobody could sign up");
}

#[actix_web::test]
async fn a_sign_up_that_is_confirmed_at_once_brings_none_either() {
    let mut app = TestApp::new().await;
    let functions = TestFunctions::start(&mut app).await;
    let settings = json!({"AliasAttributes": ["preferred_username"], "LambdaConfig": {"PreSignUp": TestFunctions::arn("PreSignUp")}});
    let pool = app.pool_with(settings, json!({})).await;
    functions.answer("PreSignUp", json!({"autoConfirmUser": true}));
    let sign_up = json!({"Username": "alice", "Password": PASSWORD, "UserAttributes": preferred("neo")});
    assert_eq!(pool.client("SignUp", sign_up).await.code(), "InvalidParameterException");
    assert!(functions.calls("PreSignUp").is_empty());
}

#[actix_web::test]
async fn what_could_be_anothers_address_is_none() {
    let app = TestApp::new().await;
    let aliases = json!(["email", "phone_number", "preferred_username"]);
    let pool = app.pool_with(json!({"AliasAttributes": aliases}), json!({})).await;
    pool.user("mallory").await;
    let words = "Preferred username cannot be of email format, since user pool is configured for email alias.";
    let refused = ("InvalidParameterException".to_owned(), words.to_owned());
    for name in ["victim@x.example", "victim\u{ff20}x.example"] {
        assert_eq!(set(&pool, "mallory", name).await.error(), refused, "{name}");
        assert_eq!(create(&pool, "eve", name).await.error(), refused, "{name}");
    }
    assert_eq!(set(&pool, "mallory", "+15555550100").await.code(), "InvalidParameterException");
    assert_eq!(owner(&pool, "eve").await, Value::Null);
}

#[actix_web::test]
async fn it_is_given_with_a_new_password_too() {
    let app = TestApp::new().await;
    let pool = pool(&app).await;
    pool.user("bob").await;
    let made = json!({"Username": "alice", "TemporaryPassword": OTHER, "MessageAction": "SUPPRESS"});
    pool.admin("AdminCreateUser", made).await.ok();
    let give = async |name: &str| {
        let asked = pool.sign_in("alice", OTHER).await.ok();
        let chosen = json!({"USERNAME": "alice", "NEW_PASSWORD": PASSWORD, "userAttributes.preferred_username": name});
        pool.respond("NEW_PASSWORD_REQUIRED", &asked["Session"], chosen).await
    };
    assert_eq!(give("bob").await.code(), "AliasExistsException");
    give("neo").await.ok();
    pool.sign_in("neo", PASSWORD).await.ok();
}

#[actix_web::test]
async fn who_is_migrated_brings_theirs() {
    let mut app = TestApp::new().await;
    let functions = TestFunctions::start(&mut app).await;
    let settings =
        json!({"AliasAttributes": ["preferred_username"], "LambdaConfig": {"UserMigration": TestFunctions::arn("UserMigration")}});
    let pool = app.pool_with(settings, json!({})).await;
    let known = |username: &str| {
        json!({"userAttributes": {"username": username, "preferred_username": "neo"}, "finalUserStatus": "CONFIRMED",
               "messageAction": "SUPPRESS", "forceAliasCreation": true})
    };
    functions.answer("UserMigration", known("alice"));
    pool.sign_in("neo", PASSWORD).await.ok();
    assert_eq!(owner(&pool, "neo").await, "alice");
    functions.answer("UserMigration", known("bob"));
    assert_eq!(pool.sign_in("bob", PASSWORD).await.code(), "NotAuthorizedException");
    assert_eq!((owner(&pool, "neo").await, owner(&pool, "bob").await), (json!("alice"), Value::Null));
}

#[actix_web::test]
async fn a_recovery_puts_names_back_with_their_owners() {
    let app = TestApp::new().await;
    let pool = pool(&app).await;
    for (name, chosen) in [("alice", "neo"), ("bob", "trinity"), ("carol", "")] {
        pool.user(name).await;
        set(&pool, name, chosen).await.ok();
    }
    let point = app.app.now();
    app.advance(Duration::from_secs(20 * 60));
    set(&pool, "alice", "morpheus").await.ok();
    set(&pool, "carol", "neo").await.ok();
    pool.admin("AdminDeleteUser", json!({"Username": "bob"})).await.ok();
    pool.user("trinity").await;
    pool.recovered_to(point).await;
    for (name, expected) in [("neo", json!("alice")), ("trinity", json!("bob")), ("morpheus", Value::Null), ("carol", json!("carol"))] {
        assert_eq!(owner(&pool, name).await, expected, "{name}");
    }
    pool.sign_in("neo", PASSWORD).await.ok();
    assert_eq!(set(&pool, "carol", "neo").await.code(), "AliasExistsException");
    set(&pool, "carol", "morpheus").await.ok();
}

#[actix_web::test]
async fn a_provider_is_linked_to_its_owner() {
    let app = TestApp::new().await;
    let pool = pool(&app).await;
    pool.user("alice").await;
    set(&pool, "alice", "neo").await.ok();
    let details = json!({"client_id": "c", "client_secret": "s", "authorize_scopes": "openid", "attributes_request_method": "GET",
                         "oidc_issuer": "https://idp.example"});
    let provider = json!({"ProviderName": "Idp", "ProviderType": "OIDC", "ProviderDetails": details});
    pool.admin("CreateIdentityProvider", provider).await.ok();
    let link = json!({"DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": "neo"},
                      "SourceUser": {"ProviderName": "Idp", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "1"}});
    pool.admin("AdminLinkProviderForUser", link).await.ok();
    let identities = pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok()["UserAttributes"].to_string();
    assert!(identities.contains("identities"), "{identities}");
    assert_eq!(owner(&pool, "neo").await, "alice");
}
