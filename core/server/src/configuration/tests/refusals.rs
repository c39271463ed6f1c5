//! What is refused, in words that say where it was set, what is wrong and what would be right.

use super::{LEAST, load};
use crate::configuration::{
    CODE_S_MAX, Configuration, PREFIX, PUSHED_REQUEST_S_MAX, PUSHED_REQUEST_S_MIN, TRACE_DAYS_MAX, TRACE_MIB_MAX,
};
use proptest::prelude::*;
use std::path::Path;

/// The complaints of a file that begins with [`LEAST`].
fn refused(more: &str) -> String {
    load(&format!("{LEAST}{more}"), &[], &[]).expect_err(more)
}

#[test]
fn a_setting_that_is_not_known_is_refused_with_its_place_and_what_was_meant() {
    let table = [
        (
            "[lifetimes]\nacces_token_s = 3\n",
            "gatewright.toml:4:1: `lifetimes.acces_token_s` is not a setting; did you mean `lifetimes.access_token_s`?",
        ),
        (
            "[lifetime]\ncode_s = 3\n",
            "gatewright.toml:4:1: `lifetime.code_s` is not a setting; did you mean `lifetimes.code_s`?",
        ),
        ("[tls]\n\n  certificate = \"x\"\n", "gatewright.toml:5:3: `tls.certificate` is not a setting"),
        (
            "[logging]\nlevle = \"info\"\n",
            "gatewright.toml:4:1: `logging.levle` is not a setting; did you mean `logging.level`?",
        ),
        ("[colours]\nred = 1\n", "gatewright.toml:4:1: `colours.red` is not a setting"),
    ];
    for (more, complaint) in table {
        assert_eq!(refused(more), format!("the configuration is not accepted\n  {complaint}"));
    }
}

#[test]
fn certificates_are_asked_for_where_https_is_spoken_and_believed_of_proxies_that_are_named() {
    let table = [
        (
            "[tls]\nclient_certificates = \"request\"\n",
            "`tls.client_certificates` is \"request\", but nothing here speaks HTTPS",
        ),
        ("[tls]\nclient_certificates = \"always\"\n", "it is one of `off`, `request`"),
        ("[tls]\nmtls_base = \"http://mtls.example.com\"\n", "`tls.mtls_base` is not https"),
        ("[proxy]\nclient_certificate_header = \"client-cert\"\n", "name them in proxy.trusted"),
        ("[proxy]\ntrusted = [\"127.0.0.1\"]\nclient_certificate_header = \"a b\"\n", "is no name of a header"),
    ];
    for (setting, complaint) in table {
        let told = refused(setting);
        assert!(told.contains(complaint), "{setting}: {told}");
    }
}

#[test]
fn a_server_that_could_not_keep_to_its_profile_does_not_start() {
    let fitting = "keys.algorithms = [\"ES256\"]\nprotocol.profile = \"fapi2\"\n";
    let whole = |issuer: &str, more: &str| {
        let file = format!(
            "issuer = \"{issuer}\"\nkeys.master_key_file = \"k\"\nproxy.trusted = [\"10.0.0.1\"]\n{more}{fitting}"
        );
        load(&file, &[], &[])
    };
    assert!(whole("https://x.example", "").is_ok());
    for (issuer, more, key, what) in [
        ("http://localhost", "", "issuer", "write https://"),
        ("https://x.example", "lifetimes.code_s = 61\n", "lifetimes.code_s", "write 60 or less"),
        ("https://x.example", "protocol.allow_http_issuer = true\n", "protocol.allow_http_issuer", "take it out"),
    ] {
        let told = whole(issuer, more).unwrap_err();
        assert!(told.contains(&format!("`{key}` contradicts protocol.profile = \"fapi2\": {what}")), "{told}");
    }
    let told = refused("protocol.profile = \"fapi2\"\n");
    assert!(told.contains("`keys.algorithms` contradicts protocol.profile = \"fapi2\": take RS256 out"), "{told}");
    let told = refused("protocol.profile = \"fapi1\"\n");
    assert!(told.contains("protocol.profile"), "{told}");
}

