//! Groups: who is in them, what their policies do, and what is refused.

use serde_json::{Value, json};

use crate::testing::{ACCOUNT, Answer, TestApp};

fn policy(effect: &str, action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": "*"}}).to_string()
}

async fn put(app: &TestApp, group: &str, name: &str, document: &str) -> Answer {
    app.admin().call("PutGroupPolicy", json!({"GroupName": group, "PolicyName": name, "PolicyDocument": document})).await
}

async fn join(app: &TestApp, group: &str, user: &str) -> Answer {
    app.admin().call("AddUserToGroup", json!({"GroupName": group, "UserName": user})).await
}

#[actix_web::test]
async fn a_group_is_made_once_renamed_filled_listed_and_deleted_when_it_is_empty() {
    let app = TestApp::new().await;
    let admin = app.admin();
    let made = admin.call("iam:CreateGroup", json!({"GroupName": "Writers", "Path": "/staff/"})).await.ok()["Group"].clone();
    assert!(made["GroupId"].as_str().unwrap().starts_with("AGPA"), "{made}");
    assert_eq!(made["Arn"], format!("arn:aws:iam::{ACCOUNT}:group/staff/Writers"));
    let taken = ("EntityAlreadyExists".to_owned(), "Group with name writers already exists.".to_owned());
    assert_eq!(admin.call("iam:CreateGroup", json!({"GroupName": "writers"})).await.error(), taken);
    admin.call("iam:CreateGroup", json!({"GroupName": "other"})).await.ok();
    assert_eq!(admin.call("iam:UpdateGroup", json!({"GroupName": "other", "NewGroupName": "writers"})).await.error(), taken);
    for user in ["ann", "bob"] {
        admin.call("iam:CreateUser", json!({"UserName": user})).await.ok();
        // Who is in it stays: twice is no error.
        join(&app, "WRITERS", user).await.ok();
        join(&app, "writers", user).await.ok();
    }
    let first = admin.call("iam:GetGroup", json!({"GroupName": "writers", "MaxItems": 1})).await.ok();
    let second = admin.call("iam:GetGroup", json!({"GroupName": "writers", "Marker": first["Marker"]})).await.ok();
    let mut names = [&first, &second].map(|page| page["Users"][0]["UserName"].as_str().unwrap().to_owned());
    names.sort();
    assert_eq!((&first["Group"], names, &second["IsTruncated"]), (&made, ["ann".to_owned(), "bob".to_owned()], &"false".into()));
    let of_ann = admin.call("ListGroupsForUser", json!({"UserName": "ann"})).await.ok()["Groups"].clone();
    assert_eq!(of_ann, json!([made]));
    let listed = async |prefix: &str| {
        let listed = admin.call("iam:ListGroups", json!({"PathPrefix": prefix})).await.ok()["Groups"].clone();
        listed.as_array().map_or(0, Vec::len)
    };
    assert_eq!((listed("/").await, listed("/staff/").await, listed("/none/").await), (2, 1, 0));
    put(&app, "writers", "p", &policy("Allow", "iam:ListUsers")).await.ok();
    let conflict = |what: &str| ("DeleteConflict".to_owned(), format!("Cannot delete entity, must {what} first."));
    let delete = async || admin.call("iam:DeleteGroup", json!({"GroupName": "writers"})).await;
    assert_eq!(delete().await.error(), conflict("remove users from group"));
    let user = admin.call("iam:DeleteUser", json!({"UserName": "ann"})).await.error();
    assert_eq!(user, conflict("remove users from group"));
    for user in ["ann", "bob", "bob"] {
        admin.call("RemoveUserFromGroup", json!({"GroupName": "writers", "UserName": user})).await.ok();
    }
    assert_eq!(delete().await.error(), conflict("delete policies"));
    admin.call("DeleteGroupPolicy", json!({"GroupName": "writers", "PolicyName": "p"})).await.ok();
    delete().await.ok();
    let missing = |what: &str, name: &str| ("NoSuchEntity".to_owned(), format!("The {what} with name {name} cannot be found."));
    assert_eq!(delete().await.error(), missing("group", "writers"));
    assert_eq!(join(&app, "writers", "ann").await.error(), missing("group", "writers"));
    assert_eq!(join(&app, "other", "eve").await.error(), missing("user", "eve"));
    let absent = admin.call("GetGroupPolicy", json!({"GroupName": "other", "PolicyName": "p"})).await.error();
    assert_eq!(absent, missing("group policy", "p"));
}

