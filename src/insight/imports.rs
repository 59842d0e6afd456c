//! `GET /v1/import-failures`: why lines of an import made no users. AWS writes this to a log of CloudWatch's; here it is asked for.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer, pool_for};
use crate::context::App;
use crate::decisions::door::{Asker, Failure};
use crate::kit::nul;
use crate::store::user_imports;

/// So many are told at once.
pub const PAGE: i64 = 100;

/// What is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The pool.
    pub user_pool_id: String,
    /// The job.
    pub job_id: String,
    /// The line after which the page begins; the first page where it is not said.
    pub after: Option<i64>,
}

/// Answers a program.
pub async fn handle(app: Data<App>, request: HttpRequest, wanted: Query<Wanted>) -> HttpResponse {
    answer(&app, &request, async |asker: &Asker| {
        let failures = failures(&app, asker, &wanted).await?;
        let next = (i64::try_from(failures.len()) == Ok(PAGE)).then(|| failures.last().map(|(line, _)| *line)).flatten();
        let shown: Vec<Value> = failures.into_iter().map(|(line, reason)| json!({"Line": line, "Reason": reason})).collect();
        Ok(json!({"Failures": shown, "Next": next}))
    })
    .await
}

/// Why lines made no users, in their order.
///
/// # Errors
/// [`Failure`]: the asker needs `cognito-idp:DescribeUserImportJob` on the pool's ARN.
pub async fn failures(app: &App, asker: &Asker, wanted: &Wanted) -> Result<Vec<(i64, String)>, Failure> {
    let pool_id = pool_for(app, asker, "cognito-idp:DescribeUserImportJob", &wanted.user_pool_id).await?;
    if nul::in_text(&wanted.job_id) {
        return Err(Failure::BadRequest("a parameter has a NUL".to_owned()));
    }
    let after = wanted.after.unwrap_or(0);
    Ok(app.read(async |tx| user_imports::failures(tx, &pool_id, &wanted.job_id, after, PAGE).await).await?)
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn failures_are_paged_and_told_to_those_who_may_see_the_job() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let note = async |tx: &mut crate::store::Conn| {
            for line in 2..105 {
                crate::store::user_imports::note_failure(tx, &pool.id, "import-1", line, "why").await?;
            }
            Ok::<_, crate::store::StoreError>(())
        };
        app.app.write(note).await.unwrap();
        let path = format!("/v1/import-failures?user_pool_id={}&job_id=import-1", pool.id);
        let first = app.admin().send("passwright", Method::GET, &path, Vec::new(), Vec::new()).await.ok();
        assert_eq!((first["Failures"].as_array().unwrap().len(), &first["Failures"][0]), (100, &json!({"Line": 2, "Reason": "why"})));
        let next = format!("{path}&after={}", first["Next"]);
        let last = app.admin().send("passwright", Method::GET, &next, Vec::new(), Vec::new()).await.ok();
        assert_eq!((last["Failures"].as_array().unwrap().len(), last["Next"].is_null()), (3, true));
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:ListUsers", "Resource": "*"}])).await;
        assert_eq!(ann.send("passwright", Method::GET, &path, Vec::new(), Vec::new()).await.status, 403);
        let nobody = app.anonymous().send("", Method::GET, &path, Vec::new(), Vec::new()).await;
        assert_eq!(nobody.status, 401);
    }
}
