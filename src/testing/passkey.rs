//! A software authenticator: makes passkeys and signs with them, honestly or in whatever way a test wants.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::Encoder;
use serde_json::{Value, json};

use super::{TestPool, TestUser};
use crate::crypto::cose::Algorithm;
use crate::crypto::digest::sha256;

/// Present, verified, and with a credential.
const HONEST: u8 = 0b0100_0101;

/// Without what only a new credential comes with.
const USE: u8 = 0b1011_1111;

/// A key pair of one algorithm.
pub struct TestKey {
    algorithm: Algorithm,
    pair: Pair,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl TestKey {
    /// A new pair.
    pub fn of(algorithm: Algorithm) -> Self {
        let pair = match algorithm {
            Algorithm::Es256 => Pair::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()),
            Algorithm::Es384 => Pair::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).unwrap()),
            Algorithm::EdDsa => Pair::Ed25519(Ed25519KeyPair::generate().unwrap()),
            Algorithm::Rs256 => Pair::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())),
        };
        Self { algorithm, pair }
    }

    /// The public half.
    pub fn cose(&self) -> Vec<u8> {
        self.cose_naming(self.algorithm.id())
    }

    /// The public half, with this number for its algorithm.
    pub fn cose_naming(&self, algorithm: i64) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        let head = |encoder: &mut Encoder<Vec<u8>>, entries: u64, key_type: i64| {
            encoder.map(entries).unwrap().i64(1).unwrap().i64(key_type).unwrap().i64(3).unwrap().i64(algorithm).unwrap();
        };
        match &self.pair {
            Pair::Ecdsa(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                head(&mut encoder, 5, 2);
                let curve = if self.algorithm == Algorithm::Es256 { 1 } else { 2 };
                encoder.i64(-1).unwrap().i64(curve).unwrap().i64(-2).unwrap().bytes(x).unwrap().i64(-3).unwrap().bytes(y).unwrap();
            }
            Pair::Ed25519(pair) => {
                head(&mut encoder, 4, 1);
                encoder.i64(-1).unwrap().i64(6).unwrap().i64(-2).unwrap().bytes(pair.public_key().as_ref()).unwrap();
            }
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                head(&mut encoder, 4, 3);
                encoder.i64(-1).unwrap().bytes(public.modulus().big_endian_without_leading_zero()).unwrap();
                encoder.i64(-2).unwrap().bytes(public.exponent().big_endian_without_leading_zero()).unwrap();
            }
        }
        encoder.into_writer()
    }

    /// A signature over a message.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Ecdsa(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }
        }
    }
}

/// An authenticator with one passkey. A test changes what it says by its fields.
pub struct TestPasskey {
    /// The passkey's key.
    pub key: TestKey,
    /// Its id.
    pub id: Vec<u8>,
    /// The page that it is used on.
    pub origin: String,
    /// The domain that it says that it is for.
    pub relying_party_id: String,
    /// What it says of itself: WebAuthn's flags.
    pub flags: u8,
    /// How often it says that it has signed; it counts on with each use.
    pub sign_count: u32,
    /// Whom it says that it is of.
    pub user_handle: Option<String>,
    /// The COSE key in place of its own.
    pub cose: Option<Vec<u8>>,
    /// Members of the client data in place of the honest ones.
    pub client_data: Value,
}

impl TestPasskey {
    /// On `https://` and this domain, by ES256.
    pub fn on(domain: &str) -> Self {
        Self::by(Algorithm::Es256, domain)
    }

    /// The same by another algorithm.
    pub fn by(algorithm: Algorithm, domain: &str) -> Self {
        let key = TestKey::of(algorithm);
        let id = sha256(&[&key.cose()])[..20].to_vec();
        Self {
            key,
            id,
            origin: format!("https://{domain}"),
            relying_party_id: domain.to_owned(),
            flags: HONEST,
            sign_count: 0,
            user_handle: None,
            cose: None,
            client_data: json!({}),
        }
    }

