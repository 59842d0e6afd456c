//! `users import` and `users export` against a running server.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use passwright::kit::clock::{Clock as _, SystemClock};
use passwright::sigv4::amz_date;
use serde_json::{Value, json};

use super::Folder;

/// `Pa55word!`
const BCRYPT: &str = "$2b$04$pTGkutVmkaPvtxxxBku.0OlLA7csi8SbF4GA0k9s4U7Eup2V57Hue";
const ROLE: &str = "arn:aws:iam::000000000000:role/logs";

/// A spawned `passwright dev`, which takes a key that it did not issue for the root's.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_passwright"))
            .args(["dev", "--ephemeral", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let server = Self { process, url: line.trim().strip_prefix("listening on ").unwrap().to_owned() };
        let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"cognito-idp.amazonaws.com"}}}"#;
        let role = [("Action", "CreateRole"), ("Version", "2010-05-08"), ("RoleName", "logs"), ("AssumeRolePolicyDocument", trust)];
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(role).finish();
        server.post("iam", "content-type: application/x-www-form-urlencoded\r\n", &form);
        server
    }

    fn post(&self, service: &str, headers: &str, body: &str) -> String {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let date = amz_date(SystemClock.now());
        let credential = format!("AWS4-HMAC-SHA256 Credential=test/{}/us-east-1/{service}/aws4_request", date.get(..8).unwrap());
        let signed = if service == "iam" { "content-type;host;x-amz-date" } else { "content-type;host;x-amz-date;x-amz-target" };
        let length = body.len();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\nx-amz-date: {date}\r\n\
             authorization: {credential}, SignedHeaders={signed}, Signature=0\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    fn call(&self, operation: &str, input: &Value) -> Value {
        let target = format!("x-amz-target: AWSCognitoIdentityProviderService.{operation}\r\ncontent-type: application/x-amz-json-1.1\r\n");
        serde_json::from_str(&self.post("cognito-idp", &target, &input.to_string())).unwrap()
    }

    fn pool(&self, name: &str) -> String {
        let pool = self.call("CreateUserPool", &json!({"PoolName": name, "AutoVerifiedAttributes": ["email"]}));
        pool.pointer("/UserPool/Id").and_then(Value::as_str).unwrap().to_owned()
    }

    /// A file of users of the pool: their names, and the ends of their lines.
    fn csv(&self, pool: &str, more: &str, lines: &[(&str, &str, &str)]) -> String {
        let header = self.call("GetCSVHeader", &json!({"UserPoolId": pool}));
        let header: Vec<&str> =
            header.get("CSVHeader").and_then(Value::as_array).unwrap().iter().map(|column| column.as_str().unwrap()).collect();
        let line = |(name, verified, end): &(&str, &str, &str)| {
            let email = format!("{name}@example.com");
            let value = |column: &&str| match *column {
                "cognito:username" => (*name).to_owned(),
                "email" => email.clone(),
                "email_verified" => (*verified).to_owned(),
                _ => String::new(),
            };
            format!("{}{end}\n", header.iter().map(value).collect::<Vec<_>>().join(","))
        };
        format!("{}{more}\n{}", header.join(","), lines.iter().map(line).collect::<String>())
    }

    /// What `passwright users …` answers about a pool.
    fn users(&self, command: &str, pool: &str, more: &[&str]) -> (i32, String, String) {
        let mut process = Command::new(env!("CARGO_BIN_EXE_passwright"));
        process.args(["users", command, "--url", &self.url, "--user-pool-id", pool]).args(more);
        process.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env_remove("AWS_SESSION_TOKEN");
        let output = process.stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// What an import answers as JSON.
    fn import(&self, pool: &str, file: &str, more: &[&str]) -> (i32, Value) {
        let arguments = [&[file, "--role-arn", ROLE, "--output", "json"], more].concat();
        let (code, out, problem) = self.users("import", pool, &arguments);
        let answer = serde_json::from_str(&out);
        assert!(answer.is_ok(), "{problem}");
        (code, answer.unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn counts(answer: &Value) -> [&Value; 4] {
    ["status", "imported", "skipped", "failed"].map(|name| &answer[name])
}

#[test]
fn what_is_exported_from_one_pool_is_imported_into_another() {
    let (server, folder) = (Server::start(), Folder::new("users"));
    let (one, another) = (server.pool("one"), server.pool("another"));
    let names: Vec<String> = (0..130).map(|number| format!("user{number}")).collect();
    let mut lines: Vec<(&str, &str, &str)> = names.iter().map(|name| (name.as_str(), "TRUE", "")).collect();
    lines.push(("eve", "false", ""));
    let file = folder.write("users.csv", &server.csv(&one, "", &lines));
    let (code, answer) = server.import(&one, &file, &[]);
    assert_eq!((code, counts(&answer)), (1, [&json!("Succeeded"), &json!(130), &json!(0), &json!(1)]), "{answer}");
    assert_eq!((&answer["failures"][0]["line"], answer["failures"].as_array().unwrap().len()), (&json!(132), 1));
    let (code, table, _) = server.users("import", &one, &[&file, "--role-arn", ROLE]);
    assert!(code == 1 && table.contains("\nskipped   130\n") && table.contains("\nline 132  At least one"), "{table}");

    let exported = folder.0.join("exported.csv").display().to_string();
    let (code, told, problem) = server.users("export", &one, &["--file", &exported, "--output", "json"]);
    assert_eq!((code, serde_json::from_str::<Value>(&told).unwrap()), (0, json!({"file": exported, "users": 130})), "{problem}");
    assert_eq!(fs::metadata(&exported).unwrap().permissions().mode() & 0o777, 0o600);
    let (code, _, problem) = server.users("export", &one, &["--file", &exported]);
    assert!(code == 2 && problem.contains("exported.csv"), "{problem}");

    let (code, answer) = server.import(&another, &exported, &[]);
    assert_eq!((code, counts(&answer)), (0, [&json!("Succeeded"), &json!(130), &json!(0), &json!(0)]), "{answer}");
    let (code, copied, _) = server.users("export", &another, &[]);
    let before = fs::read_to_string(&exported).unwrap();
    let sorted = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!((code, sorted(&copied), copied.lines().count()), (0, sorted(&before), 131));

    let (code, found, _) = server.users("export", &one, &["--format", "json-lines", "--filter", "username = \"user7\""]);
    let user: Value = serde_json::from_str(&found).unwrap();
    assert_eq!((code, &user["Username"], &user["UserStatus"]), (0, &json!("user7"), &json!("RESET_REQUIRED")));
}

#[test]
fn whoever_comes_with_a_hash_signs_in_with_the_old_password() {
    let (server, folder) = (Server::start(), Folder::new("hashes"));
    let pool = server.pool("hashes");
    let hash = format!(",{BCRYPT}");
    let lines = [("ann", "false", hash.as_str()), ("bob", "false", ",plain")];
    let file = folder.write("users.csv", &server.csv(&pool, ",cognito:password_hash", &lines));
    let (code, answer) = server.import(&pool, &file, &["--password-hashing-algorithm", "BCRYPT"]);
    assert_eq!((code, counts(&answer)), (1, [&json!("Succeeded"), &json!(1), &json!(0), &json!(1)]), "{answer}");
    let client =
        json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
    let client = server.call("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    let parameters = json!({"USERNAME": "ann", "PASSWORD": "Pa55word!"});
    let sign_in = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    assert!(server.call("InitiateAuth", &sign_in)["AuthenticationResult"]["AccessToken"].is_string());
    // A file without the header that was announced is no file of the job's.
    let (code, answer) = server.import(&pool, &file, &[]);
    assert_eq!((code, &answer["status"]), (1, &json!("Failed")), "{answer}");
}

#[test]
fn what_cannot_be_done_is_told_by_the_exit_code_2_and_the_reason() {
    let (server, folder) = (Server::start(), Folder::new("refused"));
    let file = folder.write("users.csv", "cognito:username\n");
    let nowhere = "us-east-1_000000000";
    for (command, pool, more, says) in [
        ("export", nowhere, &[][..], "GetCSVHeader: ResourceNotFoundException: "),
        ("export", "pool", &[], "pool is no id of a user pool"),
        ("export", nowhere, &["--format", "json-lines", "--filter", "x"], "ListUsers: "),
        ("import", nowhere, &[&file, "--role-arn", ROLE], "CreateUserImportJob: ResourceNotFoundException: "),
        ("import", nowhere, &["/nowhere.csv", "--role-arn", ROLE], "/nowhere.csv: "),
        ("import", nowhere, &[&file], "--role-arn"),
        ("import", nowhere, &[&file, "--role-arn", ROLE, "--password-hashing-algorithm", "MD5"], "MD5"),
    ] {
        let (code, out, problem) = server.users(command, pool, more);
        assert!(code == 2 && out.is_empty() && problem.contains(says), "{problem}");
    }
    let mut process = Command::new(env!("CARGO_BIN_EXE_passwright"));
    process.args(["users", "export", "--user-pool-id", nowhere]).env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let output = process.output().unwrap();
    assert!(output.status.code() == Some(2) && String::from_utf8_lossy(&output.stderr).contains("AWS_ACCESS_KEY_ID is not set"));
}