#[test]
fn traces_are_kept_within_reason_and_sent_to_a_collector_that_has_a_url() {
    let table = [
        ("sample_per_mille = 1001".to_owned(), "`trace.sample_per_mille` is 1001; it must be from 0 to 1000"),
        ("keep_days = 0".to_owned(), "`trace.keep_days` is 0"),
        (format!("keep_days = {}", TRACE_DAYS_MAX + 1), "`trace.keep_days` is"),
        (format!("keep_mib = {}", TRACE_MIB_MAX + 1), "`trace.keep_mib` is"),
        ("otlp_endpoint = \"collector:4318\"".to_owned(), "`trace.otlp_endpoint` is no URL of a collector"),
    ];
    for (setting, complaint) in table {
        let told = refused(&format!("[trace]\n{setting}\n"));
        assert!(told.contains(complaint), "{setting}: {told}");
    }
    let most = format!("[trace]\nsample_per_mille = 1000\nkeep_days = {TRACE_DAYS_MAX}\nkeep_mib = {TRACE_MIB_MAX}\n");
    assert!(load(&format!("{LEAST}{most}"), &[], &[]).is_ok());
}

#[test]
fn two_persons_need_bundles_that_are_pushed_and_a_node_needs_a_name() {
    let told = refused("[policy]\ndirectory = \"policy\"\ntwo_persons = true\n");
    assert!(told.contains("`policy.two_persons` is of no use beside policy.directory"), "{told}");
    assert!(told.contains("gatewright policy push"), "{told}");
    for name in ["", "a\\nb", &"x".repeat(65)] {
        let told = refused(&format!("[policy]\nnode = \"{name}\"\n"));
        assert!(told.contains("`policy.node` is no name"), "{told}");
    }
    let read = load(&format!("{LEAST}[policy]\nnode = \"eu-1\"\ntwo_persons = true\n"), &[], &[]).unwrap();
    assert_eq!((read.policy.node.as_deref(), read.policy.two_persons), (Some("eu-1"), true));
}

#[test]
fn another_provider_is_one_that_can_be_asked_who_signed_in() {
    let at = "issuer = \"https://login.example\"\n";
    let table = [
        (format!("{at}client_id = \"\""), "`oidc.corporate.client_id` is empty"),
        (at.to_owned(), "client_id"),
        ("client_id = \"us\"".to_owned(), "issuer"),
        (
            "issuer = \"http://login.example\"\nclient_id = \"us\"".to_owned(),
            "`oidc.corporate.issuer` is not an https URL",
        ),
        (format!("{at}client_id = \"us\"\nscope = \"email\""), "does not ask for `openid`"),
        (format!("{at}client_id = \"us\"\nclient_secret = \"hush\"\nsecrte = \"hush\""), "is not a setting"),
    ];
    for (settings, complaint) in table {
        let told = refused(&format!("[oidc.corporate]\n{settings}\n"));
        assert!(told.contains(complaint) && !told.contains("hush"), "{settings}: {told}");
    }
    let named = refused("[oidc.\"a.b\"]\nissuer = \"https://login.example\"\nclient_id = \"us\"\n");
    assert!(named.contains("is no name of a provider"), "{named}");
    let inside = "issuer = \"http://10.0.0.7\"\nclient_id = \"us\"\nallow_private_addresses = true\n";
    let read = load(&format!("{LEAST}[oidc.corporate]\n{inside}"), &[], &[]).unwrap();
    let (name, provider) = read.oidc.iter().next().unwrap();
    assert_eq!((name.as_str(), provider.scope.as_str()), ("corporate", "openid"));
}

#[test]
fn mail_is_sent_by_a_whole_configuration_or_not_at_all() {
    let table = [
        ("from = \"a@example.com\"", "`mail.host` is missing"),
        ("host = \" \"\nfrom = \"a@example.com\"", "`mail.host` is empty"),
        ("host = \"m\"", "`mail.from` is missing"),
        ("host = \"m\"\nfrom = \"nobody\"", "`mail.from` is no mail address"),
        ("host = \"m\"\nfrom = \"a@example.com\"\nusername = \"u\"", "`mail.password` is missing"),
        ("host = \"m\"\nfrom = \"a@example.com\"\npassword = \"hush\"", "`mail.username` is missing"),
        (
            "host = \"m\"\nfrom = \"a@example.com\"\nusername = \"u\"\npassword = \"hush\"\ntls = \"none\"",
            "`mail.tls` is none, so that the password would travel in clear",
        ),
        ("host = \"m\"\nfrom = \"a@example.com\"\nport = 0", "`mail.port` is 0"),
        ("host = \"m\"\nfrom = \"a@example.com\"\ntimeout_s = 0", "`mail.timeout_s` is 0"),
        ("host = \"m\"\nfrom = \"a@example.com\"\ntimeout_s = 61", "`mail.timeout_s` is 61"),
        ("tls = \"maybe\"", "it is one of `starttls`, `implicit`, `none`"),
    ];
    for (settings, complaint) in table {
        let told = refused(&format!("[mail]\n{settings}\n"));
        assert!(told.contains(complaint) && !told.contains("hush"), "{settings}: {told}");
    }
    let whole = "[mail]\nhost = \"localhost\"\nfrom = \"A <a@example.com>\"\nusername = \"u\"\npassword = \"hush\"\n\
                 tls = \"none\"\n";
    let read = load(&format!("{LEAST}{whole}"), &[], &[]).unwrap();
    assert_eq!(read.mail.port(), 25);
    assert!(!format!("{read:?}").contains("hush"));
}

