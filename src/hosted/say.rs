//! What the pages say of refusals, in the words of their visitor's language. Each is matched without a catch-all, so that a new one
//! must be given its words.

use super::words::Words;
use crate::flows::codes::CodeRefused;
use crate::flows::confirm_sign_up::{ConfirmRefused, ResendRefused};
use crate::flows::failed::Failed;
use crate::flows::new_user::UnfitUser;
use crate::flows::passwords::NewPasswordRefused;
use crate::flows::recover::{ForgotRefused, ResetRefused};
use crate::flows::sign_in::{SessionRefused, SignInRefused};
use crate::flows::sign_up::SignUpRefused;
use crate::flows::software_token::EnrolmentRefused;
use crate::flows::triggers::TriggerRefused;
use crate::kit::causes::Causes;
use crate::store::StoreError;
use crate::userpools::attributes::AttributeRefused;
use crate::userpools::challenge::Barred;
use crate::userpools::password_policy::PasswordRefused;
use crate::userpools::pool::Pool;

/// Of a sign-in.
pub fn sign_in(words: &Words, pool: &Pool, refused: &SignInRefused) -> String {
    let errors = &words.errors;
    match refused {
        SignInRefused::NoSuchUser | SignInRefused::Incorrect | SignInRefused::NoSuchDevice => errors.wrong_login.clone(),
        SignInRefused::Locked | SignInRefused::CodesLocked | SignInRefused::AddressBlocked => errors.too_many_tries.clone(),
        SignInRefused::Barred(barred) => self::barred(words, *barred),
        SignInRefused::Session(SessionRefused::AttemptsExceeded) => errors.too_many_tries.clone(),
        SignInRefused::Session(SessionRefused::Invalid | SessionRefused::Expired | SessionRefused::Used)
        | SignInRefused::NotOffered
        | SignInRefused::NoSuchLevel
        | SignInRefused::LevelReached
        | SignInRefused::Access(_)
        | SignInRefused::NoCustomAuth => errors.page_expired.clone(),
        SignInRefused::WrongCode | SignInRefused::WrongSentCode => errors.code_wrong.clone(),
        SignInRefused::CodeUsed => errors.code_used.clone(),
        SignInRefused::TooManyMessages => errors.too_many_messages.clone(),
        SignInRefused::Password(refused) => password(words, pool, *refused),
        SignInRefused::PasswordReused => errors.password_used.clone(),
        SignInRefused::Attribute(_) => errors.invalid.clone(),
        SignInRefused::Alias(_) => errors.address_taken.clone(),
        SignInRefused::Trigger(refused) => trigger(words, refused),
        SignInRefused::Busy => errors.not_now.clone(),
        // No secret is asked for here, and the client was there when the page began.
        SignInRefused::Secret(_) | SignInRefused::NoSuchClient(_) => errors.failed.clone(),
        SignInRefused::Failed(failed) => self::failed(words, failed),
    }
}

fn barred(words: &Words, barred: Barred) -> String {
    let errors = &words.errors;
    match barred {
        Barred::Disabled => errors.disabled.clone(),
        Barred::NotConfirmed => errors.not_confirmed.clone(),
        Barred::ResetRequired | Barred::TemporaryPasswordExpired => errors.reset_required.clone(),
        Barred::TooRisky | Barred::LevelUnreachable | Barred::FlowDisabled(_) => errors.not_now.clone(),
    }
}

/// Of a password.
pub fn password(words: &Words, pool: &Pool, refused: PasswordRefused) -> String {
    let errors = &words.errors;
    match refused {
        PasswordRefused::TooShort => errors.password_short.with(pool.configuration.policies.password_policy.minimum_length),
        PasswordRefused::TooLong => errors.password_long.with(256),
        PasswordRefused::NoUppercase => errors.password_uppercase.clone(),
        PasswordRefused::NoLowercase => errors.password_lowercase.clone(),
        PasswordRefused::NoNumber => errors.password_number.clone(),
        PasswordRefused::NoSymbol => errors.password_symbol.clone(),
        PasswordRefused::Common => errors.password_common.clone(),
    }
}

/// Of a new password.
pub fn new_password(words: &Words, pool: &Pool, refused: &NewPasswordRefused) -> String {
    match refused {
        NewPasswordRefused::Policy(refused) => password(words, pool, *refused),
        NewPasswordRefused::Reused => words.errors.password_used.clone(),
        NewPasswordRefused::Busy => words.errors.not_now.clone(),
        NewPasswordRefused::Failed(failed) => self::failed(words, failed),
    }
}

/// Of a sign-up; whether it is about the password.
pub fn sign_up(words: &Words, pool: &Pool, refused: &SignUpRefused) -> (String, bool) {
    let errors = &words.errors;
    let text = match refused {
        SignUpRefused::Password(refused) => return (new_password(words, pool, refused), true),
        SignUpRefused::AdministratorsOnly => errors.sign_up_closed.clone(),
        SignUpRefused::Unfit(UnfitUser::Attribute(AttributeRefused::Missing(_))) => errors.required.clone(),
        SignUpRefused::Unfit(_) | SignUpRefused::Passwordless(_) => errors.invalid.clone(),
        SignUpRefused::UsernameExists => errors.name_taken.clone(),
        SignUpRefused::Alias(_) => errors.address_taken.clone(),
        SignUpRefused::AddressIsFull => errors.too_many_messages.clone(),
        SignUpRefused::NoSuchClient(_) => errors.failed.clone(),
        SignUpRefused::Trigger(refused) => trigger(words, refused),
        SignUpRefused::Failed(failed) => self::failed(words, failed),
    };
    (text, false)
}