    /// Its id as text.
    pub fn id_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }

    /// Answers creation options: RegistrationResponseJSON, with the attestation `none`. It knows its user from then on.
    pub fn create(&mut self, options: &Value) -> Value {
        self.user_handle = options["user"]["id"].as_str().map(str::to_owned);
        let data = self.authenticator_data(self.flags);
        let mut object = Encoder::new(Vec::new());
        object.map(3).unwrap().str("fmt").unwrap().str("none").unwrap().str("attStmt").unwrap().map(0).unwrap();
        object.str("authData").unwrap().bytes(&data).unwrap();
        self.created(options, &object.into_writer())
    }

    /// The same with an attestation `packed` by the passkey's own key, or by another.
    pub fn create_packed(&mut self, options: &Value, by: &TestKey) -> Value {
        let data = self.authenticator_data(self.flags);
        let signature = by.sign(&[data.clone(), sha256(&[&self.client_data("webauthn.create", options)]).to_vec()].concat());
        let mut object = Encoder::new(Vec::new());
        object.map(3).unwrap().str("fmt").unwrap().str("packed").unwrap().str("attStmt").unwrap().map(2).unwrap();
        object.str("alg").unwrap().i64(self.key.algorithm.id()).unwrap().str("sig").unwrap().bytes(&signature).unwrap();
        object.str("authData").unwrap().bytes(&data).unwrap();
        self.created(options, &object.into_writer())
    }

    /// RegistrationResponseJSON with this attestation object.
    pub fn created(&self, options: &Value, object: &[u8]) -> Value {
        json!({
            "id": self.id_text(), "rawId": self.id_text(), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", options)),
                "attestationObject": URL_SAFE_NO_PAD.encode(object),
                "transports": ["internal", "hybrid"], "publicKeyAlgorithm": self.key.algorithm.id(),
            },
        })
    }

    /// Answers request options: AuthenticationResponseJSON.
    pub fn get(&mut self, options: &Value) -> Value {
        let data = self.authenticator_data(self.flags & USE);
        let client_data = self.client_data("webauthn.get", options);
        let signature = self.key.sign(&[data.clone(), sha256(&[&client_data]).to_vec()].concat());
        if self.sign_count > 0 {
            self.sign_count += 1;
        }
        json!({
            "id": self.id_text(), "rawId": self.id_text(), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data), "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "signature": URL_SAFE_NO_PAD.encode(signature), "userHandle": self.user_handle,
            },
        })
    }

    /// Authenticator data with these flags; with the credential where they say so.
    pub fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let mut data = sha256(&[self.relying_party_id.as_bytes()]).to_vec();
        data.push(flags);
        data.extend(self.sign_count.to_be_bytes());
        if flags & 0b0100_0000 != 0 {
            data.extend([0; 16]);
            data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
            data.extend(&self.id);
            data.extend(self.cose.clone().unwrap_or_else(|| self.key.cose()));
        }
        data
    }

    fn client_data(&self, r#type: &str, options: &Value) -> Vec<u8> {
        let mut said = json!({"type": r#type, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false});
        said.as_object_mut().unwrap().extend(self.client_data.as_object().unwrap().clone());
        said.to_string().into_bytes()
    }
}

impl TestPool<'_> {
    /// Lets users have passkeys of `example.com`.
    pub async fn allow_passkeys(&self) {
        self.allow_passkeys_with(json!({"RelyingPartyId": "example.com"})).await;
    }

    /// Lets users have passkeys by this configuration.
    pub async fn allow_passkeys_with(&self, configuration: Value) {
        let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}});
        self.admin("UpdateUserPool", json!({"Policies": factors})).await.ok();
        self.admin("SetUserPoolMfaConfig", json!({"WebAuthnConfiguration": configuration})).await.ok();
    }
}

impl TestUser<'_> {
    /// Signs in by password and registers this passkey; answers the access token.
    pub async fn register(&self, passkey: &mut TestPasskey) -> Value {
        let token = self.signed_in().await["AccessToken"].clone();
        let options = self.pool().app.anonymous().call("StartWebAuthnRegistration", json!({"AccessToken": token})).await.ok();
        let credential = passkey.create(&options["CredentialCreationOptions"]);
        let complete = json!({"AccessToken": token, "Credential": credential});
        assert_eq!(self.pool().app.anonymous().call("CompleteWebAuthnRegistration", complete).await.ok(), json!({}));
        token
    }
}
