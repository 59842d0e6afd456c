//! The pages of user pools, as a browser without JavaScript sees them. That no form does anything without the session's own token
//! is tested for all rows together.

mod of_clients;

mod triggers;

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::{ACCOUNT, Answer, PASSWORD, TestApp, TestBrowser, TestPool};

const HOSTILE: &str = "<script>alert(1)</script>\"'";

/// What stands on the page, its entities as they are meant.
fn shows(page: &Answer, text: &str) -> bool {
    page.text.replace("&#39;", "'").replace("&quot;", "\"").replace("&#34;", "\"").contains(text)
}

/// The pool's page below `rest`, for the root.
async fn open(browser: &TestBrowser<'_>, pool: &TestPool<'_>, rest: &str) -> Answer {
    browser.open(&format!("/pools/{}{rest}", pool.id)).await
}

async fn send(browser: &TestBrowser<'_>, pool: &TestPool<'_>, rest: &str, fields: &[(&str, &str)]) -> Answer {
    browser.submit(&format!("/pools/{}{rest}", pool.id), fields).await
}

/// A user's page: they are named by their `sub`.
async fn page_of(pool: &TestPool<'_>, name: &str) -> String {
    let user = pool.admin("AdminGetUser", json!({"Username": name})).await.ok();
    format!("/users/{}", user["UserAttributes"][0]["Value"].as_str().unwrap())
}

async fn described(pool: &TestPool<'_>) -> Value {
    pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone()
}

async fn client(pool: &TestPool<'_>) -> Value {
    pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok()["UserPoolClient"].clone()
}

/// An operator who may look at everything, and do only what `actions` name.
fn looks_and(actions: &[&str]) -> Value {
    let looks = ["cognito-idp:Describe*", "cognito-idp:List*", "cognito-idp:Get*", "cognito-idp:AdminGet*", "cognito-idp:AdminList*"];
    json!([{"Effect": "Allow", "Action": looks.iter().chain(actions).collect::<Vec<_>>(), "Resource": "*"}])
}

#[actix_web::test]
async fn a_pool_is_made_with_its_client_and_the_code_that_uses_them() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    let empty = browser.open("/pools").await;
    assert!(shows(&empty, "No user pools yet") && shows(&empty, "/console/pools/new?region=us-east-1"));
    for (preset, flow, has_secret, words) in [
        ("browser", "ALLOW_USER_SRP_AUTH", false, "userPoolEndpoint: \"http://passwright.test\""),
        ("server", "ALLOW_ADMIN_USER_PASSWORD_AUTH", true, "idp.admin_initiate_auth("),
    ] {
        browser.open("/pools/new").await;
        let fields = [("name", preset), ("preset", preset), ("names", "email"), ("sign_up", "on"), ("mfa", "on"), ("notices", "on")];
        let page = browser.submit_and_follow("/pools/new?region=us-east-1", &fields).await;
        let listed = app.admin().call("ListUserPools", json!({"MaxResults": 10})).await.ok()["UserPools"].clone();
        let id = listed.as_array().unwrap().iter().find(|pool| pool["Name"] == preset).unwrap()["Id"].as_str().unwrap().to_owned();
        let clients = app.admin().call("ListUserPoolClients", json!({"UserPoolId": id})).await.ok()["UserPoolClients"].clone();
        let client = json!({"UserPoolId": id, "ClientId": clients[0]["ClientId"]});
        let client = app.admin().call("DescribeUserPoolClient", client).await.ok()["UserPoolClient"].clone();
        assert_eq!((&client["ExplicitAuthFlows"][0], client["ClientSecret"].is_string()), (&json!(flow), has_secret));
        let pool = app.admin().call("DescribeUserPool", json!({"UserPoolId": id})).await.ok()["UserPool"].clone();
        assert_eq!((&pool["UsernameAttributes"], &pool["MfaConfiguration"]), (&json!(["email"]), &json!("OPTIONAL")));
        assert_eq!(pool["UserPoolTags"], json!({"passwright:security-notices": "on"}));
        for text in [
            &id,
            client["ClientId"].as_str().unwrap(),
            &format!("http://passwright.test/{id}/.well-known/jwks.json"),
            "aws cognito-idp create-user-pool --endpoint-url http://passwright.test",
            "aws cognito-idp create-user-pool-client",
            words,
        ] {
            assert!(shows(&page, text), "{preset}: {text}: {}", page.text);
        }
        assert!(!client["ClientSecret"].as_str().is_some_and(|secret| page.text.contains(secret)), "a secret is not shown by the way");
    }
    let list = browser.open("/pools").await;
    assert!(shows(&list, ">browser</a>") && shows(&list, ">server</a>"));
    let elsewhere = browser.open("/pools?region=eu-west-1").await;
    assert!(shows(&elsewhere, "No user pools yet") && shows(&elsewhere, "eu-west-1"));
}