#[actix_web::test]
async fn what_a_groups_policies_say_holds_for_its_users_alone_at_once_and_on_every_node() {
    let app = TestApp::new().await;
    let there = app.another_node().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}])).await;
    let key = app.admin().call("CreateAccessKey", json!({"UserName": "ann"})).await.ok()["AccessKey"].clone();
    let ann_there = there.holder_of(key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap(), None);
    app.admin().call("iam:CreateUser", json!({"UserName": "bob"})).await.ok();
    let lists = async || {
        there.app.db.catch_up().await.unwrap();
        [ann.call("iam:ListUsers", json!({})).await.code(), ann_there.call("iam:ListUsers", json!({})).await.code()]
    };
    let (allowed, denied) = (["", ""], ["AccessDenied", "AccessDenied"]);
    for group in ["readers", "barred"] {
        app.admin().call("iam:CreateGroup", json!({"GroupName": group})).await.ok();
    }
    put(&app, "readers", "p", &policy("Allow", "iam:ListUsers")).await.ok();
    put(&app, "barred", "p", &policy("Deny", "iam:ListUsers")).await.ok();
    join(&app, "readers", "bob").await.ok();
    assert_eq!(lists().await, denied, "another's group");
    join(&app, "readers", "ann").await.ok();
    assert_eq!(lists().await, allowed);
    ann.call("iam:GetUser", json!({})).await.ok();
    put(&app, "readers", "p", &policy("Allow", "iam:ListRoles")).await.ok();
    assert_eq!(lists().await, denied, "the group's policy was changed");
    put(&app, "readers", "p", &policy("Allow", "iam:ListUsers")).await.ok();
    app.admin().call("iam:UpdateGroup", json!({"GroupName": "readers", "NewGroupName": "lectors", "NewPath": "/x/"})).await.ok();
    assert_eq!(lists().await, allowed, "by whatever name");
    join(&app, "barred", "ann").await.ok();
    assert_eq!(lists().await, denied, "what one group denies, no other allows");
    app.admin().call("RemoveUserFromGroup", json!({"GroupName": "barred", "UserName": "ann"})).await.ok();
    assert_eq!(lists().await, allowed);
    app.admin().call("DeleteGroupPolicy", json!({"GroupName": "lectors", "PolicyName": "p"})).await.ok();
    assert_eq!(lists().await, denied);
    put(&app, "lectors", "p", &policy("Allow", "iam:ListUsers")).await.ok();
    app.admin().call("RemoveUserFromGroup", json!({"GroupName": "lectors", "UserName": "ann"})).await.ok();
    assert_eq!(lists().await, denied);
}

#[actix_web::test]
async fn whoever_changes_a_group_is_judged_by_the_groups_arn_before_and_after() {
    let app = TestApp::new().await;
    let own = format!("arn:aws:iam::{ACCOUNT}:group/own/*");
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": own}])).await;
    for (name, path) in [("mine", "/own/"), ("admins", "/")] {
        app.admin().call("iam:CreateGroup", json!({"GroupName": name, "Path": path})).await.ok();
    }
    let document = policy("Allow", "*");
    for (operation, more) in [
        ("AddUserToGroup", json!({"UserName": "ann"})),
        ("RemoveUserFromGroup", json!({"UserName": "ann"})),
        ("PutGroupPolicy", json!({"PolicyName": "p", "PolicyDocument": document})),
        ("GetGroupPolicy", json!({"PolicyName": "p"})),
        ("ListGroupPolicies", json!({})),
        ("iam:GetGroup", json!({})),
        ("DeleteGroupPolicy", json!({"PolicyName": "p"})),
        ("iam:UpdateGroup", json!({"NewGroupName": "renamed"})),
        ("iam:DeleteGroup", json!({})),
    ] {
        let call = async |group: &str| {
            let mut input = more.clone();
            input["GroupName"] = group.into();
            ann.call(operation, input).await.code()
        };
        assert_eq!(call("admins").await, "AccessDenied", "{operation}");
        let own = if operation == "iam:DeleteGroup" { "renamed" } else { "mine" };
        assert_eq!(call(own).await, "", "{operation}");
    }
    ann.call("iam:CreateGroup", json!({"GroupName": "mine", "Path": "/own/"})).await.ok();
    for refused in [json!({"GroupName": "mine", "NewPath": "/"}), json!({"GroupName": "admins", "NewPath": "/own/"})] {
        assert_eq!(ann.call("iam:UpdateGroup", refused.clone()).await.code(), "AccessDenied", "{refused}");
    }
    assert_eq!(ann.call("iam:CreateGroup", json!({"GroupName": "x"})).await.code(), "AccessDenied");
    assert_eq!(ann.call("ListGroupsForUser", json!({"UserName": "ann"})).await.code(), "AccessDenied", "the user's own ARN is another");
    let stranger = app.root_of("111111111111").await;
    for (operation, input) in [("iam:GetGroup", json!({"GroupName": "admins"})), ("iam:DeleteGroup", json!({"GroupName": "admins"}))] {
        assert_eq!(stranger.call(operation, input).await.code(), "NoSuchEntity", "{operation}");
    }
}

