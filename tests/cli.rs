//! The command line as a process: what it prints, and the exit codes that scripts and CI go by.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

#[path = "cli/users.rs"]
mod users;

const NOTES: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "notes:Read", "Resource": "*",
     "Condition": {"StringEquals": {"aws:SourceIp": "192.0.2.1"}}},
    {"Sid": "NoDelete", "Effect": "Deny", "Action": "notes:Delete", "Resource": "*"}]}"#;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_passwright"))
        .current_dir(folder)
        .arg("policy")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
    let output = process.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn evaluate_answers_by_its_exit_code_and_in_json() {
    let folder = Folder::new("evaluate");
    let question = |action: &str, address: &str| {
        format!(
            r#"{{"principal": {{"arn": "arn:aws:iam::000000000000:user/alice"}}, "action": "{action}", "resource": {{"arn": "*"}},
                "context": {{"aws:SourceIp": "{address}"}}, "policies": {{"identity": [{NOTES}]}}}}"#
        )
    };
    let (code, answer, _) = run(&folder.0, &["evaluate", "-"], &question("notes:Read", "192.0.2.1"));
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((code, &answer["decision"], &answer["statements"][0]["sid"]), (0, &"allowed".into(), &"Read".into()));
    let file = folder.write("question.json", &question("notes:Read", "192.0.2.2"));
    let (code, answer, _) = run(&folder.0, &["evaluate", "--explain", &file], "");
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((code, &answer["decision"], &answer["failed"][0]["actual"][0]), (1, &"implicitDeny".into(), &"192.0.2.2".into()));
    let (code, out, problem) = run(&folder.0, &["evaluate", "-"], r#"{"principal": {}}"#);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(problem.starts_with("passwright: -: "), "{problem}");
    assert_eq!(run(&folder.0, &["evaluate", "missing.json"], "").0, 2);
}

/// What the binary answers, with no server's settings in its environment.
fn passwright(arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passwright"));
    let output = command.args(arguments).env_remove("PASSWRIGHT_PUBLIC_URL").stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const COMMANDS: [&str; 6] = ["completions", "dev", "policy", "serve", "status", "users"];

#[test]
fn the_help_shows_every_command_and_each_has_its_own() {
    let (code, text, _) = passwright(&["--help"]);
    let listed = text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let mut listed: Vec<&str> = listed.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    listed.sort_unstable();
    assert_eq!((code, listed.as_slice()), (0, COMMANDS.as_slice()), "{text}");
    assert!(text.contains("Exit codes: 0 for yes"), "{text}");
    for command in COMMANDS {
        for arguments in [&[command, "--help"][..], &["help", command]] {
            let (code, text, _) = passwright(arguments);
            assert!(code == 0 && text.contains(&format!("Usage: passwright {command} ")), "{text}");
        }
    }
    let (code, text, _) = passwright(&["policy", "evaluate", "--help"]);
    assert!(code == 0 && text.contains("passwright policy evaluate") && text.contains("--derive"), "{text}");
    for misunderstood in [&[][..], &["policy"], &["policies"], &["dev", "--colour"], &["status", "--output", "xml"], &["completions"]] {
        let (code, out, problem) = passwright(misunderstood);
        assert_eq!((code, out.as_str()), (2, ""), "{misunderstood:?}: {problem}");
    }
}

#[test]
fn each_shell_completes_every_command_and_its_flags() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, script, _) = passwright(&["completions", shell]);
        let names = COMMANDS.iter().chain(&["evaluate", "ephemeral", "database-url", "junit", "output", "import", "user-pool-id"]);
        let missing: Vec<_> = names.filter(|name| !script.contains(*name)).collect();
        assert!(code == 0 && missing.is_empty(), "{shell} does not know {missing:?}");
    }
    assert_eq!(passwright(&["completions", "cmd"]).0, 2);
}

#[test]
fn bash_takes_the_completions_and_completes_by_them() {
    let script = passwright(&["completions", "bash"]).1;
    let ask = "COMP_WORDS=(passwright sta) COMP_CWORD=1; _passwright passwright sta passwright; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").args(["--norc", "-c", &format!("{script}\n{ask}")]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "status\n", "{}", String::from_utf8_lossy(&output.stderr));
}

