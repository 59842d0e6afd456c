//! The secrets of an app client: at most two live at once, so that one is changed for another while both serve.

use std::time::Duration;

use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;

/// How many secrets a client has at most.
///
/// Source: API reference, AddUserPoolClientSecret.
pub const MOST: usize = 2;

/// One secret of an app client.
#[derive(Clone, Debug)]
pub struct ClientSecret {
    /// The secret.
    pub sealed: Sealed<Secret>,
    /// When it was made: no two of a client at once, for its id says so.
    pub created_at: Timestamp,
    /// Whether answers keep it back: whoever brought their own, or was told it once, knows it already.
    pub is_withheld: bool,
}

impl ClientSecret {
    /// `<client id>--<when it was made>`, in milliseconds since the epoch.
    ///
    /// Source: API reference, ClientSecretDescriptorType.
    #[must_use]
    pub fn id(&self, client_id: &ClientId) -> String {
        format!("{client_id}--{}", self.created_at.millis())
    }
}

/// When a secret is made beside these: now, or the first moment after now that is none of theirs.
#[must_use]
pub fn moment_beside(secrets: &[ClientSecret], now: Timestamp) -> Timestamp {
    let mut moment = now;
    while secrets.iter().any(|secret| secret.created_at == moment) {
        moment = moment.plus(Duration::from_millis(1));
    }
    moment
}

/// Why a client's secrets stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretsRefused {
    /// A public client has none, and gets none.
    #[error("the client has no secret")]
    Public,
    /// Clients that registered themselves keep the one that they were told.
    #[error("the client registered itself")]
    Registered,
    /// There are two.
    #[error("the client has as many secrets as it can have")]
    Full,
    /// No secret of that id.
    #[error("no such secret")]
    Unknown,
    /// It is the only one.
    #[error("the last secret of a client stays")]
    Last,
}

/// Whether these take another.
///
/// # Errors
/// [`SecretsRefused::Public`], [`SecretsRefused::Full`].
pub const fn may_add(secrets: &[ClientSecret]) -> Result<(), SecretsRefused> {
    match secrets.len() {
        0 => Err(SecretsRefused::Public),
        count if count < MOST => Ok(()),
        _ => Err(SecretsRefused::Full),
    }
}

/// The one of that id, where the others can do without it.
///
/// # Errors
/// [`SecretsRefused::Unknown`], [`SecretsRefused::Last`].
pub fn may_delete<'a>(secrets: &'a [ClientSecret], client_id: &ClientId, id: &str) -> Result<&'a ClientSecret, SecretsRefused> {
    let found = secrets.iter().find(|secret| secret.id(client_id) == id).ok_or(SecretsRefused::Unknown)?;
    if secrets.len() > 1 { Ok(found) } else { Err(SecretsRefused::Last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(millis: i64) -> ClientSecret {
        ClientSecret { sealed: Sealed::stored(Vec::new()), created_at: Timestamp::from_millis(millis), is_withheld: false }
    }

    #[test]
    fn no_two_secrets_of_a_client_have_one_id() {
        let made = moment_beside(&[secret(5), secret(6)], Timestamp::from_millis(5));
        assert_eq!(made, Timestamp::from_millis(7));
        assert_eq!(moment_beside(&[secret(5)], Timestamp::from_millis(6)), Timestamp::from_millis(6));
    }

    #[test]
    fn there_are_two_at_most_and_one_at_least() {
        let client = ClientId::from("c");
        assert_eq!(may_add(&[]), Err(SecretsRefused::Public));
        assert_eq!(may_add(&[secret(1)]), Ok(()));
        assert_eq!(may_add(&[secret(1), secret(2)]), Err(SecretsRefused::Full));
        assert_eq!(may_delete(&[secret(1)], &client, "c--1").err(), Some(SecretsRefused::Last));
        assert_eq!(may_delete(&[secret(1), secret(2)], &client, "c--3").err(), Some(SecretsRefused::Unknown));
        assert_eq!(may_delete(&[secret(1), secret(2)], &client, "c--2").map(|secret| secret.created_at.millis()), Ok(2));
    }
}
