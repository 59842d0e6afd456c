//! What managed policies decide, for whom and since when, and who may change that.

use super::*;
use crate::store;
use crate::store::changes;

fn put(name: &str, arn: &str) -> Value {
    json!({"UserName": name, "PolicyArn": arn})
}

/// Whether a call is answered here and, once it has heard of what was changed, on another node.
async fn answers(there: &TestApp, callers: &[TestCaller<'_>; 2], operation: &str) -> [bool; 2] {
    there.app.db.catch_up().await.unwrap();
    let [here, there] = callers;
    [here.call(operation, json!({})).await.code().is_empty(), there.call(operation, json!({})).await.code().is_empty()]
}

#[actix_web::test]
async fn attached_policies_hold_with_inline_ones_for_users_their_groups_and_roles_at_once_and_on_every_node() {
    let app = TestApp::new().await;
    let there = app.another_node().await;
    let ann = user(&app, &there, "ann").await;
    let lists = async || answers(&there, &ann, "iam:ListUsers").await;
    let arn = create(&app, "p", &document("Allow", "iam:ListUsers")).await;
    assert_eq!(lists().await, [false; 2]);
    call(&app, "AttachUserPolicy", put("ann", &arn)).await.ok();
    assert_eq!(lists().await, [true; 2], "attached");
    version(&app, &arn, &document("Allow", "iam:ListRoles"), false).await.ok();
    assert_eq!(lists().await, [true; 2], "a version that does not hold");
    version(&app, &arn, &document("Deny", "iam:ListUsers"), true).await.ok();
    assert_eq!(lists().await, [false; 2], "a version that holds");
    call(&app, "SetDefaultPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"})).await.ok();
    assert_eq!(lists().await, [true; 2], "the former one again");
    let deny = json!({"UserName": "ann", "PolicyName": "q", "PolicyDocument": document("Deny", "iam:ListUsers")});
    call(&app, "PutUserPolicy", deny).await.ok();
    assert_eq!(lists().await, [false; 2], "what an inline policy denies, none that is attached allows");
    call(&app, "DeleteUserPolicy", json!({"UserName": "ann", "PolicyName": "q"})).await.ok();
    call(&app, "AttachUserPolicy", put("ann", "arn:aws:iam::aws:policy/AWSDenyAll")).await.ok();
    assert_eq!(lists().await, [false; 2], "AWS's own");
    call(&app, "DetachUserPolicy", put("ann", "arn:aws:iam::aws:policy/AWSDenyAll")).await.ok();
    call(&app, "DetachUserPolicy", put("ann", &arn)).await.ok();
    assert_eq!(lists().await, [false; 2], "detached");

    call(&app, "iam:CreateGroup", json!({"GroupName": "g"})).await.ok();
    call(&app, "AddUserToGroup", json!({"GroupName": "g", "UserName": "ann"})).await.ok();
    call(&app, "AttachGroupPolicy", json!({"GroupName": "g", "PolicyArn": arn})).await.ok();
    assert_eq!(lists().await, [true; 2], "by a group");
    call(&app, "SetDefaultPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v3"})).await.ok();
    assert_eq!(lists().await, [false; 2]);
    call(&app, "SetDefaultPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"})).await.ok();
    call(&app, "DetachGroupPolicy", json!({"GroupName": "g", "PolicyArn": arn})).await.ok();
    assert_eq!(lists().await, [false; 2]);
}

#[actix_web::test]
async fn a_new_default_is_one_message_however_many_have_the_policy() {
    let app = TestApp::new().await;
    let arn = create(&app, "p", &document("Allow", "iam:ListUsers")).await;
    for number in 0..20 {
        let name = format!("u{number}");
        call(&app, "iam:CreateUser", json!({"UserName": name})).await.ok();
        call(&app, "AttachUserPolicy", put(&name, &arn)).await.ok();
    }
    version(&app, &arn, &document("Deny", "*"), false).await.ok();
    let count = async || app.app.read(async |tx| changes::count(tx).await).await.unwrap();
    let before = count().await;
    call(&app, "SetDefaultPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v2"})).await.ok();
    assert_eq!(count().await, before + 1);
}

