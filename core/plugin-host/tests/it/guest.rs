//! A plugin written as text: the body of its hook, the host functions it calls, its data, its manifest.

use gatewright_domain::hooks::HookKind;
use gatewright_plugin_host::SECTION;
use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{PackageId, Resolve};

/// Where data begins.
const DATA: usize = 1024;
/// Where a plugin may write its decision, and a host call its answer. Before a decision stands whether there is one: 0,
/// or 1 and in its place a fault.
pub const RETURN: usize = 60_000;
/// How long before the decision.
pub const OUTCOME: usize = 8;
pub const ANSWER: usize = 62_000;

/// The published interfaces, and a part of WASI.
static WIT: LazyLock<(Resolve, PackageId, PackageId)> = LazyLock::new(|| {
    let mut resolve = Resolve::default();
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let wit = above.find_map(|folder| Some(folder.join("plugins/wit/v0.1")).filter(|wit| wit.is_dir())).unwrap();
    let (published, _) = resolve.push_path(wit).unwrap();
    let with_wasi = resolve.push_str("wasi.wit", WASI).unwrap();
    (resolve, published, with_wasi)
});

/// A part of WASI, and a world of a plugin that was built with it.
const WASI: &str = include_str!("guest.wit");

/// Every host function, by interface, with its parameters and its result in core WASM.
const IMPORTS: [(&str, &str, &str, &str); 39] = [
    ("pages", "ask", "i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32", ""),
    ("pages", "ask-consent", "i32 i32", "i32"),
    ("pages", "return-state", "i32", ""),
    ("pages", "visit", "i32 i32 i32", ""),
    ("log", "write", "i32 i32 i32", ""),
    ("users", "find-by-subject", "i32 i32 i32", ""),
    ("users", "find-by-username", "i32 i32 i32", ""),
    ("users", "verify-password", "i32 i32 i32 i32", ""),
    ("users", "wait-s", "i32 i32 i32", ""),
    ("factors", "list", "i32 i32 i32", ""),
    ("factors", "enrol", "i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32", ""),
    ("factors", "find", "i32 i32 i32", ""),
    ("factors", "data", "i32 i32 i32", ""),
    ("factors", "update", "i32 i32 i32 i64 i32 i32 i64 i32 i32", ""),
    ("factors", "remove", "i32 i32 i32", ""),
    ("totp", "begin", "i32 i32 i32", ""),
    ("totp", "confirm", "i32 i32 i32 i32 i32 i32", ""),
    ("totp", "verify", "i32 i32 i32 i32", ""),
    ("webauthn", "begin-registration", "i32 i32 i32", ""),
    ("webauthn", "finish-registration", "i32 i32 i32 i32 i32 i32", ""),
    ("webauthn", "begin-authentication", "i32 i32 i32 i32", ""),
    ("webauthn", "finish-authentication", "i32 i32 i32 i32", ""),
    ("mail", "send", "i32 i32 i32 i32 i32 i32 i32", ""),
    ("mail", "send-code", "i32 i32 i32 i32 i32 i32 i32", ""),
    ("mail", "verify-code", "i32 i32 i32 i32", ""),
    ("recovery", "remaining", "i32 i32 i32", ""),
    ("recovery", "verify", "i32 i32 i32 i32", ""),
    ("oidc", "authorization-url", "i32 i32 i32 i32 i32", ""),
    ("oidc", "redeem", "i32 i32 i32 i32 i32 i32 i32", ""),
    ("kv", "get", "i32 i32 i32", ""),
    ("kv", "put", "i32 i32 i32 i64 i32 i64 i32", ""),
    ("kv", "delete", "i32 i32 i32", ""),
    ("kv", "add", "i32 i32 i64 i64 i32", ""),
    ("http", "send", "i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i64 i32", ""),
    ("http", "parse-json", "i32 i32 i32", ""),
    ("secrets", "get", "i32 i32 i32", ""),
    ("network", "contains", "i32 i32 i32 i32 i32", ""),
    ("clock", "now-ms", "", "i64"),
    ("random", "bytes", "i32 i32", ""),
];

/// Functions of WASI, each with the name it is called by.
const WASI_IMPORTS: [(&str, &str, &str, &str, &str); 10] = [
    ("$wasi.random-bytes", "random/random", "get-random-bytes", "i64 i32", ""),
    ("$wasi.random-u64", "random/random", "get-random-u64", "", "i64"),
    ("$wasi.wall", "clocks/wall-clock", "now", "i32", ""),
    ("$wasi.monotonic", "clocks/monotonic-clock", "now", "", "i64"),
    ("$wasi.resolution", "clocks/monotonic-clock", "resolution", "", "i64"),
    ("$wasi.environment", "cli/environment", "get-environment", "i32", ""),
    ("$wasi.stderr", "cli/stderr", "get-stderr", "", "i32"),
    ("$wasi.write", "io/streams", "[method]output-stream.blocking-write-and-flush", "i32 i32 i32 i32", ""),
    ("$wasi.exit", "cli/exit", "exit", "i32", ""),
    ("$wasi.network", "sockets/instance-network", "instance-network", "", "i32"),
];

