//! Whatever is changed of a message: it is refused, or it says what the provider said.

use proptest::prelude::*;

use super::*;

const GENUINE: [&str; 5] = [
    corpus!("both_signed"),
    corpus!("assertion_signed"),
    corpus!("response_signed"),
    corpus!("gcm_assertion_signed"),
    corpus!("cbc_response_signed"),
];

fn holds(genuine: &str, bytes: &[u8]) {
    if let Ok(said) = assertion(&STANDARD.encode(bytes), &ours(), &idp(), &expected()) {
        assert_eq!(Ok(said), read(genuine), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn every_byte_of_what_is_signed_counts() {
    // KeyInfo is nobody's business, and half of the text.
    let genuine = changed(corpus!("assertion_signed"), element(corpus!("assertion_signed"), "ns2:KeyInfo"), "");
    assert!(read(&genuine).is_ok());
    for at in genuine.find("<ns1:Assertion").unwrap()..genuine.len() {
        let mut bytes = genuine.as_bytes().to_vec();
        bytes[at] ^= 1;
        holds(&genuine, &bytes);
    }
}

/// A change of a text: where, how much goes, and what comes.
fn change() -> impl Strategy<Value = (prop::sample::Index, usize, Vec<u8>)> {
    let pieces = prop::sample::select(vec![
        "<!-- -->",
        "<![CDATA[",
        "]]>",
        "<a>",
        "</a>",
        "<",
        ">",
        "\"",
        "&#0;",
        "&amp;",
        "ID=\"x\" ",
        "xmlns=\"x\" ",
        "ns0:",
        "ns1:",
        "ns2:",
        " ",
        "<ns1:Assertion/>",
        "<?a?>",
        "alice",
        "admin",
    ]);
    let piece = prop_oneof![pieces.prop_map(|piece| piece.as_bytes().to_vec()), prop::collection::vec(any::<u8>(), 0..4)];
    (any::<prop::sample::Index>(), 0..40_usize, piece)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_are_refused_or_change_nothing(which in 0..GENUINE.len(), changes in prop::collection::vec(change(), 1..4)) {
        let genuine = GENUINE[which];
        let mut bytes = genuine.as_bytes().to_vec();
        for (at, length, piece) in changes {
            let start = at.index(bytes.len());
            let end = bytes.len().min(start + length);
            bytes.splice(start..end, piece);
        }
        holds(genuine, &bytes);
    }

    /// A piece of the text is moved or doubled: what wrapping does.
    #[test]
    fn pieces_of_it_may_be_anywhere(which in 0..GENUINE.len(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), moved in any::<bool>()) {
        let genuine = GENUINE[which];
        let elements: Vec<_> = genuine.match_indices('<').map(|(at, _)| at).filter(|at| !genuine[at + 1..].starts_with(['/', '?'])).collect();
        let start = elements[from.index(elements.len())];
        let name: String = genuine[start + 1..].chars().take_while(|c| !matches!(c, ' ' | '>' | '/')).collect();
        let end = genuine[start..].find(&format!("</{name}>")).map_or(start, |at| start + at + name.len() + 3);
        let piece = &genuine[start..end];
        let rest = if moved { format!("{}{}", &genuine[..start], &genuine[end..]) } else { genuine.to_owned() };
        let places: Vec<_> = rest.match_indices('<').map(|(at, _)| at).collect();
        let place = places[to.index(places.len())];
        holds(genuine, format!("{}{piece}{}", &rest[..place], &rest[place..]).as_bytes());
    }
}
