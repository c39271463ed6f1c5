//! `gatewright plugin new`: a project that builds and passes its tests as it stands.

use super::super::error::CommandError;
use super::carried;
use super::error::PluginError;
use super::files::write;
use super::language::Language;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Longest name of a plugin.
const NAME_BYTES_MAX: usize = 40;
/// Where the SDK and the interfaces lie in a project in Rust.
const SDK: &str = "gatewright";

/// Begin a plugin: a project that builds, with a test that passes
#[derive(Debug, Args)]
pub(super) struct NewArguments {
    /// Name of the plugin and of its folder
    #[arg(value_name = "NAME")]
    name: String,
    /// Language to write it in
    #[arg(long, value_enum, default_value = "rust")]
    lang: Language,
    /// Folder to make the project's folder in
    #[arg(long, value_name = "DIR", default_value = ".")]
    into: PathBuf,
}

pub(super) fn run(arguments: &NewArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let NewArguments { name, lang, into } = arguments;
    admit(name)?;
    let folder = if into.as_os_str() == "." { PathBuf::from(name) } else { into.join(name) };
    if folder.exists() {
        return Err(PluginError::Occupied(folder).into());
    }
    let filled = |text: &str| text.replace("{{name}}", name).replace("{{sdk}}", &format!("{{ path = \"{SDK}/sdk\" }}"));
    for (path, text) in carried::below(lang.template()) {
        write(&folder.join(path), filled(text).as_bytes())?;
    }
    if *lang == Language::Rust {
        write_sdk(&folder.join(SDK))?;
    }
    writeln!(out, "{} is a plugin that {}. Next:", folder.display(), lang.does())?;
    writeln!(out, "  cd {}", folder.display())?;
    writeln!(out, "  gatewright plugin test     # its tests, without a server")?;
    writeln!(out, "  gatewright plugin build    # makes {name}.wasm, to be named in policy.toml")?;
    Ok(())
}

fn admit(name: &str) -> Result<(), PluginError> {
    let sound = (1..=NAME_BYTES_MAX).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if sound { Ok(()) } else { Err(PluginError::Name(name.to_owned())) }
}

/// The SDK and the interfaces, a workspace of their own.
fn write_sdk(folder: &Path) -> Result<(), PluginError> {
    for (path, text) in carried::FILES {
        if *path == "Cargo.toml" {
            write(&folder.join(path), sdk_alone(text).as_bytes())?;
        } else if path.starts_with("sdk/") || path.starts_with("wit/") {
            write(&folder.join(path), text.as_bytes())?;
        }
    }
    Ok(())
}

/// The manifest of the SDK's workspace without the plugins that lie beside it in the repository, be they members or what
/// members share.
fn sdk_alone(workspace: &str) -> String {
    let mut alone = String::new();
    let mut lists_members = false;
    for line in workspace.lines() {
        if lists_members {
            lists_members = !line.trim_end().ends_with(']');
            continue;
        }
        match line.split_whitespace().next() {
            Some("members") => {
                alone.push_str("members = [\"sdk\"]\n");
                lists_members = !line.trim_end().ends_with(']');
            }
            Some("exclude") => {}
            _ if line.contains("{ path = ") && !line.contains("{ path = \"sdk\"") => {}
            _ => alone.extend([line, "\n"]),
        }
    }
    alone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sdk_alone_is_a_workspace_that_names_nothing_beside_it() {
        let carried = carried::FILES.iter().find(|(path, _)| *path == "Cargo.toml").unwrap().1;
        for workspace in [carried, "[workspace]\nmembers = [\"sdk\", \"risk\"]\nexclude = [\"template\"]\n"] {
            let manifest: toml::Table = sdk_alone(workspace).parse().unwrap();
            let workspace = &manifest["workspace"];
            assert_eq!(workspace["members"].as_array().unwrap(), &[toml::Value::from("sdk")]);
            assert!(workspace.get("exclude").is_none());
            let shared = workspace.get("dependencies").and_then(toml::Value::as_table);
            let paths: Vec<_> = shared.into_iter().flatten().filter_map(|(_, one)| one.get("path")).collect();
            assert!(paths.iter().all(|path| path.as_str() == Some("sdk")), "{paths:?}");
        }
    }

    #[test]
    fn a_name_is_one_that_a_crate_and_a_file_can_have() {
        for good in ["a", "risk", "push-approval", "mfa2"] {
            assert!(admit(good).is_ok(), "{good}");
        }
        let long = "a".repeat(NAME_BYTES_MAX + 1);
        for bad in ["", "2fa", "-a", "Risk", "a_b", "a/b", "..", "a b", "é", long.as_str()] {
            assert!(matches!(admit(bad), Err(PluginError::Name(_))), "{bad}");
        }
    }
}
