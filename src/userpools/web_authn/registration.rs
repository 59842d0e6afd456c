//! A passkey is made: WebAuthn Level 3 §7.1.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::authenticator_data::{Attested, AuthenticatorData};
use super::client_data::{Ceremony, ClientData};
use super::{CeremonyRefused, Expected, bytes_of, friendly_name};
use crate::crypto::cbor::Reader;
use crate::kit::secret::constant_time_equals;

/// The transports that browsers name (§5.8.4).
const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// RegistrationResponseJSON (§5.1), as far as it is read. Browsers add members as the text grows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegistrationResponse {
    id: String,
    raw_id: String,
    r#type: String,
    authenticator_attachment: Option<String>,
    response: AttestationResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttestationResponse {
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    attestation_object: String,
    #[serde(default)]
    transports: Option<Vec<String>>,
}

/// What was made.
#[derive(Debug)]
pub struct Registered {
    /// The credential's id, base64url.
    pub id: String,
    /// Its COSE key.
    pub public_key: Vec<u8>,
    /// How often its authenticator has signed.
    pub sign_count: u32,
    /// Whether it can be backed up.
    pub is_backup_eligible: bool,
    /// Whether it is backed up.
    pub is_backed_up: bool,
    /// What it is called.
    pub friendly_name: &'static str,
    /// `platform` or `cross-platform`.
    pub attachment: Option<String>,
    /// How browsers reach its authenticator.
    pub transports: Vec<String>,
}

/// Verifies what a browser answers to creation options.
///
/// # Errors
/// [`CeremonyRefused`].
pub fn verify(credential: &Value, expected: &Expected<'_>) -> Result<Registered, CeremonyRefused> {
    let given = RegistrationResponse::deserialize(credential).map_err(|_| CeremonyRefused::Malformed)?;
    if given.r#type != "public-key" || given.id != given.raw_id {
        return Err(CeremonyRefused::Malformed);
    }
    let client_data = ClientData::parse(&bytes_of(&given.response.client_data_json)?)?;
    client_data.check(Ceremony::Create, expected)?;
    let object = bytes_of(&given.response.attestation_object)?;
    let object = AttestationObject::parse(&object)?;
    let data = AuthenticatorData::parse(object.authenticator_data)?;
    data.check(expected)?;
    let attested = data.attested.as_ref().ok_or(CeremonyRefused::Malformed)?;
    object.statement.check(object.authenticator_data, &client_data.hash, attested)?;
    let id = URL_SAFE_NO_PAD.encode(attested.id);
    if !constant_time_equals(id.as_bytes(), given.id.as_bytes()) {
        return Err(CeremonyRefused::Malformed);
    }
    let attachment = given.authenticator_attachment.filter(|attachment| ["platform", "cross-platform"].contains(&attachment.as_str()));
    let named = given.response.transports.unwrap_or_default();
    let transports = TRANSPORTS.into_iter().filter(|known| named.iter().any(|transport| transport == known));
    Ok(Registered {
        public_key: attested.key_bytes.to_vec(),
        sign_count: data.sign_count,
        is_backup_eligible: data.is_backup_eligible(),
        is_backed_up: data.is_backed_up(),
        friendly_name: friendly_name(attested.aaguid, attachment.as_deref()),
        attachment,
        transports: transports.map(str::to_owned).collect(),
        id,
    })
}

/// An attestation object (§6.5).
struct AttestationObject<'b> {
    authenticator_data: &'b [u8],
    statement: Statement<'b>,
}

/// What vouches for the authenticator. Options ask for nothing, and so browsers leave a statement out, or leave the one by
/// which a key vouches for itself. No other is taken: what nobody verifies must not be sent.
enum Statement<'b> {
    /// `none` (§8.7).
    None,
    /// `packed` (§8.2) without certificates: the algorithm and the signature.
    Own { algorithm: i64, signature: &'b [u8] },
}

impl<'b> AttestationObject<'b> {
    fn parse(bytes: &'b [u8]) -> Result<Self, CeremonyRefused> {
        let (mut format, mut authenticator_data, mut statement) = (None, None, None);
        let mut reader = Reader::new(bytes);
        for _ in 0..reader.map()? {
            match reader.text()? {
                "fmt" => once(&mut format, reader.text()?)?,
                "authData" => once(&mut authenticator_data, reader.bytes()?)?,
                "attStmt" => {
                    let begin = reader.position();
                    reader.skip()?;
                    once(&mut statement, bytes.get(begin..reader.position()).unwrap_or_default())?;
                }
                _ => reader.skip()?,
            }
        }
        if !reader.is_at_end() {
            return Err(CeremonyRefused::Malformed);
        }
        let missing = CeremonyRefused::Malformed;
        let mut statement = Reader::new(statement.ok_or(missing)?);
        let statement = match format.ok_or(missing)? {
            "none" if statement.map()? == 0 => Statement::None,
            "none" => return Err(CeremonyRefused::Attestation),
            "packed" => Statement::packed(&mut statement)?,
            _ => return Err(CeremonyRefused::Attestation),
        };
        Ok(Self { authenticator_data: authenticator_data.ok_or(missing)?, statement })
    }
}

impl<'b> Statement<'b> {
    fn packed(reader: &mut Reader<'b>) -> Result<Self, CeremonyRefused> {
        let (mut algorithm, mut signature) = (None, None);
        for _ in 0..reader.map()? {
            match reader.text()? {
                "alg" => once(&mut algorithm, reader.integer()?)?,
                "sig" => once(&mut signature, reader.bytes()?)?,
                _ => return Err(CeremonyRefused::Attestation),
            }
        }
        let (algorithm, signature) = (algorithm.ok_or(CeremonyRefused::Malformed)?, signature.ok_or(CeremonyRefused::Malformed)?);
        Ok(Self::Own { algorithm, signature })
    }

    fn check(&self, authenticator_data: &[u8], client_data_hash: &[u8], attested: &Attested<'_>) -> Result<(), CeremonyRefused> {
        match self {
            Self::None => Ok(()),
            Self::Own { algorithm, signature } => {
                let signed = [authenticator_data, client_data_hash].concat();
                let holds = *algorithm == attested.key.algorithm().id() && attested.key.verifies(&signed, signature);
                if holds { Ok(()) } else { Err(CeremonyRefused::Attestation) }
            }
        }
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Result<(), CeremonyRefused> {
    if place.replace(value).is_some() { Err(CeremonyRefused::Malformed) } else { Ok(()) }
}