#[actix_web::test]
async fn what_is_refused_is_said_above_what_was_typed() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    browser.open("/pools/new").await;
    let refused = browser.submit("/pools/new", &[("name", HOSTILE), ("preset", "mobile"), ("names", "username")]).await;
    assert!(refused.status == 400 && shows(&refused, "InvalidParameterException"), "{}", refused.text);
    assert!(!refused.text.contains("<script>alert") && refused.text.contains("&#60;script&#62;alert"), "{}", refused.text);
    assert!(refused.text.contains("value=\"mobile\" checked"), "{}", refused.text);
    assert_eq!(app.admin().call("ListUserPools", json!({"MaxResults": 10})).await.ok()["UserPools"], json!([]));
}

#[actix_web::test]
async fn pages_of_a_pool_that_is_not_there_say_so() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    for rest in
        ["", "/users", "/groups", "/clients", "/passkeys", "/settings", "/users/x", "/groups/one?name=x", "/clients/x", "/users/new"]
    {
        let page = browser.open(&format!("/pools/us-east-1_000000000{rest}")).await;
        assert!(page.status == 404 && shows(&page, "ResourceNotFoundException"), "{rest}: {}", page.text);
    }
}

#[actix_web::test]
async fn settings_are_changed_and_those_that_the_form_has_not_stay() {
    let app = TestApp::new().await;
    let made = json!({"EmailVerificationMessage": "code {####}", "UsernameConfiguration": {"CaseSensitive": false},
                      "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}});
    let pool = app.pool_with(made, json!({})).await;
    let browser = app.console().await;
    open(&browser, &pool, "/settings").await;
    let fields = [
        ("name", "renamed"),
        ("verify_email", "on"),
        ("minimum_length", "15"),
        ("temporary_days", "2"),
        ("numbers", "on"),
        ("protected", "on"),
    ];
    let saved = browser.submit_and_follow(&format!("/pools/{}/settings", pool.id), &fields).await;
    assert!(shows(&saved, "The settings are saved.") && shows(&saved, "value=\"renamed\""));
    let after = described(&pool).await;
    let policy = &after["Policies"]["PasswordPolicy"];
    assert_eq!(
        (&policy["MinimumLength"], &policy["RequireNumbers"], &policy["RequireUppercase"]),
        (&json!(15), &json!(true), &json!(false))
    );
    assert_eq!(policy["TemporaryPasswordValidityDays"], 2);
    assert_eq!(
        (&after["MfaConfiguration"], &after["DeletionProtection"], &after["Name"]),
        (&json!("OFF"), &json!("ACTIVE"), &json!("renamed"))
    );
    assert_eq!(after["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"], json!(["PASSWORD", "EMAIL_OTP"]));
    assert_eq!(
        (&after["AutoVerifiedAttributes"], &after["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]),
        (&json!(["email"]), &json!(true))
    );
    assert_eq!(after["EmailVerificationMessage"], "code {####}");
    let refused = send(&browser, &pool, "/settings", &[("name", "n"), ("minimum_length", "3"), ("temporary_days", "2")]).await;
    assert!(refused.status == 400 && refused.text.contains("value=\"3\""), "{}", refused.text);
    let protected = send(&browser, &pool, "/delete", &[("confirm", "renamed")]).await;
    assert!(shows(&protected, "deletion protection"), "{}", protected.text);
}

#[actix_web::test]
async fn the_factors_of_a_pool_are_chosen() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"EmailVerificationMessage": "code {####}"}), json!({})).await;
    let browser = app.console().await;
    open(&browser, &pool, "/sign-in").await;
    let save = async |act: &str, fields: &[(&str, &str)]| browser.submit_and_follow(&format!("/pools/{}{act}", pool.id), fields).await;
    assert!(shows(&save("/first-factors", &[("email_otp", "on")]).await, "name=\"email_otp\" checked"));
    let after = described(&pool).await;
    assert_eq!(after["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"], json!(["PASSWORD", "EMAIL_OTP"]));
    assert_eq!(after["EmailVerificationMessage"], "code {####}");
    let refused = send(&browser, &pool, "/mfa", &[("mfa", "ON"), ("totp", "on")]).await;
    assert!(refused.status == 400 && shows(&refused, "when MFA is required"), "{}", refused.text);
    let optional =
        [("mfa", "OPTIONAL"), ("totp", "on"), ("sms", "on"), ("sms_message", "sms {####}"), ("email", "on"), ("email_subject", "s")];
    assert!(shows(&save("/mfa", &optional).await, "value=\"OPTIONAL\" checked"));
    let config = pool.admin("GetUserPoolMfaConfig", json!({})).await.ok();
    let expected = json!({"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": true},
                          "SmsMfaConfiguration": {"SmsAuthenticationMessage": "sms {####}"}, "EmailMfaConfiguration": {"Subject": "s"}});
    assert_eq!(config, expected);
    save("/first-factors", &[]).await;
    assert_eq!(pool.admin("GetUserPoolMfaConfig", json!({})).await.ok(), expected, "the other form's are not touched");
    save("/mfa", &[("mfa", "OFF"), ("totp", "on")]).await;
    assert_eq!(pool.admin("GetUserPoolMfaConfig", json!({})).await.ok(), json!({"MfaConfiguration": "OFF"}));
    assert!(shows(&save("/first-factors", &[("passkey", "on")]).await, "name=\"passkey\" checked"));
    assert_eq!(described(&pool).await["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"], json!(["PASSWORD", "WEB_AUTHN"]));
}

