//! Italian.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "Il tuo codice di verifica",
    code: "Il tuo codice di verifica è {####}",
    link_subject: "Il tuo link di verifica",
    link: "Fai clic sul link qui sotto per verificare il tuo indirizzo email. {##Verifica l’indirizzo email##}",
    reset_subject: "Il tuo codice per reimpostare la password",
    reset: "Il tuo codice per reimpostare la password è {####}",
    sign_in_subject: "Il tuo codice di accesso",
    sign_in: "Il tuo codice di accesso è {####}",
    invitation_subject: "La tua password temporanea",
    invitation: "Il tuo nome utente è {username} e la tua password temporanea è {####}",
    account_subject: "Il tuo account",
    welcome: "Il tuo nome utente è {username}",
    migrated_email: "Il tuo account è pronto. Il tuo nome utente è {username}. Accedi con la password che hai già.",
    migrated_sms: "Il tuo account è pronto. Il tuo nome utente è {username}.",
    notices: NoticeWords {
        password_changed: "La tua password è stata modificata.",
        password_reset: "La tua password è stata reimpostata.",
        authenticator_added: "È stata aggiunta un’app di autenticazione al tuo account.",
        authenticator_removed: "L’app di autenticazione è stata rimossa dal tuo account.",
        second_factors_changed: "Il secondo passaggio del tuo accesso è stato modificato.",
        passkey_added: "È stata aggiunta una passkey al tuo account.",
        passkey_removed: "È stata rimossa una passkey dal tuo account.",
        email_changed: "L’indirizzo email del tuo account è stato modificato.",
        phone_changed: "Il numero di telefono del tuo account è stato modificato.",
        account: "Account: {username}",
        not_you: "Se sei stato tu, non devi fare nulla. In caso contrario, reimposta subito la password e chiedi aiuto al servizio in cui usi questo account.",
    },
    risk: RiskWords {
        blocked: "Un accesso al tuo account è stato bloccato.",
        asked: "Per un accesso al tuo account è stato richiesto un secondo passaggio.",
        passed: "C’è stato un accesso insolito al tuo account.",
        details: "Ora: {login-time}\nDispositivo: {device-name}\nIndirizzo IP: {ip-address}",
        was_it_you: "Se sei stato tu, faccelo sapere: {one-click-link-valid}\nIn caso contrario, reimposta subito la password e faccelo sapere: {one-click-link-invalid}",
        unknown: "sconosciuto",
    },
};
