//! The bootstrap token: how the first admin client comes to be without a shell on the server's machine. It is printed
//! once, by `serve --init` and `quickstart`; only its hash is kept, as that of an opaque access token which belongs to a
//! client that nobody can be. It allows everything, ends after [`BOOTSTRAP_S`], with the next one, or when it is revoked.

use super::authority::Principal;
use gatewright_domain::access_token::{AccessTokenMeaning, OpaqueAccessToken};
use gatewright_domain::admin_scope::{BOOTSTRAP_CLIENT, EVERYTHING};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_domain::fault::Fault;
use gatewright_domain::store::Stores;
use gatewright_domain::token_hash::{RandomToken, TokenHash};
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::{Scope, ScopeValue};
use serde_json::Map;

/// How long a bootstrap token works, in seconds: a day.
pub const BOOTSTRAP_S: u64 = 24 * 3600;

/// Draws a bootstrap token; earlier ones work no longer.
///
/// # Errors
/// A fault of the store.
pub async fn issue_bootstrap_token(
    stores: &Stores,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<RandomToken, Fault> {
    revoke_bootstrap_tokens(stores).await?;
    let token = RandomToken::draw(entropy);
    let meaning = AccessTokenMeaning {
        id: random_text::<16>(entropy),
        family: None,
        client_id: owner()?,
        subject: None,
        scope: everything(),
        audience: Vec::new(),
        issued_at: now,
        expires_at: now.plus(BOOTSTRAP_S),
        claims: Map::new(),
    };
    stores.tokens.issue_opaque(&OpaqueAccessToken { hash: token.hash(), meaning }).await?;
    Ok(token)
}

/// Ends every bootstrap token there is.
///
/// # Errors
/// A fault of the store.
pub async fn revoke_bootstrap_tokens(stores: &Stores) -> Result<(), Fault> {
    // There is no such client: what goes is what was issued to it.
    stores.clients.remove(&owner()?).await.map(|_| ())
}

/// Whoever presents the bootstrap token.
pub(super) async fn principal(stores: &Stores, now: Timestamp, presented: &str) -> Result<Option<Principal>, Fault> {
    if presented.contains('.') {
        return Ok(None);
    }
    let found = stores.tokens.find_opaque(&TokenHash::of(presented)).await?;
    let living = found.filter(|(token, revoked)| {
        token.meaning.client_id.as_str() == BOOTSTRAP_CLIENT && !revoked && now < token.meaning.expires_at
    });
    Ok(living.map(|_| Principal { name: BOOTSTRAP_CLIENT.to_owned(), scope: everything() }))
}

fn owner() -> Result<ClientId, Fault> {
    ClientId::try_from(BOOTSTRAP_CLIENT).map_err(|error| Fault::caused("admin.bootstrap", error))
}

fn everything() -> Scope {
    ScopeValue::try_from(EVERYTHING).into_iter().collect()
}