#[actix_web::test]
async fn a_pool_is_deleted_once_its_name_is_typed() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let browser = app.console().await;
    open(&browser, &pool, "/settings").await;
    for typed in ["", "Test", "test "] {
        assert_eq!(send(&browser, &pool, "/delete", &[("confirm", typed)]).await.status, 400);
    }
    described(&pool).await;
    let list = browser.submit_and_follow(&format!("/pools/{}/delete", pool.id), &[("confirm", "test")]).await;
    assert!(shows(&list, "The pool test is deleted") && shows(&list, "No user pools yet"));
}

#[actix_web::test]
async fn an_app_client_is_made_changed_and_deleted() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let browser = app.console().await;
    open(&browser, &pool, "/clients/new").await;
    let made = browser.submit_and_follow(&format!("/pools/{}/clients/new", pool.id), &[("name", "web"), ("preset", "browser")]).await;
    assert!(shows(&made, "The app client is made.") && shows(&made, "none: it is for users' devices"));
    assert!(shows(&open(&browser, &pool, "/clients").await, ">web</a>"));
    let path = format!("/clients/{}", pool.client_id);
    let fields = [
        ("name", "renamed"),
        ("flow", "ALLOW_USER_SRP_AUTH"),
        ("AccessTokenValidity", "10"),
        ("AccessTokenValidity_unit", "minutes"),
        ("RefreshTokenValidity", "2"),
        ("RefreshTokenValidity_unit", "hours"),
        ("session_minutes", "5"),
        ("revokes", "on"),
    ];
    let saved = browser.submit_and_follow(&format!("/pools/{}{path}", pool.id), &fields).await;
    assert!(shows(&saved, "The app client is saved."));
    let after = client(&pool).await;
    for (member, value) in [
        ("ClientName", json!("renamed")),
        ("ExplicitAuthFlows", json!(["ALLOW_USER_SRP_AUTH"])),
        ("AccessTokenValidity", json!(10)),
        ("RefreshTokenValidity", json!(2)),
        ("TokenValidityUnits", json!({"AccessToken": "minutes", "RefreshToken": "hours"})),
        ("AuthSessionValidity", json!(5)),
        ("PreventUserExistenceErrors", json!("LEGACY")),
        ("EnableTokenRevocation", json!(true)),
    ] {
        assert_eq!(after[member], value, "{member}");
    }
    let refused =
        send(&browser, &pool, &path, &[("name", "x"), ("AccessTokenValidity", "1"), ("AccessTokenValidity_unit", "seconds")]).await;
    assert!(refused.status == 400 && shows(&refused, "Invalid range for token validity."), "{}", refused.text);
    assert_eq!(send(&browser, &pool, &format!("{path}/delete"), &[("confirm", "x")]).await.status, 400);
    let gone = browser.submit_and_follow(&format!("/pools/{}{path}/delete", pool.id), &[("confirm", "renamed")]).await;
    assert!(shows(&gone, "The app client is deleted.") && !shows(&gone, pool.client_id.as_str()));
}

