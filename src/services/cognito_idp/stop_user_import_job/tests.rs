//! Imports from the first operation to the last: files, jobs, their lines, and sign-ins of who came by them.

use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::testing::{Answer, HOST, PASSWORD, TestApp, TestPool};

const BCRYPT: &str = "$2b$04$pTGkutVmkaPvtxxxBku.0OlLA7csi8SbF4GA0k9s4U7Eup2V57Hue";

async fn role(app: &TestApp) -> String {
    let trust = json!({"Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"}, "Action": "sts:AssumeRole"});
    app.role("logs", trust).await
}

async fn mailed(app: &TestApp) -> TestPool<'_> {
    app.pool_with(json!({"AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"]}), json!({})).await
}

/// A job of the pool, and its id.
async fn job(pool: &TestPool<'_>, role: &str, more: Value) -> Value {
    let mut input = json!({"JobName": "j", "CloudWatchLogsRoleArn": role});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    pool.admin("CreateUserImportJob", input).await.ok()["UserImportJob"].clone()
}

async fn put(app: &TestApp, address: &Value, file: &str) -> Answer {
    let path = address.as_str().unwrap().strip_prefix(&format!("http://{HOST}")).unwrap().to_owned();
    app.anonymous().send("", Method::PUT, &path, Vec::new(), file.as_bytes().to_vec()).await
}

/// A file of lines that give these columns; the others are empty.
async fn file(pool: &TestPool<'_>, more: &[&str], lines: &[&[(&str, &str)]]) -> String {
    let answer = pool.admin("GetCSVHeader", json!({})).await.ok();
    let mut header: Vec<String> =
        answer["CSVHeader"].as_array().unwrap().iter().map(|column| column.as_str().unwrap().to_owned()).collect();
    header.extend(more.iter().map(|column| (*column).to_owned()));
    let line = |given: &&[(&str, &str)]| {
        let value = |column: &String| given.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value).to_owned();
        header.iter().map(value).collect::<Vec<_>>().join(",")
    };
    [header.join(",")].into_iter().chain(lines.iter().map(line)).collect::<Vec<_>>().join("\n")
}

async fn run(app: &TestApp) {
    app.advance(Duration::from_secs(2));
    app.run_jobs().await;
}

async fn described(pool: &TestPool<'_>, job: &Value) -> Value {
    pool.admin("DescribeUserImportJob", json!({"JobId": job["JobId"]})).await.ok()["UserImportJob"].clone()
}

#[actix_web::test]
async fn a_file_makes_users_who_reset_their_password_and_its_wrong_lines_are_told_of() {
    let app = TestApp::new().await;
    let pool = mailed(&app).await;
    let role = role(&app).await;
    pool.user("taken").await;
    let job = job(&pool, &role, json!({})).await;
    assert_eq!((job["Status"].as_str(), job["ImportedUsers"].as_i64()), (Some("Created"), Some(0)));
    let verified = |name: &'static str, email: &'static str| [("cognito:username", name), ("email", email), ("email_verified", "TRUE")];
    let lines = [
        verified("ann", "ann@b.example"),
        verified("bob", "bob@b.example"),
        verified("taken", "t@b.example"),
        verified("eve", "ANN@b.example"),
    ];
    let mut lines: Vec<&[(&str, &str)]> = lines.iter().map(<[_; 3]>::as_slice).collect();
    lines.push(&[("cognito:username", "unverified"), ("email", "u@b.example")]);
    let text = file(&pool, &[], &lines).await;
    assert_eq!(put(&app, &job["PreSignedUrl"], &text).await.status, 200);
    let started = pool.admin("StartUserImportJob", json!({"JobId": job["JobId"]})).await.ok();
    assert_eq!(started["UserImportJob"]["Status"], "Pending");
    run(&app).await;
    let done = described(&pool, &job).await;
    assert_eq!(done["Status"], "Succeeded", "{done}");
    let counts = ["ImportedUsers", "SkippedUsers", "FailedUsers"].map(|count| done[count].as_i64().unwrap());
    assert_eq!(counts, [2, 1, 2]);
    assert!(done.get("PreSignedUrl").is_none() && done["CompletionDate"].is_number());
    let ann = pool.admin("AdminGetUser", json!({"Username": "ann@b.example"})).await.ok();
    assert_eq!((ann["Username"].as_str(), ann["UserStatus"].as_str()), (Some("ann"), Some("RESET_REQUIRED")));
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "eve"})).await.code(), "UserNotFoundException");
    let failures = app
        .app
        .read(async |tx| crate::store::user_imports::failures(tx, &pool.id, job["JobId"].as_str().unwrap(), 0, 10).await)
        .await
        .unwrap();
    assert_eq!(failures.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6]);
}

