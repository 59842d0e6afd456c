//! Exchanges of tokens: what they give, and to whom they give nothing.

mod provided;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::testing::{Answer, PASSWORD, TestApp, TestPool};
use crate::tokens::claims::USER_ADMIN_SCOPE;
use crate::userpools::resource_server::USER_ADMIN;

const ADMIN: &str = "aws.cognito.signin.user.admin";

#[test]
fn the_scope_of_the_users_own_is_one_wherever_it_is_named() {
    assert_eq!((USER_ADMIN_SCOPE, USER_ADMIN), (ADMIN, ADMIN));
}

/// A pool with an API, users alice and bob, and a client of a service that exchanges tokens.
struct World<'a> {
    pool: TestPool<'a>,
    alice: Value,
    service: Value,
    secret: Value,
}

impl<'a> World<'a> {
    async fn new(app: &'a TestApp) -> Self {
        Self::with(app, json!({})).await
    }

    async fn with(app: &'a TestApp, more: Value) -> Self {
        let pool = app.pool().await;
        let scope = |name: &str| json!({"ScopeName": name, "ScopeDescription": "d"});
        pool.admin("CreateResourceServer", json!({"Identifier": "api", "Name": "n", "Scopes": [scope("read"), scope("write")]})).await.ok();
        let mut client = json!({
            "ClientName": "service", "GenerateSecret": true, "AllowedOAuthScopes": [ADMIN, "api/read"],
            "ExplicitAuthFlows": ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"],
        });
        client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let created = pool.admin("CreateUserPoolClient", client).await.ok()["UserPoolClient"].clone();
        let alice = pool.user_with("alice", json!({"email": "alice@example.com"})).await.signed_in().await;
        Self { alice, service: created["ClientId"].clone(), secret: created["ClientSecret"].clone(), pool }
    }

    fn input(&self, more: Value) -> Value {
        let mut input = json!({
            "ClientId": self.service, "ClientSecret": self.secret, "SubjectToken": self.alice["AccessToken"], "SubjectTokenType": "ACCESS_TOKEN",
        });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    }

    async fn exchange(&self, more: Value) -> Answer {
        self.pool.app.anonymous().call("GetDerivedToken", self.input(more)).await
    }

    /// The access token of a machine of the pool.
    async fn machine(&self) -> (Value, Value) {
        let client = json!({
            "ClientName": "m", "GenerateSecret": true, "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"], "AllowedOAuthScopes": ["api/read"],
            "AccessTokenValidity": 10, "TokenValidityUnits": {"AccessToken": "minutes"},
        });
        let client = self.pool.admin("CreateUserPoolClient", client).await.ok()["UserPoolClient"].clone();
        let input = json!({"ClientId": client["ClientId"], "Secret": client["ClientSecret"]});
        let token = self.pool.app.anonymous().call("GetClientToken", input).await.ok();
        (token["ClientAuthenticationResult"]["AccessToken"].clone(), client["ClientId"].clone())
    }
}

fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn refused(message: &str) -> (String, String) {
    ("NotAuthorizedException".to_owned(), message.to_owned())
}

