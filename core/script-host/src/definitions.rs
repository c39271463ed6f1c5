//! Definition files (`.d.rhai`) from which editors complete and check scripts: every function that is registered, by the
//! modules they are in, with what `definitions/` says of each. A test finds a function of which it says nothing, and one
//! it speaks of that is none.

mod capabilities;
mod pages;

use crate::catalogue::Catalogue;
use crate::decisions;
use crate::kit::Standard;
use crate::modules::Lent;
use crate::surface::everything;
use gatewright_domain::hooks::HookKind;
use rhai::{Engine, Module, Shared};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What is said of a function: its module (none for those without), its signature, what it does.
type Said = (&'static str, &'static str, &'static str);

/// Every definition file by its name: `language.d.rhai`, one for each hook, one for each namespace.
pub fn documents() -> Vec<(String, String)> {
    let lent = Lent::from(&everything());
    let mut documents = vec![("language.d.rhai".to_owned(), language())];
    for hook in HookKind::ALL {
        let mut own = Module::new();
        decisions::register(&mut own, hook);
        let about = format!("What scripts of {hook} have beside the language: {}.", hook.decisions());
        documents.push((format!("{hook}.d.rhai"), file("static", "", &about, own)));
    }
    let mut with_secrets = Module::new();
    lent.register_bare(&mut with_secrets);
    let about = "What comes with `secrets` in `lend`, without a namespace.";
    documents.push(("with_secrets.d.rhai".to_owned(), file("static", "", about, with_secrets)));
    for (name, module) in lent.namespaces() {
        let about = match name {
            "clock" | "random" => "What every script has.".to_owned(),
            _ => format!("What a script has whose binding is lent `{name}`."),
        };
        documents.push((format!("{name}.d.rhai"), file(name, name, &about, module)));
    }
    documents
}

fn file(module: &str, space: &str, about: &str, functions: Module) -> String {
    let mut text = format!("// {about}\n\nmodule {module};\n");
    let catalogue = Catalogue::read(&[Shared::new(functions)], &[]);
    for name in catalogue.names() {
        let mut overloads: Vec<usize> = catalogue.overloads(name).iter().map(|overload| overload.arguments).collect();
        overloads.sort_unstable();
        overloads.dedup();
        for arguments in overloads {
            // Writing to a String cannot fail.
            let _ = match said(space, name, arguments) {
                Some((_, signature, says)) => writeln!(text, "\n/// {says}\nfn {signature};"),
                None => writeln!(text, "\nfn {name}({});", unnamed(arguments)),
            };
        }
    }
    text
}

fn said(space: &str, name: &str, arguments: usize) -> Option<&'static Said> {
    let named = |signature: &str| {
        let (of, rest) = signature.split_once('(')?;
        let list = rest.split_once(')')?.0;
        let count = if list.is_empty() { 0 } else { list.split(", ").count() };
        Some((of.to_owned(), count))
    };
    all().find(|(of, signature, _)| {
        *of == space && named(signature).is_some_and(|it| it == (name.to_owned(), arguments))
    })
}

fn all() -> impl Iterator<Item = &'static Said> {
    capabilities::SAID.iter().chain(pages::SAID)
}

fn unnamed(arguments: usize) -> String {
    let names: Vec<String> = (1..=arguments).map(|nth| format!("value{nth}: ?")).collect();
    names.join(", ")
}

/// Types as Rhai's own descriptions name them, and as editors know them; those that no script has are left out.
const TYPES: [(&str, &str); 8] = [
    ("RhaiResult", "?"),
    ("Array", "array"),
    ("range=", "range"),
    ("Range<float >", "range"),
    ("StepRange<float>", "range"),
    ("StepRange<int>", "range"),
    ("CharsStream", "?"),
    ("BitRange", "?"),
];
const NOT_OURS: [&str; 10] = [": f32", ": i8", ": u8", ": i16", ": u16", ": i32", ": u32", ": u64", ": i128", ": u128"];

/// The signatures of the language's own functions, as Rhai describes them. What they do stands in its book.
fn language() -> String {
    let mut engine = Engine::new_raw();
    for module in &Standard::new().bare_kit().bare {
        engine.register_global_module(module.clone());
    }
    let described = engine.definitions().include_standard_packages(true).static_module();
    let mut functions: BTreeMap<(String, usize), BTreeSet<String>> = BTreeMap::new();
    for line in described.lines().filter(|line| line.starts_with("fn ")) {
        let line = TYPES.iter().fold(line.replace(" -> ;", ";"), |line, (theirs, known)| line.replace(theirs, known));
        let Some((head, rest)) = line.split_once('(') else { continue };
        let count = if rest.starts_with(')') { 0 } else { rest.split(", ").count() };
        if !NOT_OURS.iter().any(|foreign| line.contains(foreign)) {
            functions.entry((head.to_owned(), count)).or_default().insert(line);
        }
    }
    let mut text =
        "// The functions of the language itself, without its operators: https://rhai.rs/book\n\nmodule static;\n"
            .to_owned();
    for mut known in functions.into_values() {
        // Ours stand in for some of Rhai's, and describe themselves less.
        if known.iter().any(|line| !line.contains("_: ?")) {
            known.retain(|line| !line.contains("_: ?"));
        }
        known.iter().for_each(|line| text.push_str(&format!("\n{line}\n")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_said_something_of_and_nothing_else_is() {
        let mut met = BTreeSet::new();
        for (name, text) in documents().iter().filter(|(name, _)| name != "language.d.rhai") {
            let lines: Vec<&str> = text.lines().collect();
            for pair in lines.windows(2).filter(|pair| pair[1].starts_with("fn ")) {
                assert!(pair[0].starts_with("/// "), "{name} says nothing of {}", pair[1]);
            }
            let module = lines.iter().find_map(|line| line.strip_prefix("module ")?.strip_suffix(';')).unwrap();
            met.extend(lines.iter().filter_map(|line| Some(format!("{module} {}", line.strip_prefix("fn ")?))));
        }
        for (space, signature, says) in all() {
            let module = if space.is_empty() { "static" } else { space };
            assert!(met.contains(&format!("{module} {signature};")), "there is no {module} {signature}");
            assert!(!says.is_empty() && !says.contains('\n'), "{signature}");
        }
    }

    #[test]
    fn the_languages_functions_are_there_once_for_each_way_to_call_them() {
        let text = language();
        for wanted in ["fn filter(", "fn starts_with(", "fn to_upper(", "fn url_encode(", "fn parse_json("] {
            assert!(text.contains(wanted), "{wanted}");
        }
        assert!(!text.contains("-> ;") && !text.contains("fn eval"));
    }
}
