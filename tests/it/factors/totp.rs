//! Authenticator apps (RFC 6238). The test's own app is written from the RFC over OpenSSL's HMAC.

use super::{Stage, after_password, claims, code_typed, is_through, write_policy};
use crate::world::front::Front;
use crate::world::{Answer, Browser, RelyingParty, postgres};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use std::time::{SystemTime, UNIX_EPOCH};

/// Who has no app enrols one; who has one shows its code.
pub const SCRIPT: &str = r#"fn authenticate(login) {
    let answer = ask(form("Sign in").text("username").password("password"));
    let user = users::verify_password(answer.username, answer.password);
    if user == () {
        return fail("Wrong username or password.");
    }
    if factors::list(user).some(|factor| factor.kind == "totp") {
        for attempt in 0..5 {
            let answer = ask(form("Enter the code").code("code", "Code"));
            if totp::verify(user, answer.code) != () {
                return authenticated(user, ["pwd", "otp"]);
            }
            notice("Wrong or used.");
        }
        return fail("Too many codes.");
    }
    let enrolment = totp::begin(user);
    for attempt in 0..5 {
        let answer = ask(form("Add an app").totp_enrolment("key", enrolment).code("code", "Code"));
        if totp::confirm(enrolment, "Phone", answer.code) != () {
            return authenticated(user, ["pwd", "otp"]);
        }
        notice("Not what it should show.");
    }
    fail("No app was added.")
}
"#;
pub const LEND: &str = r#"{ users = true, totp = true, factors = "app" }"#;

/// An authenticator app with one key.
pub struct App(Vec<u8>);

impl App {
    /// The key as the page shows it for typing (base32, RFC 4648 6).
    pub fn of(page: &Answer) -> Self {
        let (_, typed) = page.body.split_once("class=\"typed\"").unwrap_or_else(|| panic!("no key: {}", page.body));
        let (typed, _) = typed.split_once("</p>").unwrap();
        let (_, typed) = typed.split_once('>').unwrap();
        let mut text = String::new();
        let mut in_tag = false;
        for letter in typed.chars() {
            match letter {
                '<' => in_tag = true,
                '>' => in_tag = false,
                letter if !in_tag && !letter.is_whitespace() => text.push(letter),
                _ => {}
            }
        }
        Self::keyed(&text)
    }

    /// The key in base32.
    pub fn keyed(text: &str) -> Self {
        let (mut bytes, mut bits, mut held) = (Vec::new(), 0u64, 0);
        for letter in text.chars() {
            let value =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap_or_else(|| panic!("{text} is no base32"));
            (bits, held) = (bits << 5 | value as u64, held + 5);
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held) as u8);
                bits &= (1 << held) - 1;
            }
        }
        assert_eq!(bytes.len(), 20, "as long as the output of SHA-1 (RFC 4226 4)");
        Self(bytes)
    }

    /// What it shows `ahead` steps from now (RFC 4226 5.3, RFC 6238 4.2).
    #[expect(clippy::disallowed_methods, reason = "an app has a clock of its own")]
    pub fn shows(&self, ahead: u64) -> String {
        let step = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30 + ahead;
        let key = PKey::hmac(&self.0).unwrap();
        let mut signer = Signer::new(MessageDigest::sha1(), &key).unwrap();
        let mac = signer.sign_oneshot_to_vec(&step.to_be_bytes()).unwrap();
        let offset = usize::from(mac[19] & 15);
        let number = u32::from_be_bytes(mac[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_was_enrolled_on_the_way_signs_in_after_a_restart_and_no_code_twice() {
    let stage = Stage::new(SCRIPT, LEND, &[]);
    let server = stage.start();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let shown = after_password(&browser, &client).await;
    assert_eq!(shown.page().heading(), "Add an app");
    let app = App::of(&shown);
    let again = code_typed(&browser, &shown, "000000").await;
    assert!(again.body.contains("Not what it should show."), "{}", again.body);
    let confirming = app.shows(0);
    let enrolled = code_typed(&browser, &again, &confirming).await;
    assert_eq!(claims(&client, &browser, &enrolled).await["amr"], serde_json::json!(["pwd", "otp"]));

    let server = stage.restart(server);
    let browser = Browser::new();
    let asked = after_password(&browser, &client).await;
    assert_eq!(asked.page().heading(), "Enter the code");
    let refused = code_typed(&browser, &asked, &confirming).await;
    assert!(refused.body.contains("Wrong or used."), "the code that confirmed it: {}", refused.body);
    let next = app.shows(1);
    let through = code_typed(&browser, &refused, &next).await;
    assert!(is_through(&through), "{}", through.body);

    let browser = Browser::new();
    let asked = after_password(&browser, &client).await;
    let refused = code_typed(&browser, &asked, &next).await;
    assert!(refused.body.contains("Wrong or used."), "{}", refused.body);
    for code in [&confirming, &next] {
        assert!(!server.log().contains(code), "a code is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_uses_of_a_code_on_two_nodes_at_once_one_counts() {
    let directory = tempfile::tempdir().unwrap();
    let policy = directory.path().join("policy");
    write_policy(&policy, SCRIPT, LEND);
    let front = Front::open();
    let settings =
        [("GATEWRIGHT__ISSUER", front.issuer.as_str()), ("GATEWRIGHT__POLICY__DIRECTORY", policy.to_str().unwrap())];
    let Some((one, other)) = postgres::two_nodes("totp", directory.path(), &settings) else { return };
    let client = RelyingParty::demo(&one);
    let browser = Browser::new();
    front.lead_to(&one);
    let shown = after_password(&browser, &client).await;
    front.lead_to(&other);
    let app = App::of(&browser.open(shown.url.as_str()).await);
    let enrolled = code_typed(&browser, &shown, &app.shows(0)).await;
    assert!(is_through(&enrolled), "enrolled on one node, confirmed on the other: {}", enrolled.body);

    // Two sign-ins, each up to its code.
    let mut asked = vec![];
    for node in [&one, &other] {
        front.lead_to(node);
        let browser = Browser::new();
        let page = after_password(&browser, &client).await;
        asked.push((browser, page));
    }
    let code = app.shows(1);
    let first = code_typed(&asked[0].0, &asked[0].1, &code);
    let second = code_typed(&asked[1].0, &asked[1].1, &code);
    let answers = tokio::join!(first, async {
        front.lead_to(&one);
        second.await
    });
    let through = [answers.0, answers.1].iter().filter(|answer| is_through(answer)).count();
    assert_eq!(through, 1);
}
