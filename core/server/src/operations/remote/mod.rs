//! Operations by the admin API of another machine, with an access token of its server.

mod policies;
mod records;
mod replay;
mod trials;
mod wire;

pub use wire::{BUNDLE_TYPE, RemoteError};

use super::account::{FactorDocument, GrantDocument, SessionDocument};
use super::client::{ClientChange, ClientDocument, NewClient};
use super::error::{Problem, ProblemKind};
use super::key::{KeyDocument, KeyRotation, RotatedKeys};
use super::page::{Expected, Page, PageRequest, cursor};
use super::user::{NewPassword, NewUser, UserChange, UserDetail, UserDocument};
use super::{AccountOperations, ClientOperations, KeyOperations, OperationError, Outcome, UserOperations};
use async_trait::async_trait;
use gatewright_domain::secret::SecretText;
use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use url::Url;
use wire::{Asked, Wire};

/// Another machine's admin API.
pub struct Remote(Wire);

/// A list that is short enough for one answer.
#[derive(Deserialize)]
struct List<T> {
    items: Vec<T>,
}

/// How long a try would have had to wait.
#[derive(Deserialize)]
struct Unlocked {
    waited_s: u64,
}

impl Remote {
    /// The admin API at `server`, which may be the URL of the API itself or what stands before `/admin/api/v1`.
    ///
    /// # Errors
    /// A URL that would carry the token in clear to another machine, or authorities that cannot be read.
    pub fn new(server: Url, token: SecretText, ca_file: Option<&Path>) -> Result<Self, RemoteError> {
        Wire::new(server, token, ca_file).map(Self)
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Outcome<T> {
        self.0.ask(Asked { query, ..Asked::new(Method::GET, path) }).await
    }

    async fn list<T: DeserializeOwned>(&self, path: &[&str]) -> Outcome<Vec<T>> {
        Ok(self.get::<List<T>>(path, &[]).await?.items)
    }

    async fn page<T: DeserializeOwned>(
        &self,
        path: &[&str],
        more: &[(&str, &str)],
        page: &PageRequest,
    ) -> Outcome<Page<T>> {
        let (limit, after) = (page.limit.to_string(), page.after.as_deref().map(cursor));
        let mut query = more.to_vec();
        query.push(("limit", &limit));
        query.extend(after.as_deref().map(|after| ("cursor", after)));
        self.get(path, &query).await
    }
}

#[async_trait]
impl ClientOperations for Remote {
    async fn clients(&self, page: &PageRequest) -> Outcome<Page<ClientDocument>> {
        self.page(&["clients"], &[], page).await
    }

    async fn client(&self, id: &str) -> Outcome<ClientDocument> {
        self.get(&["clients", id], &[]).await.map_err(|error| named(error, ProblemKind::NoClient, id))
    }

    async fn add_client(&self, new: NewClient) -> Outcome<ClientDocument> {
        self.0.ask(Asked::new(Method::POST, &["clients"]).with(&new)?).await
    }

    async fn replace_client(&self, id: &str, change: ClientChange, expected: &Expected) -> Outcome<ClientDocument> {
        self.0.ask(Asked { expected, ..Asked::new(Method::PUT, &["clients", id]).with(&change)? }).await
    }

    async fn rotate_client_secret(&self, id: &str, expected: &Expected) -> Outcome<ClientDocument> {
        self.0.ask(Asked { expected, ..Asked::new(Method::POST, &["clients", id, "secret"]) }).await
    }

    async fn remove_client(&self, id: &str, expected: &Expected) -> Outcome<()> {
        let path = ["clients", id];
        let asked = Asked { expected, ..Asked::new(Method::DELETE, &path) };
        self.0.tell(asked).await.map_err(|error| named(error, ProblemKind::NoClient, id))
    }
}

#[async_trait]
impl UserOperations for Remote {
    async fn users(&self, prefix: &str, page: &PageRequest) -> Outcome<Page<UserDocument>> {
        let more = [("prefix", prefix)];
        self.page(&["users"], if prefix.is_empty() { &[] } else { &more }, page).await
    }

