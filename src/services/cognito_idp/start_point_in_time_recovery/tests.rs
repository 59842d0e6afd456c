//! What a recovery brings back, what it takes away, and what it leaves as it is.

use std::time::Duration;

use serde_json::{Value, json};

use crate::crypto::totp::TotpSeed;
use crate::kit::clock::Timestamp;
use crate::testing::{PASSWORD, TestApp, TestPasskey, TestPool};

const LATER: Duration = Duration::from_secs(20 * 60);

/// A moment at which everything so far has happened, and nothing that follows.
fn point(app: &TestApp) -> Timestamp {
    let now = app.app.now();
    app.advance(LATER);
    now
}

async fn group(pool: &TestPool<'_>, operation: &str, name: &str, user: &str) {
    pool.admin(operation, json!({"GroupName": name, "Username": user})).await.ok();
}

async fn groups_of(pool: &TestPool<'_>, user: &str) -> Vec<String> {
    let listed = pool.admin("AdminListGroupsForUser", json!({"Username": user})).await.ok();
    listed["Groups"].as_array().unwrap().iter().map(|group| group["GroupName"].as_str().unwrap().to_owned()).collect()
}

async fn sub_of(pool: &TestPool<'_>, name: &str) -> Value {
    pool.admin("AdminGetUser", json!({"Username": name})).await.ok()["UserAttributes"][0].clone()
}

async fn set_name(pool: &TestPool<'_>, user: &str, name: &str) {
    let attributes = json!([{"Name": "name", "Value": name}]);
    pool.admin("AdminUpdateUserAttributes", json!({"Username": user, "UserAttributes": attributes})).await.ok();
}

async fn users(pool: &TestPool<'_>, filter: &str) -> Vec<String> {
    let listed = pool.admin("ListUsers", json!({"Filter": filter})).await.ok();
    listed["Users"].as_array().unwrap().iter().map(|user| user["Username"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn users_and_groups_are_as_they_were() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    for name in ["alice", "bob", "carol"] {
        pool.user_with(name, json!({"name": name})).await;
    }
    pool.admin("CreateGroup", json!({"GroupName": "staff", "Description": "as it was", "Precedence": 1})).await.ok();
    pool.admin("CreateGroup", json!({"GroupName": "gone"})).await.ok();
    pool.admin("CreateGroup", json!({"GroupName": "same"})).await.ok();
    group(&pool, "AdminAddUserToGroup", "staff", "alice").await;
    group(&pool, "AdminAddUserToGroup", "gone", "bob").await;
    let (sub, before) = (sub_of(&pool, "alice").await, pool.admin("AdminGetUser", json!({"Username": "bob"})).await.ok());
    let point = point(&app);

    pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
    set_name(&pool, "bob", "mallory").await;
    pool.admin("AdminDisableUser", json!({"Username": "bob"})).await.ok();
    // Put back by hand: nothing is left to do.
    set_name(&pool, "carol", "x").await;
    set_name(&pool, "carol", "carol").await;
    pool.user("dave").await;
    pool.user("brief").await;
    pool.admin("AdminDeleteUser", json!({"Username": "brief"})).await.ok();
    pool.admin("UpdateGroup", json!({"GroupName": "staff", "Description": "changed"})).await.ok();
    pool.admin("DeleteGroup", json!({"GroupName": "gone"})).await.ok();
    pool.admin("CreateGroup", json!({"GroupName": "new"})).await.ok();
    group(&pool, "AdminAddUserToGroup", "new", "dave").await;
    group(&pool, "AdminAddUserToGroup", "same", "carol").await;

    let preview = pool.recovered_to(point).await;
    assert_eq!(preview, json!({"Users": [1, 1, 1], "Groups": [1, 2, 1], "User MFAs": [0, 0, 0], "Passkeys": [0, 0, 0]}));
    assert_eq!(sub_of(&pool, "alice").await, sub);
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "dave"})).await.code(), "UserNotFoundException");
    let bob = pool.admin("AdminGetUser", json!({"Username": "bob"})).await.ok();
    for member in ["UserAttributes", "Enabled", "UserStatus", "UserCreateDate"] {
        assert_eq!(bob[member], before[member], "{member}");
    }
    assert_eq!((users(&pool, "name = \"bob\"").await, users(&pool, "name = \"mallory\"").await), (vec!["bob".to_owned()], vec![]));
    assert_eq!(groups_of(&pool, "alice").await, ["staff"]);
    assert_eq!((groups_of(&pool, "bob").await, groups_of(&pool, "carol").await), (vec!["gone".to_owned()], vec![]));
    let staff = pool.admin("GetGroup", json!({"GroupName": "staff"})).await.ok()["Group"].clone();
    assert_eq!((&staff["Description"], &staff["Precedence"]), (&json!("as it was"), &json!(1)));
    assert_eq!(pool.admin("GetGroup", json!({"GroupName": "new"})).await.code(), "ResourceNotFoundException");
    for name in ["alice", "bob"] {
        pool.sign_in(name, PASSWORD).await.ok();
    }
}

