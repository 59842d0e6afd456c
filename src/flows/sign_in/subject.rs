//! Whom a sign-in is for: a user, or nobody, who is answered like one.

use crate::context::App;
use crate::crypto::digest::hex;
use crate::crypto::ids;
use crate::kit::id::{UserId, UserPoolId};
use crate::store::attempts::Target;
use crate::store::tokens::TokenFamily;
use crate::userpools::pool::Pool;
use crate::userpools::user::{User, srp_name};

/// Whom a name names. All that is told or counted before the password is proven is of the same form for both.
pub struct Subject {
    /// The user, if there is one.
    pub user: Option<User>,
    /// Their `sub`; for nobody a UUID that stays the same for each form of the name.
    pub id: UserId,
    /// What tries are counted by.
    pub target: Target,
    /// USER_ID_FOR_SRP.
    pub srp_name: String,
}

impl Subject {
    /// Whom `name` names, given who was found by it.
    pub fn named(app: &App, pool: &Pool, name: &str, user: Option<User>) -> Self {
        let canonical = pool.one_form(name);
        // Derived for users too: the same work.
        let nobody = nobodys_id(app, pool, &canonical);
        let id = user.as_ref().map_or(nobody, |user| user.id.clone());
        let stored = user.as_ref().and_then(|user| user.password.as_ref()).map(|password| password.srp_name.clone());
        Self {
            target: target(app, &pool.id, user.as_ref().map_or(&canonical, |user| user.id.as_str())),
            srp_name: stored.unwrap_or_else(|| srp_name(pool, &id, user.as_ref().map_or(&canonical, |user| &user.username))),
            id,
            user,
        }
    }
}

/// Whether a sign-in is a user's, and goes on.
#[must_use]
pub fn is_live(family: &TokenFamily, user_id: &UserId) -> bool {
    family.user_id == *user_id && family.revoked_at.is_none()
}

/// What a user's tries are counted by.
#[must_use]
pub fn attempts_of(app: &App, user: &User) -> Target {
    target(app, &user.pool_id, user.id.as_str())
}

fn target(app: &App, pool_id: &UserPoolId, whom: &str) -> Target {
    Target::hashed(hex(&app.keys.nobody.keyed_hash(&["attempts", pool_id.as_str(), whom])))
}

fn nobodys_id(app: &App, pool: &Pool, canonical: &str) -> UserId {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(app.keys.nobody.keyed_hash(&["sub", pool.id.as_str(), canonical])).for_each(|(to, from)| *to = from);
    ids::uuid_of(bytes).into()
}
