//! What things become, and how that is counted.

use super::*;

fn user() -> UserImage {
    UserImage {
        username: "alice".to_owned(),
        status: "CONFIRMED".to_owned(),
        enabled: true,
        attributes: BTreeMap::new(),
        password: Some(password("old")),
        sealed_imported_hash: None,
        password_generation: 1,
        former_passwords: Vec::new(),
        mfa: MfaPreference::default(),
        sealed_totp_seed: None,
        totp_device_name: None,
        totp_last_step: None,
        factor_generation: 3,
        created_at: 1,
    }
}

fn password(hash: &str) -> PasswordImage {
    PasswordImage {
        hash: hash.to_owned(),
        sealed_srp_verifier: "dg==".to_owned(),
        srp_name: "alice".to_owned(),
        temporary_until: None,
        set_at: 1,
    }
}

fn becomes(then: &UserImage, newest: &UserImage) -> UserImage {
    let image = |user: &UserImage| Image::User(Box::new(user.clone()));
    match restored(Some(image(then)), Some(&image(newest))) {
        Some(Image::User(user)) => *user,
        _ => panic!(),
    }
}

#[test]
fn a_user_becomes_what_they_were_but_for_what_does_not_go_back() {
    let was = UserImage { status: "FORCE_CHANGE_PASSWORD".to_owned(), enabled: false, ..user() };
    let same_password = UserImage { attributes: [("name".to_owned(), "x".to_owned())].into(), totp_last_step: Some(7), ..user() };
    assert!(becomes(&was, &same_password) == UserImage { totp_last_step: Some(7), ..was.clone() });
    let changed = UserImage { password: Some(password("new")), password_generation: 2, ..same_password.clone() };
    let kept = becomes(&was, &changed);
    assert!(kept.password == changed.password && kept.password_generation == 2 && kept.status == "CONFIRMED" && !kept.enabled);
    let called_in = UserImage { status: "RESET_REQUIRED".to_owned(), ..user() };
    assert_eq!(becomes(&user(), &called_in).status, "RESET_REQUIRED");
    let with_seed = UserImage { sealed_totp_seed: Some("cw==".to_owned()), ..user() };
    let put_back = becomes(&with_seed, &user());
    assert!(put_back.sealed_totp_seed == with_seed.sealed_totp_seed && put_back.factor_generation == 4, "sessions begin anew");
}

#[test]
fn a_passkey_counts_on() {
    let passkey = |sign_count| {
        let uses = PasskeyUses { sign_count, is_backed_up: false, last_used_at: None };
        Image::Passkey(PasskeyImage {
            user_id: "a".into(),
            relying_party_id: "example.com".to_owned(),
            public_key: vec![1],
            is_backup_eligible: false,
            friendly_name: "k".to_owned(),
            attachment: None,
            transports: Vec::new(),
            created_at: 1,
            uses,
        })
    };
    assert!(restored(Some(passkey(1)), Some(&passkey(9))) == Some(passkey(9)));
    assert!(restored(Some(passkey(1)), None) == Some(passkey(1)) && restored(None, Some(&passkey(1))).is_none());
}

#[test]
fn things_are_read_as_they_were_written() {
    let key = IdentityKey { provider: "a \"b\"".to_owned(), attribute: "c\nd".to_owned(), value: "é".to_owned() };
    for thing in [
        Thing::Name("a b".to_owned()),
        Thing::Identity(key),
        Thing::Group("g h".to_owned()),
        Thing::User("0123abcd-4567-4abc-8def-0123456789ab".into()),
        Thing::Member { user_id: "0123abcd-4567-4abc-8def-0123456789ab".into(), group: "g h".to_owned() },
        Thing::Passkey("AAAA".to_owned()),
    ] {
        assert_eq!(Thing::parse(thing.kind(), &thing.text()), Some(thing));
    }
    assert_eq!(Thing::parse(Kind::Identity, "x").or_else(|| Thing::parse(Kind::Member, "x")), None);
    let kinds: Vec<Kind> = std::iter::successors(Some(Kind::Name), |kind| kind.next()).collect();
    assert_eq!(kinds, Kind::ALL);
}

#[test]
fn what_changes_is_counted_once() {
    let mut tally = Tally::default();
    let image = |user: UserImage| Image::User(Box::new(user));
    let alice = Thing::User("a".into());
    let with_factor = UserImage { sealed_totp_seed: Some("cw==".to_owned()), ..user() };
    let renamed = UserImage { attributes: [("name".to_owned(), "x".to_owned())].into(), ..user() };
    for (becomes, is) in [
        (Some(user()), None),
        (None, Some(with_factor.clone())),
        (Some(renamed), Some(user())),
        (Some(user()), Some(with_factor.clone())),
        (Some(user()), Some(user())),
        (Some(with_factor), Some(user())),
        (None, None),
    ] {
        tally.count(&alice, becomes.map(image).as_ref(), is.map(image).as_ref());
    }
    let group = |description: &str| {
        Image::Group(GroupImage { description: Some(description.to_owned()), role_arn: None, precedence: None, created_at: 1 })
    };
    tally.count(&Thing::Group("updated".to_owned()), Some(&group("a")), Some(&group("b")));
    tally.count(&Thing::Group("same".to_owned()), Some(&group("a")), Some(&group("a")));
    for name in ["updated", "members", "members"] {
        let member = Thing::Member { user_id: "a".into(), group: name.to_owned() };
        tally.count(&member, Some(&Image::Member), None);
    }
    let preview = tally.preview();
    assert_eq!(preview.users, Counts { created: 1, updated: 1, deleted: 1 });
    assert_eq!(preview.user_mfas, Counts { created: 1, updated: 0, deleted: 2 });
    assert_eq!(preview.groups, Counts { created: 0, updated: 2, deleted: 0 });
}

#[test]
fn an_image_tells_nothing_but_its_kind() {
    assert_eq!(format!("{:?}", Image::User(Box::new(user()))), "Image of a user");
}