#[test]
fn environment_variables_and_flags_are_held_to_the_same_settings() {
    let environment = [("GATEWRIGHT__LIFETIME__CODE_S", "3"), ("GATEWRIGHT__LISTEN__ADDRESS", "here")];
    let flags = [("--set", "lifetimes.codes", "3"), ("--set", "limits.connections", "many")];
    let told = load(LEAST, &environment[..1], &flags).unwrap_err();
    for complaint in [
        "environment variable GATEWRIGHT__LIFETIME__CODE_S: `lifetime.code_s` is not a setting; did you mean `lifetimes.code_s`?",
        "flag --set: `lifetimes.codes` is not a setting; did you mean `lifetimes.code_s`?",
        "flag --set: `limits.connections` expects a whole number of 0 or more",
    ] {
        assert!(told.contains(complaint), "{told}");
    }
    let told = load(LEAST, &environment[1..], &[]).unwrap_err();
    assert!(
        told.contains("environment variable GATEWRIGHT__LISTEN__ADDRESS: `listen.address` is not accepted"),
        "{told}"
    );
}

#[test]
fn a_value_of_another_kind_is_refused_with_what_is_expected() {
    let table = [
        ("lifetimes.code_s = \"soon\"", "`lifetimes.code_s` expects a whole number of 0 or more"),
        ("lifetimes.code_s = true", "`lifetimes.code_s` expects a whole number of 0 or more"),
        ("lifetimes.code_s = -1", "`lifetimes.code_s` expects a whole number of 0 or more"),
        ("lifetimes.code_s = 1.5", "`lifetimes.code_s` expects a whole number of 0 or more"),
        ("lifetimes.code_s = 99999999999999999999", "`lifetimes.code_s` expects a whole number of 0 or more"),
        ("lifetimes = 3", "`lifetimes` expects a section of settings"),
        ("policy.watch = \"yes\"", "`policy.watch` expects true or false"),
        ("policy.watch = 1", "`policy.watch` expects true or false"),
        ("logging.level = 3", "`logging.level` expects text in quotes"),
        ("pages.directory = 1979-05-27", "`pages.directory` expects text in quotes"),
        ("proxy.trusted = \"10.0.0.0/8\"", "`proxy.trusted` expects a list of texts"),
        ("proxy.trusted = [1]", "`proxy.trusted` expects a list of texts"),
        ("tls.key_file = { path = \"x\" }", "`tls.key_file` expects text in quotes"),
        ("scopes.a = \"claim\"", "`scopes.a` expects a list of texts"),
        ("policy.plugin_signatures.keys.a = 7", "`policy.plugin_signatures.keys.a` expects text in quotes"),
        ("secrets.a = { b = \"c\" }", "`secrets.a` expects text in quotes"),
    ];
    for (more, complaint) in table {
        let told = refused(more);
        assert!(told.contains("  gatewright.toml:3:") && told.contains(complaint), "{told}");
    }
}