/// A plugin of one hook.
#[derive(Clone)]
pub struct Guest {
    pub hook: HookKind,
    pub data: Vec<u8>,
    /// The instructions of the hook, which leave where its decision lies, [`OUTCOME`] bytes after whether there is one.
    pub body: String,
    /// More of the module: functions, globals, tables.
    pub more: String,
    /// The memory's size.
    pub memory: String,
    /// The manifest's text; none leaves it out.
    pub manifest: Option<String>,
}

impl Guest {
    /// A plugin that states every capability, with sample values.
    pub fn of(hook: HookKind) -> Self {
        let wants = "{ log = true, users = true, kv = true, network = true, http = [\"https://risk.example.com\"], \
                     secrets = [\"api_key\"], factors = true, totp = true, webauthn = true, mail = true, \
                     recovery = true, oidc = true }";
        Self {
            hook,
            data: Vec::new(),
            body: String::new(),
            more: String::new(),
            memory: "2".to_owned(),
            manifest: Some(manifest(hook, wants)),
        }
    }

    /// A plugin that decides what `body` says.
    pub fn that(hook: HookKind, body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::of(hook) }
    }

    /// Puts text into its memory; answers `(i32.const place) (i32.const length)`.
    pub fn text(&mut self, text: impl AsRef<[u8]>) -> String {
        let text = text.as_ref();
        let place = DATA + self.data.len();
        self.data.extend_from_slice(text);
        format!("(i32.const {place}) (i32.const {})", text.len())
    }

    /// Puts numbers of 32 bits into its memory; answers where they lie.
    pub fn words(&mut self, words: &[usize]) -> usize {
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        let place = DATA + self.data.len();
        self.data.extend(words.iter().flat_map(|word| u32::try_from(*word).unwrap().to_le_bytes()));
        place
    }

    /// Puts text into its memory; answers where it lies and how long it is.
    pub fn span(&mut self, text: &str) -> [usize; 2] {
        let place = DATA + self.data.len();
        self.data.extend_from_slice(text.as_bytes());
        [place, text.len()]
    }

    /// Puts a list of texts into its memory; answers where it lies and how many there are.
    pub fn texts(&mut self, texts: &[&str]) -> [usize; 2] {
        let spans: Vec<usize> = texts.iter().flat_map(|text| self.span(text)).collect();
        [self.words(&spans), texts.len()]
    }

    /// The component.
    #[track_caller]
    pub fn component(&self) -> Vec<u8> {
        let mut core = wat::parse_str(self.module()).unwrap_or_else(|error| panic!("{error}\n{}", self.module()));
        let (resolve, published, with_wasi) = &*WIT;
        let world = format!("{}-plugin", interface(self.hook));
        let (package, world) =
            if self.body.contains("$wasi.") { (with_wasi, "wasi") } else { (published, world.as_str()) };
        let world = resolve.select_world(&[*package], Some(world)).unwrap();
        embed_component_metadata(&mut core, resolve, world, StringEncoding::UTF8).unwrap();
        let encoder = ComponentEncoder::default().validate(true).module(&core).unwrap();
        let mut encoder = encoder;
        let mut component = encoder.encode().unwrap_or_else(|error| panic!("{error:?}\n{}", self.module()));
        if let Some(manifest) = &self.manifest {
            append_section(&mut component, SECTION, manifest.as_bytes());
        }
        component
    }

    fn module(&self) -> String {
        let (interface, function) = (interface(self.hook), self.hook.name().replace('_', "-"));
        let mut imports = String::new();
        for (interface, function, parameters, result) in IMPORTS {
            let called = format!("${interface}.{function}");
            if calls(&self.body, &called) || calls(&self.more, &called) {
                let result = if result.is_empty() { String::new() } else { format!("(result {result})") };
                writeln!(
                    imports,
                    "(import \"gatewright:plugin/{interface}@0.1.0\" \"{function}\" (func {called} (param {parameters}) {result}))"
                )
                .unwrap();
            }
        }
        for (called, interface, function, parameters, result) in WASI_IMPORTS {
            if self.body.contains(called) {
                let result = if result.is_empty() { String::new() } else { format!("(result {result})") };
                writeln!(
                    imports,
                    "(import \"wasi:{interface}@0.2.3\" \"{function}\" (func {called} (param {parameters}) {result}))"
                )
                .unwrap();
            }
        }
        let data: String = self.data.iter().map(|byte| format!("\\{byte:02x}")).collect();
        format!(
            r#"(module
            {imports}
            (memory (export "memory") {memory})
            (global $heap (mut i32) (i32.const 65536))
            (data (i32.const {DATA}) "{data}")
            (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
                (local $place i32)
                (local.set $place (i32.and
                    (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
                    (i32.sub (i32.const 0) (local.get $align))))
                (global.set $heap (i32.add (local.get $place) (local.get $size)))
                (local.get $place))
            {more}
            (func $decide (param $input i32) (result i32)
                (local $n i32) (local $long i64)
                {body})
            (func (export "gatewright:plugin/{interface}@0.1.0#{function}") (param $input i32) (result i32)
                (i32.sub (call $decide (local.get $input)) (i32.const {OUTCOME}))))"#,
            memory = self.memory,
            more = self.more,
            body = self.body,
        )
    }
}

