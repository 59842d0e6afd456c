//! What stands around a page, and what every form has.

use std::fmt::Display;

use crate::hosted::words::{Gapped, Language, Words};
use crate::pages;

/// What stands around a page.
#[derive(Clone)]
pub struct Frame {
    /// The words of the page: those of `language`.
    pub words: &'static Words,
    /// The language of the page.
    pub language: Language,
    /// What somebody signs in to: the client's or the pool's name.
    pub name: String,
    /// A style sheet of the pool, which is loaded after ours.
    pub style_url: Option<String>,
    /// A picture of the pool, in place of the name.
    pub logo_url: Option<String>,
    /// An icon of the pool, in place of ours.
    pub favicon_url: Option<String>,
    /// Whether it is dark where the system is.
    pub scheme: Scheme,
    /// The page in other languages; none where there is no choice.
    pub languages: Option<Languages>,
}

/// Whether pages are dark where the system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// They are.
    #[default]
    System,
    /// They are not: the pool's own style sheet knows nothing of the dark, as those of Cognito's classic pages.
    Light,
}

impl Scheme {
    pub(super) const fn is_light(self) -> bool {
        matches!(self, Self::Light)
    }
}

/// The page in other languages: a form that is sent by GET, so that what the address says stands in the page once.
#[derive(Clone, Debug)]
pub struct Languages {
    /// The page's path.
    pub path: String,
    /// What its address says beside the language.
    pub fields: Vec<(String, String)>,
}

impl Languages {
    /// All that there are.
    #[expect(clippy::unused_self, reason = "templates know the menu only")]
    pub(super) const fn all(&self) -> [Language; Language::ALL.len()] {
        Language::ALL
    }
}

/// Where a form is sent, and by whom.
#[derive(Clone, Debug)]
pub struct Form {
    /// A URL, relative or not.
    pub action: String,
    /// What proves that the form is ours: the field `form_token`.
    pub token: String,
}

/// What has happened, above a page's form.
#[derive(Clone, Debug)]
pub enum Notice {
    /// It did not work.
    Error(String),
    /// Something did not work that is not in this page's form.
    Elsewhere(String),
    /// It did.
    Done(String),
}

impl Notice {
    /// Whether it did not work.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        matches!(self, Self::Error(_) | Self::Elsewhere(_))
    }

    /// What is said of it.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Error(text) | Self::Elsewhere(text) | Self::Done(text) => text,
        }
    }
}

impl Frame {
    /// The address of a file.
    #[expect(clippy::unused_self, reason = "templates know the frame only")]
    pub(super) fn asset(&self, name: &str) -> String {
        pages::assets::url(name)
    }

    /// The title of the window: who listens to it hears first whether something is wrong.
    pub(super) fn window_title(&self, title: impl Display, notice: Option<&Notice>) -> String {
        let name = &self.name;
        match notice {
            Some(notice) if notice.is_error() => format!("{}: {title} · {name}", self.words.common.error),
            _ => format!("{title} · {name}"),
        }
    }

    /// The letter that stands for a name where there is no picture; nothing for a name without one.
    pub(super) fn monogram(&self) -> String {
        self.name.chars().find(|character| character.is_alphanumeric()).map(|letter| letter.to_uppercase().collect()).unwrap_or_default()
    }
}

/// A sentence of a page. What is put into its gap stands by itself, whichever way it is written.
pub(super) struct Sentence<'a> {
    pub(super) before: &'a str,
    /// Nothing in a sentence without a gap.
    pub(super) what: &'a str,
    pub(super) after: &'a str,
}

impl<'a> Sentence<'a> {
    /// The one with a gap, if there is something for it, or else the whole one.
    pub(super) fn of(whole: &'a str, gapped: &'a Gapped, what: Option<&'a str>) -> Self {
        match what {
            None | Some("") => Self { before: whole, what: "", after: "" },
            Some(what) => Self { before: gapped.before(), what, after: gapped.after() },
        }
    }
}