#[test]
fn a_value_that_no_setting_takes_is_refused_with_its_place() {
    let table = [
        ("listen.address = \"here\"", "`listen.address` is not accepted"),
        (
            "keys.algorithms = [\"ES256\", \"none\"]",
            "`keys.algorithms[1]` is not accepted: the signature algorithm is not one",
        ),
        ("keys.algorithms = [\"ES256\", \"HS256\"]", "`keys.algorithms` has HS256"),
        ("keys.default_algorithm = \"EdDSA\"", "`keys.default_algorithm` is not among keys.algorithms"),
        ("keys.overlap_days = 90", "`keys.overlap_days` must be less than keys.rotation_days"),
        ("keys.overlap_days = 0", "`keys.overlap_days` is 0; it must be from 1"),
        ("keys.master_key = \"x\"", "`keys.master_key` is set beside keys.master_key_file"),
        ("logging.format = \"xml\"", "`logging.format` is not accepted: it is one of `text`, `json`"),
        ("logging.level = \"gatewright=loud\"", "`logging.level` is not accepted"),
        ("protocol.access_token_format = \"jtw\"", "it is one of `jwt`, `opaque`"),
        ("proxy.trusted = [\"10.0.0.0/33\"]", "\"10.0.0.0/33\" is no network"),
        ("proxy.trusted = [\"::/0\"]", "`proxy.trusted` has a network of every address"),
        ("proxy.header = \"x-real-ip\"", "it is one of `x-forwarded-for`, `forwarded`"),
        ("database.url = \"mysql://u:hush@h\"", "`database.url` is not accepted: it begins with"),
        ("database.connections = 257", "`database.connections` is 257; it must be from 1 to 256"),
        ("scopes.openid = [\"sub\"]", "`scopes.openid` is a standard scope"),
        ("scopes.\"a b\" = [\"x\"]", "`scopes.a b` is no scope value"),
        ("scopes.a = [\"sub\"]", "`scopes.a` names the claim \"sub\""),
        ("secrets.\"a.b\" = \"x\"", "is no name of a secret"),
        ("secrets.a = \"\"", "`secrets.a` is empty"),
        (
            "policy.plugin_signatures.keys.a = \"x\"",
            "`policy.plugin_signatures.keys.a` is not accepted: this is no Ed25519",
        ),
        ("policy.plugin_signatures.keys.\"a.b\" = \"x\"", "the name of a key has 1 to 64"),
        (
            "policy.plugin_signatures.required = [\"acme\"]",
            "`policy.plugin_signatures.required` names the key \"acme\"",
        ),
        ("passwords.memory_kib = 1024", "`passwords.memory_kib` is 1024; it must be from 7168"),
        ("passwords.memory_kib = 99999999999", "`passwords.memory_kib` is not accepted"),
        ("passwords = { memory_kib = 7168, iterations = 4 }", "`passwords.iterations` is too few for 7168 KiB"),
        ("passwords.threads = 0", "`passwords.threads` is 0"),
        ("cors.origins = [\"https://a.example/\"]", "which is no origin"),
        ("cors.origins = [\"*\", \"https://a.example\"]", "`cors.origins` has `*` beside other origins"),
        ("tls.key_file = \"k\"", "`tls.certificate_file` is missing"),
        ("limits.request_head_bytes = 100", "`limits.request_head_bytes` is 100"),
        ("limits.sign_ins_at_once = 0", "`limits.sign_ins_at_once` is 0"),
        ("limits.sign_ins_per_minute = 0", "`limits.sign_ins_per_minute` is 0"),
        ("passwords.length_min = 7", "`passwords.length_min` is 7; it must be from 8 to 64"),
        ("passwords.length_min = 65", "`passwords.length_min` is 65"),
        ("guessing.account.free_tries = 2", "`guessing.account.free_tries` is 2; it must be from 3 to 1000000"),
        ("guessing.account.lockout_tries = 4", "`guessing.account.lockout_tries` is 4; it must be from 5"),
        ("guessing.account.delay_s = 901", "`guessing.account.delay_max_s` is 900; it must be from 901"),
        ("guessing.address.lockout_s = 59", "`guessing.address.lockout_s` is 59; it must be from 60 to 2678400"),
        ("guessing.address.window_s = 2678401", "`guessing.address.window_s` is 2678401"),
        ("guessing.trusted_networks = [\"0.0.0.0/0\"]", "nothing would be counted of any"),
        ("guessing.trusted_networks = [\"home\"]", "\"home\" is no network such as 10.0.0.0/8"),
        ("limits.stop_timeout_s = 0", "`limits.stop_timeout_s` is 0"),
    ];
    for (more, complaint) in table {
        let told = refused(more);
        assert!(told.contains(complaint) && !told.contains("hush"), "{more}: {told}");
    }
}

