//! The file of signatures, and what is signed.

use super::*;
use gatewright_domain::plugin_key::KEY_BYTES;
use proptest::prelude::*;

fn key(n: usize) -> PluginKey {
    PluginKey::new([u8::try_from(n).unwrap(); KEY_BYTES])
}

fn signed_by(keys: usize) -> Signatures {
    let mut signatures = Signatures::default();
    (0..keys).for_each(|n| signatures.put(key(n), [u8::try_from(n).unwrap(); SIGNATURE_BYTES]).unwrap());
    signatures
}

#[test]
fn the_statement_about_a_plugin_never_changes_between_versions() {
    // Signatures made for one version hold for the next; the digest is that of `printf plugin | sha256sum`.
    let digest = "5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160";
    let text = statement(b"plugin");
    let (format, rest) = text.split_once('\n').unwrap();
    assert_eq!((format, rest.len()), ("gatewright plugin signature 1", "sha256 ".len() + digest.len() + 1));
    assert_eq!(rest, format!("sha256 {digest}\n"));
}

#[test]
fn a_second_signature_by_one_key_takes_the_place_of_the_first() {
    let mut signatures = signed_by(2);
    signatures.put(key(1), [9; SIGNATURE_BYTES]).unwrap();
    assert_eq!(signatures.keys().count(), 2);
    assert_eq!(signatures.by(&key(1)), Some(&[9; SIGNATURE_BYTES]));
}

#[test]
fn a_file_holds_as_many_signatures_as_the_limit_and_no_more() {
    let mut full = signed_by(SIGNATURES_MAX);
    let text = full.to_string();
    assert!(text.len() <= FILE_BYTES_MAX, "a full file is within its limit");
    assert_eq!(Signatures::parse(text.as_bytes()), Ok(full.clone()));
    let one_more = key(SIGNATURES_MAX);
    assert_eq!(full.put(one_more, [0; SIGNATURE_BYTES]), Err(MalformedSignatures::TooMany));
    assert!(full.put(key(0), [0; SIGNATURE_BYTES]).is_ok(), "one that is there can be replaced");
    let line = format!("{one_more} {}\n", STANDARD.encode([0; SIGNATURE_BYTES]));
    assert_eq!(Signatures::parse(format!("{text}{line}").as_bytes()), Err(MalformedSignatures::TooMany));
}

#[test]
fn a_file_that_is_none_is_told_by_its_line() {
    let good = signed_by(1).to_string();
    let line = good.lines().nth(1).unwrap();
    let (key, signature) = line.split_once(' ').unwrap();
    for (bad, told) in [
        (String::new(), MalformedSignatures::NoFormat),
        (line.to_owned(), MalformedSignatures::NoFormat),
        ("gatewright plugin signatures 2\n".to_owned(), MalformedSignatures::NoFormat),
        (format!("{good}\n"), MalformedSignatures::Line { line: 3 }),
        (format!("{FORMAT}\n{key}\n"), MalformedSignatures::Line { line: 2 }),
        (format!("{FORMAT}\n{key}  {signature}\n"), MalformedSignatures::Line { line: 2 }),
        (format!("{FORMAT}\n{key} {}\n", STANDARD.encode([0; 63])), MalformedSignatures::Line { line: 2 }),
        (format!("{FORMAT}\n{signature} {key}\n"), MalformedSignatures::Line { line: 2 }),
        (format!("{good}{line}\n"), MalformedSignatures::Twice { line: 3 }),
        (format!("{good}{}", " ".repeat(FILE_BYTES_MAX)), MalformedSignatures::TooLarge),
    ] {
        assert_eq!(Signatures::parse(bad.as_bytes()), Err(told), "{bad}");
    }
    assert_eq!(Signatures::parse(b"\xff"), Err(MalformedSignatures::NoFormat));
}

proptest! {
    #[test]
    fn every_file_that_is_read_is_written_as_it_was(bytes: Vec<u8>, keys in 0..4_usize) {
        let file = [signed_by(keys).to_string().as_bytes(), &bytes].concat();
        if let Ok(signatures) = Signatures::parse(&file) {
            prop_assert_eq!(Signatures::parse(signatures.to_string().as_bytes()), Ok(signatures));
        }
    }
}
