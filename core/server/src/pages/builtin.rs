//! The pages, texts and pictures that come with the server.

/// Templates by name: pages an operator may replace, then the parts they are made of.
pub(super) const TEMPLATES: &[(&str, &str)] = &[
    ("form.html", include_str!("templates/form.html")),
    ("consent.html", include_str!("templates/consent.html")),
    ("choose_account.html", include_str!("templates/choose_account.html")),
    ("failed_tries.html", include_str!("templates/failed_tries.html")),
    ("error.html", include_str!("templates/error.html")),
    ("sign_out.html", include_str!("templates/sign_out.html")),
    ("signed_out.html", include_str!("templates/signed_out.html")),
    ("signing_out.html", include_str!("templates/signing_out.html")),
    ("account.html", include_str!("templates/account.html")),
    ("account_rename.html", include_str!("templates/account_rename.html")),
    ("account_remove.html", include_str!("templates/account_remove.html")),
    ("account_recovery.html", include_str!("templates/account_recovery.html")),
    ("form_post.html", include_str!("templates/form_post.html")),
    ("hand_over.html", include_str!("templates/hand_over.html")),
    ("notice.txt", include_str!("templates/notice.txt")),
    ("demo_start.html", include_str!("../demo/templates/start.html")),
    ("demo_result.html", include_str!("../demo/templates/result.html")),
    ("demo_failure.html", include_str!("../demo/templates/failure.html")),
    ("layout.html", include_str!("templates/layout.html")),
    ("parts/account.html", include_str!("templates/parts/account.html")),
    ("parts/factor_kind.html", include_str!("templates/parts/factor_kind.html")),
    ("parts/client.html", include_str!("templates/parts/client.html")),
    ("parts/field.html", include_str!("templates/parts/field.html")),
    ("parts/small_print.html", include_str!("templates/parts/small_print.html")),
];

/// Messages by language tag.
pub(super) const MESSAGES: &[(&str, &str)] = &[
    ("en", include_str!("messages/en.toml")),
    ("de", include_str!("messages/de.toml")),
    ("fr", include_str!("messages/fr.toml")),
];

/// Our scripts, by name without its ending: one asks the browser for passkeys, one goes on when clients' pages have loaded.
pub(super) const SCRIPTS: &[(&str, &[u8])] =
    &[("passkey", include_bytes!("assets/passkey.js")), ("signing_out", include_bytes!("assets/signing_out.js"))];

/// Assets by name.
pub(super) const ASSETS: &[(&str, &[u8])] =
    &[("gatewright.css", include_bytes!("assets/gatewright.css")), ("icon.svg", include_bytes!("assets/icon.svg"))];
