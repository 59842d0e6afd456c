//! The pages of this binary, read once.

use std::sync::LazyLock;

use super::front::{self, FrontRefused};
use super::markdown::{self, Heading, Passage};

macro_rules! embedded {
    ($($slug:literal),+ $(,)?) => {
        [$(($slug, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/docs/", $slug, ".md")))),+]
    };
}

/// Every page, by the name that it has in its address.
pub const TEXTS: [(&str, &str); 24] = embedded![
    "account",
    "clients",
    "command-line",
    "concepts",
    "console",
    "decisions",
    "federation",
    "forward-auth",
    "frameworks",
    "getting-started",
    "hosted-login",
    "identity-pools",
    "messages",
    "operations",
    "performance",
    "policies",
    "production",
    "security",
    "settings",
    "simulators",
    "triggers",
    "user-pools",
    "validation",
    "web-identity",
];

/// The pages. Empty where one of them is malformed, which a test looks for.
pub static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::of(&TEXTS).unwrap_or_default());

/// Pages, in their order.
#[derive(Default)]
pub struct Library {
    /// All of them.
    pub pages: Vec<Page>,
}

/// A page.
pub struct Page {
    /// Its name in its address: `/docs/{slug}`.
    pub slug: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it is about: one sentence.
    pub summary: &'static str,
    /// The section that lists it.
    pub section: &'static str,
    order: u32,
    /// The Markdown, title and summary included.
    pub markdown: String,
    /// The HTML below its title.
    pub html: String,
    /// Its headings, in order.
    pub headings: Vec<Heading>,
    /// Its texts, in order.
    pub passages: Vec<Passage>,
}

/// Pages that are listed together.
pub struct Section<'a> {
    /// What they are about.
    pub name: &'a str,
    /// They, in order.
    pub pages: Vec<&'a Page>,
}

impl Page {
    fn read(slug: &'static str, text: &'static str) -> Result<Self, FrontRefused> {
        let (front, body) = front::read(text)?;
        let rendered = markdown::render(body);
        Ok(Self {
            slug,
            title: front.title,
            summary: front.summary,
            section: front.section,
            order: front.order,
            markdown: format!("# {}\n\n> {}\n\n{body}", front.title, front.summary),
            html: rendered.html,
            headings: rendered.headings,
            passages: rendered.passages,
        })
    }

    /// The headings that a list of them shows.
    pub fn listed_headings(&self) -> impl Iterator<Item = &Heading> {
        self.headings.iter().filter(|heading| heading.level <= 3)
    }
}

impl Library {
    /// Reads pages.
    ///
    /// # Errors
    /// The first page that is malformed, and why.
    pub fn of(texts: &[(&'static str, &'static str)]) -> Result<Self, (&'static str, FrontRefused)> {
        let read = |&(slug, text): &(&'static str, &'static str)| Page::read(slug, text).map_err(|refused| (slug, refused));
        let mut pages = texts.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        pages.sort_by_key(|page| page.order);
        Ok(Self { pages })
    }

    /// The pages before and after one.
    #[must_use]
    pub fn neighbours(&self, slug: &str) -> (Option<&Page>, Option<&Page>) {
        let before = self.pages.iter().take_while(|page| page.slug != slug).last();
        let after = self.pages.iter().skip_while(|page| page.slug != slug).nth(1);
        (before, after)
    }

    /// All pages, by section.
    #[must_use]
    pub fn sections(&self) -> Vec<Section<'_>> {
        let mut sections: Vec<Section<'_>> = Vec::new();
        for page in &self.pages {
            match sections.iter_mut().find(|section| section.name == page.section) {
                Some(section) => section.pages.push(page),
                None => sections.push(Section { name: page.section, pages: vec![page] }),
            }
        }
        sections
    }
}
