//! What expires, and the test that moves the clock past its end: one list, held to the schema and to the tests.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{ACCOUNT, Answer, PASSWORD, TestApp, TestCaller};
use crate::crypto::srp::tests::Client;
use crate::jobs;
use crate::store::template;

/// Columns by what their names say: when something ends, or from when on it may be done again.
const ENDINGS: [&str; 4] = ["_until", "expires_at", "fades_at", "ready_at"];

/// What expires (`table.column`, or what travels and has no row), and where the clock passes its end.
const EXPIRING: [(&str, &str, &str); 43] = [
    ("audit_events.created_at", "jobs/tests.rs", "events_and_counts_go_by_their_age"),
    ("pool_activity.hour_began_at", "jobs/tests.rs", "events_and_counts_go_by_their_age"),
    ("authorization_codes.valid_until", "oauth/tests.rs", "a_code_serves_the_client_the_address_and_the_origin_that_it_was_given_for"),
    ("authorization_codes.expires_at", "testing/expiry.rs", "a_code_of_a_client_is_known_for_a_day"),
    ("browser_sessions.expires_at", "hosted/tests/answers.rs", "a_session_lasts_as_long_as_the_client_says_that_it_began_at"),
    ("step of the hosted pages", "hosted/tests/answers.rs", "a_session_lasts_as_long_as_the_client_says_that_it_began_at"),
    ("pushed request", "hosted/tests/answers.rs", "a_request_that_was_pushed_is_carried_by_its_name"),
    ("federation_requests.expires_at", "hosted/tests/federation.rs", "an_answer_is_for_the_browser_that_left_and_once"),
    ("challenge_sessions.expires_at", "jobs/tests.rs", "sweeping_goes_on_until_nothing_that_has_expired_is_left"),
    (
        "client_metadata_documents.expires_at",
        "services/cognito_idp/create_cimd_policy.rs",
        "what_was_fetched_is_listed_fetched_again_forgotten_and_ends_by_its_time",
    ),
    ("configuration_changes.changed_at", "store/changes/tests.rs", "records_are_deleted_by_age"),
    ("console_sessions.expires_at", "console/tests.rs", "a_session_ends_an_hour_after_its_last_use_and_half_a_day_after_its_first"),
    ("device_authorizations.expires_at", "oauth/tests/device.rs", "a_device_is_let_in_within_ten_minutes_or_not_at_all"),
    ("device_sign_ins.expires_at", "flows/sign_in/tests/devices.rs", "what_a_client_goes_on_by_without_its_session_lives_as_long_as_that"),
    ("iam_sign_in_attempts.fades_at", "services/iam/login_profile/tests.rs", "wrong_old_passwords_are_counted_slowed_and_forgotten"),
    ("iam_sign_in_attempts.locked_until", "services/iam/login_profile/tests.rs", "wrong_old_passwords_are_counted_slowed_and_forgotten"),
    ("jobs.ready_at", "jobs/tests.rs", "a_job_is_due_again_after_its_pause"),
    ("jobs.lease", "jobs/tests.rs", "a_job_whose_node_died_is_taken_over_and_the_dead_cannot_go_on"),
    ("message_budgets.spent_until", "services/cognito_idp/mod.rs", "one_address_is_mailed_so_often_an_hour_whoever_signs_up_with_it"),
    ("nodes.alive_until", "jobs/presence.rs", "a_node_is_there_while_it_says_so_and_gone_when_it_stops_or_says_nothing"),
    ("outbox_messages.created_at", "jobs/tests.rs", "messages_go_by_their_age_and_however_many_one_pool_sends_it_takes_none_of_anothers"),
    ("sign_in_attempts.fades_at", "flows/sign_in/tests/guesses.rs", "counts_fade_after_a_quiet_quarter_of_an_hour"),
    ("sign_in_attempts.locked_until", "flows/sign_in/tests/nobody.rs", "nobody_is_locked_out_like_somebody"),
    (
        "spent_assertions.expires_at",
        "services/cognito_idp/get_derived_token/tests/provided.rs",
        "an_assertion_serves_once_until_it_is_over",
    ),
    ("token_families.expires_at", "testing/expiry.rs", "a_refresh_token_serves_as_long_as_the_client_says"),
    ("user_auth_events.created_at", "testing/expiry.rs", "what_a_user_did_is_told_for_ninety_days"),
    ("users.temporary_password_expires_at", "testing/expiry.rs", "a_temporary_password_serves_as_many_days_as_the_pool_says"),
    ("verification_codes.code_expires_at", "services/cognito_idp/confirm_sign_up.rs", "a_code_serves_once_and_for_a_day"),
    ("verification_codes.expires_at", "testing/expiry.rs", "the_row_of_a_code_outlives_it_and_goes"),
    ("verification_codes.window_started_at", "services/cognito_idp/confirm_sign_up.rs", "a_code_that_met_its_limit_is_dead"),
    (
        "web_authn_registrations.expires_at",
        "services/cognito_idp/complete_web_authn_registration.rs",
        "a_registration_is_completed_once_and_within_its_minutes",
    ),
    ("access token", "testing/pool.rs", "a_user_signs_in_and_the_token_expires_by_the_clock"),
    ("ID token", "testing/expiry.rs", "an_id_token_is_a_login_as_long_as_the_client_says"),
    ("challenge session", "flows/sign_in/tests/sessions.rs", "a_session_serves_one_challenge_one_user_once_and_for_a_time"),
    ("SRP secret block", "testing/expiry.rs", "an_srp_sign_in_is_finished_while_its_session_lives"),
    ("role's session", "testing/expiry.rs", "a_roles_session_lives_as_long_as_was_asked"),
    ("guest's credentials", "testing/expiry.rs", "a_guests_credentials_live_for_an_hour"),
    ("user's credentials", "testing/expiry.rs", "an_id_token_is_a_login_as_long_as_the_client_says"),
    ("signature", "sigv4/tests.rs", "the_clocks_may_differ_by_what_the_service_allows_either_way"),
    ("presigned query", "wire/tests.rs", "query_operations_are_called_by_get_too"),
    ("budget of an address", "services/cognito_idp/mod.rs", "an_address_that_guesses_on_is_stopped_and_signs_in_again_when_it_has_waited"),
    ("what nothing has confirmed", "testing/nodes.rs", "a_node_that_hears_nothing_believes_its_caches_for_a_second"),
    ("what a node has missed", "store/changes/tests.rs", "who_has_not_listened_for_long_forgets_everything"),
];