#[actix_web::test]
async fn a_users_token_becomes_a_narrower_one_for_one_service() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let answer = world.exchange(json!({"Audiences": ["billing"]})).await.ok();
    assert_eq!(
        (&answer["IssuedTokenType"], &answer["TokenType"], &answer["ExpiresIn"]),
        (&json!("ACCESS_TOKEN"), &json!("Bearer"), &json!(3600))
    );
    assert_eq!(answer["Scopes"], json!([ADMIN]), "what alice's token has, and the client is set to");
    let (from, told) = (claims(&world.alice["AccessToken"]), claims(&answer["IssuedToken"]));
    for same in ["sub", "iss", "username", "origin_jti", "auth_time", "token_use"] {
        assert_eq!(told[same], from[same], "{same}");
    }
    assert_eq!((&told["client_id"], &told["aud"], &told["scope"]), (&world.service, &json!("billing"), &json!(ADMIN)));
    assert_ne!(told["jti"], from["jti"]);
    assert_eq!(told.get("act"), None, "as if alice acted herself");
    // What is for another service opens nothing here.
    let get = app.anonymous().call("GetUser", json!({"AccessToken": answer["IssuedToken"]})).await;
    assert_eq!(get.error(), refused("Access Token does not have required scopes"));
    let unbound = world.exchange(json!({})).await.ok();
    assert_eq!(app.anonymous().call("GetUser", json!({"AccessToken": unbound["IssuedToken"]})).await.ok()["Username"], "alice");
    let resource = world.exchange(json!({"Resources": ["api"]})).await.ok();
    assert_eq!(claims(&resource["IssuedToken"])["aud"], "api");
    let id = world.exchange(json!({"RequestedTokenType": "ID_TOKEN", "Audiences": ["billing"]})).await.ok();
    assert_eq!((&id["IssuedTokenType"], &id["TokenType"]), (&json!("ID_TOKEN"), &json!("N_A")));
    let told = claims(&id["IssuedToken"]);
    assert_eq!((&told["aud"], &told["email"], &told["token_use"]), (&json!("billing"), &json!("alice@example.com"), &json!("id")));
}

#[actix_web::test]
async fn an_exchange_never_widens() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let asked = world.exchange(json!({"Scopes": [ADMIN, "api/read"]})).await.ok();
    assert_eq!(asked["Scopes"], json!([ADMIN]), "alice's token has no api/read");
    for scopes in [json!(["api/read"]), json!(["openid"]), json!(["none"])] {
        assert_eq!(world.exchange(json!({"Scopes": scopes})).await.code(), "InvalidParameterException", "{scopes}");
    }
    // An ID token has no scopes to hand on.
    let from_id = json!({"SubjectToken": world.alice["IdToken"], "SubjectTokenType": "ID_TOKEN"});
    let answer = world.exchange(from_id).await.ok();
    assert_eq!((answer.get("Scopes"), &claims(&answer["IssuedToken"])["scope"]), (None, &json!("")));
    // It lives no longer than what it comes from.
    app.advance(Duration::from_secs(3000));
    let late = world.exchange(json!({})).await.ok();
    assert_eq!(late["ExpiresIn"], 600);
    assert_eq!(claims(&late["IssuedToken"])["exp"], claims(&world.alice["AccessToken"])["exp"]);
    app.advance(Duration::from_secs(600));
    assert_eq!(world.exchange(json!({})).await.error(), refused("SubjectToken has expired"));
}