async fn session<'a>(app: &'a TestApp, who: &TestCaller<'_>, more: Value) -> Result<TestCaller<'a>, (String, String)> {
    let mut request = json!({"RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/app"), "RoleSessionName": "test"});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = who.call("AssumeRole", request).await;
    if !answer.code().is_empty() {
        return Err(answer.error());
    }
    let given = answer.ok()["Credentials"].clone();
    let text = |name: &str| given[name].as_str().unwrap().to_owned();
    Ok(app.holder_of(&text("AccessKeyId"), &text("SecretAccessKey"), Some(&text("SessionToken"))))
}

#[actix_web::test]
async fn sessions_have_what_is_attached_to_their_role_within_the_managed_policies_that_they_were_given() {
    let app = TestApp::new().await;
    app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
    call(&app, "AttachRolePolicy", json!({"RoleName": "app", "PolicyArn": ADMINISTRATOR})).await.ok();
    let users = create(&app, "users", &document("Allow", "iam:ListUsers")).await;
    let roles = create(&app, "roles", &document("Allow", "iam:ListRoles")).await;
    let may = async |session: &TestCaller<'_>| {
        [session.call("iam:ListUsers", json!({})).await.code().is_empty(), session.call("iam:ListRoles", json!({})).await.code().is_empty()]
    };
    let whole = session(&app, &ann, json!({})).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(may(&whole).await, [true, true]);
    let given = |arns: &[&str]| json!({"PolicyArns": arns.iter().map(|arn| json!({"arn": arn})).collect::<Vec<_>>()});
    let limited = session(&app, &ann, given(&[&users])).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(may(&limited).await, [true, false]);
    let both = session(&app, &ann, given(&[&users, &roles])).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(may(&both).await, [true, true]);
    let mut with_text = given(&[&users]);
    with_text["Policy"] = document("Allow", "iam:ListRoles").into();
    let mixed = session(&app, &ann, with_text).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(may(&mixed).await, [true, true], "what one of them allows, they allow");
    let of_aws =
        session(&app, &ann, given(&["arn:aws:iam::aws:policy/AmazonCognitoReadOnly"])).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(may(&of_aws).await, [false, true]);
    version(&app, &users, &document("Allow", "a:b"), true).await.ok();
    assert_eq!(may(&limited).await, [false, false], "another version holds for a session that is under way");
    call(&app, "DeletePolicyVersion", json!({"PolicyArn": users, "VersionId": "v1"})).await.ok();
    call(&app, "DeletePolicy", json!({"PolicyArn": users})).await.ok();
    assert_eq!(may(&limited).await, [false, false], "a session whose limit is gone may nothing");
    for refused in [given(&[&users]), given(&[roles.as_str(); 11])] {
        let code = session(&app, &ann, refused.clone()).await.err().map(|(code, _)| code);
        assert_eq!(code.as_deref(), Some("ValidationError"), "{refused}");
    }
    let mut long = given(&[roles.as_str(); 10]);
    long["Policy"] = document("Allow", &format!("iam:{}", "x".repeat(1_900))).into();
    assert_eq!(session(&app, &ann, long).await.err().map(|(code, _)| code).as_deref(), Some("PackedPolicyTooLarge"));
    call(&app, "DetachRolePolicy", json!({"RoleName": "app", "PolicyArn": ADMINISTRATOR})).await.ok();
    assert_eq!(may(&whole).await, [false, false]);
}

