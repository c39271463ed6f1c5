//! The languages that plugins are written in: what a project of each is told by, how it is built and how it is tested.

mod c;
mod javascript;
mod python;
mod rust;
mod venv;

use super::error::PluginError;
use super::project::Project;
use clap::ValueEnum;
use std::path::Path;

/// A language with a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// Rust, with the SDK
    Rust,
    /// JavaScript, run by `QuickJS`
    Js,
    /// Python, run by `CPython`
    Python,
    /// C
    C,
}

impl Language {
    const ALL: [Self; 4] = [Self::Rust, Self::Js, Self::Python, Self::C];
    /// The files that tell the language of a project.
    pub(super) const MARKS: &str = "Cargo.toml, package.json, plugin.py or plugin.c";

    /// The language of the project in `folder`.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        Self::ALL.into_iter().find(|language| folder.join(language.mark()).exists())
    }

    /// The file that a project of it has, and one of another has not.
    fn mark(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::Js => "package.json",
            Self::Python => "plugin.py",
            Self::C => "plugin.c",
        }
    }

    /// Where its template lies among what the binary carries.
    pub(super) fn template(self) -> &'static str {
        match self {
            Self::Rust => "template/rust/",
            Self::Js => "template/js/",
            Self::Python => "template/python/",
            Self::C => "template/c/",
        }
    }

    /// What a new project does.
    pub(super) fn does(self) -> &'static str {
        match self {
            Self::Rust => "signs end-users in",
            Self::Js | Self::Python | Self::C => "lets access tokens to personal data live shorter",
        }
    }

    /// Builds a project: a core module or a component, without its manifest.
    pub(super) fn build(self, project: &Project) -> Result<Vec<u8>, PluginError> {
        match self {
            Self::Rust => rust::build(project),
            Self::Js => javascript::build(project),
            Self::Python => python::build(project),
            Self::C => c::build(project),
        }
    }

    /// Runs the project's own tests.
    pub(super) fn test(self, project: &Project) -> Result<(), PluginError> {
        match self {
            Self::Rust => rust::test(project),
            Self::Js => javascript::test(project),
            Self::Python => python::test(project),
            Self::C => c::test(project),
        }
    }
}
