//! Client ID metadata documents: the policies that take them, and what was fetched for one.

use askama::Template;
use serde_json::{Value, json};

use super::{
    Fields, Frame, Head, May, Moment, Outcome, PAGE, Reply, Row, Visit, call, confirmed, form, may, next_page, number, page, segment,
};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The pages and forms of client metadata.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/client-metadata", show),
        form("/pools/{pool}/client-metadata", create),
        page("/pools/{pool}/client-metadata/{policy}", show_one),
        form("/pools/{pool}/client-metadata/{policy}", change),
        form("/pools/{pool}/client-metadata/{policy}/urls", act_on_url),
        form("/pools/{pool}/client-metadata/{policy}/delete", delete).grave(),
    ]
}

struct Policy {
    href: String,
    name: String,
    client_id: String,
    modified: Option<Moment>,
}

/// What the form of a policy asks.
#[derive(Default)]
struct Given {
    name: String,
    client_id: String,
    patterns: String,
    cache_seconds: String,
}

impl Given {
    fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.given(name).unwrap_or_default();
        Self { name: text("name"), client_id: text("client_id"), patterns: text("patterns"), cache_seconds: text("cache_seconds") }
    }

    fn input(&self, pool: &str) -> Value {
        let patterns: Vec<&str> = self.patterns.split_whitespace().collect();
        let mut input = json!({"UserPoolId": pool, "ClientId": self.client_id, "PolicyName": self.name, "URLPatterns": patterns});
        if !self.cache_seconds.is_empty() {
            input.put("CacheDuration", number(&self.cache_seconds));
        }
        input
    }
}

#[derive(Template)]
#[template(path = "console/pools/client_metadata.html")]
struct ListPage {
    frame: Frame,
    head: Head,
    policies: Vec<Policy>,
    given: Given,
    may_create: May,
    first: Option<String>,
    next: Option<String>,
    error: Option<WireError>,
}

async fn list(visit: &Visit, given: Given, error: Option<WireError>) -> Result<ListPage, WireError> {
    let head = Head::load(visit, "client-metadata").await?;
    let token = visit.query().given("next");
    let listed = call(visit, "ListCIMDPolicies", json!({"UserPoolId": head.id, "MaxResults": PAGE, "NextToken": token})).await?;
    let path = head.path("/client-metadata");
    let policy = |policy: &Value| Policy {
        href: format!("/console{path}/{}", segment(&policy.text("CIMDPolicyId"))),
        name: policy.text("PolicyName"),
        client_id: policy.text("ClientId"),
        modified: Moment::read(policy.at("LastModifiedDate"), visit.now()),
    };
    Ok(ListPage {
        frame: visit.frame(&head.name),
        policies: listed.list("CIMDPolicies").iter().map(policy).collect(),
        given,
        may_create: may(visit, "CreateCIMDPolicy", Given::sample().input(&head.id)).await,
        first: token.map(|_| format!("/console{path}")),
        next: next_page(&path, &[], listed.at("NextToken")),
        head,
        error,
    })
}

impl Given {
    /// Such as any is, to ask whether one may be made.
    fn sample() -> Self {
        let patterns = "https://app.example.com/*".to_owned();
        Self { name: "name".to_owned(), client_id: "client".to_owned(), patterns, cache_seconds: String::new() }
    }
}

/// `GET /console/pools/{pool}/client-metadata`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&list(visit, Given::default(), None).await?))
}

/// `POST /console/pools/{pool}/client-metadata`
async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "CreateCIMDPolicy", given.input(&pool)).await {
        Ok(made) => {
            let id = made.at("CIMDPolicy").text("CIMDPolicyId");
            Ok(Reply::done(format!("/pools/{}/client-metadata/{}", segment(&pool), segment(&id)), "The policy is made."))
        }
        Err(error) => Ok(Reply::again(&list(visit, given, Some(error.clone())).await?, &error)),
    }
}

struct Document {
    url: String,
    cached: Option<Moment>,
}

#[derive(Template)]
#[template(path = "console/pools/client_metadata_one.html")]
struct PolicyPage {
    frame: Frame,
    head: Head,
    id: String,
    given: Given,
    /// What the policy is called now.
    name: String,
    documents: Vec<Document>,
    may_change: May,
    may_act: May,
    may_delete: May,
    first: Option<String>,
    next: Option<String>,
    error: Option<WireError>,
}

impl PolicyPage {
    fn href(&self, rest: &str) -> String {
        self.head.href(&format!("/client-metadata/{}{rest}", segment(&self.id)))
    }
}

