//! When a recovery may be asked for, and what goes on and what rests until it is over.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::crypto::totp::TotpSeed;
use crate::testing::{PASSWORD, TestApp, TestPasskey, TestPool};

const HOUR: Duration = Duration::from_secs(3600);

/// Lets a preview be made and expire, or be cancelled.
async fn cancelled(pool: &TestPool<'_>) {
    let point = pool.app.app.now().minus(HOUR);
    let id = pool.initiate(point).await.ok()["Restoration"]["RestoreId"].clone();
    let over = pool.recovery("Cancel", &id).await.ok();
    assert_eq!(over["Restoration"]["RestoreStatus"], "PREVIEW_CANCELLED");
}

#[actix_web::test]
async fn a_pool_goes_back_as_far_as_it_may() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let made = app.app.now();
    app.advance(HOUR * 2);
    let now = app.app.now();
    for (point, words) in [
        (now.minus(Duration::from_secs(15 * 60 - 1)), "RestoreTimestamp must be at least 15 minutes in the past."),
        (now.plus(HOUR), "RestoreTimestamp must be at least 15 minutes in the past."),
        (made.minus(Duration::from_secs(1)), "RestoreTimestamp can't be earlier than the creation time of the user pool."),
    ] {
        assert_eq!(pool.initiate(point).await.error(), ("InvalidParameterException".to_owned(), words.to_owned()));
    }
    app.app.write(async |tx| crate::store::user_data::begin(tx, now.minus(HOUR)).await).await.unwrap();
    let before = pool.initiate(now.minus(HOUR + HOUR)).await;
    assert_eq!(before.code(), "InvalidParameterException", "nothing was kept then");
    let answer = pool.initiate(now.minus(HOUR)).await.ok()["Restoration"].clone();
    assert_eq!(answer["RestoreStatus"], "PREVIEW_GENERATING");
    assert_eq!((&answer["RestoreTimestamp"], &answer["TriggerTimestamp"]), (&json!(now.minus(HOUR)), &json!(now)));
    assert!(answer.get("RestorePreview").is_none());
    app.advance(HOUR * 24 * 15);
    let old = pool.initiate(app.app.now().minus(HOUR * 24 * 14 + Duration::from_secs(1))).await;
    assert_eq!(old.message(), "RestoreTimestamp must be at most 14 days in the past.");
    let elsewhere = app.admin().in_region("eu-west-1");
    let input = json!({"UserPoolId": pool.id, "RestoreTimestamp": app.app.now().minus(HOUR)});
    assert_eq!(elsewhere.call("InitiatePointInTimeRecovery", input.clone()).await.code(), "ResourceNotFoundException");
    assert_eq!(app.anonymous().call("InitiatePointInTimeRecovery", input).await.code(), "MissingAuthenticationTokenException");
}

#[actix_web::test]
async fn recoveries_of_a_pool_are_limited() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    app.advance(HOUR * 2);
    let initiate = async || pool.initiate(app.app.now().minus(HOUR)).await;
    let id = initiate().await.ok()["Restoration"]["RestoreId"].clone();
    let limited = |words: &str| ("LimitExceededException".to_owned(), words.to_owned());
    assert_eq!(initiate().await.error(), limited("The user pool has an active point-in-time recovery."));
    pool.recovery("Cancel", &id).await.ok();
    for _ in 0..2 {
        cancelled(&pool).await;
    }
    let in_a_day = limited("The user pool had as many recovery previews in the last 24 hours as it can have.");
    assert_eq!(initiate().await.error(), in_a_day);
    app.advance(HOUR * 24 - Duration::from_secs(1));
    assert_eq!(initiate().await.error(), in_a_day);
    app.advance(Duration::from_secs(1));
    for _ in 0..2 {
        for _ in 0..3 {
            cancelled(&pool).await;
        }
        app.advance(HOUR * 24);
    }
    cancelled(&pool).await;
    assert_eq!(initiate().await.error(), limited("The user pool had as many recovery previews in the last 30 days as it can have."));
    app.advance(HOUR * 24 * 27);
    pool.recovered_to(app.app.now().minus(HOUR)).await;
    assert_eq!(initiate().await.error(), limited("A recovery of the user pool was completed in the last 24 hours."));
    app.advance(HOUR * 24);
    cancelled(&pool).await;
}

