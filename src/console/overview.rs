//! The overview: what there is, and what to do next.

use askama::Template;

use super::{Frame, Outcome, Reply, Visit};

#[derive(Template)]
#[template(path = "console/overview.html")]
struct OverviewPage {
    frame: Frame,
    public_url: String,
    region: String,
}

/// `GET /console`
pub async fn show(visit: &Visit) -> Outcome {
    let page = OverviewPage { frame: visit.frame("Overview"), public_url: visit.public_url().to_owned(), region: visit.region() };
    Ok(Reply::page(&page))
}
