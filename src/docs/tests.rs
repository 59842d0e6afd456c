//! What holds of every page: it is served, its links lead somewhere, and it is found.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use actix_web::http::Method;

use super::library::{LIBRARY, Library, TEXTS};
use super::{front, markdown};
use crate::testing::{Answer, TestApp};

async fn get(app: &TestApp, path: &str) -> Answer {
    app.send(Method::GET, path, &[], Vec::new()).await
}

/// The values of an attribute, as far as they are free of entities.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    html.match_indices(&opening).map(|(at, _)| html[at + opening.len()..].split('"').next().unwrap()).collect()
}

#[test]
fn every_file_is_a_page() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/docs");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = names.filter_map(|name| name.strip_suffix(".md").map(str::to_owned)).collect();
    assert_eq!(files, TEXTS.iter().map(|(slug, _)| (*slug).to_owned()).collect());
    assert_eq!(Library::of(&TEXTS).map(|library| library.pages.len()).map_err(|refused| format!("{refused:?}")), Ok(files.len()));
    let orders: BTreeSet<u32> = TEXTS.iter().map(|(_, text)| front::read(text).unwrap().0.order).collect();
    assert_eq!(orders.len(), files.len(), "two pages have one place");
}

#[test]
fn no_page_brings_html_of_its_own_or_a_second_title() {
    for (slug, text) in TEXTS {
        assert_eq!(markdown::raw_html(text), Vec::<String>::new(), "{slug}");
        let page = LIBRARY.pages.iter().find(|page| page.slug == slug).unwrap();
        assert!(page.headings.iter().all(|heading| heading.level > 1), "{slug} has a second title");
        assert!(!page.html.contains("<img"), "{slug}: no picture is embedded");
        assert!(page.headings.iter().all(|heading| !heading.anchor.is_empty()), "{slug} has a heading without a name");
    }
}

#[actix_web::test]
async fn every_page_is_served_and_every_link_of_it_leads_somewhere() {
    let app = TestApp::new().await;
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    for path in LIBRARY.pages.iter().map(|page| format!("/docs/{}", page.slug)).chain(["/docs".to_owned()]) {
        let answer = get(&app, &path).await;
        assert_eq!((answer.status, answer.text.matches("<h1").count()), (200, 1), "{path}");
        pages.insert(path, answer.text);
    }
    let mut others = BTreeSet::new();
    for (page, html) in &pages {
        let ids = values(html, "id");
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{page}: two elements have one id");
        for link in values(html, "href") {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = pages.get(if path.is_empty() { page.as_str() } else { path });
            match target {
                Some(target) => assert!(anchor.is_empty() || values(target, "id").contains(&anchor), "{page}: {link} leads nowhere"),
                None => drop(others.insert((path.to_owned(), page.clone()))),
            }
        }
    }
    for (path, page) in others {
        match path.as_str() {
            // What `dev` has, and other people's.
            "http://127.0.0.1:7277/_dev/outbox" => {}
            outside if outside.starts_with("https://") => {}
            "/console" => {}
            own => assert_eq!(get(&app, own).await.status, 200, "{page}: {own}"),
        }
    }
}

#[actix_web::test]
async fn agents_find_every_page_as_markdown() {
    let app = TestApp::new().await;
    let (index, full) = (get(&app, "/docs/llms.txt").await.text, get(&app, "/docs/llms-full.txt").await.text);
    assert!(index.starts_with("# Passwright\n\n> "), "{index}");
    for page in &LIBRARY.pages {
        assert!(index.contains(&format!("- [{}](/docs/{}.md): {}\n", page.title, page.slug, page.summary)), "{}", page.slug);
        let markdown = get(&app, &format!("/docs/{}.md", page.slug)).await;
        assert_eq!(markdown.status, 200);
        assert!(markdown.text.starts_with(&format!("# {}\n\n> {}\n", page.title, page.summary)), "{}", markdown.text);
        assert!(full.contains(markdown.text.trim_end()), "{}", page.slug);
    }
}

#[actix_web::test]
async fn a_search_finds_parts_of_pages_and_shows_a_question_as_text() {
    let app = TestApp::new().await;
    let found = get(&app, "/docs/search?q=restore+MASTER").await;
    assert!(found.text.contains("<a href=\"/docs/production#backup-and-restore\">"), "{}", found.text);
    assert!(found.text.contains("<mark>master</mark>"), "{}", found.text);
    let none = get(&app, "/docs/search?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    assert_eq!(none.status, 200);
    assert!(!none.text.contains("<script>") && none.text.contains("script"), "{}", none.text);
    assert!(none.text.contains("No page has all of these words."));
    // What is found is text too: the policies page speaks of `<parse|matcher|evaluate>`.
    let angle = get(&app, "/docs/search?q=%3Cparse").await.text;
    assert!(!angle.contains("<parse") && angle.contains("parse</mark>"), "{angle}");
    for nothing in ["/docs/search", "/docs/search?q=", "/docs/search?other=1", "/docs/search?q=%FF%00"] {
        assert_eq!(get(&app, nothing).await.status, 200, "{nothing}");
    }
    let long = get(&app, &format!("/docs/search?q={}", "a".repeat(5_000))).await;
    assert!(long.status == 200 && !long.text.contains(&"a".repeat(101)));
}

#[actix_web::test]
async fn a_page_that_is_not_there_offers_a_search() {
    let app = TestApp::new().await;
    for path in ["/docs/nothing", "/docs/nothing.md", "/docs/concepts/more", "/docs/..%2fconcepts"] {
        let answer = get(&app, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text.contains("action=\"/docs/search\""), "{path}");
    }
}