#[actix_web::test]
async fn what_is_bound_stays_bound_and_is_taken_from_a_service_only() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let bound = world.exchange(json!({"Audiences": ["billing"]})).await.ok()["IssuedToken"].clone();
    let again = world.exchange(json!({"SubjectToken": bound})).await.ok()["IssuedToken"].clone();
    assert_eq!(claims(&again)["aud"], "billing", "no exchange unbinds");
    let on = world.exchange(json!({"SubjectToken": bound, "Resources": ["api"]})).await.ok()["IssuedToken"].clone();
    assert_eq!(claims(&on)["aud"], "api", "a service goes on to the next one");
    // An ID token for another service is bound too.
    let id = world.exchange(json!({"RequestedTokenType": "ID_TOKEN", "Audiences": ["billing"]})).await.ok()["IssuedToken"].clone();
    let again = json!({"SubjectToken": id, "SubjectTokenType": "ID_TOKEN", "RequestedTokenType": "ID_TOKEN"});
    assert_eq!(claims(&world.exchange(again).await.ok()["IssuedToken"])["aud"], "billing");
    // A client that anybody can be.
    let flows = json!({"ExplicitAuthFlows": ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION"], "GenerateSecret": false});
    let public = World::with(&app, flows).await;
    let ask = async |more: Value| {
        let mut input = public.input(more);
        input.as_object_mut().unwrap().remove("ClientSecret");
        app.anonymous().call("GetDerivedToken", input).await
    };
    let answer = ask(json!({})).await.ok();
    assert_eq!((answer.get("Scopes"), &claims(&answer["IssuedToken"])["scope"]), (None, &json!("")), "another client's user");
    let id = ask(json!({"RequestedTokenType": "ID_TOKEN"})).await;
    assert_eq!(id.error(), refused("SubjectToken does not have required scopes"));
    let bound = ask(json!({"Audiences": ["billing"]})).await.ok()["IssuedToken"].clone();
    for more in [json!({"SubjectToken": bound}), json!({"SubjectToken": bound, "Audiences": ["shipping"]})] {
        assert_eq!(ask(more).await.error(), refused("SubjectToken is bound to another audience"));
    }
}

#[actix_web::test]
async fn a_token_that_tells_nobody_who_the_user_is_gives_no_id_token() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let from_id = json!({"SubjectToken": world.alice["IdToken"], "SubjectTokenType": "ID_TOKEN"});
    let mute = world.exchange(from_id).await.ok()["IssuedToken"].clone();
    let id = world.exchange(json!({"SubjectToken": mute, "RequestedTokenType": "ID_TOKEN"})).await;
    assert_eq!(id.error(), refused("SubjectToken does not have required scopes"));
}

#[actix_web::test]
async fn groups_are_those_of_the_subjects_token_that_go_on() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    for group in ["early", "late"] {
        world.pool.admin("CreateGroup", json!({"GroupName": group})).await.ok();
    }
    let change = async |operation: &str, group: &str| {
        world.pool.admin(operation, json!({"GroupName": group, "Username": "alice"})).await.ok();
    };
    change("AdminAddUserToGroup", "early").await;
    let tokens = world.pool.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"].clone();
    change("AdminAddUserToGroup", "late").await;
    for wanted in ["ACCESS_TOKEN", "ID_TOKEN"] {
        let asked = json!({"SubjectToken": tokens["AccessToken"], "RequestedTokenType": wanted});
        assert_eq!(claims(&world.exchange(asked).await.ok()["IssuedToken"])["cognito:groups"], json!(["early"]), "{wanted}");
    }
    change("AdminRemoveUserFromGroup", "early").await;
    let none = world.exchange(json!({"SubjectToken": tokens["AccessToken"]})).await.ok();
    assert_eq!(claims(&none["IssuedToken"]).get("cognito:groups"), None);
}

#[actix_web::test]
async fn who_acts_for_a_user_is_named_and_stays_named() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let bob = world.pool.user("bob").await.signed_in().await;
    let with_actor = |token: &Value| json!({"ActorToken": token, "ActorTokenType": "ACCESS_TOKEN"});
    let (machine, machine_id) = world.machine().await;
    let first = world.exchange(with_actor(&machine)).await.ok()["IssuedToken"].clone();
    assert_eq!(claims(&first)["act"], json!({"sub": machine_id, "client_id": machine_id}));
    assert_eq!(claims(&first)["sub"], claims(&world.alice["AccessToken"])["sub"], "it is alice's token");
    let mut again = with_actor(&bob["AccessToken"]);
    again["SubjectToken"] = first.clone();
    let second = world.exchange(again).await.ok()["IssuedToken"].clone();
    let bobs = claims(&bob["AccessToken"])["sub"].clone();
    let chain = json!({"sub": bobs, "client_id": world.pool.client_id, "act": {"sub": machine_id, "client_id": machine_id}});
    assert_eq!(claims(&second)["act"], chain);
    let kept = world.exchange(json!({"SubjectToken": second})).await.ok()["IssuedToken"].clone();
    assert_eq!(claims(&kept)["act"], chain, "an exchange without an actor hides nobody");
    let id = json!({"SubjectToken": second, "RequestedTokenType": "ID_TOKEN"});
    assert_eq!(claims(&world.exchange(id).await.ok()["IssuedToken"])["act"], chain);
    let mut token = second;
    for number in 3..=6 {
        let mut next = with_actor(&machine);
        next["SubjectToken"] = token.clone();
        let answer = world.exchange(next).await;
        assert_eq!(answer.status, if number <= 5 { 200 } else { 400 }, "{number} actors");
        token = if number <= 5 { answer.ok()["IssuedToken"].clone() } else { token };
    }
}

