//! Pages against their golden files: a change of a page is seen in review. `GATEWRIGHT_GOLDEN=<this folder>`
//! writes them anew.

use super::gallery::{gallery, pages};

macro_rules! golden {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("golden/", $name, ".html")))),+]
    };
}

const GOLDEN: &[(&str, &str)] = golden![
    "sign_in",
    "sign_in_again",
    "sign_in_de",
    "every_field",
    "authenticator_app",
    "new_passkey",
    "passkey_or_password",
    "approval",
    "factors_gone",
    "consent",
    "consent_fr",
    "choose_account",
    "failed_tries",
    "failed_tries_de",
    "error",
    "expired",
    "expired_begin_again",
    "sign_out",
    "sign_out_bare",
    "signed_out",
    "signed_out_nobody",
    "signing_out",
    "signing_out_de",
    "form_post",
    "hand_over",
    "account",
    "account_de",
    "account_bare",
    "account_rename",
    "account_rename_fr",
    "account_remove",
    "account_recovery",
    "account_codes",
];

/// A page without the hashes of its assets: another style is not another page.
fn without_hashes(html: &str) -> String {
    let mut whole = html.split(" integrity=\"sha256-");
    let mut html = whole.next().unwrap().to_owned();
    html.extend(whole.map(|part| part.split_once('"').unwrap().1));
    let mut parts = html.split("/assets/");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('"').unwrap();
        let (stem, _hash) = name.split_at(name.find('-').unwrap());
        let ending = &name[name.rfind('.').unwrap()..];
        out.push_str(&format!("/assets/{stem}{ending}\"{rest}"));
    }
    out
}

#[test]
fn every_page_is_as_its_golden_file_says() {
    let drawn = gallery(pages());
    if let Ok(folder) = std::env::var("GATEWRIGHT_GOLDEN") {
        for (name, page) in &drawn {
            std::fs::write(format!("{folder}/{name}.html"), without_hashes(&page.html)).unwrap();
        }
        return;
    }
    let names: Vec<_> = drawn.iter().map(|(name, _)| *name).collect();
    let golden_names: Vec<_> = GOLDEN.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, golden_names);
    for ((name, page), (_, golden)) in drawn.iter().zip(GOLDEN) {
        assert_eq!(
            without_hashes(&page.html),
            *golden,
            "{name}: write it anew with GATEWRIGHT_GOLDEN if this is meant"
        );
    }
}