#[actix_web::test]
async fn a_name_goes_back_to_whoever_had_it() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await;
    let verified = |email: &str| json!({"email": email, "email_verified": "true"});
    pool.user_with("alice", verified("a@x.example")).await;
    pool.user_with("bob", verified("b@x.example")).await;
    let (alice, bob) = (sub_of(&pool, "alice").await, sub_of(&pool, "bob").await);
    let point = point(&app);

    // A new user takes alice's address from her, and bob's name once he is gone; alice takes another.
    let taken = json!([{"Name": "email", "Value": "a@x.example"}, {"Name": "email_verified", "Value": "true"}]);
    let new = json!({"Username": "eve", "UserAttributes": taken, "MessageAction": "SUPPRESS", "ForceAliasCreation": true});
    pool.admin("AdminCreateUser", new).await.ok();
    pool.admin("AdminDeleteUser", json!({"Username": "bob"})).await.ok();
    pool.user_with("bob", verified("b@x.example")).await;
    let moved = json!([{"Name": "email", "Value": "c@x.example"}, {"Name": "email_verified", "Value": "true"}]);
    pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": moved})).await.ok();
    assert_ne!(sub_of(&pool, "a@x.example").await, alice);

    let preview = pool.recovered_to(point).await;
    assert_eq!(preview["Users"], json!([1, 1, 2]));
    for (name, sub) in [("alice", &alice), ("a@x.example", &alice), ("bob", &bob), ("b@x.example", &bob)] {
        assert_eq!(&sub_of(&pool, name).await, sub, "{name}");
        pool.sign_in(name, PASSWORD).await.ok();
    }
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "c@x.example"})).await.code(), "UserNotFoundException");
}

