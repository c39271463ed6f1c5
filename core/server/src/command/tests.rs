//! The command line as it is parsed and explained. What commands do is tested from without, in `tests/command_line`.

use super::{Command, CommandLine};
use clap::{CommandFactory, Parser};

#[test]
fn the_command_line_is_well_formed() {
    CommandLine::command().debug_assert();
}

#[test]
fn the_help_page_lists_every_command_and_no_other() {
    let mut command = CommandLine::command();
    let help = command.render_long_help().to_string();
    let known: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for name in &known {
        assert!(help.lines().any(|line| line.starts_with(&format!("  {name} "))), "{name} is not in\n{help}");
    }
    let listed = help.lines().take_while(|line| !line.starts_with("Options:"));
    let listed = listed.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    assert_eq!(listed.count(), known.len(), "{help}");
}

#[test]
fn every_command_and_every_flag_says_what_it_is_for() {
    fn assert_explained(command: &clap::Command) {
        assert!(command.get_about().is_some(), "{} says nothing", command.get_name());
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{} {} says nothing", command.get_name(), argument.get_id());
        }
        command.get_subcommands().for_each(assert_explained);
    }
    assert_explained(&CommandLine::command());
}

#[test]
fn a_command_that_is_not_understood_ends_with_status_2() {
    let table: &[&[&str]] = &[
        &[],
        &["srve"],
        &["serve", "--colour"],
        &["serve", "--set", "novalue"],
        &["quickstart", "--listen", "somewhere"],
        &["check", "--config", "a", "--data", "b"],
        &["client", "add", "--public", "--auth-method", "client_secret_post"],
        &["client", "add", "--grant-type", "password"],
        &["client", "add", "--id", ""],
        &["client", "show"],
        &["user", "add", "alice", "--claim", "novalue"],
        &["user", "set-password"],
        &["user", "disable"],
        &["user", "enable"],
        &["keys", "rotate", "--algorithm", "none"],
        &["policy", "push"],
        &["policy", "activate"],
        &["policy", "activate", "3f2a91c0", "--within", "0"],
        &["policy", "activate", "3f2a91c0", "--within", "3601"],
        &["policy", "diff", "live"],
        &["policy", "history", "--limit", "0"],
    ];
    for words in table {
        let error = CommandLine::try_parse_from([&["gatewright"], *words].concat()).expect_err(&words.join(" "));
        assert_eq!(error.exit_code(), 2, "{words:?}");
    }
}

#[test]
fn no_password_and_no_secret_is_an_argument() {
    fn assert_none(command: &clap::Command) {
        for argument in command.get_arguments() {
            let name = argument.get_long().unwrap_or_default();
            // The load driver's are for servers under test, and can come from the environment.
            let is_value = argument.get_action().takes_values() && !name.ends_with("-file");
            assert!(!(is_value && (name.contains("password") || name.contains("secret"))), "--{name}");
        }
        command.get_subcommands().filter(|command| command.get_name() != "bench").for_each(assert_none);
    }
    assert_none(&CommandLine::command());
}

#[test]
fn a_quickstart_needs_no_arguments() {
    let line = CommandLine::try_parse_from(["gatewright", "quickstart"]).unwrap();
    assert!(matches!(line.command, Command::Quickstart(_)));
}

#[test]
fn a_drawn_name_that_begins_with_a_dash_is_a_name() {
    for words in [
        &["trace", "show", "-7OEsDC2E7KPJRNw9lYLIA", "--json"][..],
        &["trace", "show", "--json", "-7OEsDC2E7KPJRNw9lYLIA"],
        &["trace", "list", "--login", "-7OEsDC2E7KPJRNw9lYLIA"],
        &["trace", "list", "--correlation", "-7OEsDC2E7KPJRNw9lYLIA"],
        &["policy", "replay", "my-policy", "--save", "-7OEsDC2E7KPJRNw9lYLIA", "bob"],
    ] {
        let parsed = CommandLine::try_parse_from([&["gatewright"], words].concat());
        assert!(parsed.is_ok(), "{words:?}: {:?}", parsed.err());
    }
}
