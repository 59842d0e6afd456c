//! Chinese.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "您的验证码",
    code: "您的验证码是 {####}",
    link_subject: "您的验证链接",
    link: "请点击下面的链接验证您的电子邮件地址。 {##验证电子邮件地址##}",
    reset_subject: "您的密码重置码",
    reset: "您的密码重置码是 {####}",
    sign_in_subject: "您的登录验证码",
    sign_in: "您的登录验证码是 {####}",
    invitation_subject: "您的临时密码",
    invitation: "您的用户名是 {username}，临时密码是 {####}",
    account_subject: "您的账户",
    welcome: "您的用户名是 {username}",
    migrated_email: "您的账户已准备就绪。您的用户名是 {username}。请使用您已有的密码登录。",
    migrated_sms: "您的账户已准备就绪。您的用户名是 {username}。",
    notices: NoticeWords {
        password_changed: "您的密码已更改。",
        password_reset: "您的密码已重置。",
        authenticator_added: "您的账户已添加身份验证器应用。",
        authenticator_removed: "您的账户已移除身份验证器应用。",
        second_factors_changed: "您登录的第二步验证已更改。",
        passkey_added: "您的账户已添加通行密钥。",
        passkey_removed: "您的账户已移除通行密钥。",
        email_changed: "您账户的电子邮件地址已更改。",
        phone_changed: "您账户的电话号码已更改。",
        account: "账户：{username}",
        not_you: "如果是您本人操作，则无需理会。如果不是，请立即重置密码，并向您使用此账户的服务方寻求帮助。",
    },
    risk: RiskWords {
        blocked: "您账户的一次登录已被阻止。",
        asked: "您账户的一次登录被要求进行第二步验证。",
        passed: "您的账户有一次异常登录。",
        details: "时间：{login-time}\n设备：{device-name}\nIP 地址：{ip-address}",
        was_it_you: "如果是您本人操作，请告知我们：{one-click-link-valid}\n如果不是，请立即重置密码并告知我们：{one-click-link-invalid}",
        unknown: "未知",
    },
};