#[actix_web::test]
async fn a_password_that_was_changed_since_stays() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    for name in ["kept", "changed", "deleted", "changed-and-deleted", "called-in"] {
        pool.user_with(name, json!({"email": format!("{name}@x.example"), "email_verified": "true"})).await;
    }
    pool.admin("AdminCreateUser", json!({"Username": "invited", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"})).await.ok();
    let point = point(&app);
    for name in ["changed", "changed-and-deleted", "invited"] {
        let password = json!({"Username": name, "Password": "An0ther!pass", "Permanent": true});
        pool.admin("AdminSetUserPassword", password).await.ok();
        set_name(&pool, name, "x").await;
    }
    set_name(&pool, "kept", "x").await;
    pool.admin("AdminResetUserPassword", json!({"Username": "called-in"})).await.ok();
    app.advance(Duration::from_secs(1));
    for name in ["deleted", "changed-and-deleted"] {
        pool.admin("AdminDeleteUser", json!({"Username": name})).await.ok();
    }

    pool.recovered_to(point).await;
    for (name, password, other) in [
        ("kept", PASSWORD, "An0ther!pass"),
        ("deleted", PASSWORD, "An0ther!pass"),
        ("changed", "An0ther!pass", PASSWORD),
        ("changed-and-deleted", "An0ther!pass", PASSWORD),
        ("invited", "An0ther!pass", PASSWORD),
    ] {
        assert_eq!(pool.sign_in(name, other).await.code(), "NotAuthorizedException", "{name}");
        app.advance(Duration::from_secs(1));
        assert!(pool.sign_in(name, password).await.ok()["AuthenticationResult"].is_object(), "{name}");
    }
    assert_eq!(pool.sign_in("called-in", PASSWORD).await.code(), "PasswordResetRequiredException");
}

#[actix_web::test]
async fn what_ended_stays_ended() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    let attributes = |name: &str| json!({"email": format!("{name}@x.example"), "email_verified": "true"});
    for name in ["deleted", "out", "disabled", "coded"] {
        pool.user_with(name, attributes(name)).await;
    }
    pool.user_with("off", attributes("off")).await;
    pool.admin("AdminDisableUser", json!({"Username": "off"})).await.ok();
    let signed_in = async |name: &str| pool.sign_in(name, PASSWORD).await.ok()["AuthenticationResult"].clone();
    let (deleted, out, disabled) = (signed_in("deleted").await, signed_in("out").await, signed_in("disabled").await);
    let point = point(&app);
    pool.admin("AdminDeleteUser", json!({"Username": "deleted"})).await.ok();
    pool.admin("AdminUserGlobalSignOut", json!({"Username": "out"})).await.ok();
    set_name(&pool, "out", "x").await;
    pool.admin("AdminDisableUser", json!({"Username": "disabled"})).await.ok();
    pool.admin("AdminEnableUser", json!({"Username": "off"})).await.ok();
    pool.user("new").await;
    let (off, new) = (signed_in("off").await, signed_in("new").await);
    // Whoever reads mail at the address that is put right again has a code to set a password by.
    let moved = json!([{"Name": "email", "Value": "eve@x.example"}, {"Name": "email_verified", "Value": "true"}]);
    pool.admin("AdminUpdateUserAttributes", json!({"Username": "coded", "UserAttributes": moved})).await.ok();
    pool.client("ForgotPassword", json!({"Username": "coded"})).await.ok();
    let code = app.code_sent_to("eve@x.example").await;

    pool.recovered_to(point).await;
    for (name, tokens) in [("deleted", deleted), ("out", out), ("disabled", disabled), ("off", off), ("new", new)] {
        let get = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
        assert!(["NotAuthorizedException", "UserNotFoundException"].contains(&get.code().as_str()), "{name}: {}", get.text);
        let refresh = json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]}});
        assert_eq!(pool.client("InitiateAuth", refresh).await.code(), "NotAuthorizedException", "{name}");
    }
    let reset = json!({"Username": "coded", "ConfirmationCode": code, "Password": "An0ther!pass"});
    assert_eq!(pool.client("ConfirmForgotPassword", reset).await.code(), "CodeMismatchException");
    for name in ["deleted", "out", "disabled", "coded"] {
        signed_in(name).await;
    }
    assert_eq!(pool.sign_in("off", PASSWORD).await.error(), ("NotAuthorizedException".to_owned(), "User is disabled.".to_owned()));
}

#[actix_web::test]
async fn authenticators_come_back_and_their_old_codes_do_not() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let mfa = json!({"SoftwareTokenMfaConfiguration": {"Enabled": true}, "MfaConfiguration": "OPTIONAL"});
    pool.admin("SetUserPoolMfaConfig", mfa).await.ok();
    let enrol = async |name: &str| {
        let token = pool.sign_in(name, PASSWORD).await.ok()["AuthenticationResult"]["AccessToken"].clone();
        let secret = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": token})).await.ok()["SecretCode"].clone();
        let seed = TotpSeed::from_base32(secret.as_str().unwrap()).unwrap();
        let verify = json!({"AccessToken": token, "UserCode": seed.code_at(app.app.now())});
        app.anonymous().call("VerifySoftwareToken", verify).await.ok();
        let wish = json!({"AccessToken": token, "SoftwareTokenMfaSettings": {"Enabled": true, "PreferredMfa": true}});
        app.anonymous().call("SetUserMFAPreference", wish).await.ok();
        seed
    };
    for name in ["taken", "deleted", "given"] {
        pool.user(name).await;
    }
    let (taken, deleted) = (enrol("taken").await, enrol("deleted").await);
    let point = point(&app);
    let off = json!({"Username": "taken", "SoftwareTokenMfaSettings": {"Enabled": false}});
    pool.admin("AdminSetUserMFAPreference", off).await.ok();
    pool.admin("AdminDeleteSoftwareToken", json!({"Username": "taken"})).await.ok();
    pool.admin("AdminDeleteUser", json!({"Username": "deleted"})).await.ok();
    enrol("given").await;

    let preview = pool.recovered_to(point).await;
    assert_eq!((&preview["Users"], &preview["User MFAs"]), (&json!([1, 0, 0]), &json!([2, 0, 1])));
    assert!(pool.sign_in("given", PASSWORD).await.ok()["AuthenticationResult"].is_object());
    let seen: Vec<_> = [&taken, &deleted].map(|seed| seed.code_at(app.app.now())).into();
    for (name, seed, seen) in [("taken", &taken, &seen[0]), ("deleted", &deleted, &seen[1])] {
        let asked = pool.sign_in(name, PASSWORD).await.ok();
        assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA", "{name}");
        let answer = async |code: &Option<String>| {
            let asked = pool.sign_in(name, PASSWORD).await.ok();
            pool.respond("SOFTWARE_TOKEN_MFA", &asked["Session"], json!({"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": code})).await
        };
        assert_ne!(answer(seen).await.status, 200, "{name}: a code that may have served");
        app.advance(Duration::from_secs(60));
        assert!(answer(&seed.code_at(app.app.now())).await.ok()["AuthenticationResult"].is_object(), "{name}");
    }
}

