//! `passwright users import`: an import job from its file to its end.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cli::fetch::ServerFlags;
use crate::cli::progress::Progress;
use crate::cli::report::{OutputFlags, Report, Tabular};
use crate::cli::signed::UserPools;

/// How often the job is asked how far it is.
const EVERY: Duration = Duration::from_millis(500);

/// The flags of `users import`.
#[derive(Debug, Args)]
pub struct ImportFlags {
    /// The CSV file: the first line names every column that GetCSVHeader does, in any order.
    file: PathBuf,
    /// The user pool.
    #[arg(long, value_name = "ID")]
    user_pool_id: String,
    /// The role that CreateUserImportJob wants (`CloudWatchLogsRoleArn`): whoever imports must be allowed to pass it.
    #[arg(long, value_name = "ARN")]
    role_arn: String,
    /// How the hashes in the column `cognito:password_hash` were made; without it there is no such column.
    #[arg(long, value_name = "ALGORITHM", value_parser = ["ARGON2ID", "BCRYPT", "PBKDF2_SHA256", "SCRYPT"])]
    password_hashing_algorithm: Option<String>,
    /// What the job is called.
    #[arg(long, value_name = "NAME", default_value = "passwright users import")]
    job_name: String,
    /// How many lines that failed are told of.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    failures: usize,
    #[command(flatten)]
    server: ServerFlags,
    #[command(flatten)]
    output: OutputFlags,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CreateUserImportJob<'a> {
    user_pool_id: &'a str,
    job_name: &'a str,
    cloud_watch_logs_role_arn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hashing_algorithm: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    user_import_job: Job,
}

/// UserImportJobType, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Job {
    job_id: String,
    pre_signed_url: Option<String>,
    status: String,
    #[serde(default)]
    imported_users: u64,
    #[serde(default)]
    skipped_users: u64,
    #[serde(default)]
    failed_users: u64,
    completion_message: Option<String>,
}

/// A page of `GET /v1/import-failures`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    failures: Vec<Failure>,
    next: Option<u64>,
}

/// A line that made no user.
#[derive(Deserialize, Serialize)]
#[serde(rename_all(deserialize = "PascalCase"))]
struct Failure {
    line: u64,
    reason: String,
}

/// What became of the file.
#[derive(Serialize)]
struct Imported {
    job_id: String,
    status: String,
    message: Option<String>,
    imported: u64,
    /// They were there.
    skipped: u64,
    failed: u64,
    /// The first lines that failed; absent where the server keeps them to itself, as Amazon's does.
    failures: Option<Vec<Failure>>,
}

/// Imports the file.
///
/// # Errors
/// A file that cannot be read; what the server refuses. Once there is a job, its id is told.
pub async fn run(flags: &ImportFlags) -> Result<Report, String> {
    let problem = |error: std::io::Error| format!("{}: {error}", flags.file.display());
    let file = File::open(&flags.file).map_err(problem)?;
    let bytes = file.metadata().map_err(problem)?.len();
    let pools = UserPools::of(&flags.server, &flags.user_pool_id)?;
    let new = CreateUserImportJob {
        user_pool_id: &flags.user_pool_id,
        job_name: &flags.job_name,
        cloud_watch_logs_role_arn: &flags.role_arn,
        password_hashing_algorithm: flags.password_hashing_algorithm.as_deref(),
    };
    let Answer { user_import_job: job } = pools.call("CreateUserImportJob", &new).await?;
    let about = json!({"UserPoolId": flags.user_pool_id, "JobId": job.job_id});
    let imported = follow(flags, &pools, &job, &about, (file, bytes)).await.map_err(|problem| format!("{}: {problem}", job.job_id))?;
    let yes = imported.status == "Succeeded" && imported.failed == 0;
    Ok(Report { text: flags.output.write(&imported)?, yes })
}

/// From the job's making to its end.
async fn follow(flags: &ImportFlags, pools: &UserPools, job: &Job, about: &Value, file: (File, u64)) -> Result<Imported, String> {
    let address = job.pre_signed_url.as_deref().ok_or("the server named no address for the file")?;
    let (file, bytes) = file;
    let mut progress = Progress::new();
    let sending = move |sent: u64| progress.tell(|| format!("sent {} of {} KiB", sent.div_ceil(1024), bytes.div_ceil(1024)));
    let sent = pools.client().put(address, file, bytes, sending).await?;
    if sent.status != 200 {
        return Err(format!("the file was refused with {}: {}", sent.status, sent.text.trim()));
    }
    let _: Value = pools.call("StartUserImportJob", about).await?;
    let mut progress = Progress::new();
    let job = loop {
        let Answer { user_import_job: job } = pools.call("DescribeUserImportJob", about).await?;
        let Job { imported_users, skipped_users, failed_users, .. } = &job;
        progress.tell(|| format!("{imported_users} imported, {skipped_users} skipped, {failed_users} failed"));
        if !matches!(job.status.as_str(), "Created" | "Pending" | "InProgress" | "Stopping") {
            break job;
        }
        actix_web::rt::time::sleep(EVERY).await;
    };
    let failures = if job.failed_users == 0 { Some(Vec::new()) } else { failures(flags, pools, &job.job_id).await? };
    Ok(Imported {
        job_id: job.job_id,
        status: job.status,
        message: job.completion_message,
        imported: job.imported_users,
        skipped: job.skipped_users,
        failed: job.failed_users,
        failures,
    })
}

/// The first lines that failed, and why; `None` where the server does not tell.
async fn failures(flags: &ImportFlags, pools: &UserPools, job_id: &str) -> Result<Option<Vec<Failure>>, String> {
    let mut told = Vec::new();
    let mut after = 0;
    while told.len() < flags.failures {
        let path = format!("/v1/import-failures?user_pool_id={}&job_id={job_id}&after={after}", flags.user_pool_id);
        let Some(Page { failures, next }) = pools.own(&path).await? else { return Ok(None) };
        told.extend(failures);
        let Some(next) = next else { break };
        after = next;
    }
    told.truncate(flags.failures);
    Ok(Some(told))
}

impl Tabular for Imported {
    const HEADINGS: &'static [&'static str] = &["what", "state"];

    fn rows(&self) -> Vec<Vec<String>> {
        let Self { job_id, status, message, imported, skipped, failed, failures } = self;
        let status = message.as_ref().map_or_else(|| status.clone(), |message| format!("{status}: {message}"));
        let known = [
            ("job", job_id.clone()),
            ("status", status),
            ("imported", imported.to_string()),
            ("skipped", skipped.to_string()),
            ("failed", failed.to_string()),
        ];
        let lines = failures.iter().flatten().map(|failure| vec![format!("line {}", failure.line), failure.reason.clone()]);
        let untold = match failures {
            Some(told) => failed.saturating_sub(told.len() as u64),
            None => *failed,
        };
        let more = (untold > 0).then(|| vec!["more lines".to_owned(), format!("{untold} that failed")]);
        known.into_iter().map(|(name, value)| vec![name.to_owned(), value]).chain(lines).chain(more).collect()
    }
}
