//! The public key of a certificate, and nothing else of it: providers are believed by their metadata, not by chains.

/// A SEQUENCE, in DER.
const SEQUENCE: u8 = 0x30;

/// The version of a certificate: a tag of its own, and absent in the first.
const VERSION: u8 = 0xa0;

/// The SubjectPublicKeyInfo of a certificate (RFC 5280 §4.1), in DER.
pub(super) fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let (signed, _) = part(certificate, SEQUENCE)?;
    let (mut fields, _) = part(signed.content, SEQUENCE)?;
    if fields.content.first() == Some(&VERSION) {
        fields.content = part(fields.content, VERSION)?.1;
    }
    // The serial, and the signature's algorithm, the issuer, the validity, the subject.
    let (_, mut rest) = part(fields.content, 0x02)?;
    for _ in 0..4 {
        rest = part(rest, SEQUENCE)?.1;
    }
    part(rest, SEQUENCE).map(|(key, _)| key.whole)
}

/// One value of DER.
struct Part<'a> {
    whole: &'a [u8],
    content: &'a [u8],
}

/// The first value, of this tag, and what comes after it.
fn part(bytes: &[u8], tag: u8) -> Option<(Part<'_>, &[u8])> {
    let (&[found, length], rest) = bytes.split_first_chunk()?;
    let (length, header) = match length {
        0..=0x7f => (usize::from(length), 2),
        0x81 => (usize::from(*rest.first()?), 3),
        0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), 4),
        _ => return None,
    };
    let end = header + length;
    let (whole, content) = (bytes.get(..end)?, bytes.get(header..end)?);
    (found == tag).then_some((Part { whole, content }, bytes.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_is_cut_or_none_has_no_key() {
        let whole = include_bytes!("tests/corpus/idp.crt.der");
        let key = public_key(whole).unwrap();
        let end = whole.windows(key.len()).position(|window| window == key).unwrap() + key.len();
        for length in 0..whole.len() {
            // What encloses the key must be whole, too.
            assert_eq!(public_key(&whole[..length]), None, "{length}");
        }
        assert!(end < whole.len());
        for bytes in [&b"none"[..], &[0x30, 0x80], &[0x30, 0x84, 0, 0, 0, 1, 0], &[0x30, 2, 0x30, 0]] {
            assert_eq!(public_key(bytes), None);
        }
    }

    #[test]
    fn the_first_version_is_read_and_other_fields_are_not() {
        let value = |tag: u8, content: &[&[u8]]| {
            let content = content.concat();
            [&[tag, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
        };
        let (serial, field) = (value(2, &[&[1]]), value(SEQUENCE, &[]));
        let key = value(SEQUENCE, &[b"key"]);
        let certificate = |fields: &[&[u8]]| value(SEQUENCE, &[&value(SEQUENCE, fields)]);
        let version = value(VERSION, &[&value(2, &[&[2]])]);
        assert_eq!(public_key(&certificate(&[&serial, &field, &field, &field, &field, &key])), Some(key.as_slice()));
        assert_eq!(public_key(&certificate(&[&version, &serial, &field, &field, &field, &field, &key])), Some(key.as_slice()));
        assert_eq!(public_key(&certificate(&[&serial, &serial, &field, &field, &field, &key])), None);
        assert_eq!(public_key(&certificate(&[&serial, &field, &field, &field, &field, &serial])), None);
        assert_eq!(public_key(&certificate(&[&field, &field, &field, &field, &field, &key])), None);
        assert_eq!(public_key(&certificate(&[&serial, &field, &field, &field, &field])), None);
    }
}
