//! What is answered: pages and texts that stay the same while the process lives, and what a search finds.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::library::{LIBRARY, Page, Section};
use super::llms;
use super::search::{self, Hit, LONGEST_QUESTION};
use crate::pages;

/// What stands around every page.
struct Frame<'a> {
    sections: Vec<Section<'a>>,
    /// The page that is shown; empty for none.
    current: &'a str,
    question: &'a str,
}

impl<'a> Frame<'a> {
    fn around(current: &'a str, question: &'a str) -> Self {
        Self { sections: LIBRARY.sections(), current, question }
    }
}

#[derive(Template)]
#[template(path = "docs/index.html")]
struct IndexPage<'a> {
    frame: Frame<'a>,
}

#[derive(Template)]
#[template(path = "docs/page.html")]
struct ShownPage<'a> {
    frame: Frame<'a>,
    page: &'a Page,
    previous: Option<&'a Page>,
    next: Option<&'a Page>,
}

#[derive(Template)]
#[template(path = "docs/search.html")]
struct SearchPage<'a> {
    frame: Frame<'a>,
    hits: Vec<Hit<'a>>,
}

#[derive(Template)]
#[template(path = "docs/missing.html")]
struct MissingPage<'a> {
    frame: Frame<'a>,
}

/// A page that was rendered before.
#[derive(Template)]
#[template(source = "{{ text|safe }}", ext = "html")]
struct Rendered<'a> {
    text: &'a str,
}

/// What is answered the same while the process lives.
struct Fixed {
    kind: Kind,
    text: String,
    /// A name of the text.
    etag: String,
}

#[derive(Clone, Copy)]
enum Kind {
    Page,
    /// With its content type.
    Text(&'static str),
}

const MARKDOWN: Kind = Kind::Text("text/markdown; charset=utf-8");
const PLAIN: Kind = Kind::Text("text/plain; charset=utf-8");

/// Pages and texts, by their paths below `/docs`. What cannot be rendered is not there, which a test looks for.
static FIXED: LazyLock<BTreeMap<String, Fixed>> = LazyLock::new(|| {
    let mut fixed = vec![
        (String::new(), Kind::Page, IndexPage { frame: Frame::around("", "") }.render()),
        ("llms.txt".to_owned(), PLAIN, Ok(llms::index(&LIBRARY))),
        ("llms-full.txt".to_owned(), PLAIN, Ok(llms::full(&LIBRARY))),
    ];
    for page in &LIBRARY.pages {
        let (previous, next) = LIBRARY.neighbours(page.slug);
        let shown = ShownPage { frame: Frame::around(page.slug, ""), page, previous, next };
        fixed.push((page.slug.to_owned(), Kind::Page, shown.render()));
        fixed.push((format!("{}.md", page.slug), MARKDOWN, Ok(page.markdown.clone())));
    }
    let rendered = fixed.into_iter().filter_map(|(path, kind, text)| Some((path, Fixed::of(kind, text.ok()?))));
    rendered.collect()
});

impl Fixed {
    fn of(kind: Kind, text: String) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self { kind, etag: format!("\"{:016x}\"", hasher.finish()), text }
    }

    fn answer(&'static self, request: &HttpRequest) -> HttpResponse {
        let has_it = request.headers().get(IF_NONE_MATCH).and_then(|held| held.to_str().ok());
        let has_it = has_it.is_some_and(|held| held.split(',').any(|tag| tag.trim().trim_start_matches("W/") == self.etag));
        let mut response = match self.kind {
            _ if has_it => HttpResponse::NotModified().finish(),
            Kind::Page => pages::html(&Rendered { text: &self.text }),
            Kind::Text(content_type) => HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, content_type))
                .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .body(self.text.as_str()),
        };
        // Asked for again each time, for a new release has new pages; sent again only then.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            response.headers_mut().insert(ETAG, etag);
        }
        response
    }
}

/// `GET /docs`, `/docs/{page}`, `/docs/{page}.md`, `/docs/llms.txt`, `/docs/llms-full.txt`.
pub async fn fixed(request: HttpRequest) -> HttpResponse {
    let path = request.path().strip_prefix("/docs").unwrap_or_default().trim_matches('/');
    match FIXED.get(path) {
        Some(fixed) => fixed.answer(&request),
        None => pages::html_with(StatusCode::NOT_FOUND, &MissingPage { frame: Frame::around("", "") }),
    }
}

/// What is searched for.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// `GET /docs/search?q=…`
pub async fn search(asked: Option<Query<Asked>>) -> HttpResponse {
    let question = asked.map(|asked| asked.into_inner().q).unwrap_or_default();
    let hits = search::search(&LIBRARY, &search::words(&question));
    let shown = question.char_indices().nth(LONGEST_QUESTION).and_then(|(end, _)| question.get(..end)).unwrap_or(&question);
    pages::html(&SearchPage { frame: Frame::around("", shown), hits })
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;

    use super::*;

    async fn ask(path: &str, held: &str) -> HttpResponse {
        fixed(TestRequest::with_uri(path).insert_header((IF_NONE_MATCH, held)).to_http_request()).await
    }

    fn header(answer: &HttpResponse, name: &str) -> String {
        answer.headers().get(name).unwrap().to_str().unwrap().to_owned()
    }

    #[actix_web::test]
    async fn what_a_browser_holds_is_not_sent_again() {
        for path in ["/docs", "/docs/concepts", "/docs/concepts.md", "/docs/llms.txt"] {
            let first = ask(path, "\"0\"").await;
            assert_eq!((first.status(), header(&first, "cache-control").as_str()), (StatusCode::OK, "no-cache"), "{path}");
            let etag = header(&first, "etag");
            for held in [etag.clone(), format!("\"0\", W/{etag}")] {
                let again = ask(path, &held).await;
                assert_eq!((again.status(), header(&again, "etag")), (StatusCode::NOT_MODIFIED, etag.clone()), "{path}");
                assert!(to_bytes(again.into_body()).await.unwrap().is_empty());
            }
        }
    }

    #[actix_web::test]
    async fn markdown_is_called_markdown_and_pages_run_nothing_of_their_own() {
        assert_eq!(header(&ask("/docs/concepts.md", "").await, "content-type"), "text/markdown; charset=utf-8");
        let page = ask("/docs/concepts", "").await;
        let policy = header(&page, "content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let text = to_bytes(page.into_body()).await.unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains("<style") && !text.contains(" style=") && !text.contains(" onclick="), "{text}");
    }
}