#[actix_web::test]
async fn recoveries_of_an_account_are_limited() {
    let app = TestApp::new().await;
    let mut pools = Vec::new();
    for _ in 0..6 {
        pools.push(app.pool().await);
    }
    app.advance(HOUR * 2);
    let point = app.app.now().minus(HOUR);
    let mut ids = Vec::new();
    for pool in &pools[..5] {
        ids.push(pool.initiate(point).await.ok()["Restoration"]["RestoreId"].clone());
    }
    let sixth = pools[5].initiate(point).await;
    assert_eq!(sixth.code(), "LimitExceededException");
    assert!(sixth.message().starts_with("The account has as many active"), "{}", sixth.message());
    for (pool, id) in pools.iter().zip(&ids) {
        pool.recovery("Cancel", id).await.ok();
    }
    for pool in &pools[..5] {
        cancelled(pool).await;
    }
    let eleventh = pools[5].initiate(point).await;
    assert_eq!(eleventh.code(), "LimitExceededException");
    assert!(eleventh.message().starts_with("The account had as many recovery previews"), "{}", eleventh.message());
    let other = app.root_of("111111111111").await;
    let made = other.call("CreateUserPool", json!({"PoolName": "other"})).await.ok()["UserPool"]["Id"].clone();
    app.advance(HOUR);
    let theirs = json!({"UserPoolId": made, "RestoreTimestamp": app.app.now().minus(HOUR)});
    other.call("InitiatePointInTimeRecovery", theirs).await.ok();
}

#[actix_web::test]
async fn recoveries_are_told_of_the_newest_first_and_without_previews() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    app.advance(HOUR * 2);
    cancelled(&pool).await;
    app.advance(HOUR);
    cancelled(&pool).await;
    app.advance(HOUR);
    let (id, _) = pool.previewed(app.app.now().minus(HOUR)).await;
    let first = pool.admin("ListPointInTimeRecoveries", json!({"MaxResults": 2})).await.ok();
    let newest = &first["Restorations"][0];
    assert_eq!((&newest["RestoreId"], &newest["RestoreStatus"]), (&id, &json!("PREVIEW_GENERATED")));
    assert_eq!(newest.as_object().unwrap().keys().collect::<Vec<_>>(), ["RestoreId", "RestoreStatus", "RestoreTimestamp"]);
    assert_eq!(first["Restorations"][1]["RestoreStatus"], "PREVIEW_CANCELLED");
    let input = json!({"MaxResults": 2, "NextToken": first["NextToken"]});
    let second = pool.admin("ListPointInTimeRecoveries", input).await.ok();
    assert_eq!((second["Restorations"].as_array().unwrap().len(), second.get("NextToken")), (1, None));
    assert_eq!(pool.admin("ListPointInTimeRecoveries", json!({"NextToken": "x"})).await.code(), "InvalidParameterException");
}

#[actix_web::test]
async fn a_preview_expires_whether_or_not_a_node_looks() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    app.advance(HOUR * 2);
    let (id, _) = pool.previewed(app.app.now().minus(HOUR)).await;
    app.advance(HOUR * 24 - Duration::from_secs(3));
    let new = json!({"Username": "alice", "MessageAction": "SUPPRESS"});
    assert_eq!(pool.admin("AdminCreateUser", new.clone()).await.code(), "OperationNotEnabledException");
    app.advance(Duration::from_secs(3));
    let described = pool.recovery("Describe", &id).await.ok()["Restoration"].clone();
    assert_eq!((&described["RestoreStatus"], described.get("RestorePreview")), (&json!("PREVIEW_EXPIRED"), None));
    assert_eq!(pool.recovery("Start", &id).await.code(), "InvalidParameterException");
    assert_eq!(pool.recovery("Cancel", &id).await.code(), "InvalidParameterException");
    pool.admin("AdminCreateUser", new).await.ok();
    cancelled(&pool).await;
    app.run_jobs().await;
    assert_eq!(pool.recovery("Describe", &id).await.ok()["Restoration"]["RestoreStatus"], "PREVIEW_EXPIRED");
}

