//! A pool's domains: where its users sign in.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, confirmed, form, may, number, page, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page and the forms of domains.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/domains", show),
        form("/pools/{pool}/domains", create),
        form("/pools/{pool}/domains/change", change),
        form("/pools/{pool}/domains/delete", delete).grave(),
    ]
}

struct Domain {
    name: String,
    is_custom: bool,
    certificate: String,
    version: String,
    /// What the owner's name points to.
    target: String,
}

#[derive(Default)]
struct Given {
    domain: String,
    certificate: String,
    version: String,
}

impl Given {
    fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.given(name).unwrap_or_default();
        Self { domain: text("domain"), certificate: text("certificate"), version: text("version") }
    }

    fn input(&self, pool: &str) -> Value {
        let mut input = json!({"UserPoolId": pool, "Domain": self.domain});
        if !self.version.is_empty() {
            input.put("ManagedLoginVersion", number(&self.version));
        }
        if !self.certificate.is_empty() {
            input.put("CustomDomainConfig", json!({"CertificateArn": self.certificate}));
        }
        input
    }
}

#[derive(Template)]
#[template(path = "console/pools/domains.html")]
struct DomainsPage {
    frame: Frame,
    head: Head,
    domains: Vec<Domain>,
    given: Given,
    may_create: May,
    may_change: May,
    may_delete: May,
    error: Option<WireError>,
}

async fn shown(visit: &Visit, given: Given, error: Option<WireError>) -> Result<DomainsPage, WireError> {
    let head = Head::load_whole(visit, "domains").await?;
    let mut domains = Vec::new();
    for member in ["Domain", "CustomDomain"] {
        let name = head.described.text(member);
        if name.is_empty() {
            continue;
        }
        // Who may not see a domain by itself sees its name.
        let described = call(visit, "DescribeUserPoolDomain", json!({"UserPoolId": head.id, "Domain": name})).await.unwrap_or_default();
        let described = described.at("DomainDescription").clone();
        domains.push(Domain {
            name,
            is_custom: member == "CustomDomain",
            certificate: described.at("CustomDomainConfig").text("CertificateArn"),
            version: described.at("ManagedLoginVersion").as_i64().map(|version| version.to_string()).unwrap_or_default(),
            target: described.text("CloudFrontDistribution"),
        });
    }
    let named = json!({"UserPoolId": head.id, "Domain": "new"});
    Ok(DomainsPage {
        frame: visit.frame(&head.name),
        domains,
        given,
        may_create: may(visit, "CreateUserPoolDomain", named.clone()).await,
        may_change: may(visit, "UpdateUserPoolDomain", named.clone()).await,
        may_delete: may(visit, "DeleteUserPoolDomain", named).await,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/domains`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&shown(visit, Given::default(), None).await?))
}

fn path_of(pool: &str) -> String {
    format!("/pools/{}/domains", segment(pool))
}

/// `POST /console/pools/{pool}/domains`
async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "CreateUserPoolDomain", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(path_of(&pool), "The domain is the pool's.")),
        Err(error) => Ok(Reply::again(&shown(visit, given, Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/domains/change`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "UpdateUserPoolDomain", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(path_of(&pool), "The domain is saved.")),
        Err(error) => Ok(Reply::again(&shown(visit, Given::default(), Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/domains/delete`
async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, name) = (visit.segment("pool"), fields.text("domain"));
    confirmed(fields, &name)?;
    call(visit, "DeleteUserPoolDomain", json!({"UserPoolId": pool, "Domain": name})).await?;
    Ok(Reply::done(path_of(&pool), format!("The domain {name} is deleted.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_domain_is_made_changed_and_deleted() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let browser = app.console().await;
        let path = |rest: &str| format!("/pools/{}/domains{rest}", pool.id);
        let described =
            async || app.admin().call("DescribeUserPoolDomain", json!({"Domain": "app"})).await.ok()["DomainDescription"].clone();
        browser.open(&path("")).await;
        let refused = browser.submit(&path(""), &[("domain", "my-aws")]).await;
        assert!(refused.status == 400 && refused.text.contains("reserved word") && refused.text.contains("my-aws"), "{}", refused.text);
        let page = browser.submit_and_follow(&path(""), &[("domain", "app"), ("version", "1")]).await;
        assert!(page.text.contains(">app<"), "{}", page.text);
        browser.submit_and_follow(&path("/change"), &[("domain", "app"), ("version", "2")]).await;
        assert_eq!(described().await["ManagedLoginVersion"], 2);
        browser.submit(&path("/delete"), &[("domain", "app"), ("confirm", "")]).await;
        assert_eq!(described().await["Status"], "ACTIVE");
        browser.open(&path("")).await;
        browser.submit_and_follow(&path("/delete"), &[("domain", "app"), ("confirm", "app")]).await;
        assert_eq!(described().await, json!({}));
    }
}
