//! Passwords hashed with argon2id (RFC 9106), as PHC strings.

use crate::entropy::OsEntropy;
use crate::hashing_threads::{HashingThreads, Workspace};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as PhcString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use async_trait::async_trait;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::password::{PASSWORD_BYTES_MAX, PasswordHash, PasswordHasher};
use gatewright_domain::secret::SecretText;
use std::num::NonZero;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Most passwords that wait for a thread; one more is told that the server is busy.
pub const HASH_QUEUE_MAX: usize = 256;
/// Most memory of one hash, in KiB (1 GiB), configured or stored.
pub const MEMORY_KIB_MAX: u32 = 1024 * 1024;
/// Most passes over the memory, configured or stored.
pub const ITERATIONS_MAX: u32 = 32;
/// Most lanes of a stored hash; those made here have one.
pub const LANES_MAX: u32 = 16;

const PLACE: &str = "capabilities.passwords";
const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// How much work a password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Threads that hash; each works on one password at a time. At least one is started.
    pub threads: usize,
}

impl Default for HashCost {
    /// 19 MiB and two passes, what OWASP's password storage cheat sheet puts first, on a thread a core.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self { memory_kib: 19_456, iterations: 2, threads }
    }
}

/// Hashes on threads of its own.
pub struct Argon2Hasher {
    threads: HashingThreads,
    entropy: Arc<dyn Entropy>,
    params: Params,
    /// What is worked on when there is no account, so that the time does not tell.
    nobody: Arc<Stored>,
}

impl Argon2Hasher {
    /// Starts the threads.
    ///
    /// # Errors
    /// A fault when the cost is out of bounds (8 to [`MEMORY_KIB_MAX`], 1 to [`ITERATIONS_MAX`]), or a thread cannot
    /// start.
    pub fn start(cost: HashCost) -> Result<Self, Fault> {
        Self::start_with(cost, HASH_QUEUE_MAX, Arc::new(OsEntropy))
    }

    pub(crate) fn start_with(cost: HashCost, queued_max: usize, entropy: Arc<dyn Entropy>) -> Result<Self, Fault> {
        let params = Params::new(cost.memory_kib, cost.iterations, 1, Some(OUTPUT_BYTES)).ok().filter(is_bearable);
        let params = params.ok_or_else(|| {
            let bounds = format!("memory is 8 to {MEMORY_KIB_MAX} KiB, iterations are 1 to {ITERATIONS_MAX}");
            Fault::new(PLACE, bounds)
        })?;
        let count = NonZero::new(cost.threads).unwrap_or(NonZero::<usize>::MIN);
        let threads = HashingThreads::start(count, queued_max).map_err(|error| Fault::caused(PLACE, error))?;
        let nobody = Arc::new(Stored::of_nobody(&params, entropy.as_ref())?);
        Ok(Self { threads, entropy, params, nobody })
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: &SecretText) -> Result<PasswordHash, Fault> {
        if password.expose().len() > PASSWORD_BYTES_MAX {
            return Err(Fault::new(PLACE, format!("a password over {PASSWORD_BYTES_MAX} bytes is not hashed")));
        }
        let (password, params) = (password.clone(), self.params.clone());
        let salt = drawn_salt(self.entropy.as_ref());
        let work = move |workspace: &mut Workspace| {
            hashed(&params, password.expose().as_bytes(), &salt, workspace.blocks(params.block_count()))
        };
        self.threads.run(work).await?
    }

    fn needs_rehash(&self, hash: &PasswordHash) -> bool {
        let Ok(stored) = Stored::parse(hash) else { return true };
        let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        (stored.algorithm, stored.version) != (Algorithm::Argon2id, Version::V0x13)
            || costs(&stored.params) != costs(&self.params)
    }

    async fn verify(&self, password: &SecretText, hash: Option<&PasswordHash>) -> Result<bool, Fault> {
        if password.expose().len() > PASSWORD_BYTES_MAX {
            return Ok(false);
        }
        let stored = hash.map(Stored::parse).transpose()?;
        let (password, kept, nobody) = (password.clone(), self.params.block_count(), self.nobody.clone());
        let fits = self.threads.run(move |workspace| {
            let fits = stored.as_ref().unwrap_or(&nobody).fits(&password, workspace);
            workspace.shrink(kept);
            fits
        });
        let fits = fits.await?.map_err(|error| Fault::caused(PLACE, error))?;
        Ok(fits && hash.is_some())
    }
}

/// A stored hash, read.
struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl Stored {
    /// Reads a PHC string of any argon2.
    ///
    /// # Errors
    /// A fault, which repeats nothing of the hash, when it is none or would cost more than the limits.
    fn parse(hash: &PasswordHash) -> Result<Self, Fault> {
        Self::read(&hash.0).ok_or_else(|| Fault::new(PLACE, "a stored password hash cannot be read as one of argon2"))
    }

    fn read(text: &str) -> Option<Self> {
        let phc = PhcString::new(text).ok()?;
        let params = Params::try_from(&phc).ok().filter(is_bearable)?;
        // Strings of before the version was written down are of 1.0.
        let version = phc.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?;
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).ok()?;
        Some(Self { algorithm, version, params, salt: phc.salt?, output: phc.hash? })
    }

    /// The hash of no password: its output is drawn, so nothing gives it. Trying it costs what any other try costs.
    fn of_nobody(params: &Params, entropy: &dyn Entropy) -> Result<Self, Fault> {
        let mut output = [0u8; OUTPUT_BYTES];
        entropy.fill(&mut output);
        let undrawn = |error: argon2::password_hash::phc::Error| Fault::caused(PLACE, error);
        Ok(Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params: params.clone(),
            salt: Salt::new(&drawn_salt(entropy)).map_err(undrawn)?,
            output: Output::new(&output).map_err(undrawn)?,
        })
    }

    fn fits(&self, password: &SecretText, workspace: &mut Workspace) -> Result<bool, argon2::Error> {
        let mut output = [0u8; Output::MAX_LENGTH];
        let output = &mut output[..self.output.len()];
        let blocks = workspace.blocks(self.params.block_count());
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        argon2.hash_password_into_with_memory(password.expose().as_bytes(), &self.salt, output, blocks)?;
        Ok(output.ct_eq(self.output.as_bytes()).into())
    }
}

fn is_bearable(params: &Params) -> bool {
    params.m_cost() <= MEMORY_KIB_MAX && params.t_cost() <= ITERATIONS_MAX && params.p_cost() <= LANES_MAX
}

fn drawn_salt(entropy: &dyn Entropy) -> [u8; SALT_BYTES] {
    let mut salt = [0u8; SALT_BYTES];
    entropy.fill(&mut salt);
    salt
}

/// A new hash as a PHC string.
fn hashed(params: &Params, password: &[u8], salt: &[u8], memory: &mut [Block]) -> Result<PasswordHash, Fault> {
    let mut output = [0u8; OUTPUT_BYTES];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    argon2
        .hash_password_into_with_memory(password, salt, &mut output, memory)
        .map_err(|error| Fault::caused(PLACE, error))?;
    let unwritable = |error: argon2::password_hash::phc::Error| Fault::caused(PLACE, error);
    let phc = PhcString {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|error| Fault::caused(PLACE, error))?,
        salt: Some(Salt::new(salt).map_err(unwritable)?),
        hash: Some(Output::new(&output).map_err(unwritable)?),
    };
    Ok(PasswordHash(phc.to_string()))
}

#[cfg(test)]
mod tests;