#[actix_web::test]
async fn a_secret_is_shown_to_whoever_has_proven_themselves_lately() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({}), json!({"GenerateSecret": true})).await;
    let secret = client(&pool).await["ClientSecret"].as_str().unwrap().to_owned();
    let browser = app.console().await;
    let path = format!("/clients/{}", pool.client_id);
    let page = open(&browser, &pool, &path).await;
    assert!(shows(&page, "Show the secret") && !page.text.contains(&secret));
    assert!(open(&browser, &pool, &format!("{path}/secret")).await.text.contains(&secret));
    app.advance(Duration::from_secs(1800));
    let asked = open(&browser, &pool, &format!("{path}/secret")).await;
    assert!(asked.status == 303 && asked.header("location").starts_with("/console/reauthenticate?to="), "{}", asked.text);
}

#[actix_web::test]
async fn a_group_is_made_given_members_and_deleted() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    let browser = app.console().await;
    assert!(shows(&open(&browser, &pool, "/groups").await, "No groups yet"));
    // A name that a path gives a meaning to.
    for name in ["admins", "..", "a/b?c"] {
        let fields = [("name", name), ("description", "who may"), ("precedence", "1")];
        let made = browser.submit_and_follow(&format!("/pools/{}/groups/new", pool.id), &fields).await;
        assert!(shows(&made, "The group is made.") && shows(&made, "Nobody is in this group yet"), "{}", made.text);
        let added = browser.submit_and_follow(&format!("/pools/{}/groups/add", pool.id), &[("name", name), ("username", "alice")]).await;
        assert!(shows(&added, ">alice</a>"), "{}", added.text);
    }
    let nobody = send(&browser, &pool, "/groups/add", &[("name", "admins"), ("username", "nobody")]).await;
    assert!(nobody.status == 400 && shows(&nobody, "User does not exist."));
    let twice = send(&browser, &pool, "/groups/new", &[("name", "admins"), ("description", HOSTILE)]).await;
    assert!(shows(&twice, "GroupExistsException") && !twice.text.contains("<script>alert"), "{}", twice.text);
    let saved = browser.submit_and_follow(&format!("/pools/{}/groups/one", pool.id), &[("name", "admins"), ("description", "")]).await;
    assert!(shows(&saved, "The group is saved."));
    let group = pool.admin("GetGroup", json!({"GroupName": "admins"})).await.ok()["Group"].clone();
    assert_eq!((group.get("Description"), &group["Precedence"]), (None, &json!(1)));
    let sub = page_of(&pool, "alice").await.replace("/users/", "");
    let removed = browser.submit_and_follow(&format!("/pools/{}/groups/remove", pool.id), &[("name", "admins"), ("username", &sub)]).await;
    assert!(shows(&removed, "Nobody is in this group yet"));
    assert_eq!(send(&browser, &pool, "/groups/delete", &[("name", "admins"), ("confirm", "Admins")]).await.status, 400);
    let gone = browser.submit_and_follow(&format!("/pools/{}/groups/delete", pool.id), &[("name", "admins"), ("confirm", "admins")]).await;
    assert!(shows(&gone, "The group admins is deleted") && shows(&gone, "a/b?c"));
}

