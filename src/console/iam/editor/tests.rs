//! The editor, as a browser without JavaScript uses it.

use serde_json::{Value, json};

use crate::testing::{ACCOUNT, Answer, TestApp, TestBrowser};

const GOOD: &str =
    "{\"Version\": \"2012-10-17\",\n\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:ListUsers\", \"Resource\": \"*\"}]}";
const BAD: &str =
    "{\"Version\": \"2012-10-17\",\n\"Statement\": [{\"Effect\": \"Permit\", \"Action\": \"iam:ListUsers\", \"Resource\": \"*\"}]}";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
    app
}

/// The digest of what is stored, as a page has it.
fn base(page: &Answer) -> String {
    page.text.split_once("name=\"base\" value=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

async fn save(browser: &TestBrowser<'_>, at: &str, fields: &[(&str, &str)]) -> Answer {
    let fields = |step: &'static str| fields.iter().copied().chain([("do", step)]).collect::<Vec<_>>();
    let reviewed = browser.submit(at, &fields("review")).await;
    assert_eq!(reviewed.status, 200, "{}", reviewed.text);
    let base = base(&reviewed);
    let mut last = fields("save");
    last.push(("base", &base));
    browser.submit(at, &last).await
}

#[actix_web::test]
async fn policies_of_users_and_roles_are_written_changed_and_deleted() {
    let app = app().await;
    let browser = app.console().await;
    for (owner, get, member) in [("/iam/users/ann", "GetUserPolicy", "UserName"), ("/iam/roles/app", "GetRolePolicy", "RoleName")] {
        let stored = async || {
            let name = owner.rsplit('/').next().unwrap();
            let answer = app.admin().call(get, json!({member: name, "PolicyName": "a+b"})).await;
            let text = answer.body["PolicyDocument"].as_str().unwrap_or_default().to_owned();
            percent_encoding::percent_decode_str(&text).decode_utf8().unwrap().into_owned()
        };
        let new = format!("{owner}/policies");
        assert!(browser.open(&new).await.text.contains("&#34;Statement&#34;"));
        let done = save(&browser, &new, &[("policy", "a+b"), ("document", GOOD)]).await;
        assert_eq!((done.status, done.header("location")), (303, format!("/console{owner}").as_str()));
        assert_eq!(stored().await, GOOD);
        let at = format!("{new}/a%2Bb");
        let page = browser.open(&at).await.text;
        // What is stored is shown in canonical form.
        assert!(page.contains("\n  &#34;Version&#34;: &#34;2012-10-17&#34;,\n"), "{page}");
        let other = GOOD.replace("ListUsers", "ListRoles");
        let reviewed = browser.submit(&at, &[("document", &other), ("do", "review")]).await.text;
        assert!(reviewed.contains("class=\"removed\"") && reviewed.contains("iam:ListRoles"), "{reviewed}");
        assert_eq!(stored().await, GOOD, "a look at the changes stores nothing");
        save(&browser, &at, &[("document", &other)]).await;
        assert_eq!(stored().await, other);
        browser.submit(&format!("{at}/delete"), &[("confirm", "another")]).await;
        assert_eq!(stored().await, other);
        browser.submit(&format!("{at}/delete"), &[("confirm", "a+b")]).await;
        assert_eq!(stored().await, "");
        assert_eq!(browser.open(&at).await.status, 404);
    }
}

#[actix_web::test]
async fn findings_stand_on_the_lines_where_they_are_and_the_text_stays() {
    let app = app().await;
    let browser = app.console().await;
    browser.open("/iam/users/ann/policies").await;
    let checked = browser.submit("/iam/users/ann/policies", &[("policy", "p"), ("document", BAD), ("do", "check")]).await.text;
    let (_, line) = checked.split_once("id=\"line-2\"").unwrap();
    assert!(line.contains("INVALID_EFFECT"), "{checked}");
    assert!(checked.contains("value=\"p\"") && checked.contains("Permit"), "{checked}");
    let good = browser.submit("/iam/users/ann/policies", &[("document", GOOD), ("do", "check")]).await.text;
    assert!(good.contains("Nothing was found"), "{good}");
    let empty = browser.submit("/iam/users/ann/policies", &[("document", ""), ("do", "check")]).await;
    assert!(empty.status == 200 && empty.text.contains("JSON_SYNTAX_ERROR"), "{}", empty.text);
}

#[actix_web::test]
async fn a_text_is_formatted_as_the_command_line_does_it_and_one_that_cannot_be_stays() {
    let app = app().await;
    let browser = app.console().await;
    browser.open("/iam/users/ann/policies").await;
    let formatted = browser.submit("/iam/users/ann/policies", &[("document", GOOD), ("do", "format")]).await.text;
    assert!(formatted.contains("\n  &#34;Statement&#34;: [\n    {\n      &#34;Effect&#34;"), "{formatted}");
    let broken = browser.submit("/iam/users/ann/policies", &[("document", "{\n<b>"), ("do", "format")]).await.text;
    assert!(broken.contains("Line 2") && broken.contains("{\n&#60;b&#62;"), "{broken}");
}

#[actix_web::test]
async fn what_the_operation_refuses_is_said_and_nothing_typed_is_lost() {
    let app = app().await;
    let browser = app.console().await;
    browser.open("/iam/users/ann/policies").await;
    let long = GOOD.replace("iam:ListUsers", &format!("iam:{}", "x".repeat(2_100)));
    for (policy, document, code) in [
        ("p", BAD, "MalformedPolicyDocument"),
        ("p", &long, "LimitExceeded"),
        ("a b", GOOD, "ValidationError"),
        ("", GOOD, "ValidationError"),
    ] {
        let refused = save(&browser, "/iam/users/ann/policies", &[("policy", policy), ("document", document)]).await;
        assert!(refused.status >= 400 && refused.text.contains(code), "{code} {}", refused.text);
        assert!(refused.text.contains(&format!("name=\"policy\" value=\"{policy}\"")), "{}", refused.text);
        assert!(refused.text.contains(&document[30..60].replace('"', "&#34;")), "{}", refused.text);
    }
    assert_eq!(app.admin().call("ListUserPolicies", json!({"UserName": "ann"})).await.ok()["PolicyNames"], "");
}

#[actix_web::test]
async fn whom_a_role_trusts_is_edited_by_the_rules_of_trust_policies() {
    let app = app().await;
    let browser = app.console().await;
    let page = browser.open("/iam/roles/app/trust").await.text;
    assert!(page.contains(&format!("&#34;AWS&#34;: &#34;{ACCOUNT}&#34;")), "{page}");
    let trust = |principal: Value, action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action}]}).to_string()
    };
    let everyone = trust(json!({"Federated": "cognito-identity.amazonaws.com"}), "sts:AssumeRoleWithWebIdentity");
    let refused = save(&browser, "/iam/roles/app/trust", &[("document", &everyone)]).await;
    assert!(refused.status == 400 && refused.text.contains("must evaluate"), "{}", refused.text);
    let user = trust(json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:user/ann")}), "sts:AssumeRole");
    assert_eq!(save(&browser, "/iam/roles/app/trust", &[("document", &user)]).await.status, 303);
    assert!(browser.open("/iam/roles/app").await.text.contains(":user/ann"));
}

