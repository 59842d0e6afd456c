//! Signature wrapping: the eight shapes of Somorovsky et al., "On breaking SAML" (2012), and their neighbours.

use super::*;
use crate::federation::saml::document::{Node, parse};
use crate::federation::saml::names::ASSERTION;
use crate::federation::saml::signature;

/// An assertion of the attacker's, signed by nobody.
fn evil_assertion() -> String {
    let genuine = element(corpus!("plain"), "ns1:Assertion");
    changed(&changed(genuine, id(genuine, "ns1:Assertion"), "_evil"), ">alice<", ">admin<")
}

/// The signed assertion and the response around it, cut in two where the assertion is.
fn around() -> (&'static str, &'static str, &'static str) {
    let assertion = element(corpus!("assertion_signed"), "ns1:Assertion");
    let (before, after) = corpus!("assertion_signed").split_once(assertion).unwrap();
    (before, assertion, after)
}

/// An evil assertion that holds something after its issuer, or at its end.
fn holding(after_issuer: &str, at_end: &str) -> String {
    let evil = changed(&evil_assertion(), "</ns1:Issuer>", &format!("</ns1:Issuer>{after_issuer}"));
    changed(&evil, "</ns1:Assertion>", &format!("{at_end}</ns1:Assertion>"))
}

/// The IDs that count as signed, where it is not known that there is one assertion: what the rule on signatures holds by itself.
fn signed_ids(xml: &str) -> Vec<String> {
    let document = parse(xml).unwrap();
    let response = Node::root(&document).unwrap();
    let read: Vec<_> = [response].into_iter().chain(response.all(ASSERTION, "Assertion").take(1)).collect();
    let signed = signature::signed(&read, &idp()).unwrap_or_default();
    signed.into_iter().filter_map(|node| node.attribute("ID").map(str::to_owned)).collect()
}

#[test]
fn the_eight_shapes_are_refused_twice() {
    let response = corpus!("response_signed").trim_start_matches("<?xml version=\"1.0\"?>\n").trim_end();
    let of_response = element(response, "ns2:Signature");
    let bare_response = changed(response, of_response, "");
    let evil_response = changed(&changed(&bare_response, id(response, "ns0:Response"), "_evil"), ">alice<", ">admin<");
    let evil_response = changed(&evil_response, id(response, "ns1:Assertion"), "_evil-assertion");
    let in_evil_response = |what: &str| changed(&evil_response, "</ns1:Issuer>", &format!("</ns1:Issuer>{what}"));

    let (before, assertion, after) = around();
    let of_assertion = element(assertion, "ns2:Signature");
    let bare_assertion = changed(assertion, of_assertion, "");
    let holds = |at_end: &str| changed(of_assertion, "</ns2:Signature>", &format!("{at_end}</ns2:Signature>"));
    let in_response = |what: &str| format!("{before}{what}{after}");
    let extensions = format!("<ns0:Extensions>{}</ns0:Extensions>", evil_assertion());
    let object = format!("<ns2:Object>{bare_assertion}</ns2:Object>");

    assert_eq!(signed_ids(response), [id(response, "ns0:Response")]);
    assert_eq!(signed_ids(corpus!("assertion_signed")), [id(assertion, "ns1:Assertion")]);
    for (shape, xml) in [
        (1, in_evil_response(&changed(of_response, "</ns2:Signature>", &format!("{bare_response}</ns2:Signature>")))),
        (2, in_evil_response(&format!("{bare_response}{of_response}"))),
        (3, in_response(&format!("{}{assertion}", evil_assertion()))),
        (4, in_response(&holding("", assertion))),
        (5, in_response(&format!("{}{bare_assertion}", holding(of_assertion, "")))),
        (6, in_response(&holding(&holds(&bare_assertion), ""))),
        (7, changed(corpus!("assertion_signed"), "<ns0:Status>", &format!("{extensions}<ns0:Status>"))),
        (8, in_response(&holding(&holds(&object), ""))),
    ] {
        assert_eq!(read(&xml), Err(SamlRefused::Assertions), "{shape}");
        let signed = signed_ids(&xml);
        assert!(!signed.iter().any(|id| id.starts_with("_evil")), "{shape}: {signed:?}");
    }
}

#[test]
fn the_library_alone_believes_some_of_the_shapes() {
    let (before, assertion, after) = around();
    assert!(library_believes(&format!("{before}{}{assertion}{after}", evil_assertion())));
    assert!(library_believes(&format!("{before}{}{after}", holding("", assertion))));
}

#[test]
fn an_id_that_is_there_twice_is_refused() {
    let (before, assertion, after) = around();
    let twin = changed(&evil_assertion(), "_evil", id(assertion, "ns1:Assertion"));
    assert_eq!(read(&format!("{before}{twin}{assertion}{after}")), Err(SamlRefused::Ambiguous));
    let own = id(assertion, "ns1:Assertion");
    for attribute in ["ID", "Id", "id", "AssertionID", "xml:id", "ns0:ID"] {
        let xml = changed(corpus!("assertion_signed"), "<ns0:Status>", &format!("<ns0:Status {attribute}=\"{own}\">"));
        assert_eq!(read(&xml), Err(SamlRefused::Ambiguous), "{attribute}");
    }
    let xml = changed(corpus!("assertion_signed"), " ID=\"", " ns1:ID=\"_evil\" ID=\"");
    assert_eq!(read(&xml), Err(SamlRefused::Ambiguous));
}

#[test]
fn there_is_one_assertion_and_it_is_in_its_place() {
    let (before, assertion, after) = around();
    assert!(read(&format!("{before}{assertion}{after}")).is_ok());
    assert_eq!(read(&format!("{before}{after}")), Err(SamlRefused::Assertions));
    assert_eq!(read(&format!("{before}<a>{assertion}</a>{after}")), Err(SamlRefused::Assertions));
    assert_eq!(read(&format!("{before}{assertion}<ns1:EncryptedAssertion/>{after}")), Err(SamlRefused::Assertions));
    let second = element(corpus!("both_signed"), "ns1:Assertion").replace("Id=\"Signature", "Id=\"Other");
    assert_eq!(read(&format!("{before}{assertion}{second}{after}")), Err(SamlRefused::Assertions));
    // One of another namespace is none.
    let other = evil_assertion().replace("<ns1:Assertion", "<ns0:Assertion").replace("</ns1:Assertion", "</ns0:Assertion");
    assert_eq!(read(&format!("{before}{other}{assertion}{after}")).unwrap().name_id.value, "alice");
    assert_eq!(read(&format!("{before}{other}{after}")), Err(SamlRefused::Assertions));
}

#[test]
fn an_unsigned_response_is_refused() {
    assert_eq!(read(corpus!("plain")), Err(SamlRefused::Unsigned));
    let (before, assertion, after) = around();
    let bare = changed(assertion, element(assertion, "ns2:Signature"), "");
    assert_eq!(read(&format!("{before}{bare}{after}")), Err(SamlRefused::Unsigned));
    // One of the response that holds does not make up for one of the assertion that does not, nor the other way around.
    assert_eq!(read(&changed(corpus!("both_signed"), ">alice<", ">admin<")), Err(SamlRefused::Signature));
    assert_eq!(read(&changed(corpus!("both_signed"), "</ns0:Status>", "</ns0:Status> ")), Err(SamlRefused::Signature));
}