#[actix_web::test]
async fn passkeys_are_as_they_were_and_count_on() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.allow_passkeys().await;
    let (alice, bob) = (pool.user("alice").await, pool.user("bob").await);
    let (mut lost, mut new) = (TestPasskey::on("example.com"), TestPasskey::on("example.com"));
    let token = alice.register(&mut lost).await;
    let point = point(&app);
    let gone = json!({"AccessToken": token, "CredentialId": lost.id_text()});
    app.anonymous().call("DeleteWebAuthnCredential", gone).await.ok();
    let token_of_bob = bob.register(&mut new).await;

    let preview = pool.recovered_to(point).await;
    assert_eq!(preview["Passkeys"], json!([1, 0, 1]));
    let listed = async |token: &Value| {
        let listed = app.anonymous().call("ListWebAuthnCredentials", json!({"AccessToken": token})).await.ok();
        let ids = listed["Credentials"].as_array().unwrap().iter().map(|passkey| passkey["CredentialId"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(listed(&token).await, [json!(lost.id_text())]);
    assert!(listed(&token_of_bob).await.is_empty());
    for (name, has) in [("alice", true), ("bob", false)] {
        let factors = pool.admin("AdminGetUserAuthFactors", json!({"Username": name})).await.ok();
        let passkey = factors["ConfiguredUserAuthFactors"].as_array().is_some_and(|factors| factors.contains(&json!("WEB_AUTHN")));
        assert_eq!(passkey, has, "{name}: {factors}");
    }
}

#[actix_web::test]
async fn a_recovery_is_a_change_that_another_recovers_from() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user_with("alice", json!({"name": "first"})).await;
    let first = point(&app);
    set_name(&pool, "alice", "second").await;
    pool.user("bob").await;
    let second = point(&app);
    pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
    pool.recovered_to(first).await;
    let third = point(&app);
    set_name(&pool, "alice", "third").await;
    let name = async || {
        let user = pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok();
        let name = user["UserAttributes"].as_array().unwrap().iter().find(|attribute| attribute["Name"] == "name").unwrap().clone();
        name["Value"].as_str().unwrap().to_owned()
    };
    let has_bob = async || pool.admin("AdminGetUser", json!({"Username": "bob"})).await.status == 200;
    for (point, expected, bob) in [(third, "first", false), (second, "second", true), (first, "first", false)] {
        app.advance(Duration::from_secs(24 * 3600));
        pool.recovered_to(point).await;
        assert_eq!((name().await.as_str(), has_bob().await), (expected, bob));
        pool.sign_in("alice", PASSWORD).await.ok();
    }
}

#[actix_web::test]
async fn what_is_previewed_is_applied_once_and_nothing_else_is() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let point = point(&app);
    let id = pool.initiate(point).await.ok()["Restoration"]["RestoreId"].clone();
    let refused = pool.recovery("Start", &id).await;
    assert_eq!(refused.code(), "InvalidParameterException", "its preview is not there yet");
    app.run_jobs().await;
    pool.recovery("Start", &id).await.ok();
    for operation in ["Start", "Cancel"] {
        let refused = pool.recovery(operation, &id).await;
        assert_eq!(refused.code(), "InvalidParameterException");
        assert!(refused.message().ends_with("when its status is RESTORING."), "{}", refused.message());
    }
    app.advance(Duration::from_secs(2));
    app.run_jobs().await;
    for operation in ["Start", "Cancel"] {
        assert!(pool.recovery(operation, &id).await.message().ends_with("RESTORE_COMPLETED."));
    }
    let other = app.pool().await;
    for operation in ["Start", "Cancel", "Describe"] {
        assert_eq!(other.recovery(operation, &id).await.code(), "ResourceNotFoundException", "{operation}: another pool's");
    }
}
