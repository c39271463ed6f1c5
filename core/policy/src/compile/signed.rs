//! Whether a plugin is signed by those whose signature it needs: the keys that are required of every plugin, and those
//! that its binding names in `signed_by`.

use crate::files::{Files, is_plugin};
use crate::manifest::Binding;
use crate::nearest::suggestion;
use crate::signatures::{ENDING, Signatures, Signers, Trust};
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::Diagnostic;
use gatewright_domain::plugin_key::KeyName;

/// What is wrong with the signatures of what `binding` runs. Nothing of an unsigned plugin may be compiled or run.
pub(super) fn unsigned(binding: &Binding, files: &Files, trust: &Trust) -> Vec<Diagnostic> {
    let path = &binding.run.value;
    if !is_plugin(path) {
        let only_plugins = |spot: &crate::manifest::Spot<KeyName>| {
            let message = format!("`{path}` is no plugin, so nobody signs it");
            diagnostic(&spot.place, message, "remove `signed_by`: a script is the policy's own".to_owned())
        };
        return binding.signed_by.iter().map(only_plugins).collect();
    }
    if trust.names().next().is_none() && wanted(binding, trust).next().is_none() {
        // Whatever lies beside the plugin is none of ours.
        return Vec::new();
    }
    let signatures = match files.get(&format!("{path}{ENDING}")).map(Signatures::parse) {
        None => Signatures::default(),
        Some(Ok(signatures)) => signatures,
        Some(Err(malformed)) => {
            let place = Place { file: format!("{path}{ENDING}"), line: malformed.line(), column: 0 };
            let hint = format!("remove it, and have `{path}` signed again");
            return vec![diagnostic(&place, malformed.to_string(), hint)];
        }
    };
    let signers = trust.signers(files.get(path).unwrap_or_default(), &signatures);
    let mut wrong: Vec<Diagnostic> = signers.broken.iter().map(|by| broken(binding, by)).collect();
    for (by, place) in wanted(binding, trust) {
        if !trust.names().any(|known| known == by) {
            wrong.push(unknown(place, by, trust));
        } else if !signers.held.contains(by) && !signers.broken.contains(by) {
            wrong.push(missing(path, (by, place), &signers));
        }
    }
    wrong
}

/// The keys that must have signed, each with where that is said; each once.
fn wanted<'b>(binding: &'b Binding, trust: &'b Trust) -> impl Iterator<Item = (&'b KeyName, &'b Place)> {
    let of_binding = binding.signed_by.iter().map(|spot| (&spot.value, &spot.place));
    let is_new = |by: &&KeyName| !binding.signed_by.iter().any(|spot| spot.value == **by);
    of_binding.chain(trust.required().filter(is_new).map(|by| (by, &binding.run.place)))
}

fn broken(binding: &Binding, by: &KeyName) -> Diagnostic {
    let path = &binding.run.value;
    let message =
        format!("`{path}` is not the file that `{by}` signed: the signature in `{path}{ENDING}` does not hold");
    let hint = format!("put back the `{path}` that {by} signed, or have this one signed: {}", how(path, by));
    diagnostic(&binding.run.place, message, hint)
}

fn missing(path: &str, (by, place): (&KeyName, &Place), signers: &Signers) -> Diagnostic {
    let mut others: Vec<String> = signers.held.iter().map(|name| format!("`{name}`")).collect();
    others.extend(signers.unknown.iter().map(|key| format!("a key that the configuration does not name, {key}")));
    let message = match others.as_slice() {
        [] => format!("`{path}` is not signed, and must be by `{by}`"),
        others => format!("`{path}` is not signed by `{by}`, but by {}", others.join(" and ")),
    };
    diagnostic(place, message, format!("put `{path}{ENDING}` beside it, with a signature by {by}: {}", how(path, by)))
}

fn unknown(place: &Place, by: &KeyName, trust: &Trust) -> Diagnostic {
    let known: Vec<&str> = trust.names().map(KeyName::as_str).collect();
    let name_it =
        "name it in the server's configuration, under [policy.plugin_signatures.keys]; `gatewright check --policy` \
                   reads it where --config FILE names it"
            .to_owned();
    diagnostic(
        place,
        format!("the configuration has no key `{by}`"),
        suggestion(by.as_str(), &known).unwrap_or(name_it),
    )
}

/// What the signatory has to type.
fn how(path: &str, by: &KeyName) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    format!("gatewright plugin sign --key {by}.key.pem {file}")
}

fn diagnostic(place: &Place, message: String, hint: String) -> Diagnostic {
    Diagnostic { place: place.clone(), message, hint: Some(hint) }
}

#[cfg(test)]
mod tests;
