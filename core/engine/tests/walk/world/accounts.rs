//! The directory of these tests: accounts can be disabled, and a look at one can give way to another request, so that
//! two requests meet in the middle of their work.

use async_trait::async_trait;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::password::PasswordHash;
use gatewright_domain::store::{DuplicateUser, UserStore};
use gatewright_domain::user::User;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// Accounts over another store.
pub struct Accounts {
    known: Arc<dyn UserStore>,
    disabled: Mutex<BTreeSet<String>>,
    pausing: AtomicBool,
    failing: AtomicBool,
}

impl Accounts {
    /// All of them enabled, without pauses.
    pub fn over(known: Arc<dyn UserStore>) -> Self {
        Self { known, disabled: Mutex::default(), pausing: AtomicBool::new(false), failing: AtomicBool::new(false) }
    }

    /// Disables the account of `subject`.
    pub fn disable(&self, subject: &str) {
        self.disabled.lock().unwrap().insert(subject.to_owned());
    }

    /// From now on each look at an account gives way to other requests once.
    pub fn pause(&self) {
        self.pausing.store(true, Ordering::SeqCst);
    }

    /// The next look at an account is a fault.
    pub fn fail_once(&self) {
        self.failing.store(true, Ordering::SeqCst);
    }

    fn as_it_is(&self, user: User) -> User {
        let disabled = user.disabled || self.disabled.lock().unwrap().contains(user.subject.as_str());
        User { disabled, ..user }
    }
}

#[async_trait]
impl UserStore for Accounts {
    async fn find(&self, subject: &Subject) -> Result<Option<User>, Fault> {
        if self.pausing.load(Ordering::SeqCst) {
            GiveWay(false).await;
        }
        if self.failing.swap(false, Ordering::SeqCst) {
            return Err(Fault::new("store.users", "it was told to fail"));
        }
        Ok(self.known.find(subject).await?.map(|user| self.as_it_is(user)))
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<User>, Fault> {
        Ok(self.known.find_by_username(username).await?.map(|user| self.as_it_is(user)))
    }

    async fn add(&self, user: &User) -> Result<Result<(), DuplicateUser>, Fault> {
        self.known.add(user).await
    }

    async fn replace_claims(
        &self,
        subject: &Subject,
        expected: &Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Result<bool, Fault> {
        self.known.replace_claims(subject, expected, claims).await
    }

    async fn set_password(&self, subject: &Subject, password: &PasswordHash) -> Result<bool, Fault> {
        self.known.set_password(subject, password).await
    }

    async fn rehash(&self, subject: &Subject, from: &PasswordHash, to: &PasswordHash) -> Result<bool, Fault> {
        self.known.rehash(subject, from, to).await
    }

    async fn set_disabled(&self, subject: &Subject, disabled: bool) -> Result<bool, Fault> {
        self.known.set_disabled(subject, disabled).await
    }

    async fn remove(&self, subject: &Subject) -> Result<bool, Fault> {
        self.known.remove(subject).await
    }

    async fn list(&self, after: Option<&str>, limit: usize) -> Result<Vec<User>, Fault> {
        self.known.list(after, limit).await
    }
}

/// Pending once, then ready.
struct GiveWay(bool);

impl Future for GiveWay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Lets a request work until it gives way.
#[track_caller]
pub fn begin<T>(request: &mut Pin<&mut (impl Future<Output = T> + ?Sized)>) {
    let polled = request.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "the request ended without a pause");
}
