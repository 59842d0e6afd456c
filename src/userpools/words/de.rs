//! German.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "Ihr Bestätigungscode",
    code: "Ihr Bestätigungscode lautet {####}",
    link_subject: "Ihr Bestätigungslink",
    link: "Bitte klicken Sie auf den folgenden Link, um Ihre E-Mail-Adresse zu bestätigen. {##E-Mail-Adresse bestätigen##}",
    reset_subject: "Ihr Code zum Zurücksetzen des Passworts",
    reset: "Ihr Code zum Zurücksetzen des Passworts lautet {####}",
    sign_in_subject: "Ihr Anmeldecode",
    sign_in: "Ihr Anmeldecode lautet {####}",
    invitation_subject: "Ihr vorläufiges Passwort",
    invitation: "Ihr Benutzername lautet {username}, Ihr vorläufiges Passwort {####}",
    account_subject: "Ihr Konto",
    welcome: "Ihr Benutzername lautet {username}",
    migrated_email: "Ihr Konto ist bereit. Ihr Benutzername lautet {username}. Melden Sie sich mit Ihrem bisherigen Passwort an.",
    migrated_sms: "Ihr Konto ist bereit. Ihr Benutzername lautet {username}.",
    notices: NoticeWords {
        password_changed: "Ihr Passwort wurde geändert.",
        password_reset: "Ihr Passwort wurde zurückgesetzt.",
        authenticator_added: "Ihrem Konto wurde eine Authenticator-App hinzugefügt.",
        authenticator_removed: "Die Authenticator-App wurde aus Ihrem Konto entfernt.",
        second_factors_changed: "Der zweite Schritt Ihrer Anmeldung wurde geändert.",
        passkey_added: "Ihrem Konto wurde ein Passkey hinzugefügt.",
        passkey_removed: "Ein Passkey wurde aus Ihrem Konto entfernt.",
        email_changed: "Die E-Mail-Adresse Ihres Kontos wurde geändert.",
        phone_changed: "Die Telefonnummer Ihres Kontos wurde geändert.",
        account: "Konto: {username}",
        not_you: "Wenn Sie das selbst waren, brauchen Sie nichts zu tun. Wenn nicht, setzen Sie sofort Ihr Passwort zurück und bitten Sie dort um Hilfe, wo Sie dieses Konto nutzen.",
    },
    risk: RiskWords {
        blocked: "Eine Anmeldung bei Ihrem Konto wurde blockiert.",
        asked: "Bei einer Anmeldung bei Ihrem Konto wurde ein zweiter Schritt verlangt.",
        passed: "Bei Ihrem Konto gab es eine ungewöhnliche Anmeldung.",
        details: "Zeit: {login-time}\nGerät: {device-name}\nIP-Adresse: {ip-address}",
        was_it_you: "Wenn Sie das waren, teilen Sie es uns mit: {one-click-link-valid}\nWenn nicht, setzen Sie sofort Ihr Passwort zurück und teilen Sie es uns mit: {one-click-link-invalid}",
        unknown: "unbekannt",
    },
};
