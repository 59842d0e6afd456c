//! The catalogue holds what the package said, and no bytes make it panic.

use proptest::prelude::*;

use super::*;

#[test]
fn what_everyone_uses_is_there() {
    let catalogue = catalogue();
    let get_object = catalogue.action("S3", "getobject").unwrap();
    assert_eq!(get_object.name().unwrap().to_string(), "GetObject");
    assert_eq!(get_object.access_level(), Some(AccessLevel::Read));
    let types: Vec<String> = get_object.resource_types().filter_map(|(kind, _)| Some(kind.name()?.to_string())).collect();
    assert!(types.contains(&"object".to_owned()), "{types:?}");
    let s3 = catalogue.service("s3").unwrap();
    let arn = s3.resource_types().find(|kind| kind.name().unwrap().is("object")).and_then(ResourceType::arn).unwrap();
    assert_eq!(arn.to_string(), "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
    assert!(s3.is_under_resource_control());
    assert!(catalogue.action("s3", "ListAllMyBuckets").unwrap().is_wildcard_only());
    assert!(catalogue.action("s3", "GetObjekt").is_none() && catalogue.service("").is_none());
}

#[test]
fn keys_have_types_and_variable_parts() {
    let key = |name| catalogue().condition_key(name).unwrap();
    assert_eq!(key("AWS:sourceip").key_type(), Some(KeyType::IpAddress));
    assert!(key("aws:SourceIp").is_global() && !key("s3:prefix").is_global());
    assert!(key("aws:TagKeys").is_multi_valued() && !key("aws:SourceArn").is_multi_valued());
    assert_eq!(key("aws:RequestTag/Team").name().unwrap().to_string(), "aws:RequestTag/${TagKey}");
    assert_eq!(key("s3:ExistingObjectTag/a/b").name().unwrap().to_string(), "s3:ExistingObjectTag/${Key}");
    for name in ["secretsmanager:ResourceTag/Team", "ssm:resourceTag/a/b", "glacier:ResourceTag/Team", "sagemaker:resourcetag/x"] {
        assert!(catalogue().condition_key(name).is_some(), "{name}");
    }
    for name in ["secretsmanager:ResourceTag/", "secretsmanager:Type/x", "secretsmanager:resource/x"] {
        assert!(catalogue().condition_key(name).is_none(), "{name}");
    }
    for name in ["aws:RequestTag/", "aws:RequestTagged/x", "aws:", "", "aws:NoSuchKey"] {
        assert!(catalogue().condition_key(name).is_none(), "{name}");
    }
}

#[test]
fn it_is_whole_and_small() {
    assert!(catalogue().services().count() >= 450);
    assert!(include_bytes!("catalogue.bin").len() < 1_000_000);
    let prefixes: Vec<String> = catalogue().services().map(|service| service.prefix().unwrap().to_string()).collect();
    assert!(prefixes.is_sorted());
    let s3 = catalogue().service("s3").unwrap();
    assert_eq!(s3.actions_matching("GetObjectAc*").count(), 1);
    assert_eq!(s3.actions_matching("*").count(), s3.actions().count());
    assert!(catalogue().global_condition_keys().count() > 50);
}

/// Run by `node tests/catalogue/generate.mjs --check`, which writes down every name of the package.
#[test]
#[ignore = "needs the list of names that the generator writes"]
fn every_name_of_the_source_is_found() {
    let names = std::fs::read_to_string(std::env::var("CATALOGUE_NAMES").unwrap()).unwrap();
    assert!(names.lines().count() > 20_000);
    for line in names.lines() {
        let (kind, name) = line.split_once(' ').unwrap();
        let found = match kind {
            "action" => name.split_once(':').and_then(|(prefix, name)| catalogue().action(prefix, name)).is_some(),
            "key" => catalogue().condition_key(name).is_some_and(|key| key.name().unwrap().is(name)),
            _ => {
                let mut parts = name.splitn(3, '\t');
                let service = catalogue().service(parts.next().unwrap()).unwrap();
                let (name, arn) = (parts.next().unwrap(), parts.next().unwrap());
                service.resource_types().any(|kind| kind.name().unwrap().is(name) && kind.arn().unwrap().to_string() == arn)
            }
        };
        assert!(found, "{line}");
    }
}

fn read_everything(catalogue: Catalogue) {
    catalogue.service("s3").into_iter().chain(catalogue.services().take(50)).for_each(|service| {
        service.actions_matching("G*").take(50).for_each(|action| {
            let _ = (action.access_level(), action.condition_keys().count());
            action.resource_types().for_each(|(kind, _)| drop(kind.arn().map(|arn| arn.to_string())));
        });
    });
    let _ = (catalogue.condition_key("aws:RequestTag/x"), catalogue.global_condition_keys().count());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_everything(Catalogue::over(&bytes));
    }

    #[test]
    fn a_spoilt_catalogue_is_read(at in 0usize..500_000, byte in any::<u8>(), header in 0usize..52, cut in 0usize..600_000) {
        let mut bytes = include_bytes!("catalogue.bin").to_vec();
        bytes.truncate(cut);
        for place in [at, header] {
            if let Some(spoilt) = bytes.get_mut(place) {
                *spoilt = byte;
            }
        }
        read_everything(Catalogue::over(&bytes));
    }
}
