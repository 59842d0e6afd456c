//! Spanish.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "Su código de verificación",
    code: "Su código de verificación es {####}",
    link_subject: "Su enlace de verificación",
    link: "Haga clic en el siguiente enlace para verificar su dirección de correo electrónico. {##Verificar el correo electrónico##}",
    reset_subject: "Su código para restablecer la contraseña",
    reset: "Su código para restablecer la contraseña es {####}",
    sign_in_subject: "Su código de inicio de sesión",
    sign_in: "Su código de inicio de sesión es {####}",
    invitation_subject: "Su contraseña temporal",
    invitation: "Su nombre de usuario es {username} y su contraseña temporal es {####}",
    account_subject: "Su cuenta",
    welcome: "Su nombre de usuario es {username}",
    migrated_email: "Su cuenta está lista. Su nombre de usuario es {username}. Inicie sesión con la contraseña que ya tiene.",
    migrated_sms: "Su cuenta está lista. Su nombre de usuario es {username}.",
    notices: NoticeWords {
        password_changed: "Se ha cambiado su contraseña.",
        password_reset: "Se ha restablecido su contraseña.",
        authenticator_added: "Se ha añadido una aplicación de autenticación a su cuenta.",
        authenticator_removed: "Se ha eliminado la aplicación de autenticación de su cuenta.",
        second_factors_changed: "Se ha cambiado el segundo paso de su inicio de sesión.",
        passkey_added: "Se ha añadido una clave de acceso a su cuenta.",
        passkey_removed: "Se ha eliminado una clave de acceso de su cuenta.",
        email_changed: "Se ha cambiado la dirección de correo electrónico de su cuenta.",
        phone_changed: "Se ha cambiado el número de teléfono de su cuenta.",
        account: "Cuenta: {username}",
        not_you: "Si ha sido usted, no tiene que hacer nada. Si no, restablezca su contraseña de inmediato y pida ayuda en el servicio donde usa esta cuenta.",
    },
    risk: RiskWords {
        blocked: "Se ha bloqueado un inicio de sesión en su cuenta.",
        asked: "Se ha pedido un segundo paso en un inicio de sesión en su cuenta.",
        passed: "Se ha producido un inicio de sesión inusual en su cuenta.",
        details: "Hora: {login-time}\nDispositivo: {device-name}\nDirección IP: {ip-address}",
        was_it_you: "Si ha sido usted, háganoslo saber: {one-click-link-valid}\nSi no, restablezca su contraseña de inmediato y háganoslo saber: {one-click-link-invalid}",
        unknown: "desconocido",
    },
};
