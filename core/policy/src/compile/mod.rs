//! From files to a policy that can be asked: everything that can be known to be wrong is found here, all of it at
//! once, before anything is swapped.

mod link;
mod rules;
mod signed;
mod single;
mod studied;
mod survey;

pub use survey::{Survey, survey};

pub(crate) use rules::fallback;
pub(crate) use single::{Single, alone, single, told};

use crate::Runtimes;
use crate::bundle::CompiledBundle;
use crate::files::{Files, MANIFEST, is_signatures, is_test};
use crate::manifest::{Binding, Manifest};
use gatewright_domain::flow::{Place, Tools};
use gatewright_domain::hooks::{Diagnostic, Program, Unit};
use std::sync::Arc;

/// Compiles a bundle.
///
/// # Errors
/// Everything that is wrong with it, in the order of the places.
pub fn compile(files: &Files, runtimes: &Runtimes, tools: Tools) -> Result<CompiledBundle, Vec<Diagnostic>> {
    let Examined { manifest, programs, wrong } = examine(files, runtimes)?;
    if !wrong.is_empty() {
        return Err(sorted(wrong));
    }
    let bound = link::bound(&manifest, programs.into_iter().map(|(_, program)| program).collect(), files);
    link::bundle(&manifest, bound, files.digest(), tools).ok_or_else(|| vec![whole(NO_ACRS, None)])
}

/// A manifest, the code of its sound bindings by their places, and everything that is wrong.
struct Examined {
    manifest: Manifest,
    programs: Vec<(usize, Arc<dyn Program>)>,
    wrong: Vec<Diagnostic>,
}

fn examine(files: &Files, runtimes: &Runtimes) -> Result<Examined, Vec<Diagnostic>> {
    let Some(text) = files.text(MANIFEST) else { return Err(vec![no_manifest(files)]) };
    let (manifest, mut wrong) = Manifest::read(text);
    let whole_read = wrong.is_empty();
    if whole_read || !manifest.bindings.is_empty() {
        wrong.extend(rules::broken(&manifest, whole_read));
    }
    let mut programs = Vec::new();
    for (place, binding) in manifest.bindings.iter().enumerate() {
        match program(binding, files, runtimes) {
            Ok(program) => programs.extend(program.map(|program| (place, program))),
            Err(more) => wrong.extend(more),
        }
    }
    if whole_read {
        let study = |(place, program): &(usize, Arc<dyn Program>)| (&manifest.bindings[*place], program.study());
        wrong.extend(studied::broken(&manifest, &programs.iter().map(study).collect::<Vec<_>>()));
    }
    Ok(Examined { manifest, programs, wrong })
}

const NO_ACRS: &str = "its ACRs make no table";

/// Compiles the code of a sound binding; nothing for one that is not.
fn program(binding: &Binding, files: &Files, runtimes: &Runtimes) -> Result<Option<Arc<dyn Program>>, Vec<Diagnostic>> {
    let path = &binding.run.value;
    let at =
        |message: String, hint: Option<String>| vec![Diagnostic { place: binding.run.place.clone(), message, hint }];
    if files.get(path).is_none() {
        let known: Vec<&str> = files.paths().filter(|path| !is_test(path) && !is_signatures(path)).collect();
        let near = crate::nearest::nearest(path, known).map(|near| format!("did you mean `{near}`?"));
        let hint = near.unwrap_or_else(|| "paths begin at the folder of policy.toml".to_owned());
        return Err(at(format!("there is no file `{path}` in the bundle"), Some(hint)));
    }
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let Some(runtime) = runtimes.of(extension).filter(|_| !is_test(path)) else {
        let endings: Vec<_> = runtimes.extensions().map(|extension| format!(".{extension}")).collect();
        let hint = format!("files that can be run end in {}", endings.join(" or "));
        return Err(at(format!("nothing here can run `{path}`"), Some(hint)));
    };
    if !binding.sound {
        return Ok(None);
    }
    let unsigned = signed::unsigned(binding, files, runtimes.trust());
    if !unsigned.is_empty() {
        return Err(unsigned);
    }
    let unit = Unit {
        binding: binding.name.value.clone(),
        hook: binding.hook,
        path: path.clone(),
        files: files.map(),
        loan: binding.loan.clone(),
        limits: binding.limits,
    };
    runtime.compile(&unit).map(Some)
}

/// Says that compiling itself broke off.
pub(crate) fn broke_off(error: &dyn std::error::Error) -> Diagnostic {
    whole(&format!("compiling broke off: {error}"), None)
}

fn no_manifest(files: &Files) -> Diagnostic {
    if files.get(MANIFEST).is_some() {
        return whole("the manifest is not UTF-8", Some("save it as UTF-8"));
    }
    whole("the bundle has no manifest", Some("add a `policy.toml` to the folder"))
}

fn whole(message: &str, hint: Option<&str>) -> Diagnostic {
    let place = Place { file: MANIFEST.to_owned(), line: 1, column: 1 };
    Diagnostic { place, message: message.to_owned(), hint: hint.map(str::to_owned) }
}

/// By place, each once: a file bound twice tells its errors twice.
fn sorted(mut wrong: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let key = |diagnostic: &Diagnostic| {
        let Place { file, line, column } = diagnostic.place.clone();
        (file != MANIFEST, file, line, column, diagnostic.message.clone())
    };
    wrong.sort_by_cached_key(key);
    wrong.dedup();
    wrong
}

#[cfg(test)]
mod tests;
