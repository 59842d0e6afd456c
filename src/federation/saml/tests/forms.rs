//! Signatures that verify, and are refused for what they are.

use super::*;

fn refused(xml: &str) -> SamlRefused {
    read(xml).unwrap_err()
}

#[test]
fn weak_and_symmetric_algorithms_are_refused() {
    assert_eq!(refused(corpus!("sha1")), SamlRefused::SignatureAlgorithm);
    assert_eq!(refused(corpus!("sha1_digest")), SamlRefused::SignatureAlgorithm);
    assert_eq!(refused(corpus!("hmac")), SamlRefused::SignatureAlgorithm);
    for (from, to) in [
        (RSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"),
        (RSA_SHA256, "http://www.w3.org/2000/09/xmldsig#dsa-sha1"),
        (RSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512"),
        (RSA_SHA256, ""),
        (SHA256, "http://www.w3.org/2001/04/xmldsig-more#md5"),
        (SHA256, "http://www.w3.org/2001/04/xmldsig-more#sha224"),
    ] {
        assert_eq!(refused(&changed(corpus!("assertion_signed"), from, to)), SamlRefused::SignatureAlgorithm, "{to}");
    }
    let method = format!("<ns2:SignatureMethod Algorithm=\"{RSA_SHA256}\"/>");
    let with_length =
        format!("<ns2:SignatureMethod Algorithm=\"{RSA_SHA256}\"><ns2:HMACOutputLength>8</ns2:HMACOutputLength></ns2:SignatureMethod>");
    assert_eq!(refused(&changed(corpus!("assertion_signed"), &method, &with_length)), SamlRefused::SignatureAlgorithm);
}

#[test]
fn what_is_not_the_provider_s_does_not_verify() {
    // The attacker's certificate is in KeyInfo, and the attacker's key signed.
    assert_eq!(refused(corpus!("attacker")), SamlRefused::Signature);
    let attacker = IdentityProvider { certificates: vec![include_bytes!("corpus/attacker.crt.der").to_vec()], ..idp() };
    assert!(assertion(&STANDARD.encode(corpus!("attacker")), &ours(), &attacker, &expected()).is_ok());
    // What KeyInfo says changes nothing where the provider's key signed, either.
    let value = "<ns2:KeyInfo><ns2:KeyName>x</ns2:KeyName><ns2:RetrievalMethod URI=\"/etc/passwd\"/></ns2:KeyInfo>";
    let key_info = element(corpus!("assertion_signed"), "ns2:KeyInfo");
    assert!(read(&changed(corpus!("assertion_signed"), key_info, value)).is_ok());
    assert!(read(&changed(corpus!("assertion_signed"), key_info, "")).is_ok());
    for (from, to) in [(">alice<", ">admin<"), (">admins<", ">root<"), ("idpresponse\" InResponseTo", "idpresponse\"  InResponseTo")] {
        let outcome = read(&changed(corpus!("assertion_signed"), from, to)).map(drop);
        assert_eq!(outcome, if from.starts_with('>') { Err(SamlRefused::Signature) } else { Ok(()) }, "{from}");
    }
    // Each signature that is there must hold, the other's too.
    let (first, second) = corpus!("both_signed").split_at(corpus!("both_signed").find("<ns1:Assertion").unwrap());
    let spoiled = |text: &str| {
        let value = element(text, "ns2:SignatureValue");
        changed(text, value, &format!("<ns2:SignatureValue>AAAA{}", &value["<ns2:SignatureValue>AAAA".len()..]))
    };
    assert_eq!(refused(&format!("{}{second}", spoiled(first))), SamlRefused::Signature);
    assert_eq!(refused(&format!("{first}{}", spoiled(second))), SamlRefused::Signature);
}

#[test]
fn references_to_anything_but_the_parent_are_refused() {
    let refused_of = SamlRefused::SignatureForm("it is of another element");
    assert_eq!(refused(corpus!("whole_document")), refused_of);
    assert!(library_believes(corpus!("whole_document")));
    let of = |uri: &str| signed(corpus!("plain"), &Template { uri: Some(uri), ..Template::default() });
    let (response, own) = (format!("#{}", id(corpus!("plain"), "ns0:Response")), format!("#{}", id(corpus!("plain"), "ns1:Assertion")));
    assert!(read(&of(&own)).is_ok());
    for uri in [response.as_str(), "", "#xpointer(/)", &format!("#xpointer(id('{}'))", &own[1..])] {
        let xml = of(uri);
        assert!(library_believes(&xml), "{uri}");
        assert_eq!(refused(&xml), refused_of, "{uri}");
    }
    for uri in ["#", "#other", "Cargo.toml", "file:///etc/passwd", "https://idp.example/", "cid:x"] {
        let xml = changed(&of(&own), &format!("URI=\"{own}\""), &format!("URI=\"{uri}\""));
        assert_eq!(refused(&xml), refused_of, "{uri}");
    }
    // An empty ID, and one that reads as a pointer to another.
    let empty = changed(corpus!("plain"), &format!(" ID=\"{}\"", &own[1..]), " ID=\"\"");
    assert_eq!(
        refused(&signed(&empty, &Template { uri: Some("#"), ..Template::default() })),
        SamlRefused::SignatureForm("its parent has no ID")
    );
    let pointer = format!("xpointer(id('{}'))", &response[1..]);
    let xml = changed(corpus!("plain"), &format!(" ID=\"{}\"", &own[1..]), &format!(" ID=\"{pointer}\""));
    let xml = signed(&xml, &Template { uri: Some(&format!("#{pointer}")), ..Template::default() });
    assert!(library_believes(&xml));
    assert_eq!(refused(&xml), SamlRefused::SignatureForm("its parent has no ID"));
}

#[test]
fn other_transforms_and_canonicalizations_are_refused() {
    assert_eq!(refused(corpus!("xpath")), SamlRefused::SignatureForm("its transforms"));
    // The reason: what it signs is not what is read.
    let forged = changed(corpus!("xpath"), ">admins<", ">root<");
    assert!(library_believes(&forged));
    assert_eq!(refused(&forged), SamlRefused::SignatureForm("its transforms"));

    let transform = |algorithm: &str, within: &str| format!("<ds:Transform Algorithm=\"{algorithm}\">{within}</ds:Transform>");
    let prefixes = r#"<x:InclusiveNamespaces xmlns:x="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xsi"/>"#;
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    let with = |transforms: String| signed(corpus!("plain"), &Template { transforms, ..Template::default() });
    assert!(read(&with(format!("{ENVELOPED}{}", transform(exclusive, prefixes)))).is_ok());
    for transforms in [
        ENVELOPED.to_owned(),
        format!("{ENVELOPED}{}", transform(inclusive, "")),
        format!("{ENVELOPED}{}", transform("http://www.w3.org/2001/10/xml-exc-c14n#WithComments", "")),
        format!("{ENVELOPED}{ENVELOPED}{EXCLUSIVE}"),
        format!("{}{EXCLUSIVE}", ENVELOPED.replace("/>", "><a/></ds:Transform>")),
        format!("{ENVELOPED}{}", transform(exclusive, "<a/>")),
        format!("{ENVELOPED}{}", transform(exclusive, &prefixes.repeat(2))),
    ] {
        let xml = with(transforms.clone());
        assert!(library_believes(&xml), "{transforms}");
        assert_eq!(refused(&xml), SamlRefused::SignatureForm("its transforms"), "{transforms}");
    }
    // These do not verify by any means; they are refused before anybody runs them.
    for transforms in [
        EXCLUSIVE.to_owned(),
        format!("{EXCLUSIVE}{EXCLUSIVE}"),
        format!("{EXCLUSIVE}{ENVELOPED}"),
        format!("{ENVELOPED}{}", transform("http://www.w3.org/TR/1999/REC-xslt-19991116", "<a/>")),
        format!("{ENVELOPED}{}{EXCLUSIVE}", transform("http://www.w3.org/2002/06/xmldsig-filter2", "<a/>")),
        format!("{ENVELOPED}{}", transform("http://www.w3.org/2000/09/xmldsig#base64", "")),
    ] {
        let xml = changed(&with(format!("{ENVELOPED}{EXCLUSIVE}")), &format!("{ENVELOPED}{EXCLUSIVE}"), &transforms);
        assert_eq!(refused(&xml), SamlRefused::SignatureForm("its transforms"), "{transforms}");
    }
    for canonicalization in [inclusive, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"] {
        let xml = signed(corpus!("plain"), &Template { canonicalization, ..Template::default() });
        assert!(library_believes(&xml), "{canonicalization}");
        assert_eq!(refused(&xml), SamlRefused::SignatureForm("its canonicalization"));
    }
}

#[test]
fn signatures_of_other_parts_are_refused() {
    let parts = SamlRefused::SignatureForm("it has other parts");
    let second = format!(
        "<ds:Reference URI=\"#{}\"><ds:Transforms>{ENVELOPED}{EXCLUSIVE}</ds:Transforms><ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue></ds:DigestValue></ds:Reference>",
        id(corpus!("plain"), "ns0:Response")
    );
    let xml = signed(corpus!("plain"), &Template { more: &second, ..Template::default() });
    assert!(library_believes(&xml));
    assert_eq!(refused(&xml), parts);
    for (from, to) in [
        ("</ns2:KeyInfo>", "</ns2:KeyInfo><ns2:Object/>"),
        ("</ns2:SignatureValue>", "</ns2:SignatureValue><ns2:Object/>"),
        ("</ns2:KeyInfo>", "</ns2:KeyInfo><ns2:KeyInfo/>"),
        ("<ns2:SignedInfo>", "<ns2:SignedInfo/><ns2:SignedInfo>"),
        ("<ns2:DigestMethod ", "<ns2:Other "),
    ] {
        let xml = changed(corpus!("assertion_signed"), from, to);
        assert_eq!(refused(&xml), parts, "{to}");
    }
    let xml = changed(corpus!("assertion_signed"), "</ns2:KeyInfo>", "</ns2:KeyInfo><ns2:Object/>");
    assert!(library_believes(&xml));
    // A comment would cut the value that is compared.
    for name in ["ns2:DigestValue", "ns2:SignatureValue"] {
        let value = element(corpus!("assertion_signed"), name);
        let (cut, rest) = value.split_at(value.len() - 30);
        let xml = changed(corpus!("assertion_signed"), value, &format!("{cut}<!-- -->{rest}"));
        assert_eq!(refused(&xml), SamlRefused::SignatureForm("its values"), "{name}");
        let before = value.replacen('>', "><!-- -->", 1);
        let xml = changed(corpus!("assertion_signed"), value, &before);
        assert!(library_believes(&xml), "{name}");
        assert_eq!(refused(&xml), SamlRefused::SignatureForm("its values"), "{name}");
    }
    let xml = changed(corpus!("assertion_signed"), "</ns2:DigestValue>", "<a/></ns2:DigestValue>");
    assert_eq!(refused(&xml), SamlRefused::SignatureForm("its values"));
    let signature = element(corpus!("assertion_signed"), "ns2:Signature");
    let other = signature.replace(" Id=\"", " X=\"");
    let twice = changed(corpus!("assertion_signed"), signature, &format!("{signature}{other}"));
    assert_eq!(refused(&twice), SamlRefused::SignatureForm("an element has two"));
    for (place, to) in [("<ns0:Status>", "<ns0:Status>{}"), ("<ns1:Subject>", "<ns1:Subject>{}"), (">alice<", "><b>{}</b>alice<")] {
        let elsewhere = changed(corpus!("assertion_signed"), place, &to.replace("{}", &other));
        assert_eq!(refused(&elsewhere), SamlRefused::SignatureForm("it stands elsewhere"), "{place}");
    }
}