#[actix_web::test]
async fn users_are_found_by_how_a_value_begins_page_by_page() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let browser = app.console().await;
    assert!(shows(&open(&browser, &pool, "/users").await, "No users yet"));
    for number in 0..62 {
        let name = format!("u{number:02}");
        let email = json!([{"Name": "email", "Value": format!("{name}@x.example")}]);
        let made = json!({"Username": name, "UserAttributes": email, "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", made).await.ok();
    }
    let first = open(&browser, &pool, "/users?by=email&q=u").await;
    assert_eq!(first.text.matches("@x.example</td>").count(), 60);
    let next = first.text.split("href=\"").find(|part| part.contains("next=")).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    assert!(next.contains("by=email&q=u&"), "{next}");
    let second = browser.open(next.strip_prefix("/console").unwrap()).await;
    assert!(second.text.matches("@x.example</td>").count() == 2 && shows(&second, "First page"), "{}", second.text);
    let one = open(&browser, &pool, "/users?by=username&q=u07").await;
    assert!(shows(&one, "u07@x.example") && !shows(&one, "u08@x.example"));
    let sub = page_of(&pool, "u09").await.replace("/users/", "");
    assert!(shows(&open(&browser, &pool, &format!("/users?by=sub&q={sub}")).await, "u09@x.example"));
    assert!(shows(&open(&browser, &pool, "/users?by=status&q=Disabled").await, "Nobody matches"));
    assert!(shows(&open(&browser, &pool, "/users?q=%22%20or%20%22").await, "Nobody matches"), "a quote is part of what is looked for");
    assert!(shows(&open(&browser, &pool, "/users?by=custom:none&q=u07").await, "u07@x.example"), "what is no attribute is not asked for");
    let stale = open(&browser, &pool, "/users?next=nonsense").await;
    assert!(shows(&stale, "Invalid pagination token."), "{}", stale.text);
}

