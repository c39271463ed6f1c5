//! `gatewright policy test`: the tests beside a policy's scripts, told so that their author can mend what fails.

mod coverage;
mod junit;
mod report;

use super::super::error::CommandError;
use super::super::write_json;
use super::PolicyError;
use super::folder::{Folder, TrustArguments};
use clap::{Args, ValueEnum};
use gatewright_domain::hooks::Diagnostic;
use gatewright_policy::files::{Files, is_test};
use gatewright_policy::rehearsal::{Played, rehearse_some};
use gatewright_policy::report::with_source;
use gatewright_policy::watch::Lookout;
use gatewright_script_host::{Coverage, CoveredScript, RhaiRuntime};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Run the tests beside a policy's scripts
///
/// The policy is compiled as the server compiles it; then each function without parameters in each x.test.rhai runs, in a
/// world of its own. Exit status 1 when one fails, when the policy does not compile, and when there is no test to run.
#[derive(Debug, Args)]
pub(super) struct TestArguments {
    /// The policy folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Run only tests with this text in their name, or in that of their file
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    filter: String,
    /// Say which lines of the scripts ran; with =lines show those that did not
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "files")]
    coverage: Option<Detail>,
    /// Run them again at each save, until Ctrl-C
    #[arg(long, conflicts_with = "json")]
    watch: bool,
    /// Write what happened as JUnit's XML too, for a CI system
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    trust: TrustArguments,
}

/// How much is said of coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Detail {
    /// A line a script.
    Files,
    /// And the source of those with lines that did not run.
    Lines,
}

/// What became of a folder's tests.
struct Tested {
    files: Files,
    /// The tests; or what is wrong with the policy, and none ran.
    played: Result<Vec<Played>, Vec<Diagnostic>>,
    /// The scripts and how often their lines ran, where that was asked.
    coverage: Option<Vec<CoveredScript>>,
}

pub(super) async fn run(arguments: &TestArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let folder = Folder::open(&arguments.folder, &arguments.trust)?;
    if !arguments.watch {
        return once(arguments, &folder, out).await;
    }
    loop {
        let mut lookout = Lookout::begin(folder.path()).await;
        if let Err(error) = once(arguments, &folder, out).await {
            error.tell(out)?;
        }
        writeln!(out, "\nwaiting for the next save in {}; Ctrl-C ends", folder.path().display())?;
        out.flush()?;
        lookout.changed().await;
        writeln!(out)?;
    }
}

/// Runs the tests and says what happened.
async fn once(arguments: &TestArguments, folder: &Folder, out: &mut dyn Write) -> Result<(), CommandError> {
    let tested = tested(arguments, folder).await?;
    if let Some(path) = &arguments.junit {
        let written = fs::write(path, junit::document(&tested));
        written.map_err(|cause| PolicyError::Unwritable { path: path.clone(), cause })?;
    }
    if arguments.json {
        write_json(out, &report::document(&tested))?;
    } else if let Ok(played) = &tested.played {
        report::write(out, played, &tested.files)?;
        if let Some(scripts) = &tested.coverage {
            coverage::write(out, scripts, arguments.coverage == Some(Detail::Lines), &tested.files)?;
        }
    }
    verdict(arguments, &tested)
}

async fn tested(arguments: &TestArguments, folder: &Folder) -> Result<Tested, CommandError> {
    let files = folder.read()?;
    let counted = arguments.coverage.map(|_| Coverage::default());
    let scripts = counted.clone().map_or_else(RhaiRuntime::new, RhaiRuntime::covering);
    let played = rehearse_some(&files, &folder.runtimes_with(scripts), &arguments.filter).await;
    Ok(Tested { files, played, coverage: counted.map(|counted| counted.scripts()) })
}

fn verdict(arguments: &TestArguments, tested: &Tested) -> Result<(), CommandError> {
    let played = match &tested.played {
        Ok(played) => played,
        Err(wrong) => return Err(CommandError::PolicyWrong(with_source(wrong, &tested.files))),
    };
    let failed = played.iter().filter(|played| played.failure.is_some()).count();
    Err(match (failed, played.len()) {
        (0, 0) if tested.files.paths().any(is_test) => PolicyError::NothingFits(arguments.filter.clone()),
        (0, 0) => PolicyError::NoTests(arguments.folder.clone()),
        (0, _) => return Ok(()),
        (failed, all) => PolicyError::TestsFailed { failed, all },
    }
    .into())
}
