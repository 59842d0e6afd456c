//! The pages of managed policies, as a browser without JavaScript uses them.

use serde_json::{Value, json};

use crate::testing::{ACCOUNT, Answer, TestApp, TestBrowser};

const ARN: &str = "arn:aws:iam::000000000000:policy/team/readers";
const AT: &str = "/iam/policies/arn%3Aaws%3Aiam%3A%3A000000000000%3Apolicy%2Fteam%2Freaders";

fn document(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}).to_string()
}

/// Reviews and saves, as the form does.
async fn save(browser: &TestBrowser<'_>, at: &str, fields: &[(&str, &str)]) -> Answer {
    browser.open(at).await;
    let with = |step: &'static str| fields.iter().copied().chain([("do", step)]).collect::<Vec<_>>();
    let reviewed = browser.submit(at, &with("review")).await;
    assert_eq!(reviewed.status, 200, "{}", reviewed.text);
    let base = reviewed.text.split_once("name=\"base\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let mut last = with("save");
    last.push(("base", &base));
    browser.submit(at, &last).await
}

#[actix_web::test]
async fn a_policy_is_made_given_versions_compared_and_deleted() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    let list = browser.open("/iam/policies").await.text;
    assert!(list.contains("AdministratorAccess") && list.contains("/console/iam/new-policy"), "{list}");
    let first = document("iam:ListUsers");
    let fields = [("policy", "readers"), ("path", "team"), ("description", "For <readers>"), ("document", first.as_str())];
    let made = save(&browser, "/iam/new-policy", &fields).await;
    assert_eq!((made.status, made.header("location")), (303, "/console/iam/policies"));
    let page = browser.open(AT).await.text;
    assert!(page.contains(ARN) && page.contains("For &#60;readers&#62;") && page.contains("iam:ListUsers"), "{page}");

    let second = document("iam:ListRoles");
    browser.open(&format!("{AT}/edit")).await;
    let reviewed = browser.submit(&format!("{AT}/edit"), &[("document", &second), ("do", "review")]).await.text;
    assert!(reviewed.contains("class=\"removed\"") && reviewed.contains("name=\"keep\""), "{reviewed}");
    assert_eq!(save(&browser, &format!("{AT}/edit"), &[("document", &second), ("keep", "yes")]).await.status, 303);
    let default = async || {
        let policy = app.admin().call("GetPolicy", json!({"PolicyArn": ARN})).await.ok()["Policy"].clone();
        policy["DefaultVersionId"].as_str().unwrap().to_owned()
    };
    assert_eq!(default().await, "v1", "a version that is kept only");
    let compared = browser.open(&format!("{AT}/versions/v2")).await.text;
    assert!(compared.contains("From v1 to v2") && compared.contains("class=\"added\"") && compared.contains("iam:ListRoles"), "{compared}");
    assert_eq!(browser.open(&format!("{AT}/versions/v9")).await.status, 404);
    let page = browser.submit_and_follow(&format!("{AT}/versions/v2"), &[]).await.text;
    assert!(page.contains("Version v2 holds from this moment on"), "{page}");
    assert_eq!(default().await, "v2");
    assert_eq!(save(&browser, &format!("{AT}/edit"), &[("document", &document("iam:ListGroups"))]).await.status, 303);
    assert_eq!(default().await, "v3", "a new version holds");
    let page = browser.open(&format!("{AT}/versions/v1?against=v2")).await.text;
    assert!(page.contains("From v2 to v1"), "{page}");
    browser.submit(&format!("{AT}/versions/v1"), &[("do", "delete"), ("confirm", "v2")]).await;
    app.admin().call("GetPolicyVersion", json!({"PolicyArn": ARN, "VersionId": "v1"})).await.ok();
    let page = browser.submit_and_follow(&format!("{AT}/versions/v1"), &[("do", "delete"), ("confirm", "v1")]).await.text;
    assert!(page.contains("Version v1 was deleted"), "{page}");
    let page = browser.submit_and_follow(&format!("{AT}/tags"), &[("key", "team"), ("value", "red")]).await.text;
    assert!(page.contains("The tag team was set") && page.contains("<td>red</td>"), "{page}");

    app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    app.admin().call("AttachUserPolicy", json!({"UserName": "ann", "PolicyArn": ARN})).await.ok();
    let page = browser.open(AT).await.text;
    assert!(page.contains("/console/iam/users/ann"), "{page}");
    let refused = browser.submit(&format!("{AT}/delete"), &[("confirm", "readers")]).await;
    assert!(refused.status == 400 && refused.text.contains("detach it from them first"), "{}", refused.text);
    app.admin().call("GetPolicyVersion", json!({"PolicyArn": ARN, "VersionId": "v2"})).await.ok();
    app.admin().call("DetachUserPolicy", json!({"UserName": "ann", "PolicyArn": ARN})).await.ok();
    let page = browser.submit_and_follow(&format!("{AT}/delete"), &[("confirm", "Readers")]).await.text;
    assert!(page.contains("Nothing was deleted"), "{page}");
    let page = browser.submit_and_follow(&format!("{AT}/delete"), &[("confirm", "readers")]).await.text;
    assert!(page.contains("was deleted"), "{page}");
    assert_eq!(app.admin().call("GetPolicy", json!({"PolicyArn": ARN})).await.code(), "NoSuchEntity");
}

