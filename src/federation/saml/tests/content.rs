//! An assertion that is truly signed is refused where it is not for us, not of now, or not of its form.

use std::time::Duration;

use super::*;

#[test]
fn it_is_for_us_and_of_the_provider() {
    let said = |ours: &ServiceProvider, provider: &IdentityProvider| {
        assertion(&STANDARD.encode(corpus!("both_signed")), ours, provider, &expected()).map(drop)
    };
    assert_eq!(said(&ours(), &idp()), Ok(()));
    let other = |text: &str| format!("{text}2");
    assert_eq!(said(&ServiceProvider { entity_id: other(&ours().entity_id), ..ours() }, &idp()), Err(SamlRefused::Audience));
    assert_eq!(said(&ServiceProvider { acs_url: other(&ours().acs_url), ..ours() }, &idp()), Err(SamlRefused::Destination));
    assert_eq!(said(&ours(), &IdentityProvider { entity_id: other(&idp().entity_id), ..idp() }), Err(SamlRefused::Issuer));
}

#[test]
fn it_is_of_now_by_three_minutes() {
    let said = |seconds: i64| {
        let now = Timestamp::from_seconds(noon().seconds() + seconds);
        assertion(&STANDARD.encode(corpus!("both_signed")), &ours(), &idp(), &Expected { now, ..expected() })
            .map(|read| read.remember_until)
    };
    // It holds for five minutes.
    let until = noon().plus(Duration::from_secs(480));
    for (seconds, outcome) in [
        (-181, Err(SamlRefused::NotYetValid)),
        (-180, Ok(until)),
        (0, Ok(until)),
        (479, Ok(until)),
        (480, Err(SamlRefused::Expired)),
        (86_400, Err(SamlRefused::Expired)),
    ] {
        assert_eq!(said(seconds), outcome, "{seconds}");
    }
}

