//! The names of a pool's users: each belongs to one user, whatever it is to them.

use super::{Conn, StoreError, user_data};
use crate::kit::id::{UserId, UserPoolId};
use crate::userpools::name::{NameKind, NewName};
use crate::userpools::user_data::Thing;

/// Gives a user a name that nobody else has; `false` if somebody does. Of two who take one at once, one gets it.
///
/// # Errors
/// [`StoreError`].
pub async fn take(tx: &mut Conn, pool_id: &UserPoolId, name: &NewName, kind: NameKind, user_id: &UserId) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO user_names (pool_id, name_key, user_id, kind) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (pool_id, name_key) DO NOTHING";
    const OWNER: &str = "SELECT user_id FROM user_names WHERE pool_id = $1 AND name_key = $2";
    if execute!(tx, SQL, [pool_id, name.as_str(), user_id, kind.as_str()])? == 1 {
        user_data::keep_new(tx, pool_id, &thing(name.as_str())).await?;
        return Ok(true);
    }
    Ok(scalar!(tx, fetch_optional, UserId, OWNER, [pool_id, name.as_str()])?.as_ref() == Some(user_id))
}

fn thing(name: &str) -> Thing {
    Thing::Name(name.to_owned())
}

/// Whose name it is.
///
/// # Errors
/// [`StoreError`].
pub async fn owner(tx: &mut Conn, pool_id: &UserPoolId, name: &NewName) -> Result<Option<UserId>, StoreError> {
    const SQL: &str = "SELECT user_id FROM user_names WHERE pool_id = $1 AND name_key = $2";
    scalar!(tx, fetch_optional, UserId, SQL, [pool_id, name.as_str()])
}

/// Gives a user an address that is another's; `false` if it is that other's by anything but their address, which nobody takes from
/// them.
///
/// # Errors
/// [`StoreError`].
pub async fn take_over(tx: &mut Conn, pool_id: &UserPoolId, name: &NewName, kind: NameKind, user_id: &UserId) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE user_names SET user_id = $3 WHERE pool_id = $1 AND name_key = $2 AND kind = $4";
    user_data::keep(tx, pool_id, &thing(name.as_str())).await?;
    Ok(execute!(tx, SQL, [pool_id, name.as_str(), user_id, kind.as_str()])? == 1)
}

/// Takes from a user what names of a kind they have beside this one.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_others(tx: &mut Conn, pool_id: &UserPoolId, name: &NewName, kind: NameKind, user_id: &UserId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM user_names WHERE pool_id = $1 AND user_id = $2 AND kind = $3 AND name_key <> $4";
    for other in of_user(tx, pool_id, user_id).await? {
        if other.1 == kind.as_str() && other.0 != name.as_str() {
            user_data::keep(tx, pool_id, &Thing::Name(other.0)).await?;
        }
    }
    execute!(tx, SQL, [pool_id, user_id, kind.as_str(), name.as_str()]).map(drop)
}

/// Takes from a user what names of a kind they have; `false` if they have none.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tx: &mut Conn, pool_id: &UserPoolId, kind: NameKind, user_id: &UserId) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM user_names WHERE pool_id = $1 AND user_id = $2 AND kind = $3";
    for (name, _) in of_user(tx, pool_id, user_id).await?.into_iter().filter(|(_, found)| found == kind.as_str()) {
        user_data::keep(tx, pool_id, &Thing::Name(name)).await?;
    }
    Ok(execute!(tx, SQL, [pool_id, user_id, kind.as_str()])? > 0)
}

/// Keeps the names of a user who is about to be deleted.
pub(super) async fn keep_all(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    for (name, _) in of_user(tx, pool_id, user_id).await? {
        user_data::keep(tx, pool_id, &Thing::Name(name)).await?;
    }
    Ok(())
}

/// A user's names, of which they have one of a kind, and for a moment two.
async fn of_user(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "SELECT name_key, kind FROM user_names WHERE pool_id = $1 AND user_id = $2 ORDER BY name_key LIMIT 100";
    fetch!(tx, fetch_all, (String, String), SQL, [pool_id, user_id])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;
    use crate::store::template::TestDatabase;
    use crate::userpools::name::{CanonicalName, Capitals};

    fn name(text: &str) -> NewName {
        CanonicalName::of(text, Capitals::Ignored).unwrap().takeable().unwrap()
    }

    async fn write<T>(db: &Db, body: impl AsyncFn(&mut Conn) -> Result<T, StoreError>) -> T {
        db.write(body).await.unwrap()
    }

    #[actix_web::test]
    async fn a_name_is_one_users_whatever_kind_it_is() {
        use NameKind::{Email, PhoneNumber, PreferredUsername, Username};
        let database = TestDatabase::new().await;
        let db = Db::open(&database.url, 4).await.unwrap();
        write(&db, async |tx| {
            assert!(take(tx, &"pool".into(), &name("alice"), Username, &"a".into()).await?);
            assert!(take(tx, &"pool".into(), &name("Alice"), Email, &"a".into()).await?, "it is hers already");
            for kind in [Username, Email, PhoneNumber, PreferredUsername] {
                assert!(!take(tx, &"pool".into(), &name("ALICE"), kind, &"b".into()).await?, "{kind:?}");
            }
            assert!(!take_over(tx, &"pool".into(), &name("alice"), Email, &"b".into()).await?, "a username is never taken over");
            assert!(take(tx, &"pool".into(), &name("ally"), PreferredUsername, &"a".into()).await?);
            assert!(!take_over(tx, &"pool".into(), &name("ally"), Email, &"b".into()).await?, "nor what nobody proves");
            assert!(take(tx, &"another pool".into(), &name("alice"), Username, &"b".into()).await?);
            assert!(take(tx, &"pool".into(), &name("a@x.example"), Email, &"a".into()).await?);
            assert!(take_over(tx, &"pool".into(), &name("A@x.example"), Email, &"b".into()).await?);
            assert!(!take(tx, &"pool".into(), &name("a@x.example"), Email, &"a".into()).await?);
            assert!(take(tx, &"pool".into(), &name("b@x.example"), Email, &"b".into()).await?);
            drop_others(tx, &"pool".into(), &name("b@x.example"), Email, &"b".into()).await?;
            assert!(take(tx, &"pool".into(), &name("a@x.example"), Email, &"a".into()).await?, "b gave it up for another");
            Ok(())
        })
        .await;
    }

    #[actix_web::test]
    async fn of_many_who_take_a_name_at_once_one_gets_it() {
        let database = TestDatabase::new().await;
        let db = Db::open(&database.url, 8).await.unwrap();
        let takers =
            (0..8).map(|number| {
                let (db, user) = (db.clone(), format!("user {number}"));
                async move {
                    write(&db, async |tx| take(tx, &"pool".into(), &name("alice"), NameKind::Username, &user.as_str().into()).await).await
                }
            });
        let taken = futures_util::future::join_all(takers).await;
        assert_eq!(taken.into_iter().filter(|taken| *taken).count(), 1);
    }
}
