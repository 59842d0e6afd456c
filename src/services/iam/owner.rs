//! The user that an access-key operation is about, the limits of inline policies, and tags.

use std::collections::HashSet;

use super::errors::Error;
use crate::context::Context;
use crate::iam::caller::Caller;
use crate::iam::entity::{Tag, User};
use crate::policy::{self, PolicyKind};
use crate::store::{self, Conn};

/// Inline policies of one user, together, without blanks (IAM user guide, "IAM quotas").
pub const USER_POLICY_CHARACTERS: usize = 2048;

/// Inline policies of one role, together, without blanks.
pub const ROLE_POLICY_CHARACTERS: usize = 10_240;

const MAX_TAGS: usize = 50;

/// The unique id of the named user; without a name, the caller's own.
pub async fn owner_id(cx: &Context, tx: &mut Conn, user_name: Option<&str>) -> Result<(String, Option<User>), Error> {
    match (user_name, &cx.caller) {
        (Some(name), _) => {
            let user = store::iam::find_user(tx, &cx.account_id, name).await?.ok_or_else(|| no_user(name))?;
            Ok((user.id.clone(), Some(user)))
        }
        (None, Caller::User(user)) => Ok((user.id.clone(), Some(user.clone()))),
        (None, Caller::Root { account_id }) => Ok((account_id.clone(), None)),
        (None, Caller::Session(_) | Caller::Anonymous) => {
            Err(Error::Missing("Must specify userName when calling with non-User credentials".to_owned()))
        }
    }
}

/// No user of that name.
pub fn no_user(name: &str) -> Error {
    Error::NoSuchEntity(format!("The user with name {name} cannot be found."))
}

/// Sets an inline policy, if it is one and the owner's policies stay within their bound together.
pub async fn put_inline_policy(
    cx: &Context,
    tx: &mut Conn,
    owner_id: &str,
    (name, document): (&str, &str),
    (bound, owner): (usize, &str),
) -> Result<(), Error> {
    policy::parse_as(document, PolicyKind::Identity)?;
    let others = store::iam::policies(tx, &cx.account_id, owner_id).await?;
    let counted = |text: &str| text.chars().filter(|character| !character.is_whitespace()).count();
    let total = counted(document) + others.iter().filter(|(other, _)| *other != name).map(|(_, text)| counted(text)).sum::<usize>();
    if total > bound {
        return Err(Error::LimitExceeded(format!("Maximum policy size of {bound} bytes exceeded for {owner}")));
    }
    store::iam::put_policy(tx, &cx.account_id, owner_id, name, document).await?;
    Ok(())
}

/// At most 50 tags, keys unique regardless of case.
pub fn check_tags(tags: &[Tag]) -> Result<(), Error> {
    let mut keys = HashSet::new();
    if tags.len() > MAX_TAGS {
        return Err(Error::LimitExceeded("The number of tags has reached the maximum limit.".to_owned()));
    }
    if tags.iter().any(|tag| tag.key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(Error::InvalidInput("Tag keys that begin with aws: are reserved.".to_owned()));
    }
    if tags.iter().any(|tag| !keys.insert(tag.key.to_lowercase())) {
        return Err(Error::InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.".to_owned()));
    }
    Ok(())
}
