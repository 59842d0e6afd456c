//! What a point-in-time recovery restores: users, their names, factors and groups, as images of what they were, and what becomes
//! of each. What was revoked or used up since is in none of them, but for what a user proves themselves by, which never goes back
//! to a password that another has replaced.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::group::Group;
use super::linked_identity::{IdentityKey, LinkedIdentity};
use super::point_in_time::{Counts, Preview};
use super::user::{MfaPreference, User, UserStatus};
use super::web_authn::WebAuthnCredential;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserId;

/// A kind of what is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// Whose a name is.
    Name,
    /// Whom a provider knows by something.
    Identity,
    /// A group.
    Group,
    /// A user: profile, password, choice of MFA and authenticator.
    User,
    /// That a user is in a group.
    Member,
    /// A passkey.
    Passkey,
}

impl Kind {
    /// All of them, in the order in which they are restored: a user who comes back has their names by then, and one who leaves
    /// takes no name along that is another's.
    pub const ALL: [Self; 6] = [Self::Name, Self::Identity, Self::Group, Self::User, Self::Member, Self::Passkey];

    /// As rows have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Identity => "identity",
            Self::Group => "group",
            Self::User => "user",
            Self::Member => "member",
            Self::Passkey => "passkey",
        }
    }

    /// The kind that is restored after this one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind > self)
    }
}

/// One of what is restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A name, in its one form.
    Name(String),
    /// What a provider knows a user by.
    Identity(IdentityKey),
    /// A group, by its name.
    Group(String),
    /// A user.
    User(UserId),
    /// A user in a group.
    Member {
        /// The user.
        user_id: UserId,
        /// The group's name.
        group: String,
    },
    /// A passkey, by its id.
    Passkey(String),
}

impl Thing {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Name(_) => Kind::Name,
            Self::Identity(_) => Kind::Identity,
            Self::Group(_) => Kind::Group,
            Self::User(_) => Kind::User,
            Self::Member { .. } => Kind::Member,
            Self::Passkey(_) => Kind::Passkey,
        }
    }

    /// What it is told from others of its kind by.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Name(name) | Self::Group(name) | Self::Passkey(name) => name.clone(),
            Self::User(user_id) => user_id.to_string(),
            // A `sub` has no space.
            Self::Member { user_id, group } => format!("{user_id} {group}"),
            Self::Identity(IdentityKey { provider, attribute, value }) => serde_json::json!([provider, attribute, value]).to_string(),
        }
    }

    /// The thing that has this text; `None` for what is no such text.
    #[must_use]
    pub fn parse(kind: Kind, text: &str) -> Option<Self> {
        Some(match kind {
            Kind::Name => Self::Name(text.to_owned()),
            Kind::Group => Self::Group(text.to_owned()),
            Kind::Passkey => Self::Passkey(text.to_owned()),
            Kind::User => Self::User(text.into()),
            Kind::Member => {
                let (user_id, group) = text.split_once(' ')?;
                Self::Member { user_id: user_id.into(), group: group.to_owned() }
            }
            Kind::Identity => {
                let (provider, attribute, value) = serde_json::from_str(text).ok()?;
                Self::Identity(IdentityKey { provider, attribute, value })
            }
        })
    }
}

/// What a thing was, or is. What rests sealed is in it as it rests, bound to its user by what it is sealed for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Image {
    /// A name.
    Name(NameImage),
    /// What a provider knows a user by.
    Identity(IdentityImage),
    /// A group.
    Group(GroupImage),
    /// A user.
    User(Box<UserImage>),
    /// That a user is in a group: nothing else is to be said of it.
    Member,
    /// A passkey.
    Passkey(PasskeyImage),
}

impl Image {
    /// The kind of thing that it is of.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Name(_) => Kind::Name,
            Self::Identity(_) => Kind::Identity,
            Self::Group(_) => Kind::Group,
            Self::User(_) => Kind::User,
            Self::Member => Kind::Member,
            Self::Passkey(_) => Kind::Passkey,
        }
    }
}

/// It holds people's data and their hashes.
impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image of a {}", self.kind().as_str())
    }
}

/// A name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameImage {
    /// Whose it is.
    pub user_id: UserId,
    /// What it is to them: a word of `NameKind`.
    pub kind: String,
}

/// What a provider knows a user by.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityImage {
    /// Whom.
    pub user_id: UserId,
    /// The provider's type.
    pub provider_type: String,
    /// The entity id of a SAML provider.
    pub issuer: Option<String>,
    /// Whether the user was made of it.
    pub is_primary: bool,
    /// Milliseconds.
    pub created_at: i64,
}

impl IdentityImage {
    /// Of an identity.
    #[must_use]
    pub fn of(identity: LinkedIdentity) -> Self {
        let LinkedIdentity { key: _, user_id, provider_type, issuer, is_primary, created_at } = identity;
        Self { user_id, provider_type, issuer, is_primary, created_at: created_at.millis() }
    }
}

