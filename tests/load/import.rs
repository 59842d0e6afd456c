//! How fast an import makes users of a file, and in how much memory, beside a copy of as many rows inside the same database.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::filler::Filler;
use crate::server::Server;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"cognito-idp.amazonaws.com"}}}"#;

/// Imports so many users, and prints a table.
pub fn measure(folder: &Path, users: u64) {
    let (server, _) = Server::start(folder);
    let trust = [("Action", "CreateRole"), ("Version", "2010-05-08"), ("RoleName", "logs"), ("AssumeRolePolicyDocument", TRUST)];
    let [role] = server.query("iam", &trust, ["Arn"]);
    let pool = server.user_pools("CreateUserPool", &json!({"PoolName": "imported", "AutoVerifiedAttributes": ["email"]}));
    let pool_id = pool["UserPool"]["Id"].as_str().unwrap().to_owned();
    let file = folder.join("users.csv");
    std::fs::write(&file, csv(&server, &pool_id, users)).unwrap();
    let (before, (imported, took)) = (server.peak_megabytes(), timed(|| import(&server, &pool_id, &role, &file)));
    assert_eq!(imported["imported"], users, "{imported}");
    let peak = server.peak_megabytes();
    let filler = Filler::create(&server, &server.create_pool("copied"));
    drop(server);
    let ((), copied) = timed(|| actix_web::rt::System::new().block_on(filler.fill(folder, users)));
    let rate = |time: Duration| users as f64 / time.as_secs_f64();
    println!("| what | users a second | of the limit | peak MB |\n|---|---|---|---|");
    println!("| import of {users} users | {:.0} | {:.3} | {before:.0} → {peak:.0} |", rate(took), rate(took) / rate(copied));
    println!("| limit: a copy of as many rows | {:.0} | 1 | |", rate(copied));
}

#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn timed<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    (act(), began.elapsed())
}

/// A file of users who have an address.
fn csv(server: &Server, pool_id: &str, users: u64) -> String {
    let header = server.user_pools("GetCSVHeader", &json!({"UserPoolId": pool_id}));
    let columns: Vec<&str> = header["CSVHeader"].as_array().unwrap().iter().map(|column| column.as_str().unwrap()).collect();
    let mut text = columns.join(",") + "\n";
    for number in 0..users {
        for (place, column) in columns.iter().enumerate() {
            text.push_str(if place == 0 { "" } else { "," });
            match *column {
                "cognito:username" => write!(text, "user{number}").unwrap(),
                "email" => write!(text, "user{number}@example.com").unwrap(),
                "email_verified" => text.push_str("true"),
                _ => {}
            }
        }
        text.push('\n');
    }
    text
}

/// By the command, which tells when it is done.
fn import(server: &Server, pool_id: &str, role: &str, file: &Path) -> Value {
    let mut process = Command::new(env!("CARGO_BIN_EXE_passwright"));
    process.args(["users", "import", "--output", "json", "--url", &format!("http://{}", server.address)]);
    process.args(["--user-pool-id", pool_id, "--role-arn", role]).arg(file);
    process.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env_remove("AWS_SESSION_TOKEN");
    let output = process.stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