#[actix_web::test]
async fn whoever_brings_a_hash_signs_in_by_the_old_password_and_by_srp_from_then_on() {
    let app = TestApp::new().await;
    let pool = mailed(&app).await;
    let role = role(&app).await;
    let job = job(&pool, &role, json!({"PasswordHashingAlgorithm": "BCRYPT"})).await;
    assert_eq!(job["PasswordHashingAlgorithm"], "BCRYPT");
    let lines: [&[(&str, &str)]; 2] = [
        &[("cognito:username", "ann"), ("cognito:password_hash", BCRYPT)],
        &[("cognito:username", "costly"), ("cognito:password_hash", "$2b$31$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")],
    ];
    put(&app, &job["PreSignedUrl"], &file(&pool, &["cognito:password_hash"], &lines).await).await;
    pool.admin("StartUserImportJob", json!({"JobId": job["JobId"]})).await.ok();
    run(&app).await;
    assert_eq!(described(&pool, &job).await["FailedUsers"], 1);
    assert_eq!(pool.sign_in("ann", "Wr0ng-word").await.code(), "NotAuthorizedException");
    assert_eq!(pool.sign_in("nobody", PASSWORD).await.code(), "NotAuthorizedException");
    assert!(pool.sign_in("ann", PASSWORD).await.ok()["AuthenticationResult"].is_object());
    let kept = app.app.read(async |tx| crate::store::user_imports::any_password(tx, &pool.id).await).await.unwrap();
    assert!(kept.is_none(), "it was made anew");
    assert!(pool.sign_in("ann", PASSWORD).await.ok()["AuthenticationResult"].is_object());
    assert_eq!(pool.sign_in("ann", "Wr0ng-word").await.code(), "NotAuthorizedException");
}

#[actix_web::test]
async fn preferred_usernames_are_names_of_who_is_imported_and_none_is_anothers() {
    let app = TestApp::new().await;
    let settings = json!({"AutoVerifiedAttributes": ["email"], "AliasAttributes": ["preferred_username"]});
    let pool = app.pool_with(settings, json!({})).await;
    let role = role(&app).await;
    pool.user("taken").await;
    let job = job(&pool, &role, json!({})).await;
    let rows =
        [("ann", "a@b.example", "neo"), ("bob", "b@b.example", "Neo"), ("eve", "e@b.example", "neo"), ("sam", "s@b.example", "taken")];
    let rows = rows.map(|(name, email, preferred)| {
        [("cognito:username", name), ("email", email), ("email_verified", "true"), ("preferred_username", preferred)]
    });
    let lines: Vec<&[(&str, &str)]> = rows.iter().map(<[_; 4]>::as_slice).collect();
    put(&app, &job["PreSignedUrl"], &file(&pool, &[], &lines).await).await;
    pool.admin("StartUserImportJob", json!({"JobId": job["JobId"]})).await.ok();
    run(&app).await;
    let done = described(&pool, &job).await;
    assert_eq!((done["ImportedUsers"].as_i64(), done["FailedUsers"].as_i64()), (Some(2), Some(2)), "{done}");
    for (name, owner) in [("neo", "ann"), ("Neo", "bob"), ("taken", "taken")] {
        assert_eq!(pool.admin("AdminGetUser", json!({"Username": name})).await.ok()["Username"], owner, "{name}");
    }
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "sam"})).await.code(), "UserNotFoundException");
}

#[actix_web::test]
async fn a_password_that_is_set_ends_the_one_that_came_along() {
    let app = TestApp::new().await;
    let pool = mailed(&app).await;
    let role = role(&app).await;
    let job = job(&pool, &role, json!({"PasswordHashingAlgorithm": "BCRYPT"})).await;
    let lines: [&[(&str, &str)]; 1] = [&[("cognito:username", "ann"), ("cognito:password_hash", BCRYPT)]];
    put(&app, &job["PreSignedUrl"], &file(&pool, &["cognito:password_hash"], &lines).await).await;
    pool.admin("StartUserImportJob", json!({"JobId": job["JobId"]})).await.ok();
    run(&app).await;
    pool.admin("AdminSetUserPassword", json!({"Username": "ann", "Password": "An0ther-word", "Permanent": true})).await.ok();
    assert_eq!(pool.sign_in("ann", PASSWORD).await.code(), "NotAuthorizedException");
    pool.sign_in("ann", "An0ther-word").await.ok();
}