#[actix_web::test]
async fn policies_are_found_by_scope_name_and_page_and_in_the_palette() {
    let app = TestApp::new().await;
    for number in 0..52 {
        let made = json!({"PolicyName": format!("p{number}"), "PolicyDocument": document("a:b")});
        app.admin().call("CreatePolicy", made).await.ok();
    }
    let browser = app.console().await;
    let local = browser.open("/iam/policies?scope=Local").await.text;
    assert!(!local.contains("AdministratorAccess") && local.contains("Next page"), "{local}");
    let next = local.split_once("href=\"/console/iam/policies?scope=Local&#38;after=").unwrap().1.split('"').next().unwrap().to_owned();
    let second = browser.open(&format!("/iam/policies?scope=Local&after={next}")).await.text;
    assert_eq!(second.matches("/console/iam/policies/arn%3A").count(), 2, "{second}");
    let found = browser.open("/iam/policies?q=COGNITO").await.text;
    assert!(found.contains("AmazonCognitoReadOnly") && !found.contains(">p1<"), "{found}");
    let none = browser.open("/iam/policies?q=%3Cb%3E").await.text;
    assert!(none.contains("None has that in its name") && none.contains("value=\"&#60;b&#62;\""), "{none}");
    let palette = browser.open("/find?q=p51").await.text;
    assert!(palette.contains(&format!("arn:aws:iam::{ACCOUNT}:policy/p51")), "{palette}");
    let aws = browser.open("/iam/policies/arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FAdministratorAccess").await.text;
    assert!(aws.contains("AWS manages this policy") && !aws.contains("Delete policy"), "{aws}");
}

