//! Markdown (CommonMark, with tables) to the HTML of a page, its headings, and the texts that are searched.

use std::collections::BTreeMap;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// What a page's Markdown becomes.
pub struct Rendered {
    /// The HTML, without a heading of its own for the page.
    pub html: String,
    /// The headings, in order.
    pub headings: Vec<Heading>,
    /// The texts, in order.
    pub passages: Vec<Passage>,
}

/// A heading. On the page it is a link to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 2 for a part of the page, 3 and more for parts of that.
    pub level: u8,
    /// What links name it by.
    pub anchor: String,
    /// What it says.
    pub text: String,
}

/// A paragraph, an item of a list, a row of a table, or a block of code, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// How many headings stand before it: it belongs to the last of them.
    pub headings_before: usize,
    /// The text, on one line.
    pub text: String,
    /// The same in small letters, of the same length.
    pub small: String,
}

/// Renders a page.
///
/// SECURITY: raw HTML becomes text: no page brings a script or a style of its own, whoever wrote it.
#[must_use]
pub fn render(text: &str) -> Rendered {
    let mut writer = Writer::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        writer.take(event);
    }
    let mut html = String::new();
    html::push_html(&mut html, writer.events.into_iter());
    Rendered { html, headings: writer.headings, passages: writer.passages }
}

/// The raw HTML of a text.
#[cfg(test)]
pub fn raw_html(text: &str) -> Vec<String> {
    let raw = |event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(raw.into_string()),
        _ => None,
    };
    Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(raw).collect()
}

#[derive(Default)]
struct Writer<'a> {
    events: Vec<Event<'a>>,
    headings: Vec<Heading>,
    passages: Vec<Passage>,
    /// How often each anchor was asked for.
    anchors: BTreeMap<String, usize>,
    /// How many events stood before the heading that is open.
    heading_at: usize,
    /// What was read of a passage or heading.
    text: String,
}

impl<'a> Writer<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                self.end_passage();
                self.heading_at = self.events.len();
            }
            Event::End(TagEnd::Heading(level)) => self.end_heading(level),
            // What is wide scrolls in itself, so that no page does, and by the keyboard too.
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.chars().take_while(char::is_ascii_alphanumeric).collect(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.events.push(markup(format!("<pre tabindex=\"0\"><code class=\"language-{language}\">")));
            }
            Event::End(TagEnd::CodeBlock) => {
                self.end_passage();
                self.events.push(markup("</code></pre>\n"));
            }
            Event::Start(Tag::Table(alignments)) => {
                self.events.extend([markup("<div class=\"scroll\" tabindex=\"0\">"), Event::Start(Tag::Table(alignments))]);
            }
            Event::End(TagEnd::Table) => self.events.extend([Event::End(TagEnd::Table), markup("</div>\n")]),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = address(&dest_url).into();
                self.events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::Html(raw) | Event::InlineHtml(raw) => self.events.push(Event::Text(raw)),
            other => {
                self.note(&other);
                self.events.push(other);
            }
        }
    }

    /// Adds what an event says to the passage that is open, or ends that.
    fn note(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.text.push_str(text),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::TableCell) => self.text.push(' '),
            Event::Start(Tag::List(_)) | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableRow) => {
                self.end_passage();
            }
            _ => {}
        }
    }

    fn end_passage(&mut self) {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.text.clear();
        if !text.is_empty() {
            let small = text.to_ascii_lowercase();
            self.passages.push(Passage { headings_before: self.headings.len(), text, small });
        }
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        let text = std::mem::take(&mut self.text);
        let anchor = self.anchor(&text);
        let inner = self.events.split_off(self.heading_at.min(self.events.len()));
        self.events.push(markup(format!("<{level} id=\"{anchor}\"><a href=\"#{anchor}\">")));
        self.events.extend(inner);
        self.events.push(markup(format!("</a></{level}>\n")));
        self.headings.push(Heading { level: level as u8, anchor, text });
    }

    /// What GitHub names a heading by; of several that say the same, the second is `…-1`.
    fn anchor(&mut self, text: &str) -> String {
        let kept = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        let lower = text.to_lowercase().replace(' ', "-");
        let anchor: String = lower.chars().filter(|letter| kept(*letter)).collect();
        let earlier = self.anchors.entry(anchor.clone()).and_modify(|count| *count += 1).or_default();
        if *earlier == 0 { anchor } else { format!("{anchor}-{earlier}") }
    }
}

fn markup<'a>(text: impl Into<CowStr<'a>>) -> Event<'a> {
    Event::Html(text.into())
}

/// Where a link leads: pages name each other by their files (`clients.md#boto3`), so that links work in the repository too.
fn address(link: &str) -> String {
    let (file, anchor) = link.find('#').map_or((link, ""), |at| link.split_at(at));
    match file.strip_suffix(".md") {
        Some(slug) if !slug.contains(['/', ':']) => format!("/docs/{slug}{anchor}"),
        _ => link.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_links_to_themselves_by_githubs_names() {
        let rendered = render("## What is `--config`?\n\nText.\n\n### Notes, and more\n\n## Notes, and more\n");
        let anchors: Vec<&str> = rendered.headings.iter().map(|heading| heading.anchor.as_str()).collect();
        assert_eq!(anchors, ["what-is---config", "notes-and-more", "notes-and-more-1"]);
        let first = "<h2 id=\"what-is---config\"><a href=\"#what-is---config\">What is <code>--config</code>?</a></h2>\n";
        assert!(rendered.html.starts_with(first), "{}", rendered.html);
    }

    #[test]
    fn links_between_files_lead_to_pages_and_others_stay() {
        for (link, leads) in [
            ("clients.md", "/docs/clients"),
            ("clients.md#boto3", "/docs/clients#boto3"),
            ("#boto3", "#boto3"),
            ("https://example.com/a.md", "https://example.com/a.md"),
            ("/console", "/console"),
        ] {
            assert_eq!(address(link), leads);
        }
    }

    #[test]
    fn raw_html_becomes_text() {
        let text = "<script>alert(1)</script>\n\nA <b onclick=\"x\">word</b>.\n";
        assert_eq!(raw_html(text).len(), 3);
        let html = render(text).html;
        assert!(!html.contains("<script") && !html.contains("<b") && html.contains("&lt;script&gt;"), "{html}");
    }

    #[test]
    fn passages_are_paragraphs_items_rows_and_code_under_their_headings() {
        let text = "One\nline.\n\n## A\n\n- first\n- second\n\n| a | b |\n|---|---|\n| `1` | 2 |\n\n```sh\ncode here\n```\n";
        let Rendered { passages, html, .. } = render(text);
        assert!(html.ends_with("<pre tabindex=\"0\"><code class=\"language-sh\">code here\n</code></pre>\n"), "{html}");
        let found: Vec<(usize, &str)> = passages.iter().map(|passage| (passage.headings_before, passage.text.as_str())).collect();
        assert_eq!(found, [(0, "One line."), (1, "first"), (1, "second"), (1, "a b 1 2"), (1, "code here")]);
    }
}
