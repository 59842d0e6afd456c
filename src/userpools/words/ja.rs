//! Japanese.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "確認コードのお知らせ",
    code: "確認コードは {####} です",
    link_subject: "確認リンクのお知らせ",
    link: "下のリンクをクリックして、メールアドレスを確認してください。 {##メールアドレスを確認する##}",
    reset_subject: "パスワード再設定コードのお知らせ",
    reset: "パスワード再設定コードは {####} です",
    sign_in_subject: "認証コードのお知らせ",
    sign_in: "認証コードは {####} です",
    invitation_subject: "仮パスワードのお知らせ",
    invitation: "ユーザー名は {username}、仮パスワードは {####} です",
    account_subject: "アカウントのお知らせ",
    welcome: "ユーザー名は {username} です",
    migrated_email: "アカウントの準備ができました。ユーザー名は {username} です。これまでのパスワードでサインインしてください。",
    migrated_sms: "アカウントの準備ができました。ユーザー名は {username} です。",
    notices: NoticeWords {
        password_changed: "パスワードが変更されました。",
        password_reset: "パスワードが再設定されました。",
        authenticator_added: "アカウントに認証アプリが追加されました。",
        authenticator_removed: "アカウントから認証アプリが削除されました。",
        second_factors_changed: "サインインの 2 段階目の設定が変更されました。",
        passkey_added: "アカウントにパスキーが追加されました。",
        passkey_removed: "アカウントからパスキーが削除されました。",
        email_changed: "アカウントのメールアドレスが変更されました。",
        phone_changed: "アカウントの電話番号が変更されました。",
        account: "アカウント: {username}",
        not_you: "お心当たりがある場合は、何もする必要はありません。お心当たりがない場合は、すぐにパスワードを再設定し、ご利用のサービスの窓口にご連絡ください。",
    },
    risk: RiskWords {
        blocked: "アカウントへのサインインがブロックされました。",
        asked: "アカウントへのサインインで 2 段階目の確認が求められました。",
        passed: "アカウントへの通常と異なるサインインがありました。",
        details: "日時: {login-time}\nデバイス: {device-name}\nIP アドレス: {ip-address}",
        was_it_you: "お心当たりがある場合は、こちらからお知らせください: {one-click-link-valid}\nお心当たりがない場合は、すぐにパスワードを再設定し、こちらからお知らせください: {one-click-link-invalid}",
        unknown: "不明",
    },
};
