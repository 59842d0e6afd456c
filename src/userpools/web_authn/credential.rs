//! A user's passkey, as it rests.

use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};

/// How many passkeys a user has at most.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", resource quotas; the model's bound of a page is the same.
pub const MOST_OF_A_USER: i64 = 20;

/// A passkey of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAuthnCredential {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Its id, base64url: unique in the pool.
    pub id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// The domain that it was made for.
    pub relying_party_id: String,
    /// What verifies its signatures: a COSE key.
    pub public_key: Vec<u8>,
    /// How often its authenticator had signed when it was last used; zero of one that does not count.
    pub sign_count: u32,
    /// Whether it can be backed up, and so be on several devices.
    pub is_backup_eligible: bool,
    /// Whether it was backed up when it was last used.
    pub is_backed_up: bool,
    /// What it is called: [`friendly_name`].
    pub friendly_name: String,
    /// `platform` or `cross-platform`, where the browser said so.
    pub attachment: Option<String>,
    /// How browsers reach its authenticator, as they said: `internal`, `hybrid`, `usb` and others.
    pub transports: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last signed its user in.
    pub last_used_at: Option<Timestamp>,
}

/// Who keeps passkeys, by the model that authenticators say they are of. Nothing rests on it but a name.
///
/// Source: <https://github.com/passkeydeveloper/passkey-authenticator-aaguids>.
const KEEPERS: [(u128, &str); 12] = [
    (0xfbfc_3007_154e_4ecc_8c0b_6e02_0557_d7bd, "iCloud Keychain"),
    (0xea9b_8d66_4d01_1d21_3ce4_b6b4_8cb5_75d4, "Google Password Manager"),
    (0xadce_0002_35bc_c60a_648b_0b25_f1f0_5503, "Chrome on Mac"),
    (0x0898_7058_cadc_4b81_b6e1_30de_50dc_be96, "Windows Hello"),
    (0x9ddd_1817_af5a_4672_a2b9_3e3d_d950_00a9, "Windows Hello"),
    (0x6028_b017_b1d4_4c02_b4b3_afcd_afc9_6bb2, "Windows Hello"),
    (0xbada_5566_a7aa_401f_bd96_4561_9a55_120d, "1Password"),
    (0xd548_826e_79b4_db40_a3d8_1111_6f7e_8349, "Bitwarden"),
    (0x5311_26d6_e717_415c_9320_3d9a_a698_1239, "Dashlane"),
    (0x5072_6f74_6f6e_5061_7373_5072_6f74_6f6e, "Proton Pass"),
    (0xfdb1_41b2_5d84_443e_8a35_4698_c205_a502, "KeePassXC"),
    (0x5341_4d53_554e_4700_0000_0000_0000_0000, "Samsung Pass"),
];

/// What a passkey is called, by who keeps it or by where it is. `Roaming passkey` is Cognito's word.
#[must_use]
pub fn friendly_name(aaguid: &[u8; 16], attachment: Option<&str>) -> &'static str {
    let model = u128::from_be_bytes(*aaguid);
    let keeper = KEEPERS.iter().find(|(known, _)| *known == model).map(|(_, name)| *name);
    keeper.unwrap_or(match attachment {
        Some("cross-platform") => "Roaming passkey",
        Some("platform") => "Device passkey",
        _ => "Passkey",
    })
}
