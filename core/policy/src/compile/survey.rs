//! A bundle looked over for its author: what is wrong with it, and what is not but was probably not meant. Only the
//! first keeps a bundle from going live.

use super::studied::{Studied, choosers, decides};
use super::{Examined, examine, sorted};
use crate::Runtimes;
use crate::files::{Files, is_plugin, is_signatures, is_test};
use crate::manifest::{Manifest, Spot, Terms};
use crate::nearest::nearest;
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::{Diagnostic, NamedClaim};
use std::collections::BTreeSet;

/// What was found in a bundle, each in the order of places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// What keeps it from going live.
    pub errors: Vec<Diagnostic>,
    /// What does not.
    pub warnings: Vec<Diagnostic>,
}

/// Looks a bundle over. `own` are those of its files that its author wrote: of no other it is said that nothing uses
/// them. The warnings about the whole of it come once its errors are mended.
pub fn survey(files: &Files, own: &Files, runtimes: &Runtimes) -> Survey {
    let Examined { manifest, programs, wrong } = match examine(files, runtimes) {
        Ok(examined) => examined,
        Err(errors) => return Survey { errors, warnings: Vec::new() },
    };
    let studied: Vec<Studied<'_>> =
        programs.iter().map(|(place, program)| (&manifest.bindings[*place], program.study())).collect();
    let mut warnings: Vec<Diagnostic> = studied.iter().flat_map(|(_, study)| study.warnings.iter().cloned()).collect();
    if wrong.is_empty() {
        idle_loans(&studied, &mut warnings);
        unchosen_acrs(&manifest, &studied, &mut warnings);
        idle_files(files, own, &studied, &mut warnings);
        undeclared_claims(&studied, &mut warnings);
    }
    Survey { errors: sorted(wrong), warnings: sorted(warnings) }
}

fn warning(place: &Place, message: String, hint: &str) -> Diagnostic {
    Diagnostic { place: place.clone(), message, hint: Some(hint.to_owned()) }
}

const TAKE_BACK: &str = "take it out of the loan: what code does not have it cannot misuse";

/// Capabilities, secrets and providers that are lent to code that never asks for them.
fn idle_loans(studied: &[Studied<'_>], warnings: &mut Vec<Diagnostic>) {
    for (binding, study) in studied {
        let Some(calls) = &study.calls else { continue };
        for Spot { value: name, place } in &binding.lent {
            let whole = !calls.contains(*name);
            if whole {
                let message = format!("`{name}` is lent to `{}`, which never uses it", binding.name.value);
                warnings.push(warning(place, message, TAKE_BACK));
                continue;
            }
            let (lent, asked, what) = match *name {
                "secrets" => (&binding.loan.secrets, &study.secrets, "secret"),
                "oidc" => (&binding.loan.oidc, &study.providers, "OpenID Provider"),
                _ => continue,
            };
            for idle in lent.iter().filter(|one| asked.as_ref().is_some_and(|asked| !asked.contains(*one))) {
                let message =
                    format!("the {what} `{idle}` is lent to `{}`, which never asks for it", binding.name.value);
                warnings.push(warning(place, message, TAKE_BACK));
            }
        }
    }
}

/// Claims that a script returns by name and its binding does not declare: a fault as soon as one has a value.
fn undeclared_claims(studied: &[Studied<'_>], warnings: &mut Vec<Diagnostic>) {
    for (binding, study) in studied {
        let Terms::Claims { claims: declared, .. } = &binding.terms else { continue };
        let declared: Vec<&str> = declared.iter().map(String::as_str).collect();
        // What a stand-in may return, each binding says that it stands in for.
        for NamedClaim { claim, place } in study.claims.iter().filter(|_| !binding.stand_in) {
            if declared.contains(&claim.as_str()) {
                continue;
            }
            let message =
                format!("`{}` does not declare the claim `{claim}`: with a value, it fails", binding.name.value);
            let hint = match nearest(claim, declared.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add it to the binding's `claims`, or leave it out".to_owned(),
            };
            warnings.push(warning(place, message, &hint));
        }
    }
}

/// ACRs that no client can come to: a `select_acr` binding decides every request, and names others. One with a factor
/// is also asked for where an end-user looks after their factors.
fn unchosen_acrs(manifest: &Manifest, studied: &[Studied<'_>], warnings: &mut Vec<Diagnostic>) {
    let Some((last, _)) =
        choosers(studied).find(|(binding, study)| binding.when.is_everything() && decides(binding, study))
    else {
        return;
    };
    if !studied.iter().all(|(_, study)| study.names_every_acr) {
        return;
    }
    let chosen: BTreeSet<&str> =
        studied.iter().flat_map(|(_, study)| &study.acrs).map(|named| named.acr.as_str()).collect();
    for binding in &manifest.bindings {
        let Terms::Authenticate { reaches: Some((acr, _)), factor: None, .. } = &binding.terms else { continue };
        if !chosen.contains(acr.value.as_str()) {
            let message =
                format!("nothing chooses the ACR `{}`: `{}` decides every request", acr.value, last.name.value);
            warnings.push(warning(&acr.place, message, "name it in a decision, or remove the binding"));
        }
    }
}

/// Code that lies in the folder and does nothing.
fn idle_files(files: &Files, own: &Files, studied: &[Studied<'_>], warnings: &mut Vec<Diagnostic>) {
    let used: BTreeSet<&str> = studied
        .iter()
        .flat_map(|(binding, study)| {
            study.files.iter().map(String::as_str).chain(std::iter::once(binding.run.value.as_str()))
        })
        .collect();
    for path in own.paths().filter(|path| !is_test(path) && !used.contains(path)) {
        let (message, hint) = if is_signatures(path) {
            let plugin = path.trim_end_matches(crate::signatures::ENDING);
            if files.get(plugin).is_some() {
                continue;
            }
            (format!("there is no `{plugin}` that `{path}` could be the signatures of"), "remove it")
        } else if is_plugin(path) || path.ends_with(".rhai") {
            (format!("nothing runs or imports `{path}`"), "bind it in policy.toml, import it, or remove it")
        } else {
            continue;
        };
        warnings.push(warning(&Place { file: path.to_owned(), line: 1, column: 0 }, message, hint));
    }
}
