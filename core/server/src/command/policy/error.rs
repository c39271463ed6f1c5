//! Why an author's command failed, and what to do next.

use gatewright_domain::hooks::Misuse;
use std::io;
use std::path::PathBuf;

/// Why a command about policies failed.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Tests failed; it was said which.
    #[error("{failed} of {} failed", tests(*.all))]
    TestsFailed {
        /// How many.
        failed: usize,
        /// Of how many.
        all: usize,
    },
    /// A filter that no test passes.
    #[error("no test has `{0}` in its name or in that of its file")]
    NothingFits(String),
    /// A folder without tests.
    #[error("there is no test in {}", .0.display())]
    NoTests(PathBuf),
    /// A trace without a record.
    #[error("the trace {0} was not recorded, or its end-user is gone")]
    NotRecorded(String),
    /// A trace that no script of the folder decided in.
    #[error("no script in the folder decided anything in {0}")]
    NothingToSave(String),
    /// A name that can be no part of a file's name.
    #[error("{0:?} cannot name tests: letters, digits, - and _, at most 64")]
    TestName(String),
    /// A file cannot be written.
    #[error("cannot write {}: {cause}", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file that is not what it should be.
    #[error("{name}: {why}")]
    Document {
        /// Its path, or what it stands for.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// What was asked of the policy cannot be done.
    #[error(transparent)]
    Misuse(#[from] Misuse),
    /// The hook that was run has failed; it was said how.
    #[error("the hook failed")]
    HookFailed,
    /// Something takes more than it did, or than it may; it was said what.
    #[error("{0}")]
    Regressed(String),
}

impl PolicyError {
    /// What to do next, where the error itself does not say it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NothingFits(_) => "`gatewright policy test` without --filter names them all",
            Self::NoTests(_) => "write x.test.rhai beside x.rhai: each function without parameters in it is a test",
            Self::Regressed(_) => "if it is meant to take that much, write a new baseline with --save",
            Self::NotRecorded(_) => "have the server record: [trace] record = true",
            Self::NothingToSave(_) => {
                "name the policy folder whose scripts ran, with `gatewright policy replay DIR --save`"
            }
            _ => return None,
        })
    }
}

fn tests(count: usize) -> String {
    if count == 1 { "1 test".to_owned() } else { format!("{count} tests") }
}
