//! A pool's imports: the jobs, a new one, and one with what became of its lines.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Moment, Outcome, PAGE, Reply, Row, Visit, call, form, may, next_page, page, segment};
use crate::console::Shown;
use crate::insight::imports::{PAGE as LINES, Wanted};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The pages and forms of imports.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/imports", show),
        form("/pools/{pool}/imports", create),
        page("/pools/{pool}/imports/{job}", one),
        form("/pools/{pool}/imports/{job}", change),
    ]
}

/// A job, as pages show it.
struct Job {
    href: String,
    id: String,
    name: String,
    status: String,
    badge: &'static str,
    imported: i64,
    skipped: i64,
    failed: i64,
    message: String,
    address: String,
    hashing: String,
    created: Option<Moment>,
    started: Option<Moment>,
    completed: Option<Moment>,
}

impl Job {
    fn read(visit: &Visit, head: &Head, job: &Value) -> Self {
        let moment = |name: &str| Moment::read(job.at(name), visit.now());
        let count = |name: &str| job.at(name).as_i64().unwrap_or_default();
        let status = job.text("Status");
        Self {
            href: head.href(&format!("/imports/{}", segment(&job.text("JobId")))),
            id: job.text("JobId"),
            name: job.text("JobName"),
            badge: match status.as_str() {
                "Succeeded" => "ok",
                "Failed" | "Expired" => "danger",
                _ => "",
            },
            status,
            imported: count("ImportedUsers"),
            skipped: count("SkippedUsers"),
            failed: count("FailedUsers"),
            message: job.text("CompletionMessage"),
            address: job.text("PreSignedUrl"),
            hashing: job.text("PasswordHashingAlgorithm"),
            created: moment("CreationDate"),
            started: moment("StartDate"),
            completed: moment("CompletionDate"),
        }
    }

    fn is_running(&self) -> bool {
        matches!(self.status.as_str(), "Pending" | "InProgress" | "Stopping")
    }
}

/// What the form of a job asks.
#[derive(Default)]
struct Given {
    name: String,
    role_arn: String,
    hashing: String,
}

#[derive(Template)]
#[template(path = "console/pools/imports.html")]
struct ImportsPage {
    frame: Frame,
    head: Head,
    jobs: Vec<Job>,
    header: String,
    given: Given,
    may_create: May,
    error: Option<WireError>,
    first: Option<String>,
    next: Option<String>,
}

