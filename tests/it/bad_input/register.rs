//! `/register` (RFC 7591 3.2.2, OpenID Connect Dynamic Client Registration 3.3, RFC 8252 8.4): every member of the wrong
//! type, URIs nobody should be sent to, documents from inside, keys that are none.

use super::ask::{Ask, FORM};
use super::table::{Case, Expect, LINE, MARKUP, Surface, case};
use crate::world::Server;
use crate::world::document::published;
use crate::world::server::free_port;
use crate::world::signature::ClientKey;
use serde_json::{Value, json};

const METADATA: Expect = Expect::Refused(400, "invalid_client_metadata");
const REDIRECT: Expect = Expect::Refused(400, "invalid_redirect_uri");
const CALLBACK: &str = "https://client.example/cb";

/// A document with nothing wrong in it but this member.
fn with(member: &str, value: &Value) -> Value {
    let mut document = json!({ "redirect_uris": [CALLBACK] });
    document[member] = value.clone();
    document
}

fn row(member: &str, value: &Value, expect: Expect) -> Case {
    let shown: String = value.to_string().chars().take(80).collect();
    case(&format!("{member}: {shown}"), Ask::json("/register", &with(member, value)), expect)
}

/// Members whose value is a word, each with one that is none of theirs or lacks what it needs.
fn unknown_words() -> Vec<(&'static str, Value)> {
    vec![
        ("response_types", json!(["token"])),
        ("grant_types", json!(["password"])),
        ("token_endpoint_auth_method", json!("tls_client")),
        ("id_token_signed_response_alg", json!("none")),
        ("id_token_signed_response_alg", json!("HS512")),
        ("id_token_encrypted_response_alg", json!("RSA1_5")),
        ("id_token_encrypted_response_alg", json!("PBES2-HS256+A128KW")),
        ("id_token_encrypted_response_alg", json!("ECDH-ES")), // Without a key to encrypt to.
        ("userinfo_encrypted_response_enc", json!("A128GCM")), // Without an alg.
        ("authorization_signed_response_alg", json!("none")),
        ("introspection_signed_response_alg", json!(7)),
        ("userinfo_signed_response_alg", json!("none")),
        ("token_endpoint_auth_signing_alg", json!("none")),
        ("subject_type", json!(MARKUP)),
        ("application_type", json!(LINE)),
        ("access_token_format", json!("paseto")),
    ]
}

#[test]
fn a_member_of_the_wrong_type_is_refused_by_name() {
    let server = Server::quickstart();
    let mut table = Vec::new();
    let (texts, lists, flags) = (
        [
            "client_name",
            "client_name#de",
            "logo_uri",
            "client_uri",
            "policy_uri",
            "tos_uri",
            "jwks_uri",
            "sector_identifier_uri",
            "initiate_login_uri",
            "software_id",
            "software_version",
            "scope",
            "subject_type",
            "application_type",
            "token_endpoint_auth_method",
            "token_endpoint_auth_signing_alg",
            "id_token_signed_response_alg",
            "userinfo_signed_response_alg",
            "access_token_format",
        ],
        ["response_types", "grant_types", "contacts", "default_acr_values", "post_logout_redirect_uris"],
        ["require_auth_time", "require_pkce"],
    );
    for member in texts {
        for value in
            [json!(5), json!(true), json!(["x"]), json!({ "x": 1 }), json!("x\u{0}y"), json!("x".repeat(9_000))]
        {
            table.push(row(member, &value, METADATA));
        }
    }
    for member in lists {
        for value in [json!(5), json!("x"), json!({}), json!([5]), json!([null]), json!([["x"]]), json!(vec!["x"; 999])]
        {
            table.push(row(member, &value, METADATA));
        }
    }
    for member in flags {
        for value in [json!(1), json!("yes"), json!([]), json!({})] {
            table.push(row(member, &value, METADATA));
        }
    }
    for value in [json!(-1), json!(1.5), json!("soon"), json!([1]), json!(1e300)] {
        table.push(row("default_max_age", &value, METADATA));
    }
    for value in [json!(5), json!("x"), json!([]), json!(true)] {
        table.push(row("jwks", &value, METADATA));
    }
    for value in [json!(5), json!("https://client.example/cb"), json!({}), json!([5]), json!([[CALLBACK]])] {
        table.push(row("redirect_uris", &value, REDIRECT));
    }
    for (member, unknown) in unknown_words() {
        table.push(row(member, &unknown, METADATA));
    }
    Surface::of(&server).hold(&table);
}

