//! Portuguese.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "O seu código de verificação",
    code: "O seu código de verificação é {####}",
    link_subject: "O seu link de verificação",
    link: "Clique no link abaixo para verificar o seu endereço de e-mail. {##Verificar o e-mail##}",
    reset_subject: "O seu código para redefinir a senha",
    reset: "O seu código para redefinir a senha é {####}",
    sign_in_subject: "O seu código de acesso",
    sign_in: "O seu código de acesso é {####}",
    invitation_subject: "A sua senha temporária",
    invitation: "O seu nome de usuário é {username} e a sua senha temporária é {####}",
    account_subject: "A sua conta",
    welcome: "O seu nome de usuário é {username}",
    migrated_email: "A sua conta está pronta. O seu nome de usuário é {username}. Entre com a senha que já tem.",
    migrated_sms: "A sua conta está pronta. O seu nome de usuário é {username}.",
    notices: NoticeWords {
        password_changed: "A sua senha foi alterada.",
        password_reset: "A sua senha foi redefinida.",
        authenticator_added: "Um aplicativo autenticador foi adicionado à sua conta.",
        authenticator_removed: "O aplicativo autenticador foi removido da sua conta.",
        second_factors_changed: "A segunda etapa do seu acesso foi alterada.",
        passkey_added: "Uma chave de acesso foi adicionada à sua conta.",
        passkey_removed: "Uma chave de acesso foi removida da sua conta.",
        email_changed: "O endereço de e-mail da sua conta foi alterado.",
        phone_changed: "O número de telefone da sua conta foi alterado.",
        account: "Conta: {username}",
        not_you: "Se foi você, não precisa fazer nada. Caso contrário, redefina a senha imediatamente e peça ajuda ao serviço em que usa esta conta.",
    },
    risk: RiskWords {
        blocked: "Um acesso à sua conta foi bloqueado.",
        asked: "Foi pedida uma segunda etapa num acesso à sua conta.",
        passed: "Houve um acesso incomum à sua conta.",
        details: "Hora: {login-time}\nDispositivo: {device-name}\nEndereço IP: {ip-address}",
        was_it_you: "Se foi você, avise-nos: {one-click-link-valid}\nCaso contrário, redefina a senha imediatamente e avise-nos: {one-click-link-invalid}",
        unknown: "desconhecido",
    },
};
