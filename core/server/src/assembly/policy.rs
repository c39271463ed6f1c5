//! The policy that a server starts with, and its place among the servers that share its database.

use super::error::AssemblyError;
use crate::configuration::Configuration;
use gatewright_capabilities::{OsEntropy, SystemClock};
use gatewright_domain::activation::ActivationKind;
use gatewright_domain::capabilities::users::UserDirectory;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::Tools;
use gatewright_domain::hooks::Runtime;
use gatewright_domain::identifiers::NodeId;
use gatewright_domain::store::Stores;
use gatewright_domain::trace::Redaction;
use gatewright_plugin_host::WasmRuntime;
use gatewright_policy::Runtimes;
use gatewright_policy::activation::{ActivationError, Activations, NodeSetup, PolicyNode};
use gatewright_policy::files::Files;
use gatewright_policy::live::{LivePolicies, NotActivated, Workshop};
use gatewright_policy::report;
use gatewright_policy::trial::{TrialSetup, TriedPolicies};
use gatewright_policy::watch::Source;
use gatewright_script_host::RhaiRuntime;
use std::sync::Arc;

/// Where Linux says what the machine is called.
const HOST_NAME_FILE: &str = "/proc/sys/kernel/hostname";

/// What a start offers to be activated: the operator's folder laid over the shipped policies, or those alone.
pub(super) struct Offered {
    pub(super) files: Files,
    pub(super) kind: ActivationKind,
}

/// What this configuration offers, and where it comes from if that is a folder.
pub(super) fn offered(configuration: &Configuration) -> Result<(Offered, Option<Source>), AssemblyError> {
    match &configuration.policy.directory {
        None => Ok((Offered { files: Files::shipped(), kind: ActivationKind::Start }, None)),
        Some(folder) => {
            let source = Source { folder: folder.clone(), base: Files::shipped() };
            Ok((Offered { files: source.read()?, kind: ActivationKind::Folder }, Some(source)))
        }
    }
}

/// One for each kind of file that a binding can run, and whose signatures plugins need.
pub(crate) fn runtimes(configuration: &Configuration) -> Runtimes {
    let runtimes: Vec<Arc<dyn Runtime>> =
        vec![Arc::new(RhaiRuntime::new()), Arc::new(WasmRuntime::new(configuration.compiled_plugins()))];
    Runtimes::new(runtimes, configuration.policy.plugin_signatures.trust())
}

/// The policies of a server: the folder where there is one, else what is live in its database. A folder with errors takes
/// nothing down: what is live is served, and whoever joins tells of the folder.
pub(super) async fn open(
    offered: &Offered,
    runtimes: Runtimes,
    tools: Tools,
    stores: &Stores,
) -> Result<Arc<LivePolicies>, AssemblyError> {
    let files = match offered.kind {
        ActivationKind::Start => live(stores).await?.unwrap_or_else(|| offered.files.clone()),
        _ => offered.files.clone(),
    };
    let workshop = Workshop { runtimes, tools, store: stores.bundles.clone() };
    let error = match LivePolicies::open(&files, workshop.clone()).await {
        Ok(opened) => return Ok(Arc::new(opened)),
        Err(error) => error,
    };
    if offered.kind == ActivationKind::Folder
        && matches!(error, NotActivated::Wrong(_))
        && let Some(live) = live(stores).await?.filter(|live| live.digest() != files.digest())
        && let Ok(opened) = LivePolicies::open(&live, workshop).await
    {
        return Ok(Arc::new(opened));
    }
    Err(AssemblyError::policy(error, &files))
}

/// The files of the live bundle.
async fn live(stores: &Stores) -> Result<Option<Files>, Fault> {
    let Some(live) = stores.activations.live().await? else { return Ok(None) };
    let digest = live.proposal.digest;
    let bytes = stores.bundles.find(&digest).await?;
    let bytes = bytes.ok_or_else(|| Fault::new("policy.bundles", format!("the live bundle {digest} is not stored")))?;
    Files::decode(&bytes, &digest).map(Some).map_err(|error| Fault::caused("policy.bundles", error))
}

/// This server among those that share its database.
pub(super) fn node(configuration: &Configuration, stores: &Stores, policies: &Arc<LivePolicies>) -> PolicyNode {
    PolicyNode::new(NodeSetup {
        id: NodeId::draw(&OsEntropy),
        name: node_name(configuration),
        activations: Activations { store: stores.activations.clone(), clock: Arc::new(SystemClock) },
        policies: policies.clone(),
    })
}

/// What is tried beside the live policy.
pub(super) fn tried(
    configuration: &Configuration,
    policies: &Arc<LivePolicies>,
    stores: &Stores,
    users: Arc<dyn UserDirectory>,
) -> TriedPolicies {
    TriedPolicies::new(TrialSetup {
        live: policies.clone(),
        store: stores.trials.clone(),
        users,
        redaction: Redaction::new(configuration.trace.personal_claims.iter().cloned()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
    })
}

/// What this node is called.
pub(super) fn node_name(configuration: &Configuration) -> String {
    let named = configuration.policy.node.clone();
    named.unwrap_or_else(|| format!("{}:{}", host_name(), configuration.listen.address.port()))
}

fn host_name() -> String {
    let name = std::env::var("HOSTNAME").ok().or_else(|| std::fs::read_to_string(HOST_NAME_FILE).ok());
    let name: String = name.unwrap_or_default().trim().chars().filter(|c| c.is_ascii_graphic()).take(48).collect();
    if name.is_empty() { "node".to_owned() } else { name }
}

/// Joins the others; tells when what was offered is not what is live.
pub(super) async fn join(node: &PolicyNode, offered: &Offered) -> Result<(), AssemblyError> {
    let joined = node.join(&offered.files, offered.kind).await.map_err(|error| told(&error, &offered.files))?;
    if let Some(refused) = &joined.refused {
        let why = told(refused, &offered.files);
        let (refused, live) = (offered.files.digest(), &joined.digest);
        tracing::error!(activation = joined.activation, policy.digest = %live, policy.refused = %refused, "the policy folder is refused, and what was live goes on: {why}");
    }
    tracing::info!(node = node.name(), activation = joined.activation, policy.digest = %joined.digest, "serves the policy");
    Ok(())
}

fn told(error: &ActivationError, files: &Files) -> AssemblyError {
    match error {
        ActivationError::Wrong(wrong) => AssemblyError::Policy(report::with_source(wrong, files)),
        other => AssemblyError::Policy(other.to_string()),
    }
}
