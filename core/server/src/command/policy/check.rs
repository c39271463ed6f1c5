//! `gatewright policy check`: would this folder go live, and what in it was probably not meant?

use crate::assembly::AssemblyError;
use crate::command::error::CommandError;
use crate::command::stop;
use crate::command::target::Target;
use crate::configuration::Configuration;
use crate::examined::{Examined, examine};
use clap::Args;
use gatewright_domain::hooks::Runtime;
use gatewright_plugin_host::WasmRuntime;
use gatewright_policy::Runtimes;
use gatewright_policy::compile::Survey;
use gatewright_policy::files::Files;
use gatewright_policy::report::survey_with_source;
use gatewright_policy::signatures::Trust;
use gatewright_policy::watch::{STILL_FOR, Source, stamp_of};
use gatewright_script_host::RhaiRuntime;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How often a watched folder is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Look a policy folder over, and run the tests beside its scripts
///
/// Every error is told with its line and what to do; an error keeps the folder from going live, a warning does not. It
/// needs no server and no database. Exit status 1 when there are errors, or a test fails.
#[derive(Debug, Args)]
pub(in crate::command) struct CheckArguments {
    /// The folder of policy.toml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Whose signatures plugins need is read from the configuration, where one is named
    #[command(flatten)]
    target: Target,
    /// Print one JSON document; with --watch, one a line
    #[arg(long)]
    json: bool,
    /// Look again at every save, until Ctrl-C
    #[arg(long)]
    watch: bool,
}

/// `2 errors, 1 warning` or `no errors, no warnings, 12 tests passed`.
fn summary(examined: &Examined) -> String {
    let failed = examined.failures().count();
    let survey = &examined.survey;
    let mut parts = vec![count(survey.errors.len(), "error"), count(survey.warnings.len(), "warning")];
    if survey.errors.is_empty() {
        parts.push(format!("{} passed", count(examined.played.len() - failed, "test")));
    }
    if failed > 0 {
        parts.push(format!("{failed} failed"));
    }
    parts.join(", ")
}

pub(super) async fn run(arguments: &CheckArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let configuration = arguments.target.load_named()?;
    if arguments.watch {
        return watch(arguments, configuration.as_ref(), out).await;
    }
    let checked = look(&arguments.folder, configuration.as_ref()).await?;
    if arguments.json {
        crate::command::write_json(out, &document(&arguments.folder, &checked))?;
    } else {
        show(&checked, out)?;
    }
    if checked.fits() { Ok(()) } else { Err(CommandError::PolicyUnfit(summary(&checked))) }
}

/// Looks again whenever the folder has changed and is still.
async fn watch(
    arguments: &CheckArguments,
    configuration: Option<&Configuration>,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let stopped = stop::asked()?;
    tokio::pin!(stopped);
    loop {
        let seen = stamp_of(&arguments.folder).await;
        match (look(&arguments.folder, configuration).await, arguments.json) {
            (Ok(checked), true) => writeln!(out, "{}", document(&arguments.folder, &checked))?,
            (Ok(checked), false) => show(&checked, out)?,
            // While it is being written a folder may be none.
            (Err(error), true) => writeln!(out, "{}", json!({ "fit": false, "error": error.to_string() }))?,
            (Err(error), false) => error.tell(out)?,
        }
        if !arguments.json {
            writeln!(out, "--- watching {}; Ctrl-C ends", arguments.folder.display())?;
        }
        out.flush()?;
        let changed = async {
            while stamp_of(&arguments.folder).await == seen {
                sleep(LOOK_EVERY).await;
            }
            sleep(STILL_FOR).await;
        };
        tokio::select! {
            () = changed => {}
            () = &mut stopped => return Ok(()),
        }
    }
}

/// Looks a folder over; its tests are run where it has no errors.
///
/// # Errors
/// When it cannot be read.
pub(in crate::command) async fn look(
    folder: &Path,
    configuration: Option<&Configuration>,
) -> Result<Examined, CommandError> {
    let source = Source { folder: folder.to_owned(), base: Files::shipped() };
    let own = source.own().map_err(AssemblyError::from)?;
    Ok(examine(own, source.base, runtimes(configuration)).await?)
}

/// What compiles policies where there is no server.
pub(in crate::command) fn runtimes(configuration: Option<&Configuration>) -> Runtimes {
    let runtimes: Vec<Arc<dyn Runtime>> = vec![Arc::new(RhaiRuntime::new()), Arc::new(WasmRuntime::new(None))];
    let trust = configuration.map_or_else(Trust::nobody, |named| named.policy.plugin_signatures.trust());
    Runtimes::new(runtimes, trust)
}

fn show(checked: &Examined, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}", survey_with_source(&checked.survey, &checked.files))?;
    for (test, failure) in checked.failures() {
        let alone = Survey { errors: vec![failure.clone()], warnings: Vec::new() };
        writeln!(out, "{}: the test `{}` fails", test.file, test.test)?;
        write!(out, "{}", survey_with_source(&alone, &checked.files))?;
    }
    writeln!(out, "{} ({})", summary(checked), checked.files.digest())
}

/// The document that programs get.
fn document(folder: &Path, examined: &Examined) -> Value {
    let mut document = json!(examined.document());
    document["folder"] = folder.display().to_string().into();
    document
}

fn count(number: usize, what: &str) -> String {
    match number {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    }
}
