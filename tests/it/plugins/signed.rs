//! Plugins that must be signed: made with the commands that `plugins/README.md` shows, held to at the start, at a check
//! and at a reload.

use super::guest::Guest;
use super::{policy, returning, wanting};
use crate::world::server::{free_port, program};
use crate::world::{RelyingParty, Server, jwt};
use gatewright_domain::hooks::HookKind;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Longest wait for what became of a save, in seconds.
const TOLD_S_MAX: u64 = 60;

/// A plugin that adds one claim.
fn employer(name: &str) -> Vec<u8> {
    let mut guest = Guest::of(HookKind::Claims);
    let (key, text) = (guest.span("employer"), guest.span(name));
    let claim = guest.words(&[&key[..], &[3, 0], &text].concat());
    guest.body = returning(&[claim, 1]);
    wanting("[]", guest)
}

fn binding(more: &str) -> String {
    format!("[[claims]]\nscopes = [\"profile\"]\nclaims = [\"employer\"]\nrun = \"employer.wasm\"\n{more}")
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).current_dir(folder).output().unwrap()
}

#[track_caller]
fn done(output: &Output) -> String {
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[track_caller]
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Makes a key pair; answers the public key, as the configuration names it.
fn key(folder: &Path, name: &str) -> String {
    let said = done(&run(folder, &["plugin", "key", name]));
    let line = said.lines().find_map(|line| line.strip_prefix(&format!("{name} = \""))).unwrap();
    line.strip_suffix('"').unwrap().to_owned()
}

fn sign(folder: &Path, by: &str) -> String {
    done(&run(folder, &["plugin", "sign", "--key", &format!("{by}.key.pem"), "x.wasm"]))
}

fn verify(folder: &Path, by: &str) -> Output {
    run(folder, &["plugin", "verify", "--key", &format!("{by}.pub.pem"), "x.wasm"])
}

#[test]
fn a_key_pair_is_made_once_and_its_private_half_is_for_its_owner_alone() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let public = key(folder, "acme");
    let pem = fs::read_to_string(folder.join("acme.pub.pem")).unwrap();
    assert_eq!(pem.lines().nth(1), Some(public.as_str()), "the configuration names the line of the file");
    let private = fs::read(folder.join("acme.key.pem")).unwrap();
    assert!(private.starts_with(b"-----BEGIN PRIVATE KEY-----"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.join("acme.key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(refused(&run(folder, &["plugin", "key", "acme"])).contains("choose another name"));
    // With one half there neither is touched, and none is left alone.
    fs::remove_file(folder.join("acme.key.pem")).unwrap();
    assert!(refused(&run(folder, &["plugin", "key", "acme"])).contains("acme.pub.pem already"));
    assert!(!folder.join("acme.key.pem").exists());
    assert_eq!(run(folder, &["plugin", "key", "../acme"]).status.code(), Some(2));
}

#[test]
fn a_plugin_carries_the_signatures_of_several_keys_each_once() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let keys = ["acme", "ops"].map(|name| key(folder, name));
    fs::write(folder.join("x.wasm"), employer("Acme")).unwrap();
    assert!(refused(&verify(folder, "acme")).contains("x.wasm is not signed by acme.pub.pem"));
    for by in ["acme", "ops", "acme"] {
        sign(folder, by);
    }
    let file = fs::read_to_string(folder.join("x.wasm.sig")).unwrap();
    assert_eq!(file.lines().count(), 3, "{file}");
    let said = done(&run(folder, &["plugin", "verify", "--key", "acme.pub.pem", "--key", "ops.pub.pem", "x.wasm"]));
    assert!(keys.iter().all(|key| said.contains(key)) && said.contains("test 1.0.0"), "{said}");
    // Another build: what was signed before is no longer so, and is dropped by whoever signs next.
    fs::write(folder.join("x.wasm"), employer("Other")).unwrap();
    let told = refused(&verify(folder, "ops"));
    assert!(
        told.contains("x.wasm is not the file that ops.pub.pem signed") && told.contains("do not run it"),
        "{told}"
    );
    assert!(sign(folder, "acme").contains("left out"));
    done(&verify(folder, "acme"));
    assert!(refused(&verify(folder, "ops")).contains("is not signed by"));
    // What is no plugin is not signed, and what holds no signatures is not written over.
    fs::write(folder.join("text"), "text").unwrap();
    let told = refused(&run(folder, &["plugin", "sign", "--key", "acme.key.pem", "text"]));
    assert!(told.contains("cannot be read as a WASM component"), "{told}");
    fs::write(folder.join("x.wasm.sig"), "mine").unwrap();
    let told = refused(&run(folder, &["plugin", "sign", "--key", "acme.key.pem", "x.wasm"]));
    assert!(told.contains("begins with the line") && told.contains("remove the file"), "{told}");
    let told = refused(&run(folder, &["plugin", "sign", "--key", "acme.pub.pem", "x.wasm"]));
    assert!(told.contains("no private key") && told.contains("gatewright plugin key NAME"), "{told}");
}

#[test]
fn keys_and_signatures_are_those_of_openssl() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let openssl = |arguments: &[&str]| Command::new("openssl").args(arguments).current_dir(folder).output();
    if openssl(&["version"]).is_err() {
        eprintln!("left out: checking signatures with openssl: there is no such program on this machine");
        return;
    }
    let openssl = |arguments: &[&str]| done(&openssl(arguments).unwrap());
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "acme.key.pem"]);
    openssl(&["pkey", "-in", "acme.key.pem", "-pubout", "-out", "acme.pub.pem"]);
    let plugin = employer("Acme");
    fs::write(folder.join("x.wasm"), &plugin).unwrap();
    sign(folder, "acme");
    done(&verify(folder, "acme"));
    let file = fs::read_to_string(folder.join("x.wasm.sig")).unwrap();
    let signature = file.lines().nth(1).unwrap().split_once(' ').unwrap().1;
    let digest: String = Sha256::digest(&plugin).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(folder.join("statement"), format!("gatewright plugin signature 1\nsha256 {digest}\n")).unwrap();
    fs::write(folder.join("signature"), format!("{signature}\n")).unwrap();
    openssl(&["base64", "-d", "-A", "-in", "signature", "-out", "signature.bin"]);
    let verified = openssl(&[
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "acme.pub.pem",
        "-rawin",
        "-in",
        "statement",
        "-sigfile",
        "signature.bin",
    ]);
    assert!(verified.contains("Signature Verified Successfully"), "{verified}");
    // A key under a passphrase is not asked for at a terminal that may not be there.
    openssl(&["pkey", "-in", "acme.key.pem", "-aes256", "-passout", "pass:hush", "-out", "locked.pem"]);
    let told = refused(&run(folder, &["plugin", "sign", "--key", "locked.pem", "x.wasm"]));
    assert!(told.contains("encrypted under a passphrase") && told.contains("openssl pkey"), "{told}");
}