/// A group. When it was last changed is not restored: it is changed by that.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupImage {
    /// What it is for.
    pub description: Option<String>,
    /// The role that its members prefer.
    pub role_arn: Option<String>,
    /// The lower takes precedence.
    pub precedence: Option<i64>,
    /// Milliseconds.
    pub created_at: i64,
}

impl GroupImage {
    /// Of a group.
    #[must_use]
    pub fn of(group: Group) -> Self {
        let Group { pool_id: _, name: _, description, role_arn, precedence, created_at, modified_at: _ } = group;
        Self { description, role_arn, precedence, created_at: created_at.millis() }
    }
}

/// A passkey.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyImage {
    /// Whose it is.
    pub user_id: UserId,
    /// The domain that it was made for.
    pub relying_party_id: String,
    /// A COSE key.
    pub public_key: Vec<u8>,
    /// Whether it can be backed up.
    pub is_backup_eligible: bool,
    /// What it is called.
    pub friendly_name: String,
    /// Where it is, as the browser said.
    pub attachment: Option<String>,
    /// How browsers reach it.
    pub transports: Vec<String>,
    /// Milliseconds.
    pub created_at: i64,
    /// What its uses leave: they are no changes, and do not go back.
    pub uses: PasskeyUses,
}

/// What the uses of a passkey leave.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyUses {
    /// How often its authenticator had signed.
    pub sign_count: u32,
    /// Whether it was backed up.
    pub is_backed_up: bool,
    /// Milliseconds.
    pub last_used_at: Option<i64>,
}

impl PasskeyImage {
    /// Of a passkey.
    #[must_use]
    pub fn of(credential: WebAuthnCredential) -> Self {
        Self {
            user_id: credential.user_id,
            relying_party_id: credential.relying_party_id,
            public_key: credential.public_key,
            is_backup_eligible: credential.is_backup_eligible,
            friendly_name: credential.friendly_name,
            attachment: credential.attachment,
            transports: credential.transports,
            created_at: credential.created_at.millis(),
            uses: PasskeyUses {
                sign_count: credential.sign_count,
                is_backed_up: credential.is_backed_up,
                last_used_at: credential.last_used_at.map(Timestamp::millis),
            },
        }
    }
}

/// A user.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserImage {
    /// The name.
    pub username: String,
    /// Where the user stood: a word of [`UserStatus`].
    pub status: String,
    /// Whether they might sign in.
    pub enabled: bool,
    /// Their attributes.
    pub attributes: BTreeMap<String, String>,
    /// What their password is checked by.
    pub password: Option<PasswordImage>,
    /// The hash that they brought along from elsewhere, sealed: base64.
    pub sealed_imported_hash: Option<String>,
    /// Which password that is.
    pub password_generation: i64,
    /// Hashes of the passwords before, by generation; of a user who was deleted only.
    pub former_passwords: Vec<(i64, String)>,
    /// What they chose of MFA.
    pub mfa: MfaPreference,
    /// Their authenticator's seed, sealed: base64.
    pub sealed_totp_seed: Option<String>,
    /// What they call its device.
    pub totp_device_name: Option<String>,
    /// The last step whose code was accepted.
    pub totp_last_step: Option<i64>,
    /// Which second factors they have.
    pub factor_generation: i64,
    /// Milliseconds.
    pub created_at: i64,
}

/// What a password is checked by.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordImage {
    /// argon2id.
    pub hash: String,
    /// For SRP, sealed: base64.
    pub sealed_srp_verifier: String,
    /// The name that SRP's hashes take.
    pub srp_name: String,
    /// Until when a temporary one is accepted: milliseconds.
    pub temporary_until: Option<i64>,
    /// Milliseconds.
    pub set_at: i64,
}

impl UserImage {
    /// Of a user, and the hash that they brought along.
    #[must_use]
    pub fn of(user: User, sealed_imported_hash: Option<String>) -> Self {
        let password = user.password.map(|password| PasswordImage {
            hash: password.hash.as_str().to_owned(),
            sealed_srp_verifier: password.sealed_srp_verifier.to_text(),
            srp_name: password.srp_name,
            temporary_until: password.temporary_until.map(Timestamp::millis),
            set_at: password.set_at.millis(),
        });
        Self {
            username: user.username,
            status: user.status.as_str().to_owned(),
            enabled: user.enabled,
            attributes: user.attributes,
            password,
            sealed_imported_hash,
            password_generation: user.password_generation.number(),
            former_passwords: Vec::new(),
            mfa: user.mfa,
            sealed_totp_seed: user.sealed_totp_seed.map(|seed| seed.to_text()),
            totp_device_name: user.totp_device_name,
            totp_last_step: user.totp_last_step,
            factor_generation: user.factor_generation.number(),
            created_at: user.created_at.millis(),
        }
    }

