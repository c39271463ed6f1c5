//! Passwords: argon2id (RFC 9106) on a few threads of their own, so that a storm of sign-ins queues here and
//! leaves the rest of the server its cores.

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use async_trait::async_trait;
use gatewright_domain::fault::Fault;
use gatewright_domain::password::{PASSWORD_BYTES_MAX, PasswordHash, PasswordHasher};
use gatewright_domain::secret::SecretText;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Most passwords that wait for a thread; one more is told that the server is busy.
pub const HASH_QUEUE_MAX: usize = 256;

const PLACE: &str = "passwords";

/// How much work a password costs (OWASP: 19 MiB, two passes, one lane).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub iterations: u32,
    /// Threads that hash; each works on one password at a time.
    pub threads: usize,
}

impl Default for HashCost {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { memory_kib: 19_456, iterations: 2, threads }
    }
}

type Job = Box<dyn FnOnce(&Argon2<'static>) + Send>;

/// The hashing threads.
pub struct Argon2Hasher {
    jobs: SyncSender<Job>,
    params: Params,
    /// What an unknown user's password is held against: the same work, never a match.
    nobody: Arc<str>,
}

impl Argon2Hasher {
    /// Starts the threads.
    ///
    /// # Errors
    /// A fault when argon2 refuses the cost, or a thread cannot start.
    pub fn start(cost: HashCost) -> Result<Self, Fault> {
        let params = Params::new(cost.memory_kib, cost.iterations, 1, None);
        let params = params.map_err(|error| Fault::new(PLACE, error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let nobody = hash(&argon2, "a password that nobody has")?.0;
        let (jobs, queue) = sync_channel::<Job>(HASH_QUEUE_MAX);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..cost.threads.max(1) {
            let (queue, argon2) = (queue.clone(), argon2.clone());
            let thread = std::thread::Builder::new().name(format!("passwords-{number}"));
            thread.spawn(move || work(&queue, &argon2)).map_err(|error| Fault::caused(PLACE, error))?;
        }
        Ok(Self { jobs, params, nobody: nobody.into() })
    }

    /// Whether a hash was made at another cost than passwords cost now.
    pub fn needs_rehash(&self, hash: &PasswordHash) -> bool {
        let made = Phc::new(&hash.0).ok().and_then(|phc| Params::try_from(&phc).ok());
        made.is_none_or(|made| {
            (made.m_cost(), made.t_cost(), made.p_cost())
                != (self.params.m_cost(), self.params.t_cost(), self.params.p_cost())
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |argon2| {
            // Whoever asked may be gone; then nobody misses the answer.
            drop(answer.send(work(argon2)));
        });
        self.jobs.try_send(job).map_err(|_| Fault::new(PLACE, "too many passwords wait to be hashed"))?;
        answered.await.map_err(|_| Fault::new(PLACE, "the hashing thread ended"))?
    }
}

fn work(queue: &Mutex<Receiver<Job>>, argon2: &Argon2<'static>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(argon2),
            Err(_) => return,
        }
    }
}

fn hash(argon2: &Argon2<'static>, password: &str) -> Result<PasswordHash, Fault> {
    let hashed = argon2.hash_password(password.as_bytes());
    hashed.map(|phc| PasswordHash(phc.to_string())).map_err(|error| Fault::new(PLACE, error.to_string()))
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: &SecretText) -> Result<PasswordHash, Fault> {
        if password.expose().len() > PASSWORD_BYTES_MAX {
            return Err(Fault::new(PLACE, format!("a password has at most {PASSWORD_BYTES_MAX} bytes")));
        }
        let password = password.clone();
        self.run(move |argon2| hash(argon2, password.expose())).await
    }

    async fn verify(&self, password: &SecretText, hash: Option<&PasswordHash>) -> Result<bool, Fault> {
        if password.expose().len() > PASSWORD_BYTES_MAX {
            return Ok(false);
        }
        let known = hash.is_some();
        let stored: Arc<str> = hash.map_or_else(|| self.nobody.clone(), |hash| hash.0.as_str().into());
        let password = password.clone();
        let fits = self.run(move |argon2| {
            let phc = Phc::new(&stored).map_err(|_| Fault::new(PLACE, "a stored password hash cannot be read"))?;
            Ok(argon2.verify_password(password.expose().as_bytes(), &phc).is_ok())
        });
        Ok(fits.await? && known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> Argon2Hasher {
        Argon2Hasher::start(HashCost { memory_kib: 64, iterations: 1, threads: 1 }).unwrap()
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_other() {
        let hasher = cheap();
        let hash = hasher.hash(&SecretText::new("wonderland")).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", hash.0);
        assert!(hasher.verify(&SecretText::new("wonderland"), Some(&hash)).await.unwrap());
        assert!(!hasher.verify(&SecretText::new("Wonderland"), Some(&hash)).await.unwrap());
        assert_ne!(hash, hasher.hash(&SecretText::new("wonderland")).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert!(!cheap().verify(&SecretText::new("a password that nobody has"), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_over_the_limit_is_never_hashed() {
        let long = SecretText::new("x".repeat(PASSWORD_BYTES_MAX + 1));
        let hasher = cheap();
        assert!(hasher.hash(&long).await.is_err());
        let hash = hasher.hash(&SecretText::new("x".repeat(PASSWORD_BYTES_MAX))).await.unwrap();
        assert!(!hasher.verify(&long, Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_of_another_implementation_is_understood() {
        // The reference implementation's `argon2` command: password "password", salt "somesalt", -id -t 2 -m 16 -p 1.
        let reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let hash = PasswordHash(reference.into());
        let hasher = cheap();
        assert!(hasher.verify(&SecretText::new("password"), Some(&hash)).await.unwrap());
        assert!(hasher.needs_rehash(&hash));
        assert!(!hasher.needs_rehash(&hasher.hash(&SecretText::new("x")).await.unwrap()));
    }

    #[tokio::test]
    async fn a_stored_hash_that_cannot_be_read_is_a_fault() {
        let hash = PasswordHash("not a hash".into());
        assert!(cheap().verify(&SecretText::new("x"), Some(&hash)).await.is_err());
    }
}
