//! A plugin's project made from the template, as `gatewright plugin new` makes one, and built.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasmparser::{ConstExpr, Operator, Parser, Payload};
use wit_component::{ComponentEncoder, DecodedWasm};
use wit_parser::{WorldItem, WorldKey};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "gatewright:plugin/";
const VERSION: &str = "@0.1.0";

/// A project in a folder of its own.
pub struct Project {
    folder: PathBuf,
    name: String,
}

/// Names of interfaces of ours.
#[derive(Debug)]
pub struct Interfaces {
    pub imports: BTreeSet<String>,
    pub exports: BTreeSet<String>,
}

fn plugins() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn target_is_installed() -> bool {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let asked = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output().unwrap();
    let installed = Path::new(String::from_utf8(asked.stdout).unwrap().trim()).is_dir();
    if !installed {
        eprintln!("skipped: the target {TARGET} is not installed (rustup target add {TARGET})");
    }
    installed
}

impl Project {
    /// The template with its placeholders filled in; nothing where it cannot be built.
    pub fn of_the_template(name: &str) -> Option<Self> {
        if !target_is_installed() {
            return None;
        }
        let name = format!("plugin-{name}");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let sdk = format!("{{ path = {:?} }}", plugins().join("sdk"));
        fill(&plugins().join("template/rust"), &folder, &[("{{name}}", &name), ("{{sdk}}", &sdk)]);
        // The versions that this workspace was tested with.
        fs::copy(plugins().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Some(Self { folder, name })
    }

    /// The same project with another plugin in it.
    pub fn with_source(self, source: &str) -> Self {
        fs::write(self.folder.join("src/lib.rs"), source).unwrap();
        self
    }

    /// The same project with the files that a page shows: those of a project, each in a block that names it.
    pub fn with_files_of(self, page: &str) -> Self {
        let mut written = 0;
        for block in page.split("\n```").filter(|block| !block.starts_with('\n')) {
            let (head, text) = block.split_once('\n').unwrap_or((block, ""));
            let Some((_, path)) = head.split_once(' ') else { continue };
            if self.folder.join(path).exists() {
                fs::write(self.folder.join(path), text).unwrap();
                written += 1;
            }
        }
        assert_eq!(written, 3, "the page shows lib.rs, tests.rs and plugin.toml");
        self
    }

    /// A plugin that we ship; nothing where it cannot be built.
    pub fn shipped(name: &str) -> Option<Self> {
        target_is_installed().then(|| Self { folder: plugins().join(name), name: name.to_owned() })
    }

    /// Of `names` those that its manifest has in or below `key`: a list, or the names of a table.
    pub fn stated(&self, key: &str, names: &[&str]) -> BTreeSet<String> {
        let manifest = fs::read_to_string(self.folder.join("plugin.toml")).unwrap();
        let at = |line: &&str| line.trim_start_matches('[').starts_with(key);
        let place = manifest.lines().position(|line| at(&line)).unwrap();
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let below = manifest.lines().skip(place).enumerate().take_while(|(number, line)| {
            *number == 0 || manifest.contains(&format!("[{key}]")) && !line.starts_with('[')
        });
        let words: BTreeSet<_> = below.flat_map(|(_, line)| line.split(|letter| !is_word(letter))).collect();
        names.iter().filter(|name| words.contains(*name)).map(|name| (*name).to_owned()).collect()
    }

    /// The component.
    pub fn component(&self) -> Vec<u8> {
        let module = self.module();
        ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
    }

    /// The stack of the core module: what its first global, the stack pointer, begins with.
    pub fn stack_bytes(&self) -> i32 {
        let module = self.module();
        for payload in Parser::new(0).parse_all(&module) {
            if let Payload::GlobalSection(globals) = payload.unwrap() {
                return first_number(&globals.into_iter().next().unwrap().unwrap().init_expr);
            }
        }
        panic!("the module has no globals");
    }

    /// Its own tests.
    pub fn test(&self) {
        self.cargo(&["test", "--quiet"]);
    }

    fn module(&self) -> Vec<u8> {
        self.cargo(&["build", "--quiet", "--release", "--target", TARGET]);
        let built = target().join(TARGET).join("release").join(format!("{}.wasm", self.name.replace('-', "_")));
        fs::read(built).unwrap()
    }

    fn cargo(&self, arguments: &[&str]) {
        let ran = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target())
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        assert!(ran.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}

/// Built beside what is built already: the dependencies are the same.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

fn fill(from: &Path, to: &Path, values: &[(&str, &str)]) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fill(&entry.path(), &to, values);
        } else {
            let text = fs::read_to_string(entry.path()).unwrap();
            let text = values.iter().fold(text, |text, (placeholder, value)| text.replace(placeholder, value));
            assert!(!text.contains("{{"), "{} has a placeholder that nothing fills", to.display());
            fs::write(to, text).unwrap();
        }
    }
}

fn first_number(init: &ConstExpr<'_>) -> i32 {
    match init.get_operators_reader().read().unwrap() {
        Operator::I32Const { value } => value,
        other => panic!("the stack pointer begins with {other:?}"),
    }
}

/// What a component imports and exports.
pub fn interfaces(component: &[u8]) -> Interfaces {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component).unwrap() else {
        panic!("this is no component");
    };
    let names = |items: Vec<(&WorldKey, &WorldItem)>| {
        items.into_iter().map(|(key, _)| ours(&resolve.name_world_key(key))).collect::<BTreeSet<_>>()
    };
    let world = &resolve.worlds[world];
    Interfaces { imports: names(world.imports.iter().collect()), exports: names(world.exports.iter().collect()) }
}

fn ours(name: &str) -> String {
    let own = name.strip_prefix(PACKAGE).and_then(|name| name.strip_suffix(VERSION));
    own.unwrap_or_else(|| panic!("{name} is no interface of ours")).to_owned()
}