#[actix_web::test]
async fn long_files_with_quoted_lines_go_in_batches_and_a_stop_keeps_what_is_there() {
    let app = TestApp::new().await;
    let pool = mailed(&app).await;
    let role = role(&app).await;
    let job = job(&pool, &role, json!({})).await;
    let names: Vec<String> = (0..450).map(|number| format!("user{number}")).collect();
    let rows: Vec<[(&str, String); 4]> = names
        .iter()
        .map(|name| {
            let long = format!("\"{},\n{}\"", "x".repeat(300), name);
            [
                ("cognito:username", name.clone()),
                ("email", format!("{name}@b.example")),
                ("email_verified", "true".into()),
                ("address", long),
            ]
        })
        .collect();
    let rows: Vec<Vec<(&str, &str)>> = rows.iter().map(|row| row.iter().map(|(name, value)| (*name, value.as_str())).collect()).collect();
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    let text = file(&pool, &[], &rows).await;
    assert!(text.len() > 2 * crate::userpools::import::PIECE_BYTES);
    put(&app, &job["PreSignedUrl"], &text).await;
    pool.admin("StartUserImportJob", json!({"JobId": job["JobId"]})).await.ok();
    let other = pool.admin("CreateUserImportJob", json!({"JobName": "k", "CloudWatchLogsRoleArn": role})).await.ok();
    put(&app, &other["UserImportJob"]["PreSignedUrl"], &text).await;
    let second = pool.admin("StartUserImportJob", json!({"JobId": other["UserImportJob"]["JobId"]})).await;
    assert_eq!(second.code(), "PreconditionNotMetException");
    run(&app).await;
    let done = described(&pool, &job).await;
    assert_eq!(
        (done["Status"].as_str(), done["ImportedUsers"].as_i64(), done["FailedUsers"].as_i64()),
        (Some("Succeeded"), Some(450), Some(0))
    );
    let last = pool.admin("AdminGetUser", json!({"Username": "user449"})).await.ok();
    let address = last["UserAttributes"].as_array().unwrap().iter().find(|attribute| attribute["Name"] == "address").unwrap();
    assert!(address["Value"].as_str().unwrap().ends_with(",\nuser449"));

    let again = other["UserImportJob"].clone();
    pool.admin("StartUserImportJob", json!({"JobId": again["JobId"]})).await.ok();
    assert_eq!(pool.admin("StopUserImportJob", json!({"JobId": again["JobId"]})).await.ok()["UserImportJob"]["Status"], "Stopping");
    run(&app).await;
    assert_eq!(described(&pool, &again).await["Status"], "Stopped");
    for operation in ["StartUserImportJob", "StopUserImportJob"] {
        assert_eq!(pool.admin(operation, json!({"JobId": again["JobId"]})).await.code(), "PreconditionNotMetException");
    }
    let listed = pool.admin("ListUserImportJobs", json!({"MaxResults": 1})).await.ok();
    let next = pool.admin("ListUserImportJobs", json!({"MaxResults": 1, "PaginationToken": listed["PaginationToken"]})).await.ok();
    let ids = [&listed, &next].map(|page| page["UserImportJobs"][0]["JobId"].clone());
    assert!(ids.contains(&again["JobId"]) && ids.contains(&job["JobId"]) && next.get("PaginationToken").is_none());
}

#[actix_web::test]
async fn a_file_that_is_none_fails_and_changes_nothing() {
    let app = TestApp::new().await;
    let pool = mailed(&app).await;
    let role = role(&app).await;
    for (text, reason) in [
        ("cognito:username\nann".to_owned(), "does not have the column"),
        ("\"".to_owned() + &"x".repeat(200_000), "has no header"),
        (file(&pool, &["custom:none"], &[]).await, "custom:none"),
    ] {
        let job = job(&pool, &role, json!({})).await;
        assert_eq!(put(&app, &job["PreSignedUrl"], &text).await.status, 200);
        pool.admin("StartUserImportJob", json!({"JobId": job["JobId"]})).await.ok();
        run(&app).await;
        let done = described(&pool, &job).await;
        assert_eq!(done["Status"], "Failed", "{done}");
        assert!(done["CompletionMessage"].as_str().unwrap().contains(reason), "{done}");
    }
    assert!(pool.admin("ListUsers", json!({})).await.ok()["Users"].as_array().unwrap().is_empty());
}

