//! Polish.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "Twój kod weryfikacyjny",
    code: "Twój kod weryfikacyjny to {####}",
    link_subject: "Twój link weryfikacyjny",
    link: "Kliknij poniższy link, aby potwierdzić swój adres e-mail. {##Potwierdź adres e-mail##}",
    reset_subject: "Twój kod do zresetowania hasła",
    reset: "Twój kod do zresetowania hasła to {####}",
    sign_in_subject: "Twój kod logowania",
    sign_in: "Twój kod logowania to {####}",
    invitation_subject: "Twoje hasło tymczasowe",
    invitation: "Twoja nazwa użytkownika to {username}, a hasło tymczasowe to {####}",
    account_subject: "Twoje konto",
    welcome: "Twoja nazwa użytkownika to {username}",
    migrated_email: "Twoje konto jest gotowe. Twoja nazwa użytkownika to {username}. Zaloguj się hasłem, które już masz.",
    migrated_sms: "Twoje konto jest gotowe. Twoja nazwa użytkownika to {username}.",
    notices: NoticeWords {
        password_changed: "Twoje hasło zostało zmienione.",
        password_reset: "Twoje hasło zostało zresetowane.",
        authenticator_added: "Do Twojego konta dodano aplikację uwierzytelniającą.",
        authenticator_removed: "Z Twojego konta usunięto aplikację uwierzytelniającą.",
        second_factors_changed: "Drugi etap Twojego logowania został zmieniony.",
        passkey_added: "Do Twojego konta dodano klucz dostępu.",
        passkey_removed: "Z Twojego konta usunięto klucz dostępu.",
        email_changed: "Adres e-mail Twojego konta został zmieniony.",
        phone_changed: "Numer telefonu Twojego konta został zmieniony.",
        account: "Konto: {username}",
        not_you: "Jeśli to Twoje działanie, nie musisz nic robić. Jeśli nie, natychmiast zresetuj hasło i poproś o pomoc w serwisie, w którym używasz tego konta.",
    },
    risk: RiskWords {
        blocked: "Logowanie na Twoje konto zostało zablokowane.",
        asked: "Podczas logowania na Twoje konto poproszono o drugi etap.",
        passed: "Na Twoim koncie miało miejsce nietypowe logowanie.",
        details: "Czas: {login-time}\nUrządzenie: {device-name}\nAdres IP: {ip-address}",
        was_it_you: "Jeśli to Twoje logowanie, daj nam znać: {one-click-link-valid}\nJeśli nie, natychmiast zresetuj hasło i daj nam znać: {one-click-link-invalid}",
        unknown: "brak danych",
    },
};