/// A configuration that requires `acme`, in `directory`, for the policy in `folder`.
fn configuration(directory: &Path, folder: &str, acme: &str) -> PathBuf {
    fs::write(directory.join("master.key"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    let file = directory.join("gatewright.toml");
    let text = format!(
        "issuer = \"http://localhost:1\"\nkeys.master_key_file = \"master.key\"\npolicy.directory = {folder:?}\n\
         policy.plugin_signatures = {{ keys = {{ acme = \"{acme}\" }}, required = [\"acme\"] }}\n"
    );
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn check_wants_the_signatures_that_the_server_wants() {
    let directory = tempfile::tempdir().unwrap();
    let acme = key(directory.path(), "acme");
    let folder = policy(directory.path(), &binding("signed_by = [\"acme\"]\n"), &[("employer.wasm", employer("Acme"))]);
    configuration(directory.path(), &folder, &acme);
    let check = |more: &[&str]| {
        let output = run(directory.path(), &[&["check"], more].concat());
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let configured = ["--config", "gatewright.toml"];
    let alone = ["--policy", "policy"];
    let of_both = [&configured[..], &alone].concat();
    done(&run(directory.path(), &["migrate", "--config", "gatewright.toml"]));
    for arguments in [&configured[..], &of_both] {
        let (fit, said) = check(arguments);
        assert!(!fit && said.contains("`employer.wasm` is not signed, and must be by `acme`"), "{said}");
        assert!(said.contains("gatewright plugin sign --key acme.key.pem employer.wasm"), "{said}");
    }
    let (fit, said) = check(&alone);
    assert!(!fit && said.contains("has no key `acme`") && said.contains("--config FILE"), "{said}");
    done(&run(directory.path(), &["plugin", "sign", "--key", "acme.key.pem", "policy/employer.wasm"]));
    assert!(check(&configured).0 && check(&of_both).0);
    // A policy that wants none itself is looked at alone, and says what was not looked at.
    let manifest = directory.path().join("policy/policy.toml");
    let text = fs::read_to_string(&manifest).unwrap().replace("signed_by = [\"acme\"]\n", "");
    fs::write(manifest, text).unwrap();
    let (fit, said) = check(&alone);
    assert!(fit && said.contains("--config FILE would tell"), "{said}");
}

/// Waits until the log says `told` for the `count`-th time.
fn wait_for(server: &Server, told: &str, count: usize) {
    let began = Instant::now();
    while server.log().matches(told).count() < count {
        assert!(began.elapsed() < Duration::from_secs(TOLD_S_MAX), "it never says {told:?}:\n{}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_takes_a_plugin_when_it_is_signed_and_goes_on_with_the_last_one_until_then() {
    let directory = tempfile::tempdir().unwrap();
    let acme = key(directory.path(), "acme");
    let folder = policy(directory.path(), &binding(""), &[("employer.wasm", employer("Acme"))]);
    let sign = || done(&run(directory.path(), &["plugin", "sign", "--key", "acme.key.pem", "policy/employer.wasm"]));
    let settings = [
        ("GATEWRIGHT__POLICY__DIRECTORY", folder.as_str()),
        ("GATEWRIGHT__POLICY__PLUGIN_SIGNATURES__KEYS__ACME", acme.as_str()),
        ("GATEWRIGHT__POLICY__PLUGIN_SIGNATURES__REQUIRED", "acme"),
    ];
    let mut start = Command::new(program());
    start.args(["quickstart", "--listen", "127.0.0.1:0", "--data", "unsigned"]).envs(settings);
    let output = start.current_dir(directory.path()).output().unwrap();
    assert!(refused(&output).contains("`employer.wasm` is not signed, and must be by `acme`"));
    sign();
    let server = Server::quickstart_with(directory.path(), free_port(), &settings);
    let client = RelyingParty::demo(&server);
    let employer_of = async |client: &RelyingParty| {
        let tokens = client.tokens().await;
        jwt::claims(tokens["id_token"].as_str().unwrap())["employer"].clone()
    };
    assert_eq!(employer_of(&client).await, "Acme");
    let plugin = Path::new(&folder).join("employer.wasm");
    fs::write(&plugin, employer("Mallory")).unwrap();
    wait_for(&server, "`employer.wasm` is not the file that `acme` signed", 1);
    assert_eq!(employer_of(&client).await, "Acme");
    fs::remove_file(plugin.with_extension("wasm.sig")).unwrap();
    wait_for(&server, "`employer.wasm` is not signed, and must be by `acme`", 1);
    assert_eq!(employer_of(&client).await, "Acme");
    fs::write(&plugin, employer("Acme and sons")).unwrap();
    sign();
    wait_for(&server, "policy is live", 1);
    assert_eq!(employer_of(&client).await, "Acme and sons");
}
