//! A policy that is saved while the server runs: live at once when it is good, refused when it is not, and never two
//! versions in one login.

pub mod folder;
pub mod visitor;

use self::folder::{Folder, Saved};
use self::visitor::{CodeInHand, Seen, Visitor, signed_in, single_sign_on};
use crate::world::{Browser, RelyingParty};
use tokio::task::JoinSet;

/// How often the policy is saved.
const RELOADS: usize = 100;
/// Every so many saves is broken.
const BROKEN_EVERY: usize = 10;
/// Logins during each save: begun before it and ended after it, all the while it happens, and begun after it.
const HALF_WAY: usize = 4;
const MEANWHILE: usize = 15;
const AFTERWARDS: usize = 1;
/// Of those that run all the while, this many sign in with a password, 1,200 in all. The other 800 are code flows on a
/// live session: with a password hash each, a debug build on two cores would not end in time.
const MEANWHILE_SIGNING_IN: usize = 9;

const _: () = assert!(RELOADS * (HALF_WAY + MEANWHILE + AFTERWARDS) == 2_000);

/// The logins that run while a policy is saved. Each ends on one version, the one before or the one after.
fn set_off(client: &RelyingParty, browser: &Browser) -> JoinSet<Seen> {
    let mut running = JoinSet::new();
    for n in 0..MEANWHILE {
        let (client, session) = (client.clone(), browser.another_tab());
        running.spawn(async move {
            if n < MEANWHILE_SIGNING_IN {
                let acr = if n % 2 == 0 { "one_page" } else { "two_pages" };
                Visitor::arrives(&client, Browser::new(), acr).await.ends().await
            } else {
                single_sign_on(&client, &session).await
            }
        });
    }
    running
}

/// Logins that have begun: on the only page, on the second of two, on the first of two, and with a code in hand that is
/// not redeemed yet.
async fn begin(client: &RelyingParty, browser: &Browser) -> (Vec<Visitor>, CodeInHand) {
    let mut visitors = Vec::with_capacity(HALF_WAY - 1);
    for acr in ["one_page", "two_pages", "two_pages"] {
        visitors.push(Visitor::arrives(client, Browser::new(), acr).await);
    }
    let second = visitors.remove(1).says_who().await;
    visitors.push(second);
    (visitors, CodeInHand::of(client, browser).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_reloads_during_2000_logins_fail_none_and_mix_no_policies() {
    let directory = tempfile::tempdir().unwrap();
    let mut folder = Folder::watched(directory.path());
    let client = RelyingParty::demo(&folder.server);
    let browser = signed_in(&folder, &client).await;
    // So many versions later, its bundle is long out of memory.
    let the_first = Visitor::arrives(&client, Browser::new(), "one_page").await;

    let mut live = 0;
    for reload in 1..=RELOADS {
        let before = live;
        let (visitors, code) = begin(&client, &browser).await;
        let running = set_off(&client, &browser);
        if reload % BROKEN_EVERY == 0 {
            let (saved, _) = folder.save("lib/version.rhai", &format!("fn number() {{ numbr({reload}) }}\n")).await;
            assert_eq!(saved, Saved::Refused, "reload {reload}");
        } else {
            assert_eq!(folder.save_version(reload).await, Saved::Live, "reload {reload}");
            live = reload;
        }
        let mut ending: JoinSet<Seen> = visitors.into_iter().map(Visitor::ends).collect();
        ending.spawn(code.ends());
        for seen in ending.join_all().await {
            assert_eq!(seen.version(), before, "a login ends on the version it began with");
        }
        for seen in running.join_all().await {
            assert!([before, live].contains(&seen.version()), "reload {reload}: {seen:?}");
        }
        for _ in 0..AFTERWARDS {
            assert_eq!(single_sign_on(&client, &browser).await.version(), live, "reload {reload}");
        }
    }
    assert_eq!(the_first.ends().await.version(), 0);
    let log = folder.server.log();
    let errors = log.lines().filter(|line| line.contains(" ERROR ")).count();
    assert_eq!(errors, RELOADS / BROKEN_EVERY, "nothing but the broken saves is an error:\n{log}");
}

/// A save that must not go live, and what the log must say: the place, the message, the hint.
struct Broken {
    file: &'static str,
    before: &'static str,
    after: &'static str,
    told: [&'static str; 3],
}

const BROKEN: [Broken; 4] = [
    Broken {
        file: "sign_in.rhai",
        before: "users::verify_password",
        after: "users::verify_pasword",
        told: [
            "sign_in.rhai:10:23: ",
            "there is no function `users::verify_pasword`",
            "= did you mean `users::verify_password`?",
        ],
    },
    Broken {
        file: "policy.toml",
        before: "lend  = [\"users\"]\n\n[[claims]]",
        after: "lned  = [\"users\"]\n\n[[claims]]",
        told: ["policy.toml:17:1: ", "a binding has no key `lned`", "= did you mean `lend`?"],
    },
    Broken {
        file: "policy.toml",
        before: "default_acr = \"one_page\"",
        after: "default_acr = \"one_pgae\"",
        told: [
            "policy.toml:3:15: ",
            "no authenticate binding reaches the default ACR `one_pgae`",
            "= did you mean `one_page`?",
        ],
    },
    Broken {
        file: "token.rhai",
        before: "keep().claim(",
        after: "keep().clam(",
        told: ["token.rhai:4:12: ", "`clam`", "= did you mean `claim`?"],
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_save_is_told_with_place_and_hint_and_what_was_live_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let mut folder = Folder::watched(directory.path());
    let client = RelyingParty::demo(&folder.server);
    signed_in(&folder, &client).await;
    for (n, broken) in BROKEN.iter().enumerate() {
        let sound = folder.text(broken.file);
        let changed = sound.replacen(broken.before, broken.after, 1);
        assert_ne!(changed, sound, "{} is not in {}", broken.before, broken.file);
        let (saved, told) = folder.save(broken.file, &changed).await;
        assert_eq!(saved, Saved::Refused, "{told}");
        for said in broken.told {
            assert!(told.contains(said), "{said} is not in\n{told}");
        }
        let visitor = Visitor::arrives(&client, Browser::new(), "two_pages").await;
        assert_eq!(visitor.ends().await.version(), n, "what was live goes on");

        // Mended, it is what is live already; the next good save is live as if nothing had been.
        let (saved, told) = folder.save(broken.file, &sound).await;
        assert!(saved == Saved::Live && told.contains("changed=false"), "{told}");
        assert_eq!(folder.save_version(n + 1).await, Saved::Live);
        let visitor = Visitor::arrives(&client, Browser::new(), "one_page").await;
        assert_eq!(visitor.ends().await.version(), n + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_whose_own_tests_fail_does_not_go_live() {
    let directory = tempfile::tempdir().unwrap();
    let mut folder = Folder::watched(directory.path());
    let client = RelyingParty::demo(&folder.server);
    let test = "fn it_is_version_0() {\n    expect(run(sample()), #{ claims: #{ policy_version: 0 } });\n}\n";
    assert_eq!(folder.save("claims.test.rhai", test).await.0, Saved::Live);
    let (saved, told) = folder.save("lib/version.rhai", "fn number() {\n    1\n}\n").await;
    assert_eq!(saved, Saved::Refused);
    assert!(told.contains("claims.test.rhai:2:5: ") && told.contains("it_is_version_0"), "{told}");
    let browser = signed_in(&folder, &client).await;
    assert_eq!(single_sign_on(&client, &browser).await.version(), 0);
}
