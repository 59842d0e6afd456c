//! `passwright policy evaluate`: the answer of `POST /v1/simulate`, without a server.

use super::{EvaluateFlags, Report, read};
use crate::decisions::simulation::{self, Question};

/// What a question looks like.
pub const HELP: &str = r#"The question:
  {"principal": {"arn": "arn:aws:iam::000000000000:user/alice"},   or {"service"}, {"federated"}, {"anonymous": true}
   "action": "notes:Read",
   "resource": {"arn": "arn:aws:notes:us-east-1:000000000000:note/1", "account": optional},
   "context": {"aws:SourceIp": "192.0.2.1"},
   "policies": {"identity": [POLICY..], "resource": POLICY, "permissions_boundaries": [..], "session": [..],
                "service_control": [{"target": "r-1", "policies": [..]}..], "resource_control": [..], "vpc_endpoint": [..]},
   "wildcard_only_action": false, "derive": false, "explain": false}

Exit codes: 0 allowed, 1 denied, 2 the question is malformed."#;

/// Answers the question in a file.
pub fn run(flags: &EvaluateFlags) -> Result<Report, String> {
    let text = read(&flags.file)?;
    let mut question = Question::parse(&text, &flags.account_id).map_err(|problem| format!("{}: {problem}", flags.file.display()))?;
    if flags.explain {
        question.explain();
    }
    if flags.derive {
        question.derive();
    }
    let answer = simulation::answer(&question);
    let yes = answer.get("decision").is_some_and(|decision| decision == "allowed");
    Ok(Report { text: format!("{answer:#}\n"), yes })
}