    async fn user_named(&self, username: &str) -> Outcome<Option<UserDocument>> {
        let found: List<UserDocument> = self.get(&["users"], &[("username", username)]).await?;
        Ok(found.items.into_iter().next())
    }

    async fn user(&self, subject: &str) -> Outcome<UserDetail> {
        self.get(&["users", subject], &[]).await
    }

    async fn add_user(&self, new: NewUser) -> Outcome<UserDocument> {
        self.0.ask(Asked::new(Method::POST, &["users"]).with(&new)?).await
    }

    async fn change_user(&self, subject: &str, change: UserChange, expected: &Expected) -> Outcome<UserDocument> {
        self.0.ask(Asked { expected, ..Asked::new(Method::PUT, &["users", subject]).with(&change)? }).await
    }

    async fn set_password(&self, subject: &str, password: NewPassword) -> Outcome<()> {
        self.0.tell(Asked::new(Method::PUT, &["users", subject, "password"]).with(&password)?).await
    }

    async fn set_disabled(&self, subject: &str, disabled: bool) -> Outcome<UserDocument> {
        let how = if disabled { "disable" } else { "enable" };
        self.0.ask(Asked::new(Method::POST, &["users", subject, how])).await
    }

    async fn unlock(&self, subject: &str) -> Outcome<u64> {
        let unlocked: Unlocked = self.0.ask(Asked::new(Method::POST, &["users", subject, "unlock"])).await?;
        Ok(unlocked.waited_s)
    }

    async fn remove_user(&self, subject: &str) -> Outcome<()> {
        self.0.tell(Asked::new(Method::DELETE, &["users", subject])).await
    }
}

#[async_trait]
impl AccountOperations for Remote {
    async fn factors(&self, subject: &str) -> Outcome<Vec<FactorDocument>> {
        self.list(&["users", subject, "factors"]).await
    }

    async fn remove_factor(&self, subject: &str, id: &str) -> Outcome<()> {
        self.0.tell(Asked::new(Method::DELETE, &["users", subject, "factors", id])).await
    }

    async fn sessions(&self, subject: &str) -> Outcome<Vec<SessionDocument>> {
        self.list(&["users", subject, "sessions"]).await
    }

    async fn end_session(&self, subject: &str, id: &str) -> Outcome<()> {
        self.0.tell(Asked::new(Method::DELETE, &["users", subject, "sessions", id])).await
    }

    async fn user_grants(&self, subject: &str) -> Outcome<Vec<GrantDocument>> {
        self.list(&["users", subject, "grants"]).await
    }

    async fn client_grants(&self, client: &str, page: &PageRequest) -> Outcome<Page<GrantDocument>> {
        self.page(&["clients", client, "grants"], &[], page).await
    }

    async fn revoke_grant(&self, subject: &str, client: &str) -> Outcome<()> {
        self.0.tell(Asked::new(Method::DELETE, &["users", subject, "grants", client])).await
    }
}

#[async_trait]
impl KeyOperations for Remote {
    async fn keys(&self) -> Outcome<Vec<KeyDocument>> {
        self.list(&["keys"]).await
    }

    async fn rotate_keys(&self, rotation: KeyRotation) -> Outcome<RotatedKeys> {
        self.0.ask(Asked::new(Method::POST, &["keys", "rotation"]).with(&rotation)?).await
    }
}

/// A path that leads nowhere names a thing that cannot be there: an id in another form than any has.
fn named(error: OperationError, kind: ProblemKind, id: &str) -> OperationError {
    match error {
        OperationError::Problem(Problem { kind: ProblemKind::NoRoute, .. }) => {
            kind.says(format!("there is no client {id}")).into()
        }
        other => other,
    }
}
