//! What things are now, as images of them are made.

use crate::kit::id::{UserId, UserPoolId};
use crate::store::{Conn, StoreError, groups, user_identities, user_imports, users, web_authn};
use crate::userpools::user_data::{GroupImage, IdentityImage, Image, NameImage, PasskeyImage, Thing, UserImage};

/// What a thing is now.
///
/// # Errors
/// [`StoreError`].
pub async fn current(tx: &mut Conn, pool_id: &UserPoolId, thing: &Thing) -> Result<Option<Image>, StoreError> {
    const NAME: &str = "SELECT user_id, kind FROM user_names WHERE pool_id = $1 AND name_key = $2";
    const MEMBER: &str = "SELECT CAST(1 AS BIGINT) FROM user_group_members WHERE pool_id = $1 AND group_name = $2 AND user_id = $3";
    Ok(match thing {
        Thing::Name(name) => fetch!(tx, fetch_optional, (UserId, String), NAME, [pool_id, name])?
            .map(|(user_id, kind)| Image::Name(NameImage { user_id, kind })),
        Thing::Identity(key) => user_identities::find(tx, pool_id, key).await?.map(|identity| Image::Identity(IdentityImage::of(identity))),
        Thing::Group(name) => groups::find(tx, pool_id, name).await?.map(|group| Image::Group(GroupImage::of(group))),
        Thing::User(user_id) => match users::find_by_id(tx, pool_id, user_id).await? {
            Some(user) => {
                let hash = user_imports::password(tx, pool_id, user_id).await?;
                Some(Image::User(Box::new(UserImage::of(user, hash.map(|hash| hash.to_text())))))
            }
            None => None,
        },
        Thing::Member { user_id, group } => scalar!(tx, fetch_optional, i64, MEMBER, [pool_id, group, user_id])?.map(|_| Image::Member),
        Thing::Passkey(id) => web_authn::find_by_id(tx, pool_id, id).await?.map(|passkey| Image::Passkey(PasskeyImage::of(passkey))),
    })
}
