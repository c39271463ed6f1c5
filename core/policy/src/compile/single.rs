//! One binding alone, with what stands in for it, for a test of its script.

use super::{link, program, rules};
use crate::Runtimes;
use crate::bundle::{Bound, CompiledBundle};
use crate::files::Files;
use crate::manifest::{Binding, Manifest, Terms};
use gatewright_domain::flow::Tools;
use gatewright_domain::hooks::{Diagnostic, Misuse};
use std::sync::Arc;

/// A policy of one binding, among the ACRs of the whole bundle.
pub(crate) struct Single {
    pub(crate) policy: Arc<CompiledBundle>,
    pub(crate) bound: Arc<Bound>,
}

/// Compiles the binding that runs `path`: the one in `piece` where that has one, else the bundle's own.
pub(crate) fn single(
    files: &Files,
    path: &str,
    (own, piece): (&Manifest, Option<&Manifest>),
    runtimes: &Runtimes,
    tools: Tools,
) -> Result<Single, Misuse> {
    let manifest = merged(own, piece);
    let wanted = find(&manifest, path)?;
    alone(files, (&manifest, wanted), runtimes, tools)
}

/// Compiles one binding of a manifest, and what stands in for it.
pub(crate) fn alone(
    files: &Files,
    (manifest, mut wanted): (&Manifest, &Binding),
    runtimes: &Runtimes,
    tools: Tools,
) -> Result<Single, Misuse> {
    let path = wanted.run.value.as_str();
    let mut only = Manifest { bindings: vec![wanted.clone()], ..manifest.clone() };
    while let Some(next) = rules::fallback(manifest, wanted).filter(|next| !has(&only, next)) {
        only.bindings.push(next.clone());
        wanted = next;
    }
    let mut programs = Vec::new();
    for binding in &only.bindings {
        programs.extend(program(binding, files, runtimes).map_err(|wrong| told(&wrong))?);
    }
    let bound = link::bound(&only, programs, files);
    let first = bound.first().cloned().ok_or_else(|| Misuse::new(format!("the binding of `{path}` has errors")))?;
    let policy = link::bundle(manifest, bound, files.digest(), tools);
    let policy = policy.ok_or_else(|| Misuse::new("the manifest reaches no ACR, or not its default one"))?;
    Ok(Single { policy: Arc::new(policy), bound: first })
}

/// A piece of a manifest over the whole: its bindings come first, and take the place of those of the same name or ACR.
fn merged(own: &Manifest, piece: Option<&Manifest>) -> Manifest {
    let Some(piece) = piece else { return own.clone() };
    let replaced = |binding: &&Binding| piece.bindings.iter().any(|new| takes_place(new, binding));
    let kept = own.bindings.iter().filter(|binding| !replaced(binding)).cloned();
    let bindings: Vec<Binding> = piece.bindings.iter().cloned().chain(kept).collect();
    let default_acr = piece.default_acr.clone().or_else(|| own.default_acr.clone());
    let default_acr = default_acr.or_else(|| {
        bindings.iter().find_map(|binding| match &binding.terms {
            Terms::Authenticate { reaches: Some((acr, _)), .. } => Some(acr.clone()),
            _ => None,
        })
    });
    Manifest { name: own.name.clone(), default_acr, bindings }
}

fn takes_place(new: &Binding, old: &Binding) -> bool {
    let acr = |binding: &Binding| match &binding.terms {
        Terms::Authenticate { reaches: Some((acr, _)), .. } => Some(acr.value.clone()),
        _ => None,
    };
    new.name.value == old.name.value || (acr(new).is_some() && acr(new) == acr(old))
}

fn find<'m>(manifest: &'m Manifest, path: &str) -> Result<&'m Binding, Misuse> {
    let mut runs = manifest.bindings.iter().filter(|binding| binding.run.value == path);
    let bound = runs.clone().find(|binding| !binding.stand_in).or_else(|| runs.next());
    bound.ok_or_else(|| {
        Misuse::new(format!("nothing binds `{path}`; say how it would be bound: bind(`[[hook]] … run = \"{path}\"`)"))
    })
}

fn has(only: &Manifest, binding: &Binding) -> bool {
    only.bindings.iter().any(|other| other.name.value == binding.name.value)
}

/// What is wrong, for a test's author: the first thing, where it is.
pub(crate) fn told(wrong: &[Diagnostic]) -> Misuse {
    match wrong.first() {
        Some(Diagnostic { place, message, hint }) => {
            let hint = hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            Misuse::new(format!("{}:{}:{}: {message}{hint}", place.file, place.line, place.column))
        }
        None => Misuse::new("it does not compile"),
    }
}