/// A function, never called, that calls every function of the host.
pub fn calls_everything() -> String {
    let mut text = String::from("(func $everything");
    for (interface, function, parameters, result) in IMPORTS {
        let zeros: String = parameters.split_whitespace().map(|kind| format!(" ({kind}.const 0)")).collect();
        let call = format!("(call ${interface}.{function}{zeros})");
        let call = if result.is_empty() { call } else { format!("(drop {call})") };
        text.push_str(&call);
    }
    text + ")"
}

/// Whether a text calls a function, and not only one whose name begins the same.
fn calls(text: &str, called: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
    text.match_indices(called).any(|(at, _)| ends(&text[at + called.len()..]))
}

/// A manifest for one hook.
pub fn manifest(hook: HookKind, wants: &str) -> String {
    format!(
        "name = \"test\"\nversion = \"1.0.0\"\ndescription = \"For a test\"\nhooks = [\"{hook}\"]\ncapabilities = {wants}\n"
    )
}

/// Instructions that store numbers of 32 bits from `place` on.
pub fn store(place: usize, words: &[usize]) -> String {
    let mut text = String::new();
    for (step, word) in words.iter().enumerate() {
        writeln!(text, "(i32.store (i32.const {}) (i32.const {word}))", place + 4 * step).unwrap();
    }
    text
}

/// A form with a title and these fields; each has its name and the case of its kind. Answers the instructions that
/// ask it: its answer lies at [`ANSWER`].
pub fn ask(guest: &mut Guest, title: &str, fields: &[(&str, usize)]) -> String {
    let title = guest.text(title);
    // name, no label, the kind with room for its content, no value, no error, not optional: 64 bytes.
    let described: Vec<usize> = fields
        .iter()
        .flat_map(|(name, kind)| [&guest.span(name)[..], &[0, 0, 0, *kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat())
        .collect();
    let fields_at = guest.words(&described);
    let none = "(i32.const 0) ".repeat(6);
    format!(
        "(call $pages.ask {title} {none} (i32.const {fields_at}) (i32.const {}) (i32.const 0) (i32.const 0) \
         (i32.const 0) (i32.const 0) (i32.const {ANSWER}))",
        fields.len()
    )
}

/// Instructions that end in `fail(reason)`.
pub fn fail(guest: &mut Guest, reason: &str) -> String {
    let [place, length] = guest.span(reason);
    format!("{} (i32.const {RETURN})", store(RETURN, &[1, place, length]))
}

/// Instructions that end in `fail` with text that lies where the words at `place` point.
pub fn fail_with(place: usize) -> String {
    format!(
        "(i32.store (i32.const {RETURN}) (i32.const 1))
         (i64.store align=4 (i32.const {}) (i64.load align=4 (i32.const {place})))
         (i32.const {RETURN})",
        RETURN + 4
    )
}

/// Asks for a username and a password, checks them, and answers the user's subject or fails. The fields come by name:
/// the password (a handle) before the username, each 20 bytes.
pub fn signs_in() -> Guest {
    let mut guest = Guest::of(HookKind::Authenticate);
    let page = ask(&mut guest, "Sign in", &[("username", 0), ("password", 3)]);
    let no = fail(&mut guest, "wrong");
    // result<option<user>, failure>: the option lies 8 bytes in, the user's subject 12.
    guest.body = format!(
        "{page}
         (local.set $n (i32.load (i32.const {ANSWER})))
         (call $users.verify-password
             (i32.load offset=32 (local.get $n)) (i32.load offset=36 (local.get $n))
             (i32.load offset=12 (local.get $n)) (i32.const {ANSWER}))
         (if (result i32) (i32.load8_u (i32.const {there}))
             (then
                 (i32.store (i32.const {RETURN}) (i32.const 0))
                 (i64.store align=4 (i32.const {first}) (i64.load align=4 (i32.const {subject})))
                 (i64.store align=4 (i32.const {second}) (i64.const 0))
                 (i32.const {RETURN}))
             (else {no}))",
        there = ANSWER + 8,
        subject = ANSWER + 12,
        first = RETURN + 4,
        second = RETURN + 12,
    );
    guest
}

/// Appends a custom section.
pub fn append_section(component: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut body = leb(name.len());
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(content);
    component.push(0);
    component.extend(leb(body.len()));
    component.extend(body);
}

fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn interface(hook: HookKind) -> &'static str {
    match hook {
        HookKind::SelectAcr => "select-acr",
        HookKind::Authenticate => "authentication",
        HookKind::AfterAuthentication => "after-authentication",
        HookKind::Consent => "consent",
        HookKind::Claims => "claims",
        HookKind::CustomizeToken => "customize-token",
    }
}