/// Columns of endings that nothing reads any more.
const UNUSED: [&str; 1] = ["users.locked_until"];

#[actix_web::test]
async fn everything_that_expires_has_a_test_by_the_clock() {
    let listed: BTreeSet<&str> = EXPIRING.iter().map(|(what, ..)| *what).chain(UNUSED).collect();
    for column in template::columns().await {
        let ends = ENDINGS.iter().any(|ending| column.ends_with(ending));
        assert!(!ends || listed.contains(column.as_str()), "{column} is an ending that no test passes");
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (what, file, test) in EXPIRING {
        let text = std::fs::read_to_string(source.join(file)).unwrap();
        assert!(text.contains(&format!("fn {test}()")), "{what}: {file} has no test {test}");
    }
}

#[actix_web::test]
async fn a_refresh_token_serves_as_long_as_the_client_says() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({}), json!({"RefreshTokenValidity": 2})).await;
    let token = pool.user("alice").await.signed_in().await["RefreshToken"].clone();
    let refresh = async || {
        let parameters = json!({"REFRESH_TOKEN": token});
        pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await
    };
    app.advance(DAY * 2 - SECOND);
    assert_eq!(refresh().await.status, 200);
    app.advance(SECOND);
    assert_eq!(refresh().await.error(), not_authorized("Refresh Token has expired"));
}

