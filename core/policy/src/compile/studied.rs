//! What must hold between the manifest and what is known of the code it binds.

use super::rules::{acr_names, diagnostic, unknown_acr};
use crate::manifest::{Binding, Manifest, OnError};
use gatewright_domain::hooks::{Diagnostic, HookKind, Study};

/// A binding whose code compiled, and what is known of that.
pub(super) type Studied<'m> = (&'m Binding, Study);

/// Every rule that is broken.
pub(super) fn broken(manifest: &Manifest, studied: &[Studied<'_>]) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    named_acrs_are_reachable(manifest, studied, &mut wrong);
    no_choice_is_shadowed(studied, &mut wrong);
    wrong
}

/// A decision for an ACR that no binding reaches is a fault whenever it is taken.
fn named_acrs_are_reachable(manifest: &Manifest, studied: &[Studied<'_>], wrong: &mut Vec<Diagnostic>) {
    let known = acr_names(manifest);
    for named in studied.iter().flat_map(|(_, study)| &study.acrs) {
        if !known.contains(&named.acr.as_str()) {
            let message =
                format!("no authenticate binding reaches the ACR `{}`, so `{}` fails", named.acr, named.decision);
            wrong.push(unknown_acr(&named.place, message, &named.acr, &known));
        }
    }
}

/// The first `select_acr` binding that does not pass decides: what only runs after one that never passes never runs.
fn no_choice_is_shadowed(studied: &[Studied<'_>], wrong: &mut Vec<Diagnostic>) {
    let row: Vec<&Studied<'_>> = choosers(studied).collect();
    for (place, (binding, _)) in row.iter().enumerate() {
        let before = row[..place].iter().find(|(earlier, study)| ends_the_row(earlier, study, binding));
        if let Some((earlier, _)) = before {
            let message = format!(
                "`{}` never runs: `{}` before it matches all that it does, and never passes",
                binding.name.value, earlier.name.value
            );
            let hint = "move it up, or let the one before end in pass()";
            wrong.push(diagnostic(&binding.name.place, message, hint));
        }
    }
}

/// The bindings that choose an ACR, in order.
pub(super) fn choosers<'s, 'm>(studied: &'s [Studied<'m>]) -> impl Iterator<Item = &'s Studied<'m>> {
    studied.iter().filter(|(binding, _)| binding.hook == HookKind::SelectAcr && !binding.stand_in)
}

/// Whether no call of `later` is left after `earlier`. One that fails and is skipped, or stood in for, leaves it some.
fn ends_the_row(earlier: &Binding, study: &Study, later: &Binding) -> bool {
    decides(earlier, study) && earlier.when.covers(&later.when)
}

/// Whether a binding decides every call that it runs for.
pub(super) fn decides(binding: &Binding, study: &Study) -> bool {
    study.never_passes && binding.on_error.value == OnError::Deny
}