    /// The user who was this at the moment of the recovery, and whom `newest` is the last that is known of.
    ///
    /// A password that was replaced, taken away or called in stays so, and the status that says so stays with it: "Users who
    /// changed their password after the recovery point keep their current password." Whoever answered half a sign-in with factors
    /// that change by this begins anew.
    ///
    /// Source: Amazon Cognito API reference, InitiatePointInTimeRecovery.
    fn restored(self, newest: &Self) -> Self {
        let keeps = self.password_generation != newest.password_generation || newest.status == UserStatus::ResetRequired.as_str();
        let factor_generation = newest.factor_generation + i64::from(!self.has_factors_of(newest));
        Self {
            status: if keeps { newest.status.clone() } else { self.status },
            password: newest.password.clone(),
            sealed_imported_hash: newest.sealed_imported_hash.clone(),
            password_generation: newest.password_generation,
            former_passwords: newest.former_passwords.clone(),
            totp_last_step: newest.totp_last_step,
            factor_generation,
            ..self
        }
    }

    /// Whether the settings of MFA are the same.
    #[must_use]
    pub fn has_factors_of(&self, other: &Self) -> bool {
        (self.mfa, &self.sealed_totp_seed, &self.totp_device_name) == (other.mfa, &other.sealed_totp_seed, &other.totp_device_name)
    }

    fn has_profile_of(&self, other: &Self) -> bool {
        (&self.username, &self.status, self.enabled, &self.attributes) == (&other.username, &other.status, other.enabled, &other.attributes)
    }

    /// Whether there are settings of MFA at all.
    fn has_factors(&self) -> bool {
        self.sealed_totp_seed.is_some() || self.mfa != MfaPreference::default()
    }
}

/// What a thing becomes that was `then` at the moment of the recovery and of which `newest` is the last that is known: what it is,
/// where it is still there. `None` where it is not to be.
#[must_use]
pub fn restored(then: Option<Image>, newest: Option<&Image>) -> Option<Image> {
    match (then?, newest) {
        (Image::User(then), Some(Image::User(newest))) => Some(Image::User(Box::new(then.restored(newest)))),
        (Image::Passkey(then), Some(Image::Passkey(newest))) => Some(Image::Passkey(PasskeyImage { uses: newest.uses.clone(), ..then })),
        (then, _) => Some(then),
    }
}

/// What a recovery changes, counted thing by thing: at the end it is its preview.
#[derive(Default)]
pub struct Tally {
    preview: Preview,
    /// Groups that are changed themselves. A pool has [`super::group::MOST_IN_A_POOL`] at most.
    groups: BTreeSet<String>,
    /// Groups whose members change.
    with_members: BTreeSet<String>,
}

impl Tally {
    /// Counts that a thing becomes this which is that now.
    pub fn count(&mut self, thing: &Thing, becomes: Option<&Image>, is: Option<&Image>) {
        match (thing, becomes, is) {
            (Thing::User(_), becomes, is) => self.count_user(user(becomes), user(is)),
            (Thing::Passkey(_), becomes, is) => self.preview.passkeys.count(becomes, is, |becomes, is| becomes == is),
            (Thing::Group(name), becomes, is) if becomes != is => {
                self.preview.groups.count(becomes, is, |becomes, is| becomes == is);
                self.groups.insert(name.clone());
            }
            (Thing::Member { group, .. }, becomes, is) if becomes.is_some() != is.is_some() => {
                self.with_members.insert(group.clone());
            }
            // Names and identities are told of as their users' profiles.
            (Thing::Group(_) | Thing::Member { .. } | Thing::Name(_) | Thing::Identity(_), _, _) => {}
        }
    }

    fn count_user(&mut self, becomes: Option<&UserImage>, is: Option<&UserImage>) {
        self.preview.users.count(becomes, is, UserImage::has_profile_of);
        let with_factors = |image: &&UserImage| image.has_factors();
        self.preview.user_mfas.count(becomes.filter(with_factors), is.filter(with_factors), UserImage::has_factors_of);
    }

    /// The preview. A group whose members change is a group that is updated.
    #[must_use]
    pub fn preview(mut self) -> Preview {
        let updated = self.with_members.difference(&self.groups).count();
        self.preview.groups.updated += i64::try_from(updated).unwrap_or(i64::MAX);
        self.preview
    }
}

fn user(image: Option<&Image>) -> Option<&UserImage> {
    match image {
        Some(Image::User(user)) => Some(user),
        _ => None,
    }
}

impl Counts {
    fn count<T>(&mut self, becomes: Option<&T>, is: Option<&T>, alike: impl Fn(&T, &T) -> bool) {
        match (becomes, is) {
            (Some(_), None) => self.created += 1,
            (None, Some(_)) => self.deleted += 1,
            (Some(becomes), Some(is)) if !alike(becomes, is) => self.updated += 1,
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}