#[actix_web::test]
async fn a_temporary_password_serves_as_many_days_as_the_pool_says() {
    let app = TestApp::new().await;
    let policy = json!({"Policies": {"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 3}}});
    let pool = app.pool_with(policy, json!({})).await;
    pool.admin("AdminCreateUser", json!({"Username": "alice", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"})).await.ok();
    app.advance(DAY * 3 - SECOND);
    assert_eq!(pool.sign_in("alice", PASSWORD).await.ok()["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    app.advance(SECOND);
    let message = "Temporary password has expired and must be reset by an administrator.";
    assert_eq!(pool.sign_in("alice", PASSWORD).await.error(), not_authorized(message));
}

#[actix_web::test]
async fn the_row_of_a_code_outlives_it_and_goes() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    let attributes = json!([{"Name": "email", "Value": "alice@example.com"}]);
    pool.client("SignUp", json!({"Username": "alice", "Password": PASSWORD, "UserAttributes": attributes})).await.ok();
    let rows = async || {
        jobs::run_due(&app.app).await.unwrap();
        let rows = app.app.read(async |tx| template::rows_of_pool(tx, &pool.id).await).await.unwrap();
        rows.into_iter().find(|(table, _)| table == "verification_codes").map_or(0, |(_, count)| count)
    };
    app.advance(DAY - SECOND);
    assert_eq!(rows().await, 1);
    app.advance(DAY);
    assert_eq!(rows().await, 0);
}

#[actix_web::test]
async fn a_code_of_a_client_is_known_for_a_day() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let code = pool.visitor().code_of("alice", &[]).await;
    let tokens = pool.exchange(&code, &[]).await.ok();
    let refresh = async || {
        let fields = [("grant_type", "refresh_token"), ("client_id", pool.client_id.as_str())];
        let token = [("refresh_token", tokens["refresh_token"].as_str().unwrap())];
        pool.post("oauth2/token", &[], &[&fields[..], &token].concat()).await.status
    };
    // After that its second use is one of nothing, and ends nothing.
    app.advance(DAY + SECOND);
    jobs::run_due(&app.app).await.unwrap();
    assert_eq!(pool.exchange(&code, &[]).await.body["error"], "invalid_grant");
    assert_eq!(refresh().await, 200);
}

#[actix_web::test]
async fn what_a_user_did_is_told_for_ninety_days() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await.signed_in().await;
    app.write_journal().await;
    let count = async || {
        jobs::run_due(&app.app).await.unwrap();
        let listed = pool.admin("AdminListUserAuthEvents", json!({"Username": "alice"})).await.ok();
        listed["AuthEvents"].as_array().unwrap().len()
    };
    app.advance(DAY * 90);
    assert_eq!(count().await, 1);
    app.advance(DAY);
    assert_eq!(count().await, 0);
}

#[actix_web::test]
async fn an_id_token_is_a_login_as_long_as_the_client_says() {
    let app = TestApp::new().await;
    let validity = json!({"IdTokenValidity": 2, "TokenValidityUnits": {"IdToken": "hours"}});
    let pool = app.pool_with(json!({}), validity).await;
    let token = pool.user("alice").await.signed_in().await["IdToken"].clone();
    let provider = format!("cognito-idp.us-east-1.amazonaws.com/{}", pool.id);
    let providers = json!([{"ProviderName": provider, "ClientId": pool.client_id}]);
    let identities = identity_pool(&app, json!({"CognitoIdentityProviders": providers}), "authenticated").await;
    let logins = json!({provider: token});
    let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": identities, "Logins": logins})).await.ok()["IdentityId"].clone();
    let exchange = async || app.anonymous().call("GetCredentialsForIdentity", json!({"IdentityId": identity, "Logins": logins})).await;
    app.advance(HOUR * 2 - SECOND);
    let credentials = exchange().await.ok()["Credentials"].clone();
    app.advance(SECOND);
    assert_eq!(exchange().await.error(), not_authorized("Invalid login token. Token expired."));
    let user = holder(&app, &credentials, "SecretKey");
    // They are their own: made in the token's last second, they live for their hour.
    app.advance(HOUR - SECOND * 2);
    assert_eq!(who(&user).await.status, 200);
    app.advance(SECOND);
    assert_eq!(who(&user).await.code(), "ExpiredToken");
}

#[actix_web::test]
async fn a_guests_credentials_live_for_an_hour() {
    let app = TestApp::new().await;
    let pool = identity_pool(&app, json!({}), "unauthenticated").await;
    let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.ok()["IdentityId"].clone();
    let answer = app.anonymous().call("GetCredentialsForIdentity", json!({"IdentityId": identity})).await.ok();
    let guest = holder(&app, &answer["Credentials"], "SecretKey");
    app.advance(HOUR - SECOND);
    assert_eq!(who(&guest).await.status, 200);
    app.advance(SECOND);
    assert_eq!(who(&guest).await.code(), "ExpiredToken");
}

#[actix_web::test]
async fn a_roles_session_lives_as_long_as_was_asked() {
    let app = TestApp::new().await;
    let role = app.role("App", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
    let request = json!({"RoleArn": role, "RoleSessionName": "test", "DurationSeconds": 900});
    let answer = ann.call("AssumeRole", request).await.ok();
    let session = holder(&app, &answer["Credentials"], "SecretAccessKey");
    app.advance(Duration::from_secs(899));
    assert_eq!(who(&session).await.status, 200);
    app.advance(SECOND);
    assert_eq!(who(&session).await.code(), "ExpiredToken");
}

#[actix_web::test]
async fn an_srp_sign_in_is_finished_while_its_session_lives() {
    const STAMP: &str = "Fri Jan 15 08:00:00 UTC 2027";
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    let client = Client { secret: [0x42; 32], pool: pool.id.name(), stamp: STAMP };
    for (pause, status) in [(179, 200), (180, 400)] {
        let parameters = json!({"USERNAME": "alice", "SRP_A": client.public_hex()});
        let begun = pool.client("InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})).await.ok();
        let asked = begun["ChallengeParameters"].clone();
        let text = |name: &str| asked[name].as_str().unwrap();
        let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
        let signature = client.prove(text("USER_ID_FOR_SRP"), PASSWORD, text("SALT"), text("SRP_B"), &block);
        let responses = json!({"USERNAME": "alice", "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
                               "PASSWORD_CLAIM_SIGNATURE": signature, "TIMESTAMP": STAMP});
        app.advance(Duration::from_secs(pause));
        let answer = json!({"ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses});
        assert_eq!(pool.client("RespondToAuthChallenge", answer).await.status, status, "after {pause} s");
    }
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn not_authorized(message: &str) -> (String, String) {
    ("NotAuthorizedException".to_owned(), message.to_owned())
}

async fn who(caller: &TestCaller<'_>) -> Answer {
    caller.call("GetCallerIdentity", json!({})).await
}

/// Whoever holds the credentials of an answer, which calls its secret by one name or another.
fn holder<'a>(app: &'a TestApp, credentials: &Value, secret: &str) -> TestCaller<'a> {
    let text = |name: &str| credentials[name].as_str().unwrap();
    app.holder_of(text("AccessKeyId"), text(secret), Some(text("SessionToken")))
}

/// An identity pool that gives a role to the logins, or the guests, that it has.
async fn identity_pool(app: &TestApp, settings: Value, kind: &str) -> Value {
    let mut pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": kind == "unauthenticated"});
    pool.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let id = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone();
    let trust = json!([{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
                        "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": id}}}]);
    let role = app.role("Pool", trust).await;
    app.admin().call("SetIdentityPoolRoles", json!({"IdentityPoolId": id, "Roles": {kind: role}})).await.ok();
    id
}