#[actix_web::test]
async fn quotas_hold_and_what_is_beyond_changes_nothing() {
    let app = TestApp::new().await;
    let limit = |what: &str| ("LimitExceeded".to_owned(), format!("Cannot exceed quota for {what}"));
    app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    for number in 0..300 {
        app.admin().call("iam:CreateGroup", json!({"GroupName": format!("g{number}")})).await.ok();
    }
    assert_eq!(app.admin().call("iam:CreateGroup", json!({"GroupName": "g300"})).await.error(), limit("GroupsPerAccount: 300"));
    assert_eq!(app.admin().call("iam:GetGroup", json!({"GroupName": "g300"})).await.code(), "NoSuchEntity");
    for number in 0..10 {
        join(&app, &format!("g{number}"), "ann").await.ok();
    }
    assert_eq!(join(&app, "g10", "ann").await.error(), limit("GroupsPerUser: 10"));
    assert_eq!(app.admin().call("iam:GetGroup", json!({"GroupName": "g10"})).await.ok()["Users"], "");
    join(&app, "g9", "ann").await.ok();
    let long = json!({"Version": "2012-10-17",
                      "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "x".repeat(4_000)}})
    .to_string();
    assert_eq!(put(&app, "g0", "p", &long.replace("\"x", "\"arn:aws:s3:::x")).await.code(), "");
    let (code, message) = put(&app, "g0", "q", &long.replace("\"x", "\"arn:aws:s3:::x")).await.error();
    assert_eq!((&*code, &*message), ("LimitExceeded", "Maximum policy size of 5120 bytes exceeded for g0"));
    assert_eq!(put(&app, "g0", "q", "{}").await.code(), "MalformedPolicyDocument");
}

#[actix_web::test]
async fn simulators_count_the_groups_of_a_user_and_simulate_a_group() {
    let app = TestApp::new().await;
    app.user_with(json!([{"Effect": "Allow", "Action": "notes:Write", "Resource": "*"}])).await;
    app.admin().call("iam:CreateGroup", json!({"GroupName": "g"})).await.ok();
    put(&app, "g", "p", &policy("Allow", "notes:Read")).await.ok();
    join(&app, "g", "ann").await.ok();
    let simulate = async |source: &str, more: Value| {
        let mut input =
            json!({"PolicySourceArn": format!("arn:aws:iam::{ACCOUNT}:{source}"), "ActionNames": ["notes:Read", "notes:Write"]});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.admin().call("SimulatePrincipalPolicy", input).await.ok()["EvaluationResults"].clone()
    };
    let decisions =
        |results: &Value| [&results[0]["EvalDecision"], &results[1]["EvalDecision"]].map(|decision| decision.as_str().unwrap().to_owned());
    let of_user = simulate("user/ann", json!({})).await;
    assert_eq!(decisions(&of_user), ["allowed", "allowed"]);
    let matched = &of_user[0]["MatchedStatements"][0];
    assert_eq!((&matched["SourcePolicyId"], &matched["SourcePolicyType"]), (&"group_g_p".into(), &"group".into()));
    assert_eq!(decisions(&simulate("group/g", json!({})).await), ["allowed", "implicitDeny"]);
    let left_out =
        json!({"PolicyExclusionList": [{"InlinePolicyIdentifier": {"PolicyName": "p", "AttachmentType": "group", "AttachmentName": "g"}}]});
    assert_eq!(decisions(&simulate("user/ann", left_out).await), ["implicitDeny", "allowed"]);
}
