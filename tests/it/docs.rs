//! What the documents say is so: files they name are there, commands they show exist, messages they quote come.

use crate::world::server::program;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// First parts of a path that is meant from the repository's root.
const FOLDERS: [&str; 6] = ["core", "plugins", "scripts", "migrations", "examples", "tests"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every document, with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && !["target", "node_modules", "build"].contains(&name.as_str())
            {
                folders.push(path);
            } else if name.ends_with(".md") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(found.len() >= 6, "the documents are found");
    found
}

/// What stands between back quotes outside of code blocks.
fn quoted(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_file_that_a_document_names_is_there() {
    let mut missing = Vec::new();
    for (document, text) in documents() {
        for name in quoted(&text) {
            let path = name.split([' ', ':', '#']).next().unwrap_or_default();
            let from_root = path.split_once('/').is_some_and(|(first, _)| FOLDERS.contains(&first));
            let plain = !path.contains(['*', '…', '{', '<', '>', '(', '\n']);
            if from_root && plain && !path.starts_with("tests/clients/installed") && !root().join(path).exists() {
                missing.push(format!("{}: {path}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut broken = Vec::new();
    for (document, text) in documents() {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            let path = link.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains("://") && !document.parent().unwrap().join(path).exists() {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The commands of a document, without what begins a comment.
fn commands(text: &str) -> Vec<Vec<String>> {
    let lines = text.split("```").skip(1).step_by(2).flat_map(str::lines);
    let ours = lines.filter_map(|line| {
        let line = line.strip_prefix("$ ").unwrap_or(line);
        line.strip_prefix("gatewright ").or_else(|| line.strip_prefix("cargo run --release -- "))
    });
    let words =
        |line: &str| line.split(" #").next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    ours.map(words).collect()
}

#[test]
fn every_command_that_a_document_shows_is_one_with_those_options() {
    let mut shown = 0;
    for (document, text) in documents() {
        for command in commands(&text) {
            let named: Vec<_> = command.iter().take_while(|word| !word.starts_with('-') && is_word(word)).collect();
            let help = (1..=named.len().min(3)).rev().find_map(|depth| help_of(&named[..depth]));
            let help = help.unwrap_or_else(|| panic!("{}: there is no `{}`", document.display(), command.join(" ")));
            for option in command.iter().filter(|word| word.starts_with("--")) {
                let option = option.split('=').next().unwrap();
                assert!(help.contains(option), "{}: `{}` has no {option}", document.display(), command.join(" "));
            }
            shown += 1;
        }
    }
    assert!(shown >= 4, "the commands are found: {shown}");
}

fn is_word(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn help_of(words: &[&String]) -> Option<String> {
    let output = Command::new(program()).args(words).arg("--help").output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_message_that_the_readme_quotes_is_what_a_misspelt_name_gets() {
    let policy = tempfile::tempdir().unwrap();
    let folder = policy.path().join("authentication");
    fs::create_dir(&folder).unwrap();
    fs::copy(root().join("scripts/policy.toml"), policy.path().join("policy.toml")).unwrap();
    let script = fs::read_to_string(root().join("scripts/authentication/password.rhai")).unwrap();
    let misspelt = script.replace("users::verify_password", "users::verify_pasword");
    fs::write(folder.join("password.rhai"), misspelt).unwrap();
    let checked = Command::new(program()).args(["check", "--policy"]).arg(policy.path()).output().unwrap();
    assert!(!checked.status.success());
    let said = format!("{}{}", String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let quoted = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let message = quoted.split_once("the live one goes on:\n").unwrap().1;
    let mut lines = said.lines().map(str::trim);
    let all = message.lines().map(str::trim).all(|quoted| lines.any(|line| line == quoted));
    assert!(all, "the server says:\n{said}\nthe README quotes:\n{message}");
}
