//! What must hold between the bindings of one manifest.

use super::whole;
use crate::manifest::binding::full_name;
use crate::manifest::{Binding, Manifest, OnError, Spot, Terms};
use crate::nearest::{nearest, suggestion};
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::{Diagnostic, HookKind};
use gatewright_domain::identifiers::BindingName;
use gatewright_protocol::acr::Acr;

/// Every rule that is broken. With `whole_read`, what is missing was left out by its author, not by the reader.
pub(super) fn broken(manifest: &Manifest, whole_read: bool) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    names_are_unique(manifest, &mut wrong);
    acrs_are_unique(manifest, &mut wrong);
    default_is_reachable(manifest, whole_read, &mut wrong);
    selected_acrs_are_reachable(manifest, whole_read, &mut wrong);
    fallbacks_lead_to_stand_ins(manifest, whole_read, &mut wrong);
    stand_ins_are_named(manifest, whole_read, &mut wrong);
    nothing_is_shadowed(manifest, &mut wrong);
    wrong
}

pub(super) fn diagnostic(place: &Place, message: String, hint: impl Into<String>) -> Diagnostic {
    Diagnostic { place: place.clone(), message, hint: Some(hint.into()) }
}

fn names_are_unique(manifest: &Manifest, wrong: &mut Vec<Diagnostic>) {
    for (n, binding) in manifest.bindings.iter().enumerate() {
        let name = &binding.name;
        if manifest.bindings[..n].iter().any(|earlier| earlier.name.value == name.value) {
            let message = format!("two bindings are called `{}`", name.value);
            wrong.push(diagnostic(&name.place, message, "give one of them a `name` of its own"));
        }
    }
}

fn acrs_are_unique(manifest: &Manifest, wrong: &mut Vec<Diagnostic>) {
    let acrs: Vec<&Spot<Acr>> = acrs(manifest).collect();
    for (n, acr) in acrs.iter().enumerate() {
        if acrs[..n].iter().any(|earlier| earlier.value == acr.value) {
            let message = format!("the ACR `{}` is already reached by the binding before", acr.value);
            wrong.push(diagnostic(&acr.place, message, "the second would never run; give it an ACR of its own"));
        }
    }
}

fn acrs(manifest: &Manifest) -> impl Iterator<Item = &Spot<Acr>> {
    manifest.bindings.iter().filter_map(|binding| match &binding.terms {
        Terms::Authenticate { reaches: Some((acr, _)), .. } => Some(acr),
        _ => None,
    })
}

/// The ACRs that can be reached.
pub(super) fn acr_names(manifest: &Manifest) -> Vec<&str> {
    acrs(manifest).map(|acr| acr.value.as_str()).collect()
}

fn default_is_reachable(manifest: &Manifest, whole_read: bool, wrong: &mut Vec<Diagnostic>) {
    let known = acr_names(manifest);
    if whole_read && known.is_empty() {
        let hint = "add an [[authenticate]] binding; without one nobody can sign in";
        wrong.push(whole("no ACR can be reached", Some(hint)));
    }
    match &manifest.default_acr {
        None if whole_read => {
            let hint = "say which ACR is reached when nothing else is asked for: `default_acr = \"pwd\"`";
            wrong.push(whole("the manifest lacks `default_acr`", Some(hint)));
        }
        Some(default) if whole_read && !known.contains(&default.value.as_str()) => {
            let message = format!("no authenticate binding reaches the default ACR `{}`", default.value);
            wrong.push(unknown_acr(&default.place, message, &default.value, &known));
        }
        _ => {}
    }
}

fn selected_acrs_are_reachable(manifest: &Manifest, whole_read: bool, wrong: &mut Vec<Diagnostic>) {
    let known = acr_names(manifest);
    // select_acr sees what clients ask for, which may be names that only it knows.
    let others = manifest.bindings.iter().filter(|binding| whole_read && binding.hook != HookKind::SelectAcr);
    for acr in others.flat_map(|binding| binding.when.acrs()) {
        if !known.contains(&acr.value.as_str()) {
            let message = format!("no authenticate binding reaches the ACR `{}`, so this never matches", acr.value);
            wrong.push(unknown_acr(&acr.place, message, &acr.value, &known));
        }
    }
}

