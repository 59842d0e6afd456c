//! What coding agents read: an index of the pages (llmstxt.org), and all of them in one text.

use std::fmt::Write as _;

use super::library::Library;

const HEAD: &str = "\
# Passwright

> A self-hosted auth and token service that speaks the wire protocols of Amazon Cognito user pools, Cognito identity pools, STS and
> IAM. AWS SDKs and clients point at it by their endpoint setting and work, unchanged.

";

const HINT: &str = "\
These pages describe the running binary. Each is Markdown at the address listed here, and HTML at the same address without `.md`. \
All of them in one text: [/docs/llms-full.txt](/docs/llms-full.txt). An operation that the operations page does not list as built \
answers as AWS answers an operation that it does not know.
";

/// `/docs/llms.txt`
#[must_use]
pub fn index(library: &Library) -> String {
    let mut text = format!("{HEAD}Version {}. {HINT}", env!("CARGO_PKG_VERSION"));
    for section in library.sections() {
        // Writing to memory does not fail.
        let _ = writeln!(text, "\n## {}\n", section.name);
        for page in section.pages {
            let _ = writeln!(text, "- [{}](/docs/{}.md): {}", page.title, page.slug, page.summary);
        }
    }
    text
}

/// `/docs/llms-full.txt`
#[must_use]
pub fn full(library: &Library) -> String {
    let mut text = HEAD.to_owned();
    for page in &library.pages {
        let _ = writeln!(text, "\n---\nSource: /docs/{}.md\n\n{}", page.slug, page.markdown.trim_end());
    }
    text
}