#[actix_web::test]
async fn a_change_that_somebody_else_made_meanwhile_is_shown_and_not_undone() {
    let app = app().await;
    let browser = app.console().await;
    let put = async |document: &str| {
        app.admin().call("PutUserPolicy", json!({"UserName": "ann", "PolicyName": "p", "PolicyDocument": document})).await.ok();
    };
    put(GOOD).await;
    let seen = base(&browser.open("/iam/users/ann/policies/p").await);
    let theirs = GOOD.replace("ListUsers", "ListGroups");
    put(&theirs).await;
    let mine = GOOD.replace("ListUsers", "ListRoles");
    let fields = [("document", mine.as_str()), ("do", "save"), ("base", seen.as_str())];
    let page = browser.submit("/iam/users/ann/policies/p", &fields).await;
    assert!(page.status == 200 && page.text.contains("Somebody else has changed") && page.text.contains("ListGroups"), "{}", page.text);
    let now = base(&page);
    let fields = [("document", mine.as_str()), ("do", "save"), ("base", now.as_str())];
    assert_eq!(browser.submit("/iam/users/ann/policies/p", &fields).await.status, 303);
}

#[actix_web::test]
async fn whoever_may_only_read_policies_sees_why_they_cannot_save_them() {
    let app = app().await;
    app.admin().call("PutUserPolicy", json!({"UserName": "ann", "PolicyName": "p", "PolicyDocument": GOOD})).await.ok();
    let browser = app.console_of_user_with(json!([{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}])).await;
    let page = browser.open("/iam/users/ann/policies/p").await.text;
    assert!(page.contains("not authorized to perform: iam:PutUserPolicy"), "{page}");
    assert!(page.contains("not authorized to perform: iam:DeleteUserPolicy"), "{page}");
    let checked = browser.submit("/iam/users/ann/policies/p", &[("document", BAD), ("do", "check")]).await.text;
    assert!(checked.contains("access-analyzer:ValidatePolicy") && checked.contains("Permit"), "{checked}");
    let refused = save(&browser, "/iam/users/ann/policies/p", &[("document", GOOD)]).await;
    assert!(refused.status == 403 && refused.text.contains("iam:PutUserPolicy"), "{}", refused.text);
    assert_eq!(browser.submit("/iam/users/ann/policies/p/delete", &[("confirm", "p")]).await.status, 403);
    let name = json!({"UserName": "ann", "PolicyName": "p"});
    app.admin().call("GetUserPolicy", name).await.ok();
}