#[actix_web::test]
async fn imports_and_recoveries_keep_out_of_each_others_way() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    let trust = json!({"Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"}, "Action": "sts:AssumeRole"});
    let job = json!({"JobName": "j", "CloudWatchLogsRoleArn": app.role("logs", trust).await});
    let made = pool.admin("CreateUserImportJob", job.clone()).await.ok()["UserImportJob"]["JobId"].clone();
    let pool_id = &pool.id;
    app.app
        .write(async |tx| {
            let found = crate::store::user_imports::find(tx, pool_id, made.as_str().unwrap()).await?.unwrap();
            let running = crate::userpools::import::ImportJob { status: crate::userpools::import::ImportStatus::InProgress, ..found };
            crate::store::user_imports::update(tx, &running, None).await
        })
        .await
        .unwrap();
    app.advance(HOUR * 2);
    let point = app.app.now().minus(HOUR);
    assert_eq!(pool.initiate(point).await.code(), "ConcurrentModificationException");
    pool.admin("StopUserImportJob", json!({"JobId": made})).await.ok();
    app.run_jobs().await;
    pool.initiate(point).await.ok();
    assert_eq!(pool.admin("CreateUserImportJob", job).await.code(), "OperationNotEnabledException");
}

/// Operations that change what users are, and which rest therefore.
const RESTING: [&str; 35] = [
    "AdminAddUserToGroup",
    "AdminConfirmSignUp",
    "AdminCreateUser",
    "AdminDeleteSoftwareToken",
    "AdminDeleteUser",
    "AdminDeleteUserAttributes",
    "AdminDisableProviderForUser",
    "AdminDisableUser",
    "AdminEnableUser",
    "AdminLinkProviderForUser",
    "AdminRemoveUserFromGroup",
    "AdminResetUserPassword",
    "AdminSetUserMFAPreference",
    "AdminSetUserPassword",
    "AdminSetUserSettings",
    "AdminUpdateUserAttributes",
    "AssociateSoftwareToken",
    "ChangePassword",
    "CompleteWebAuthnRegistration",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "CreateGroup",
    "CreateUserImportJob",
    "DeleteGroup",
    "DeleteUser",
    "DeleteUserAttributes",
    "DeleteWebAuthnCredential",
    "SetUserMFAPreference",
    "SetUserSettings",
    "SignUp",
    "StartUserImportJob",
    "UpdateGroup",
    "UpdateUserAttributes",
    "VerifySoftwareToken",
    "VerifyUserAttribute",
];

/// Words of operations that only tell something, are about what is not user data (configuration, sessions, devices, codes that are
/// sent), or sign somebody in.
const GOING_ON: [&str; 29] = [
    "Describe",
    "List",
    "Get",
    "AdminGet",
    "AdminList",
    "InitiateAuth",
    "AdminInitiateAuth",
    "RespondToAuthChallenge",
    "AdminRespondToAuthChallenge",
    "ForgotPassword",
    "Resend",
    "Revoke",
    "AdminRevoke",
    "GlobalSignOut",
    "AdminUserGlobalSignOut",
    "ConfirmDevice",
    "ForgetDevice",
    "AdminForgetDevice",
    "UpdateDeviceStatus",
    "AdminUpdateDeviceStatus",
    "StartWebAuthnRegistration",
    "UpdateAuthEventFeedback",
    "AdminUpdateAuthEventFeedback",
    "StopUserImportJob",
    "InitiatePoint",
    "StartPoint",
    "CancelPoint",
    "Tag",
    "Untag",
];

/// What configuration is made of.
const CONFIGURATION: [&str; 21] = [
    "UserPool",
    "CustomAttributes",
    "CIMD",
    "ClientMetadata",
    "IdentityProvider",
    "Branding",
    "ResourceServer",
    "Terms",
    "Domain",
    "Replica",
    "Client",
    "LogDelivery",
    "RiskConfiguration",
    "UICustomization",
    "ProvisionedLimit",
    "MfaConfig",
    "SessionConfiguration",
    "Secret",
    "SigningCertificate",
    "CSVHeader",
    "Derived",
];

