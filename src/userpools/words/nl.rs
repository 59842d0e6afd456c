//! Dutch.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "Uw verificatiecode",
    code: "Uw verificatiecode is {####}",
    link_subject: "Uw verificatielink",
    link: "Klik op de onderstaande link om uw e-mailadres te verifiëren. {##E-mailadres verifiëren##}",
    reset_subject: "Uw code om het wachtwoord opnieuw in te stellen",
    reset: "Uw code om het wachtwoord opnieuw in te stellen is {####}",
    sign_in_subject: "Uw inlogcode",
    sign_in: "Uw inlogcode is {####}",
    invitation_subject: "Uw tijdelijke wachtwoord",
    invitation: "Uw gebruikersnaam is {username} en uw tijdelijke wachtwoord is {####}",
    account_subject: "Uw account",
    welcome: "Uw gebruikersnaam is {username}",
    migrated_email: "Uw account is klaar. Uw gebruikersnaam is {username}. Log in met het wachtwoord dat u al hebt.",
    migrated_sms: "Uw account is klaar. Uw gebruikersnaam is {username}.",
    notices: NoticeWords {
        password_changed: "Uw wachtwoord is gewijzigd.",
        password_reset: "Uw wachtwoord is opnieuw ingesteld.",
        authenticator_added: "Er is een authenticator-app aan uw account toegevoegd.",
        authenticator_removed: "De authenticator-app is uit uw account verwijderd.",
        second_factors_changed: "De tweede stap van uw aanmelding is gewijzigd.",
        passkey_added: "Er is een passkey aan uw account toegevoegd.",
        passkey_removed: "Er is een passkey uit uw account verwijderd.",
        email_changed: "Het e-mailadres van uw account is gewijzigd.",
        phone_changed: "Het telefoonnummer van uw account is gewijzigd.",
        account: "Account: {username}",
        not_you: "Was u dit zelf, dan hoeft u niets te doen. Zo niet, stel dan meteen uw wachtwoord opnieuw in en vraag om hulp bij de dienst waar u dit account gebruikt.",
    },
    risk: RiskWords {
        blocked: "Een aanmelding bij uw account is geblokkeerd.",
        asked: "Bij een aanmelding bij uw account is om een tweede stap gevraagd.",
        passed: "Er was een ongebruikelijke aanmelding bij uw account.",
        details: "Tijd: {login-time}\nApparaat: {device-name}\nIP-adres: {ip-address}",
        was_it_you: "Was u dit zelf, laat het ons weten: {one-click-link-valid}\nZo niet, stel dan meteen uw wachtwoord opnieuw in en laat het ons weten: {one-click-link-invalid}",
        unknown: "onbekend",
    },
};
