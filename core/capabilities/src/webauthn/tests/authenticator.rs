//! An authenticator in software: one P-256 key, flags and a counter that a test sets (Web Authentication Level 3, 6.1
//! and 6.5), and the browser around it (5.8.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::secret::SecretText;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// An authenticator and its browser.
#[derive(Clone)]
pub struct Authenticator {
    /// Its key pair.
    pub key: EcKey<Private>,
    /// The credential's id.
    pub id: Vec<u8>,
    /// Where the browser says it is.
    pub origin: String,
    /// Whether it asks for a PIN.
    pub verifies: bool,
    /// Signatures so far; a key without a counter says 0 for ever.
    pub counter: u32,
    /// Whom it keeps the passkey for.
    pub handle: Option<String>,
}

impl Authenticator {
    /// One that is at `origin` and asks for a PIN.
    pub fn at(origin: &str) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = EcKey::generate(&group).unwrap();
        let id = key.private_key().to_vec().iter().map(|byte| byte ^ 0xa5).collect();
        Self { key, id, origin: origin.to_owned(), verifies: true, counter: 0, handle: None }
    }

    /// `navigator.credentials.create(options)`.
    pub fn create(&mut self, options: &Value) -> SecretText {
        let options = &options["publicKey"];
        self.handle = Some(options["user"]["id"].as_str().unwrap().to_owned());
        let client = self.client_data("webauthn.create", options);
        let mut data = self.authenticator_data(options["rp"]["id"].as_str().unwrap(), ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        attestation.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        attestation.extend(data);
        self.answer(json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "transports": ["internal", "some-day"],
        }))
    }

    /// `navigator.credentials.get(options)`.
    pub fn get(&mut self, options: &Value) -> SecretText {
        let options = &options["publicKey"];
        let client = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(options["rpId"].as_str().unwrap(), 0);
        let key = PKey::from_ec_key(self.key.clone()).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        signer.update(&data).unwrap();
        signer.update(&sha256(client.as_bytes())).unwrap();
        self.answer(json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "signature": URL_SAFE_NO_PAD.encode(signer.sign_to_vec().unwrap()),
            "userHandle": self.handle,
        }))
    }

    fn answer(&self, response: Value) -> SecretText {
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        let credential = json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        });
        SecretText::new(credential.to_string())
    }

    fn client_data(&self, what: &str, options: &Value) -> String {
        let challenge = &options["challenge"];
        json!({ "type": what, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string()
    }

    fn authenticator_data(&self, party: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let mut data = sha256(party.as_bytes()).to_vec();
        data.push(USER_PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The COSE key (RFC 9053 7.1.1).
    fn public_key(&self) -> Vec<u8> {
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        let mut context = BigNumContext::new().unwrap();
        let group = self.key.group();
        self.key.public_key().affine_coordinates(group, &mut x, &mut y, &mut context).unwrap();
        let mut key = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        key.extend(x.to_vec_padded(32).unwrap());
        key.extend(b"\x22\x58\x20");
        key.extend(y.to_vec_padded(32).unwrap());
        key
    }
}