/// Answers every request on a port of its own with what `answer` gives for the path.
fn answering(answer: fn(&str) -> (u16, &'static str)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            let (status, body) = answer(line.split(' ').nth(1).unwrap_or_default());
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    url
}

#[test]
fn status_tells_by_its_exit_code_whether_a_server_is_ready_alive_or_not_there() {
    let ready = answering(|path| match path {
        "/healthz" | "/readyz" => (200, "ok"),
        "/metrics" => (200, "passwright_requests_total{status=\"2xx\"} 7\n"),
        _ => (404, ""),
    });
    let (code, table, problem) = passwright(&["status", "--url", &ready]);
    let expected = format!(
        "WHAT             STATE\nserver           {ready}\nlive             yes\nready            yes\nrequests         7\n  refused (4xx)  0\n  failed (5xx)   0\n"
    );
    assert_eq!((code, table, problem.as_str()), (0, expected, ""));

    // A proxy keeps the metrics to itself.
    let unready = answering(|path| match path {
        "/healthz" => (200, "ok"),
        "/readyz" => (503, "the database does not answer\n"),
        _ => (404, "passwright_requests_total 1\n"),
    });
    let (code, document, _) = passwright(&["status", "--output", "json", "--url", &format!("{unready}/")]);
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(code, 1);
    assert_eq!((&document["url"], &document["live"], &document["ready"]), (&unready.clone().into(), &true.into(), &false.into()));
    assert_eq!((&document["problem"], &document["requests"]), (&"the database does not answer".into(), &serde_json::Value::Null));
    assert!(passwright(&["status", "--url", &unready]).1.contains("\nready   no: the database does not answer\n"));

    let other = answering(|_| (404, ""));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let nowhere = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    for (url, says) in [(&other, "is it Passwright's address?"), (&nowhere, "refused"), (&"ftp://a".to_owned(), "begins with http")] {
        for output in ["table", "json"] {
            let (code, out, problem) = passwright(&["status", "--output", output, "--url", url]);
            assert!(code == 2 && out.is_empty() && problem.contains(says), "{url}: {problem}");
        }
    }
    let (code, _, problem) = passwright(&["status", "--ca", "/nowhere.pem"]);
    assert!(code == 2 && problem.starts_with("passwright: --ca /nowhere.pem: "), "{problem}");
}

#[test]
fn what_the_principals_arn_tells_is_derived() {
    let folder = Folder::new("derive");
    let own = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "notes:Read",
        "Resource": "arn:aws:notes:::note/${aws:username}/*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}}}"#;
    let question = folder.write(
        "question.json",
        &format!(
            r#"{{"principal": {{"arn": "arn:aws:iam::000000000000:user/alice"}}, "action": "notes:Read",
                "resource": {{"arn": "arn:aws:notes:::note/alice/1"}}, "policies": {{"identity": [{own}]}}}}"#
        ),
    );
    assert_eq!(run(&folder.0, &["evaluate", &question], "").0, 1);
    assert_eq!(run(&folder.0, &["evaluate", "--derive", &question], "").0, 0);
    let cases = |derive: &str| {
        format!(
            r#"{{"policies": {{"identity": [{own}]}}, {derive} "principal": "arn:aws:iam::000000000000:user/alice", "action": "notes:Read",
                "cases": [{{"name": "reads", "resource": "arn:aws:notes:::note/alice/1", "expect": "allowed"}}]}}"#
        )
    };
    folder.write("own.test.json", &cases(""));
    assert_eq!(run(&folder.0, &["test", "."], "").0, 0);
    folder.write("own.test.json", &cases(r#""derive": false,"#));
    assert_eq!(run(&folder.0, &["test", "."], "").0, 1);
}

#[test]
fn validate_names_file_line_and_column() {
    let folder = Folder::new("validate");
    let good = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::bucket/key"}]}"#;
    folder.write("good.json", good);
    folder.write(
        "bad.json",
        "{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"Maybe\", \"Action\": \"a:B\", \"Resource\": \"*\"}]}",
    );
    assert_eq!(run(&folder.0, &["validate", "good.json"], "").0, 0);
    let (code, report, _) = run(&folder.0, &["validate", "good.json", "bad.json"], "");
    assert_eq!(code, 1);
    assert!(report.starts_with("bad.json:2:"), "{report}");
    let (code, report, _) = run(&folder.0, &["validate", "--output", "json", "bad.json"], "");
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!((code, &report["findings"][0]["file"], &report["findings"][0]["line"]), (1, &"bad.json".into(), &2.into()));
    folder.write(
        "own.json",
        &NOTES.replace(r#""StringEquals": {"aws:SourceIp": "192.0.2.1"}"#, r#""IpAddress": {"aws:SourceIp": "192.0.2.1"}"#),
    );
    let (code, report, _) = run(&folder.0, &["validate", "own.json"], "");
    assert!(code == 1 && report.contains("error INVALID_SERVICE_IN_ACTION at Statement[0].Action"), "{report}");
    assert_eq!(run(&folder.0, &["validate", "--ignore", "INVALID_SERVICE_IN_ACTION", "own.json"], "").0, 0);
    // A trust policy has a principal and no resource; an identity policy the reverse.
    assert_eq!(run(&folder.0, &["validate", "--type", "trust", "good.json"], "").0, 1);
}

#[test]
fn format_checks_and_rewrites_once() {
    let folder = Folder::new("format");
    let file = folder.write("notes.json", NOTES);
    let (code, report, _) = run(&folder.0, &["format", "--check", "notes.json"], "");
    assert_eq!((code, report.as_str()), (1, "notes.json: not in canonical form\n"));
    assert_eq!(fs::read_to_string(&file).unwrap(), NOTES);
    assert_eq!(run(&folder.0, &["format", "notes.json"], "").0, 0);
    let formatted = fs::read_to_string(&file).unwrap();
    assert_eq!(run(&folder.0, &["format", "--check", "notes.json"], ""), (0, String::new(), String::new()));
    assert_eq!(run(&folder.0, &["format", "-"], NOTES).1, formatted);
    folder.write("old.json", NOTES);
    assert_eq!(run(&folder.0, &["diff", "old.json", "notes.json"], ""), (0, String::new(), String::new()));
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2, "nothing else is left");
    assert_eq!(run(&folder.0, &["format", "-"], "{}").0, 2);
}

#[test]
fn diff_tells_what_changed() {
    let folder = Folder::new("diff");
    folder.write("old.json", NOTES);
    folder.write("new.json", &NOTES.replace("192.0.2.1", "192.0.2.2").replace("NoDelete", "Never"));
    let (code, report, _) = run(&folder.0, &["diff", "old.json", "new.json"], "");
    let expected = "~ Statement Read: Condition.stringequals.aws:sourceip: - 192.0.2.1 + 192.0.2.2
- Statement NoDelete: Action notes:delete; Effect Deny; Resource *
+ Statement Never: Action notes:delete; Effect Deny; Resource *
";
    assert_eq!((code, report.as_str()), (1, expected));
}

#[test]
fn test_runs_a_folder_of_cases_and_explains_what_fails() {
    let folder = Folder::new("test");
    folder.write("policies/notes.json", NOTES);
    let case = |name: &str, action: &str, expect: &str| {
        format!(r#"{{"name": "{name}", "action": "notes:{action}", "resource": "arn:aws:notes:::note/1", "expect": "{expect}"}}"#)
    };
    let file = |context: &str, cases: &[String]| {
        format!(
            r#"{{"policies": {{"identity": ["../policies/notes.json"]}}, "principal": "arn:aws:iam::000000000000:user/alice",
                "context": {{{context}}}, "cases": [{}]}}"#,
            cases.join(", ")
        )
    };
    let home = r#""aws:SourceIp": "192.0.2.1""#;
    let good = [case("reads", "Read", "allowed"), case("never deletes", "Delete", "explicitDeny"), case("lists", "List", "denied")];
    folder.write("cases/home.test.json", &file(home, &good));
    let (code, report, _) = run(&folder.0, &["test", "."], "");
    let passed = "ok   cases/home.test.json: reads\nok   cases/home.test.json: never deletes\nok   cases/home.test.json: lists\n";
    assert_eq!((code, report), (0, format!("{passed}3 passed, 0 failed\n")));

    folder.write("cases/road.test.json", &file(r#""aws:SourceIp": "203.0.113.9""#, &[case("reads", "Read", "allowed")]));
    let (code, report, _) = run(&folder.0, &["test", "--junit", "junit.xml", "."], "");
    assert_eq!(code, 1);
    assert!(report.contains("FAIL cases/road.test.json: reads: expected allowed, got implicitDeny\n"), "{report}");
    assert!(report.contains("StringEquals aws:SourceIp wants 192.0.2.1, has 203.0.113.9\n"), "{report}");
    assert!(report.ends_with("3 passed, 1 failed\n"), "{report}");
    let junit = fs::read_to_string(folder.0.join("junit.xml")).unwrap();
    assert!(junit.contains("tests=\"4\" failures=\"1\"") && junit.contains("<failure message=\"expected allowed, got implicitDeny\">"));

    folder.write("cases/road.test.json", r#"{"policies": {"identity": ["gone.json"]}, "cases": []}"#);
    let (code, _, problem) = run(&folder.0, &["test", "."], "");
    assert!(code == 2 && problem.contains("gone.json"), "{problem}");
    let empty = Folder::new("test-empty");
    assert_eq!(run(&empty.0, &["test", "."], "").0, 2);
}
