//! The terms of a pool's app clients.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit};
use super::{call, clients_of, confirmed, form, lines, may, next_page, page, pairs, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page and the forms of terms.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/terms", show),
        form("/pools/{pool}/terms", create),
        form("/pools/{pool}/terms/change", change),
        form("/pools/{pool}/terms/delete", delete).grave(),
    ]
}

/// How many documents are shown at once: each is asked for by itself.
const SHOWN: usize = 20;

struct Document {
    id: String,
    name: String,
    client: String,
    links: String,
}

#[derive(Template)]
#[template(path = "console/pools/terms.html")]
struct TermsPage {
    frame: Frame,
    head: Head,
    documents: Vec<Document>,
    clients: Vec<(String, String)>,
    /// What was typed of a new document.
    links: String,
    may_create: May,
    may_change: May,
    may_delete: May,
    first: Option<String>,
    next: Option<String>,
    error: Option<WireError>,
}

async fn shown(visit: &Visit, links: String, error: Option<WireError>) -> Result<TermsPage, WireError> {
    let head = Head::load(visit, "terms").await?;
    let token = visit.query().given("next");
    let listed = call(visit, "ListTerms", json!({"UserPoolId": head.id, "MaxResults": SHOWN, "NextToken": token})).await?;
    let mut documents = Vec::new();
    for terms in listed.list("Terms") {
        let named = json!({"UserPoolId": head.id, "TermsId": terms.at("TermsId")});
        let terms = call(visit, "DescribeTerms", named).await?.at("Terms").clone();
        documents.push(Document {
            id: terms.text("TermsId"),
            name: terms.text("TermsName"),
            client: terms.text("ClientId"),
            links: lines(terms.at("Links")),
        });
    }
    let clients = clients_of(visit, &head.id).await;
    let id = "00000000-0000-4000-8000-000000000000";
    let client = clients.first().map_or("new", |(id, _)| id.as_str());
    let new = json!({"UserPoolId": head.id, "ClientId": client, "TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE"});
    let path = head.path("/terms");
    Ok(TermsPage {
        frame: visit.frame(&head.name),
        documents,
        links,
        may_create: may(visit, "CreateTerms", new).await,
        may_change: may(visit, "UpdateTerms", json!({"UserPoolId": head.id, "TermsId": id})).await,
        may_delete: may(visit, "DeleteTerms", json!({"UserPoolId": head.id, "TermsId": id})).await,
        first: token.map(|_| format!("/console{path}")),
        next: next_page(&path, &[], listed.at("NextToken")),
        clients,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/terms`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&shown(visit, String::new(), None).await?))
}

fn path_of(pool: &str) -> String {
    format!("/pools/{}/terms", segment(pool))
}

async fn done(visit: &Visit, called: Result<Value, WireError>, links: String, notice: &str) -> Outcome {
    match called {
        Ok(_) => Ok(Reply::done(path_of(&visit.segment("pool")), notice)),
        Err(error) => Ok(Reply::again(&shown(visit, links, Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/terms`
async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let links = fields.text("links");
    let input = json!({
        "UserPoolId": visit.segment("pool"), "ClientId": fields.text("client"), "TermsName": fields.text("name"), "TermsSource": "LINK",
        "Enforcement": "NONE", "Links": pairs(&links),
    });
    let called = call(visit, "CreateTerms", input).await;
    done(visit, called, links, "The document is kept.").await
}

/// `POST /console/pools/{pool}/terms/change`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let input = json!({"UserPoolId": visit.segment("pool"), "TermsId": fields.text("id"), "Links": pairs(&fields.text("links"))});
    let called = call(visit, "UpdateTerms", input).await;
    done(visit, called, String::new(), "The document is saved.").await
}

/// `POST /console/pools/{pool}/terms/delete`
async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, name) = (visit.segment("pool"), fields.text("name"));
    confirmed(fields, &name)?;
    call(visit, "DeleteTerms", json!({"UserPoolId": pool, "TermsId": fields.text("id")})).await?;
    Ok(Reply::done(path_of(&pool), "The document is deleted."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_document_is_made_changed_and_deleted() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let browser = app.console().await;
        let path = |rest: &str| format!("/pools/{}/terms{rest}", pool.id);
        browser.open(&path("")).await;
        let client = pool.client_id.to_string();
        let new = [("client", client.as_str()), ("name", "privacy-policy"), ("links", "cognito:german = https://a.example")];
        let refused = browser.submit(&path(""), &new).await;
        assert!(refused.status == 400 && refused.text.contains("cognito:german = https://a.example"), "{}", refused.text);
        let new = [("client", client.as_str()), ("name", "privacy-policy"), ("links", "cognito:default = https://a.example")];
        let page = browser.submit_and_follow(&path(""), &new).await;
        assert!(page.text.contains("cognito:default = https://a.example"), "{}", page.text);
        let listed = async || pool.admin("ListTerms", json!({})).await.ok()["Terms"].clone();
        let id = listed().await[0]["TermsId"].as_str().unwrap().to_owned();
        browser.submit_and_follow(&path("/change"), &[("id", &id), ("links", "cognito:default = https://b.example")]).await;
        let described = pool.admin("DescribeTerms", json!({"TermsId": id})).await.ok();
        assert_eq!(described["Terms"]["Links"], json!({"cognito:default": "https://b.example"}));
        browser.submit_and_follow(&path("/delete"), &[("id", &id), ("name", "privacy-policy"), ("confirm", "privacy-policy")]).await;
        assert_eq!(listed().await, json!([]));
    }
}
