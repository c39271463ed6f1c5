//! What a command is about to change: so that one which is refused, or fails, is in the audit log as well. What was done is
//! written by whoever did it (`audited`, and the operations over the database).
//!
//! **Invariant:** [`CHANGES`] names every command that changes what a server has; a test compares it with the commands.

use super::audited::{Deed, write_end};
use super::error::CommandError;
use super::opened;
use super::target::Target;
use crate::operations::{OperationError, Problem, ProblemKind};
use clap::{ArgMatches, FromArgMatches};
use gatewright_domain::audit::AuditOutcome;
use serde_json::json;

/// Most of an error that is written down where it has no name, in characters; its first line alone.
const PROBLEM_CHARS_MAX: usize = 200;
/// The flag of a command that also puts live what it stores, and what that is called.
const PUTS_LIVE: (&str, &str) = ("activate", "policy.activate");

/// A command that changes something.
struct Change {
    /// Its words.
    words: &'static str,
    /// What the audit log calls it.
    action: &'static str,
    /// The argument that says to what.
    target: Option<&'static str>,
    /// The flag without which it only looks.
    only_with: Option<&'static str>,
}

const fn change(words: &'static str, action: &'static str, target: Option<&'static str>) -> Change {
    Change { words, action, target, only_with: None }
}

/// Every command that changes what a server has, but for those that run one.
const CHANGES: [Change; 23] = [
    change("migrate", "database.migrate", None),
    change("client add", "client.add", Some("id")),
    change("client rotate-secret", "client.rotate_secret", Some("id")),
    change("client remove", "client.remove", Some("id")),
    change("user add", "user.add", Some("name")),
    change("user set-password", "user.set_password", Some("name")),
    change("user unlock", "user.unlock", Some("name")),
    change("user disable", "user.disable", Some("name")),
    change("user enable", "user.enable", Some("name")),
    change("user remove", "user.remove", Some("name")),
    change("keys rotate", "keys.rotate", Some("algorithms")),
    change("admin bootstrap-token", "admin.bootstrap_token", None),
    change("admin revoke-bootstrap", "admin.revoke_bootstrap", None),
    change("policy push", "policy.push", Some("folder")),
    change("policy activate", "policy.activate", Some("digest")),
    change("policy rollback", "policy.rollback", Some("to")),
    Change { only_with: Some("yes"), ..change("policy revoke", "policy.revoke", Some("digest")) },
    change("policy shadow start", "policy.begin_shadow", Some("bundle")),
    change("policy shadow stop", "policy.end_shadow", None),
    change("policy canary start", "policy.begin_canary", Some("digest")),
    change("policy canary widen", "policy.widen_canary", None),
    change("policy canary promote", "policy.promote_canary", None),
    change("policy canary stop", "policy.end_canary", None),
];

/// A command that is about to change something in a database.
pub(super) struct Attempt {
    action: &'static str,
    target: String,
    by: Option<String>,
    database: Target,
    puts_live: bool,
}

impl Attempt {
    /// What the command line asks to be changed here. What it asks of another machine is written down there.
    pub(super) fn read(matches: &ArgMatches) -> Option<Self> {
        let (words, matches) = leaf(matches);
        let change = CHANGES.iter().find(|change| change.words == words)?;
        let is_set = |flag: &str| matches.try_get_one::<bool>(flag).ok().flatten().copied().unwrap_or(false);
        if change.only_with.is_some_and(|flag| !is_set(flag)) || text(matches, "server").is_some() {
            return None;
        }
        Some(Self {
            action: change.action,
            target: change.target.and_then(|argument| text(matches, argument)).unwrap_or_default(),
            by: text(matches, "by"),
            database: Target::from_arg_matches(matches).ok()?,
            puts_live: is_set(PUTS_LIVE.0),
        })
    }

    /// Writes down that it was not done. What was done, though its answer could not be printed, is written already.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) async fn ended_in(self, error: &CommandError) -> Result<(), CommandError> {
        let Some(outcome) = outcome_of(error) else { return Ok(()) };
        let stores = opened::migrated_storage(&self.database.load()?)?.stores();
        let action = if self.puts_live && is_of_activation(error) { PUTS_LIVE.1 } else { self.action };
        let detail = json!({ "problem": problem(error) });
        let deed = Deed { by: self.by.as_deref(), detail, ..Deed::of(action, &self.target) };
        write_end(&stores, deed, outcome).await
    }
}

/// The command that is meant in the end, and what was said to it.
fn leaf(mut matches: &ArgMatches) -> (String, &ArgMatches) {
    let mut words = Vec::new();
    while let Some((word, below)) = matches.subcommand() {
        words.push(word);
        matches = below;
    }
    (words.join(" "), matches)
}

/// An argument as it was typed, if the command has it.
fn text(matches: &ArgMatches, argument: &str) -> Option<String> {
    let typed = matches.try_get_raw(argument).ok().flatten()?;
    Some(typed.map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(" "))
}

/// With what end; none where it was done after all.
fn outcome_of(error: &CommandError) -> Option<AuditOutcome> {
    match error {
        CommandError::Output(_) | CommandError::Unaudited(_) => None,
        CommandError::Fault(_)
        | CommandError::Assembly(_)
        | CommandError::Runtime(_)
        | CommandError::Operation(OperationError::Fault(_) | OperationError::Assembly(_)) => Some(AuditOutcome::Failed),
        _ => Some(AuditOutcome::Refused),
    }
}