#[test]
fn every_operation_is_known_to_rest_or_to_go_on() {
    let resting: BTreeSet<&str> = RESTING.into();
    for operation in super::super::operations() {
        let goes_on = GOING_ON.iter().any(|word| operation.name.starts_with(word))
            || (!operation.name.contains("UserImport") && CONFIGURATION.iter().any(|word| operation.name.contains(word)));
        assert!(goes_on != resting.contains(operation.name), "{}", operation.name);
    }
}

#[actix_web::test]
async fn what_changes_users_rests_and_changes_nothing() {
    let app = TestApp::new().await;
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}});
    let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"], "Policies": factors}), json!({})).await;
    let mfa = json!({"SoftwareTokenMfaConfiguration": {"Enabled": true}, "MfaConfiguration": "OPTIONAL",
        "WebAuthnConfiguration": {"RelyingPartyId": "example.com"}});
    pool.admin("SetUserPoolMfaConfig", mfa).await.ok();
    let details =
        json!({"client_id": "c", "attributes_request_method": "GET", "oidc_issuer": "https://op.example", "authorize_scopes": "openid"});
    let provider = json!({"ProviderName": "Partner", "ProviderType": "OIDC", "ProviderDetails": details});
    pool.admin("CreateIdentityProvider", provider).await.ok();
    pool.admin("CreateGroup", json!({"GroupName": "staff"})).await.ok();
    pool.admin("CreateGroup", json!({"GroupName": "other"})).await.ok();
    let alice = pool.user_with("alice", json!({"email": "alice@x.example", "email_verified": "true", "name": "a"})).await;
    pool.admin("AdminAddUserToGroup", json!({"GroupName": "staff", "Username": "alice"})).await.ok();
    let mut passkey = TestPasskey::on("example.com");
    let token = alice.register(&mut passkey).await;
    let bearer = async |operation: &str, mut input: Value| {
        input["AccessToken"] = token.clone();
        app.anonymous().call(operation, input).await
    };
    let associate = async || {
        let secret = bearer("AssociateSoftwareToken", json!({})).await.ok()["SecretCode"].clone();
        TotpSeed::from_base32(secret.as_str().unwrap()).unwrap()
    };
    let first = associate().await.code_at(app.app.now());
    bearer("VerifySoftwareToken", json!({"UserCode": first})).await.ok();
    let seed = associate().await;
    let waiting = json!({"UserAttributes": [{"Name": "email", "Value": "new@x.example"}]});
    bearer("UpdateUserAttributes", waiting).await.ok();
    let verification = app.code_sent_to("new@x.example").await;
    let sign_up = async |name: &str| {
        let attributes = json!([{"Name": "email", "Value": format!("{name}@x.example")}]);
        pool.client("SignUp", json!({"Username": name, "Password": PASSWORD, "UserAttributes": attributes})).await
    };
    sign_up("bob").await.ok();
    let confirmation = app.code_sent_to("bob@x.example").await;
    pool.user_with("carol", json!({"email": "carol@x.example", "email_verified": "true"})).await;
    pool.client("ForgotPassword", json!({"Username": "carol"})).await.ok();
    let reset = app.code_sent_to("carol@x.example").await;
    let trust = json!({"Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"}, "Action": "sts:AssumeRole"});
    let job = json!({"JobName": "j", "CloudWatchLogsRoleArn": app.role("logs", trust).await});
    let job_id = pool.admin("CreateUserImportJob", job.clone()).await.ok()["UserImportJob"]["JobId"].clone();
    let pool_id = &pool.id;
    let upload = async |tx: &mut crate::store::Conn| {
        crate::store::user_imports::begin_upload(tx, pool_id, job_id.as_str().unwrap(), "u").await?;
        crate::store::user_imports::end_upload(tx, pool_id, job_id.as_str().unwrap(), "u", 1).await
    };
    app.app.write(upload).await.unwrap();
    app.advance(Duration::from_secs(20 * 60));
    let options = bearer("StartWebAuthnRegistration", json!({})).await.ok()["CredentialCreationOptions"].clone();
    let second = TestPasskey::on("example.com").create(&options);
    let before = alice.described().await;
    let id = pool.initiate(app.app.now().minus(Duration::from_secs(16 * 60))).await.ok()["Restoration"]["RestoreId"].clone();

    let of_alice = |more: Value| {
        let mut input = json!({"Username": "alice"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let attributes = json!({"UserAttributes": [{"Name": "name", "Value": "b"}]});
    let wish = json!({"SoftwareTokenMfaSettings": {"Enabled": true}});
    let itself = json!({"ProviderName": "Cognito", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "alice"});
    let source = json!({"ProviderName": "Partner", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "1"});
    let link = json!({"DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": "alice"}, "SourceUser": source});
    // The older form of SetUserMFAPreference changes what that changes, and by the same step.
    for operation in RESTING.into_iter().filter(|operation| !operation.ends_with("SetUserSettings")) {
        let member = json!({"GroupName": "other", "Username": "alice"});
        let answer = match operation {
            "AdminAddUserToGroup" => pool.admin(operation, member).await,
            "AdminRemoveUserFromGroup" => pool.admin(operation, json!({"GroupName": "staff", "Username": "alice"})).await,
            "AdminConfirmSignUp" => pool.admin(operation, json!({"Username": "bob"})).await,
            "AdminResetUserPassword" => pool.admin(operation, json!({"Username": "carol"})).await,
            "AdminCreateUser" => pool.admin(operation, json!({"Username": "new", "MessageAction": "SUPPRESS"})).await,
            "AdminDeleteUserAttributes" => pool.admin(operation, of_alice(json!({"UserAttributeNames": ["name"]}))).await,
            "AdminDisableProviderForUser" => pool.admin(operation, json!({"User": itself})).await,
            "AdminLinkProviderForUser" => pool.admin(operation, link.clone()).await,
            "AdminSetUserMFAPreference" => pool.admin(operation, of_alice(wish.clone())).await,
            "AdminSetUserPassword" => pool.admin(operation, of_alice(json!({"Password": "An0ther!pass", "Permanent": true}))).await,
            "AdminUpdateUserAttributes" => pool.admin(operation, of_alice(attributes.clone())).await,
            "CreateGroup" => pool.admin(operation, json!({"GroupName": "new"})).await,
            "UpdateGroup" | "DeleteGroup" => pool.admin(operation, json!({"GroupName": "staff"})).await,
            "CreateUserImportJob" => pool.admin(operation, job.clone()).await,
            "StartUserImportJob" => pool.admin(operation, json!({"JobId": job_id})).await,
            "SignUp" => sign_up("dave").await,
            "ConfirmSignUp" => pool.client(operation, json!({"Username": "bob", "ConfirmationCode": confirmation})).await,
            "ConfirmForgotPassword" => {
                let input = json!({"Username": "carol", "ConfirmationCode": reset, "Password": "An0ther!pass"});
                pool.client(operation, input).await
            }
            "ChangePassword" => bearer(operation, json!({"PreviousPassword": PASSWORD, "ProposedPassword": "An0ther!pass"})).await,
            "CompleteWebAuthnRegistration" => bearer(operation, json!({"Credential": second})).await,
            "DeleteWebAuthnCredential" => bearer(operation, json!({"CredentialId": passkey.id_text()})).await,
            "DeleteUserAttributes" => bearer(operation, json!({"UserAttributeNames": ["name"]})).await,
            "SetUserMFAPreference" => bearer(operation, wish.clone()).await,
            "UpdateUserAttributes" => bearer(operation, attributes.clone()).await,
            "VerifySoftwareToken" => bearer(operation, json!({"UserCode": seed.code_at(app.app.now())})).await,
            "VerifyUserAttribute" => bearer(operation, json!({"AttributeName": "email", "Code": verification})).await,
            "AssociateSoftwareToken" | "DeleteUser" => bearer(operation, json!({})).await,
            _ => pool.admin(operation, of_alice(json!({}))).await,
        };
        assert_eq!(answer.code(), "OperationNotEnabledException", "{operation}: {}", answer.text);
        assert!(answer.message().contains("point-in-time recovery"), "{}", answer.message());
    }
    assert_eq!(alice.described().await, before);

    // What tells, signs in and out goes on.
    bearer("GetUser", json!({})).await.ok();
    pool.admin("ListUsers", json!({})).await.ok();
    let tokens = alice.signed_in().await;
    let refresh = json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]}});
    pool.client("InitiateAuth", refresh).await.ok();
    app.anonymous().call("GlobalSignOut", json!({"AccessToken": tokens["AccessToken"]})).await.ok();

    // Codes that were refused with the rest have not been spent.
    pool.recovery("Cancel", &id).await.ok();
    pool.client("ConfirmSignUp", json!({"Username": "bob", "ConfirmationCode": confirmation})).await.ok();
    let input = json!({"Username": "carol", "ConfirmationCode": reset, "Password": "An0ther!pass"});
    pool.client("ConfirmForgotPassword", input).await.ok();
}