/// A job of a file, started.
async fn started(pool: &TestPool<'_>, role: &str, text: &str) -> Value {
    let job = job(pool, role, json!({})).await;
    put(pool.app, &job["PreSignedUrl"], text).await;
    pool.admin("StartUserImportJob", json!({"JobId": job["JobId"]})).await.ok();
    job
}

/// Its status, how many lines made users, and how many failed.
fn outcome(described: &Value) -> (&str, i64, i64) {
    let count = |name: &str| described[name].as_i64().unwrap();
    (described["Status"].as_str().unwrap(), count("ImportedUsers"), count("FailedUsers"))
}

async fn failures(pool: &TestPool<'_>, job: &Value) -> Vec<(i64, String)> {
    let id = job["JobId"].as_str().unwrap();
    pool.app.app.read(async |tx| crate::store::user_imports::failures(tx, &pool.id, id, 0, 100).await).await.unwrap()
}

#[actix_web::test]
async fn a_quotation_mark_that_is_astray_costs_its_own_line() {
    let app = TestApp::new().await;
    let pool = mailed(&app).await;
    let role = role(&app).await;
    let unquoted = "A quotation mark begins a value that no quotation mark ends.".to_owned();
    let numbered = |numbers: std::ops::Range<usize>| numbers.map(|number| (format!("user{number}"), format!("{number}@b.example")));
    // Below the mark there is nothing that would end its value; then so much that none could; then what seems to.
    for (round, (count, street)) in
        [(20, "Main St".to_owned()), (450, "x".repeat(400)), (20, "\"Main St, 5\"".to_owned())].into_iter().enumerate()
    {
        let people: Vec<(String, String)> = numbered(round * 1_000..round * 1_000 + count).collect();
        let mut rows: Vec<[(&str, &str); 4]> = people
            .iter()
            .map(|(name, email)| [("cognito:username", name.as_str()), ("email", email), ("email_verified", "true"), ("address", &street)])
            .collect();
        rows.insert(5, [("cognito:username", "stray"), ("email", "s@b.example"), ("email_verified", "true"), ("address", "\"Side St")]);
        let lines: Vec<&[(&str, &str)]> = rows.iter().map(<[_; 4]>::as_slice).collect();
        let job = started(&pool, &role, &file(&pool, &[], &lines).await).await;
        run(&app).await;
        let done = described(&pool, &job).await;
        assert_eq!(outcome(&done), ("Succeeded", i64::try_from(count).unwrap(), 1), "{done}");
        assert_eq!(failures(&pool, &job).await, [(7, unquoted.clone())]);
    }
}

#[actix_web::test]
async fn a_line_without_end_costs_itself() {
    let app = TestApp::new().await;
    let pool = mailed(&app).await;
    let role = role(&app).await;
    let line = |name: &'static str| [("cognito:username", name), ("email", "a@b.example"), ("email_verified", "true")];
    let (ann, long) = (line("ann"), "x".repeat(1_000_000));
    let endless = [("cognito:username", long.as_str())];
    let lines: [&[(&str, &str)]; 3] = [&endless, &ann, &endless];
    let job = started(&pool, &role, &file(&pool, &[], &lines).await).await;
    run(&app).await;
    let done = described(&pool, &job).await;
    assert_eq!(outcome(&done), ("Succeeded", 1, 2), "{done}");
    let too_long = "The line is longer than 65536 bytes.".to_owned();
    assert_eq!(failures(&pool, &job).await, [(2, too_long.clone()), (4, too_long)]);
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "a@b.example"})).await.ok()["Username"], "ann");
    // Line ends alone are no lines, however many.
    let blank = file(&pool, &[], &[]).await + &"\r\n".repeat(200_000);
    let job = started(&pool, &role, &blank).await;
    run(&app).await;
    assert_eq!(outcome(&described(&pool, &job).await), ("Succeeded", 0, 0));
}