async fn listed(visit: &Visit, given: Given, error: Option<WireError>) -> Result<ImportsPage, WireError> {
    let head = Head::load(visit, "imports").await?;
    let token = visit.query().given("next");
    let listed = call(visit, "ListUserImportJobs", json!({"UserPoolId": head.id, "MaxResults": PAGE, "PaginationToken": token})).await?;
    // Who may not see the columns may see the jobs.
    let header = call(visit, "GetCSVHeader", json!({"UserPoolId": head.id})).await.map(|answer| answer.texts("CSVHeader").join(","));
    let path = head.path("/imports");
    let role = "arn:aws:iam::000000000000:role/new";
    Ok(ImportsPage {
        frame: visit.frame(&head.name),
        jobs: listed.list("UserImportJobs").iter().map(|job| Job::read(visit, &head, job)).collect(),
        header: header.unwrap_or_default(),
        may_create: may(visit, "CreateUserImportJob", json!({"UserPoolId": head.id, "JobName": "new", "CloudWatchLogsRoleArn": role}))
            .await,
        first: token.map(|_| format!("/console{path}")),
        next: next_page(&path, &[], listed.at("PaginationToken")),
        given,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/imports`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&listed(visit, Given::default(), None).await?))
}

/// `POST /console/pools/{pool}/imports`
async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let pool = visit.segment("pool");
    let text = |name: &str| fields.given(name).unwrap_or_default();
    let given = Given { name: text("name"), role_arn: text("role_arn"), hashing: text("hashing") };
    let hashing = Some(&given.hashing).filter(|hashing| !hashing.is_empty());
    let input =
        json!({"UserPoolId": pool, "JobName": given.name, "CloudWatchLogsRoleArn": given.role_arn, "PasswordHashingAlgorithm": hashing});
    match call(visit, "CreateUserImportJob", input).await {
        Ok(made) => {
            let id = made.at("UserImportJob").text("JobId");
            Ok(Reply::done(
                format!("/pools/{}/imports/{}", segment(&pool), segment(&id)),
                "The job is made. Upload its file, then start it.",
            ))
        }
        Err(error) => Ok(Reply::again(&listed(visit, given, Some(error.clone())).await?, &error)),
    }
}

#[derive(Template)]
#[template(path = "console/pools/import.html")]
struct ImportPage {
    frame: Frame,
    head: Head,
    job: Job,
    failures: Vec<(i64, String)>,
    /// Why the failures are not shown.
    unseen: Option<String>,
    next: Option<String>,
    may_start: May,
    may_stop: May,
    error: Option<WireError>,
}

async fn described(visit: &Visit, error: Option<WireError>) -> Result<ImportPage, Shown> {
    let head = Head::load(visit, "imports").await?;
    let id = visit.segment("job");
    let input = json!({"UserPoolId": head.id, "JobId": id});
    let job = call(visit, "DescribeUserImportJob", input.clone()).await?.at("UserImportJob").clone();
    let after = visit.query().given("after").and_then(|after| after.parse().ok());
    let wanted = Wanted { user_pool_id: head.id.clone(), job_id: id, after };
    let (failures, unseen) = match visit.import_failures(&wanted).await {
        Ok(failures) => (failures, None),
        Err(failure) => (Vec::new(), Some(Shown::told(failure)?)),
    };
    let job = Job::read(visit, &head, &job);
    let last = failures.last().filter(|_| i64::try_from(failures.len()) == Ok(LINES));
    Ok(ImportPage {
        frame: visit.frame(&job.name),
        next: last.map(|(line, _)| format!("{}?after={line}", job.href)),
        may_start: may(visit, "StartUserImportJob", input.clone()).await,
        may_stop: may(visit, "StopUserImportJob", input).await,
        failures,
        unseen,
        job,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/imports/{job}`
async fn one(visit: &Visit) -> Outcome {
    Ok(Reply::page(&described(visit, None).await?))
}

/// `POST /console/pools/{pool}/imports/{job}`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, job) = (visit.segment("pool"), visit.segment("job"));
    let (operation, told) = match fields.text("act").as_str() {
        "stop" => ("StopUserImportJob", "The job stops. Who is imported stays."),
        _ => ("StartUserImportJob", "The job is started."),
    };
    match call(visit, operation, json!({"UserPoolId": pool, "JobId": job})).await {
        Ok(_) => Ok(Reply::done(format!("/pools/{}/imports/{}", segment(&pool), segment(&job)), told)),
        Err(error) => Ok(Reply::again(&described(visit, Some(error.clone())).await?, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_job_is_made_and_refused_with_the_reason() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let trust = json!({"Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"}, "Action": "sts:AssumeRole"});
        let role = app.role("logs", trust).await;
        let browser = app.console().await;
        let path = format!("/pools/{}/imports", pool.id);
        let empty = browser.open(&path).await;
        assert!(empty.text.contains("No imports yet") && empty.text.contains("cognito:mfa_enabled,cognito:username"), "{}", empty.text);
        let refused = browser.submit(&path, &[("name", "j"), ("role_arn", "arn:aws:iam::000000000000:role/none")]).await;
        assert!(refused.text.contains("Invalid role ARN") && refused.text.contains("value=\"j\""), "{}", refused.text);
        let made = browser.submit_and_follow(&path, &[("name", "j"), ("role_arn", &role), ("hashing", "BCRYPT")]).await;
        assert!(made.text.contains("Upload its file") && made.text.contains("/_imports/") && made.text.contains("BCRYPT"), "{}", made.text);
        let id = pool.admin("ListUserImportJobs", json!({"MaxResults": 1})).await.ok()["UserImportJobs"][0]["JobId"].clone();
        let id = id.as_str().unwrap();
        let refused = browser.submit(&format!("{path}/{id}"), &[("act", "start")]).await;
        assert!(refused.text.contains("The CSV file has not been uploaded yet."), "{}", refused.text);
        let fail = async |tx: &mut crate::store::Conn| crate::store::user_imports::note_failure(tx, &pool.id, id, 7, "<why>").await;
        app.app.write(fail).await.unwrap();
        let shown = browser.open(&format!("{path}/{id}")).await;
        assert!(shown.text.contains("&#60;why&#62;") || shown.text.contains("&lt;why&gt;"), "{}", shown.text);
    }
}
