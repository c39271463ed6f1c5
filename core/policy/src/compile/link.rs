//! From a manifest in which every rule holds, and the programs of its bindings, to the policy.

use super::rules::fallback;
use crate::bundle::{Bound, CompiledBundle, OnFault};
use crate::files::Files;
use crate::manifest::{Manifest, OnError, Terms};
use gatewright_domain::flow::Tools;
use gatewright_domain::hooks::{Acrs, HookKind, Method, Program};
use gatewright_domain::identifiers::{BindingName, BundleDigest};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The bindings, compiled and joined to their stand-ins, in the order of the manifest.
pub(super) fn bound(manifest: &Manifest, programs: Vec<Arc<dyn Program>>, files: &Files) -> Vec<Arc<Bound>> {
    let programs = manifest.bindings.iter().map(|binding| &binding.name.value).zip(programs).collect();
    let mut linking = Linking { manifest, programs, files, done: BTreeMap::new() };
    (0..manifest.bindings.len()).filter_map(|place| linking.bound(place)).collect()
}

struct Linking<'m> {
    manifest: &'m Manifest,
    programs: BTreeMap<&'m BindingName, Arc<dyn Program>>,
    files: &'m Files,
    done: BTreeMap<&'m BindingName, Arc<Bound>>,
}

impl<'m> Linking<'m> {
    /// The binding at `place`; its stand-ins first. Fallbacks make no cycle, so this ends.
    fn bound(&mut self, place: usize) -> Option<Arc<Bound>> {
        let binding = &self.manifest.bindings[place];
        let name = &binding.name.value;
        if let Some(done) = self.done.get(name) {
            return Some(done.clone());
        }
        let on_fault = match &binding.on_error.value {
            OnError::Deny => OnFault::Deny,
            OnError::Skip => OnFault::Skip,
            OnError::Fallback(_) => {
                let next = fallback(self.manifest, binding)?;
                let next = self.manifest.bindings.iter().position(|other| other.name.value == next.name.value)?;
                OnFault::Fallback(self.bound(next)?)
            }
        };
        let program = self.programs.get(name)?.clone();
        let bound = Arc::new(Bound {
            name: name.clone(),
            hook: binding.hook,
            stand_in: binding.stand_in,
            when: binding.when.clone(),
            loan: binding.loan.clone(),
            limits: binding.limits,
            terms: binding.terms.clone(),
            code: code(self.files, &binding.run.value, program.as_ref()),
            program,
            on_fault,
        });
        self.done.insert(name, bound.clone());
        Some(bound)
    }
}

/// A digest of the files that a program is made of: its own, and what it imports.
fn code(files: &Files, run: &str, program: &dyn Program) -> [u8; 32] {
    let mut paths = program.study().files;
    paths.insert(run.to_owned());
    let mut digest = Sha256::new();
    for path in &paths {
        // Each part has a length of its own, so that no two lists of files read alike.
        digest.update(Sha256::digest(path));
        digest.update(Sha256::digest(files.get(path).unwrap_or_default()));
    }
    digest.finalize().into()
}

/// The policy; nothing when its ACRs make no table.
pub(super) fn bundle(
    manifest: &Manifest,
    bound: Vec<Arc<Bound>>,
    digest: BundleDigest,
    tools: Tools,
) -> Option<CompiledBundle> {
    let (mut served_scopes, mut served_claims) = (Vec::new(), Vec::new());
    for binding in &manifest.bindings {
        if let Terms::Claims { scopes, claims } = &binding.terms {
            add_new(&mut served_scopes, scopes);
            add_new(&mut served_claims, claims);
        }
    }
    let acrs = Acrs::new(methods(manifest), manifest.default_acr.as_ref()?.value.clone())?;
    let rows = HookKind::ALL
        .map(|hook| bound.iter().filter(|binding| binding.hook == hook && !binding.stand_in).cloned().collect());
    Some(CompiledBundle { digest, name: manifest.name.clone(), acrs, served_scopes, served_claims, rows, tools })
}

fn methods(manifest: &Manifest) -> Vec<Method> {
    let reached = manifest.bindings.iter().filter_map(|binding| match &binding.terms {
        Terms::Authenticate { reaches: Some((acr, level)), amr, factor, enrols } => Some(Method {
            acr: acr.value.clone(),
            level: *level,
            amr: amr.clone(),
            factor: factor.clone(),
            enrols: *enrols,
        }),
        _ => None,
    });
    reached.collect()
}

fn add_new(all: &mut Vec<String>, more: &[String]) {
    for one in more {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
}
