//! Arabic.

use super::{NoticeWords, RiskWords, Words};

pub(super) const WORDS: Words = Words {
    code_subject: "رمز التحقق الخاص بك",
    code: "رمز التحقق الخاص بك هو {####}",
    link_subject: "رابط التحقق الخاص بك",
    link: "يرجى النقر على الرابط أدناه للتحقق من عنوان بريدك الإلكتروني. {##التحقق من البريد الإلكتروني##}",
    reset_subject: "رمز إعادة تعيين كلمة المرور",
    reset: "رمز إعادة تعيين كلمة المرور هو {####}",
    sign_in_subject: "رمز تسجيل الدخول الخاص بك",
    sign_in: "رمز تسجيل الدخول الخاص بك هو {####}",
    invitation_subject: "كلمة المرور المؤقتة",
    invitation: "اسم المستخدم الخاص بك هو {username} وكلمة المرور المؤقتة هي {####}",
    account_subject: "حسابك",
    welcome: "اسم المستخدم الخاص بك هو {username}",
    migrated_email: "حسابك جاهز. اسم المستخدم الخاص بك هو {username}. سجّل الدخول بكلمة المرور التي لديك.",
    migrated_sms: "حسابك جاهز. اسم المستخدم الخاص بك هو {username}.",
    notices: NoticeWords {
        password_changed: "تم تغيير كلمة المرور الخاصة بك.",
        password_reset: "تمت إعادة تعيين كلمة المرور الخاصة بك.",
        authenticator_added: "تمت إضافة تطبيق مصادقة إلى حسابك.",
        authenticator_removed: "تمت إزالة تطبيق المصادقة من حسابك.",
        second_factors_changed: "تم تغيير الخطوة الثانية لتسجيل دخولك.",
        passkey_added: "تمت إضافة مفتاح مرور إلى حسابك.",
        passkey_removed: "تمت إزالة مفتاح مرور من حسابك.",
        email_changed: "تم تغيير عنوان البريد الإلكتروني لحسابك.",
        phone_changed: "تم تغيير رقم هاتف حسابك.",
        account: "الحساب: {username}",
        not_you: "إذا كنت أنت من فعل ذلك، فلا داعي لفعل أي شيء. وإلا فأعد تعيين كلمة المرور فورًا واطلب المساعدة من الخدمة التي تستخدم فيها هذا الحساب.",
    },
    risk: RiskWords {
        blocked: "تم حظر محاولة تسجيل دخول إلى حسابك.",
        asked: "طُلبت خطوة ثانية عند تسجيل دخول إلى حسابك.",
        passed: "حدث تسجيل دخول غير معتاد إلى حسابك.",
        details: "الوقت: {login-time}\nالجهاز: {device-name}\nعنوان IP: {ip-address}",
        was_it_you: "إذا كنت أنت من فعل ذلك، فأخبرنا: {one-click-link-valid}\nوإلا فأعد تعيين كلمة المرور فورًا وأخبرنا: {one-click-link-invalid}",
        unknown: "غير معروف",
    },
};
