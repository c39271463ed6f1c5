//! The configuration of `gatewright quickstart`: everything embedded, for one machine and one person.

use super::{Admin, Configuration, Database, DatabaseUrl, Fetch, Keys, Listen, Registration, Scopes, Trace};
use gatewright_protocol::issuer::Issuer;
use std::net::SocketAddr;
use std::path::Path;

/// The database, in the data folder.
pub const DATABASE_FILE: &str = "gatewright.db";
/// The master key, in the data folder.
pub const MASTER_KEY_FILE: &str = "master.key";

impl Configuration {
    /// Everything embedded in the folder `data`, registration open, on a loopback address.
    pub fn quickstart(listen: SocketAddr, data: &Path) -> Self {
        Self {
            listen: Listen { address: listen },
            // Beside the other endpoints: only this machine reaches any of them.
            admin: Admin { enabled: true, listen },
            database: Database {
                url: DatabaseUrl::new(format!("sqlite:{}", data.join(DATABASE_FILE).display())),
                connections: None,
            },
            keys: Keys { master_key_file: Some(data.join(MASTER_KEY_FILE)), ..Keys::default() },
            registration: Registration { open: true },
            scopes: Scopes::from([
                ("user_name", ["user_name"].as_slice()),
                ("mobile_phone", ["phone_mobile_number"].as_slice()),
            ]),
            // Whoever tries it out has their clients on this machine.
            fetch: Fetch { allow_private_addresses: true, ..Fetch::default() },
            // Whoever tries it out wants to see what happened.
            trace: Trace { sample_per_mille: 1_000, ..Trace::default() },
            demo: true,
            ..Self::new(local_issuer(listen.port()))
        }
    }
}

/// `http://localhost:PORT`.
pub(super) fn local_issuer(port: u16) -> Issuer {
    Issuer::try_from(format!("http://localhost:{port}")).expect("localhost with a port is an issuer")
}
