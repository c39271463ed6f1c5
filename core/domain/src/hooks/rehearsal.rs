//! Tests of a bundle: `x.test.rhai` beside `x.rhai`, run before the bundle goes live. A runtime reads the test's
//! language; the stage it plays on is the policy's, so that the hook under test runs exactly as it does live.

use super::Diagnostic;
use serde_json::{Map, Value};

/// A file of tests, compiled.
pub trait TestFile: Send + Sync {
    /// The names of its tests, in the order of the file.
    fn names(&self) -> Vec<String>;

    /// Runs one test on a fresh stage. May take as long as the hook under test; never call it on a thread that must
    /// not wait.
    ///
    /// # Errors
    /// What failed, and where in the test.
    fn play(&self, name: &str, stage: Box<dyn Stage>) -> Result<(), TestFailure>;
}

/// Why a test failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFailure {
    /// What failed, and where in the test.
    pub diagnostic: Diagnostic,
    /// Where two values were compared, all that differs.
    pub differences: Vec<Difference>,
}

/// One place at which a test got something else than it expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where in the value, as in `claims.roles[0]`; empty for the whole of it.
    pub path: String,
    /// What was expected there.
    pub expected: Value,
    /// What was there; none where nothing was.
    pub got: Option<Value>,
}

impl From<Diagnostic> for TestFailure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, differences: Vec::new() }
    }
}

/// What a test does to the hook under test. Values are JSON, with the names of the contracts.
pub trait Stage: Send {
    /// Binds the script as this piece of a manifest says, instead of as the bundle's own does.
    ///
    /// # Errors
    /// When the piece has errors, or binds another file.
    fn bind(&mut self, manifest: &str) -> Result<(), Misuse>;

    /// The sample input of the hook, to be changed and handed to [`Stage::run`].
    ///
    /// # Errors
    /// When the script is not bound.
    fn sample(&mut self) -> Result<Value, Misuse>;

    /// Puts something into the world around the hook.
    ///
    /// # Errors
    /// When what is given is not what the world knows.
    fn given(&mut self, given: Given) -> Result<(), Misuse>;

    /// Runs the hook from its start. Answers what happened: a page, a visit, a decision or a fault.
    ///
    /// # Errors
    /// When the script does not compile or the input is none of its hook's.
    fn run(&mut self, input: Value) -> Result<Value, Misuse>;

    /// Runs the hook on a recorded case, the bundle's file of that path: told what was told then, its host calls answered
    /// as they were then. Answers what happened.
    ///
    /// # Errors
    /// When there is no such case, or it is of another hook.
    fn recorded(&mut self, case: &str) -> Result<Value, Misuse>;

    /// Answers the page it shows, or its visit, and goes on. A member `action` is the button pressed.
    ///
    /// # Errors
    /// When it waits for nothing, or a member is no field of the page.
    fn answer(&mut self, answer: Map<String, Value>) -> Result<Value, Misuse>;

    /// The requests it has sent so far.
    fn requests(&self) -> Value;

    /// The mail it has sent so far.
    fn mails(&self) -> Value;
}

/// Something in the world around the hook under test.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// An account: `username`, and as far as they matter `subject`, `password`, `claims`.
    User(Map<String, Value>),
    /// The time, in seconds since 1970.
    Time(i64),
    /// A value in the binding's own `kv`.
    Value {
        /// Its key.
        key: String,
        /// The value.
        value: Value,
    },
    /// A configured secret.
    Secret {
        /// Its name.
        name: String,
        /// What it says.
        text: String,
    },
    /// What `url` answers: `status`, and as far as they matter `headers`, and `json` or `body`. A `url` without a query
    /// stands for itself with any.
    Http {
        /// Where.
        url: String,
        /// What.
        response: Map<String, Value>,
    },
    /// What an account enrolled: `user` and `kind`, and as far as they matter `label`, and `code` of an authenticator
    /// app, `user_verified` of a passkey, `codes` of recovery, `reference` and `data` of a kind of the binding's own.
    Factor(Map<String, Value>),
    /// Who signs in at an OpenID Provider: `subject`, and as far as they matter `issuer`, `claims`.
    Provider {
        /// Its name.
        name: String,
        /// Who.
        signed_in: Map<String, Value>,
    },
    /// An account must wait before its next try to sign in.
    Wait {
        /// Whose.
        username: String,
        /// How long from now.
        seconds: i64,
    },
}

/// A test that asks of its stage what cannot be done. The test fails with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Misuse {
    /// What is wrong, and what would be right.
    pub why: String,
}

impl Misuse {
    /// A misuse, in words for the test's author.
    pub fn new(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}