#[actix_web::test]
async fn tokens_that_are_nobodys_here_are_refused() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let other = World::new(&app).await;
    let (machine, _) = world.machine().await;
    let access = &world.alice["AccessToken"];
    let text = access.as_str().unwrap();
    let unsigned = format!("{}.{}.", text.split('.').next().unwrap(), text.split('.').nth(1).unwrap());
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k"}"#);
    for (token, kind) in [
        (world.alice["IdToken"].clone(), "ACCESS_TOKEN"),
        (access.clone(), "ID_TOKEN"),
        (world.alice["RefreshToken"].clone(), "ACCESS_TOKEN"),
        (other.alice["AccessToken"].clone(), "ACCESS_TOKEN"),
        (other.alice["IdToken"].clone(), "ID_TOKEN"),
        (machine, "ACCESS_TOKEN"),
        (json!(unsigned), "ACCESS_TOKEN"),
        (json!(format!("{none}.{}.", text.split('.').nth(1).unwrap())), "ACCESS_TOKEN"),
        (json!(format!("{text}A")), "ACCESS_TOKEN"),
        (json!("x"), "ACCESS_TOKEN"),
    ] {
        let subject = world.exchange(json!({"SubjectToken": token, "SubjectTokenType": kind})).await;
        assert_eq!(subject.error(), refused("Invalid SubjectToken"), "{kind} {token:.40}");
    }
    for token in [&other.alice["AccessToken"], &world.alice["IdToken"], &json!(unsigned)] {
        let actor = world.exchange(json!({"ActorToken": token, "ActorTokenType": "ACCESS_TOKEN"})).await;
        assert_eq!(actor.error(), refused("Invalid ActorToken"));
    }
}

#[actix_web::test]
async fn what_is_revoked_gives_nothing_and_takes_along_what_it_gave() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let bob = world.pool.user("bob").await.signed_in().await;
    let derived = world.exchange(json!({})).await.ok()["IssuedToken"].clone();
    let acting = json!({"ActorToken": bob["AccessToken"], "ActorTokenType": "ACCESS_TOKEN"});
    world.exchange(acting.clone()).await.ok();
    world.pool.admin("AdminUserGlobalSignOut", json!({"Username": "bob"})).await.ok();
    assert_eq!(world.exchange(acting).await.error(), refused("ActorToken has been revoked"));
    world.pool.admin("AdminUserGlobalSignOut", json!({"Username": "alice"})).await.ok();
    assert_eq!(world.exchange(json!({})).await.error(), refused("SubjectToken has been revoked"));
    let get = app.anonymous().call("GetUser", json!({"AccessToken": derived})).await;
    assert_eq!(get.error(), refused("Access Token has been revoked"));
    // A machine whose client is gone acts no more.
    let world = World::new(&app).await;
    let (machine, _) = world.machine().await;
    let acting = json!({"ActorToken": machine, "ActorTokenType": "ACCESS_TOKEN"});
    world.exchange(acting.clone()).await.ok();
    app.advance(Duration::from_secs(600));
    assert_eq!(world.exchange(acting).await.error(), refused("ActorToken has expired"));
    let (machine, id) = world.machine().await;
    let acting = json!({"ActorToken": machine, "ActorTokenType": "ACCESS_TOKEN"});
    world.exchange(acting.clone()).await.ok();
    world.pool.admin("DeleteUserPoolClient", json!({"ClientId": id})).await.ok();
    assert_eq!(world.exchange(acting).await.error(), refused("ActorToken has been revoked"));
    app.advance(Duration::from_secs(3600));
    assert_eq!(world.exchange(json!({})).await.error(), refused("SubjectToken has expired"));
}