#[actix_web::test]
async fn a_user_is_invited_or_made_in_silence() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await;
    let browser = app.console().await;
    open(&browser, &pool, "/users/new").await;
    let invited = [("username", "ann"), ("email", "ann@x.example"), ("verified", "on"), ("invitation", "EMAIL")];
    let page = browser.submit_and_follow(&format!("/pools/{}/users/new", pool.id), &invited).await;
    assert!(shows(&page, "an invitation is under way to ann@x.example") && shows(&page, "FORCE_CHANGE_PASSWORD"), "{}", page.text);
    let password = app.code_sent_to("ann@x.example").await;
    assert_eq!(pool.sign_in("ann@x.example", &password).await.ok()["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let silent = send(&browser, &pool, "/users/new", &[("username", "bob"), ("invitation", "NONE")]).await;
    assert!(silent.status == 400 && shows(&silent, "Without an invitation nobody would know the password"), "{}", silent.text);
    let fields = [("username", "bob"), ("invitation", "NONE"), ("password", PASSWORD)];
    browser.submit_and_follow(&format!("/pools/{}/users/new", pool.id), &fields).await;
    assert_eq!(pool.sign_in("bob", PASSWORD).await.ok()["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let again = send(&browser, &pool, "/users/new", &fields).await;
    assert!(shows(&again, "User already exists") && !again.text.contains(PASSWORD), "a password is not shown again");
}

#[actix_web::test]
async fn each_act_on_a_user_is_done_and_told() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let alice = pool.user_with("alice", json!({"email": "a@x.example", "nickname": "al"})).await;
    pool.admin("CreateGroup", json!({"GroupName": "readers"})).await.ok();
    let browser = app.console().await;
    let page = page_of(&pool, "alice").await;
    open(&browser, &pool, &page).await;
    let act =
        async |act: &str, fields: &[(&str, &str)]| browser.submit_and_follow(&format!("/pools/{}{page}/{act}", pool.id), fields).await;
    let tokens = alice.signed_in().await;
    assert!(shows(&act("sign-out", &[]).await, "They are signed out everywhere."));
    let answer = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
    assert_eq!(answer.code(), "NotAuthorizedException");
    assert!(shows(&act("disable", &[]).await, ">Enable</button>"));
    assert!(shows(&act("enable", &[]).await, ">Disable</button>"));
    assert!(shows(&act("group", &[("group", "readers")]).await, ">readers</a>"));
    assert!(shows(&act("ungroup", &[("group", "readers")]).await, "They are in no group."));
    act("password", &[("password", "0ther-Pa55word!")]).await;
    assert_eq!(pool.sign_in("alice", "0ther-Pa55word!").await.ok()["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    act("password", &[("password", PASSWORD), ("permanent", "on")]).await;
    alice.signed_in().await;
    assert!(shows(&act("mfa", &[]).await, "They are not asked for a second factor."));
    let none = send(&browser, &pool, &format!("{page}/mfa"), &[("totp", "on")]).await;
    assert!(shows(&none, "User has not verified software token mfa"), "{}", none.text);
    let weak = send(&browser, &pool, &format!("{page}/password"), &[("password", "weak")]).await;
    assert!(weak.status == 400 && shows(&weak, "InvalidPasswordException"));
    let fields = [("attribute:email", "b@x.example"), ("attribute:nickname", ""), ("new_name", "name"), ("new_value", HOSTILE)];
    let saved = act("attributes", &fields).await;
    assert!(shows(&saved, "The attributes are saved.") && !saved.text.contains("<script>alert"), "{}", saved.text);
    let told = alice.described().await["UserAttributes"].clone();
    let told: Vec<_> = told.as_array().unwrap()[1..].iter().map(|attribute| (&attribute["Name"], &attribute["Value"])).collect();
    assert_eq!(told, [(&json!("email"), &json!("b@x.example")), (&json!("name"), &json!(HOSTILE))]);
    let wrong = send(&browser, &pool, &format!("{page}/attributes"), &[("attribute:email", "no address"), ("attribute:name", "n")]).await;
    assert!(wrong.status == 400 && wrong.text.contains("value=\"no address\"") && shows(&wrong, "Invalid email address format."));
    assert!(shows(&act("attributes", &[("attribute:email", "b@x.example")]).await, "Nothing was changed."));
    assert_eq!(send(&browser, &pool, &format!("{page}/delete"), &[("confirm", "Alice")]).await.status, 400);
    let gone = browser.submit_and_follow(&format!("/pools/{}{page}/delete", pool.id), &[("confirm", "alice")]).await;
    assert!(shows(&gone, "alice is deleted") && shows(&gone, "No users yet"));
}

#[actix_web::test]
async fn whose_name_is_a_sub_is_called_by_their_address() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"UsernameAttributes": ["email"]}), json!({})).await;
    pool.user_with("a@x.example", json!({"name": "Ann"})).await;
    let browser = app.console().await;
    assert!(!shows(&open(&browser, &pool, "/users/new").await, "id=\"email\""), "the name is the address");
    let invited = [("username", "b@x.example"), ("verified", "on"), ("invitation", "EMAIL")];
    let made = browser.submit_and_follow(&format!("/pools/{}/users/new", pool.id), &invited).await;
    assert!(shows(&made, "an invitation is under way to b@x.example") && shows(&made, "<option selected>true</option>"), "{}", made.text);
    let found = open(&browser, &pool, "/users?q=a@").await;
    assert!(shows(&found, ">a@x.example</a></td><td>Ann</td>") && shows(&found, "<option value=\"email\" selected>"), "{}", found.text);
    let page = page_of(&pool, "a@x.example").await;
    assert!(shows(&open(&browser, &pool, &page).await, "<h2>a@x.example</h2>"));
    browser.submit_and_follow(&format!("/pools/{}{page}/delete", pool.id), &[("confirm", "a@x.example")]).await;
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "a@x.example"})).await.code(), "UserNotFoundException");
}

#[actix_web::test]
async fn a_sign_up_that_waits_is_confirmed() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.client("SignUp", json!({"Username": "ann", "Password": PASSWORD})).await.ok();
    let browser = app.console().await;
    let page = page_of(&pool, "ann").await;
    assert!(shows(&open(&browser, &pool, &page).await, "Confirm the sign-up"));
    let confirmed = browser.submit_and_follow(&format!("/pools/{}{page}/confirm", pool.id), &[]).await;
    assert!(shows(&confirmed, "CONFIRMED") && !shows(&confirmed, "Confirm the sign-up"));
    pool.sign_in("ann", PASSWORD).await.ok();
}

