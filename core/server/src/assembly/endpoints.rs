//! What is served: the endpoints' common ground, and the admin API over it.

use super::Assembly;
use super::readiness::NodeReadiness;
use crate::admin::Admin;
use crate::configuration::Configuration;
use crate::http::{Connection, HttpSettings, Service};
use crate::listener::{client_address, client_certificate};
use crate::operations::{Local, ServerParts};
use gatewright_engine::SignIns;
use http::HeaderMap;
use std::sync::Arc;

impl Assembly {
    /// What all endpoints share.
    pub fn service(&self, configuration: &Configuration) -> Arc<Service> {
        let trusted = configuration.proxy.clone();
        let address =
            move |connection: &Connection, headers: &HeaderMap| client_address(connection.peer, headers, &trusted);
        let (trusted, authorities) = (configuration.proxy.clone(), self.client_authorities.clone());
        let certificate = move |connection: &Connection, headers: &HeaderMap| {
            client_certificate(connection, headers, &trusted, &authorities)
        };
        let cors = &configuration.cors;
        let settings = HttpSettings {
            body_bytes_max: usize::try_from(configuration.limits.request_body_bytes).unwrap_or(usize::MAX),
            cors_origins: if cors.is_any() { Default::default() } else { cors.origins.iter().cloned().collect() },
            client_address: Arc::new(address),
            client_certificate: Arc::new(certificate),
        };
        Arc::new(Service {
            engine: self.engine.clone(),
            pages: self.pages.clone(),
            totp: self.totp.clone(),
            webauthn: self.webauthn.clone(),
            metrics: self.metrics.clone(),
            events: self.events.clone(),
            entropy: self.entropy.clone(),
            readiness: Arc::new(NodeReadiness { storage: self.storage.clone(), node: self.node.clone() }),
            demo: self.demo.clone(),
            settings,
        })
    }

    /// The admin API over these endpoints' common ground, where the configuration wants it.
    pub fn admin(&self, configuration: &Configuration, service: &Arc<Service>) -> Option<Arc<Admin>> {
        if !configuration.admin.enabled {
            return None;
        }
        let parts = ServerParts {
            engine: self.engine.clone(),
            keyring: self.keyring.clone(),
            passwords: self.passwords.clone(),
            runtimes: self.runtimes.clone(),
        };
        let local = Local::new(configuration.clone(), self.stores.clone(), self.clock.clone()).within(parts);
        Some(Arc::new(Admin {
            operations: Arc::new(local),
            service: service.clone(),
            stores: self.stores.clone(),
            clock: self.clock.clone(),
            events: self.events.clone(),
            tries: SignIns::default(),
            origins: own_origins(configuration),
        }))
    }
}

/// The origin of the admin API's own listener.
fn own_origins(configuration: &Configuration) -> Vec<String> {
    let scheme = if configuration.tls.files().is_some() { "https" } else { "http" };
    let listen = configuration.admin.listen;
    let mut origins = vec![format!("{scheme}://{listen}")];
    if listen.ip().is_loopback() {
        origins.push(format!("{scheme}://localhost:{}", listen.port()));
    }
    origins
}
