//! English, whose codes and invitations are Amazon Cognito's, to the letter.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "Your verification code",
    code: "Your confirmation code is {####}",
    link_subject: "Your verification link",
    link: "Please click the link below to verify your email address. {##Verify Email##}",
    reset_subject: "Your password reset code",
    reset: "Your password reset code is {####}",
    sign_in_subject: "Your authentication code",
    sign_in: "Your authentication code is {####}",
    invitation_subject: "Your temporary password",
    invitation: "Your username is {username} and temporary password is {####}",
    account_subject: "Your account",
    welcome: "Your username is {username}",
    migrated_email: "Your account is ready. Your username is {username}. Sign in with the password that you have.",
    migrated_sms: "Your account is ready. Your username is {username}.",
    notices: NoticeWords {
        password_changed: "Your password was changed.",
        password_reset: "Your password was reset.",
        authenticator_added: "An authenticator app was added to your account.",
        authenticator_removed: "The authenticator app was removed from your account.",
        second_factors_changed: "The second step of your sign-in was changed.",
        passkey_added: "A passkey was added to your account.",
        passkey_removed: "A passkey was removed from your account.",
        email_changed: "The email address of your account was changed.",
        phone_changed: "The phone number of your account was changed.",
        account: "Account: {username}",
        not_you: "If that was you, there is nothing to do. If not, reset your password now and ask for help where you use this account.",
    },
    risk: RiskWords {
        blocked: "A sign-in to your account was blocked.",
        asked: "A sign-in to your account was asked for a second step.",
        passed: "There was an unusual sign-in to your account.",
        details: "Time: {login-time}\nDevice: {device-name}\nIP address: {ip-address}",
        was_it_you: "If that was you, let us know: {one-click-link-valid}\nIf not, reset your password now and let us know: {one-click-link-invalid}",
        unknown: "unknown",
    },
};