async fn codes(app: &TestApp, kind: &str) -> Vec<String> {
    let listed = app.admin().call(&format!("ListAttached{kind}Policies"), json!({format!("{kind}Name"): "x"})).await.ok();
    let policies = listed["AttachedPolicies"].as_array().cloned().unwrap_or_default();
    policies.iter().map(|policy: &Value| policy["PolicyName"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn users_groups_and_roles_are_given_policies_and_boundaries_and_deleted_with_them() {
    let app = TestApp::new().await;
    app.admin().call("iam:CreateUser", json!({"UserName": "x"})).await.ok();
    app.admin().call("iam:CreateGroup", json!({"GroupName": "x"})).await.ok();
    app.role("x", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
    let browser = app.console().await;
    let arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";
    for (kind, at) in [("User", "/iam/users/x"), ("Group", "/iam/groups/x"), ("Role", "/iam/roles/x")] {
        assert!(browser.open(at).await.text.contains("No policies: nothing is allowed yet"), "{kind}");
        let page = browser.submit_and_follow(&format!("{at}/attached"), &[("attach", arn)]).await.text;
        assert!(page.contains("IAMReadOnlyAccess was attached") && page.contains("AWS managed"), "{page}");
        assert_eq!(codes(&app, kind).await, ["IAMReadOnlyAccess"]);
        let refused = browser.submit(&format!("{at}/attached"), &[("attach", "arn:aws:iam::aws:policy/<None>")]).await;
        assert!(refused.status >= 400 && refused.text.contains("value=\"arn:aws:iam::aws:policy/&#60;None&#62;\""), "{}", refused.text);
        browser.submit_and_follow(&format!("{at}/attached"), &[("detach", arn)]).await;
        assert!(codes(&app, kind).await.is_empty(), "{kind}");
        browser.submit_and_follow(&format!("{at}/attached"), &[("attach", arn)]).await;
        if kind != "Group" {
            let page = browser.submit_and_follow(&format!("{at}/boundary"), &[("boundary", arn)]).await.text;
            assert!(page.contains("The boundary was set") && page.contains("Remove the boundary"), "{page}");
            let page = browser.submit_and_follow(&format!("{at}/boundary"), &[("remove", "yes")]).await.text;
            assert!(page.contains("The boundary was removed"), "{page}");
            let refused = browser.submit(&format!("{at}/boundary"), &[("boundary", "arn:aws:iam::aws:policy/None")]).await;
            assert!(refused.status == 404 && refused.text.contains("Scope ARN"), "{}", refused.text);
        }
        let page = browser.submit_and_follow(&format!("{at}/delete"), &[("confirm", "x")]).await.text;
        assert!(page.contains("was deleted"), "{page}");
    }
}

#[actix_web::test]
async fn what_policies_refuse_is_said_and_who_may_only_look_changes_nothing() {
    let app = TestApp::new().await;
    app.admin().call("CreatePolicy", json!({"PolicyName": "readers", "Path": "/team/", "PolicyDocument": document("a:b")})).await.ok();
    app.admin().call("iam:CreateUser", json!({"UserName": "x", "PermissionsBoundary": ARN})).await.ok();
    app.admin().call("AttachUserPolicy", json!({"UserName": "x", "PolicyArn": ARN})).await.ok();
    let guest = app.console_of_user_with(json!([{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}])).await;
    let page = guest.open(AT).await.text;
    for action in ["CreatePolicyVersion", "TagPolicy", "DeletePolicy"] {
        assert!(page.contains(&format!("not authorized to perform: iam:{action}")), "{action} {page}");
    }
    let user = guest.open("/iam/users/x").await.text;
    for action in ["DetachUserPolicy", "AttachUserPolicy", "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary"] {
        assert!(user.contains(&format!("not authorized to perform: iam:{action}")), "{action} {user}");
    }
    for (form, fields) in [
        (format!("{AT}/delete"), ("confirm", "readers")),
        (format!("{AT}/tags"), ("key", "a")),
        (format!("{AT}/versions/v1"), ("do", "default")),
        ("/iam/users/x/attached".to_owned(), ("detach", ARN)),
        ("/iam/users/x/attached".to_owned(), ("attach", ARN)),
        ("/iam/users/x/boundary".to_owned(), ("boundary", ARN)),
        ("/iam/users/x/boundary".to_owned(), ("remove", "yes")),
    ] {
        let status = guest.submit(&form, &[fields]).await.status;
        assert!(if form.ends_with("/delete") { status == 400 } else { status == 403 }, "{form} {status}");
    }
}

#[actix_web::test]
async fn who_may_not_see_policies_is_told_so() {
    let app = TestApp::new().await;
    app.admin().call("CreatePolicy", json!({"PolicyName": "readers", "Path": "/team/", "PolicyDocument": document("a:b")})).await.ok();
    let blind = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}])).await;
    assert!(blind.open("/iam/policies").await.text.contains("not authorized to perform: iam:ListPolicies"));
    assert_eq!(blind.open(AT).await.status, 403);
}