#[actix_web::test]
async fn sign_ins_that_would_change_the_user_wait() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let mfa = json!({"SoftwareTokenMfaConfiguration": {"Enabled": true}, "MfaConfiguration": "OPTIONAL"});
    pool.admin("SetUserPoolMfaConfig", mfa).await.ok();
    let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
    let secret = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": token})).await.ok()["SecretCode"].clone();
    let seed = TotpSeed::from_base32(secret.as_str().unwrap()).unwrap();
    let verify = json!({"AccessToken": token, "UserCode": seed.code_at(app.app.now())});
    app.anonymous().call("VerifySoftwareToken", verify).await.ok();
    let wish = json!({"AccessToken": token, "SoftwareTokenMfaSettings": {"Enabled": true, "PreferredMfa": true}});
    app.anonymous().call("SetUserMFAPreference", wish).await.ok();
    pool.user("bob").await;
    pool.admin("AdminCreateUser", json!({"Username": "carol", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"})).await.ok();
    app.advance(HOUR * 2);
    let id = pool.initiate(app.app.now().minus(HOUR)).await.ok()["Restoration"]["RestoreId"].clone();
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    for code in [seed.code_at(app.app.now()), Some("000000".to_owned())] {
        let answer = json!({"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code});
        let refused = pool.respond("SOFTWARE_TOKEN_MFA", &asked["Session"], answer).await;
        assert_eq!(refused.code(), "OperationNotEnabledException", "right or wrong, nothing is told of it");
    }
    let asked_carol = pool.sign_in("carol", PASSWORD).await.ok();
    let answer = json!({"USERNAME": "carol", "NEW_PASSWORD": "An0ther!pass"});
    let refused = pool.respond("NEW_PASSWORD_REQUIRED", &asked_carol["Session"], answer.clone()).await;
    assert_eq!(refused.code(), "OperationNotEnabledException");
    assert!(pool.sign_in("bob", PASSWORD).await.ok()["AuthenticationResult"].is_object());
    pool.recovery("Cancel", &id).await.ok();
    pool.respond("NEW_PASSWORD_REQUIRED", &asked_carol["Session"], answer).await.ok();
    let answer = json!({"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": seed.code_at(app.app.now())});
    pool.respond("SOFTWARE_TOKEN_MFA", &asked["Session"], answer).await.ok();
    let on = json!({"SoftwareTokenMfaConfiguration": {"Enabled": true}, "MfaConfiguration": "ON"});
    pool.admin("SetUserPoolMfaConfig", on).await.ok();
    pool.initiate(app.app.now().minus(HOUR)).await.ok();
    let set_up = pool.sign_in("bob", PASSWORD).await.ok();
    assert_eq!(set_up["ChallengeName"], "MFA_SETUP");
    let associated = app.anonymous().call("AssociateSoftwareToken", json!({"Session": set_up["Session"]})).await.ok();
    let seed = TotpSeed::from_base32(associated["SecretCode"].as_str().unwrap()).unwrap();
    let verify = json!({"Session": associated["Session"], "UserCode": seed.code_at(app.app.now())});
    assert_eq!(app.anonymous().call("VerifySoftwareToken", verify).await.code(), "OperationNotEnabledException");
}