#[test]
fn a_code_lives_ten_minutes_at_most() {
    let with = |seconds| load(&format!("{LEAST}lifetimes.code_s = {seconds}"), &[], &[]);
    assert!(with(CODE_S_MAX).is_ok());
    assert!(
        with(CODE_S_MAX + 1)
            .unwrap_err()
            .contains("gatewright.toml:3:11: `lifetimes.code_s` is 601; it must be from 1 to 600")
    );
    assert!(with(0).is_err());
}

#[test]
fn a_pushed_request_lives_long_enough_to_be_used_and_ten_minutes_at_most() {
    let with = |seconds| load(&format!("{LEAST}lifetimes.pushed_request_s = {seconds}"), &[], &[]);
    assert!(with(PUSHED_REQUEST_S_MIN).is_ok() && with(PUSHED_REQUEST_S_MAX).is_ok());
    for seconds in [PUSHED_REQUEST_S_MIN - 1, PUSHED_REQUEST_S_MAX + 1] {
        let told = format!("`lifetimes.pushed_request_s` is {seconds}; it must be from 5 to 600");
        assert!(with(seconds).unwrap_err().contains(&told), "{seconds}");
    }
}

#[test]
fn the_issuer_must_be_what_requests_really_arrive_by() {
    let key = "keys.master_key_file = \"k\"\n";
    let tls = "tls = { certificate_file = \"c\", key_file = \"k\" }\n";
    let proxy = "proxy.trusted = [\"10.0.0.1\"]\n";
    let clear = "protocol.allow_http_issuer = true\n";
    let table = [
        ("http://localhost:8080", "", true),
        ("http://127.0.0.1:8080", "", true),
        ("http://[::1]", "", true),
        ("http://localhost.example.com", "", false),
        ("http://login.example.com", "", false),
        ("http://login.example.com", proxy, false),
        ("http://login.example.com", clear, true),
        ("http://localhost", tls, false),
        ("https://login.example.com", "", false),
        ("https://login.example.com", tls, true),
        ("https://login.example.com", proxy, true),
        ("ftp://login.example.com", tls, false),
        ("https://login.example.com/?x", tls, false),
    ];
    for (issuer, more, accepted) in table {
        let read = load(&format!("issuer = \"{issuer}\"\n{key}{more}"), &[], &[]);
        assert_eq!(read.is_ok(), accepted, "{issuer} {more} {read:?}");
        if let Err(told) = read {
            assert!(told.contains("gatewright.toml:1:1: `issuer`"), "{told}");
        }
    }
}

#[test]
fn what_is_missing_is_named() {
    let told = load("", &[], &[]).unwrap_err();
    assert!(told.contains("`issuer` is missing; set it to"), "{told}");
    let told = load("issuer = \"http://localhost\"", &[], &[]).unwrap_err();
    assert!(told.contains("`keys.master_key_file` is missing; `openssl rand -base64 32"), "{told}");
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_line_and_column_and_without_its_text() {
    let told = load("issuer = \"x\"\nkeys.master_key = \"hush\nx = 1", &[], &[]).unwrap_err();
    assert!(told.starts_with("gatewright.toml:2:") && !told.contains("hush"), "{told}");
    let told = Configuration::load(Some(Path::new("nowhere/gatewright.toml")), [], &[]).unwrap_err();
    assert!(told.to_string().starts_with("cannot read the configuration in nowhere/gatewright.toml"), "{told}");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let told = refused("a = 1\nb = 2\n[limits]\nc = 3\n");
    assert_eq!(told.matches("is not a setting").count(), 3, "{told}");
}

proptest! {
    #[test]
    fn any_file_and_any_variable_is_accepted_or_refused(
        file in "([a-z_.\"]{1,12} ?= ?[ -~]{0,12}\n|\\[[a-z_]{1,12}\\]\n|\\PC{0,40}\n){0,6}",
        name in "[A-Z_]{0,20}",
        value in "\\PC{0,20}",
    ) {
        let _ = load(&file, &[(&format!("{PREFIX}{name}"), &value)], &[("--set", &name, &value)]);
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_refused() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let variable = ("GATEWRIGHT__ISSUER".into(), OsString::from_vec(vec![0xff]));
    let told = Configuration::load(None, [variable], &[]).unwrap_err().to_string();
    assert!(told.contains("environment variable GATEWRIGHT__ISSUER: `issuer` is not UTF-8"), "{told}");
}
