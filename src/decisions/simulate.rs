//! `POST /v1/simulate`: a hypothetical decision, whose principal, resource and policies are all in the body.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::door::{Asker, Failure, TOO_LARGE, json_body, request_id, respond};
use super::simulation::{self, Question};
use crate::context::App;
use crate::kit::long;
use crate::policy::MAX_WEIGHT;

/// Reading and answering no more than this is done before others would notice.
const SHORT_BYTES: usize = 4 * 1024;

/// Tools that sign for IAM sign for its simulators; this is one.
const SERVICES: [&str; 2] = ["passwright", "iam"];

/// Answers a question.
pub async fn handle(app: Data<App>, request: HttpRequest, body: Result<Bytes, actix_web::Error>) -> HttpResponse {
    let outcome = simulate(&app, &request, body).await;
    respond(&request, request_id(&app, &request), outcome)
}

async fn simulate(app: &App, request: &HttpRequest, body: Result<Bytes, actix_web::Error>) -> Result<Value, Failure> {
    let body = json_body(request, body)?;
    let asker = Asker::of(app, request, &body, &SERVICES).await?;
    asker.permit(app, "passwright:Simulate", "*").await?;
    let account_id = app.first_account_id.clone();
    let length = body.len();
    let work = move || {
        let text = std::str::from_utf8(&body).map_err(|error| error.to_string())?;
        let question = Question::parse(text, account_id.as_str())?;
        if question.weight() > MAX_WEIGHT {
            return Err(TOO_LARGE.to_owned());
        }
        Ok(simulation::answer(&question))
    };
    let answered = if length <= SHORT_BYTES { work() } else { long::run(work).await? };
    answered.map_err(Failure::BadRequest)
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::json;

    use crate::testing::TestApp;

    async fn asked(app: &TestApp, path: &str, question: &serde_json::Value) -> (u16, serde_json::Value) {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let answer = app.admin().send("passwright", Method::POST, path, headers, question.to_string().into_bytes()).await;
        (answer.status, answer.body)
    }

    fn simulation(operands: usize, values: usize) -> serde_json::Value {
        let operands: Vec<String> = (0..operands).map(|number| format!("10.{}.{}.0/24", number / 250 % 250, number % 250)).collect();
        let condition = json!({"ForAnyValue:IpAddress": {"a:k": operands}});
        let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
        json!({"principal": {"arn": "arn:aws:iam::000000000000:user/ann"}, "action": "notes:Read", "resource": {"arn": "arn:aws:notes:::note/1"},
               "context": {"a:k": vec!["192.0.2.1"; values]}, "policies": {"identity": [{"Version": "2012-10-17", "Statement": [statement]}]}})
    }

    /// 50,000 addresses held against 5,000 took a worker 32 seconds.
    #[actix_web::test]
    async fn values_times_values_are_refused_before_any_work() {
        let app = TestApp::new().await;
        let (status, body) = asked(&app, "/v1/simulate", &simulation(50_000, 5_000)).await;
        assert_eq!((status, &body["message"]), (400, &json!(super::TOO_LARGE)));
        for (operands, values) in [(2, 2), (200, 500)] {
            let (status, body) = asked(&app, "/v1/simulate", &simulation(operands, values)).await;
            assert_eq!((status, &body["decision"]), (200, &json!("implicitDeny")));
        }
    }

    #[actix_web::test]
    async fn the_questions_of_a_batch_share_what_they_may_weigh() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let operands: Vec<String> = (0..300).map(|number| number.to_string()).collect();
        let condition = json!({"ForAnyValue:StringEquals": {"a:k": operands}});
        let statement = json!({"Effect": "Allow", "Action": "notes:*", "Resource": "*", "Condition": condition});
        let document = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        app.admin().call("PutUserPolicy", json!({"UserName": "ann", "PolicyName": "p", "PolicyDocument": document})).await.ok();
        let ask = |values: usize, count: usize| {
            let values: Vec<String> = (0..values).map(|number| format!("v{number}")).collect();
            json!({"subject": {"type": "principal", "id": "arn:aws:iam::000000000000:user/ann"}, "action": {"name": "notes:Read"},
                   "resource": {"type": "arn", "id": "arn:aws:notes:::note/1"}, "context": {"a:k": values}, "evaluations": vec![json!({}); count]})
        };
        let errors = |body: &serde_json::Value| {
            let all = body["evaluations"].as_array().unwrap().iter();
            all.filter(|answer| answer["context"]["error"]["message"] == super::TOO_LARGE).count()
        };
        let (status, light) = asked(&app, "/access/v1/evaluations", &ask(100, 100)).await;
        assert_eq!((status, errors(&light)), (200, 0));
        let (status, heavy) = asked(&app, "/access/v1/evaluations", &ask(5_000, 100)).await;
        assert_eq!((status, errors(&heavy)), (200, 97), "{heavy}");
        let (status, single) = asked(&app, "/access/v1/evaluation", &ask(5_000, 1)).await;
        assert_eq!((status, &single["decision"]), (200, &json!(false)));
    }
}
