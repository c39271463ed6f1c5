//! `scripts/README.md` is what authors go by: its files work, its tables say what is.

use crate::world::{compiled, rehearsed, repository};
use gatewright_domain::capabilities::loan::CAPABILITIES;
use gatewright_domain::flow::HOST_CALLS_MAX;
use gatewright_domain::hooks::{
    AfterAuthenticationInput, AuthenticateInput, ClaimsInput, ConsentInput, CustomizeTokenInput, HookKind, Limits,
    Login, SelectAcrInput,
};
use gatewright_policy::files::Files;
use gatewright_script_host::functions;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub fn readme() -> String {
    std::fs::read_to_string(repository().join("scripts/README.md")).unwrap()
}

/// The files on the page: blocks whose fence names a language and a path. Those of one path follow each other.
pub fn files_of(page: &str) -> Files {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match (&open, line.strip_prefix("```")) {
            (None, Some(fence)) => open = Some(fence.split(' ').nth(1).unwrap_or_default().to_owned()),
            (Some(_), Some(_)) => open = None,
            (Some(path), None) if !path.is_empty() => {
                files.entry(path.clone()).or_default().extend(format!("{line}\n").bytes());
            }
            _ => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    Files::shipped().overlaid(&Files::new(files).unwrap()).unwrap()
}

#[tokio::test]
async fn its_files_are_a_bundle_whose_tests_hold() {
    let files = files_of(&readme());
    let policy = compiled(&files);
    for hook in HookKind::ALL {
        assert!(policy.bindings(hook).next().is_some(), "there is no example for {hook}");
    }
    let played = rehearsed(&files).await;
    assert!(played.len() >= 14, "{played:#?}");
}

/// What stands between `<!-- name -->` and `<!-- end -->`.
fn section<'p>(page: &'p str, name: &str) -> &'p str {
    let begin = format!("<!-- {name} -->");
    let (_, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("the page has no {begin}"));
    rest.split_once("<!-- end -->").unwrap().0.trim()
}

/// The first cells of a table's rows.
fn cells(table: &str, count: usize) -> Vec<Vec<String>> {
    let rows = table.lines().skip(2).filter(|line| line.starts_with('|'));
    let cells = rows.map(|line| line.split('|').skip(1).take(count).map(|cell| cell.trim().to_owned()).collect());
    cells.collect()
}

/// The fields of an input, deep as a script names them, with the sample's values as a script writes them.
fn fields(input: impl Serialize) -> BTreeMap<String, String> {
    fn collect(value: &Value, path: String, fields: &mut BTreeMap<String, String>) {
        match value {
            // Claims are the operator's own; their names are no contract.
            Value::Object(members) if !path.ends_with("claims") => {
                for (name, value) in members {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    collect(value, path, fields);
                }
            }
            value => {
                fields.insert(path, written(value));
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(&serde_json::to_value(input).unwrap(), String::new(), &mut found);
    found
}

/// A value as a script writes it.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "()".to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name:?}: {}", written(value)));
            format!("#{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_string(),
    }
}

fn documented(page: &str, table: &str) -> BTreeMap<String, String> {
    let rows = cells(section(page, &format!("table: {table}")), 2);
    let pair = |row: &Vec<String>| (row[0].trim_matches('`').to_owned(), row[1].trim_matches('`').to_owned());
    rows.iter().map(pair).collect()
}

#[test]
fn its_tables_of_inputs_are_the_samples() {
    let page = readme();
    assert_eq!(documented(&page, "login"), fields(Login::sample()), "login");
    let besides_login: [(&str, BTreeMap<_, _>); 4] = [
        ("select_acr", fields(SelectAcrInput::sample())),
        ("authenticate", fields(AuthenticateInput::sample())),
        ("after_authentication", fields(AfterAuthenticationInput::sample())),
        ("consent", fields(ConsentInput::sample())),
    ];
    let login = fields(Login::sample());
    for (hook, mut sample) in besides_login {
        sample.retain(|field, value| login.get(field) != Some(value));
        assert_eq!(documented(&page, hook), sample, "{hook}");
    }
    assert_eq!(documented(&page, "claims"), fields(ClaimsInput::sample()));
    assert_eq!(documented(&page, "customize_token"), fields(CustomizeTokenInput::sample()));
}

#[test]
fn its_table_of_limits_is_what_is_held() {
    let numbers = |limits: Limits| serde_json::to_value(limits).unwrap();
    let (default, most) = (numbers(Limits::default()), numbers(Limits::MAX));
    assert_eq!(section(&readme(), "host calls"), HOST_CALLS_MAX.to_string());
    let rows = cells(section(&readme(), "limits"), 3);
    let named: BTreeSet<_> = rows.iter().map(|row| row[0].trim_matches('`').to_owned()).collect();
    let known: BTreeSet<_> = default.as_object().unwrap().keys().cloned().collect();
    assert_eq!(named, known);
    for row in rows {
        let name = row[0].trim_matches('`');
        assert_eq!((row[1].clone(), row[2].clone()), (default[name].to_string(), most[name].to_string()), "{name}");
    }
}

#[test]
fn it_says_which_hooks_may_be_skipped_and_which_capabilities_there_are() {
    let page = readme();
    let may: Vec<_> = HookKind::ALL.into_iter().filter(|hook| hook.may_be_skipped()).collect();
    let said = may.iter().map(|hook| format!("`{hook}`")).collect::<Vec<_>>().join(", ");
    assert_eq!(section(&page, "skippable"), said);
    let lent = section(&page, "functions: lent");
    for capability in CAPABILITIES {
        assert!(lent.contains(&format!("`{capability}::")), "{capability}");
    }
}

/// Names that are followed by a parenthesis, in code on the page.
fn called(page: &str) -> BTreeSet<String> {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut called = BTreeSet::new();
    for (at, _) in page.match_indices('(') {
        let before = page[..at].trim_end_matches(|c| !name(c) && c != '(').len();
        if before == at {
            let word: String = page[..at].chars().rev().take_while(|c| name(*c)).collect();
            called.insert(word.chars().rev().collect());
        }
    }
    called
}

#[test]
fn it_names_every_function_there_is() {
    let called = called(&readme());
    let missing: Vec<_> = functions().into_iter().filter(|function| !called.contains(function)).collect();
    assert!(missing.is_empty(), "the page says nothing of {missing:?}");
}

#[test]
fn the_functions_in_its_tables_exist() {
    let page = readme();
    let known = functions();
    for table in ["functions: always", "functions: lent"] {
        for named in called(section(&page, table)) {
            assert!(known.contains(&named) || gatewright_script_host::language_has(&named), "there is no {named}");
        }
    }
}