#[actix_web::test]
async fn a_node_that_dies_amidst_a_file_counts_no_line_twice() {
    let app = TestApp::new().await;
    let pool = mailed(&app).await;
    let role = role(&app).await;
    let people: Vec<(String, String)> = (0..450).map(|number| (format!("user{number}"), format!("{number}@b.example"))).collect();
    let mut rows: Vec<[(&str, &str); 4]> = people
        .iter()
        .map(|(name, email)| [("cognito:username", name.as_str()), ("email", email), ("email_verified", "true"), ("address", "Main St")])
        .collect();
    for place in [40, 140, 240, 340] {
        rows.insert(place, [("cognito:username", "stray"), ("email", "s@b.example"), ("email_verified", "true"), ("address", "\"Side St")]);
    }
    let lines: Vec<&[(&str, &str)]> = rows.iter().map(<[_; 4]>::as_slice).collect();
    let job = started(&pool, &role, &file(&pool, &[], &lines).await).await;
    app.advance(Duration::from_secs(2));
    {
        let begun = async {
            while described(&pool, &job).await["FailedUsers"].as_i64() == Some(0) {
                tokio::task::yield_now().await;
            }
        };
        futures_util::future::select(Box::pin(app.run_jobs()), Box::pin(begun)).await;
    }
    let half = described(&pool, &job).await;
    assert_eq!(half["Status"], "InProgress", "{half}");
    let other = app.another_node().await;
    app.advance(Duration::from_secs(120));
    other.run_jobs().await;
    let done = described(&pool, &job).await;
    assert_eq!(outcome(&done), ("Succeeded", 450, 4), "{done}");
    assert_eq!(failures(&pool, &job).await.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [42, 142, 242, 342]);
}

#[actix_web::test]
async fn an_address_takes_the_file_of_its_own_job_for_a_quarter_of_an_hour() {
    let app = TestApp::new().await;
    let pool = mailed(&app).await;
    let role = role(&app).await;
    let (first, second) = (job(&pool, &role, json!({})).await, job(&pool, &role, json!({})).await);
    let address = first["PreSignedUrl"].as_str().unwrap();
    for forged in [
        address.replace(first["JobId"].as_str().unwrap(), second["JobId"].as_str().unwrap()),
        address.replace("expires=", "expires=9"),
        address[..address.len() - 4].to_owned(),
        address.split_once("?").unwrap().0.to_owned() + "?expires=99999999999&signature=",
    ] {
        assert_eq!(put(&app, &json!(forged), "x").await.status, 403, "{forged}");
    }
    let start = async || pool.admin("StartUserImportJob", json!({"JobId": first["JobId"]})).await;
    assert_eq!(start().await.code(), "PreconditionNotMetException", "no file yet");
    app.advance(Duration::from_secs(15 * 60));
    assert_eq!(put(&app, &first["PreSignedUrl"], "x").await.status, 403);
    let renewed = described(&pool, &first).await["PreSignedUrl"].clone();
    assert_eq!(put(&app, &renewed, &file(&pool, &[], &[]).await).await.status, 200);
    start().await.ok();
    assert_eq!(put(&app, &renewed, "x").await.status, 409, "it is started");
    run(&app).await;
    assert_eq!(described(&pool, &first).await["Status"], "Succeeded");
    app.advance(Duration::from_secs(24 * 3600));
    run(&app).await;
    assert_eq!(described(&pool, &second).await["Status"], "Expired");
}

#[actix_web::test]
async fn jobs_are_their_pools_and_the_role_is_passed_by_who_may() {
    let app = TestApp::new().await;
    let (pool, other) = (mailed(&app).await, app.pool().await);
    let role = role(&app).await;
    let made = job(&pool, &role, json!({})).await;
    for operation in ["DescribeUserImportJob", "StartUserImportJob", "StopUserImportJob"] {
        let elsewhere = other.admin(operation, json!({"JobId": made["JobId"]})).await;
        assert_eq!(elsewhere.code(), "ResourceNotFoundException", "{operation}");
    }
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}])).await;
    let input = json!({"UserPoolId": pool.id, "JobName": "j", "CloudWatchLogsRoleArn": role});
    assert_eq!(ann.call("CreateUserImportJob", input.clone()).await.code(), "AccessDeniedException");
    let none = json!({"JobName": "j", "CloudWatchLogsRoleArn": "arn:aws:iam::000000000000:role/none"});
    assert_eq!(pool.admin("CreateUserImportJob", none).await.code(), "InvalidParameterException");
    assert_eq!(app.anonymous().call("CreateUserImportJob", input).await.code(), "MissingAuthenticationTokenException");
    let unverified = job(&other, &role, json!({})).await;
    put(&app, &unverified["PreSignedUrl"], &file(&other, &[], &[]).await).await;
    let refused = other.admin("StartUserImportJob", json!({"JobId": unverified["JobId"]})).await;
    assert_eq!(refused.code(), "PreconditionNotMetException");
}
