//! `gatewright policy check`: would this folder go live, and what in it was probably not meant?

use crate::assembly::AssemblyError;
use crate::command::error::CommandError;
use crate::command::stop;
use crate::command::target::Target;
use crate::configuration::Configuration;
use clap::Args;
use gatewright_domain::hooks::{Diagnostic, Runtime};
use gatewright_plugin_host::WasmRuntime;
use gatewright_policy::Runtimes;
use gatewright_policy::compile::{Survey, survey};
use gatewright_policy::files::Files;
use gatewright_policy::rehearsal::{Played, rehearse};
use gatewright_policy::report::{survey_as_json, survey_with_source};
use gatewright_policy::signatures::Trust;
use gatewright_policy::watch::{STILL_FOR, Source, stamp_of};
use gatewright_script_host::RhaiRuntime;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
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

/// A folder that was looked over.
pub(in crate::command) struct Checked {
    pub(in crate::command) files: Files,
    pub(in crate::command) survey: Survey,
    /// Its tests; none were run where there are errors.
    pub(in crate::command) played: Vec<Played>,
}

impl Checked {
    /// Tests that failed, with what failed and where.
    fn failures(&self) -> impl Iterator<Item = (&Played, &Diagnostic)> {
        self.played.iter().filter_map(|test| Some((test, test.failure.as_ref()?)))
    }

    fn fits(&self) -> bool {
        self.survey.errors.is_empty() && self.failures().next().is_none()
    }

    /// `2 errors, 1 warning` or `no errors, no warnings, 12 tests passed`.
    fn summary(&self) -> String {
        let failed = self.failures().count();
        let mut parts = vec![count(self.survey.errors.len(), "error"), count(self.survey.warnings.len(), "warning")];
        if self.survey.errors.is_empty() {
            parts.push(format!("{} passed", count(self.played.len() - failed, "test")));
        }
        if failed > 0 {
            parts.push(format!("{failed} failed"));
        }
        parts.join(", ")
    }
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
    let (errors, failed) = (checked.survey.errors.len(), checked.failures().count());
    if checked.fits() { Ok(()) } else { Err(CommandError::PolicyUnfit { errors, failed }) }
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
) -> Result<Checked, CommandError> {
    let source = Source { folder: folder.to_owned(), base: Files::shipped() };
    let own = source.own().map_err(AssemblyError::from)?;
    let files = source.base.overlaid(&own).map_err(AssemblyError::from)?;
    let runtimes = runtimes(configuration);
    let (with, bundle) = (runtimes.clone(), files.clone());
    let looking = spawn_blocking(move || survey(&bundle, &own, &with)).await;
    let mut survey = looking.map_err(|error| CommandError::Output(io::Error::other(error)))?;
    let mut played = Vec::new();
    if survey.errors.is_empty() {
        match rehearse(&files, &runtimes).await {
            Ok(tests) => played = tests,
            Err(wrong) => survey.errors = wrong,
        }
    }
    Ok(Checked { files, survey, played })
}

/// What compiles policies where there is no server.
pub(in crate::command) fn runtimes(configuration: Option<&Configuration>) -> Runtimes {
    let runtimes: Vec<Arc<dyn Runtime>> = vec![Arc::new(RhaiRuntime::new()), Arc::new(WasmRuntime::new(None))];
    let trust = configuration.map_or_else(Trust::nobody, |named| named.policy.plugin_signatures.trust());
    Runtimes::new(runtimes, trust)
}

fn show(checked: &Checked, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}", survey_with_source(&checked.survey, &checked.files))?;
    for (test, failure) in checked.failures() {
        let alone = Survey { errors: vec![failure.clone()], warnings: Vec::new() };
        writeln!(out, "{}: the test `{}` fails", test.file, test.test)?;
        write!(out, "{}", survey_with_source(&alone, &checked.files))?;
    }
    writeln!(out, "{} ({})", checked.summary(), checked.files.digest())
}

/// The document that programs get.
fn document(folder: &Path, checked: &Checked) -> Value {
    let failed: Vec<Value> = checked
        .failures()
        .map(|(test, Diagnostic { place, message, hint })| {
            json!({
                "file": place.file, "line": place.line, "column": place.column, "test": test.test,
                "message": message, "hint": hint,
            })
        })
        .collect();
    json!({
        "fit": checked.fits(),
        "folder": folder.display().to_string(),
        "digest": checked.files.digest().as_str(),
        "diagnostics": survey_as_json(&checked.survey),
        "tests": { "passed": checked.played.len() - failed.len(), "failed": failed },
    })
}

fn count(number: usize, what: &str) -> String {
    match number {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    }
}