/// Of a code.
pub fn code(words: &Words, refused: &CodeRefused) -> String {
    let errors = &words.errors;
    match refused {
        CodeRefused::Mismatch => errors.code_wrong.clone(),
        CodeRefused::Expired => errors.code_expired.clone(),
        CodeRefused::TooManyTries => errors.too_many_tries.clone(),
    }
}

/// Of the confirmation of a sign-up.
pub fn confirm(words: &Words, refused: &ConfirmRefused) -> String {
    let errors = &words.errors;
    match refused {
        ConfirmRefused::Code(refused) => code(words, refused),
        ConfirmRefused::NoSuchUser | ConfirmRefused::Name(_) | ConfirmRefused::NotWaiting(_) => errors.code_wrong.clone(),
        ConfirmRefused::Alias(_) => errors.address_taken.clone(),
        ConfirmRefused::Trigger(refused) => trigger(words, refused),
        ConfirmRefused::NoSuchClient(_) => errors.failed.clone(),
        ConfirmRefused::Failed(failed) => self::failed(words, failed),
    }
}

/// Of a code that is to be sent again.
pub fn resend(words: &Words, refused: &ResendRefused) -> String {
    let errors = &words.errors;
    match refused {
        ResendRefused::TooMany => errors.too_many_messages.clone(),
        ResendRefused::Name(_) | ResendRefused::Unwaiting(_) => errors.not_now.clone(),
        ResendRefused::Trigger(refused) => trigger(words, refused),
        ResendRefused::NoSuchClient(_) => errors.failed.clone(),
        ResendRefused::Failed(failed) => self::failed(words, failed),
    }
}

/// Of the code of a forgotten password.
pub fn forgot(words: &Words, refused: &ForgotRefused) -> String {
    let errors = &words.errors;
    match refused {
        ForgotRefused::TooMany => errors.too_many_messages.clone(),
        ForgotRefused::Name(_) => errors.invalid.clone(),
        ForgotRefused::AdministratorsOnly | ForgotRefused::Unrecoverable(_) => errors.not_now.clone(),
        ForgotRefused::Trigger(refused) => trigger(words, refused),
        ForgotRefused::NoSuchClient(_) => errors.failed.clone(),
        ForgotRefused::Failed(failed) => self::failed(words, failed),
    }
}

/// What a refused reset is about.
pub enum ResetWrong {
    /// The code.
    Code(String),
    /// The password.
    Password(String),
    /// Something else.
    Other(String),
}

/// Of a new password by a code.
pub fn reset(words: &Words, pool: &Pool, refused: &ResetRefused) -> ResetWrong {
    let errors = &words.errors;
    match refused {
        ResetRefused::Code(refused) => ResetWrong::Code(code(words, refused)),
        ResetRefused::Password(refused) => ResetWrong::Password(new_password(words, pool, refused)),
        ResetRefused::Name(_) | ResetRefused::Unrecoverable(_) => ResetWrong::Code(errors.code_wrong.clone()),
        ResetRefused::Trigger(refused) => ResetWrong::Other(trigger(words, refused)),
        ResetRefused::NoSuchClient(_) => ResetWrong::Other(errors.failed.clone()),
        ResetRefused::Failed(failed) => ResetWrong::Other(self::failed(words, failed)),
    }
}

/// Of an authenticator that is set up.
pub fn enrolment(words: &Words, refused: &EnrolmentRefused) -> String {
    let errors = &words.errors;
    match refused {
        EnrolmentRefused::Mismatch => errors.code_wrong.clone(),
        EnrolmentRefused::DeviceNameTooLong => errors.invalid.clone(),
        EnrolmentRefused::Session(SessionRefused::AttemptsExceeded) => errors.too_many_tries.clone(),
        EnrolmentRefused::NotOffered | EnrolmentRefused::NoPendingToken | EnrolmentRefused::Session(_) => errors.page_expired.clone(),
        EnrolmentRefused::Barred(barred) => self::barred(words, *barred),
        EnrolmentRefused::Failed(failed) => self::failed(words, failed),
    }
}

/// A function's own words are for the user; what else went wrong with it is for nobody here.
fn trigger(words: &Words, refused: &TriggerRefused) -> String {
    match refused {
        TriggerRefused::Function { message, .. } => message.clone(),
        TriggerRefused::Failed(failed) => self::failed(words, failed),
        TriggerRefused::NotRun { .. } | TriggerRefused::TimedOut(_) | TriggerRefused::Response(_) => {
            tracing::warn!(error = %Causes(refused), "a function of a pool does not let a page go on");
            words.errors.not_now.clone()
        }
    }
}

/// Of our own failure: logged, and told to nobody.
fn failed(words: &Words, failed: &Failed) -> String {
    // The pool is being recovered.
    if StoreError::tells_of_pause(failed) {
        return words.errors.not_now.clone();
    }
    tracing::error!(error = %Causes(failed), "a hosted page failed");
    words.errors.failed.clone()
}