#[test]
fn a_body_that_is_no_json_object_is_refused() {
    let server = Server::quickstart();
    let ask = |body: &str| Ask::new("POST", "/register").body("application/json", body);
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let wide = format!("{{\"x\":[{}1]}}", "1,".repeat(30_000));
    let good = with("client_name", &json!("x"));
    Surface::of(&server).hold(&[
        case("nothing", Ask::new("POST", "/register"), METADATA),
        case("an empty body", ask(""), METADATA),
        case("a text", ask("\"x\""), METADATA),
        case("an array", ask("[]"), METADATA),
        case("null", ask("null"), METADATA),
        case("cut off", ask("{\"redirect_uris\":["), METADATA),
        case("two documents", ask(&format!("{good}{good}")), METADATA),
        case("a comment", ask("{/* */}"), METADATA),
        case("a number beyond all", ask("{\"default_max_age\":1e999}"), METADATA),
        case("half a surrogate", ask("{\"client_name\":\"\\ud800\"}"), METADATA),
        case("deep", ask(&deep), METADATA),
        case("a form", Ask::new("POST", "/register").body(FORM, "redirect_uris=x"), METADATA),
        case(
            "not UTF-8",
            Ask::new("POST", "/register").body("application/json", [b'{', b'"', 0xff, b'"', b'}']),
            METADATA,
        ),
        case(
            "UTF-16",
            Ask::new("POST", "/register").body("application/json", [0xff, 0xfe, b'{', 0, b'}', 0]),
            METADATA,
        ),
        case("no redirect_uris", ask("{}"), REDIRECT),
        case("over the limit", Ask::json("/register", &with("x", &json!("x".repeat(70_000)))), Expect::Problem(413)),
        case(
            "wide, in a member nobody knows",
            ask(&wide.replace("{\"x\"", &format!("{{\"redirect_uris\":[\"{CALLBACK}\"],\"x\""))),
            Expect::Json(201),
        ),
        case("GET", Ask::new("GET", "/register"), Expect::Page(405)),
        case("PUT", Ask::new("PUT", "/register").body("application/json", good.to_string()), Expect::Problem(405)),
        case("DELETE", Ask::new("DELETE", "/register"), Expect::Page(405)),
    ]);
}

/// URIs that no web client may have its end-users sent to.
const HOSTILE_URIS: &[&str] = &[
    "",
    "cb",
    "/cb",
    "//client.example/cb",
    "https:",
    "https://",
    "https:///cb",
    "https:client.example/cb",
    "https://client.example/cb#x",
    "https://client.example/cb#",
    "https://user:secret@client.example/cb",
    "https://client.example@evil.example/cb",
    "http://client.example/cb",
    "http://127.0.0.1.evil.example/cb",
    "http://localhost.evil.example/cb",
    "http://0.0.0.0/cb",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://client.example/x",
    "about:blank",
    "view-source:https://client.example/",
    "filesystem:https://client.example/",
    "com.example.app:/cb",
    "myapp://cb",
    "https://client.example/cb ",
    "https://client.example/c b",
    "https://client.example/\u{0}",
    "https://client.example/\r\nx",
    "https://client.example/\"><script>alert(1)</script>",
    "https://client.example\\@evil.example/cb",
    "https://[::1",
    "https://a:99999/cb",
    "https://cliént.example/cb",
];

#[test]
fn a_uri_that_nobody_should_be_sent_to_is_refused() {
    let server = Server::quickstart();
    let mut table = Vec::new();
    for uri in HOSTILE_URIS {
        table.push(row("redirect_uris", &json!([CALLBACK, uri]), REDIRECT));
        table.push(row("post_logout_redirect_uris", &json!([uri]), METADATA));
    }
    table.push(row("redirect_uris", &json!([format!("{CALLBACK}/{}", "x".repeat(3_000))]), REDIRECT));
    table.push(row("redirect_uris", &json!((0..99).map(|n| format!("{CALLBACK}/{n}")).collect::<Vec<_>>()), REDIRECT));
    for member in
        ["logo_uri", "client_uri", "policy_uri", "tos_uri", "jwks_uri", "sector_identifier_uri", "initiate_login_uri"]
    {
        for uri in [
            "x",
            "/x",
            "//x",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://a:b@c.example/",
            "ftp://x/",
            MARKUP,
            LINE,
        ] {
            table.push(row(member, &json!(uri), METADATA));
        }
    }
    for (scheme, expect) in [
        ("com.example.app:/cb", Expect::Json(201)),
        ("myapp:/cb", REDIRECT),
        ("javascript:alert(1)", REDIRECT),
        ("intent://x", REDIRECT),
    ] {
        let native = json!({ "application_type": "native", "redirect_uris": [scheme] });
        table.push(case(&format!("native {scheme}"), Ask::json("/register", &native), expect));
    }
    Surface::of(&server).hold(&table);
}