#[actix_web::test]
async fn hostile_names_are_text_wherever_they_stand() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let name = HOSTILE.replace(' ', "");
    pool.admin("CreateGroup", json!({"GroupName": name, "Description": HOSTILE})).await.ok();
    pool.user_with(&name, json!({"name": HOSTILE, "email": "a@x.example"})).await;
    pool.admin("AdminAddUserToGroup", json!({"GroupName": name, "Username": name})).await.ok();
    let browser = app.console().await;
    let group = format!("/groups/one?name={}", crate::console::segment(&name));
    let searched = format!("/users?q={}", crate::console::segment(HOSTILE));
    for path in ["/users", "/groups", &group, &page_of(&pool, &name).await, &searched] {
        let page = open(&browser, &pool, path).await;
        assert!(
            page.status == 200 && !page.text.contains("<script>alert") && shows(&page, "&#60;script&#62;alert(1)"),
            "{path}: {}",
            page.text
        );
    }
}

#[actix_web::test]
async fn an_operator_does_what_policies_let_them_and_is_told_why_not_beyond() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    pool.admin("CreateGroup", json!({"GroupName": "readers"})).await.ok();
    let operator = app.console_of_user_with(looks_and(&["cognito-idp:AdminDisableUser", "cognito-idp:AdminEnableUser"])).await;
    let page = page_of(&pool, "alice").await;
    let shown = open(&operator, &pool, &page).await;
    let refusal = |action: &str| format!("is not authorized to perform: cognito-idp:{action} on resource");
    for action in [
        "AdminUpdateUserAttributes",
        "AdminSetUserPassword",
        "AdminUserGlobalSignOut",
        "AdminDeleteUser",
        "AdminSetUserMFAPreference",
        "AdminAddUserToGroup",
    ] {
        assert!(shows(&shown, &refusal(action)), "{action}");
    }
    assert!(!shows(&shown, &refusal("AdminDisableUser")), "{}", shown.text);
    let disabled = operator.submit_and_follow(&format!("/pools/{}{page}/disable", pool.id), &[]).await;
    assert!(shows(&disabled, ">Enable</button>"));
    for (rest, action, fields) in [
        (format!("{page}/sign-out"), "AdminUserGlobalSignOut", &[][..]),
        (format!("{page}/password"), "AdminSetUserPassword", &[("password", PASSWORD)]),
        (format!("{page}/delete"), "AdminDeleteUser", &[("confirm", "alice")]),
        ("/groups/delete".to_owned(), "DeleteGroup", &[("name", "readers"), ("confirm", "readers")]),
        ("/delete".to_owned(), "DeleteUserPool", &[("confirm", "test")]),
        (format!("/clients/{}/delete", pool.client_id), "DeleteUserPoolClient", &[("confirm", "test")]),
    ] {
        let refused = send(&operator, &pool, &rest, fields).await;
        assert!(refused.status == 403 && shows(&refused, &refusal(action)), "{rest}: {} {}", refused.status, refused.text);
    }
    for (rest, action) in [
        ("/users", "AdminCreateUser"),
        ("/groups", "CreateGroup"),
        ("/groups/one?name=readers", "UpdateGroup"),
        ("/clients", "CreateUserPoolClient"),
        ("/resource-servers", "CreateResourceServer"),
        ("/passkeys", "SetUserPoolMfaConfig"),
        ("/settings", "UpdateUserPool"),
    ] {
        assert!(shows(&open(&operator, &pool, rest).await, &refusal(action)), "{rest}");
    }
    assert!(shows(&operator.open("/pools").await, &refusal("CreateUserPool")));
}

#[actix_web::test]
async fn who_may_see_the_users_only_sees_them_and_nothing_else() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    let own = format!("arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{}", pool.id);
    let other = app.pool().await;
    let actions = ["cognito-idp:ListUsers", "cognito-idp:AdminGetUser"];
    let operator = app.console_of_user_with(json!([{"Effect": "Allow", "Action": actions, "Resource": own}])).await;
    assert!(shows(&open(&operator, &pool, "/users").await, ">alice</a>"));
    let user = open(&operator, &pool, &page_of(&pool, "alice").await).await;
    assert!(user.status == 200 && shows(&user, "cognito-idp:AdminListGroupsForUser"), "{}", user.text);
    for (pool, rest) in [(&pool, "/settings"), (&pool, "/passkeys"), (&pool, "/groups"), (&pool, "/clients"), (&other, "/users")] {
        let refused = open(&operator, pool, rest).await;
        assert!(refused.status == 403 && shows(&refused, "You may not do this"), "{rest}: {}", refused.text);
    }
    assert_eq!(operator.open("/pools").await.status, 403);
}