async fn one(visit: &Visit, given: Option<Given>, error: Option<WireError>) -> Result<PolicyPage, WireError> {
    let head = Head::load(visit, "client-metadata").await?;
    let id = visit.segment("policy");
    let named = json!({"UserPoolId": head.id, "CIMDPolicyId": id});
    let policy = call(visit, "DescribeCIMDPolicy", named.clone()).await?.at("CIMDPolicy").clone();
    let token = visit.query().given("next");
    let mut wanted = named.clone();
    wanted.put("MaxResults", json!(PAGE));
    wanted.put("NextToken", json!(token));
    let listed = call(visit, "ListClientMetadataURLs", wanted).await?;
    let document = |document: &Value| Document { url: document.text("URL"), cached: Moment::read(document.at("CachedDate"), visit.now()) };
    let stored = Given {
        name: policy.text("PolicyName"),
        client_id: policy.text("ClientId"),
        patterns: policy.texts("URLPatterns").join("\n"),
        cache_seconds: policy.at("CacheDuration").as_i64().map(|seconds| seconds.to_string()).unwrap_or_default(),
    };
    let mut changed = Given::sample().input(&head.id);
    changed.put("CIMDPolicyId", json!(id));
    let mut act = named.clone();
    act.put("URL", json!("https://app.example.com/c"));
    act.put("Action", json!("REFRESH"));
    let path = head.path(&format!("/client-metadata/{}", segment(&id)));
    Ok(PolicyPage {
        frame: visit.frame(&head.name),
        name: stored.name.clone(),
        documents: listed.list("ClientMetadataURLs").iter().map(document).collect(),
        given: given.unwrap_or(stored),
        may_change: may(visit, "UpdateCIMDPolicy", changed).await,
        may_act: may(visit, "UpdateClientMetadataURLState", act).await,
        may_delete: may(visit, "DeleteCIMDPolicy", named).await,
        first: token.map(|_| format!("/console{path}")),
        next: next_page(&path, &[], listed.at("NextToken")),
        head,
        id,
        error,
    })
}

/// `GET /console/pools/{pool}/client-metadata/{policy}`
async fn show_one(visit: &Visit) -> Outcome {
    Ok(Reply::page(&one(visit, None, None).await?))
}

fn path_of(visit: &Visit) -> String {
    format!("/pools/{}/client-metadata/{}", segment(&visit.segment("pool")), segment(&visit.segment("policy")))
}

/// `POST /console/pools/{pool}/client-metadata/{policy}`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let given = Given::read(fields);
    let mut input = given.input(&visit.segment("pool"));
    input.put("CIMDPolicyId", json!(visit.segment("policy")));
    match call(visit, "UpdateCIMDPolicy", input).await {
        Ok(_) => Ok(Reply::done(path_of(visit), "The policy is saved. What was fetched for it is forgotten.")),
        Err(error) => Ok(Reply::again(&one(visit, Some(given), Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/client-metadata/{policy}/urls`
async fn act_on_url(visit: &Visit, fields: &Fields) -> Outcome {
    let (url, action) = (fields.text("url"), fields.text("action"));
    let input = json!({"UserPoolId": visit.segment("pool"), "CIMDPolicyId": visit.segment("policy"), "URL": url, "Action": action});
    match call(visit, "UpdateClientMetadataURLState", input).await {
        Ok(_) => Ok(Reply::done(path_of(visit), "It is fetched again at its next use.")),
        Err(error) => Ok(Reply::again(&one(visit, None, Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/client-metadata/{policy}/delete`
async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, id) = (visit.segment("pool"), visit.segment("policy"));
    let named = json!({"UserPoolId": pool, "CIMDPolicyId": id});
    let name = call(visit, "DescribeCIMDPolicy", named.clone()).await?.at("CIMDPolicy").text("PolicyName");
    confirmed(fields, &name)?;
    call(visit, "DeleteCIMDPolicy", named).await?;
    Ok(Reply::done(format!("/pools/{}/client-metadata", segment(&pool)), format!("The policy {name} is deleted.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_policy_is_made_changed_and_deleted() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let (path, browser) = (format!("/pools/{}/client-metadata", pool.id), app.console().await);
        assert!(browser.open(&path).await.text.contains("No policies yet"));
        let client = pool.client_id.as_str();
        let refused = browser.submit(&path, &[("name", "apps"), ("client_id", client), ("patterns", "https://*/c.json")]).await;
        assert!(refused.status == 400 && refused.text.contains("Invalid URL pattern"), "{}", refused.text);
        let fields = [("name", "apps"), ("client_id", client), ("patterns", "https://a.example.com/*\r\nhttps://b.example.com/*")];
        let page = browser.submit_and_follow(&path, &fields).await.text;
        assert!(page.contains("is made") && page.contains("Nothing was fetched yet"), "{page}");
        let listed = pool.admin("ListCIMDPolicies", json!({})).await.ok()["CIMDPolicies"].clone();
        let one = format!("{path}/{}", listed[0]["CIMDPolicyId"].as_str().unwrap());
        let fields = [("name", "others"), ("client_id", client), ("patterns", "https://a.example.com/*"), ("cache_seconds", "172800")];
        browser.submit_and_follow(&one, &fields).await;
        let listed = pool.admin("ListCIMDPolicies", json!({})).await.ok()["CIMDPolicies"].clone();
        assert_eq!((&listed[0]["PolicyName"], &listed[0]["CacheDuration"]), (&json!("others"), &json!(172_800)));
        let act = [("url", "https://a.example.com/c"), ("action", "REFRESH")];
        let none = browser.submit(&format!("{one}/urls"), &act).await;
        assert!(none.text.contains("CachedCIMDURLDoesNotExistException"), "{}", none.text);
        assert_eq!(browser.submit(&format!("{one}/delete"), &[("confirm", "apps")]).await.status, 400, "it is called otherwise by now");
        let page = browser.submit_and_follow(&format!("{one}/delete"), &[("confirm", "others")]).await.text;
        assert!(page.contains("No policies yet"), "{page}");
        let guest = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:List*", "Resource": "*"}])).await;
        assert!(guest.open(&path).await.text.contains("not authorized to perform: cognito-idp:CreateCIMDPolicy"));
    }
}
