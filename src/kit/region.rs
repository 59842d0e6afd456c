//! The form of an AWS region: `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`.

/// Longer than any region's name.
const MAX_LENGTH: usize = 32;

/// Whether a text has the form of a region: words of small letters, and a number at the end. One that AWS has not opened yet
/// is a region too.
#[must_use]
pub fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').take(MAX_LENGTH).collect();
    let Some((number, words)) = words.split_last() else { return false };
    let is_number = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = |word: &&str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    text.len() <= MAX_LENGTH && is_number && words.len() >= 2 && words.iter().all(is_word)
}

/// The region that a host names as AWS's endpoints of a service do: `cognito-idp.us-west-2.amazonaws.com`, or with any other name
/// after the region, and a port.
#[must_use]
pub fn of_host(service: &str, host: &str) -> Option<String> {
    let mut labels = host.splitn(3, '.');
    let (first, region, rest) = (labels.next()?, labels.next()?.to_ascii_lowercase(), labels.next()?);
    (first.eq_ignore_ascii_case(service) && is_region(&region) && !rest.is_empty()).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_a_region_after_its_service() {
        for (host, region) in [
            ("cognito-idp.us-west-2.amazonaws.com", Some("us-west-2")),
            ("Cognito-IDP.EU-West-1.auth.example.com:8443", Some("eu-west-1")),
            ("cognito-idp.eu-west-1.localhost:7277", Some("eu-west-1")),
            ("cognito-idp.eu-west-1", None),
            ("cognito-idp.eu-west-1.", None),
            ("eu-west-1.auth.example.com", None),
            ("cognito-identity.eu-west-1.amazonaws.com", None),
            ("x.cognito-idp.eu-west-1.amazonaws.com", None),
            ("cognito-idp.auth.example.com", None),
            ("cognito-idp", None),
            ("127.0.0.1:7277", None),
            ("[::1]:7277", None),
            ("", None),
        ] {
            assert_eq!(of_host("cognito-idp", host).as_deref(), region, "{host}");
        }
    }

    #[test]
    fn regions_are_words_and_a_number() {
        for region in ["us-east-1", "ap-southeast-5", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1", "il-central-1"] {
            assert!(is_region(region), "{region}");
        }
        let long = format!("us-{}-1", "x".repeat(5_000));
        for text in [
            "",
            "*",
            "us-east",
            "us-east-",
            "us-east-1 ",
            "US-EAST-1",
            "us-east-one",
            "<script>",
            "us_east_1",
            "-1",
            "us-\u{e9}st-1",
            &long,
        ] {
            assert!(!is_region(text), "{text:.40}");
        }
    }
}
