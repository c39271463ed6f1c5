//! Plugins in Rust, built as their authors build them: from the template, with its flags, and those that are shipped.

use gatewright_domain::hooks::HookKind;
use gatewright_plugin_host::pack;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What plugins are compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Answers the end-user's claims as they came: each is read into a value and written out again.
const TEN: &str = "\
//! Answers the claims that it is told.

use gatewright_plugin::prelude::*;

struct Ten;

gatewright_plugin::export!(Ten: claims);

impl Claims for Ten {
    fn claims(about: claims::Input) -> Outcome<ClaimSet> {
        Ok(about.user.claims)
    }
}
";
const TEN_MANIFEST: &str = "name = \"ten\"\nversion = \"0.1.0\"\nhooks = [\"claims\"]\n";

/// Plugins in Rust.
pub struct Guests {
    /// Ten claims in, ten out.
    pub ten: Vec<u8>,
    /// `plugins/email-domain-claims`.
    pub email_domain: Vec<u8>,
    /// All that are shipped, each with one of its hooks.
    pub shipped: [(Vec<u8>, HookKind); 3],
}

/// Builds them; nothing where the target is not installed.
pub fn guests() -> Option<Guests> {
    let rustc = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output().ok()?;
    let libraries = String::from_utf8(rustc.stdout).ok()?;
    if libraries.trim().is_empty() || !Path::new(libraries.trim()).is_dir() {
        return None;
    }
    let shipped = |name: &str| {
        let folder = plugins().join(name);
        packed(&plugins(), name, &fs::read_to_string(folder.join("plugin.toml")).expect("a manifest"))
    };
    let email_domain = shipped("email-domain-claims");
    Some(Guests {
        ten: ten(),
        shipped: [
            (email_domain.clone(), HookKind::Claims),
            (shipped("risk"), HookKind::SelectAcr),
            (shipped("push-approval"), HookKind::Authenticate),
        ],
        email_domain,
    })
}

fn plugins() -> PathBuf {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    plugins.canonicalize().expect("the folder of plugins")
}

/// A project from the template that has another plugin in it.
fn ten() -> Vec<u8> {
    let folder = made().join("ten");
    let template = plugins().join("template/rust");
    for path in ["Cargo.toml", ".cargo/config.toml"] {
        let sdk = format!("{{ path = {:?} }}", plugins().join("sdk"));
        let text = fs::read_to_string(template.join(path)).expect("the template");
        write(&folder.join(path), &text.replace("{{name}}", "ten").replace("{{sdk}}", &sdk));
    }
    write(&folder.join("src/lib.rs"), TEN);
    // The versions that the plugins' workspace was tested with.
    fs::copy(plugins().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a copy");
    packed(&folder, "ten", TEN_MANIFEST)
}

fn made() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-plugins")
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Builds the package `name` of the workspace in `folder`.
fn packed(folder: &Path, name: &str, manifest: &str) -> Vec<u8> {
    let target = made().join("target");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--target", TARGET, "--package", name]);
    // Flags of this build are not those of a plugin.
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", &target).env_remove("RUSTFLAGS");
    assert!(cargo.status().expect("cargo").success(), "{name} is not built");
    let module = target.join(TARGET).join("release").join(format!("{}.wasm", name.replace('-', "_")));
    pack(&fs::read(module).expect("a module"), manifest).expect("a plugin")
}