#[test]
fn keys_that_are_none_or_secret_or_too_many_are_refused() {
    let server = Server::quickstart();
    let key = ClientKey::generate().jwks()["keys"][0].clone();
    let keyed = |name: &str, jwks: Value, expect: Expect| {
        let mut document = with("jwks", &jwks);
        document["token_endpoint_auth_method"] = json!("private_key_jwt");
        case(name, Ask::json("/register", &document), expect)
    };
    let and = |member: &str, value: Value| {
        let mut key = key.clone();
        key[member] = value;
        json!({ "keys": [key] })
    };
    let both =
        json!({ "redirect_uris": [CALLBACK], "jwks": { "keys": [key] }, "jwks_uri": "https://client.example/jwks" });
    Surface::of(&server).hold(&[
        keyed("no keys", json!({}), METADATA),
        keyed("keys no array", json!({ "keys": {} }), METADATA),
        keyed("a key no object", json!({ "keys": ["x"] }), METADATA),
        keyed("a private key", and("d", json!("x")), METADATA),
        keyed("a factor", and("p", json!("x")), METADATA),
        keyed("a shared secret", json!({ "keys": [{ "kty": "oct", "k": "x" }] }), METADATA),
        keyed("too many", json!({ "keys": vec![key.clone(); 99] }), METADATA),
        case("by value and by reference", Ask::json("/register", &both), METADATA),
        case(
            "none where they are needed",
            Ask::json("/register", &with("token_endpoint_auth_method", &json!("private_key_jwt"))),
            METADATA,
        ),
        case(
            "HS256 by a private key",
            {
                let mut document = with("jwks", &json!({ "keys": [key] }));
                document["token_endpoint_auth_method"] = json!("private_key_jwt");
                document["token_endpoint_auth_signing_alg"] = json!("HS256");
                Ask::json("/register", &document)
            },
            METADATA,
        ),
        case(
            "a public client with client_credentials",
            {
                let mut document = with("token_endpoint_auth_method", &json!("none"));
                document["grant_types"] = json!(["client_credentials"]);
                Ask::json("/register", &document)
            },
            METADATA,
        ),
    ]);
}

#[test]
fn no_document_is_fetched_from_inside_where_that_is_not_allowed() {
    let directory = tempfile::tempdir().unwrap();
    let setting = ("GATEWRIGHT__FETCH__ALLOW_PRIVATE_ADDRESSES", "false");
    let server = Server::quickstart_with(directory.path(), free_port(), &[setting]);
    // It would do, were it not inside.
    let inside = published(&json!([CALLBACK]));
    let by_name = inside.replace("127.0.0.1", "localhost");
    let mut table = Vec::new();
    for uri in [
        inside.as_str(),
        by_name.as_str(),
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://0.0.0.0/x",
        "https://10.0.0.1/x",
        "https://172.16.0.1/x",
        "https://192.168.0.1/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1]/x",
        "https://[fd00:ec2::254]/x",
        "https://100.64.0.1/x",
        "https://localhost/x",
        "http://169.254.169.254/",
        "gopher://127.0.0.1/",
        "https://224.0.0.1/x",
        "https://255.255.255.255/x",
    ] {
        table.push(row("sector_identifier_uri", &json!(uri), METADATA));
    }
    Surface::of(&server).hold(&table);
}

#[test]
fn a_sector_document_that_does_not_list_the_client_is_refused() {
    let server = Server::quickstart();
    let mut table = Vec::new();
    for (document, expect) in [
        (json!([CALLBACK]), Expect::Json(201)),
        (json!(["https://other.example/cb"]), METADATA),
        (json!([]), METADATA),
        (json!({ "redirect_uris": [CALLBACK] }), METADATA),
        (json!(CALLBACK), METADATA),
        (json!([[CALLBACK]]), METADATA),
        (json!([MARKUP]), METADATA),
        (json!([CALLBACK, "x".repeat(2_000_000)]), METADATA),
    ] {
        table.push(row("sector_identifier_uri", &json!(published(&document)), expect));
    }
    table.push(row("sector_identifier_uri", &json!(format!("http://127.0.0.1:{}/nobody", free_port())), METADATA));
    Surface::of(&server).hold(&table);
}

#[test]
fn where_registration_is_closed_nobody_registers() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::quickstart_with(directory.path(), free_port(), &[("GATEWRIGHT__REGISTRATION__OPEN", "false")]);
    let denied = Expect::Refused(400, "access_denied");
    Surface::of(&server).hold(&[
        case("a good document", Ask::json("/register", &json!({ "redirect_uris": [CALLBACK] })), denied),
        case("a bad one", Ask::json("/register", &json!([])), denied),
        case("with a token", Ask::json("/register", &json!({})).bearer("x"), denied),
    ]);
}
