//! The binary `gatewright`.

use std::process::ExitCode;

fn main() -> ExitCode {
    gatewright_server::command::run()
}
