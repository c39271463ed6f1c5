//! The command line with `--server`: it does by the admin API what it does to the database, and says the same.

use super::{Operated, run};
use serde_json::Value;

/// Makes what is drawn or a moment the same in both.
fn settled(text: &str, drawn: &[&str]) -> String {
    drawn.iter().filter(|text| !text.is_empty()).fold(text.to_owned(), |text, drawn| text.replace(drawn, "DRAWN"))
}

#[test]
fn a_command_says_the_same_here_and_from_elsewhere() {
    let (here, there) = (Operated::start(), Operated::start());
    let add = ["client", "add", "--id", "almanac", "--name", "Almanac", "--redirect-uri", "https://a.example/cb"];
    let operator =
        ["client", "add", "--id", "ops", "--grant-type", "client_credentials", "--admin-scope", "gatewright.admin"];
    let table: Vec<(&[&str], &str)> = vec![
        (&add, ""),
        (&add, ""),
        (&operator, ""),
        (&["client", "add", "--id", "bad", "--redirect-uri", "http://a.example/cb"], ""),
        (
            &[
                "client",
                "add",
                "--id",
                "bad",
                "--redirect-uri",
                "https://a.example/cb",
                "--admin-scope",
                "gatewright.admin",
            ],
            "",
        ),
        (&["client", "list"], ""),
        (&["client", "show", "almanac"], ""),
        (&["client", "show", "ops"], ""),
        (&["client", "show", "nobody"], ""),
        (&["client", "show", "é"], ""),
        (&["client", "rotate-secret", "almanac"], ""),
        (&["client", "rotate-secret", "demo-spa"], ""),
        (&["client", "remove", "almanac"], ""),
        (&["client", "remove", "almanac"], ""),
        (&["user", "add", "carol", "--subject", "carol-1", "--claim", "name=Carol"], "four words in a row\n"),
        (&["user", "add", "carol"], "four words in a row\n"),
        (&["user", "add", "dave"], "password1\n"),
        (&["user", "add", "dave", "--no-password", "--subject", "dave-1"], ""),
        (&["user", "set-password", "carol"], "another four words\n"),
        (&["user", "set-password", "nobody"], "another four words\n"),
        (&["user", "unlock", "carol"], ""),
        (&["user", "disable", "carol"], ""),
        (&["user", "show", "CAROL"], ""),
        (&["user", "enable", "carol"], ""),
        (&["user", "enable", "carol"], ""),
        (&["user", "remove", "carol"], ""),
        (&["user", "remove", "carol"], ""),
        (&["keys", "rotate", "--algorithm", "EdDSA"], ""),
    ];
    for (words, input) in table {
        let data = here.data();
        let mut local = run(&[words, &["--data", data.to_str().unwrap()]].concat(), &[], input);
        let mut remote = there.remote(words, input);
        // What is drawn stands behind its name; what is a moment is at most a minute apart.
        for told in [&mut local, &mut remote] {
            let drawn = told.out.lines().filter_map(|line| line.strip_prefix("client_secret")).map(str::trim);
            let drawn: Vec<String> = drawn.map(str::to_owned).collect();
            told.out = settled(&told.out, &drawn.iter().map(String::as_str).collect::<Vec<_>>());
            told.out = told.out.lines().filter(|line| !line.contains("UTC")).collect::<Vec<_>>().join("\n");
        }
        assert_eq!(remote, local, "{words:?}");
    }
}

#[test]
fn json_has_the_same_members_here_and_from_elsewhere() {
    let operated = Operated::start();
    for words in [
        &["client", "list", "--json"][..],
        &["client", "show", "demo", "--json"],
        &["user", "list", "--json"],
        &["user", "show", "alice", "--json"],
        &["keys", "list", "--json"],
    ] {
        let (local, remote): (Value, Value) = (operated.command(words).json(), operated.remote(words, "").json());
        assert_eq!(remote, local, "{words:?}");
    }
    let rotated = operated.remote(&["keys", "rotate", "--algorithm", "ES256", "--json"], "").json();
    let listed = operated.command(&["keys", "list", "--json"]).json();
    assert!(listed.to_string().contains(rotated["rotated"][0]["kid"].as_str().unwrap()), "{rotated} {listed}");
}

/// Words, environment, and what is said.
type Unreached<'w> = (Vec<&'w str>, &'w [(&'w str, &'w str)], &'w str);

#[test]
fn a_command_that_cannot_reach_the_api_says_what_to_do() {
    let operated = Operated::start();
    let server = operated.server.reach.as_str();
    let list = ["client", "list", "--server"];
    let token = [("GATEWRIGHT_ADMIN_TOKEN", operated.token.as_str())];
    let table: Vec<Unreached> = vec![
        ([&list[..], &[server]].concat(), &[("GATEWRIGHT_ADMIN_TOKEN", "")], "GATEWRIGHT_ADMIN_TOKEN"),
        ([&list[..], &[server]].concat(), &[("GATEWRIGHT_ADMIN_TOKEN", "wrong")], "access token"),
        ([&list[..], &["http://192.0.2.1"]].concat(), &token, "https://"),
        ([&list[..], &["http://127.0.0.1:1"]].concat(), &token, "does not answer"),
        ([&list[..], &[server, "--token-file", "/nowhere/at/all"]].concat(), &[], "/nowhere/at/all"),
    ];
    for (words, environment, hint) in table {
        let told = run(&words, environment, "");
        assert_eq!(told.status, Some(1), "{words:?}: {told:?}");
        assert!(told.err.contains(hint) && told.err.lines().count() > 0, "{words:?}: {}", told.err);
        assert!(!told.err.contains(&operated.token));
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, format!("{}\n", operated.token).as_bytes()).unwrap();
    let path = file.path().to_str().unwrap();
    let told = run(&[&list[..], &[server, "--token-file", path]].concat(), &[], "");
    assert!(told.out.contains("demo"), "{told:?}");
    let both = run(&[&list[..], &[server, "--data", "x"]].concat(), &token, "");
    assert_eq!(both.status, Some(2), "a server is named in one way alone");
}
