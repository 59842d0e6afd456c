//! French.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "Votre code de vérification",
    code: "Votre code de vérification est {####}",
    link_subject: "Votre lien de vérification",
    link: "Cliquez sur le lien ci-dessous pour vérifier votre adresse e-mail. {##Vérifier l’adresse e-mail##}",
    reset_subject: "Votre code de réinitialisation du mot de passe",
    reset: "Votre code de réinitialisation du mot de passe est {####}",
    sign_in_subject: "Votre code de connexion",
    sign_in: "Votre code de connexion est {####}",
    invitation_subject: "Votre mot de passe temporaire",
    invitation: "Votre nom d’utilisateur est {username} et votre mot de passe temporaire est {####}",
    account_subject: "Votre compte",
    welcome: "Votre nom d’utilisateur est {username}",
    migrated_email: "Votre compte est prêt. Votre nom d’utilisateur est {username}. Connectez-vous avec votre mot de passe habituel.",
    migrated_sms: "Votre compte est prêt. Votre nom d’utilisateur est {username}.",
    notices: NoticeWords {
        password_changed: "Votre mot de passe a été modifié.",
        password_reset: "Votre mot de passe a été réinitialisé.",
        authenticator_added: "Une application d’authentification a été ajoutée à votre compte.",
        authenticator_removed: "L’application d’authentification a été retirée de votre compte.",
        second_factors_changed: "La deuxième étape de votre connexion a été modifiée.",
        passkey_added: "Une clé d’accès a été ajoutée à votre compte.",
        passkey_removed: "Une clé d’accès a été retirée de votre compte.",
        email_changed: "L’adresse e-mail de votre compte a été modifiée.",
        phone_changed: "Le numéro de téléphone de votre compte a été modifié.",
        account: "Compte : {username}",
        not_you: "Si c’était vous, vous n’avez rien à faire. Sinon, réinitialisez immédiatement votre mot de passe et demandez de l’aide au service où vous utilisez ce compte.",
    },
    risk: RiskWords {
        blocked: "Une connexion à votre compte a été bloquée.",
        asked: "Une deuxième étape a été demandée lors d’une connexion à votre compte.",
        passed: "Une connexion inhabituelle à votre compte a eu lieu.",
        details: "Heure : {login-time}\nAppareil : {device-name}\nAdresse IP : {ip-address}",
        was_it_you: "Si c’était vous, faites-le-nous savoir : {one-click-link-valid}\nSinon, réinitialisez immédiatement votre mot de passe et faites-le-nous savoir : {one-click-link-invalid}",
        unknown: "inconnu",
    },
};
