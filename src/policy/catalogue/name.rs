//! A name of the catalogue: a row of words that is compared and shown without being put together.

use std::cmp::Ordering;
use std::fmt;

use super::reader::Sections;

/// A name, as AWS writes it. `Display` gives its text; comparing it allocates nothing.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    pub(super) sections: Sections<'a>,
    pub(super) codes: &'a [u8],
}

impl<'a> Name<'a> {
    /// The words that make the name up.
    pub fn words(self) -> impl Iterator<Item = &'a str> {
        let mut codes = self.codes.iter();
        std::iter::from_fn(move || {
            let first = *codes.next()?;
            let index = match first & 0x80 {
                0 => usize::from(first),
                _ => usize::from(first & 0x7f) << 8 | usize::from(*codes.next()?),
            };
            self.sections.word(index)
        })
    }

    /// Against a text, in lower case, byte by byte: the order that the catalogue is sorted in.
    #[must_use]
    pub fn cmp_ignore_case(self, text: &str) -> Ordering {
        let own = self.words().flat_map(str::bytes).map(|byte| byte.to_ascii_lowercase());
        own.cmp(text.bytes().map(|byte| byte.to_ascii_lowercase()))
    }

    /// Whether it is the text, in any capitals.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        self.cmp_ignore_case(text) == Ordering::Equal
    }

    /// Puts the text into a buffer that is used again and again.
    pub fn write_to(self, buffer: &mut String) {
        buffer.clear();
        buffer.extend(self.words());
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        self.words().try_for_each(|word| formatter.write_str(word))
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
