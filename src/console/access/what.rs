//! "What can they do?": every action of a service that somebody is allowed, on one resource.

use askama::Template;

use super::{Asked, Decided, named, principals, who};
use crate::console::{Frame, Outcome, Reply, Shown, Visit};
use crate::policy::catalogue::catalogue;

/// A service with more actions is shown in part: each is a decision of its own.
const JUDGED: usize = 500;

/// The services that are offered: those that this server answers for.
const OFFERED: [&str; 6] = ["access-analyzer", "cognito-identity", "cognito-idp", "iam", "passwright", "sts"];

/// The actions of our own endpoints, which no catalogue of AWS's has.
const OWN: [&str; 8] =
    ["Evaluate", "EvaluateAs", "GetActivity", "GetDeployment", "ListEvents", "ListSigningKeys", "RotateSigningKey", "Simulate"];

struct Judged {
    action: String,
    allowed: bool,
    /// Where the decision is explained.
    explained: String,
}

#[derive(Template)]
#[template(path = "console/access/what.html")]
struct WhatPage {
    frame: Frame,
    asked: Asked,
    service: String,
    services: Vec<&'static str>,
    principals: Vec<String>,
    judged: Option<Vec<Judged>>,
    /// How many of them are allowed.
    allowed: usize,
    /// How many are not shown.
    left: usize,
    refused: Option<String>,
}

/// `GET /console/access/what`
pub async fn show(visit: &Visit) -> Outcome {
    let mut asked = Asked::read(visit.query());
    let is_asked = !asked.who.is_empty();
    if asked.on.is_empty() {
        asked.on = "*".to_owned();
    }
    let service = visit.query().given("service").unwrap_or_else(|| "cognito-idp".to_owned());
    let mut page = WhatPage {
        frame: visit.frame("What can they do?"),
        asked,
        services: OFFERED.to_vec(),
        principals: principals(visit).await,
        judged: None,
        allowed: 0,
        left: 0,
        refused: None,
        service,
    };
    if !is_asked {
        return Ok(Reply::page(&page));
    }
    let known = actions_of(&page.service);
    // An application's own actions stand in no catalogue: those are judged that the policies name.
    let own = named::of(visit, &page.asked.who, &page.service).await;
    let own = own.into_iter().filter(|name| !known.iter().any(|known| known.eq_ignore_ascii_case(name))).collect::<Vec<_>>();
    let mut names: Vec<String> = own.into_iter().chain(known).collect();
    page.left = names.len().saturating_sub(JUDGED);
    names.truncate(JUDGED);
    let mut judged = Vec::with_capacity(names.len());
    for name in names {
        // Others of this worker's calls go on in between.
        tokio::task::yield_now().await;
        page.asked.what = format!("{}:{name}", page.service);
        match visit.ask(page.asked.question(&page.asked.who)).await {
            Ok(answer) => {
                let explained = who::address(&page.asked, &page.asked.who);
                judged.push(Judged { action: page.asked.what.clone(), allowed: Decided::read(&answer).allowed, explained });
            }
            Err(failure) => {
                page.refused = Some(Shown::told(failure)?);
                return Ok(Reply::page(&page));
            }
        }
    }
    page.allowed = judged.iter().filter(|judged| judged.allowed).count();
    page.judged = Some(judged);
    Ok(Reply::page(&page))
}

fn actions_of(service: &str) -> Vec<String> {
    if service == "passwright" {
        return OWN.map(str::to_owned).to_vec();
    }
    let known = catalogue().service(service);
    known.into_iter().flat_map(|known| known.actions()).filter_map(|action| Some(action.name()?.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    #[test]
    fn every_service_that_is_offered_has_actions() {
        for service in OFFERED {
            assert!(!actions_of(service).is_empty(), "{service}");
        }
        assert!(actions_of("no-such-service").is_empty());
    }

    #[actix_web::test]
    async fn what_somebody_can_do_is_counted_and_listed() {
        let app = TestApp::new().await;
        app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
        let page =
            app.console().await.open(&format!("/access/what?who=arn:aws:iam::{ACCOUNT}:user/ann&service=cognito-identity")).await.text;
        assert!(page.contains("0 of"), "{page}");
        let notes = json!([{"Effect": "Allow", "Action": ["notes:Read", "notes:Pu*"], "Resource": "*"},
            {"Effect": "Deny", "Action": "notes:Drop", "Resource": "*"}]);
        app.user_of("ann", notes).await;
        let own = app.console().await.open(&format!("/access/what?who=arn:aws:iam::{ACCOUNT}:user/ann&service=notes")).await.text;
        assert!(own.contains("1 of 2") && own.contains("notes:Read") && own.contains("notes:Drop"), "{own}");
        let in_house = "&context=aws:SourceIp%3D10.0.0.1";
        let bound = json!([{"Effect": "Allow", "Action": "house:Enter", "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}]);
        app.admin().call("iam:CreateUser", json!({"UserName": "ben"})).await.ok();
        app.user_of("ben", bound).await;
        for (context, allowed) in [("", "0 of 1"), (in_house, "1 of 1")] {
            let path = format!("/access/what?who=arn:aws:iam::{ACCOUNT}:user/ben&service=house{context}");
            let page = app.console().await.open(&path).await.text;
            assert!(page.contains(allowed), "{context}: {page}");
        }
        let root = app.console().await.open(&format!("/access/what?who=arn:aws:iam::{ACCOUNT}:root&service=passwright")).await.text;
        assert!(root.contains("8 of 8"), "{root}");
    }
}
