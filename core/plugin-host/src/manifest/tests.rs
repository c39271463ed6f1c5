//! What a manifest may say.

use super::*;
use proptest::prelude::*;

const SMALLEST: &str = "name = \"risk\"\nversion = \"1.0.0\"\nhooks = [\"claims\"]\n";

fn refused(text: &str) -> String {
    Manifest::parse(text).unwrap_err().to_string()
}

fn custom(name: &str, data: &[u8]) -> Vec<u8> {
    let mut body = vec![u8::try_from(name.len()).unwrap()];
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(data);
    let (low, high) = (body.len() & 0x7f | 0x80, body.len() >> 7);
    let mut section = vec![0, u8::try_from(low).unwrap(), u8::try_from(high & 0x7f | 0x80).unwrap()];
    section.push(u8::try_from(high >> 7).unwrap());
    section.extend(body);
    section
}

fn component(sections: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend(sections.iter().flatten());
    bytes
}

#[test]
fn a_manifest_is_read_out_of_its_section() {
    let manifest = Manifest::read(&component(&[custom("other", b"x"), custom(SECTION, SMALLEST.as_bytes())])).unwrap();
    assert_eq!((manifest.name.as_str(), manifest.version.as_str()), ("risk", "1.0.0"));
    assert_eq!(manifest.hooks, [HookKind::Claims]);
    assert_eq!(manifest.wants.names().count(), 0);
}

#[test]
fn a_component_has_exactly_one_manifest_of_its_own() {
    assert_eq!(Manifest::read(&component(&[])), Err(NoManifest::Missing));
    let section = custom(SECTION, SMALLEST.as_bytes());
    assert_eq!(Manifest::read(&component(&[section.clone(), section.clone()])), Err(NoManifest::Twice));
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    module.extend(section);
    let mut nested =
        vec![1, u8::try_from(module.len() & 0x7f | 0x80).unwrap(), u8::try_from(module.len() >> 7).unwrap()];
    nested.extend(module);
    assert_eq!(Manifest::read(&component(&[nested])), Err(NoManifest::Missing));
    assert!(matches!(Manifest::read(b"(component)"), Err(NoManifest::Unreadable(_))));
}

#[test]
fn a_manifest_over_its_limit_or_not_text_is_refused() {
    let long = format!("{SMALLEST}# {}", "x".repeat(MANIFEST_BYTES_MAX));
    let error = Manifest::read(&component(&[custom(SECTION, long.as_bytes())])).unwrap_err();
    assert!(error.to_string().contains("more than 16384 bytes"), "{error}");
    let error = Manifest::read(&component(&[custom(SECTION, b"name = \"\xff\"")])).unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "{error}");
}

#[test]
fn capabilities_are_a_list_or_a_table() {
    let list = Manifest::parse(&format!("{SMALLEST}capabilities = [\"kv\", \"http\"]")).unwrap();
    assert_eq!(list.wants.names().collect::<Vec<_>>(), ["kv", "http"]);
    let table = "capabilities = { log = true, http = [\"https://a.example\"], secrets = [\"k\"] }";
    let table = Manifest::parse(&format!("{SMALLEST}{table}")).unwrap();
    assert_eq!(table.wants.names().collect::<Vec<_>>(), ["log", "http", "secrets"]);
    assert!(table.wants.origins().contains("https://a.example") && table.wants.secrets().contains("k"));
}

#[test]
fn what_a_manifest_may_not_say_is_refused_with_what_it_may() {
    let long_name = "x".repeat(NAME_BYTES_MAX + 1);
    let long_text = "x".repeat(DESCRIPTION_CHARS_MAX + 1);
    let secrets: Vec<String> = (0..=WANTS_MAX).map(|n| format!("\"s{n}\"")).collect();
    let long_want = "x".repeat(WANT_BYTES_MAX + 1);
    let table = [
        ("version = \"1\"\nhooks = [\"claims\"]".to_owned(), "name"),
        (format!("name = \"{long_name}\"\nversion = \"1\"\nhooks = [\"claims\"]"), "1 to 64"),
        ("name = \"../x\"\nversion = \"1\"\nhooks = [\"claims\"]".to_owned(), "begins with a letter"),
        ("name = \"x/y\"\nversion = \"1\"\nhooks = [\"claims\"]".to_owned(), "no slash"),
        ("name = \"x\"\nversion = \"\"\nhooks = [\"claims\"]".to_owned(), "`version` has"),
        ("name = \"x\"\nversion = \"1\"\nhooks = []".to_owned(), "at least one of select_acr"),
        ("name = \"x\"\nversion = \"1\"\nhooks = [\"login\"]".to_owned(), "no hook `login`"),
        ("name = \"x\"\nversion = \"1\"\nhooks = [\"claims\", \"claims\"]".to_owned(), "twice"),
        (format!("{SMALLEST}description = \"{long_text}\""), "at most 1000 characters"),
        (format!("{SMALLEST}description = \"a\\u0007\""), "one line"),
        (format!("{SMALLEST}capabilities = [\"files\"]"), "no capability `files`"),
        (format!("{SMALLEST}capabilities = {{ files = true }}"), "a list of names or a table"),
        (format!("{SMALLEST}capabilities = {{ secrets = [{}] }}", secrets.join(", ")), "at most 64"),
        (format!("{SMALLEST}capabilities = {{ http = [\"{long_want}\"] }}"), "1 to 256"),
        (format!("{SMALLEST}licence = \"x\""), "licence"),
    ];
    for (text, expected) in table {
        let refused = refused(&text);
        assert!(refused.contains(expected), "{text}: {refused}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(tail in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,200}") {
        let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
        bytes.extend(tail);
        prop_assert!(Manifest::read(&bytes).is_err());
        prop_assert!(Manifest::parse(&text).is_err());
    }
}