#[test]
fn each_rule_holds_for_what_the_provider_truly_signed() {
    const UNTIL: &str = r#"NotOnOrAfter="2026-11-27T12:05:00Z""#;
    let confirmation_data = r#"<ns1:SubjectConfirmationData NotOnOrAfter="2026-11-27T12:05:00Z" Recipient="https://auth.example/saml2/idpresponse" InResponseTo="_request-1" />"#;
    let audience = element(corpus!("plain"), "ns1:AudienceRestriction");
    let authentication = element(corpus!("plain"), "ns1:AuthnStatement");
    let name = element(corpus!("plain"), "ns1:NameID");
    let conditions = element(corpus!("plain"), "ns1:Conditions");
    let subject = element(corpus!("plain"), "ns1:Subject");
    let (alice, second, own) = (name, format!("{name}{name}"), id(corpus!("plain"), "ns1:Assertion"));
    let assertion_issuer = "https://idp.example/metadata</ns1:Issuer><ns1:Subject>";
    for (from, to, outcome) in [
        ("<ns1:Subject>", "<ns1:Subject>", Ok("alice")),
        // Whom it is of, and for.
        (assertion_issuer, "https://idp2.example/</ns1:Issuer><ns1:Subject>", Err(SamlRefused::Issuer)),
        (audience, "", Err(SamlRefused::Audience)),
        ("Pool12345</ns1:Audience>", "Pool123456</ns1:Audience>", Err(SamlRefused::Audience)),
        ("<ns1:Audience>", "<ns1:Audience>urn:other</ns1:Audience><ns1:Audience>", Ok("alice")),
        (audience, &format!("{audience}{}", audience.replace("Pool12345", "Other")), Err(SamlRefused::Audience)),
        (conditions, "", Err(SamlRefused::Form("Conditions"))),
        (conditions, &format!("{conditions}{conditions}"), Err(SamlRefused::Form("Conditions"))),
        (audience, &format!("{audience}<ns1:OneTimeUse/>"), Ok("alice")),
        (audience, &format!("{audience}<ns1:Condition xsi:type=\"x\"/>"), Err(SamlRefused::Condition)),
        // When.
        (r#"<ns1:Conditions NotBefore="2026-11-27T12:00"#, r#"<ns1:Conditions NotBefore="2026-11-27T12:04"#, Err(SamlRefused::NotYetValid)),
        (
            r#"<ns1:Conditions NotBefore="2026-11-27T12:00:00Z" NotOnOrAfter="2026-11-27T12:05"#,
            r#"<ns1:Conditions NotOnOrAfter="2026-11-27T11:57"#,
            Err(SamlRefused::Expired),
        ),
        (UNTIL, r#"NotOnOrAfter="2026-11-27T11:57:00Z""#, Err(SamlRefused::Expired)),
        (UNTIL, r#"NotOnOrAfter="tomorrow""#, Err(SamlRefused::Instant)),
        (UNTIL, "", Err(SamlRefused::Confirmation)),
        (UNTIL, &format!("NotBefore=\"2026-11-27T12:00:00Z\" {UNTIL}"), Err(SamlRefused::Confirmation)),
        // Who may bring it.
        (r#"Recipient="https://auth.example/saml2/idpresponse""#, r#"Recipient="https://evil.example/""#, Err(SamlRefused::Recipient)),
        (r#"Recipient="https://auth.example/saml2/idpresponse""#, "", Err(SamlRefused::Recipient)),
        ("Recipient=", "xsi:Recipient=", Err(SamlRefused::Recipient)),
        (r#"InResponseTo="_request-1" />"#, r#"InResponseTo="_request-2" />"#, Err(SamlRefused::InResponseTo)),
        (r#"InResponseTo="_request-1" />"#, "/>", Err(SamlRefused::InResponseTo)),
        ("cm:bearer", "cm:holder-of-key", Err(SamlRefused::Confirmation)),
        (confirmation_data, "", Err(SamlRefused::Confirmation)),
        ("<ns1:SubjectConfirmation ", r#"<ns1:SubjectConfirmation Method="urn:other"/><ns1:SubjectConfirmation "#, Ok("alice")),
        // Whom it is about.
        (subject, "", Err(SamlRefused::Form("Subject"))),
        (alice, "", Err(SamlRefused::NoName)),
        (">alice</ns1:NameID>", "> </ns1:NameID>", Err(SamlRefused::NoName)),
        (">alice</ns1:NameID>", "> alice</ns1:NameID>", Ok(" alice")),
        (">alice</ns1:NameID>", "><b>admin</b></ns1:NameID>", Err(SamlRefused::Form("NameID"))),
        (alice, &second, Err(SamlRefused::Form("NameID"))),
        (authentication, "", Err(SamlRefused::NoAuthentication)),
        ("AuthnInstant=\"2026-11-27T12:00", "AuthnInstant=\"2026-11-27T12:04", Err(SamlRefused::NotYetValid)),
        ("<ns1:AuthnStatement ", r#"<ns1:AuthnStatement SessionNotOnOrAfter="2026-11-27T11:00:00Z" "#, Err(SamlRefused::Expired)),
        ("<ns1:AuthnStatement ", r#"<ns1:AuthnStatement SessionNotOnOrAfter="2026-11-27T13:00:00Z" "#, Ok("alice")),
        ("<ns1:Attribute Name=\"groups\"", "<ns1:Attribute", Err(SamlRefused::Form("Attribute"))),
        // What it is.
        (
            &format!("ID=\"{own}\" IssueInstant=\"2026-11-27T12:00"),
            &format!("ID=\"{own}\" IssueInstant=\"2026-11-27T12:04"),
            Err(SamlRefused::NotYetValid),
        ),
        ("<ns1:Assertion Version=\"2.0\"", "<ns1:Assertion Version=\"1.1\"", Err(SamlRefused::Form("Version"))),
    ] {
        let said = read(&signed_with(from, to)).map(|read| read.name_id.value);
        assert_eq!(said, outcome.map(str::to_owned), "{from} -> {to}");
    }
}

#[test]
fn the_envelope_of_a_signed_assertion_is_held_to_its_rules_too() {
    let status = element(corpus!("assertion_signed"), "ns0:Status");
    let issuer = element(corpus!("assertion_signed"), "ns1:Issuer");
    for (from, to, outcome) in [
        ("idpresponse\"><ns1:Issuer", "idpresponse2\"><ns1:Issuer", Err(SamlRefused::Destination)),
        (" Destination=\"https://auth.example/saml2/idpresponse\"", "", Ok(())),
        ("InResponseTo=\"_request-1\" Version", "InResponseTo=\"_request-2\" Version", Err(SamlRefused::InResponseTo)),
        ("metadata</ns1:Issuer>", "other</ns1:Issuer>", Err(SamlRefused::Issuer)),
        (issuer, "", Ok(())),
        (issuer, &issuer.repeat(2), Err(SamlRefused::Form("Issuer"))),
        (
            "<ns0:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"",
            "<ns0:StatusCode Value=\"Success\"",
            Err(SamlRefused::Unsuccessful("unknown")),
        ),
        (status, "", Err(SamlRefused::Form("Status"))),
        (status, &status.repeat(2), Err(SamlRefused::Form("Status"))),
        ("Version=\"2.0\" IssueInstant", "Version=\"2.1\" IssueInstant", Err(SamlRefused::Form("Response"))),
        ("IssueInstant=\"2026-11-27T12:00", "IssueInstant=\"2026-11-27T12:04", Err(SamlRefused::NotYetValid)),
        ("IssueInstant=\"2026-11-27T12:00:00Z\"", "", Err(SamlRefused::Instant)),
    ] {
        assert_eq!(read(&changed(corpus!("assertion_signed"), from, to)).map(drop), outcome, "{from} -> {to}");
    }
    // A response that is signed names its provider.
    let own = element(corpus!("plain"), "ns1:Issuer");
    let template = Template { within: "ns0:Response", ..Template::default() };
    assert!(read(&signed(corpus!("plain"), &template)).is_ok());
    let strange = changed(corpus!("plain"), id(corpus!("plain"), "ns1:Assertion"), "a/b");
    assert_eq!(read(&signed(&strange, &template)), Err(SamlRefused::Form("ID")));
    assert_eq!(read(&signed(&changed(corpus!("plain"), own, ""), &template)), Err(SamlRefused::Issuer));
    assert_eq!(read(&changed(corpus!("gcm_assertion_signed"), issuer, "")), Err(SamlRefused::Issuer));
}

#[test]
fn a_refusal_is_told_by_its_code() {
    assert_eq!(read(corpus!("refusal")), Err(SamlRefused::Unsuccessful("AuthnFailed")));
    assert_eq!(read(&changed(corpus!("refusal"), "status:AuthnFailed", "status:Other")), Err(SamlRefused::Unsuccessful("unknown")));
    assert_eq!(read(corpus!("logout_answered")), Err(SamlRefused::Form("Response")));
}

#[test]
fn a_comment_does_not_cut_a_name() {
    let xml = signed_with(">alice</ns1:NameID>", ">admin.evil.example</ns1:NameID>");
    let xml = changed(&xml, ">admin.evil", ">admin<!-- -->.evil");
    assert!(library_believes(&xml));
    assert_eq!(read(&xml).unwrap().name_id.value, "admin.evil.example");
    let xml = changed(corpus!("assertion_signed"), ">alice@example.com<", "><!-- -->alice<!-- -->@example.com<");
    assert_eq!(read(&xml).unwrap().attributes["urn:oid:1.2.840.113549.1.9.1.1"], ["alice@example.com"]);
    let xml = changed(corpus!("assertion_signed"), ">alice@example.com<", "><![CDATA[alice]]>@example.com<");
    assert_eq!(read(&xml).unwrap().attributes["urn:oid:1.2.840.113549.1.9.1.1"], ["alice@example.com"]);
}

#[test]
fn document_types_and_entities_are_refused() {
    let with = |doctype: &str| changed(corpus!("both_signed"), "<?xml version=\"1.0\"?>", doctype);
    assert!(read(&with("")).is_ok());
    for doctype in [
        "<!DOCTYPE Response>",
        "<!DOCTYPE Response SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
        "<!DOCTYPE r [<!ATTLIST ns1:Assertion ID CDATA \"x\">]>",
    ] {
        assert_eq!(read(&with(doctype)), Err(SamlRefused::DocumentType), "{doctype}");
    }
    assert_eq!(read(&changed(corpus!("both_signed"), ">alice<", ">&x;<")), Err(SamlRefused::Xml));
    assert_eq!(read(&changed(corpus!("both_signed"), "<ns1:NameID ", "<x:NameID ")), Err(SamlRefused::Xml));
}

#[test]
fn long_and_deep_messages_are_refused() {
    // What is after the root is signed by nobody.
    let padded = |length: usize| format!("{}{}", corpus!("both_signed"), "\n".repeat(length - corpus!("both_signed").len()));
    assert!(read(&padded(75_000)).is_ok());
    assert_eq!(read(&padded(75_001)), Err(SamlRefused::TooLong));
    let nested = |levels: usize| {
        let extensions = format!("<ns0:Extensions>{}{}</ns0:Extensions>", "<a>".repeat(levels), "</a>".repeat(levels));
        changed(corpus!("assertion_signed"), "<ns0:Status>", &format!("{extensions}<ns0:Status>"))
    };
    assert!(read(&nested(30)).is_ok());
    assert_eq!(read(&nested(31)), Err(SamlRefused::Xml));
    assert_eq!(read(&nested(9_000)), Err(SamlRefused::Xml));
    // As much as fits, and flat.
    let wide = format!("<ns0:Extensions>{}</ns0:Extensions>", "<a/>".repeat(17_000));
    assert!(read(&changed(corpus!("assertion_signed"), "<ns0:Status>", &format!("{wide}<ns0:Status>"))).is_ok());
}

#[test]
fn what_is_no_response_is_refused() {
    for xml in ["", "{}", "<a>", "<a/><b/>", "\u{0}"] {
        assert_eq!(read(xml), Err(SamlRefused::Xml), "{xml}");
    }
    for xml in ["<a/>", "<Response Version=\"2.0\"/>"] {
        assert_eq!(read(xml), Err(SamlRefused::Form("Response")), "{xml}");
    }
}
