//! What a client is told in JWTs: signed with keys and secrets, encrypted, refused where it has no key (OpenID Connect
//! Core 10, RFC 9701, JARM).

mod claims;
mod encrypted;
mod in_jwt;
mod introspection_jwt;
mod secret;

use crate::world::{CLIENT, Scene, client};
use gatewright_domain::client::{Client, ClientKeys};
use gatewright_engine::client_authentication::SECRET_PURPOSE;
use gatewright_testing::encryption::encryption_jwks;
use gatewright_testing::samples::CLIENT_SECRET;
use gatewright_testing::signing::TestSigner;

/// [`CLIENT`] with a key to encrypt to.
pub fn keyed() -> Client {
    Client { keys: Some(ClientKeys::Inline(encryption_jwks("enc-1"))), ..client(CLIENT) }
}

/// [`CLIENT`] whose secret is a key.
pub fn sharing() -> Client {
    use gatewright_domain::secret::SecretText;
    use gatewright_domain::signing::Sealer;
    let sealed = TestSigner::default().seal(SECRET_PURPOSE, &SecretText::new(CLIENT_SECRET)).unwrap();
    Client { sealed_secret: Some(sealed), ..client(CLIENT) }
}

/// A scene with that client.
pub async fn scene_of(client: Client) -> Scene {
    let scene = Scene::new().await;
    scene.registers(client).await;
    scene
}