#[actix_web::test]
async fn a_boundary_limits_what_policies_allow_and_allows_nothing_itself_at_once_and_on_every_node() {
    let app = TestApp::new().await;
    let there = app.another_node().await;
    let ann = user(&app, &there, "ann").await;
    let (users, roles) = (async || answers(&there, &ann, "iam:ListUsers").await, async || answers(&there, &ann, "iam:ListRoles").await);
    let bound = create(&app, "bound", &document("Allow", "iam:ListUsers")).await;
    let put_boundary = json!({"UserName": "ann", "PermissionsBoundary": bound});
    call(&app, "PutUserPermissionsBoundary", put_boundary.clone()).await.ok();
    assert_eq!(users().await, [false; 2], "a boundary grants nothing");
    call(&app, "AttachUserPolicy", put("ann", ADMINISTRATOR)).await.ok();
    assert_eq!((users().await, roles().await), ([true; 2], [false; 2]));
    let (code, message) = ann[0].call("iam:ListRoles", json!({})).await.error();
    assert_eq!(code, "AccessDenied");
    assert!(message.ends_with("because no permissions boundary allows the iam:ListRoles action"), "{message}");
    version(&app, &bound, &document("Allow", "iam:ListRoles"), true).await.ok();
    assert_eq!((users().await, roles().await), ([false; 2], [true; 2]), "another version bounds");
    call(&app, "DeleteUserPermissionsBoundary", json!({"UserName": "ann"})).await.ok();
    assert_eq!((users().await, roles().await), ([true; 2], [true; 2]));
    call(&app, "DeleteUserPermissionsBoundary", json!({"UserName": "ann"})).await.ok();
    call(
        &app,
        "PutUserPermissionsBoundary",
        json!({"UserName": "ann", "PermissionsBoundary": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}),
    )
    .await
    .ok();
    call(&app, "PutUserPermissionsBoundary", put_boundary).await.ok();
    assert_eq!(users().await, [false; 2], "one takes the place of another");
    // As if its policy had gone: nothing passes.
    let account = ACCOUNT.into();
    app.app
        .write(async |tx| {
            let user = store::iam::find_user(tx, &account, "ann").await?.unwrap();
            store::iam::put_boundary(tx, &account, &user.id, &"ANPANONE".into()).await
        })
        .await
        .unwrap();
    assert_eq!(roles().await, [false; 2]);
}

#[actix_web::test]
async fn a_roles_boundary_limits_its_sessions() {
    let app = TestApp::new().await;
    let bound = create(&app, "bound", &document("Allow", "iam:ListUsers")).await;
    let trust =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}});
    let made = json!({"RoleName": "app", "AssumeRolePolicyDocument": trust.to_string(), "PermissionsBoundary": bound});
    let made = call(&app, "CreateRole", made).await.ok()["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"].clone();
    assert_eq!(made, bound);
    call(&app, "AttachRolePolicy", json!({"RoleName": "app", "PolicyArn": ADMINISTRATOR})).await.ok();
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
    let session = session(&app, &ann, json!({})).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(session.call("iam:ListUsers", json!({})).await.code(), "");
    assert_eq!(session.call("iam:ListRoles", json!({})).await.code(), "AccessDenied");
    call(&app, "DeleteRolePermissionsBoundary", json!({"RoleName": "app"})).await.ok();
    assert_eq!(session.call("iam:ListRoles", json!({})).await.code(), "");
}

/// Rhino Security Labs, "AWS IAM privilege escalation": whoever may change one policy may not change another.
#[actix_web::test]
async fn whoever_changes_a_policy_is_judged_by_its_arn() {
    let app = TestApp::new().await;
    let own = format!("arn:aws:iam::{ACCOUNT}:policy/own/*");
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": own}])).await;
    for (name, path) in [("mine", "/own/"), ("admins", "/")] {
        let request = json!({"PolicyName": name, "Path": path, "PolicyDocument": document("Allow", "a:b")});
        call(&app, "CreatePolicy", request).await.ok();
    }
    let (mine, admins) = (arn_of("own/mine"), arn_of("admins"));
    for (operation, more) in [
        ("CreatePolicyVersion", json!({"PolicyDocument": document("Allow", "*"), "SetAsDefault": true})),
        ("SetDefaultPolicyVersion", json!({"VersionId": "v1"})),
        ("GetPolicyVersion", json!({"VersionId": "v1"})),
        ("DeletePolicyVersion", json!({"VersionId": "v2"})),
        ("GetPolicy", json!({})),
        ("ListPolicyVersions", json!({})),
        ("ListEntitiesForPolicy", json!({})),
        ("TagPolicy", json!({"Tags": [{"Key": "k", "Value": "v"}]})),
        ("ListPolicyTags", json!({})),
        ("UntagPolicy", json!({"TagKeys": ["k"]})),
        ("DeletePolicy", json!({})),
    ] {
        let mut request = more.clone();
        for (arn, code) in [(&admins, "AccessDenied"), (&arn_of("none"), "AccessDenied"), (&mine, "")] {
            request["PolicyArn"] = arn.clone().into();
            assert_eq!(ann.call(operation, request.clone()).await.code(), code, "{operation} {arn}");
        }
    }
    let create = |path: &str| json!({"PolicyName": "x", "Path": path, "PolicyDocument": document("Allow", "*")});
    assert_eq!(ann.call("CreatePolicy", create("/")).await.code(), "AccessDenied");
    ann.call("CreatePolicy", create("/own/")).await.ok();
    assert_eq!(ann.call("AttachUserPolicy", put("ann", &arn_of("own/x"))).await.code(), "AccessDenied", "that is the user's");
}

