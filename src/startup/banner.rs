//! What `dev` tells whoever started it: where to look, and what to paste into a shell.

use std::env;
use std::fmt::{self, Display};
use std::io::{self, IsTerminal as _};

/// How the banner is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For a terminal that has colours.
    Coloured,
    /// For everything else.
    Plain,
}

impl Style {
    /// Of standard output: colours only on a terminal, and not where `NO_COLOR` (<https://no-color.org>) asks for none.
    pub fn of_output() -> Self {
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        if io::stdout().is_terminal() && !no_colour && !is_dumb { Self::Coloured } else { Self::Plain }
    }

    /// A text with a rendition: by its number in Select Graphic Rendition (ECMA-48 §8.3.117).
    pub const fn paint(self, rendition: u8, text: &str) -> Painted<'_> {
        Painted { style: self, rendition, text }
    }
}

/// Renditions.
pub const BOLD: u8 = 1;
pub const DIM: u8 = 2;
const CYAN: u8 = 36;

/// A text with a rendition.
pub struct Painted<'a> {
    style: Style,
    rendition: u8,
    text: &'a str,
}

impl Display for Painted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            Style::Coloured if !self.text.is_empty() => write!(f, "\u{1b}[{}m{}\u{1b}[0m", self.rendition, self.text),
            Style::Coloured | Style::Plain => f.write_str(self.text),
        }
    }
}

/// The banner of a server at `url`.
pub fn banner(url: &str, region: &str, style: Style) -> String {
    let title = style.paint(BOLD, concat!("Passwright ", env!("CARGO_PKG_VERSION")));
    let mut text = format!("\n  {title}, for development: a key that it did not issue is the account's root\n\n");
    let places = [("console", "/console", ""), ("outbox", "/_dev/outbox", "  codes that users are sent"), ("docs", "/docs", "")];
    for (name, path, about) in places {
        let (name, address) = (format!("{name:<9}"), format!("{url}{path}"));
        text += &format!("  {}{}{}\n", style.paint(DIM, &name), style.paint(CYAN, &address), style.paint(DIM, about));
    }
    let exports = [
        format!("AWS_ENDPOINT_URL={url}"),
        format!("AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION={region} AWS_DEFAULT_REGION={region}"),
    ];
    text.push('\n');
    text.extend(exports.map(|export| format!("  export {export}\n")));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_is_aligned_and_names_the_address_that_is_listened_on() {
        let plain = banner("http://127.0.0.1:40001", "eu-west-1", Style::Plain);
        let expected = format!(
            "
  Passwright {}, for development: a key that it did not issue is the account's root

  console  http://127.0.0.1:40001/console
  outbox   http://127.0.0.1:40001/_dev/outbox  codes that users are sent
  docs     http://127.0.0.1:40001/docs

  export AWS_ENDPOINT_URL=http://127.0.0.1:40001
  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1
",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(plain, expected);
    }

    #[test]
    fn colours_change_nothing_but_colour() {
        let coloured = banner("http://[::1]:7277", "us-east-1", Style::Coloured);
        assert!(coloured.contains("\u{1b}[36mhttp://[::1]:7277/console\u{1b}[0m"), "{coloured:?}");
        let mut plain = String::new();
        for part in coloured.split('\u{1b}') {
            plain += part.strip_prefix('[').and_then(|part| part.split_once('m')).map_or(part, |(_, text)| text);
        }
        assert_eq!(plain, banner("http://[::1]:7277", "us-east-1", Style::Plain));
    }
}
