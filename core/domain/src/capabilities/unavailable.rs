//! What stands in the place of a capability that the operator has not configured: every call is refused, with what is to
//! be configured.

use super::factors::{Factors, FactorsAnswer, FactorsCall};
use super::mail::{Mail, Message};
use super::oidc::{SignedIn, UpstreamOidc};
use super::recovery::Recovery;
use super::totp::{Totp, TotpKey};
use super::webauthn::{PasskeyVerified, Webauthn};
use super::{Attempt, CallFailed, CapabilityError};
use crate::clock::Timestamp;
use crate::identifiers::{FactorId, FactorKind, Subject};
use crate::secret::SecretText;
use async_trait::async_trait;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Nothing, with the reason.
#[derive(Debug, Clone, Copy)]
pub struct Unavailable(pub &'static str);

impl Unavailable {
    fn refuse<T>(self) -> Result<T, CallFailed> {
        Err(CapabilityError::Invalid { why: self.0.to_owned() }.into())
    }
}

#[async_trait]
impl Factors for Unavailable {
    async fn call(&self, _: &FactorKind, _: &FactorsCall, _: Timestamp) -> Result<FactorsAnswer, CallFailed> {
        self.refuse()
    }
}

#[async_trait]
impl Totp for Unavailable {
    async fn begin(&self, _: &Subject) -> Result<FactorId, CallFailed> {
        self.refuse()
    }

    async fn key(&self, _: &FactorId) -> Result<Option<TotpKey>, CallFailed> {
        self.refuse()
    }

    async fn confirm(&self, _: &FactorId, _: &str, _: &SecretText) -> Result<bool, CallFailed> {
        self.refuse()
    }

    async fn verify(&self, _: &Attempt<'_>, _: &SecretText) -> Result<Option<FactorId>, CallFailed> {
        self.refuse()
    }
}

#[async_trait]
impl Webauthn for Unavailable {
    async fn begin_registration(&self, _: &Subject) -> Result<String, CallFailed> {
        self.refuse()
    }

    async fn begin_authentication(&self, _: Option<&Subject>) -> Result<String, CallFailed> {
        self.refuse()
    }

    async fn options(&self, _: &str) -> Result<Option<Value>, CallFailed> {
        self.refuse()
    }

    async fn finish_registration(&self, _: &str, _: &str, _: &SecretText) -> Result<Option<FactorId>, CallFailed> {
        self.refuse()
    }

    async fn finish_authentication(&self, _: &str, _: &SecretText) -> Result<Option<PasskeyVerified>, CallFailed> {
        self.refuse()
    }
}

#[async_trait]
impl Mail for Unavailable {
    async fn send(&self, _: &Subject, _: &Message) -> Result<(), CallFailed> {
        self.refuse()
    }

    async fn send_code(&self, _: &Subject, _: &Message) -> Result<String, CallFailed> {
        self.refuse()
    }

    async fn verify_code(&self, _: &str, _: &SecretText, _: Option<IpAddr>) -> Result<bool, CallFailed> {
        self.refuse()
    }
}

#[async_trait]
impl Recovery for Unavailable {
    async fn renew(&self, _: &Subject) -> Result<Vec<SecretText>, CallFailed> {
        self.refuse()
    }

    async fn remaining(&self, _: &Subject) -> Result<usize, CallFailed> {
        self.refuse()
    }

    async fn verify(&self, _: &Attempt<'_>, _: &SecretText) -> Result<bool, CallFailed> {
        self.refuse()
    }
}

#[async_trait]
impl UpstreamOidc for Unavailable {
    async fn authorization_url(&self, _: &str, _: &str) -> Result<String, CallFailed> {
        self.refuse()
    }

    async fn redeem(&self, _: &str, _: &str, _: &BTreeMap<String, String>) -> Result<Option<SignedIn>, CallFailed> {
        self.refuse()
    }
}
