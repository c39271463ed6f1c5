//! What policies can be lent: accounts, outgoing HTTP, secrets, and what end-users prove with beside a password.

use super::error::AssemblyError;
use crate::configuration::Configuration;
use gatewright_capabilities::{
    AuthenticatorApps, BindingFactors, ConfiguredSecrets, Directory, FactorVault, GuardedHttp, MailSetup, Mailer,
    NoRelyingParty, Passkeys, PasskeysSetup, RecoveryCodes, RecoverySetup, RelyingParty, SmtpMail, TotpSetup,
    UpstreamProvider, UpstreamProviders, UpstreamSetup,
};
use gatewright_domain::capabilities::factors::Factors;
use gatewright_domain::capabilities::guessing::GuessLimit;
use gatewright_domain::capabilities::mail::Mail;
use gatewright_domain::capabilities::oidc::UpstreamOidc;
use gatewright_domain::capabilities::recovery::Recovery;
use gatewright_domain::capabilities::totp::Totp;
use gatewright_domain::capabilities::unavailable::Unavailable;
use gatewright_domain::capabilities::users::UserDirectory;
use gatewright_domain::capabilities::vault::SecretVault;
use gatewright_domain::capabilities::webauthn::Webauthn;
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::Tools;
use gatewright_domain::password::PasswordHasher;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::Stores;
use gatewright_protocol::issuer::Issuer;
use gatewright_signing::ForeignVerifier;
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// What they are put together from.
pub(super) struct Parts {
    pub(super) stores: Stores,
    pub(super) sealer: Arc<dyn Sealer>,
    pub(super) guesses: Arc<dyn GuessLimit>,
    pub(super) passwords: Arc<dyn PasswordHasher>,
    pub(super) mailer: Option<Arc<Mailer>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
}

impl Parts {
    /// All of them.
    ///
    /// # Errors
    /// What of the configuration cannot be used.
    pub(super) fn tools(
        &self,
        configuration: &Configuration,
        authorities: Option<&[u8]>,
    ) -> Result<Tools, AssemblyError> {
        let (users, passwords) = (self.stores.users.clone(), self.passwords.clone());
        let users: Arc<dyn UserDirectory> = Arc::new(Directory::new(users, passwords, self.guesses.clone()));
        Ok(Tools {
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            users: users.clone(),
            kv: self.stores.kv.clone(),
            http: Arc::new(GuardedHttp::new(authorities)?),
            secrets: Arc::new(ConfiguredSecrets::read(configuration.secrets.texts())?),
            factors: self.factors(),
            totp: self.totp(&configuration.issuer),
            webauthn: self.passkeys(&configuration.issuer, users)?,
            mail: self.mail(),
            recovery: self.recovery(),
            oidc: self.oidc(configuration, authorities)?,
        })
    }

    fn vault(&self) -> FactorVault {
        FactorVault::new(self.stores.factors.clone(), self.sealer.clone(), self.entropy.clone())
    }

    fn factors(&self) -> Arc<dyn Factors> {
        Arc::new(BindingFactors::new(self.vault()))
    }

    /// The passkeys of this server; where browsers would keep none for its issuer, what says so to the policy that asks.
    fn passkeys(&self, issuer: &Issuer, users: Arc<dyn UserDirectory>) -> Result<Arc<dyn Webauthn>, Fault> {
        let issuer = Url::parse(issuer.as_str()).map_err(|error| Fault::caused("webauthn", error))?;
        let party = match RelyingParty::of(&issuer) {
            Ok(party) => party,
            Err(NoRelyingParty) => return Ok(Arc::new(Unavailable(NoRelyingParty::WHY))),
        };
        let setup = PasskeysSetup {
            vault: self.vault(),
            users,
            kv: self.stores.kv.clone(),
            sealer: self.sealer.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        };
        Ok(Arc::new(Passkeys::new(party, setup)))
    }

    /// Apps call this server by the host of its issuer.
    fn totp(&self, issuer: &Issuer) -> Arc<dyn Totp> {
        Arc::new(AuthenticatorApps::new(TotpSetup {
            vault: self.vault(),
            users: self.stores.users.clone(),
            guesses: self.guesses.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            issuer: issuer.host().to_owned(),
        }))
    }

    fn recovery(&self) -> Arc<dyn Recovery> {
        Arc::new(RecoveryCodes::new(RecoverySetup {
            vault: self.vault(),
            sealer: self.sealer.clone(),
            users: self.stores.users.clone(),
            guesses: self.guesses.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }))
    }

    /// The configured providers.
    ///
    /// # Errors
    /// What of the configuration cannot be used.
    fn oidc(
        &self,
        configuration: &Configuration,
        authorities: Option<&[u8]>,
    ) -> Result<Arc<dyn UpstreamOidc>, AssemblyError> {
        let mut providers = BTreeMap::new();
        for (name, settings) in configuration.oidc.iter() {
            let key = format!("oidc.{name}.client_secret");
            let secret = settings.client_secret.as_ref().map(|secret| (key.clone(), secret.text().clone()));
            let provider = UpstreamProvider {
                issuer: settings.issuer.clone(),
                client_id: settings.client_id.clone(),
                client_secret: ConfiguredSecrets::read(secret)?.secret(&key),
                scope: settings.scope.clone(),
                private_addresses: settings.allow_private_addresses,
            };
            providers.insert(name.clone(), provider);
        }
        Ok(Arc::new(UpstreamProviders::new(UpstreamSetup {
            providers,
            return_url: configuration.issuer.endpoint("/visit"),
            extra_authorities: authorities.map(<[u8]>::to_vec),
            sealer: self.sealer.clone(),
            foreign: Arc::new(ForeignVerifier::default()),
            clock: self.clock.clone(),
        })?))
    }

    /// Mail by the configured server, where there is one.
    fn mail(&self) -> Arc<dyn Mail> {
        let Some(mailer) = self.mailer.clone() else {
            return Arc::new(Unavailable("no mail server is configured; say under [mail] which"));
        };
        Arc::new(SmtpMail::new(MailSetup {
            mailer,
            users: self.stores.users.clone(),
            kv: self.stores.kv.clone(),
            sealer: self.sealer.clone(),
            guesses: self.guesses.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }))
    }
}
