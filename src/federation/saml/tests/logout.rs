//! Single logout, as pysaml2 speaks it.

use std::time::Duration;

use super::*;
use crate::federation::saml::{
    LogoutAnswered, LogoutEnd, logout_answered_by_post, logout_answered_by_redirect, logout_requested_by_redirect,
};

const REQUESTED: &str = include_str!("corpus/logout_requested.query");
const ANSWERED: &str = include_str!("corpus/logout_answered.query");

#[test]
fn a_request_of_the_provider_s_is_read() {
    let read = logout_requested_by_redirect(REQUESTED, &ours(), &idp(), noon()).unwrap();
    assert_eq!(read.name_id.value, "alice");
    assert_eq!(read.name_id.sp_name_qualifier, Some(ours().entity_id));
    assert_eq!(read.session_indexes, ["id-session"]);
    assert_eq!(read.relay_state.as_deref(), Some("state/+ 1"));
    assert!(read.id.starts_with("id-"));
}

#[test]
fn an_answer_is_read_from_either_binding() {
    let read = logout_answered_by_redirect(ANSWERED, &ours(), &idp(), REQUEST, noon());
    assert_eq!(read, Ok(LogoutAnswered { end: LogoutEnd::Complete, relay_state: Some("state/+ 1".into()) }));
    let posted = |xml: &str| logout_answered_by_post(&STANDARD.encode(xml), &ours(), &idp(), REQUEST, noon());
    assert_eq!(posted(corpus!("logout_answered")), Ok(LogoutEnd::Complete));
    assert_eq!(posted(&changed(corpus!("logout_answered"), "status:Success", "status:Responder")), Err(SamlRefused::Signature));
    let bare = changed(corpus!("logout_answered"), element(corpus!("logout_answered"), "ns2:Signature"), "");
    assert_eq!(posted(&bare), Err(SamlRefused::Unsigned));
    let failed = changed(&bare, "status:Success", "status:Responder");
    let template = Template { within: "ns0:LogoutResponse", ..Template::default() };
    let other_version = changed(&bare, "Version=\"2.0\"", "Version=\"1.1\"");
    assert_eq!(posted(&signed(&other_version, &template)), Err(SamlRefused::Form("LogoutResponse")));
    assert_eq!(posted(&signed(&failed, &template)), Ok(LogoutEnd::Partial));
    assert_eq!(posted(&signed(&bare, &template)), Ok(LogoutEnd::Complete));
    assert_eq!(posted(corpus!("both_signed")), Err(SamlRefused::SignatureForm("it stands elsewhere")));
    assert_eq!(posted(corpus!("response_signed")), Err(SamlRefused::Form("LogoutResponse")));
}

#[test]
fn a_query_is_the_provider_s_word_as_it_is_and_no_other_way() {
    let said = |query: &str, provider: &IdentityProvider, ours: &ServiceProvider, seconds: i64| {
        let now = Timestamp::from_seconds(noon().seconds() + seconds);
        logout_requested_by_redirect(query, ours, provider, now).map(drop)
    };
    let read = |query: &str| said(query, &idp(), &ours(), 0);
    let (unsigned, signature) = REQUESTED.split_once("&Signature=").unwrap();
    assert_eq!(read(REQUESTED), Ok(()));
    assert_eq!(read(unsigned), Err(SamlRefused::Unsigned));
    assert_eq!(read(unsigned.split_once("&SigAlg").unwrap().0), Err(SamlRefused::Unsigned));
    for (from, to, outcome) in [
        ("RelayState=state", "RelayState=other", SamlRefused::Signature),
        ("&RelayState=state%2F%2B+1", "", SamlRefused::Signature),
        ("rsa-sha256", "rsa-sha512", SamlRefused::Signature),
        ("rsa-sha256", "hmac-sha256", SamlRefused::SignatureAlgorithm),
        ("2001%2F04%2Fxmldsig-more%23rsa-sha256", "2000%2F09%2Fxmldsig%23rsa-sha1", SamlRefused::SignatureAlgorithm),
        ("SAMLRequest=", "SAMLRequest=x&SAMLRequest=", SamlRefused::Binding("a parameter is there twice")),
        ("SAMLRequest=", "SAML%52equest=x&SAMLRequest=", SamlRefused::Binding("a parameter is there twice")),
        ("&RelayState=", "&RelayState=x&RelayState=", SamlRefused::Binding("a parameter is there twice")),
        ("&SigAlg=", "&SAMLEncoding=other&SigAlg=", SamlRefused::Binding("it is compressed in another way")),
        ("SAMLRequest=", "SAMLResponse=", SamlRefused::Binding("there is no message")),
        ("&Signature=", "&Signature=%FF", SamlRefused::Binding("a parameter is none")),
        ("&Signature=", "&Signature=*", SamlRefused::Binding("it is no base64")),
    ] {
        assert_eq!(read(&changed(REQUESTED, from, to)), Err(outcome), "{to}");
    }
    assert_eq!(read(&format!("{unsigned}&Signature=AAAA{}", &signature[4..])), Err(SamlRefused::Signature));
    assert_eq!(read(&format!("{unsigned}&Signature=AAAA")), Err(SamlRefused::Signature));
    let padded = |length: usize| format!("{REQUESTED}&x={}", "x".repeat(length - REQUESTED.len() - 3));
    assert_eq!(read(&padded(100_000)), Ok(()));
    assert_eq!(read(&padded(100_001)), Err(SamlRefused::TooLong));
    let other = |text: &str| format!("{text}2");
    let elliptic = IdentityProvider { certificates: vec![ELLIPTIC_CERTIFICATE.to_vec()], ..idp() };
    assert_eq!(said(REQUESTED, &elliptic, &ours(), 0), Err(SamlRefused::Signature));
    assert_eq!(said(REQUESTED, &IdentityProvider { entity_id: other(&idp().entity_id), ..idp() }, &ours(), 0), Err(SamlRefused::Issuer));
    let moved = ServiceProvider { logout_url: other(&ours().logout_url), ..ours() };
    assert_eq!(said(REQUESTED, &idp(), &moved, 0), Err(SamlRefused::Destination));
    for (seconds, outcome) in [(-181, Err(SamlRefused::NotYetValid)), (-180, Ok(())), (299, Ok(())), (300, Err(SamlRefused::Expired))] {
        assert_eq!(said(REQUESTED, &idp(), &ours(), seconds), outcome, "{seconds}");
    }
}

#[test]
fn an_answer_is_to_what_was_asked() {
    let said = |request: &str, now| logout_answered_by_redirect(ANSWERED, &ours(), &idp(), request, now).map(drop);
    assert_eq!(said(REQUEST, noon()), Ok(()));
    assert_eq!(said("_request-2", noon()), Err(SamlRefused::InResponseTo));
    assert_eq!(said(REQUEST, noon().plus(Duration::from_secs(479))), Ok(()));
    assert_eq!(said(REQUEST, noon().plus(Duration::from_secs(480))), Err(SamlRefused::Expired));
}