/// Whether the nodes, or who asked, kept a stored bundle from going live.
fn is_of_activation(error: &CommandError) -> bool {
    use ProblemKind::{ActivationOpen, NobodyPushed, NotActivated, Overtaken, SamePerson};
    let CommandError::Operation(OperationError::Problem(problem)) = error else { return false };
    matches!(problem.kind, ActivationOpen | Overtaken | NotActivated | SamePerson | NobodyPushed)
}

/// What was wrong: its name in the admin API, or else the first line of what was told.
fn problem(error: &CommandError) -> String {
    match error {
        CommandError::Operation(OperationError::Problem(Problem { kind, .. })) => kind.name(),
        other => {
            let told = other.to_string();
            let line = told.lines().next().unwrap_or_default().trim_end_matches(':');
            line.chars().take(PROBLEM_CHARS_MAX).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::CommandLine;
    use super::*;
    use clap::{Command, CommandFactory};
    use gatewright_domain::fault::Fault;
    use gatewright_policy::activation::ActivationError;

    /// The commands that change nothing that a server has.
    const LOOKS: [&str; 37] = [
        "quickstart",
        "serve",
        "check",
        "bench",
        "client list",
        "client show",
        "user list",
        "user show",
        "keys list",
        "trace list",
        "trace show",
        "audit list",
        "audit export",
        "plugin new",
        "plugin build",
        "plugin test",
        "plugin inspect",
        "plugin bench",
        "plugin key",
        "plugin sign",
        "plugin verify",
        "policy check",
        "policy explain",
        "policy schema",
        "policy definitions",
        "policy test",
        "policy run",
        "policy bench",
        "policy replay",
        "policy history",
        "policy status",
        "policy list",
        "policy diff",
        "policy issued",
        "policy shadow status",
        "policy shadow diff",
        "policy canary status",
    ];

    fn leaves(command: &Command, before: &str, found: &mut Vec<String>) {
        for below in command.get_subcommands() {
            let words = format!("{before} {}", below.get_name()).trim().to_owned();
            if below.has_subcommands() { leaves(below, &words, found) } else { found.push(words) }
        }
    }

    fn refused(error: ActivationError) -> CommandError {
        OperationError::from(error).into()
    }

    fn read(words: &str) -> Option<Attempt> {
        let words = ["gatewright"].into_iter().chain(words.split(' '));
        Attempt::read(&CommandLine::command().try_get_matches_from(words).unwrap())
    }

    #[test]
    fn every_command_either_changes_something_or_looks() {
        let mut found = Vec::new();
        leaves(&CommandLine::command(), "", &mut found);
        let mut known: Vec<&str> = CHANGES.iter().map(|change| change.words).collect();
        known.extend(LOOKS);
        found.sort();
        known.sort_unstable();
        assert_eq!(found, known);
    }

    #[test]
    fn an_attempt_is_named_by_what_was_typed() {
        let told = |words| read(words).map(|read| (read.action, read.target, read.by));
        let named = |action, target: &str, by: Option<&str>| Some((action, target.to_owned(), by.map(str::to_owned)));
        assert_eq!(told("user disable bob"), named("user.disable", "bob", None));
        assert_eq!(told("keys rotate"), named("keys.rotate", "", None));
        assert_eq!(told("keys rotate --algorithm ES256 --algorithm RS256"), named("keys.rotate", "ES256 RS256", None));
        assert_eq!(told("policy activate 3f2a91c0 --by ada"), named("policy.activate", "3f2a91c0", Some("ada")));
        assert_eq!(told("policy shadow start ./mine"), named("policy.begin_shadow", "./mine", None));
        assert_eq!(told("policy revoke 3f2a91c0 --yes"), named("policy.revoke", "3f2a91c0", None));
        for looks in ["policy revoke 3f2a91c0", "policy status", "user list"] {
            assert_eq!(told(looks), None, "{looks}");
        }
        assert_eq!(told("user disable bob --server https://id.example"), None, "it is written down there");
    }

    #[test]
    fn what_was_not_done_was_refused_or_failed() {
        let fault = || Fault::new("store", "the disk is full");
        let same = ActivationError::SamePerson("ada".to_owned());
        let table = [
            (CommandError::Fault(fault()), Some(AuditOutcome::Failed)),
            (refused(ActivationError::Fault(fault())), Some(AuditOutcome::Failed)),
            (refused(same), Some(AuditOutcome::Refused)),
            (ProblemKind::NoUser.says("there is no end-user eve").into(), Some(AuditOutcome::Refused)),
            (CommandError::Unaudited(fault()), None),
            (CommandError::Output(std::io::ErrorKind::BrokenPipe.into()), None),
        ];
        for (error, outcome) in table {
            assert_eq!(outcome_of(&error), outcome, "{error}");
        }
        assert_eq!(problem(&ProblemKind::NoUser.says("there is no end-user eve").into()), "no_user");
        assert_eq!(problem(&CommandError::PolicyWrong("policy.toml:1:1: secret".into())), "it has errors");
    }

    #[test]
    fn a_push_that_is_not_activated_is_an_activation_that_was_refused() {
        assert!(read("policy push ./mine --activate").unwrap().puts_live);
        assert!(!read("policy push ./mine").unwrap().puts_live);
        assert!(is_of_activation(&refused(ActivationError::NobodyPushed)));
        assert!(!is_of_activation(&CommandError::PolicyWrong(String::new())));
    }
}
