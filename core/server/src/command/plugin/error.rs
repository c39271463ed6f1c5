//! Why a plugin could not be made or read, and what to do next.

use gatewright_domain::hooks::{HookKind, Misuse};
use gatewright_plugin_host::{NoManifest, NotPacked};
use gatewright_policy::signatures::MalformedSignatures;
use gatewright_signing::PluginKeyError;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Why a command about plugins failed.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// A name that no project can have.
    #[error("`{0}` cannot be a plugin's name: it has 1 to 40 lower-case letters, digits and hyphens, a letter first")]
    Name(String),
    /// There is something where the project was to be made.
    #[error("there is something in {} already", .0.display())]
    Occupied(PathBuf),
    /// A file of the project cannot be written or read.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The folder holds no project.
    #[error("{} is no plugin's project: there is no {missing}", folder.display())]
    NoProject {
        /// The folder.
        folder: PathBuf,
        /// What a project has.
        missing: &'static str,
    },
    /// A tool cannot be started.
    #[error("`{tool}` cannot be started: {cause}")]
    NoTool {
        /// Which.
        tool: &'static str,
        /// Why.
        cause: io::Error,
    },
    /// The language's own tool said no; what it said stands above.
    #[error("`{tool}` failed ({status})")]
    Tool {
        /// What was run.
        tool: &'static str,
        /// How it ended.
        status: ExitStatus,
    },
    /// The compiler made no module.
    #[error("the build made no .wasm file")]
    NothingBuilt,
    /// No C can be made of the interfaces.
    #[error("the interfaces cannot be written as C: {0}")]
    NoBindings(String),
    /// What was built is no plugin.
    #[error(transparent)]
    NotPacked(#[from] NotPacked),
    /// The file is no plugin.
    #[error("{}: {why}", path.display())]
    NoPlugin {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: NoManifest,
    },
    /// The plugin cannot be compiled.
    #[error("{} cannot be run:\n{why}", path.display())]
    Uncompiled {
        /// The file.
        path: PathBuf,
        /// All that is wrong.
        why: String,
    },
    /// A hook that the plugin does not serve.
    #[error("{name} does not serve {hook}")]
    NotServed {
        /// The plugin.
        name: String,
        /// The hook.
        hook: HookKind,
    },
    /// What a hook is measured in cannot be made.
    #[error("the hook's surroundings cannot be made: {0}")]
    World(Misuse),
    /// A key cannot be used.
    #[error("{}: {why}", path.display())]
    Key {
        /// Its file.
        path: PathBuf,
        /// Why not.
        why: PluginKeyError,
    },
    /// The file beside a plugin holds no signatures, or as many as it can.
    #[error("{}: {why}", path.display())]
    Signatures {
        /// The file.
        path: PathBuf,
        /// Why.
        why: MalformedSignatures,
    },
    /// There is no signature by that key.
    #[error("{} is not signed by {}", file.display(), by.display())]
    NotSigned {
        /// The plugin.
        file: PathBuf,
        /// The key's file.
        by: PathBuf,
    },
    /// The signature by that key is of something else.
    #[error("{} is not the file that {} signed", file.display(), by.display())]
    SignedAnother {
        /// The plugin.
        file: PathBuf,
        /// The key's file.
        by: PathBuf,
    },
}

impl PluginError {
    /// What to do next, where the error itself does not say it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Occupied(_) => "choose another name, or another folder with --into DIR",
            Self::NoProject { .. } => "`gatewright plugin new NAME` makes one",
            Self::NoTool { tool, .. } | Self::Tool { tool, .. } => return takes(tool),
            Self::NothingBuilt => "the crate's type must be cdylib: [lib] crate-type = [\"cdylib\"]",
            Self::NotPacked(NotPacked::NoHook { .. }) => {
                "name the hook in `gatewright_plugin::export!`, or take it out of `hooks` in plugin.toml"
            }
            Self::NotServed { .. } => "`gatewright plugin inspect FILE` says which it serves",
            Self::Key { why: PluginKeyError::Encrypted, .. } => {
                "take the passphrase off for the while: openssl pkey -in FILE -out OTHER-FILE"
            }
            Self::Key { .. } => "`gatewright plugin key NAME` makes a pair: NAME.key.pem signs, NAME.pub.pem verifies",
            Self::Signatures { .. } => "remove the file, and have the plugin signed anew by all who signed it",
            Self::NotSigned { .. } => {
                "who has the private key signs it: gatewright plugin sign --key NAME.key.pem FILE"
            }
            Self::SignedAnother { .. } => {
                "do not run it: get the file that was signed, or have whoever signs look at this one and sign it"
            }
            Self::NoPlugin { .. } => "`gatewright plugin build` makes one of a project",
            _ => return None,
        })
    }
}

/// What a tool takes to start and to succeed.
fn takes(tool: &str) -> Option<&'static str> {
    Some(match tool {
        "cargo" => "it takes Rust and its WASM target: rustup target add wasm32-unknown-unknown",
        "cargo test" => "it takes Rust: https://rustup.rs",
        "npm" | "npm test" | "node" => "it takes Node.js 20 or newer with npm, and a registry that npm can reach",
        "python3" => "it takes Python 3.11 or newer with venv (Debian: apt-get install python3-venv)",
        "pip" => "it takes a package index that pip can reach; requirements.txt says what is wanted",
        "componentize-py" => "it reads plugin.py: what it says above is about that file",
        "zig cc" => {
            "what it says above is about plugin.c or test.c; CC=clang takes another compiler (with wasi-libc and wasm-ld)"
        }
        "the compiler that CC names" => {
            "it takes a C library for wasm32-wasi and wasm-ld (Debian: apt-get install clang lld wasi-libc \
             libclang-rt-14-dev-wasm32); without CC the compiler of requirements.txt is taken"
        }
        _ => return None,
    })
}
