//! The program under test: the very `main` of `gatewright`.

use std::process::ExitCode;

fn main() -> ExitCode {
    gatewright_server::command::run()
}