#[actix_web::test]
async fn tags_of_policies_are_condition_keys() {
    let app = TestApp::new().await;
    let ann = app
        .user_with(json!([
            {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/lock": "yes"}}},
            {"Effect": "Deny", "Action": ["iam:CreatePolicy", "iam:TagPolicy"], "Resource": "*",
             "Condition": {"StringEquals": {"aws:RequestTag/lock": "yes"}}},
            {"Effect": "Deny", "Action": "iam:UntagPolicy", "Resource": "*",
             "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "lock"}}},
        ]))
        .await;
    let locked = json!([{"Key": "lock", "Value": "yes"}]);
    let (p, q) = (create(&app, "p", &document("Allow", "a:b")).await, create(&app, "q", &document("Allow", "a:b")).await);
    call(&app, "TagPolicy", json!({"PolicyArn": p, "Tags": locked})).await.ok();
    for (operation, request, code) in [
        ("GetPolicy", json!({"PolicyArn": p}), "AccessDenied"),
        ("GetPolicy", json!({"PolicyArn": q}), ""),
        ("TagPolicy", json!({"PolicyArn": q, "Tags": locked}), "AccessDenied"),
        ("UntagPolicy", json!({"PolicyArn": q, "TagKeys": ["lock"]}), "AccessDenied"),
        ("UntagPolicy", json!({"PolicyArn": q, "TagKeys": ["other"]}), ""),
        ("CreatePolicy", json!({"PolicyName": "r", "PolicyDocument": document("Allow", "a:b"), "Tags": locked}), "AccessDenied"),
    ] {
        assert_eq!(ann.call(operation, request.clone()).await.code(), code, "{operation} {request}");
    }
}

#[actix_web::test]
async fn who_attaches_and_bounds_is_judged_by_the_entitys_arn_the_policys_and_the_boundary() {
    let app = TestApp::new().await;
    let bound = create(&app, "bound", &document("Allow", "iam:*")).await;
    let harmless = create(&app, "harmless", &document("Allow", "a:b")).await;
    let ann = app
        .user_with(json!([
            {"Effect": "Allow", "Action": ["iam:AttachUserPolicy", "iam:DetachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy"],
             "Resource": format!("arn:aws:iam::{ACCOUNT}:*/team/*"), "Condition": {"ArnEquals": {"iam:PolicyARN": harmless}}},
            {"Effect": "Allow", "Action": ["iam:CreateUser", "iam:CreateRole", "iam:PutUserPermissionsBoundary", "iam:PutRolePermissionsBoundary",
                                           "iam:PutUserPolicy", "iam:DeleteUserPolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
             "Resource": "*", "Condition": {"StringEquals": {"iam:PermissionsBoundary": bound}}},
            {"Effect": "Allow", "Action": "iam:Delete*PermissionsBoundary", "Resource": "*",
             "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": bound}}},
        ]))
        .await;
    call(&app, "iam:CreateUser", json!({"UserName": "bob", "Path": "/team/"})).await.ok();
    call(&app, "iam:CreateUser", json!({"UserName": "boss"})).await.ok();
    call(&app, "iam:CreateGroup", json!({"GroupName": "g", "Path": "/team/"})).await.ok();
    let trust =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}});
    let role = |name: &str, boundary: Option<&str>| {
        let mut role = json!({"RoleName": name, "Path": "/team/", "AssumeRolePolicyDocument": trust.to_string()});
        if let Some(boundary) = boundary {
            role["PermissionsBoundary"] = boundary.into();
        }
        role
    };
    call(&app, "CreateRole", role("r", None)).await.ok();
    let inline = |kind: &str, name: &str| json!({format!("{kind}Name"): name, "PolicyName": "p", "PolicyDocument": document("Allow", "*")});
    let gone = |kind: &str, name: &str| json!({format!("{kind}Name"): name, "PolicyName": "p"});
    let boundary = |kind: &str, name: &str, arn: &str| json!({format!("{kind}Name"): name, "PermissionsBoundary": arn});
    for (operation, request, code) in [
        ("AttachUserPolicy", put("bob", ADMINISTRATOR), "AccessDenied"),
        ("AttachUserPolicy", put("bob", "arn:aws:iam::aws:policy/None"), "AccessDenied"),
        ("AttachUserPolicy", put("boss", &harmless), "AccessDenied"),
        ("AttachUserPolicy", put("bob", &harmless), ""),
        ("DetachUserPolicy", put("bob", ADMINISTRATOR), "AccessDenied"),
        ("DetachUserPolicy", put("bob", &harmless), ""),
        ("AttachGroupPolicy", json!({"GroupName": "g", "PolicyArn": ADMINISTRATOR}), "AccessDenied"),
        ("AttachGroupPolicy", json!({"GroupName": "g", "PolicyArn": harmless}), ""),
        ("AttachRolePolicy", json!({"RoleName": "r", "PolicyArn": ADMINISTRATOR}), "AccessDenied"),
        ("AttachRolePolicy", json!({"RoleName": "r", "PolicyArn": harmless}), ""),
        ("iam:CreateUser", json!({"UserName": "eve"}), "AccessDenied"),
        ("iam:CreateUser", boundary("User", "eve", ADMINISTRATOR), "AccessDenied"),
        ("iam:CreateUser", boundary("User", "eve", &bound), ""),
        ("CreateRole", role("s", None), "AccessDenied"),
        ("CreateRole", role("s", Some(&bound)), ""),
        ("PutUserPolicy", inline("User", "bob"), "AccessDenied"),
        ("PutUserPolicy", inline("User", "eve"), ""),
        ("DeleteUserPolicy", gone("User", "bob"), "AccessDenied"),
        ("DeleteUserPolicy", gone("User", "eve"), ""),
        ("PutRolePolicy", inline("Role", "r"), "AccessDenied"),
        ("PutRolePolicy", inline("Role", "s"), ""),
        ("DeleteRolePolicy", gone("Role", "r"), "AccessDenied"),
        ("DeleteRolePolicy", gone("Role", "s"), ""),
        ("DeleteUserPermissionsBoundary", json!({"UserName": "eve"}), "AccessDenied"),
        ("DeleteRolePermissionsBoundary", json!({"RoleName": "s"}), "AccessDenied"),
        ("PutUserPermissionsBoundary", boundary("User", "eve", ADMINISTRATOR), "AccessDenied"),
        ("PutUserPermissionsBoundary", boundary("User", "bob", &bound), ""),
        ("PutRolePermissionsBoundary", boundary("Role", "r", ADMINISTRATOR), "AccessDenied"),
        ("PutRolePermissionsBoundary", boundary("Role", "r", &bound), ""),
        ("DeleteUserPermissionsBoundary", json!({"UserName": "bob"}), "AccessDenied"),
    ] {
        assert_eq!(ann.call(operation, request.clone()).await.code(), code, "{operation} {request}");
    }
    call(&app, "PutUserPermissionsBoundary", boundary("User", "bob", &harmless)).await.ok();
    assert_eq!(ann.call("DeleteUserPermissionsBoundary", json!({"UserName": "bob"})).await.code(), "", "another boundary than that");
}

