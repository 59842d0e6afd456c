//! What takes messages away: made once for the worker of a node, by the routes of its settings.

use std::time::Duration;

use super::email::Mailer;
use super::sms::Texter;
use crate::config::Delivery;
use crate::kit::clock::Timestamp;
use crate::userpools::message::Message;

/// A server that takes longer to take a message has not taken it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Why a message did not leave. The reason holds no address and nothing of the message.
#[derive(Debug, thiserror::Error)]
pub enum NotCarried {
    /// It may leave at another try.
    #[error("{0}")]
    Later(String),
    /// It never will.
    #[error("{0}")]
    Never(String),
}

/// A message on its way out.
pub struct Parcel<'a> {
    /// What the servers that take it know it by: of two that they take, one is the other again.
    pub id: &'a str,
    /// The message.
    pub message: &'a Message,
    /// Whom its pool has email come from, in place of the deployment's sender.
    pub from: Option<&'a str>,
    /// Where its pool has answers to email go.
    pub reply_to: Option<&'a str>,
    /// When it leaves.
    pub now: Timestamp,
}

/// What takes messages away.
pub struct Carriers {
    email: Option<Mailer>,
    sms: Option<Texter>,
}

impl Carriers {
    /// Carriers by these routes.
    ///
    /// # Errors
    /// A mail server's address that does not serve.
    pub fn of(delivery: &Delivery) -> Result<Self, String> {
        let email = delivery.email.as_ref().map(Mailer::of).transpose()?;
        Ok(Self { email, sms: delivery.sms.as_ref().map(Texter::of) })
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// [`NotCarried`].
    pub(super) async fn carry(&self, parcel: &Parcel<'_>) -> Result<(), NotCarried> {
        let no_route = || NotCarried::Never("nothing delivers such messages any more".to_owned());
        match parcel.message.channel.as_str() {
            "email" => self.email.as_ref().ok_or_else(no_route)?.carry(parcel).await,
            _ => self.sms.as_ref().ok_or_else(no_route)?.carry(parcel).await,
        }
    }
}
