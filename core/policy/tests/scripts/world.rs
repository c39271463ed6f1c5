//! Compiling and rehearsing a bundle with the script runtime.

use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::http::{HttpClient, HttpRequest, HttpResponse};
use gatewright_domain::capabilities::kv::{KeyValue, KvCall};
use gatewright_domain::capabilities::loan::HttpLoan;
use gatewright_domain::capabilities::unavailable::Unavailable;
use gatewright_domain::capabilities::users::{UserDirectory, UserKey};
use gatewright_domain::capabilities::vault::SecretVault;
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::Tools;
use gatewright_domain::hooks::Runtime;
use gatewright_domain::secret::SecretText;
use gatewright_domain::user::UserView;
use gatewright_policy::bundle::CompiledBundle;
use gatewright_policy::compile::compile;
use gatewright_policy::files::Files;
use gatewright_policy::rehearsal::rehearse;
use gatewright_policy::report::{shown, with_source};
use gatewright_script_host::RhaiRuntime;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NO_FACTORS: Unavailable = Unavailable("there are no factors");

/// A world in which there is nothing.
struct Nothing;

impl Clock for Nothing {
    fn now_ms(&self) -> i64 {
        0
    }
}

impl Entropy for Nothing {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

#[async_trait::async_trait]
impl UserDirectory for Nothing {
    async fn find(&self, _key: &UserKey) -> Result<Option<UserView>, Fault> {
        Ok(None)
    }

    async fn verify_password(
        &self,
        _username: &str,
        _password: &SecretText,
        _from: Option<IpAddr>,
    ) -> Result<Option<UserView>, Fault> {
        Ok(None)
    }

    async fn wait_s(&self, _username: &str, _from: Option<IpAddr>) -> Result<u64, Fault> {
        Ok(0)
    }
}

#[async_trait::async_trait]
impl KeyValue for Nothing {
    async fn call(&self, _namespace: &str, _call: &KvCall, _now: Timestamp) -> Result<serde_json::Value, Fault> {
        Ok(serde_json::Value::Null)
    }
}

#[async_trait::async_trait]
impl HttpClient for Nothing {
    async fn send(&self, _loan: &HttpLoan, request: HttpRequest) -> Result<HttpResponse, CapabilityError> {
        Err(CapabilityError::Unreachable { what: request.url, why: "there is nothing".into() })
    }
}

impl SecretVault for Nothing {
    fn secret(&self, _name: &str) -> Option<SecretText> {
        None
    }
}

pub fn tools() -> Tools {
    let nothing = Arc::new(Nothing);
    Tools {
        clock: nothing.clone(),
        entropy: nothing.clone(),
        users: nothing.clone(),
        kv: nothing.clone(),
        http: nothing.clone(),
        secrets: nothing,
        factors: Arc::new(NO_FACTORS),
        totp: Arc::new(NO_FACTORS),
        webauthn: Arc::new(NO_FACTORS),
        mail: Arc::new(NO_FACTORS),
        recovery: Arc::new(NO_FACTORS),
        oidc: Arc::new(NO_FACTORS),
    }
}

pub fn runtimes() -> Vec<Arc<dyn Runtime>> {
    vec![Arc::new(RhaiRuntime::new())]
}

/// The top of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The policy that these files are; it must be one.
pub fn compiled(files: &Files) -> CompiledBundle {
    compile(files, &runtimes(), tools()).unwrap_or_else(|wrong| panic!("\n{}", with_source(&wrong, files)))
}

/// Runs every test of a bundle; all must hold. Answers their names.
pub async fn rehearsed(files: &Files) -> Vec<String> {
    let played = rehearse(files, &runtimes()).await.unwrap_or_else(|wrong| panic!("\n{}", with_source(&wrong, files)));
    let failures: Vec<_> = played.iter().filter_map(|played| played.failure.clone()).collect();
    assert!(failures.is_empty(), "\n{}", shown(&failures));
    played.into_iter().map(|played| format!("{}: {}", played.file, played.test)).collect()
}

/// Every script of a bundle that a test should stand beside: all that answer a hook.
pub fn without_test(files: &Files) -> Vec<&str> {
    let scripts = files.paths().filter(|path| path.ends_with(".rhai") && !path.ends_with(".test.rhai"));
    let of_hooks = scripts.filter(|path| !path.starts_with("lib/"));
    of_hooks.filter(|path| files.get(&path.replace(".rhai", ".test.rhai")).is_none()).collect()
}