#[actix_web::test]
async fn simulators_count_what_is_attached_and_the_boundary() {
    let app = TestApp::new().await;
    let read = create(&app, "read", &document("Allow", "notes:Read")).await;
    let bound = create(&app, "bound", &document("Allow", "notes:Read")).await;
    let own = create(&app, "AdministratorAccess", &document("Allow", "notes:Own")).await;
    call(&app, "iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    call(&app, "iam:CreateGroup", json!({"GroupName": "g"})).await.ok();
    call(&app, "AddUserToGroup", json!({"GroupName": "g", "UserName": "ann"})).await.ok();
    call(&app, "AttachUserPolicy", put("ann", &read)).await.ok();
    for arn in [&read, ADMINISTRATOR, &own] {
        call(&app, "AttachGroupPolicy", json!({"GroupName": "g", "PolicyArn": arn})).await.ok();
    }
    let simulate = async |more: Value| {
        let source = format!("arn:aws:iam::{ACCOUNT}:user/ann");
        let mut input = json!({"PolicySourceArn": source, "ActionNames": ["notes:Read", "notes:Write"]});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.admin().call("SimulatePrincipalPolicy", input).await.ok()["EvaluationResults"].clone()
    };
    let decisions =
        |results: &Value| [&results[0]["EvalDecision"], &results[1]["EvalDecision"]].map(|decision| decision.as_str().unwrap().to_owned());
    let all = simulate(json!({})).await;
    assert_eq!(decisions(&all), ["allowed", "allowed"]);
    let mut matched = names(&all[0]["MatchedStatements"], "SourcePolicyId");
    matched.extend(names(&all[0]["MatchedStatements"], "SourcePolicyType"));
    assert_eq!(matched.len(), 4, "one that is attached twice counts once: {matched:?}");
    assert!(matched.contains(&"read".to_owned()) && matched.contains(&"user-managed".to_owned()), "{matched:?}");
    assert!(matched.contains(&"aws-managed".to_owned()), "{matched:?}");
    for (excluded, decided) in [
        (json!({"PolicyArn": ADMINISTRATOR}), ["allowed", "implicitDeny"]),
        (json!({"PolicyArn": "arn:aws:iam::aws:policy/Admin*"}), ["allowed", "implicitDeny"]),
        (json!({"PolicyType": "aws-managed"}), ["allowed", "implicitDeny"]),
        (json!({"PolicyType": "user-managed"}), ["allowed", "allowed"]),
        (json!({"PolicyType": "inline"}), ["allowed", "allowed"]),
    ] {
        assert_eq!(decisions(&simulate(json!({"PolicyExclusionList": [excluded]})).await), decided, "{excluded}");
    }
    let both = json!({"PolicyExclusionList": [{"PolicyType": "aws-managed"}, {"PolicyArn": read}]});
    assert_eq!(decisions(&simulate(both).await), ["implicitDeny", "implicitDeny"]);
    call(&app, "PutUserPermissionsBoundary", json!({"UserName": "ann", "PermissionsBoundary": bound})).await.ok();
    let bounded = simulate(json!({})).await;
    assert_eq!(decisions(&bounded), ["allowed", "implicitDeny"]);
    assert_eq!(bounded[1]["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"], "false");
    let other = json!({"PermissionsBoundaryPolicyInputList": [document("Allow", "notes:Write")]});
    assert_eq!(decisions(&simulate(other).await), ["implicitDeny", "allowed"], "one that is given takes its place");
    let keys = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*",
                      "Condition": {"StringEquals": {"aws:PrincipalTag/x": "y"}}}});
    version(&app, &read, &keys.to_string(), true).await.ok();
    let named = json!({"PolicySourceArn": format!("arn:aws:iam::{ACCOUNT}:user/ann")});
    let named = call(&app, "GetContextKeysForPrincipalPolicy", named).await.ok()["ContextKeyNames"].clone();
    assert_eq!(named, json!(["aws:PrincipalTag/x"]));
}
