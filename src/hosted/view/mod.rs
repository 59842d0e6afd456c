//! What people see of the hosted login: a struct a page, and what its template asks of it. Nothing here decides or reads anything.
//!
//! The forms of all pages are sent by POST to [`Form::action`] with `form_token`; each page's struct names the other fields that its
//! form sends. A button that is one of several sends `choice`. The `id`s of buttons are fixed.
//!
//! SECURITY: everything is escaped by the templates but [`SetUpTotp::qr_svg`], which is ours. No page has a script or a style of its
//! own, nor needs one but those of passkeys.

mod account;
mod field;
mod frame;
mod leave;
mod offer;
mod passkey;
mod second_step;
mod sign_in;

pub use account::{Confirm, Forgot, NewPassword, Reset, SignUp, WhyNew};
pub use field::{Field, FieldKind, NameKind, Rule};
pub use frame::{Form, Frame, Languages, Notice, Scheme};
pub use leave::{Consent, DeviceCode, DeviceDone, DeviceOutcome, FormPost, LoggingOut, Problem, SignedOut};
pub use offer::{Factor, Offer, Provider, ProviderKind};
pub use passkey::{AddPasskey, Passkey};
pub use second_step::{Code, CodeKind, SelectMfa, SetUp, SetUpEmail, SetUpTotp};
pub use sign_in::{ChooseAccount, ChooseFactor, Password, SignIn};

#[cfg(test)]
pub(super) mod samples;
#[cfg(test)]
mod tests;
