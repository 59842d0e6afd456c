//! CBOR as authenticators write it: definite lengths, few levels, no floating point.
//!
//! Source: CTAP 2.1 §8, "Message Encoding": the canonical form, and its bound of four levels.

use minicbor::Decoder;
use minicbor::data::Type;

/// How many levels of arrays and maps one value has at most.
const LEVELS: usize = 4;

/// How many entries a map, or an array, has at most. What an authenticator says in one has a handful.
const MOST_ENTRIES: u64 = 64;

/// Bytes that are not CBOR, or not in the form that authenticators write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed CBOR")]
pub struct Malformed;

impl From<minicbor::decode::Error> for Malformed {
    fn from(_: minicbor::decode::Error) -> Self {
        Self
    }
}

/// Reads values one after the other. Nothing is sized by a number that was sent.
pub struct Reader<'b>(Decoder<'b>);

impl<'b> Reader<'b> {
    /// Of these bytes.
    #[must_use]
    pub fn new(bytes: &'b [u8]) -> Self {
        Self(Decoder::new(bytes))
    }

    /// Begins a map, and answers how many entries follow.
    ///
    /// # Errors
    /// [`Malformed`], for a map of unknown length too.
    pub fn map(&mut self) -> Result<u64, Malformed> {
        bounded(self.0.map()?)
    }

    /// Begins an array, and answers how many values follow.
    ///
    /// # Errors
    /// [`Malformed`], for an array of unknown length too.
    pub fn array(&mut self) -> Result<u64, Malformed> {
        bounded(self.0.array()?)
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn integer(&mut self) -> Result<i64, Malformed> {
        Ok(self.0.i64()?)
    }

    /// Text.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn text(&mut self) -> Result<&'b str, Malformed> {
        Ok(self.0.str()?)
    }

    /// Bytes.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn bytes(&mut self) -> Result<&'b [u8], Malformed> {
        Ok(self.0.bytes()?)
    }

    /// Passes over one value, whatever it is.
    ///
    /// # Errors
    /// [`Malformed`]; also for a value of too many levels.
    pub fn skip(&mut self) -> Result<(), Malformed> {
        self.skip_within(LEVELS)
    }

    /// How many bytes were read.
    #[must_use]
    pub fn position(&self) -> usize {
        self.0.position()
    }

    /// Whether every byte was read.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.0.position() >= self.0.input().len()
    }

    fn skip_within(&mut self, levels: usize) -> Result<(), Malformed> {
        let below = || levels.checked_sub(1).ok_or(Malformed);
        match self.0.datatype()? {
            Type::Array => {
                let below = below()?;
                (0..self.array()?).try_for_each(|_| self.skip_within(below))
            }
            Type::Map => {
                let below = below()?;
                (0..self.map()?).try_for_each(|_| {
                    self.skip_within(below)?;
                    self.skip_within(below)
                })
            }
            Type::Bytes => self.bytes().map(drop),
            Type::String => self.text().map(drop),
            Type::Bool => Ok(self.0.bool().map(drop)?),
            Type::Null => Ok(self.0.null()?),
            Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => {
                Ok(self.0.int().map(drop)?)
            }
            _ => Err(Malformed),
        }
    }
}

fn bounded(length: Option<u64>) -> Result<u64, Malformed> {
    length.filter(|length| *length <= MOST_ENTRIES).ok_or(Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_authenticators_do_not_write_is_refused() {
        let nested = |levels: usize| [vec![0x81; levels], vec![0x00]].concat();
        let cases: [(&str, Vec<u8>, bool); 14] = [
            ("a number", vec![0x18, 0xff], true),
            ("a negative number", vec![0x26], true),
            ("text", vec![0x62, b'a', b'b'], true),
            ("a map of maps", vec![0xa1, 0x01, 0xa1, 0x02, 0xf5], true),
            ("four levels", nested(4), true),
            ("five levels", nested(5), false),
            ("a thousand levels", nested(1000), false),
            ("text that is cut off", vec![0x65, b'a'], false),
            ("text that is no UTF-8", vec![0x62, 0xff, 0xfe], false),
            ("bytes longer than memory", vec![0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], false),
            ("an array longer than memory", vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], false),
            ("an array of unknown length", vec![0x9f, 0x01, 0xff], false),
            ("a floating-point number", vec![0xfb, 0, 0, 0, 0, 0, 0, 0, 0], false),
            ("nothing", vec![], false),
        ];
        for (what, bytes, passes) in cases {
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.skip().is_ok(), passes, "{what}");
            assert!(!passes || reader.is_at_end(), "{what}");
        }
    }
}
