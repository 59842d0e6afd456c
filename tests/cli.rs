//! `passwright policy …` as a process: what it prints, and the exit codes that scripts and CI go by.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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

#[test]
fn the_binarys_own_help_shows_policy_and_policy_has_its_own() {
    let help = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_passwright")).args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = help(&["--help"]);
    assert!(code == 0 && ["  dev ", "  serve ", "  policy "].iter().all(|command| text.contains(command)), "{text}");
    for arguments in [&["policy", "--help"][..], &["help", "policy"]] {
        let (code, text) = help(arguments);
        assert!(code == 0 && text.contains("passwright policy <COMMAND>") && text.contains("  evaluate "), "{text}");
    }
    let (code, text) = help(&["policy", "evaluate", "--help"]);
    assert!(code == 0 && text.contains("passwright policy evaluate") && text.contains("--derive"), "{text}");
    assert_eq!(help(&["policy"]).0, 2);
    assert_eq!(help(&["policies"]).0, 2);
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
    let (code, report, _) = run(&folder.0, &["validate", "--format", "json", "bad.json"], "");
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