pub(super) fn unknown_acr(place: &Place, message: String, acr: &Acr, known: &[&str]) -> Diagnostic {
    Diagnostic { place: place.clone(), message, hint: suggestion(acr.as_str(), known) }
}

/// The binding that a fallback names: by its short name, or by its full one.
pub(crate) fn fallback<'m>(manifest: &'m Manifest, from: &Binding) -> Option<&'m Binding> {
    let OnError::Fallback(name) = &from.on_error.value else { return None };
    let full = fallback_name(from.hook, name)?;
    manifest.bindings.iter().find(|binding| binding.name.value == full)
}

fn fallback_name(hook: HookKind, name: &str) -> Option<BindingName> {
    full_name(hook, name.strip_prefix(&format!("{hook}/")).unwrap_or(name))
}

fn fallbacks_lead_to_stand_ins(manifest: &Manifest, whole_read: bool, wrong: &mut Vec<Diagnostic>) {
    for binding in &manifest.bindings {
        let OnError::Fallback(name) = &binding.on_error.value else { continue };
        let place = &binding.on_error.place;
        match fallback(manifest, binding) {
            None if !whole_read => {}
            None => {
                let of_hook = manifest.bindings.iter().filter(|other| other.hook == binding.hook);
                let known: Vec<&str> = of_hook.map(|other| short(&other.name.value)).collect();
                let hint = match nearest(name, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("a fallback is another [[{}]] binding, with `stand_in = true`", binding.hook),
                };
                wrong.push(diagnostic(place, format!("{} has no binding `{name}`", binding.hook), hint));
            }
            Some(other) if !other.stand_in => {
                let message = format!("`{name}` is no stand-in: it runs for calls of its own");
                wrong.push(diagnostic(place, message, "bind the file once more with `stand_in = true` and name that"));
            }
            Some(_) if is_in_cycle(manifest, binding) => {
                let message = format!("the fallbacks of `{}` lead back to it", binding.name.value);
                wrong.push(diagnostic(place, message, "let the last one say `on_error = \"deny\"`"));
            }
            Some(_) => {}
        }
    }
}

fn short(name: &BindingName) -> &str {
    name.as_str().rsplit('/').next().unwrap_or(name.as_str())
}

fn is_in_cycle(manifest: &Manifest, from: &Binding) -> bool {
    let mut next = fallback(manifest, from);
    for _ in &manifest.bindings {
        match next {
            Some(binding) if binding.name.value == from.name.value => return true,
            Some(binding) => next = fallback(manifest, binding),
            None => return false,
        }
    }
    false
}

fn stand_ins_are_named(manifest: &Manifest, whole_read: bool, wrong: &mut Vec<Diagnostic>) {
    for binding in manifest.bindings.iter().filter(|binding| whole_read && binding.stand_in) {
        let named = manifest
            .bindings
            .iter()
            .any(|other| fallback(manifest, other).is_some_and(|named| named.name.value == binding.name.value));
        if !named {
            let message = format!("nothing falls back to `{}`, so it never runs", binding.name.value);
            let hint = format!("name it: `on_error = {{ fallback = \"{}\" }}`", short(&binding.name.value));
            wrong.push(diagnostic(&binding.name.place, message, hint));
        }
    }
}

/// The first consent binding that matches decides, so what one before it matches too never comes to a later one.
fn nothing_is_shadowed(manifest: &Manifest, wrong: &mut Vec<Diagnostic>) {
    let row: Vec<&Binding> =
        manifest.bindings.iter().filter(|it| it.hook == HookKind::Consent && !it.stand_in && it.sound).collect();
    for (place, binding) in row.iter().enumerate() {
        let Some(earlier) = row[..place].iter().find(|earlier| earlier.when.covers(&binding.when)) else { continue };
        let what = if earlier.when.is_everything() { "everything" } else { "all that it does" };
        let message = format!("`{}` never runs: `{}` before it matches {what}", binding.name.value, earlier.name.value);
        wrong.push(diagnostic(&binding.name.place, message, "move it up, or narrow the `when` of the one before"));
    }
}