#[actix_web::test]
async fn each_flow_is_the_clients_to_take() {
    let app = TestApp::new().await;
    for (flow, alone, acting) in [
        ("ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "", "TOKEN_EXCHANGE_DELEGATION flow not enabled for this client"),
        ("ALLOW_TOKEN_EXCHANGE_DELEGATION", "TOKEN_EXCHANGE_IMPERSONATION flow not enabled for this client", ""),
    ] {
        let world = World::with(&app, json!({"ExplicitAuthFlows": [flow]})).await;
        let bob = world.pool.user("bob").await.signed_in().await;
        assert_eq!(world.exchange(json!({})).await.message(), alone);
        let actor = json!({"ActorToken": bob["AccessToken"], "ActorTokenType": "ACCESS_TOKEN"});
        assert_eq!(world.exchange(actor).await.message(), acting);
    }
}

#[actix_web::test]
async fn whoever_asks_proves_the_client_or_is_allowed() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let absent = format!("Client {} is configured with secret but a client secret was not received", world.service.as_str().unwrap());
    assert_eq!(world.exchange(json!({"ClientSecret": null})).await.error(), refused(&absent));
    let wrong = world.exchange(json!({"ClientSecret": "x".repeat(52)})).await;
    assert_eq!(wrong.code(), "NotAuthorizedException");
    let without = world.input(json!({"ClientSecret": null}));
    app.admin().call("GetDerivedToken", without.clone()).await.ok();
    let wrong = app.admin().call("GetDerivedToken", world.input(json!({"ClientSecret": "x".repeat(52)}))).await;
    assert_eq!(wrong.code(), "NotAuthorizedException", "credentials mend no wrong secret");
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:ListUserPools", "Resource": "*"}])).await;
    assert_eq!(ann.call("GetDerivedToken", without.clone()).await.code(), "AccessDeniedException");
    ann.call("GetDerivedToken", world.input(json!({}))).await.ok();
    let stranger = app.root_of("111111111111").await;
    assert_eq!(stranger.call("GetDerivedToken", without).await.code(), "ResourceNotFoundException", "another account's");
    let unknown = world.exchange(json!({"ClientId": "0".repeat(26)})).await;
    assert_eq!(unknown.code(), "ResourceNotFoundException");
}

#[actix_web::test]
async fn what_does_not_go_together_is_refused() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    for (more, code) in [
        (json!({"Audiences": ["a"], "Resources": ["api"]}), "InvalidParameterException"),
        (json!({"Resources": ["none"]}), "ResourceNotFoundException"),
        (json!({"ActorToken": world.alice["AccessToken"]}), "InvalidParameterException"),
        (json!({"ActorTokenType": "ACCESS_TOKEN"}), "InvalidParameterException"),
        (json!({"SubjectTokenType": "SAML2"}), "InvalidParameterException"),
        (json!({"SubjectTokenProviderName": "Google"}), "ResourceNotFoundException"),
        (json!({"SubjectTokenProviderName": "COGNITO"}), "ResourceNotFoundException"),
        (json!({"SubjectTokenType": "JWT"}), "InvalidParameterException"),
        (json!({"RequestedTokenType": "SAML2"}), "InvalidParameterException"),
        (json!({"Audiences": ["a", "b"]}), "InvalidParameterException"),
        // An ID token's audience is who may sign its holder in.
        (json!({"RequestedTokenType": "ID_TOKEN", "Audiences": [world.pool.client_id]}), "InvalidParameterException"),
        (json!({"RequestedTokenType": "ID_TOKEN", "Audiences": [world.service]}), ""),
    ] {
        let answer = world.exchange(more.clone()).await;
        assert_eq!(answer.code(), code, "{more}: {}", answer.text);
    }
}
